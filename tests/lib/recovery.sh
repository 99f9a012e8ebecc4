# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2016,SC2034 # the lines are for the machine; the tests use the variables
# The scene of the recovery's tests: source it after vm.sh, scene.sh and talk.sh, with the kernel's name in $kernel.

VM_SILENCE=240
VM_TIMEOUT=900
shell='recovery# '
question='Number or letter, then Enter: '
confirm='Type yes to do it, anything else to go back: '
ask='Recovery password: '
wrong='That is not the password'
yescrypt='recovery-password = $y$j9T$abcdefghijklmnopqrstu0$mOkpolYyJ.KNNCiMbGK4KxW4ANNbYJAkJsLwEEfdgPD'
sha512='recovery-password = $6$saltstring$AIsRs/Ee56G/tC8MEHhvReZTfx8u3rXXMl6eYrjCG9ibix19DxoMBLogdTET5Ukw9Sf7eZTITsuk0Ry5qulYz.'
password=secret
common='acpi=off tpm_tis.force=1 tpm_tis.interrupts=0'

# begin NAME [CONFIGURATION-LINE...]: the root's policy has a wrong rule; a good one lies beside it.
begin() {
	scene_new "$1"
	shift
	[ $# -eq 0 ] || printf '%s\n' "$@" | vm_text /etc/imaboot/imaboot.conf
	scene_recovery
	scene_cert /etc/keys/ima rsa2048
	scene_sign rsa2048 "$ROOT/bin/signed"
	printf 'appraise func=NONSENSE\n' > "$ROOT/etc/ima/ima-policy"
	scene_policy "$ROOT/etc/ima/repaired"
	scene_sign rsa2048 "$ROOT/etc/ima/ima-policy" "$ROOT/etc/ima/repaired"
	[ -n "${NO_TPM:-}" ] || vm_tpm tis
}

known_good() {
	scene_policy "$ROOT/etc/ima/ima-policy.known-good"
	scene_sign rsa2048 "$ROOT/etc/ima/ima-policy.known-good"
}

# play TALK [CMDLINE]: boots, fails, and is talked to; what the machine is like afterwards is on the line.
play() {
	vm_script <<'END'
pcr=/sys/class/tpm/tpm0/pcr-sha256/12
run_boot
[ $status = 2 ] || is "a menu is wanted" "$status" 1
hold=$(cat $pcr)
sed -n 's/.*"content":{"string":"\([^"]*\)".*/mark: \1/p' /run/log/imaboot/tpm-events.json
/usr/lib/imaboot/recovery /sysroot
echo "the recovery ends with $?"
imaboot boot --root /sysroot 2> /dev/null
echo "the boot says $?, $(cat /run/imaboot/outcome)"
sed -n 's/.*"content":{"string":"\([^"]*\)".*/mark: \1/p' /run/log/imaboot/tpm-events.json
[ "$hold" = "$(cat $pcr)" ] && echo "the PCR is as it was before the menu"
grep -q '^/dev/vda /sysroot ext4 ro' /proc/mounts && echo "the root is read-only"
cd /sysroot/etc/ima && for file in *; do echo "file $file $(sha256sum < $file | cut -c 1-8) $(guest attr get $file | cut -c 1-6)"; done
case $(cat /run/imaboot/outcome) in
enforced* | fallback*) try_programs ;;
esac
cat /run/imaboot/recovery.log
END
	VM_TALK=$1_talk
	# shellcheck disable=SC2154
	scene_boot "$kernel" "$common ${2:-}"
	VM_TALK=''
}

# The machine went on, as STATUS OUTCOME; or it stopped by itself.
went_on() {
	vm_ended
	expect "the recovery ends with 0" "the boot says $2, $1 $2"
}

# file NAME FILE: the root has it, signed, with those bytes
file() { expect "file $1 $(sha256sum < "$2" | cut -c 1-8) 030204"; }

# stops TALK LAST-WORD [CMDLINE]: the same for a machine that stops.
stops() {
	VM_STOPS=1
	play "$1" "${3:-}"
	VM_STOPS=''
	expect "$2"
	refuse 'the recovery ends with' 'the boot says' "$shell" 'policy update completed'
}

yes_to() { # ENTRY
	answer "$1"
	see "$confirm"
	say yes
}
