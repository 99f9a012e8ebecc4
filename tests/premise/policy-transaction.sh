#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# kernels: 6.1 6.12 stock
# needs: qemu-system-x86_64
# Premise: the policy file is a transaction. The kernel judges a path or a rule at write(), a refused write (or a write
# at an offset) poisons all of it, and a poisoned transaction commits nothing: that is imaboot's dry run.
. "$(dirname "$0")/../lib/vm.sh"

vm_new
vm_text /policy <<< 'measure func=FILE_CHECK fowner=4242'
vm_text /good <<< 'dont_measure fsmagic=0x9fa0'
vm_text /bad <<< 'measure func=NONSENSE'
vm_script <<'END'
policy=/sys/kernel/security/ima/policy
list=/sys/kernel/security/ima/ascii_runtime_measurements
read_back() { [ ! -r "$policy" ] || [ "$(stat -c %a "$policy")" = 200 ] || cat "$policy"; }
probe() { # reads a file that /policy has measured; says whether it was
	echo "$1" > "/run/probe-$1"
	chown 4242 "/run/probe-$1"
	cat "/run/probe-$1" > /dev/null
	grep -q "/run/probe-$1" "$list" && echo measured || echo not measured
}

is 'the file is a link away' "$(readlink /sys/kernel/security/ima)" integrity/ima
is 'open for reading and writing' "$(guest policy rdwr)" 'rdwr EACCES'
is 'a second writer' "$(guest policy open again)" 'open ok, again EBUSY'
is 'after it, a first one' "$(guest policy open poison close)" 'open ok, poison EINVAL, close ok'

mark
is 'dry run of a good file' "$(guest policy open path=/policy poison close)" 'open ok, path ok, poison EINVAL, close ok'
logged 'dry run: the log says failed' 'ima: policy update failed'
logged 'dry run: the audit log says failed' 'op=policy_update cause=failed'
not_logged 'dry run: the log does not say completed' 'ima: policy update completed'
ok 'dry run: the policy file is there' test -e "$policy"
is 'dry run: nothing to read back' "$(read_back)" ''
is 'dry run: nothing is in force' "$(probe dry)" 'not measured'
is 'dry run, poisoned first' "$(guest policy open poison path=/policy close)" 'open ok, poison EINVAL, path ok, close ok'
ok 'dry run, poisoned first: the policy file is there' test -e "$policy"
is 'dry run, poisoned first: nothing to read back' "$(read_back)" ''
is 'dry run, poisoned first: nothing is in force' "$(probe first)" 'not measured'
is 'dry run, poisoned first, of a bad file' "$(guest policy open poison path=/bad close)" 'open ok, poison EINVAL, path EINVAL, close ok'
is 'dry run of a bad file' "$(guest policy open path=/bad poison close)" 'open ok, path EINVAL, poison EINVAL, close ok'
is 'dry run of a missing file' "$(guest policy open path=/nowhere poison close)" 'open ok, path ENOENT, poison EINVAL, close ok'
is 'a path ends at its newline' "$(guest policy open "path=/policy
/nowhere" poison close)" 'open ok, path ok, poison EINVAL, close ok'
is 'a path without a first / is a rule' "$(guest policy open path=policy poison close)" 'open ok, path EINVAL, poison EINVAL, close ok'
is 'a blank before the path makes it a rule' "$(guest policy open 'path= /policy' poison close)" 'open ok, path EINVAL, poison EINVAL, close ok'

is 'a good rule: its length and one' "$(guest policy open 'rule=dont_measure fsmagic=0x9fa0' poison close)" \
	'open ok, rule 28, poison EINVAL, close ok'
is 'two rules in one write: the length of the first' "$(guest policy open 'raw=audit uid=1
audit uid=2
' poison close)" 'open ok, raw 12, poison EINVAL, close ok'
is 'a comment is a rule' "$(guest policy open 'rule=# x' poison close)" 'open ok, rule 4, poison EINVAL, close ok'
is 'a rule without its newline' "$(guest policy open 'raw=audit uid=1' poison close)" 'open ok, raw 12, poison EINVAL, close ok'
is 'rules are judged one at a time' "$(guest policy open 'rule=audit uid=1' 'rule=audit uid=x' 'rule=audit uid=2' poison close)" \
	'open ok, rule 12, rule EINVAL, rule 12, poison EINVAL, close ok'
is 'a bad rule, closed without poison' "$(guest policy open 'rule=audit uid=1' 'rule=nonsense' close)" 'open ok, rule 12, rule EINVAL, close ok'
ok 'it commits nothing: the file is there' test -e "$policy"
is 'it commits nothing: nothing to read back' "$(read_back)" ''
judged=$(seq 1000 | sed 's/.*/"rule=audit uid=&"/' | tr '\n' ' ' | xargs -s 60000 sh -c 'guest policy open "$@" poison close' sh)
has '1000 rules in one dry run' "$judged" 'rule 15, poison EINVAL, close ok'
hasnt '1000 rules: none refused' "${judged%poison*}" E
is '1000 rules: nothing to read back' "$(read_back)" ''
long=$(printf '%05000d' 0)
is 'a write is cut off after 4095 bytes' "$(guest policy open "raw=#$long" poison close)" 'open ok, raw 4096, poison EINVAL, close ok'
is 'a rule behind the cut is not seen' "$(guest policy open "raw=#$(printf '%04094d' 0)
nonsense
" poison close)" 'open ok, raw 4096, poison EINVAL, close ok'

is 'a failed load' "$(guest policy open path=/bad close)" 'open ok, path EINVAL, close ok'
mark
is 'after all of it, the file loads' "$(guest policy open path=/policy close)" 'open ok, path ok, close ok'
logged 'it is completed' 'ima: policy update completed'
is 'it is in force' "$(probe real)" measured
END
vm_boot "$1"
vm_ended
refuse 'Kernel panic' 'Oops'
finish
