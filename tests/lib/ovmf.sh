# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Machines with UEFI firmware and Secure Boot, in which Debian's snakeoil key signs; source it after vm.sh, scene.sh and
# image.sh.
#
#   OVMF_CMDLINE                   a kernel command line for what follows: a serial console, the root on $VM/disk
#   ovmf_uki OUT INITRD CMDLINE    a unified kernel image of the stock kernel, not signed
#   ovmf_sign IN OUT               a copy signed by the snakeoil key
#   ovmf_boot MODE UKI UNTIL       boots it from a disk of its own, beside $VM/disk, until UNTIL is on the serial line (a
#                                  check); MODE is secure or open. $VM/log is that line, the firmware's words first
#   ovmf_arguments MODE UKI        sets OVMF to the arguments of that machine for QEMU, but for its serial line and its
#                                  root disk, for a test that starts QEMU by itself
#
# The firmware keeps its variables in $VM. In secure mode the snakeoil key is platform key, KEK and db in one.

OVMF_DIR=/usr/share/OVMF
OVMF_STUB=/usr/lib/systemd/boot/efi/linuxx64.efi.stub
OVMF_KEY=/usr/share/ovmf/PkKek-1-snakeoil
# The disk with the programs is /dev/vda.
# shellcheck disable=SC2034 # for tests
OVMF_CMDLINE="console=ttyS0 loglevel=4 panic=-1 cryptomgr.notests mitigations=off audit_backlog_limit=8192 \
root=/dev/vdb rw fsck.mode=skip systemd.show_status=1"

# The sections lie behind those of the stub, each at the next page.
ovmf_uki() {
	local out=$1 kernel part name file end sections=()
	kernel=$(vm_kernel_dir stock) || vm_die 'no stock kernel'
	part=$(mktemp -d "$CACHE/uki.XXXXXX") || exit 1
	printf '%s\0' "$3" > "$part/cmdline"
	printf 'ID=lab\nVERSION_ID=1\nPRETTY_NAME="lab"\n' > "$part/osrel"
	end=$(objdump -h -w "$OVMF_STUB" | awk '$1 ~ /^[0-9]+$/ { print $3, $4 }' | while read -r size address; do
		echo $((0x$size + 0x$address))
	done | sort -n | tail -n 1)
	for name in osrel cmdline linux initrd; do
		case $name in
		linux) file=$kernel/vmlinuz ;;
		initrd) file=$2 ;;
		*) file=$part/$name ;;
		esac
		end=$(((end + 4095) / 4096 * 4096))
		sections+=(--add-section ".$name=$file" --change-section-vma ".$name=$end")
		end=$((end + $(stat -L -c %s "$file")))
	done
	objcopy "${sections[@]}" "$OVMF_STUB" "$out" || vm_die "objcopy cannot make $out"
	rm -rf "$part"
}

# The key's pass phrase is public, as the key is.
ovmf_sign() {
	local key=$CACHE/snakeoil.key
	[ -e "$key" ] || { openssl pkey -in "$OVMF_KEY.key" -passin pass:snakeoil -out "$key.$$" && mv "$key.$$" "$key"; } ||
		vm_die 'the snakeoil key cannot be read'
	sbsign --key "$key" --cert "$OVMF_KEY.pem" --output "$2" "$1" > "$2.log" 2>&1 || vm_die "sbsign: $(tail -n 3 "$2.log")"
}

ovmf_arguments() {
	local variables=$OVMF_DIR/OVMF_VARS_4M.snakeoil.fd
	[ "$1" = secure ] || variables=$OVMF_DIR/OVMF_VARS_4M.fd
	cp "$variables" "$VM/variables.fd"
	rm -rf "$VM/esp"
	mkdir -p "$VM/esp/EFI/BOOT"
	ln "$2" "$VM/esp/EFI/BOOT/BOOTX64.EFI" 2> /dev/null || cp "$2" "$VM/esp/EFI/BOOT/BOOTX64.EFI"
	# shellcheck disable=SC2054 # QEMU's commas
	OVMF=(-accel tcg -cpu "$VM_CPU" -machine q35,smm=on,hpet=off -no-reboot -nodefaults -display none -m 1024
		-global driver=cfi.pflash01,property=secure,value=on -global ICH9-LPC.disable_s3=1
		-drive "if=pflash,format=raw,unit=0,readonly=on,file=$OVMF_DIR/OVMF_CODE_4M.secboot.fd"
		-drive "if=pflash,format=raw,unit=1,file=$VM/variables.fd"
		-drive "if=none,id=esp,format=raw,readonly=on,file=fat:$VM/esp" -device virtio-blk-pci,drive=esp,bootindex=1)
}

ovmf_boot() {
	local until=$3 pid
	ovmf_arguments "$1" "$2"
	: > "$VM/serial"
	vm_serial
	qemu-system-x86_64 "${OVMF[@]}" "${VM_SERIAL[@]}" -drive "file=$VM/disk,format=raw,if=none,id=disk,cache=unsafe" \
		-device virtio-blk-pci,drive=disk > "$VM/qemu.log" 2>&1 9>&- &
	pid=$!
	vm_talk "$pid"
	image_watch "$pid" "$until"
	wait "$pid" 2> /dev/null
	vm_talked
	image_log "$until"
}
