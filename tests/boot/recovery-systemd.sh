#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# kernels: 6.1 stock
# needs: qemu-system-x86_64 evmctl mmdebstrap debugfs unshare
# limit: 1800
# The recovery in images of the real dracut, before a real systemd: with systemd in the initramfs (6.1) and without
# (stock). A policy over which systemd would freeze leads to the menu; it is set aside, a repaired one is put in its place,
# and the same boot goes on to multi-user under it. What is on the line meanwhile is recovery/session.txt.
# shellcheck disable=SC2016,SC2317 # person_talk runs beside the machine; the lines are for it
. "$(dirname "$0")/../lib/vm.sh"
. "$(dirname "$0")/../lib/scene.sh"
. "$(dirname "$0")/../lib/image.sh"
. "$(dirname "$0")/../lib/talk.sh"
. "$(dirname "$0")/../lib/recovery.sh"

kernel=$1
cmdline=''
init=imaboot-init
session=$VM_LIB/../../recovery/session.txt
[ "$kernel" = stock ] || cmdline=ima_policy=secure_boot init=imaboot

person_talk() {
	see '==== imaboot: recovery ===='
	see 'policy /etc/ima/ima-policy failed at stage dry-run'
	yes_to 7
	see 'is set aside as ima-policy.bak'
	yes_to 10
	see "$shell"
	say 'ls $NEWROOT/root'
	see 'ima-policy.fixed'
	see "$shell"
	say 'mount -o remount,rw $NEWROOT'
	see "$shell"
	say 'mv $NEWROOT/root/ima-policy.fixed $NEWROOT/etc/ima/ima-policy'
	see "$shell"
	say exit
	answer 6
	see 'the kernel accepts it'
	answer 2
	see 'multi-user.target is reached'
}

# The line from the menu on, without what the kernel and both systemds say, and without what differs from run to run: a
# slow machine has minutes pass, and tells so, before the first key.
session() {
	sed -n '/^==== imaboot: recovery/,/^multi-user.target is reached/p' "$VM/log" |
		grep -v -E '^ *(\[|(Starting|Started|Finished|Stopping|Stopped|Mounting|Mounted|Unmounting|Reached|Welcome) )|^$' |
		sed -z -E 's/guard set,[ \n]+[0-9]+\.[0-9]{3}[ \n]+ms/guard set, N ms/g' |
		sed -E -e 's/in [0-9]+ seconds( by itself|; a key)/in N seconds\1/' -e 's/ +$//' |
		sed -z -E 's/(Number or letter, then Enter:\nThe machine restarts in N seconds; a key stops the clock\.\n)+/\1/g'
}

image_without "$(image_get "$init")" "$CACHE/recovery-$init" etc/imaboot/policy etc/imaboot/policy.sig
scene_policy "$CACHE/good-policy.$kernel"
disk_new person
echo 'appraise func=NONSENSE' | disk_policy rsa2048
disk_policy rsa2048 /root/ima-policy.fixed < "$CACHE/good-policy.$kernel"
mkdir -p "$VM/over/etc/imaboot"
printf 'pcr = none\nrecovery-timeout = 3600\n' > "$VM/over/etc/imaboot/imaboot.conf"
image_add "$CACHE/recovery-$init" "$VM/image" "$VM/over"
VM_TALK=person_talk
image_boot "$kernel" "$VM/image" '@@END' "$cmdline"
VM_TALK=''
expect 'imaboot: outcome enforced: policy /etc/ima/ima-policy (root) in force' 'multi-user.target is reached' \
	'failed units: .' 'the signed program: the signed program runs' '"a recovery came before this report: retry"'
expect_re 'the unsigned program: .*Permission denied'
refuse 'Freezing execution' 'the policy file can be written' 'emergency mode'
if [ "$kernel" != stock ]; then
	session > "$CACHE/session"
	if diff "$session" "$CACHE/session"; then vm_pass 'the line is recovery/session.txt'; else vm_fail 'recovery/session.txt differs'; fi
fi

# Nobody comes: no shell, no boot, and at the end of the time what the configuration says.
disk_new nobody
echo 'appraise func=NONSENSE' | disk_policy rsa2048
printf 'pcr = none\nrecovery-timeout = 5\n' > "$VM/over.conf"
mkdir -p "$VM/over/etc/imaboot"
mv "$VM/over.conf" "$VM/over/etc/imaboot/imaboot.conf"
image_add "$CACHE/recovery-$init" "$VM/image" "$VM/over"
image_boot "$kernel" "$VM/image" 'reboot: Restarting system' "$cmdline rd.shell=1 rd.emergency=poweroff"
expect 'The machine restarts in 1 second'
refuse 'multi-user.target is reached' "$shell" 'sh-5' 'emergency mode' 'Dropping to debug shell' 'policy update completed'
finish
