#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# kernels: 6.1 6.12 stock
# needs: qemu-system-x86_64 evmctl mke2fs
# Premise: security.ima lives on ext4 and tmpfs, not on ramfs, and cpio does not carry it; the initramfs itself is ramfs when
# the command line has root=. So a policy of the image is copied to a tmpfs and gets its signature there. And openat2
# resolves a path as if below another root, links included.
. "$(dirname "$0")/../lib/vm.sh"

work=$(mktemp -d "$CACHE/xattr.XXXXXX")
echo 'audit uid=1' > "$work/signed"
"$VM_LIB/sign" --xattr "$PKI/rsa2048.key" "$PKI/rsa2048.pem" "$work/signed"
ln -s /etc/passwd "$work/out"
ln -s ../../../../signed "$work/up"
ln -s signed "$work/in"

# boot NAME WANTED CMDLINE: WANTED is the outcome of a setxattr on the root of the initramfs.
boot() {
	vm_new "$1"
	vm_file "$work/signed" /signed
	vm_text /etc/passwd < /dev/null
	vm_text /wanted <<< "$2"
	vm_text /hex < <(getfattr --absolute-names --only-values -n security.ima "$work/signed" | od -An -v -tx1 | tr -d ' \n')
	vm_ext4 "$work" "$VM/disk"
	vm_disk "$VM/disk"
	vm_script << 'END'
hex=$(cat /hex)
is 'cpio carries no xattr' "$(guest attr get /signed)" "$([ "$(cat /wanted)" = ok ] && echo ENODATA || echo EOPNOTSUPP)"
is 'setxattr on the root of the initramfs' "$(guest attr set /signed "$hex")" "$(cat /wanted)"

mount -t ext4 /dev/vda /mnt
is 'an image of mke2fs -d carries the xattr' "$(guest attr get /mnt/signed)" "$hex"
is 'ext4: remove' "$(guest attr rm /mnt/signed)" ok
is 'ext4: get' "$(guest attr get /mnt/signed)" ENODATA
is 'ext4: set' "$(guest attr set /mnt/signed "$hex")" ok

cp /signed /run/signed
is 'tmpfs: get' "$(guest attr get /run/signed)" ENODATA
is 'tmpfs: set' "$(guest attr set /run/signed "$hex")" ok
is 'tmpfs: get' "$(guest attr get /run/signed)" "$hex"

mkdir /ramfs
mount -t ramfs ramfs /ramfs
cp /signed /ramfs/signed
is 'ramfs: set' "$(guest attr set /ramfs/signed "$hex")" EOPNOTSUPP
is 'ramfs: get' "$(guest attr get /ramfs/signed)" EOPNOTSUPP

is 'openat2: a plain path' "$(guest openat2 /mnt /signed)" ok
is 'openat2: a link inside' "$(guest openat2 /mnt /in)" ok
is 'openat2: a link with too many ..' "$(guest openat2 /mnt /up)" ok
is 'openat2: an absolute link means below the root' "$(guest openat2 /mnt /out)" ENOENT
is 'openat2: .. in the path' "$(guest openat2 /mnt/lost+found ../signed)" ENOENT
is 'open follows the link out of it' "$(guest open r /mnt/out)" ok
END
	vm_boot "$4" "$3"
	vm_ended
}

boot root EOPNOTSUPP root=/dev/vda "$1"
boot tmpfs ok 'root=/dev/vda rootfstype=tmpfs' "$1"
finish
