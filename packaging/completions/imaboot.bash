# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Completion of imaboot and imactl for bash: verbs and options are asked of the program itself, so they are always those
# of the version that is installed. Only a program of the search path is run, whatever name was typed.

# _imaboot_verbs COMMAND...: the verbs in its overview.
_imaboot_verbs() { "$@" help 2> /dev/null | sed -n '/^Verbs:/,/^$/s/^  \([a-z]\{1,\}\).*/\1/p'; }

# _imaboot_options COMMAND...: the options of a verb; "--name ARGUMENT" where it takes one.
_imaboot_options() { "$@" --help 2> /dev/null | sed -n '/^Options:/,$s/^  \(--[a-z0-9-]\{1,\}\( [A-Z]\{1,\}\)\{0,1\}\).*/\1/p'; }

_imaboot() {
	local program=${COMP_WORDS[0]##*/} current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} at=1 option
	local command=("$program")
	COMPREPLY=()
	# The verbs of `imactl key` come after it.
	[[ $program != imactl || ${COMP_WORDS[1]} != key || $COMP_CWORD -lt 2 ]] || { command+=(key) at=2; }
	if [[ $COMP_CWORD -eq $at || (${COMP_WORDS[at]} == help && $COMP_CWORD -eq $((at + 1))) ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(_imaboot_verbs "${command[@]}")" -- "$current")
		return
	fi
	command+=("${COMP_WORDS[at]}")
	if [[ $current == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(_imaboot_options "${command[@]}" | sed 's/ .*//')" -- "$current")
		return
	fi
	option=$(_imaboot_options "${command[@]}" | grep -e "^$previous [A-Z]")
	if [[ $option == *' DIR' ]]; then
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -d -- "$current")
	fi
}

complete -o default -F _imaboot imaboot imactl
