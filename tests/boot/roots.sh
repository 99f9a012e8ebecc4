#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# kernels: stock 6.12
# needs: qemu-system-x86_64 evmctl mmdebstrap debugfs unshare jq mksquashfs
# limit: 900
# Real systemd on roots of all kinds: read-only, a squashfs, an overlay, with /etc a link (out of the root, too) or a mount
# of its own; an initramfs in a ramfs and in a tmpfs; a kdump kernel; PID 1 executing itself again, and a soft reboot. The
# stock kernel has what needs file systems, and a kdump kernel's memory; 6.12, which takes more than one policy, the rest.
. "$(dirname "$0")/../lib/vm.sh"
. "$(dirname "$0")/../lib/scene.sh"
. "$(dirname "$0")/../lib/image.sh"

kernel=$1
cmdline=''
[ "$kernel" = stock ] || cmdline=ima_policy=secure_boot
scene_policy "$CACHE/good-policy.$kernel"

good() { disk_policy rsa2048 < "$CACHE/good-policy.$kernel"; }
bad() { disk_policy <<< 'appraise func=NONSENSE'; }

# The image with a hook that says, before ours, what the initramfs lies in, and with what is in $VM/over.
image() {
	local base hooks=$VM/over/usr/lib/dracut/hooks/pre-pivot
	mkdir -p "$hooks"
	cat > "$hooks/90-lab.sh" <<'END'
while read -r lab_device lab_place lab_type lab_options lab_rest; do
	[ "$lab_place" != / ] || echo "the initramfs: $lab_device $lab_type $lab_options" > /dev/console
done < /proc/mounts
unset lab_device lab_place lab_type lab_options lab_rest
END
	base=$(image_get "$1") || vm_die "$base"
	image_add "$base" "$VM/image" "$VM/over"
}

# A hook that puts an overlay over the root, before ours looks at it.
overlay_hook() {
	mkdir -p "$VM/over/usr/lib/dracut/hooks/pre-pivot"
	cat > "$VM/over/usr/lib/dracut/hooks/pre-pivot/10-overlay.sh" <<'END'
mkdir -p /run/lower /run/upper/new /run/upper/work
mount --bind "$NEWROOT" /run/lower
mount -t overlay overlay -o lowerdir=/run/lower,upperdir=/run/upper/new,workdir=/run/upper/work "$NEWROOT"
END
}

# As expect_up, for a root on which services may fail since they cannot write to it.
expect_in_force() {
	expect 'multi-user.target is reached' 'imaboot: outcome enforced: policy /etc/ima/ima-policy (root) in force' \
		'the signed program: the signed program runs' '@@END 0'
	expect_re 'the unsigned program: .*Permission denied'
	refuse 'Freezing execution'
}

# boot KIND [CMDLINE]: the root comes up.
boot() {
	image "$1"
	image_boot "$kernel" "$VM/image" '@@END|Freezing execution|Kernel panic|reboot: System halted' "$cmdline ${2:-}"
	VM_EXTRA=()
	[ "$VM_FAILED" -gt 0 ] || rm -f "$VM/disk" "$VM/image"
}

# The header of a crashed kernel's memory, as kexec leaves it for a kdump kernel (fs/proc/vmcore.c), for address $1.
crash_header() {
	python3 - "$1" <<'END'
import struct, sys
base = int(sys.argv[1], 0)
note = struct.pack('<III8sI', 5, 4, 1, b'CORE', 0)
note += bytes(64 - len(note))
header = b'\x7fELF\x02\x01\x01' + bytes(9) + struct.pack('<HHIQQQIHHHHHH', 4, 62, 1, 0, 64, 0, 0, 64, 56, 2, 0, 0, 0)
header += struct.pack('<IIQQQQQQ', 4, 0, base + 512, base + 512, base + 512, 64, 64, 0)
header += struct.pack('<IIQQQQQQ', 1, 7, base + 65536, 0xffff888000000000 + base + 65536, base + 65536, 65536, 65536, 0)
sys.stdout.buffer.write(header + bytes(512 - len(header)) + note)
END
}

roots_of_stock() {
	disk_new read-only
	good
	IMAGE_ROOT='root=/dev/vda ro' boot imaboot-init
	expect_in_force
	expect_re '^root: ext4 ro,'

	disk_new squashfs
	disk_squashfs
	IMAGE_ROOT='root=/dev/vda ro rootfstype=squashfs' boot imaboot-roots
	expect_in_force
	expect_re '^root: squashfs ro,'

	disk_new overlay
	disk_squashfs
	overlay_hook
	IMAGE_ROOT='root=/dev/vda ro rootfstype=squashfs' boot imaboot-roots
	expect_in_force
	expect_re '^root: overlay rw,.*lowerdir=/run/lower'

	# The dump is saved from the root: no policy of it, bad or good, may be in the way.
	disk_new kdump
	bad
	crash_header 0x20000000 > "$VM/vmcore"
	VM_EXTRA=(-device "loader,file=$VM/vmcore,addr=0x20000000,force-raw=on")
	boot imaboot "memmap=1M\$0x20000000 elfcorehdr=0x20000000"
	expect 'imaboot: this is a kdump kernel (elfcorehdr=): nothing is loaded' 'multi-user.target is reached' \
		'PCR 12 was not extended with "imaboot: kdump"' '"outcome":"not-applicable"' '"guard":true' 'the unsigned program: the unsigned program runs' '@@END 0'
	refuse 'Freezing execution' 'policy update completed'
}

# link NAME TARGET: /etc becomes a link to TARGET, which is folder NAME of the root.
link() { printf '%s\n' "ln /etc /$1" 'unlink /etc' "symlink /etc $2" | disk_do; }

roots_of_built() {
	# root= on the command line: the kernel takes a ramfs. Else it takes a tmpfs; dracut finds root= in the image.
	disk_new ramfs
	good
	boot imaboot elfcorehdr=0x1000
	expect_up "$kernel" enforced root
	expect_re '^the initramfs: rootfs rootfs rw$'
	expect 'imaboot: kernel parameter elfcorehdr= is ignored: this is no kdump kernel (there is no /proc/vmcore)'

	disk_new tmpfs
	bad
	mkdir -p "$VM/over/etc/cmdline.d"
	echo 'root=/dev/vda rw' > "$VM/over/etc/cmdline.d/root.conf"
	IMAGE_ROOT='' boot imaboot-init
	expect_up "$kernel" fallback image
	expect_re '^the initramfs: rootfs rootfs rw,size='

	disk_new etc-relative
	good
	link configuration configuration
	boot imaboot-init
	expect_up "$kernel" enforced root

	disk_new etc-absolute
	good
	link configuration /configuration
	boot imaboot
	expect_up "$kernel" enforced root

	# What lies there in the image is not the root's.
	disk_new etc-out
	bad
	link configuration ../../configuration
	mkdir -p "$VM/over/configuration/ima"
	cp "$CACHE/good-policy.$kernel" "$VM/over/configuration/ima/ima-policy"
	boot imaboot-init
	expect_up "$kernel" fallback image
	expect 'imaboot: policy /etc/ima/ima-policy (root) failed at stage signature: has no signature: '

	disk_new etc-mounted
	bad
	echo '/dev/vdb /etc ext4 defaults,x-initrd.mount 0 0' > "$VM/fstab"
	printf '%s\n' 'rm /etc/fstab' "write $VM/fstab /etc/fstab" "rdump /etc $VM" | disk_do
	cp "$CACHE/good-policy.$kernel" "$VM/etc/ima/ima-policy"
	scene_sign rsa2048 "$VM/etc/ima/ima-policy"
	vm_ext4 "$VM/etc" "$VM/etc.disk"
	VM_EXTRA=(-drive "file=$VM/etc.disk,format=raw,if=none,id=etc,cache=unsafe" -device "virtio-blk-pci,drive=etc")
	boot imaboot
	expect_up "$kernel" enforced root

	# PID 1 executes itself, and a soft reboot starts a new one, over a policy file that has become bad.
	disk_new again rsa2048 backports
	good
	cat > "$VM/more" <<'END'
if [ ! -e /run/lab-again ]; then
	: > /run/lab-again
	echo 'appraise func=NONSENSE' > /etc/ima/ima-policy
	systemctl daemon-reexec && echo "PID 1 has executed itself: $(systemctl is-system-running)"
	echo "then the unsigned program: $(/usr/local/bin/unsigned 2>&1)"
	systemctl soft-reboot
	while sleep 100; do :; done
fi
echo "the unsigned program after a soft reboot: $(/usr/local/bin/unsigned 2>&1)"
echo "this is $(systemctl --version | head -n 1), back again"
END
	disk_do <<< "write $VM/more /lab/more"
	boot imaboot
	expect 'PID 1 has executed itself: running' 'back again'
	expect_re 'then the unsigned program: .*Permission denied' 'the unsigned program after a soft reboot: .*Permission denied'
	# What the second start said is complete.
	sed -n '/^then the unsigned program/,$p' "$VM/log" > "$VM/log.again" && mv "$VM/log.again" "$VM/log"
	expect_up "$kernel" enforced root
}

if [ "$kernel" = stock ]; then roots_of_stock; else roots_of_built; fi
finish
