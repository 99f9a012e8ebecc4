#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# kernels: 6.1 6.12 stock
# needs: qemu-system-x86_64 openssl
# Premise: which certificates the kernel takes into .ima, into .secondary_trusted_keys and into _ima, with which errno it
# refuses the others, and how little of a certificate it looks at. imaboot's reasons and remedies rest on this table.
. "$(dirname "$0")/../lib/vm.sh"

# Prints the key id of a v2 signature, the last 4 bytes of certificate $1's subject key id, as keyctl searches it.
key_id() {
	openssl x509 -in "$1" -noout -ext subjectKeyIdentifier | sed -n '2s/[ :]//gp' | tail -c 9 | tr '[:upper:]' '[:lower:]'
}

# add RING WANTED CERTIFICATE...; WANTED may be a choice, as A|B
guest_add() {
	vm_text /lib/add.sh << 'END'
add() {
	add_ring=$1 add_wanted=$2
	shift 2
	for name; do
		add_got=$(guest key add "$add_ring" "/pki/$name.der")
		case "|$add_wanted|" in
		*"|$add_got|"*) pass "$add_ring: $name is $add_wanted" ;;
		*) fail "$add_ring: $name" "got '$add_got', wanted '$add_wanted'" ;;
		esac
	done
}
END
}

restricted() {
	vm_new ima
	vm_file "$PKI" /pki
	guest_add
	vm_text /id <<< "$(key_id "$PKI/rsa2048.pem")"
	vm_text /pubkey-id <<< "$(openssl rsa -in "$PKI/no-ski-rsa.key" -RSAPublicKey_out -outform DER 2> /dev/null | sha1sum | cut -c33-40)"
	vm_script << 'END'
. /lib/add.sh
count() { guest key list "$1" | wc -l; }
S=.secondary_trusted_keys
if since 6.7; then strict=ENOKEY; else strict=ok; fi

mark
add .ima ENOKEY stranger stranger-rsa by-rogue by-ca2 by-ca3 by-leaf
add .ima EBADMSG bad-pem bad-truncated bad-random
add .ima EKEYREJECTED bad-body
# RSA with the wrong key: what comes out has no padding, EINVAL; EBADMSG where its first byte is zero by chance.
add .ima 'EINVAL|EBADMSG' bad-signature by-rogue-name
if since 6.7; then add .ima ENOKEY rogue-ca; else add .ima 'EINVAL|EBADMSG' rogue-ca; fi
add .ima EINVAL bad-empty
add .ima EBADMSG explicit
add .ima ENOPKG ed25519
if since 6.10; then add .ima ok sha3 p521; else add .ima ENOPKG sha3 p521; fi
is 'the log says nothing of refused certificates' "$(guest log since "$log_mark" | grep -i -e 509 -e key -e cert -e integrity -e ima)" ''

add .ima ok rsa2048 rsa4096 p256 p384 expired future no-ski no-ski-rsa bad-trailing
# These are taken, and verify nothing: tests/premise/pkey-verify.sh.
add .ima ok compressed odd
add .ima $strict no-usage no-ds is-ca ca
before=$(count .ima)
add .ima ok rsa2048
is 'the same certificate again takes the place of the first' "$(count .ima)" "$before"
# Root does not possess the keys in .ima: a search that finds one says EACCES.
is 'found by the end of its subject key id' "$(guest key search .ima id:$(cat /id))" EACCES
is 'without one, not found by the hash of its key' "$(guest key search .ima id:$(cat /pubkey-id))" ENOKEY

add $S ENOKEY stranger stranger-rsa by-rogue ca3 by-ca2 by-leaf
add $S EBADMSG bad-pem bad-truncated bad-random
add $S EKEYREJECTED bad-body
add $S 'EINVAL|EBADMSG' bad-signature rogue-ca by-rogue-name
add $S ok ca2
add $S ok ca3
add .ima ok by-ca2 by-ca3
add .ima $strict ca2
add $S ok rsa4096 p256 p384 expired future no-usage no-ds no-ski is-ca ca
add .ima ENOKEY by-leaf
add $S ok rsa2048
add .ima ok by-leaf

for ring in .builtin_trusted_keys .platform .machine; do
	if grep -q " $ring: " /proc/keys; then add $ring EACCES rsa2048; fi
done
key=$(guest key list .ima | sed -n 's/ .*imaboot test rsa2048.*//p')
is 'root can unlink from .ima' "$(guest key unlink .ima "$key")" ok
is 'and then it is not found' "$(guest key search .ima "id:$(cat /id)")" ENOKEY
is 'root can clear .ima' "$(guest key clear .ima)" ok
is 'and then it is empty' "$(count .ima)" 0
add .ima ok rsa2048
END
	vm_boot "$1"
	vm_ended
}

open_ring() {
	vm_new user
	vm_file "$PKI" /pki
	vm_text /id <<< "$(key_id "$PKI/rsa2048.pem")"
	guest_add
	vm_script << 'END'
. /lib/add.sh
is 'there is no .ima' "$(guest key ring .ima)" ENOKEY
is 'there is no _ima' "$(guest key ring _ima)" ENOKEY
ring=$(ima_ring)
is 'made in the user keyring' "$ring" _ima
has 'it is listed' "$(guest key list @u)" '_ima'
add _ima ok rsa2048 rsa4096 bad-trailing bad-body bad-signature ca rogue-ca stranger-rsa
# The parser knows ECDSA where the crypto does not: such a key is taken and can verify nothing. A self-signed one is
# verified at once, and refused.
add _ima ok p256 p384
add _ima ENOENT stranger
add _ima ENOPKG p521 sha3 ed25519
is 'found by the end of its subject key id' "$(($(guest key search _ima id:$(cat /id)) > 0))" 1
add _ima EBADMSG bad-pem bad-truncated bad-random
add _ima EINVAL bad-empty
add _ima EBADMSG explicit
add _ima ok compressed odd
add .secondary_trusted_keys ENOKEY ca rsa2048 rogue-ca
add .builtin_trusted_keys EACCES rsa2048
END
	vm_boot "$1"
	vm_ended
}

if [ "$1" = stock ]; then open_ring "$1"; else restricted "$1"; fi
finish
