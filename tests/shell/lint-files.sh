#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Files that lint cannot read, or that are no policies at all: one clear message each, naming file, reason and remedy.
# BUILD names the folder with the programs.
set -uo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build=${BUILD:-$top/build}
work=$(mktemp -d "${TMPDIR:-/tmp}/imaboot-lint.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failed=0

# says STATUS TEXT ARGUMENT...: lint, so called, ends with the status and prints exactly the text, in one line.
says() {
	local status=0 expected=$1 text=$2 out
	shift 2
	out=$("$build/$program" lint "$@" 2>&1 < /dev/null) || status=$?
	if [ "$status" = "$expected" ] && [ "$out" = "$text" ]; then
		echo "ok $program lint $*"
		return
	fi
	printf 'FAIL %s lint %s\n  wanted %s: %s\n  got    %s: %s\n' "$program" "$*" "$expected" "$text" "$status" "${out:0:300}"
	failed=1
}

mkdir folder
mkfifo pipe
head -c 65536 /dev/zero > zeros
{ head -c 1048576 /dev/zero | tr '\0' x; echo; } > one-line
{ head -c 1048576 /dev/zero | tr '\0' '#'; echo; } > large
echo 'measure func=FILE_CHECK' > text
gzip -c text > text.gz
head -c 20 text.gz > cut.gz
x48=$(printf 'x%.0s' {1..48})

for program in imaboot imactl; do
	says 1 "$program: absent: No such file or directory; check the name" --kernel 6.1 absent
	says 1 "$program: folder: is a directory; name a policy file" --kernel 6.1 folder
	says 1 "$program: pipe: is a device, a pipe or a socket, not a file; name a policy file" --kernel 6.1 pipe
	says 1 "$program: /dev/zero: is a device, a pipe or a socket, not a file; name a policy file" --kernel 6.1 /dev/zero
	says 1 "zeros:1:1: error: there is a NUL byte here: a load by path is refused and what follows is not read [nul-byte]" \
		--kernel 6.1 zeros
	says 2 "$program: --kernel: '6' is not a version; give one such as 6.1" --kernel 6 text
	says 2 "$program: --kernel: '4.4' cannot load a policy by its path; Linux 4.6 or newer can" --kernel 4.4 text
	says 2 "$program: absent: No such file or directory; check the name" --config absent text
	says 2 "$program: folder: is a directory; name a kernel's configuration" --config folder text
	says 2 "$program: text: is not a kernel's configuration; name one, as /boot/config-6.1.0" --config text text
	says 2 "$program: --json and --format exclude each other; give one of them" --json --format text text
	says 2 "$program: --format: 'xml' is not one of text, json, sarif" --format xml text
	says 2 "$program: --canonical prints a policy, not JSON; leave one of the options out" --canonical --json text
	says 0 "measure func=FILE_CHECK " --kernel 6.1 --no-warnings --canonical text
	says 0 "[]" --kernel 6.1 --no-warnings --json text
done
# The boot program takes as much as a boot does, and unpacks nothing; on the host a megabyte is no obstacle.
program=imaboot
for file in text.gz cut.gz; do
	says 2 "imaboot: $file: is packed, and this program does not unpack it; unpack it with zcat, or use imactl lint" \
		--config "$file" text
done
says 1 "imaboot: large: has more than 1048576 bytes; make it smaller; comments can go" --kernel 6.1 large
program=imactl
says 2 "imactl: text.gz: is not a kernel's configuration; name one, as /boot/config-6.1.0" --config text.gz text
says 2 "imactl: cut.gz: is damaged: it cannot be unpacked; get it again" --config cut.gz text
says 0 "large:1:1: warning: the file has no rule: the kernel takes it, and nothing is in force [no-rules]" --kernel 6.1 large
says 1 "one-line:1:1: error: the rule language has no word '$x48...' [unknown-word]" --kernel 6.1 one-line
if [ "$(id -u)" = 0 ] && command -v setpriv > /dev/null; then
	chmod 755 . && chmod 000 text
	out=$(setpriv --reuid 65534 --clear-groups "$build/imactl" lint --kernel 6.1 text 2>&1)
	if [ "$out" = "imactl: text: Permission denied; run as root, or make the file readable" ]; then
		echo "ok imactl lint text, unreadable"
	else
		echo "FAIL imactl lint text, unreadable: $out"
		failed=1
	fi
fi
exit "$failed"
