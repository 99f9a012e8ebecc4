#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# kernels: 6.1 6.12 stock
# needs: qemu-system-x86_64 cpio
# Premise: our verdict on a policy is the kernel's. 20,000 generated rules and 2,000 files with a fixed seed, the corpus of
# past disagreements, and, where the kernel shows its policy, 4,000 committed rules as it prints them.
set -uo pipefail

if N=${N:-20000} SEED=${SEED:-1} "$(dirname "$0")/../agree/run" "$1"; then
	echo "ok our verdicts are those of $1"
else
	echo "FAIL our verdicts differ from those of $1"
	exit 1
fi
