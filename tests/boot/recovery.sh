#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# kernels: 6.1
# needs: qemu-system-x86_64 evmctl swtpm openssl
# limit: 1800
# The recovery at a serial line, as a person uses it and as a thief tries to: each entry of the menu, each gate on an open
# and on a locked platform, with a password and without, each time-out, and what is typed, pressed, closed or broken.
# No shell appears where none may, and the marks in the TPM are those that were asked for.
# shellcheck disable=SC2016,SC2034,SC2317 # NAME_talk runs beside the machine; the lines are for it
. "$(dirname "$0")/../lib/vm.sh"
. "$(dirname "$0")/../lib/scene.sh"
. "$(dirname "$0")/../lib/talk.sh"

kernel=$1
VM_SILENCE=240
VM_TIMEOUT=900
shell='recovery# '
question='Number or letter, then Enter: '
confirm='Type yes to do it, anything else to go back: '
ask='Recovery password: '
wrong='That is not the password'
yescrypt='recovery-password = $y$j9T$abcdefghijklmnopqrstu0$mOkpolYyJ.KNNCiMbGK4KxW4ANNbYJAkJsLwEEfdgPD'
sha512='recovery-password = $6$saltstring$AIsRs/Ee56G/tC8MEHhvReZTfx8u3rXXMl6eYrjCG9ibix19DxoMBLogdTET5Ukw9Sf7eZTITsuk0Ry5qulYz.'
password=secret
common='acpi=off tpm_tis.force=1 tpm_tis.interrupts=0'

# begin NAME [CONFIGURATION-LINE...]: the root's policy has a wrong rule; a good one lies beside it.
begin() {
	scene_new "$1"
	shift
	[ $# -eq 0 ] || printf '%s\n' "$@" | vm_text /etc/imaboot/imaboot.conf
	scene_recovery
	scene_cert /etc/keys/ima rsa2048
	scene_sign rsa2048 "$ROOT/bin/signed"
	printf 'appraise func=NONSENSE\n' > "$ROOT/etc/ima/ima-policy"
	scene_policy "$ROOT/etc/ima/repaired"
	scene_sign rsa2048 "$ROOT/etc/ima/ima-policy" "$ROOT/etc/ima/repaired"
	[ -n "${NO_TPM:-}" ] || vm_tpm tis
}

known_good() {
	scene_policy "$ROOT/etc/ima/ima-policy.known-good"
	scene_sign rsa2048 "$ROOT/etc/ima/ima-policy.known-good"
}

# play TALK [CMDLINE]: boots, fails, and is talked to; what the machine is like afterwards is on the line.
play() {
	vm_script <<'END'
pcr=/sys/class/tpm/tpm0/pcr-sha256/12
run_boot
[ $status = 2 ] || is "a menu is wanted" "$status" 1
hold=$(cat $pcr)
sed -n 's/.*"content":{"string":"\([^"]*\)".*/mark: \1/p' /run/log/imaboot/tpm-events.json
/usr/lib/imaboot/recovery /sysroot
echo "the recovery ends with $?"
imaboot boot --root /sysroot 2> /dev/null
echo "the boot says $?, $(cat /run/imaboot/outcome)"
sed -n 's/.*"content":{"string":"\([^"]*\)".*/mark: \1/p' /run/log/imaboot/tpm-events.json
[ "$hold" = "$(cat $pcr)" ] && echo "the PCR is as it was before the menu"
grep -q '^/dev/vda /sysroot ext4 ro' /proc/mounts && echo "the root is read-only"
cd /sysroot/etc/ima && for file in *; do echo "file $file $(sha256sum < $file | cut -c 1-8) $(guest attr get $file | cut -c 1-6)"; done
case $(cat /run/imaboot/outcome) in
enforced* | fallback*) try_programs ;;
esac
cat /run/imaboot/recovery.log
END
	VM_TALK=$1_talk
	scene_boot "$kernel" "$common ${2:-}"
	VM_TALK=''
}

# The machine went on, as STATUS OUTCOME; or it stopped by itself.
went_on() {
	vm_ended
	expect "the recovery ends with 0" "the boot says $2, $1 $2"
}

# file NAME FILE: the root has it, signed, with those bytes
file() { expect "file $1 $(sha256sum < "$2" | cut -c 1-8) 030204"; }

# stops TALK LAST-WORD [CMDLINE]: the same for a machine that stops.
stops() {
	VM_STOPS=1
	play "$1" "${3:-}"
	VM_STOPS=''
	expect "$2"
	refuse 'the recovery ends with' 'the boot says' "$shell" 'policy update completed'
}

yes_to() { # ENTRY
	answer "$1"
	see "$confirm"
	say yes
}

# ---- an open platform, no password --------------------------------------------------------------

open_talk() {
	see '==== imaboot: recovery ===='
	see 'no IMA policy could be put in force'
	see 'policy /etc/ima/ima-policy failed at stage dry-run'
	see "why:    line 1, column 15: func= cannot be 'NONSENSE'"
	see 'remedy: correct the rule, and sign the policy again'
	see 'The machine does nothing by itself.'
	answer 1
	see 'outcome failed: no policy loaded'
	answer zz
	see 'That is no entry of the menu'
	answer 99 11
	see 'That entry is not there: this firmware has no setup'
	answer 6
	see 'policy /etc/ima/ima-policy failed at stage dry-run'
	answer t
	see 'outcome failed: no policy loaded'
	answer 7
	see 'It writes the root: one file is renamed'
	see 'It weakens the boot'
	see 'PCR 12 is extended first'
	see "$confirm"
	say y
	see 'set-aside: not confirmed: nothing is done'
	yes_to b
	see 'ima-policy is set aside as ima-policy.bak'
	yes_to 7
	see 'there is no such file in the root'
	yes_to 9
	see 'copy-report: there is no removable disk'
	yes_to s
	see "$shell"
	# Ctrl-C ends what runs in the shell, and not the shell; the repair is done in it.
	say 'sleep 1000'
	sleep 2
	press '\003'
	see "$shell"
	say 'mount -o remount,rw $NEWROOT && cp -a $NEWROOT/etc/ima/repaired /tmp; vi --help 2>&1 | head -n 1; tty'
	see '/dev/ttyS0'
	say 'cd $NEWROOT/etc/ima && mv repaired ima-policy && cd / && mount -o remount,ro $NEWROOT; echo done-$?'
	see 'done-0'
	say exit
	see 'shell: it has ended'
	answer c
	see 'ima-policy: the kernel accepts it'
	answer 2
	gone
}
begin open
play open
went_on enforced 0
expect 'outcome enforced: policy /etc/ima/ima-policy (root) in force' 'file ima-policy.bak' 'mark: imaboot: recovery' \
	'mark: imaboot: recovery: policy set aside' 'mark: imaboot: recovery: shell' 'the root is read-only' \
	'/etc/ima/ima-policy is set aside as ima-policy.bak'
refuse 'the PCR is as it was before the menu'

# ---- the known-good policy, the image's, none ---------------------------------------------------

restore_talk() {
	see 'The recovery was asked for on the kernel command line: no policy was loaded.'
	yes_to 8
	see 'ima-policy.known-good is in place as'
	see 'ima-policy.bak.1'
	yes_to g
	see 'ima-policy is the same as'
	answer t
	gone
}
begin restore
known_good
echo older > "$ROOT/etc/ima/ima-policy.bak"
play restore rd.imaboot.recovery
went_on enforced 0
file ima-policy "$ROOT/etc/ima/ima-policy.known-good"
file ima-policy.known-good "$ROOT/etc/ima/ima-policy.known-good"
file ima-policy.bak.1 "$ROOT/etc/ima/ima-policy"
expect "file ima-policy.bak $(echo older | sha256sum | cut -c 1-8)" 'the root is read-only' \
	'mark: imaboot: recovery: known-good policy put in place'

restore_bad_talk() {
	yes_to 8
	see 'ima-policy.known-good: the kernel does not accept it'
	yes_to k
	see 'outcome failed: no policy loaded'
	yes_to 4
	see 'outcome failed: no policy loaded'
	yes_to u
	gone
}
begin restore-bad
scene_policy "$ROOT/etc/ima/ima-policy.known-good"
play restore_bad rd.imaboot.recovery
went_on unprotected 4
file ima-policy "$ROOT/etc/ima/ima-policy"
expect 'mark: imaboot: unprotected boot' 'THIS MACHINE BOOTS UNPROTECTED'
refuse 'file ima-policy.bak' 'policy update completed'

known_good_talk() {
	yes_to 3
	gone
}
begin known-good
known_good
play known_good rd.imaboot.recovery
went_on enforced 0
expect 'policy /etc/ima/ima-policy.known-good (known-good) in force' 'mark: imaboot: recovery: known-good policy'

image_talk() {
	yes_to i
	gone
}
begin image
scene_image_policy rsa2048
play image rd.imaboot.recovery
went_on enforced 0
expect 'policy /etc/imaboot/policy (image) in force' 'mark: imaboot: recovery: image policy'

# ---- time-outs ----------------------------------------------------------------------------------

timeout_talk() {
	see 'The machine powers off in [0-9]+ seconds by itself, unless a key is pressed'
	see 'The machine powers off in 3 seconds; a key stops the clock'
	gone
}
begin timeout 'recovery-timeout = 8' 'recovery-timeout-action = poweroff'
stops timeout 'reboot: Power down'

clock_talk() {
	see 'a key stops the clock'
	press ' '
	quiet 12 'Restarting system|restarts in 1 second'
	press '\177'
	say v
	see 'outcome failed'
	answer r
	gone
}
begin clock 'recovery-timeout = 10'
stops clock 'reboot: Restarting system'

off_talk() {
	answer 13
	gone
}
begin off
stops off 'reboot: Power down'

# ---- a locked platform without a password -------------------------------------------------------

# What no menu takes: bytes without letters, digits and the ends of lines that would make a word of them.
garbage() { openssl enc -aes-128-ctr -K 00 -iv 00 -in /dev/zero 2> /dev/null | LC_ALL=C tr -d 'a-z0-9' | head -c "$1" >&3; }

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
	sleep 5
	press '\r'
	say v
	see 'outcome failed'
	press '\003\004\r'
	answer r
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
	garbage 65536
	press '\r'
	see "$wrong"
	see "$ask"
	press '\003\004\034\r'
	see "$wrong"
	see 'shell: 3 wrong passwords'
	# From now on each try has its price, whoever asks, and it grows.
	yes_to u
	see '[34] wrong passwords: the next one can be given in ([1-5]|10) seconds'
	see "$ask"
	say "$password$password"
	see "$wrong"
	see '[45] wrong passwords: the next one can be given in ([6-9]|10|1[0-9]|20) seconds' 90
	see "$ask" 60
	say "x$(printf '\\177')$password"
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

begin refused 'on-failure = poweroff'
vm_script <<'END'
run_boot
END
VM_STOPS=1
scene_boot "$kernel" "$common lockdown=integrity rd.imaboot.recovery"
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
