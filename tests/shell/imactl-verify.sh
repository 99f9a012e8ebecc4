#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# imactl verify: agrees with evmctl on the table of bad signatures, and names the cause of each failure.
# Writing security.ima needs root.
# shellcheck source=tests/lib/imactl.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib/imactl.sh"

verify() { imactl verify "$@"; }
certs=(--cert "$PKI/rsa2048.der" --cert "$PKI/p256.pem")
make() { "$top/tests/lib/sign" --xattr "$@"; }

# cause FILE CAUSE: what --json says of it; for signatures evmctl must be of the same opinion.
cause() {
	same "$1 is $2" "$(verify --json "${certs[@]}" "$1" | jq -r '.files[0].cause')" "$2"
}
agrees() {
	local theirs=failed
	! evmctl ima_verify --key "$PKI/rsa2048.der,$PKI/p256.der" "$1" > /dev/null 2>&1 || theirs=good
	same "evmctl agrees on $1" "$(verify --json "${certs[@]}" "$1" | jq -r '.files[0].result')" "$theirs"
}

mkdir table
new() { echo "content of $1" > "table/$1"; }
for signer in rsa2048 p256; do
	for variant in good truncated short padded zeroed wrong-hash v1 unknown; do
		new $signer-$variant
		make --as $variant "$PKI/$signer.key" "$PKI/$signer.pem" table/$signer-$variant
		case $variant in
		good) wanted=signed ;;
		truncated | zeroed | wrong-hash) wanted=wrong-signature ;;
		short | padded) wanted=malformed ;;
		v1) wanted=old-version ;;
		unknown) wanted=unknown-type ;;
		esac
		cause table/$signer-$variant "$wanted"
		# The kernel refuses bytes behind a signature (EBADMSG), evmctl takes them.
		[ $variant = padded ] || agrees table/$signer-$variant
	done
	for hash in sha384 sha512; do
		new $signer-$hash
		make "$PKI/$signer.key" "$PKI/$signer.pem" table/$signer-$hash $hash
		cause table/$signer-$hash signed
		agrees table/$signer-$hash
	done
	new $signer-sha1
	make "$PKI/$signer.key" "$PKI/$signer.pem" table/$signer-sha1 sha1
	cause table/$signer-sha1 weak-hash
	new $signer-tampered
	make "$PKI/$signer.key" "$PKI/$signer.pem" table/$signer-tampered
	echo more >> table/$signer-tampered
	cause table/$signer-tampered wrong-signature
	agrees table/$signer-tampered
done
new wrong-key && make "$PKI/stranger-rsa.key" "$PKI/rsa2048.pem" table/wrong-key
cause table/wrong-key wrong-signature
agrees table/wrong-key
new no-key && make "$PKI/rsa4096.key" "$PKI/rsa4096.pem" table/no-key
cause table/no-key unknown-key
agrees table/no-key
new none
cause table/none no-signature
agrees table/none
new hash && make --as hash x x table/hash
cause table/hash hashed
new hash-sha1 && make --as hash-sha1 x x table/hash-sha1
cause table/hash-sha1 hashed
new hash-wrong && make --as hash x x table/hash-wrong && echo more >> table/hash-wrong
cause table/hash-wrong wrong-digest
raw() { new "$1" && setfattr -n security.ima -v "$2" "table/$1"; }
raw v3 0x030304aabbccdd000400112233
cause table/v3 unknown-key
raw v3-short 0x030304aabbccdd000500112233
cause table/v3-short malformed
raw verity 0x060304aabbccdd0003112233
cause table/verity unknown-key
raw no-algorithm 0x04ff112233
cause table/no-algorithm unknown-hash
raw one-byte 0x03
cause table/one-byte malformed
raw long "0x03$(printf '%04000d' 0)"
cause table/long malformed
new changes && chmod 000 table/changes
cause table/changes no-signature

# ---- the causes, grouped ---------------------------------------------------------------------

bad "the whole table" verify "${certs[@]}" --root table --quiet
same "counts" "$(sed -n '1p' <<< "$output")" "files: 6 with a good signature, 2 with a good digest, 29 failed"
same "the most frequent first" "$(sed -n '2p' <<< "$output")" \
	"       9 wrong-signature: its signature is not that of this content: the file was changed, or the signature is damaged or another key's; see who changed it, then sign it again: imactl sign"
same "JSON of the whole table" "$(verify --json "${certs[@]}" --root table | jq -r '[.files | length, (map(select(.result == "good")) | length)] + [.counts["wrong-signature"], .counts.signed] | join(" ")')" "37 8 9 6"
same "each thread for itself" "$(verify --json "${certs[@]}" --root table --jobs 5 | jq -c '.files | map([.path, .cause]) | sort')" \
	"$(verify --json "${certs[@]}" --root table --jobs 1 | jq -c '.files | map([.path, .cause]) | sort')"
says "one line for each" 1 "imactl: table/none: has no signature: the extended attribute security.ima is absent" verify "${certs[@]}" table/none
id=$(openssl x509 -in "$PKI/rsa4096.pem" -noout -ext subjectKeyIdentifier | tail -n 1 | tr -d ' :' | tr A-F a-f)
says "an unknown key by its id" 1 "imactl: table/no-key: is signed with the key ${id: -8}, and no certificate of it was given" verify "${certs[@]}" table/no-key
says "a good one" 0 "files: 1 with a good signature, 0 with a good digest, 0 failed" verify "${certs[@]}" table/p256-good
name=$(printf 'table/new\nline\033[31m')
echo x > "$name"
says "a name with control bytes" 1 'imactl: table/new\x0aline\x1b[31m: has no signature: the extended attribute security.ima is absent' verify "${certs[@]}" "$name"
same "and in JSON" "$(verify --json "${certs[@]}" "$name" | jq -r '.files[0].path')" 'table/new\x0aline\x1b[31m'

# ---- detached, many signers, what cannot be read ---------------------------------------------

echo detached > d
"$top/tests/lib/sign" "$PKI/p256.key" "$PKI/p256.pem" d
good "detached" verify --detached "${certs[@]}" d
echo more >> d
bad "detached, changed" verify --detached "${certs[@]}" d
rm d.sig
says "detached, not there" 1 "       1 no-signature: has no signature: the extended attribute security.ima is absent; sign it: imactl sign; copying without --preserve=xattr loses signatures" \
	verify --detached "${certs[@]}" d
# Two certificates that end in the same key id: each of them is tried.
id=$(openssl x509 -in "$PKI/rsa2048.pem" -noout -ext subjectKeyIdentifier | tail -n 1 | tr -d ' :')
openssl req -new -x509 -batch -key "$PKI/stranger.key" -subj /CN=twin -addext "subjectKeyIdentifier=aa:bb:${id: -8:2}:${id: -6:2}:${id: -4:2}:${id: -2}" \
	-outform DER -out twin.der
id=$(tr A-F a-f <<< "${id: -8}")
twins="and another key: a kernel that has both looks at one of them alone"
says "same id, two keys" 0 "files: 1 with a good signature, 0 with a good digest, 0 failed" verify --cert twin.der --cert "$PKI/rsa2048.der" table/rsa2048-good
says "is warned of" 0 "imactl: $PKI/rsa2048.der: has the key id $id of twin.der, $twins" verify --cert twin.der --cert "$PKI/rsa2048.der" table/rsa2048-good
says "in the other order too" 0 "imactl: twin.der: has the key id $id of $PKI/rsa2048.der, $twins" verify --cert "$PKI/rsa2048.der" --cert twin.der table/rsa2048-good
same "the right one is named" "$(verify --json --cert twin.der --cert "$PKI/rsa2048.der" table/rsa2048-good 2> /dev/null | jq -r '.files[0].cert')" "$PKI/rsa2048.der"
says "the wrong one alone" 1 "       1 wrong-signature: its signature is not that of this content: the file was changed, or the signature is damaged or another key's; see who changed it, then sign it again: imactl sign" \
	verify --cert twin.der table/rsa2048-good
silent "one certificate twice is none" 0 "$twins" verify --cert "$PKI/rsa2048.pem" --cert "$PKI/rsa2048.der" table/rsa2048-good

# ---- formats, and what was not looked at -------------------------------------------------------

mkdir formats
for format in v2 v3 verity; do
	echo $format > formats/$format
	good "sign $format" imactl sign --key "$PKI/p256.key" --cert "$PKI/p256.der" --format $format formats/$format
done
same "formats are told" "$(verify --json "${certs[@]}" --root formats | jq -r '[.files[] | .format] + [.counts.v2, .counts.v3, .counts.verity, .counts.without_fs_verity] | sort_by(tostring) | join(" ")')" \
	"1 1 1 1 v2 v3 verity"
same "also of what is bad" "$(verify --json --cert "$PKI/p256.der" table/hash table/p256-v1 table/unknown table/p256-tampered table/none 2> /dev/null | jq -r '[.files[] | .format // "none"] | sort | join(" ")')" \
	"digest none v1 v2"
same "fs-verity only where it is signed for" "$(verify --json "${certs[@]}" --root formats | jq -c '[.files[] | select(.format == "verity") | .fs_verity]')" "[false]"
says "the line of counts" 0 "files: 3 with a good signature (1 of format v3, 1 of verity), 0 with a good digest, 0 failed" verify "${certs[@]}" --root formats
says "what is signed for fs-verity without it" 0 "       1 are signed for fs-verity and do not have it: no kernel appraises them before they do; give it to them: fsverity enable" \
	verify "${certs[@]}" --root formats
says "one of them" 0 "files: 1 with a good signature (1 of format v3), 0 with a good digest, 0 failed" verify "${certs[@]}" formats/v3
printf '%s\0' formats formats/v2 > list
says "what is skipped is counted" 0 "files: 1 with a good signature, 0 with a good digest, 0 failed, 1 skipped" verify "${certs[@]}" --from0 list
mkdir nothing
for arguments in '--root nothing' '--root formats --executables' '--from0 /dev/null'; do
	# shellcheck disable=SC2086 # they are words
	says "nothing to look at: $arguments" 1 "imactl: verify: no file was looked at; name files, or leave out what skips them" verify "${certs[@]}" $arguments
done
says "a missing file" 1 "imactl: nowhere: there is no such file, or it vanished meanwhile" verify "${certs[@]}" nowhere table/p256-good
same "is counted" "$(tail -n 1 <<< "$output")" "       1 could not be opened"
says "no certificate" 2 "imactl: verify: --cert is missing; see 'imactl verify --help'" verify d
says "a certificate that is none" 1 "imactl: d: is not a certificate in DER or PEM, or is damaged; name the file of the certificate" verify --cert d d
says "a certificate that kernels verify nothing with" 1 "imactl: $PKI/compressed.der: is no signer's: its point is compressed, and the kernel verifies nothing with such a key; see imactl key check" \
	verify --cert "$PKI/compressed.der" d
says "no file" 2 "imactl: verify: a file is missing; name files, or use --root DIR or --from0 FILE" verify "${certs[@]}"
says "a certificate without an id" 1 "imactl: $PKI/no-ski.der: has no subjectKeyIdentifier: no signature is found to be its own" verify --cert "$PKI/no-ski.der" d
good "an expired signer's, as kernels do" bash -c "'$build/imactl' sign --key '$PKI/expired.key' --cert '$PKI/expired.pem' d && '$build/imactl' verify --cert '$PKI/expired.der' d"
finish
