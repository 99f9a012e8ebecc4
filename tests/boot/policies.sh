#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# kernels: 6.1 6.12 stock
# needs: qemu-system-x86_64 evmctl
# Every kind of bad policy file gets a message of its own from check and load, commits nothing, and leaves the good one
# loadable. The kernel demands a signed policy here; where it does not, tests/boot/outcomes.sh looks.
. "$(dirname "$0")/../lib/vm.sh"
. "$(dirname "$0")/../lib/scene.sh"

kernel=$1
P=/sysroot/p
resign="sign it: imactl sign --key KEY"

# bad NAME: begins a bad policy from the good one; the caller spoils and signs it.
bad() { scene_policy "$ROOT/p/$1"; }

# spoilt VARIANT: a policy whose signature is spoilt in one of the ways of tests/lib/sign.
spoilt() {
	bad "$1"
	"$VM_LIB/sign" --xattr --as "$1" "$PKI/rsa2048.key" "$PKI/rsa2048.pem" "$ROOT/p/$1"
}

# says NAME MESSAGE: the line of the log that `imaboot check` must have written on it, to the letter.
says() {
	expect "imaboot: $P/$1: failed at stage $2"
}

make_policies() {
	mkdir -p "$ROOT/p/directory"
	for name in good busy; do
		bad "$name" && scene_sign rsa2048 "$ROOT/p/$name"
	done
	bad none
	for name in hash hash-sha1 v1 short truncated padded zeroed unknown wrong-hash; do
		spoilt "$name"
	done
	bad wrong-key && "$VM_LIB/sign" --xattr "$PKI/stranger-rsa.key" "$PKI/rsa2048.pem" "$ROOT/p/wrong-key"
	bad no-key && scene_sign rsa4096 "$ROOT/p/no-key"
	bad sha1 && "$VM_LIB/sign" --xattr "$PKI/rsa2048.key" "$PKI/rsa2048.pem" "$ROOT/p/sha1" sha1
	bad tampered && scene_sign rsa2048 "$ROOT/p/tampered" && sed "s/imasig$/& /" "$ROOT/p/good" > "$ROOT/p/tampered"
	bad no-newline && truncate -s -1 "$ROOT/p/no-newline" && scene_sign rsa2048 "$ROOT/p/no-newline"
	bad nul && printf 'measure\0\n' >> "$ROOT/p/nul" && scene_sign rsa2048 "$ROOT/p/nul"
	bad crlf && sed -i 's/$/\r/' "$ROOT/p/crlf" && scene_sign rsa2048 "$ROOT/p/crlf"
	bad bom && sed -i '1s/^/\xef\xbb\xbf/' "$ROOT/p/bom" && scene_sign rsa2048 "$ROOT/p/bom"
	bad rule && echo 'appraise func=BOGUS' >> "$ROOT/p/rule" && scene_sign rsa2048 "$ROOT/p/rule"
	bad rule-late && { for _ in $(seq 30); do echo 'dont_measure fsmagic=0x9fa0'; done; echo 'measure pcr=99'; } >> "$ROOT/p/rule-late" &&
		scene_sign rsa2048 "$ROOT/p/rule-late"
	printf '# nothing\n\n  # but comments\n' > "$ROOT/p/comments" && scene_sign rsa2048 "$ROOT/p/comments"
	: > "$ROOT/p/empty"
	head -c 1048577 /dev/zero | tr '\0' '#' > "$ROOT/p/huge"
}

scenario() {
	local cmdline=$1
	scene_new "${cmdline:+demanded}"
	scene_cert /etc/keys/ima rsa2048
	make_policies
	vm_script <<'END'
ok "keys loads the signer" imaboot keys
has "it is loaded" "$ok_output" " loaded in "
ok "keys loads it once" imaboot keys
has "it is there" "$ok_output" " present in "
cd /sysroot/p
mkfifo /run/fifo
for file in none hash hash-sha1 v1 short truncated padded zeroed unknown wrong-hash wrong-key no-key tampered no-newline \
	nul crlf bom rule rule-late comments empty huge directory missing; do
	not_ok "check refuses $file" imaboot check "$file"
	echo "$ok_output"
	not_ok "load refuses $file" imaboot load "/sysroot/p/$file"
done
not_ok "check refuses a FIFO" imaboot check /run/fifo
echo "$ok_output"
not_ok "check refuses a device" imaboot check /dev/zero
echo "$ok_output"
cp busy /run/busy
guest attr set /run/busy "$(guest attr get busy)"
exec 9>> /run/busy
not_ok "check refuses a file that is open for writing" imaboot check /run/busy
echo "$ok_output"
exec 9>&-
exec 8> /sys/kernel/security/ima/policy
not_ok "check says that the policy file is busy" imaboot check good
echo "$ok_output"
exec 8>&-
is "nothing was committed" "$(/sysroot/bin/unsigned 2>&1)" "the unsigned program runs"
mark
ok "check takes the good one" imaboot check good
echo "$ok_output"
ok "check takes a signature over SHA-1, as the kernel does" imaboot check sha1
echo "$ok_output"
not_logged "check commits nothing" "policy update completed"
ok "load takes the good one" imaboot load good
echo "$ok_output"
logged "load commits" "policy update completed"
has "the unsigned program is refused" "$(/sysroot/bin/unsigned 2>&1)" "Permission denied"
imaboot guard on
echo "guard on: $?"
not_ok "a second load" imaboot load good
echo "$ok_output"
imaboot guard off
echo "guard off: $?"
[ ! -e /sys/kernel/security/ima/policy ] || ok "after the guard a load works again" imaboot load good
END
	scene_boot "$kernel" "$cmdline"
	vm_ended
}

# What is the same whether the kernel demands a signature or not: our own reading of the file comes first.
common() {
	local good="imaboot test rsa2048: "
	says no-newline "read: does not end with a newline, so the kernel refuses it; add one: echo >> '$P/no-newline', and sign it again"
	says nul "read: has a NUL byte in line 12: the kernel would stop reading there; write the policy again as plain text, and sign it"
	says crlf "read: ends line 1 with CR LF; the kernel takes the CR for part of the rule; convert it: sed -i 's/\\\\r\$//' '$P/crlf', and sign it again"
	says bom "read: begins with a byte order mark, which the kernel takes for a rule; remove it: sed -i '1s/^\\\\xef\\\\xbb\\\\xbf//' '$P/bom', and sign it again"
	says comments "read: holds no rule, only comments and blank lines: the kernel would commit nothing; write the rules, or remove the file"
	says empty "read: is empty; put the right file in its place, or remove it"
	says huge "read: is larger than 1024 KiB, the most that is read; check that it is the right file"
	says directory "read: is a directory, not a file; remove it, or put a regular file in its place"
	says missing "read: there is no such file"
	expect "imaboot: /run/fifo: failed at stage read: is a FIFO, not a regular file; remove it, or put a regular file in its place"
	expect "imaboot: /dev/zero: failed at stage read: is a character device, not a regular file; remove it, or put a regular file in its place"
	expect "imaboot: /run/busy: failed at stage dry-run: is open for writing in another process, so the kernel does not read it; close it there and try again"
	says good "dry-run: the kernel's policy file is busy: another process loads a policy, or this kernel takes no second one; try again; if it stays so, reboot to load another policy"
	expect "$P/good: the kernel accepts it (nothing was committed), signed by '$good"
	expect "$P/sha1: the kernel accepts it (nothing was committed), its signature not verified: is signed over a sha1 digest, of which collisions can be made"
	if [ "$kernel" = stock ]; then
		expect "$P/good: in force (proof: file-gone), signed by '$good" "guard on: 3" "guard off: 0"
		expect "the kernel takes no further policy: there is nothing to guard"
		says good "dry-run: this kernel takes one policy in a boot, and has it already; reboot to load another one"
	else
		expect "$P/good: in force (proof: read-back), signed by '$good" "guard on: 0" "guard off: 0"
		expect "the guard is set: no policy is loaded until 'imaboot guard off'" "the guard is not set"
		says good "dry-run: the guard over the kernel's policy file is set; lift it with 'imaboot guard off', load, and set it again"
	fi
}

scenario ima_policy=secure_boot
common
says none "dry-run: has no signature: the extended attribute security.ima is absent (copying without --preserve=xattr loses it); $resign '$P/none'"
says hash "dry-run: has no signature: security.ima holds only a digest of it; $resign '$P/hash'"
says hash-sha1 "dry-run: has no signature: security.ima holds only a digest of it; $resign '$P/hash-sha1'"
says v1 "dry-run: its signature has the old format version 1, which no certificate verifies; $resign '$P/v1'"
says short "dry-run: security.ima is not a whole signature: its lengths or its version do not fit; $resign '$P/short'"
says padded "dry-run: security.ima is not a whole signature: its lengths or its version do not fit; $resign '$P/padded'"
says unknown "dry-run: security.ima begins with 0x00, which is no kind of signature; $resign '$P/unknown'"
for name in truncated zeroed wrong-key wrong-hash; do
	expect_re "imaboot: $P/$name: failed at stage dry-run: its signature was not made by the key 'imaboot test rsa2048: [0-9a-f]{40}' that it names, or is damaged; $resign '$P/$name'"
done
expect_re "imaboot: $P/no-key: failed at stage dry-run: is signed with the key [0-9a-f]{8}, and no certificate of that key is in _?.?ima; put the signer's certificate into /etc/keys/ima of the image, or sign the file with a key that is there; the key's number is the end of the certificate's subject key identifier"
expect_re "imaboot: $P/tampered: failed at stage dry-run: its signature does not belong to this content: the file was changed after it was signed, or the signature is that of another file or key \\('imaboot test rsa2048: [0-9a-f]{40}'\\); $resign '$P/tampered'"
says rule "dry-run: line 12, column 15: func= cannot be 'BOGUS' [unknown-value]; correct the rule, and sign the policy again"
says rule-late "dry-run: "
finish
