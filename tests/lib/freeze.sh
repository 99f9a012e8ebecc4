# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# The freeze matrix: every way in which a policy, its signature or its keys can be bad, booted without imaboot, with
# dracut's own module `integrity`, and with imaboot; source it after vm.sh, scene.sh and image.sh.
#
#   freeze_matrix KERNEL KIND      boots the cases of that kernel; KIND is "" (systemd in the initramfs) or -init (without)
#
# A built kernel has ima_policy=secure_boot, so that it demands a signed policy; the stock one demands none. In a
# default run each case is played once with imaboot: every second one on the stock kernel, and without imaboot too, the
# others on 6.12 with no systemd in the initramfs; with MATRIX=full all are. FREEZE_ONLY, an extended regular expression for
# "CASE VARIANT", takes some of them.
#
# How a boot ends is one word, found by freeze_outcome in the serial line, and compared with the one that freeze_wanted
# has. With `integrity` the root has the signers' certificates; its policy is systemd's file where the initramfs has
# systemd, and the module's own file where it has none. The words become $BUILD/freeze-matrix.md.

FREEZE_CASES='syntax-error unsigned wrong-key tampered no-newline crlf empty comments-only no-init xattrs-lost no-key
	no-ca good'

# What is in the table.
freeze_title() {
	case $1 in
	syntax-error) echo 'syntax error' ;;
	wrong-key) echo 'signed with the wrong key' ;;
	tampered) echo 'tampered: lets everything run' ;;
	no-newline) echo 'no newline at the end' ;;
	crlf) echo 'CRLF' ;;
	comments-only) echo 'comments only' ;;
	no-init) echo 'init may not run under it' ;;
	xattrs-lost) echo 'xattrs lost, on the whole root' ;;
	no-key) echo "signer's certificate missing" ;;
	no-ca) echo "signer's CA missing" ;;
	good) echo '(a good policy)' ;;
	*) echo "$1" ;;
	esac
}

freeze_word() {
	case $1 in
	frozen) echo 'freezes' ;;
	panic) echo 'panics' ;;
	dead) echo 'up, can run nothing' ;;
	once) echo 'up, the first start of each program fails' ;;
	open) echo 'up, unprotected' ;;
	forged) echo 'up, forged policy in force' ;;
	in-force) echo 'policy in force' ;;
	enforced) echo 'policy in force' ;;
	fallback-image) echo "fallback: image's policy" ;;
	fallback-known-good) echo 'fallback: known-good policy' ;;
	continue) echo 'up, unprotected, guarded and marked, as configured' ;;
	recovery) echo 'recovery; powers off after its time, as configured' ;;
	reboot) echo 'reboots, as configured' ;;
	esac
}

# ---- the disk --------------------------------------------------------------------------------

# The policy of a case, with its signature, as file PATH of the disk.
freeze_policy() {
	local case=$1 path=$2 good=$VM/good
	scene_policy "$good"
	case $case in
	syntax-error) { cat "$good"; echo 'appraise func=NONSENSE'; } | disk_policy rsa2048 "$path" ;;
	unsigned | xattrs-lost) disk_policy '' "$path" < "$good" ;;
	wrong-key) disk_policy stranger-rsa "$path" < "$good" ;;
	tampered)
		disk_policy rsa2048 "$path" < "$good"
		{ echo 'dont_appraise func=BPRM_CHECK'; cat "$good"; } > "$VM/tampered"
		printf '%s\n' "rm $path" "write $VM/tampered $path" "ea_set -f $VM/ima-policy.sig $path security.ima" | disk_do ;;
	no-newline) head -c -1 "$good" | disk_policy rsa2048 "$path" ;;
	crlf) sed 's/$/\r/' "$good" | disk_policy rsa2048 "$path" ;;
	empty) disk_policy rsa2048 "$path" < /dev/null ;;
	comments-only) sed 's/^[^#]/# &/' "$good" | disk_policy rsa2048 "$path" ;;
	# The root's programs are signed over SHA-256; every kernel has SHA-1 built in.
	no-init) sed '/^appraise func=BPRM/s/$/ appraise_algos=sha1/' "$good" | disk_policy rsa2048 "$path" ;;
	no-key) disk_policy rsa4096 "$path" < "$good" ;;
	no-ca) disk_policy by-ca2-rsa "$path" < "$good" ;;
	good) disk_policy rsa2048 "$path" < "$good" ;;
	esac
}

freeze_disk() {
	local case=$1 variant=$2 kind=$3 signer=rsa2048 name
	[ "$case" != xattrs-lost ] || signer=
	disk_new "$case-$variant" "$signer"
	case $variant$kind in
	integrity-init) freeze_policy "$case" /etc/sysconfig/ima-policy ;;
	*) freeze_policy "$case" /etc/ima/ima-policy ;;
	esac
	[ "$variant" = integrity ] || return
	for name in rsa2048 by-ca2-rsa; do
		disk_do <<< "write $PKI/$name.der /etc/keys/ima/$name.der"
	done
}

# ---- the image of imaboot, and what it shall come to -----------------------------------------

# freeze_configured CASE KERNEL KIND: what the image is configured for. It changes from case to case, from kernel to kernel,
# and between the two kinds of initramfs, so that all meet.
freeze_configured() {
	local all=(fallback-image recovery fallback-known-good reboot continue) n=0 case
	case $1 in
	good) echo enforced; return ;;
	# No policy under which this root's init may run can be a fallback.
	xattrs-lost) all=(recovery reboot continue) ;;
	no-ca) [ "$2" != stock ] || { echo enforced; return; } ;; # _ima needs no CA
	esac
	for case in $FREEZE_CASES; do
		[ "$case" != "$1" ] || break
		n=$((n + 1))
	done
	[ -n "$3" ] || n=$((n + 1))
	case $2 in 6.12) n=$((n + 2)) ;; 6.1) n=$((n + 4)) ;; esac
	echo "${all[n % ${#all[@]}]}"
}

# Lays over the image what the configured outcome needs, and puts the known-good policy onto the disk.
freeze_image() {
	local case=$1 kind=$2 configured=$3 over=$VM/over image
	mkdir -p "$over/etc/imaboot" "$over/etc/keys/ima"
	cp "$PKI/by-ca2-rsa.der" "$over/etc/keys/ima/"
	case $configured in
	fallback-known-good) disk_policy rsa2048 /etc/ima/ima-policy.known-good < "$VM/good" ;;
	recovery) printf 'recovery-timeout = 5\nrecovery-timeout-action = poweroff\n' > "$over/etc/imaboot/imaboot.conf" ;;
	reboot | continue) echo "on-failure = $configured" > "$over/etc/imaboot/imaboot.conf" ;;
	esac
	case $case:$configured in
	xattrs-lost:*) ;; # the image's policy is good, and init may not run under it
	*:recovery | *:reboot | *:continue)
		# The image's own policy is no way out.
		scene_policy "$over/etc/imaboot/policy"
		"$VM_LIB/sign" "$PKI/stranger-rsa.key" "$PKI/stranger-rsa.pem" "$over/etc/imaboot/policy" ;;
	esac
	image=$(image_get "imaboot$kind") || vm_die "$image"
	image_add "$image" "$VM/image" "$over"
}

# ---- how it ends -----------------------------------------------------------------------------

FREEZE_END='Freezing execution|Kernel panic|@@END|Failed to start lab\.service|reboot: (Restarting system|Power down)'

# Whether the log has that fixed string.
freeze_has() { grep -q -F -e "$1" "$VM/log"; }

freeze_outcome() {
	local refused=''
	! grep -q 'the unsigned program: .*Permission denied' "$VM/log" || refused=1
	if freeze_has '[!!!!!!] Failed to load IMA policy.' && freeze_has 'Freezing execution' && ! freeze_has multi-user; then
		echo frozen
	elif freeze_has 'Kernel panic - not syncing: Attempted to kill init'; then
		echo panic
	elif freeze_has 'lab.service: Failed at step EXEC spawning /lab/check: Permission denied'; then
		echo dead
	elif freeze_has 'Failed to start lab.service'; then
		echo once
	elif freeze_has 'reboot: Restarting system' && freeze_has 'imaboot: the boot failed, and the machine reboots in '; then
		echo reboot
	elif freeze_has 'reboot: Power down' &&
		grep -q 'The machine powers off in [0-9]* seconds by itself, unless a key is pressed' "$VM/log"; then
		echo recovery
	elif ! freeze_has 'multi-user.target is reached'; then
		echo none
	elif freeze_has 'imaboot: outcome fallback: policy /etc/imaboot/policy (image) in force' && [ -n "$refused" ]; then
		echo fallback-image
	elif freeze_has 'imaboot: outcome fallback: policy /etc/ima/ima-policy.known-good (known-good) in force' && [ -n "$refused" ]; then
		echo fallback-known-good
	elif freeze_has 'imaboot: outcome enforced: policy /etc/ima/ima-policy (root) in force' && [ -n "$refused" ]; then
		echo enforced
	elif [ -n "$refused" ]; then
		if freeze_has 'ima: policy update completed'; then echo in-force; else echo none; fi
	elif ! freeze_has 'the unsigned program: the unsigned program runs'; then
		echo none
	elif freeze_has 'ima: policy update completed'; then
		echo forged
	elif freeze_has 'imaboot: THIS MACHINE BOOTS UNPROTECTED'; then
		echo continue
	else
		echo open
	fi
}

# freeze_wanted CASE KERNEL KIND VARIANT: the word.
freeze_wanted() {
	local demanded=''
	[ "$2" = stock ] || demanded=demanded
	case $4$3:$demanded:$1 in
	imaboot*) freeze_configured "$1" "$2" "$3" ;;
	# Nobody loads a key. A demanded signature is never found good; without a demand each program is refused later.
	plain*::syntax-error) echo frozen ;;
	plain*::tampered) echo forged ;;
	plain*:empty | plain*::comments-only) echo open ;;
	plain*:demanded:*) echo frozen ;;
	plain*) echo dead ;;
	# The module loads the keys, systemd the policy.
	integrity::xattrs-lost) echo dead ;;
	integrity:*:no-init) echo once ;; # appraise_algos= denies a file's first access: init is tried again
	integrity:*:empty | integrity:*:comments-only) echo open ;;
	integrity:*:good) echo in-force ;;
	integrity:demanded:* | integrity::syntax-error) echo frozen ;;
	integrity::tampered) echo forged ;;
	integrity::*) echo in-force ;;
	# The module loads keys and policy, and tells nobody when it cannot.
	integrity-init:*:no-init | integrity-init::xattrs-lost) echo panic ;;
	integrity-init:*:good) echo in-force ;;
	integrity-init:demanded:*) echo open ;;
	integrity-init::tampered) echo forged ;;
	integrity-init::syntax-error | integrity-init::empty | integrity-init::comments-only | integrity-init::crlf) echo open ;;
	integrity-init::*) echo in-force ;;
	esac
}

# What imaboot says of the root's policy.
freeze_reason() {
	local ring=.ima failed='imaboot: policy /etc/ima/ima-policy (root) failed at stage'
	[ "$2" != stock ] || ring=_ima
	case $1 in
	syntax-error) echo "$failed dry-run: line 12, column 15: func= cannot be 'NONSENSE'" ;;
	unsigned | xattrs-lost) echo "$failed signature: has no signature: the extended attribute security.ima is absent" ;;
	wrong-key | no-key | no-ca) echo "$failed signature: is signed with the key $(freeze_key_id "$1"), and no certificate of that key is in $ring" ;;
	tampered) echo "$failed signature: its signature does not belong to this content: the file was changed after it was signed" ;;
	no-newline) echo "$failed read: does not end with a newline, so the kernel refuses it" ;;
	crlf) echo "$failed read: ends line 1 with CR LF; the kernel takes the CR for part of the rule" ;;
	empty) echo "$failed read: is empty" ;;
	comments-only) echo "$failed read: holds no rule, only comments and blank lines: the kernel would commit nothing" ;;
	no-init) echo "$failed preflight: denies what must run next: " ;;
	esac
}

# The signer's key, as signatures name it: the end of its subject key identifier.
freeze_key_id() {
	local name=stranger-rsa
	case $1 in no-key) name=rsa4096 ;; no-ca) name=by-ca2-rsa ;; esac
	openssl x509 -in "$PKI/$name.pem" -noout -ext subjectKeyIdentifier | tail -n 1 | tr -d ' :' | tail -c 9 | tr 'A-F' 'a-f'
}

# Checks of a boot with imaboot beyond its outcome.
freeze_look() {
	local case=$1 kernel=$2 kind=$3 wanted=$4
	if [ "$wanted" = enforced ]; then
		expect_up "$kernel" enforced root
		return
	fi
	expect "$(freeze_reason "$case" "$kernel")"
	refuse 'Freezing execution' 'Kernel panic'
	case $wanted in
	fallback-*) expect_up "$kernel" fallback "${wanted#fallback-}" ;;
	recovery | reboot) refuse multi-user 'policy update completed' ;;
	continue)
		expect 'imaboot: THIS MACHINE BOOTS UNPROTECTED: no policy could be put in force, and the configuration says on-failure = continue' \
			'"outcome":"unprotected"' '"guard":true' 'failed units: .' '@@END 0'
		refuse 'the policy file can be written' 'policy update completed' ;;
	esac
	case $case in
	no-ca) expect "imaboot: certificate /etc/keys/ima/by-ca2-rsa.der (image) is not in .ima: " ;;
	xattrs-lost) expect 'imaboot: policy /etc/imaboot/policy (image) failed at stage preflight: denies what must run next: ' ;;
	esac
}

# ---- all of them -----------------------------------------------------------------------------

freeze_play() {
	local case=$1 kernel=$2 kind=$3 variant=$4 cmdline='' failed=$VM_FAILED wanted got image
	[ "$kernel" = stock ] || cmdline=ima_policy=secure_boot
	wanted=$(freeze_wanted "$case" "$kernel" "$kind" "$variant")
	freeze_disk "$case" "$variant" "$kind"
	if [ "$variant" = imaboot ]; then
		freeze_image "$case" "$kind" "$wanted"
		image=$VM/image
	else
		image=$(image_get "$variant$kind") || vm_die "$image"
	fi
	{
		image_boot "$kernel" "$image" "$FREEZE_END" "$cmdline"
		got=$(freeze_outcome)
		[ "$variant" != imaboot ] || freeze_look "$case" "$kernel" "$kind" "$wanted"
	} > "$VM/checks"
	if [ "$got" != "$wanted" ]; then
		vm_fail "$case, $variant$kind: the outcome is '$got', not '$wanted'"
	elif [ "$VM_FAILED" = "$failed" ]; then
		vm_pass "$case, $variant$kind: $(freeze_word "$wanted")"
	fi
	[ "$VM_FAILED" = "$failed" ] || { got=FAILED; grep '^FAIL' "$VM/checks"; }
	mkdir -p "$CACHE/freeze"
	echo "$case $kernel $variant$kind $got" >> "$CACHE/freeze/words"
	[ "$got" = FAILED ] || rm -f "$VM/disk" "$VM/image"
}

# Whether that boot belongs to this run. By default the cases take turns: one kind of initramfs has those of even, the
# other those of odd number, and every third is played with `integrity` too, on the stock kernel. The good policy is always
# played.
freeze_is_due() {
	local case=$1 kernel=$2 kind=$3 variant=$4 number=$5
	[[ "$case $variant" =~ ${FREEZE_ONLY:-.} ]] || return 1
	[ "${MATRIX:-}" != full ] || return 0
	[ "$variant" = imaboot ] || [ "$kernel" = stock ] || return 1
	case $case$kind-$variant in
	good*-imaboot | good-integrity) return 0 ;;
	good*) return 1 ;;
	*-integrity) [ $((number % 3)) = 0 ] || return 1 ;;
	esac
	[ $((number % 2)) = "$([ -z "$kind" ] && echo 0 || echo 1)" ]
}

freeze_matrix() {
	local kernel=$1 kind=$2 case variant n=0
	for case in $FREEZE_CASES; do
		n=$((n + 1))
		for variant in plain integrity imaboot; do
			freeze_is_due "$case" "$kernel" "$kind" "$variant" $n || continue
			freeze_play "$case" "$kernel" "$kind" "$variant"
			freeze_write
		done
	done
}

# The word of a boot as text for the table; "–" where it was not played.
freeze_cell() { # CASE KERNEL VARIANT+KIND
	local word
	word=$(awk -v wanted="$1 $2 $3 " 'index($0, wanted) == 1 { word = $4 } END { print word }' "$CACHE/freeze/words")
	case $word in
	'') echo '–' ;;
	FAILED) echo '**the test failed**' ;;
	*) freeze_word "$word" ;;
	esac
}

freeze_table() {
	local kernel kind case
	echo '# The freeze matrix'
	for kernel in stock 6.1 6.12; do
		for kind in '' -init; do
			grep -q "^[^ ]* $kernel [a-z]*$kind " "$CACHE/freeze/words" || continue
			printf '\n## %s, %s\n\n' "$(freeze_kernel "$kernel")" \
				"$([ -n "$kind" ] && echo 'no systemd in the initramfs' || echo 'systemd in the initramfs')"
			# shellcheck disable=SC2016 # no expansion is wanted
			printf '| the policy | stock dracut | with `integrity` | with imaboot |\n|---|---|---|---|\n'
			for case in $FREEZE_CASES; do
				printf '| %s | %s | %s | %s |\n' "$(freeze_title "$case")" "$(freeze_cell "$case" "$kernel" "plain$kind")" \
					"$(freeze_cell "$case" "$kernel" "integrity$kind")" "$(freeze_cell "$case" "$kernel" "imaboot$kind")"
			done
		done
	done
}

freeze_kernel() {
	if [ "$1" = stock ]; then
		echo "Debian's kernel 6.1 (_ima, no signed policy demanded)"
	else
		echo "Linux $1 (.ima, ima_policy=secure_boot)"
	fi
}

# The table of this run so far: the tests of one run share their scratch space.
freeze_write() {
	(
		flock 9
		freeze_table > "$BUILD/freeze-matrix.md.new" && mv "$BUILD/freeze-matrix.md.new" "$BUILD/freeze-matrix.md"
	) 9> "$CACHE/freeze/lock" || vm_fail 'the table could not be written'
}
