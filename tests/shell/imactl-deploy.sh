#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What imactl deploy and rescue leave behind where something comes between: names that are taken, a reader that went
# away, signals. More of both: imactl-plan.sh.
# shellcheck source=tests/lib/imactl.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib/imactl.sh"
# shellcheck source=tests/lib/planroot.sh
. "$top/tests/lib/planroot.sh"

# All files of the root's /etc and /boot with their content and signature, and all other names there.
state() {
	(cd root && find etc boot 2> /dev/null | sort | while read -r name; do
		if [ -f "$name" ]; then printf '%s %s %s\n' "$name" "$(sha256sum < "$name")" "$(value "$name")"; else echo "$name"; fi
	done)
}
before=''
unchanged() { same "$1: all is as it was" "$(state)" "$before"; }
rescue=(--root root --kernel 6.12 --trusted "$PKI/ca.der")

# ---- names that are taken --------------------------------------------------------------------

fresh
policy new <<< $'appraise func=POLICY_CHECK appraise_type=imasig\nappraise func=BPRM_CHECK appraise_type=imasig\ndont_measure'
sign --policy new
mkdir root/etc/ima/ima-policy.bak
before=$(state)
says 'a folder where the old policy would go' 1 \
	'imactl: /etc/ima/ima-policy: cannot be put in place: what is there now would become ima-policy.bak, which is a directory; remove it, or give it another name' \
	deploy --policy new --cert "$PKI/p256.der"
unchanged 'deploy'
cp --preserve=xattr root/etc/ima/ima-policy root/etc/ima/ima-policy.known-good
echo nonsense >> root/etc/ima/ima-policy
before=$(state)
says 'rescue finds it too' 1 \
	'imactl: ima-policy: cannot be put in place: what is there now would become ima-policy.bak, which is a directory; remove it, or give it another name' \
	imactl rescue "${rescue[@]}" --use-known-good
unchanged 'rescue'
rmdir root/etc/ima/ima-policy.bak
rm root/etc/ima/ima-policy
says 'there was no policy' 0 'ima-policy.known-good is ima-policy now; there was none before; look again: imactl plan --root root' \
	imactl rescue "${rescue[@]}" --use-known-good
bad 'and so none is kept' test -e root/etc/ima/ima-policy.bak
# What may not be renamed: the file system may not know the flag.
fresh
echo older > root/etc/ima/ima-policy.bak
before=$(state)
if chattr +i root/etc/ima/ima-policy.bak 2> /dev/null; then
	says 'an old policy that is immutable' 1 \
		'imactl: /etc/ima/ima-policy: cannot be put in place: what is there now cannot be kept as ima-policy.bak: Operation not permitted' \
		deploy --policy new
	chattr -i root/etc/ima/ima-policy.bak
	unchanged 'deploy over it'
fi

# ---- names that would not do -----------------------------------------------------------------

cp "$PKI/p256.der" .hidden.der
before=$(state)
says 'a name that no boot reads' 2 'imactl: deploy: .hidden.der would be /etc/keys/ima/.hidden.der, and a boot passes over names that begin with a dot; rename it' \
	deploy --policy new --cert .hidden.der
unchanged 'a name that no boot reads'

# ---- a reader that goes away -----------------------------------------------------------------

fresh
mkfifo pipe
head -n 1 < pipe > first &
deploy --policy new --cert "$PKI/p256.der" --cert "$PKI/p384.der" > plan.out 2> pipe
same 'nobody reads what deploy says: its status' "$?" 0
wait $!
same 'one line was read' "$(cat first)" 'imactl: the initramfs of root is not made anew: run dracut or update-initramfs in it'
good 'all is done' cmp new root/etc/ima/ima-policy
same 'and nothing is left' "$(find root/etc/ima root/etc/keys -type f -printf '%f\n' | sort | tr '\n' ' ')" \
	'ima-policy ima-policy.bak p256.der p384.der rsa2048.der '
exec 3<> pipe
exec 4> pipe
exec 3<&-
plan >&4 2> lost
same 'nobody reads what plan says' "$?" 1
same 'which is told' "$(tail -n 1 lost)" 'imactl: the output could not be written: Broken pipe'
imactl help >&4 2> lost
same 'nor the help' "$? $(cat lost)" '1 imactl: the output could not be written: Broken pipe'
exec 4>&-

# ---- a signal, while the plan is made --------------------------------------------------------

# A file that takes seconds to read, with a signature that makes the plan read it.
fresh
printf '#!/bin/sh\n' > root/bin/big
truncate -s 2G root/bin/big
chmod 755 root/bin/big
setfattr -n security.ima -v "$(getfattr --absolute-names -e hex --only-values -n security.ima root/bin/dash | od -An -v -tx1 | tr -d ' \n' | sed 's/^/0x/')" root/bin/big
before=$(state)
"$build/imactl" deploy --root root --kernel 6.12 --fstype ext4 --trusted "$PKI/ca.der" --policy new --force --jobs 1 > said 2>&1 &
until find "/proc/$!/fd" -lname "*/bin/big" 2> /dev/null | grep -q . || ! kill -0 $! 2> /dev/null; do sleep 0.05; done
kill -TERM $!
wait $!
same 'a signal ends deploy --force' "$? $(tail -n 1 said)" '1 imactl: deploy: interrupted; not all files were looked at'
unchanged 'a signal'
rm root/bin/big

# ---- signals, while the image is made --------------------------------------------------------

# A machine whose update-initramfs is a script; standard input is what it does.
machine() {
	local file
	fresh
	policy <<< 'appraise func=POLICY_CHECK appraise_type=imasig'
	sign root/etc/ima/ima-policy
	for file in "$build/imactl" $(ldd "$build/imactl" | grep -o '/[^ ]*') "$(command -v busybox)"; do
		install -D -m 755 "$(realpath "$file")" "root$file"
	done
	install -D "$build/imactl" root/bin/imactl
	install -D "$(command -v busybox)" root/bin/busybox
	ldconfig -r root
	ln -s busybox root/bin/rm
	ln -s busybox root/bin/sha256sum
	mkdir -p root/usr/sbin root/lib/modules/6.12.0 root/boot root/n root/var/tmp
	echo 'the image before' > root/boot/initrd.img-6.12.0
	{ printf '#!/bin/sh\n'; cat; } > root/usr/sbin/update-initramfs
	chmod 755 root/usr/sbin/update-initramfs
	cp "$PKI/rsa4096.der" root/n/rsa2048.der
	cp "$PKI/ca.der" root/n/
	policy root/n/new <<< $'appraise func=POLICY_CHECK appraise_type=imasig\ndont_measure'
	imactl sign --key "$PKI/rsa4096.key" --cert "$PKI/rsa4096.der" --policy root/n/new > /dev/null
	before=$(state)
}
# shellcheck disable=SC2016 # for the inner shell
on_machine() {
	exec unshare --mount --propagation private bash -c 'mount --bind root root && mount -t proc proc root/proc || exit 99
		exec chroot root /bin/imactl "$@"' inside "$@"
}
# made NAME STATUS LINE: deploy ends so, once that program has done its work.
made() {
	local name=$1 wanted=$2 line=$3 status=0
	output=$(on_machine deploy --policy /n/new --kernel 6.12.0 --trusted /n/ca.der --cert /n/rsa2048.der 2>&1) || status=$?
	if [ "$status" = "$wanted" ] && grep -qxF -- "$line" <<< "$output"; then pass "$name"; else fail "$name: status $status" "$output"; fi
}
back='imactl: deploy: policy, certificates and initramfs are as they were before'

# As dracut does it where /boot is full.
machine <<< 'echo half > /boot/initrd.img-6.12.0; rm /boot/initrd.img-6.12.0; exit 1'
chmod 640 root/boot/initrd.img-6.12.0
chown 1:2 root/boot/initrd.img-6.12.0
made 'the old image is taken away' 1 "$back"
unchanged 'it is there again'
same 'with its mode and owner' "$(stat -c '%a %u %g' root/boot/initrd.img-6.12.0)" '640 1 2'
machine <<< 'echo half > /boot/initrd.img-6.12.0; exit 1'
made 'the old image is written over' 1 "$back"
unchanged 'it is as it was'
# An image of each way in which dracut names them.
machine <<< 'rm /boot/*/6.12.0/initrd /boot/initramfs-6.12.0.img /boot/EFI/Linux/*; exit 1'
mkdir -p root/boot/0123456789abcdef/6.12.0 root/boot/EFI/Linux
for image in 0123456789abcdef/6.12.0/initrd initramfs-6.12.0.img EFI/Linux/linux-6.12.0-lab.efi; do echo "$image" > "root/boot/$image"; done
ln -s nothing root/boot/initrd-6.12.0
before=$(state)
made 'images are found by each name' 1 "$back"
unchanged 'all of them are there again'
# The image is good, and the policy cannot be put in place.
machine <<< 'echo new > /boot/initrd.img-6.12.0'
mkdir root/etc/ima/ima-policy.bak
before=$(state)
made 'the last step fails' 1 "$back"
unchanged 'the image is back'
machine <<< 'rm /boot/initrd.img-6.12.0; echo new > /boot/initrd.img-6.12.0'
rm root/boot/initrd.img-6.12.0
mkdir root/etc/ima/ima-policy.bak
made 'there was no image before' 1 'imactl: deploy: policy and certificates are as they were before, but not the initramfs: make it anew'
machine <<< ': > /done'
rm -r root/var/tmp
made 'no room for the old image' 1 'imactl: initramfs: is not made: the image that is there now, /boot/initrd.img-6.12.0, cannot be copied to /var/tmp: No such file or directory; make room there, or make it by other means and use --no-initramfs'
bad 'then none is made' test -e root/done
unchanged 'no room'

# shellcheck disable=SC2016 # for that program
machine <<< 'kill -PIPE $$; : > /survived'
made 'SIGPIPE ends the program as it ends others' 1 'imactl: initramfs: was not made: /usr/sbin/update-initramfs ended with signal 13; see what it said above'
bad 'and at once' test -e root/survived

# Until the policy is in place, a certificate that is replaced is there too: the machine may restart in between.
look='(cd /etc/keys/ima && sha256sum * .[a-z]*) > /seen 2> /dev/null; rm /boot/initrd.img-6.12.0; echo new > /boot/initrd.img-6.12.0'
sum() { sha256sum < "$PKI/$1.der" | cut -d' ' -f1; }
machine <<< "$look"
made 'a certificate is replaced' 0 'imactl: the new initramfs has what was /etc/keys/ima/rsa2048.der before, too, as rsa2048.before.der: it is not in the next one'
same 'the old one is there while the image is made' "$(cat root/seen)" "$(sum rsa2048)  rsa2048.before.der
$(sum rsa4096)  rsa2048.der"
same 'and not afterwards' "$(sha256sum root/etc/keys/ima/* root/etc/keys/ima/.[a-z]* 2> /dev/null)" "$(sum rsa4096)  root/etc/keys/ima/rsa2048.der"
machine <<< "$look"
mkdir root/etc/keys/ima/rsa2048.before.der
made 'that name is taken' 0 'imactl: the new initramfs has what was /etc/keys/ima/rsa2048.der before, too, as rsa2048.before-2.der: it is not in the next one'
machine <<< "$look"
cp "$PKI/expired.der" root/etc/keys/ima/rsa2048.der
made 'one that no image takes' 0 'imactl: write /etc/ima/ima-policy'
same 'is out of the way' "$(cat root/seen)" "$(sum rsa4096)  rsa2048.der
$(sum expired)  .rsa2048.der.before"
machine <<< "$look"
for i in '' -2 -3 -4 -5 -6 -7 -8 -9; do echo "$i" > "root/etc/keys/ima/rsa2048.before$i.der"; done
before=$(state)
made 'too many of them' 1 'imactl: /etc/keys/ima/rsa2048.der: cannot be replaced: there are 9 files like rsa2048.before-9.der beside it, which earlier deployments left; remove those that no policy needs'
unchanged 'too many of them'
machine <<< "$look"
cp "$PKI/rsa4096.der" root/etc/keys/ima/rsa2048.der
cp "$PKI/rsa2048.der" root/etc/keys/ima/rsa2048.before.der
made 'the same bytes are there already' 0 'imactl: write /etc/ima/ima-policy'
same 'and stay, with what an earlier deployment left' "$(cat root/seen)" "$(sum rsa2048)  rsa2048.before.der
$(sum rsa4096)  rsa2048.der"
# Killed at the worst moment, the machine boots with what it has.
machine <<< ': > /begun; exec busybox sleep 20'
(on_machine deploy --policy /n/new --kernel 6.12.0 --trusted /n/ca.der --cert /n/rsa2048.der) > said 2>&1 &
until [ -e root/begun ] || ! kill -0 $! 2> /dev/null; do sleep 0.05; done
kill -KILL $!
wait $! 2> /dev/null
same 'the new certificate is there' "$(sha256sum < root/etc/keys/ima/rsa2048.der)" "$(sha256sum < "$PKI/rsa4096.der")"
says 'and the old policy would be loaded' 0 'verdict:      will boot under this policy' plan

# ended NAME SIGNALS LINE: deploy gets that many signals once the image is being made, and ends with 1.
ended() {
	local name=$1 signals=$2 line=$3 pid status=0
	rm -f root/begun*
	(on_machine deploy --policy /n/new --kernel 6.12.0 --trusted /n/ca.der --cert /n/rsa2048.der) > said 2>&1 &
	pid=$!
	until [ -e root/begun ] || ! kill -0 $pid 2> /dev/null; do sleep 0.05; done
	kill -TERM $pid
	if [ "$signals" = 2 ]; then
		until [ -e root/begun.term ] || ! kill -0 $pid 2> /dev/null; do sleep 0.05; done
		kill -TERM $pid
	fi
	wait $pid || status=$?
	output=$(cat said)
	if [ "$status" = 1 ] && grep -qxF -- "$line" said; then pass "$name"; else fail "$name: status $status" "$output"; fi
	unchanged "$name"
}

machine <<< ': > /begun; exec busybox sleep 20'
ended 'a signal ends the program that makes the image' 1 \
	'imactl: initramfs: was not made: /usr/sbin/update-initramfs ended with signal 15; see what it said above'
machine <<< 'trap ": > /begun.term" TERM; : > /begun; while :; do busybox sleep 1; done'
ended 'a second one where that does not end' 2 \
	'imactl: initramfs: was not made: /usr/sbin/update-initramfs ended with signal 9; see what it said above'
same 'what was before is told to be back' "$(tail -n 1 said)" "$back"
# Both at a terminal get Ctrl-C, and who reads is gone when deploy has to say something.
machine <<< ': > /begun; exec busybox sleep 20'
rm -f root/begun
cat < pipe > /dev/null &
reader=$!
(on_machine deploy --policy /n/new --kernel 6.12.0 --trusted /n/ca.der --cert /n/rsa2048.der) > pipe 2>&1 &
until [ -e root/begun ] || ! kill -0 $! 2> /dev/null; do sleep 0.05; done
kill -TERM $reader $!
wait $!
same 'a signal, and nobody reads: the status' "$?" 1
unchanged 'a signal, and nobody reads'
finish
