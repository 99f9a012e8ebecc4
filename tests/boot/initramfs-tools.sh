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

builder_cert /etc/keys/ima rsa2048 expired
builder_policy rsa2048
if builder_mkinitramfs "$OUT"; then vm_fail 'an expired certificate: there is an image'; else vm_pass 'an expired certificate: no image'; fi
for line in 'imactl: /etc/keys/ima/expired.der is expired; the kernel would take it all the same: renew it, or take it away' \
	'E: imaboot: no image is made; the reasons are above'; do
	if grep -q -x -F -e "$line" "$OUT.log"; then vm_pass "$line"; else vm_fail "no '$line' in: $(tail -n 5 "$OUT.log")"; fi
done
rm "$BUILDER/etc/keys/ima/expired.der"
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
finish
