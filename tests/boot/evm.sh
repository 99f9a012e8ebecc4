#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# kernels: 6.1 6.12 stock
# needs: qemu-system-x86_64 evmctl setfattr swtpm debugfs
# limit: 600
# EVM: certificates and the HMAC key, the activation after the policy, and what a refused one is told to be. Each
# boot of the first machine is one run of imaboot boot, without a policy; in the others a policy is in force. The
# master key of the HMAC key is one of the TPM on 6.12, and one in the clear elsewhere.
. "$(dirname "$0")/../lib/vm.sh"
. "$(dirname "$0")/../lib/scene.sh"

kernel=$1
ring=.evm
[ "$kernel" != stock ] || ring=_evm
# With a TPM the built kernels are told where it is; see failures.sh.
type=user common='masterkeytype=user'
[ "$kernel" != 6.12 ] || type=trusted common='acpi=off tpm_tis.force=1 tpm_tis.interrupts=0'

# The TPM, and firmware without a driver for it: where SeaBIOS finds one slow, it locks the owner out of it.
evm_tpm() {
	[ "$type" = trusted ] || return 0
	vm_tpm tis
	vm_qemu -bios qboot.rom
}

# Portable signatures of content and metadata. evmctl signs both attributes in one go.
evm_sign() {
	local file
	for file; do
		evmctl sign --portable --imasig --hashalgo sha256 --key "$PKI/rsa2048.key" --keyid-from-cert "$PKI/rsa2048.pem" \
			"$file" > "$VM/evmctl.log" 2>&1 || vm_die "evmctl sign: $(cat "$VM/evmctl.log")"
	done
}

# Programs with security.evm.
evm_programs() {
	local name
	cp "$ROOT/bin/signed" "$ROOT/bin/plain"
	cp "$ROOT/bin/signed" "$ROOT/bin/changed"
	chown 0:0 "$ROOT"/bin/*
	evm_sign "$ROOT/bin/signed" "$ROOT/bin/changed"
	scene_sign rsa2048 "$ROOT/bin/plain"
	chmod 700 "$ROOT/bin/changed" # the mode is among what the signature protects
	# Policies for later.
	for name in plain signed changed; do
		echo 'audit func=BPRM_CHECK uid=4242' > "$ROOT/etc/ima/$name"
	done
	scene_sign rsa2048 "$ROOT/etc/ima/plain"
	evm_sign "$ROOT/etc/ima/signed" "$ROOT/etc/ima/changed"
	chmod 600 "$ROOT/etc/ima/changed"
}

# ---- the settings, one after the other ----------------------------------------------------------------

scene_new settings
scene_cert /certs rsa2048 p256
cp "$PKI/stranger.der" "$ROOT/stranger.der"
evm_programs
evm_tpm
vm_text /type <<< "$type"
vm_script <<'END'
read -r type < /type
master=/etc/keys/kmk-$type.blob
# tpm HEX: one command to the TPM; prints its answer.
tpm() {
	printf "$(echo "$1" | sed 's/../\\x&/g')" >&3
	dd bs=4096 count=1 2> /dev/null <&3 | od -An -v -tx1 | tr -d ' \n'
}
# make_master TEXT: a new master key in the keyring, and its file; one of the TPM has no text.
make_master() {
	guest key clear @u > /dev/null
	printf %s "$1" > $master
	[ $type = user ] || printf 'new 32 keyhandle=0x81000001' > /run/new
	[ $type = trusted ] || cp $master /run/new
	is 'a master key' "$(guest key add @u /run/new $type kmk-$type)" ok
	[ $type = user ] || guest key pipe @u trusted kmk-trusted > $master
}
if [ $type = trusted ]; then
	# The TPM gets a storage key (TPM2_CreatePrimary: ECC P-256, TPM2_EvictControl), under which it keeps the master key.
	exec 3<> /dev/tpm0
	has 'a storage key' "$(tpm 80020000004300000131400000010000000940000009000000000000040000000000\
1a0023000b00030472000000060080004300100003001000000000000000000000)" 0000000080000000
	has 'it stays' "$(tpm 8002000000230000012040000001800000000000000940000009000000000081000001)" 80020000
	exec 3>&-
fi
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
echo "default $type:kmk-$type 64 0011" > /etc/keys/evm-trusted.blob
again 'evm = hmac'
said 'hmac with a damaged key' "hmac) is not active: the HMAC key (/etc/keys/evm-trusted.blob): the kernel refuses the blob: it is damaged, or the master key is another one; make it again with the master key of this machine: keyctl pipe"
is 'EVM is still not active' "$(cat $evm)" 0

# The blob, as an administrator makes it.
make_master 'the secret of the master key, 32'
printf 'new %s:kmk-%s 64' $type $type > /run/new
is 'an encrypted key' "$(guest key add @u /run/new encrypted evm-key)" ok
guest key pipe @u encrypted evm-key > /etc/keys/evm-trusted.blob
has 'the blob' "$(cat /etc/keys/evm-trusted.blob)" "$type:kmk-$type 64 "
mv $master /run/blob
make_master 'another secret of the master key'
is 'all are gone again' "$(guest key clear @u)" ok
again 'evm = hmac'
said 'hmac with another master key' 'hmac) is not active: the HMAC key (/etc/keys/evm-trusted.blob): the kernel refuses the blob'
if [ $type = trusted ]; then
	sed 's/\(.*\)\(......\)$/\1aaaaaa/' /run/blob > $master
	again 'evm = hmac'
	said "hmac with a master key that is not this TPM's" "hmac) is not active: the master key ($master): the TPM refuses it: it was sealed by another TPM, or under a storage key or PCRs that have changed; make it again on this machine (keyctl add trusted), and the HMAC key with it"
	echo nonsense > $master
	again 'evm = hmac'
	said 'hmac with a damaged master key' "hmac) is not active: the master key ($master): the kernel refuses the blob: it is damaged, or the master key is another one"
fi
rm $master
again 'evm = hmac'
said 'hmac without the master key' "hmac) is not active: the HMAC key (/etc/keys/evm-trusted.blob): the master key that its blob names is not loaded; put it at /etc/keys/kmk-trusted.blob, or name it with masterkey= and masterkeytype="
is 'EVM is still not active' "$(cat $evm)" 0

mv /run/blob $master
again 'evm = hmac'
is 'hmac: status' "$status" 0
is 'hmac: active' "$(cat $evm)" 1
hasnt 'hmac: nothing is said' "$(cat /run/boot.err)" 'not active'
has 'hmac: the report' "$(cat /run/imaboot/status.json)" '"evm":{"mode":"hmac","result":"active","value":2147483649,"reason":null,"remedy":null}'
has 'hmac: the report as text' "$(cat /run/imaboot/report.txt)" 'EVM (hmac) active'
hasnt 'hmac: no key is left in a keyring' "$(cat /proc/keys)" evm-key
hasnt 'hmac: no master key either' "$(cat /proc/keys)" kmk-
mount -o remount,rw /sysroot
for name in hmac offline copied; do
	cp /sysroot/bin/plain /sysroot/bin/$name
	is "hmac: $name gets an attribute" "$(guest attr set /sysroot/bin/$name "$(guest attr get /sysroot/bin/plain)")" ok
	has 'hmac: and the HMAC of EVM with it' "$(XATTR=security.evm guest attr get /sysroot/bin/$name)" 02
done
mount -o remount,ro /sysroot
echo "evm-trusted.blob: $(cat /etc/keys/evm-trusted.blob)"
echo "kmk-$type.blob: $(cat $master)"

again 'evm = hmac'
has 'active already' "$(cat /run/imaboot/status.json)" '"evm":{"mode":"hmac","result":"present","value":null,'
cp /certs/rsa2048.der /etc/keys/evm/
again 'evm = both'
said 'fixed' 'both) is not active: the kernel refuses to activate it: its setting is fixed for this boot already (/sys/kernel/security/integrity/evm/evm shows 1); reboot, and see what activates it before imaboot'
is 'fixed: status' "$status" 0
has 'fixed: the certificate is in the keyring all the same' "$(cat /run/imaboot/report.txt)" "certificate (image) /etc/keys/evm/rsa2048.der"
END
# Debian's kernel has the LSM bpf, and would crash (see initrd/evm.c) but for this.
[ "$kernel" != stock ] || common+=' lsm=lockdown,yama,apparmor'
# evm=fix: files without an HMAC get one, as an administrator gives it to them.
scene_boot "$kernel" "$common evm=fix"
vm_ended
settings=$VM

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

scene_new enforced
scene_cert /etc/keys/ima rsa2048
scene_cert /etc/keys/evm rsa2048
evm_programs
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
[ "$kernel" != stock ] || finish

# ---- both --------------------------------------------------------------------------------------------

# The disk of the first machine and its keys, after somebody had the disk in another machine: one file's mode is
# another one, and one file has the HMAC of a file with the same content.
scene_new both
scene_cert /etc/keys/ima rsa2048
scene_cert /etc/keys/evm rsa2048
cp "$settings/disk.img" "$VM/disk.img"
debugfs -w -f - "$VM/disk.img" > "$VM/debugfs.log" 2>&1 <<END
set_inode_field /bin/offline mode 0100700
ea_get -f $VM/hmac /bin/hmac security.evm
ea_set -f $VM/hmac /bin/copied security.evm
END
for name in evm-trusted.blob "kmk-$type.blob"; do
	sed -n "s/^$name: //p" "$settings/log" | vm_text "/etc/keys/$name"
done
if [ "$type" = trusted ]; then
	cp -a "$settings/tpm" "$VM/tpm"
	rm -f "$VM/tpm/socket"
fi
evm_tpm
scene_image_policy rsa2048
printf '%s\n' 'evm = both' 'require = yes' 'preflight = /bin/signed /bin/hmac' | vm_text /etc/imaboot/imaboot.conf
vm_script <<'END'
run_boot
is 'boot ends with 0' "$status" 0
is 'the outcome' "$(cat /run/imaboot/outcome)" 'enforced 0'
is 'EVM is active, with both' "$(cat /sys/kernel/security/integrity/evm/evm)" 3
has 'the report' "$(cat /run/imaboot/status.json)" '"evm":{"mode":"both","result":"active","value":2147483651,"reason":null,"remedy":null}'
has 'the report as text' "$(cat /run/imaboot/report.txt)" 'EVM (both) active'
hasnt 'no key is left in a keyring' "$(cat /proc/keys)" evm-key
is 'a program with a signature of its metadata runs' "$(/sysroot/bin/signed 2>&1)" 'the signed program runs'
is 'one with an HMAC runs' "$(/sysroot/bin/hmac 2>&1)" 'the signed program runs'
for name in changed offline copied plain; do
	mark
	has "$name is refused" "$(/sysroot/bin/$name 2>&1)" 'Permission denied'
	case $name in
	plain) logged "$name: it has no security.evm" cause=missing-HMAC ;;
	changed) logged "$name: the signature does not fit" cause=invalid ;;
	*) logged "$name: the HMAC does not fit" cause=invalid-HMAC ;;
	esac
done
# A later policy, as one that imaboot-late.service loads.
ok 'the guard is lifted' imaboot guard off
check() { imaboot check "/sysroot/etc/ima/$1" 2>&1; }
has 'a later policy without security.evm' "$(check plain)" "/sysroot/etc/ima/plain: failed at stage dry-run: has no security.evm, which the kernel asks for since EVM is active; sign both attributes: evmctl sign --portable --imasig --key KEY '/sysroot/etc/ima/plain'"
has 'a later policy whose mode was changed' "$(check changed)" "/sysroot/etc/ima/changed: failed at stage dry-run: its security.evm does not belong to its owner, mode and attributes, or is by a key that EVM does not have; look who changed them; then sign both attributes: "
has 'a later policy with both signatures' "$(check signed)" '/sysroot/etc/ima/signed: the kernel accepts it'
rm -r /run/imaboot
run_boot
has 'a later run finds it active' "$(cat /run/imaboot/status.json)" '"evm":{"mode":"both","result":"present","value":null,'
END
scene_boot "$kernel" "$common"
vm_ended
finish
