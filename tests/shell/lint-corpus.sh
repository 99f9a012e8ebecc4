#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The sample policies in tests/data/policy: the name of each says what lint has to say about it.
# BUILD names the folder with the programs.
set -euo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build=${BUILD:-$top/build}
failed=0

check() {
	if [ "$1" = yes ]; then
		echo "ok $2"
	else
		echo "FAIL $2"
		failed=1
	fi
}

# lint_says FILE STATUS TEXT: lint ends with that status and says the text (nothing, where that is empty).
lint_says() {
	local out status=0
	out=$("$program" lint --kernel 6.1 "$1" 2>&1) || status=$?
	[ "$status" = "$2" ] || return 1
	if [ -n "$3" ]; then grep -qF -- "$3" <<< "$out"; else [ -z "$out" ]; fi
}

for program in "$build/imaboot" "$build/imactl"; do
	for file in "$top"/tests/data/policy/*.policy; do
		reason=$(basename "$file" .policy)
		case $reason in
		should-pass-*) status=0 text= ;;
		should-warn-*) status=0 text="warning: " reason=${reason#should-warn-} ;;
		should-fail-nul-byte*) status=1 text="error: " reason=nul-byte ;;
		should-fail-*) status=1 text="error: " reason=${reason#should-fail-} ;;
		esac
		ok=no
		lint_says "$file" "$status" "$text" && { [ -z "$text" ] || lint_says "$file" "$status" "[$reason]"; } && ok=yes
		check "$ok" "$(basename "$program") lint $(basename "$file")"
	done
done
exit "$failed"
