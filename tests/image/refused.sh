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
	rm -rf "$OUT" "$BUILDER/usr/lib/dracut/modules.d/40lab"
}

# dracut [--kernel] [ARGUMENT...]: without --kernel no kernel's modules are looked at.
dracut() {
	local arguments=(--no-kernel)
	if [ "${1:-}" = --kernel ]; then
		arguments=()
		shift
	fi
	builder_dracut "$OUT" --modules "${MODULES:-imaboot}" ${arguments[@]+"${arguments[@]}"} "$@"
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

# ---- what imactl finds: all of it in one go; more of each kind: tests/shell/imactl-bundle.sh --

remake="issue it again"
begin findings
cp "$PKI/rsa2048.pem" "$BUILDER/etc/keys/ima/signer.pem"
cp "$PKI/rsa2048.key" "$BUILDER/etc/keys/ima/signer.key"
builder_cert /etc/keys/ima expired future bad-truncated bad-trailing bad-empty no-ski no-ds no-usage ca2
builder_cert /etc/keys/ima/ca p256
builder_policy rsa4096 stage0
id=$(od -An -tx1 -j 3 -N 4 "$BUILDER/etc/imaboot/stage0.sig" | tr -d ' \n')
echo 'appraise func=NONSENSE' >> "$BUILDER/etc/imaboot/policy"
printf '%s\n' 'signatrue = auto' 'recovery-password = secret' 'root-certificates = no' 'require-certificates = other.der' \
	> "$BUILDER/etc/imaboot/imaboot.conf"
refused "/etc/keys/ima/signer.pem is PEM, and the kernel takes DER alone; convert it: openssl x509 -in '/etc/keys/ima/signer.pem' -outform DER -out '/etc/keys/ima/signer.der'"
said "/etc/keys/ima/signer.key is a private key, which must never be in an image; take it out of there"
said "/etc/keys/ima/expired.der is expired; the kernel would take it all the same: renew it, or take it away"
said "/etc/keys/ima/future.der is not valid before 2090-01-01T00:00:00Z; the kernel takes it all the same"
said "/etc/keys/ima/bad-truncated.der is not a certificate in DER; put one in its place, or remove it"
said "/etc/keys/ima/bad-trailing.der has bytes behind the certificate; write it again: openssl x509 -inform DER -in '/etc/keys/ima/bad-trailing.der' -outform DER -out NEW"
said "/etc/keys/ima/bad-empty.der is empty; put the right file in its place, or remove it"
said "/etc/keys/ima/no-ski.der has no subjectKeyIdentifier, by which signatures and certificates name its key; $remake with subjectKeyIdentifier=hash"
said "/etc/keys/ima/no-ds.der has no key usage digitalSignature; newer kernels refuse it: $remake with it"
said "/etc/keys/ima/no-usage.der has no key usage digitalSignature; newer kernels refuse it: $remake with it"
said "/etc/keys/ima/ca2.der is a CA; a CA's place is /etc/keys/ima/ca, and files are signed with a certificate that is none"
said "/etc/keys/ima/ca/p256.der is not a CA (no CA:TRUE), and in ca/ the kernel would let it vouch for others; a signer's place is /etc/keys/ima"
said "/etc/imaboot/imaboot.conf:1: 'signatrue' is not a key; see imaboot.conf(5)"
said "/etc/imaboot/imaboot.conf:2: the value of 'recovery-password' is no hash of crypt(5) that is taken here; make one: mkpasswd -m yescrypt"
said "/etc/imaboot/imaboot.conf requires the certificate other.der: it is not in /etc/keys/ima"
said "/etc/imaboot/policy:12:15: func= cannot be 'NONSENSE'"
said "/etc/imaboot/policy.sig does not verify /etc/imaboot/policy: the policy was changed after it was signed; sign again: imactl sign --detached --policy --key KEY /etc/imaboot/policy"
said "/etc/imaboot/stage0.sig is of the key $id, and no certificate in /etc/keys/ima has it; put the signer's certificate there"
said "no image is made; the reasons are above"

begin unsigned
rm "$BUILDER/etc/imaboot/policy.sig"
refused "/etc/imaboot/policy has no signature at /etc/imaboot/policy.sig; sign it: imactl sign --detached --policy --key KEY /etc/imaboot/policy"

begin unwise
builder_cert /etc/keys/ima future p521
mkdir "$BUILDER/etc/keys/ima/old"
builder_policy '' stage0
printf '%s\n' 'signature = optional' 'require-certificates = other.der' > "$BUILDER/etc/imaboot/imaboot.conf"
warned "/etc/keys/ima/future.der is not valid before 2090-01-01T00:00:00Z; the kernel takes it all the same"
said "/etc/keys/ima/p521.der: its key (EC secp521r1) or its signature (sha256WithRSAEncryption) is of a kind that only newer kernels have, or none"
said "the folder /etc/keys/ima/old is left out: no certificates are taken from it"
said "the required certificate other.der is not in /etc/keys/ima: the boot fails unless the root has it and the kernel has .ima"
said "/etc/imaboot/stage0 has no signature at /etc/imaboot/stage0.sig: a kernel that demands one refuses it"
said "/etc/imaboot/policy.sig is a signature of /etc/keys/ima/rsa2048.der"

# Linux 6.3 brought it; the lab's kernel is 6.1.
begin language
echo 'appraise func=MMAP_CHECK_REQPROT appraise_type=imasig' >> "$BUILDER/etc/imaboot/policy"
"$VM_LIB/sign" "$PKI/rsa2048.key" "$PKI/rsa2048.pem" "$BUILDER/etc/imaboot/policy"
warned ''
refused "/etc/imaboot/policy:12:15: 'MMAP_CHECK_REQPROT' needs Linux 6.3 or newer; this policy is for 6.1 [kernel-version]" --kernel

# ---- neighbours ------------------------------------------------------------------------------

begin integrity
MODULES='imaboot integrity' refused "dracut's module 'integrity' is in the same image: it loads keys and policy by its own rules; omit it: omit_dracutmodules+=\" integrity \""

reason="/etc/ima/ima-policy must not be in the image: systemd in the initramfs would load it before any key"
mkdir -p "$BUILDER/etc/ima" "$BUILDER/over/etc/ima"
scene_policy "$BUILDER/etc/ima/ima-policy"
begin install-items
refused "install_items has /etc/ima/ima-policy: $reason" --install /etc/ima/ima-policy
echo 'install_items+=" /etc/hostname  /etc/ima/ima-policy "' > "$BUILDER/etc/dracut.conf.d/lab.conf"
begin install-items-of-a-file
refused "install_items has /etc/ima/ima-policy: $reason"
echo 'install_optional_items+=" /etc/ima/ima-policy "' > "$BUILDER/etc/dracut.conf.d/lab.conf"
begin install-optional-items
refused "install_items has /etc/ima/ima-policy: $reason"
rm "$BUILDER/etc/dracut.conf.d/lab.conf"

cp "$BUILDER/etc/ima/ima-policy" "$BUILDER/over/etc/ima/"
begin include
refused "--include /over brings /etc/ima/ima-policy: $reason" --include /over /

begin include-etc
refused "--include /over/etc brings /etc/ima/ima-policy: $reason" --include /over/etc /etc

begin include-other
warned '' --include /over /opt

# A module that comes before ours; standard input is its install(). What it put into the image is not replaced.
module() {
	local dir=$BUILDER/usr/lib/dracut/modules.d/40lab
	mkdir -p "$dir"
	{ printf '#!/bin/bash\ninstall() {\n'; cat; echo '}'; } > "$dir/module-setup.sh"
	chmod 755 "$dir/module-setup.sh"
}
begin other-module
# shellcheck disable=SC2016 # for the module
module <<< 'inst_simple /etc/ima/ima-policy
	for lab in sbin/imaboot lib/imaboot/recovery lib/imaboot/busybox; do inst_simple /etc/hostname "/usr/$lab"; done'
MODULES='lab imaboot' refused "/etc/ima/ima-policy is in the image, and must not be: systemd in the initramfs would load it before any key, and freeze where it is refused"
taken='of the image, or another module has put its own there'
said "the program /usr/sbin/imaboot cannot be copied to /usr/sbin/imaboot $taken"
said "the program /usr/lib/imaboot/recovery cannot be copied to /usr/lib/imaboot/recovery $taken"

begin other-hook
# shellcheck disable=SC2016 # for the module
module <<< ': > "$initdir/lib/dracut/hooks/pre-pivot/95-imaboot-pre-pivot.sh"'
MODULES='lab imaboot' refused "the hook 95-imaboot-pre-pivot.sh of the image is not the module's own: another module has put its own there"

# systemd runs no hooks by itself.
begin systemd-alone
echo 'omit_dracutmodules+=" dracut-systemd "' > "$BUILDER/etc/dracut.conf.d/lab.conf"
MODULES='base systemd systemd-initrd imaboot' refused "dracut's module 'systemd' is in the image without 'dracut-systemd', which runs the hook: add it: add_dracutmodules+=\" dracut-systemd \", or omit systemd"
rm "$BUILDER/etc/dracut.conf.d/lab.conf"
begin systemd
MODULES='base systemd systemd-initrd imaboot' warned ''
if grep -q 'dracut-pre-pivot.service$' <<< "$(cpio -it --quiet < "$OUT")"; then vm_pass "$name: dracut-systemd comes along"; else vm_fail "$name: no dracut-pre-pivot.service"; fi

# A module that comes after ours, and brings a policy in one way or another: the image's systemd finds none.
later() {
	local dir=$BUILDER/usr/lib/dracut/modules.d/60later
	mkdir -p "$dir"
	{ printf '#!/bin/bash\ninstall() {\n'; cat; echo '}'; } > "$dir/module-setup.sh"
	chmod 755 "$dir/module-setup.sh"
}
# shellcheck disable=SC2016 # for the module
for way in 'inst_simple /etc/ima/ima-policy' 'inst_multiple /etc/ima/ima-policy' 'inst /etc/ima/ima-policy' \
	'mkdir -p "$initdir/etc/ima"; cat /etc/ima/ima-policy > "$initdir/etc/ima/ima-policy"' \
	'mkdir -p "$initdir/etc/ima"; cp /etc/ima/ima-policy "$initdir/etc/ima/"'; do
	begin "later: $way"
	later <<< "$way"
	MODULES='imaboot later' dracut || true
	rm -rf "$CACHE/later" && mkdir "$CACHE/later"
	if [ ! -e "$OUT" ]; then
		vm_pass "$name: no image"
	elif (cd "$CACHE/later" && cpio -id --quiet --no-absolute-filenames < "$OUT" 2> /dev/null; [ -e sbin/imaboot ] && [ ! -e etc/ima/ima-policy ]); then
		vm_pass "$name: no policy"
	else
		vm_fail "$name: $(ls -lR "$CACHE/later/etc/ima"; cat "$CACHE/later/etc/ima/ima-policy"; tail -n 3 "$OUT.log")"
	fi
done
rm -r "$BUILDER/usr/lib/dracut/modules.d/60later"

# ---- the recovery ----------------------------------------------------------------------------

# gone PATH...: those files of the system are away while the test lasts; back brings them back.
gone() { for file; do mv "$BUILDER$file" "$BUILDER$file.gone"; done; }
back() { for file; do mv "$BUILDER$file.gone" "$BUILDER$file"; done; }
password() { echo "recovery-password = $1" > "$BUILDER/etc/imaboot/imaboot.conf"; }

needs='/etc/imaboot/imaboot.conf says on-failure = recovery, which needs busybox and /usr/lib/imaboot/recovery: one of them is missing'
for file in /usr/bin/busybox /usr/lib/imaboot/recovery; do
	begin "no-${file##*/}"
	gone "$file"
	warned "the image has no recovery environment (busybox or /usr/lib/imaboot/recovery is missing): a boot that fails stops the machine"
	echo 'on-failure = recovery' > "$BUILDER/etc/imaboot/imaboot.conf"
	refused "$needs"
	back "$file"
done

begin password
password "$(openssl passwd -6 secret)"
warned ''
gone /usr/lib/imaboot/imaboot-auth
refused '/etc/imaboot/imaboot.conf has a recovery-password, and imaboot-auth, which checks it, is missing'
back /usr/lib/imaboot/imaboot-auth
begin password-hash
# shellcheck disable=SC2016 # a hash of a kind that is known, at a cost that is none
password '$2b$99$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234'
refused '/etc/imaboot/imaboot.conf: the recovery-password is a hash that imaboot-auth does not know; make one: mkpasswd -m yescrypt'

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
