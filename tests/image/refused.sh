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

dracut() { builder_dracut "$OUT" --modules "${MODULES:-base imaboot}" --no-kernel "$@"; }

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

# ---- certificates ----------------------------------------------------------------------------

begin pem
cp "$PKI/rsa2048.pem" "$BUILDER/etc/keys/ima/signer.pem"
refused "/etc/keys/ima/signer.pem is PEM, and the kernel takes DER alone; convert it: openssl x509 -in '/etc/keys/ima/signer.pem' -outform DER -out '/etc/keys/ima/signer.der'"

begin private-key
cp "$PKI/rsa2048.key" "$BUILDER/etc/keys/ima/signer.key"
openssl pkey -in "$PKI/p256.key" -outform DER -out "$BUILDER/etc/keys/ima/signer2.key"
refused "/etc/keys/ima/signer.key is a private key, which must never be in an image; take it out of there"
said "/etc/keys/ima/signer2.key is a private key, which must never be in an image; take it out of there"

for bad in truncated random empty; do
	begin "$bad"
	builder_cert /etc/keys/ima "bad-$bad"
	refused "/etc/keys/ima/bad-$bad.der is not a certificate in DER"
done

begin trailing
builder_cert /etc/keys/ima bad-trailing
refused "/etc/keys/ima/bad-trailing.der has bytes behind the certificate"

begin expired
builder_cert /etc/keys/ima expired
refused "/etc/keys/ima/expired.der is expired; the kernel would take it all the same: renew it, or take it away"

begin future
builder_cert /etc/keys/ima future
warned "/etc/keys/ima/future.der is not valid before"

begin no-ski
builder_cert /etc/keys/ima no-ski
refused "/etc/keys/ima/no-ski.der has no subjectKeyIdentifier"

for usage in no-ds no-usage; do
	begin "$usage"
	builder_cert /etc/keys/ima "$usage"
	refused "/etc/keys/ima/$usage.der has no key usage digitalSignature"
done

begin ca-among-signers
builder_cert /etc/keys/ima ca2
refused "/etc/keys/ima/ca2.der is a CA; a CA's place is /etc/keys/ima/ca"

begin signer-among-cas
builder_cert /etc/keys/ima/ca p256
refused "/etc/keys/ima/ca/p256.der is not a CA (no CA:TRUE)"

begin link-to-nowhere
ln -s /nowhere "$BUILDER/etc/keys/ima/gone.der"
refused "/etc/keys/ima/gone.der is not a file, or a link to nowhere"

begin folder
mkdir "$BUILDER/etc/keys/ima/old"
warned "the folder /etc/keys/ima/old is left out: no certificates are taken from it"

# ---- configuration ---------------------------------------------------------------------------

begin configuration
printf '%s\n' '# comment' ' require = yse' 'signatrue = auto' 'nonsense' > "$BUILDER/etc/imaboot/imaboot.conf"
refused "/etc/imaboot/imaboot.conf:2: 'yse' is no value of 'require', which takes no|yes"
said "/etc/imaboot/imaboot.conf:3: 'signatrue' is not a key; see imaboot.conf(5)"
said "/etc/imaboot/imaboot.conf:4: 'nonsense' is not of the form key = value"

begin configuration-unreadable
rm "$BUILDER/etc/imaboot/imaboot.conf"
mkdir "$BUILDER/etc/imaboot/imaboot.conf"
refused "/etc/imaboot/imaboot.conf is not a file, or a link to nowhere"

begin configuration-not-checked
mv "$BUILDER/usr/bin/unshare" "$BUILDER/unshare"
warned "/etc/imaboot/imaboot.conf is not checked: the image's program cannot be run here: "
mv "$BUILDER/unshare" "$BUILDER/usr/bin/unshare"

begin required-missing
printf 'root-certificates = no\nrequire-certificates = rsa2048.der other.der\n' > "$BUILDER/etc/imaboot/imaboot.conf"
refused "/etc/imaboot/imaboot.conf requires the certificate other.der: it is not in /etc/keys/ima"

begin required-elsewhere
echo 'require-certificates = rsa2048.der other.der' > "$BUILDER/etc/imaboot/imaboot.conf"
warned "the required certificate other.der is not in /etc/keys/ima"

# ---- policy ----------------------------------------------------------------------------------

begin unsigned
rm "$BUILDER/etc/imaboot/policy.sig"
refused "/etc/imaboot/policy has no signature at /etc/imaboot/policy.sig; sign it: imactl sign --detached"

begin unsigned-allowed
rm "$BUILDER/etc/imaboot/policy.sig"
echo 'signature = optional' > "$BUILDER/etc/imaboot/imaboot.conf"
warned "/etc/imaboot/policy has no signature at /etc/imaboot/policy.sig: a kernel that demands one refuses it"

for signer in rsa4096 p384; do
	begin "signed-by-$signer"
	builder_cert /etc/keys/ima "$signer"
	builder_policy "$signer"
	warned "/etc/imaboot/policy.sig is a signature of /etc/keys/ima/$signer.der"

	begin "signed-by-stranger-to-$signer"
	builder_policy "$signer"
	refused "/etc/imaboot/policy.sig does not verify /etc/imaboot/policy with any certificate in /etc/keys/ima"
done

begin tampered
echo '# more' >> "$BUILDER/etc/imaboot/policy"
refused "/etc/imaboot/policy.sig does not verify /etc/imaboot/policy with any certificate in /etc/keys/ima"

begin no-signature
head -c 300 /dev/zero > "$BUILDER/etc/imaboot/policy.sig"
refused "/etc/imaboot/policy.sig is not a signature of version 2 over a SHA-2 digest"

begin no-signer
rm "$BUILDER/etc/keys/ima/rsa2048.der"
warned "there is no certificate in /etc/keys/ima to verify /etc/imaboot/policy.sig with"
said "there is no certificate in /etc/keys/ima: signers are those of the root, on a kernel with .ima"

if "$BUILD/imaboot" lint --help > /dev/null 2>&1; then
	begin bad-rule
	echo 'appraise func=NONSENSE' >> "$BUILDER/etc/imaboot/policy"
	"$VM_LIB/sign" "$PKI/rsa2048.key" "$PKI/rsa2048.pem" "$BUILDER/etc/imaboot/policy"
	refused "/etc/imaboot/policy has an error: /etc/imaboot/policy:12:"
fi

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

begin no-openssl
mv "$BUILDER/usr/bin/openssl" "$BUILDER/openssl"
builder_cert /etc/keys/ima expired
warned "there is no openssl here: certificates and the policy's signature are not checked"
begin no-openssl-pem
cp "$PKI/rsa2048.pem" "$BUILDER/etc/keys/ima/signer.pem"
refused "/etc/keys/ima/signer.pem is PEM"
mv "$BUILDER/openssl" "$BUILDER/usr/bin/openssl"

begin no-program
rm "$BUILDER/usr/sbin/imaboot"
refused "the program imaboot is not in the system (/usr/sbin, /usr/local/sbin): install it"
finish
