// SPDX-License-Identifier: MIT
/* A policy file with its signature; see policyfile.h. */
#include "policyfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include "complain.h"
#include "imaxattr.h"
#include "infile.h"
#include "rootfile.h"

static int read_attribute(int fd, struct policyfile *ret, struct problem *problem)
{
	int r = imaxattr_get(fd, ret->value, sizeof(ret->value), &ret->value_len);

	if (r == 0 || r == -EOPNOTSUPP)
		return 0;
	return problem_set(problem, r, "its security.ima cannot be read: %s", strerror(-r));
}

/* A digest, which a kernel that repairs writes to every file, is no reason to look no further. */
static bool has_signature(const struct policyfile *file)
{
	struct imasig sig;

	imasig_parse(file->value, file->value_len, &sig);
	return sig.kind != IMASIG_NONE && sig.kind != IMASIG_DIGEST;
}

static int read_detached(const char *name, struct policyfile *ret, struct problem *problem)
{
	_cleanup_buf_ struct buf bytes = {0};
	int r = infile_read(name, sizeof(ret->value), &bytes, problem);

	if (r == 0)
		memcpy(ret->value, bytes.data, ret->value_len = bytes.len);
	return r;
}

static int read_signature(
	int fd, const char *path, const char *signature, struct policyfile *ret, struct problem *problem)
{
	_cleanup_free_ char *beside = NULL;
	const char *name = signature;
	int r = signature ? 0 : read_attribute(fd, ret, problem);

	if (r < 0)
		return complain(path, problem);
	if (!signature && asprintf(&beside, "%s.sig", path) < 0) {
		beside = NULL;
		problem_set(problem, -ENOMEM, "out of memory");
		return complain(path, problem);
	}
	if (!signature && (has_signature(ret) || access(beside, F_OK) < 0))
		return 0;
	name = signature ? signature : beside;
	return read_detached(name, ret, problem) < 0 ? complain(name, problem) : 0;
}

int policyfile_read(const char *path, const char *signature, struct policyfile *ret)
{
	_cleanup_problem_ struct problem problem = {0};
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	*ret = (struct policyfile){0};
	if (fd < 0) {
		problem_set(&problem, -errno, "cannot be opened: %s", strerror(errno));
		problem_remedy(&problem, "name the policy with --policy");
		return complain(path, &problem);
	}
	if (infile_read_fd(fd, INFILE_POLICY_MAX, &ret->text, &problem) < 0)
		return complain(path, &problem);
	return read_signature(fd, path, signature, ret, &problem);
}

int policyfile_read_root(
	int root_fd, const char *root, const char *path, struct policyfile *ret, struct problem *problem)
{
	_cleanup_close_ int fd = rootfile_open(root_fd, root, path, INFILE_POLICY_MAX, problem);
	int r;

	*ret = (struct policyfile){0};
	if (fd < 0)
		return fd;
	r = infile_read_fd(fd, INFILE_POLICY_MAX, &ret->text, problem);
	return r < 0 ? r : read_attribute(fd, ret, problem);
}

void policyfile_free(struct policyfile *file)
{
	buf_free(&file->text);
	file->value_len = 0;
}
