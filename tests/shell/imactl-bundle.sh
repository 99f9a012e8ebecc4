#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# imactl bundle: what goes into an image, each reason to make none, each warning; the archive's bytes; the summary of the
# certificates. dracut's module says the same, since it asks imactl; see tests/image.
# shellcheck source=tests/lib/imactl.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib/imactl.sh"
. "$top/tests/lib/scene.sh"

root=$scratch/root
cert() { # FOLDER NAME...
	local folder=$1 name
	shift
	mkdir -p "$root$folder"
	for name; do cp "$PKI/$name.der" "$root$folder/"; done
}

policy() { # SIGNER [NAME]
	scene_policy "$root/etc/imaboot/${2:-policy}"
	[ -z "$1" ] || "$top/tests/lib/sign" "$PKI/$1.key" "$PKI/$1.pem" "$root/etc/imaboot/${2:-policy}"
}

conf() { printf '%s\n' "$@" > "$root/etc/imaboot/imaboot.conf"; }

# begin NAME: a system that is fit for an image.
begin() {
	name=$1
	rm -rf "$root"
	mkdir -p "$root"/usr/sbin "$root"/usr/lib/dracut/modules.d/50imaboot "$root"/etc/imaboot
	cp "$build/imaboot" "$root/usr/sbin/"
	cp "$top"/dracut-module/50imaboot/imaboot-* "$root/usr/lib/dracut/modules.d/50imaboot/"
	cert /etc/keys/ima rsa2048
	cert /etc/keys/ima/ca ca
	policy rsa2048
	conf 'require = yes'
}

# shellcheck disable=SC2317 # called by says
bundle() { imactl bundle --root "$root" "$@"; }
refused() { # LINE [OPTION...]
	local line=$1
	shift
	says "$name: refused: $line" 1 "imactl: $line" bundle --check "$@"
}
warned() { # LINE [OPTION...]
	local line=$1
	shift
	says "$name: warning: $line" 0 "imactl: warning: $line" bundle --check "$@"
}
also() {
	if grep -qxF -e "imactl: $1" <<< "$output"; then pass "$name: also: $1"; else fail "$name: not also: $1" "$output"; fi
}

begin good
good "$name" bundle --check
same "$name: what is said" "$(grep -v -e 'warning: /etc/imaboot/policy:' -e 'no recovery environment' <<< "$output")" \
	'imactl: note: /etc/imaboot/policy.sig is a signature of /etc/keys/ima/rsa2048.der'
says 'no target' 2 'imactl: bundle: a target is missing; give one of --out, --tree and --check' bundle
says 'two targets' 2 'imactl: bundle: there is more than one target; give one of --out, --tree and --check' bundle --check --out x
says 'no root' 1 'imactl: /nowhere: cannot be opened: No such file or directory; name the folder of a system' \
	imactl bundle --check --root /nowhere
says 'a wrong date' 2 "imactl: bundle: SOURCE_DATE_EPOCH is 'now'; set it to seconds since 1970, or not at all" \
	env SOURCE_DATE_EPOCH=now "$build/imactl" bundle --check --root "$root"

# ---- certificates --------------------------------------------------------------------------------

begin pem
cp "$PKI/rsa2048.pem" "$root/etc/keys/ima/signer.pem"
refused "/etc/keys/ima/signer.pem is PEM, and the kernel takes DER alone; convert it: openssl x509 -in '/etc/keys/ima/signer.pem' -outform DER -out '/etc/keys/ima/signer.der'"

begin private-key
cp "$PKI/rsa2048.key" "$root/etc/keys/ima/signer.key"
openssl pkey -in "$PKI/p256.key" -outform DER -out "$root/etc/keys/ima/signer2.key"
refused "/etc/keys/ima/signer.key is a private key, which must never be in an image; take it out of there"
also "/etc/keys/ima/signer2.key is a private key, which must never be in an image; take it out of there"

for file in signer.key imaboot.conf policy; do
	begin "private-key-as-$file"
	openssl pkey -in "$PKI/p256.key" -out "$root/etc/imaboot/$file"
	refused "/etc/imaboot/$file is a private key, which must never be in an image; take it out of there"
	bad "$name: it is not written" bundle --out "$scratch/none.cpio"
done

begin password
# shellcheck disable=SC2016 # a hash
conf 'recovery-password = $6$abc$def'
mkdir -p "$root/usr/lib/imaboot" "$root/usr/bin"
cp "$build/imaboot-auth" "$root/usr/lib/imaboot/"
good "$name: into a folder" bundle --tree "$scratch/password"
same 'whose configuration is for root alone' "$(stat -c %a "$scratch/password/etc/imaboot/imaboot.conf")" 600
begin no-password
good "$name: into a folder" bundle --tree "$scratch/password"
same 'whose configuration is for all' "$(stat -c %a "$scratch/password/etc/imaboot/imaboot.conf")" 644

begin evm
anyway='the boot fails unless the root has it'
conf 'evm = x509' 'require = yes'
warned "/etc/imaboot/imaboot.conf says evm = x509, and there is no certificate in /etc/keys/evm: $anyway"
conf 'evm = x509'
warned '/etc/imaboot/imaboot.conf says evm = x509, and there is no certificate in /etc/keys/evm: EVM is not activated unless the root has it'
conf 'evm = x509' 'require = yes' 'root-certificates = no'
refused '/etc/imaboot/imaboot.conf says evm = x509, and there is no certificate in /etc/keys/evm'
cert /etc/keys/evm rsa2048
silent "$name: one that is there" 0 'says evm' bundle --check
conf 'evm = both' 'require = yes'
warned "/etc/imaboot/imaboot.conf says evm = hmac, and there is no key at /etc/keys/evm-trusted.blob: $anyway"
also "warning: /etc/imaboot/imaboot.conf says evm = hmac, and there is no master key at /etc/keys/kmk-trusted.blob: $anyway"
touch "$root/etc/keys/evm-trusted.blob" "$root/etc/keys/kmk-user.blob"
silent "$name: keys that are there" 0 'says evm' bundle --check

for bad in truncated random; do
	begin "$bad"
	cert /etc/keys/ima "bad-$bad"
	refused "/etc/keys/ima/bad-$bad.der is not a certificate in DER; put one in its place, or remove it"
done
begin empty
cert /etc/keys/ima bad-empty
refused '/etc/keys/ima/bad-empty.der is empty; put the right file in its place, or remove it'

begin trailing
cert /etc/keys/ima bad-trailing
refused "/etc/keys/ima/bad-trailing.der has bytes behind the certificate; write it again: openssl x509 -inform DER -in '/etc/keys/ima/bad-trailing.der' -outform DER -out NEW"

for folder in ima evm; do
	begin "expired-$folder"
	cert /etc/keys/$folder expired
	refused "/etc/keys/$folder/expired.der is expired; the kernel would take it all the same: renew it, or take it away"
done

begin future
cert /etc/keys/ima future
warned '/etc/keys/ima/future.der is not valid before 2090-01-01T00:00:00Z; the kernel takes it all the same'

begin no-ski
cert /etc/keys/ima no-ski
refused '/etc/keys/ima/no-ski.der has no subjectKeyIdentifier, by which signatures and certificates name its key; issue it again with subjectKeyIdentifier=hash'

for usage in no-ds no-usage; do
	begin "$usage"
	cert /etc/keys/ima "$usage"
	refused "/etc/keys/ima/$usage.der has no key usage digitalSignature; newer kernels refuse it: issue it again with it"
done

for place in ima evm; do
	begin "ca-among-signers-$place"
	cert /etc/keys/$place ca2 is-ca
	refused "/etc/keys/$place/ca2.der is a CA; a CA's place is /etc/keys/ima/ca, and files are signed with a certificate that is none"
	also "/etc/keys/$place/is-ca.der is a CA; a CA's place is /etc/keys/ima/ca, and files are signed with a certificate that is none"
done

begin signer-among-cas
cert /etc/keys/ima/ca p256
refused "/etc/keys/ima/ca/p256.der is not a CA (no CA:TRUE), and in ca/ the kernel would let it vouch for others; a signer's place is /etc/keys/ima"

begin ca-without-usage
openssl req -new -x509 -key "$PKI/p256.key" -subj /CN=odd -days 9 -outform DER -addext keyUsage=digitalSignature \
	-out "$root/etc/keys/ima/ca/odd.der" 2> /dev/null
refused '/etc/keys/ima/ca/odd.der is a CA without the key usage keyCertSign; issue it again with it'

begin new-algorithms
cert /etc/keys/ima p521 sha3
warned '/etc/keys/ima/p521.der: its key (EC secp521r1) or its signature (sha256WithRSAEncryption) is of a kind that only newer kernels have, or none'
also 'warning: /etc/keys/ima/sha3.der: its key (P-256) or its signature (RSA-SHA3-256) is of a kind that only newer kernels have, or none'

begin weak
openssl req -new -x509 -newkey rsa:1024 -nodes -keyout weak.key -subj /CN=weak -days 9 -outform DER \
	-addext basicConstraints=critical,CA:FALSE -addext keyUsage=digitalSignature -out "$root/etc/keys/ima/weak.der" 2> /dev/null
warned '/etc/keys/ima/weak.der: its key is RSA-1024, which can be broken; use RSA-2048 or larger'

begin link
ln -s nowhere.der "$root/etc/keys/ima/gone.der"
cp "$PKI/p256.der" "$scratch/outside.der"
ln -s "$scratch/outside.der" "$root/etc/keys/ima/out.der"
refused "/etc/keys/ima/gone.der is a symbolic link to 'nowhere.der', and inside the root '$root' there is no such file (links are never followed out of it); put the file itself here, or correct the link"
also "/etc/keys/ima/out.der is a symbolic link to '$scratch/outside.der', and inside the root '$root' there is no such file (links are never followed out of it); put the file itself here, or correct the link"

begin fifo
mkfifo "$root/etc/keys/ima/fifo"
refused '/etc/keys/ima/fifo is a FIFO, not a regular file; remove it, or put a regular file in its place'

begin folder
mkdir "$root/etc/keys/ima/old"
warned 'the folder /etc/keys/ima/old is left out: no certificates are taken from it'

begin not-a-folder
rm -r "$root/etc/keys/ima/ca"
cp "$PKI/ca.der" "$root/etc/keys/ima/ca"
refused '/etc/keys/ima/ca cannot be listed: Not a directory; make it a folder of certificates, or remove it'

# ---- configuration -------------------------------------------------------------------------------

begin configuration
conf '# comment' ' require = yse' 'signatrue = auto' 'nonsense'
refused "/etc/imaboot/imaboot.conf:2: 'yse' is no value of 'require', which takes no|yes"
also "/etc/imaboot/imaboot.conf:3: 'signatrue' is not a key; see imaboot.conf(5)"
also "/etc/imaboot/imaboot.conf:4: 'nonsense' is not of the form key = value"

begin configuration-folder
rm "$root/etc/imaboot/imaboot.conf"
mkdir "$root/etc/imaboot/imaboot.conf"
refused '/etc/imaboot/imaboot.conf is a folder, not a file; take it away'

begin summary-by-hand
echo mine > "$root/etc/imaboot/certificates"
refused '/etc/imaboot/certificates is made anew for each image; take it away'

begin many-files
(cd "$root/etc/imaboot" && seq -f 'f%g' 1001 | xargs touch)
refused '/etc/imaboot cannot be listed: Argument list too long; make it a folder of a few files'

begin required-missing
conf 'root-certificates = no' 'require-certificates = rsa2048.der ca.der other.der'
refused '/etc/imaboot/imaboot.conf requires the certificate other.der: it is not in /etc/keys/ima'
same "$name: no more than that" "$(grep -c requires <<< "$output")" 1

begin required-elsewhere
conf 'require-certificates = rsa2048.der other.der'
warned 'the required certificate other.der is not in /etc/keys/ima: the boot fails unless the root has it and the kernel has .ima'

# ---- policies ------------------------------------------------------------------------------------

for file in policy stage0; do
	begin "unsigned-$file"
	rm "$root/etc/imaboot/policy.sig"
	policy rsa2048
	policy '' $file
	rm -f "$root/etc/imaboot/$file.sig"
	refused "/etc/imaboot/$file has no signature at /etc/imaboot/$file.sig; sign it: imactl sign --detached --policy --key KEY /etc/imaboot/$file"
	conf 'signature = optional'
	warned "/etc/imaboot/$file has no signature at /etc/imaboot/$file.sig: a kernel that demands one refuses it"
done

begin no-policy
rm "$root"/etc/imaboot/policy*
says "$name" 0 'imactl: note: the image has no policy of its own: there is none at /etc/imaboot/policy' bundle --check

begin signature-alone
rm "$root/etc/imaboot/policy"
warned '/etc/imaboot/policy.sig is there without /etc/imaboot/policy'

for signer in rsa4096 p384; do
	begin "signed-by-$signer"
	policy "$signer"
	id=$(od -An -tx1 -j 3 -N 4 "$root/etc/imaboot/policy.sig" | tr -d ' \n')
	refused "/etc/imaboot/policy.sig is of the key $id, and no certificate in /etc/keys/ima has it; put the signer's certificate there"
	cert /etc/keys/ima "$signer"
	says "$name, which is there" 0 "imactl: note: /etc/imaboot/policy.sig is a signature of /etc/keys/ima/$signer.der" bundle --check
done

begin tampered
echo '# more' >> "$root/etc/imaboot/policy"
refused '/etc/imaboot/policy.sig does not verify /etc/imaboot/policy: the policy was changed after it was signed; sign again: imactl sign --detached --policy --key KEY /etc/imaboot/policy'

begin no-signature
head -c 300 /dev/zero > "$root/etc/imaboot/policy.sig"
refused '/etc/imaboot/policy.sig is not a signature of version 2 over a SHA-2 digest; sign again: imactl sign --detached --policy --key KEY /etc/imaboot/policy'

begin sha1
"$top/tests/lib/sign" "$PKI/rsa2048.key" "$PKI/rsa2048.pem" "$root/etc/imaboot/policy" sha1
refused '/etc/imaboot/policy.sig is a signature over SHA-1, of which collisions can be made; sign again: imactl sign --detached --policy --key KEY /etc/imaboot/policy, or set allow-sha1 = yes in /etc/imaboot/imaboot.conf'
conf 'allow-sha1 = yes'
warned '/etc/imaboot/policy.sig is a signature over SHA-1, of which collisions can be made'
also 'note: /etc/imaboot/policy.sig is a signature of /etc/keys/ima/rsa2048.der'

begin no-signer
rm "$root/etc/keys/ima/rsa2048.der"
warned 'there is no certificate in /etc/keys/ima to verify /etc/imaboot/policy.sig with'
also 'warning: there is no certificate in /etc/keys/ima: signers are those of the root, on a kernel with .ima'

begin language
printf 'appraise func=NONSENSE\n' >> "$root/etc/imaboot/policy"
"$top/tests/lib/sign" "$PKI/rsa2048.key" "$PKI/rsa2048.pem" "$root/etc/imaboot/policy"
bad "$name: a rule that no kernel takes" bundle --check
also "$(imactl lint "$root/etc/imaboot/policy" 2>&1 | sed -n "s|^$root\(.*\): error: \(.*\)|\1: \2|p")"

begin language-of-a-kernel
printf 'appraise func=MMAP_CHECK_REQPROT appraise_type=imasig\n' >> "$root/etc/imaboot/policy"
"$top/tests/lib/sign" "$PKI/rsa2048.key" "$PKI/rsa2048.pem" "$root/etc/imaboot/policy"
good "$name: a newer one takes it" bundle --check --kernel 6.12
bad "$name: an older one does not" bundle --check --kernel 6.1
says "$name: no kernel" 2 "imactl: --kernel: 'lab' is not a version; give one such as 6.1" bundle --check --kernel lab

begin unwise
printf 'dont_appraise func=POLICY_CHECK\n' | cat - "$root/etc/imaboot/policy" > p && mv p "$root/etc/imaboot/policy"
"$top/tests/lib/sign" "$PKI/rsa2048.key" "$PKI/rsa2048.pem" "$root/etc/imaboot/policy"
good "$name" bundle --check
also "$(imactl lint "$root/etc/imaboot/policy" 2>&1 | sed -n "s|^$root\(.*\): warning: \(.*\)|warning: \1: \2|p" | head -n 1)"

# ---- the archive ---------------------------------------------------------------------------------

begin no-program
rm "$root/usr/sbin/imaboot" "$root"/usr/lib/dracut/modules.d/50imaboot/*
refused 'the program imaboot is not in the system (/usr/sbin, /usr/local/sbin): install it'
for file in imaboot-pre-pivot.sh imaboot-alone.sh imaboot-emergency.sh imaboot-gate.conf imaboot-pre-pivot.conf; do
	also "a file of dracut's module is not in the system (/usr/lib/dracut/modules.d/50imaboot/$file): install imaboot there"
done
bad "$name: no archive is made" bundle --out nothing
bad "$name: and none is there" test -e nothing

begin no-recovery
warned 'the image has no recovery environment, and a boot that fails stops the machine: /usr/lib/imaboot/recovery is not in the system'
conf 'on-failure = recovery'
refused '/etc/imaboot/imaboot.conf says on-failure = recovery, and /usr/lib/imaboot/recovery is not in the system: install it'
mkdir -p "$root/usr/lib/imaboot" "$root/usr/bin"
echo '#!/bin/sh' > "$root/usr/lib/imaboot/recovery"
refused '/etc/imaboot/imaboot.conf says on-failure = recovery, and busybox is not in the system: install it'
for file in /bin/sh "$top/Makefile"; do
	cp "$file" "$root/usr/bin/busybox"
	refused '/etc/imaboot/imaboot.conf says on-failure = recovery, and busybox is not a static program: install it'
done
cp "$(command -v busybox)" "$root/usr/bin/busybox"
good "$name: it is there" bundle --check
# shellcheck disable=SC2016 # a hash
conf 'recovery-password = $y$j9T$F5Jx5fExrKuPp53xLKQ..1$X3DX6M94c7o.9agCG9G317fhZg9SqC.5i5rd.RhAtQ7'
refused '/etc/imaboot/imaboot.conf has a recovery-password, and imaboot-auth, which checks it, is missing: install it'

begin archive
mkdir -p "$root/usr/local/lib/imaboot" "$root/usr/bin"
echo recovery > "$root/usr/local/lib/imaboot/recovery"
cp "$build/imaboot-auth" "$root/usr/local/lib/imaboot/"
cp "$(command -v busybox)" "$root/usr/bin/busybox"
cert /etc/keys/evm p256
policy rsa2048 stage0
# shellcheck disable=SC2016 # a hash
conf 'recovery-password = $y$j9T$F5Jx5fExrKuPp53xLKQ..1$X3DX6M94c7o.9agCG9G317fhZg9SqC.5i5rd.RhAtQ7'
good "$name" bundle --out packed
good "$name, not packed" bundle --out plain --no-compress
says "$name: a file is not replaced" 1 'imactl: packed: is there already, and nothing is overwritten; name another file, or use --force' bundle --out packed
good "$name: but on request" bundle --out packed --force
same "$name: gzip or not" "$(gunzip < packed | sha256sum)" "$(sha256sum < plain)"
same "$name: mode" "$(stat -c %a packed)" 600
same "$name: entries" "$(cpio -tv --quiet < plain 2>&1 | awk '{ print $1, $3, $4, $NF }')" 'drwxr-xr-x root root etc/ima
lrwxrwxrwx root root ../imaboot/not-in-the-image/ima-policy
drwxr-xr-x root root etc/imaboot
-rw-r--r-- root root etc/imaboot/certificates
-rw------- root root etc/imaboot/imaboot.conf
-rw-r--r-- root root etc/imaboot/policy
-rw-r--r-- root root etc/imaboot/policy.sig
-rw-r--r-- root root etc/imaboot/stage0
-rw-r--r-- root root etc/imaboot/stage0.sig
drwxr-xr-x root root etc/keys
drwxr-xr-x root root etc/keys/evm
-rw-r--r-- root root etc/keys/evm/p256.der
drwxr-xr-x root root etc/keys/ima
drwxr-xr-x root root etc/keys/ima/ca
-rw-r--r-- root root etc/keys/ima/ca/ca.der
-rw-r--r-- root root etc/keys/ima/rsa2048.der
drwxr-xr-x root root usr/lib/dracut/hooks/emergency
-rwxr-xr-x root root usr/lib/dracut/hooks/emergency/00-imaboot-emergency.sh
drwxr-xr-x root root usr/lib/dracut/hooks/pre-pivot
-rwxr-xr-x root root usr/lib/dracut/hooks/pre-pivot/00-imaboot-alone.sh
-rwxr-xr-x root root usr/lib/dracut/hooks/pre-pivot/95-imaboot-pre-pivot.sh
drwxr-xr-x root root usr/lib/imaboot
-rwxr-xr-x root root usr/lib/imaboot/busybox
-rwxr-xr-x root root usr/lib/imaboot/imaboot-auth
-rwxr-xr-x root root usr/lib/imaboot/recovery
drwxr-xr-x root root usr/lib/systemd/system/dracut-pre-pivot.service.d
-rw-r--r-- root root usr/lib/systemd/system/dracut-pre-pivot.service.d/50-imaboot.conf
drwxr-xr-x root root usr/lib/systemd/system/initrd-switch-root.service.d
-rw-r--r-- root root usr/lib/systemd/system/initrd-switch-root.service.d/50-imaboot.conf
-rwxr-xr-x root root usr/sbin/imaboot'
mkdir x
(cd x && mkdir -p usr/lib/dracut/hooks usr/lib/systemd/system usr/sbin etc && cpio -im --quiet < ../plain)
same "$name: no policy for the image's systemd" "$(readlink x/etc/ima/ima-policy; [ -e x/etc/ima/ima-policy ] || echo nowhere)" \
	$'../imaboot/not-in-the-image/ima-policy\nnowhere'
for file in etc/imaboot/policy etc/keys/ima/rsa2048.der etc/keys/ima/ca/ca.der usr/sbin/imaboot; do
	same "$name: bytes of $file" "$(sha256sum < "x/$file")" "$(sha256sum < "$root/$file")"
done
same "$name: dates" "$(find x -type f -printf '%Ts\n' | sort -u)" 0
touch "$root/etc/imaboot/policy"
cp -a "$root" "$scratch/copy"
good "$name: again, of a copy" imactl bundle --root "$scratch/copy" --out again
good "$name: the same bytes" cmp packed again
SOURCE_DATE_EPOCH=1000000000 good "$name: with a date" bundle --out dated --no-compress
same "$name: it is in each entry" "$(cpio -tv --quiet < dated | grep -c 'Sep  9  2001')" 30
good "$name: into a folder" bundle --tree tree
same "$name: the same without the programs" "$(cd tree && find . -type f | sort)" "$(cd x && find . -type f ! -path './usr/*' | sort)"
good "$name: over it once more" bundle --tree tree
mkdir tree/etc/ima
ln -s nowhere tree/etc/ima/ima-policy
says "$name: a policy for systemd is there" 1 'imactl: /etc/ima/ima-policy is in the image, and must not be: systemd in the initramfs would load it before any key, and freeze where it is refused; put it at /etc/imaboot/policy, with its signature at /etc/imaboot/policy.sig' bundle --tree tree

# ---- the summary ---------------------------------------------------------------------------------

facts() { openssl x509 -inform DER -in "$PKI/$1.der" -noout "${@:2}" -nameopt oneline,-space_eq | sed 's/^[^=]*=//'; }
id() { openssl x509 -inform DER -in "$PKI/$1.der" -noout -ext "$2" | sed -n 2p | tr -d ' :' | sed 's/keyid//' | tr A-F a-f; }
date_of() { date -u -d "$(facts "$1" "$2")" +%Y-%m-%dT%H:%M:%SZ; }
wanted=$(
	echo 'imaboot certificates 1'
	while read -r path file; do
		printf '%s\n' "path $path" "sha256 $(sha256sum < "$PKI/$file.der" | cut -c1-64)" "subject $(facts "$file" -subject)" \
			"issuer $(facts "$file" -issuer)" "key-id $(id "$file" subjectKeyIdentifier)" \
			"issuer-key-id $(id "$file" authorityKeyIdentifier | grep . || echo -)" \
			"not-before $(date_of "$file" -startdate)" "not-after $(date_of "$file" -enddate)"
	done <<-'END'
		/etc/keys/ima/ca/ca.der ca
		/etc/keys/ima/rsa2048.der rsa2048
		/etc/keys/evm/p256.der p256
	END
)
same 'the summary of the certificates' "$(cat x/etc/imaboot/certificates)" "$wanted"

begin odd-name
openssl req -new -x509 -key "$PKI/p256.key" -subj $'/CN=odd\n\x1b[31m name' -days 9 -outform DER -addext basicConstraints=CA:FALSE \
	-addext keyUsage=digitalSignature -out "$root/etc/keys/ima/odd.der" 2> /dev/null
good "$name" bundle --tree odd-tree
same "$name: stays on its line" "$(grep -c '' odd-tree/etc/imaboot/certificates)" 25

# ---- programs that would not run -----------------------------------------------------------------

broken='of the system is not a whole static program, and an image has no libraries for it; install imaboot anew'
for kind in script empty truncated dynamic; do
	begin "program-$kind"
	case $kind in
	script) printf '#!/bin/sh\n' > "$root/usr/sbin/imaboot" ;;
	empty) : > "$root/usr/sbin/imaboot" ;;
	truncated) head -c 100000 "$build/imaboot" > "$root/usr/sbin/imaboot" ;;
	dynamic) cp "$build/imactl" "$root/usr/sbin/imaboot" ;;
	esac
	case $kind in
	empty) refused '/usr/sbin/imaboot is empty' ;;
	*) refused "/usr/sbin/imaboot $broken" ;;
	esac
done
begin checker
# shellcheck disable=SC2016 # a hash
conf 'recovery-password = $6$abc$def'
mkdir -p "$root/usr/lib/imaboot" "$root/usr/bin"
cp "$top/recovery/recovery" "$root/usr/lib/imaboot/"
cp "$(command -v busybox)" "$root/usr/bin/"
printf '#!/bin/sh\n' > "$root/usr/lib/imaboot/imaboot-auth"
refused "/usr/lib/imaboot/imaboot-auth $broken"
finish
