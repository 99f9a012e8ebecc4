#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The command line of both programs: help, version, mistakes, and the exit status of each. Nothing is run here that
# would change the machine's keyrings, mounts or policy.
. "$(dirname "$0")/checks.bash"

# call ARGUMENT...: the program $program, which may be one with a verb that has verbs of its own, as "imactl key"
call() {
	local words
	read -ra words <<< "$program"
	"$BUILD/${words[0]}" "${words[@]:1}" "$@"
}

# run ARGUMENT...: the same, with what it says in $out and $err and how it ends in $status
run() {
	status=0
	call "$@" > "$work/out" 2> "$work/err" < /dev/null || status=$?
	out=$(< "$work/out")
	err=$(< "$work/err")
}

# refused NAME MESSAGE ARGUMENT...: a usage error, in one line, with nothing on the standard output
refused() {
	local name="$program: $1" message=$2
	shift 2
	run "$@"
	is "$name: status" "$status" 2
	is "$name: message" "$err" "$program: $message"
	none "$name: no output" "$out"
}

verbs() { call help | sed -n '/^Verbs:/,/^$/s/^  \([a-z]*\).*/\1/p' | grep -vx -e help -e version; }

# What is the same for every program.
common() {
	local verb overview
	run help
	overview=$out
	is "$program help: status" "$status" 0
	is "$program help: first words" "${out%%:*}" "$program"
	none "$program help: nothing on stderr" "$err"
	run --help
	is "$program --help is help" "$out" "$overview"
	for verb in version --version; do
		run "$verb"
		is "$program $verb" "$status $out" "0 $program $(sed -n 's/^VERSION := //p' "$top/Makefile")"
	done
	refused 'no verb' "a verb is missing; see '$program help'"
	refused 'unknown verb' "'frobnicate' is not a verb; see '$program help'" frobnicate
	refused 'an option for a verb' "'--frobnicate' is not a verb; see '$program help'" --frobnicate
	run help frobnicate
	is "$program help of no verb" "$status $err" "2 $program: 'frobnicate' is not a verb; these are the verbs"
	for verb in $(verbs); do
		[ "$program $verb" != 'imactl key' ] || continue
		verb_help "$verb"
		refused "$verb: unknown option" "$verb: '--frobnicate' is not an option of this verb; see '$program $verb --help'" "$verb" --frobnicate
		refused "$verb: short option" "$verb: '-q' is not an option of this verb; see '$program $verb --help'" "$verb" -qz
	done
	lost_output
}

verb_help() {
	local first
	run help "$1"
	first=$out
	is "$program help $1: status" "$status" 0
	is "$program help $1: first words" "$(head -n 1 <<< "$out" | cut -d ' ' -f "1-$(($(wc -w <<< "$program") + 2))")" "Usage: $program $1"
	run "$1" --help
	is "$program $1 --help is help $1" "$status $out" "0 $first"
	run "$1" operand --help
	is "$program $1: an option may follow an operand" "$status $out" "0 $first"
}

# A program whose output goes nowhere has not done what it was asked for.
lost_output() {
	local arguments
	for arguments in help version '--help'; do
		status=0
		err=$(call "$arguments" 2>&1 > /dev/full) || status=$?
		is "$program $arguments > /dev/full" "$status $err" "1 $program: the output could not be written: No space left on device"
	done
	status=0
	call help >&- 2> /dev/null || status=$?
	is "$program help with a closed output" "$status" 1
}

program=imaboot
common
is 'imaboot has the verbs' "$(verbs | grep -x -e boot -e keys -e load -e check -e guard -e status -e verify | sort | tr '\n' ' ')" \
	'boot check guard keys load status verify '
refused 'repeated option' 'boot: --root was given twice; give it once' boot --root /a --root /b
refused 'missing argument' "boot: '--root' needs an argument; see 'imaboot boot --help'" boot --root
refused 'repeated option of keys' 'keys: --root was given twice; give it once' keys --root=/a --root=/b
for verb in boot keys status; do
	refused "$verb takes no operand" "$verb: too many operands; see 'imaboot $verb --help'" "$verb" operand
done
refused 'verify needs an operand' "verify: an operand is missing; see 'imaboot verify --help'" verify --cert a
refused 'verify takes one detached signature for one file' \
	"verify: --sig is the signature of one file, and there are 2; see 'imaboot verify --help'" verify --sig a b c
for verb in load check guard; do
	refused "$verb needs an operand" "$verb: an operand is missing; see 'imaboot $verb --help'" "$verb"
	refused "$verb takes one operand" "$verb: too many operands; see 'imaboot $verb --help'" "$verb" one two
	refused "$verb takes what follows -- as operands" "$verb: too many operands; see 'imaboot $verb --help'" "$verb" -- --help two
done
refused 'guard knows two words' "guard: 'maybe' is neither on nor off" guard maybe
# Root would mount efivarfs for a moment; nobody cannot.
status=0
setpriv --reuid 65534 --clear-groups "$BUILD/imaboot" boot --explain > "$work/out" 2> /dev/null || status=$?
out=$(< "$work/out")
is 'boot --explain ends with 0' "$status" 0
ok 'boot --explain says what platform this is' grep -Eq '^platform: (open|locked) \(.+\)$' <<< "$out"
is 'boot --explain tells each key once' "$(grep -cE '^[a-z0-9-]+ = .* \((default|configuration, line [0-9]+|kernel command line)\)$' <<< "$out")" \
	"$(sed -n '/^enum config_key {/,/KEY_COUNT/s/^\tKEY_.*,$/x/p' "$top/common/config.h" | grep -c x | awk '{ print $1 - 1 }')"
is 'boot --explain tells each parameter once' "$(grep -cE '^rd\.imaboot[a-z._]*: (not given|obeyed|refused)$' <<< "$out")" 6
none 'boot --explain makes no report' "$([ ! -e /run/imaboot/outcome ] || find /run/imaboot/outcome -newer "$work")"
run status
case $status in
0 | 3) pass "imaboot status ends with 0 or 3" ;;
*) miss "imaboot status ends with $status" ;;
esac
run status --json
ok 'imaboot status --json is JSON' jq -e '.schema == 1 and has("keyring") and has("guard") and has("boot")' "$work/out"
is 'without IMA status ends with 3' "$status" "$([ -d /sys/kernel/security/integrity/ima ] && echo 0 || echo 3)"
refused 'a name with control characters' "'a\\x1b[2Jb' is not a verb; see 'imaboot help'" $'a\e[2Jb'

program=imactl
common
run help key
is 'imactl help key points to its verbs' "$status $(grep -c "see 'imactl key help'" <<< "$out")" '0 1'
program='imactl key'
common
is 'imactl key has the verbs' "$(verbs | sort | tr '\n' ' ')" 'ca check issue request show '
exit "$failed"
