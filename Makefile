# Build and install nitro. Works with any POSIX make.
#
#   make                          build build/nitro (needs Node >= 20.19, npm and a C compiler)
#   make check                    run the tests
#   make install                  put binary, links, man pages and completions under PREFIX
#   make uninstall                take away what install put there
#   make clean                    remove build/
#
#   PREFIX=/usr/local             where it will live
#   DESTDIR=                      where a packager stages it: goes before PREFIX, and into no link
#   DROPINS=yes|no|replace        init, halt, poweroff and reboot, and their man page:
#                                 yes      install them, but stop if one there is not nitro's
#                                 no       leave them out
#                                 replace  install them over whatever is there
#
# In /usr/local/sbin the drop-ins come before the system's own in most PATHs: on a machine that
# has another init, use DROPINS=no.

PREFIX = /usr/local
DESTDIR =
DROPINS = yes

SBINDIR = $(PREFIX)/sbin
BINDIR = $(PREFIX)/bin
MANDIR = $(PREFIX)/share/man
BASHDIR = $(PREFIX)/share/bash-completion/completions
ZSHDIR = $(PREFIX)/share/zsh/site-functions
FISHDIR = $(PREFIX)/share/fish/vendor_completions.d

# Path from BINDIR to SBINDIR. Set it too when one of them is not beside the other.
SBIN_FROM_BIN = ../sbin

NODE = node
NPM = npm

all: node_modules/.package-lock.json
	$(NODE) build.mjs

node_modules/.package-lock.json: package-lock.json
	$(NPM) ci --ignore-scripts

# Only when there is none: `sudo make install` must not build as root what is there already.
build/nitro:
	$(MAKE) all

check: build/nitro
	$(NPM) test

install: build/nitro
	@case '$(DROPINS)' in yes|no|replace) ;; *) \
		echo 'make: DROPINS is yes, no or replace' >&2; exit 2;; esac
	@[ '$(DROPINS)' != yes ] || for name in init halt poweroff reboot; do \
		file='$(DESTDIR)$(SBINDIR)'/$$name; \
		if { [ -e "$$file" ] || [ -L "$$file" ]; } && [ "`readlink "$$file"`" != nitro ]; then \
			echo "make: $$file is not nitro's. Nothing was installed." >&2; \
			echo 'make: DROPINS=no leaves init, halt, poweroff and reboot out,' \
				'DROPINS=replace replaces them.' >&2; \
			exit 1; \
		fi; done
	mkdir -p '$(DESTDIR)$(SBINDIR)' '$(DESTDIR)$(BINDIR)' '$(DESTDIR)$(MANDIR)/man1' '$(DESTDIR)$(MANDIR)/man8' \
		'$(DESTDIR)$(BASHDIR)' '$(DESTDIR)$(ZSHDIR)' '$(DESTDIR)$(FISHDIR)'
	install -m 755 build/nitro '$(DESTDIR)$(SBINDIR)/nitro.new'
	mv -f '$(DESTDIR)$(SBINDIR)/nitro.new' '$(DESTDIR)$(SBINDIR)/nitro'
	ln -sf '$(SBIN_FROM_BIN)/nitro' '$(DESTDIR)$(BINDIR)/nitroctl'
	install -m 644 man/nitro.8 '$(DESTDIR)$(MANDIR)/man8/nitro.8'
	install -m 644 man/nitroctl.1 '$(DESTDIR)$(MANDIR)/man1/nitroctl.1'
	install -m 644 completions/nitro.bash '$(DESTDIR)$(BASHDIR)/nitro'
	install -m 644 completions/nitroctl.bash '$(DESTDIR)$(BASHDIR)/nitroctl'
	install -m 644 completions/_nitro '$(DESTDIR)$(ZSHDIR)/_nitro'
	install -m 644 completions/_nitroctl '$(DESTDIR)$(ZSHDIR)/_nitroctl'
	install -m 644 completions/nitro.fish '$(DESTDIR)$(FISHDIR)/nitro.fish'
	install -m 644 completions/nitroctl.fish '$(DESTDIR)$(FISHDIR)/nitroctl.fish'
	[ '$(DROPINS)' = no ] || { \
		for name in init halt poweroff reboot; do ln -sf nitro '$(DESTDIR)$(SBINDIR)'/$$name || exit 1; done; \
		install -m 644 man/halt.8 '$(DESTDIR)$(MANDIR)/man8/halt.8'; }

# A drop-in goes only if it is a link to nitro, and its man page only with it.
uninstall:
	[ "`readlink '$(DESTDIR)$(SBINDIR)/halt'`" != nitro ] || rm -f '$(DESTDIR)$(MANDIR)/man8/halt.8'
	for name in init halt poweroff reboot; do \
		file='$(DESTDIR)$(SBINDIR)'/$$name; \
		[ "`readlink "$$file"`" != nitro ] || rm -f "$$file" || exit 1; done
	rm -f '$(DESTDIR)$(BINDIR)/nitroctl' '$(DESTDIR)$(SBINDIR)/nitro'
	rm -f '$(DESTDIR)$(MANDIR)/man8/nitro.8' '$(DESTDIR)$(MANDIR)/man1/nitroctl.1'
	rm -f '$(DESTDIR)$(BASHDIR)/nitro' '$(DESTDIR)$(BASHDIR)/nitroctl'
	rm -f '$(DESTDIR)$(ZSHDIR)/_nitro' '$(DESTDIR)$(ZSHDIR)/_nitroctl'
	rm -f '$(DESTDIR)$(FISHDIR)/nitro.fish' '$(DESTDIR)$(FISHDIR)/nitroctl.fish'

clean:
	rm -rf build

.PHONY: all check install uninstall clean
