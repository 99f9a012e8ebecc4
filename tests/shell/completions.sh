#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The completions of bash, zsh and fish offer the verbs of both programs, those of `imactl key`, and every option that
# --help has, and no other.
# shellcheck source=tests/lib/imactl.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib/imactl.sh"

export PATH=$build:$PATH HOME=$scratch
completions=$top/packaging/completions
mkdir -p fish folder/inner
for program in imaboot imactl; do cp "$completions/imaboot.fish" "fish/$program.fish"; done

# What --help has, read in another way than the completions do.
wanted() { # TITLE COMMAND...
	local title=$1
	shift
	"$@" | python3 -c 'import re, sys
title, rows = sys.argv[1], sys.stdin.read().split(sys.argv[1] + ":\n")[1].split("\n\n")[0]
print("\n".join(sorted(re.match(r"  (\S+)", row).group(1) for row in rows.splitlines())))' "$title"
}

# zsh has completion in a terminal alone: here its functions print what they are given.
# shellcheck disable=SC2016 # for zsh
zsh='
	_describe() { print -rl -- ${(P)argv[-1]%%:*}; }
	_arguments() {
		local spec
		if [[ $words[-1] == -* || -z $words[-1] ]]; then
			for spec in ${argv:#\*:*}; do print -r -- ${${spec#\*}%%\[*}; done | grep -e "^$words[-1]"
		else
			for spec in ${(M)argv:#\*$words[-2]\[*}; do print -r -- ${spec##*:}; done
		fi
	}
	words=(${(s: :)2})
	[[ $2 != *\  ]] || words+=("")
	CURRENT=$#words
	source $1
'

# ask SHELL LINE: what the shell offers at the end of the line, one to a line, sorted.
# shellcheck disable=SC2016 # for the shells
ask() {
	case $1 in
	bash) bash --norc -c '. "$1"; compopt() { :; }; read -r -a COMP_WORDS <<< "$2"; [[ $2 != *" " ]] || COMP_WORDS+=("")
		COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _imaboot; printf "%s\n" "${COMPREPLY[@]}"' bash "$completions/imaboot.bash" "$2" ;;
	fish) fish --no-config -c 'source "$argv[1]"; complete -C "$argv[2]"' "$scratch/fish/${2%% *}.fish" "$2" | cut -f1 ;;
	zsh) zsh -f -c "$zsh" zsh "$completions/imaboot.zsh" "$2" ;;
	esac | LC_ALL=C sort -u
}

# offers SHELL LINE WANTED
offers() { same "$1: '$2'" "$(ask "$1" "$2")" "$3"; }

for shell in bash fish zsh; do
	for program in imaboot imactl; do
		verbs=$(wanted Verbs "$program" help)
		offers "$shell" "$program " "$verbs"
		for verb in $verbs; do
			case $verb in help | version | key) continue ;; esac
			offers "$shell" "$program $verb --" "$(wanted Options "$program" "$verb" --help)"
		done
	done
	offers "$shell" 'imactl key ' "$(wanted Verbs imactl key help)"
	offers "$shell" 'imactl key issue --iss' "$(wanted Options imactl key issue --help | grep -e --iss)"
done
offers bash 'imactl sign --root fold' folder # readline adds the slash
offers fish 'imactl sign --root fold' folder/
offers zsh 'imactl sign --root fold' '_files -/'
offers zsh 'imactl sign --key k' '_files'
finish
