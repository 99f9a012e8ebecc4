#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# imactl with private keys that lie in a PKCS#11 token: SoftHSM, and OpenSSL's provider, in a root that has both.
# shellcheck source=tests/lib/imactl.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib/imactl.sh"

root=$("$top/tests/lib/root-token") || exit 1
# The keys and all that is written live in the scratch folder; the root is only read.
mkdir -p work/tokens
cp "$build/imactl" work/
echo 'directories.tokendir = /mnt/tokens' > work/softhsm.conf
echo 1234 > work/pin
echo 9999 > work/wrong
echo data > work/file

# shellcheck disable=SC2016,SC2317 # for the inner shell; called by good
inside() {
	unshare --mount --propagation private bash -c '
		mount --bind "$1" "$1" && mount --bind "$2" "$1/mnt" && cd "$1/mnt" || exit 99
		root=$1
		shift 2
		exec chroot "$root" env -C /mnt -i PATH=/mnt:/usr/sbin:/usr/bin LC_ALL=C SOFTHSM2_CONF=/mnt/softhsm.conf \
			PKCS11_PROVIDER_MODULE=/usr/lib/softhsm/libsofthsm2.so "$@"
	' inside "$root" "$scratch/work" "$@"
}

# All that imactl says, here and inside, is kept for the last check. The functions of tests/lib/imactl.sh leave it in $output.
for function in good says; do
	eval "kept_$(declare -f $function)"
	eval "$function() { kept_$function \"\$@\"; printf '%s\n' \"\$output\" >> '$scratch/said'; }"
done

# shellcheck disable=SC2317 # called by good
pkcs11() { inside pkcs11-tool --module /usr/lib/softhsm/libsofthsm2.so --login --pin 1234 "$@"; }

good "a token" inside softhsm2-util --init-token --free --label lab --pin 1234 --so-pin 5678
good "a key of RSA-2048 in it" pkcs11 --keypairgen --key-type rsa:2048 --label rsa --id 01
good "a key of P-256 in it" pkcs11 --keypairgen --key-type EC:prime256v1 --label ec --id 02
good "a key of P-384 in it, for a CA" pkcs11 --keypairgen --key-type EC:secp384r1 --label ca --id 03
ca=(--key 'pkcs11:token=lab;object=ca;type=private' --passphrase-file pin)
says "a CA with a key in the token" 0 "pkcs11:token=lab;object=ca;type=private: the private key, used as it is" \
	inside imactl key ca "${ca[@]}" --cn ca --out ca.der
for object in rsa ec; do
	uri="pkcs11:token=lab;object=$object;type=private"
	good "a request for $object" inside imactl key request --key "$uri" --passphrase-file pin --cn "signer $object" --out $object.csr
	good "its certificate" inside imactl key issue --issuer ca.der --issuer-key 'pkcs11:token=lab;object=ca;type=private' \
		--passphrase-file pin --out $object.der $object.csr
	says "a signature by $object" 0 "files: 1 signed" \
		inside imactl sign --detached --key "$uri" --passphrase-file pin --cert $object.der file
	says "is good" 0 "files: 1 with a good signature, 0 with a good digest, 0 failed" imactl verify --detached --cert work/$object.der work/file
	good "evmctl says so too" evmctl ima_verify --sigfile --key work/$object.der work/file
	says "many at once" 0 "files: 5 signed, 1 skipped" inside bash -c "cp /bin/ls 1; cp 1 2; cp 1 3; cp 1 4; cp 1 5
		printf '1\0002\0003\0004\0005\000tokens\000' | imactl sign --detached --jobs 4 --key '$uri' --passphrase-file pin --cert $object.der --from0 -"
	for file in work/[1-5]; do
		good "all good" imactl verify --detached --cert work/$object.der "$file"
	done
	rm -f work/file.sig work/[1-5]*
	good "the key id without a certificate" inside imactl sign --detached --key "$uri" --passphrase-file pin file
	good "is that of the certificate" imactl verify --detached --cert work/$object.der work/file
done
rsa='pkcs11:token=lab;object=rsa;type=private'
says "another's certificate" 1 "imactl: ec.der: is not the certificate of the private key; name the key and the certificate of the same signer" \
	inside imactl sign --detached --key "$rsa" --passphrase-file pin --cert ec.der file
says "a wrong PIN" 1 "imactl: $rsa: the token was given a PIN and gave no private key; see that the PIN and the URI are right: p11tool --list-privkeys --login" \
	inside imactl sign --detached --key "$rsa" --passphrase-file wrong file
says "a PIN file that is not there" 1 "imactl: $rsa: the pass phrase file 'nowhere' cannot be opened: No such file or directory" \
	inside imactl sign --detached --key "$rsa" --passphrase-file nowhere file
says "no such token" 1 "imactl: pkcs11:token=none;object=rsa: no token has such a private key; list the tokens: p11tool --list-tokens" \
	inside imactl sign --detached --key 'pkcs11:token=none;object=rsa' --passphrase-file pin file
says "no provider" 1 "imactl: $rsa: names a token, and OpenSSL's provider 'pkcs11' cannot be loaded; install pkcs11-provider, and name the token's module in PKCS11_PROVIDER_MODULE" \
	imactl sign --detached --key "$rsa" --passphrase-file work/pin work/file
says "a new key is not made in a token" 1 "imactl key: $rsa: is there already, and --encrypt is for a new key; name another file, or leave --encrypt out" \
	inside imactl key request --key "$rsa" --passphrase-file pin --encrypt --cn x --out x.csr
says "a PIN in the URI" 2 "imactl: sign: the key's URI has a PIN (pin-value), which all users can see; leave it out, and use --passphrase-file" \
	inside imactl sign --detached --key "$rsa?pin-value=1234" file
good "a second key of that kind" pkcs11 --keypairgen --key-type rsa:2048 --label rsa2 --id 04
says "a URI that means several keys" 1 "imactl: pkcs11:token=lab;type=private: more than one private key is meant by it; name the token and the object, or its id: p11tool --list-privkeys --login" \
	inside imactl sign --detached --key 'pkcs11:token=lab;type=private' --passphrase-file pin file
good "one of them by its id" inside imactl sign --detached --key 'pkcs11:token=lab;id=%01;type=private' --passphrase-file pin --cert rsa.der file
good "by its name alone" inside imactl sign --detached --key 'pkcs11:object=rsa' --passphrase-file pin --cert rsa.der file
same "outputs were kept" "$(($(wc -l < said) > 40))" 1
none=$(grep -n 1234 said)
same "the PIN is in none of them" "$none" ""
finish
