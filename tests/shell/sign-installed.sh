#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What package managers install is signed when they are done: the real dpkg and the real pacman in roots of their own,
# portage's phases as its shell runs them; and what rpmsign --signfiles would put into a package is the same bytes.
# shellcheck source=tests/lib/imactl.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib/imactl.sh"

signing=$top/packaging/signing
value() { getfattr --only-values -n security.ima -- "$1" 2> /dev/null | od -An -v -tx1 | tr -d ' \n'; }
kind() { value "$1" | cut -c1-4; }
# shellcheck disable=SC2317 # called by good
verified() { imactl verify --quiet --cert "$PKI/p256.der" "$@"; }

# A root with the hooks, imactl and a key, as an administrator would have it.
root=$scratch/root
base=$("$top/tests/lib/root-systemd") || exit 1
cp -a "$base" "$root"
install -D -m 755 "$build/imactl" "$root/usr/bin/imactl"
install -D -m 755 "$signing/sign-installed" "$root/usr/lib/imaboot/sign-installed"
ldd "$build/imactl" | sed -n 's/.* => \([^ ]*\) .*/\1/p' | while read -r library; do
	[ -e "$root$library" ] || install -D -m 644 "$(realpath "$library")" "$root$library"
done
mkdir -p "$root/etc/imactl" "$root/mnt"
cp "$PKI/p256.key" "$PKI/p256.der" "$root/etc/imactl/"
configure() { printf '%s\n' "$@" > "$root/etc/imactl/signing.conf"; }
good_conf() { configure '# with what' '' 'key = /etc/imactl/p256.key' 'cert = /etc/imactl/p256.der'; }
# shellcheck disable=SC2016,SC2317 # for the inner shell; called by good
inside() {
	unshare --mount --propagation private bash -c '
		mount --bind "$1" "$1" && mount -t proc proc "$1/proc" && mount -t tmpfs run "$1/run" || exit 99
		root=$1
		shift
		exec chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C DEBIAN_FRONTEND=noninteractive "$@"
	' inside "$root" "$@"
}

# ---- dpkg ------------------------------------------------------------------------------------

mkdir -p deb/DEBIAN deb/usr/bin deb/usr/share/lab deb/etc
printf 'Package: lab\nVersion: 1\nArchitecture: all\nMaintainer: lab <lab@example.invalid>\nDescription: lab\n' > deb/DEBIAN/control
printf '#!/bin/sh\n' | tee deb/DEBIAN/postinst > deb/usr/bin/lab
chmod 755 deb/DEBIAN/postinst deb/usr/bin/lab
echo data > 'deb/usr/share/lab/with blank'
echo setting > deb/etc/lab.conf
echo /etc/lab.conf > deb/DEBIAN/conffiles
dpkg-deb --root-owner-group -b deb "$root/lab.deb" > /dev/null
touch -d 2001-01-01 "$root/usr/bin/env"

good "dpkg without the hook" inside dpkg -i /lab.deb
same "signs nothing" "$(kind "$root/usr/bin/lab")" ""
install -D -m 644 "$signing/dpkg.cfg" "$root/etc/dpkg/dpkg.cfg.d/imaboot"
good "without a configuration" inside dpkg -i /lab.deb
same "it signs nothing either" "$(kind "$root/usr/bin/lab")" ""
good "take it away again" inside dpkg -P lab
good_conf
good "with both" inside dpkg -i /lab.deb
same "it says what it has signed" "$(grep -cE '^files: 3 signed, [0-9]+ given a digest since they change, [0-9]+ skipped$' <<< "$output")" 1
good "all files of the package are signed" verified "$root/usr/bin/lab" "$root/usr/share/lab/with blank" "$root/var/lib/dpkg/info/lab.postinst"
same "its configuration has a digest" "$(kind "$root/etc/lab.conf")" 0404
same "other files are as they were" "$(kind "$root/usr/bin/env")" ""
good "a diversion" inside dpkg-divert --quiet --local --rename --divert /usr/bin/lab.real --add /usr/bin/lab
setfattr -x security.ima "$root/usr/bin/lab.real"
good "an update of a diverted file" inside dpkg -i /lab.deb
good "is signed where it went" verified "$root/usr/bin/lab.real"
good "a removal" inside dpkg -P lab
# apt unpacks in one run of dpkg, and configures in another one: configuration files come to their places then.
printf '#!/bin/sh\n' > deb/etc/lab.daily
chmod 755 deb/etc/lab.daily
printf '/etc/lab.conf\n/etc/lab.daily\n' > deb/DEBIAN/conffiles
dpkg-deb --root-owner-group -b deb "$root/lab.deb" > /dev/null
good "a run that unpacks" inside dpkg --unpack /lab.deb
good "and one that configures" inside dpkg --configure lab
good "a program among the configuration files is signed" verified "$root/etc/lab.daily"
same "the others have a digest" "$(kind "$root/etc/lab.conf")" 0404
good "its removal" inside dpkg -P lab
# A root of any name.
odd="$scratch/r&d|\\1 x"
mv "$root" "$odd"
setfattr -x security.ima "$odd/usr/bin/env" 2> /dev/null
sed -i "s|/etc/imactl|$PKI|" "$odd/etc/imactl/signing.conf"
mkdir -p bin && ln -sf "$build/imactl" bin/imactl
good "a root with a name of its own" env PATH="$PWD/bin:$PATH" DPKG_ROOT="$odd" "$signing/sign-installed" dpkg
good "its files are signed" verified "$odd/usr/bin/env"
setfattr -x security.ima "$odd/usr/bin/env"
mv "$odd" "$root"
configure 'key = /nowhere'
says "what cannot be signed is said" 2 "imactl: /nowhere: there is no such file" inside dpkg -i /lab.deb
configure 'keys = /etc/imactl/p256.key'
says "so is a misspelt line" 2 "imactl: /etc/imactl/signing.conf: line 'keys = /etc/imactl/p256.key' is none of 'key = FILE', 'cert = FILE', 'passphrase-file = FILE'" \
	inside dpkg -i /lab.deb
configure '# nothing'
says "and no key" 2 "imactl: /etc/imactl/signing.conf: has no line 'key = FILE': name the signer's private key" inside dpkg -i /lab.deb
good_conf
says "signing a second time, without a stamp" 0 "dpkg" inside bash -c '/usr/lib/imaboot/sign-installed dpkg > /out; echo dpkg'
good "covers all packages" verified "$root/usr/bin/env" "$root/usr/bin/lab.real"

# ---- pacman ----------------------------------------------------------------------------------

pacman_root=$scratch/pacman
cp -a "$root" "$pacman_root"
root=$pacman_root
mkdir -p "$root/var/lib/pacman" "$root/pkg/usr/bin" "$root/etc/pacman.d/hooks" "$root/usr/share/libalpm/hooks"
install -m 644 "$signing/imaboot.hook" "$root/usr/share/libalpm/hooks/90-imaboot.hook"
printf '#!/bin/sh\n' > "$root/pkg/usr/bin/arch lab"
chmod 755 "$root/pkg/usr/bin/arch lab"
printf 'pkgname = lab\npkgver = 1-1\npkgdesc = lab\nurl = none\nbuilddate = 0\npackager = lab\nsize = 1\narch = any\n' > "$root/pkg/.PKGINFO"
tar -C "$root/pkg" --owner=0 --group=0 -cf "$root/lab-1-1-any.pkg.tar" .PKGINFO usr
printf '[options]\nArchitecture = auto\nSigLevel = Never\nLocalFileSigLevel = Never\nHookDir = %s/usr/share/libalpm/hooks/\n' "$root" > pacman.conf
# shellcheck disable=SC2317 # called by good
arch() { pacman --root "$root" --config pacman.conf --noconfirm --disable-sandbox "$@" || pacman --root "$root" --config pacman.conf --noconfirm "$@"; }
good "pacman" arch -U "$root/lab-1-1-any.pkg.tar"
good "what it installed is signed" verified "$root/usr/bin/arch lab"

# ---- portage ---------------------------------------------------------------------------------

# The phases of a merge: portage sources bashrc, runs the phase with its hooks, and copies the image to the root, with
# the attributes that PORTAGE_XATTR_EXCLUDE does not name.
cat > emerge <<'END'
set -e
export EBUILD_PHASE=preinst D=/image
die() { echo "die: $*"; exit 1; }
post_pkg_preinst() { echo "the user's own hook"; }
. /portage.bashrc
pkg_preinst() { :; }
pkg_preinst
post_pkg_preinst
cp -a --preserve=xattr /image/. /live/
EBUILD_PHASE=postinst
. /portage.bashrc
imactl verify --quiet --cert /etc/imactl/p256.der /live/usr/bin/gentoo && echo 'signed before postinst'
END
mkdir -p "$root/image/usr/bin" "$root/image/etc" "$root/live"
printf '#!/bin/sh\n' > "$root/image/usr/bin/gentoo"
chown 4242 "$root/image/usr/bin/gentoo" # of another owner, which is the package's word
echo setting > "$root/image/etc/gentoo.conf"
cp "$signing/portage.bashrc" emerge "$root/"
says "portage signs before it merges" 0 "signed before postinst" \
	inside env FEATURES='sandbox xattr' PORTAGE_XATTR_EXCLUDE='btrfs.* security.evm' bash /emerge
same "the user's own hook has run" "$(grep -c "the user's own hook" <<< "$output")" 1
same "a digest for its configuration" "$(kind "$root/live/etc/gentoo.conf")" 0404
says "a merge that would drop signatures is stopped" 1 \
	"die: PORTAGE_XATTR_EXCLUDE has security.ima: the merge would drop the signatures; take it out, in make.conf" \
	inside env FEATURES=xattr PORTAGE_XATTR_EXCLUDE='btrfs.* security.ima' bash /emerge
says "so is one by a pattern" 1 \
	"die: PORTAGE_XATTR_EXCLUDE has security.*: the merge would drop the signatures; take it out, in make.conf" \
	inside env FEATURES=xattr PORTAGE_XATTR_EXCLUDE='security.*' bash /emerge
says "and one without attributes" 1 "die: FEATURES lacks xattr: the merge would drop the signatures; add it in make.conf" \
	inside env FEATURES=sandbox PORTAGE_XATTR_EXCLUDE='' bash /emerge
rm "$root/etc/imactl/signing.conf"
good "without a configuration nothing is done" inside env FEATURES=sandbox PORTAGE_XATTR_EXCLUDE='' bash -c 'EBUILD_PHASE=preinst D=/image; . /portage.bashrc; post_pkg_preinst'

# ---- rpm -------------------------------------------------------------------------------------

# Debian's rpmsign is built without --signfiles. It calls libimaevm's sign_hash, as evmctl does, and puts the bytes into
# the package's header; rpm's plugin ima writes them to security.ima.
printf '#!/bin/sh\n' > two
for name in file two; do
	[ -e $name ] || head -c 100000 /dev/urandom > $name
	good "sign $name" imactl sign --detached --key "$PKI/rsa2048.key" $name
	same "the bytes are those of sign_hash" "$(sha256sum $name | evmctl sign_hash --hashalgo sha256 --key "$PKI/rsa2048.key" | awk '{ print $NF }')" \
		"$(od -An -v -tx1 < $name.sig | tr -d ' \n')"
done
finish
