// SPDX-License-Identifier: MIT
/* Any line of the kernel's log: words are cut to their room, and come from the line. */
#include "fuzz.h"
#include "kmsg.h"

static void check_word(const char *line, const char *word, size_t room)
{
	CHECK(memchr(word, '\0', room));
	CHECK(strstr(line, word));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *line = fuzz_string(data, size);
	struct kmsg_facts facts = {0};

	kmsg_parse_line(line, &facts);
	check_word(line, facts.cause, sizeof(facts.cause));
	check_word(line, facts.key_id, sizeof(facts.key_id));
	check_word(line, facts.bad_rule, sizeof(facts.bad_rule));
	CHECK(!strpbrk(facts.cause, " \n") && !strpbrk(facts.key_id, "'\n"));
	CHECK(facts.completed + facts.failed + !!*facts.cause + !!*facts.key_id + !!*facts.bad_rule <= 1);
	CHECK(!facts.completed || strncmp(line, "ima: policy update completed", 28) == 0);
	CHECK(!facts.failed || strncmp(line, "ima: policy update failed", 25) == 0);
	CHECK(!*facts.key_id || strncmp(line, "integrity: ", 11) == 0);
	CHECK((!*facts.cause && !*facts.bad_rule) || strncmp(line, "audit: type=180", 15) == 0);
	free(line);
	return 0;
}
