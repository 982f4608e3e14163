/* SPDX-License-Identifier: MIT */
/* Parsing expressions: what they use, what is said of wrong ones, how large they may be. */
#include "../core/expression.h"
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Fails the test, and says for which expression. */
static void expect(int is_so, const char *text, const char *what, const char *is)
{
	char message[1400];
	snprintf(message, sizeof message, "%.100s: %s, is: %.1200s", text, what, is);
	CU_assertImplementation(is_so, __LINE__, message, __FILE__, "", CU_FALSE);
}

/* From a copy to the byte, so that a sanitizer sees a read beyond the end, or of the text once it is parsed. */
static int parse(const char *text, struct arena *arena, const struct expression **expression,
		 struct crmval_error *error)
{
	char *copy = strdup(text);
	*arena = (struct arena){0};
	*error = (struct crmval_error){.struct_size = sizeof *error};
	int code = expression_parse(copy, arena, expression, error);
	free(copy);
	return code;
}

/* ---- uses ---- */

static void test_uses(void)
{
	struct arena arena;
	struct crmval_error error;
	const struct expression *expression;
	CU_ASSERT_EQUAL(parse("if(b, a, concat(b, [b], Owner(c).x, Owner(a).x, Owner(a), Owner(a).[y z]))", &arena,
			      &expression, &error),
			CRMVAL_OK);
	CU_ASSERT_EQUAL_FATAL(expression->use_count, 6);
	static const struct expression_use expected[] = {{NULL, "b"},    {NULL, "a"},     {NULL, "c"},
							 {"Owner", "x"}, {"Owner", NULL}, {"Owner", "y z"}};
	for (uint32_t i = 0; i < 6; i++) {
		const struct expression_use *use = &expression->uses[i];
		CU_ASSERT_EQUAL(!use->lookup, !expected[i].lookup);
		CU_ASSERT_EQUAL(!use->column, !expected[i].column);
		if (use->lookup && expected[i].lookup)
			CU_ASSERT_STRING_EQUAL(use->lookup, expected[i].lookup);
		if (use->column && expected[i].column)
			CU_ASSERT_STRING_EQUAL(use->column, expected[i].column);
	}
	arena_free(&arena);
}

/* ---- mistakes ---- */

static void check_error(const char *text, const char *message)
{
	struct arena arena;
	struct crmval_error error;
	const struct expression *expression;
	expect(parse(text, &arena, &expression, &error) == CRMVAL_ECONF, text, "refused", error.message);
	expect(strcmp(error.message, message) == 0, text, message, error.message);
	arena_free(&arena);
}

struct mistake {
	const char *text, *message;
};

static void test_mistakes(void)
{
	static const struct mistake cases[] = {
		{"", "the expression is empty: write a column's name, or a text in single quotes"},
		{" \t", "the expression is empty: write a column's name, or a text in single quotes"},
		{"coalesce(a, b", "a \")\" is missing at the end"},
		{"(a", "a \")\" is missing at the end"},
		{"(a b)", "a \")\" is missing before b at character 4"},
		{"coalesce(a b)", "a \",\" or \")\" is missing before b at character 12"},
		{"a)", "a \"(\" is missing for the \")\" at character 2"},
		{"a +", "a value is missing at the end"},
		{"a + * b", "a value is missing before * at character 5"},
		{"coalesce()", "a value is missing before ) at character 10"},
		{"coalesce(a,)", "a value is missing before ) at character 12"},
		{"a b", "an operator is missing before b at character 3"},
		{"a 'x'", "an operator is missing before 'x' at character 3"},
		{"a AND b", "an operator is missing before AND at character 3; did you mean \"and\"?"},
		{"a = 1 adn b", "an operator is missing before adn at character 7; did you mean \"and\"?"},
		{"客户",
		 "unexpected 客 at character 1; a name with more than letters, digits, \"_\" and \".\" stands in [ ]"},
		{"'客户' 客",
		 "unexpected 客 at character 6; a name with more than letters, digits, \"_\" and \".\" stands in [ ]"},
		{"in = 1", "a value is missing before in at character 1; a column of that name is written [in]"},
		{"a and or b", "a value is missing before or at character 7; a column of that name is written [or]"},
		{"a = not b", "a value is missing before not at character 5; a column of that name is written [not]"},
		{"a not b", "\"in\" is missing before b at character 7"},
		{"a in b", "a \"(\" is missing before b at character 6"},
		{"a in ()", "a value is missing before ) at character 7"},
		{"a = b = c", "\"=\" at character 7 follows a comparison: join comparisons by and, or"},
		{"a < b in (c)", "\"in\" at character 7 follows a comparison: join comparisons by and, or"},
		{"a == b", "unexpected == at character 3; did you mean \"=\"?"},
		{"a <> b", "unexpected <> at character 3; did you mean \"!=\"?"},
		{"a && b", "unexpected && at character 3; did you mean \"and\"?"},
		{"a || b", "unexpected || at character 3; did you mean \"or\"?"},
		{"!a", "unexpected ! at character 1; did you mean \"not\"?"},
		{"a = \"x\"", "unexpected \" at character 5; a text stands in single quotes"},
		{"$curency", "unexpected $ at character 1; did you mean \"$currency\"?"},
		{"$currencyx", "unexpected $ at character 1; did you mean \"$currency\"?"},
		{"a = 'x", "the text that starts at character 5 lacks its closing '"},
		{"'x''", "the text that starts at character 1 lacks its closing '"},
		{"a + [b", "the name that starts at character 5 lacks its closing ]"},
		{"a + []", "a column's name is missing in the [ ] at character 5"},
		{"a + colaesce(b, c)", "unknown function \"colaesce\" at character 5; did you mean \"coalesce\"?"},
		{"IF(a, b, c)", "unknown function \"IF\" at character 1; did you mean \"if\"?"},
		{"substring(a, 1)", "unknown function \"substring\" at character 1; known here: coalesce, concat, if, "
				    "and lookups, which take one key"},
		{"if(a)", "\"if\" at character 1 takes 2 or 3 values, not 1"},
		{"if(a, b, c, d)", "\"if\" at character 1 takes 2 or 3 values, not 4"},
		{"Owner(a).", "a column's name is missing at the end"},
		{"Owner(a).5", "a column's name is missing before 5 at character 10"},
		{"Owner(a).[]", "a column's name is missing before [] at character 10"},
		{"a. (b).c(d)", "an operator is missing before ( at character 9"},
		{"true(a)", "an operator is missing before ( at character 5"},
		{"12x", "an operator is missing before x at character 3"},
		{"1e5", "an operator is missing before e5 at character 2"},
		{"5.", "an operator is missing before . at character 2"},
		{".5", "a value is missing before . at character 1"},
		{"a + 9223372036854775808", "the number at character 5 is too large or has too many digits"},
		{"a\x01",
		 "unexpected ? at character 2; a name with more than letters, digits, \"_\" and \".\" stands in [ ]"},
		{"\xff",
		 "unexpected ? at character 1; a name with more than letters, digits, \"_\" and \".\" stands in [ ]"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		check_error(cases[i].text, cases[i].message);
}

/* ---- limits ---- */

/* Each column holds 1. */
static struct cell_text one(void *context, uint32_t use)
{
	(void)context, (void)use;
	return (struct cell_text){"1", 1};
}

/* Does an expression of one column, which is there, have a value? */
static int has_value(const struct expression *expression)
{
	static const uint8_t is_present[] = {1};
	struct expression_row row = {.column = one, .is_present = is_present, .scratch = expression_scratch_new()};
	int answer = expression_value(expression, &row).length > 0;
	expression_scratch_free(row.scratch);
	return answer;
}

static char *put(char *at, size_t times, const char *text)
{
	while (times-- > 0)
		at = stpcpy(at, text);
	return at;
}

/* Of a text: `prefix` so many times, `middle`, `suffix` as often.  What may be parsed can be computed. */
static int parse_repeated(size_t times, const char *prefix, const char *middle, const char *suffix, char message[1024])
{
	static char text[20000];
	struct arena arena;
	struct crmval_error error;
	const struct expression *expression;
	put(put(put(text, times, prefix), 1, middle), times, suffix);
	int code = parse(text, &arena, &expression, &error);
	memcpy(message, error.message, 1024);
	expect(code != CRMVAL_OK || has_value(expression), text, "a value", "none");
	arena_free(&arena);
	return code;
}

static void test_limits(void)
{
	static const struct {
		size_t times;
		const char *prefix, *middle, *suffix;
	} nested[] = {
		{64, "(", "a", ")"},         {64, "not ", "a", ""},          {64, "-", "a", ""},
		{64, "coalesce(", "a", ")"}, {64, "concat('.', ", "a", ")"}, {64, "1 - (", "2", ") * 1"},
		{32, "(a in (", "a", "))"},
	};
	char message[1024];
	for (size_t i = 0; i < sizeof nested / sizeof *nested; i++) {
		const char *prefix = nested[i].prefix, *middle = nested[i].middle, *suffix = nested[i].suffix;
		int code = parse_repeated(nested[i].times, prefix, middle, suffix, message);
		expect(code == CRMVAL_OK, prefix, "64 deep", message);
		code = parse_repeated(nested[i].times + 1, prefix, middle, suffix, message);
		expect(code == CRMVAL_ECONF && strstr(message, "nested deeper than 64"), prefix, "65 deep", message);
	}
	/* a chain is no nest */
	CU_ASSERT_EQUAL(parse_repeated(1000, "1 +", "1", "", message), CRMVAL_OK);
	CU_ASSERT_EQUAL(parse_repeated(450, "a = 2 or ", "a", "", message), CRMVAL_OK);
	/* 4096 bytes, and 4097 */
	CU_ASSERT_EQUAL(parse_repeated(4095, " ", "a", "", message), CRMVAL_OK);
	CU_ASSERT_EQUAL(parse_repeated(4096, " ", "a", "", message), CRMVAL_ECONF);
	CU_ASSERT_STRING_EQUAL(message, "the expression is 4097 bytes long, more than 4096");
}

static void test_use_limit(void)
{
	for (int count = 64; count <= 65; count++) {
		char text[1024] = "concat(c00", *at = text + strlen(text);
		struct arena arena;
		struct crmval_error error;
		const struct expression *expression;
		for (int i = 1; i < count; i++)
			at += sprintf(at, ", c%02d", i);
		at = stpcpy(at, ", c00, c01)"); /* again is not once more */
		CU_ASSERT_EQUAL(parse(text, &arena, &expression, &error), count == 64 ? CRMVAL_OK : CRMVAL_ECONF);
		if (count == 65) /* "concat(c00" and 63 times ", c01" come before ", c64" */
			CU_ASSERT_STRING_EQUAL(error.message,
					       "more than 64 different columns and lookups at character 328");
		arena_free(&arena);
	}
}

static const struct test tests[] = {
	{"uses", test_uses}, {"mistakes", test_mistakes}, {"limits", test_limits}, {"use limit", test_use_limit},
	{NULL, NULL},
};

const struct suite suite_expression_parse = {"expression_parse", tests};
