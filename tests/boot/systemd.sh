#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# kernels: stock 6.1
# needs: qemu-system-x86_64 evmctl mmdebstrap debugfs unshare jq
# limit: 600
# Real systemd as PID 1 of the root, real dracut, with systemd in the initramfs and without. A bad policy file freezes
# the machine for good without imaboot, and dracut's own module comes up without a policy; with imaboot the same disk comes
# up under the image's policy. A good policy is in force, once. A configuration that is none ends in the recovery. On 6.1
# the kernel demands a signed policy, on stock it does not.
. "$(dirname "$0")/../lib/vm.sh"
. "$(dirname "$0")/../lib/scene.sh"
. "$(dirname "$0")/../lib/image.sh"

kernel=$1
cmdline=''
[ "$kernel" = stock ] || cmdline=ima_policy=secure_boot

# The bad policy of this kernel, onto the disk.
bad_policy() {
	if [ "$kernel" = stock ]; then
		disk_policy rsa2048 <<< 'appraise func=NONSENSE'
	else
		disk_policy < "$CACHE/good-policy.$kernel"
	fi
}

# once MESSAGE: it is seen once on the console, and once in the journal.
once() {
	local console journal
	console=$(grep -v -E '^\[(kernel|journal)\]' "$VM/log" | grep -c -e "imaboot: $1")
	journal=$(grep '^\[journal\]' "$VM/log" | grep -c -E -e "imaboot(\[[0-9]*\])?: $1")
	if [ "$console $journal" = '1 1' ]; then vm_pass "once: $1"; else vm_fail "$console times on the console, $journal in the journal: $1"; fi
}

scene_policy "$CACHE/good-policy.$kernel"

disk_new without
bad_policy
image_boot "$kernel" "$(image_get plain)" 'Freezing execution' "$cmdline"
expect '[!!!!!!] Failed to load IMA policy.'
refuse 'multi-user.target is reached'

if [ "$kernel" != stock ]; then
	# dracut's own module: its policy, at its path, is refused, and the machine comes up without one.
	disk_new integrity
	disk_policy '' /etc/sysconfig/ima-policy < "$CACHE/good-policy.$kernel"
	image_boot "$kernel" "$(image_get integrity)" '@@END' "$cmdline"
	expect 'multi-user.target is reached' 'the unsigned program: the unsigned program runs' 'ima: policy update failed'
	refuse 'ima: policy update completed'
fi

disk_new fallback
bad_policy
echo "journalctl --boot --quiet --no-pager | sed -n '/imaboot/s/^/[journal] /p'" > "$VM/more"
disk_do <<< "write $VM/more /lab/more"
image_boot "$kernel" "$(image_get imaboot)" '@@END' "$cmdline"
expect_up "$kernel" fallback image
once 'policy /etc/ima/ima-policy .root. failed at stage'
once 'outcome fallback: policy /etc/imaboot/policy .image. in force'
if [ "$kernel" = stock ]; then
	expect "policy /etc/ima/ima-policy (root) failed at stage dry-run: line 1, column 15: func= cannot be 'NONSENSE'"
else
	expect 'policy /etc/ima/ima-policy (root) failed at stage signature: has no signature'
fi

init=imaboot
[ "$kernel" != stock ] || init=imaboot-init
disk_new enforced
disk_policy rsa2048 < "$CACHE/good-policy.$kernel"
image_boot "$kernel" "$(image_get "$init")" '@@END' "$cmdline"
expect_up "$kernel" enforced root

# With a configuration that is none the recovery waits: no shell is opened, nothing of the root runs.
disk_new failed
disk_policy rsa2048 < "$CACHE/good-policy.$kernel"
mkdir -p "$VM/over/etc/imaboot"
echo 'nonsense = 1' > "$VM/over/etc/imaboot/imaboot.conf"
image_add "$(image_get "$init")" "$VM/image" "$VM/over"
image_boot "$kernel" "$VM/image" 'Number or letter, then Enter:' "$cmdline"
expect "imaboot: /etc/imaboot/imaboot.conf:1: 'nonsense' is not a key; see imaboot.conf(5)" 'imaboot: outcome failed' \
	'==== imaboot: recovery ====' 'The machine does nothing by itself.'
refuse 'multi-user.target' 'emergency mode' 'Dropping to debug shell' 'sh-5' 'policy update completed' 'recovery# '
finish
