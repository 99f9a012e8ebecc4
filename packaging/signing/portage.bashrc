# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Signs a package before portage merges it, so that no file is live without its signature, not even between the merge and
# the package's postinst. Source it from /etc/portage/bashrc. make.conf must let the merge keep the attribute:
#
#   FEATURES="xattr"
#   PORTAGE_XATTR_EXCLUDE="btrfs.* security.evm security.selinux system.nfs4_acl user.apache_handler user.Beagle.*
#       user.dublincore.* user.mime_encoding user.xdg.*"
#
# which is portage's own list without security.ima. It works for binary packages too.

imaboot_sign_image() {
	local attribute
	[[ -e /etc/imactl/signing.conf ]] || return 0
	for attribute in $PORTAGE_XATTR_EXCLUDE; do
		# shellcheck disable=SC2053 # the variable holds patterns
		[[ security.ima != $attribute ]] ||
			die "PORTAGE_XATTR_EXCLUDE has $attribute: the merge would drop the signatures; take it out, in make.conf"
	done
	[[ " $FEATURES " == *' xattr '* ]] || die 'FEATURES lacks xattr: the merge would drop the signatures; add it in make.conf'
	/usr/lib/imaboot/sign-installed image "$D" || die 'imactl could not sign all files of the package'
}

# What the user, or another file, has for this phase stays.
if [[ $EBUILD_PHASE == preinst ]]; then
	if declare -F post_pkg_preinst > /dev/null; then
		eval "imaboot_other_preinst() $(declare -f post_pkg_preinst | tail -n +2)"
	else
		imaboot_other_preinst() { :; }
	fi
	post_pkg_preinst() {
		imaboot_other_preinst && imaboot_sign_image
	}
fi
