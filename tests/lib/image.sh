# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Real images made by the real dracut, and real roots with the real systemd; source it after vm.sh and scene.sh.
#
#   builder_new NAME               a machine that builds images: $BUILDER is its root (a copy of tests/lib/root-systemd),
#                                  with the module as `make install` leaves it; it is cheap
#   builder_root NAME KIND         the same with a root of that kind (tests/lib/root-systemd)
#   builder_other NAME KIND        the same with another builder: dracut-ng or initramfs-tools (tests/lib/root-builder)
#   builder_plain                  takes the module away again
#   builder_cert FOLDER NAME...    copies certificates of the PKI into a folder of it
#   builder_policy SIGNER [NAME]   the lab's policy as the image's (or its stage0), with a detached signature ("" none)
#   builder_dracut OUT [ARG...]    runs its dracut there; what it says is in OUT.log, its status is returned
#   builder_mkinitramfs OUT        runs mkinitramfs, where the builder has that
#   image_get KIND                 prints an image of this run, made on first use: plain (no imaboot), integrity (dracut's
#                                  own module instead), imaboot (with signer and policy of rsa2048), and each of them
#                                  with -init after its name: without systemd in it
#   image_without IMAGE OUT PATH...   a copy without those files
#   image_add IMAGE OUT DIR        a copy with the files of a folder laid over it
#   disk_new NAME [SIGNER [ROOT]]  a machine with its disk, a root whose programs are signed by rsa2048, or not ("");
#                                  ROOT is "", backports or selinux (see root-systemd); selinux has imaboot too, and
#                                  /usr/local/bin/exempt, not signed, of the type ping_exec_t
#   disk_squashfs                  makes the disk a squashfs, with the lab's policy on it, signed
#   disk_do                        standard input is commands for debugfs on it
#   disk_policy [SIGNER [PATH]]    standard input becomes /etc/ima/ima-policy, or PATH, on it, signed, or not
#   VM_EXTRA                       further arguments for QEMU of image_boot
#   image_boot KERNEL IMAGE UNTIL [CMDLINE]   boots until the extended regular expression UNTIL is on the serial line
#                                  (a check); $VM/log is that line
#   expect_up KERNEL OUTCOME SOURCE   checks of such a boot: the root is up, that policy in force, and no second one
#
# IMAGE_ROOT is what the command line says of the root. What lies in the root as
# /lab/more is read by its shell at the end of lab_check.
#
# Where the root gets to multi-user.target it says so, shows what IMA and imaboot did, and restarts (see lab_check).

# What the lab's machine has, and modules of dracut that it has no use for: they cost seconds in every boot.
IMAGE_DRIVERS='virtio_pci virtio_blk ext4'
IMAGE_OMITTED='crypt dm modsign nvdimm overlay-root virtiofs resume lunmask qemu terminfo kernel-modules-extra'
VM_SILENCE=$((VM_SILENCE * 4))
IMAGE_ROOT='root=/dev/vda rw'
# Units of the root likewise.
ROOT_MASKED='e2scrub_reap.service modprobe@.service kmod-static-nodes.service systemd-logind.service
	systemd-modules-load.service systemd-random-seed.service systemd-sysusers.service systemd-update-utmp.service
	systemd-update-utmp-runlevel.service systemd-user-sessions.service systemd-udev-trigger.service
	dracut-shutdown.service dev-hugepages.mount dev-mqueue.mount sys-kernel-debug.mount sys-kernel-tracing.mount
	proc-sys-fs-binfmt_misc.automount'

image_once() { # FILE COMMAND...: runs the command, which makes FILE, unless it is there; one at a time
	local file=$1
	shift
	(
		flock 9
		[ -e "$file" ] || "$@"
	) 9> "$file.lock" || vm_die "cannot make $file: $(tail -n 5 "$file.log" 2> /dev/null)"
}

lab_root() { # [KIND]
	local memo=$CACHE/root-systemd${1:+-$1}
	[ -e "$memo" ] || { "$VM_LIB/root-systemd" ${1:+"$1"} > "$memo.$$" && mv "$memo.$$" "$memo"; } || return 1
	cat "$memo"
}

builder_new() { builder_root "$1" ''; }

builder_root() {
	local root
	root=$(lab_root "$2") || vm_die 'no root with systemd'
	builder_from "$1" "$root"
}

# builder_other NAME KIND: the same with a root of tests/lib/root-builder.
builder_other() {
	local memo=$CACHE/root-$2
	[ -e "$memo" ] || { "$VM_LIB/root-builder" "$2" > "$memo.$$" && mv "$memo.$$" "$memo"; } || vm_die "no root with $2"
	builder_from "$1" "$(cat "$memo")"
}

builder_from() {
	local root=$2
	BUILDER=$(mktemp -d "$CACHE/builder-$1.XXXXXX")/root || exit 1
	VM_ALL+=("${BUILDER%/root}")
	cp -al "$root" "$BUILDER" 2> /dev/null || { rm -rf "$BUILDER" && cp -a "$root" "$BUILDER"; } || exit 1
	mkdir -p "$BUILDER/usr/lib/modules"
	cp --remove-destination "$(command -v busybox)" "$BUILDER/usr/bin/busybox"
	builder_make install
	builder_libraries || vm_die "the libraries of imactl cannot be copied"
}

# The programs are as they were built, with whatever flags: this make has a folder of its own and builds nothing.
builder_make() {
	local own=${BUILDER%/root}/build
	mkdir -p "$own"
	cp -p "$BUILD/imaboot" "$BUILD/imaboot-auth" "$BUILD/imactl" "$own"
	make -s -o all -C "$VM_LIB/../.." O="$own" DESTDIR="$BUILDER" PREFIX=/usr "$1" > "$own/make.log" 2>&1 ||
		vm_die "make $1: $(tail -n 5 "$own/make.log")"
}

# The libraries of imactl that the root does not have.
builder_libraries() {
	local library
	ldd "$BUILD/imactl" | awk '$3 ~ /^\// { print $3 }' | while read -r library; do
		[ -e "$BUILDER$library" ] || install -D -m 644 "$library" "$BUILDER$library" || exit
	done
}

builder_plain() { builder_make uninstall; }

builder_cert() {
	local folder=$1 name
	shift
	mkdir -p "$BUILDER$folder"
	for name; do
		cp "$PKI/$name.der" "$BUILDER$folder/"
	done
}

builder_policy() {
	local policy=$BUILDER/etc/imaboot/${2:-policy}
	mkdir -p "$BUILDER/etc/imaboot"
	scene_policy "$policy"
	[ -z "$1" ] || "$VM_LIB/sign" "$PKI/$1.key" "$PKI/$1.pem" "$policy"
}

# In a mount namespace of its own, so that nothing stays mounted. The modules are those of the stock kernel; a kernel
# that has its drivers built in does not look at them, so that one image serves all.
builder_run() {
	local kernel
	kernel=$(vm_kernel_dir stock) || return 1
	# shellcheck disable=SC2016 # for the inner shell
	unshare --mount --propagation private bash -c '
		mount --bind "$1" "$1" && mount -t proc proc "$1/proc" && mount --bind "$2" "$1/usr/lib/modules" || exit 99
		root=$1
		shift 2
		exec chroot "$root" env -i PATH=/usr/sbin:/usr/bin LC_ALL=C "$@"
	' builder "$BUILDER" "$kernel/lib/modules" "$@"
}

builder_dracut() {
	local out=$1
	shift
	builder_run dracut --force --kver "$(cat "$(vm_kernel_dir stock)/release")" --no-hostonly --reproducible --no-compress \
		--no-early-microcode --drivers "$IMAGE_DRIVERS" "$@" /image > "$out.log" 2>&1 || return
	mv "$BUILDER/image" "$out"
}

# mkinitramfs with the same drivers; its settings are those of Debian but for the list of modules.
builder_mkinitramfs() {
	local out=$1 kernel release
	kernel=$(vm_kernel_dir stock) || return 1
	release=$(cat "$kernel/release")
	mkdir -p "$BUILDER/boot"
	cp "$kernel/config" "$BUILDER/boot/config-$release"
	sed -i -e 's/^MODULES=.*/MODULES=list/' -e 's/^COMPRESS=.*/COMPRESS=gzip/' "$BUILDER/etc/initramfs-tools/initramfs.conf"
	rm -f "$BUILDER/etc/initramfs-tools/modules" # the cache has it too
	tr ' ' '\n' <<< "$IMAGE_DRIVERS" > "$BUILDER/etc/initramfs-tools/modules"
	builder_run mkinitramfs -o /image "$release" > "$out.log" 2>&1 || return
	mv "$BUILDER/image" "$out"
}

image_make() {
	local kind=$1 out=$2 arguments=() IMAGE_DRIVERS=$IMAGE_DRIVERS
	builder_new "$kind"
	case $kind in
	plain*) builder_plain ;;
	integrity*)
		builder_plain
		arguments+=(--add integrity) ;;
	*)
		builder_cert /etc/keys/ima rsa2048
		builder_policy rsa2048 ;;
	esac
	[[ $kind != *-init ]] || arguments+=(--omit 'systemd systemd-initrd dracut-systemd')
	[[ $kind != *-roots ]] || IMAGE_DRIVERS+=' squashfs overlay'
	builder_dracut "$out.new" --omit "$IMAGE_OMITTED" ${arguments[@]+"${arguments[@]}"}
	mv "$out.new.log" "$out.log"
	rm -rf "${BUILDER%/root}"
	[ -e "$out.new" ] && mv "$out.new" "$out"
}

image_get() {
	local out=$CACHE/image-$1
	image_once "$out" image_make "$1" "$out"
	printf '%s\n' "$out"
}

image_without() {
	local image=$1 out=$2 tree
	shift 2
	tree=$(mktemp -d "$CACHE/without.XXXXXX") || exit 1
	(cd "$tree" && cpio -id --quiet --no-absolute-filenames && rm -f "$@" && find . -mindepth 1 |
		cpio --quiet -o -H newc -R 0:0) < "$image" > "$out.new" || vm_die "cannot take $* out of $image"
	rm -rf "$tree"
	mv "$out.new" "$out"
}

image_add() {
	cp "$1" "$2"
	(cd "$3" && find . -mindepth 1 | cpio --quiet -o -H newc -R 0:0) >> "$2"
}

# What the root does when it is up. The kernel's log has what both systemds said before their journals ran.
lab_check() {
	cat <<'END'
#!/bin/sh
! systemctl -q is-active multi-user.target || echo "multi-user.target is reached"
echo "failed units: $(systemctl --failed --no-legend --plain)."
echo "the signed program: $(/usr/local/bin/signed 2>&1)"
echo "the unsigned program: $(/usr/local/bin/unsigned 2>&1)"
if [ -e /usr/local/bin/exempt ]; then
	echo "the exempt program: $(/usr/local/bin/exempt 2>&1)"
	echo "SELinux: $(tr '\000' ' ' < /proc/1/attr/current)"
	sed -n 's/^.* obj_/rule: &/p' /sys/kernel/security/ima/policy 2> /dev/null
fi
echo "status.json: $(cat /run/imaboot/status.json 2>&1)"
grep -E ' (\.ima|_ima|asymmetri)' /proc/keys
while read -r device place type options rest; do
	[ "$place" != / ] || [ "$type" = rootfs ] || echo "root: $type $options"
done < /proc/mounts
[ ! -w /sys/kernel/security/ima/policy ] || echo "the policy file can be written"
dmesg | sed -n '/systemd\[1\]: .*IMA\|imaboot:\|ima: policy/s/^/[kernel] /p'
[ ! -e /lab/more ] || . /lab/more
echo "@@END 0"
echo b > /proc/sysrq-trigger
END
}

# Programs, scripts, and what systemd runs: all that may be executed has a signature. evmctl signs a folder in one go;
# the folder has links to them.
tree_make() { # FOLDER SIGNER ROOT
	local tree=$1 signer=$2 kind=$3 name
	mkdir "$tree" && cp -a "$(lab_root "$kind")" "$tree/root" || return 1
	if [ "$kind" = selinux ]; then
		BUILDER=$tree/root builder_make install
		printf '#!/bin/sh\necho "the exempt program runs"\n' > "$tree/root/usr/local/bin/exempt"
		chmod 755 "$tree/root/usr/local/bin/exempt"
	fi
	for name in signed unsigned; do
		printf '#!/bin/sh\necho "the %s program runs"\n' "$name" > "$tree/root/usr/local/bin/$name"
		chmod 755 "$tree/root/usr/local/bin/$name"
	done
	for name in $ROOT_MASKED; do
		ln -sf /dev/null "$tree/root/etc/systemd/system/$name"
	done
	# It need not wait for the target when it is started after it.
	mkdir -p "$tree/root/etc/systemd/system/lab.service.d"
	printf '[Unit]\nAfter=multi-user.target\n' > "$tree/root/etc/systemd/system/lab.service.d/after.conf"
	lab_check > "$tree/root/lab/check"
	chmod 755 "$tree/root/lab/check"
	mkdir -p "$tree/sign" "$tree/root/etc/ima" "$tree/root/etc/sysconfig" "$tree/root/etc/keys/ima"
	[ -z "$signer" ] || tree_sign "$tree" "$signer" > "$tree/log" 2>&1 || return 1
	[ "$kind" != selinux ] || disk_label "$tree/root" >> "$tree/log" 2>&1
}

tree_sign() {
	local tree=$1 signer=$2
	(cd "$tree/root" && find . -xdev -type f -perm /111 ! -path ./usr/local/bin/unsigned ! -path ./usr/local/bin/exempt -print0 |
		awk 'BEGIN { RS = "\0" } { printf "%s%c../sign/%d%c", $0, 0, NR, 0 }' | xargs -0 -n 2 ln)
	evmctl ima_sign --recursive --hashalgo sha256 --key "$PKI/$signer.key" --keyid-from-cert "$PKI/$signer.pem" "$tree/sign"
}

disk_make() { # FILE SIGNER ROOT
	local out=$1
	tree_make "$out.tree" "$2" "$3" || return 1
	truncate -s 384M "$out.new"
	mke2fs -q -t ext4 -O ^has_journal -E root_owner=0:0 -d "$out.tree/root" "$out.new" > "$out.log" 2>&1 || return 1
	rm -rf "$out.tree"
	mv "$out.new" "$out"
}

# The labels of the policy's file contexts; as attributes they need no SELinux on this machine. setfiles opens files by
# their names in /proc.
disk_label() {
	# shellcheck disable=SC2016 # for the inner shell
	unshare --mount --propagation private sh -c 'mount -t proc proc "$1/proc" &&
		exec chroot "$1" setfiles -F -e /proc /etc/selinux/default/contexts/files/file_contexts /' sh "$1" || return
	setfattr -n security.selinux -v 'system_u:object_r:ping_exec_t:s0\000' "$1/usr/local/bin/exempt"
}

# Nothing is compressed: that would take longer than all the rest.
disk_squashfs() {
	local tree=$VM/tree
	tree_make "$tree" rsa2048 '' || vm_die 'no tree for the squashfs'
	scene_policy "$tree/root/etc/ima/ima-policy"
	scene_sign rsa2048 "$tree/root/etc/ima/ima-policy"
	mksquashfs "$tree/root" "$VM/disk" -noappend -noI -noD -noF -noX -no-progress > "$VM/squashfs.log" 2>&1 ||
		vm_die "mksquashfs: $(tail -n 3 "$VM/squashfs.log")"
	rm -rf "$tree"
}

disk_new() {
	local signer=${2-rsa2048} root=${3:-} base
	base=$CACHE/root-${signer:-unsigned}${root:+-$root}.ext4
	VM=$(mktemp -d "$CACHE/vm-${VM_TEST//\//-}-$1.XXXXXX") || exit 1
	VM_ALL+=("$VM")
	VM_CA=$PKI/ca.der
	# shellcheck disable=SC2034 # vm_kernel looks at it
	VM_PACKED=''
	image_once "$base" disk_make "$base" "$signer" "$root"
	cp --sparse=always "$base" "$VM/disk"
}

disk_do() {
	debugfs -w -f - "$VM/disk" > "$VM/debugfs.log" 2>&1
	! grep -v -E '^debugfs|^Allocated inode|^$' "$VM/debugfs.log" || vm_die 'debugfs, see above'
}

disk_policy() {
	local file=$VM/ima-policy path=${2:-/etc/ima/ima-policy} commands
	cat > "$file"
	commands="write $file $path"
	if [ -n "${1:-}" ]; then
		"$VM_LIB/sign" "$PKI/$1.key" "$PKI/$1.pem" "$file"
		commands+=$'\n'"ea_set -f $file.sig $path security.ima"
	fi
	disk_do <<< "$commands"
}

# The disk's fstab asks the initramfs for a file system that is nowhere; behind it systemd goes to the root without its
# pre-pivot hooks.
disk_lost_mount() {
	echo '/dev/disk/by-label/nowhere /mnt ext4 x-initrd.mount,x-systemd.device-timeout=1s 0 0' > "$VM/fstab"
	printf 'rm /etc/fstab\nwrite %s /etc/fstab\n' "$VM/fstab" | disk_do
}

# Waits until the regular expression is there, or QEMU ends, or nothing happens any more; then ends QEMU.
image_watch() {
	local pid=$1 until=$2 start=$SECONDS still=$SECONDS size last=-1
	while kill -0 "$pid" 2> /dev/null; do
		size=$(stat -c %s "$VM/serial")
		if [ "$size" != "$last" ]; then
			last=$size still=$SECONDS
			! grep -q -a -E -e "$until" "$VM/serial" || { sleep 0.5; break; }
		fi
		[ $((SECONDS - still)) -lt "$VM_SILENCE" ] || break
		[ $((SECONDS - start)) -lt "$VM_TIMEOUT" ] || break
		sleep 0.1
	done
	kill -KILL "$pid" 2> /dev/null
}

image_boot() {
	local kernel=$1 image=$2 until=$3 cmdline=${4:-} elf pid
	elf=$(vm_kernel "$kernel" "$VM_CA") || vm_die "no kernel $kernel"
	: > "$VM/serial"
	vm_serial
	qemu-system-x86_64 -accel tcg -cpu "$VM_CPU" -machine q35,hpet=off -no-reboot -nodefaults -display none -m 768 \
		"${VM_SERIAL[@]}" -kernel "$elf" -initrd "$image" \
		-drive "file=$VM/disk,format=raw,if=none,id=disk,cache=unsafe" -device virtio-blk-pci,drive=disk \
		-append "console=ttyS0 loglevel=4 panic=-1 oops=panic nokaslr mitigations=off cryptomgr.notests no_timer_check \
audit_backlog_limit=8192 $IMAGE_ROOT fsck.mode=skip systemd.show_status=1 $cmdline" ${VM_EXTRA[@]+"${VM_EXTRA[@]}"} > "$VM/qemu.log" 2>&1 9>&- &
	pid=$!
	vm_talk "$pid"
	image_watch "$pid" "$until"
	wait "$pid" 2> /dev/null
	vm_talked
	image_log "$until"
}

# Makes $VM/log of the serial line, and checks that the expression is there.
image_log() {
	sed -e 's/\r//g' -e 's/\x1b\[[0-9;?]*[A-Za-z]//g' -e 's/\x1bc//g' "$VM/serial" | tr -d '\000' > "$VM/log"
	if grep -q -E -e "$1" "$VM/log"; then
		vm_pass "reached: $1"
	else
		vm_fail "not reached: $1; QEMU says: $(tail -n 3 "$VM/qemu.log")"
	fi
}

expect_up() {
	local kernel=$1 json completed proof=read-back guard=true
	[ "$kernel" != stock ] || proof=file-gone guard=false
	expect 'multi-user.target is reached' 'failed units: .' 'the signed program: the signed program runs' '@@END 0'
	expect_re 'the unsigned program: .*Permission denied'
	refuse 'Freezing execution' 'the policy file can be written'
	expect "imaboot: outcome $2: policy"
	completed=$(grep -c '^\[kernel\].*ima: policy update completed' "$VM/log")
	if [ "$completed" = 1 ]; then vm_pass 'one policy was loaded'; else vm_fail "$completed policies were loaded"; fi
	expect_re '^\[kernel\] .*systemd\[1\]: Another IMA custom policy has already been loaded, ignoring'
	json=$(sed -n 's/^status.json: //p' "$VM/log")
	# Of no text at all jq says that all is well.
	if [ -n "$json" ] && jq -e --arg outcome "$2" --arg where "$3" --arg proof "$proof" --argjson guard "$guard" '.outcome == $outcome and
		.policy.source == $where and .policy.proof == $proof and .guard == $guard' <<< "$json" > /dev/null; then
		vm_pass "status.json says $2, $3"
	else
		vm_fail "status.json: $json"
	fi
}
