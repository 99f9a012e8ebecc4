#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# kernels: 6.1 6.12 stock
# needs: qemu-system-x86_64
# Premise: a label that no security module knows makes the kernel refuse the whole file while its built-in policy is in
# force. Once another policy was committed the rule is taken, and not shown while it sleeps: that is what a stage-0 policy
# is for. The state is told by /sys/kernel/security/lsm and by the context of a process.
. "$(dirname "$0")/../lib/vm.sh"

vm_new
vm_text /labelled <<< 'dont_appraise func=BPRM_CHECK obj_type=bin_t
audit uid=4242'
vm_text /plain <<< 'dont_appraise func=BPRM_CHECK
audit uid=4242'
vm_text /stage0 <<< 'audit uid=4243'
vm_script <<'END'
policy=/sys/kernel/security/ima/policy
has 'SELinux is active' ",$(cat /sys/kernel/security/lsm)," ,selinux,
is 'and has no policy' "$(tr -d '\000' < /proc/self/attr/current)" kernel
is 'an unknown label' "$(guest policy open path=/labelled poison close)" 'open ok, path EINVAL, poison EINVAL, close ok'
is 'the rules without it' "$(guest policy open path=/plain poison close)" 'open ok, path ok, poison EINVAL, close ok'
is 'each module has its labels' "$(guest policy open 'rule=audit obj_user=a' 'rule=audit obj_role=a' 'rule=audit subj_type=a' poison close)" \
	'open ok, rule EINVAL, rule EINVAL, rule EINVAL, poison EINVAL, close ok'
is 'a first policy' "$(guest policy open path=/stage0 close)" 'open ok, path ok, close ok'
if [ -e "$policy" ]; then
	is 'after it, the unknown label' "$(guest policy open path=/labelled close)" 'open ok, path ok, close ok'
	is 'the rule is not shown while it sleeps' "$(tr '\n' ';' < "$policy")" 'audit uid=4243 ;audit uid=4242 ;'
fi
END
vm_boot "$1" security=selinux
vm_ended

# Without SELinux no label of its kind is known, and the list does not name it.
vm_new without
vm_text /labelled <<< 'dont_appraise func=BPRM_CHECK obj_type=bin_t'
vm_script <<'END'
hasnt 'SELinux is not active' ",$(cat /sys/kernel/security/lsm)," ,selinux,
is 'an unknown label' "$(guest policy open path=/labelled poison close)" 'open ok, path EINVAL, poison EINVAL, close ok'
END
vm_boot "$1" selinux=0
vm_ended
finish
