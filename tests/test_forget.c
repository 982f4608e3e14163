/* SPDX-License-Identifier: MIT */
/* What is freed is wiped, and stacks of ended threads are gone: so no child inherits them. */
#include "../core/parallel.h"
#include "../core/syscalls.h"
#include "suite.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Pieces that the C library takes from different places: its cache, its lists, the end of the heap. */
static const size_t sizes[] = {24, 1000, 1032, 1500, 60000, 100000};
enum { SIZES = sizeof sizes / sizeof *sizes, LISTS = 32 /* bytes in which the C library keeps its lists */ };

/* Where the bytes are, of which the compiler does not know that they are the piece's. */
static const volatile unsigned char *fill(void *piece, size_t size)
{
	const volatile unsigned char *bytes;
	memset(piece, 0x5a, size);
	__asm__ volatile("" : "=r"(bytes) : "0"(piece) : "memory");
	return bytes;
}

/* Bytes of what was there, after the piece has been given back; nothing is taken or freed meanwhile. */
static size_t left_over(const volatile unsigned char *piece, size_t size)
{
	size_t left = 0;
	for (size_t i = LISTS; i < size; i++)
		left += piece[i] == 0x5a;
	return left;
}

static void test_free(void)
{
	if (is_instrumented()) {
		suite_skip("sanitizers and valgrind have allocators of their own");
		return;
	}
	for (size_t s = 0; s < SIZES; s++) {
		void *piece = malloc(sizes[s]), *behind = malloc(16);
		const volatile unsigned char *was = fill(piece, sizes[s]);
		free(piece);
		CU_ASSERT_EQUAL(left_over(was, sizes[s]), 0);
		free(behind);
	}
}

static void test_realloc(void)
{
	if (is_instrumented()) {
		suite_skip("sanitizers and valgrind have allocators of their own");
		return;
	}
	for (size_t s = 0; s < SIZES; s++) {
		void *piece = malloc(sizes[s]), *behind = malloc(16);
		const volatile unsigned char *was = fill(piece, sizes[s]);
		unsigned char *moved = realloc(piece, 3 * sizes[s] + 300000);
		CU_ASSERT_PTR_NOT_NULL_FATAL(moved);
		CU_ASSERT_EQUAL(left_over(was, sizes[s]), 0);
		CU_ASSERT_EQUAL(left_over(moved, sizes[s]), sizes[s] > LISTS ? sizes[s] - LISTS : 0);
		unsigned char *smaller = realloc(moved, sizes[s]);
		CU_ASSERT_PTR_NOT_NULL_FATAL(smaller);
		CU_ASSERT_EQUAL(smaller[0], 0x5a);
		CU_ASSERT_EQUAL(smaller[sizes[s] - 1], 0x5a);
		free(smaller);
		free(behind);
	}
	void *volatile piece = malloc(10), *volatile nothing =
						   realloc(piece, 0); /* compilers know what malloc() does */
	CU_ASSERT_PTR_NULL(nothing);
}

struct meeting {
	pthread_barrier_t barrier;
	uintptr_t stacks[2];
};

static int meet(void *context, unsigned thread, uint64_t i, struct crmval_error *error)
{
	struct meeting *meeting = context;
	(void)i, (void)error;
	meeting->stacks[thread] = (uintptr_t)__builtin_frame_address(0);
	pthread_barrier_wait(&meeting->barrier); /* so that there is an item for each */
	return CRMVAL_OK;
}

static void test_stacks(void)
{
	struct meeting meeting = {.stacks = {0}};
	unsigned char pages[1];
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	CU_ASSERT_EQUAL_FATAL(pthread_barrier_init(&meeting.barrier, NULL, 2), 0);
	CU_ASSERT_EQUAL(parallel_run(2, 2, meet, &meeting, NULL), CRMVAL_OK);
	CU_ASSERT_EQUAL(mincore((void *)(meeting.stacks[0] / page * page), 1, pages), 0);
	CU_ASSERT_EQUAL(mincore((void *)(meeting.stacks[1] / page * page), 1, pages), -1);
	CU_ASSERT_EQUAL(errno, ENOMEM);
	pthread_barrier_destroy(&meeting.barrier);
}

static const struct test tests[] = {
	{"freed", test_free},
	{"moved", test_realloc},
	{"stacks of threads", test_stacks},
	{NULL, NULL},
};

const struct suite suite_forget = {"forget", tests};
