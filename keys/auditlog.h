/* SPDX-License-Identifier: MIT */
/*
 * One line of a kernel log or an audit log, read for what IMA and EVM say in it. Pure.
 *
 * Records are those of security/integrity/integrity_audit.c (integrity_audit_message), with names in the form of
 * kernel/audit.c (audit_log_untrustedstring): between quotes, or in hexadecimal where they hold a blank, a quote or
 * a byte that is not printable. So what a process chooses (its name, a file's name) cannot make up a field. Lines
 * may come from /dev/kmsg, dmesg, journalctl, syslog or audit.log; of syslog's lines only those of the kernel's
 * and the audit system's tag count.
 */
#ifndef IMABOOT_AUDITLOG_H
#define IMABOOT_AUDITLOG_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define AUDITLOG_LINE_MAX \
	16384 /* bytes of a line; a longer one is none of the kernel's (MAX_AUDIT_MESSAGE_LENGTH) */
#define AUDITLOG_WORD_MAX 64
#define AUDITLOG_RULE_MAX 1024

enum auditlog_kind {
	AUDITLOG_OTHER,    /* a line about something else */
	AUDITLOG_BROKEN,   /* says that it is a record of IMA, and is not whole */
	AUDITLOG_DATA,     /* 1800: a file's content could not be appraised or hashed */
	AUDITLOG_METADATA, /* 1801: EVM and a file's attributes */
	AUDITLOG_STATUS,   /* 1802: a policy was loaded, or refused */
	AUDITLOG_PCR,      /* 1804: a measurement that is not sure */
	AUDITLOG_RULE,     /* 1807: a rule that was read */
	AUDITLOG_NO_KEY,   /* "Request for unknown key": cause is the key id, name the keyring or "" */
	AUDITLOG_NO_FILE,  /* something was loaded without a file, and so not appraised; cause names it */
	AUDITLOG_LOST,     /* records are missing, as many as count says */
};

struct auditlog_record {
	enum auditlog_kind kind;
	char op[AUDITLOG_WORD_MAX], cause[AUDITLOG_WORD_MAX]; /* the kernel's words */
	char comm[AUDITLOG_WORD_MAX]; /* the process's name, "" unknown; any bytes but NUL */
	char dev[AUDITLOG_WORD_MAX];  /* the file system, super_block.s_id */
	char name[PATH_MAX];          /* the file, any bytes but NUL; "" unknown */
	char rule[AUDITLOG_RULE_MAX]; /* with AUDITLOG_RULE: its words */
	uint64_t ino, count;
	uint32_t uid;
	bool has_ino, has_uid, has_result;
	bool result; /* res=1: it worked */
};

/*
 * Reads one line of len bytes, with or without a newline. is_kmsg: a record of /dev/kmsg, where processes can write
 * too and bytes are escaped; then only records of the kernel itself count. Returns ret->kind.
 */
enum auditlog_kind auditlog_parse(const char *line, size_t len, bool is_kmsg, struct auditlog_record *ret);

#endif
