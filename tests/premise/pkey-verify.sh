#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# kernels: 6.1 6.12 stock
# needs: qemu-system-x86_64 openssl
# Premise: KEYCTL_PKEY_VERIFY lets the kernel verify a signature for user space, with a copy of the certificate in a keyring
# of the process. Zero is the only answer that means good; the errno of the others depends on the key's kind.
. "$(dirname "$0")/../lib/vm.sh"

vm_new
vm_file "$PKI" /pki
mkdir "$VM/root/data"
cd "$VM/root/data" || exit 1
echo 'the data' > text
echo 'other data' > other
for hash in sha1 sha224 sha256 sha384 sha512; do
	openssl dgst -"$hash" -binary text > "$hash"
	openssl dgst -"$hash" -sign "$PKI/rsa2048.key" -out "rsa2048.$hash" text
done
openssl dgst -sha256 -binary other > other.sha256
for key in odd compressed; do openssl dgst -sha256 -sign "$PKI/$key.key" -out "$key.sha256" text; done
for key in rsa4096 p256 p384; do
	for hash in sha1 sha256 sha384 sha512; do openssl dgst -"$hash" -sign "$PKI/$key.key" -out "$key.$hash" text; done
done
openssl dgst -sha256 -sign "$PKI/stranger-rsa.key" -out stranger-rsa.sha256 text
openssl dgst -sha256 -sign "$PKI/stranger.key" -out stranger.sha256 text
for key in rsa2048 p256; do
	head -c 40 "$key.sha256" > "$key.truncated"
	head -c "$(stat -c %s "$key.sha256")" /dev/zero > "$key.zeroed"
	{ cat "$key.sha256"; printf '\0'; } > "$key.padded"
done

vm_script << 'END'
cd /data
stock=
case $(uname -r) in *-amd64) stock=1 ;; esac

# verify NAME WANTED CERTIFICATE HASH DIGEST SIGNATURE; WANTED may be a choice, as A|B
verify() {
	case $3 in
	p* | compressed) info="enc=x962 hash=$4" ;;
	*) info="enc=pkcs1 hash=$4" ;;
	esac
	got=$(guest key verify @p "/pki/$3.der" "$info" "$5" "$6")
	case "|$2|" in
	*"|$got|"*) pass "$1 is $2" ;;
	*) fail "$1" "got '$got', wanted '$2'" ;;
	esac
}

verify 'rsa2048 sha256' ok rsa2048 sha256 sha256 rsa2048.sha256
verify 'rsa4096 sha256' ok rsa4096 sha256 sha256 rsa4096.sha256
# The digest is ours and only its name goes into the padding: Debian's SHA-512 module need not be loaded.
for hash in sha1 sha224 sha384 sha512; do verify "rsa2048 $hash" ok rsa2048 $hash $hash rsa2048.$hash; done
verify 'rsa: wrong key' 'EINVAL|EBADMSG' rsa2048 sha256 sha256 stranger-rsa.sha256
verify 'rsa: other data' EKEYREJECTED rsa2048 sha256 other.sha256 rsa2048.sha256
verify 'rsa: another hash than the signed one' 'EKEYREJECTED|EBADMSG' rsa2048 sha512 sha512 rsa2048.sha256
verify 'rsa: digest of another length' EKEYREJECTED rsa2048 sha256 sha512 rsa2048.sha256
verify 'rsa: truncated' EINVAL rsa2048 sha256 sha256 rsa2048.truncated
verify 'rsa: zeroed' 'EINVAL|EBADMSG' rsa2048 sha256 sha256 rsa2048.zeroed
verify 'rsa: padded' EINVAL rsa2048 sha256 sha256 rsa2048.padded
verify 'rsa: a size that is none of the kernel' EINVAL odd sha256 sha256 odd.sha256
verify 'rsa: key of another size' EINVAL rsa2048 sha256 sha256 rsa4096.sha256
verify 'rsa: hash that is none' "$(if since 6.12; then echo EINVAL; else echo ENOENT; fi)" rsa2048 nohash sha256 rsa2048.sha256

if [ $stock ]; then
	for key in p256 p384; do verify "$key: this kernel has no ECDSA" ENOENT $key sha256 sha256 $key.sha256; done
else
	for key in p256 p384; do
		for hash in sha1 sha256 sha384 sha512; do verify "$key $hash" ok $key $hash $hash $key.$hash; done
	done
	verify 'ecdsa: wrong key' EKEYREJECTED p256 sha256 sha256 stranger.sha256
	verify 'ecdsa: other data' EKEYREJECTED p256 sha256 other.sha256 p256.sha256
	verify 'ecdsa: truncated' 'EKEYREJECTED|EBADMSG' p256 sha256 sha256 p256.truncated
	verify 'ecdsa: zeroed' EBADMSG p256 sha256 sha256 p256.zeroed
	# The kernel's DER decoder stops at the end of the outermost element; EINVAL only beyond the longest signature.
	verify 'ecdsa: padded' 'ok|EINVAL' p256 sha256 sha256 p256.padded
	# rsa_check_key_length and ecdsa_set_pub_key refuse the key when it is used.
	verify 'ecdsa: a point that is compressed' EINVAL compressed sha256 sha256 compressed.sha256
	verify 'ecdsa: key of another size' 'EKEYREJECTED|EINVAL|EBADMSG' p256 sha256 sha256 p384.sha256
fi

# A certificate's time and use do not matter here, nor does who signed it.
for name in expired stranger-rsa by-rogue-name; do
	case $(guest key add @s /pki/$name.der) in
	ok) pass "$name goes into a keyring of the session" ;;
	*) [ $stock ] || fail "$name" 'not added' ;;
	esac
done

# With a key that lives in .ima the call is refused to root.
if grep -q ' \.ima: ' /proc/keys; then
	is 'into .ima' "$(guest key add .ima /pki/rsa2048.der)" ok
	key=$(guest key list .ima | sed -n 's/ .*imaboot test rsa2048.*//p')
	is 'with the key in .ima' "$(guest key verify .ima "$key" 'enc=pkcs1 hash=sha256' sha256 rsa2048.sha256)" EACCES
fi
END
vm_boot "$1"
vm_ended
finish
