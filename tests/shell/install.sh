#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Building leaves nothing behind but its own folder; install puts each file where it belongs, with its mode; uninstall
# takes all of them away and nothing else.
. "$(dirname "$0")/checks.bash"

tree=$work/tree root=$work/root
copy_tree "$tree" || miss 'the tree cannot be copied'
cd "$tree" || exit 1
{ git init && git add -A && git -c user.name=test -c user.email=test@example.invalid commit -m tree; } > /dev/null 2>&1
is 'the copy is clean' "$(git status --porcelain 2>&1)" ''

ok 'build' build "$tree" all
none 'building leaves no untracked file' "$(git status --porcelain)"
is 'what is ignored is the build folder' "$(git status --porcelain --ignored)" '!! build/'

ok 'install' build "$tree" install DESTDIR="$root" PREFIX=/usr
wanted=$(
	{
		echo '755 usr/sbin/imaboot'
		echo '755 usr/bin/imactl'
		echo '755 usr/lib/imaboot/imaboot-auth'
		echo '755 usr/lib/imaboot/recovery'
		echo '644 usr/lib/systemd/system/imaboot-bless.service'
		for page in man/*.[1-9]; do
			[ ! -f "$page" ] || echo "644 usr/share/man/man${page##*.}/${page##*/}"
		done
		for file in dracut-module/50imaboot/*; do
			case $file in *.conf) mode=644 ;; *) mode=755 ;; esac
			[ ! -f "$file" ] || echo "$mode usr/lib/dracut/modules.d/50imaboot/${file##*/}"
		done
		[ ! -d dracut-module/50imaboot ] || echo '644 usr/lib/dracut/dracut.conf.d/10-imaboot.conf'
		echo '755 usr/lib/imaboot/sign-installed'
		for file in README.md dpkg.cfg imaboot.hook portage.bashrc; do
			echo "644 usr/share/doc/imaboot/signing/$file"
		done
		for file in hooks scripts/init-bottom scripts/panic; do echo "755 usr/share/initramfs-tools/$file/imaboot"; done
		for program in imaboot imactl; do
			echo "644 usr/share/bash-completion/completions/$program"
			echo "644 usr/share/fish/vendor_completions.d/$program.fish"
		done
		echo '644 usr/share/zsh/site-functions/_imaboot'
		echo '644 usr/share/doc/imaboot/policies/executables'
		echo '644 usr/lib/systemd/system/imaboot-late.service'
		for file in README.md NEWS.md LICENSE dracut.md image-builders.md first-boot.md; do echo "644 usr/share/doc/imaboot/$file"; done
	} | sort
)
files() { (cd "$root" && find . -type f -printf '%m %P\n' | sort); }
none 'install puts these files, with these modes' "$(diff <(files) <(echo "$wanted"))"
is 'the unit is on' "$(cd "$root" && find . -type l -printf '%P %l\n')" \
	'usr/lib/systemd/system/sysinit.target.wants/imaboot-late.service ../imaboot-late.service'
is 'the unit names the program where it is' "$(grep ^ExecStart= "$root/usr/lib/systemd/system/imaboot-late.service")" \
	'ExecStart=/usr/sbin/imaboot boot --late'
none 'the known-good policy may be anywhere' "$(grep -E '^(Protect(System|Home)|ReadOnlyPaths|ReadWritePaths|InaccessiblePaths)=' "$root/usr/lib/systemd/system/imaboot-bless.service")"
none 'nothing that is installed can be written by others' "$(find "$root" -perm /022 ! -type l)"
none 'no folder name of the build is in the programs' "$(grep -lF "$tree" "$root"/usr/*bin/*)"
ok 'the installed program runs' "$root/usr/sbin/imaboot" version
ok 'install once more' build "$tree" install DESTDIR="$root" PREFIX=/usr
none 'installing leaves no untracked file' "$(git status --porcelain)"

echo mine > "$root/usr/share/doc/imaboot/mine"
ok 'uninstall' build "$tree" uninstall DESTDIR="$root" PREFIX=/usr
is 'uninstall leaves what is not ours' "$(cd "$root" && find . ! -type d)" ./usr/share/doc/imaboot/mine
rm "$root/usr/share/doc/imaboot/mine"
ok 'uninstall once more' build "$tree" uninstall DESTDIR="$root" PREFIX=/usr
none 'uninstall leaves nothing' "$(find "$root" ! -type d; find "$root" -name '*imaboot*')"

ok 'clean' build "$tree" clean
none 'clean leaves nothing' "$(git status --porcelain --ignored)"
exit "$failed"
