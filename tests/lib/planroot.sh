# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# What the tests of imactl plan, deploy and rescue share: a small root that boots, signed by rsa2048; source it after
# imactl.sh. Writing security.ima needs root.
#
#   fresh                  makes the folder root anew
#   policy [FILE]          standard input becomes the policy of it, or FILE, behind what memory is exempted from
#   sign ARGUMENT...       imactl sign with that signer
#   plan, deploy [OPTION...]   the verbs, for a kernel 6.12 that trusts the lab's CA
#   field EXPRESSION       of the plan's JSON, by jq
#   cause NAME WANTED      what is denied: "GROUP CAUSE FILE,FILE; ..."
#   value FILE             a digest of its security.ima

# shellcheck source=tests/lib/smallroot.sh
. "$(dirname "${BASH_SOURCE[0]}")/smallroot.sh"

sign() { imactl sign --key "$PKI/rsa2048.key" --cert "$PKI/rsa2048.der" "$@" > sign.log 2>&1 || fail "sign $*" "$(cat sign.log)"; }
plan() { imactl plan --root root --kernel 6.12 --fstype ext4 --trusted "$PKI/ca.der" "$@"; }
deploy() { imactl deploy --root root --kernel 6.12 --fstype ext4 --trusted "$PKI/ca.der" "$@"; }
field() { plan --json 2> /dev/null | jq -r "$1"; }
policy() {
	printf 'dont_appraise fsmagic=%s\n' 0x9fa0 0x62656572 0x73636673 0x01021994 0x858458f6 > "${1:-root/etc/ima/ima-policy}"
	cat >> "${1:-root/etc/ima/ima-policy}"
}
fresh() {
	rm -rf root
	smallroot root || fail smallroot
	cp "$PKI/rsa2048.der" root/etc/keys/ima
	policy <<< $'appraise func=POLICY_CHECK appraise_type=imasig\nappraise func=BPRM_CHECK appraise_type=imasig'
	sign --root root --executables
	sign root/etc/ima/ima-policy
}
cause() { same "$1" "$(field '[.denied[] | .group + " " + .cause + " " + (.files | join(","))] | join("; ")')" "$2"; }
value() { getfattr --absolute-names --only-values -n security.ima "$1" 2> /dev/null | sha256sum; }
