// SPDX-License-Identifier: MIT
/* What the policies make of the files; see preflight_internal.h. */
#include "preflight_internal.h"

#include <errno.h>
#include <sys/stat.h>
#include "evm.h"
#include "report.h"
#include "selinux.h"

#define VARIANTS_MAX 16              /* file system UUIDs that are tried where the real one is not known */
#define READ_MAX (UINT64_C(4) << 30) /* bytes that are read of all files of a root */

/* The accesses of each role, in the order in which they come. */
static const struct {
	unsigned int role; /* enum closure_role */
	enum policy_func func;
	unsigned int mask;
} accesses[] = {
	{CLOSURE_SETTINGS | CLOSURE_DATA, FUNC_FILE, MASK_READ},
	{CLOSURE_PROGRAM, FUNC_FILE, MASK_EXEC},
	{CLOSURE_PROGRAM, FUNC_BPRM, MASK_EXEC},
	{CLOSURE_PROGRAM, FUNC_CREDS, MASK_EXEC},
	{CLOSURE_PROGRAM, FUNC_MMAP_REQPROT, MASK_EXEC},
	{CLOSURE_PROGRAM, FUNC_MMAP, MASK_EXEC},
	{CLOSURE_SCRIPT, FUNC_FILE, MASK_READ},
	{CLOSURE_LINKER, FUNC_FILE, MASK_EXEC},
	{CLOSURE_LINKER, FUNC_MMAP_REQPROT, MASK_EXEC},
	{CLOSURE_LINKER, FUNC_MMAP, MASK_EXEC},
	{CLOSURE_LIBRARY, FUNC_FILE, MASK_READ},
	{CLOSURE_LIBRARY, FUNC_MMAP_REQPROT, MASK_EXEC},
	{CLOSURE_LIBRARY, FUNC_MMAP, MASK_EXEC},
};

/* A file that is judged. */
struct subject {
	const struct closure_file *file;
	int fd;
	uint64_t size; /* in bytes */
	struct file_facts facts;
	bool uuid_known;
	bool looked_at; /* appraised is filled in */
	struct appraised appraised;
};

static bool is_looked_at(const struct policy_rule *rule)
{
	size_t i;

	if (rule->action != ACTION_APPRAISE)
		return false;
	for (i = 0; i < ARRAY_SIZE(accesses); i++)
		if (rule->func == FUNC_NONE || rule->func == accesses[i].func)
			return true;
	return false;
}

bool judge_has_work(const struct judge *judge)
{
	size_t i, n;

	for (i = 0; i < judge->policy_count; i++)
		for (n = 0; n < judge->policies[i]->count; n++)
			if (is_looked_at(&judge->policies[i]->rules[n]))
				return true;
	return false;
}

/* A script is not mapped by the kernel. */
static bool is_made(const struct closure_file *file, size_t access)
{
	bool maps = accesses[access].func == FUNC_MMAP || accesses[access].func == FUNC_MMAP_REQPROT;

	if (!(file->roles & accesses[access].role))
		return false;
	return !maps || accesses[access].role != CLOSURE_PROGRAM || !(file->roles & CLOSURE_SCRIPT);
}

/* What the file's attributes are worth. Whoever writes to the root shall not have this go on for hours. */
static void look_at(struct judge *judge, struct subject *subject)
{
	bool too_much = subject->size <= APPRAISE_SIZE_MAX && subject->size > READ_MAX - judge->read;

	/* Before it is read: what fails at its end was read all the same. */
	if (!too_much && subject->size <= APPRAISE_SIZE_MAX)
		judge->read += subject->size;
	if (too_much || appraise_file(subject->fd, judge->keyring, &subject->appraised) < 0) {
		subject->appraised = (struct appraised){.value = VALUE_SIGNATURE_GOOD,
			.algo = 4,
			.unsure = true,
			.if_wrong = VALUE_SIGNATURE_BAD,
			.text = "cannot be read"};
		if (too_much)
			strcpy(subject->appraised.text, "was not read, since 4 GiB of others were");
	}
	if (judge->preflight->evm && evm_lacks_label(subject->fd))
		subject->appraised = (struct appraised){.value = VALUE_NONE,
			.algo = 4,
			.lacks_evm = true,
			.text = "has no security.evm, which the kernel asks for once EVM is active; evmctl "
				"sign --portable makes one"};
	subject->looked_at = true;
}

/* The first denial of the file's accesses, with wrong: as if what is not known of its value were wrong. */
static enum denial judge_once(
	struct judge *judge, struct subject *subject, bool wrong, struct decision *ret_rule)
{
	struct file_state state = {0};
	enum denial denial;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(accesses); i++) {
		struct access access = {.func = accesses[i].func,
			.mask = accesses[i].mask,
			.file = &subject->facts,
			.cred = &judge->cred};
		struct verdict verdict;

		if (!is_made(subject->file, i))
			continue;
		evaluate(&judge->model, judge->policies, judge->policy_count, &access, &verdict);
		if (verdict.appraise && !subject->looked_at)
			look_at(judge, subject);
		denial = evaluate_next(&judge->model, &verdict,
			wrong && subject->appraised.unsure ? subject->appraised.if_wrong
							   : subject->appraised.value,
			subject->appraised.algo, &state);
		*ret_rule = verdict.by_class[action_class(ACTION_APPRAISE)];
		if (denial != DENIAL_NONE)
			return denial;
	}
	return DENIAL_NONE;
}

/* Outcomes over all that is not known. */
struct outcomes {
	size_t count, denied;
	enum denial denial;
	struct decision rule;
};

static void count_outcome(struct judge *judge, struct subject *subject, struct outcomes *outcomes)
{
	struct decision rule = {0};
	int wrong;

	for (wrong = 0; wrong < 2; wrong++) {
		enum denial denial = judge_once(judge, subject, wrong, &rule);

		outcomes->count++;
		if (denial == DENIAL_NONE)
			continue;
		if (!outcomes->denied++) {
			outcomes->denial = denial;
			outcomes->rule = rule;
		}
	}
}

/* Where the file system's UUID is not known, it may be any that a rule asks for, or another one. */
static void count_uuids(struct judge *judge, struct subject *subject, struct outcomes *outcomes)
{
	size_t i, n, tried = 0;

	for (i = 0; i < judge->policy_count; i++) {
		for (n = 0; n < judge->policies[i]->count && tried < VARIANTS_MAX; n++) {
			const struct policy_rule *rule = &judge->policies[i]->rules[n];

			if (!(rule->flags & RULE_FSUUID))
				continue;
			memcpy(subject->facts.fsuuid, rule->fsuuid, sizeof(rule->fsuuid));
			count_outcome(judge, subject, outcomes);
			tried++;
		}
	}
	memset(subject->facts.fsuuid, 0, sizeof(subject->facts.fsuuid));
}

static int add_finding(struct judge *judge, bool of_image, bool required, const struct subject *subject,
	const struct outcomes *outcomes)
{
	struct finding *grown = realloc(judge->findings, (judge->finding_count + 1) * sizeof(*grown)),
		       *finding;

	if (!grown)
		return -ENOMEM;
	judge->findings = grown;
	finding = &grown[judge->finding_count];
	*finding = (struct finding){.path = strdup(subject->file->path),
		.of_image = of_image,
		.required = required && subject->file->roles != CLOSURE_SETTINGS,
		.sure = outcomes->denied == outcomes->count,
		.denial = outcomes->denial,
		.rule = outcomes->rule,
		.appraised = subject->appraised,
		.fsmagic = subject->facts.fsmagic};
	if (!finding->path)
		return -ENOMEM;
	judge->finding_count++;
	return 0;
}

static int judge_file(struct judge *judge, const struct targets *targets, size_t index)
{
	const struct closure_file *file = &targets->closure.files[index];
	struct subject subject = {.file = file};
	struct outcomes outcomes = {0};
	char label[FS_LABEL_MAX];
	const struct fs_facts *fs;
	struct stat st;
	_cleanup_close_ int fd = rootfile_try(targets->closure.root_fd, file->path, CLOSURE_FILE_MAX, &st);

	if (fd < 0 || fs_facts_get(&judge->file_systems, fd, &fs) < 0 ||
		fs_file_facts(fs, fd, label, &subject.facts) < 0)
		return 0;
	subject.fd = fd;
	subject.size = st.st_size > 0 ? (uint64_t)st.st_size : 0;
	subject.uuid_known = fs->uuid_known;
	if (!subject.uuid_known)
		count_uuids(judge, &subject, &outcomes);
	count_outcome(judge, &subject, &outcomes);
	return outcomes.denied
		       ? add_finding(judge, targets->of_image, index < targets->required, &subject, &outcomes)
		       : 0;
}

/* Any file of selinuxfs, which is not mounted yet. */
static int judge_selinux(struct judge *judge)
{
	static const struct closure_file file = {.path = (char *)"/sys/fs/selinux", .roles = CLOSURE_DATA};
	struct subject subject = {.file = &file,
		.facts = {.fsmagic = SELINUX_FS_MAGIC, .fsname = "selinuxfs"},
		.looked_at = true,
		.appraised = {.value = VALUE_UNSUPPORTED,
			.algo = 4,
			.text = "is on a file system without extended attributes"}};
	struct outcomes outcomes = {0};

	count_outcome(judge, &subject, &outcomes);
	return outcomes.denied ? add_finding(judge, false, true, &subject, &outcomes) : 0;
}

int judge_targets(struct judge *judge, const struct targets *targets)
{
	size_t i;
	int r = 0;

	/* What lies on the root leaves as much for the image. */
	judge->read = 0;
	for (i = 0; r == 0 && i < targets->closure.count; i++)
		r = judge_file(judge, targets, i);
	return r == 0 && targets->selinux ? judge_selinux(judge) : r;
}

void judge_free(struct judge *judge)
{
	size_t i;

	for (i = 0; i < judge->finding_count; i++)
		free(judge->findings[i].path);
	free(judge->findings);
	fs_table_free(&judge->file_systems);
}
