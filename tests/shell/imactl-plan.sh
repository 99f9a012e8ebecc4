#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# imactl plan, deploy, relabel and rescue on a small root: the verdict, its reasons and what mends them, what is changed
# and what is not. Writing security.ima needs root.
# shellcheck source=tests/lib/imactl.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib/imactl.sh"
# shellcheck source=tests/lib/planroot.sh
. "$top/tests/lib/planroot.sh"

# The verdict.
fresh
says 'a signed root boots' 0 'verdict:      will boot under this policy' plan
says 'the kernel' 0 'kernel:       6.12, signers'\'' keyring .ima, its configuration is not known' plan
says 'the rule, and what it appraises' 0 '         2 by line 7: appraise func=BPRM_CHECK appraise_type=imasig' plan
same 'in JSON' "$(field '[.boots, .files.denied, .root.init, .policy.signed] | join(" ")')" 'true 0 /sbin/init true'
same 'only what is appraised is read' "$(field '[.files.appraised, .files.read] | join(" ")')" '2 2'
setfattr -x security.ima root/sbin/init
says 'an init without a signature' 1 'verdict:      will not boot under this policy: it denies 1 files that the boot needs' plan
says 'what it is for' 1 'denied: init, and what it cannot do without' plan
says 'the cause' 1 '         1 IMA-signature-required: has no signature, and the rule demands one' plan
says 'the command' 1 '           to mend it: imactl sign --key KEY --cert CERT root/sbin/init' plan
says 'and the command mends it' 0 'verdict:      will boot under this policy' eval 'sign root/sbin/init && plan'

# Each cause, and the group that it is in.
setfattr -x security.ima root/bin/dash
cause 'a shell that init needs' 'init IMA-signature-required /bin/dash'
imactl sign --hash-only root/bin/dash > /dev/null
cause 'a digest where a signature is demanded' 'init IMA-signature-required /bin/dash'
sign root/bin/dash
echo more >> root/bin/dash
cause 'a file that was changed' 'init invalid-signature /bin/dash'
"$top/tests/lib/sign" --xattr "$PKI/rsa4096.key" "$PKI/rsa4096.pem" root/bin/dash
cause 'a key that is not loaded' 'init unknown-key /bin/dash'
setfattr -n security.ima -v 0x0900 root/bin/dash
cause 'an attribute of no kind' 'init unknown-ima-data /bin/dash'
sign root/bin/dash
printf '#!/bin/sh\n' > root/bin/other && chmod 755 root/bin/other
cause 'a file that the boot does not need' 'other IMA-signature-required /bin/other'
says 'and it boots all the same' 0 'verdict:      will boot under this policy' plan
rm root/bin/other
policy <<< $'appraise func=POLICY_CHECK appraise_type=imasig\nappraise func=MMAP_CHECK mask=MAY_EXEC'
sign root/etc/ima/ima-policy
setfattr -x security.ima "root/$SMALLROOT_LIBRARY"
cause 'a library' "init missing-hash /$SMALLROOT_LIBRARY"
mkdir -p root/lib/modules/6.12.1/kernel
printf '\177ELF' > root/lib/modules/6.12.1/kernel/a.ko
printf 'xz' > root/lib/modules/6.12.1/kernel/b.ko.xz
policy <<< $'appraise func=POLICY_CHECK appraise_type=imasig\nappraise func=MODULE_CHECK appraise_type=imasig'
sign root/etc/ima/ima-policy
cause 'modules' 'modules IMA-signature-required /lib/modules/6.12.1/kernel/a.ko; modules module /lib/modules/6.12.1/kernel/b.ko.xz'
fresh
sed -i '/0x9fa0/d' root/etc/ima/ima-policy
echo 'appraise func=FILE_CHECK mask=MAY_READ uid=0' >> root/etc/ima/ima-policy
sign root/etc/ima/ima-policy
says 'what every boot reads' 1 'denied, and every boot does it: reading /proc' plan
says 'the verdict then' 1 'verdict:      will not boot under this policy: it denies what every boot does' plan

# Units: what the default target starts, and nothing else.
fresh
mkdir -p root/usr/lib/systemd/system/multi-user.target.wants root/etc/systemd/system root/usr/bin
ln -s multi-user.target root/usr/lib/systemd/system/default.target
printf '[Unit]\nRequires=basic.target\n' > root/usr/lib/systemd/system/multi-user.target
for name in wanted masked unwanted; do
	printf '#!/bin/sh\n' > root/usr/bin/$name && chmod 755 root/usr/bin/$name
	printf '[Service]\nExecStart=-@/usr/bin/%s a0 --option\n' $name > root/usr/lib/systemd/system/$name.service
done
ln -s ../wanted.service ../masked.service root/usr/lib/systemd/system/multi-user.target.wants/
ln -s /dev/null root/etc/systemd/system/masked.service
cause 'units' 'services IMA-signature-required /usr/bin/wanted; other IMA-signature-required /usr/bin/masked,/usr/bin/unwanted'
same 'which unit' "$(field '.denied[0].needed_by')" wanted.service

# The policy, the certificates, the root.
fresh
setfattr -x security.ima root/etc/ima/ima-policy
says 'a policy without a signature' 1 'verdict:      will not boot under this policy: the policy would not be loaded: has no signature: the extended attribute security.ima is absent' plan
mkdir -p root/etc/imaboot && echo 'signature = optional' > root/etc/imaboot/imaboot.conf
says 'where the configuration wants none' 0 'verdict:      will boot under this policy' plan
rm -r root/etc/imaboot
policy <<< 'appraise func=NONSENSE'
says 'a policy that the kernel refuses' 1 '  it would not be loaded: the kernel refuses it (errors: 1)' plan
says 'and how to see why' 1 '  to mend it: imactl lint --kernel 6.12 root/etc/ima/ima-policy' plan
printf 'appraise func=BPRM_CHECK' > root/etc/ima/ima-policy
bad 'a policy without a last newline' plan
rm root/etc/ima/ima-policy
says 'no policy' 1 'imactl: root/etc/ima/ima-policy: there is no such file; name the policy with --policy' plan
says 'no policy of that name' 1 'imactl: none: cannot be opened: No such file or directory; name the policy with --policy' plan --policy none
fresh
cp "$PKI/stranger.der" root/etc/keys/ima
says 'a certificate that the kernel refuses' 0 '  refused: root/etc/keys/ima/stranger.der: none of the trusted certificates is its issuer' plan
rm root/etc/keys/ima/rsa2048.der
bad 'and no other one' plan
fresh
rm root/sbin/init root/bin/sh
says 'no init' 1 'verdict:      will not boot under this policy: the root has no init: there is none of /sbin/init, /etc/init, /bin/init, /bin/sh' plan
fresh
rm "root/$SMALLROOT_LIBRARY"
bad 'a library that is missing' plan
same 'is named' "$(field .root.reason)" 'cannot start /sbin/init: libc.so.6, which /bin/dash asks for, is not found'
says 'a root that is none' 1 'imactl: nothing: cannot be opened: No such file or directory; name the folder of a root with --root' imactl plan --root nothing
fresh
imactl sign --detached --key "$PKI/rsa2048.key" --cert "$PKI/rsa2048.der" root/etc/ima/ima-policy > /dev/null
setfattr -x security.ima root/etc/ima/ima-policy
says 'a boot reads the attribute alone, no signature beside it' 1 'verdict:      will not boot under this policy: the policy would not be loaded: has no signature: the extended attribute security.ima is absent' plan
good 'which a policy that is yet to be put there may have' plan --policy root/etc/ima/ima-policy
says 'so rescue' 1 'ima-policy             rules: 7, not signed: would not be loaded: has no signature: the extended attribute security.ima is absent' imactl rescue --root root --kernel 6.12 --trusted "$PKI/ca.der"
fresh
mkdir outside && mv root/etc/keys/ima/rsa2048.der outside && ln -s "$PWD/outside/rsa2048.der" root/etc/keys/ima/rsa2048.der
says 'a link does not lead out of the root' 1 \
	"imactl: root/etc/keys/ima/rsa2048.der: is a symbolic link to '$PWD/outside/rsa2048.der', and inside the root 'root' there is no such file (links are never followed out of it); put the file itself here, or correct the link" plan
mkdir -p "root$PWD" && mv outside "root$PWD/"
says 'but in the root' 0 'verdict:      will boot under this policy' plan
mv root/etc/ima/ima-policy . && ln -s "$PWD/ima-policy" root/etc/ima/ima-policy
says 'nor that of a policy' 1 \
	"imactl: root/etc/ima/ima-policy: is a symbolic link to '$PWD/ima-policy', and inside the root 'root' there is no such file (links are never followed out of it); put the file itself here, or correct the link" plan
says 'a kernel that is none' 2 "imactl: --kernel: 'x' is not a version; give one such as 6.1" imactl plan --root . --kernel x
says 'a file system that is none' 2 "imactl: plan: --fstype 'x' is not a file system that is known here" imactl plan --root . --fstype x
says 'a UUID that is none' 2 "imactl: plan: --fsuuid 'x' is not a UUID such as 0b8f0ad8-1f7c-4b0d-9d4c-6e1f4f7c2a51" imactl plan --root . --fsuuid x

# File systems.
fresh
policy <<< $'appraise func=POLICY_CHECK appraise_type=imasig\nappraise func=BPRM_CHECK fsuuid=0b8f0ad8-1f7c-4b0d-9d4c-6e1f4f7c2a51 appraise_type=imasig'
sign root/etc/ima/ima-policy
same 'another UUID: nothing is appraised' "$(field .files.appraised)" 0
says 'and that is said' 0 '  the policy asks about file systems, and this root is a folder of another one: say what it will be with --fstype and --fsuuid' plan
same 'its UUID' "$(plan --json --fsuuid 0b8f0ad8-1f7c-4b0d-9d4c-6e1f4f7c2a51 | jq .files.appraised)" 2

# Without root: what cannot be read is not taken for good.
fresh
policy <<< $'appraise func=POLICY_CHECK appraise_type=imasig\nappraise func=FILE_CHECK mask=MAY_READ fowner=4242 appraise_type=imasig'
sign root/etc/ima/ima-policy
echo x > root/etc/shadow && chmod 600 root/etc/shadow && chown 4242 root/etc/shadow
sign root/etc/shadow
cp "$build/imactl" . && cp "$PKI/ca.der" . && chmod 755 . imactl
nobody=(setpriv --reuid 65534 --clear-groups ./imactl plan --root root --kernel 6.12 --fstype ext4 --trusted ca.der)
says 'a needed file that cannot be read' 1 'verdict:      not known: 1 files that the boot needs could not be read; be root, who can' "${nobody[@]}"
chown 0 root/etc/shadow
says 'one that no rule appraises' 0 'verdict:      will boot under this policy' "${nobody[@]}"
chown 4242 root/etc/shadow && chmod 644 root/etc/shadow
says 'and one that can be read' 0 'verdict:      will boot under this policy' "${nobody[@]}"

says 'and whose keys the kernel has, root alone sees' 1 'imactl: --running: the running kernel shows no keyring .builtin_trusted_keys, nor another that counts; be root, on the machine that is asked about' \
	"${nobody[@]}" --running

# Trees that are not as they should be.
fresh
truncate -s 10G root/var.sparse
mkdir -p 'root/a
b' && printf '#!/bin/sh\n' > $'root/a\nb/c\033' && chmod 755 $'root/a\nb/c\033'
ln -s loop root/loop
python3 -c 'import os
os.chdir("root")
for i in range(1000):
    os.mkdir("d"); os.chdir("d")
open("x", "w").write("#!/bin/sh\n"); os.chmod("x", 0o755)'
same 'a sparse file, control bytes, a deep folder, a loop' \
	"$(field '.files.denied')" 2
says 'control bytes are escaped' 0 '             /a\x0ab/c\x1b' plan
says 'an init that is a loop' 1 'verdict:      will not boot under this policy: the root cannot start /loop: its symbolic links lead in a circle' plan --init /loop
python3 -c 'import shutil, sys; sys.setrecursionlimit(5000); shutil.rmtree("root/d")'
rm -rf root/var.sparse $'root/a\nb' root/loop

# deploy: nothing is changed unless it will boot.
fresh
cp --preserve=xattr root/etc/ima/ima-policy old
policy new <<< $'appraise func=POLICY_CHECK appraise_type=imasig\nappraise func=BPRM_CHECK appraise_type=imasig\ndont_measure'
says 'deploy refuses a policy that is not signed' 1 'imactl: deploy: nothing was changed; mend it first, or use --force' deploy --policy new
good 'and has changed nothing' cmp old root/etc/ima/ima-policy
sign new
says 'with --dry-run too' 0 'imactl: would write root/etc/ima/ima-policy' deploy --policy new --dry-run
good 'nothing was changed' cmp old root/etc/ima/ima-policy
says 'deploy' 0 'imactl: write root/etc/ima/ima-policy' deploy --policy new --cert "$PKI/p256.pem"
good 'the policy is in place' cmp new root/etc/ima/ima-policy
same 'with its signature' "$(value root/etc/ima/ima-policy)" "$(value new)"
good 'the old one is kept' cmp old root/etc/ima/ima-policy.bak
same 'with its own' "$(value root/etc/ima/ima-policy.bak)" "$(value old)"
good 'the certificate is there in DER' cmp "$PKI/p256.der" root/etc/keys/ima/p256.der
same 'nothing else is left' "$(find root/etc/ima root/etc/keys -type f | sort | tr '\n' ' ')" \
	'root/etc/ima/ima-policy root/etc/ima/ima-policy.bak root/etc/keys/ima/p256.der root/etc/keys/ima/rsa2048.der '
imactl sign --detached --key "$PKI/rsa2048.key" --cert "$PKI/rsa2048.der" old > /dev/null
setfattr -x security.ima old
good 'a detached signature' deploy --policy old
same 'becomes the attribute' "$(value root/etc/ima/ima-policy)" "$(sha256sum < old.sig)"
setfattr -x security.ima root/sbin/init
bad 'a root that would not boot' deploy --policy new
says 'unless it is forced' 0 'imactl: --force: it is put in place all the same' deploy --policy new --force
good 'and then it is there' cmp new root/etc/ima/ima-policy
says 'the policy must be named' 2 "imactl: deploy: --policy is missing; see 'imactl deploy --help'" imactl deploy
sign root/sbin/init
mkdir -p named && cp "$PKI/rsa4096.der" named/rsa2048.der
says 'a signer in place of the one who signed all' 1 'imactl: deploy: nothing was changed; mend it first, or use --force' deploy --policy new --cert named/rsa2048.der
says 'two certificates of one name' 2 "imactl: deploy: $PKI/rsa2048.der and named/rsa2048.der would both be /etc/keys/ima/rsa2048.der; rename one of them" \
	deploy --policy new --cert "$PKI/rsa2048.der" --cert named/rsa2048.der
mkdir -p root/etc/keys/ima/p384.der
before=$(cd root && find etc -type f -exec sha256sum {} +)
says 'a place that is taken' 1 'imactl: /etc/keys/ima/p384.der: is a directory' deploy --policy old --force --cert named/rsa2048.der --cert "$PKI/p384.der"
says 'and nothing is changed' 1 'imactl: deploy: policy and certificates are as they were before' deploy --policy old --force --cert named/rsa2048.der --cert "$PKI/p384.der"
same 'which is so' "$(cd root && find etc -type f -exec sha256sum {} +)" "$before"
rmdir root/etc/keys/ima/p384.der
rm -rf root/etc/ima && ln -s /tmp root/etc/ima
mkdir -p root/tmp
deploy --policy new > /dev/null 2>&1
same 'a link does not lead out of the root' "$(find root/tmp -name ima-policy)" root/tmp/ima-policy

# rescue
rescue=(--root root --kernel 6.12 --trusted "$PKI/ca.der")
fresh
says 'rescue: all is well' 0 'ima-policy             rules: 7, signed' imactl rescue "${rescue[@]}"
cp --preserve=xattr root/etc/ima/ima-policy root/etc/ima/ima-policy.known-good
echo 'nonsense' >> root/etc/ima/ima-policy
says 'a bad policy' 1 'what helps             put the known-good policy in its place: imactl rescue --use-known-good --root root' imactl rescue "${rescue[@]}"
says 'is replaced' 0 'ima-policy.known-good is ima-policy now, and the one before is ima-policy.bak; look again: imactl plan --root root' imactl rescue "${rescue[@]}" --use-known-good
good 'by the known-good one' cmp root/etc/ima/ima-policy root/etc/ima/ima-policy.known-good
same 'with its signature' "$(value root/etc/ima/ima-policy)" "$(value root/etc/ima/ima-policy.known-good)"
good 'rescue is content' imactl rescue "${rescue[@]}"
says 'a bad one is not put back' 1 'imactl: ima-policy.bak would not be loaded: the kernel refuses it (errors: 1); use --force if you know better' imactl rescue "${rescue[@]}" --restore
says 'nothing is overwritten' 1 'imactl: root/etc/ima/ima-policy.bak: is there already, and nothing is overwritten; use --force' imactl rescue "${rescue[@]}" --set-aside
says 'set aside' 0 'ima-policy is ima-policy.bak now; look again: imactl plan --root root' imactl rescue "${rescue[@]}" --set-aside --force
rm root/etc/ima/ima-policy.known-good
says 'and back again' 1 'what helps             put the one before it back: imactl rescue --restore --root root' imactl rescue "${rescue[@]}"
says 'it is back' 0 'ima-policy.bak is ima-policy now; look again: imactl plan --root root' imactl rescue "${rescue[@]}" --restore
cp --preserve=xattr root/etc/ima/ima-policy root/etc/ima/ima-policy.known-good
policy <<< nonsense
same 'rescue in JSON' "$(imactl rescue "${rescue[@]}" --json | jq -r '[.kernel, .certificates, .signers, .advice, (.policies[] | .name, .present, .good, .signed, .rules, .reason)] | join("|")')" \
	'6.12|1|1|put the known-good policy in its place: imactl rescue --use-known-good --root|ima-policy|true|false|false|5|would not be loaded: the kernel refuses it (errors: 1)|ima-policy.known-good|true|true|true|7||ima-policy.bak|false|false|false|0|'
same 'what was done in JSON' "$(imactl rescue "${rescue[@]}" --use-known-good --json)" '{"done":"ima-policy.known-good is ima-policy now, and the one before is ima-policy.bak"}'
rm root/etc/ima/*
says 'nothing there to set aside' 1 'imactl: root/etc/ima/ima-policy: No such file or directory' imactl rescue "${rescue[@]}" --set-aside --json
says 'rescue needs a root' 2 "imactl: rescue: --root is missing; see 'imactl rescue --help'" imactl rescue
says 'one action' 2 'imactl: rescue: --set-aside, --use-known-good and --restore exclude each other; give one of them' imactl rescue "${rescue[@]}" --set-aside --restore

# relabel
rm -rf tree && mkdir tree && echo a > tree/a && echo b > tree/b && echo c > tree/c
sign tree/a
says 'relabel: a dry run' 0 'files: 2 would be given a digest, 1 are signed, and were left alone' imactl relabel --root tree --dry-run
says 'relabel' 0 'files: 2 given a digest, 1 are signed, and were left alone' imactl relabel --root tree
same 'the digest' "$(getfattr -e hex --only-values -n security.ima tree/b | od -An -tx1 | tr -d ' \n')" "0404$(sha256sum < tree/b | cut -c1-64)"
says 'again' 0 'files: 0 given a digest, 2 had the right one, 1 are signed, and were left alone' imactl relabel --root tree
echo more >> tree/b
says 'after a change' 0 'files: 1 given a digest, 1 had the right one, 1 are signed, and were left alone' imactl relabel --root tree
good 'verify agrees' imactl verify --cert "$PKI/rsa2048.der" --root tree
mkfifo tree/fifo && setfattr -x security.ima tree/c
same 'in JSON' "$(imactl relabel --root tree --json)" '{"by":"imactl","dry_run":false,"labelled":1,"right":1,"signed":1,"not_appraised":0,"skipped":0,"failed":0}'
same 'a failure in JSON' "$(imactl relabel --dry-run --json tree/a tree/none 2> /dev/null)" '{"by":"imactl","dry_run":true,"labelled":0,"right":0,"signed":1,"not_appraised":0,"skipped":0,"failed":1}'
says 'is a status of 1' 1 'imactl: tree/none: there is no such file, or it vanished meanwhile' imactl relabel --json tree/none
mkdir values
for value in 030204aabbccdd000911 06 0900 "03$(printf '%04000d' 0)" "06$(printf '%04000d' 0)" 030104aa 060304aabbccdd00021122; do
	echo x > "values/${value:0:16}" && setfattr -n security.ima -v "0x$value" "values/${value:0:16}"
done
getfattr -d -e hex -m security.ima values/* > before
says 'relabel: what is neither is left alone, and told' 1 \
	'imactl: values/0900: its security.ima is neither a digest nor a whole signature, and was left alone; sign it (imactl sign), or take the attribute away: setfattr -x security.ima' \
	imactl relabel --root values
same 'it is counted' "$(tail -n 1 <<< "$output")" 'files: 0 given a digest, 4 are signed, and were left alone, 3 failed'
same 'and all are as they were' "$(getfattr -d -e hex -m security.ima values/*)" "$(cat before)"
says 'a kernel that repairs nothing' 2 "imactl: relabel: the running kernel does not repair: boot it with ima_appraise=fix; see 'imactl relabel --help'" imactl relabel --by kernel tree/a

# status
status() { imactl status "$@"; }
cat > report <<'END'
{"schema":1,"outcome":"fallback","policy":{"source":"image","path":"/etc/imaboot/policy","sha256":"00"},"duration_us":12345,
"certificates":[{"path":"/etc/keys/ima/a.der","result":"refused","reason":"is PEM"}],
"candidates":[{"path":"/etc/ima/ima-policy","result":"failed","reason":"has no\u001b signature","remedy":"sign it"}]}
END
same 'a report' "$(status --report report | tail -n 4)" 'last boot:   fallback, policy /etc/imaboot/policy of image, 12 ms
             failed: /etc/ima/ima-policy: has no\x1b signature; sign it
             refused: /etc/keys/ima/a.der: is PEM
             certificates: 1, 1 of them refused'
same 'in JSON' "$(status --report report --json | jq -r '.boot.outcome')" fallback
for bad in '' '{' '{} x' '[1]' "{'a':1}" '{"schema":1} // x' '{"schema":2}'; do
	echo "$bad" > report
	status --report report > out 2>&1
	same "not a report: $bad" "$?" 1
done
same 'status is JSON' "$(status --json | jq -r '.schema')" 1
says 'a report that is not there' 1 'imactl: nothing: there is no such file' status --report nothing
finish
