/* SPDX-License-Identifier: MIT */
/* CSV in chunks and words of all sizes: nothing is torn, and all is as the naive reader has it. */
#include "csv_case.h"
#include "csv_naive.h"
#include "suite.h"

#include "../plugins/sources/csv_scan.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* In KiB.  A sanitizer of addresses keeps what is freed for a while. */
#if defined(__SANITIZE_ADDRESS__)
#define MEMORY_MOST (512 * 1024)
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define MEMORY_MOST (512 * 1024)
#endif
#endif
#ifndef MEMORY_MOST
#define MEMORY_MOST (24 * 1024)
#endif

/* A field of 1 GiB costs no more memory than a row may have. */
static void test_endless_field(void)
{
	static const char *const files[] = {"f.csv", NULL};
	static const char end[] = "\",1\n2,3\n";
	struct rusage before, after;
	make_folder();
	write_text("f.csv", "a,b\n\"");
	int file = open(path_of("f.csv"), O_WRONLY);
	CU_ASSERT_EQUAL(pwrite(file, end, sizeof end - 1, 1 << 30), (ssize_t)sizeof end - 1);
	close(file);
	struct csv_trial trial = trial_of(files);
	trial.max_row = 1 << 20;
	trial.threads = 2;
	getrusage(RUSAGE_SELF, &before);
	EXPECT(&trial, "column a\ncolumn b\nreject 2 at 4: a row of more than 1048576 bytes\nrow 3 [2] [3]\n");
	getrusage(RUSAGE_SELF, &after);
	CU_ASSERT(after.ru_maxrss - before.ru_maxrss < MEMORY_MOST);
	remove_folder();
}

/* One of what must not be torn, behind a row of a certain width: in chunks of one word and of two. */
static void expect_torn(const char *bytes, const char *expected, int width, int is_quoted)
{
	static const char *const files[] = {"f.csv", NULL};
	const char *quote = is_quoted ? "\"" : "";
	char text[512], all[1024], row[256];
	memset(row, 'x', sizeof row);
	snprintf(text, sizeof text, "a,b\n%s%.*s%s,x%s", quote, width, row, quote, bytes);
	if (expected)
		snprintf(all, sizeof all, "column a\ncolumn b\nrow 2 [%.*s] [x]\n%s", width, row, expected);
	else
		snprintf(all, sizeof all,
			 "column a\ncolumn b\nrow 2 [%.*s] [x]\nreject 3 at %d: text after a closing quote\n"
			 "row 4 [1] [2]\n",
			 width, row, 4 + width + (is_quoted ? 5 : 3));
	write_text("f.csv", text);
	struct csv_trial trial = trial_of(files);
	trial.chunk = width % 2 ? 64 : 128;
	trial.threads = width % 3 ? 1 : 2;
	csv_trial_run(&trial);
	expect_line(&trial, all, bytes, __LINE__);
}

/* What must not be torn, at every place relative to the end of a chunk, and of a word within it. */
static void test_chunk_ends(void)
{
	static const struct {
		const char *bytes, *expected;
	} cases[] = {
		{"\r\n1,2\n", "row 3 [1] [2]\n"},
		{"\r\r1,2\r", "row 4 [1] [2]\nskip 1 blank lines\n"},
		{"\n\"\"\"\",\"\"\n", "row 3 [\"] []\n"},
		{"\n5\"6,\"\"\n1,2\n", "row 3 [5\"6] []\nrow 4 [1] [2]\n"},
		{"\n\"a\"\"b\",\"c\n,d\"\n1,2", "row 3 [a\"b] [c\n,d]\nrow 5 [1] [2]\n"},
		{"\n\"a\"b,c\n1,2", NULL},
		{"\n\"a\"\",\"\"\r\n\"\"b\",3\n4,5\n", "row 3 [a\",\"\r\n\"b] [3]\nrow 5 [4] [5]\n"},
	};
	make_folder();
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		for (int width = 40; width < 220; width++) {
			expect_torn(cases[i].bytes, cases[i].expected, width, 0);
			expect_torn(cases[i].bytes, cases[i].expected, width, 1);
		}
	}
	remove_folder();
}

/*
 * A row has a field too few, and ends where a scanner scribbles behind the last separator: the last byte of a word or
 * the first, depending on the scanner.
 */
static void test_short_row(void)
{
	static const char rows[] = "1,2\n1,2\n1,2\n1,2\n1,2\n1,2\n1,2\n1,2\n1,2\n1,2\n1,2\n1,2\n1,2\n1,2\n1,2\n";
	char bytes[512], expected[1024], told[512] = "column a\ncolumn b\n";
	for (int i = 0; i < 15; i++)
		sprintf(told + strlen(told), "row %d [1] [2]\n", i + 2);
	make_folder();
	snprintf(bytes, sizeof bytes, "a,b\n%s123\n1,2\n", rows);
	snprintf(expected, sizeof expected, "%sreject 17 at 64: 1 field where the header has 2\nrow 18 [1] [2]\n",
		 told);
	expect_dialect(bytes, strlen(bytes), expected, __LINE__);
	snprintf(bytes, sizeof bytes, "a,b\n%s1234\n%070d,2\n", rows, 3);
	snprintf(expected, sizeof expected, "%sreject 17 at 64: 1 field where the header has 2\nrow 18 [%070d] [2]\n",
		 told, 3);
	expect_dialect(bytes, strlen(bytes), expected, __LINE__);
	remove_folder();
}

/* No row is shorter than its delimiters and line end, and none of a compressed file than a 1032nd of that. */
static void test_rows_at_most(void)
{
	enum { ROWS = 100000 };
	static const char *const plain[] = {"f.csv", NULL}, *const gzip[] = {"f.gz", NULL};
	static char bytes[4 + 2 * ROWS] = {'a', ',', 'b', '\n'};
	for (size_t i = 4; i < sizeof bytes; i += 2)
		memcpy(bytes + i, ",\n", 2);
	make_folder();
	write_bytes("f.csv", bytes, sizeof bytes);
	write_gzip("f.gz", bytes, sizeof bytes);
	for (int i = 0; i < 2; i++) {
		struct csv_trial trial = trial_of(i ? gzip : plain);
		CU_ASSERT_EQUAL(csv_trial_run(&trial), CRMVAL_OK);
		CU_ASSERT(trial.rows == ROWS && trial.plan.rows_at_most >= ROWS);
		csv_trial_free(&trial);
	}
	remove_folder();
}

static uint32_t next_random(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*state >> 33);
}

/* Bytes that are mostly structure: all that can go wrong does. */
static size_t random_bytes(uint64_t *state, uint8_t *bytes, size_t most)
{
	static const char pieces[][10] = {"\"", "\"\"",  ",",      "\n",    "\r",       "\r\n",
					  "x",  "\",\"", "\"\n\"", "1,2\n", "long text"};
	static const char tame[][8] = {"\"a\"", ",", "\n", "x,y\n", "\"p,\n\"", "12345", "\"\"", ",,"};
	size_t size = 0, target = next_random(state) % most;
	int is_tame = next_random(state) % 2;
	memcpy(bytes, "a,b\n", size = 4);
	while (size < target) {
		uint32_t i = next_random(state);
		const char *piece = is_tame ? tame[i % 8] : pieces[i % 11];
		memcpy(bytes + size, piece, strlen(piece));
		size += strlen(piece);
	}
	if (next_random(state) % 16 == 0)
		bytes[next_random(state) % size] = 0;
	return size;
}

static void test_like_naive(void)
{
	static const char *const files[] = {"f.csv", NULL};
	uint64_t state = 20250101;
	uint8_t bytes[2100];
	const char *asked = getenv("CSV_ROUNDS");
	int rounds = asked ? atoi(asked) : 3000, refused = 0, told = 0;
	make_folder();
	for (int i = 0; i < rounds; i++) {
		struct naive_limits limits = {i % 3 ? 1 << 24 : 9, i % 5 ? 1 << 24 : 30, 4096, 1 << 20};
		size_t size = random_bytes(&state, bytes, i % 10 ? 300 : 2000), length;
		char *expected = naive_read(bytes, size, ',', &limits, 0, &length);
		write_bytes("f.csv", bytes, size);
		struct csv_trial trial = trial_of(files);
		trial.chunk = 64 * (1 + i % 4);
		trial.threads = i % 7 ? 1 : 3;
		trial.max_field = (double)limits.field;
		trial.max_row = (double)limits.row;
		trial.encoding = i % 2 ? "UTF-8" : "ISO-8859-1"; /* the same for these bytes, but read as a stream */
		csv_trial_run(&trial);
		if (!strcmp(expected, "refused\n") && trial.size > 8 && !memcmp(trial.text, "refused", 7))
			trial.text[7] = '\n', trial.size = 8;
		refused += expected[0] == 'r';
		told += expected[0] == 'c';
		expect_line(&trial, expected, "as the naive reader", __LINE__);
		free(expected);
	}
	CU_ASSERT(refused > rounds / 10 && told > rounds / 10);
	remove_folder();
}

/* Every scanner of this machine, bit by bit. */
static void test_scanners(void)
{
	enum { WORDS = 5, BYTES = WORDS * CSV_WORD };
	static const char alphabet[] = "\",\n\r\0xyz,\n\"\"";
	uint64_t state = 7;
	for (int round = 0; round < 2000; round++) {
		uint8_t bytes[1 + BYTES];
		uint32_t separators[BYTES + CSV_LIST_SLACK], ends[BYTES + CSV_LIST_SLACK];
		for (size_t i = 0; i < sizeof bytes; i++)
			bytes[i] = (uint8_t)(next_random(&state) % 4 ? 'x'
								     : alphabet[next_random(&state) % (8 + round % 5)]);
		for (const struct csv_scanner *scanner = csv_scanners; scanner->name; scanner++) {
			struct csv_word words[WORDS];
			struct csv_found found;
			uint64_t inside = (uint64_t)(round & 1), expected_inside = inside, lines = 0;
			size_t separator_count, end_count, n = 0, m = 0;
			int quotes = 0, nuls = 0, crs = 0, is_same = 1;
			if (scanner->needs & ~csv_processor())
				continue;
			memset(separators, 0xff, sizeof separators); /* what another scanner wrote is right, too */
			memset(ends, 0xff, sizeof ends);
			memset(words, 0xff, sizeof words);
			scanner->scan(bytes + 1, WORDS, ',', words, &found);
			scanner->list(words, WORDS, 1000, &inside, separators, &separator_count, ends, &end_count);
			for (unsigned i = 0; i < BYTES; i++) {
				uint8_t byte = bytes[i + 1];
				const struct csv_word *word = &words[i / CSV_WORD];
				unsigned bit = i % CSV_WORD;
				int is_line = byte == '\r' || (byte == '\n' && bytes[i] != '\r');
				is_same &= (word->quote >> bit & 1) == (byte == '"');
				is_same &= (word->delimiter >> bit & 1) == (byte == ',');
				is_same &= (word->line >> bit & 1) == (uint64_t)is_line;
				lines += (uint64_t)is_line;
				quotes += byte == '"';
				nuls += byte == 0;
				crs += byte == '\r';
				expected_inside ^= byte == '"';
				if (!expected_inside && (is_line || byte == ','))
					is_same &= n < separator_count && separators[n++] == 1000 + i;
				if (!expected_inside && is_line)
					is_same &= m < end_count && ends[m++] == 1000 + i;
			}
			CU_ASSERT(is_same && n == separator_count && m == end_count && inside == expected_inside);
			CU_ASSERT(found.lines == lines && found.is_odd == quotes % 2 &&
				  found.has_quote == (quotes > 0));
			CU_ASSERT(found.has_nul == (nuls > 0) && found.has_cr == (crs > 0));
		}
	}
}

/* As the kernel says of this one. */
static void test_processor(void)
{
	static const char *const words[] = {"avx2", "bmi1", "bmi2", "popcnt", "avx512f", "avx512bw", "avx512_vbmi2"};
	char flags[8192] = "", line[8192];
	unsigned has = 0;
	FILE *file = fopen("/proc/cpuinfo", "r");
	while (file && fgets(line, sizeof line, file))
		if (!strncmp(line, "flags", 5))
			snprintf(flags, sizeof flags, "%.*s ", (int)strcspn(line, "\n"), line);
	if (file)
		fclose(file);
	for (unsigned i = 0; i < sizeof words / sizeof *words; i++) {
		char word[32];
		snprintf(word, sizeof word, " %s ", words[i]);
		has |= strstr(flags, word) ? 1u << i : 0;
	}
	CU_ASSERT_EQUAL(csv_processor(), has);
}

/* The first whose instructions are there. */
static void test_best_scanner(void)
{
	const char *best = csv_scanner_best(~0u)->name;
	CU_ASSERT_STRING_EQUAL(csv_scanner_best(0)->name, "plain");
	CU_ASSERT_STRING_EQUAL(best, csv_scanners[0].name);
	if (!strcmp(best, "plain"))
		return; /* on other processors there is no other */
	CU_ASSERT_STRING_EQUAL(best, "avx512");
	for (unsigned lacks = CSV_AVX2; lacks <= CSV_POPCNT; lacks <<= 1)
		CU_ASSERT_STRING_EQUAL(csv_scanner_best(~lacks)->name, "plain");
	for (unsigned lacks = CSV_AVX512F; lacks <= CSV_AVX512VBMI2; lacks <<= 1)
		CU_ASSERT_STRING_EQUAL(csv_scanner_best(~lacks)->name, "avx2");
}

static const struct test tests[] = {
	{"a field without end", test_endless_field},
	{"chunk ends", test_chunk_ends},
	{"a row too short", test_short_row},
	{"rows at most", test_rows_at_most},
	{"as the naive reader", test_like_naive},
	{"scanners", test_scanners},
	{"processor", test_processor},
	{"the best scanner", test_best_scanner},
	{0},
};

const struct suite suite_csv_chunks = {"csv_chunks", tests};
