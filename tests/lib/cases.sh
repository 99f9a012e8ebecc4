# SPDX-License-Identifier: MIT
# shellcheck shell=dash
# Sourced in the guest before each case: named checks, one line of output each, for busybox's ash.
# The host reads the "@@ok NAME" and "@@FAIL NAME: why" lines; a case goes on after a failed check.

pass() { echo "@@ok $*"; }
fail() { echo "@@FAIL $1: $2" | tr '\n' ' '; echo; }

# is NAME GOT WANTED
is() {
	if [ "$2" = "$3" ]; then pass "$1"; else fail "$1" "got '$2', wanted '$3'"; fi
}

# has NAME TEXT FIXED-STRING
has() {
	case $2 in
	*"$3"*) pass "$1" ;;
	*) fail "$1" "'$3' is not in '$2'" ;;
	esac
}

# hasnt NAME TEXT FIXED-STRING
hasnt() {
	case $2 in
	*"$3"*) fail "$1" "'$3' is in '$2'" ;;
	*) pass "$1" ;;
	esac
}

# ok NAME COMMAND...: the command succeeds
ok() {
	ok_name=$1
	shift
	if ok_output=$("$@" 2>&1); then pass "$ok_name"; else fail "$ok_name" "status $? of '$*': $ok_output"; fi
}

# not_ok NAME COMMAND...: the command fails
not_ok() {
	ok_name=$1
	shift
	if ok_output=$("$@" 2>&1); then fail "$ok_name" "'$*' succeeded: $ok_output"; else pass "$ok_name"; fi
}

# mark; …; logged NAME FIXED-STRING; not_logged NAME FIXED-STRING: the kernel's log since the mark. Audit records reach it
# a moment after the call that made them returned.
mark() { log_mark=$(guest log mark); }

logged() {
	log_tries=20
	while log_text=$(guest log since "$log_mark") && [ $log_tries -gt 0 ]; do
		case $log_text in
		*"$2"*) break ;;
		esac
		log_tries=$((log_tries - 1))
		sleep 0.02
	done
	has "$1" "$log_text" "$2"
}

not_logged() {
	sleep 0.1
	hasnt "$1" "$(guest log since "$log_mark")" "$2"
}

# Names the keyring that the kernel looks signers up in: .ima, or else _ima in root's user keyring, made if missing.
ima_ring() {
	if grep -q ' \.ima: ' /proc/keys; then
		echo .ima
	else
		grep -q ' _ima: ' /proc/keys || guest key new @u _ima > /dev/null
		echo _ima
	fi
}

# since VERSION: the running kernel is of that version or newer (since 6.6)
since() {
	since_have=$(uname -r)
	since_have=$((${since_have%%.*} * 1000 + $(echo "$since_have" | cut -d. -f2)))
	[ "$since_have" -ge $((${1%%.*} * 1000 + ${1#*.})) ]
}
