#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# kernels: stock
# needs: qemu-system-x86_64 evmctl mmdebstrap debugfs unshare jq
# limit: 900
# Debian's other image builder, mkinitramfs, with our hook and script: the outcomes are those of dracut's module. What
# must not be in an image ends it, too.
. "$(dirname "$0")/../lib/vm.sh"
. "$(dirname "$0")/../lib/scene.sh"
. "$(dirname "$0")/../lib/image.sh"

kernel=$1
scene_policy "$CACHE/good-policy.$kernel"
builder_other mkinitramfs initramfs-tools
OUT=${BUILDER%/root}/image

# refused NAME LINE...: there is no image, and these are the lines that say why.
refused() {
	local line
	if builder_mkinitramfs "$OUT"; then vm_fail "$1: there is an image"; else vm_pass "$1: no image"; fi
	shift
	for line in "$@" 'E: imaboot: no image is made; the reasons are above'; do
		if grep -q -x -F -e "$line" "$OUT.log"; then vm_pass "$line"; else vm_fail "no '$line' in: $(tail -n 5 "$OUT.log")"; fi
	done
}

builder_cert /etc/keys/ima rsa2048 expired
builder_policy rsa2048
# shellcheck disable=SC2016 # a hash of a kind that is known, at a cost that is none
printf '%s\n' 'on-failure = recovery' 'recovery-password = $2b$99$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234' \
	> "$BUILDER/etc/imaboot/imaboot.conf"
mv "$BUILDER/usr/bin/busybox" "$BUILDER/busybox"
refused 'an expired certificate, no busybox, a hash' \
	'imactl: /etc/keys/ima/expired.der is expired; the kernel would take it all the same: renew it, or take it away' \
	'E: imaboot: /etc/imaboot/imaboot.conf says on-failure = recovery, which needs busybox and /usr/lib/imaboot/recovery: one of them is missing' \
	'E: imaboot: /etc/imaboot/imaboot.conf: the recovery-password is a hash that imaboot-auth does not know; make one: mkpasswd -m yescrypt'
rm "$BUILDER/etc/keys/ima/expired.der"
echo "recovery-password = $(openssl passwd -6 secret)" > "$BUILDER/etc/imaboot/imaboot.conf"
mv "$BUILDER/usr/lib/imaboot/imaboot-auth" "$BUILDER/imaboot-auth"
refused 'a password and nothing that checks it' \
	'E: imaboot: /etc/imaboot/imaboot.conf has a recovery-password, and imaboot-auth, which checks it, is missing'
line='W: imaboot: the image has no recovery environment (busybox or /usr/lib/imaboot/recovery is missing): a boot that fails stops the machine'
if grep -q -x -F -e "$line" "$OUT.log"; then vm_pass "$line"; else vm_fail "no '$line' in: $(tail -n 5 "$OUT.log")"; fi
rm "$BUILDER/etc/imaboot/imaboot.conf"
mv "$BUILDER/busybox" "$BUILDER/usr/bin/busybox"
mv "$BUILDER/imaboot-auth" "$BUILDER/usr/lib/imaboot/imaboot-auth"
builder_mkinitramfs "$OUT" || { vm_fail "no image: $(tail -n 5 "$OUT.log")"; finish; }

disk_new fallback
disk_policy rsa2048 <<< 'appraise func=NONSENSE'
image_boot "$kernel" "$OUT" '@@END'
expect 'multi-user.target is reached' 'failed units: .' 'the signed program: the signed program runs' \
	'imaboot: outcome fallback: policy /etc/imaboot/policy (image) in force'
expect_re 'the unsigned program: .*Permission denied' '^\[kernel\] .*imaboot: outcome fallback'
refuse 'Freezing execution'

# The boot fails: the script does not return, the recovery is there, and nobody gets a shell.
disk_new failed
mkdir -p "$VM/over/etc/imaboot"
echo 'nonsense = 1' > "$VM/over/etc/imaboot/imaboot.conf"
(cd "$VM/over" && find . -mindepth 1 | cpio --quiet -o -H newc -R 0:0 | gzip) | cat "$OUT" - > "$VM/image"
image_boot "$kernel" "$VM/image" 'Number or letter, then Enter: '
expect "imaboot: /etc/imaboot/imaboot.conf:1: 'nonsense' is not a key; see imaboot.conf(5)" 'imaboot: outcome failed' \
	'==== imaboot: recovery ===='
refuse 'multi-user.target' '(initramfs)' 'policy update completed' 'Target filesystem'

# A shell is asked for on the command line, or opens since the root cannot be mounted: on a locked platform the recovery is
# there instead, and on an open one the shell opens once the mark was tried. With panic= it would restart at once.
disk_new break
image_boot "$kernel" "$OUT" 'Number or letter, then Enter: ' 'lockdown=integrity break=mount panic='
expect 'imaboot: the emergency shell of the initramfs does not open: the kernel is locked down' '==== imaboot: recovery ===='
refuse '(initramfs)' 'multi-user.target'

disk_new no-root
truncate -s 0 "$VM/disk"
truncate -s 64M "$VM/disk"
image_boot "$kernel" "$OUT" 'Number or letter, then Enter: ' 'lockdown=integrity panic='
expect 'imaboot: the emergency shell of the initramfs does not open: the kernel is locked down' '==== imaboot: recovery ===='
refuse '(initramfs)'

disk_new open
image_boot "$kernel" "$OUT" '\(initramfs\) ' 'break=mount panic='
expect 'imaboot: PCR 12 was not extended with "imaboot: emergency shell": there is no TPM 2.0'
refuse '==== imaboot: recovery ===='
finish
