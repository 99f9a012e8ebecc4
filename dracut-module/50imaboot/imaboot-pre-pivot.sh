#!/bin/sh
# SPDX-License-Identifier: MIT
# dracut's pre-pivot hook of imaboot: sourced (never executed) with the real root and its /usr and /etc mounted
# on $NEWROOT, after the other pre-pivot hooks and before the switch to the real root.
#
# Before: no custom policy. After: `imaboot boot` did its work, and the boot goes on; or it failed, and this
# does not return before a person in the recovery has mended it. A second run in the same boot gives the answer of the
# first, or of the recovery, without doing the work again.

imaboot_pre_pivot() {
	while :; do
		/usr/sbin/imaboot boot --root "${NEWROOT:-/sysroot}"
		case $? in
		0 | 3 | 4) return 0 ;; # in force, nothing to do on this machine, a fallback is in force
		esac
		[ -e /usr/lib/imaboot/recovery ] || break
		/usr/lib/imaboot/recovery "${NEWROOT:-/sysroot}" && continue
		# It cannot be held, or is not wanted, and so nobody gets a shell either. This does not return.
		/usr/sbin/imaboot recover hold
		break
	done

	# Anything else fails the boot; 126 and 127 (the program cannot be run) too. Where the image has no recovery, die()
	# opens a shell only with rd.shell=1, has systemd halt, and exits: in a subshell, so that an image without systemd,
	# where this shell is PID 1 and dracut catches its end with a shell for everybody, is held here as well.
	[ -e /usr/lib/imaboot/recovery ] ||
		(die "imaboot: the boot ends here, see the messages before this one and /run/imaboot/report.txt")
	command -v halt > /dev/null 2>&1 && halt -f
	while :; do
		sleep 3600
	done
}

imaboot_pre_pivot
unset -f imaboot_pre_pivot
