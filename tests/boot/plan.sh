#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# kernels: 6.1 6.12 stock
# needs: qemu-system-x86_64 setfattr jq
# limit: 900
# What imactl plan says of a root is what becomes of it: where it says that the root boots, its init runs under the
# policy; where not, the kernel denies what plan names, for the cause that it names, and imactl denials reads the same
# from the kernel's log. The boot program's preflight is off, so that the kernel itself is asked; once it is on. On Debian's
# kernel, which is slow to boot here, those cases alone that may differ with its keyring, _ima.
. "$(dirname "$0")/../lib/vm.sh"
. "$(dirname "$0")/../lib/scene.sh"
. "$(dirname "$0")/../lib/smallroot.sh"

kernel=$1
release=$kernel
config=() ring=.ima
if [ "$kernel" = stock ]; then
	release=$(cat "$(vm_kernel_dir stock)/release")
	config=(--config "$(vm_kernel_dir stock)/config")
	ring=_ima
fi
# Without the check a slow machine does not take its timer for a broken one.
cmdline="ima_policy=secure_boot no_timer_check"

# A root whose init is a script of a shell that needs two libraries: 'policy' and 'signed' may be changed before it is
# signed, 'spoil' afterwards.
new_root() {
	scene_new "$1"
	rm -rf "${ROOT:?}/bin"
	smallroot "$ROOT" || vm_fail smallroot
	cp "$CACHE/base/bin/guest" "$ROOT/bin/guest"
	scene_cert /etc/keys/ima rsa2048
	scene_root_cert rsa2048
	scene_policy "$ROOT/etc/ima/ima-policy"
	mkdir -p "$VM/root/etc/imaboot"
	echo 'preflight = off' > "$VM/root/etc/imaboot/imaboot.conf"
	vm_script --pid1 <<'END'
mount -t ext4 -o rw /dev/vda /sysroot || fail mount "the root's disk cannot be mounted"
imaboot boot --root /sysroot
echo "imaboot ends with $?"
[ "$(cut -d' ' -f 1 /run/imaboot/outcome)" = enforced ] || { cat /run/imaboot/report.txt; guest end 0; }
echo 7 > /proc/sys/kernel/printk
for folder in dev proc sys run; do mount --move /$folder /sysroot/$folder; done
exec switch_root /sysroot /sbin/init
END
}

sign_root() {
	sign --root "$ROOT" --executables
	sign "$ROOT/etc/ima/ima-policy"
}

sign() {
	"$BUILD/imactl" sign --key "$PKI/rsa2048.key" --cert "$PKI/rsa2048.der" "$@" > "$VM/sign.log" 2>&1 ||
		vm_fail "signing: $(cat "$VM/sign.log")"
}

# plan STATUS: says it, and its JSON goes to $VM/plan.
plan() {
	local status=0
	"$BUILD/imactl" plan --root "$ROOT" --kernel "$release" ${config[@]+"${config[@]}"} --trusted "$PKI/ca.der" --fstype ext4 --json \
		> "$VM/plan" || status=$?
	[ "$(jq -r .keyring "$VM/plan")" = "$ring" ] || vm_fail "plan says that the keyring is $(jq .keyring "$VM/plan"), not $ring"
	if [ "$status" = "$1" ]; then vm_pass "plan ends with $1"; else vm_fail "plan ends with $status: $(cat "$VM/plan")"; fi
}

planned() { # CAUSE FILE: plan names it among what the boot needs
	if jq -e --arg cause "$1" --arg file "$2" '.denied[] | select(.needed and .cause == $cause) | .files | index([$file])' "$VM/plan" > /dev/null; then
		vm_pass "plan: $1 $2"
	else
		vm_fail "plan does not say $1 $2: $(jq -c '.denied' "$VM/plan")"
	fi
}

# logged CAUSE FILE: the kernel's log says it, as imactl denials reads it.
logged() {
	local status=0
	grep -o 'audit: type=.*\|integrity: .*' "$VM/log" | "$BUILD/imactl" denials --json - > "$VM/denials" || status=$?
	[ "$status" = 1 ] || vm_fail "denials ends with $status"
	if jq -e --arg cause "$1" --arg file "$2" '.causes[] | select(.denied and .cause == $cause) | .files[] | select(.name == $file)' "$VM/denials" > /dev/null; then
		vm_pass "the kernel's log: $1 $2"
	else
		vm_fail "the log does not say $1 $2: $(jq -c '[.causes[] | [.cause, .files[].name]]' "$VM/denials")"
	fi
}

boots() {
	scene_disk
	vm_boot "$kernel" "$cmdline"
	vm_ended
	expect 'imaboot ends with 0' 'the root is up'
}

stops() {
	scene_disk
	VM_STOPS=1 vm_boot "$kernel" "$cmdline"
	expect 'imaboot ends with 0' 'Kernel panic'
	refuse 'the root is up'
}

scene_disk() {
	vm_ext4 "$ROOT" "$VM/disk.img"
	vm_disk "$VM/disk.img"
}

# denied NAME CAUSE FILE [KERNEL'S CAUSE]
denied() {
	plan 1
	planned "$2" "$3"
	stops
	# The panic may come before the kernel's audit thread has told what was denied.
	local tries=5
	until grep -q 'audit: type=1800 .* cause=' "$VM/log" || [ $((tries -= 1)) -eq 0 ]; do
		vm_ext4 "$ROOT" "$VM/disk.img"
		VM_STOPS=1 vm_boot "$kernel" "$cmdline"
	done
	logged "${4:-$2}" "$3"
}

new_root good
sign_root
plan 0
boots

new_root unsigned-init
sign_root
setfattr -x security.ima "$ROOT/sbin/init"
denied unsigned-init IMA-signature-required /sbin/init
# The boot program comes to the same verdict by itself, and does not load the policy.
rm "$VM/root/etc/imaboot/imaboot.conf"
VM_STOPS='' vm_boot "$kernel" "$cmdline"
expect 'failed at stage preflight'
refuse 'Kernel panic' 'the root is up' 'policy update completed'

new_root library
echo 'appraise func=MMAP_CHECK mask=MAY_EXEC appraise_type=imasig' >> "$ROOT/etc/ima/ima-policy"
sign_root
setfattr -x security.ima "$ROOT/$SMALLROOT_LIBRARY"
denied library IMA-signature-required "/$SMALLROOT_LIBRARY"

new_root stranger
sign_root
"$VM_LIB/sign" --xattr "$PKI/rsa4096.key" "$PKI/rsa4096.pem" "$ROOT/sbin/init"
denied stranger unknown-key /sbin/init invalid-signature
expect_re "integrity: Request for unknown key 'id:[0-9a-f]{8}' in '$ring' keyring"

[ "$kernel" != stock ] || finish

new_root shell
sign_root
echo more >> "$ROOT/bin/dash"
denied shell invalid-signature /bin/dash

new_root signed-library
echo 'appraise func=MMAP_CHECK mask=MAY_EXEC appraise_type=imasig' >> "$ROOT/etc/ima/ima-policy"
sign_root
plan 0
boots

new_root digests
sed -i 's/^appraise func=BPRM_CHECK.*/appraise func=BPRM_CHECK/' "$ROOT/etc/ima/ima-policy"
sign_root
"$BUILD/imactl" sign --hash-only "$ROOT/bin/dash" "$ROOT/sbin/init" > /dev/null || vm_fail 'digests'
plan 0
boots

new_root digest
sed -i 's/^appraise func=BPRM_CHECK.*/appraise func=BPRM_CHECK/' "$ROOT/etc/ima/ima-policy"
sign_root
"$BUILD/imactl" sign --hash-only "$ROOT/sbin/init" > /dev/null || vm_fail 'digest'
echo '# more' >> "$ROOT/sbin/init"
denied digest invalid-hash /sbin/init

new_root algorithm
sed -i 's/^appraise func=BPRM_CHECK.*/& appraise_algos=sha512/' "$ROOT/etc/ima/ima-policy"
sign_root
"$BUILD/imactl" sign --hash sha512 --key "$PKI/rsa2048.key" --cert "$PKI/rsa2048.der" "$ROOT/bin/dash" > /dev/null || vm_fail 'sha512'
denied algorithm denied-hash-algorithm /sbin/init

# Nothing of the root is wrong, but the initramfs cannot execute anything any more.
new_root initramfs
sed -i '/0x858458f6/d; /0x01021994/d' "$ROOT/etc/ima/ima-policy"
sign_root
plan 1
if jq -e '.memory[] | select(.needed and (.what | test("initramfs on ramfs")))' "$VM/plan" > /dev/null; then
	vm_pass 'plan names the initramfs'
else
	vm_fail "plan does not name the initramfs: $(jq -c .memory "$VM/plan")"
fi
stops
finish
