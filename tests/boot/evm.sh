#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# kernels: 6.1 6.12 stock
# needs: qemu-system-x86_64 evmctl setfattr
# limit: 600
# EVM: certificates and the HMAC key, the activation after the policy, and what a refused one is told to be. Each
# boot of the first machine is one run of imaboot boot, without a policy; in the second one a policy is in force.
. "$(dirname "$0")/../lib/vm.sh"
. "$(dirname "$0")/../lib/scene.sh"

kernel=$1
ring=.evm
[ "$kernel" != stock ] || ring=_evm

# ---- the settings, one after the other ----------------------------------------------------------------

scene_new settings
scene_cert /certs rsa2048 p256
cp "$PKI/stranger.der" "$ROOT/stranger.der"
printf 'the secret of the master key, 32' | vm_text /etc/keys/kmk-user.blob
vm_script <<'END'
evm=/sys/kernel/security/integrity/evm/evm
# again CONFIG...: a boot with these lines of the configuration
again() {
	rm -rf /run/imaboot
	printf '%s\n' "$@" > /etc/imaboot/imaboot.conf
	run_boot
}
# said NAME TEXT: what the last boot said of EVM
said() { has "$1" "$(cat /run/boot.err)" "imaboot: EVM (evm = $2"; }

mkdir -p /etc/imaboot /etc/keys/evm
again 'evm = off'
is 'off: status' "$status" 0
hasnt 'off: nothing is said' "$(cat /run/boot.err)" EVM
has 'off: the report' "$(cat /run/imaboot/status.json)" '"evm":null'

again 'evm = x509'
is 'x509 without a certificate: the boot goes on' "$status" 0
said 'x509 without a certificate' 'x509) is not active: no certificate for it was accepted; put one into /etc/keys/evm of the image'
has 'x509 without a certificate: the report' "$(cat /run/imaboot/status.json)" '"evm":{"mode":"x509","result":"failed","value":null,'
again 'evm = x509' 'require = yes' 'on-failure = recovery'
is 'x509 without a certificate, required: status' "$status" 1
has 'x509 without a certificate, required: the outcome' "$(cat /run/imaboot/outcome)" 'failed 1'

again 'evm = hmac'
said 'hmac without a key' "hmac) is not active: the HMAC key /etc/keys/evm-trusted.blob: there is no such file; put the blob of the encrypted key evm-key there, in the image or the root, or name it with evmkey="
echo 'default user:kmk-user 64 0011' > /etc/keys/evm-trusted.blob
again 'evm = hmac'
said 'hmac with a damaged key' "hmac) is not active: the HMAC key (/etc/keys/evm-trusted.blob): the kernel refuses the blob: it is damaged, or the master key is another one; make it again with the master key of this machine: keyctl pipe"
is 'EVM is still not active' "$(cat $evm)" 0

# The blob, as an administrator makes it.
ok 'the master key' guest key add @u /etc/keys/kmk-user.blob user kmk-user
printf 'new user:kmk-user 64' > /run/new
is 'an encrypted key' "$(guest key add @u /run/new encrypted evm-key)" ok
guest key pipe @u encrypted evm-key > /etc/keys/evm-trusted.blob
is 'both are gone again' "$(guest key clear @u)" ok
has 'the blob' "$(cat /etc/keys/evm-trusted.blob)" 'user:kmk-user 64 '
mv /etc/keys/kmk-user.blob /run/blob
again 'evm = hmac'
said 'hmac without the master key' "hmac) is not active: the HMAC key (/etc/keys/evm-trusted.blob): the master key that its blob names is not loaded; put it at /etc/keys/kmk-trusted.blob, or name it with masterkey= and masterkeytype="
printf 'another secret of the master key' > /etc/keys/kmk-user.blob
again 'evm = hmac'
said 'hmac with another master key' 'hmac) is not active: the HMAC key (/etc/keys/evm-trusted.blob): the kernel refuses the blob'
is 'EVM is still not active' "$(cat $evm)" 0

mv /run/blob /etc/keys/kmk-user.blob
again 'evm = hmac'
is 'hmac: status' "$status" 0
is 'hmac: active' "$(cat $evm)" 1
hasnt 'hmac: nothing is said' "$(cat /run/boot.err)" 'not active'
has 'hmac: the report' "$(cat /run/imaboot/status.json)" '"evm":{"mode":"hmac","result":"active","value":2147483649,"reason":null,"remedy":null}'
has 'hmac: the report as text' "$(cat /run/imaboot/report.txt)" 'EVM (hmac) active'
hasnt 'hmac: no key is left in a keyring' "$(cat /proc/keys)" evm-key
hasnt 'hmac: no master key either' "$(cat /proc/keys)" kmk-user
echo x > /run/file
is 'hmac: a file gets an attribute' "$(guest attr set /run/file "0404$(sha256sum /run/file | cut -c1-64)")" ok
has 'hmac: and the HMAC of EVM with it' "$(XATTR=security.evm guest attr get /run/file)" 02

again 'evm = hmac'
has 'active already' "$(cat /run/imaboot/status.json)" '"evm":{"mode":"hmac","result":"present","value":null,'
cp /certs/rsa2048.der /etc/keys/evm/
again 'evm = both'
said 'fixed' 'both) is not active: the kernel refuses to activate it: its setting is fixed for this boot already (/sys/kernel/security/integrity/evm/evm shows 1); reboot, and see what activates it before imaboot'
is 'fixed: status' "$status" 0
has 'fixed: the certificate is in the keyring all the same' "$(cat /run/imaboot/report.txt)" "certificate (image) /etc/keys/evm/rsa2048.der"
END
# Debian's kernel has the LSM bpf, and would crash (see initrd/evm.c) but for this.
lsm=
[ "$kernel" != stock ] || lsm=lsm=lockdown,yama,apparmor
scene_boot "$kernel" "masterkeytype=user $lsm"
vm_ended

if [ "$kernel" = stock ]; then
	scene_new crash
	printf 'evm = hmac\n' | vm_text /etc/imaboot/imaboot.conf
	vm_script <<'END'
run_boot
is 'the boot goes on' "$status" 0
has 'the HMAC key is not used' "$(cat /run/boot.err)" "imaboot: EVM (evm = hmac) is not active: with an HMAC key this kernel (older than Linux 6.6, with the LSM bpf) would crash at the next file that is made; take bpf out of the kernel's LSMs (lsm=), use Linux 6.6 or later, or set evm = x509"
END
	scene_boot "$kernel"
	vm_ended
fi

# ---- enforced ----------------------------------------------------------------------------------------

# Programs with security.evm: portable signatures of content and metadata. evmctl signs both attributes in one go.
scene_new enforced
scene_cert /etc/keys/ima rsa2048
scene_cert /etc/keys/evm rsa2048
cp "$ROOT/bin/signed" "$ROOT/bin/plain"
cp "$ROOT/bin/signed" "$ROOT/bin/changed"
chown 0:0 "$ROOT"/bin/*
for name in signed changed; do
	evmctl sign --portable --imasig --hashalgo sha256 --key "$PKI/rsa2048.key" --keyid-from-cert "$PKI/rsa2048.pem" \
		"$ROOT/bin/$name" > "$VM/evmctl.log" 2>&1 || vm_die "evmctl sign: $(cat "$VM/evmctl.log")"
done
scene_sign rsa2048 "$ROOT/bin/plain"
chmod 700 "$ROOT/bin/changed" # the mode is among what the signature protects
scene_image_policy rsa2048
printf 'evm = x509\nrequire = yes\n' | vm_text /etc/imaboot/imaboot.conf
vm_script <<'END'
evm=/sys/kernel/security/integrity/evm/evm
echo 'preflight = /bin/signed /bin/plain' >> /etc/imaboot/imaboot.conf
run_boot
is 'a program that must run next has no security.evm: status' "$status" 1
has 'a program that must run next has no security.evm: the reason' "$(cat /run/boot.err)" "/bin/plain (line 11, 'appraise func=BPRM_CHECK appraise_type=imasig': has no security.evm, which the kernel asks for once EVM is active; evmctl sign --portable makes one)"
is 'EVM is not active' "$(cat $evm)" 0
rm -r /run/imaboot
ok 'the guard is lifted' imaboot guard off
sed 's|/bin/plain||' /etc/imaboot/imaboot.conf > /run/conf
cp /run/conf /etc/imaboot/imaboot.conf
run_boot
is 'boot ends with 0' "$status" 0
is 'the outcome: the policy of the image has no security.evm, and is in force all the same' "$(cat /run/imaboot/outcome)" 'enforced 0'
is 'EVM is active' "$(cat $evm)" 2
has 'the report' "$(cat /run/imaboot/status.json)" '"evm":{"mode":"x509","result":"active","value":2147483650,'
(echo 4 > $evm) 2> /run/refused
has 'no further change is let in' "$(cat /run/refused)" 'Operation not permitted'
is 'a program with both signatures runs' "$(/sysroot/bin/signed 2>&1)" 'the signed program runs'
has 'one whose mode was changed is refused' "$(/sysroot/bin/changed 2>&1)" 'Permission denied'
has 'one without security.evm is refused' "$(/sysroot/bin/plain 2>&1)" 'Permission denied'
cat /run/imaboot/report.txt
END
scene_boot "$kernel"
vm_ended
expect "certificate (image) /etc/keys/evm/rsa2048.der present in $ring as" "EVM (x509) active"
finish
