// SPDX-License-Identifier: MIT
/* What is said about each cause of a denial, and what mends it; see denials.h. */
#include "denials.h"
#include "problem.h"

#define NAMED_FILES 8 /* in one command */
#define SIGN "imactl sign --key KEY --cert CERT FILES"
#define EVM_FIX "boot once with ima_appraise=fix evm=fix, and let imactl relabel read the files"

/*
 * The kernel's words are those of security/integrity/ima (ima_appraise.c, ima_main.c, ima_api.c, ima_policy.c,
 * ima_fs.c) and of evm/evm_main.c (integrity_status_msg).
 */
static const struct denial_words words[] = {
	{AUDITLOG_DATA, "missing-hash", "is to be appraised, and has no security.ima",
		SIGN "; or, for files that change: imactl sign --hash-only FILES"},
	{AUDITLOG_DATA, "IMA-signature-required", "has no signature, and the rule demands one", SIGN},
	{AUDITLOG_DATA, "invalid-hash", "has a digest that is not its own: it was changed since",
		"see who changed it, then: imactl sign --hash-only FILES"},
	{AUDITLOG_DATA, "invalid-signature",
		"its signature is not of this content, or its key is in no keyring of IMA",
		"find out which of them: imactl verify --cert CERT FILES"},
	{AUDITLOG_DATA, "unknown-key", "is signed with a key of which IMA has no certificate",
		"put the signer's certificate into /etc/keys/ima, or sign again: " SIGN},
	{AUDITLOG_DATA, "no-xattrs", "is to be appraised, and its file system has no extended attributes",
		"exempt the file system in the policy: dont_appraise fsmagic=..."},
	{AUDITLOG_DATA, "IMA-sigv3-required", "has no signature of version 3, and the rule demands one",
		"imactl sign --format v3 --key KEY --cert CERT FILES"},
	{AUDITLOG_DATA, "invalid-signature-version",
		"its signature has a version that the kernel does not take for this file", SIGN},
	{AUDITLOG_DATA, "unknown-ima-data", "its security.ima is of no kind that the kernel knows", SIGN},
	{AUDITLOG_DATA, "denied-hash-algorithm",
		"its security.ima is over a hash that appraise_algos= of the policy leaves out",
		"imactl sign --hash sha256 --key KEY --cert CERT FILES"},
	{AUDITLOG_DATA, "unavailable-hash-algorithm",
		"got a security.ima over a hash that the kernel does not have",
		"imactl sign --hash sha256 --key KEY --cert CERT FILES"},
	{AUDITLOG_DATA, "verity-signature-required",
		"has no signature of its fs-verity digest, and the rule demands one",
		"fsverity enable FILES, then: imactl sign --format verity --key KEY --cert CERT FILES"},
	{AUDITLOG_DATA, "invalid-verity-signature",
		"its signature is not of its fs-verity digest, or its key is in no keyring of IMA",
		"imactl sign --format verity --key KEY --cert CERT FILES"},
	{AUDITLOG_DATA, "sigv3-hashing-error", "the kernel could not hash what its signature covers",
		"look for the hash of its signature in /proc/crypto"},
	{AUDITLOG_DATA, "no-verity-digest", "has no fs-verity digest, and the rule wants one",
		"fsverity enable FILES"},
	{AUDITLOG_DATA, "invalid-verity-digest", "its fs-verity digest is over a hash that IMA does not take",
		"enable fs-verity with SHA-256 on a new copy of it: fsverity enable FILES"},
	{AUDITLOG_DATA, "blacklisted-hash", "its digest is on the kernel's blacklist",
		"install another version of it"},
	{AUDITLOG_DATA, "missing-HMAC", "has no security.evm, and EVM is active", EVM_FIX},
	{AUDITLOG_DATA, "invalid-HMAC",
		"its security.evm is not right: its attributes were changed without EVM",
		"see who changed them, then " EVM_FIX},
	{AUDITLOG_DATA, "invalid-fail-immutable",
		"its portable EVM signature is not right: its attributes were changed",
		"sign it again: evmctl sign --imasig --portable --key KEY FILES"},
	{AUDITLOG_DATA, "unverifiable-signature",
		"is on a file system that may change it behind the kernel's back, as FUSE does",
		"copy it to another file system, or exempt this one in the policy"},
	{AUDITLOG_DATA, "failed(directio)", "was opened with O_DIRECT, past what the kernel can hash",
		"add permit_directio to the rule, or exempt the file"},
	{AUDITLOG_DATA, "failed", "could not be read to be hashed",
		"look for errors of its file system in the kernel's log"},
	{AUDITLOG_DATA, "failed-mprotect",
		"was mapped without being appraised, and was to be made executable afterwards",
		"have the program map it executable from the beginning, or exempt the file"},
	{AUDITLOG_DATA, "mmapped_writers",
		"is mapped for writing by a process, and was to be mapped executable",
		"end the process that writes to it"},
	{AUDITLOG_DATA, "unknown", "its security.ima could not be read or verified by the kernel",
		"look at it: getfattr -m - -d -e hex FILES"},
	{AUDITLOG_METADATA, NULL, "EVM refused a change of its attributes", EVM_FIX},
	{AUDITLOG_STATUS, "completed", "a policy was loaded", NULL},
	{AUDITLOG_STATUS, "failed", "a policy was refused, or tried without being loaded",
		"imactl lint /etc/ima/ima-policy"},
	{AUDITLOG_STATUS, "signed policy required", "a policy that was not signed was refused",
		"imactl sign --key KEY --cert CERT /etc/ima/ima-policy"},
	{AUDITLOG_STATUS, "invalid-policy", "a rule of a policy was refused",
		"imactl lint /etc/ima/ima-policy"},
	{AUDITLOG_STATUS, NULL, "a policy could not be loaded", "imactl lint /etc/ima/ima-policy"},
	{AUDITLOG_PCR, "ToMToU", "was opened for writing while its measurement was in use", NULL},
	{AUDITLOG_PCR, "open_writers", "was measured while a process had it open for writing", NULL},
	{AUDITLOG_PCR, NULL, "could not be measured", NULL},
	{AUDITLOG_RULE, NULL, "the kernel refused this rule", "imactl lint /etc/ima/ima-policy"},
	{AUDITLOG_NO_KEY, NULL, "no key of IMA has this id, by which signatures name their signer",
		"put the signer's certificate into /etc/keys/ima and into the initramfs (imactl key show "
		"CERT "
		"prints its key id), or sign the files again"},
	{AUDITLOG_NO_FILE, "module",
		"a kernel module was loaded by init_module(2), which has no file to appraise",
		"load modules from files that are not compressed, or let the kernel verify them: "
		"module.sig_enforce=1"},
	{AUDITLOG_NO_FILE, "kernel",
		"a kernel image was loaded by kexec_load(2), which has no file to appraise",
		"use kexec --kexec-file-syscall"},
	{AUDITLOG_NO_FILE, "firmware", "a firmware image came from a program, and not from a file",
		"put it below /lib/firmware, and sign it: " SIGN},
};

/* True where every name can be pasted into a command line, and they are few. */
static bool can_name(const char *const *names, size_t count)
{
	size_t i;

	for (i = 0; i < count && i <= NAMED_FILES; i++)
		if (*names[i] == '-' || !strchr(names[i], '/') || problem_path(names[i]) != names[i])
			return false;
	return count <= NAMED_FILES;
}

void denial_command(
	const char *command, const char *const *names, size_t count, const char *many, struct buf *ret)
{
	const char *at;
	bool named = can_name(names, count);
	size_t i;

	for (; (at = strstr(command, "FILES")); command = at + strlen("FILES")) {
		buf_add(ret, command, (size_t)(at - command));
		for (i = 0; named && i < count; i++)
			buf_printf(ret, "%s%s", i ? " " : "", names[i]);
		if (!named)
			buf_puts(ret, count > 1 ? many : "FILE");
	}
	buf_puts(ret, command);
}

const struct denial_words *denial_words_of(enum auditlog_kind kind, const char *cause)
{
	static const struct denial_words other = {.kind = AUDITLOG_DATA,
		.cause = "",
		.reason = "was refused for a cause that is not known here",
		.command = "look at it: getfattr -m - -d -e hex FILES"};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(words); i++)
		if (words[i].kind == kind && (!words[i].cause || string_equal(words[i].cause, cause)))
			return &words[i];
	return &other;
}
