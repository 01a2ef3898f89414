# Prints what zsh offers to complete a command line with, a line each.
#
#   zsh -f candidates.zsh DIRECTORY LINE     DIRECTORY holds the completions
#
# An interactive zsh is started on a terminal of its own. There the completion system's compadd is replaced by one that
# also prints the matches, LINE is typed, and then Tab.

zmodload zsh/zpty
zpty shell zsh -f -i
tell() { zpty -w shell "$1" }

tell "PS1=; PROMPT_EOL_MARK=; fpath=(${(q)1} \$fpath); autoload -Uz compinit; compinit -u -D"
tell 'compadd() {
	if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then builtin compadd "$@"; return; fi
	local match; local -a matches; builtin compadd -A matches "$@"
	for match in $matches; do print -r -- "OFFER<$IPREFIX$match>"; done
	builtin compadd "$@"
}'
tell 'offers() { print; _main_complete; print OFFERED; exit }; zle -C offers complete-word offers; bindkey "^I" offers'
tell 'print -r -- LISTEN"ING"'
zpty -r shell output '*LISTENING*'
zpty -n -w shell "$2"$'\t'
zpty -r shell output '*OFFERED*'
print -r -- "$output" | tr -d '\r' | sed -n 's/^OFFER<\(.*\)>$/\1/p'
zpty -d shell
