#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# kernels: stock
# needs: qemu-system-x86_64 evmctl mmdebstrap debugfs unshare objcopy sbsign
# limit: 1800
# The recovery under UEFI Secure Boot: without a password nothing is offered that weakens, writes, or opens a shell; the
# firmware's setup is, and the machine restarts into it.
# shellcheck disable=SC2317 # locked_talk runs beside the machine
. "$(dirname "$0")/../lib/vm.sh"
. "$(dirname "$0")/../lib/scene.sh"
. "$(dirname "$0")/../lib/image.sh"
. "$(dirname "$0")/../lib/ovmf.sh"
. "$(dirname "$0")/../lib/talk.sh"
. "$(dirname "$0")/../lib/recovery.sh"

kernel=$1

locked_talk() {
	local entry
	see 'The recovery was asked for on the kernel command line' 600
	see ' 11 f  restart into the firmware setup'
	see 'What weakens the boot, writes, or opens a shell is not here: UEFI Secure Boot'
	for entry in 3 5 7 8 s; do
		answer "$entry"
		see 'That entry is not there: UEFI Secure Boot is on' || return
	done
	answer 11
	see 'Restarting system'
}

ovmf_uki "$CACHE/recovery.efi" "$(image_get imaboot-init)" "$OVMF_CMDLINE rd.imaboot.recovery rd.shell=1"
ovmf_sign "$CACHE/recovery.efi" "$CACHE/recovery-signed.efi"
disk_new secure
echo 'appraise func=NONSENSE' | disk_policy rsa2048
VM_TALK=locked_talk
ovmf_boot secure "$CACHE/recovery-signed.efi" 'reboot: Restarting system'
VM_TALK=''
expect 'reboot: Restarting system'
refuse "$shell" 'multi-user.target' 'policy update completed' 'sh-5'
finish
