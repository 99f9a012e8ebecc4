#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# imactl plan knows what the boot program goes by: the configuration, which certificates and which signatures of a policy
# count, labels, EVM, SELinux, what init itself starts. The small root of imactl-plan.sh; writing security.ima needs root.
# shellcheck source=tests/lib/imactl.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib/imactl.sh"
# shellcheck source=tests/lib/planroot.sh
. "$top/tests/lib/planroot.sh"

boots='verdict:      will boot under this policy'
fails='verdict:      will not boot under this policy'
unknown='verdict:      not known'
# conf LINE...: the root's imaboot.conf
conf() { mkdir -p root/etc/imaboot && printf '%s\n' "$@" > root/etc/imaboot/imaboot.conf; }
# as_nobody COMMAND...: imactl of a user who is not root
cp "$build/imactl" imactl.nobody && cp "$PKI/ca.der" . && chmod 755 . imactl.nobody
# shellcheck disable=SC2317 # called by says
as_nobody() { setpriv --reuid 65534 --clear-groups ./imactl.nobody plan --root root --kernel 6.12 --fstype ext4 --trusted ca.der "$@"; }

# ---- the configuration -----------------------------------------------------------------------

fresh
conf 'require = yes' 'require-certificates = rsa2048.der'
says 'a configuration that asks for nothing else' 0 "$boots" plan
conf 'signature = auto' 'signatrue = auto'
says 'a wrong line' 1 "$fails: imaboot.conf is wrong in line 2: a boot with it loads no policy" plan
says 'is told' 1 "imactl: root/etc/imaboot/imaboot.conf:2: 'signatrue' is not a key; see imaboot.conf(5)" plan
says 'with what to do' 1 '  to mend it: correct the lines that are named above; see imaboot.conf(5)' plan
same 'in JSON' "$(field '.boots, .known, .configuration.reason')" 'false
true
is wrong in line 2: a boot with it loads no policy'
cp --preserve=xattr root/etc/ima/ima-policy new
same 'deploy tells it once' "$(deploy --policy new 2>&1 | grep -c signatrue)" 1
conf 'require-certificates = rsa2048.der other.der'
says 'a certificate that is required' 1 "$fails: imaboot.conf requires the certificate other.der, and there is none of that name" plan
cp "$PKI/p256.der" other.der
says 'may come with the deployment' 0 'imactl: write root/etc/ima/ima-policy' deploy --policy new --cert other.der
conf 'require-certificates = stranger.der'
cp "$PKI/stranger.der" root/etc/keys/ima
says 'one that the kernel refuses' 1 \
	"$fails: imaboot.conf requires the certificate stranger.der, which is refused: none of the trusted certificates is its issuer" plan
mkdir -p root/etc/keys/ima/ca
cp "$PKI/ca2.der" root/etc/keys/ima/ca/stranger.der
says 'one of that name among the CAs' 0 "$boots" plan
chmod 600 root/etc/imaboot/imaboot.conf
says 'one that only root may read' 1 "$unknown: imaboot.conf could not be read; be root, who can" as_nobody
rm root/etc/imaboot/imaboot.conf
ln -s nothing root/etc/imaboot/imaboot.conf
says 'a link to nothing' 1 "imaboot.conf: is a symbolic link to 'nothing', and inside the root 'root' there is no such file (links are never followed out of it)" plan
rm root/etc/imaboot/imaboot.conf
: > root/etc/imaboot/imaboot.conf
says 'an empty one' 0 "$boots" plan

# ---- what a configuration demands of a policy ------------------------------------------------

nothing='appraises no file: under it everything runs'
fresh
policy <<< 'measure func=BPRM_CHECK'
sign root/etc/ima/ima-policy
says 'a policy that only measures' 0 "$boots" plan
says 'is told of' 0 "  it $nothing; give it rules with appraise" plan
same 'in JSON' "$(field .policy.appraises)" false
for line in 'require = yes' 'must-appraise = yes'; do
	conf "$line"
	says "$line: it is none" 1 "$fails: the policy would not be loaded: $nothing" plan
	says "$line: with what to do" 1 '  to mend it: give it rules with appraise, or set must-appraise = no in imaboot.conf' plan
done
conf 'require = yes' 'must-appraise = no'
says 'unless that is what is wanted' 0 "$boots" plan
fresh
same 'one that appraises, in JSON' "$(field .policy.appraises)" true
bad 'says nothing of that' grep -F "$nothing" <(plan)

# The kernel refuses the only certificate: that somebody wants signatures is known all the same.
fresh
rm root/etc/keys/ima/*
policy <<< 'appraise func=BPRM_CHECK'
setfattr -x security.ima root/etc/ima/ima-policy 2> /dev/null
good 'without certificates no signature is wanted' grep -q ', not signed, and needs no signature$' <(plan)
cp "$PKI/stranger.der" root/etc/keys/ima
says 'with one that is refused it is' 1 "$fails: the policy would not be loaded: has no signature: the extended attribute security.ima is absent" plan

# ---- where the policies are ------------------------------------------------------------------

fresh
conf 'policy = /etc/ima/site-policy' 'known-good = /var/lib/site-known-good'
mv root/etc/ima/ima-policy new
says 'the policy of the configuration' 1 'imactl: root/etc/ima/site-policy: there is no such file; name the policy with --policy' plan
says 'is what deploy writes' 0 'imactl: write root/etc/ima/site-policy' deploy --policy new
good 'it is there' cmp new root/etc/ima/site-policy
same 'with its signature' "$(value new)" "$(value root/etc/ima/site-policy)"
bad 'and there alone' test -e root/etc/ima/ima-policy
says 'plan reads it there' 0 "$boots" plan
says 'deploy keeps the old one' 0 'imactl: write root/etc/ima/site-policy' deploy --policy new
good 'beside it' cmp new root/etc/ima/site-policy.bak
rescue=(--root root --kernel 6.12 --trusted "$PKI/ca.der")
mkdir -p root/var/lib
cp --preserve=xattr new root/var/lib/site-known-good
rm root/etc/ima/site-policy.bak
echo nonsense >> root/etc/ima/site-policy
says 'rescue looks there' 1 'site-policy            rules: 7, not signed: would not be loaded: the kernel refuses it (errors: 1)' imactl rescue "${rescue[@]}"
says 'at both' 1 'site-known-good        rules: 7, signed' imactl rescue "${rescue[@]}"
says 'and mends it there' 0 'site-known-good is site-policy now, and the one before is site-policy.bak; look again: imactl plan --root root' imactl rescue "${rescue[@]}" --use-known-good
same 'with the signature' "$(value new)" "$(value root/etc/ima/site-policy)"
says 'it can be put back' 0 'site-policy.bak is site-policy now; look again: imactl plan --root root' imactl rescue "${rescue[@]}" --restore --force
conf 'policy = /etc/ima/site-policy' 'known-good = none'
says 'no known-good policy is to be used' 1 'imactl: the configuration says known-good = none; name one there, or use --restore' imactl rescue "${rescue[@]}" --use-known-good

# ---- policies that cannot be read ------------------------------------------------------------

fresh
cp --preserve=xattr root/etc/ima/ima-policy root/etc/ima/ima-policy.known-good
head -c 2000000 /dev/zero | tr '\0' '#' >> root/etc/ima/ima-policy
says 'a policy that is too large' 1 'ima-policy             is larger than 1024 KiB, the most that is read' imactl rescue "${rescue[@]}"
says 'what helps' 1 'what helps             put the known-good policy in its place: imactl rescue --use-known-good --root root' imactl rescue "${rescue[@]}"
same 'in JSON' "$(imactl rescue "${rescue[@]}" --json | jq -c '.policies[0] | [.present, .good, .reason]')" '[true,false,"is larger than 1024 KiB, the most that is read"]'
good 'it is set aside' imactl rescue "${rescue[@]}" --set-aside
says 'and does not come back' 1 'imactl: ima-policy.bak is larger than 1024 KiB, the most that is read' imactl rescue "${rescue[@]}" --restore --force
mv root/etc/ima/ima-policy.bak root/etc/ima/ima-policy
good 'the known-good one takes its place' imactl rescue "${rescue[@]}" --use-known-good
good 'whole' cmp root/etc/ima/ima-policy root/etc/ima/ima-policy.known-good
mkdir -p root/srv
mv root/etc/ima/ima-policy root/srv/p
ln -s /srv/p root/etc/ima/ima-policy
says 'a policy that is a link' 0 'ima-policy             rules: 7, signed' imactl rescue "${rescue[@]}"
says 'can be set aside' 0 'ima-policy is ima-policy.bak now; look again: imactl plan --root root' imactl rescue "${rescue[@]}" --set-aside --force
same 'as a link' "$(readlink root/etc/ima/ima-policy.bak)" /srv/p
mv root/srv/p root/etc/ima/p
ln -sf p root/etc/ima/ima-policy.known-good
says 'a known-good one that is a link' 0 'ima-policy.known-good is ima-policy now; there was none before; look again: imactl plan --root root' imactl rescue "${rescue[@]}" --use-known-good
same 'with its signature' "$(value root/etc/ima/p)" "$(value root/etc/ima/ima-policy)"

# ---- the policy's signature ------------------------------------------------------------------

fresh
cp root/etc/ima/ima-policy new
imactl sign --hash-only --policy new > /dev/null
imactl sign --detached --policy --key "$PKI/rsa2048.key" --cert "$PKI/rsa2048.der" new > /dev/null
says 'a digest does not hide a signature beside it' 0 "$boots" plan --policy new
says 'nor for deploy' 0 'imactl: write root/etc/ima/ima-policy' deploy --policy new
same 'which takes it' "$(value root/etc/ima/ima-policy)" "$(sha256sum < new.sig)"
# What the boot program does not verify does not count, whatever the kernel would say.
fresh
for format in v3 verity; do
	imactl sign --format $format --policy --key "$PKI/rsa2048.key" --cert "$PKI/rsa2048.der" root/etc/ima/ima-policy > /dev/null
	case $format in
	v3) reason='its signature has format version 3, and a boot verifies version 2 alone' ;;
	*) reason='its signature is one of its fs-verity digest, and a boot verifies one of its content alone' ;;
	esac
	says "a policy signed in format $format" 1 "$fails: the policy would not be loaded: $reason" plan
	same 'is not signed, then' "$(field .policy.signed)" false
done
cp --preserve=xattr root/etc/ima/ima-policy new
bad 'deploy does not take it' deploy --policy new
imactl sign --hash sha512 --key "$PKI/rsa2048.key" --cert "$PKI/rsa2048.der" root/etc/ima/ima-policy > /dev/null
printf 'CONFIG_IMA=y\nCONFIG_IMA_APPRAISE=y\nCONFIG_INTEGRITY_TRUSTED_KEYRING=y\nCONFIG_CRYPTO_SHA256=y\nCONFIG_IMA_LSM_RULES=y\n' > config
says 'a hash that the kernel does not have' 1 \
	"$fails: the policy would not be loaded: it is signed over a hash that this kernel does not have" plan --config config
echo CONFIG_CRYPTO_SHA512=y >> config
says 'and one that it has' 0 "$boots" plan --config config
sha1() { "$top/tests/lib/sign" --xattr "$PKI/rsa2048.key" "$PKI/rsa2048.pem" "$1" sha1; }
sha1 root/etc/ima/ima-policy
says 'a policy signed over SHA-1' 1 \
	"$fails: the policy would not be loaded: is signed over a hash that proves nothing, since collisions can be made" plan
conf 'allow-sha1 = yes'
says 'where the configuration allows it' 0 "$boots" plan
rm root/etc/imaboot/imaboot.conf
sign root/etc/ima/ima-policy
sha1 root/bin/dash
says 'a file signed over SHA-1 runs' 0 "$boots" plan
echo more >> root/bin/dash
cause 'unless it was changed' 'init invalid-signature /bin/dash'

# ---- certificates ----------------------------------------------------------------------------

fresh
cp "$PKI/bad-trailing.der" root/etc/keys/ima/rsa2048.der
says 'a signer with bytes behind it' 1 \
	'  refused: root/etc/keys/ima/rsa2048.der: bytes follow the certificate, and imaboot does not load it; write it again: openssl x509 -inform DER -outform DER' plan
says 'signs nothing' 1 "$fails: the policy would not be loaded: is signed with a key of which no certificate was given" plan
cp --preserve=xattr root/etc/ima/ima-policy new
says 'deploy writes it anew' 0 'imactl: write root/etc/ima/ima-policy' deploy --policy new --cert root/etc/keys/ima/rsa2048.der
good 'without them' cmp "$PKI/rsa2048.der" root/etc/keys/ima/rsa2048.der
# An intermediate CA vouches for its leaf from the keyring of CAs alone.
fresh
rm root/etc/keys/ima/*
cp "$PKI/ca2.der" "$PKI/by-ca2-rsa.der" root/etc/keys/ima/
imactl sign --key "$PKI/by-ca2-rsa.key" --cert "$PKI/by-ca2-rsa.der" --root root --executables > /dev/null
imactl sign --key "$PKI/by-ca2-rsa.key" --cert "$PKI/by-ca2-rsa.der" root/etc/ima/ima-policy > /dev/null
for kernel in 6.1 6.12; do
	says "a CA among the signers, Linux $kernel" 1 \
		'  refused: root/etc/keys/ima/by-ca2-rsa.der: none of the trusted certificates is its issuer' \
		imactl plan --root root --fstype ext4 --trusted "$PKI/ca.der" --kernel $kernel
done
mkdir root/etc/keys/ima/ca
mv root/etc/keys/ima/ca2.der root/etc/keys/ima/ca/
says 'a CA among the CAs' 0 "$boots" plan

# ---- EVM -------------------------------------------------------------------------------------

fresh
conf 'evm = x509'
cause 'EVM asks for an attribute of its own' 'init missing-HMAC /bin/dash,/sbin/init'
says 'which is told' 1 '         2 missing-HMAC: has no security.evm, and EVM is active' plan
setfattr -n security.evm -v 0x0502 root/bin/dash
cause 'a file that has it' 'init missing-HMAC /sbin/init'
setfattr -x security.ima root/sbin/init
same 'without any signature that is the cause' "$(field '.denied[] | select(.files == ["/sbin/init"]).cause')" IMA-signature-required
conf 'evm = off'
sign root/sbin/init
says 'EVM is off' 0 "$boots" plan

# ---- what init starts and reads --------------------------------------------------------------

# systemd: the root's init is a program of that name, and goes by its unit files.
systemd() {
	fresh
	mkdir -p "root${1:-/usr}/lib/systemd/system-generators" root/usr/bin
	cp root/bin/dash "root${1:-/usr}/lib/systemd/systemd"
	ln -sf "${1:-/usr}/lib/systemd/systemd" root/sbin/init
	sign "root${1:-/usr}/lib/systemd/systemd"
}
# program PATH...: unsigned programs
program() { for file; do mkdir -p "root$(dirname "$file")" && cp root/bin/dash "root$file" && setfattr -x security.ima "root$file" 2> /dev/null; done; }
systemd
says 'systemd as init' 0 "$boots" plan
program /usr/bin/perl
printf '#!/usr/bin/perl\n' > root/usr/lib/systemd/system-generators/gen && chmod 755 root/usr/lib/systemd/system-generators/gen
sign root/usr/lib/systemd/system-generators/gen
cause 'the interpreter of a generator' 'init IMA-signature-required /usr/bin/perl'
systemd
program /usr/lib/systemd/systemd-executor
cause 'the executor' 'init IMA-signature-required /usr/lib/systemd/systemd-executor'
systemd ''
program /lib/systemd/systemd-executor /lib/systemd/systemd-journald /bin/mount
cause 'where /usr is not merged' 'init IMA-signature-required /bin/mount,/lib/systemd/systemd-executor,/lib/systemd/systemd-journald'
systemd
program /sbin/modprobe /usr/lib/systemd/system-generators/systemd-fstab-generator
cause 'what no unit names' 'services IMA-signature-required /sbin/modprobe,/usr/lib/systemd/system-generators/systemd-fstab-generator'
systemd
program /usr/bin/agent
conf 'preflight = init /usr/bin/agent /usr/bin/none'
cause 'a program that the configuration lists' 'init IMA-signature-required /usr/bin/agent'
same 'by whom' "$(field '.denied[0].needed_by')" imaboot.conf
conf 'preflight = off'
cause 'without a preflight it is not needed' 'other IMA-signature-required /usr/bin/agent'
systemd
mkdir -p root/etc/rc2.d && printf '#!/bin/sh\n' > root/etc/rc2.d/S01x && chmod 755 root/etc/rc2.d/S01x
cause 'systemd reads no scripts of runlevels' 'other IMA-signature-required /etc/rc2.d/S01x'

systemd
mkdir -p root/usr/lib/systemd/system
ln -s u0.service root/usr/lib/systemd/system/default.target
{ printf '[Unit]\nWants='; printf 'u%s.service ' {0..4200}; echo; } > root/usr/lib/systemd/system/u0.service
says 'units without end' 1 "$fails: the root has more or larger units than are looked at" plan
printf '[Service]\nExecStart=\\\n  /usr/bin/wanted\n' > root/usr/lib/systemd/system/u0.service
program /usr/bin/wanted
cause 'a command that begins in the next line' 'services IMA-signature-required /usr/bin/wanted'

# Another init.
fresh
program /sbin/getty2 /sbin/sulogin2 /sbin/shutdown2
printf '%s\n' '# x:2:respawn:/sbin/none' 'id:3:initdefault:' 'si::sysinit:/etc/init.d/rcS' '1:2345:respawn:/sbin/getty2 38400 tty1' \
	'tty2::askfirst:-/sbin/sulogin2' 'ca:12345:ctrlaltdel:/sbin/shutdown2 -r now' broken > root/etc/inittab
mkdir -p root/etc/init.d root/etc/rcS.d root/etc/rc3.d root/etc/rc2.d root/etc/runlevels/boot
for script in rcS a b c d; do printf '#!/bin/sh\n' > root/etc/init.d/$script && chmod 755 root/etc/init.d/$script; done
ln -s ../init.d/a root/etc/rcS.d/S01a
ln -s ../init.d/b root/etc/rc3.d/S01b
ln -s ../init.d/c root/etc/rc2.d/S01c
ln -s /etc/init.d/d root/etc/runlevels/boot/d
cause 'inittab, runlevels' \
	'services IMA-signature-required /etc/init.d/a,/etc/init.d/b,/etc/init.d/d,/etc/init.d/rcS,/sbin/getty2,/sbin/sulogin2; other IMA-signature-required /etc/init.d/c,/sbin/shutdown2'

# A script is executed and read, not mapped.
fresh
policy <<< $'appraise func=POLICY_CHECK appraise_type=imasig\nappraise func=MMAP_CHECK mask=MAY_EXEC appraise_type=imasig'
sign root/etc/ima/ima-policy
sign "root/$SMALLROOT_LIBRARY" root/bin/dash root/lib64/ld-linux-x86-64.so.2
setfattr -x security.ima root/sbin/init
says 'a script as init' 0 "$boots" plan

# Libraries for other processors than this one.
mkdir -p "root/$(dirname "$SMALLROOT_LIBRARY")/glibc-hwcaps/x86-64-v4" "root/$(dirname "$SMALLROOT_LIBRARY")/glibc-hwcaps/x86-64-v2"
for level in 2 4; do cp "root/$SMALLROOT_LIBRARY" "root/$(dirname "$SMALLROOT_LIBRARY")/glibc-hwcaps/x86-64-v$level/"; done
setfattr -x security.ima "root/$(dirname "$SMALLROOT_LIBRARY")/glibc-hwcaps/x86-64-v4/libc.so.6" 2> /dev/null
ldconfig -r root
sign "root/$(dirname "$SMALLROOT_LIBRARY")/glibc-hwcaps/x86-64-v2/libc.so.6"
cause 'a library for a newer processor' "init IMA-signature-required /$(dirname "$SMALLROOT_LIBRARY")/glibc-hwcaps/x86-64-v4/libc.so.6"

# ---- SELinux ---------------------------------------------------------------------------------

selinux() {
	mkdir -p root/etc/selinux/lab/policy root/etc/selinux/lab/contexts/files
	printf 'SELINUX=%s\nSELINUXTYPE=lab\n' "$1" > root/etc/selinux/config
	printf '\214\377\174\371init_exec_t' > root/etc/selinux/lab/policy/policy.33
	printf '\214\377\174\371' > root/etc/selinux/lab/policy/policy.9
	echo > root/etc/selinux/lab/contexts/files/file_contexts
}
reads=$'dont_appraise fsmagic=0xf97cff8c\nappraise func=POLICY_CHECK appraise_type=imasig\ndont_appraise fsmagic=0x63677270\nappraise func=FILE_CHECK mask=MAY_READ fowner=0'
systemd
selinux enforcing
policy <<< "$reads"
imactl sign --hash-only --root root > /dev/null
sign root/etc/ima/ima-policy
says 'all of it can be read' 0 "$boots" plan
setfattr -x security.ima root/etc/selinux/lab/policy/policy.33
setfattr -x security.ima root/etc/selinux/lab/policy/policy.9
setfattr -x security.ima root/etc/selinux/lab/contexts/files/file_contexts
cause 'what systemd loads and reads' \
	'init missing-hash /etc/selinux/lab/contexts/files/file_contexts,/etc/selinux/lab/policy/policy.33; other missing-hash /etc/selinux/lab/policy/policy.9'
selinux permissive
imactl sign --hash-only root/etc/selinux/config > /dev/null
setfattr -x security.ima root/etc/selinux/lab/policy/policy.33 2> /dev/null
says 'it is not enforced' 0 "$boots" plan
selinux enforcing
imactl sign --hash-only --root root/etc/selinux > /dev/null
policy <<< "${reads#*$'\n'}"
sign root/etc/ima/ima-policy
says 'selinuxfs' 1 'denied, and every boot does it: reading /sys/fs/selinux' plan
says 'with what to do' 1 '           to mend it, above that rule: dont_appraise fsmagic=0xf97cff8c' plan
grep -v SELINUX config > config.none
printf 'CONFIG_CRYPTO_SHA512=y\n' >> config.none
says 'a kernel without SELinux' 0 "$boots" plan --config config.none

# ---- labels ----------------------------------------------------------------------------------

fresh
policy <<< $'appraise func=POLICY_CHECK appraise_type=imasig\ndont_appraise obj_type=nonsense_t\nappraise func=BPRM_CHECK appraise_type=imasig'
sign root/etc/ima/ima-policy
says 'a label that nothing will ever know' 1 \
	"$fails: the policy would not be loaded: line 7: the label obj_type=nonsense_t can never become known: the root has no SELinux policy in /etc/selinux/targeted/policy" plan
says 'with what to do' 1 '  to mend it: install an SELinux policy, or write the rule without a label' plan
says 'rescue knows it too' 1 'ima-policy             rules: 8, signed: would not be loaded: line 7: the label obj_type=nonsense_t can never become known: the root has no SELinux policy in /etc/selinux/targeted/policy' \
	imactl rescue "${rescue[@]}"
labelled=$'dont_appraise obj_type=init_exec_t\nappraise func=POLICY_CHECK appraise_type=imasig\nappraise func=BPRM_CHECK appraise_type=imasig'
label() { printf '\214\377\174\371\13\0\0\0vvvvppppbbbb%s' "$1" > root/etc/selinux/lab/policy/policy.33; }
fresh
selinux permissive
label init_exec_t
policy <<< "$labelled"
sign root/etc/ima/ima-policy
setfattr -n security.selinux -v 'system_u:object_r:init_exec_t:s0' root/sbin/init root/bin/dash
says 'a label that will be known, and is not needed' 0 "$boots" plan
setfattr -x security.ima root/sbin/init
setfattr -x security.ima root/bin/dash
cause 'init is executed before it is known' 'init IMA-signature-required /bin/dash,/sbin/init'
conf 'labels = late'
says 'where the policy is loaded later, it is' 0 "$boots" plan
conf 'labels = refuse'
says 'labels are not wanted' 1 \
	"$fails: the policy would not be loaded: no security module knows its labels early in a boot, and imaboot.conf says labels = refuse" plan
rm root/etc/imaboot/imaboot.conf
sign --root root --executables
printf '#!/bin/sh\n' > root/bin/other && chmod 755 root/bin/other
setfattr -n security.selinux -v 'system_u:object_r:init_exec_t:s0' root/bin/other
says 'what runs later has its label' 0 "$boots" plan
same 'and is not denied' "$(field .files.denied)" 0

# ---- kernels and their modules ---------------------------------------------------------------

modules=$'appraise func=POLICY_CHECK appraise_type=imasig\nappraise func=MODULE_CHECK appraise_type=imasig'
module() { mkdir -p "root/lib/modules/$1/kernel/deep" && printf '\177ELF' > "root/lib/modules/$1/kernel/deep/${2:-a.ko}"; }
newest() { # NAME OLD NEW
	fresh
	policy <<< "$modules"
	sign root/etc/ima/ima-policy
	module "$2" && module "$3"
	sign "root/lib/modules/$2/kernel/deep/a.ko"
	says "$1" 1 "kernel:       $3, signers' keyring .ima, its configuration is not known" imactl plan --root root --fstype ext4 --trusted "$PKI/ca.der"
	sign "root/lib/modules/$3/kernel/deep/a.ko"
	setfattr -x security.ima "root/lib/modules/$2/kernel/deep/a.ko"
	says "$1, and only its modules are needed" 0 "$boots" imactl plan --root root --fstype ext4 --trusted "$PKI/ca.der"
}
newest 'ten is more than nine' 6.1.0-9-amd64 6.1.0-10-amd64
newest 'so with four hundred' 5.14.0-70.30.1.el9_0.x86_64 5.14.0-427.13.1.el9_4.x86_64
newest 'and another minor version' 6.9.99 6.12.1
# Modules on a file system of their own.
fresh
policy <<< "$modules"
sign root/etc/ima/ima-policy
mkdir root/usr/lib && rm -rf root/lib/modules
# shellcheck disable=SC2016,SC2317 # for the inner shell; called by says
mounted() {
	unshare --mount --propagation private bash -c 'mount -t tmpfs modules root/lib/modules && mkdir -p root/lib/modules/6.12.1/kernel &&
		printf "\177ELF" > root/lib/modules/6.12.1/kernel/a.ko || exit 99
		exec "$0" plan --root root --fstype ext4 --kernel 6.12 "$@"' "$build/imactl" --trusted "$PKI/ca.der" "$@"
}
mkdir root/lib/modules
says 'modules on another file system' 1 '             /lib/modules/6.12.1/kernel/a.ko' mounted
says 'are needed' 1 "$fails: it denies 1 files that the boot needs" mounted
says 'with --cross-device they come once' 1 "$fails: it denies 1 files that the boot needs" mounted --cross-device
# A packed module comes without a file, whatever the rule asks for.
fresh
policy <<< $'appraise func=POLICY_CHECK appraise_type=imasig\ndont_appraise fowner=0\nappraise func=MODULE_CHECK fowner=4242 appraise_type=imasig'
sign root/etc/ima/ima-policy
module 6.12.1 a.ko && module 6.12.1 b.ko.xz
cause 'a packed module, and a rule about others' 'modules module /lib/modules/6.12.1/kernel/deep/b.ko.xz'

# ---- what is not known -----------------------------------------------------------------------

uuid=0b8f0ad8-1f7c-4b0d-9d4c-6e1f4f7c2a51
fresh
policy <<< $'appraise func=POLICY_CHECK appraise_type=imasig\nappraise func=BPRM_CHECK appraise_type=imasig fsuuid='$uuid
sign root/etc/ima/ima-policy
says 'a UUID that does not matter' 0 "$boots" plan
setfattr -x security.ima root/sbin/init
says 'one that does' 1 "$unknown: whether 1 files that the boot needs are denied depends on the UUID of their file system; say it with --fsuuid" plan
same 'in JSON' "$(field '.boots, .known')" 'false
false'
says 'that UUID' 1 "$fails: it denies 1 files that the boot needs" plan --fsuuid $uuid
says 'another one' 0 "$boots" plan --fsuuid 11111111-1f7c-4b0d-9d4c-6e1f4f7c2a51
policy <<< $'appraise func=POLICY_CHECK appraise_type=imasig\nappraise func=BPRM_CHECK appraise_type=imasig fsuuid='$uuid$'\nappraise func=BPRM_CHECK'
sign root/etc/ima/ima-policy
says 'all of them say the same' 1 "$fails: it denies 1 files that the boot needs" plan
# What only root may read.
fresh
program /usr/lib/systemd/systemd-executor
chmod 700 root/usr/lib/systemd/systemd-executor
says 'a program that only root may read' 1 "$unknown: 1 files that the boot needs could not be read; be root, who can" as_nobody
says 'which root can' 1 "$fails: it denies 1 files that the boot needs" plan
rm root/usr/lib/systemd/systemd-executor
says 'and without it' 0 "$boots" as_nobody
mkdir -p root/usr/lib/systemd/hidden && chmod 700 root/usr/lib/systemd/hidden
program /usr/lib/systemd/hidden/mount
ln -s ../lib/systemd/hidden/mount root/usr/bin/mount 2> /dev/null || { mkdir -p root/usr/bin && ln -s ../lib/systemd/hidden/mount root/usr/bin/mount; }
says 'one in a folder that only root may enter' 1 "$unknown: 1 files that the boot needs could not be read; be root, who can" as_nobody
rm root/usr/bin/mount
chmod 700 root/bin/dash
says 'a shell' 1 "$unknown: 1 files that the boot needs could not be read; be root, who can" as_nobody
chmod 700 root/sbin/init
says 'init itself' 1 "$unknown: 2 files that the boot needs could not be read; be root, who can" as_nobody
chmod 755 root/sbin/init root/bin/dash
module 6.12.1
chmod 700 root/lib/modules/6.12.1
says 'modules, which no rule appraises' 0 "$boots" as_nobody
policy <<< "$modules"
sign root/etc/ima/ima-policy
says 'and where one does' 1 "$unknown: 1 files that the boot needs could not be read; be root, who can" as_nobody

# More programs than are looked at.
fresh
mkdir -p root/etc/rcS.d root/etc/rc2.d root/etc/runlevels/{sysinit,boot,default}
for folder in rcS.d rc2.d runlevels/sysinit runlevels/boot runlevels/default; do
	(cd "root/etc/$folder" && printf '#!/bin/sh\n' | tee S{1000..1999} > /dev/null && chmod 755 S*)
done
if plan > plan.out; then fail 'programs without end: status 0' "$(tail -n 1 plan.out)"; else pass 'programs without end'; fi
good 'are told' grep -q "^$fails: the root needs more than is looked at, of which /etc/runlevels/default/S1[0-9]* is the first: " plan.out
finish
