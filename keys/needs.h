/* SPDX-License-Identifier: MIT */
/*
 * The files without which a root does not get to a login: found from its init, its units, the programs that log a user
 * in, its shells, with all that each of them opens (closure.h). The tree is then walked once, and each file asks here
 * by device and inode what it is needed for.
 */
#ifndef IMABOOT_NEEDS_H
#define IMABOOT_NEEDS_H

#include <stdbool.h>
#include <sys/types.h>
#include "config.h"
#include "problem.h"

/* What a file is needed for, the most important first. */
enum need {
	NEED_INIT,     /* init and what systemd cannot do without: without them the machine stops */
	NEED_SERVICE,  /* programs of the units of the default target */
	NEED_LOGIN,    /* getty, login, sshd, PAM's modules and the name services */
	NEED_SHELL,    /* shells */
	NEED_MODULE,   /* kernel modules */
	NEED_SETTINGS, /* what those read before anything else can be done */
	NEED_NONE,
};
#define NEED_COUNT NEED_NONE

/* How a file is opened; bits. */
enum role {
	ROLE_PROGRAM = 1,  /* executed */
	ROLE_SCRIPT = 2,   /* executed, then read by its interpreter */
	ROLE_LINKER = 4,   /* opened and mapped by the kernel as the interpreter of a program */
	ROLE_LIBRARY = 8,  /* read and mapped executable */
	ROLE_READ = 16,    /* read */
	ROLE_MODULE = 32,  /* loaded into the kernel */
	ROLE_FIRMWARE = 64 /* loaded into a device */
};

struct needed {
	dev_t device;
	ino_t inode;
	enum need need;
	unsigned int roles;
	char *path; /* in the root */
	const char
		*because; /* the program or unit because of which it is needed; points into the same needs */
	bool early;       /* opened before any security module knows a label: the preflight looks at it */
	bool seen;        /* for the caller */
};

struct needs {
	struct needed *list;
	size_t count, size;
	size_t *index; /* open addressing: 1 + the place in list */
	size_t index_size;
	char **names; /* what `because` points to */
	size_t name_count;
	struct problem problem; /* why there is no init, or what it lacks; error 0: it is whole */
	const char *init;       /* the path that the kernel or the initramfs executes; NULL: there is none */
	bool selinux;           /* systemd will enforce SELinux, and needs selinuxfs */
};

/* What is asked for. */
struct needs_options {
	const char *init;    /* --init, or NULL: the first that a kernel takes */
	const char *release; /* of the kernel whose modules are needed; NULL: those of all kernels are */
	const struct config *config; /* of the root: the programs that the preflight looks at */
	bool has_selinux;            /* the kernel may have it */
	bool other_machine; /* the root is another machine's: libraries for any processor are needed */
};

/*
 * Finds them. What is not there is not needed, but for init and its libraries: ret->problem says what is missing. What
 * this user may not read is in the list by its name. Returns 0 or -ENOMEM.
 */
_must_check_ int needs_find(
	int root_fd, const char *root, const struct needs_options *options, struct needs *ret);

/* The entry of a file, or NULL. */
struct needed *needs_look(const struct needs *needs, dev_t device, ino_t inode);

void needs_free(struct needs *needs);

/* A word for programs ("init"), and a heading for people. */
const char *need_name(enum need need);
const char *need_heading(enum need need);

#endif
