/* SPDX-License-Identifier: MIT */
/* Logged ids: what was put is read again, and runs that ascend are told from those that do not. */
#include "../core/id_bits.h"
#include "../core/id_log.h"
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>

enum { TEXT = 700 };

static struct id_run run_of(struct texts *texts, const char *const *ids)
{
	struct id_log_writer writer = {.size = 0};
	struct id_run run;
	id_log_begin(&writer);
	for (; *ids; ids++)
		CU_ASSERT_EQUAL(id_log_put(&writer, *ids, (uint32_t)strlen(*ids)), 0);
	CU_ASSERT_EQUAL(id_log_end(&writer, texts, &run), 0);
	id_log_free(&writer);
	return run;
}

/* A random id that often begins as the one before it does, and now and then is none, or the same. */
static uint32_t change(char *text, uint32_t length)
{
	unsigned way = (unsigned)rand() % 8;
	if (way == 0)
		return length;
	uint32_t next = way == 1 ? 0 : way == 2 ? (uint32_t)rand() % TEXT : (uint32_t)rand() % 20;
	for (uint32_t i = next ? (uint32_t)rand() % next : 0; i < next; i++)
		text[i] = (char)('a' + rand() % 3);
	return next;
}

static void test_read_again(void)
{
	enum { ROWS = 500 };
	static char ids[ROWS][TEXT];
	static struct ident found[ROWS];
	uint32_t lengths[ROWS];
	srand(1);
	for (int trial = 0; trial < 20; trial++) {
		struct texts texts = {0};
		struct id_log_writer writer = {.size = 0};
		struct id_run run;
		id_log_begin(&writer);
		for (uint32_t i = 0; i < ROWS; i++) {
			if (i)
				memcpy(ids[i], ids[i - 1], TEXT);
			lengths[i] = change(ids[i], i ? lengths[i - 1] : 3);
			CU_ASSERT_EQUAL_FATAL(id_log_put(&writer, ids[i], lengths[i]), 0);
		}
		CU_ASSERT_EQUAL_FATAL(id_log_end(&writer, &texts, &run), 0);
		CU_ASSERT_EQUAL_FATAL(id_log_read(&run, ROWS, found), 0);
		int wrong = 0;
		for (uint32_t i = 0; i < ROWS; i++) {
			struct ident right = lengths[i] ? ident_of(ids[i], lengths[i]) : (struct ident){0, 0};
			wrong += !ident_equal(found[i], right);
		}
		CU_ASSERT_EQUAL(wrong, 0);
		id_log_free(&writer);
		texts_free(&texts);
	}
}

static void test_none(void)
{
	struct texts texts = {0};
	struct ident ids[3] = {{1, 1}, {1, 1}, {1, 1}};
	struct id_run run = run_of(&texts, (const char *const[]){"", "", NULL}), absent = {.bytes = NULL};
	const struct id_run *runs[] = {&absent, &run};
	CU_ASSERT_PTR_NULL(run.first);
	CU_ASSERT(id_log_ascends(runs, 2));
	CU_ASSERT_EQUAL(id_log_read(&run, 2, ids), 0);
	CU_ASSERT_EQUAL(id_log_read(&absent, 1, &ids[2]), 0);
	for (int i = 0; i < 3; i++)
		CU_ASSERT(ident_is_none(ids[i]));
	texts_free(&texts);
}

static int ascends(const char *const *a, const char *const *b)
{
	struct texts texts = {0};
	struct id_run first = run_of(&texts, a), second = run_of(&texts, b);
	const struct id_run *runs[] = {&first, &second}, *back[] = {&second, &first};
	int forth = id_log_ascends(runs, 2);
	CU_ASSERT_EQUAL(id_log_ascends(back, 2), forth);
	texts_free(&texts);
	return forth;
}

#define IDS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void test_order(void)
{
	CU_ASSERT(ascends(IDS("a1", "a2"), IDS("a3", "b")));
	CU_ASSERT(ascends(IDS("a1", "", "a10", "a2"), IDS("", "a3")));
	CU_ASSERT(ascends(IDS("001A0000000000AAAA", "001A0000000000BAAA"), IDS("001A0000000000CAAA")));
	CU_ASSERT(ascends(IDS("a"), IDS("\xc3\xa4"))); /* bytes, as memcmp() has them */
	CU_ASSERT(ascends(IDS("b"), IDS("a")));        /* whichever was read first */
	CU_ASSERT(!ascends(IDS("a1", "a1"), IDS("b")));
	CU_ASSERT(!ascends(IDS("a1", "", "a1"), IDS("b")));
	CU_ASSERT(!ascends(IDS("a2", "a10"), IDS("b")));
	CU_ASSERT(!ascends(IDS("a10", "a1"), IDS("b")));
	CU_ASSERT(!ascends(IDS("a1", "a2"), IDS("a2", "a3"))); /* twice, in two runs */
	CU_ASSERT(!ascends(IDS("a1", "a5"), IDS("a2", "a7")));
	CU_ASSERT(!ascends(IDS("a1", "a5"), IDS("a2")));
	CU_ASSERT(!ascends(IDS("001A0000000000BAAA", "001A0000000000AAAA"), IDS("x")));
}

/*
 * Runs of a file that is put together of two: the second half begins again at a lower number.  `step` apart, so that those
 * of the one lie between those of the other; *odd is put in the place of one of them, or of each 8th.
 */
static int differ(const char *format, int step, const char *odd, int is_often, unsigned threads)
{
	enum { RUNS = 20, ROWS = 50, ALL = RUNS * ROWS, BREAK = ALL / 2 + 7 };
	static char ids[ALL][48];
	struct crmval_error error = {.struct_size = sizeof error};
	struct extent extents[RUNS];
	struct texts texts = {0};
	for (int i = 0; i < ALL; i++) {
		int number = i < BREAK ? 10 + i * step : 11 + (i - BREAK) * step;
		snprintf(ids[i], sizeof ids[i], format, number);
		if (odd && (is_often ? i % 8 == 0 : i == ALL / 3))
			snprintf(ids[i], sizeof ids[i], "%s", odd);
	}
	for (int r = 0; r < RUNS; r++) {
		const char *run[ROWS + 1] = {NULL};
		for (int i = 0; i < ROWS; i++)
			run[i] = ids[r * ROWS + i];
		extents[r] = (struct extent){.first = (uint32_t)(r * ROWS), .count = ROWS, .ids = run_of(&texts, run)};
	}
	int is_so = -1;
	CU_ASSERT_EQUAL(id_bits_differ(extents, RUNS, threads, &is_so, &error), CRMVAL_OK);
	texts_free(&texts);
	return is_so;
}

static void test_bits(void)
{
	static const char *const formats[] = {"%06d", "O-%06d", "8015g00000%05dAAA"};
	for (size_t f = 0; f < sizeof formats / sizeof formats[0]; f++)
		for (unsigned threads = 1; threads < 4; threads++) {
			char twice[48], high[48];
			CU_ASSERT_EQUAL(differ(formats[f], 2, NULL, 0, threads), 1);
			CU_ASSERT_EQUAL(differ(formats[f], 17, NULL, 0, threads), 1);
			CU_ASSERT_EQUAL(differ(formats[f], 1, NULL, 0, threads), 0); /* 11 to 502 are there twice */
			snprintf(twice, sizeof twice, formats[f], 10 + 400 * 2);
			snprintf(high, sizeof high, formats[f], 99999);
			CU_ASSERT_EQUAL(differ(formats[f], 2, "", 0, threads), 1);
			CU_ASSERT_EQUAL(differ(formats[f], 2, twice, 0, threads), 0);
			CU_ASSERT_EQUAL(differ(formats[f], 2, "a word", 0, threads), f > 0); /* alone of its length */
			CU_ASSERT_EQUAL(differ(formats[f], 2, "a long id that is no number", 0, threads), 0);
			CU_ASSERT_EQUAL(differ(formats[f], 2, high, 0, threads), 0); /* too far from the others */
			CU_ASSERT_EQUAL(differ(formats[f], 2, "", 1, threads), 1);
			CU_ASSERT_EQUAL(differ(formats[f], 2, twice, 1, threads), 0);
		}
	CU_ASSERT_EQUAL(differ("an id that is far too long %06d", 2, NULL, 0, 2), 0);
}

static const struct test tests[] = {
	{"what was put is read again", test_read_again},
	{"rows without an id", test_none},
	{"which runs ascend", test_order},
	{"which ids differ, by bits", test_bits},
	{NULL, NULL},
};

const struct suite suite_id_log = {"id_log", tests};
