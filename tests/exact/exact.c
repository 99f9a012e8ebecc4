// SPDX-License-Identifier: MIT
/*
 * Inside a test machine: is what the evaluator foretells what the kernel does?
 *
 * The rules of all combinations (combos.c) make up one policy, and on kernels that take more than one a second
 * policy after it. Files are put in place first, on a tmpfs, a ramfs, an ext4 and an overlay; then the policies
 * are loaded, and each access is made by a child of its own (attempt.c). The evaluator is given the whole policies, the facts about
 * file and process, and what security.ima was made to hold. Compared are: denied or not, for each access; the
 * cause of the first denial, whether the file was measured, audited, given a hash (observe.c). For each group
 * it prints a line "@@ok GROUP: N combinations", for each difference one "@@FAIL", and last "exact: …".
 *
 * Files: /exact/config, the kernel's configuration; /exact/prog, a small static program; /exact/VALUE.
 */
#include "exact.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>
#include "policy_parse.h"
#include "policy_words.h"

#define POLICY "/sys/kernel/security/ima/policy"
#define STEPS 5

static struct kernel_model model;
static struct policy loaded[2];
static const struct policy *const policies[] = {&loaded[0], &loaded[1]};
static size_t policy_count;

_Noreturn void give_up(const char *what)
{
	printf("@@FAIL exact: %s: %s\n", what, strerror(errno));
	(void)fflush(stdout);
	exit(1);
}

void slurp(const char *path, struct buf *buf)
{
	char chunk[4096];
	ssize_t got;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		give_up(path);
	while ((got = read(fd, chunk, sizeof(chunk))) > 0)
		buf_add(buf, chunk, (size_t)got);
	(void)close(fd);
}

/* ---- the machine ------------------------------------------------------------------------------- */

static void place_mount(const char *source, const char *dir, const char *type, const char *options)
{
	(void)mkdir(dir, 0755);
	if (mount(source, dir, type, 0, options) < 0 || chmod(dir, 0777) < 0)
		give_up(dir);
}

static void make_places(const struct abilities *abilities)
{
	const struct rlimit files = {4096, 4096};

	(void)umask(0);
	(void)setrlimit(RLIMIT_NOFILE, &files);
	place_mount("tmpfs", "/run/t", "tmpfs", "");
	place_mount("ramfs", "/ram", "ramfs", "");
	place_mount("/dev/vda", "/e", "ext4", "");
	if (!abilities->overlay)
		return;
	place_mount("tmpfs", "/run/o", "tmpfs", "");
	if (mkdir("/run/o/l", 0755) < 0 || mkdir("/run/o/u", 0755) < 0 || mkdir("/run/o/w", 0755) < 0)
		give_up("/run/o");
	place_mount("overlay", "/o", "overlay", "lowerdir=/run/o/l,upperdir=/run/o/u,workdir=/run/o/w");
}

/* What the kernel can hash with, as it says itself. */
static uint32_t present_algos(void)
{
	_cleanup_buf_ struct buf crypto = {0};
	uint32_t algos = 0;
	char line[64];
	unsigned int i;

	slurp("/proc/crypto", &crypto);
	for (i = 0; i < POLICY_ALGOS; i++) {
		(void)snprintf(line, sizeof(line), ": %s\n", policy_algo_name(i));
		if (strstr(buf_string(&crypto), line))
			algos |= UINT32_C(1) << i;
	}
	return algos;
}

static void make_model(struct abilities *ret)
{
	_cleanup_buf_ struct buf config = {0};
	struct utsname name;
	unsigned version;

	if (uname(&name) < 0 || kernel_version_parse(name.release, &version) < 0)
		give_up("no version");
	kernel_model_init(&model, version);
	slurp(EXACT "config", &config);
	if (kernel_model_configure(&model, buf_string(&config), config.len) < 0)
		give_up(EXACT "config");
	model.algos = present_algos();
	ret->model = &model;
	ret->again = model.write_policy;
	ret->modules = strstr(buf_string(&config), "\nCONFIG_MODULES=y\n");
	ret->fsverity = strstr(buf_string(&config), "\nCONFIG_FS_VERITY=y\n");
	ret->overlay = strstr(buf_string(&config), "\nCONFIG_OVERLAY_FS=");
}

static void load_policy(const struct buf *text, const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	/* What a label means is not known before a security module has its own policy. */
	model.labels = policy_count ? LABELS_INACTIVE : LABELS_REFUSED;
	if (policy_parse(&model, buf_string(text), text->len, NULL, &loaded[policy_count++]) < 0)
		give_up("our parser refuses the policy");
	if (fd < 0 || write(fd, text->data, text->len) != (ssize_t)text->len)
		give_up(path);
	(void)close(fd);
	fd = open(POLICY, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, path, strlen(path)) < 0 || close(fd) < 0)
		give_up(POLICY);
}

static void load_policies(const struct combo *combos, unsigned int count, bool again)
{
	struct buf first = {0}, second = {0};
	unsigned int i;

	for (i = 0; i < count; i++) {
		buf_puts(&first, buf_string(&combos[i].rules));
		buf_puts(again ? &second : &first, buf_string(&combos[i].later));
	}
	load_policy(&first, "/run/first");
	if (again)
		load_policy(&second, "/run/second");
	printf("exact: %zu rules in %zu policies\n", loaded[0].count + loaded[1].count, policy_count);
}

/* ---- foretelling ------------------------------------------------------------------------------- */

struct step {
	enum policy_func func;
	unsigned int mask;
	const struct cred_facts *cred;
};

/* The ids that an access is made with: the caller's, those at CREDS_CHECK, and the new program's. */
struct creds {
	struct cred_facts caller, exec, program;
};

static void make_creds(const struct combo *combo, struct creds *ret)
{
	const struct actor *actor = &combo->actor;

	ret->caller = (struct cred_facts){.uid = actor->uid,
		.euid = actor->euid,
		.suid = actor->suid,
		.gid = actor->gid,
		.egid = actor->egid,
		.sgid = actor->sgid,
		.cap_setuid = actor->cap_setuid,
		.cap_setgid = actor->cap_setgid};
	ret->exec = ret->caller;
	ret->exec.suid = ret->exec.euid;
	ret->exec.sgid = ret->exec.egid;
	ret->program = ret->exec;
	if (combo->mode & S_ISUID)
		ret->program.euid = ret->program.suid = combo->number;
	if (combo->mode & S_ISGID)
		ret->program.egid = ret->program.sgid = combo->number;
	ret->program.cap_setuid = ret->program.cap_setgid = ret->program.euid == 0;
}

/* Which hooks an access comes by, in the kernel's order. */
static size_t make_steps(char letter, const struct creds *creds, struct step *ret)
{
	const struct cred_facts *caller = &creds->caller;
	bool asks_protection = model.version >= KERNEL(6, 3);
	size_t count = 0;

	switch (letter) {
	case 'x':
		ret[count++] = (struct step){FUNC_FILE, MASK_EXEC, caller};
		ret[count++] = (struct step){FUNC_BPRM, MASK_EXEC, caller};
		ret[count++] = (struct step){FUNC_CREDS, MASK_EXEC, &creds->exec};
		if (asks_protection)
			ret[count++] = (struct step){FUNC_MMAP_REQPROT, MASK_EXEC, &creds->program};
		ret[count++] = (struct step){FUNC_MMAP, MASK_EXEC, &creds->program};
		break;
	case 'm':
		if (asks_protection)
			ret[count++] = (struct step){FUNC_MMAP_REQPROT, MASK_EXEC, caller};
		ret[count++] = (struct step){FUNC_MMAP, MASK_EXEC, caller};
		break;
	case 'i':
		ret[count++] = (struct step){FUNC_MMAP, MASK_EXEC, caller};
		break;
	case 'M':
		ret[count++] = (struct step){FUNC_MODULE, MASK_READ, caller};
		break;
	case 'p':
		ret[count++] = (struct step){FUNC_FILE, MASK_READ, caller};
		ret[count++] = (struct step){FUNC_POLICY, MASK_READ, caller};
		break;
	default:
		ret[count++] = (struct step){FUNC_FILE, 0, caller};
		ret->mask = strchr("rd", letter)   ? MASK_READ
			    : strchr("wD", letter) ? MASK_WRITE
			    : letter == 'a'        ? MASK_WRITE | MASK_APPEND
						   : MASK_READ | MASK_WRITE;
	}
	return count;
}

static void make_file_facts(const struct combo *combo, struct file_facts *ret)
{
	static const uint8_t uuid[16] = {0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0x4c, 0xde, 0x8f, 0x01, 0x23,
		0x45, 0x67, 0x89, 0xab, 0xcd};

	*ret = (struct file_facts){.fsmagic = combo->place->magic,
		.fsname = combo->place->type,
		.fowner = combo->number,
		.fgroup = combo->number,
		.fsverity = combo->value->fsverity};
	if (combo->place->uuid == UUID_KNOWN)
		memcpy(ret->fsuuid, uuid, sizeof(uuid));
	else if (combo->place->uuid == UUID_RANDOM)
		memset(ret->fsuuid, 0xff, sizeof(ret->fsuuid));
}

/* One access: true where it is denied. Notes what else is done, and the cause of the first denial. */
static bool foretell_one(
	const struct combo *combo, char letter, struct file_state *state, struct answer *answer)
{
	struct step steps[STEPS];
	struct file_facts file;
	struct creds creds;
	struct verdict verdict;
	enum denial denial = DENIAL_NONE;
	size_t count, i;

	make_creds(combo, &creds);
	make_file_facts(combo, &file);
	count = make_steps(letter, &creds, steps);
	for (i = 0; i < count && denial == DENIAL_NONE; i++) {
		const struct access access = {.func = steps[i].func,
			.mask = steps[i].mask,
			.file = &file,
			.cred = steps[i].cred,
			.direct_io = letter == 'd' || letter == 'D'};

		evaluate(&model, policies, policy_count, &access, &verdict);
		denial = evaluate_next(&model, &verdict, combo->value->kind, combo->value->algo, state);
	}
	answer->measured = state->measured;
	answer->audited = state->audited;
	answer->hashed = letter == 'h' && verdict.hash && denial == DENIAL_NONE;
	if (denial != DENIAL_NONE && !answer->denied)
		(void)snprintf(answer->causes, sizeof(answer->causes), *denial_cause(denial) ? " %s;" : "",
			denial_cause(denial));
	return denial != DENIAL_NONE;
}

static void foretell(const struct combo *combo, struct answer *ret)
{
	struct file_state state = {0};
	unsigned int i;

	*ret = (struct answer){0};
	for (i = 0; combo->does[i]; i++)
		if (foretell_one(combo, combo->does[i], &state, ret))
			ret->denied |= 1U << i;
}

/* ---- comparing --------------------------------------------------------------------------------- */

static void describe(const char *who, const struct answer *answer)
{
	printf("; %s: denied 0x%x '%s'%s%s%s", who, answer->denied, answer->causes,
		answer->measured ? ", measured" : "", answer->audited ? ", audited" : "",
		answer->hashed ? ", hashed" : "");
}

/* A denial without a word leaves no record; otherwise the word is in one of the records. */
static bool causes_agree(const struct answer *ours, const struct answer *theirs)
{
	if (!ours->denied)
		return true;
	return *ours->causes ? strstr(theirs->causes, ours->causes) != NULL : !*theirs->causes;
}

/* Compares, and where they differ prints all there is to know. */
static bool agrees(const struct combo *combo, const struct answer *ours, const struct answer *theirs)
{
	const struct actor *actor = &combo->actor;
	const char *at;

	if (!theirs->trouble && ours->denied == theirs->denied && ours->measured == theirs->measured &&
		ours->audited == theirs->audited && ours->hashed == theirs->hashed &&
		causes_agree(ours, theirs))
		return true;
	printf("@@FAIL %s: file %s on %s, owner and group %u, value %s; does %s", combo->group, combo->path,
		combo->place->name, combo->number, combo->value->name, combo->does);
	printf("; uid %u/%u/%u%s gid %u/%u/%u%s", actor->uid, actor->euid, actor->suid,
		actor->cap_setuid ? "+setuid" : "", actor->gid, actor->egid, actor->sgid,
		actor->cap_setgid ? "+setgid" : "");
	describe("foretold", ours);
	describe("the kernel", theirs);
	if (theirs->trouble)
		printf(", %s", strerror(theirs->trouble));
	printf("; rules:");
	for (at = buf_string(&combo->rules); *at; at++)
		(void)(*at == '\n' ? printf(" |") : putchar(*at));
	for (at = buf_string(&combo->later); *at; at++)
		(void)(*at == '\n' ? printf(" |") : putchar(*at));
	putchar('\n');
	return false;
}

static unsigned int compare_all(const struct combo *combos, unsigned int count, struct answer *theirs)
{
	unsigned int i, differences = 0, of_group = 0, bad = 0, denied = 0;
	struct answer ours;

	for (i = 0; i < count; i++) {
		foretell(&combos[i], &ours);
		observe_file(&combos[i], &theirs[i]);
		of_group++;
		denied += theirs[i].denied != 0;
		if (!agrees(&combos[i], &ours, &theirs[i]))
			bad++;
		if (i + 1 < count && strcmp(combos[i].group, combos[i + 1].group) == 0)
			continue;
		if (!bad)
			printf("@@ok %s: %u combinations as foretold\n", combos[i].group, of_group);
		differences += bad;
		bad = of_group = 0;
	}
	printf("exact: %u combinations, %u denied, %u differences\n", count, denied, differences);
	return differences;
}

int main(void)
{
	struct abilities abilities;
	struct answer *answers;
	struct combo *combos;
	unsigned int count, i;

	make_model(&abilities);
	make_places(&abilities);
	count = combos_make(&abilities, &combos);
	answers = calloc(count, sizeof(*answers));
	if (!answers)
		give_up("memory");
	for (i = 0; i < count; i++)
		combo_place(&combos[i]);
	load_policies(combos, count, abilities.again);
	observe_start();
	for (i = 0; i < count; i++) {
		combo_try(&combos[i], &answers[i]);
		observe_collect();
	}
	observe_settle(strrchr(combos[count - 1].path, '/') + 1);
	return compare_all(combos, count, answers) ? 1 : 0;
}
