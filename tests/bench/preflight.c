// SPDX-License-Identifier: MIT
/*
 * The stage preflight of the boot program, linked of its own objects, on programs of a root:
 *
 *   preflight --list ROOT PROGRAM...   the files that are looked at
 *   preflight ROOT PROGRAM...          two times in microseconds, each the best of five runs: every file is appraised; no
 *                                      rule appraises any. A policy that is refused is a failure.
 */
#include <fcntl.h>
#include <stdio.h>
#include <time.h>
#include "closure.h"
#include "log.h"
#include "preflight.h"

#define RUNS 5

static long long now_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

static void warn(void *context, const char *text)
{
	(void)context;
	(void)fprintf(stderr, "%s\n", text);
}

static int list(int root_fd, const char *root, int count, char **programs)
{
	_cleanup_problem_ struct problem problem = {0};
	_cleanup_closure_ struct closure closure;
	size_t i;
	int n;

	closure_init(&closure, root_fd, root);
	for (n = 0; n < count; n++)
		if (closure_add(&closure, programs[n], &problem) < 0)
			return 1;
	for (i = 0; i < closure.count; i++)
		(void)printf("%s\n", closure.files[i].path);
	return 0;
}

static long long measure(struct preflight *preflight, const char *policy)
{
	long long best = -1, start;
	int run;

	for (run = 0; run < RUNS; run++) {
		_cleanup_report_ struct report report = {0};
		struct candidate candidate = {.record = report_add_candidate(&report),
			.file = {.fd = -1, .bytes = (uint8_t *)(uintptr_t)policy, .len = strlen(policy)}};

		start = now_us();
		if (!candidate.record || candidate_preflight(&candidate, preflight) < 0) {
			if (candidate.record)
				(void)fprintf(
					stderr, "%s\n", problem_reason_text(&candidate.record->problem));
			return -1;
		}
		if (best < 0 || now_us() - start < best)
			best = now_us() - start;
	}
	return best;
}

int main(int argc, char **argv)
{
	struct config config = {.preflight = PREFLIGHT_LIST};
	struct preflight preflight = {.config = &config, .init = "", .warn = warn};
	bool listing = argc > 2 && string_equal(argv[1], "--list");
	char **rest = argv + (listing ? 3 : 2);
	long long all, none;

	if (argc < (listing ? 4 : 3))
		return 2;
	preflight.root = argv[listing ? 2 : 1];
	preflight.root_fd = root_open(preflight.root);
	preflight.image_fd = open("/var/empty", O_PATH | O_CLOEXEC);
	preflight.image = "/var/empty";
	if (preflight.root_fd < 0)
		return 2;
	if (listing)
		return list(preflight.root_fd, preflight.root, argc - 3, rest);
	config.preflight_paths = rest;
	config.preflight_path_count = (size_t)(argc - 2);
	all = measure(
		&preflight, "appraise func=FILE_CHECK\nappraise func=BPRM_CHECK\nappraise func=MMAP_CHECK\n");
	none = measure(&preflight, "measure func=BPRM_CHECK\nappraise func=MODULE_CHECK\n");
	(void)printf("%lld %lld\n", all, none);
	return all < 0 || none < 0;
}
