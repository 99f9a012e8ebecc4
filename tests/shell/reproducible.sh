#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Built twice, in two folders, at two times, in two languages: the bytes are the same.
. "$(dirname "$0")/checks.bash"

copy_tree "$work/one" || miss 'the tree cannot be copied'
copy_tree "$work/a/longer/name" || miss 'the tree cannot be copied'
ok 'the first build' build "$work/one" all
export TZ=Asia/Tokyo LC_ALL=C.UTF-8
ok 'the second build' build "$work/a/longer/name" O=elsewhere all
for program in imaboot imactl; do
	ok "$program: the same bytes" cmp "$work/one/build/$program" "$work/a/longer/name/elsewhere/$program"
	none "$program: no folder in it" "$(grep -cF -e "$work" "$work/one/build/$program" | grep -v '^0$')"
done
exit "$failed"
