#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# kernels: 6.1 6.12 stock
# needs: qemu-system-x86_64 evmctl setfattr jq
# limit: 600
# A table of signatures, good and bad, and who accepts them: the kernel, when a policy is loaded by path (a dry run) and
# when a file is opened under appraise rules with and without appraise_type=imasig; imaboot verify, with the keys of the
# kernel and with certificates of its own; imactl verify; evmctl. Where they differ, the row says why.
. "$(dirname "$0")/../lib/vm.sh"
. "$(dirname "$0")/../lib/scene.sh"

kernel=$1
keys='rsa2048 rsa3072 rsa4096 p256 p384'
PLAIN=12345 SIGNED=12346 # owners of the files that the two appraise rules are for

# ---- the table -----------------------------------------------------------------------------------
#
#   NAME|SIGNED|PLAIN|IMABOOT|IMACTL|EVMCTL|WHO: WHY
#
# SIGNED and PLAIN are the kernel's answers where a signature is demanded and where a digest will do: ok, or no (EACCES).
# IMABOOT is what imaboot verify --signed says: ok, or a reason of the list below. IMACTL is imactl's cause, EVMCTL ok or no.
# WHO names everybody whose answer is not the kernel's, and no others:
#   verify   imaboot verify --signed            sha1     the same with --allow-sha1
#   files    imaboot verify, against PLAIN      imactl   imactl verify, against PLAIN
#   evmctl   evmctl ima_verify, against SIGNED

declare -A reasons=(
	[ok]='^ok$'
	[collisions]='^is signed over a (sha1|md5) digest, of which collisions can be made$'
	# A wrong RSA signature is the one or the other, as its first bytes happen to look like padding.
	[wrong]='^its signature (does not belong to this content: the file was changed after it was signed, or the signature is that of another file or key|was not made by the key) .*imaboot test'
	[malformed]='^security\.ima is not a whole signature: its lengths or its version do not fit$'
	[algorithm]="^this kernel lacks the algorithm of its signature \\(key 'imaboot test p"
	[digest]='^has no signature: security\.ima holds only a digest of it$'
	[none]='^has no signature: the extended attribute security\.ima is absent'
	[key]='^is signed with the key [0-9a-f]{8}, and no certificate of that key is in \.?_?ima$'
	[v1]='^its signature has the old format version 1, which no certificate verifies$'
	[v3]='^its signature has format version 3, and only version 2 is verified here$'
	[verity]='^its signature is one of its fs-verity digest, and only one of its content is verified here$'
	[type]='^security\.ima begins with 0x[0-9a-f]{2}, which is no kind of signature$'
	[hash]='^(is signed over a (rmd160|sm3) digest, which is not known here|names digest algorithm 255 in its signature, and there is none of that number)'
)

good_rows() {
	local key hash
	for key in $keys; do
		echo "$key-sha1|ok|ok|collisions|weak-hash|ok|verify files imactl: collisions of SHA-1 can be made"
		for hash in sha224 sha256 sha384 sha512; do echo "$key-$hash|ok|ok|ok|signed|ok|"; done
	done
}

bad_rows() {
	local key
	for key in rsa2048 p256; do
		cat <<END
$key-truncated|no|no|wrong|wrong-signature|no|
$key-short|no|no|malformed|malformed|no|
$key-padded|no|no|malformed|malformed|no|
$key-zeroed|no|no|wrong|wrong-signature|no|
$key-wrong-hash|no|no|wrong|wrong-signature|no|
$key-v1|no|no|v1|old-version|no|
$key-unknown|no|no|type|unknown-type|no|
END
	done
	cat <<'END'
wrong-key|no|no|wrong|wrong-signature|no|
wrong-key-ec|no|no|wrong|wrong-signature|no|
unknown-key|no|no|key|unknown-key|no|
key-id|no|no|key|unknown-key|no|
other-key-id|no|no|wrong|wrong-signature|no|
other-file|no|no|wrong|wrong-signature|no|
other-file-ec|no|no|wrong|wrong-signature|no|
flipped|no|no|wrong|wrong-signature|no|
flipped-ec|no|no|wrong|wrong-signature|no|
longer|no|no|wrong|wrong-signature|no|
longer-ec|ok|ok|ok|wrong-signature|no|imactl evmctl: the kernel does not look behind the end of an ECDSA signature
longest-ec|ok|ok|wrong|wrong-signature|no|verify sha1 files imactl evmctl: the system call refuses more bytes than a signature can have
leading-zero|no|no|wrong|wrong-signature|no|
twice|no|no|wrong|wrong-signature|no|
one-byte|no|no|wrong|wrong-signature|no|
one-byte-ec|no|no|wrong|wrong-signature|no|
says-sha1|no|no|collisions|weak-hash|no|
says-sha1-ec|no|no|collisions|weak-hash|no|
algorithm-md5|no|no|collisions|weak-hash|no|
algorithm-rmd160|no|no|hash|unknown-hash|no|
algorithm-sm3|no|no|hash|unknown-hash|no|
algorithm-none|no|no|hash|unknown-hash|no|
v3|no|no|v3|wrong-signature|no|
fs-verity|no|no|verity|wrong-signature|no|
fs-verity-v2|no|no|malformed|malformed|no|
version-0|no|no|malformed|malformed|no|
version-4|no|no|malformed|malformed|no|
size-0|no|no|malformed|malformed|ok|evmctl: it does not look at the size in the header
size-more|no|no|malformed|malformed|ok|evmctl: it does not look at the size in the header
header-only|no|no|malformed|malformed|no|
header-only-0|no|no|malformed|malformed|no|
header-short|no|no|malformed|malformed|no|
type-only|no|no|malformed|malformed|no|
type-evm|no|no|type|unknown-type|no|
type-portable|no|no|type|unknown-type|no|
type-7|no|no|type|unknown-type|no|
type-ff|no|no|type|unknown-type|no|
none|no|no|none|no-signature|no|
digest|no|ok|digest|hashed|no|
digest-sha1|no|ok|digest|hashed|no|
digest-sha512|no|ok|digest|hashed|no|
digest-wrong|no|no|digest|wrong-digest|no|
digest-sha1-wrong|no|no|digest|wrong-digest|no|
digest-short|no|no|digest|wrong-digest|no|
digest-long|no|ok|digest|wrong-digest|no|imactl: the kernel does not look behind the end of a digest
digest-nothing|no|no|malformed|malformed|no|
digest-md5|no|no|digest|hashed|no|imactl: these kernels have no MD5
END
}

# Debian's kernel has RSA alone, MD5, and SHA-384 and SHA-512 in a module that this initramfs does not have.
stock_rows() {
	local name signed plain imaboot imactl evmctl why
	while IFS='|' read -r name signed plain imaboot imactl evmctl why; do
		case $name in
		digest-md5) plain=ok why='files: imaboot makes no MD5' ;;
		digest-sha512) plain=no why='files imactl: the module of SHA-512 is not loaded' ;;
		rsa*-sha384 | rsa*-sha512)
			signed=no plain=no why='verify sha1 files imactl evmctl: the module of SHA-512 is not loaded' ;;
		p256-sha1 | p384-sha1) signed=no plain=no why='evmctl: this kernel has no ECDSA' ;;
		p256-sha* | p384-sha*) signed=no plain=no imaboot=algorithm why='imactl evmctl: this kernel has no ECDSA' ;;
		longer-ec | longest-ec) signed=no plain=no imaboot=algorithm why='' ;;
		other-key-id) imaboot=algorithm ;;
		*-ec | p256-*) [ "$imaboot" != wrong ] || imaboot=algorithm ;;
		esac
		echo "$name|$signed|$plain|$imaboot|$imactl|$evmctl|$why"
	done
}

table() {
	if [ "$kernel" = stock ]; then
		{ good_rows; bad_rows; } | stock_rows
	else
		good_rows
		bad_rows
	fi
}

# ---- the signatures ------------------------------------------------------------------------------

scene_new table
mkdir "$VM/sig"
content=$VM/content
cat > "$content" <<END
appraise func=POLICY_CHECK appraise_type=imasig
appraise func=FILE_CHECK mask=MAY_READ fowner=$PLAIN
appraise func=FILE_CHECK mask=MAY_READ fowner=$SIGNED appraise_type=imasig
END
{ cat "$content"; echo '# changed'; } > "$VM/other"

# sig NAME OPTION...: a signature by tests/lib/sign of the content, or of $of, with the rest of its arguments
sig() {
	local name=$1
	shift
	cp "${of:-$content}" "$VM/sig/$name"
	"$VM_LIB/sign" "$@" || vm_die "no signature $name"
}

# hex NAME: the bytes of a signature; raw NAME HEX: bytes of one's own
hex() { od -An -v -tx1 "$VM/sig/$1.sig" | tr -d ' \n'; }
raw() { python3 -c 'import sys; sys.stdout.buffer.write(bytes.fromhex(sys.argv[1]))' "$2" > "$VM/sig/$1.sig"; }

# variant NAME VARIANT KEY CERT [HASH]
variant() { sig "$1" --as "$2" "$PKI/$3.key" "$PKI/$4.pem" "$VM/sig/$1" ${5:+"$5"}; }

# resize NAME FROM HEX-OF-THE-SIGNATURE: header of FROM, with the size of another signature
resize() {
	local header
	header=$(hex "$2")
	raw "$1" "${header:0:14}$(printf %04x $((${#3} / 2)))$3"
}

make_signatures() {
	local key hash rsa ec
	for key in $keys; do
		for hash in sha1 sha224 sha256 sha384 sha512; do variant "$key-$hash" good "$key" "$key" "$hash"; done
	done
	rsa=$(hex rsa2048-sha256) ec=$(hex p256-sha256)
	# The length of an ECDSA signature varies; one byte more must still be no more than the longest, 72.
	while [ "${ec:14:4}" = 0048 ]; do
		variant p256-sha256 good p256 p256
		ec=$(hex p256-sha256)
	done
	variant wrong-key good stranger-rsa rsa2048
	variant wrong-key-ec good stranger p256
	variant unknown-key good stranger-rsa stranger-rsa
	of=$VM/other variant other-file good rsa2048 rsa2048
	of=$VM/other variant other-file-ec good p256 p256
	for key in rsa2048 p256; do
		for hash in truncated short padded zeroed wrong-hash v1 unknown; do variant "$key-$hash" "$hash" "$key" "$key"; done
	done
	variant digest hash rsa2048 rsa2048
	variant digest-sha1 hash-sha1 rsa2048 rsa2048
	of=$VM/other variant digest-wrong hash rsa2048 rsa2048
	of=$VM/other variant digest-sha1-wrong hash-sha1 rsa2048 rsa2048
	raw digest-sha512 "0406$(sha512sum "$content" | cut -d' ' -f1)"
	raw digest-short "0404$(sha256sum "$content" | cut -c1-62)"
	raw digest-long "0404$(sha256sum "$content" | cut -d' ' -f1)00"
	raw digest-md5 "01$(md5sum "$content" | cut -d' ' -f1)"
	raw digest-nothing 0404
	raw version-0 "0300${rsa:4}"
	raw v3 "0303${rsa:4}"
	raw version-4 "0304${rsa:4}"
	raw fs-verity "0603${rsa:4}"
	raw fs-verity-v2 "06${rsa:2}"
	raw type-7 "07${rsa:2}"
	raw type-ff "ff${rsa:2}"
	raw type-evm "02${rsa:2}"
	raw type-portable "05${rsa:2}"
	raw algorithm-md5 "030201${rsa:6}"
	raw algorithm-rmd160 "030203${rsa:6}"
	raw algorithm-sm3 "030211${rsa:6}"
	raw algorithm-none "0302ff${rsa:6}"
	raw says-sha1 "030202${rsa:6}"
	raw says-sha1-ec "030202${ec:6}"
	raw key-id "${rsa:0:6}00000000${rsa:14}"
	raw other-key-id "${rsa:0:6}${ec:6:8}${rsa:14}"
	raw size-0 "${rsa:0:14}0000${rsa:18}"
	raw size-more "${rsa:0:14}0101${rsa:18}"
	raw header-only "${rsa:0:18}"
	raw header-only-0 "${rsa:0:14}0000"
	raw header-short "${rsa:0:16}"
	raw type-only 03
	raw flipped "${rsa:0:100}$(printf %x $((0x${rsa:100:1} ^ 1)))${rsa:101}"
	raw flipped-ec "${ec:0:60}$(printf %x $((0x${ec:60:1} ^ 1)))${ec:61}"
	resize longer rsa2048-sha256 "${rsa:18}00"
	resize leading-zero rsa2048-sha256 "00${rsa:18}"
	resize longer-ec p256-sha256 "${ec:18}00"
	resize longest-ec p256-sha256 "${ec:18}0000000000"
	resize twice rsa2048-sha256 "${rsa:18}${rsa:18}"
	resize one-byte rsa2048-sha256 00
	resize one-byte-ec p256-sha256 30
}

# Each row as three files of the same content: p a policy, f under the plain rule, s under the one for signatures.
make_files() {
	local sig name set
	mkdir "$ROOT/table"
	for sig in "$VM/sig"/*.sig; do
		name=$(basename "$sig" .sig)
		for set in p f s; do
			cp "$content" "$ROOT/table/$set-$name"
			setfattr -n security.ima -v "0x$(hex "$name")" "$ROOT/table/$set-$name" || vm_die "setfattr of $name"
		done
	done
	for set in p f s; do cp "$content" "$ROOT/table/$set-none"; done
	chown "$PLAIN" "$ROOT"/table/f-*
	chown "$SIGNED" "$ROOT"/table/s-*
}

make_signatures
make_files

# ---- who says what -------------------------------------------------------------------------------

for key in $keys; do scene_cert /etc/keys/ima "$key"; scene_cert /certs "$key"; done
vm_script <<'END'
imaboot keys > /run/keys || cat /run/keys
certs=
for cert in /certs/*.der; do certs="$certs --cert $cert"; done
cd /sysroot/table
echo "policies: $(imaboot verify --json --signed p-*)"
echo "files: $(imaboot verify --json $certs f-*)"
echo "sha1: $(imaboot verify --json --signed --allow-sha1 $certs s-*)"
for file in p-*; do
	result=$(guest policy open path=/sysroot/table/$file poison close)
	case $result in
	'open ok, path '*', poison EINVAL, close ok') result=${result#open ok, path } ;;
	esac
	echo "kernel: $file ${result%, poison *}"
done
is "the good policy is loaded" "$(guest policy open path=/sysroot/table/p-rsa2048-sha256 close)" 'open ok, path ok, close ok'
for file in f-* s-*; do
	echo "kernel: $file $(guest open r /sysroot/table/$file)"
done
END
scene_boot "$kernel" ima_policy=secure_boot
vm_ended

# What the log and the programs of this machine say, by file.
declare -A kernel_says imaboot_says imaboot_kind imactl_says evmctl_says
while read -r name says; do
	[ "$says" != EACCES ] || says=no
	kernel_says[$name]=$says
done < <(sed -n 's/^kernel: //p' "$VM/log")
for set in policies files sha1; do
	while IFS='|' read -r name kind says; do
		imaboot_says[$set:$name]=$says
		imaboot_kind[$name]=$kind
	done < <(sed -n "s/^$set: //p" "$VM/log" | jq -r '.[] | .path[2:] + "|" + .kind + "|" + (.reason // "ok")')
done
certs=()
evmctl_keys=
for key in $keys; do
	certs+=(--cert "$PKI/$key.der")
	evmctl_keys+=${evmctl_keys:+,}$PKI/$key.der
done
while IFS='|' read -r name says; do
	imactl_says[$(basename "$name" | cut -c3-)]=$says
done < <("$BUILD/imactl" verify --json "${certs[@]}" "$ROOT"/table/p-* 2> /dev/null | jq -r '.files[] | .path + "|" + .cause')
for file in "$ROOT"/table/p-*; do
	name=$(basename "$file" | cut -c3-)
	evmctl_says[$name]=no
	! evmctl ima_verify --key "$evmctl_keys" "$file" > /dev/null 2>&1 || evmctl_says[$name]=ok
done

# ---- the comparison ------------------------------------------------------------------------------

# verdict TEXT WORD...: ok where the text is one of the words
verdict() {
	local text=$1 word
	shift
	for word; do [ "$text" != "$word" ] || { echo ok; return; }; done
	echo no
}

# Who of all does not answer as the kernel does.
differing() {
	local name=$1 signed=$2 plain=$3
	[ "$(verdict "${imaboot_says[policies:$name]-}" ok)" = "$signed" ] || echo verify
	[ "$(verdict "${imaboot_says[sha1:$name]-}" ok)" = "$signed" ] || echo sha1
	[ "$(verdict "${imaboot_says[files:$name]-}" ok)" = "$plain" ] || echo files
	[ "$(verdict "${imactl_says[$name]-}" signed hashed)" = "$plain" ] || echo imactl
	[ "${evmctl_says[$name]-}" = "$signed" ] || echo evmctl
}

# row FIELD...: each answer is that of the table, and the table names all who differ from the kernel
row() {
	local name=$1 signed=$2 plain=$3 imaboot=$4 imactl=$5 evmctl=$6 why=${7:-} got wanted who
	got="${kernel_says[p-$name]-} ${kernel_says[s-$name]-} ${kernel_says[f-$name]-} ${imactl_says[$name]-} ${evmctl_says[$name]-}"
	wanted="$signed $signed $plain $imactl $evmctl"
	who=$(differing "$name" "$signed" "$plain" | tr '\n' ' ')
	if [ "$got" != "$wanted" ]; then
		vm_fail "$name: policy, signed file, plain file, imactl, evmctl: $got; not $wanted"
	elif [[ ! ${imaboot_says[policies:$name]-} =~ ${reasons[$imaboot]} ]]; then
		vm_fail "$name: imaboot says '${imaboot_says[policies:$name]-}', not $imaboot"
	elif [ "${who% }" != "${why%%: *}" ]; then
		vm_fail "$name: who differs from the kernel: '${who% }', not '${why%%: *}'"
	else
		vm_pass "$name: ${why:-all agree} (kernel: $signed, $plain)"
	fi
}

rows=0
while IFS='|' read -r name signed plain imaboot imactl evmctl why; do
	row "$name" "$signed" "$plain" "$imaboot" "$imactl" "$evmctl" "$why"
	rows=$((rows + 1))
done < <(table)
if [ "$rows" -eq "${#evmctl_says[@]}" ]; then vm_pass "$rows rows, one for each signature"; else
	vm_fail "$rows rows for ${#evmctl_says[@]} signatures"
fi
# The header is named even where it cannot be verified.
for kind in v3:signature-v3 fs-verity:fs-verity-signature rsa2048-v1:signature-v1 digest:digest none:none type-7:unknown; do
	if [ "${imaboot_kind[${kind%:*}]}" = "${kind#*:}" ]; then vm_pass "kind of $kind"; else
		vm_fail "kind of $kind: ${imaboot_kind[${kind%:*}]}"
	fi
done
finish
