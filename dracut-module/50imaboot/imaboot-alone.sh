#!/bin/sh
# SPDX-License-Identifier: MIT
# dracut's pre-pivot hook of a bundle (`imactl bundle --out`), for images whose modules nobody has looked at: sourced
# (never executed) before the hooks of dracut's own module `integrity`.
#
# That module sources a file of the real root, and loads keys and policies by its own rules. Before: its hooks may be in
# the image. After: they are not, and imaboot alone does that work; or the boot has ended.

imaboot_alone() {
	imaboot_found=''
	# shellcheck disable=SC2154 # dracut's own
	for imaboot_hook in "$hookdir"/pre-pivot/*-evm-enable.sh "$hookdir"/pre-pivot/*-ima-keys-load.sh \
		"$hookdir"/pre-pivot/*-ima-policy-load.sh; do
		[ -e "$imaboot_hook" ] || continue
		imaboot_found=1
		rm -f "$imaboot_hook"
		[ -e "$imaboot_hook" ] || continue
		# In a subshell, and held: an image without systemd answers the end of this shell with a shell for everybody.
		(die "imaboot: $imaboot_hook of dracut's module integrity cannot be switched off")
		command -v halt > /dev/null 2>&1 && halt -f
		while :; do
			sleep 3600
		done
	done
	[ -z "$imaboot_found" ] || warn "imaboot: dracut's module integrity is in the image too, and is switched off: it" \
		"would load keys and policies by its own rules; make the image without it: omit_dracutmodules+=\" integrity \""
}

imaboot_alone
unset -f imaboot_alone
unset imaboot_found imaboot_hook
