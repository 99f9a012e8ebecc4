#compdef imaboot imactl
# SPDX-License-Identifier: MIT
# Completion of imaboot and imactl for zsh: verbs and options are asked of the program itself.

# _imaboot_rows TITLE COMMAND...: the rows of one list in a help.
_imaboot_rows() {
	local title=$1
	shift
	command "$@" 2> /dev/null | sed -n "/^${title}:/,/^\$/s/^  //p"
}

_imaboot() {
	local program=${words[1]:t} row argument at=2
	local -a group rows specs
	# The verbs of `imactl key` come after it.
	if [[ $program == imactl && ${words[2]} == key && CURRENT -gt 2 ]]; then
		group=(key) at=3
	fi
	if (( CURRENT == at )) || [[ ${words[at]} == help ]]; then
		for row in "${(@f)$(_imaboot_rows Verbs $program $group help)}"; do
			rows+=("${row%% *}:${row##*  }")
		done
		_describe -t verbs verb rows
		return
	fi
	for row in "${(@f)$(_imaboot_rows Options $program $group ${words[at]} --help)}"; do
		argument=${${row#* }%% *}
		row="${row%% *}[${${${row##*  }//\[/(}//\]/)}]"
		case $argument in
		DIR) specs+=("*${row}:folder:_files -/") ;;
		[A-Z]*) specs+=("*${row}:${argument:l}:_files") ;;
		*) specs+=("$row") ;;
		esac
	done
	# What lies before the verb is of no interest to its options.
	shift $((at - 1)) words
	(( CURRENT -= at - 1 ))
	_arguments "$specs[@]" '*:file:_files'
}

_imaboot "$@"
