#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# kernels: stock
# needs: qemu-system-x86_64 evmctl mmdebstrap debugfs unshare jq objcopy sbsign
# limit: 900
# Secure Boot for real: kernel, initramfs and command line as one signed program under UEFI firmware. The platform counts
# as locked by the firmware's own word, and a parameter that would switch imaboot off is refused; without Secure Boot the
# same program obeys it; and without its signature the firmware does not start it. That the kernel is told to leave the
# firmware's variables alone hides nothing.
. "$(dirname "$0")/../lib/vm.sh"
. "$(dirname "$0")/../lib/scene.sh"
. "$(dirname "$0")/../lib/image.sh"
. "$(dirname "$0")/../lib/ovmf.sh"

kernel=$1
scene_policy "$CACHE/good-policy.$kernel"
plain=$CACHE/lab.efi signed=$CACHE/lab-signed.efi
ovmf_uki "$plain" "$(image_get imaboot-init)" "$OVMF_CMDLINE efi=noruntime rd.imaboot=0 rd.imaboot.policy=none"
ovmf_sign "$plain" "$signed"

disk_new secure
disk_policy rsa2048 < "$CACHE/good-policy.$kernel"
ovmf_boot secure "$signed" '@@END'
locked="is refused: UEFI Secure Boot is on, and the image's configuration does not say allow-override = yes"
expect 'EFI stub: UEFI Secure Boot is enabled' "imaboot: kernel parameter rd.imaboot=0 $locked" \
	"imaboot: kernel parameter rd.imaboot.policy=none $locked" 'imaboot: outcome enforced: policy /etc/ima/ima-policy (root)' \
	'multi-user.target is reached' 'failed units: .' 'the signed program: the signed program runs'
expect_re 'the unsigned program: .*Permission denied'
refuse 'Access Denied'

disk_new open
disk_policy rsa2048 < "$CACHE/good-policy.$kernel"
ovmf_boot open "$signed" 'imaboot: outcome .*'
expect 'imaboot: switched off by the kernel parameter rd.imaboot=0: no policy is loaded' 'imaboot: outcome disabled'
refuse 'UEFI Secure Boot is enabled' 'is refused' 'outcome enforced'

disk_new unsigned
ovmf_boot secure "$plain" 'Access Denied|EFI stub'
expect 'BdsDxe: failed to load' 'Access Denied'
refuse 'EFI stub' 'imaboot'
finish
