/* SPDX-License-Identifier: MIT */
/* The bytes of a CSV file on their way to be text: told apart, guessed at, converted. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "csv_case.h"
#include "failing.h"
#include "suite.h"

#include "../plugins/sources/csv_input.h"
#include "../plugins/sources/csv_text.h"

#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* ---- what bytes are ---- */

static void test_ascii(void)
{
	uint8_t bytes[132];
	int wrong = 0;
	for (size_t size = 0; size < sizeof bytes; size++) {
		memset(bytes, 0x7f, sizeof bytes);
		bytes[size] = 0x80; /* behind them */
		wrong += !csv_text_is_ascii(bytes, size);
		for (size_t at = 0; at < size; at++) {
			bytes[at] = 0x80;
			wrong += csv_text_is_ascii(bytes, size);
			bytes[at] = 0x7f;
		}
	}
	CU_ASSERT_EQUAL(wrong, 0);
}

/* What is fed, one after the other; behind it stand bytes that are none of it. */
static void feed(struct csv_guess *guess, const char *text)
{
	uint8_t bytes[256];
	size_t size = strlen(text);
	memcpy(bytes, text, size);
	memset(bytes + size, 0xff, sizeof bytes - size);
	csv_guess_feed(guess, bytes, size);
}

static void test_pieces(void)
{
	struct csv_guess guess;
	char block[65 + 1] = "";
	memset(block, 'x', 64);
	csv_guess_start(&guess);
	size_t all = guess.left;
	CU_ASSERT_EQUAL(all, 1 << 20);
	/* ASCII says nothing, however much there is. */
	feed(&guess, block);
	feed(&guess, "abc");
	CU_ASSERT_FALSE(guess.has_begun);
	CU_ASSERT_EQUAL(guess.left, all);
	/* From the first byte on that is none, it counts. */
	block[64] = (char)0xc3;
	feed(&guess, block);
	CU_ASSERT(guess.has_begun);
	CU_ASSERT_EQUAL(guess.left, all - 1);
	CU_ASSERT_EQUAL(guess.text, CSV_TEXT_UNKNOWN);
	struct csv_guess other = guess;
	feed(&guess, "\xa9");
	feed(&guess, "abc");
	CU_ASSERT_EQUAL(guess.left, all - 5);
	CU_ASSERT_EQUAL(guess.text, CSV_TEXT_UNKNOWN);
	feed(&other, "abc"); /* within a character */
	CU_ASSERT_EQUAL(other.text, CSV_TEXT_WINDOWS);
}

/* What comes behind the 1 MiB that is looked at changes nothing. */
static void test_limit(void)
{
	enum { LOOKED_AT = 1 << 20, BEFORE = 100 };
	static const size_t pieces[] = {4096, 65536, LOOKED_AT + BEFORE + 1};
	uint8_t *bytes = malloc(LOOKED_AT + BEFORE + 1);
	memset(bytes, 'x', LOOKED_AT + BEFORE);
	memcpy(bytes + BEFORE, "\xc3\xa9", 2);
	for (int i = 0; i < 6; i++) {
		size_t end = LOOKED_AT + BEFORE, size = pieces[i / 2];
		struct csv_guess guess;
		bytes[end - 1] = i % 2 ? 0xff : 'x';
		bytes[end] = 0xff;
		csv_guess_start(&guess);
		for (size_t at = 0; at <= end; at += size)
			csv_guess_feed(&guess, bytes + at, at + size <= end ? size : end + 1 - at);
		CU_ASSERT_EQUAL(guess.text, i % 2 ? CSV_TEXT_WINDOWS : CSV_TEXT_UTF8);
	}
	free(bytes);
}

/* Each character of two bytes, the second of which windows-1252 has as one of its own or of ISO 8859-1. */
static void test_twice(void)
{
	for (unsigned second = 0x80; second < 0xc0; second++) {
		const uint8_t once[] = {0xc3, (uint8_t)second};
		uint8_t twice[2 * CSV_TEXT_GROWTH];
		size_t size = csv_text_from_windows(once, 2, twice);
		CU_ASSERT(csv_text_is_twice(CSV_TEXT_UTF8, twice, size));
		CU_ASSERT(!csv_text_is_twice(CSV_TEXT_UTF8, once, 2));
		CU_ASSERT(csv_text_is_twice(CSV_TEXT_WINDOWS, once, 2));
	}
	/* One that windows-1252 has not. */
	CU_ASSERT(!csv_text_is_twice(CSV_TEXT_UTF8, (const uint8_t *)"\xc3\x83\xc4\x80", 4));
}

/* ---- inputs ---- */

static struct crmval_error error = {.struct_size = sizeof error};

static int file_of(const void *bytes, size_t size)
{
	int descriptor = memfd_create("csv", 0);
	CU_ASSERT_FATAL(descriptor >= 0);
	CU_ASSERT_EQUAL_FATAL(write(descriptor, bytes, size), (ssize_t)size);
	return descriptor;
}

static int read_text(void *context, uint8_t *to, size_t room, size_t *got, struct crmval_error *why)
{
	const char **text = context;
	(void)why;
	*got = strlen(*text) < room ? strlen(*text) : room;
	memcpy(to, *text, *got);
	*text += *got;
	return CRMVAL_OK;
}

/* A file may be called .gz; what is in an archive is what it is, whatever it is called. */
static void test_names(void)
{
	const char *text = "a\n";
	struct csv_input *input = NULL;
	int descriptor = file_of("a\n", 2);
	CU_ASSERT_EQUAL(csv_input_open(descriptor, ".gz", "UTF-8", &input, &error), CRMVAL_OK);
	csv_input_close(input);
	CU_ASSERT_EQUAL(csv_input_open(descriptor, "f.GZ", "UTF-8", &input, &error), CRMVAL_EDATA);
	CU_ASSERT_EQUAL(csv_input_of_bytes((struct csv_bytes){read_text, &text}, "f.gz", "UTF-8", &input, &error),
			CRMVAL_OK);
	csv_input_close(input);
	close(descriptor);
}

/* A mark is not read on in what memory held before. */
static void test_marks(void)
{
	static const char mark[] = {'\xff', '\xfe', 0, 0};
	for (size_t size = 4; size >= 2; size -= 2) {
		struct csv_input *input = NULL;
		int descriptor = file_of(mark, size);
		CU_ASSERT_EQUAL(csv_input_open(descriptor, "f", "UTF-8", &input, &error), CRMVAL_OK);
		CU_ASSERT_EQUAL(csv_input_mark(input), size);
		csv_input_close(input);
		close(descriptor);
	}
}

static size_t memory_used(void)
{
	struct mallinfo2 info = mallinfo2();
	return info.uordblks + info.hblkhd;
}

/* Without memory, or files, for a converter; and what the converters took is given back. */
static void test_converters(void)
{
	static const int numbers[] = {ENOMEM, EMFILE};
	int descriptor = file_of("a\n", 2);
	struct csv_input *input = NULL;
	for (int i = 0; i < 2; i++) {
		failing_begin(FAILING_ENCODING, 1, numbers[i]);
		CU_ASSERT_EQUAL(csv_input_open(descriptor, "f", "ISO-8859-1", &input, &error), CRMVAL_ENOMEM);
		CU_ASSERT_EQUAL(failing_end(), 1);
		CU_ASSERT_PTR_NOT_NULL(strstr(error.message, strerror(numbers[i])));
	}
	size_t used = 0;
	for (int i = 0; i <= 100; i++) {
		CU_ASSERT_EQUAL(csv_input_open(descriptor, "f", "ISO-8859-1", &input, &error), CRMVAL_OK);
		csv_input_close(input);
		used = i ? used : memory_used();
	}
	CU_ASSERT(memory_used() < used + 100 * 64);
	close(descriptor);
}

/* ---- conversion ---- */

static const char *const files[] = {"f.csv", NULL};

/* A text of a column `a` and one row, from bytes that are each so many times in it. */
struct run {
	const char *bytes, *text; /* before, and converted */
	size_t count;
};

static void expect_runs(const char *encoding, const struct run *runs, const char *skipped)
{
	char *bytes, *expected;
	size_t size, length;
	FILE *csv = open_memstream(&bytes, &size), *text = open_memstream(&expected, &length);
	fputs("a\n", csv);
	fputs("column a\nrow 2 [", text);
	for (; runs->count; runs++)
		for (size_t i = 0; i < runs->count; i++) {
			fputs(runs->bytes, csv);
			fputs(runs->text, text);
		}
	fprintf(text, "]\n%s", skipped);
	fclose(csv);
	fclose(text);
	write_bytes("f.csv", bytes, size);
	struct csv_trial trial = trial_of(files);
	trial.encoding = encoding;
	csv_trial_run(&trial);
	CU_ASSERT_EQUAL(trial.status, CRMVAL_OK);
	CU_ASSERT(trial.size == length && !memcmp(trial.text, expected, length));
	csv_trial_free(&trial);
	free(bytes);
	free(expected);
}

#define RUNS(encoding, skipped, ...) expect_runs(encoding, (const struct run[]){__VA_ARGS__, {0}}, skipped)

static void test_conversion(void)
{
	make_folder();
	/* The second byte of a gzip file alone makes none. */
	RUNS("ISO-8859-1", "", {"\xe9", "\xc3\xa9", 1});
	write_bytes("f.csv", "x\x8b\n1\n", 5);
	struct csv_trial trial = trial_of(files);
	trial.encoding = "ISO-8859-1";
	EXPECT(&trial, "column x\xc2\x8b\nrow 2 [1]\n");

	/* Characters of two and four bytes that lie across the end of what is read at a time, wherever that is. */
	RUNS("GB18030", "", {"\xd6\xd0", "\xe4\xb8\xad", 100000});
	RUNS("GB18030", "", {"x", "x", 1}, {"\xd6\xd0", "\xe4\xb8\xad", 100000});
	for (size_t before = 0; before < 4; before++)
		RUNS("GB18030", "", {"x", "x", 1 + before}, {"\x81\x30\x81\x30", "\xc2\x80", 50000});

	/* A letter that a tone might follow is kept until none does, at the end of the file. */
	RUNS("CP1258", "", {"A", "A", 1});

	/* The last 63 bytes are more, converted, than there is room for behind one that is invalid. */
	RUNS("CP1252", "skip 1 bytes that are not CP1252\n", {"\xe9", "\xc3\xa9", 32715}, {"\x81", "\xef\xbf\xbd", 1},
	     {"\xe9", "\xc3\xa9", 63});
	remove_folder();
}

static const struct test tests[] = {
	{"ASCII", test_ascii},           {"pieces", test_pieces},         {"how much is looked at", test_limit},
	{"encoded twice", test_twice},   {"names", test_names},           {"marks", test_marks},
	{"converters", test_converters}, {"conversion", test_conversion}, {0},
};

const struct suite suite_csv_text = {"csv_text", tests};
