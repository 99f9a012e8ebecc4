#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# kernels: 6.1
# needs: qemu-system-x86_64 evmctl swtpm openssl
# limit: 1800
# The recovery at a serial line, as a thief tries to use it: each gate on an open and on a locked platform, with a password
# and without, and what is typed, pressed or broken. No shell appears where none may, and what weakens is marked.
# shellcheck disable=SC2016,SC2034,SC2317 # NAME_talk runs beside the machine; the lines are for it
. "$(dirname "$0")/../lib/vm.sh"
. "$(dirname "$0")/../lib/scene.sh"
. "$(dirname "$0")/../lib/talk.sh"
. "$(dirname "$0")/../lib/recovery.sh"

kernel=$1

# ---- a locked platform without a password -------------------------------------------------------

# What no menu takes: bytes without letters, digits and the ends of lines that would make a word of them.
garbage() { openssl enc -aes-128-ctr -K 00 -iv 00 -in /dev/zero 2> /dev/null | LC_ALL=C tr -d "a-z0-9${2:-}" | head -c "$1" >&3; }

keys() {
	local key
	for key in '\003' '\032' '\034' '\004' '\021' '\023' '\033[A' '\000' '\025' '\017' '\001k' '\003\003\003\r'; do
		press "$key"
		sleep 0.2
	done
	monitor 'chardev-send-break line'
	sleep 1
	monitor 'chardev-send-break line'
	press 'k'
}

locked_talk() {
	see 'What weakens the boot, writes, or opens a shell is not here'
	for entry in 3 4 5 7 8 9 10 k i u b g d s; do
		answer "$entry"
		see 'That entry is not there: the kernel is locked down' || return
	done
	answer shell ../../bin/sh '$(sh)' ';sh' 'v;sh' '`sh`' 's s'
	keys
	sleep 3
	garbage 1048576
	insist v 'outcome failed'
	press '\003\004\r'
	insist r 'reboot: the machine restarts|Restarting system'
	gone
}
begin locked
stops locked 'reboot: Restarting system' lockdown=integrity
refuse 'mark: imaboot: recovery: shell' "$confirm" "$ask"
expect 'mark: imaboot: recovery'

# Nothing gets round the question by another way in: no input but a console's is read, and no action but in a recovery.
begin around "$yescrypt"
vm_script <<'END'
run_boot
for action in shell unprotected set-aside restore-known-good retry-known-good retry-image copy-report; do
	said=$(printf 'yes\nsecret\nyes\n' | timeout 3 imaboot recover $action --root /sysroot 2>&1)
	is "$action by a pipe: it waits" "$?" 143
	hasnt "$action by a pipe: no shell" "$said" '#'
done
said=$(imaboot recover retry --policy image --root /sysroot < /dev/null 2>&1 &
	sleep 2; kill $!; wait $!)
hasnt 'retry --policy image' "$said" 'in force'
has 'dry run' "$(imaboot recover set-aside --dry-run --root /sysroot 2>&1)" 'dry run: needs a confirmation and the password'
is 'the policy is where it was' "$(ls /sysroot/etc/ima)" "$(printf 'ima-policy\nrepaired')"
is 'the outcome is what it was' "$(cat /run/imaboot/outcome)" 'failed 1'
mv /run/imaboot/recovery /run/imaboot/other
for action in shell unprotected set-aside retry menu ask screen; do
	imaboot recover $action --root /sysroot < /dev/null > /run/said 2>&1
	is "$action without a recovery" "$? $(cat /run/said)" '3 imaboot: recover: no recovery is going on: there is no /run/imaboot/recovery'
done
mv /run/imaboot/other /run/imaboot/recovery
rm /usr/lib/imaboot/imaboot-auth
sed -n 's/.*"content":{"string":"\([^"]*\)".*/mark: \1/p' /run/log/imaboot/tpm-events.json
END
scene_boot "$kernel" "$common lockdown=integrity"
vm_ended
refuse "$shell" 'mark: imaboot: recovery: ' 'mark: imaboot: unprotected'

# ---- a locked platform with a password ----------------------------------------------------------

password_talk() {
	see 'What is marked needs the password of the recovery'
	# What is typed ahead is dropped, at each question.
	see "$question"
	press "s\\ryes\\r$password\\r"
	see "$confirm"
	quiet 4 "$ask|$shell"
	press "yes\\r$password\\r"
	see "$ask"
	quiet 4 "$wrong|$shell"
	press "$password \\r"
	see "$wrong"
	see "$ask"
	garbage 65536 '\r\n'
	insist '' "$wrong"
	see "$ask"
	insist "$(printf '\003\004\034')" "$wrong"
	see 'shell: 3 wrong passwords'
	# From now on each try has its price, whoever asks, and it grows.
	yes_to u
	see '[34] wrong passwords: the next one can be given in ([1-5]|10) seconds'
	see "$ask"
	say "$password$password"
	see "$wrong"
	see '[45] wrong passwords: the next one can be given in ([6-9]|10|1[0-9]|20) seconds' 90
	see "$ask" 60
	say "x$(printf '\177')$password"
	gone
}
begin password "$yescrypt"
play password lockdown=integrity
went_on unprotected 4
refuse "$shell" 'mark: imaboot: recovery: shell' "$password$password"
expect 'mark: imaboot: unprotected boot'

sha512_talk() {
	yes_to s
	see "$ask"
	say "$password"
	see "$shell"
	say exit
	yes_to 7
	see "$ask"
	say "$password"
	see 'is set aside as ima-policy.bak'
	answer t
	gone
}
begin sha512 "$sha512" 'require = no'
play sha512
went_on no-policy 0
expect 'mark: imaboot: recovery: shell' 'mark: imaboot: no policy'

# ---- the mark, the parameter, the configuration -------------------------------------------------

no_mark_talk() {
	yes_to s
	see 'shell: no mark, nothing is done'
	yes_to 5
	see 'unprotected: no mark, nothing is done'
	answer r
	gone
}
NO_TPM=1 begin no-mark 'pcr-required = yes'
stops no_mark 'reboot: Restarting system'

NO_TPM=1 begin refused 'on-failure = poweroff'
vm_script <<'END'
imaboot boot --explain
run_boot
END
VM_STOPS=1
scene_boot "$kernel" "lockdown=integrity rd.imaboot.recovery"
VM_STOPS=''
expect 'kernel parameter rd.imaboot.recovery=1 is refused: the kernel is locked down' 'reboot: Power down'
refuse '==== imaboot: recovery'

invalid_talk() {
	see 'What weakens the boot, writes, or opens a shell is not here'
	answer s
	see 'That entry is not there'
	answer r
	gone
}
begin invalid 'recovery-password = secret'
stops invalid 'reboot: Restarting system'
refuse 'recovery-password = secret'
finish
