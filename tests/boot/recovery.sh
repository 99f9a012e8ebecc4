#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# kernels: 6.1
# needs: qemu-system-x86_64 evmctl swtpm openssl
# limit: 1800
# The recovery at a serial line, as a person uses it on an open platform: each entry of the menu, and each time-out.
# shellcheck disable=SC2016,SC2034,SC2317 # NAME_talk runs beside the machine; the lines are for it
. "$(dirname "$0")/../lib/vm.sh"
. "$(dirname "$0")/../lib/scene.sh"
. "$(dirname "$0")/../lib/talk.sh"
. "$(dirname "$0")/../lib/recovery.sh"

kernel=$1

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
NO_TPM=1 begin timeout 'recovery-timeout = 8' 'recovery-timeout-action = poweroff'
common='' stops timeout 'reboot: Power down'

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
NO_TPM=1 begin off
common='' stops off 'reboot: Power down'
finish
