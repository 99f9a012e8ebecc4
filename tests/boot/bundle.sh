#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# kernels: stock
# needs: qemu-system-x86_64 evmctl mmdebstrap debugfs unshare jq
# limit: 600
# What imactl bundle makes, appended to an image that knows nothing of imaboot, does the same as dracut's module in it:
# with systemd in the image and without, packed and not. What must not be in such an image has no effect any more:
# dracut's module integrity, and a policy over which the image's systemd would freeze.
. "$(dirname "$0")/../lib/vm.sh"
. "$(dirname "$0")/../lib/scene.sh"
. "$(dirname "$0")/../lib/image.sh"

kernel=$1
scene_policy "$CACHE/good-policy.$kernel"
builder_new bundle
builder_cert /etc/keys/ima rsa2048
builder_policy rsa2048
"$BUILD/imactl" bundle --root "$BUILDER" --kernel 6.1 --out "${BUILDER%/root}/bundle.packed" || vm_die 'no bundle'
"$BUILD/imactl" bundle --root "$BUILDER" --kernel 6.1 --no-compress --out "${BUILDER%/root}/bundle.plain" || vm_die 'no bundle'

# The root's systemd has begun, and has not frozen; what the root does then: tests/boot/systemd.sh.
up='Debian GNU/Linux 12 \(bookworm\)[^ ]*!'

disk_new fallback
disk_policy rsa2048 <<< 'appraise func=NONSENSE'
disk_policy '' /etc/sysconfig/ima-policy <<< 'audit func=POLICY_CHECK'
mkdir -p "$VM/over/etc/ima"
echo 'appraise func=NONSENSE' > "$VM/over/etc/ima/ima-policy"
image_add "$(image_get integrity)" "$VM/image" "$VM/over"
cat "${BUILDER%/root}/bundle.plain" >> "$VM/image"
systemd=$VM/image
image_boot "$kernel" "$systemd" "$up"
expect 'imaboot: outcome fallback: policy /etc/imaboot/policy (image) in force' \
	"imaboot: dracut's module integrity is in the image too, and is switched off: it would load keys and policies by its own rules"
refuse 'Freezing execution' 'Failed to load IMA policy'

# What lets systemd go past the hooks does not get it past the gate.
disk_new gate
disk_policy rsa2048 < "$CACHE/good-policy.$kernel"
disk_lost_mount
image_boot "$kernel" "$systemd" "$up" loglevel=6 # a unit's messages go to the journal and the kernel alone
expect 'Dependency failed for' 'imaboot: outcome enforced: policy /etc/ima/ima-policy (root) in force'

disk_new init
disk_policy rsa2048 < "$CACHE/good-policy.$kernel"
gzip -c < "$(image_get plain-init)" | cat - "${BUILDER%/root}/bundle.packed" > "$VM/image"
image_boot "$kernel" "$VM/image" "$up" loglevel=6 # else it says nothing for long
expect 'imaboot: outcome enforced: policy /etc/ima/ima-policy (root) in force'
finish
