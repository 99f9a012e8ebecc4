#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# kernels: stock
# needs: qemu-system-x86_64 evmctl mmdebstrap debugfs unshare jq
# limit: 900
# The module in images of dracut-ng, whose hooks lie elsewhere, with a newer systemd in the image and without systemd;
# and a bundle appended to an image of it, where the folder of the hooks is a link.
. "$(dirname "$0")/../lib/vm.sh"
. "$(dirname "$0")/../lib/scene.sh"
. "$(dirname "$0")/../lib/image.sh"

kernel=$1
scene_policy "$CACHE/good-policy.$kernel"
builder_other dracut-ng dracut-ng
OUT=${BUILDER%/root}
builder_cert /etc/keys/ima rsa2048
builder_policy rsa2048

# make NAME ARGUMENT...: an image, its log shown where there is none.
make_image() {
	local name=$1
	shift
	builder_dracut "$OUT/$name" --omit "$IMAGE_OMITTED" "$@" && return
	vm_fail "no image '$name': $(tail -n 5 "$OUT/$name.log")"
	finish
}

# up IMAGE OUTCOME SOURCE: it boots until the root's systemd has begun, and has not frozen. With systemd in the image only
# an outcome that is a warning is on the console.
up() {
	image_boot "$kernel" "$1" 'Debian GNU/Linux 12 \(bookworm\)[^ ]*!' loglevel=6 # an image without systemd is silent
	expect_re "imaboot: outcome $2: policy [^ ]+ \($3\) in force"
	refuse 'Freezing execution'
}

make_image module
make_image again
if cmp -s "$OUT/module" "$OUT/again"; then vm_pass 'twice the same bytes'; else vm_fail 'two images differ'; fi
disk_new fallback
disk_policy rsa2048 <<< 'appraise func=NONSENSE'
up "$OUT/module" fallback image

make_image init --omit "$IMAGE_OMITTED systemd systemd-initrd dracut-systemd"
disk_new init
disk_policy rsa2048 < "$CACHE/good-policy.$kernel"
up "$OUT/init" enforced root

cp "$PKI/rsa2048.pem" "$BUILDER/etc/keys/ima/"
if builder_dracut "$OUT/bad" --no-kernel --modules 'base imaboot'; then
	vm_fail 'PEM is accepted'
elif [ -e "$BUILDER/image" ]; then
	vm_fail 'PEM: dracut fails and leaves an image'
elif grep -q 'imaboot: /etc/keys/ima/rsa2048.pem is PEM' "$OUT/bad.log"; then
	vm_pass 'PEM is refused'
else
	vm_fail "PEM: $(tail -n 5 "$OUT/bad.log")"
fi
rm "$BUILDER/etc/keys/ima/rsa2048.pem"

# Installed below /usr/local: in the image all has the names that the hook knows.
mkdir -p "$BUILDER/usr/local/sbin" "$BUILDER/usr/local/lib/imaboot"
mv "$BUILDER/usr/sbin/imaboot" "$BUILDER/usr/local/sbin/"
mv "$BUILDER"/usr/lib/imaboot/* "$BUILDER/usr/local/lib/imaboot/"
make_image local --no-kernel --modules 'base imaboot'
names=$(cpio -t --quiet < "$OUT/local" | grep -E '^usr/(sbin/imaboot|lib/imaboot/(busybox|recovery))$' | sort | tr '\n' ' ')
if [ "$names" = 'usr/lib/imaboot/busybox usr/lib/imaboot/recovery usr/sbin/imaboot ' ]; then
	vm_pass 'the programs of /usr/local'
else
	vm_fail "the programs of /usr/local: $names"
fi
mv "$BUILDER/usr/local/sbin/imaboot" "$BUILDER/usr/sbin/"
mv "$BUILDER"/usr/local/lib/imaboot/* "$BUILDER/usr/lib/imaboot/"

make_image plain --omit "$IMAGE_OMITTED imaboot"
"$BUILD/imactl" bundle --root "$BUILDER" --kernel 6.1 --out "$OUT/bundle" > "$OUT/bundle.log" 2>&1 || vm_die 'no bundle'
disk_new bundle
disk_policy rsa2048 <<< 'appraise func=NONSENSE'
cat "$OUT/plain" "$OUT/bundle" > "$VM/image"
up "$VM/image" fallback image
finish
