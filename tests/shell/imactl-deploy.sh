#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What imactl deploy and rescue leave behind where something comes between: names that are taken, a reader that went
# away, signals. More of both: imactl-plan.sh.
# shellcheck source=tests/lib/imactl.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib/imactl.sh"
# shellcheck source=tests/lib/planroot.sh
. "$top/tests/lib/planroot.sh"

# All files of the root's /etc with their content and signature, and all other names there.
state() {
	(cd root && find etc | sort | while read -r name; do
		if [ -f "$name" ]; then printf '%s %s %s\n' "$name" "$(sha256sum < "$name")" "$(value "$name")"; else echo "$name"; fi
	done)
}
before=''
unchanged() { same "$1: all is as it was" "$(state)" "$before"; }
rescue=(--root root --kernel 6.12 --trusted "$PKI/ca.der")

# ---- names that are taken --------------------------------------------------------------------

fresh
policy new <<< $'appraise func=POLICY_CHECK appraise_type=imasig\nappraise func=BPRM_CHECK appraise_type=imasig\ndont_measure'
sign --policy new
mkdir root/etc/ima/ima-policy.bak
before=$(state)
says 'a folder where the old policy would go' 1 \
	'imactl: /etc/ima/ima-policy: cannot be put in place: what is there now would become ima-policy.bak, which is a directory; remove it, or give it another name' \
	deploy --policy new --cert "$PKI/p256.der"
unchanged 'deploy'
cp --preserve=xattr root/etc/ima/ima-policy root/etc/ima/ima-policy.known-good
echo nonsense >> root/etc/ima/ima-policy
before=$(state)
says 'rescue finds it too' 1 \
	'imactl: ima-policy: cannot be put in place: what is there now would become ima-policy.bak, which is a directory; remove it, or give it another name' \
	imactl rescue "${rescue[@]}" --use-known-good
unchanged 'rescue'
rmdir root/etc/ima/ima-policy.bak
rm root/etc/ima/ima-policy
says 'there was no policy' 0 'ima-policy.known-good is ima-policy now; there was none before; look again: imactl plan --root root' \
	imactl rescue "${rescue[@]}" --use-known-good
bad 'and so none is kept' test -e root/etc/ima/ima-policy.bak
# What may not be renamed: the file system may not know the flag.
fresh
echo older > root/etc/ima/ima-policy.bak
before=$(state)
if chattr +i root/etc/ima/ima-policy.bak 2> /dev/null; then
	says 'an old policy that is immutable' 1 \
		'imactl: /etc/ima/ima-policy: cannot be put in place: what is there now cannot be kept as ima-policy.bak: Operation not permitted' \
		deploy --policy new
	chattr -i root/etc/ima/ima-policy.bak
	unchanged 'deploy over it'
fi
finish
