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

# ---- the emergency hook: a shell opens where the program says so, and nowhere else -----------

HOOK=/usr/lib/dracut/modules.d/50imaboot/imaboot-emergency.sh
# shellcheck disable=SC2016 # for the inner shell
source='
	warn() { echo "warn $*"; }
'$source
# shellcheck disable=SC2016 # for the fake
fake /usr/sbin/imaboot <<< 'echo "imaboot $*"; read -r status < /status; exit "$status"'
for shell in dash 'busybox ash' bash; do
	hook 0
	if [ "$said" = $'imaboot recover emergency --root /new\nreturned 0' ]; then
		vm_pass "$shell: the emergency shell opens"
	else
		vm_fail "$shell: the emergency shell: $said"
	fi
	left=$(diff "$BUILDER/before" "$BUILDER/after")
	if [ -z "$left" ]; then vm_pass "$shell: nothing is left behind"; else vm_fail "$shell: left behind: $left"; fi
	# Whatever ends the program, which returns nothing else by itself.
	for status in 1 2 3 4 126 127 137; do
		hook $status
		if [ "$said" = $'imaboot recover emergency --root /new\nwarn imaboot: the emergency shell does not open, since nothing says that it may\nheld' ]; then
			vm_pass "$shell: status $status opens no shell"
		else
			vm_fail "$shell: status $status: $said"
		fi
	done
done
rm "$BUILDER/usr/sbin/imaboot"
shell=dash hook 0
if [[ $said == *'does not open'*held* && $said != *returned* ]]; then vm_pass 'no program opens no shell'; else vm_fail "no program: $said"; fi

# ---- the hook of a bundle: switches dracut's module integrity off ----------------------------

HOOK=/usr/lib/dracut/modules.d/50imaboot/imaboot-alone.sh
# shellcheck disable=SC2016 # for the inner shell
source='
	hookdir=/hooks
	warn() { echo "warn $*"; }
'$source'
	ls /hooks/pre-pivot
'
hooks=$BUILDER/hooks/pre-pivot

# alone NAME WANTED
alone() {
	mkdir -p "$hooks"
	: > "$hooks/95-imaboot-pre-pivot.sh"
	: > "$hooks/60-other.sh"
	hook 0
	if [ "$said" = "$2" ]; then vm_pass "$shell: $1"; else vm_fail "$shell: $1: $said"; fi
}

for shell in dash 'busybox ash' bash; do
	alone 'no integrity' $'returned 0\n60-other.sh\n95-imaboot-pre-pivot.sh'
	left=$(diff "$BUILDER/before" "$BUILDER/after")
	if [ -z "$left" ]; then vm_pass "$shell: nothing is left behind"; else vm_fail "$shell: left behind: $left"; fi
	mkdir -p "$hooks"
	touch "$hooks"/61-{evm-enable,ima-keys-load}.sh "$hooks/62-ima-policy-load.sh"
	alone 'integrity' "warn imaboot: dracut's module integrity is in the image too, and is switched off: it would load keys \
and policies by its own rules; make the image without it: omit_dracutmodules+=\" integrity \"
returned 0
60-other.sh
95-imaboot-pre-pivot.sh"
	# What cannot be removed must not run: this ends the boot.
	mkdir "$hooks/62-ima-policy-load.sh"
	hook 0
	if [[ $said == *'die imaboot: /hooks/pre-pivot/62-ima-policy-load.sh of dracut'"'"'s module integrity cannot be switched off'$'\nhalt -f\nheld'* && $said != *returned* ]]; then
		vm_pass "$shell: a hook that stays ends the boot"
	else
		vm_fail "$shell: a hook that stays: $said"
	fi
	rmdir "$hooks/62-ima-policy-load.sh"
done
finish
