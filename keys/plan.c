// SPDX-License-Identifier: MIT
/* Whether a root will boot under a policy; see plan.h. */
#include "plan.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include "interrupt.h"
#include "log.h"
#include "progress.h"
#include "rootfile.h"
#include "selinux.h"

/* A thread's own. */
struct thread {
	struct plan *plan;
	struct imaverify verify;
	struct fsfacts facts; /* of the file system of the file before */
	bool has_facts;
};

void *plan_begin(void *shared)
{
	struct thread *thread = calloc(1, sizeof(*thread));
	struct plan *plan = shared;

	if (!thread)
		return NULL;
	thread->plan = plan;
	if (imaverify_begin(&plan->ring, &thread->verify) == 0)
		return thread;
	free(thread);
	return NULL;
}

void plan_end(void *state)
{
	struct thread *thread = state;

	imaverify_end(&thread->verify);
	free(thread);
}

/* ---- what is denied ----------------------------------------------------------------------- */

static struct plan_group *find_group(struct plan *plan, enum need need, const struct judgement *judgement)
{
	struct plan_group *groups, *group;
	size_t i;

	for (i = 0; i < plan->group_count; i++) {
		group = &plan->groups[i];
		if (group->need == need && group->kind == judgement->kind &&
			string_equal(group->cause, judgement->cause))
			return group;
	}
	groups = reallocarray(plan->groups, plan->group_count + 1, sizeof(*groups));
	if (!groups)
		return NULL;
	plan->groups = groups;
	group = &groups[plan->group_count++];
	*group = (struct plan_group){
		.need = need, .kind = judgement->kind, .cause = judgement->cause, .rule = judgement->rule};
	return group;
}

static void keep_name(const struct plan *plan, struct plan_group *group, const char *path)
{
	char **names;

	if (group->name_count >= PLAN_NAMES_MAX && !plan->keep_all)
		return;
	names = reallocarray(group->names, group->name_count + 1, sizeof(*names));
	if (!names)
		return;
	group->names = names;
	names[group->name_count] = strdup(path);
	group->name_count += names[group->name_count] != NULL;
}

static void note_denied(struct plan *plan, enum need need, const char *because, const char *path,
	const struct judgement *judgement)
{
	struct plan_group *group;

	atomic_fetch_add(&plan->denied, 1);
	if (need != NEED_NONE)
		atomic_fetch_add(&plan->denied_needed, 1);
	(void)pthread_mutex_lock(&plan->lock);
	group = find_group(plan, need, judgement);
	if (group) {
		group->count++;
		keep_name(plan, group, path);
		if (!group->because)
			group->because = because;
	}
	(void)pthread_mutex_unlock(&plan->lock);
}

/* ---- one file ----------------------------------------------------------------------------- */

static void note(struct plan *plan, enum need need, const char *because, const char *path,
	const char *full_path, const struct judgement *judgement)
{
	size_t i;

	if (judgement->problem.error == -EINTR)
		return; /* as if it had not been begun */
	if (judgement->appraised)
		atomic_fetch_add(&plan->appraised, 1);
	if (judgement->was_read)
		atomic_fetch_add(&plan->read, 1);
	for (i = 0; i < judgement->rule_count; i++)
		atomic_fetch_add(&plan->by_rule[judgement->rules[i] - plan->judge.policy->rules], 1);
	if (judgement->unsure) {
		if (need != NEED_NONE)
			atomic_fetch_add(&plan->unsure_needed, 1);
	} else if (judgement->problem.error) {
		progress_complain(full_path, &judgement->problem);
		atomic_fetch_add(&plan->unreadable, 1);
		if (need != NEED_NONE)
			atomic_fetch_add(&plan->unreadable_needed, 1);
	} else if (judgement->denied) {
		note_denied(plan, need, because, path, judgement);
	}
}

/* Of a folder that is to become a file system, only what was told is known; not of what is mounted in it. */
static void get_facts(const struct plan *plan, int fd, const struct stat *st, struct fsfacts *ret)
{
	fsfacts_get(fd, st, &plan->told, ret);
	if (!plan->is_folder || plan->told.uuid || fsfacts_mount(fd) != plan->mount)
		return;
	ret->has_uuid = false;
	memset(ret->facts.fsuuid, 0, sizeof(ret->facts.fsuuid));
}

static void judge_one(struct thread *thread, const struct needed *needed, int fd, const char *path,
	const char *full_path, const struct stat *st)
{
	struct plan *plan = thread->plan;
	const struct judge_subject subject = {.fd = fd,
		.path = path,
		.st = st,
		.fs = &thread->facts,
		.roles = needed ? needed->roles : judge_roles(fd, path, st),
		.early = needed && needed->early};
	struct judgement judgement;

	if (!thread->has_facts || thread->facts.device != st->st_dev)
		get_facts(plan, fd, st, &thread->facts);
	thread->has_facts = true;
	judge_file(&plan->judge, &thread->verify, &subject, &judgement);
	note(plan, needed ? needed->need : NEED_NONE, needed ? needed->because : NULL, path, full_path,
		&judgement);
	judgement_free(&judgement);
}

void plan_file(void *state, const struct fileitem *item)
{
	struct thread *thread = state;
	struct needed *needed = needs_look(&thread->plan->needs, item->st->st_dev, item->st->st_ino);

	atomic_fetch_add(&thread->plan->looked_at, 1);
	if (needed)
		needed->seen = true; /* each inode is met once, so by one thread */
	judge_one(thread, needed, item->fd, needed ? needed->path : item->inside, item->path, item->st);
}

/* Of a file that this user may not read, only this can be told; it is taken to be on the root's file system. */
static bool would_be_appraised(const struct plan *plan, const struct needed *needed)
{
	struct judgement judgement;
	struct fsfacts facts;
	struct stat st, root;

	if (root_stat(plan->root_fd, needed->path, &st) < 0 || fstat(plan->root_fd, &root) < 0)
		return true;
	get_facts(plan, plan->root_fd, &root, &facts);
	if (plan->judge.asks_uuid && !facts.has_uuid)
		return true;
	facts.facts.fowner = st.st_uid;
	facts.facts.fgroup = st.st_gid;
	judge_bare(&plan->judge, &facts.facts, needed->roles, true, &judgement);
	judgement_free(&judgement);
	return judgement.appraised;
}

int plan_rest(struct plan *plan)
{
	struct thread *thread = plan_begin(plan);
	struct stat st;
	size_t i;

	if (!thread)
		return -ENOMEM;
	for (i = 0; i < plan->needs.count && !interrupted(); i++) {
		struct needed *needed = &plan->needs.list[i];
		_cleanup_close_ int fd =
			needed->seen ? -1 : rootfile_try(plan->root_fd, needed->path, UINT64_MAX, &st);

		if (fd >= 0)
			judge_one(thread, needed, fd, needed->path, needed->path, &st);
		else if (!needed->seen && would_be_appraised(plan, needed))
			atomic_fetch_add(&plan->unreadable_needed, 1);
	}
	plan_end(thread);
	return 0;
}

/* ---- memory ------------------------------------------------------------------------------- */

/*
 * What is opened before anybody could mend anything. The initramfs goes on executing after the policy is in force: at
 * the least what switches to the root; it is on ramfs where root= is on the command line, else on tmpfs. On a tmpfs the
 * kernel writes digests of new files itself, and no signatures.
 */
static struct plan_memory memories[] = {
	{"proc", "reading /proc", PROC_SUPER_MAGIC, ROLE_READ, false, false, NULL},
	{"sysfs", "reading /sys", SYSFS_MAGIC, ROLE_READ, false, false, NULL},
	{"securityfs", "reading /sys/kernel/security", SECURITYFS_MAGIC, ROLE_READ, false, false, NULL},
	{"cgroup2", "reading /sys/fs/cgroup", CGROUP2_SUPER_MAGIC, ROLE_READ, false, false, NULL},
	{"tmpfs", "reading /run", TMPFS_MAGIC, ROLE_READ, true, false, NULL},
	{"rootfs", "programs of an initramfs on ramfs", RAMFS_MAGIC, ROLE_PROGRAM | ROLE_LIBRARY, false,
		false, NULL},
	{"rootfs", "programs of an initramfs on tmpfs", TMPFS_MAGIC, ROLE_PROGRAM | ROLE_LIBRARY, false, true,
		NULL},
	/* The last one: where SELinux is enforced. */
	{"selinuxfs", "reading /sys/fs/selinux", SELINUX_FS_MAGIC, ROLE_READ, false, false, NULL},
};

void plan_memories(struct plan *plan)
{
	size_t i;

	plan->memories = memories;
	plan->memory_count = ARRAY_SIZE(memories) - !plan->needs.selinux;
	for (i = 0; i < plan->memory_count; i++) {
		struct plan_memory *memory = &memories[i];
		const struct file_facts facts = {.fsmagic = memory->magic, .fsname = memory->name};
		struct judgement judgement;

		judge_bare(&plan->judge, &facts, memory->role, memory->has_xattrs, &judgement);
		memory->rule = judgement.denied ? judgement.rule : NULL;
		judgement_free(&judgement);
	}
}

bool plan_memory_denied(const struct plan *plan)
{
	size_t i;

	for (i = 0; i < plan->memory_count; i++)
		if (plan->memories[i].rule && !plan->memories[i].rare)
			return true;
	return false;
}

/* ---- the end ------------------------------------------------------------------------------ */

static int by_need(const void *a, const void *b)
{
	const struct plan_group *one = a, *other = b;

	if (one->need != other->need)
		return (int)one->need - (int)other->need;
	if (one->count != other->count)
		return one->count > other->count ? -1 : 1;
	return strcmp(one->cause, other->cause);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void plan_sort(struct plan *plan)
{
	size_t i;

	if (plan->group_count)
		qsort(plan->groups, plan->group_count, sizeof(*plan->groups), by_need);
	for (i = 0; i < plan->group_count; i++)
		if (plan->groups[i].name_count)
			qsort(plan->groups[i].names, plan->groups[i].name_count, sizeof(char *), by_name);
}

void plan_free(struct plan *plan)
{
	while (plan->group_count) {
		struct plan_group *group = &plan->groups[--plan->group_count];

		while (group->name_count)
			free(group->names[--group->name_count]);
		free(group->names);
	}
	free(plan->groups);
	free(plan->by_rule);
	needs_free(&plan->needs);
}
