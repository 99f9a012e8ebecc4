/* SPDX-License-Identifier: MIT */
/*
 * What IMA's rules ask about the file system of a file, as the kernel has it: super_block's s_magic, s_type->name,
 * s_subtype and s_uuid.
 */
#ifndef IMABOOT_FSFACTS_H
#define IMABOOT_FSFACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "evaluate.h"
#include "util.h"

struct fs_facts {
	uint64_t mount;  /* id of the mount, as in /proc/self/mountinfo; 0: not known */
	uint64_t device; /* of the files on it: a number to compare */
	uint64_t magic;
	char name[64], subtype[64]; /* "" where they are not known */
	uint8_t uuid[16];
	bool uuid_known;
};

/* Those that were looked at. */
struct fs_table {
	struct fs_facts *facts;
	size_t count;
};

/*
 * The facts of the file system of an open file. The UUID comes from the kernel where it tells (FS_IOC_GETFSUUID, Linux
 * 6.9), else from the super block of an ext2, ext3, ext4, XFS or Btrfs device; ramfs has none, tmpfs one that nobody knows beforehand. *ret is good until the
 * next call. Returns 0 or a negative errno: of fstatfs(2) or statx(2), -ENOMEM.
 */
_must_check_ int fs_facts_get(struct fs_table *table, int fd, const struct fs_facts **ret);

void fs_table_free(struct fs_table *table);

/* Owner, group and label (security.selinux) of an open file; label has room for the attribute, which ret points into. */
#define FS_LABEL_MAX 1024
_must_check_ int fs_file_facts(
	const struct fs_facts *fs, int fd, char label[static FS_LABEL_MAX], struct file_facts *ret);

/* Takes the label "user:role:type", with what may follow, apart; parts that are not there have length 0. */
void fs_label_parse(const char *label, size_t len, struct lsm_context *ret);

/*
 * A line of /proc/self/mountinfo (proc(5)): where it is the one of that mount, fills in name and subtype, and the
 * device's path in source. Returns true then.
 */
bool mountinfo_facts(const char *line, struct fs_facts *facts, char *source, size_t size);

#endif
