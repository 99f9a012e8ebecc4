#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# kernels: 6.1 6.12 stock
# needs: qemu-system-x86_64 evmctl setfattr openssl python3
# What the evaluator foretells is what the kernel does: hundreds of combinations of rules and a file, each foretold,
# and then tried (tests/exact/exact.c).
. "$(dirname "$0")/../lib/vm.sh"

top=$(cd "$(dirname "$0")/../.." && pwd)
kernel=$1
combinations=400 # at least

build_driver() {
	local name sources=("$top"/tests/exact/*.c "$top/tests/agree/generate.c")
	sources+=("$top"/common/{evaluate,evaluate_value,buf,escape,format}.c)
	for name in model words diag value parse token option check; do
		sources+=("$top/common/policy_$name.c")
	done
	musl-gcc -std=c11 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror -static -I"$top/common" -I"$top/tests/exact" \
		-I"$top/tests/agree" -idirafter /usr/include -idirafter "/usr/include/$(gcc -print-multiarch)" \
		"${sources[@]}" -o "$VM/root/bin/exact"
}

# Files with a value that the kernel lets nobody set, since it does not know the hash.
make_image() {
	local i value features=^has_journal
	value=$(od -An -v -tx1 "$VM/root/exact/hash-rmd160" | tr -d ' \n')
	! grep -q '^CONFIG_FS_VERITY=y$' "$VM/root/exact/config" || features+=,verity
	mkdir "$VM/image"
	for i in 0 1 2; do
		cp "$VM/root/exact/prog" "$VM/image/made-hash-rmd160-$i"
		setfattr -n security.ima -v "0x$value" "$VM/image/made-hash-rmd160-$i"
	done
	mke2fs -q -t ext4 -b 4096 -O "$features" -U 01234567-89ab-4cde-8f01-23456789abcd -d "$VM/image" \
		"$VM/disk.img" 32M > /dev/null
}

vm_new
vm_module overlay sha512_generic
build_driver || vm_die 'the driver cannot be built'
"$top/tests/exact/values" "$VM/root/exact" "$PKI" || vm_die 'the values cannot be made'
vm_file "$(vm_kernel_dir "$kernel")/config" /exact/config
vm_file "$PKI/rsa2048.der" /rsa2048.der
make_image || vm_die 'the image cannot be made'
vm_disk "$VM/disk.img"
vm_script << 'END'
is 'the signer' "$(guest key add "$(ima_ring)" /rsa2048.der)" ok
exact
END
vm_boot "$kernel"
vm_ended
expect_re '^exact: [0-9]+ combinations, [0-9]+ denied, 0 differences$'
count=$(sed -n 's/^exact: \([0-9]*\) combinations,.*/\1/p' "$VM/log")
if [ "${count:-0}" -ge $combinations ]; then
	vm_pass "$count combinations"
else
	vm_fail "${count:-0} combinations, wanted $combinations"
fi
finish
