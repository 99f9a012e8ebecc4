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

# Puts imactl, its library and imaboot-bless.service onto the disk, switched on, behind systemd's own look at the boot. What
# came of it is told once it has ended.
bless_disk() {
	local library units=/etc/systemd/system
	cp "$BUILD/imactl" "$VM/imactl"
	"$VM_LIB/sign" "$PKI/rsa2048.key" "$PKI/rsa2048.pem" "$VM/imactl"
	sed 's|^ExecStart=[^ ]*|ExecStart=/usr/bin/imactl|' "$BUILD/imaboot-bless.service" > "$VM/bless.service"
	cat > "$VM/more.bless" <<-'END'
		tries=100
		while [ "$(systemctl is-active imaboot-bless.service)" = activating ] || [ -n "$(systemctl list-jobs --no-legend | grep -E 'bless|boot-complete|check-no')" ]; do
			tries=$((tries - 1))
			[ $tries -gt 0 ] || break
			sleep 0.2
		done
		systemctl show -p ActiveState -p ExecMainStatus imaboot-bless.service boot-complete.target | sed 's/^/[bless] /'
		journalctl --boot --quiet --no-pager -u imaboot-bless | sed 's/^/[bless] /'
		sync
	END
	{
		printf 'mkdir %s\n' "$units/boot-complete.target.requires"
		printf 'symlink %s /lib/systemd/system/systemd-boot-check-no-failures.service\n' \
			"$units/boot-complete.target.requires/systemd-boot-check-no-failures.service"
		printf 'symlink %s ../imaboot-bless.service\n' "$units/multi-user.target.wants/imaboot-bless.service"
		printf 'write %s %s\n' "$VM/bless.service" "$units/imaboot-bless.service" "$VM/imactl" /usr/bin/imactl \
			"$VM/more.bless" /lab/more.bless
		printf 'ea_set -f %s /usr/bin/imactl security.ima\n' "$VM/imactl.sig"
		ldd "$BUILD/imactl" | awk '$3 ~ /^\// { print $3 }' | while read -r library; do
			[ -e "$(lab_root)$library" ] || printf 'write %s /usr%s\n' "$(readlink -f "$library")" "${library#/usr}"
		done
	} | disk_do
}

# kept FILE XATTR: the disk's known-good policy is that file with that attribute ("" none)
kept() {
	local want=$2
	debugfs -R "dump /etc/ima/ima-policy.known-good $VM/kept" "$VM/disk" 2> /dev/null
	debugfs -R "ea_get -f $VM/kept.sig /etc/ima/ima-policy.known-good security.ima" "$VM/disk" > /dev/null 2>&1
	if cmp "$1" "$VM/kept" && { [ -z "$want" ] || cmp "$want" "$VM/kept.sig"; }; then
		vm_pass 'the known-good policy is as it must be'
	else
		vm_fail 'the known-good policy is another one'
	fi
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
echo "journalctl --boot --quiet --no-pager | sed -n '/imaboot/s/^/[journal] /p'; . /lab/more.bless" > "$VM/more"
disk_do <<< "write $VM/more /lab/more"
echo 'appraise func=OLDER' | disk_policy '' /etc/ima/ima-policy.known-good
bless_disk
image_boot "$kernel" "$(image_get imaboot)" '@@END' "$cmdline"
expect_up "$kernel" fallback image
expect '[bless] ActiveState=active' '[bless] ExecMainStatus=3' 'bless: the policy in force is not the root'
echo 'appraise func=OLDER' > "$VM/older"
kept "$VM/older" ''
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
cp "$VM/ima-policy.sig" "$VM/wanted.sig"
bless_disk
disk_do <<< "write $VM/more.bless /lab/more"
image_boot "$kernel" "$(image_get "$init")" '@@END' "$cmdline"
expect_up "$kernel" enforced root
expect '[bless] ActiveState=active' '[bless] ExecMainStatus=0'
kept "$CACHE/good-policy.$kernel" "$VM/wanted.sig"

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
