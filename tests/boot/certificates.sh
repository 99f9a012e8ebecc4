#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# kernels: 6.1 6.12 stock
# needs: qemu-system-x86_64 evmctl python3
# Every kind of bad certificate file gets a message of its own and stops no other: the good signer, last in the
# folder, is loaded, and the signed policy is in force. Signers and CAs of the root under the rules of trust.
. "$(dirname "$0")/../lib/vm.sh"
. "$(dirname "$0")/../lib/scene.sh"

kernel=$1
ring=.ima
[ "$kernel" != stock ] || ring=_ima

# What the image's folder holds besides the good one.
scene_new image
for bad in truncated trailing random empty body signature pem; do
	vm_file "$PKI/bad-$bad.der" "/etc/keys/ima/bad-$bad.der"
done
vm_file "$PKI/rsa2048.der" /etc/keys/ima/copy-of-good.der
vm_file "$PKI/rsa2048.der" /etc/keys/ima/good.der
head -c 65537 /dev/zero | vm_text /etc/keys/ima/bad-huge.der
vm_file "$PKI/stranger-rsa.der" /etc/keys/ima/bad-stranger.der
vm_file "$PKI/sha3.der" /etc/keys/ima/bad-sha3.der
vm_file "$PKI/ca2.der" /etc/keys/ima/ca/ca2.der
scene_root_policy rsa2048
scene_sign rsa2048 "$ROOT/bin/signed"
# What the root adds: a signer, a stranger, a CA, and links that lead out of it.
scene_root_cert rsa4096
cp "$PKI/stranger.der" "$ROOT/etc/keys/ima/stranger.der"
mkdir "$ROOT/etc/keys/ima/ca"
cp "$PKI/rogue-ca.der" "$ROOT/etc/keys/ima/ca/rogue.der"
ln -s /run/outside.der "$ROOT/etc/keys/ima/outside.der"
ln -s ../../../../../../run/outside.der "$ROOT/etc/keys/ima/outside-dots.der"
vm_script <<'END'
cd /etc/keys/ima
mkdir bad-directory.der
mkfifo bad-fifo.der
mknod bad-device.der c 1 5
mknod bad-block.der b 7 0
ln -s bad-loop-two.der bad-loop-one.der
ln -s bad-loop-one.der bad-loop-two.der
ln -s /nowhere/good.der bad-link.der
ln -s /proc/1/mem bad-unreadable.der
cp good.der /run/outside.der
cp copy-of-good.der "$(printf 'bad\033[31m\377name.der')"
run_boot
is "boot ends with 0" "$status" 0
echo "status.json: $(cat /run/imaboot/status.json)"
cat /run/imaboot/report.txt
try_programs
END
scene_boot "$kernel"
vm_ended

# refused NAME REASON: the line of the log on an image's certificate, to the letter.
refused() {
	expect "imaboot: certificate /etc/keys/ima/$1.der (image) is not in $ring: $2"
}

refused bad-empty "is empty; put the right file in its place, or remove it"
refused bad-truncated "is truncated: $(stat -c %s "$PKI/bad-truncated.der") of $(stat -c %s "$PKI/rsa2048.der") bytes are there; copy the certificate again"
refused bad-trailing "has $(($(stat -c %s "$PKI/bad-trailing.der") - $(stat -c %s "$PKI/rsa2048.der"))) bytes after the end of the certificate; one file holds one certificate: openssl x509 -inform DER -in '/etc/keys/ima/bad-trailing.der' -outform DER -out '/etc/keys/ima/bad-trailing.der.der'"
refused bad-pem "is PEM; the kernel reads DER; convert it: openssl x509 -in '/etc/keys/ima/bad-pem.der' -outform DER -out '/etc/keys/ima/bad-pem.der.der'"
refused bad-random "is not a DER certificate (it does not begin with a SEQUENCE); put a certificate in DER in its place, or remove it"
refused bad-huge "is larger than 64 KiB, the most that is read; check that it is the right file"
refused bad-directory "is a directory, not a file; remove it, or put a regular file in its place"
refused bad-fifo "is a FIFO, not a regular file; remove it, or put a regular file in its place"
refused bad-device "is a character device, not a regular file; remove it, or put a regular file in its place"
refused bad-block "is a block device, not a regular file; remove it, or put a regular file in its place"
refused bad-loop-one "its symbolic links lead in a circle; put the file itself here"
refused bad-link "is a symbolic link to '/nowhere/good.der', and inside the root '/' there is no such file (links are never followed out of it); put the file itself here, or correct the link"
refused bad-unreadable "cannot be read: I/O error; check the file system and the disk"
wrong="its signature is wrong, or the kernel's blacklist has it; it was damaged or changed after it was issued: copy it again"
if [ "$kernel" != stock ]; then
	refused bad-body "$wrong"
	refused bad-signature "$wrong"
	refused bad-stranger "the kernel trusts no issuer of it (.builtin_trusted_keys, .secondary_trusted_keys, .machine); from Linux 6.6 on also: it is a CA, or its keyUsage lacks digitalSignature; put the CA that issued it into /etc/keys/ima/ca of the image, and that CA's issuer into the kernel; see: openssl x509 -inform DER -in '/etc/keys/ima/bad-stranger.der' -noout -issuer -text"
fi
refuse "outcome failed" "panic"

# record FILTER NAME: a jq filter over the records of status.json must give true.
json=$(sed -n 's/^status.json: //p' "$VM/log")
record() {
	if jq -e "$1" <<< "$json" > /dev/null; then
		vm_pass "$2"
	else
		vm_fail "$2: $(jq -c .certificates <<< "$json")"
	fi
}

record '[.certificates[] | select(.result == "loaded" and .source == "image" and (.key | startswith("imaboot test rsa2048")))] |
	length == 1 and .[0].path == "/etc/keys/ima/bad\\x1b[31m\\xffname.der"' "the good bytes are loaded once, whatever the file's name holds"
record '[.certificates[] | select(.path == "/etc/keys/ima/good.der")][0] |
	.result == "skipped" and (.reason | startswith("holds the same bytes as ")) and .remedy == "remove one of the two"' "the same bytes are not loaded again"
record '[.certificates[] | select(.source == "root" and .path == "/etc/keys/ima/ca/rogue.der")][0] | .result == "skipped" and
	(.reason | startswith("CA certificates are taken from the image alone"))' "a CA of the root is not used"
if [ "$kernel" = stock ]; then
	record '[.certificates[] | select(.source == "root" and (.path | contains("/ca/") | not))] |
		length == 4 and all(.result == "skipped" and .keyring == "_ima" and
		.reason == "the keyring _ima checks no issuer, so certificates are taken from the image alone")' "no signer of the root is used"
	record '[.certificates[] | select(.path == "/etc/keys/ima/ca/ca2.der")][0].result == "skipped"' "a CA without an issuer is no failure"
else
	record '[.certificates[] | select(.source == "root" and .path == "/etc/keys/ima/rsa4096.der")][0].result == "loaded"' "a signer of the root is loaded"
	record '[.certificates[] | select(.source == "root" and .path == "/etc/keys/ima/stranger.der")][0].result == "refused"' "a stranger of the root is refused"
	record '[.certificates[] | select(.path == "/etc/keys/ima/ca/ca2.der")][0].result == "loaded"' "a CA of the image is loaded"
	for name in outside outside-dots; do
		record "[.certificates[] | select(.source == \"root\" and .path == \"/etc/keys/ima/$name.der\")][0] | .result == \"refused\" and
			(.reason | endswith(\"run/outside.der', and inside the root '/sysroot' there is no such file (links are never followed out of it)\"))" "$name: the link is not followed out of the root"
	done
fi

# An impostor: a stranger's certificate in the root that has the name and the key identifier of the good signer, and
# a policy signed by it under the good one's key id. On this open platform the kernel would load any policy.
scene_new impostor
scene_cert /etc/keys/ima rsa2048
id=$(openssl x509 -in "$PKI/rsa2048.pem" -noout -ext subjectKeyIdentifier | tail -n 1 | tr -d ' :')
openssl req -new -x509 -batch -key "$PKI/stranger-rsa.key" -subj '/O=imaboot/CN=imaboot test rsa2048' -days 30 \
	-config <(printf '[req]\ndistinguished_name=dn\n[dn]\n[v3]\nkeyUsage=digitalSignature\nsubjectKeyIdentifier=%s\n' "$id") \
	-extensions v3 -outform DER -out "$ROOT/etc/keys/ima/impostor.der"
scene_policy "$ROOT/etc/ima/ima-policy"
"$VM_LIB/sign" --xattr "$PKI/stranger-rsa.key" "$PKI/rsa2048.pem" "$ROOT/etc/ima/ima-policy"
vm_script <<'END'
run_boot
is "boot fails" "$status" 1
is "the unsigned program still runs: nothing was committed" "$(/sysroot/bin/unsigned 2>&1)" "the unsigned program runs"
END
scene_boot "$kernel"
vm_ended
expect_re "imaboot: policy /etc/ima/ima-policy \(root\) failed at stage signature: its signature was not made by the key 'imaboot test rsa2048: [0-9a-f]{40}' that it names, or is damaged; sign it: "
refuse "policy update completed" "dry run of"

# A root with 10,000 certificates, each of them whole, with a serial number of its own, and by a CA that nobody knows:
# none is looked at, one line says so, and the image's signer is all that counts.
if [ "$kernel" = 6.12 ]; then
	scene_new flood
	scene_cert /etc/keys/ima rsa2048
	scene_root_policy rsa2048
	scene_sign rsa2048 "$ROOT/bin/signed"
	python3 - "$PKI/by-rogue.der" "$ROOT/etc/keys/ima" <<-'END'
		import sys
		certificate = bytearray(open(sys.argv[1], 'rb').read())
		serial = certificate.index(b'\xa0\x03\x02\x01\x02\x02') + 7  # behind the version
		for number in range(10000):
		    certificate[serial + 1:serial + 3] = number.to_bytes(2, 'big')
		    open(f'{sys.argv[2]}/{number:04}.der', 'wb').write(certificate)
	END
	vm_script <<-'END'
		run_boot
		is "boot ends with 0" "$status" 0
		is "one line speaks of certificates" "$(grep -c 'is not in' /run/boot.err)" 1
		try_programs
	END
	scene_boot "$kernel"
	vm_ended
	expect "imaboot: certificate /etc/keys/ima (root) is not in .ima: holds more than 1000 files; make it a folder that holds certificates, or remove it" \
		"imaboot: outcome enforced: policy /etc/ima/ima-policy (root) in force, 1 certificate in the keyrings (signers in .ima), 1 refused"
	# As many as are looked at: each is refused, and the log has the first ones and a number.
	rm -f "$ROOT"/etc/keys/ima/[1-9]*.der "$VM/disk.img"
	VM_DISKS=()
	vm_script <<-'END'
		run_boot
		is "boot ends with 0" "$status" 0
		is "the first ones are told" "$(grep -c 'is not in' /run/boot.err)" 20
		try_programs
	END
	scene_boot "$kernel"
	vm_ended
	expect "imaboot: certificate /etc/keys/ima/0019.der (root) is not in .ima: the kernel trusts no issuer of it" \
		"imaboot: 980 more certificates were refused; they are in /run/imaboot/status.json" \
		"1 certificate in the keyrings (signers in .ima), 1000 refused"
	refuse "/etc/keys/ima/0020.der"
fi

# With the summary that imactl makes for an image, a refusal names the issuer that is missing.
if [ "$kernel" != stock ]; then
	scene_new issuers
	scene_cert /etc/keys/ima rsa2048 by-ca2 by-ca3 stranger-rsa
	scene_cert /etc/keys/ima/ca ca3
	"$BUILD/imactl" bundle --root "$VM/root" --tree "$VM/root" > "$VM/bundle.log" 2>&1 || vm_fail "no summary: $(cat "$VM/bundle.log")"
	cp "$PKI/by-rogue.der" "$ROOT/etc/keys/ima/"
	vm_script <<-'END'
		run_boot
		is "boot ends with 0" "$status" 0
	END
	scene_boot "$kernel"
	vm_ended
	ca2=$(openssl x509 -in "$PKI/ca2.pem" -noout -ext subjectKeyIdentifier | tail -n 1 | tr -d ' :' | tr A-F a-f)
	missing="its issuer 'O=imaboot, CN=imaboot test intermediate CA' (key id $ca2) is in no trusted keyring (.builtin_trusted_keys, .secondary_trusted_keys, .machine); add that CA's certificate to /etc/keys/ima/ca of the image, and build that CA's own issuer, or itself, into the kernel"
	refused by-ca2 "$missing"
	expect "imaboot: certificate /etc/keys/ima/ca/ca3.der (image) is not in .secondary_trusted_keys: $missing"
	refused by-ca3 "its issuer 'O=imaboot, CN=imaboot test second-level CA' (/etc/keys/ima/ca/ca3.der of the image) was refused itself; do what is said of that one"
	refused stranger-rsa "it is self-signed, and the kernel trusts none but those built into it and what they vouch for; have it issued by a CA that the kernel has, or build it into the kernel, or enroll it as a MOK"
	expect "imaboot: certificate /etc/keys/ima/by-rogue.der (root) is not in .ima: the kernel trusts no issuer of it"
fi
finish
