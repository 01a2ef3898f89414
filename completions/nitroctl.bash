# bash completion for nitroctl
# SPDX-License-Identifier: 0BSD
#
# Completes options, commands, and the names of services as a running nitro lists them (nothing, silently, if
# none answers within a second). Stands alone: the bash-completion package only loads it.

# Names of the services, a line each. The list line is: STATE NAME (pid N) (wstatus W) Ss, the pid optional.
_nitroctl_services() {
	"$1" -t 1 list 2>/dev/null |
		sed -n 's/^[A-Z]* \(.*\) (wstatus -\{0,1\}[0-9]*) [0-9]*s$/\1/p' |
		sed 's/ (pid [0-9]*)$//'
}

_nitroctl() {
	local options='-t -v -h --json --help --version'
	local commands='list info rescan up down start restart stop fast-start fast-restart fast-stop ready
		wait-up wait-down wait-starting pause cont hup alarm interrupt quit term kill 1 2
		pidof check events trace Shutdown Reboot'
	local line=${COMP_LINE:0:COMP_POINT} words current before command='' word candidate i

	# The words up to the cursor by blanks alone: COMP_WORDS is split at @ and : as well.
	read -r -a words <<<"${line//\\ /$'\x1f'}"
	case $line in
	*[![:space:]]) current=${words[${#words[@]} - 1]//$'\x1f'/\\ } ;;
	*) current='' words+=('') ;;
	esac

	for ((i = 1; i < ${#words[@]} - 1; i++)); do
		case ${words[i]} in
		-t) ((i++)) ;;
		-*) ;;
		*) command=${words[i]} && break ;;
		esac
	done

	COMPREPLY=()
	if [[ ${#words[@]} -ge 2 && ${words[${#words[@]} - 2]} == -t ]]; then
		return # a number of seconds
	fi
	if [[ $current == -* ]]; then
		while IFS= read -r candidate; do COMPREPLY+=("$candidate"); done < <(compgen -W "$options" -- "$current")
		return
	fi
	if [[ -z $command ]]; then
		while IFS= read -r candidate; do COMPREPLY+=("$candidate"); done < <(compgen -W "$commands" -- "$current")
		return
	fi
	case $command in
	info | rescan | scan | s | events | trace | Shutdown | Reboot) return ;;
	esac
	if [[ $current == */* || $current == . || $current == .. ]]; then
		compopt -o filenames 2>/dev/null
		while IFS= read -r candidate; do COMPREPLY+=("$candidate"); done < <(compgen -d -- "$2")
		return
	fi

	# What readline replaces is $2, the part of the word after its last @ or :, so the rest is taken off.
	before=${current%"$2"}
	while IFS= read -r word; do
		printf -v candidate %q "$word"
		[[ $candidate == "$current"* ]] && COMPREPLY+=("${candidate#"$before"}")
	done < <(_nitroctl_services "$1")
}

complete -F _nitroctl nitroctl
