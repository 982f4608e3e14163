/* SPDX-License-Identifier: MIT */
/* The arena: pieces are zeroed, aligned and do not overlap. */
#include "suite.h"

#include "../core/arena.h"

#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

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

/* In pages of its own, one is found block by block; a hidden one is not inherited. */
static void test_pages(void)
{
	static const enum arena_kind kinds[] = {ARENA_MAPPED, ARENA_HIDDEN};
	for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
		struct arena arena = {.kind = kinds[k]};
		unsigned char *small = arena_alloc(&arena, 10), *large = arena_alloc(&arena, 300000);
		unsigned char *next = arena_alloc(&arena, 10);
		int found[2] = {0, 0}, status;
		void *bytes;
		size_t size;
		CU_ASSERT_FATAL(small && large && next);
		CU_ASSERT_EQUAL(next - small, 16); /* the large piece did not take the place of the first block */
		small[0] = large[299999] = 1;
		for (const struct arena_block *block = NULL;
		     (block = arena_next(&arena, block, &bytes, &size)) != NULL;) {
			uintptr_t start = (uintptr_t)bytes, end = start + size;
			CU_ASSERT_EQUAL(start % 4096 + size % 4096, 0);
			found[0] += (uintptr_t)small >= start && (uintptr_t)next + 10 <= end;
			found[1] += (uintptr_t)large >= start && (uintptr_t)large + 300000 <= end;
		}
		CU_ASSERT_EQUAL(found[0], 1);
		CU_ASSERT_EQUAL(found[1], 1);
		pid_t child = fork();
		if (child == 0) {
			uintptr_t places[] = {(uintptr_t)small, (uintptr_t)large + 299999};
			unsigned char page;
			int gone = 0;
			for (int i = 0; i < 2; i++)
				gone += mincore((void *)(places[i] / 4096 * 4096), 1, &page) < 0;
			_exit(gone);
		}
		CU_ASSERT_EQUAL(waitpid(child, &status, 0), child);
		CU_ASSERT_EQUAL(WEXITSTATUS(status), kinds[k] == ARENA_HIDDEN ? 2 : 0);
		arena_free(&arena);
		CU_ASSERT_PTR_NULL(arena.blocks);
	}
	struct arena heap = {0};
	void *bytes;
	size_t size;
	CU_ASSERT_PTR_NOT_NULL(arena_alloc(&heap, 1));
	CU_ASSERT_PTR_NULL(arena_next(&heap, NULL, &bytes, &size));
	arena_free(&heap);
}

static const struct test tests[] = {
	{"pieces are zeroed, aligned, apart", test_pieces},
	{"what cannot be had", test_too_large},
	{"texts", test_texts},
	{"pages of its own", test_pages},
	{NULL, NULL},
};

const struct suite suite_arena = {"arena", tests};
