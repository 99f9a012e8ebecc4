#!/bin/bash
# SPDX-License-Identifier: MIT
# The dracut module of imaboot: program, configuration, certificates, policy, and the hook that runs the program.
#
# dracut ignores what install() returns, so whatever must not be in an image is told with dfatal, all of it, and then
# ends dracut. The system's files are read below $dracutsysrootdir (dracut --sysroot); imactl, of the build host, checks
# and copies all but the programs.

# Tells what makes the image unfit.
imaboot_refuse() {
	dfatal "imaboot: $*"
	imaboot_refused=1
}

# Prints where the program is in the system, if it is.
imaboot_find_program() {
	local dir
	for dir in /usr/sbin /usr/local/sbin /sbin /usr/bin; do
		# shellcheck disable=SC2154 # dracut's variables
		[[ -f $dracutsysrootdir$dir/imaboot && -x $dracutsysrootdir$dir/imaboot ]] || continue
		printf '%s\n' "$dir/imaboot"
		return 0
	done
	return 1
}

# What must not be in the same image: the in-tree module would load keys and policy first, and unchecked; a policy at
# /etc/ima/ima-policy would be loaded by the image's own systemd, before any key.
imaboot_check_neighbours() {
	local items=() item number source target policy=/etc/ima/ima-policy reason
	reason="$policy must not be in the image: systemd in the initramfs would load it before any key, and freeze where it \
is refused; put it at /etc/imaboot/policy, with its signature at /etc/imaboot/policy.sig"
	if dracut_module_included integrity; then
		imaboot_refuse "dracut's module 'integrity' is in the same image: it loads keys and policy by its own rules;" \
			"omit it: omit_dracutmodules+=\" integrity \""
	fi
	# shellcheck disable=SC2154
	read -r -d '' -a items <<< "${install_items[*]} ${install_optional_items[*]}"
	for item in "${items[@]}"; do
		[[ $item != "$policy" ]] || imaboot_refuse "install_items has $policy: $reason"
	done
	# shellcheck disable=SC2154
	for number in ${include_src[@]+"${!include_src[@]}"}; do
		source=${include_src[number]}
		target=${include_target[number]%/}
		if [[ $target == "$policy" || ($policy == "$target"/* && -e $source${policy#"$target"}) ]]; then
			imaboot_refuse "--include $source brings $policy: $reason"
		fi
	done
}

# Takes the place of a policy that a later module may bring: a link into a folder that is not there, through which nothing
# can be written, and behind which systemd finds nothing.
imaboot_bar_policy() {
	# shellcheck disable=SC2154
	if ! { mkdir -p "$initdir/etc/ima" && ln -s ../imaboot/not-in-the-image/ima-policy "$initdir/etc/ima/ima-policy"; }; then
		imaboot_refuse "the place of /etc/ima/ima-policy cannot be taken in the image"
	fi
}

# The host tool of the build host; dracut's PATH has no /usr/local.
imaboot_find_imactl() {
	command -v imactl || command -v /usr/local/bin/imactl
}

# Has imactl check configuration, certificates and policies of the system, and put them into the image, with a summary
# of the certificates: all of it or, after a refusal, nothing. What it says goes to dracut's log.
imaboot_install_files() {
	local imactl output line config arguments=()
	imactl=$(imaboot_find_imactl) || {
		imaboot_refuse "the program imactl is not here (/usr/bin, /usr/local/bin), which checks what goes in: install it"
		return 0
	}
	# shellcheck disable=SC2154
	if [[ $no_kernel != yes && $kernel == [0-9]* ]]; then
		arguments=(--kernel "${kernel%%[!0-9.]*}")
		for config in "$dracutsysrootdir/lib/modules/$kernel/config" "$dracutsysrootdir/boot/config-$kernel"; do
			[[ ! -f $config ]] || { arguments+=(--config "$config"); break; }
		done
	fi
	# shellcheck disable=SC2154
	output=$("$imactl" bundle --root "${dracutsysrootdir:-/}" --tree "$initdir" "${arguments[@]}" 2>&1) || {
		output=${output:-"$imactl bundle ended with status $?"}
		imaboot_refused=1
	}
	while IFS= read -r line; do
		line=${line#imactl: }
		case $line in
		'') ;;
		'warning: '*) dwarn "imaboot: ${line#warning: }" ;;
		'note: '*) dinfo "imaboot: ${line#note: }" ;;
		*) dfatal "imaboot: $line" ;;
		esac
	done <<< "$output"
}

# Leaves the value of key $1 in imaboot_value, empty where it is not set.
imaboot_setting() {
	imaboot_value=$(sed -n "s/^[[:blank:]]*$1[[:blank:]]*=[[:blank:]]*\(.*[^[:blank:]]\)[[:blank:]]*$/\1/p" \
		"$dracutsysrootdir/etc/imaboot/imaboot.conf" 2> /dev/null)
}

# Leaves the path of a file of the recovery in imaboot_value, empty where the system does not have it.
imaboot_find() {
	local path
	imaboot_value=''
	for path; do
		if [[ -f $dracutsysrootdir$path && -x $dracutsysrootdir$path ]]; then
			imaboot_value=$path
			return 0
		fi
	done
	return 1
}

# imaboot_copy HOW PROGRAM TARGET: into the image, by dracut's function HOW; it replaces nothing that is there already.
imaboot_copy() {
	"$1" "$dracutsysrootdir$2" "$3"
	cmp -s "$dracutsysrootdir$2" "$initdir$3" ||
		imaboot_refuse "the program $2 cannot be copied to $3 of the image, or another module has put its own there"
}

# The recovery: its script, busybox, and where a password is configured the program that checks it.
imaboot_install_recovery() {
	local recovery busybox auth hash
	imaboot_find /usr/lib/imaboot/recovery /usr/local/lib/imaboot/recovery
	recovery=$imaboot_value
	imaboot_find /usr/bin/busybox /bin/busybox /usr/sbin/busybox /sbin/busybox
	busybox=$imaboot_value
	imaboot_setting on-failure
	if [[ $recovery && $busybox ]]; then
		imaboot_copy inst_simple "$recovery" /usr/lib/imaboot/recovery
		imaboot_copy inst_binary "$busybox" /usr/lib/imaboot/busybox
	elif [[ $imaboot_value == recovery ]]; then
		imaboot_refuse "/etc/imaboot/imaboot.conf says on-failure = recovery, which needs" \
			"busybox and /usr/lib/imaboot/recovery: one of them is missing"
	else
		dwarn "imaboot: the image has no recovery environment (busybox or /usr/lib/imaboot/recovery is missing): a" \
			"boot that fails stops the machine"
	fi
	imaboot_setting recovery-password
	hash=$imaboot_value
	[[ $hash ]] || return 0
	imaboot_find /usr/lib/imaboot/imaboot-auth /usr/local/lib/imaboot/imaboot-auth
	auth=$imaboot_value
	if [[ ! $auth ]]; then
		imaboot_refuse "/etc/imaboot/imaboot.conf has a recovery-password, and imaboot-auth, which checks it, is missing"
		return 0
	fi
	imaboot_copy inst_binary "$auth" /usr/lib/imaboot/imaboot-auth
	# 2: the hash is of a kind that it does not know. Where the program cannot be run here nothing is said, and what
	# another root has is not run here at all.
	[[ ! $dracutsysrootdir ]] || return 0
	printf '%s\n\n' "$hash" | "$auth" > /dev/null 2>&1
	[[ $? -ne 2 ]] || imaboot_refuse "/etc/imaboot/imaboot.conf: the recovery-password is a hash that imaboot-auth does not" \
		"know; make one: mkpasswd -m yescrypt"
}

# imaboot_drop_in UNIT FILE: a drop-in of this module for a unit.
imaboot_drop_in() {
	# shellcheck disable=SC2154
	local target=$systemdsystemunitdir/$1.d/50-imaboot.conf
	# shellcheck disable=SC2154
	inst_simple "$moddir/$2" "$target"
	cmp -s "$moddir/$2" "$initdir$target" || imaboot_refuse "$2 cannot be copied to $target of the image"
}

# imaboot_hook HOOK NUMBER FILE: a hook of this module; dracut does not replace what another module has put there.
imaboot_hook() {
	inst_hook "$1" "$2" "$moddir/$3"
	cmp -s "$moddir/$3" "$initdir/lib/dracut/hooks/$1/$2-$3" ||
		imaboot_refuse "the hook $2-$3 of the image is not the module's own: another module has put its own there"
}

# What runs the program at boot, and what is in front of every way past it: see the files. In an image with systemd only
# its own units run hooks.
imaboot_install_hooks() {
	imaboot_hook pre-pivot 95 imaboot-pre-pivot.sh
	imaboot_hook emergency 00 imaboot-emergency.sh
	dracut_module_included systemd || return 0
	if ! dracut_module_included dracut-systemd; then
		imaboot_refuse "dracut's module 'systemd' is in the image without 'dracut-systemd', which runs the hook: add it:" \
			"add_dracutmodules+=\" dracut-systemd \", or omit systemd"
	fi
	imaboot_drop_in initrd-switch-root.service imaboot-gate.conf
	imaboot_drop_in dracut-pre-pivot.service imaboot-pre-pivot.conf
}

# called by dracut
check() {
	return 255 # only where it is asked for
}

# called by dracut
depends() {
	# Where systemd is in the image, dracut's own units run the hook. What is omitted is told by install().
	# shellcheck disable=SC2154
	if dracut_module_included systemd && [[ " $omit_dracutmodules " != *' dracut-systemd '* ]]; then
		echo dracut-systemd
	fi
	return 0
}

# called by dracut
installkernel() {
	# What the kernel asks for itself when it meets such a key or digest; elsewhere they are built in.
	hostonly='' instmods sha512_generic ecdsa_generic
	# Where Secure Boot is read from; the kernel asks for it when it is mounted.
	hostonly='' instmods efivarfs
	# Where the mark is made; udev asks for the machine's own.
	instmods '=drivers/char/tpm'
}

# called by dracut
install() {
	local program imaboot_refused=''
	program=$(imaboot_find_program) || {
		dfatal "imaboot: the program imaboot is not in the system (/usr/sbin, /usr/local/sbin): install it"
		exit 1
	}
	imaboot_check_neighbours
	imaboot_install_files
	imaboot_copy inst_binary "$program" /usr/sbin/imaboot
	imaboot_install_recovery
	imaboot_install_hooks
	[[ $imaboot_refused ]] || imaboot_bar_policy
	if [[ $imaboot_refused ]]; then
		dfatal "imaboot: no image is made; the reasons are above"
		exit 1
	fi
}
