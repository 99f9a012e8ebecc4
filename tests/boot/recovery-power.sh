#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# kernels: 6.1 stock
# needs: qemu-system-x86_64 evmctl openssl python3 debugfs e2fsck mkfs.xfs xfs_repair mkfs.btrfs btrfs
# limit: 1800
# The power is cut while the recovery writes to the root: a person has the known-good policy put in place, then the policy
# set aside, and the machine is killed the moment it says so. QEMU logs every write beneath the machine; from that log
# tests/lib/crash-states makes what each earlier cut would have left, and what a disk with a cache of its own might have.
# Each time the policy is the old one or the new one, whole and with its signature, and the old one is not lost. On ext4
# (6.1), and on XFS and btrfs (the stock kernel, which has them as modules): there another machine replays their logs and
# looks, and their own programs check what it leaves.
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

# cut_power TYPE: from $VM/before.img on; the log of the writes is $VM/writes.
cut_power() {
	cp --sparse=always "$VM/before.img" "$VM/disk.img"
	: > "$VM/writes"
	vm_qemu -blockdev "driver=file,node-name=raw,filename=$VM/disk.img" -blockdev "driver=file,node-name=writes,filename=$VM/writes" \
		-blockdev driver=blklogwrites,node-name=logged,file=raw,log=writes -device virtio-blk-pci,drive=logged
	vm_script <<-END
		mount -t $1 -o ro /dev/vda /sysroot
		imaboot boot --root /sysroot
		/usr/lib/imaboot/recovery /sysroot
	END
	VM_STOPS=1 VM_TALK=power_talk
	vm_boot "$kernel" "$common rd.imaboot.recovery"
	VM_STOPS='' VM_TALK=''
	expect 'ima-policy.known-good is in place as' 'is set aside as ima-policy.bak.1'
}

# check_states: the lines of $VM/states, "CUT, a tab, STATE", are those that may be.
check_states() {
	local old good first kept placed aside other
	old=$(sum "$ROOT/etc/ima/ima-policy") good=$(sum "$ROOT/etc/ima/ima-policy.known-good")
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
	# No step goes back: in the order of the writes the states are some of those, in their order.
	if grep -P '^\d+\t' "$VM/states" | cut -f 2 | uniq | diff - <(printf '%s\n' "$first" "$kept" "$placed" "$aside") | grep -q '^<'; then
		vm_fail "the disk goes through: $(cut -f 2 "$VM/states" | uniq)"
	else
		vm_pass 'the disk goes from one state to the next'
	fi
}

on_ext4() {
	begin power
	known_good
	mke2fs -q -t ext4 -b 1024 -J size=1 -O metadata_csum -E root_owner=0:0 -d "$ROOT" "$VM/before.img" 8M > /dev/null || vm_die 'mke2fs'
	cut_power ext4
	"$VM_LIB/crash-states" "$VM/before.img" "$VM/writes" "$VM/scratch" /etc/ima "${names[@]}" > "$VM/states" ||
		vm_fail "crash-states: $(tail -n 3 "$VM/states")"
	check_states
}

# ---- file systems that this machine does not mount ----------------------------------------------

# The smallest that each takes; mkfs.xfs refuses less than 300 MB but to its own tests, which say so in this way.
make_xfs() { truncate -s 20M "$1" && TEST_DIR=lab TEST_DEV=lab QA_CHECK_FS=lab mkfs.xfs -q "$1"; }
make_btrfs() { truncate -s 32M "$1" && mkfs.btrfs -q --mixed "$1" > /dev/null 2>&1; }
check_xfs() { xfs_repair -n -o force_geometry "$1"; } # so small a one has one allocation group, and nothing to compare it with
check_btrfs() { btrfs check --readonly "$1"; }

# fill TYPE ROOT IMAGE: a machine copies the root, with its signatures, into the empty file system.
fill() {
	vm_new "fill-$1"
	vm_module "$1"
	vm_file "$2" /root
	(cd "$2/etc/ima" && for file in *; do
		getfattr --only-values -n security.ima "$file" > "$VM/root/signature.$file" 2> /dev/null
	done)
	vm_disk "$3"
	vm_script <<-END
		ok "the file system is mounted" mount -t $1 /dev/vda /mnt
		cp -a /root/. /mnt/
		for signature in /signature.*; do
			is "\$signature is in place" "\$(guest attr load /mnt/etc/ima/\${signature#/signature.} \$signature)" ok
		done
		umount /mnt
	END
	vm_boot "$kernel"
	vm_ended
}

# look TYPE IMAGES SIZE COUNT: a machine replays the log of each state and prints what is there.
look() {
	vm_new "look-$1"
	vm_module "$1" loop
	vm_disk "$2"
	vm_script <<-END
		state=0
		while [ \$state -lt $4 ]; do
			losetup -o \$((state * $3)) /dev/loop0 /dev/vda
			line=damaged
			if mount -t $1 /dev/loop0 /mnt; then
				line=''
				for name in ${names[*]}; do
					[ -e /mnt/etc/ima/\$name ] || continue
					sum=\$(sha256sum < /mnt/etc/ima/\$name | cut -c 1-8)
					line="\$line \$name=\$sum+\$(guest attr get /mnt/etc/ima/\$name)"
				done
				umount /mnt
			fi
			losetup -d /dev/loop0
			echo "state \$state\$line"
			state=\$((state + 1))
		done
	END
	vm_boot "$kernel" "$common"
	vm_ended
}

# The machine has no program for the first digits of a signature's digest: they are made here, from its hexadecimal form.
shorten() {
	local line word out
	while read -r _ state line; do
		out=''
		for word in $line; do
			case $word in
			*+*) out+=" ${word%+*}+$(xxd -r -p <<< "${word#*+}" | sha256sum | cut -c 1-8)" ;;
			*) out+=" $word" ;;
			esac
		done
		printf '%s\t%s\n' "$state" "${out# }"
	done
}

on_other() {
	local type=$1 size count i machine root damaged=0
	NO_TPM=1 begin "power-$type"
	known_good
	machine=$VM root=$ROOT
	"make_$type" "$machine/before.img" || vm_die "mkfs.$type"
	size=$(stat -c %s "$machine/before.img")
	fill "$type" "$ROOT" "$machine/before.img"
	VM=$machine
	VM_DISKS=()
	VM_QEMU=()
	VM_MODULES=("$type")
	cut_power "$type"
	"$VM_LIB/crash-states" --images "$VM/before.img" "$VM/writes" "$VM/images" > "$VM/cuts" || vm_fail "crash-states: $(tail -n 3 "$VM/cuts")"
	count=$(($(stat -c %s "$VM/images") / size))
	if [ "$count" -gt 1 ]; then vm_pass "$type: $(wc -l < "$VM/cuts") cuts, $count states"; else vm_fail "$type: $count states"; fi
	look "$type" "$machine/images" "$size" "$count"
	sed -n 's/^state [0-9].*/&/p' "$VM/log" | shorten > "$machine/looked"
	VM=$machine ROOT=$root
	awk -F '\t' 'NR == FNR { state[$1] = $2; next } { print $1 "\t" state[$2] }' "$VM/looked" "$VM/cuts" > "$VM/states"
	check_states
	for ((i = 0; i < count; i++)); do
		dd if="$VM/images" of="$VM/one" bs=64k skip=$((i * size / 65536)) count=$((size / 65536)) conv=sparse status=none
		"check_$type" "$VM/one" > "$VM/check" 2>&1 || {
			damaged=$((damaged + 1))
			vm_fail "$type: state $i: $(tail -n 3 "$VM/check")"
		}
	done
	[ $damaged -gt 0 ] || vm_pass "$type: its own program finds no damage in what was replayed"
}

if [ "$kernel" = stock ]; then
	common=''
	on_other xfs
	on_other btrfs
else
	on_ext4
fi
finish
