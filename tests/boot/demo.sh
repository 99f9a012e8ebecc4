#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# kernels: 6.1
# needs: qemu-system-x86_64 evmctl mke2fs
# What `make demo` shows is so: it checks all that it prints.
if "$(dirname "$0")/../lib/demo" --build "$BUILD"; then echo 'ok the demo is as it tells'; else echo 'FAIL the demo'; exit 1; fi
