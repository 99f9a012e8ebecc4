#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Which files an execution opens, as common/closure.h finds them, against the dynamic linker itself: every dynamic
# executable of the lab's root with systemd, in a chroot. Then cases that no program of it has: RPATH with its
# inheritance, RUNPATH without it, $ORIGIN, $LIB, glibc-hwcaps, /etc/ld.so.preload, no cache.
. "$(dirname "$0")/../lib/vm.sh"
. "$(dirname "$0")/../lib/scene.sh"
. "$(dirname "$0")/../lib/image.sh"

work=$(mktemp -d "$CACHE/closure.XXXXXX") || exit 1
VM_ALL+=("$work")
top=$VM_LIB/../..
gcc -std=c11 -D_GNU_SOURCE -DIMABOOT_VERSION='"test"' -I"$top/common" -O1 -o "$work/closure" "$VM_LIB/closure.c" \
	"$top"/common/*.c -lcrypto || vm_die 'the test program cannot be built'
linker=/lib64/ld-linux-x86-64.so.2

# by_linker ROOT < PROGRAMS: what the root's own linker loads but for itself, in the form of tests/lib/closure.c.
# shellcheck disable=SC2016 # for the inner shell
by_linker() {
	chroot "$1" /bin/sh -c 'while read -r program; do
		files=$(LD_TRACE_LOADED_OBJECTS=1 '"$linker"' "$program" 2>&1 | grep -v "ld-linux" | sed -n -e "s/.* => \(\/[^ ]*\) (.*/\1/p" \
			-e "s/^[[:blank:]]*\(\/[^ ]*\) (.*/\1/p" -e "s/^[[:blank:]]*\([^ ]*\) => not found$/\1?/p")
		echo "$program:" $(for file in $files; do
			case $file in *\?) echo "$file" ;; *) readlink -f "$file" ;; esac
		done | LC_ALL=C sort -u)
	done'
}

# same NAME ROOT < PROGRAMS
same() {
	local wrong
	cat > "$work/programs"
	by_linker "$2" < "$work/programs" > "$work/linker"
	"$work/closure" "$2" < "$work/programs" > "$work/ours"
	wrong=$(diff "$work/linker" "$work/ours")
	if [ -s "$work/linker" ] && [ -z "$wrong" ]; then
		vm_pass "$1: $(grep -c . "$work/programs") programs, no difference"
	else
		vm_fail "$1: $wrong"
	fi
}

root=$(lab_root) || vm_die 'no root with systemd'
find "$root" -xdev -type f -perm -100 -size +1k -printf '/%P\n' | LC_ALL=C sort | while read -r file; do
	# Executables, not libraries that can be started too: those say what they are.
	[ "$(od -An -tx1 -N4 "$root$file" | tr -d ' ')" != 7f454c46 ] || case $file in *.so | *.so.*) ;; *) echo "$file" ;; esac
done > "$work/all"
while read -r file; do
	! readelf -lW "$root$file" 2> /dev/null | grep -q 'Requesting program interpreter' || echo "$file"
done < "$work/all" > "$work/dynamic"
count=$(grep -c . "$work/dynamic")
if [ "$count" -gt 200 ]; then vm_pass "the root has $count dynamic executables"; else vm_fail "only $count dynamic executables"; fi
same 'the whole root' "$root" < "$work/dynamic"

# ---- a root of our own -----------------------------------------------------------------------

# own NAME: a root with the linker, a shell and nothing else, in $own.
own() {
	own=$work/$1
	mkdir -p "$own"/{bin,etc,lib64,a,usr/lib/x86_64-linux-gnu}
	ln -s usr/lib "$own/lib"
	cp -L "$root$linker" "$own$linker"
	cp "$(command -v busybox)" "$own/bin/busybox"
	for file in sh sed grep readlink sort; do ln -s busybox "$own/bin/$file"; done
}

# library PATH [LINKER-FLAGS...]: a shared library with its file name as its SONAME.
library() {
	local path=$own$1
	shift
	mkdir -p "$(dirname "$path")"
	echo 'int one(void); int one(void) { return 1; }' |
		gcc -shared -nostdlib -fPIC -x c -o "$path" - -Wl,--no-as-needed -Wl,--allow-shlib-undefined \
			-Wl,-soname,"$(basename "$path")" "$@" || vm_die "no $path"
}

# program LINKER-FLAGS...: /bin/program.
program() {
	echo 'void _start(void); void _start(void) { }' |
		gcc -pie -fPIE -nostdlib -nostartfiles -x c -o "$own/bin/program" - -Wl,--no-as-needed \
			-Wl,--allow-shlib-undefined -Wl,--dynamic-linker,$linker "$@" || vm_die 'no program'
}

# told NAME WANTED: no difference, and the files are these.
told() {
	same "$1" "$own" <<< /bin/program
	if [ "$(cat "$work/ours")" = "/bin/program: $2" ]; then
		vm_pass "$1: $2"
	else
		vm_fail "$1: $(cat "$work/ours")"
	fi
}

old=-Wl,--disable-new-dtags new=-Wl,--enable-new-dtags

own rpath
library /a/libb.so
library /a/liba.so -L"$own/a" -lb
program $old -Wl,-rpath,/none:/a -L"$own/a" -la
told 'RPATH is inherited' '/a/liba.so /a/libb.so'
program $new -Wl,-rpath,/none:/a -L"$own/a" -la
told 'RUNPATH is not' '/a/liba.so libb.so?'

library /a/sub/libb.so
rm "$own/a/libb.so"
# shellcheck disable=SC2016 # for the linker
library /a/liba.so $new '-Wl,-rpath,${ORIGIN}/sub' -L"$own/a/sub" -lb
program $old -Wl,-rpath,/a -L"$own/a" -la
told 'the library has an ORIGIN of its own' '/a/liba.so /a/sub/libb.so'
library /b/libb.so
program $old -Wl,-rpath,/a:/b -L"$own/a" -la
told 'RUNPATH voids what is inherited' '/a/liba.so /a/sub/libb.so'

own tokens
library /opt/lib/x86_64-linux-gnu/liba.so
library /opt/x86_64/libb.so
# shellcheck disable=SC2016 # for the linker
program $new '-Wl,-rpath,/opt/$LIB:$ORIGIN/../opt/x86_64' -L"$own/opt/lib/x86_64-linux-gnu" -L"$own/opt/x86_64" -la -lb
told 'tokens' '/opt/lib/x86_64-linux-gnu/liba.so /opt/x86_64/libb.so'

own hwcaps
library /a/liba.so
library /a/glibc-hwcaps/x86-64-v2/liba.so
library /a/glibc-hwcaps/x86-64-v9/liba.so
program $new -Wl,-rpath,/a -L"$own/a" -la
told 'a folder for this processor' '/a/glibc-hwcaps/x86-64-v2/liba.so'

own cache
library /c/liba.so.1
library /c/glibc-hwcaps/x86-64-v2/liba.so.1
library /c/libb.so.1
library /usr/lib/x86_64-linux-gnu/libd.so.1
ln -s liba.so.1 "$own/c/liba.so"
program -L"$own/c" -la -l:libb.so.1 -L"$own/usr/lib/x86_64-linux-gnu" -l:libd.so.1
told 'no cache' '/usr/lib/x86_64-linux-gnu/libd.so.1 liba.so.1? libb.so.1?'
echo /c > "$own/etc/ld.so.conf"
ldconfig -r "$own"
told 'the cache' '/c/glibc-hwcaps/x86-64-v2/liba.so.1 /c/libb.so.1 /usr/lib/x86_64-linux-gnu/libd.so.1'

own preload
library /p/libp.so
library /p/libq.so
library /a/liba.so
printf '# not /p/none.so\n/p/libp.so:/p/libq.so\n' > "$own/etc/ld.so.preload"
program -Wl,-rpath,/a -L"$own/a" -la
told 'what is preloaded' '/a/liba.so /p/libp.so /p/libq.so'

own names
library /a/libb.so
library /a/liba.so -L"$own/a" -lb
library /a/other.so
program -Wl,-rpath,/a -L"$own/a" -l:other.so -la
mv "$own/a/libb.so" "$own/a/other.so"
told 'a SONAME that is there already is not looked for' '/a/liba.so /a/other.so'
mkdir "$own/w"
cp "$own/a/other.so" "$own/w/libb.so"
mv "$own/a/other.so" "$own/a/libb.so"
printf '\x01' | dd of="$own/w/libb.so" bs=1 seek=4 conv=notrunc status=none
program -Wl,-rpath,/w:/a -L"$own/a" -lb
told 'a library of another class is passed over' '/a/libb.so'
finish
