#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# kernels: stock
# needs: qemu-system-x86_64 evmctl swtpm openssl mkfs.vfat dumpe2fs
# limit: 900
# The recovery and its devices: a screen with a keyboard beside the serial line, and each takes input; the kernel's keys do
# not end the menu; removable disks that are write-protected, full, broken and good; roots that are full, write-protected and broken.
# What cannot be done is told, and nothing is lost.
# shellcheck disable=SC2016,SC2034,SC2119,SC2317 # devices_talk runs beside the machine; the lines are for it
. "$(dirname "$0")/../lib/vm.sh"
. "$(dirname "$0")/../lib/scene.sh"
. "$(dirname "$0")/../lib/talk.sh"
. "$(dirname "$0")/../lib/recovery.sh"

kernel=$1

# try ROOT ACTION: an action on another root, from the shell
try() {
	say "imaboot recover $2 --root /mnt/$1"
	see "$confirm"
	say yes
}

devices_talk() {
	see '==== imaboot: recovery ===='
	see "$question"
	# The kernel's own keys would end all that has a terminal open, at the line and at the keyboard: they do nothing now.
	monitor 'chardev-send-break line'
	sleep 1
	press k
	see 'sysrq: This sysrq operation is disabled'
	monitor 'sendkey alt-sysrq-k'
	see 'sysrq: This sysrq operation is disabled'
	keyboard v 'outcome recovery'
	# Nothing but bad disks; then a good one is plugged in.
	yes_to d
	see 'copy-report: /dev/sd[a-c]: (Read-only file system|No space left on device); the next'
	see 'copy-report: /dev/sd[a-c]: (Read-only file system|No space left on device); the next'
	see 'copy-report: no removable disk has a file system'
	monitor 'device_add usb-storage,drive=good,removable=on,id=stick'
	sleep 10
	yes_to d
	see 'the report is on /dev/sd[a-z], in the folder'
	see 'imaboot-report'
	yes_to s
	see "$shell"
	# The screen has what the line has. A window of another size does no harm.
	say 'grep -a -o -e "open a shell of the initramfs" -e "confirmed on ttyS0" /dev/vcs1 | tail -n 2; stty rows 8 cols 30; echo looked-$?'
	see '^open a shell of the initramfs'
	see 'looked-0'
	try full restore-known-good
	see 'No space left on device'
	see 'nothing was'
	try full set-aside
	see 'is set aside as ima-policy.bak'
	try protected set-aside
	see 'cannot be made'
	see 'nothing was'
	try broken restore-known-good
	see '/etc/ima/ima-policy: (No space|Structure needs|Bad message|Input/output|Read-only)'
	see 'nothing was'
	try broken set-aside
	see "($shell|set aside|nothing was changed)"
	say exit
	answer c
	see 'failed at stage dry-run'
	yes_to k
	gone
}

# disk NAME MEGABYTES: the sizes tell the disks apart
stick() {
	truncate -s "$2M" "$VM/$1.img"
	vm_qemu -drive "file=$VM/$1.img,format=raw,if=none,id=$1${3:-},cache=unsafe"
}

other_root() { # NAME
	mke2fs -q -t ext4 -b 1024 -N 64 -m 0 -O ^has_journal,metadata_csum,^resize_inode -e remount-ro -E root_owner=0:0,lazy_itable_init=0 -d "$ROOT" "$VM/$1.img" 4M > /dev/null ||
		vm_die "mke2fs of $1"
}

begin devices
known_good
stick protected-stick 4 ,readonly=on
stick full-stick 6
stick broken-stick 8
stick good 10
for name in protected-stick full-stick good; do
	mkfs.vfat "$VM/$name.img" > /dev/null || vm_die "mkfs.vfat of $name"
done
openssl enc -aes-128-ctr -K 00 -iv 00 -in /dev/zero 2> /dev/null | head -c 8388608 > "$VM/broken-stick.img"
vm_qemu -device qemu-xhci -vga std
for name in protected-stick full-stick broken-stick; do
	vm_qemu -device "usb-storage,drive=$name,removable=on"
done
for name in full protected broken; do
	other_root "$name"
done
# The bitmaps of the broken one are not what their check sums say.
dumpe2fs "$VM/broken.img" 2> /dev/null | sed -n -E 's/^ *(Block bitmap|Inode bitmap) at ([0-9]+).*/\2/p; s/.*Inode bitmap at ([0-9]+).*/\1/p' | sort -u | while read -r block; do
	openssl enc -aes-128-ctr -K 01 -iv 00 -in /dev/zero 2> /dev/null | head -c 1024 | dd of="$VM/broken.img" bs=1024 seek="$block" conv=notrunc status=none
done
sums=$(cat "$VM/protected-stick.img" "$VM/broken-stick.img" "$VM/protected.img" | sha256sum)
vm_module xhci_pci usb_storage sd_mod vfat nls_cp437 nls_ascii
vm_script <<'END'
# Debian's kernel looks for USB devices in its own time.
tries=100
while [ "$(ls -d /sys/block/sd? 2> /dev/null | wc -l)" -lt 3 ] && [ $tries -gt 0 ]; do tries=$((tries - 1)); sleep 0.5; done
is "there are three disks" "$(cat /sys/block/sd?/removable | tr -d '\n')" 111
stick() { for disk in /sys/block/sd?; do [ "$(cat $disk/size)" != "$1" ] || echo "/dev/${disk##*/}"; done; }
mkdir /mnt/stick /mnt/full /mnt/protected /mnt/broken
mount -t vfat "$(stick 12288)" /mnt/stick
cat /dev/zero > /mnt/stick/full 2> /dev/null
umount /mnt/stick
mount -t ext4 /dev/vdb /mnt/full
# Neither a block nor an inode is left.
mkdir /mnt/full/rest
tries=1
while touch /mnt/full/rest/$tries 2> /dev/null; do tries=$((tries + 1)); done
cat /dev/zero > /mnt/full/rest/1 2> /dev/null
dd if=/dev/zero of=/mnt/full/rest/2 bs=1k 2> /dev/null
mount -o remount,ro /mnt/full
mount -t ext4 -o ro /dev/vdc /mnt/protected
mount -t ext4 -o ro /dev/vdd /mnt/broken
ok "the root is mounted" mount -t ext4 -o ro /dev/vda /sysroot
run_boot() { imaboot boot --root /sysroot; }
run_boot
/usr/lib/imaboot/recovery /sysroot
echo "the recovery ends with $?"
imaboot boot --root /sysroot 2> /dev/null
echo "the boot says $?, $(cat /run/imaboot/outcome)"
mount -t vfat -o ro "$(stick 20480)" /mnt/stick
has "the report on the disk" "$(cat /mnt/stick/imaboot-report/report.txt)" "outcome recovery"
is "and the files beside it" "$(ls /mnt/stick/imaboot-report | tr '\n' ' ')" "failure.txt recovery.log report.txt status.json "
umount /mnt/stick
mount -t vfat -o ro "$(stick 12288)" /mnt/stick
is "on the full disk is what was there" "$(ls /mnt/stick)" full
umount /mnt/stick
is "the full root" "$(ls -A /mnt/full/etc/ima | tr '\n' ' ')$(guest attr get /mnt/full/etc/ima/ima-policy.bak | cut -c 1-6)" "ima-policy.bak ima-policy.known-good repaired 030204"
is "the write-protected root" "$(ls -A /mnt/protected/etc/ima | tr '\n' ' ')" "ima-policy ima-policy.known-good repaired "
is "the broken root" "$(ls -A /mnt/broken/etc/ima | sed 's/^ima-policy.bak$/ima-policy/' | tr '\n' ' ')$(cat /mnt/broken/etc/ima/ima-policy /mnt/broken/etc/ima/ima-policy.bak 2> /dev/null)" "ima-policy ima-policy.known-good repaired appraise func=NONSENSE"
for root in full protected; do grep "^[^ ]* /mnt/$root ext4 ro" /proc/mounts > /dev/null && echo "$root is read-only"; done
END
vm_ext4 "$ROOT" "$VM/disk.img"
vm_disk "$VM/disk.img"
vm_disk "$VM/full.img"
vm_disk "$VM/protected.img,readonly=on"
vm_disk "$VM/broken.img"
VM_TALK=devices_talk
vm_boot "$kernel" 'console=tty0 console=ttyS0 rd.imaboot.recovery'
VM_TALK=''
went_on enforced 0
expect 'full is read-only' 'protected is read-only'
refuse 'sysrq: SAK'
if [ "$(cat "$VM/protected-stick.img" "$VM/broken-stick.img" "$VM/protected.img" | sha256sum)" = "$sums" ]; then
	vm_pass 'what is write-protected or broken is as it was'
else
	vm_fail 'a disk that is write-protected or broken was written to'
fi
finish
