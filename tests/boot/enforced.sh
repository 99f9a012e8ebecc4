#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# kernels: 6.1 6.12 stock
# needs: qemu-system-x86_64 evmctl
# The main job: certificates in, signed policy in force, a signed program runs and an unsigned one is refused.
# Once for each kind of key that the kernel has, for policies of the root and of the image, and through a chain
# of intermediate CAs whose files come in the wrong order.
. "$(dirname "$0")/../lib/vm.sh"
. "$(dirname "$0")/../lib/scene.sh"

kernel=$1

# enforced SIGNER WHERE [CA...]: the policy lies in the root or in the image; CAs go into the image.
enforced() {
	local signer=$1 where=$2 ca number=0
	shift 2
	scene_new "$signer"
	for ca; do # named so that an intermediate is read before its issuer
		number=$((number + 1))
		vm_file "$PKI/$ca.der" "/etc/keys/ima/ca/$((10 - number))-$ca.der"
	done
	scene_cert /etc/keys/ima "$signer"
	if [ "$where" = root ]; then scene_root_policy "$signer"; else scene_image_policy "$signer"; fi
	scene_sign "$signer" "$ROOT/bin/signed"
	vm_script <<'END'
run_boot
is "boot ends with 0" "$status" 0
is "the outcome is kept" "$(cat /run/imaboot/outcome)" "enforced 0"
try_programs
imaboot status
run_boot
is "a second boot ends with 0" "$status" 0
is "a second boot changes nothing" "$(cat /run/boot.err)" "imaboot: the work of this boot is done already, with \
outcome enforced (see /run/imaboot/status.json): nothing is changed"
echo "status.json: $(cat /run/imaboot/status.json)"
END
	scene_boot "$kernel"
	vm_ended
	refuse 'panic' 'cannot' 'failed at stage' 'outcome failed'
	expect '[kernel] imaboot: dry run of ' '[kernel] ima: policy update completed'
	if [ "$where" = root ]; then
		expect "imaboot: outcome enforced: policy /etc/ima/ima-policy (root) in force"
	else
		expect "imaboot: outcome enforced: policy /etc/imaboot/policy (image) in force"
	fi
	check_status_json "$where"
}

# What a real JSON parser reads in status.json.
check_status_json() {
	local json proof=read-back guard=true ring=.ima
	[ "$kernel" != stock ] || proof=file-gone guard=false ring=_ima
	json=$(sed -n 's/^status.json: //p' "$VM/log")
	if jq -e --arg proof "$proof" --argjson guard "$guard" --arg ring "$ring" --arg where "$1" '
		.schema == 1 and .outcome == "enforced" and .keyring == $ring and .guard == $guard and
		.policy.proof == $proof and .policy.source == $where and (.policy.sha256 | length == 64) and
		(.policy.signed_by | startswith("imaboot")) and
		([.certificates[] | select(.result == "refused")] == []) and .duration_us > 0' <<< "$json" > /dev/null; then
		vm_pass "status.json holds it all"
	else
		vm_fail "status.json: $json"
	fi
}

enforced rsa2048 root
enforced rsa4096 image
if [ "$kernel" != stock ]; then
	enforced p256 root
	enforced p384 image
	enforced by-ca3 root ca2 ca3
fi
finish
