# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# A root of a few files that boots: its init is a script, the shell of which needs a library; source it.
#
#   smallroot DIR        makes it, with /etc/ima and /etc/keys/ima; SMALLROOT_LIBRARY is the C library's path in it

smallroot() {
	local root=$1 file
	mkdir -p "$root"/{bin,sbin,dev,proc,sys,run,usr,etc/ima,etc/keys/ima}
	for file in /bin/dash $(ldd /bin/dash | grep -o '/[^ ]*'); do
		mkdir -p "$root$(dirname "$file")"
		cp -L "$file" "$root$file"
	done
	ldconfig -r "$root" || return 1
	ln -sf dash "$root/bin/sh"
	printf '#!/bin/sh\necho "the root is up"\n/bin/guest end 0\n' > "$root/sbin/init"
	chmod 755 "$root/sbin/init"
	# shellcheck disable=SC2034 # for who sources this
	SMALLROOT_LIBRARY=$(cd "$root" && find lib -name libc.so.6)
}
