#!/bin/sh
# SPDX-License-Identifier: MIT
# dracut's emergency hook of imaboot: sourced (never executed) before dracut opens its emergency shell, which it does by
# default where the root cannot be mounted, for whoever is in front of the machine.
#
# Before: somebody is about to get a shell. After: the platform is open and a PCR is extended, and the shell opens. Elsewhere
# this does not return: the recovery takes its place.

imaboot_emergency() {
	/usr/sbin/imaboot recover emergency --root "${NEWROOT:-/sysroot}" && return 0
	# The program cannot be run, or was ended.
	warn "imaboot: the emergency shell does not open, since nothing says that it may"
	while :; do
		sleep 3600
	done
}

imaboot_emergency
unset -f imaboot_emergency
