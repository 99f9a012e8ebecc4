#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# kernels: 6.1 6.12 stock
# needs: qemu-system-x86_64 evmctl swtpm swtpm_setup
# What follows from a failure, and which policy comes first: each value of on-failure, each of rd.imaboot.policy and
# rd.imaboot.on_failure on an open and on a locked platform, the known-good policy, and the mark in the TPM.
. "$(dirname "$0")/../lib/vm.sh"
. "$(dirname "$0")/../lib/scene.sh"

kernel=$1
# The built kernels are told where the TPM is: QEMU starts them directly, and then puts the initramfs over the firmware's
# ACPI tables, which a TPM's event log pushes down in memory.
common=''
first_tpm=crb
[ "$kernel" = stock ] || common='acpi=off tpm_tis.force=1 tpm_tis.interrupts=0' first_tpm=tis

# begin NAME [CONFIGURATION-LINE...]: a scene whose root has a policy with a wrong rule.
begin() {
	scene_new "$1"
	shift
	[ $# -eq 0 ] || printf '%s\n' "$@" | vm_text /etc/imaboot/imaboot.conf
	scene_cert /etc/keys/ima rsa2048
	scene_sign rsa2048 "$ROOT/bin/signed"
	bad_policy ima-policy
}

bad_policy() {
	printf 'appraise func=NONSENSE\n' > "$ROOT/etc/ima/$1"
	scene_sign rsa2048 "$ROOT/etc/ima/$1"
}

good_policy() {
	scene_policy "$ROOT/etc/ima/$1"
	scene_sign rsa2048 "$ROOT/etc/ima/$1"
}

# play OUTCOME STATUS [CMDLINE]: the boot returns, with these.
play() {
	vm_text /wanted <<< "$1 $2"
	vm_script <<'END'
read -r outcome wanted < /wanted
pcr() { cat /sys/class/tpm/tpm0/pcr-*/12 2> /dev/null; }
before=$(pcr)
run_boot
is "exit status and outcome" "$(cat /run/imaboot/outcome)" "$outcome $wanted"
is "exit status" "$status" "$wanted"
case $outcome in
enforced | fallback) try_programs ;;
esac
# In each of its banks, or in none.
pcr > /run/after
changed=$(echo "$before" | awk 'NR == FNR { before[FNR] = $0; next } before[FNR] != $0 { n++ } END { print n + 0 " of " FNR }' - /run/after)
echo "banks of the PCR that have changed: $changed"
[ ! -e /run/log/imaboot/tpm-events.json ] || echo "events: $(tr -d '\036' < /run/log/imaboot/tpm-events.json)"
echo "guard: $(imaboot status | sed -n 's/^guard: *//p')"
END
	scene_boot "$kernel" "$common ${3:-}"
	vm_ended
}

# stops WORD LINE [CMDLINE]: the machine stops by itself; LINE is the kernel's last word.
stops() {
	vm_script <<'END'
run_boot
echo "the boot went on"
END
	VM_STOPS=1
	local failed=$VM_FAILED
	# A halted machine says nothing more: the watchdog that ends it is no failure.
	[ "$1" != halts ] || VM_SILENCE=6
	scene_boot "$kernel" "${3:-}" > "$VM/checks"
	VM_STOPS=''
	if [ "$1" = halts ]; then VM_FAILED=$failed; else cat "$VM/checks"; fi
	VM_SILENCE=30
	expect "imaboot: the boot failed, and the machine $1 in " "$2"
	refuse "the boot went on" "policy update completed"
}

begin reboot 'on-failure = reboot'
stops reboots "reboot: Restarting system"

begin poweroff 'on-failure = poweroff'
stops "powers off" "reboot: Power down"

begin halt 'on-failure = halt'
stops halts "reboot: System halted"

begin timeout 'recovery-timeout = 2' 'recovery-timeout-action = poweroff'
stops "powers off" "reboot: Power down"
expect "the machine powers off in 2 seconds"

begin continue 'on-failure = continue'
vm_tpm "$first_tpm"
play unprotected 4
expect "imaboot: THIS MACHINE BOOTS UNPROTECTED: no policy could be put in force, and the configuration says on-failure = continue" \
	"banks of the PCR that have changed: 4 of 4" 'imaboot: PCR 12 was extended with "imaboot: unprotected boot"' "guard: set" \
	'events: {"pcr":12,"digests":[{"hashAlg":"sha1","digest":"' '{"hashAlg":"sha512","digest":"'
refuse "policy update completed"

begin recovery
vm_tpm tis
play failed 1
expect "banks of the PCR that have changed: 4 of 4" 'imaboot: PCR 12 was extended with "imaboot: recovery"' "guard: set"

# A TPM whose only bank is not the usual one. A command for another bank would succeed and change nothing.
begin other-bank 'on-failure = continue' 'pcr-required = yes'
vm_tpm "$first_tpm" sha384
play unprotected 4
expect "banks of the PCR that have changed: 1 of 1" 'events: {"pcr":12,"digests":[{"hashAlg":"sha384","digest":"'

begin enforced
vm_tpm "$first_tpm"
good_policy ima-policy
play enforced 0
expect "banks of the PCR that have changed: 0 of 4"
refuse "was extended"

begin no-tpm 'on-failure = continue'
play unprotected 4
expect 'imaboot: PCR 12 was not extended with "imaboot: unprotected boot": there is no TPM 2.0 (neither /dev/tpmrm0 nor /dev/tpm0); switch the TPM on in the firmware setup, and put its driver into the image'

begin no-tpm-required 'on-failure = continue' 'pcr-required = yes'
play failed 1
refuse "BOOTS UNPROTECTED"

begin known-good
good_policy ima-policy.known-good
play fallback 4
expect "imaboot: outcome fallback: policy /etc/ima/ima-policy.known-good (known-good) in force"

begin known-good-unsigned
scene_policy "$ROOT/etc/ima/ima-policy.known-good"
play failed 1
expect "imaboot: policy /etc/ima/ima-policy.known-good (known-good) failed at stage signature: has no signature: "

begin known-good-off 'known-good = none'
good_policy ima-policy.known-good
play failed 1
refuse "known-good)"

begin removed
rm "$ROOT/etc/ima/ima-policy"
good_policy ima-policy.known-good
play no-policy 0
refuse "(known-good)"

begin removed-required 'require = yes'
rm "$ROOT/etc/ima/ima-policy"
good_policy ima-policy.known-good
play fallback 4

begin parameter-known-good
good_policy ima-policy
good_policy ima-policy.known-good
play enforced 0 rd.imaboot.policy=known-good
expect "policy /etc/ima/ima-policy.known-good (known-good) in force"

begin parameter-path
good_policy other
play enforced 0 rd.imaboot.policy=/etc/ima/other
expect "policy /etc/ima/other (parameter) in force"

begin parameter-image
good_policy ima-policy
scene_image_policy rsa2048
play enforced 0 rd.imaboot.policy=image
expect "policy /etc/imaboot/policy (image) in force"

begin parameter-none
good_policy ima-policy
play unprotected 4 rd.imaboot.policy=none
expect "imaboot: no policy is loaded: the kernel parameter rd.imaboot.policy=none says so" "guard: set"

begin parameters-locked 'on-failure = reboot' 'require = yes'
good_policy ima-policy
vm_script <<'END'
imaboot boot --explain
run_boot
is "exit status" "$status" 0
END
scene_boot "$kernel" "lockdown=integrity rd.imaboot=0 rd.imaboot.policy=none rd.imaboot.on_failure=continue rd.imaboot.require=0"
vm_ended
refused="is refused: the kernel is locked down, and the image's configuration does not say allow-override = yes"
expect "imaboot: kernel parameter rd.imaboot=0 $refused" "imaboot: kernel parameter rd.imaboot.policy=none $refused" \
	"imaboot: kernel parameter rd.imaboot.on_failure=continue $refused" "imaboot: kernel parameter rd.imaboot.require=0 $refused" \
	"platform: locked (the kernel is locked down)" "require = yes (configuration, line 2)" "on-failure = reboot (configuration, line 1)" \
	"pcr = 12 (default)" "rd.imaboot.policy: refused" "imaboot: outcome enforced: policy /etc/ima/ima-policy (root) in force"

begin tighter-locked
good_policy ima-policy
vm_script <<'END'
imaboot boot --explain
END
scene_boot "$kernel" "lockdown=integrity rd.imaboot.on_failure=halt rd.imaboot.require=1 rd.imaboot.policy=root"
vm_ended
expect "require = yes (kernel command line)" "on-failure = halt (kernel command line)" "rd.imaboot.policy: obeyed"
refuse "is refused"
finish
