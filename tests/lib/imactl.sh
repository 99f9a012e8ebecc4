# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# What the tests of imactl share; source it. BUILD names the folder with the programs; the test then works in a
# scratch folder of its own, which goes away at its end.
#
#   good NAME COMMAND...              the command ends with 0
#   bad NAME COMMAND...               it does not
#   says NAME STATUS LINE COMMAND...  it ends with that status, and LINE is a whole line of its output
#   silent NAME STATUS TEXT COMMAND...  it ends with that status, and TEXT is nowhere in its output
#   same NAME A B                     two strings are equal
#   finish                            last line of the test
#
# The output of the last command is in $output. `imactl` is the program under test.

set -uo pipefail
export LC_ALL=C

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build=$(cd "${BUILD:-$top/build}" && pwd) || exit 1
scratch=$(mktemp -d "${TMPDIR:-/tmp}/imactl.XXXXXX") || exit 1
trap 'chmod -R u+rwx "$scratch"; rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
PKI=${PKI:-$scratch/pki}
"$top/tests/lib/pki" "$PKI" || exit 1
failed=0
output=''

imactl() { "$build/imactl" "$@"; }

pass() { printf 'ok %s\n' "$1"; }

fail() {
	printf 'FAIL %s\n' "$1"
	[ -z "${2:-}" ] || printf '%s\n' "$2"
	failed=1
}

good() {
	local name=$1
	shift
	if output=$("$@" 2>&1 < /dev/null); then pass "$name"; else fail "$name: status $?" "$output"; fi
}

bad() {
	local name=$1
	shift
	if output=$("$@" 2>&1 < /dev/null); then fail "$name: status 0" "$output"; else pass "$name"; fi
}

says() {
	local name=$1 wanted=$2 line=$3 status=0
	shift 3
	output=$("$@" 2>&1 < /dev/null) || status=$?
	if [ "$status" = "$wanted" ] && grep -qxF -- "$line" <<< "$output"; then
		pass "$name"
	else
		fail "$name: status $status, wanted $wanted with the line: $line" "$output"
	fi
}

silent() {
	local name=$1 wanted=$2 text=$3 status=0
	shift 3
	output=$("$@" 2>&1 < /dev/null) || status=$?
	if [ "$status" = "$wanted" ] && ! grep -qF -- "$text" <<< "$output"; then
		pass "$name"
	else
		fail "$name: status $status, wanted $wanted without: $text" "$output"
	fi
}

same() {
	if [ "$2" = "$3" ]; then pass "$1"; else fail "$1" "'$2' is not '$3'"; fi
}

finish() { exit "$failed"; }
