#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The programs as they are linked: what they need, how large they are, how they are hardened, and that no code is in
# the boot program that it must not have. Both C libraries, and both compilers without a warning.
. "$(dirname "$0")/checks.bash"

headers() { readelf -lW "$1"; }
dynamic() { readelf -dW "$1"; }

# What OpenSSL names certificates, public and private keys, ciphers and their encodings.
forbidden='^(X509|RSA|EC|ECDSA|ED25519|DSA|DH|BN|EVP|PEM|ASN1|PKCS|OSSL|CRYPTO_THREAD|d2i|i2d|o2i|i2o|ossl_(rsa|ec|x509|dsa|dh|asn1))_|private_?key'

# hardened FILE NAME
hardened() {
	is "$2 is position-independent" "$(readelf -hW "$1" | sed -n 's/^ *Type: *\([A-Z]*\).*/\1/p')" DYN
	ok "$2 has PIE among its flags" grep -q 'FLAGS_1.*PIE' <(dynamic "$1")
	ok "$2 has RELRO" grep -q GNU_RELRO <(headers "$1")
	ok "$2 binds at the start" grep -Eq 'BIND_NOW|FLAGS_1.*NOW' <(dynamic "$1")
	is "$2's stack is not executable" "$(headers "$1" | awk '$1 == "GNU_STACK" { print $(NF - 1) }')" RW
	none "no segment of $2 is writable and executable" "$(headers "$1" | grep -E 'LOAD.* RWE')"
	none "$2 has no text relocations" "$(dynamic "$1" | grep TEXTREL)"
}

# static FILE NAME LIMIT: with FILE.full, which has the symbols
static() {
	none "$2 needs no interpreter" "$(headers "$1" | grep INTERP)"
	none "$2 needs no library" "$(dynamic "$1" | grep NEEDED)"
	at_most "$2 is small enough" "$(stat -c %s "$1")" "$3"
	none "$2 has no forbidden code" "$(nm --defined-only "$1.full" | awk '{ print $3 }' | grep -E "$forbidden" | tr '\n' ' ')"
	ok "$2's symbols are there to be looked at" grep -q ' T SHA256_Update$' <(nm "$1.full")
	ok "$2 checks its stack" grep -q ' __stack_chk_fail' <(nm "$1.full")
	hardened "$1" "$2"
}

limit=$((352 * 1024))
! grep -q ' _nl_C_locobj$' <(nm "$BUILD/imaboot.full") || limit=$((1088 * 1024)) # this one is glibc's
static "$BUILD/imaboot" imaboot "$limit"

ok 'a build with glibc' build "$top" O="$work/glibc" LIBC=glibc WERROR=1 imaboot
static "$work/glibc/imaboot" 'imaboot with glibc' $((1088 * 1024))

ok 'imactl has an interpreter' grep -q INTERP <(headers "$BUILD/imactl")
ok 'imactl uses the system'"'"'s libcrypto' grep -q 'NEEDED.*libcrypto' <(dynamic "$BUILD/imactl")
hardened "$BUILD/imactl" imactl

clang=$(build "$top" O="$work/clang" LIBC=glibc CC=clang HOSTCC=clang imaboot imactl 2>&1)
is 'clang builds both programs' $? 0
none 'clang has nothing to warn of' "$(grep -iE 'warning|error' <<< "$clang" | head -n 5)"
exit "$failed"
