#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Both programs under valgrind's memcheck, without the sanitizers of the unit tests. A static program hides its malloc
# from valgrind: the boot program is built once more, linked dynamically.
# Nothing is run here that would change the machine.
. "$(dirname "$0")/checks.bash"

# CFLAGS and LDFLAGS come after the project's own, so that -pie undoes -static-pie.
ok 'a dynamic build of imaboot' build "$top" O="$work/build" LIBC=glibc CFLAGS=-g LDFLAGS=-pie imaboot
printf 'appraise func=BPRM_CHECK appraise_type=imasig\n' > "$work/good"
printf 'measure func=BOGUS\r\n# \033[31m\n\nappraise' > "$work/bad"

# clean PROGRAM STATUS ARGUMENT...: ends with the status, and memcheck has nothing to say
clean() {
	local program=$1 wanted=$2 status=0 name
	shift 2
	name="$(basename "$program") ${*/#$work\//}"
	valgrind --quiet --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite,indirect,possible \
		--log-file="$work/valgrind" "$program" "$@" > "$work/out" 2>&1 < /dev/null || status=$?
	if [[ " $wanted " == *" $status "* ]]; then pass "$name"; else miss "$name: status $status, not $wanted"; fi
	[ ! -s "$work/valgrind" ] || miss "$name: $(head -n 3 "$work/valgrind" | tr '\n' ' ')"
}

both() {
	local program=$1 verb
	clean "$program" 0 help
	clean "$program" 0 version
	clean "$program" 2
	clean "$program" 2 frobnicate
	for verb in $("$program" help | sed -n '/^Verbs:/,/^$/s/^  \([a-z]*\).*/\1/p' | grep -vx -e help -e version); do
		clean "$program" 0 "$verb" --help
		clean "$program" 2 "$verb" --frobnicate
	done
	if "$program" help | grep -q '^  lint '; then
		clean "$program" 0 lint "$work/good"
		clean "$program" 1 lint "$work/bad"
		clean "$program" 1 lint --json "$work/good" "$work/bad"
	fi
}

both "$work/build/imaboot"
clean "$work/build/imaboot" '0 3' status
clean "$work/build/imaboot" '0 3' status --json
clean "$work/build/imaboot" 2 boot --root a --root b
clean "$work/build/imaboot" 2 guard maybe
clean "$work/build/imaboot" 2 verify --sig "$work/good" "$work/bad" "$work/bad"
both "$BUILD/imactl"
exit "$failed"
