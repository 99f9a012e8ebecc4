#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What the module puts into an image, and that it adds nothing else: with the real dracut, hostonly and generic, with
# --sysroot, twice the same bytes; and `make uninstall` leaves nothing of it behind.
. "$(dirname "$0")/../lib/vm.sh"
. "$(dirname "$0")/../lib/scene.sh"
. "$(dirname "$0")/../lib/image.sh"

builder_new contents
OUT=${BUILDER%/root}
builder_cert /etc/keys/ima rsa2048 p256
builder_cert /etc/keys/ima/ca ca ca2
ln -s ../../ima/ca/ca.der "$BUILDER/etc/keys/ima/ca/link.der"
builder_cert /etc/keys/evm rsa4096
builder_policy rsa2048
builder_policy rsa2048 stage0
printf '# comment\nrequire = yes\nrequire-certificates = ca.der rsa2048.der\n' > "$BUILDER/etc/imaboot/imaboot.conf"

# image NAME ARGUMENT...: it is made; its list of files is in NAME.list.
image() {
	local name=$1
	shift
	if builder_dracut "$OUT/$name" "$@"; then
		cpio -t --quiet < "$OUT/$name" | LC_ALL=C sort > "$OUT/$name.list"
	else
		vm_fail "no image '$name': $(tail -n 5 "$OUT/$name.log")"
		finish
	fi
}

same() { # NAME GOT WANTED
	if [ "$2" = "$3" ]; then vm_pass "$1"; else vm_fail "$1: $(diff <(echo "$3") <(echo "$2"))"; fi
}

ours='etc/ima
etc/ima/ima-policy
etc/imaboot
etc/imaboot/certificates
etc/imaboot/imaboot.conf
etc/imaboot/policy
etc/imaboot/policy.sig
etc/imaboot/stage0
etc/imaboot/stage0.sig
etc/keys
etc/keys/evm
etc/keys/evm/rsa4096.der
etc/keys/ima
etc/keys/ima/ca
etc/keys/ima/ca/ca.der
etc/keys/ima/ca/ca2.der
etc/keys/ima/ca/link.der
etc/keys/ima/p256.der
etc/keys/ima/rsa2048.der
usr/lib/dracut/hooks/emergency/00-imaboot-emergency.sh
usr/lib/dracut/hooks/pre-pivot/95-imaboot-pre-pivot.sh
usr/lib/imaboot
usr/lib/imaboot/busybox
usr/lib/imaboot/recovery
usr/sbin/imaboot'
image with --modules base --add imaboot
image without --modules base --omit imaboot
same 'the image has these files more' "$(LC_ALL=C comm -23 "$OUT/with.list" "$OUT/without.list" | grep -v -E '/(sha512_generic\.ko|efivarfs(/efivarfs\.ko)?|char(/tpm.*)?)$')" "$ours"
same 'and none less' "$(LC_ALL=C comm -13 "$OUT/with.list" "$OUT/without.list")" ''

mkdir "$OUT/x"
(cd "$OUT/x" && cpio -id --quiet --no-absolute-filenames < "$OUT/with" 2> /dev/null)
for file in imaboot/imaboot.conf imaboot/policy imaboot/policy.sig keys/ima/rsa2048.der keys/ima/ca/ca2.der; do
	if cmp -s "$BUILDER/etc/$file" "$OUT/x/etc/$file"; then vm_pass "the same bytes: $file"; else vm_fail "$file differs"; fi
done
if cmp -s "$BUILD/imaboot" "$OUT/x/usr/sbin/imaboot" && [ -x "$OUT/x/usr/sbin/imaboot" ]; then
	vm_pass 'the program is that of the build'
else
	vm_fail 'usr/sbin/imaboot'
fi
if [ "$(sed -n 1p "$OUT/x/etc/imaboot/certificates")" = 'imaboot certificates 1' ] &&
	[ "$(grep -c '^sha256 ' "$OUT/x/etc/imaboot/certificates")" = 6 ]; then
	vm_pass 'the summary has each certificate'
else
	vm_fail "the summary: $(cat "$OUT/x/etc/imaboot/certificates")"
fi
same "no policy for the image's systemd" "$(readlink "$OUT/x/etc/ima/ima-policy"; [ -e "$OUT/x/etc/ima/ima-policy" ] || echo nowhere)" \
	$'../imaboot/not-in-the-image/ima-policy\nnowhere'
same 'a link leads to its certificate' "$(sha256sum < "$OUT/x/etc/keys/ima/ca/link.der")" "$(sha256sum < "$PKI/ca.der")"

image again --modules base --add imaboot
if cmp -s "$OUT/with" "$OUT/again"; then vm_pass 'twice the same bytes'; else vm_fail 'two images differ'; fi

# The fragment in dracut.conf.d adds the module by itself; what Debian has as modules comes along.
image full
same 'a full image has the same of ours' "$(grep -x -F -e "$ours" "$OUT/full.list")" "$ours"
for unit in initrd-switch-root dracut-pre-pivot; do
	if grep -q -x "usr/lib/systemd/system/$unit.service.d/50-imaboot.conf" "$OUT/full.list"; then
		vm_pass "$unit.service has its drop-in"
	else
		vm_fail "$unit.service has no drop-in"
	fi
done
if grep -q 'service\.d/50-imaboot' "$OUT/with.list"; then vm_fail 'a drop-in without systemd'; else vm_pass 'no drop-in without systemd'; fi
for driver in sha512_generic efivarfs tpm_tis_spi; do
	if grep -q "/$driver\.ko" "$OUT/full.list"; then vm_pass "$driver is in it"; else vm_fail "no $driver"; fi
done

image hostonly --hostonly --modules base --add imaboot
same 'hostonly: the same files' "$(grep -x -F -e "$ours" "$OUT/hostonly.list")" "$ours"
if grep -q imaboot "$OUT/hostonly.log" && ! grep -q -x usr/lib/dracut/hostonly-files "$OUT/hostonly.list"; then
	vm_pass 'hostonly: rd.hostonly=0 takes none of them away'
else
	vm_fail 'hostonly-files'
fi

# Another root below this one: its files, not the builder's. (dracut 059 finds Debian's udevd in the builder alone, so
# the module is by itself.)
sub=$BUILDER/other
mkdir -p "$sub"
(cd "$BUILDER" && cp -al bin sbin lib lib64 usr etc "$sub/")
mkdir -p "$sub/var/tmp"
rm -rf "$sub/etc/keys" "$sub/etc/imaboot"
mkdir -p "$sub/etc/keys/ima"
cp "$PKI/rsa4096.der" "$sub/etc/keys/ima/"
image sysroot --sysroot /other --no-kernel --modules imaboot
same 'sysroot: its files' "$(grep -E '^etc/(keys|imaboot)|imaboot$' "$OUT/sysroot.list")" 'etc/imaboot
etc/imaboot/certificates
etc/keys
etc/keys/ima
etc/keys/ima/rsa4096.der
usr/lib/imaboot
usr/sbin/imaboot'
echo nonsense > "$BUILDER/etc/imaboot/imaboot.conf"
image sysroot --sysroot /other --no-kernel --modules imaboot
cp "$PKI/rsa2048.pem" "$sub/etc/keys/ima/"
if builder_dracut "$OUT/bad" --sysroot /other --no-kernel --modules imaboot; then
	vm_fail 'sysroot: PEM is accepted'
elif grep -q "imaboot: /etc/keys/ima/rsa2048.pem is PEM" "$OUT/bad.log"; then
	vm_pass 'sysroot: its PEM file is refused'
else
	vm_fail "sysroot: $(tail -n 5 "$OUT/bad.log")"
fi

mkdir "$BUILDER/nowhere"
cp "$PKI/rsa2048.der" "$BUILDER/nowhere/"
ln -s /nowhere/rsa2048.der "$sub/etc/keys/ima/out.der"
if ! builder_dracut "$OUT/bad" --sysroot /other --no-kernel --modules imaboot &&
	grep -q "imaboot: /etc/keys/ima/out.der is a symbolic link to '/nowhere/rsa2048.der', and inside the root '/other'" "$OUT/bad.log"; then
	vm_pass 'sysroot: a link into the builder is refused'
else
	vm_fail "sysroot: $(tail -n 5 "$OUT/bad.log")"
fi

# What another root has is not run on this machine.
rm "$sub/etc/keys/ima/out.der" "$sub/etc/keys/ima/rsa2048.pem" "$sub/usr/lib/imaboot/imaboot-auth"
printf '#!/bin/sh\n: > /ran\n' > "$sub/usr/lib/imaboot/imaboot-auth"
chmod 755 "$sub/usr/lib/imaboot/imaboot-auth"
mkdir -p "$sub/etc/imaboot"
echo "recovery-password = $(openssl passwd -6 secret)" > "$sub/etc/imaboot/imaboot.conf"
image sysroot --sysroot /other --no-kernel --modules imaboot
if [ -e "$BUILDER/ran" ]; then vm_fail 'sysroot: its imaboot-auth was run here'; else vm_pass 'sysroot: nothing of it is run'; fi

rm "$BUILDER/usr/lib/dracut/dracut.conf.d/10-imaboot.conf"
image unasked --no-kernel
same 'without the fragment it is in no image' "$(grep imaboot "$OUT/unasked.list")" ''

builder_plain
same 'make uninstall leaves nothing' "$(find "$BUILDER/usr" -name '*imaboot*')" ''
finish
