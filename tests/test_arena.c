/* SPDX-License-Identifier: MIT */
/* The arena: pieces are zeroed, aligned and do not overlap. */
#include "suite.h"

#include "../core/arena.h"

#include <stdint.h>
#include <string.h>

static void test_pieces(void)
{
	static const size_t sizes[] = {1, 0, 16, 17, 5000, 100000, 3, 16384, 16385, 1};
	enum { PIECES = 1000, KINDS = sizeof sizes / sizeof sizes[0] };
	struct arena arena = {0};
	unsigned char *pieces[PIECES];
	int bad = 0;
	for (unsigned i = 0; i < PIECES; i++) {
		size_t size = sizes[i % KINDS];
		pieces[i] = arena_alloc(&arena, size);
		CU_ASSERT_PTR_NOT_NULL_FATAL(pieces[i]);
		bad += (uintptr_t)pieces[i] % 16 != 0;
		for (size_t k = 0; k < size; k++)
			bad += pieces[i][k] != 0;
		memset(pieces[i], (int)(i % 251 + 1), size);
	}
	for (unsigned i = 0; i < PIECES; i++)
		for (size_t k = 0; k < sizes[i % KINDS]; k++)
			bad += pieces[i][k] != i % 251 + 1;
	CU_ASSERT_EQUAL(bad, 0);
	arena_free(&arena);
	CU_ASSERT_PTR_NULL(arena.blocks);
}

static void test_too_large(void)
{
	struct arena arena = {0};
	CU_ASSERT_PTR_NULL(arena_alloc(&arena, SIZE_MAX));
	CU_ASSERT_PTR_NULL(arena_alloc(&arena, SIZE_MAX - 15));
	CU_ASSERT_PTR_NULL(arena_array(&arena, SIZE_MAX / 2, 4));
	CU_ASSERT_PTR_NOT_NULL(arena_array(&arena, 0, 4));
	arena_free(&arena);
}

static void test_texts(void)
{
	struct arena arena = {0};
	char longer[40000];
	memset(longer, 'x', sizeof longer - 1);
	longer[sizeof longer - 1] = 0;
	CU_ASSERT_STRING_EQUAL(arena_strdup(&arena, ""), "");
	CU_ASSERT_STRING_EQUAL(arena_strdup(&arena, longer), longer);
	CU_ASSERT_STRING_EQUAL(arena_printf(&arena, "%d-%s", 7, "y"), "7-y");
	CU_ASSERT_EQUAL(strlen(arena_printf(&arena, "%s%s", longer, longer)), 2 * (sizeof longer - 1));
	arena_free(&arena);
}

static const struct test tests[] = {
	{"pieces are zeroed, aligned, apart", test_pieces},
	{"what cannot be had", test_too_large},
	{"texts", test_texts},
	{NULL, NULL},
};

const struct suite suite_arena = {"arena", tests};
