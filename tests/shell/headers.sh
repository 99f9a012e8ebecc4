#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The seams of the sources: every header compiles alone, each part includes only what it may, one file makes the key
# system calls, and each source says its licence in its first line.
. "$(dirname "$0")/checks.bash"
cd "$top" || exit 1

# alone HEADER FLAG...
# shellcheck disable=SC2317 # called by ok
alone() { gcc -std=c11 -D_GNU_SOURCE -DIMABOOT_VERSION='""' -Wall -Wextra -Werror -Wstrict-prototypes -fsyntax-only "${@:2}" -x c - <<< "#include \"$1\""; }

for header in common/*.h; do ok "$header compiles alone" alone "$header" -I. -Icommon; done
for header in initrd/*.h; do ok "$header compiles alone" alone "$header" -I. -Icommon -Iinitrd; done
for header in keys/*.h; do
	[ ! -f "$header" ] || ok "$header compiles alone" alone "$header" -I. -Icommon -Ikeys
done

# includes FILE...: the names in quotes, as "FILE NAME"
includes() { sed -n -s 'F;s/^#include "\(.*\)".*/\1/p' "$@" | awk '/\// { file = $0; next } { print file, $0 }'; }

# only PART FOLDER...: what PART includes lies in one of the folders
only() {
	local part=$1 file name folder found
	shift
	while read -r file name; do
		found=
		for folder; do [ ! -f "$folder/$name" ] || found=1; done
		[ -n "$found" ] || echo "$file: $name"
	done < <(includes "$part"/*.[ch])
}

none 'common includes neither program' "$(only common common)"
none 'initrd includes only itself and common' "$(only initrd initrd common)"
none 'keys includes only itself and common' "$(only keys keys common)"
is 'only digest.c includes OpenSSL, and only its SHA' "$(grep -H '<openssl/' common/*.[ch] initrd/*.[ch])" 'common/digest.c:#include <openssl/sha.h>'
is 'only keyring.c makes key system calls' "$(grep -lE 'SYS_(add_key|keyctl|request_key)|__NR_(add_key|keyctl|request_key)|keyutils\.h' common/*.[ch] initrd/*.[ch])" initrd/keyring.c
none 'nothing runs a program by its name' "$(grep -nE '\b(system|popen|exec[lv]p|exec[lv])\(' common/*.[ch] initrd/*.[ch])"
# The program itself; and of the image, the recovery, its helper that checks a password, and its shell.
is 'only these run another program' "$(grep -lE '\)execve\(' common/*.c initrd/*.c | tr '\n' ' ')" \
	'initrd/late.c initrd/recover_password.c initrd/recover_shell.c initrd/recovery_run.c '

for file in common/*.[ch] initrd/*.[ch] keys/*.[ch] tests/*/*.[ch]; do
	[ ! -f "$file" ] || head -n 1 "$file" | grep -q 'SPDX-License-Identifier: MIT' || miss "$file: no SPDX line at its head"
done
[ "$failed" -ne 0 ] || pass 'every source has its SPDX line at its head'
exit "$failed"
