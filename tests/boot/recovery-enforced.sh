#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# kernels: 6.1
# needs: qemu-system-x86_64 evmctl swtpm openssl
# limit: 1800
# The recovery while a policy is in force already that appraises programs, what they map, and each file of root's that is
# read, and with nothing signed in the initramfs: each entry of the menu works, password and shell too, what is written to
# the root keeps its signature, and the boot goes on under both policies.
# shellcheck disable=SC2016,SC2034,SC2119,SC2317 # enforced_talk runs beside the machine; the lines are for it
. "$(dirname "$0")/../lib/vm.sh"
. "$(dirname "$0")/../lib/scene.sh"
. "$(dirname "$0")/../lib/talk.sh"
. "$(dirname "$0")/../lib/recovery.sh"

kernel=$1

with_password() { # ENTRY
	yes_to "$1"
	see "$ask"
	say "$password"
}

enforced_talk() {
	see 'The recovery was asked for on the kernel command line'
	answer v
	see 'outcome recovery'
	answer c
	see 'policy /etc/ima/ima-policy failed at stage dry-run'
	with_password b
	see 'is set aside as ima-policy.bak'
	with_password g
	see 'ima-policy.known-good is in place as'
	answer c
	see '/etc/ima/ima-policy: the kernel accepts it'
	with_password d
	see 'copy-report: there is no removable disk'
	answer f
	see 'this firmware has no setup'
	with_password i
	see 'there is no policy'
	with_password s
	see "$shell"
	say 'ls $NEWROOT/etc/ima | wc -l; vi --help 2>&1 | head -n 1; /usr/sbin/imaboot status | head -n 1; $NEWROOT/bin/unsigned'
	see '^4'
	see 'BusyBox v'
	see 'unsigned: Permission denied'
	see "$shell"
	say 'head -n 1 $NEWROOT/etc/plain'
	see 'plain: Permission denied'
	see "$shell"
	say exit
	answer t
	gone
}

# The rest of the menu, each from a start of its own.
known_good_talk() {
	see 'The recovery was asked for on the kernel command line'
	with_password k
	gone
}

unprotected_talk() {
	see 'The recovery was asked for on the kernel command line'
	with_password u
	gone
}

reboot_talk() {
	answer r
	gone
}

# This kernel has no way to switch such a machine off, and halts it.
poweroff_talk() {
	answer p
	see 'reboot: (Power down|System halted)'
	kill -KILL "$VM_QEMU_PID"
}

# scene NAME: a policy is in force when the recovery starts, and the root's own policy is wrong.
scene() {
	begin "$1" "$yescrypt"
	known_good
	echo 'nobody reads this' > "$ROOT/etc/plain"
	scene_policy "$VM/root/strict"
	printf '%s\n' 'appraise func=MMAP_CHECK mask=MAY_EXEC appraise_type=imasig' \
		'appraise func=FILE_CHECK mask=MAY_READ fowner=0 appraise_type=imasig' >> "$VM/root/strict"
	vm_script <<'END'
cp /strict /run/strict
imaboot keys --root /sysroot
is "a policy is in force" "$(guest policy open path=/run/strict close)" "open ok, path ok, close ok"
has "and enforced" "$(/sysroot/bin/unsigned 2>&1)" "Permission denied"
run_boot
/usr/lib/imaboot/recovery /sysroot
echo "the recovery ends with $?"
imaboot boot --root /sysroot 2> /dev/null
echo "the boot says $?, $(cat /run/imaboot/outcome)"
try_programs
cd /sysroot/etc/ima && for file in ima*; do echo "file $file $(guest attr get $file | cut -c 1-6)"; done
echo "policies in force: $(grep -c 'func=BPRM_CHECK' /sys/kernel/security/ima/policy)"
END
}

scene enforced
VM_TALK=enforced_talk
scene_boot "$kernel" "$common rd.imaboot.recovery"
went_on enforced 0
expect 'policies in force: 2' 'file ima-policy 030204' 'file ima-policy.bak 030204' 'file ima-policy.known-good 030204'

scene known-good
VM_TALK=known_good_talk
scene_boot "$kernel" "$common rd.imaboot.recovery"
went_on enforced 0
expect 'policies in force: 2' 'policy /etc/ima/ima-policy.known-good (known-good) in force'

# The policy that was in force before stays so.
scene unprotected
VM_TALK=unprotected_talk
scene_boot "$kernel" "$common rd.imaboot.recovery"
went_on unprotected 4
expect 'policies in force: 1' 'THIS MACHINE BOOTS UNPROTECTED'

VM_STOPS=1
scene reboot
VM_TALK=reboot_talk
scene_boot "$kernel" "$common rd.imaboot.recovery"
expect 'reboot: Restarting system'
refuse 'the recovery ends with'

scene poweroff
VM_TALK=poweroff_talk
scene_boot "$kernel" "$common rd.imaboot.recovery"
expect_re 'reboot: (Power down|System halted)'
refuse 'the recovery ends with'
VM_TALK='' VM_STOPS=''
finish
