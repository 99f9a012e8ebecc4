# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# A person at the serial line of a machine, for tests of what asks and answers; source it after vm.sh. A function that
# VM_TALK names runs beside the machine and uses these:
#
#   see REGEX [SECONDS]     waits until the extended regular expression is on the line, after what was seen before (180):
#                           a check
#   say TEXT                types a line and Enter
#   press BYTES             types bytes as printf's %b has them, without Enter
#   answer WORD...          for each: waits for the menu's question, then says it
#   never REGEX             it is not on the line so far: a check
#   quiet SECONDS REGEX     it does not come within that time: a check
#   monitor COMMAND         tells QEMU's monitor
#   keyboard KEY REGEX      presses a key and Enter on the screen's keyboard, no byte on the line, until the expression is on
#                           the line: what is pressed while there is no menu is dropped: a check
#   insist TEXT REGEX       says it again and again until the expression is on the line: for a line that was full
#   gone                    waits for the machine to end: a check
#
# Escape sequences and carriage returns are taken out first. What was seen is counted in bytes of that text.

TALK_AT=0

talk_text() { sed -e 's/\r//g' -e 's/\x1b\[[0-9;?]*[A-Za-z]//g' -e 's/\x1bc//g' "$VM/serial" | tr -d '\000'; }

talk_alive() { kill -0 "$VM_QEMU_PID" 2> /dev/null; }

# Prints the place behind the first match after TALK_AT, if there is one.
talk_find() {
	talk_text | tail -c +$((TALK_AT + 1)) | LC_ALL=C grep -m 1 -a -b -o -E -e "$1" | head -n 1 | {
		IFS= read -r line || exit 1
		printf '%s\n' $((TALK_AT + ${line%%:*} + $(LC_ALL=C; text=${line#*:}; echo ${#text})))
	}
}

see() {
	local regex=$1 start=$SECONDS place alive
	while :; do
		alive=1
		talk_alive || alive=''
		if place=$(talk_find "$regex"); then
			TALK_AT=$place
			vm_pass "seen: $regex"
			return 0
		fi
		if [ -z "$alive" ] || [ $((SECONDS - start)) -ge "${2:-180}" ]; then
			vm_fail "not seen: $regex; the line has: $(talk_text | tail -c +$((TALK_AT + 1)) | tail -n 5 | tr '\n' '|')"
			return 1
		fi
		sleep 0.1
	done
}

say() { printf '%s\r' "$1" >&3; }
press() { printf '%b' "$1" >&3; }
monitor() { printf '%s\n' "$1" >&4; }

answer() {
	local word
	for word; do
		see 'Number or letter, then Enter: ' || return 1
		say "$word"
	done
}

never() {
	if talk_text | grep -q -a -E -e "$1"; then vm_fail "on the line: $1"; else vm_pass "never: $1"; fi
}

quiet() {
	sleep "$1"
	if talk_find "$2" > /dev/null; then vm_fail "came within $1 seconds: $2"; else vm_pass "not within $1 seconds: $2"; fi
}

keyboard() {
	local tries=20
	until talk_find "$2" > /dev/null || [ $((tries--)) -eq 0 ]; do
		monitor 'sendkey ctrl-u'
		monitor "sendkey $1"
		monitor 'sendkey ret'
		sleep 3
	done
	see "$2" 1
}

insist() {
	local start=$SECONDS place
	while [ $((SECONDS - start)) -lt 180 ] && talk_alive; do
		say "$1"
		sleep 2
		if place=$(talk_find "$2"); then
			TALK_AT=$place
			vm_pass "seen: $2"
			return 0
		fi
	done
	vm_fail "not seen: $2, though it was said: $1"
	return 1
}

gone() {
	local start=$SECONDS
	while talk_alive; do
		[ $((SECONDS - start)) -lt "${1:-240}" ] || { vm_fail 'the machine does not end'; return 1; }
		sleep 0.1
	done
	vm_pass 'the machine ends'
}
