#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# imactl deploy on the machine that it runs on, with the real dracut and the real update-initramfs: the new image has the
# new certificates, and where no image is made policy and certificates are as they were.
. "$(dirname "$0")/../lib/vm.sh"
. "$(dirname "$0")/../lib/scene.sh"
. "$(dirname "$0")/../lib/image.sh"

release=$(cat "$(vm_kernel_dir stock)/release")
IMAGE=/boot/initrd.img-$release

# A policy under which a root without signatures boots.
policy() { # FILE SIGNER
	printf '# %s\ndont_appraise fsmagic=0x01021994\nappraise func=POLICY_CHECK appraise_type=imasig\n' "$2" > "$1"
	[ -z "$2" ] || scene_sign "$2" "$1"
}

begin() { # a machine with a policy, a signer and an image
	mkdir -p "$BUILDER"/{boot,new,etc/ima}
	builder_cert /etc/keys/ima rsa2048
	builder_policy rsa2048
	policy "$BUILDER/etc/ima/ima-policy" rsa2048
	policy "$BUILDER/new/policy" rsa4096
	cp "$PKI/rsa4096.pem" "$PKI/expired.der" "$BUILDER/new"
	echo 'the image before' > "$BUILDER$IMAGE"
	before=$(state)
}

# What a failure must leave alone: certificates, policies with their signatures, the image.
state() {
	(cd "$BUILDER" && find etc/ima etc/keys ".$IMAGE" -type f | sort | while read -r file; do
		printf '%s %s %s\n' "$file" "$(sha256sum < "$file")" "$(getfattr --only-values -n security.ima "$file" 2> /dev/null | sha256sum)"
	done)
}

# deploy NAME STATUS LINE [ARGUMENT...]
deploy() {
	local name=$1 wanted=$2 line=$3 status=0
	shift 3
	builder_run imactl deploy --policy /new/policy --kernel "${KERNEL:-$release}" "$@" > "$OUT" 2>&1 || status=$?
	if [ "$status" = "$wanted" ] && grep -q -x -F -e "$line" "$OUT"; then
		vm_pass "$name"
	else
		vm_fail "$name: status $status, wanted $wanted with the line '$line': $(tail -n 15 "$OUT")"
	fi
}

unchanged() {
	if [ "$(state)" = "$before" ]; then vm_pass "$1: all is as it was"; else vm_fail "$1: $(diff <(echo "$before") <(state))"; fi
}

# held NAME FILE REFERENCE: the image has that file.
held() {
	if unpack | cpio -i --quiet --to-stdout "$2" 2> /dev/null | cmp -s - "$3"; then vm_pass "$1"; else vm_fail "$1: $2 is not in the image"; fi
}

# What goes wrong, with either program, which is $1; $2 is how it says that a certificate is not fit for an image.
failures() {
	local program=$1
	deploy "$program: no image is made with an expired certificate" 1 \
		"imactl: initramfs: was not made: $program ended with status 1; see what it said above" --cert /new/rsa4096.pem --cert /new/expired.der
	if grep -q -F -e "$2/etc/keys/ima/expired.der is expired" "$OUT"; then vm_pass "$program said why"; else vm_fail "$program: $(cat "$OUT")"; fi
	if grep -q -x -F 'imactl: deploy: policy, certificates and initramfs are as they were before' "$OUT"; then vm_pass 'which is told'; else vm_fail "$(cat "$OUT")"; fi
	unchanged "$program fails"
	# A signer of the same name takes the place of the old one.
	cp "$PKI/rsa4096.der" "$BUILDER/new/rsa2048.der"
	deploy "$program: an expired one behind one that is replaced" 1 'imactl: write /etc/keys/ima/rsa2048.der' --cert /new/rsa2048.der --cert /new/expired.der
	unchanged 'a certificate is back'
	interrupted "$program"
}

# The program is at work when imactl is told to end.
interrupted() {
	local status=0
	rm -f "$BUILDER/begun"
	# shellcheck disable=SC2016 # for the inner shell
	builder_run sh -c 'exec imactl deploy --policy /new/policy --kernel "$1" --cert /new/rsa4096.pem & echo $! > /pid; wait $!' sh "$release" > "$OUT" 2>&1 &
	until [ -e "$BUILDER/begun" ] || ! kill -0 $! 2> /dev/null; do sleep 0.05; done
	kill -TERM "$(cat "$BUILDER/pid")" || vm_fail "$1 is not at work: $(tail -n 5 "$OUT")"
	wait $! || status=$?
	if [ "$status" = 1 ] && grep -q -F -e "imactl: initramfs: was not made: $1 ended with s" "$OUT"; then
		vm_pass "$1 is ended by a signal"
	else
		vm_fail "$1, a signal: status $status: $(tail -n 15 "$OUT")"
	fi
	unchanged 'after a signal'
	stop_waiting
}

success() {
	deploy "$1: deploy" 0 'imactl: write /etc/ima/ima-policy' --cert /new/rsa4096.pem
	if grep -q -x -F "imactl: make the initramfs anew with $1" "$OUT"; then vm_pass "$1 is what makes it"; else vm_fail "$(cat "$OUT")"; fi
	held "$1: the new signer is in the image" etc/keys/ima/rsa4096.der "$PKI/rsa4096.der"
	held 'the old one too' etc/keys/ima/rsa2048.der "$PKI/rsa2048.der"
	held "the image's own policy is" etc/imaboot/policy "$BUILDER/etc/imaboot/policy"
	if unpack | cpio -itv --quiet 2> /dev/null | grep -q '^-.* etc/ima/'; then vm_fail "the root's policy is in the image"; else vm_pass "the root's is not"; fi
	if cmp -s "$BUILDER/new/policy" "$BUILDER/etc/ima/ima-policy" && [ "$(getfattr --absolute-names --only-values -n security.ima "$BUILDER/new/policy" | sha256sum)" = \
		"$(getfattr --absolute-names --only-values -n security.ima "$BUILDER/etc/ima/ima-policy" | sha256sum)" ]; then
		vm_pass 'the policy is in place, with its signature'
	else
		vm_fail 'the policy is not in place'
	fi
	if [ "$(find "$BUILDER/etc/ima" "$BUILDER/etc/keys" -type f -printf '%f\n' | sort | tr '\n' ' ')" = 'ima-policy ima-policy.bak rsa2048.der rsa4096.der ' ]; then
		vm_pass 'nothing else is left'
	else
		vm_fail "there are: $(find "$BUILDER/etc/ima" "$BUILDER/etc/keys" -type f)"
	fi
}

# dracut
builder_new deploy
OUT=${BUILDER%/root}/out
unpack() { cat "$BUILDER$IMAGE"; }
mkdir -p "$BUILDER/etc/dracut.conf.d"
echo 'hostonly=no no_kernel=yes early_microcode=no compress=cat dracutmodules="base imaboot"' > "$BUILDER/etc/dracut.conf.d/lab.conf"
begin
# shellcheck disable=SC2016 # for dracut's shell
echo 'if [ ! -e /begun ]; then : > /begun; for i in 1 2 3 4 5 6 7 8 9; do sleep 1; done; fi' > "$BUILDER/etc/dracut.conf.d/wait.conf"
: > "$BUILDER/begun"
stop_waiting() { rm "$BUILDER/etc/dracut.conf.d/wait.conf"; }
failures /usr/bin/dracut 'dracut: imaboot: '
# dracut takes the old image away where there is no room for the new one.
status=0
# shellcheck disable=SC2016 # for the inner shell
builder_run sh -c 'mount -t tmpfs -o size=10m boot /boot && head -c 8000000 /dev/urandom > "$2" && cp "$2" /before || exit 99
	imactl deploy --policy /new/policy --kernel "$1" --cert /new/rsa4096.pem && exit 98
	cmp "$2" /before && exit 97' sh "$release" "$IMAGE" > "$OUT" 2>&1 || status=$?
if [ $status = 97 ] && grep -q 'No space left on device' "$OUT"; then
	vm_pass 'dracut, and a full /boot: the old image is there'
else
	vm_fail "dracut, and a full /boot: status $status: $(tail -n 15 "$OUT")"
fi
unchanged 'dracut, and a full /boot'
KERNEL=6.12 deploy 'a kernel that is not installed' 1 "imactl: initramfs: cannot be made: /lib/modules/6.12 is not there; name an installed kernel's release, as 'uname -r' prints it, with --kernel, or make it by other means and use --no-initramfs"
success /usr/bin/dracut
rm "$BUILDER/usr/bin/dracut"
deploy 'no program' 1 'imactl: initramfs: cannot be made: there is neither /usr/sbin/update-initramfs nor /usr/bin/dracut; install one, or make it by other means and use --no-initramfs'
deploy 'and none is wanted' 0 'imactl: write /etc/ima/ima-policy' --no-initramfs

# update-initramfs, with a dracut beside it that is not what makes the images
builder_other deploy-tools initramfs-tools
OUT=${BUILDER%/root}/out
unpack() { gzip -dc "$BUILDER$IMAGE"; }
sed -i -e 's/^MODULES=.*/MODULES=list/' -e 's/^COMPRESS=.*/COMPRESS=gzip/' "$BUILDER/etc/initramfs-tools/initramfs.conf"
begin
cp "$(vm_kernel_dir stock)/config" "$BUILDER/boot/config-$release"
ln -s /bin/false "$BUILDER/usr/bin/dracut"
mkdir -p "$BUILDER/etc/initramfs-tools/hooks"
printf '#!/bin/sh\n[ -e /begun ] || { : > /begun; for i in 1 2 3 4 5 6 7 8 9; do sleep 1; done; }\n' > "$BUILDER/etc/initramfs-tools/hooks/wait"
chmod 755 "$BUILDER/etc/initramfs-tools/hooks/wait"
: > "$BUILDER/begun"
stop_waiting() { rm "$BUILDER/etc/initramfs-tools/hooks/wait"; }
failures /usr/sbin/update-initramfs 'imactl: '
sed -i 's/^update_initramfs=.*/update_initramfs=no/' "$BUILDER/etc/initramfs-tools/update-initramfs.conf"
deploy 'update-initramfs does nothing, and says that all is well' 1 \
	"imactl: initramfs: was not made: /usr/sbin/update-initramfs left $IMAGE as it was; see what it said above, whether /boot is writable, and update_initramfs in /etc/initramfs-tools/update-initramfs.conf" --cert /new/rsa4096.pem
unchanged 'nothing was made'
sed -i 's/^update_initramfs=.*/update_initramfs=yes/' "$BUILDER/etc/initramfs-tools/update-initramfs.conf"
success /usr/sbin/update-initramfs
finish
