#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# kernels: 6.1 6.12 stock
# needs: qemu-system-x86_64
# A boot that is enforced by what imactl made alone: the CA in the kernel, the signer, the signatures of the policy and
# of the whole root. What key check says of the certificates is what the kernel does with them.
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

# enforced ALGORITHM [intermediate]: makes the PKI, signs the root, boots.
enforced() {
	local algorithm=$1 intermediate=${2:-} issuer=ca keys=$VM/keys ca=() kind=$kernel
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
	# imactl asks the running kernel: as it is, with the libraries that it is linked with.
	vm_file "$BUILD/imactl" /imactl
	ldd "$BUILD/imactl" | grep -o '/[^ ]*' | while read -r file; do vm_file "$(realpath "$file")" "$file"; done
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
if grep -q ' \.ima: ' /proc/keys; then
	asks "key check --running" 0 "(by a key of the running kernel)" key check --running --kernel rhel /etc/keys/ima/signer.der
	asks "key check --running, a stranger" 1 "refused" key check --running --kernel rhel /stranger.der
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

agrees
scene_new rsa
enforced rsa2048
if [ "$kernel" != stock ]; then
	scene_new p384
	enforced p384 intermediate
fi
finish
