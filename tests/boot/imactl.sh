#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# kernels: 6.1 6.12 stock
# needs: qemu-system-x86_64
# A boot that is enforced by what imactl made alone: the CA in the kernel, the signer, the signatures of the policy and
# of the whole root. What key check says of the certificates is what the kernel does with them. And relabel, by a kernel
# in fix mode and by itself, as an enforcing kernel then sees it.
. "$(dirname "$0")/../lib/vm.sh"
. "$(dirname "$0")/../lib/scene.sh"

kernel=$1
imactl() { "$BUILD/imactl" "$@"; }

# step NAME COMMAND...: imactl must do it, without the signatures of another program.
step() {
	local name=$1
	shift
	if imactl "$@" > "$ROOT/../step" 2>&1; then vm_pass "$name"; else vm_fail "$name: $(cat "$ROOT/../step")"; fi
}

# take PROGRAM PATH: as it is, with the libraries that it is linked with.
take() {
	vm_file "$1" "$2"
	ldd "$1" | grep -o '/[^ ]*' | while read -r file; do vm_file "$(realpath "$file")" "$file"; done
}

# imactl asks the running kernel.
take_imactl() { take "$BUILD/imactl" /imactl; }

# enforced ALGORITHM [intermediate]: makes the PKI, signs the root, boots.
enforced() {
	local algorithm=$1 intermediate=${2:-} issuer=ca keys=$VM/keys ca=() kind=$kernel format
	[ "$kernel" != stock ] || kind=debian
	mkdir "$keys"
	step "CA of $algorithm" key ca --algorithm "$algorithm" --subject '/O=imactl/CN=test CA' --key "$keys/ca.key" --out "$keys/ca.der"
	vm_ca "$keys/ca.der"
	if [ -n "$intermediate" ]; then
		step "request of an intermediate" key request --algorithm p256 --cn 'test intermediate' --key "$keys/sub.key" --out "$keys/sub.csr"
		step "intermediate CA" key issue --ca --issuer "$keys/ca.der" --issuer-key "$keys/ca.key" "$keys/sub.csr" --out "$keys/sub.der"
		issuer=sub
		ca=("$keys/sub.der")
		vm_file "$keys/sub.der" /etc/keys/ima/ca/sub.der
	fi
	step "request of the signer" key request --algorithm "$algorithm" --cn 'test signer' --key "$keys/signer.key" --out "$keys/signer.csr"
	step "signer" key issue --issuer "$keys/$issuer.der" --issuer-key "$keys/$issuer.key" "$keys/signer.csr" --out "$keys/signer.der"
	step "key check says that the kernel takes it" key check --kernel "$kind" --trusted "$keys/ca.der" "$keys/signer.der" ${ca[@]+"${ca[@]}"}
	vm_file "$keys/signer.der" /etc/keys/ima/signer.der
	scene_policy "$ROOT/etc/ima/ima-policy"
	step "the whole root signed" sign --key "$keys/signer.key" --cert "$keys/signer.der" --root "$ROOT" --exclude unsigned
	step "and verified" verify --cert "$keys/signer.der" "$ROOT/bin/signed" "$ROOT/etc/ima/ima-policy"
	for format in v3 verity; do
		cp "$ROOT/bin/signed" "$ROOT/bin/$format"
		step "a signature of format $format" sign --key "$keys/signer.key" --cert "$keys/signer.der" --format $format "$ROOT/bin/$format"
	done
	take_imactl
	vm_file "$PKI/stranger.der" /stranger.der
	vm_script <<'END'
run_boot
asks() { # NAME STATUS LINE COMMAND...
	name=$1 wanted=$2 line=$3
	shift 3
	said=$(/imactl "$@" 2>&1)
	is "$name: status" $? "$wanted"
	case "$said" in *"$line"*) pass "$name" ;; *) fail "$name" "$said" ;; esac
}
asks "verify --running" 0 "files: 1 with a good signature, 0 with a good digest, 0 failed" \
	verify --running /sysroot/bin/signed
asks "verify --running, another signer" 1 "/stranger.der: its key is not in the running kernel's keyring: its signatures do not count" \
	verify --running --cert /stranger.der /sysroot/bin/signed
asks "verify --running, a format for newer kernels" 1 "/sysroot/bin/v3: its signature has a format that the running kernel does not verify" \
	verify --running /sysroot/bin/v3
asks "verify --running, for fs-verity" 1 "/sysroot/bin/verity: has a signature for fs-verity, which the file does not have, so no kernel appraises it" \
	verify --running /sysroot/bin/verity
if grep -q ' \.ima: ' /proc/keys; then
	asks "key check --running" 0 "(by a key of the running kernel)" key check --running --kernel rhel /etc/keys/ima/signer.der
	asks "key check --running, a stranger" 1 "refused" key check --running --kernel rhel /stranger.der
	mkdir /strangers && cp /stranger.der /strangers
	asks "plan --running" 1 '"path":"/etc/keys/ima/signer.der","ca":false,"answer":"taken"' \
		plan --running --json --root /sysroot --certs /etc/keys/ima
	asks "plan --running, a stranger" 1 '"path":"/strangers/stranger.der","ca":false,"answer":"refused"' \
		plan --running --json --root /sysroot --certs /strangers
fi
is "boot ends with 0" "$status" 0
is "the outcome is kept" "$(cat /run/imaboot/outcome)" "enforced 0"
try_programs
grep -i 'test signer' /proc/keys
END
	scene_boot "$kernel" ima_policy=secure_boot
	vm_ended
	refuse 'panic' 'failed at stage' 'outcome failed'
	expect "imaboot: outcome enforced: policy /etc/ima/ima-policy (root) in force"
	# The kernel's name of the key is cut in /proc/keys.
	expect "test signer: $(imactl key show --json "$keys/signer.der" | jq -r '.[0].key_id[0:12]')"
}

# What key check says of each certificate of the PKI, one after the other, as "RING ANSWER NAME" for the guest. A wrong
# signature is EKEYREJECTED, but with RSA what comes out has no padding: EINVAL, or EBADMSG by chance.
verdicts() {
	local rings='[[1, ".ima"], [3, ".secondary_trusted_keys"]]' file
	[ "$kernel" != 6.1 ] || rings='[[0, ".ima"], [3, ".secondary_trusted_keys"]]'
	[ "$kernel" != stock ] || rings='[[2, "_ima"]]'
	for file in "$PKI"/*.der; do
		imactl key check --json --trusted "$PKI/ca.der" "$file" 2> /dev/null |
			jq -r --arg name "$(basename "$file" .der)" --argjson rings "$rings" '.[0] // empty | . as $check | $rings[] |
				.[1] + " " + ($check.keyrings[.[0]].error // "ok") + " " + $name'
	done | sed 's/ EKEYREJECTED / EKEYREJECTED|EINVAL|EBADMSG /' | sort -k 1,1 -k 2,2
}

# The kernel's own answers. SHA-3 and P-521 depend on the kernel's version; Debian's has no ECDSA, and notices it only
# where a certificate is self-signed.
agrees() {
	vm_new agrees
	vm_file "$PKI" /pki
	verdicts | sed -e 's/ ENOPKG \(sha3\|p521\)$/ ENOPKG|ok \1/' -e 's/^_ima ok stranger$/_ima ENOENT stranger/' | vm_text /verdicts
	vm_pass "key check has $(wc -l < "$VM/root/verdicts") verdicts"
	vm_script <<'END'
ima_ring > /dev/null
while read -r ring wanted name; do
	got=$(guest key add "$ring" "/pki/$name.der")
	case "|$wanted|" in
	*"|$got|"*) pass "$ring: $name is $wanted, as key check says" ;;
	*) fail "$ring: $name" "got '$got', key check says '$wanted'" ;;
	esac
done < /verdicts
END
	vm_boot "$kernel"
	vm_ended
}

# The digests that relabel leaves: in one folder by a kernel that repairs, in the other by itself. Both are then opened
# under a policy that demands a digest.
relabels() {
	local name
	vm_new relabels
	take_imactl
	mkdir -p "$VM/disk"/{fixed,own}
	for name in none wrong signed foreign spoiled; do
		echo "$name" | tee "$VM/disk/fixed/$name" > "$VM/disk/own/$name"
	done
	for name in fixed own; do
		setfattr -n security.ima -v "0x0404$(printf 'ab%.0s' {1..32})" "$VM/disk/$name/wrong"
		imactl sign --key "$PKI/rsa2048.key" --cert "$PKI/rsa2048.der" "$VM/disk/$name/signed" > /dev/null || vm_fail 'signing'
	done
	chown 4242 "$VM/disk/fixed/foreign"
	vm_ext4 "$VM/disk" "$VM/disk.img" 32M
	vm_disk "$VM/disk.img"
	vm_script <<'END'
mount -t ext4 /dev/vda /sysroot || fail mount "the disk cannot be mounted"
before=$(guest attr get /sysroot/fixed/signed)
is "nobody has a digest" "$(guest attr get /sysroot/fixed/none)" ENODATA
is "relabel --dry-run is not for the kernel" "$(/imactl relabel --dry-run --root /sysroot/fixed 2>&1)" \
	"imactl: relabel: --hash and --dry-run are for --by imactl: the kernel has its own hash (ima_hash=); see 'imactl relabel --help'"
is "relabel by the kernel" "$(/imactl relabel --root /sysroot/fixed 2>&1)" \
	"files: 3 have a digest, 1 are signed, and were left alone, 1 got none: no rule of the policy in force appraises them"
is "in JSON" "$(/imactl relabel --root /sysroot/fixed --json)" \
	'{"by":"kernel","dry_run":false,"labelled":3,"right":0,"signed":1,"not_appraised":1,"skipped":0,"failed":0}'
for name in none wrong spoiled; do
	is "the kernel's digest of $name" "$(guest attr get /sysroot/fixed/$name)" "0404$(sha256sum < /sysroot/fixed/$name | cut -c1-64)"
done
is "the signature is as it was" "$(guest attr get /sysroot/fixed/signed)" "$before"
is "what no rule appraises has none" "$(guest attr get /sysroot/fixed/foreign)" ENODATA
is "nothing else was opened" "$(guest attr get /sysroot/own/none)" ENODATA
umount /sysroot
END
	vm_boot "$kernel" 'ima_appraise=fix ima_policy=appraise_tcb ima_hash=sha256'
	vm_ended
	vm_script <<'END'
mount -t ext4 /dev/vda /sysroot || fail mount "the disk cannot be mounted"
not_ok "no kernel repairs here" /imactl relabel --by kernel --root /sysroot/own
is "relabel by imactl" "$(/imactl relabel --root /sysroot/own --exclude foreign 2>&1)" \
	"files: 3 given a digest, 1 are signed, and were left alone"
guest attr set /sysroot/own/spoiled "0404$(sha256sum < /sysroot/own/none | cut -c1-64)" > /dev/null
guest attr set /sysroot/fixed/spoiled "0404$(sha256sum < /sysroot/own/none | cut -c1-64)" > /dev/null
umount /sysroot
mount -t ext4 -o ro /dev/vda /sysroot
is "a policy" "$(guest policy open 'rule=appraise func=FILE_CHECK mask=MAY_READ fsmagic=0xef53' close)" "open ok, rule 54, close ok"
for folder in fixed own; do
	is "$folder: what had no digest" "$(cat /sysroot/$folder/none 2>&1)" none
	is "$folder: what had a wrong one" "$(cat /sysroot/$folder/wrong 2>&1)" wrong
	has "$folder: what has a wrong one now" "$(cat /sysroot/$folder/spoiled 2>&1)" 'Permission denied'
	has "$folder: what got none" "$(cat /sysroot/$folder/foreign 2>&1)" 'Permission denied'
done
END
	vm_boot "$kernel" 'ima_hash=sha256'
	vm_ended
}

# Signatures for fs-verity, of files that have it: over the digest that the file system keeps, and the kernel takes them.
# The kernels that are built here have no fs-verity.
verity() {
	local name
	vm_new verity
	take_imactl
	take "$(command -v fsverity)" /fsverity
	mkdir "$VM/disk"
	for name in salted plain; do echo "$name" > "$VM/disk/$name"; done
	# fs-verity wants blocks of a page.
	mke2fs -q -t ext4 -b 4096 -O verity,^has_journal -E root_owner=0:0 -d "$VM/disk" "$VM/disk.img" 32M > /dev/null || vm_die 'mke2fs'
	vm_disk "$VM/disk.img"
	vm_file "$PKI/rsa2048.key" /signer.key
	vm_file "$PKI/rsa2048.der" /signer.der
	vm_script <<'END'
mount -t ext4 /dev/vda /sysroot || fail mount "the disk cannot be mounted"
sign() { /imactl sign --key /signer.key --cert /signer.der --format verity "$@" 2>&1; }
/fsverity enable --salt=0123 /sysroot/salted || fail fsverity enable
is "a digest with salt" "$(sign /sysroot/salted)" "files: 1 signed"
has "is the one that is verified" "$(/imactl verify --cert /signer.der --json /sysroot/salted)" '"fs_verity":true'
has "another algorithm than the file's" "$(sign --hash sha512 /sysroot/salted)" \
	"imactl: /sysroot/salted: has fs-verity over sha256, and no signature over sha512 fits it; sign it over that one: imactl sign --format verity --hash sha256"
is "a file without fs-verity" "$(sign /sysroot/plain)" "files: 1 signed"
is "is told" "$(/imactl verify --cert /signer.der /sysroot/salted /sysroot/plain)" \
	"files: 2 with a good signature (2 of format verity), 0 with a good digest, 0 failed
       1 are signed for fs-verity and do not have it: no kernel appraises them before they do; give it to them: fsverity enable"
ima_ring > /dev/null
is "the key" "$(guest key add _ima /signer.der)" ok
rule='appraise func=FILE_CHECK mask=MAY_READ fsmagic=0xef53 digest_type=verity appraise_type=sigv3'
is "a policy" "$(guest policy open "rule=$rule" close)" "open ok, rule $((${#rule} + 1)), close ok"
is "the kernel takes the one with salt" "$(cat /sysroot/salted 2>&1)" salted
has "but not the file without" "$(cat /sysroot/plain 2>&1)" 'Permission denied'
END
	vm_boot "$kernel"
	vm_ended
}

agrees
relabels
[ "$kernel" != stock ] || verity
scene_new rsa
enforced rsa2048
if [ "$kernel" != stock ]; then
	scene_new p384
	enforced p384 intermediate
fi
finish
