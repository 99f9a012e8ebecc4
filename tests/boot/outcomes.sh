#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# kernels: 6.1 6.12 stock
# needs: qemu-system-x86_64 evmctl
# What `imaboot boot` makes of policies of the root and of the image, of configuration and kernel parameters, on a
# platform where the kernel itself demands no signed policy: outcome, exit status, message, and what must not happen.
. "$(dirname "$0")/../lib/vm.sh"
. "$(dirname "$0")/../lib/scene.sh"

kernel=$1
ring=.ima
[ "$kernel" != stock ] || ring=_ima

# begin NAME: a scene with the signer's certificate in the image.
begin() {
	name=$1
	scene_new "$name"
	scene_cert /etc/keys/ima rsa2048
	scene_sign rsa2048 "$ROOT/bin/signed"
}

# outcome WORD STATUS [CMDLINE]: boots and checks outcome, exit status, and whether a policy is in force.
outcome() {
	vm_text /wanted <<< "$1 $2"
	vm_script <<'END'
read -r outcome wanted < /wanted
run_boot
is "exit status" "$status" "$wanted"
is "outcome" "$(cat /run/imaboot/outcome)" "$outcome $wanted"
case $outcome in
enforced | fallback) try_programs ;;
*) is "an unsigned program runs" "$(/sysroot/bin/unsigned 2>&1)" "the unsigned program runs" ;;
esac
cat /run/imaboot/report.txt
echo "guard: $(imaboot status | sed -n 's/^guard: *//p')"
END
	scene_boot "$kernel" "${3:-}"
	vm_ended
	case $1 in
	enforced | fallback) ;;
	*) refuse "policy update completed" ;;
	esac
	[ "$kernel" = stock ] && case $1 in enforced | fallback) expect "guard: not set"; return ;; esac
	case $1 in
	disabled | not-applicable) expect "guard: not set" ;;
	*) expect "guard: set" ;;
	esac
}

begin unsigned
scene_root_policy ""
outcome failed 1
expect "imaboot: policy /etc/ima/ima-policy (root) failed at stage signature: has no signature: the extended attribute security.ima is absent (copying without --preserve=xattr loses it); sign it: imactl sign --key KEY '/etc/ima/ima-policy'" \
	"imaboot: outcome failed: no policy loaded, 1 certificate in the keyrings (signers in $ring), 0 refused"
refuse "dry run of"

begin unsigned-allowed
scene_root_policy ""
vm_text /etc/imaboot/imaboot.conf <<< 'signature = optional'
outcome enforced 0
expect "is in force, proven by" ", its signature not verified: has no signature: "

begin fallback
printf 'appraise func=NONSENSE\n' > "$ROOT/etc/ima/ima-policy"
scene_sign rsa2048 "$ROOT/etc/ima/ima-policy"
scene_image_policy rsa2048
outcome fallback 4
expect "imaboot: policy /etc/ima/ima-policy (root) failed at stage dry-run: " \
	"imaboot: outcome fallback: policy /etc/imaboot/policy (image) in force"

begin both-bad
printf '# nothing\n' > "$ROOT/etc/ima/ima-policy"
scene_sign rsa2048 "$ROOT/etc/ima/ima-policy"
scene_image_policy rsa4096
outcome failed 1
expect "imaboot: policy /etc/ima/ima-policy (root) failed at stage read: holds no rule, only comments and blank lines: the kernel would commit nothing; write the rules, or remove the file" \
	"imaboot: policy /etc/imaboot/policy (image) failed at stage signature: is signed with the key "
refuse "dry run of"

begin link-out
mkdir -p "$VM/root/outside"
scene_policy "$VM/root/outside/policy"
ln -s ../../../outside/policy "$ROOT/etc/ima/ima-policy"
outcome failed 1
expect "imaboot: policy /etc/ima/ima-policy (root) failed at stage read: is a symbolic link to '../../../outside/policy', and inside the root '/sysroot' there is no such file (links are never followed out of it); put the file itself here, or correct the link"

begin link-in
mkdir -p "$ROOT/usr/share"
scene_policy "$ROOT/usr/share/policy"
scene_sign rsa2048 "$ROOT/usr/share/policy"
ln -s /usr/share/policy "$ROOT/etc/ima/ima-policy"
outcome enforced 0

begin in-force
scene_root_policy rsa2048
vm_script <<'END'
imaboot keys > /dev/null
ok "the policy is loaded by hand" imaboot load /sysroot/etc/ima/ima-policy
mark
run_boot
cat /run/imaboot/status.json
END
scene_boot "$kernel"
vm_ended
if [ "$kernel" = stock ]; then
	expect "imaboot: policy /etc/ima/ima-policy (root) failed at stage dry-run: this kernel takes one policy in a boot, and has it already; reboot to load another one"
else
	expect "imaboot: policy /etc/ima/ima-policy (root) is in force already: it is not loaded again" '"outcome":"enforced"' '"proof":"read-back"'
	refuse "dry run of"
fi

begin none
outcome no-policy 0
expect "imaboot: there is no policy: neither /etc/ima/ima-policy in the root nor /etc/imaboot/policy in the image"

begin none-required
outcome failed 1 rd.imaboot.require=1
expect "imaboot: there is no policy: neither /etc/ima/ima-policy in the root nor /etc/imaboot/policy in the image"

begin missing-certificate
scene_root_policy rsa2048
printf 'require-certificates = rsa2048.der other.der\n' | vm_text /etc/imaboot/imaboot.conf
outcome failed 1
expect "imaboot: certificate other.der, which the configuration requires, is in no keyring; put it into /etc/keys/ima of the image"
refuse "certificate rsa2048.der, which" "dry run of"

begin bad-configuration
scene_root_policy rsa2048
printf 'require = yse\n# fine\nsignatrue = auto\nrequire = no\nnonsense\n' | vm_text /etc/imaboot/imaboot.conf
outcome failed 2
expect "imaboot: /etc/imaboot/imaboot.conf:1: 'yse' is no value of 'require', which takes no|yes" \
	"imaboot: /etc/imaboot/imaboot.conf:3: 'signatrue' is not a key; see imaboot.conf(5)" \
	"imaboot: /etc/imaboot/imaboot.conf:4: 'require' was set in line 1 already; set it once" \
	"imaboot: /etc/imaboot/imaboot.conf:5: 'nonsense' is not of the form key = value"
refuse "dry run of"

begin off
scene_root_policy rsa2048
outcome disabled 3 "rd.imaboot=0 rd.imaboot.nonsense=1 rd.imaboot.require=maybe"
expect "imaboot: switched off by the kernel parameter rd.imaboot=0: no policy is loaded" \
	"imaboot: kernel parameter 'rd.imaboot.nonsense' is unknown and ignored; see imaboot(7)" \
	"imaboot: kernel parameter rd.imaboot.require=maybe is ignored: the value must be 0 or 1"

begin off-locked
scene_root_policy rsa2048
outcome enforced 0 "rd.imaboot=0 lockdown=integrity"
expect "imaboot: kernel parameter rd.imaboot=0 is refused: the kernel is locked down, and the image's configuration does not say allow-override = yes"

begin off-locked-allowed
scene_root_policy rsa2048
vm_text /etc/imaboot/imaboot.conf <<< 'allow-override = yes'
outcome disabled 3 "rd.imaboot=0 lockdown=integrity"
refuse "is refused: the kernel is locked down"

begin no-kdump
scene_root_policy rsa2048
outcome enforced 0 elfcorehdr=0x1000
expect "imaboot: kernel parameter elfcorehdr= is ignored: this is no kdump kernel (there is no /proc/vmcore)"
refuse "nothing is loaded"
finish
