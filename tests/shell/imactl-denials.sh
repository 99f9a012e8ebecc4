#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# imactl denials: logs of every kind by cause, with the command that mends each, and logs that are none.
# shellcheck source=tests/lib/imactl.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib/imactl.sh"

denials() { imactl denials "$@"; }
record() { # CAUSE NAME [INODE]: a line of dmesg
	printf '[   12.345678] audit: type=1800 audit(1700000000.123:45): pid=11631 uid=0 auid=1000 ses=2 subj=unconfined %s%s %s%s dev="nvme0n1p6" ino=%s res=0 errno=0\n' \
		'op=appraise_data cause=' "$1" 'comm="bash" name=' "$2" "${3:-568828}"
}

: > empty
says 'an empty log' 0 'nothing was denied' denials empty
same 'in JSON' "$(denials --json empty)" '{"causes":[],"missing":0,"broken":0}'
record missing-hash '"/usr/bin/vim"' > log
says 'a denial is told' 1 'denied:' denials log
says 'with its cause' 1 '     1 missing-hash: is to be appraised, and has no security.ima' denials log
says 'its file' 1 '         1 /usr/bin/vim  [bash; nvme0n1p6, inode 568828]' denials log
says 'and what mends it' 1 '       to mend it: imactl sign --key KEY --cert CERT /usr/bin/vim; or, for files that change: imactl sign --hash-only /usr/bin/vim' denials log
same 'standard input is read' "$(denials - < log)" "$(denials log)"
same 'a pipe is read' "$(denials <(cat log))" "$(denials log)"

# Each of the kernel's causes has words and a command of its own.
causes='missing-hash IMA-signature-required invalid-hash invalid-signature invalid-signature-version unknown-ima-data
	denied-hash-algorithm unavailable-hash-algorithm verity-signature-required invalid-verity-signature sigv3-hashing-error
	no-verity-digest invalid-verity-digest blacklisted-hash missing-HMAC invalid-HMAC invalid-fail-immutable
	unverifiable-signature failed(directio) failed failed-mprotect mmapped_writers unknown'
for cause in $causes; do record "$cause" "\"/bin/$cause\""; done > all
same 'all causes are there' "$(denials --json all | jq -r '.causes[].cause' | sort)" "$(tr -s ' \t\n' '\n' <<< "$causes" | sort)"
same 'none is unknown' "$(denials --json all | jq '[.causes[] | select(.reason | test("not known here"))] | length')" 0
same 'each has a command' "$(denials --json all | jq '[.causes[] | select(.remedy == null)] | length')" 0
record brand-new '"/bin/x"' > new
says 'a cause that is new' 1 '     1 brand-new: was refused for a cause that is not known here' denials new

# Many files: the list is cut, and the names are for another program.
for i in $(seq 30); do record IMA-signature-required "\"/bin/f$i\"" "$i"; record IMA-signature-required '"/bin/f7"' 7; done > many
says 'the worst file is first' 1 '        31 /bin/f7  [bash; nvme0n1p6, inode 7]' denials many
says 'the list is cut' 1 '           and 10 more; --all lists them' denials many
silent 'and not with --all' 1 'more; --all' denials --all many
says 'a command for many' 1 '       to mend it: imactl sign --key KEY --cert CERT FILE...' denials many
says 'and how to name them' 1 '       the names, for --from0: imactl denials --print0 IMA-signature-required' denials many
same 'they are named' "$(denials --print0 IMA-signature-required many | tr '\0' '\n' | sort -u | wc -l)" 30
same 'and none of another cause' "$(denials --print0 missing-hash many | wc -c)" 0

# A name that a process chose.
record missing-hash 2F746D702F610A1B5B326A22 > name
says 'control bytes are escaped' 1 '         1 /tmp/a\x0a\x1b[2j"  [bash; nvme0n1p6, inode 568828]' denials name
says 'and not put into a command' 1 '       to mend it: imactl sign --key KEY --cert CERT FILE; or, for files that change: imactl sign --hash-only FILE' denials name
same 'its bytes are told to programs' "$(denials --print0 missing-hash name | od -An -tx1 | tr -d ' ')" 2f746d702f610a1b5b326a2200
record missing-hash '"/tmp/;reboot;"' > name
says 'a shell would not run it' 1 '       to mend it: imactl sign --key KEY --cert CERT FILE; or, for files that change: imactl sign --hash-only FILE' denials name

# The rule, while the file is there and the same one.
printf '#!/bin/sh\n' > program && chmod 755 program
printf 'dont_appraise fowner=4242\nappraise func=BPRM_CHECK appraise_type=imasig\n' > policy
record IMA-signature-required "\"$PWD/program\"" "$(stat -c %i program)" > ruled
says 'the rule' 1 '       the rule: line 2: appraise func=BPRM_CHECK appraise_type=imasig' denials --policy policy ruled
same 'in JSON' "$(denials --json --policy policy ruled | jq -r '.causes[0].files[0].rule')" 'line 2: appraise func=BPRM_CHECK appraise_type=imasig'
record IMA-signature-required "\"$PWD/program\"" 1 > ruled
silent 'another file by now' 1 'the rule:' denials --policy policy ruled
says 'a policy that is not there' 1 'imactl: nothing: there is no such file' denials --policy nothing ruled

# What is not a denial.
cat > other <<'END'
[    3.1] audit: type=1802 audit(1.2:3): pid=1 uid=0 auid=1 ses=1 op=policy_update cause=completed comm="imaboot" res=1 errno=0
[    3.2] audit: type=1807 audit(1.2:3): action=appraise func=NONSENSE res=0
[    3.2] audit: type=1807 audit(1.2:3): action=measure func=BPRM_CHECK res=1
[    3.3] audit: type=1804 audit(1.2:3): pid=1 uid=0 op=invalid_pcr cause=ToMToU comm="x" name="/a" dev="vda" ino=1 res=1 errno=0
[    3.4] integrity: Request for unknown key 'id:5f3c1e7a' in '.ima' keyring. err -11
END
says 'policies are no denials' 0 'policies:' denials other
says 'a refused rule' 0 '         1 action=appraise func=NONSENSE' denials other
silent 'a rule that was taken is no news' 0 BPRM_CHECK denials other
says 'a violation' 0 '     1 ToMToU: was opened for writing while its measurement was in use' denials other
says 'a key that is unknown' 0 '     1 5f3c1e7a: no key of IMA has this id, by which signatures name their signer' denials other
{ record missing-hash '"/a"'; echo '[ 5.1] kauditd_printk_skb: 12 callbacks suppressed'; echo 'audit: type=1800 audit(1.2:3): pid=1'; } > lost
says 'lost records are told' 1 "12 records are missing: the kernel's log takes ten in five seconds; lift that with printk_ratelimit, or run auditd" denials lost
says 'and those that are not whole' 1 '1 records were not whole, and were passed by' denials lost

# Bad input.
says 'no such log' 1 'imactl: nothing: cannot be opened: No such file or directory' denials nothing
says 'a folder' 1 'imactl: .: cannot be read: Is a directory' denials .
says 'two logs' 2 "imactl: denials: too many operands; see 'imactl denials --help'" denials log log
says 'names are not JSON' 2 'imactl: denials: --print0 prints names, not JSON; give one of them' denials --print0 x --json log
truncate -s 1G sparse
says 'a sparse file' 0 'nothing was denied' timeout 120 "$build/imactl" denials sparse
{ head -c 1000000 /dev/zero | tr '\0' x; echo; record missing-hash '"/a"'; head -c 20000 /dev/zero; } > long
says 'a line that does not end' 1 '         1 /a  [bash; nvme0n1p6, inode 568828]' denials long
head -c 3000000 /dev/urandom > noise
good 'random bytes' denials noise
same 'a full disk' "$(denials log 2>&1 > /dev/full)" 'imactl: the output could not be written: No space left on device'
if [ "$(id -u)" = 0 ]; then
	mkdir c && cp "$build/imactl" c && : > c/kmsg && chmod 000 c/kmsg && chmod 755 c .
	says 'the kernel log needs root' 1 'imactl: /dev/kmsg: cannot be opened: Permission denied; be root, or give it the log: journalctl -k | imactl denials -' \
		unshare --mount sh -c 'mount --bind c/kmsg /dev/kmsg && exec setpriv --reuid 65534 --clear-groups ./c/imactl denials'
fi
finish
