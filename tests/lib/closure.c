// SPDX-License-Identifier: MIT
/*
 * Prints which files the execution of programs opens, as common/closure.h finds them, for the test that compares it with
 * the dynamic linker itself: `closure ROOT < PROGRAMS`. For each program a line "PROGRAM: FILE FILE…", sorted, without
 * the linker and its settings; what is not found comes as "NAME?".
 */
#include <stdio.h>
#include "closure.h"

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void show(const struct closure *closure, const char *program)
{
	char *names[CLOSURE_OBJECTS_MAX];
	size_t count = 0, i;

	for (i = 0; i < closure->count && count < ARRAY_SIZE(names); i++)
		if (closure->files[i].roles & CLOSURE_LIBRARY && !(closure->files[i].roles & CLOSURE_LINKER))
			names[count++] = closure->files[i].path;
	qsort(names, count, sizeof(*names), compare);
	printf("%s:", program);
	for (i = 0; i < count; i++)
		printf(" %s", names[i]);
	for (i = 0; i < closure->gap_count; i++)
		printf(" %s?", closure->gaps[i].name);
	printf("\n");
}

int main(int argc, char **argv)
{
	int root_fd = argc == 2 ? root_open(argv[1]) : -1;
	char program[PATH_MAX];

	if (root_fd < 0)
		return 2;
	while (fgets(program, sizeof(program), stdin)) {
		_cleanup_problem_ struct problem problem = {0};
		_cleanup_closure_ struct closure closure;

		program[strcspn(program, "\n")] = '\0';
		closure_init(&closure, root_fd, argv[1]);
		if (closure_add(&closure, program, &problem) < 0)
			printf("%s! %s\n", program, problem_reason_text(&problem));
		else
			show(&closure, program);
	}
	return 0;
}
