/* SPDX-License-Identifier: MIT */
/* Dictionaries: codes count up, stay, and are the same for the same word in all threads. */
#include "../core/symbol.h"
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void test_words(void)
{
	struct symbols symbols;
	CU_ASSERT_EQUAL_FATAL(symbols_init(&symbols), 0);
	CU_ASSERT_EQUAL(symbol_code(&symbols, "east", 4), 1);
	CU_ASSERT_EQUAL(symbol_code(&symbols, "West", 4), 2);
	CU_ASSERT_EQUAL(symbol_code(&symbols, "east", 4), 1);
	CU_ASSERT_EQUAL(symbol_code(&symbols, "East", 4), 3);    /* bytes, not letters */
	CU_ASSERT_EQUAL(symbol_code(&symbols, "eastern", 4), 1); /* only so many bytes */
	CU_ASSERT_EQUAL(symbol_code(&symbols, "east\0", 5), 4);
	CU_ASSERT_EQUAL(symbol_code(&symbols, "eas", 3), 5);
	CU_ASSERT_EQUAL(atomic_load(&symbols.count), 5);
	CU_ASSERT_STRING_EQUAL(symbol_word(&symbols, 2)->text, "West");
	CU_ASSERT_STRING_EQUAL(symbol_word(&symbols, 5)->text, "eas");
	CU_ASSERT_EQUAL(symbol_word(&symbols, 4)->length, 5);
	CU_ASSERT_EQUAL(memcmp(symbol_word(&symbols, 4)->text, "east\0", 6), 0);
	for (uint32_t code = 1; code <= 5; code++)
		CU_ASSERT_EQUAL(symbol_word(&symbols, code)->code, code);
	symbols_free(&symbols);
}

/* Through several tables of slots, and segments of 1024, 2048, 4096, ... words. */
static void test_growth(void)
{
	enum { WORDS = 20000 };
	struct symbols symbols;
	int bad = 0;
	CU_ASSERT_EQUAL_FATAL(symbols_init(&symbols), 0);
	uint32_t first_code = symbol_code(&symbols, "", 0);
	const struct symbol_word *first = symbol_word(&symbols, first_code);
	for (int round = 0; round < 2; round++)
		for (uint32_t i = WORDS; i-- > 0;) {
			char text[32];
			uint32_t length = (uint32_t)sprintf(text, "word number %u", (unsigned)i);
			uint32_t code = symbol_code(&symbols, text, length);
			bad += code != WORDS - i + 1 || strcmp(symbol_word(&symbols, code)->text, text) != 0;
		}
	CU_ASSERT_EQUAL(bad, 0);
	CU_ASSERT_EQUAL(atomic_load(&symbols.count), WORDS + 1);
	CU_ASSERT_PTR_EQUAL(symbol_word(&symbols, 1), first); /* words do not move */
	symbols_free(&symbols);
}

/* Words that are each the beginning of another, so that every place that is taken holds one of those. */
static void test_beginnings(void)
{
	enum { LENGTHS = 3000 };
	static char text[LENGTHS];
	struct symbols symbols;
	int bad = 0;
	memset(text, 'x', sizeof text);
	CU_ASSERT_EQUAL_FATAL(symbols_init(&symbols), 0);
	for (uint32_t length = LENGTHS; length > 0; length--)
		bad += symbol_code(&symbols, text, length) != LENGTHS - length + 1;
	CU_ASSERT_EQUAL(bad, 0);
	symbols_free(&symbols);
}

enum { THREADS = 8, SHARED = 4000 };

struct worker {
	struct symbols *symbols;
	pthread_barrier_t *start; /* of all at once, so that they want to enter the same words */
	uint32_t number;
	uint32_t codes[SHARED];
	int bad;
};

/* Each thread enters all words, half of them in one order, and reads back what it was told. */
static void *enter_all(void *argument)
{
	struct worker *worker = argument;
	pthread_barrier_wait(worker->start);
	for (uint32_t i = 0; i < SHARED; i++) {
		/* 4000 and the steps have no common factor: every word comes once. */
		static const uint32_t steps[THREADS] = {1, 1, 1, 1, 3, 7, 11, 3999};
		uint32_t word = i * steps[worker->number] % SHARED;
		char text[16];
		int length = sprintf(text, "w%u", (unsigned)word);
		uint32_t code = symbol_code(worker->symbols, text, (uint32_t)length);
		worker->codes[word] = code;
		worker->bad += code == 0 || code > atomic_load(&worker->symbols->count) ||
			       strcmp(symbol_word(worker->symbols, code)->text, text) != 0;
	}
	return NULL;
}

static void test_threads(void)
{
	struct symbols symbols;
	struct worker *workers = calloc(THREADS, sizeof *workers);
	pthread_t threads[THREADS];
	pthread_barrier_t start;
	pthread_barrier_init(&start, NULL, THREADS);
	CU_ASSERT_EQUAL_FATAL(symbols_init(&symbols), 0);
	for (uint32_t t = 0; t < THREADS; t++) {
		workers[t].symbols = &symbols;
		workers[t].start = &start;
		workers[t].number = t;
		CU_ASSERT_EQUAL_FATAL(pthread_create(&threads[t], NULL, enter_all, &workers[t]), 0);
	}
	for (uint32_t t = 0; t < THREADS; t++)
		pthread_join(threads[t], NULL);
	CU_ASSERT_EQUAL(atomic_load(&symbols.count), SHARED);
	for (uint32_t t = 0; t < THREADS; t++) {
		CU_ASSERT_EQUAL(workers[t].bad, 0);
		CU_ASSERT_EQUAL(memcmp(workers[t].codes, workers[0].codes, sizeof workers[t].codes), 0);
	}
	pthread_barrier_destroy(&start);
	free(workers);
	symbols_free(&symbols);
}

static const struct test tests[] = {
	{"words", test_words},
	{"growth", test_growth},
	{"words that begin others", test_beginnings},
	{"many threads", test_threads},
	{NULL, NULL},
};

const struct suite suite_symbol = {"symbol", tests};
