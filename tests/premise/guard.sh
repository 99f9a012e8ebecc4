#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# kernels: 6.1 6.12 stock
# needs: qemu-system-x86_64
# Premise: the policy file, bind-mounted on itself read-only, answers as systemd's ima_setup() needs it in order to go on:
# access(W_OK) fails, an open for writing fails with EROFS. Reading still works, and the mount can be taken away.
. "$(dirname "$0")/../lib/vm.sh"

vm_new
vm_text /policy <<< 'audit uid=1'
vm_text /second <<< 'audit uid=2'
vm_script << 'END'
policy=/sys/kernel/security/ima/policy
if [ "$(stat -c %a $policy)" = 600 ]; then kind=many; else kind=one; fi
mounts() { grep -c '/ima/policy ' /proc/self/mountinfo; }

is 'before: access' "$(guest access w $policy)" ok
is 'guard on' "$(guest guard on)" ok
is 'one mount' "$(mounts)" 1
has 'it shows in mountinfo' "$(grep '/ima/policy ' /proc/self/mountinfo)" '/integrity/ima/policy /sys/kernel/security/integrity/ima/policy ro,'
is 'access for writing' "$(guest access w $policy)" EROFS
is 'open for writing' "$(guest policy open)" 'open EROFS'
is 'the other name, too' "$(guest open w /sys/kernel/security/integrity/ima/policy)" EROFS
is 'securityfs itself is not read-only' "$(grep ' /sys/kernel/security ' /proc/mounts | cut -d' ' -f4 | cut -d, -f1)" rw
if [ $kind = many ]; then
	ok 'reading still works' cat $policy
else
	is 'reading: there is none on this kernel' "$(guest open r $policy)" EACCES
fi

# The mount is carried along by a move of securityfs, as switch_root does it, and by a recursive bind.
mkdir -p /run/root/sys
mount --rbind /sys /run/root/sys
is 'under a new root: access' "$(guest access w /run/root/sys/kernel/security/ima/policy)" EROFS
umount -l /run/root/sys
mkdir /run/sys
mount --move /sys /run/sys
is 'after a move: access' "$(guest access w /run/sys/kernel/security/ima/policy)" EROFS
mount --move /run/sys /sys

is 'guard off' "$(guest guard off)" ok
is 'no mount' "$(mounts)" 0
is 'after: access' "$(guest access w $policy)" ok
is 'after: a dry run' "$(guest policy open path=/policy poison close)" 'open ok, path ok, poison EINVAL, close ok'

# Who had the file open before the guard was set may still write and commit.
exec 3> $policy
is 'the file is open: guard on' "$(guest guard on)" ok
mark
printf /policy >&3
exec 3>&-
logged 'the open descriptor still commits' 'ima: policy update completed'
guest guard off > /dev/null

if [ $kind = many ]; then
	is 'after a commit: guard on' "$(guest guard on)" ok
	is 'after a commit: open for writing' "$(guest policy open)" 'open EROFS'
	is 'after a commit: read back' "$(cat $policy | sed 's/ *$//')" 'audit uid=1'
	is 'after a commit: guard on once more' "$(guest guard on)" ok
	is 'one off leaves one' "$(guest guard off; mounts)" "ok
1"
	guest guard off > /dev/null
	is 'after a commit: guard off, a load' "$(guest policy open path=/second close)" 'open ok, path ok, close ok'
else
	is 'after a commit there is nothing to guard' "$(guest guard on)" ENOENT
fi
END
vm_boot "$1"
vm_ended

finish
