#!/bin/bash
# SPDX-License-Identifier: MIT
# The dracut module of imaboot: program, configuration, certificates, policy, and the hook that runs the program.
#
# dracut ignores what install() returns, so whatever must not be in an image is told with dfatal, all of it, and then
# ends dracut. The system's files are read below $dracutsysrootdir (dracut --sysroot). The kernel that will load the
# certificates checks little of them: openssl does it here, where the build host has it.

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
	# shellcheck disable=SC2154
	[[ ! -e $initdir$policy ]] || imaboot_refuse "another module installs $policy: $reason"
}

# True for a file, or a link to one inside the system: with --sysroot a link may lead into the build host.
imaboot_is_file() {
	local file=$dracutsysrootdir$1
	if [[ ! -f $file ]]; then
		imaboot_refuse "$1 is not a file, or a link to nowhere"
	elif [[ $(readlink -f "$file") != "$(readlink -f "$dracutsysrootdir/")"/* && $dracutsysrootdir ]]; then
		imaboot_refuse "$1 is a link out of $dracutsysrootdir; put the file itself there, or make the link a relative one"
	else
		return 0
	fi
	return 1
}

# Copies a file of the system and makes sure that the image has what was checked.
imaboot_install() {
	local path=$1
	inst_simple "$dracutsysrootdir$path" "$path"
	cmp -s "$dracutsysrootdir$path" "$initdir$path" || imaboot_refuse "$path cannot be copied into the image"
}

# Leaves the value of key $1 in imaboot_value, empty where it is not set.
imaboot_setting() {
	imaboot_value=$(sed -n "s/^[[:blank:]]*$1[[:blank:]]*=[[:blank:]]*\(.*[^[:blank:]]\)[[:blank:]]*$/\1/p" \
		"$dracutsysrootdir/etc/imaboot/imaboot.conf" 2> /dev/null)
}

# The program in the image reads the configuration in the image, so that both are proved to work: it prints its settings
# and does nothing else. That takes a /proc, in a mount namespace that goes away.
imaboot_check_config() {
	local path=/etc/imaboot/imaboot.conf output status line
	[[ -e $initdir$path ]] || return 0
	# shellcheck disable=SC2016 # for the inner shell
	output=$(unshare --mount --propagation private sh -c '
		mount -t proc proc "$1/proc" && chroot "$1" /usr/sbin/imaboot boot --explain' sh "$initdir" 2>&1)
	status=$?
	if [[ $status -eq 2 && $output == *"imaboot: $path:"* ]]; then
		while IFS= read -r line; do
			[[ $line != "imaboot: $path:"* ]] || imaboot_refuse "${line#imaboot: }"
		done <<< "$output"
	elif [[ $status -ne 0 || $output != *'require = '* ]]; then
		dwarn "imaboot: $path is not checked: the image's program cannot be run here${output:+: ${output##*$'\n'}}"
	fi
}

# True where a certificate has that extension with that text in it.
imaboot_cert_has() {
	openssl x509 -inform DER -in "$1" -noout -ext "$2" 2> /dev/null | grep -q -e "$3"
}

# The certificate $1, kind "CA" or "signer", as far as it can be seen without openssl. Returns 1 where it is none.
imaboot_check_der() {
	local path=$1 file=$dracutsysrootdir$1
	if grep -q -a -e '-----BEGIN.*PRIVATE KEY' "$file" ||
		{ [[ $imaboot_openssl ]] && openssl pkey -inform DER -in "$file" -noout 2> /dev/null < /dev/null; }; then
		imaboot_refuse "$path is a private key, which must never be in an image; take it out of there"
	elif grep -q -a -e '-----BEGIN' "$file"; then
		imaboot_refuse "$path is PEM, and the kernel takes DER alone; convert it:" \
			"openssl x509 -in '$path' -outform DER -out '${path%.*}.der'"
	elif [[ $(od -An -tx1 -N1 "$file") != ' 30' ]] ||
		{ [[ $imaboot_openssl ]] && ! openssl x509 -inform DER -in "$file" -noout 2> /dev/null; }; then
		imaboot_refuse "$path is not a certificate in DER"
	else
		return 0
	fi
	return 1
}

imaboot_check_cert() {
	local path=$1 kind=$2 file=$dracutsysrootdir$1 from
	imaboot_check_der "$path" || return 0
	[[ $imaboot_openssl ]] || return 0
	if [[ $(openssl x509 -inform DER -in "$file" -outform DER | wc -c) -ne $(stat -L -c %s "$file") ]]; then
		imaboot_refuse "$path has bytes behind the certificate; write it again:" \
			"openssl x509 -inform DER -in '$path' -outform DER -out NEW"
	fi
	if ! openssl x509 -inform DER -in "$file" -noout -checkend 0 > /dev/null; then
		imaboot_refuse "$path is expired; the kernel would take it all the same: renew it, or take it away"
	fi
	from=$(openssl x509 -inform DER -in "$file" -noout -startdate)
	if [[ $(date -d "${from#*=}" +%s) -gt $(date +%s) ]]; then
		dwarn "imaboot: $path is not valid before ${from#*=}; the kernel takes it all the same"
	fi
	if ! imaboot_cert_has "$file" subjectKeyIdentifier '[0-9A-F]'; then
		imaboot_refuse "$path has no subjectKeyIdentifier, by which signatures and certificates name its key; issue it" \
			"again with subjectKeyIdentifier=hash"
	fi
	if [[ $kind == CA ]]; then
		imaboot_check_ca "$path"
	else
		imaboot_check_signer "$path"
	fi
}

imaboot_check_ca() {
	local path=$1 file=$dracutsysrootdir$1
	if ! imaboot_cert_has "$file" basicConstraints CA:TRUE; then
		imaboot_refuse "$path is not a CA (no CA:TRUE), and in ca/ the kernel would let it vouch for others; a signer's" \
			"place is /etc/keys/ima"
	elif ! imaboot_cert_has "$file" keyUsage 'Certificate Sign'; then
		imaboot_refuse "$path is a CA without the key usage keyCertSign; issue it again with it"
	fi
}

imaboot_check_signer() {
	local path=$1 file=$dracutsysrootdir$1
	if imaboot_cert_has "$file" basicConstraints CA:TRUE; then
		imaboot_refuse "$path is a CA; a CA's place is /etc/keys/ima/ca, and files are signed with a certificate that is none"
	elif ! imaboot_cert_has "$file" keyUsage 'Digital Signature'; then
		imaboot_refuse "$path has no key usage digitalSignature; newer kernels refuse it: issue it again with it"
	fi
}

# Installs the certificates; leaves the signers' in the array imaboot_signers, the names of all in imaboot_names.
imaboot_install_certs() {
	local path kind
	for path in "$dracutsysrootdir"/etc/keys/ima/ca/* "$dracutsysrootdir"/etc/keys/ima/*; do
		path=${path#"$dracutsysrootdir"}
		[[ -e $dracutsysrootdir$path || -L $dracutsysrootdir$path ]] || continue
		kind=signer
		[[ $path != /etc/keys/ima/ca/* ]] || kind=CA
		if [[ -d $dracutsysrootdir$path ]]; then
			[[ $path == /etc/keys/ima/ca ]] || dwarn "imaboot: the folder $path is left out: no certificates are taken from it"
			continue
		fi
		imaboot_is_file "$path" || continue
		imaboot_check_cert "$path" "$kind"
		imaboot_install "$path"
		[[ $kind == CA ]] || imaboot_signers+=("$path")
		imaboot_names+=" ${path##*/}"
	done
	[[ ${#imaboot_signers[@]} -gt 0 ]] ||
		dwarn "imaboot: there is no certificate in /etc/keys/ima: signers are those of the root, on a kernel with .ima"
}

imaboot_check_required_certs() {
	local name root
	imaboot_setting root-certificates
	root=$imaboot_value
	imaboot_setting require-certificates
	for name in $imaboot_value; do
		[[ " $imaboot_names " != *" $name "* ]] || continue
		if [[ $root == no ]]; then
			imaboot_refuse "/etc/imaboot/imaboot.conf requires the certificate $name: it is not in /etc/keys/ima"
		else
			dwarn "imaboot: the required certificate $name is not in /etc/keys/ima: the boot fails unless the root has it" \
				"and the kernel has .ima"
		fi
	done
}

# Prints openssl's name of the digest that a signature (security.ima: type 3, version 2, digest, …) is made over.
imaboot_signature_digest() {
	case $(od -An -tx1 -N3 "$1") in
	' 03 02 04') echo sha256 ;;
	' 03 02 05') echo sha384 ;;
	' 03 02 06') echo sha512 ;;
	' 03 02 07') echo sha224 ;;
	*) return 1 ;;
	esac
}

imaboot_check_signature() {
	local policy=$1 signature=$1.sig digest signer scratch
	[[ $imaboot_openssl ]] || return 0
	if ! digest=$(imaboot_signature_digest "$dracutsysrootdir$signature"); then
		imaboot_refuse "$signature is not a signature of version 2 over a SHA-2 digest; sign again:" \
			"imactl sign --detached --policy --key KEY $policy"
		return 0
	elif [[ ${#imaboot_signers[@]} -eq 0 ]]; then
		dwarn "imaboot: there is no certificate in /etc/keys/ima to verify $signature with"
		return 0
	fi
	# shellcheck disable=SC2154
	scratch=$(mktemp -d "$DRACUT_TMPDIR/imaboot.XXXXXX") || exit 1
	tail -c +10 "$dracutsysrootdir$signature" > "$scratch/signature"
	for signer in "${imaboot_signers[@]}"; do
		openssl x509 -inform DER -in "$dracutsysrootdir$signer" -noout -pubkey > "$scratch/key" 2> /dev/null || continue
		openssl dgst "-$digest" -verify "$scratch/key" -signature "$scratch/signature" "$dracutsysrootdir$policy" \
			> /dev/null 2>&1 || continue
		dinfo "imaboot: $signature is a signature of $signer"
		return 0
	done
	imaboot_refuse "$signature does not verify $policy with any certificate in /etc/keys/ima: the policy was changed after" \
		"it was signed, or the signer's certificate is missing"
}

# The program's own view of the policy, for the kernel of the image.
imaboot_lint() {
	local program=$dracutsysrootdir$1 policy=$2 arguments=(--no-warnings) output config
	"$program" lint --help > /dev/null 2>&1 || return 0
	# shellcheck disable=SC2154
	if [[ $no_kernel != yes ]]; then
		arguments+=(--kernel "${kernel%%[!0-9.]*}")
		for config in "$dracutsysrootdir/lib/modules/$kernel/config" "$dracutsysrootdir/boot/config-$kernel"; do
			[[ ! -f $config ]] || { arguments+=(--config "$config"); break; }
		done
	fi
	if ! output=$("$program" lint "${arguments[@]}" "$dracutsysrootdir$policy" 2>&1); then
		imaboot_refuse "$policy has an error: ${output//"$dracutsysrootdir$policy"/"$policy"}"
	fi
}

imaboot_install_policy() {
	local program=$1 policy=/etc/imaboot/policy
	if [[ ! -f $dracutsysrootdir$policy ]]; then
		dinfo "imaboot: the image has no policy of its own: there is none at $policy"
		return 0
	fi
	imaboot_lint "$program" "$policy"
	if [[ -f $dracutsysrootdir$policy.sig ]]; then
		imaboot_check_signature "$policy"
		return 0
	fi
	imaboot_setting signature
	if [[ $imaboot_value == optional ]]; then
		dwarn "imaboot: $policy has no signature at $policy.sig: a kernel that demands one refuses it"
	else
		imaboot_refuse "$policy has no signature at $policy.sig; sign it:" \
			"imactl sign --detached --policy --key KEY $policy"
	fi
}

# called by dracut
check() {
	return 255 # only where it is asked for
}

# called by dracut
depends() {
	return 0
}

# called by dracut
installkernel() {
	# What the kernel asks for itself when it meets such a key or digest; elsewhere they are built in.
	hostonly='' instmods sha512_generic ecdsa_generic
	# Where Secure Boot is read from; the kernel asks for it when it is mounted.
	hostonly='' instmods efivarfs
}

# called by dracut
install() {
	local program path imaboot_refused='' imaboot_openssl='' imaboot_value='' imaboot_names='' imaboot_signers=()
	program=$(imaboot_find_program) || {
		dfatal "imaboot: the program imaboot is not in the system (/usr/sbin, /usr/local/sbin): install it"
		exit 1
	}
	if command -v openssl > /dev/null; then
		imaboot_openssl=1
	else
		dwarn "imaboot: there is no openssl here: certificates and the policy's signature are not checked"
	fi
	imaboot_check_neighbours
	imaboot_install_certs
	imaboot_check_required_certs
	for path in "$dracutsysrootdir"/etc/imaboot/*; do
		path=${path#"$dracutsysrootdir"}
		[[ -e $dracutsysrootdir$path || -L $dracutsysrootdir$path ]] || continue
		imaboot_is_file "$path" && imaboot_install "$path"
	done
	imaboot_install_policy "$program"
	inst_binary "$program" /usr/sbin/imaboot
	if cmp -s "$dracutsysrootdir$program" "$initdir/usr/sbin/imaboot"; then
		imaboot_check_config
	else
		imaboot_refuse "the program $program cannot be copied into the image"
	fi
	# shellcheck disable=SC2154
	inst_hook pre-pivot 95 "$moddir/imaboot-pre-pivot.sh"
	if [[ $imaboot_refused ]]; then
		dfatal "imaboot: no image is made; the reasons are above"
		exit 1
	fi
}
