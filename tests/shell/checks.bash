# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2034 # `failed` is read by the test
# Sourced by tests of this folder: named checks with one line of output each, a scratch folder, and make without
# the settings of the make that runs the tests. The last line of a test is `exit "$failed"`.

set -uo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
BUILD=${BUILD:-$top/build}
work=$(mktemp -d "${TMPDIR:-/tmp}/imaboot-shell.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
failed=0

pass() { printf 'ok %s\n' "$*"; }

miss() {
	printf 'FAIL %s\n' "$*"
	failed=1
}

# ok NAME COMMAND...: the command succeeds. Its output is shown when it does not.
ok() {
	local name=$1 output
	shift
	if output=$("$@" 2>&1); then
		pass "$name"
	else
		miss "$name: '$*' ends with $?"
		printf '%s\n' "$output"
	fi
}

# is NAME GOT WANTED
is() {
	if [ "$2" = "$3" ]; then pass "$1"; else miss "$1: '$2', not '$3'"; fi
}

# none NAME TEXT: there is no such thing; TEXT lists what was found
none() {
	if [ -z "$2" ]; then pass "$1"; else miss "$1: $2"; fi
}

# at_most NAME NUMBER LIMIT
at_most() {
	if [ "$2" -le "$3" ]; then pass "$1 ($2)"; else miss "$1: $2 is more than $3"; fi
}

# build DIR ARGUMENT...: make in that copy of the tree
build() {
	local dir=$1
	shift
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL -u MAKEOVERRIDES make --no-print-directory -C "$dir" "$@"
}

# copy_tree DIR: the project's files, those that git tracks and new ones that it does not ignore
copy_tree() {
	mkdir -p "$1" && (cd "$top" && git ls-files -z --cached --others --exclude-standard |
		while IFS= read -r -d '' file; do [ ! -f "$file" ] || printf '%s\0' "$file"; done |
		cpio --quiet -0 -pdm "$1")
}
