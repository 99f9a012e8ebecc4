#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The pre-pivot hook, in the shells that images have: it goes on only with the statuses that say so, leaves nothing behind
# in the shell that sources it, and after a failure never returns.
. "$(dirname "$0")/../lib/vm.sh"
. "$(dirname "$0")/../lib/scene.sh"
. "$(dirname "$0")/../lib/image.sh"

builder_new hook
HOOK=/usr/lib/dracut/modules.d/50imaboot/imaboot-pre-pivot.sh
mkdir "$BUILDER/fake"
rm "$BUILDER/usr/sbin/imaboot" "$BUILDER/usr/lib/imaboot/recovery"
cp "$(command -v busybox)" "$BUILDER/bin/busybox"

fake() { # PATH: standard input is the program
	{ echo '#!/bin/sh'; cat; } > "$BUILDER$1"
	chmod 755 "$BUILDER$1"
}

# shellcheck disable=SC2016 # for the fakes and the inner shell
{
	# The statuses are taken one after the other; the last one stays.
	fake /usr/sbin/imaboot <<< 'echo "imaboot $*"
		read -r status < /status
		[ "$(wc -l < /status)" -eq 1 ] || sed -i 1d /status
		exit "$status"'
	fake /fake/halt <<< 'echo "halt $*"'
	fake /fake/sleep <<< 'echo held; kill -KILL $PPID'
	source='
		die() { echo "die $*"; exit 1; }
		state() { set | grep -v -E "^(_|PPID|LINENO|OPTIND|BASH.*|PIPESTATUS|FUNCNAME|SECONDS|RANDOM)="; }
		state > /before
		. "$1"
		echo "returned $?"
		state > /after
	'
}

# hook STATUS...: sources the hook where imaboot ends with these statuses; its output is in $said.
hook() {
	printf '%s\n' "$@" > "$BUILDER/status"
	# shellcheck disable=SC2086 # the shell is a word or two
	said=$(chroot "$BUILDER" env -i PATH=/fake:/usr/sbin:/usr/bin NEWROOT=/new $shell -c "$source" sh "$HOOK" 2>&1)
}

for shell in dash 'busybox ash' bash; do
	for status in 0 3 4; do
		hook $status
		if [ "$said" = $'imaboot boot --root /new\nreturned 0' ]; then
			vm_pass "$shell: status $status goes on"
		else
			vm_fail "$shell: status $status: $said"
		fi
	done
	left=$(diff "$BUILDER/before" "$BUILDER/after")
	if [ -z "$left" ]; then vm_pass "$shell: nothing is left behind"; else vm_fail "$shell: left behind: $left"; fi
	for status in 1 2 5 126 127; do
		hook $status
		if [[ $said == *$'\ndie imaboot: the boot ends here'*$'\nhalt -f\nheld'* && $said != *returned* ]]; then
			vm_pass "$shell: status $status ends the boot"
		else
			vm_fail "$shell: status $status: $said"
		fi
	done
done

# With a recovery in the image: the boot is asked again after it, and nothing goes on without it.
for shell in dash 'busybox ash' bash; do
	fake /usr/lib/imaboot/recovery <<< 'echo "recovery $*"; exit 0'
	hook 1 1 0
	if [ "$said" = $'imaboot boot --root /new\nrecovery /new\nimaboot boot --root /new\nrecovery /new\nimaboot boot --root /new\nreturned 0' ]; then
		vm_pass "$shell: after the recovery the boot is asked again"
	else
		vm_fail "$shell: the recovery: $said"
	fi
	fake /usr/lib/imaboot/recovery <<< 'echo "recovery $*"; exit 1'
	hook 1
	if [ "$said" = $'imaboot boot --root /new\nrecovery /new\nimaboot recover hold\nhalt -f\nheld' ]; then
		vm_pass "$shell: a recovery that cannot be held ends the boot"
	else
		vm_fail "$shell: no recovery: $said"
	fi
done
rm "$BUILDER/usr/lib/imaboot/recovery"

rm "$BUILDER/usr/sbin/imaboot"
shell=dash hook 0
if [[ $said == *'die imaboot: the boot ends here'*held* ]]; then vm_pass 'no program ends the boot'; else vm_fail "no program: $said"; fi
finish
