// SPDX-License-Identifier: MIT
/*
 * Tests of initrd/memory.c: what the limit is, what of it a child has, and that Linux keeps to it.
 * wrap: prlimit
 */
#include "memory.h"
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include "unit.h"

static struct {
	struct rlimit limit;
	bool real, fails;
} fake;

int __real_prlimit(pid_t pid, int resource, const struct rlimit *limit, struct rlimit *ret);
int __wrap_prlimit(pid_t pid, int resource, const struct rlimit *limit, struct rlimit *ret);

int __wrap_prlimit(pid_t pid, int resource, const struct rlimit *limit, struct rlimit *ret)
{
	assert_int_equal(pid, 0);
	assert_int_equal(resource, RLIMIT_DATA);
	if (fake.real)
		return __real_prlimit(pid, resource, limit, ret);
	if (ret)
		*ret = fake.limit;
	if (limit)
		fake.limit = *limit;
	return fake.fails ? -1 : 0;
}

static void check(rlim_t soft, rlim_t hard, rlim_t limited)
{
	fake.limit = (struct rlimit){soft, hard};
	memory_limit();
	assert_true(fake.limit.rlim_cur == limited);
	assert_true(fake.limit.rlim_max == hard);
}

static void lower_limit_stays(void **context)
{
	(void)context;
	check(MEMORY_MAX, RLIM_INFINITY, MEMORY_MAX);
	memory_unlimit();
	assert_true(fake.limit.rlim_cur == MEMORY_MAX);
	check(1000, 1000, 1000);
	fake.fails = true;
	check(RLIM_INFINITY, RLIM_INFINITY, RLIM_INFINITY);
	fake.fails = false;
}

static void limit_is_set_and_taken_back(void **context)
{
	(void)context;
	check(MEMORY_MAX + 4096, RLIM_INFINITY, MEMORY_MAX);
	memory_unlimit();
	assert_true(fake.limit.rlim_cur == MEMORY_MAX + 4096);
	check(RLIM_INFINITY, RLIM_INFINITY, MEMORY_MAX);
	memory_unlimit();
	assert_true(fake.limit.rlim_cur == RLIM_INFINITY);
}

static bool can_map(size_t size)
{
	void *map =
		mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return map != MAP_FAILED && munmap(map, size) == 0;
}

/* The kernel refuses what is beyond it, and gives it to a program that the child executes. */
static void kernel_keeps_to_it(void **context)
{
	int status = 1;
	pid_t child = fork();

	(void)context;
	if (child == 0) {
		fake.real = true;
		if (!can_map(MEMORY_MAX))
			_exit(2);
		memory_limit();
		if (can_map(MEMORY_MAX))
			_exit(3);
		memory_unlimit();
		_exit(can_map(MEMORY_MAX) ? 0 : 4);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lower_limit_stays),
		cmocka_unit_test(limit_is_set_and_taken_back),
		cmocka_unit_test(kernel_keeps_to_it),
	};

	return RUN_TESTS(tests);
}
