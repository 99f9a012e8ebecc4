#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What must not be in an image ends dracut, with the reason; what is unwise is a warning. With the real dracut, in a root
# of its own.
. "$(dirname "$0")/../lib/vm.sh"
. "$(dirname "$0")/../lib/scene.sh"
. "$(dirname "$0")/../lib/image.sh"

builder_new refused
OUT=${BUILDER%/root}/image

# begin NAME: the builder as it is for a good image.
begin() {
	name=$1
	rm -rf "$BUILDER/etc/imaboot" "$BUILDER/etc/keys"
	builder_cert /etc/keys/ima rsa2048
	builder_cert /etc/keys/ima/ca ca
	builder_policy rsa2048
	echo 'require = yes' > "$BUILDER/etc/imaboot/imaboot.conf"
	rm -f "$OUT"
}

# dracut [--kernel] [ARGUMENT...]: without --kernel no kernel's modules are looked at.
dracut() {
	local arguments=(--no-kernel)
	if [ "${1:-}" = --kernel ]; then
		arguments=()
		shift
	fi
	builder_dracut "$OUT" --modules "${MODULES:-base imaboot}" ${arguments[@]+"${arguments[@]}"} "$@"
}

# refused MESSAGE [ARGUMENT...]: dracut fails, makes no image, and says that.
refused() {
	local message=$1
	shift
	if dracut "$@"; then
		vm_fail "$name: dracut succeeds"
	elif [ -e "$BUILDER/image" ]; then
		vm_fail "$name: dracut fails and leaves an image"
	elif grep -q -F -e "dracut: imaboot: $message" "$OUT.log"; then
		vm_pass "$name: $message"
	else
		vm_fail "$name: no message '$message' in: $(grep imaboot "$OUT.log")"
	fi
}

# warned MESSAGE [ARGUMENT...]: there is an image, and the message; "" means that there is none.
warned() {
	local message=$1
	shift
	if ! dracut "$@"; then
		vm_fail "$name: dracut fails: $(tail -n 3 "$OUT.log")"
	elif [ -n "$message" ] && ! grep -q -F -e "dracut: imaboot: $message" "$OUT.log"; then
		vm_fail "$name: no message '$message' in: $(grep imaboot "$OUT.log")"
	else
		vm_pass "$name: an image${message:+, and: $message}"
	fi
}

# said MESSAGE: it was said, too.
said() {
	if grep -q -F -e "dracut: imaboot: $1" "$OUT.log"; then vm_pass "$name: $1"; else vm_fail "$name: no message '$1'"; fi
}

begin good
warned ''

# ---- what imactl finds; all that it may find: tests/shell/imactl-bundle.sh ------------------

begin findings
cp "$PKI/rsa2048.pem" "$BUILDER/etc/keys/ima/signer.pem"
builder_cert /etc/keys/ima expired future
builder_cert /etc/keys/ima/ca p256
echo 'signatrue = auto' > "$BUILDER/etc/imaboot/imaboot.conf"
rm "$BUILDER/etc/imaboot/policy.sig"
refused "/etc/keys/ima/signer.pem is PEM, and the kernel takes DER alone; convert it: openssl x509 -in '/etc/keys/ima/signer.pem' -outform DER -out '/etc/keys/ima/signer.der'"
said "/etc/keys/ima/expired.der is expired; the kernel would take it all the same: renew it, or take it away"
said "/etc/keys/ima/future.der is not valid before 2090-01-01T00:00:00Z; the kernel takes it all the same"
said "/etc/keys/ima/ca/p256.der is not a CA (no CA:TRUE), and in ca/ the kernel would let it vouch for others; a signer's place is /etc/keys/ima"
said "/etc/imaboot/imaboot.conf:1: 'signatrue' is not a key; see imaboot.conf(5)"
said "/etc/imaboot/policy has no signature at /etc/imaboot/policy.sig; sign it: imactl sign --detached --policy --key KEY /etc/imaboot/policy"
said "no image is made; the reasons are above"

begin unwise
builder_cert /etc/keys/ima future
warned "/etc/keys/ima/future.der is not valid before 2090-01-01T00:00:00Z; the kernel takes it all the same"
said "/etc/imaboot/policy.sig is a signature of /etc/keys/ima/rsa2048.der"

# Linux 6.3 brought it; the lab's kernel is 6.1.
begin language
echo 'appraise func=MMAP_CHECK_REQPROT appraise_type=imasig' >> "$BUILDER/etc/imaboot/policy"
"$VM_LIB/sign" "$PKI/rsa2048.key" "$PKI/rsa2048.pem" "$BUILDER/etc/imaboot/policy"
warned ''
refused "/etc/imaboot/policy:12:15: 'MMAP_CHECK_REQPROT' needs Linux 6.3 or newer; this policy is for 6.1 [kernel-version]" --kernel

# ---- neighbours ------------------------------------------------------------------------------

begin integrity
MODULES='base imaboot integrity' refused "dracut's module 'integrity' is in the same image: it loads keys and policy by its own rules; omit it: omit_dracutmodules+=\" integrity \""

reason="/etc/ima/ima-policy must not be in the image: systemd in the initramfs would load it before any key"
mkdir -p "$BUILDER/etc/ima" "$BUILDER/over/etc/ima"
scene_policy "$BUILDER/etc/ima/ima-policy"
begin install-items
refused "install_items has /etc/ima/ima-policy: $reason" --install /etc/ima/ima-policy

cp "$BUILDER/etc/ima/ima-policy" "$BUILDER/over/etc/ima/"
begin include
refused "--include /over brings /etc/ima/ima-policy: $reason" --include /over /

begin include-etc
refused "--include /over/etc brings /etc/ima/ima-policy: $reason" --include /over/etc /etc

begin include-other
warned '' --include /over /opt

# ---- the system ------------------------------------------------------------------------------

begin no-imactl
mv "$BUILDER/usr/bin/imactl" "$BUILDER/imactl"
refused "the program imactl is not here (/usr/bin, /usr/local/bin), which checks what goes in: install it"
begin local-imactl
mkdir -p "$BUILDER/usr/local/bin"
mv "$BUILDER/imactl" "$BUILDER/usr/local/bin/imactl"
warned ''
begin broken-imactl
printf '#!/bin/sh\nexit 9\n' > "$BUILDER/usr/local/bin/imactl"
refused "/usr/local/bin/imactl bundle ended with status 9"

begin no-program
rm "$BUILDER/usr/sbin/imaboot"
refused "the program imaboot is not in the system (/usr/sbin, /usr/local/sbin): install it"
finish
