#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# kernels: stock 6.1 6.12
# needs: qemu-system-x86_64 evmctl mmdebstrap debugfs unshare jq setfattr
# limit: 900
# Policies with labels of SELinux, with real systemd and Debian's SELinux policy in the root. Kernels that take several
# policies have the labels come alive behind a stage-0 policy: on 6.1 the image's own, signed, on 6.12 the built-in one.
# The stock kernel, and 6.12 where it is told to, leaves the file to imaboot-late.service. A label that never becomes
# known leads to a fallback, in the initramfs where the root's SELinux policy shows it, else in the running system; a
# root without the service too. Where there is no fallback, the machine stops, or a person is asked in the running system.
# shellcheck disable=SC2016,SC2317 # person_talk runs beside the machine; the lines are for it
. "$(dirname "$0")/../lib/vm.sh"
. "$(dirname "$0")/../lib/scene.sh"
. "$(dirname "$0")/../lib/image.sh"
. "$(dirname "$0")/../lib/talk.sh"
. "$(dirname "$0")/../lib/recovery.sh"

kernel=$1
cmdline=''
[ "$kernel" != stock ] || cmdline='security=selinux'
[ "$kernel" != 6.1 ] || cmdline='ima_policy=secure_boot'

# labelled CONDITION: the lab's policy, with an exemption for what has that label.
labelled() {
	scene_policy "$CACHE/labelled.$kernel"
	sed -i "s/^appraise func=BPRM_CHECK/dont_appraise func=BPRM_CHECK $1\n&/" "$CACHE/labelled.$kernel"
	cat "$CACHE/labelled.$kernel"
}

# overlay LINE...: an image with that configuration, and a hook that looks at the policy when imaboot is done with it.
overlay() {
	mkdir -p "$VM/over/etc/imaboot" "$VM/over/var/lib/dracut/hooks/pre-pivot" "$VM/over/usr/lib/dracut/hooks/pre-pivot"
	printf '%s\n' "$@" > "$VM/over/etc/imaboot/imaboot.conf"
	cat > "$VM/over/usr/lib/dracut/hooks/pre-pivot/96-look.sh" <<-'END'
		{
			echo "in the initramfs, the signed program: $(/sysroot/usr/local/bin/signed 2>&1)"
			echo "in the initramfs, the exempt program: $(/sysroot/usr/local/bin/exempt 2>&1)"
			sed -n 's/^.* obj_/in the initramfs, rule: &/p' /sys/kernel/security/ima/policy
			echo "in the initramfs, kept: $(ls -ld /run/imaboot/late 2>&1)"
		} > /dev/console
	END
	if [ "$kernel" = 6.1 ]; then
		echo 'appraise func=POLICY_CHECK appraise_type=imasig' > "$VM/over/etc/imaboot/stage0"
		"$VM_LIB/sign" "$PKI/rsa2048.key" "$PKI/rsa2048.pem" "$VM/over/etc/imaboot/stage0"
	fi
	image_add "$(image_get imaboot)" "$VM/image" "$VM/over"
}

# status FILTER: a check of status.json
status() {
	local json
	json=$(sed -n 's/^status.json: //p' "$VM/log")
	if jq -e "$1" <<< "$json" > /dev/null; then vm_pass "status.json: $1"; else vm_fail "not so: $1: $json"; fi
}

# The root is up with SELinux's policy, and a policy is in force.
up() {
	expect 'multi-user.target is reached' 'failed units: .' 'the signed program: the signed program runs' \
		'SELinux: system_u:system_r:init_t:s0' '@@END 0'
	expect_re 'the unsigned program: .*Permission denied'
	refuse 'Freezing execution' 'the policy file can be written'
}

# The label matches in the running system, and did not before.
alive() {
	expect 'the exempt program: the exempt program runs'
	refuse 'in the initramfs, rule: '
	[ "$kernel" = stock ] || expect 'rule: dont_appraise func=BPRM_CHECK obj_type=ping_exec_t'
}

early() {
	disk_new early rsa2048 selinux
	labelled obj_type=ping_exec_t | disk_policy rsa2048
	overlay '# none'
	image_boot "$kernel" "$VM/image" '@@END' "$cmdline"
	up
	alive
	expect 'in the initramfs, the signed program: the signed program runs'
	expect_re 'in the initramfs, the exempt program: .*Permission denied'
	if [ "$kernel" = 6.1 ]; then
		status '.stage0.path == "/etc/imaboot/stage0" and .stage0.signed_by != null'
	else
		status '.stage0.path == "built-in" and .stage0.signed_by == null'
	fi
	status '.outcome == "enforced" and .policy.source == "root" and .stage0.result == "accepted" and .late == false and .guard'
	expect 'is in force: the labels of /etc/ima/ima-policy are taken, and match once their security module knows them'
}

late() {
	disk_new late rsa2048 selinux
	labelled obj_type=ping_exec_t | disk_policy rsa2048
	overlay 'labels = auto'
	[ "$kernel" = stock ] || overlay 'labels = late'
	image_boot "$kernel" "$VM/image" '@@END' "$cmdline"
	up
	alive
	expect 'in the initramfs, the exempt program: the exempt program runs' 'imaboot: outcome deferred: policy /etc/ima/ima-policy' \
		'policy /etc/ima/ima-policy (root) waits for imaboot-late.service: no security module knows its labels yet' \
		'PCR 12 was not extended with "imaboot: deferred"' 'imaboot: outcome enforced: policy /etc/ima/ima-policy (root) in force'
	expect_re 'in the initramfs, kept: drwx------ '
	status '.outcome == "enforced" and .policy.source == "root" and .stage0 == null and .late'
}

# The root's SELinux policy has no such type: the file is not loaded at all.
unknown() {
	disk_new unknown rsa2048 selinux
	labelled obj_type=nosuch_exec_t | disk_policy rsa2048
	overlay '# none'
	image_boot "$kernel" "$VM/image" '@@END' "$cmdline"
	up
	expect_re 'the exempt program: .*Permission denied'
	expect "policy /etc/ima/ima-policy (root) failed at stage dry-run: line 11: the label obj_type=nosuch_exec_t can never \
become known: the root's SELinux policy, /etc/selinux/default/policy, does not have it; correct the label"
	status '.outcome == "fallback" and .policy.source == "image" and .stage0 == null and .late == false'
}

# SELinux has a user of that name and no role: only the kernel can tell.
unknown_late() {
	disk_new unknown-late rsa2048 selinux
	labelled obj_role=root | disk_policy rsa2048
	overlay '# none'
	image_boot "$kernel" "$VM/image" '@@END' "$cmdline"
	up
	expect_re 'the exempt program: .*Permission denied'
	expect 'imaboot: outcome deferred: policy /etc/ima/ima-policy' 'policy /etc/ima/ima-policy (root) failed at stage dry-run: the kernel refuses a rule with a label that no security module knows'
	status '.outcome == "fallback" and .policy.source == "image" and .late'
}

# Neither freezes nor goes on: what the image's configuration says is done in the running system.
stopped_late() {
	disk_new stopped-late rsa2048 selinux
	labelled obj_role=root | disk_policy rsa2048
	overlay 'on-failure = halt' 'policy = /etc/ima/ima-policy'
	mkdir -p "$VM/over/etc/imaboot"
	echo nonsense > "$VM/over/etc/imaboot/policy"
	image_add "$VM/image" "$VM/image.stops" "$VM/over"
	image_boot "$kernel" "$VM/image.stops" 'reboot: System halted' "$cmdline"
	expect 'Starting imaboot-late.service' 'imaboot: outcome failed' 'the boot failed, and the machine halts in 0 seconds'
	refuse 'multi-user.target is reached' 'Freezing execution'
	# The initramfs has a sysinit.target of its own.
	if sed -n '/Welcome to Debian GNU.Linux [0-9]* ([a-z]*)!/,$p' "$VM/log" | grep -aq 'Reached target sysinit.target'; then
		vm_fail 'the running system goes on'
	else
		vm_pass 'the running system does not go on'
	fi
}

# A person repairs the policy in the running system, and its boot goes on under it: the recovery is what the initramfs kept.
person_talk() {
	see 'reboot|==== imaboot: recovery ====' 600
	see 'policy /etc/ima/ima-policy failed at stage dry-run'
	answer v
	see 'outcome failed'
	yes_to s
	see "$shell"
	say 'mount -o remount,rw $NEWROOT; mv $NEWROOT/root/ima-policy.fixed $NEWROOT/etc/ima/ima-policy; ls -A / $NEWROOT/lab | tr "\n" " "; readlink /proc/1/exe'
	see '/: dev etc proc run sys sysroot usr'
	see 'systemd/systemd'
	see "$shell"
	say exit
	answer c
	see 'ima-policy: the kernel accepts it'
	answer t
	see 'multi-user.target is reached' 300
}

# A stage-0 policy under which the recovery could not run is not committed, and the recovery does run.
dead_talk() {
	see '==== imaboot: recovery ====' 600
	see 'its stage-0 policy is not in force: denies what'
	yes_to s
	see "$shell"
	say 'grep -c . /sys/kernel/security/ima/policy; /usr/sbin/imaboot version'
	see 'imaboot 0'
	see "$shell"
	say exit
	answer r
	see 'Restarting system'
}

dead_stage0() {
	disk_new dead-stage0 rsa2048 selinux
	labelled obj_type=ping_exec_t | disk_policy rsa2048
	overlay 'labels = stage0' 'pcr = none'
	printf '%s\n' 'appraise func=POLICY_CHECK appraise_type=imasig' 'appraise func=BPRM_CHECK appraise_type=imasig' \
		> "$VM/over/etc/imaboot/stage0"
	"$VM_LIB/sign" "$PKI/rsa2048.key" "$PKI/rsa2048.pem" "$VM/over/etc/imaboot/stage0"
	echo nonsense > "$VM/over/etc/imaboot/policy"
	image_add "$VM/image" "$VM/image.dead" "$VM/over"
	VM_TALK=dead_talk
	image_boot "$kernel" "$VM/image.dead" 'reboot: Restarting system' "$cmdline"
	VM_TALK=''
	expect 'imaboot: recovery: shell, confirmed on ttyS0'
	refuse 'policy update completed' 'multi-user.target is reached' 'Permission denied'
}

recovered_late() {
	disk_new recovered-late rsa2048 selinux
	labelled obj_role=root | disk_policy rsa2048
	labelled obj_type=ping_exec_t | disk_policy rsa2048 /root/ima-policy.fixed
	cat > "$VM/more" <<-'END'
		echo "of the recovery is kept: $(echo /run/imaboot/late/usr/lib/imaboot/* /run/imaboot/late/usr/sbin/*)"
		dmesg | grep 'avc: .*busybox' | sed 's/^/[avc] /'
	END
	disk_do <<< "write $VM/more /lab/more"
	overlay 'pcr = none'
	echo nonsense > "$VM/over/etc/imaboot/policy"
	image_add "$VM/image" "$VM/image.recovers" "$VM/over"
	VM_TALK=person_talk
	image_boot "$kernel" "$VM/image.recovers" '@@END' "$cmdline"
	VM_TALK=''
	up
	alive
	expect 'imaboot: outcome deferred: policy /etc/ima/ima-policy' 'imaboot: recovery: shell, confirmed on ttyS0' \
		'imaboot: recovery: retry: enforced' 'imaboot: outcome enforced: policy /etc/ima/ima-policy (root) in force' \
		'of the recovery is kept: /run/imaboot/late/usr/lib/imaboot/* /run/imaboot/late/usr/sbin/*'
	refuse 'has ended without a decision' 'emergency mode'
	status '.outcome == "enforced" and .policy.source == "root" and .late and .messages[0] == "a recovery came before this report: retry"'
}

# The same with nobody there: what the configuration says happens after its time.
alone_late() {
	disk_new alone-late rsa2048 selinux
	labelled obj_role=root | disk_policy rsa2048
	overlay 'pcr = none' 'recovery-timeout = 5' 'recovery-timeout-action = poweroff'
	echo nonsense > "$VM/over/etc/imaboot/policy"
	image_add "$VM/image" "$VM/image.alone" "$VM/over"
	image_boot "$kernel" "$VM/image.alone" 'reboot: Power down' "$cmdline"
	expect '==== imaboot: recovery' 'The machine powers off in 5 seconds by itself'
	refuse 'multi-user.target is reached' 'Freezing execution' "$shell"
}

no_unit() {
	disk_new no-unit rsa2048 selinux
	labelled obj_type=ping_exec_t | disk_policy rsa2048
	debugfs -w -R 'rm /usr/lib/systemd/system/imaboot-late.service' "$VM/disk" > /dev/null 2>&1
	overlay '# none'
	image_boot "$kernel" "$VM/image" '@@END' "$cmdline"
	up
	expect 'policy /etc/ima/ima-policy (root) failed at stage dry-run: no security module knows its labels yet, and the root cannot load it later: '
	status '.outcome == "fallback" and .policy.source == "image" and .late == false'
}

if [ "$kernel" = stock ]; then
	late
	unknown_late
	stopped_late
	recovered_late
	alone_late
	no_unit
else
	early
	unknown
	if [ "$kernel" = 6.1 ]; then dead_stage0; else late; fi
fi
finish
