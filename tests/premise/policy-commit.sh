#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# kernels: 6.1 6.12 stock
# needs: qemu-system-x86_64
# Premise: success of write() and close() proves nothing; what proves a commit is the file that is gone (a kernel that
# takes one policy), or the rules read back (one that takes many), or the kernel's log.
. "$(dirname "$0")/../lib/vm.sh"

vm_new
vm_text /comments <<< $'# only a comment\n\n   \n# another'
vm_text /blank <<< ''
printf '\357\273\277audit uid=1\n' | vm_text /bom
printf 'audit uid=1\r\n' | vm_text /crlf
printf 'audit uid=1' | vm_text /no-newline
printf 'audit uid=1\naudit\0uid=2\n' | vm_text /nul
printf '' | vm_text /empty
# Every way to write a rule that the kernel prints back in another one.
vm_text /policy << 'END'
# first
measure   func=FILE_MMAP	mask=MAY_EXEC uid=0
 appraise func=POLICY_CHECK appraise_type=imasig
dont_measure fsmagic=0x00009FA0
audit func=BPRM_CHECK mask=^MAY_READ euid>10
END
vm_text /second <<< 'measure func=FILE_CHECK fowner=4242'
vm_text /many < <(for uid in $(seq 1 30); do echo "audit uid=$uid"; done; echo nonsense)
vm_script << 'END'
policy=/sys/kernel/security/ima/policy
if [ "$(stat -c %a $policy)" = 600 ]; then kind=many; else kind=one; fi
is 'mode and kind' "$(stat -c %a $policy)" "$([ $kind = many ] && echo 600 || echo 200)"

for file in comments blank; do
	mark
	is "$file: the writes succeed" "$(guest policy open path=/$file close)" 'open ok, path ok, close ok'
	logged "$file: the log says failed" 'ima: policy update failed'
	not_logged "$file: the log does not say completed" 'ima: policy update completed'
	ok "$file: the policy file is there" test -e $policy
done
for file in bom crlf no-newline nul empty; do
	mark
	is "$file: refused" "$(guest policy open path=/$file close)" 'open ok, path EINVAL, close ok'
	logged "$file: the log says failed" 'ima: policy update failed'
done

# printk_ratelimit hides the audit lines after ten in five seconds.
mark
guest policy open path=/many close > /dev/null
not_logged 'many rules: with the rate limit, the bad one is not named' 'nonsense'
echo 0 > /proc/sys/kernel/printk_ratelimit
mark
guest policy open path=/many close > /dev/null
logged 'many rules: without the rate limit, it is' 'nonsense'

if [ $kind = many ]; then is 'nothing was committed' "$(cat $policy)" ''; fi
mark
is 'a policy: the writes succeed' "$(guest policy open path=/policy close)" 'open ok, path ok, close ok'
logged 'a policy: the log says completed' 'ima: policy update completed'
logged 'a policy: the audit log says completed' 'op=policy_update cause=completed'
if [ $kind = one ]; then
	not_ok 'the policy file is gone' test -e $policy
	is 'it cannot be opened' "$(guest policy open)" 'open ENOENT'
	is 'not for access() either' "$(guest access w $policy)" ENOENT
else
	canonical='measure func=MMAP_CHECK mask=MAY_EXEC uid=0
appraise func=POLICY_CHECK appraise_type=imasig
dont_measure fsmagic=0x9fa0
audit func=BPRM_CHECK mask=^MAY_READ euid>10'
	ok 'the policy file is there' test -e $policy
	is 'it reads in canonical form' "$(cat $policy | sed 's/ *$//')" "$canonical"
	# The policy has the rule func=POLICY_CHECK now: the next one must be signed.
	is 'an unsigned second policy' "$(guest policy open path=/second close)" 'open ok, path EACCES, close ok'
	is 'it reads as before' "$(cat $policy | sed 's/ *$//')" "$canonical"
	is 'it can be opened for writing' "$(guest policy open poison close)" 'open ok, poison EINVAL, close ok'
fi
END
vm_boot "$1"
vm_ended

# A second policy is appended where the kernel takes many, and takes the place of the built-in ones where it is the first.
if [ "$1" != stock ]; then
	vm_new
	vm_text /first <<< 'audit uid=1'
	vm_text /second <<< 'measure func=FILE_CHECK fowner=4242'
	vm_script << 'END'
policy=/sys/kernel/security/ima/policy
has 'built-in rules are read back' "$(cat $policy)" 'measure func=BPRM_CHECK mask=MAY_EXEC'
is 'first' "$(guest policy open path=/first close)" 'open ok, path ok, close ok'
is 'first: the built-in rules are gone' "$(cat $policy | sed 's/ *$//')" 'audit uid=1'
is 'second' "$(guest policy open path=/second close)" 'open ok, path ok, close ok'
is 'second: appended' "$(cat $policy | sed 's/ *$//')" 'audit uid=1
measure func=FILE_CHECK fowner=4242'
END
	vm_boot "$1" ima_policy=tcb
	vm_ended
fi
finish
