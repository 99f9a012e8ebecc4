#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# kernels: stock
# needs: qemu-system-x86_64 evmctl mmdebstrap debugfs unshare jq
# limit: 1800
# matrix: 6.1 6.12
# A bad policy freezes systemd, or leaves the machine unprotected or unable to run a program; with imaboot the same disk
# comes to what the image is configured for. With systemd in the initramfs; freeze-init.sh has it without. The cases are
# in tests/lib/freeze.sh; `make matrix` plays them all, on each kernel.
. "$(dirname "$0")/../lib/vm.sh"
. "$(dirname "$0")/../lib/scene.sh"
. "$(dirname "$0")/../lib/image.sh"
. "$(dirname "$0")/../lib/freeze.sh"

freeze_matrix "$1" ''
finish
