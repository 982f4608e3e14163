/* SPDX-License-Identifier: MIT */
/* A window over the bytes of a CSV file: what it holds, how much memory it takes, where its last record ends. */
#include "failing.h"
#include "suite.h"

#include "../plugins/sources/csv_window.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static struct crmval_error error = {.struct_size = sizeof error};

struct bytes {
	const char *text;
	size_t left;
};

static int read_bytes(void *context, uint8_t *to, size_t room, size_t *got, struct crmval_error *why)
{
	struct bytes *bytes = context;
	(void)why;
	*got = bytes->left < room ? bytes->left : room;
	memcpy(to, bytes->text, *got);
	bytes->text += *got;
	bytes->left -= *got;
	return CRMVAL_OK;
}

static int read_rows(void *context, uint8_t *to, size_t room, size_t *got, struct crmval_error *why)
{
	(void)context, (void)why;
	memset(to, '\n', room);
	*got = room;
	return CRMVAL_OK;
}

static void start(struct csv_window *window, struct csv_bytes source)
{
	const struct csv_scanner *scanner = csv_scanner_best(csv_processor());
	CU_ASSERT_EQUAL_FATAL(csv_window_start(window, scanner, source, ',', 0, &error), CRMVAL_OK);
}

/* However much goes through a window, it holds little more than what is asked of it at a time. */
static void test_memory(void)
{
	enum { PIECE = 4096 };
	struct csv_window window = {0};
	start(&window, (struct csv_bytes){read_rows, NULL});
	failing_begin(FAILING_MEMORY, 0, 0);
	for (int i = 0; i < 100; i++) {
		CU_ASSERT_EQUAL(csv_window_fill(&window, 2 * PIECE, &error), CRMVAL_OK);
		CU_ASSERT_EQUAL(csv_window_size(&window), 2 * PIECE);
		CU_ASSERT_EQUAL(csv_window_scan(&window, PIECE, &error), CRMVAL_OK);
		csv_window_advance(&window, PIECE);
	}
	CU_ASSERT(failing_end() < 10); /* and seldom asks for it */
	CU_ASSERT_EQUAL(window.offset, 100 * PIECE);
	CU_ASSERT(window.capacity < 8 * PIECE);
	csv_window_free(&window);
}

/* What comes in front of a window moves what is in it, where there is too little room; what lies behind it stays none. */
static void test_front(void)
{
	char front[300];
	memset(front, 'f', sizeof front);
	for (size_t room = 0; room <= 400; room += 100) {
		struct csv_window window = {0};
		struct bytes bytes = {"d,\"\n\"\n\"", 7};
		start(&window, (struct csv_bytes){read_bytes, &bytes});
		if (room)
			CU_ASSERT_EQUAL(csv_window_leave(&window, room, &error), CRMVAL_OK);
		CU_ASSERT_EQUAL(window.begin, CSV_WORD + room);
		CU_ASSERT_EQUAL(csv_window_fill(&window, 4096, &error), CRMVAL_OK);
		const uint8_t *was = csv_window_bytes(&window);
		CU_ASSERT_EQUAL(csv_window_prepend(&window, (uint8_t *)front, sizeof front, &error), CRMVAL_OK);
		const uint8_t *begin = csv_window_bytes(&window);
		CU_ASSERT(room < sizeof front || was == begin + sizeof front - 1);
		size_t size = csv_window_size(&window);
		CU_ASSERT_EQUAL(size, sizeof front - 1 + 8);
		CU_ASSERT_EQUAL(memcmp(begin - 1, front, sizeof front), 0);
		CU_ASSERT_EQUAL(memcmp(begin + sizeof front - 1, "d,\"\n\"\n\"\n", 8), 0);
		for (size_t i = 0; i < CSV_WORD; i++)
			CU_ASSERT_EQUAL(begin[size + i], 0x80);
		failing_begin(FAILING_MEMORY, 0, 0);
		CU_ASSERT_EQUAL(csv_window_fill(&window, 1 << 20, &error), CRMVAL_OK);
		CU_ASSERT_EQUAL(failing_end(), 0); /* there is no more */
		CU_ASSERT_EQUAL(csv_window_scan(&window, size, &error), CRMVAL_OK);
		csv_window_settle(&window, CSV_OUTSIDE);
		CU_ASSERT_EQUAL(csv_window_last_end(&window), sizeof front - 1 + 6);
		csv_window_free(&window);
	}
}

static void test_no_memory(void)
{
	static const uint8_t front[1 << 16];
	struct csv_window window = {0};
	struct bytes bytes = {"a\n", 2};
	start(&window, (struct csv_bytes){read_bytes, &bytes});
	failing_begin(FAILING_MEMORY, 1, ENOMEM);
	CU_ASSERT_EQUAL(csv_window_leave(&window, 4096, &error), CRMVAL_ENOMEM);
	failing_end();
	CU_ASSERT_EQUAL(csv_window_fill(&window, 64, &error), CRMVAL_OK);
	failing_begin(FAILING_MEMORY, 1, ENOMEM);
	CU_ASSERT_EQUAL(csv_window_prepend(&window, front, sizeof front, &error), CRMVAL_ENOMEM);
	failing_end();
	csv_window_free(&window);
}

/*
 * Text behind a closing quote is known once it is seen, and nothing else is taken for it: the first word has a quote that
 * is data, a cell, a pair, and a quote that closes in its last byte, whatever comes behind it.
 */
static void test_broken(void)
{
	static const struct {
		const char *behind;
		int is_broken;
	} cases[] = {{"x\n", 1}, {"\"z\"\n", 0}, {",z\n", 0}, {"\n", 0}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char text[128];
		struct csv_window window = {0};
		struct bytes bytes = {text, (size_t)sprintf(text, "a\"b,\"z\",\"\"\"%052d\"%s", 0, cases[i].behind)};
		start(&window, (struct csv_bytes){read_bytes, &bytes});
		CU_ASSERT_EQUAL(csv_window_fill(&window, sizeof text, &error), CRMVAL_OK);
		CU_ASSERT_EQUAL(csv_window_scan(&window, CSV_WORD, &error), CRMVAL_OK);
		csv_window_settle(&window, CSV_OUTSIDE);
		CU_ASSERT_EQUAL(window.state, CSV_CLOSED);
		CU_ASSERT_FALSE(window.is_broken);
		CU_ASSERT_EQUAL(csv_window_scan(&window, csv_window_size(&window), &error), CRMVAL_OK);
		csv_window_settle(&window, window.state);
		CU_ASSERT_EQUAL(window.is_broken, cases[i].is_broken);
		CU_ASSERT_EQUAL(window.first, CSV_OUTSIDE);
		csv_window_free(&window);
	}
}

/* Cells with and without quotes, cut anywhere: where the last record ended is known as they are written. */
static void test_last_end(void)
{
	static const char *const pieces[] = {"x", "\n", ",xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", ",\"x\n,\n\",",
					     ",\"\"\"\n\"\n"};
	static const size_t ends[] = {0, 1, 0, 0, 7};
	uint32_t state = 1;
	for (int round = 0; round < 500; round++) {
		char text[1024] = "";
		size_t size = 0, last = 0;
		for (int i = 0; i < round % 25; i++) {
			uint32_t piece = ((state = state * 1664525 + 1013904223) >> 16) % 5;
			last = ends[piece] ? size + ends[piece] : last;
			size += (size_t)sprintf(text + size, "%s", pieces[piece]);
		}
		int is_open = round % 3 == 0;
		if (is_open)
			size += (size_t)sprintf(text + size, ",\"\n%s", round % 2 ? "\n" : "x\n,");
		struct csv_window window = {0};
		struct bytes bytes = {text, size};
		start(&window, (struct csv_bytes){read_bytes, &bytes});
		CU_ASSERT_EQUAL(csv_window_fill(&window, sizeof text, &error), CRMVAL_OK);
		CU_ASSERT_EQUAL(csv_window_scan(&window, csv_window_size(&window), &error), CRMVAL_OK);
		csv_window_settle(&window, CSV_OUTSIDE);
		CU_ASSERT_EQUAL(window.state == CSV_INSIDE, is_open);
		/* The last has a line end of its own where the file has none. */
		CU_ASSERT_EQUAL(csv_window_last_end(&window), is_open ? last : size ? csv_window_size(&window) : 0);
		csv_window_free(&window);
	}
}

static const struct test tests[] = {
	{"memory", test_memory},
	{"what comes in front", test_front},
	{"without memory", test_no_memory},
	{"text behind quotes", test_broken},
	{"the last record", test_last_end},
	{0},
};

const struct suite suite_csv_window = {"csv_window", tests};
