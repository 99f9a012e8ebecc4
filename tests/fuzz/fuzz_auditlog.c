// SPDX-License-Identifier: MIT
/* Any line of a log: texts are terminated within their room, and all that is counted adds up. */
#include "auditlog.h"
#include "denials.h"
#include "fuzz.h"

static void check_text(const char *text, size_t room)
{
	CHECK(memchr(text, '\0', room));
}

static void check_record(const struct auditlog_record *record)
{
	check_text(record->op, sizeof(record->op));
	check_text(record->cause, sizeof(record->cause));
	check_text(record->comm, sizeof(record->comm));
	check_text(record->dev, sizeof(record->dev));
	check_text(record->name, sizeof(record->name));
	check_text(record->rule, sizeof(record->rule));
	CHECK(record->kind != AUDITLOG_DATA || (*record->cause && record->has_result));
	CHECK(record->kind != AUDITLOG_NO_KEY ||
		strspn(record->cause, "0123456789abcdefABCDEF") == strlen(record->cause));
	CHECK(record->kind == AUDITLOG_LOST || record->count == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = (char *)fuzz_copy(data, size), *at = text, *end;
	struct auditlog_record record;
	struct denials denials = {0};
	uint64_t added = 0, counted = 0;
	size_t i, left = size;

	while (left) {
		end = memchr(at, '\n', left);
		(void)auditlog_parse(at, end ? (size_t)(end - at) : left, size % 2, &record);
		check_record(&record);
		CHECK(denials_add(&denials, &record) == 0);
		added++;
		left -= end ? (size_t)(end - at) + 1 : left;
		at = end ? end + 1 : at;
	}
	denials_sort(&denials);
	for (i = 0; i < denials.count; i++) {
		counted += denials.entries[i].count;
		CHECK(denial_words_of(denials.entries[i].kind, denials.entries[i].cause)->reason);
	}
	CHECK(counted + denials.broken <= added);
	denials_free(&denials);
	free(text);
	return 0;
}
