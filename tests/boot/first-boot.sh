#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# kernels: stock
# needs: qemu-system-x86_64 mmdebstrap mke2fs
# limit: 900
# The commands of keys/first-boot.md as they are there, from an empty folder to a login prompt with the policy in force.
# Only the root that the first one makes is kept outside the tree, by what the command says, and TCG is asked for.
. "$(dirname "$0")/../lib/vm.sh"

# check NAME COMMAND...: it must end with 0.
check() {
	local name=$1
	shift
	if "$@"; then vm_pass "$name"; else vm_fail "$name"; fi
}

IMABOOT=$(cd "$(dirname "$0")/../.." && pwd)
doc=$IMABOOT/keys/first-boot.md
# shellcheck disable=SC2016 # the fence of the code
mapfile -t commands < <(sed -n '/^```sh$/,/^```$/p' "$doc" | grep -v '^```')
check "ten commands at most" [ ${#commands[@]} -le 10 ]
work=$(mktemp -d "$CACHE/first-boot.XXXXXX")
cd "$work" || exit 1
export IMABOOT PATH=$work/bin:$PATH
unset TMPDIR # the folder is not in the root that the commands enter
mkdir bin
# The programs as they were built: this make builds nothing.
mkdir build
cp -p "$BUILD/imaboot" "$BUILD/imaboot-auth" "$BUILD/imactl" build/
printf '#!/bin/sh\nexec %s "$@" -o all O=%s/build\n' "$(command -v make)" "$work" > bin/make
printf '#!/bin/sh\nexec %s -accel tcg -cpu %s "$@" < /dev/null\n' "$(command -v qemu-system-x86_64)" "$VM_CPU" > bin/qemu-system-x86_64
ln -s "$BUILD/imactl" bin/imactl
chmod +x bin/*
cd "$(mktemp -d "$work/empty.XXXXXX")" || exit 1

# The first command makes a root; the cache has it by the command's text.
cached_root() {
	local base=${IMABOOT_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/imaboot} root
	root=$base/first-boot-$(sha256sum <<< "$1" | cut -c1-12)
	mkdir -p "$base"
	(
		flock 9
		[ -d "$root" ] || { (cd "$work" && bash -c "$1" > root.log 2>&1) && mv "$work/root" "$root"; }
	) 9> "$base/.first-boot.lock" || vm_die "the first command: $(tail -n 5 "$work/root.log")"
	cp -a "$root" root
}

cached_root "${commands[0]}"
last=$((${#commands[@]} - 1))
for i in $(seq 1 $((last - 1))); do
	if bash -c "${commands[i]}" > "$work/said" 2>&1; then
		vm_pass "${commands[i]%% --*}"
	else
		vm_fail "${commands[i]}: $(tail -n 5 "$work/said")"
		finish
	fi
done
timeout 600 bash -c "${commands[last]}" > "$work/log" 2>&1 &
for _ in $(seq 600); do
	! grep -aqE 'login: |Freezing execution|Kernel panic|reboot: ' "$work/log" || break
	kill -0 $! 2> /dev/null || break
	sleep 1
done
kill $! 2> /dev/null # timeout hands it on to QEMU
wait
check "the policy is in force" grep -aqF 'imaboot: outcome enforced: policy /etc/ima/ima-policy (root) in force' "$work/log"
check "the machine is up" grep -aq 'login: ' "$work/log"
check "nothing was denied" bash -c "! grep -a 'Permission denied' '$work/log'"
grep -aq 'login: ' "$work/log" || tail -n 20 "$work/log"
finish
