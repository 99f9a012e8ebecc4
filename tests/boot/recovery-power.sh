#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# kernels: 6.1
# needs: qemu-system-x86_64 evmctl openssl python3 debugfs e2fsck
# limit: 1800
# The power is cut while the recovery writes to the root: a person has the known-good policy put in place, then the policy
# set aside, and the machine is killed the moment it says so. QEMU logs every write beneath the machine; from that log
# tests/lib/crash-states makes what each earlier cut would have left, and what a disk with a cache of its own might have.
# Each time the policy is the old one or the new one, whole and with its signature, and the old one is not lost.
# shellcheck disable=SC2034,SC2119,SC2317 # power_talk runs beside the machine
. "$(dirname "$0")/../lib/vm.sh"
. "$(dirname "$0")/../lib/scene.sh"
. "$(dirname "$0")/../lib/talk.sh"
. "$(dirname "$0")/../lib/recovery.sh"

kernel=$1
names=(ima-policy ima-policy.bak ima-policy.bak.1)

# SIGKILL: neither the machine nor QEMU writes anything any more.
power_talk() {
	see 'The recovery was asked for on the kernel command line'
	yes_to g
	see 'ima-policy.known-good is in place as'
	see 'what was there is ima-policy.bak'
	yes_to b
	see '/etc/ima/ima-policy is set aside as'
	kill -KILL "$VM_QEMU_PID"
}

# sum FILE: how crash-states writes it
sum() { printf '%s+%s' "$(sha256sum < "$1" | cut -c 1-8)" "$(getfattr --absolute-names --only-values -n security.ima "$1" | sha256sum | cut -c 1-8)"; }

# counts STATE WHAT: at least one cut leaves that
counts() {
	local count
	count=$(cut -f 2 "$VM/states" | grep -c -x -F -e "$1")
	if [ "$count" -gt 0 ]; then vm_pass "$2: $count cuts"; else vm_fail "$2: no cut leaves that"; fi
}

begin power
known_good
mke2fs -q -t ext4 -b 1024 -J size=1 -O metadata_csum -E root_owner=0:0 -d "$ROOT" "$VM/before.img" 8M > /dev/null || vm_die 'mke2fs'
cp "$VM/before.img" "$VM/disk.img"
: > "$VM/writes"
vm_qemu -blockdev "driver=file,node-name=raw,filename=$VM/disk.img" -blockdev "driver=file,node-name=writes,filename=$VM/writes" \
	-blockdev driver=blklogwrites,node-name=logged,file=raw,log=writes -device virtio-blk-pci,drive=logged
vm_script <<'END'
mount -t ext4 -o ro /dev/vda /sysroot
imaboot boot --root /sysroot
/usr/lib/imaboot/recovery /sysroot
END
VM_STOPS=1 VM_TALK=power_talk
vm_boot "$kernel" "$common rd.imaboot.recovery"
VM_STOPS='' VM_TALK=''
expect 'ima-policy.known-good is in place as' 'is set aside as ima-policy.bak.1'

old=$(sum "$ROOT/etc/ima/ima-policy") good=$(sum "$ROOT/etc/ima/ima-policy.known-good")
"$VM_LIB/crash-states" "$VM/before.img" "$VM/writes" "$VM/scratch" /etc/ima "${names[@]}" > "$VM/states" ||
	vm_fail "crash-states: $(tail -n 3 "$VM/states")"
# As at first; the old file has its second name; the new one is in place; it is set aside.
first="ima-policy=$old" kept="ima-policy=$old ima-policy.bak=$old" placed="ima-policy=$good ima-policy.bak=$old"
aside="ima-policy.bak=$old ima-policy.bak.1=$good"
other=$(cut -f 2 "$VM/states" | grep -v -x -F -e "$first" -e "$kept" -e "$placed" -e "$aside" | sort | uniq -c)
if [ -z "$other" ]; then vm_pass 'each cut leaves the old policy or the new one, whole, with its signature'; else vm_fail "a cut leaves: $other"; fi
counts "$first" 'the old policy'
counts "$placed" 'the new policy, and the old one beside it'
counts "$aside" 'no policy, and both beside it'
# What was said to be done is done: it had reached the disk before.
if [ "$(tail -n 1 "$VM/states" | cut -f 2)" = "$aside" ]; then vm_pass 'what was said is on the disk'; else vm_fail "the disk of the killed machine: $(tail -n 1 "$VM/states")"; fi
# No step goes back: in the order of the writes the states are those, in their order.
if [ "$(grep -P '^\d+\t' "$VM/states" | cut -f 2 | uniq)" = "$(printf '%s\n' "$first" "$kept" "$placed" "$aside")" ]; then
	vm_pass 'the disk goes from one state to the next'
else
	vm_fail "the disk goes through: $(cut -f 2 "$VM/states" | uniq)"
fi
finish
