// SPDX-License-Identifier: MIT
/* Tests of common/words.c. */
#include "words.h"
#include "unit.h"

static void word_is_found_whole(void **context)
{
	static const struct {
		const char *list, *word;
		int index;
	} cases[] = {{"no|yes", "no", 0}, {"no|yes", "yes", 1}, {"no|yes", "ye", -1}, {"no|yes", "yess", -1},
		{"no|yes", "no|yes", -1}, {"no|yes", "", -1}, {"no|yes", "|", -1}, {"no|yes", "NO", -1},
		{"one", "one", 0}, {"one", "on", -1}, {"a|b|c|d", "d", 3}, {"a||b", "", 1}, {"a||b", "b", 2},
		{"", "", 0}, {"", "a", -1}};
	size_t i;

	(void)context;
	for (i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(
			words_find(cases[i].list, cases[i].word, strlen(cases[i].word)), cases[i].index);
}

/* A word is a length, not a string: what is behind it does not count. */
static void word_needs_no_nul(void **context)
{
	char *word = malloc(3);

	(void)context;
	assert_non_null(word);
	memcpy(word, "yes", 3);
	assert_int_equal(words_find("no|yes", word, 3), 1);
	assert_int_equal(words_find("no|ye", word, 2), 1);
	free(word);
}

static void word_is_copied_by_its_index(void **context)
{
	static const struct {
		const char *list;
		int index;
		const char *word;
	} cases[] = {{"no|yes", 0, "no"}, {"no|yes", 1, "yes"}, {"no|yes", 2, ""}, {"no|yes", 99, ""},
		{"no|yes", -1, ""}, {"one", 0, "one"}, {"", 0, ""}, {"a||b", 1, ""}, {"a||b", 2, "b"}};
	char word[32];
	size_t i;

	(void)context;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		memset(word, '#', sizeof(word));
		words_copy(cases[i].list, cases[i].index, word);
		assert_string_equal(word, cases[i].word);
	}
}

static void long_word_is_cut(void **context)
{
	char word[32];

	(void)context;
	words_copy("a|0123456789012345678901234567890|b", 1, word);
	assert_string_equal(word, "0123456789012345678901234567890");
	words_copy("a|01234567890123456789012345678901|b", 1, word);
	assert_string_equal(word, "0123456789012345678901234567890");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(word_is_found_whole),
		cmocka_unit_test(word_needs_no_nul),
		cmocka_unit_test(word_is_copied_by_its_index),
		cmocka_unit_test(long_word_is_cut),
	};

	return RUN_TESTS(tests);
}
