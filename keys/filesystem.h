/* SPDX-License-Identifier: MIT */
/*
 * What rules of a policy ask about the file system of a file (fsmagic=, fsname=, fs_subtype=, fsuuid=), found out
 * without root: statfs(2), mountinfo (proc(5)), the FS_IOC_GETFSUUID of Linux 6.9, /dev/disk/by-uuid. Of an image that
 * is only a folder now, they are told instead.
 */
#ifndef IMABOOT_FILESYSTEM_H
#define IMABOOT_FILESYSTEM_H

#include <stdbool.h>
#include <sys/stat.h>
#include "evaluate.h"
#include "problem.h"

#define FSFACTS_NAME_MAX 64

/* What a person told of the file system that the files will be on; strings as in the command line, NULL: not told. */
struct fsfacts_told {
	const char *type; /* "ext4" */
	const char *uuid; /* 36 characters */
};

/* One file system; the names of the facts point into it. */
struct fsfacts {
	dev_t device;
	struct file_facts facts; /* without owner, group, label and fs-verity */
	bool has_uuid;           /* it was found, or told */
	char name[FSFACTS_NAME_MAX], subtype[FSFACTS_NAME_MAX];
};

/* The magic number of a file system type ("ext4"); 0: not known here. */
uint64_t fsfacts_magic(const char *type);

/* Reads a UUID of 36 characters. Returns 0 or -EINVAL. */
_must_check_ int fsfacts_parse_uuid(const char *text, uint8_t ret[static 16]);

/* Checks what was told. Returns 0, or -EINVAL with *problem set. */
_must_check_ int fsfacts_check(const struct fsfacts_told *told, struct problem *problem);

/* True for an open file of a file system whose files the kernel makes up: /proc, /sys and what is mounted there. */
bool fsfacts_is_kernels(int fd);

/* A number of the mount that an open file came by, which tells it from others; 0: the kernel does not say it. */
uint64_t fsfacts_mount(int fd);

/* The facts of the file system on which an open file is; what cannot be found stays zero. */
void fsfacts_get(int fd, const struct stat *st, const struct fsfacts_told *told, struct fsfacts *ret);

#endif
