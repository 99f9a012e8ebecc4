#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# kernels: 6.1
# needs: qemu-system-x86_64 evmctl mmdebstrap debugfs unshare jq
# limit: 1800
# Ways past imaboot, with real dracut and real systemd. What keeps the pre-pivot hook from running (a mount of the root's own
# fstab that fails, a hook's shell that is ended) does not get a machine to its root: the gate before it does the work, and holds the
# boot where that fails. The emergency shell of the initramfs, which opens where the root cannot be mounted, opens on an open
# platform alone, and with a mark; elsewhere the recovery is there, in which a shell has a password.
# shellcheck disable=SC2016,SC2034,SC2317 # NAME_talk runs beside the machine; the lines are for it
. "$(dirname "$0")/../lib/vm.sh"
. "$(dirname "$0")/../lib/scene.sh"
. "$(dirname "$0")/../lib/image.sh"
. "$(dirname "$0")/../lib/talk.sh"
. "$(dirname "$0")/../lib/recovery.sh"

kernel=$1
scene_policy "$CACHE/good-policy.$kernel"

# image KIND LINE...: the image of that kind, configured so, without a policy of its own, and with what is in $VM/over.
image() {
	local kind=$1 base
	shift
	mkdir -p "$VM/over/etc/imaboot"
	printf '%s\n' "$@" > "$VM/over/etc/imaboot/imaboot.conf"
	base=$(image_get "$kind") || vm_die "$base"
	image_without "$base" "$VM/base" etc/imaboot/policy etc/imaboot/policy.sig
	image_add "$VM/base" "$VM/image" "$VM/over"
}

# ---- the hook does not run ----------------------------------------------------------------------

disk_new fstab
disk_policy rsa2048 < "$CACHE/good-policy.$kernel"
disk_lost_mount
image imaboot 'require = yes' 'pcr = none'
# The root's own systemd leaves that line alone.
image_boot "$kernel" "$VM/image" '@@END|Freezing execution' 'systemd.mask=mnt.mount'
expect 'Dependency failed for' 'imaboot: outcome enforced: policy /etc/ima/ima-policy (root) in force' 'multi-user.target is reached' \
	'the signed program: the signed program runs'
expect_re 'the unsigned program: .*Permission denied'
refuse 'the policy file can be written'

bad_talk() {
	see '==== imaboot: recovery ====' 300
	see 'policy /etc/ima/ima-policy failed at stage dry-run'
	answer r
	see 'Restarting system'
}
disk_new fstab-bad
disk_policy rsa2048 <<< 'appraise func=NONSENSE'
disk_lost_mount
image imaboot 'require = yes' 'pcr = none'
VM_TALK=bad_talk
image_boot "$kernel" "$VM/image" 'reboot: Restarting system'
VM_TALK=''
refuse 'multi-user.target' 'Freezing execution' 'Welcome to Debian GNU/Linux 12 (bookworm)!'

# The shell that runs the hooks is ended, as systemd does where the kernel has no memory left for one of its processes.
disk_new ended
disk_policy rsa2048 <<< 'appraise func=NONSENSE'
mkdir -p "$VM/over/usr/lib/dracut/hooks/pre-pivot"
echo 'echo "the shell of the hooks ends" > /dev/console; kill -KILL $$' > "$VM/over/usr/lib/dracut/hooks/pre-pivot/94-end.sh"
image imaboot 'require = yes' 'pcr = none'
VM_TALK=bad_talk
image_boot "$kernel" "$VM/image" 'reboot: Restarting system'
VM_TALK=''
expect 'the shell of the hooks ends'
refuse 'multi-user.target' 'Welcome to Debian GNU/Linux 12 (bookworm)!'

# The program of the gate is ended: the machine goes off.
disk_new gate-ended
disk_policy rsa2048 < "$CACHE/good-policy.$kernel"
mkdir -p "$VM/over/usr/lib/dracut/hooks/pre-pivot"
cat > "$VM/over/usr/lib/dracut/hooks/pre-pivot/96-end.sh" <<'END'
rm -f /run/imaboot/outcome
printf '#!/bin/sh\nkill -KILL $$\n' > /usr/sbin/imaboot
END
image imaboot 'pcr = none'
image_boot "$kernel" "$VM/image" 'reboot: Power down|@@END'
expect 'reboot: Power down'
refuse 'multi-user.target' 'Welcome to Debian GNU/Linux 12 (bookworm)!'

# ---- the emergency shell ------------------------------------------------------------------------

# A root that cannot be mounted.
no_root() {
	disk_new "$1"
	truncate -s 0 "$VM/disk"
	truncate -s 64M "$VM/disk"
}

# No prompt of the initramfs's own shell; the root's accounts have no password in a generic image.
prompt='sh-5\.2|:/root# |:/# |Press Enter for maintenance|\(initramfs\)'

locked_talk() {
	see '==== imaboot: recovery ====' 400
	see "The initramfs did not get to the root's own system"
	see 'What weakens the boot, writes, or opens a shell is not here: the kernel is'
	answer t
	see "That entry is not there: the initramfs did not get to the root's system:"
	answer s
	see 'That entry is not there: the kernel is locked down'
	press '\r\r\r\003\004'
	say 'echo SHELL-$((40+2))'
	quiet 5 "SHELL-42|$prompt"
	answer v p
	see 'Power down'
}

password_talk() {
	see '==== imaboot: recovery ====' 400
	yes_to s
	see "$ask"
	say "$password"
	see "$shell"
	say 'echo SHELL-$((40+2)); imaboot recover unprotected --root /sysroot'
	see 'SHELL-42'
	see "unprotected: the initramfs did not get to the root's system"
	see "$shell"
	say exit
	answer r
	see 'Restarting system'
}

for kind in imaboot imaboot-init; do
	no_root "locked-$kind"
	image "$kind" 'pcr = none'
	VM_TALK=locked_talk
	image_boot "$kernel" "$VM/image" 'reboot: Power down' 'lockdown=integrity rd.timeout=5 rd.retry=3'
	VM_TALK=''
	expect 'imaboot: the emergency shell of the initramfs does not open: the kernel is locked down'
	refuse_re "$prompt" 'SHELL-42'
done

no_root password
mkdir -p "$VM/over/usr/lib/imaboot"
cp "$BUILD/imaboot-auth" "$VM/over/usr/lib/imaboot/"
image imaboot "$yescrypt" 'pcr = none'
VM_TALK=password_talk
image_boot "$kernel" "$VM/image" 'reboot: Restarting system' 'rd.timeout=5 rd.retry=3'
VM_TALK=''
expect "imaboot: the emergency shell of the initramfs does not open: the image's configuration has a recovery-password" \
	'imaboot: recovery: shell, confirmed on ttyS0'
refuse_re "$prompt"

# A break on the command line opens the same shell.
disk_new break
disk_policy rsa2048 < "$CACHE/good-policy.$kernel"
image imaboot 'pcr = none'
VM_TALK=locked_talk
image_boot "$kernel" "$VM/image" 'reboot: Power down' 'lockdown=integrity rd.break'
VM_TALK=''
refuse_re "$prompt" 'SHELL-42'

# An open platform: it opens, and the mark is tried.
no_root open
image imaboot-init '# none'
image_boot "$kernel" "$VM/image" '(sh-5\.2|:/|/ )# ' 'rd.timeout=5 rd.retry=3'
expect 'imaboot: PCR 12 was not extended with "imaboot: emergency shell": there is no TPM 2.0'
refuse '==== imaboot: recovery ===='
finish
