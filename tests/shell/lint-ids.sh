#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Every rule-id of lint has its entry in the man page, and the man page has no other.
set -euo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

code=$(sed -n 's/^.*\[ISSUE_[A-Z_]*\] = {"\([a-z-]*\)".*$/\1/p' "$top/common/policy_diag.c" | sort)
page=$(sed -n '/^\.Sh WHAT THE KERNEL REFUSES/,/^\.Sh FILES/s/^\.It Cm \([a-z-]*\)$/\1/p' "$top/man/imaboot-lint.7" | sort)

[ -n "$code" ] || { echo "FAIL no rule-id was found in the code"; exit 1; }
if ! diff <(echo "$code") <(echo "$page"); then
	echo "FAIL the rule-ids of the code (<) and of imaboot-lint(7) (>) differ"
	exit 1
fi
echo "ok $(wc -l <<< "$code") rule-ids are documented"
