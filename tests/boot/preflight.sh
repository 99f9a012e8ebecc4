#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# kernels: 6.1 6.12 stock
# needs: qemu-system-x86_64 evmctl
# The stage preflight: a valid, signed policy under which init, one of its libraries or the initramfs could not run is
# not committed; the message names file, rule, cause and fix, and the next candidate is tried. The root's init is a real
# dynamic program, and under a policy that passes it does run.
. "$(dirname "$0")/../lib/vm.sh"
. "$(dirname "$0")/../lib/scene.sh"

kernel=$1
libs=/usr/lib/x86_64-linux-gnu
strict='appraise func=MMAP_CHECK mask=MAY_EXEC appraise_type=imasig'

# The parts of the root, made once: an init with a library of its own, and the host's linker and C library.
parts=$CACHE/preflight-parts
(
	flock 9
	[ -e "$parts" ] && exit
	mkdir "$parts.new"
	echo 'int one(void); int one(void) { return 1; }' | gcc -shared -fPIC -x c -Wl,-soname,libone.so -o "$parts.new/libone.so" -
	printf '#include <stdio.h>\nint one(void);\nint main(void) { printf("init runs: %%d\\n", one()); }\n' |
		gcc -x c -o "$parts.new/init" - -L"$parts.new" -l:libone.so -Wl,-rpath,/opt/own
	cp -L /lib64/ld-linux-x86-64.so.2 "$(gcc -print-file-name=libc.so.6)" "$parts.new"
	mv "$parts.new" "$parts"
) 9> "$parts.lock" || vm_die 'no parts of the root'

# begin NAME [SIGNED]: a scene whose files are signed, or not; the fallback is a policy that touches no program.
begin() {
	scene_new "$1"
	scene_cert /etc/keys/ima rsa2048
	mkdir -p "$ROOT"/{sbin,lib64,opt/own,usr/bin} "$ROOT$libs"
	cp "$parts/ld-linux-x86-64.so.2" "$ROOT/lib64/"
	cp "$parts/libc.so.6" "$ROOT$libs/"
	cp "$parts/libone.so" "$ROOT/opt/own/"
	cp "$parts/init" "$ROOT/usr/bin/real-init"
	ln -s ../usr/bin/real-init "$ROOT/sbin/init"
	cp "$parts/init" "$ROOT/usr/bin/unsigned-init"
	[ -z "${2:-}" ] || scene_sign rsa2048 "$ROOT/bin/signed" "$ROOT/lib64/ld-linux-x86-64.so.2" "$ROOT$libs/libc.so.6" \
		"$ROOT/opt/own/libone.so" "$ROOT/usr/bin/real-init"
	mkdir -p "$VM/root/etc/imaboot"
	printf 'appraise func=POLICY_CHECK appraise_type=imasig\n' > "$VM/root/etc/imaboot/policy"
	"$VM_LIB/sign" "$PKI/rsa2048.key" "$PKI/rsa2048.pem" "$VM/root/etc/imaboot/policy"
}

# policy [RULE...]: the root's policy, signed: the lab's and these behind it.
policy() {
	scene_policy "$ROOT/etc/ima/ima-policy"
	printf '%s\n' "$@" >> "$ROOT/etc/ima/ima-policy"
	scene_sign rsa2048 "$ROOT/etc/ima/ima-policy"
}

# refused [CMDLINE]: nothing of that policy is committed, and the image's is in force.
refused() {
	vm_script <<'END'
run_boot
is "exit status" "$status" 4
is "outcome" "$(cat /run/imaboot/outcome)" "fallback 4"
is "an unsigned program runs" "$(chroot /sysroot /usr/bin/unsigned-init 2>&1)" "init runs: 1"
echo "status.json: $(cat /run/imaboot/status.json)"
END
	scene_boot "$kernel" "${1:-}"
	vm_ended
	expect "imaboot: outcome fallback: policy /etc/imaboot/policy (image) in force"
	refuse "dry run of /etc/ima/ima-policy"
}

# passed [CMDLINE]: the policy is in force, init runs under it, and what is not signed does not.
passed() {
	vm_script <<'END'
run_boot
is "exit status" "$status" 0
is "outcome" "$(cat /run/imaboot/outcome)" "enforced 0"
is "init runs" "$(chroot /sysroot /sbin/init 2>&1)" "init runs: 1"
has "an unsigned program is refused" "$(chroot /sysroot /usr/bin/unsigned-init 2>&1)" "Permission denied"
END
	scene_boot "$kernel" "${1:-}"
	vm_ended
	refuse "failed at stage" "preflight: "
}

says() { expect "imaboot: policy /etc/ima/ima-policy (root) failed at stage preflight: denies what must run next: $1"; }

begin unsigned
policy "$strict"
refused
says "/usr/bin/real-init (line 11, 'appraise func=BPRM_CHECK appraise_type=imasig': has no signature), /lib64/ld-linux-x86-64.so.2 (line 12, '$strict': has no signature), /opt/own/libone.so (line 12, '$strict': has no signature) and 1 more; sign the root's files, below the folder DIR where it is mounted: imactl sign --key KEY --root DIR"
json=$(sed -n 's/^status.json: //p' "$VM/log")
if jq -e --arg libs "$libs" --arg cause 'has no signature' '.candidates[0] | .stage == "preflight" and .result == "failed" and
	.denied == [{path: "/usr/bin/real-init", source: "root", line: 11, cause: $cause},
		{path: "/lib64/ld-linux-x86-64.so.2", source: "root", line: 12, cause: $cause},
		{path: "/opt/own/libone.so", source: "root", line: 12, cause: $cause},
		{path: ($libs + "/libc.so.6"), source: "root", line: 12, cause: $cause}]' <<< "$json" > /dev/null; then
	vm_pass 'status.json lists what is denied'
else
	vm_fail "status.json: $json"
fi

begin signed yes
policy "$strict"
passed

begin hash yes
policy 'appraise func=MMAP_CHECK mask=MAY_EXEC'
setfattr -n security.ima -v "0x0404$(echo another | sha256sum | cut -d' ' -f1)" "$ROOT/opt/own/libone.so"
refused
says "/opt/own/libone.so (line 12, 'appraise func=MMAP_CHECK mask=MAY_EXEC': has the hash of another content); sign it: imactl sign --key KEY '/opt/own/libone.so'"

begin stranger yes
policy "$strict"
scene_sign rsa4096 "$ROOT/opt/own/libone.so"
refused
key=$(openssl x509 -in "$PKI/rsa4096.pem" -noout -ext subjectKeyIdentifier | tail -n 1 | tr -d ' :' | tr A-F a-f)
says "/opt/own/libone.so (line 12, '$strict': is signed with the key ${key: -8}, which is not loaded); put the certificate of the key ${key: -8} into /etc/keys/ima of the image, or sign the file with a key that is loaded"

begin tampered yes
policy "$strict"
printf x >> "$ROOT/opt/own/libone.so"
refused
says "/opt/own/libone.so (line 12, '$strict': has a signature that does not belong to its content); sign it: imactl sign --key KEY '/opt/own/libone.so'"

begin initramfs yes
printf '%s\n' 'appraise func=POLICY_CHECK appraise_type=imasig' 'appraise func=BPRM_CHECK appraise_type=imasig' > "$ROOT/etc/ima/ima-policy"
scene_sign rsa2048 "$ROOT/etc/ima/ima-policy"
refused
says "/bin/busybox of the image (line 2, 'appraise func=BPRM_CHECK appraise_type=imasig': has no signature); put the rule 'dont_appraise fsmagic=0x1021994' above it: files there carry no signatures"

begin list
policy
scene_sign rsa2048 "$ROOT/bin/signed" # a script, whose interpreter is not there
vm_text /etc/imaboot/imaboot.conf <<< 'preflight = /bin/signed'
vm_script <<'END'
run_boot
is "outcome" "$(cat /run/imaboot/outcome)" "enforced 0"
END
scene_boot "$kernel"
vm_ended
expect 'imaboot: preflight: /bin/sh, which /bin/signed needs, is not there'
refuse 'failed at stage'

begin listed yes
policy
vm_text /etc/imaboot/imaboot.conf <<< 'preflight = init /usr/bin/unsigned-init /missing'
refused
says "/usr/bin/unsigned-init (line 11, 'appraise func=BPRM_CHECK appraise_type=imasig': has no signature); sign it: imactl sign --key KEY '/usr/bin/unsigned-init'"
expect 'imaboot: preflight: /missing, which the configuration lists: there is no such file'

begin off
policy "$strict"
vm_text /etc/imaboot/imaboot.conf <<< 'preflight = off'
vm_script <<'END'
run_boot
is "outcome" "$(cat /run/imaboot/outcome)" "enforced 0"
has "init is refused" "$(chroot /sysroot /sbin/init 2>&1)" "Permission denied"
END
scene_boot "$kernel"
vm_ended

begin named-init yes
policy "$strict"
refused init=/usr/bin/unsigned-init
says "/usr/bin/unsigned-init (line 11, 'appraise func=BPRM_CHECK appraise_type=imasig': has no signature); sign it: imactl sign --key KEY '/usr/bin/unsigned-init'"

begin not-enforced
policy
vm_script <<'END'
run_boot
is "outcome" "$(cat /run/imaboot/outcome)" "enforced 0"
is "an unsigned program runs" "$(chroot /sysroot /sbin/init 2>&1)" "init runs: 1"
END
scene_boot "$kernel" ima_appraise=log
vm_ended
expect "imaboot: preflight: what must run next would be denied, were appraisal not in mode log (ima_appraise=): /usr/bin/real-init (line 11, "

# The UUID of the root's file system, from the kernel or from its super block.
begin uuid
printf '%s\n' 'appraise func=BPRM_CHECK fsuuid=12345678-1234-1234-1234-123456789abc appraise_type=imasig' > "$ROOT/etc/ima/ima-policy"
scene_sign rsa2048 "$ROOT/etc/ima/ima-policy"
# shellcheck disable=SC2317 # scene_boot calls it
vm_ext4() { mke2fs -q -t ext4 -U 12345678-1234-1234-1234-123456789abc -O ^has_journal -E root_owner=0:0 -d "$1" "$2" 64M > /dev/null; }
refused
says "/usr/bin/real-init (line 1, 'appraise func=BPRM_CHECK fsuuid=12345678-1234-1234-1234-123456789abc appraise_type=imasig': has no signature); sign it: imactl sign --key KEY '/usr/bin/real-init'"
refuse 'is not known: '
finish
