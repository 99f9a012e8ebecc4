#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# imaboot-auth as the recovery runs it: no arguments, no environment, a pipe with two lines as its input, and nothing
# printed. What a password, a hash or an input that is not as it must be leads to; never to 0.
# shellcheck disable=SC2016,SC2034 # hashes are full of dollars, and chosen by their names
. "$(dirname "$0")/checks.bash"

yescrypt='$y$j9T$abcdefghijklmnopqrstu0$mOkpolYyJ.KNNCiMbGK4KxW4ANNbYJAkJsLwEEfdgPD'
sha512='$6$saltstring$AIsRs/Ee56G/tC8MEHhvReZTfx8u3rXXMl6eYrjCG9ibix19DxoMBLogdTET5Ukw9Sf7eZTITsuk0Ry5qulYz.'

# auth NAME WANTED: standard input is what it reads
auth() {
	local status=0
	env -i setsid -w timeout 60 "$BUILD/imaboot-auth" > "$work/said" 2>&1 || status=$?
	is "$1" "$status" "$2"
	none "$1: nothing is printed" "$(< "$work/said")"
}

lines() { printf '%s\n' "$@"; }
repeat() { head -c "$2" /dev/zero | tr '\000' "$1"; }

for kind in yescrypt sha512; do
	hash=${!kind}
	lines "$hash" secret | auth "$kind: the password" 0
	lines "$hash" Secret | auth "$kind: another case" 1
	lines "$hash" secre | auth "$kind: a part of it" 1
	lines "$hash" secretsecret | auth "$kind: twice" 1
	lines "$hash" 'secret ' | auth "$kind: a blank behind it" 1
	lines "$hash" '' | auth "$kind: an empty password" 1
	lines "$hash" "$hash" | auth "$kind: the hash as the password" 1
	lines "$hash" "$(repeat x 500)" | auth "$kind: a long password" 1
	printf '%s\nsecret\r\n' "$hash" | auth "$kind: a carriage return" 1
	printf '%s\n\xff\xfe\x80\n' "$hash" | auth "$kind: bytes that are no text" 1
	# The hash is looked at whole.
	lines "${hash%?}" secret | auth "$kind: a hash without its last character" 1
	lines "${hash}x" secret | auth "$kind: a hash with one more" 1
	lines "${hash%\$*}\$" secret | auth "$kind: a salt alone" 1
done
# Longer than what crypt(3) takes is no password, and no crash.
lines "$sha512" "$(repeat x 1800)" > "$work/long"
status=0
env -i "$BUILD/imaboot-auth" < "$work/long" || status=$?
case $status in
1 | 2) pass 'a password longer than crypt(3) takes' ;;
*) miss "a password longer than crypt(3) takes: $status" ;;
esac

lines 'secret' secret | auth 'a hash that is plain text' 2
lines '' '' | auth 'two empty lines' 2
lines '*' secret | auth 'a locked account' 2
lines '$' secret | auth 'a dollar' 2
lines '$99$salt$hash' secret | auth 'a method that nobody knows' 2
lines '$y$' secret | auth 'yescrypt without parameters' 2
lines '$y$zzzzzzzz$salt$' secret | auth 'yescrypt with wrong parameters' 2
lines '$6$rounds=99999999999$salt$' secret | auth 'more rounds than there may be' 2
lines "$sha512" | auth 'no password' 2
printf '%s\nsecret' "$sha512" | auth 'a password without the end of its line' 2
printf '%s' "$sha512" | auth 'one line without an end' 2
lines "$sha512" secret more | auth 'a third line' 2
printf '%s\nsec\000ret\n' "$sha512" | auth 'a NUL in the password' 2
printf '%s\nsecret\n\000' "$sha512" | auth 'a NUL behind it' 2
auth 'the end of the file at once' 2 < /dev/null
(exec <&-; env -i "$BUILD/imaboot-auth" > "$work/said" 2>&1)
is 'no standard input' "$?" 2
{ lines "$sha512" secret; repeat '\n' 4096; } | auth 'more than it reads' 2
repeat x 1048576 | auth '1 MiB of a letter' 2
repeat '\n' 1048576 | auth '1 MiB of empty lines' 2
head -c 1048576 /dev/urandom | auth '1 MiB of noise' 2
# It comes in parts, as through a pipe it may.
{ printf '%s' "${sha512%????}"; sleep 0.2; printf '%s\nse' "${sha512: -4}"; sleep 0.2; printf 'cret\n'; } | auth 'the password in parts' 0

is 'it takes no arguments for the answer' "$(lines "$sha512" wrong | "$BUILD/imaboot-auth" "$sha512" secret; echo $?)" 1
is 'nor an environment' "$(lines "$sha512" wrong | PASSWORD=secret HASH="$sha512" "$BUILD/imaboot-auth"; echo $?)" 1
ok 'it is static' bash -c '! readelf -d "$1" | grep -q NEEDED && ! readelf -l "$1" | grep -q INTERP' bash "$BUILD/imaboot-auth"
exit "$failed"
