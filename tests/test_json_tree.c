/* SPDX-License-Identifier: MIT */
/* Reading JSON into a flat tree. */
#include "../core/json_tree.h"
#include "suite.h"

#include <stdlib.h>
#include <string.h>

static int parse(struct json_tree *tree, const char *text)
{
	struct crmval_error error = {.struct_size = sizeof error};
	return json_parse(tree, text, strlen(text), &error);
}

static void test_values(void)
{
	struct json_tree tree = {0};
	double number;
	uint64_t count;
	CU_ASSERT_EQUAL_FATAL(parse(&tree, "{\"a\":[1,-2.5e1,18446744073709551615],\"b\":{\"c\":null},\"d\":"
					   "\"\\u00e9\\n\",\"e\":true,\"\":[]}"),
			      CRMVAL_OK);
	const struct json_node *root = tree.nodes, *list = json_get(&tree, root, "a");
	CU_ASSERT_FATAL(root->kind == JSON_MAP && root->count == 5 && list && list->kind == JSON_ARRAY);
	CU_ASSERT_EQUAL(list->count, 3);
	const struct json_node *at = json_first(list);
	CU_ASSERT(json_is_count(at, &count) && count == 1);
	CU_ASSERT(json_is_number(at, &number) && number == 1);
	at = json_next(&tree, at);
	CU_ASSERT(!json_is_count(at, &count) && json_is_number(at, &number) && number == -25);
	at = json_next(&tree, at);
	CU_ASSERT(json_is_count(at, &count) && count == UINT64_MAX);
	CU_ASSERT(json_next(&tree, at) == tree.nodes + list->end);
	CU_ASSERT_EQUAL(json_get(&tree, json_get(&tree, root, "b"), "c")->kind, JSON_NULL);
	CU_ASSERT_STRING_EQUAL(json_get(&tree, root, "d")->text, "\xc3\xa9\n");
	CU_ASSERT(json_get(&tree, root, "e")->kind == JSON_FLAG && *json_get(&tree, root, "e")->text == '1');
	CU_ASSERT_EQUAL(json_get(&tree, root, "")->count, 0);
	CU_ASSERT_PTR_NULL(json_get(&tree, root, "c"));
	CU_ASSERT_PTR_NULL(json_get(&tree, list, "c"));
	CU_ASSERT_PTR_NULL(json_get(&tree, NULL, "c"));
	/* The tree is used again, also for a text that is alone. */
	CU_ASSERT_EQUAL(parse(&tree, "5"), CRMVAL_OK);
	CU_ASSERT(json_is_count(tree.nodes, &count) && count == 5);
	json_tree_free(&tree);
}

static void test_refused(void)
{
	static const char *const texts[] = {
		"",           "{",      "{}x",   "[1,]", "{\"a\"}", "\"\xff\"",           "\"\\u0000\"",
		"nul",        "[1 2]",  "{1:2}", "01",   "'a'",     "[[[[[[[[[]]]]]]]]]", "-",
		"{\"a\":1,}", "\"\n\"", "NaN",   "1e",   "{} {}",
	};
	struct json_tree tree = {0};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		CU_ASSERT_EQUAL(parse(&tree, texts[i]), CRMVAL_EDATA);
	CU_ASSERT_EQUAL(parse(&tree, "[[[[[[[[]]]]]]]]"), CRMVAL_OK);
	json_tree_free(&tree);
}

static void test_numbers(void)
{
	struct json_tree tree = {0};
	double number;
	uint64_t count;
	CU_ASSERT_EQUAL(parse(&tree, "1e999"), CRMVAL_OK);
	CU_ASSERT(!json_is_number(tree.nodes, &number));
	CU_ASSERT_EQUAL(parse(&tree, "18446744073709551616"), CRMVAL_OK);
	CU_ASSERT(!json_is_count(tree.nodes, &count) && json_is_number(tree.nodes, &number));
	CU_ASSERT_EQUAL(parse(&tree, "-1"), CRMVAL_OK);
	CU_ASSERT(!json_is_count(tree.nodes, &count));
	CU_ASSERT_EQUAL(parse(&tree, "\"1\""), CRMVAL_OK);
	CU_ASSERT(!json_is_count(tree.nodes, &count) && !json_is_number(tree.nodes, &number));
	json_tree_free(&tree);
}

/* Texts full of escapes, whose buffer yajl lets grow; and more values than are taken. */
static void test_large(void)
{
	enum { SIZE = 3 << 20 };
	struct json_tree tree = {0};
	struct crmval_error error = {.struct_size = sizeof error};
	char *text = malloc(SIZE);
	CU_ASSERT_PTR_NOT_NULL_FATAL(text);
	for (size_t size = 1000; size < SIZE; size *= 7) {
		memset(text, '"', size);
		for (size_t i = 1; i + 2 < size; i += 2)
			memcpy(text + i, "\\t", 2);
		size_t length = 1 + (size - 2) / 2 * 2 + 1;
		CU_ASSERT_EQUAL(json_parse(&tree, text, length, &error), CRMVAL_OK);
		CU_ASSERT_EQUAL(strlen(tree.nodes->text), (length - 2) / 2);
	}
	memset(text, ',', SIZE);
	text[0] = '[';
	for (size_t i = 1; i < SIZE - 1; i += 2)
		text[i] = '0';
	text[SIZE - 1] = ']';
	CU_ASSERT_EQUAL(json_parse(&tree, text, SIZE, &error), CRMVAL_EDATA);
	json_tree_free(&tree);
	free(text);
}

static const struct test tests[] = {
	{"values", test_values},
	{"what is refused", test_refused},
	{"numbers", test_numbers},
	{"large texts", test_large},
	{NULL, NULL},
};

const struct suite suite_json_tree = {"json_tree", tests};
