# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Boots real kernels in QEMU for the tests; source it from a file in tests/boot or tests/premise.
#
# A test file is run as `FILE KERNEL` (6.1, 6.12 or stock) and says in its header "# kernels: …" and "# needs: …".
# tests/run sets BUILD (the programs), PKI (throw-away certificates, see tests/lib/pki) and CACHE (scratch space
# that the tests of one run share); run by hand, a file makes its own.
#
#   vm_new [NAME]                  a new machine: $VM is its folder, $VM/root its initramfs (busybox, `guest`)
#   vm_file SRC DST [MODE]         copies a file (or a folder) into the initramfs
#   vm_text DST [MODE]             writes standard input into the initramfs
#   vm_script [--pid1]             standard input becomes the guest's script. --pid1: it runs as PID 1, may exec
#                                  switch_root, and must end with `guest end STATUS`, wherever that then runs
#   vm_ext4 DIR IMAGE [SIZE]       makes an ext4 image of a folder, security.ima carried (64M)
#   vm_disk IMAGE                  gives the machine a disk: /dev/vda, /dev/vdb, … in the order of the calls
#   vm_qemu ARGUMENT...            adds arguments for QEMU
#   vm_boot KERNEL [CMDLINE]       boots and waits. $VM/log is the serial log, then the kernel's log since the
#                                  script began ("[kernel] …"); VM_STATUS is the script's status, or "none".
#                                  Built kernels have the PKI's root CA (ca.der) built in
#   vm_ca CERT                     builds that DER certificate in instead
#   expect / expect_re STRING...   each must appear in the log, as a fixed string / an extended regular expression
#   refuse / refuse_re STRING...   each must not appear
#   vm_ended [STATUS]              the script ended, with that status (0)
#   VM_TALK=FUNCTION            set before vm_boot: runs beside the machine, at its serial line (see talk.sh)
#   VM_STOPS=1                     set before vm_boot: the machine stops before the script ends
#   vm_module NAME...           modules for Debian's kernel, besides those for a disk with ext4
#   vm_tpm crb|tis [BANKS]         gives the machine a TPM 2.0 (swtpm); BANKS ("sha384") are those that it has PCRs in
#   finish                         last line of a test file: exit status 1 when any check failed
#
# In the guest /proc, /sys, securityfs, devtmpfs and a tmpfs on /run are mounted, the log is quiet (loglevel=3),
# and tests/lib/cases.sh gives the script checks (is has hasnt ok not_ok mark logged not_logged): each is a case of its
# own and shows up as a line. `guest` (tests/lib/guest.c) does what busybox cannot.
#
# Limits: VM_TIMEOUT seconds for a boot (240), VM_SILENCE seconds without a byte of output (30). The machines' folders go
# away when all is well, unless VM_KEEP is set.

set -uo pipefail

VM_LIB=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
VM_TEST=$(basename "$(dirname "$0")")/$(basename "$0" .sh)
VM_TIMEOUT=${VM_TIMEOUT:-240}
VM_SILENCE=${VM_SILENCE:-30}
# Without "enhanced rep movsb": kernels then clear and copy by eight bytes at a time, and not by one, which QEMU's
# translator does one by one; a page that held code takes it seconds so.
VM_CPU=${VM_CPU:-max,-erms,-fsrm}
VM_CHECKS=0
VM_FAILED=0
VM_BAD=''
VM_ALL=()
VM_STATUS=none
BUILD=${BUILD:-$VM_LIB/../../build}
VM_OWN_CACHE=''
if [ -z "${CACHE:-}" ]; then
	CACHE=$(mktemp -d "${TMPDIR:-/tmp}/imaboot-vm.XXXXXX") || exit 1
	VM_OWN_CACHE=$CACHE
fi
PKI=${PKI:-$CACHE/pki}
[ -e "$PKI/ca.der" ] || "$VM_LIB/pki" "$PKI" || exit 1

# A passed and a failed check: standard output carries one line for each, which tests/run counts.
vm_pass() {
	printf 'ok %s\n' "$*"
	VM_CHECKS=$((VM_CHECKS + 1))
}

vm_fail() {
	printf 'FAIL %s\n' "$*"
	VM_BAD=${VM_BAD:-${VM:-}}
	VM_FAILED=$((VM_FAILED + 1))
}

vm_die() {
	vm_fail "$*"
	exit 1
}

# The initramfs that all machines start from, made once a run.
vm_base() {
	local base=$CACHE/base applet include
	[ -e "$base" ] && return
	(
		flock 9
		[ -e "$base" ] && exit
		include=/usr/include/$(gcc -print-multiarch)
		rm -rf "$base.new"
		mkdir -p "$base.new"/{bin,sbin,lib,proc,sys,dev,run,tmp,etc,mnt,sysroot,usr}
		ln -s ../bin "$base.new/usr/bin"
		ln -s ../sbin "$base.new/usr/sbin"
		cp "$(command -v busybox)" "$base.new/bin/busybox"
		(cd "$base.new/bin" && for applet in $(./busybox --list); do
			[ "$applet" = busybox ] || printf '%s\0' "$applet"
		done | xargs -0 -n 1 ln -s busybox)
		musl-gcc -static -Os -D_GNU_SOURCE -idirafter /usr/include -idirafter "$include" \
			-o "$base.new/bin/guest" "$VM_LIB/guest.c" || exit 1
		ln -s bin/guest "$base.new/init"
		cp "$VM_LIB/cases.sh" "$base.new/lib/cases.sh"
		mv "$base.new" "$base"
	) 9> "$CACHE/.base.lock" || vm_die "cannot make the initramfs"
}

# Names the file to give QEMU for kernel $1: built ones as a copy with the CA in it, one for each CA.
vm_kernel() {
	local kernel=$1 ca=$2 dir sum out
	dir=$(vm_kernel_dir "$kernel") || return 1
	if [ "$kernel" = stock ]; then
		# Started directly, it has no firmware tables: a TPM is found only by way of the packed image.
		if [ -n "$VM_PACKED" ]; then printf '%s\n' "$dir/vmlinuz"; else vm_unpack_stock "$dir/vmlinuz"; fi
		return
	fi
	sum=$(sha256sum "$ca")
	out=$CACHE/vmlinux-$kernel-${sum:0:12}
	(
		flock 9
		[ -e "$out" ] && exit
		cp "$dir/vmlinux" "$out.new"
		"$dir/insert-sys-cert" -s "$dir/System.map" -b "$out.new" -c "$ca" > "$out.log" 2>&1 || { cat "$out.log" >&2; exit 1; }
		mv "$out.new" "$out"
	) 9> "$out.lock" || return 1
	printf '%s\n' "$out"
}

# Takes the ELF image out of Debian's bzImage: QEMU starts it directly, and saves seconds of decompression in TCG.
vm_unpack_stock() {
	local out=$CACHE/vmlinux-stock offset
	(
		flock 9
		[ -e "$out" ] && exit
		while IFS=: read -r offset _; do
			tail -c +$((offset + 1)) "$1" | xz -dc --single-stream > "$out.new" 2> /dev/null || :
			[ "$(head -c 4 "$out.new" | tail -c 3)" != ELF ] || { mv "$out.new" "$out"; exit; }
		done < <(LC_ALL=C grep -abo $'\xfd7zXZ' "$1")
		cp "$1" "$out" # compressed in another way: let the kernel do it
	) 9> "$out.lock" || return 1
	printf '%s\n' "$out"
}

# The kernel's folder; asked for once a run.
vm_kernel_dir() {
	local memo=$CACHE/kernel-$1
	[ -e "$memo" ] || "$VM_LIB/lab-kernel" "$1" > "$memo.$$" || return 1
	[ -e "$memo" ] || mv "$memo.$$" "$memo"
	cat "$memo"
}

# Debian's kernel has its drivers in modules: those that a disk with ext4 needs, in the order of their dependencies.
vm_modules() {
	local dir=$1 release path name
	release=$(cat "$dir/release")
	mkdir -p "$VM/root/lib/modules"
	: > "$VM/root/lib/modules.list"
	modprobe --show-depends --all -d "$dir" -S "$release" virtio_pci virtio_blk ext4 ${VM_MODULES[@]+"${VM_MODULES[@]}"} |
		sed -n 's/^insmod \([^ ]*\).*/\1/p' | awk '!seen[$0]++' | while read -r path; do
		name=$(basename "$path")
		cp "$path" "$VM/root/lib/modules/$name"
		printf '/lib/modules/%s\n' "$name" >> "$VM/root/lib/modules.list"
	done
}

vm_new() {
	vm_base
	VM=$(mktemp -d "$CACHE/vm-${VM_TEST//\//-}${1:+-$1}.XXXXXX") || exit 1
	VM_ALL+=("$VM")
	cp -a "$CACHE/base" "$VM/root"
	VM_DISKS=()
	VM_QEMU=()
	VM_MODULES=()
	VM_CA=$PKI/ca.der
	VM_STATUS=none
	VM_PACKED=''
}

vm_ca() { VM_CA=$1; }
vm_qemu() { VM_QEMU+=("$@"); }
vm_disk() { VM_DISKS+=("$1"); }
vm_module() { VM_MODULES+=("$@"); }

vm_file() {
	mkdir -p "$(dirname "$VM/root/$2")"
	cp -a "$1" "$VM/root/$2"
	[ -z "${3:-}" ] || chmod "$3" "$VM/root/$2"
}

vm_text() {
	mkdir -p "$(dirname "$VM/root/$1")"
	cat > "$VM/root/$1"
	[ -z "${2:-}" ] || chmod "$2" "$VM/root/$1"
}

# swtpm ends by itself when QEMU goes away.
vm_tpm() {
	VM_PACKED=1
	mkdir -p "$VM/tpm"
	[ -z "${2:-}" ] || swtpm_setup --tpm2 --tpmstate "$VM/tpm" --pcr-banks "$2" > "$VM/tpm-setup.log" 2>&1 ||
		vm_die "swtpm_setup: $(tail -n 3 "$VM/tpm-setup.log")"
	swtpm socket --tpm2 --tpmstate "dir=$VM/tpm" --ctrl "type=unixio,path=$VM/tpm/socket" --terminate \
		--flags startup-clear --daemon > "$VM/tpm.log" 2>&1 9>&- || vm_die "swtpm does not start: $(cat "$VM/tpm.log")"
	vm_qemu -chardev "socket,id=tpm,path=$VM/tpm/socket" -tpmdev emulator,id=tpm0,chardev=tpm -device "tpm-$1,tpmdev=tpm0"
}

vm_ext4() {
	mke2fs -q -t ext4 -O ^has_journal -E root_owner=0:0 -d "$1" "$2" "${3:-64M}" > /dev/null || vm_die "mke2fs of $1 failed"
}

vm_script() {
	[ "${1:-}" != --pid1 ] || : > "$VM/root/case.pid1"
	{ printf '#!/bin/sh\n. /lib/cases.sh\n'; cat; } > "$VM/root/case.sh"
}

# Waits for process $1 and kills it when its output stands still or its time is over; prints what was wrong.
vm_watch() {
	local pid=$1 start=$SECONDS last=-1 still=$SECONDS size
	while kill -0 "$pid" 2> /dev/null; do
		size=$(stat -c %s "$VM/serial" 2> /dev/null || echo 0)
		if [ "$size" != "$last" ]; then
			last=$size
			still=$SECONDS
		fi
		if [ $((SECONDS - still)) -ge "$VM_SILENCE" ]; then
			echo "no output for $VM_SILENCE seconds"
		elif [ $((SECONDS - start)) -ge "$VM_TIMEOUT" ]; then
			echo "not done after $VM_TIMEOUT seconds"
		else
			sleep 0.05
			continue
		fi
		kill -KILL "$pid" 2> /dev/null
		break
	done
}

vm_boot() {
	local kernel=$1 cmdline=${2:-} image disk pid trouble common='' memory=256 letter=0
	image=$(vm_kernel "$kernel" "$VM_CA") || vm_die "no kernel $kernel"
	local arguments=(-accel tcg -cpu "$VM_CPU" -machine "q35,hpet=off" -no-reboot -nodefaults -display none)
	vm_serial
	if [ "$kernel" = stock ]; then
		vm_modules "$(vm_kernel_dir stock)"
		memory=512
		common='module.sig_enforce=1 cryptomgr.notests '
	fi
	for disk in ${VM_DISKS[@]+"${VM_DISKS[@]}"}; do
		arguments+=(-drive "file=$disk,format=raw,if=none,id=disk$letter,cache=unsafe" -device "virtio-blk-pci,drive=disk$letter")
		letter=$((letter + 1))
	done
	(cd "$VM/root" && find . -print0 | cpio --quiet -0 -o -H newc -R 0:0) > "$VM/initrd"
	common+='console=ttyS0 loglevel=3 panic=-1 oops=panic panic_print=0x20 nokaslr no_timer_check mitigations=off audit_backlog_limit=8192'
	: > "$VM/serial"
	qemu-system-x86_64 "${arguments[@]}" "${VM_SERIAL[@]}" -m "$memory" -kernel "$image" -initrd "$VM/initrd" \
		-append "$common $cmdline" ${VM_QEMU[@]+"${VM_QEMU[@]}"} > "$VM/qemu.log" 2>&1 9>&- &
	pid=$!
	vm_talk "$pid"
	trouble=$(vm_watch "$pid")
	wait "$pid" 2> /dev/null
	vm_talked
	[ -z "$trouble" ] || vm_fail "boot of $kernel: $trouble"
	vm_read_log
	[ -s "$VM/log" ] || vm_fail "boot of $kernel: no output at all; QEMU says: $(tail -n 3 "$VM/qemu.log")"
	rm -f "$VM/initrd"
}

# The serial line: a file, or with VM_TALK also a pipe into the machine. Leaves QEMU's arguments in VM_SERIAL.
vm_serial() {
	VM_SERIAL=(-serial "file:$VM/serial")
	[ -n "${VM_TALK:-}" ] || return 0
	rm -f "$VM/line.in" "$VM/line.out"
	mkfifo "$VM/line.in" "$VM/line.out"
	VM_SERIAL=(-chardev "pipe,id=line,path=$VM/line,logfile=$VM/serial" -serial chardev:line
		-chardev "pipe,id=monitor,path=$VM/monitor" -mon chardev=monitor)
	rm -f "$VM/monitor.in" "$VM/monitor.out"
	mkfifo "$VM/monitor.in" "$VM/monitor.out"
}

# Starts VM_TALK beside QEMU, whose process is $1; what it finds out is counted by vm_talked.
vm_talk() {
	[ -n "${VM_TALK:-}" ] || return 0
	# shellcheck disable=SC2034 # talk.sh
	VM_QEMU_PID=$1
	cat "$VM/line.out" > /dev/null 9>&- &
	VM_TALKERS=($!)
	cat "$VM/monitor.out" > "$VM/monitor.log" 9>&- &
	VM_TALKERS+=($!)
	(
		exec 3<> "$VM/line.in" 4<> "$VM/monitor.in" 9>&-
		"$VM_TALK"
	) > "$VM/talk" 2>&1 &
	VM_TALKERS+=($!)
}

vm_talked() {
	local line
	[ -n "${VM_TALK:-}" ] || return 0
	wait "${VM_TALKERS[2]}" 2> /dev/null
	kill "${VM_TALKERS[@]}" 2> /dev/null
	wait "${VM_TALKERS[@]}" 2> /dev/null
	while IFS= read -r line; do
		case $line in
		'ok '*) vm_pass "${line#ok }" ;;
		*) vm_fail "${line#FAIL }" ;;
		esac
	done < "$VM/talk"
}

# Strips CR and escape sequences from the serial log, and turns the guest's case lines into ours.
vm_read_log() {
	local line
	sed -e 's/\r//g' -e 's/\x1b\[[0-9;?]*[A-Za-z]//g' -e 's/\x1bc//g' "$VM/serial" | tr -d '\000' > "$VM/log"
	VM_STATUS=$(sed -n 's/.*@@END \([0-9]*\)$/\1/p' "$VM/log" | tail -n 1)
	VM_STATUS=${VM_STATUS:-none}
	while IFS= read -r line; do
		case $line in
		*'@@ok '*) vm_pass "${line#*@@ok }" ;;
		*'@@FAIL '*) vm_fail "${line#*@@FAIL }" ;;
		*case.sh:*': not found') vm_fail "the guest's script: $line" ;;
		*'@@MODULE '*) vm_fail "module ${line#*@@MODULE }" ;;
		esac
	done < <(grep -E '@@|case\.sh:.*: not found$' "$VM/log")
	[ "$VM_STATUS" != none ] || [ -n "${VM_STOPS:-}" ] || vm_fail "the guest's script did not end"
}

vm_ended() {
	if [ "$VM_STATUS" = "${1:-0}" ]; then
		vm_pass "the script ends with ${1:-0}"
	else
		vm_fail "the script ended with $VM_STATUS, not ${1:-0}"
	fi
}

# vm_look WANTED MODE STRING...: WANTED is 0 (must appear) or 1 (must not); MODE is grep's.
vm_look() {
	local wanted=$1 mode=$2 string found verb
	shift 2
	verb=$([ "$wanted" = 0 ] && echo log || echo 'log without')
	for string; do
		found=0
		grep -q "$mode" -e "$string" "$VM/log" || found=1
		if [ "$found" = "$wanted" ]; then
			vm_pass "$verb: $string"
		elif [ "$wanted" = 0 ]; then
			vm_fail "not in the log: $string"
		else
			vm_fail "in the log: $(grep -m 1 "$mode" -e "$string" "$VM/log")"
		fi
	done
}

expect() { vm_look 0 -F "$@"; }
expect_re() { vm_look 0 -E "$@"; }
refuse() { vm_look 1 -F "$@"; }
refuse_re() { vm_look 1 -E "$@"; }

# The folders of a failed test stay; the log shown is that of its first machine with a failure.
finish() {
	[ $((VM_CHECKS + VM_FAILED)) -gt 0 ] || vm_fail 'nothing was checked'
	if [ "$VM_FAILED" -eq 0 ]; then
		[ -n "${VM_KEEP:-}" ] || rm -rf "${VM_ALL[@]}" ${VM_OWN_CACHE:+"$VM_OWN_CACHE"}
		exit 0
	fi
	printf '%s\n' '---- the end of the log' "$(tail -n 40 "$VM_BAD/log" 2> /dev/null)" "---- all of it: $VM_BAD/log"
	exit 1
}
