#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# kernels: 6.1 6.12 stock
# needs: qemu-system-x86_64 evmctl
# Premise: the kernel takes "/proc/self/fd/N" as the path of a policy file, whatever the descriptor names, a memfd too;
# and a memfd carries security.ima. So a policy can be checked and loaded from the very bytes that were read.
. "$(dirname "$0")/../lib/vm.sh"

work=$(mktemp -d "$CACHE/fd-path.XXXXXX")
printf 'dont_measure fsmagic=0x9fa0\nappraise func=POLICY_CHECK appraise_type=imasig\n' > "$work/policy"
"$VM_LIB/sign" "$PKI/rsa2048.key" "$PKI/rsa2048.pem" "$work/policy"
mkdir "$work/disk"
cp "$work/policy" "$work/disk/signed"
cp "$work/policy" "$work/disk/unsigned"
"$VM_LIB/sign" --xattr "$PKI/rsa2048.key" "$PKI/rsa2048.pem" "$work/disk/signed"

for mode in '' ima_policy=secure_boot ima_policy=appraise_tcb; do
	vm_new
	vm_file "$work/policy" /policy
	vm_file "$work/policy.sig" /policy.sig
	vm_file "$PKI/rsa2048.der" /rsa2048.der
	vm_ext4 "$work/disk" "$VM/disk"
	vm_disk "$VM/disk"
	vm_text /mode <<< "${mode#ima_policy=}"
	vm_script <<'END'
mode=$(cat /mode)
ring=$(ima_ring)
is "${mode:-open}: add the signer to $ring" "$(guest key add "$ring" /rsa2048.der)" ok
ok "${mode:-open}: mount" mount -t ext4 -o rw /dev/vda /mnt
loads='open ok, path ok, poison EINVAL, close ok'
refused='open ok, path EACCES, poison EINVAL, close ok'
case $mode in
secure_boot) unsigned_tmpfs=$refused unsigned_ext4=$refused ;;
appraise_tcb) unsigned_tmpfs=$loads ;;
*) unsigned_tmpfs=$loads unsigned_ext4=$loads ;;
esac
is "${mode:-open}: signed memfd" "$(guest fdload memfd /policy /policy.sig dry)" "create ok, xattr ok, reopen ok, $loads"
is "${mode:-open}: unsigned memfd" "$(guest fdload memfd /policy none dry)" "create ok, reopen ok, $unsigned_tmpfs"
is "${mode:-open}: signed file on tmpfs" "$(guest fdload /run/policy /policy /policy.sig dry)" "create ok, xattr ok, reopen ok, $loads"
is "${mode:-open}: unsigned file on tmpfs" "$(guest fdload /run/policy2 /policy none dry)" "create ok, reopen ok, $unsigned_tmpfs"
is "${mode:-open}: signed file on ext4" "$(guest fdload =/mnt/signed - - dry)" "reopen ok, $loads"
if [ "$mode" = appraise_tcb ]; then
	is "$mode: unsigned file on ext4 is not even opened" "$(guest open r /mnt/unsigned)" EACCES
else
	is "${mode:-open}: unsigned file on ext4" "$(guest fdload =/mnt/unsigned - - dry)" "reopen ok, $unsigned_ext4"
fi
is "${mode:-open}: a memfd that is still open for writing" "$(guest fdload memfd /policy /policy.sig dry keep-writer)" \
	"create ok, xattr ok, reopen ok, $loads"
is "${mode:-open}: a file that is still open for writing" "$(guest fdload /run/policy3 /policy /policy.sig dry keep-writer)" \
	"create ok, xattr ok, reopen ok, open ok, path ETXTBSY, poison EINVAL, close ok"
mark
is "${mode:-open}: commit from a memfd" "$(guest fdload memfd /policy /policy.sig)" \
	"create ok, xattr ok, reopen ok, open ok, path ok, close ok"
logged "${mode:-open}: completed" "ima: policy update completed"
END
	vm_boot "$1" "$mode"
	vm_ended
done
finish
