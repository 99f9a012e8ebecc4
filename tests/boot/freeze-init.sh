#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# kernels: 6.12
# needs: qemu-system-x86_64 evmctl mmdebstrap debugfs unshare jq
# limit: 1800
# matrix: 6.1 stock
# The freeze matrix (see freeze.sh) with an initramfs that has no systemd.
. "$(dirname "$0")/../lib/vm.sh"
. "$(dirname "$0")/../lib/scene.sh"
. "$(dirname "$0")/../lib/image.sh"
. "$(dirname "$0")/../lib/freeze.sh"

freeze_matrix "$1" -init
finish
