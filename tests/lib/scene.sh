# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# The scene that most boot tests play in; source it after vm.sh.
#
#   scene_policy FILE           writes the lab's policy: policies and executables must be signed, but for the
#                               pseudo file systems and the initramfs
#   scene_sign SIGNER FILE...   puts a signature of the PKI's SIGNER on each file
#   scene_new [NAME]            a new machine with the boot program, and $ROOT, the folder that becomes its real
#                               root: /bin/signed and /bin/unsigned in it are programs that say so
#   scene_cert FOLDER NAME...   copies certificates of the PKI into a folder of the image
#   scene_root_cert NAME...     copies signers into the real root's /etc/keys/ima
#   scene_image_policy SIGNER   puts the lab's policy with a detached signature into the image ("" unsigned)
#   scene_root_policy SIGNER    puts it into the real root, signed in place ("" unsigned)
#   scene_recovery              puts the recovery into the image, as the dracut module does
#   scene_boot KERNEL [CMDLINE] makes the root's disk, unless there is a $VM/disk.img (the script finds it mounted on
#                               /sysroot), and boots
#
# In the script: try_programs checks that the signed program runs and the unsigned one is refused;
# run_boot runs `imaboot boot --root /sysroot` with its messages in /run/boot.err and its status in $status.

scene_policy() {
	cat > "$1" <<'END'
# pseudo file systems, and the initramfs itself
dont_appraise fsmagic=0x9fa0
dont_appraise fsmagic=0x62656572
dont_appraise fsmagic=0x64626720
dont_appraise fsmagic=0x73636673
dont_appraise fsmagic=0x1cd1
dont_appraise fsmagic=0x01021994
dont_appraise fsmagic=0x858458f6
# a later policy must be signed
appraise func=POLICY_CHECK appraise_type=imasig
appraise func=BPRM_CHECK appraise_type=imasig
END
}

scene_sign() {
	local signer=$1 file
	shift
	for file; do
		"$VM_LIB/sign" --xattr "$PKI/$signer.key" "$PKI/$signer.pem" "$file"
	done
}

scene_new() {
	local name
	vm_new "$@"
	vm_file "$BUILD/imaboot" /bin/imaboot
	ROOT=$VM/disk
	mkdir -p "$ROOT"/{bin,etc/ima,etc/keys/ima}
	for name in signed unsigned; do
		printf '#!/bin/sh\necho "the %s program runs"\n' "$name" > "$ROOT/bin/$name"
		chmod 755 "$ROOT/bin/$name"
	done
}

scene_cert() {
	local folder=$1 name
	shift
	for name; do
		vm_file "$PKI/$name.der" "$folder/$name.der"
	done
}

scene_root_cert() {
	local name
	for name; do
		cp "$PKI/$name.der" "$ROOT/etc/keys/ima/"
	done
}

scene_image_policy() {
	mkdir -p "$VM/root/etc/imaboot"
	scene_policy "$VM/root/etc/imaboot/policy"
	[ -z "$1" ] || "$VM_LIB/sign" "$PKI/$1.key" "$PKI/$1.pem" "$VM/root/etc/imaboot/policy"
}

scene_root_policy() {
	scene_policy "$ROOT/etc/ima/ima-policy"
	[ -z "$1" ] || scene_sign "$1" "$ROOT/etc/ima/ima-policy"
}

scene_recovery() {
	vm_file "$BUILD/imaboot" /sbin/imaboot
	vm_file "$VM_LIB/../../recovery/recovery" /usr/lib/imaboot/recovery 755
	vm_file "$(command -v busybox)" /usr/lib/imaboot/busybox 755
	vm_file "$BUILD/imaboot-auth" /usr/lib/imaboot/imaboot-auth 755
}

scene_boot() {
	[ -e "$VM/disk.img" ] || vm_ext4 "$ROOT" "$VM/disk.img"
	vm_disk "$VM/disk.img"
	cat > "$VM/root/lib/scene.sh" <<'END'
mount -t ext4 -o ro /dev/vda /sysroot || fail mount "the root's disk cannot be mounted"
run_boot() {
	imaboot boot --root /sysroot 2> /run/boot.err
	status=$?
	cat /run/boot.err
}
try_programs() {
	is "the signed program runs" "$(/sysroot/bin/signed 2>&1)" "the signed program runs"
	has "the unsigned program is refused" "$(/sysroot/bin/unsigned 2>&1)" "Permission denied"
}
END
	sed -i 's|^\. /lib/cases\.sh$|&\n. /lib/scene.sh|' "$VM/root/case.sh"
	vm_boot "$@"
}
