#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# kernels: 6.1 6.12 stock
# needs: qemu-system-x86_64 evmctl
# Premise: what the kernel answers, and logs, for each good and bad policy file given by path, where a signed policy is
# demanded (ima_policy=secure_boot) and where it is not. imaboot's reasons and remedies rest on these rows.
. "$(dirname "$0")/../lib/vm.sh"

work=$(mktemp -d "$CACHE/policy-load.XXXXXX")
good='appraise func=POLICY_CHECK appraise_type=imasig'

# policy NAME [SIGN-ARGUMENT...]: standard input, signed so; no signature without arguments.
policy() {
	local name=$1
	shift
	cat > "$work/$name"
	[ $# -eq 0 ] || "$VM_LIB/sign" "$@" > /dev/null
}

for key in rsa2048 rsa4096 p256 p384; do
	policy "good-$key" "$PKI/$key.key" "$PKI/$key.pem" "$work/good-$key" <<< "$good"
done
for hash in sha1 sha224 sha384 sha512; do
	policy "good-$hash" "$PKI/rsa2048.key" "$PKI/rsa2048.pem" "$work/good-$hash" "$hash" <<< "$good"
done
policy none <<< "$good"
for variant in truncated short padded zeroed wrong-hash v1 unknown hash hash-sha1; do
	policy "rsa-$variant" --as "$variant" "$PKI/rsa2048.key" "$PKI/rsa2048.pem" "$work/rsa-$variant" <<< "$good"
	policy "ecdsa-$variant" --as "$variant" "$PKI/p256.key" "$PKI/p256.pem" "$work/ecdsa-$variant" <<< "$good"
done
policy rsa-wrong-key "$PKI/stranger-rsa.key" "$PKI/rsa2048.pem" "$work/rsa-wrong-key" <<< "$good"
policy ecdsa-wrong-key "$PKI/stranger.key" "$PKI/p256.pem" "$work/ecdsa-wrong-key" <<< "$good"
policy not-loaded "$PKI/no-usage.key" "$PKI/by-ca2.pem" "$work/not-loaded" <<< "$good"
policy late "$PKI/no-ski-rsa.key" - "$work/late" <<< "$good"
policy stranger "$PKI/stranger-rsa.key" "$PKI/stranger-rsa.pem" "$work/stranger" <<< "$good"
policy tampered "$PKI/rsa2048.key" "$PKI/rsa2048.pem" "$work/tampered" <<< "$good"
echo "# $good" > "$work/tampered"

signed() { policy "$1" "$PKI/rsa2048.key" "$PKI/rsa2048.pem" "$work/$1"; }
printf '%s\nmeasure func=NONSENSE\n' "$good" | signed bad-rule
printf '%s\r\n' "$good" | signed crlf
printf '%s' "$good" | signed no-newline
printf '%s\nau\0dit uid=1\n' "$good" | signed nul
printf '\357\273\277%s\n' "$good" | signed bom
: | signed empty
echo 'appraise func=MODULE_CHECK appraise_type=imasig' | signed no-policy-check

cat > "$work/cases.sh" << 'END'
policy=/sys/kernel/security/ima/policy
echo 0 > /proc/sys/kernel/printk_ratelimit
cp -r /policies/. /run/
label() { # puts the detached signatures of /run/NAME... where the kernel looks for them
	for name; do
		outcome=$(guest attr load "/run/$name" "/run/$name.sig")
		[ "$outcome" = ok ] || echo "label $name: $outcome"
	done
}

# load PATH: a dry run; its outcome and what the kernel logged
load() {
	log=$(guest dry "$1")
	outcome=${log%%
*}
}

# check NAME PATH WANTED; try NAME WANTED [TEXT-IN-THE-LOG...]: a dry run of /run/NAME
check() {
	load "$2"
	is "$1" "$outcome" "$3"
}
try() {
	try_name=$1
	check "$try_name" "/run/$try_name" "$2"
	shift 2
	for text; do has "$try_name: log" "$log" "$text"; done
	if [ $# -eq 0 ]; then hasnt "$try_name: no cause in the log" "$log" 'cause=IMA'; fi
}
stock=
case $(uname -r) in *-amd64) stock=1 ;; esac
ring=$(ima_ring)
add() { for key; do is "$ring: $key" "$(guest key add "$ring" "/pki/$key.der")" ok; done; }
END

new() {
	vm_new "$1"
	vm_file "$PKI" /pki
	vm_file "$work" /policies
}

mkdir "$work-disk"
for hash in sha384 sha512; do
	echo "$good" > "$work-disk/good-$hash"
	"$VM_LIB/sign" --xattr "$PKI/rsa2048.key" "$PKI/rsa2048.pem" "$work-disk/good-$hash" "$hash"
done

new demanded
vm_ext4 "$work-disk" "$VM/disk"
vm_disk "$VM/disk"
vm_script << 'END'
. /policies/cases.sh
[ "$stock" ] || guest key add .secondary_trusted_keys /pki/ca2.der > /dev/null
is 'signatures whose hash the kernel has not are not even set' \
	"$(label $(cd /run && ls | sed -n 's/\.sig$//p'))" \
	"$([ ! "$stock" ] || printf 'label %s: EACCES\n' ecdsa-wrong-hash good-sha384 good-sha512 rsa-wrong-hash)"
unknown="integrity: Request for unknown key 'id:"

# Nothing is loaded: the verdict is for the moment, and the same file is taken once its signer is there.
try good-rsa2048 EACCES "$unknown" 'op=appraise_data cause=invalid-signature' 'ima: policy update failed' \
	'Unable to open file: /run/good-rsa2048 (-13)'
[ "$stock" ] || has 'good-rsa2048: which keyring and errno' "$log" "in '.ima' keyring. err -11"
add rsa2048
try good-rsa2048 ok
add rsa4096 p256 p384
try good-rsa4096 ok
if [ "$stock" ]; then
	try good-p256 EACCES 'cause=invalid-signature'
	try good-p384 EACCES 'cause=invalid-signature'
else
	try good-p256 ok
	try good-p384 ok
fi
for hash in sha1 sha224; do try good-$hash ok; done
if [ "$stock" ]; then
	# Debian has these in modules. The attribute of a file that comes from another machine is there all the same.
	mount -t ext4 /dev/vda /mnt
	for hash in sha384 sha512; do
		check "good-$hash on ext4" /mnt/good-$hash EACCES
		has "good-$hash on ext4: log" "$log" "ima: Can not allocate $hash (reason: -2)"
		has "good-$hash on ext4: log" "$log" 'op=collect_data cause=failed'
	done
else
	try good-sha384 ok
	try good-sha512 ok
fi
try late EACCES "$unknown"
try stranger EACCES "$unknown"
try not-loaded EACCES "$unknown"
if [ "$stock" ]; then add stranger-rsa; try stranger ok; fi

try none EACCES 'op=appraise_data cause=IMA-signature-required' 'Unable to open file: /run/none (-13)'
for key in rsa ecdsa; do
	for variant in wrong-key truncated zeroed v1 short padded; do
		try $key-$variant EACCES 'op=appraise_data cause=invalid-signature'
	done
	[ "$stock" ] || try $key-wrong-hash EACCES 'cause=invalid-signature'
	for variant in hash hash-sha1; do try $key-$variant EACCES 'cause=IMA-signature-required'; done
	try $key-unknown EACCES 'cause=unknown-ima-data'
done
try tampered EACCES 'cause=invalid-signature'

try bad-rule EINVAL 'type=1807' 'NONSENSE' 'ima: policy update failed'
try crlf EINVAL 'type=1807'
try bom EINVAL 'type=1807'
for file in no-newline nul empty; do
	try $file EINVAL 'ima: policy update failed'
	hasnt "$file: it is not refused for its signature" "$log" 'appraise_data'
done
try missing ENOENT 'Unable to open file: /run/missing (-2)'
mkdir /run/folder
mknod /run/device c 1 5
mkfifo /run/fifo
try folder EINVAL 'Unable to open file: /run/folder (-22)'
try device EINVAL 'Unable to open file: /run/device (-22)'
ln -s good-rsa2048 /run/link
try link ok
is 'open for writing' "$(guest hold /run/good-rsa2048 guest policy open path=/run/good-rsa2048 poison close)" \
	'open ok, path ETXTBSY, poison EINVAL, close ok'

mark
cd /run || exit 1
is 'a relative path' "$(guest policy open path=good-rsa2048 poison close)" 'open ok, path EACCES, poison EINVAL, close ok'
logged 'a relative path: log' 'signed policy file (specified as an absolute pathname) required'
is 'a rule' "$(guest policy open 'rule=audit uid=1' poison close)" 'open ok, rule EACCES, poison EINVAL, close ok'
is 'a comment' "$(guest policy open 'rule=# x' poison close)" 'open ok, rule EACCES, poison EINVAL, close ok'
mark
is 'a commit at last' "$(guest policy open path=/run/good-rsa2048 close)" 'open ok, path ok, close ok'
logged 'completed' 'ima: policy update completed'
[ "$stock" ] || check 'the first policy keeps the chain closed' /run/none EACCES
END
vm_boot "$1" ima_policy=secure_boot
vm_ended

# A policy without a rule for POLICY_CHECK ends the chain: the built-in rules that demanded a signature are dropped.
if [ "$1" != stock ]; then
	new chain
	vm_script << 'END'
. /policies/cases.sh
add rsa2048
label no-policy-check
check 'an unsigned policy, at first' /run/none EACCES
is 'a signed one without POLICY_CHECK' "$(guest policy open path=/run/no-policy-check close)" 'open ok, path ok, close ok'
check 'an unsigned policy, then' /run/none ok
END
	vm_boot "$1" ima_policy=secure_boot
	vm_ended
fi

# These let an unsigned policy pass although one is demanded.
for mode in $([ "$1" = stock ] && echo log || echo log fix off); do
	new "$mode"
	vm_script << 'END'
. /policies/cases.sh
mode=$(sed 's/.*ima_appraise=\([a-z]*\).*/\1/' /proc/cmdline)
add rsa2048
label tampered
check "ima_appraise=$mode: an unsigned policy" /run/none ok
check "ima_appraise=$mode: a tampered policy" /run/tampered ok
is "ima_appraise=$mode: a rule" "$(guest policy open 'rule=audit uid=1' poison close)" 'open ok, rule EACCES, poison EINVAL, close ok'
END
	vm_boot "$1" "ima_policy=secure_boot ima_appraise=$mode"
	vm_ended
done
finish
