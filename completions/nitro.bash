# bash completion for nitro
# SPDX-License-Identifier: 0BSD

_nitro() {
	local candidate
	COMPREPLY=()
	case $2 in
	-*)
		while IFS= read -r candidate; do COMPREPLY+=("$candidate"); done < <(compgen -W '--help --version' -- "$2")
		;;
	*)
		[[ $COMP_CWORD -eq 1 ]] || return
		compopt -o filenames 2>/dev/null
		while IFS= read -r candidate; do COMPREPLY+=("$candidate"); done < <(compgen -d -- "$2")
		;;
	esac
}

complete -F _nitro nitro
