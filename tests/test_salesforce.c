/* SPDX-License-Identifier: MIT */
/* Exports of Salesforce, packed and unpacked, through the contract of a source. */
#include "csv_naive.h"
#include "salesforce_case.h"
#include "suite.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- reading ---- */

static uint64_t next_random(uint64_t *state)
{
	*state = *state * 6364136223846793005ull + 1442695040888963407ull;
	return *state >> 33;
}

/* Some CSV, with quotes and line ends wherever they hurt, and long records among short ones. */
static size_t make_csv(uint64_t *state, char *to, size_t most)
{
	static const char *const pieces[] = {"\"", "\"\"", ",", "\n", "\r\n", "\r", "x", "\"a,b\"", "\"\n\"", ""};
	size_t size = (size_t)sprintf(to, "\"Id\",\"Name\"%s", next_random(state) % 2 ? "\n" : "\r\n"), until = size;
	until += next_random(state) % (most - 256);
	while (size < until) {
		uint64_t kind = next_random(state) % 8, number = next_random(state) % 1000;
		if (kind < 5)
			size += (size_t)sprintf(to + size, "\"%u\",\"x\"\"%0*u\"\n", (unsigned)number,
						(int)(next_random(state) % (number % 4 ? 90 : 190)), 7u);
		else if (kind < 7)
			size += (size_t)sprintf(to + size, "%s", pieces[number % 10]);
		else
			size += (size_t)sprintf(to + size, "\"%u\",\"a\nb\r\nc\"\r\n", (unsigned)number);
	}
	size_t cut = next_random(state) % 30; /* mostly within a record */
	return next_random(state) % 2 && size > 60 ? size - cut : size;
}

static void test_as_naive(void)
{
	static const unsigned threads[] = {1, 2, 8};
	static const double chunks[] = {64, 128, 1000}, rows[] = {1 << 20, 40, 150};
	char *text = malloc(4096);
	uint64_t state = 11;
	unsigned refused = 0, told = 0;
	make_folder();
	for (unsigned round = 0; round < 1500; round++) {
		size_t size = make_csv(&state, text, 2048), length;
		struct csv_trial trial = trial_in_folder();
		trial.chunk = chunks[round % 3];
		trial.threads = threads[round / 3 % 3];
		trial.max_row = rows[round / 9 % 3];
		trial.is_probed = round % 2;
		trial.delimiter = ",";
		struct naive_limits limits = {1 << 24, (size_t)trial.max_row, 4096, 1 << 20};
		char *expected = naive_read((const uint8_t *)text, size, ',', &limits, 0, &length);
		write_zip(ZIP_1,
			  (const struct zip_case[]){
				  {.name = "X.csv", .content = text, .size = size, .is_stored = round % 5 == 0}, {0}});
		csv_trial_run(&trial);
		refused += expected[0] == 'r';
		told += expected[0] == 'c';
		expect_line(&trial, expected, "as the naive reader", __LINE__);
		free(expected);
	}
	CU_ASSERT(refused > 100 && told > 300);
	remove_folder();
	free(text);
}

/* A record of many chunks, and one that is too long for its own good. */
static void test_long_records(void)
{
	size_t size = 0, capacity = 80000;
	char *text = malloc(capacity);
	make_folder();
	size += (size_t)sprintf(text, "Id,Name\n1,\"");
	for (int i = 0; i < 20000; i++)
		size += (size_t)sprintf(text + size, "%s", i % 9 ? "ab" : "\"\"\n");
	size += (size_t)sprintf(text + size, "\"\n2,b\n");
	write_zip(ZIP_1, (const struct zip_case[]){{.name = "X.csv", .content = text, .size = size}, {0}});
	static const uint32_t ids[] = {0};
	struct csv_trial trial = trial_in_folder();
	trial.chunk = 64;
	trial.threads = 4;
	trial.wanted = ids;
	trial.wanted_count = 1;
	/* 2223 of the 20000 pieces have a line end. */
	EXPECT(&trial, "column Id\ncolumn Name\nrow 2 [1]\nrow 2226 [2]\n");
	trial.max_row = 1000;
	EXPECT(&trial, "column Id\ncolumn Name\nreject 2 at 8: a row of more than 1000 bytes\nrow 2226 [2]\n");
	remove_folder();
	free(text);
}

static void test_header_alone(void)
{
	make_folder();
	BOTH("\"Id\",\"Name\"\n", "column Id\ncolumn Name\n");
	BOTH("\"Id\",\"Name\"", "column Id\ncolumn Name\n");
	BOTH("\n\nId\n1", "column Id\nrow 4 [1]\nskip 2 blank lines\n");
	remove_folder();
}

static void test_delimiters(void)
{
	make_folder();
	BOTH("\"Id\";\"a,b\"\n1;2\n", "column Id\ncolumn a,b\nrow 2 [1] [2]\n");
	BOTH("\n\nId\ta|b\n1\t2\n", "column Id\ncolumn a|b\nrow 4 [1] [2]\nskip 2 blank lines\n");
	BOTH("Id|b\n1|2\n", "column Id\ncolumn b\nrow 2 [1] [2]\n");
	BOTH("Id^b\n1^2\n", "column Id\ncolumn b\nrow 2 [1] [2]\n");
	BOTH("Id`b\n1`2\n", "column Id\ncolumn b\nrow 2 [1] [2]\n");
	BOTH("\"I,d\"\n\"1;2\"\n", "column I,d\nrow 2 [1;2]\n");
	remove_folder();
}

/* ---- tables of several files ---- */

static void test_union(void)
{
	make_folder();
	ZIP(ZIP_2, CSV("X", "Name,Id,New\nb,2,n\nc,3\n"), CSV("Y", "Id\n1\n"));
	ZIP(ZIP_1, CSV("X", "Id,Old,Name\n1,o,a\n"), CSV("folder/X", "Id\n9\n"), CSV("x", "Id\n8\n"));
	ZIP("we_" ORG "EAU_3.zip", CSV("X", "Id\n4\n"));
	TABLE("column Id\ncolumn Old\ncolumn Name\ncolumn New\nrow 0: 2 [1] [o] [a] -\nrow 1: 2 [2] - [b] [n]\n"
	      "reject 1: 3 at 18: 2 fields where the header has 3\nrow 2: 2 [4] - - -\n");
	static const char *const files[] = {"Y.csv", "folder/X.csv", NULL};
	static const uint32_t wanted[] = {0, 0};
	struct csv_trial trial = trial_in_folder();
	trial.files = files;
	trial.wanted = wanted;
	trial.wanted_count = 2;
	EXPECT(&trial, "column Id\nrow 0: 2 [1] [1]\nrow 1: 2 [9] [9]\n");
	remove_folder();
}

static void test_ten_parts(void)
{
	make_folder();
	char name[64], text[32], expected[512] = "column Id\n";
	for (int i = 1; i <= 11; i++) {
		snprintf(name, sizeof name, "WE_" ORG "_%d.ZIP", i);
		int size = snprintf(text, sizeof text, "Id\n%d\n", i);
		write_zip(name,
			  (const struct zip_case[]){{.name = "X.csv", .content = text, .size = (size_t)size}, {0}});
		snprintf(expected + strlen(expected), sizeof expected - strlen(expected), "row %d: 2 [%d]\n", i - 1, i);
	}
	TABLE(expected); /* 10 comes behind 9 */
	remove_folder();
}

static void test_missing_tables(void)
{
	static const char *const files[] = {"Nobody.csv", NULL};
	make_folder();
	ZIP(ZIP_1, CSV("Y", "Id\n"));
	struct csv_trial trial = trial_in_folder();
	EXPECT_ERROR(&trial, CRMVAL_ENOINPUT, "there is no X.csv in");
	trial.is_optional = 1;
	csv_trial_run(&trial);
	CU_ASSERT_EQUAL(trial.status, CRMVAL_NO_TABLE);
	csv_trial_free(&trial);
	trial.files = files;
	EXPECT_ERROR(&trial, CRMVAL_ENOINPUT, "there is no Nobody.csv in");
	remove_folder();
}

/* ---- encodings ---- */

/* What decides is the 1 MiB from the first byte beyond ASCII on, in whatever chunks. */
static void test_where_encoding_is_told(void)
{
	static const struct {
		size_t first,
			second; /* where there is an e with an accent in UTF-8; where a byte that is none of it, */
		uint8_t byte;   /* or only the first of a character */
		int is_windows;
	} cases[] = {{100, 200, 0xff, 1},
		     {100, 100 + (1 << 20) - 1, 0xff, 1},
		     {100, 100 + (1 << 20) - 1, 0xe9, 0},
		     {100, 100 + (1 << 20), 0xff, 0},
		     {1 << 20, (2 << 20) - 1, 0xff, 1},
		     {(1 << 20) - 1, (2 << 20) + 1, 0xff, 0}};
	size_t size = (2 << 20) + 1000;
	char *text = malloc(size);
	static const double chunks[] = {0, 1 << 16, 1 << 22};
	make_folder();
	for (size_t i = 0; i < 6; i++) {
		memset(text, 'x', size);
		memcpy(text, "Id\n", 3);
		for (size_t j = 63; j < size; j += 64)
			text[j] = '\n';
		text[cases[i].first] = '\xc3';
		text[cases[i].first + 1] = '\xa9';
		text[cases[i].second] = (char)cases[i].byte;
		for (unsigned j = 0; j < 6; j++) {
			struct csv_trial trial = trial_in_folder();
			trial.chunk = chunks[j % 3];
			trial.threads = 3;
			unlink(path_of(ZIP_1));
			unlink(path_of("X.csv"));
			if (j < 3)
				write_zip(ZIP_1, (const struct zip_case[]){
							 {.name = "X.csv", .content = text, .size = size}, {0}});
			else
				write_bytes("X.csv", text, size);
			CU_ASSERT_EQUAL(csv_trial_run(&trial), CRMVAL_OK);
			int is_windows = memmem(trial.text, trial.size, "\xc3\x83\xc2\xa9", 4) != NULL;
			CU_ASSERT_EQUAL(is_windows, cases[i].is_windows);
			csv_trial_free(&trial);
		}
	}
	remove_folder();
	free(text);
}

/* ---- sets ---- */

static void expect_set(int code, const char *message, unsigned line)
{
	struct csv_trial trial = trial_in_folder();
	csv_trial_run(&trial);
	expect_error_line(&trial, code, message, line);
}

#define SET_REFUSED(code, message) expect_set(code, message, __LINE__)

static void test_sets(void)
{
	static const char *const none[] = {NULL};
	make_folder();
	SET_REFUSED(CRMVAL_ENOINPUT, "holds no table");
	ZIP("other.zip", CSV("folder/X", "Id\n1\n"));
	SET_REFUSED(CRMVAL_ENOINPUT, "holds no table");
	write_text("X.csv", "Id\n1\n");
	TABLE("column Id\nrow 2 [1]\n"); /* the archive has no table in it */
	ZIP("other.zip", CSV("X", "Id\n2\n"));
	SET_REFUSED(CRMVAL_ECONF, "keep the archives or the files, not both");
	unlink(path_of("X.csv"));
	TABLE("column Id\nrow 2 [2]\n");
	ZIP(ZIP_2, CSV("X", "Id\n3\n"));
	SET_REFUSED(CRMVAL_ENOINPUT, "part 1 of the export, WE_" ORG "EAU_1.ZIP, is missing");
	ZIP("WE_" ORG "EAU_4.ZIP", CSV("X", "Id\n3\n"));
	ZIP(ZIP_1, CSV("X", "Id\n4\n"));
	SET_REFUSED(CRMVAL_ENOINPUT, "part 3 of the export, WE_" ORG "EAU_3.ZIP, is missing");
	unlink(path_of("WE_" ORG "EAU_4.ZIP"));
	TABLE("column Id\nrow 0: 2 [4]\nrow 1: 2 [3]\nrow 2: 2 [2]\n");
	ZIP("WE_" ORG "_2.zip", CSV("X", "Id\n3\n"));
	SET_REFUSED(CRMVAL_EDATA, "are both part 2 of the export");
	unlink(path_of("WE_" ORG "_2.zip"));
	ZIP("WE_00D5e000000HEcq_1.ZIP", CSV("X", "Id\n3\n"));
	SET_REFUSED(CRMVAL_EDATA, "are of different organisations, 00D5e000000HEcPEAU and 00D5e000000HEcq");
	unlink(path_of("WE_00D5e000000HEcq_1.ZIP"));
	CU_ASSERT_EQUAL(link(path_of("other.zip"), path_of("copy.zip")), 0);
	SET_REFUSED(CRMVAL_ECONF, "are the same file");
	struct csv_trial trial = trial_in_folder();
	trial.paths = none;
	EXPECT_ERROR(&trial, CRMVAL_ECONF, "`path` is an empty list");
	remove_folder();
}

static void test_paths(void)
{
	make_folder();
	ZIP(ZIP_1, CSV("X", "Id\n1\n"));
	ZIP(ZIP_2, CSV("X", "Id\n2\n"));
	char first[128], second[128], file[128];
	snprintf(first, sizeof first, "%s", path_of(ZIP_1));
	snprintf(second, sizeof second, "%s", path_of(ZIP_2));
	snprintf(file, sizeof file, "%s", path_of("X.csv"));
	const char *const both[] = {second, first, NULL}, *const one[] = {first, NULL}, *const two[] = {second, NULL};
	const char *const csv[] = {file, NULL}, *const nowhere[] = {"/nowhere/at/all", NULL};
	struct csv_trial trial = trial_in_folder();
	trial.paths = both;
	EXPECT(&trial, "column Id\nrow 0: 2 [1]\nrow 1: 2 [2]\n");
	trial.paths = one;
	EXPECT(&trial, "column Id\nrow 2 [1]\n");
	trial.paths = two;
	EXPECT_ERROR(&trial, CRMVAL_ENOINPUT, "part 1 of the export");
	trial.paths = nowhere;
	EXPECT_ERROR(&trial, CRMVAL_ENOINPUT, "/nowhere/at/all");
	write_text("X.csv", "Id\n1\n");
	trial.paths = csv;
	EXPECT_ERROR(&trial, CRMVAL_ECONF, "set `path` to the folder");
	remove_folder();
}

/* ---- refusals while reading ---- */

static void expect_refusals(struct zip_case member, const char *message, unsigned line)
{
	static const unsigned threads[] = {1, 2, 8};
	static const struct timespec old[2] = {{.tv_sec = 1000000000}, {.tv_sec = 1000000000}};
	write_zip(ZIP_1, (const struct zip_case[]){member, {0}});
	CU_ASSERT_EQUAL(utimensat(AT_FDCWD, path_of(ZIP_1), old, 0), 0); /* nobody writes to it any more */
	for (unsigned i = 0; i < 6; i++) {
		struct csv_trial trial = trial_in_folder();
		trial.chunk = i < 3 ? 64 : 0;
		trial.threads = threads[i % 3];
		csv_trial_run(&trial);
		expect_error_line(&trial, CRMVAL_EDATA, message, line);
	}
}

#define REFUSED(message, ...)                                                                                          \
	expect_refusals((struct zip_case){.name = "X.csv", .content = text, .size = 3000, __VA_ARGS__}, message,       \
			__LINE__)

static void test_refusals(void)
{
	char text[3001];
	for (size_t i = 0; i < 3000; i += 30)
		memcpy(text + i, "Id,Name345678901234567890 234\n", 30);
	make_folder();
	REFUSED("WE_" ORG "EAU_1.ZIP/X.csv is damaged: its checksum is wrong", .wrong_checksum = 1);
	REFUSED("X.csv is damaged: its checksum is wrong", .wrong_checksum = 1, .is_stored = 1);
	REFUSED("X.csv is damaged: its data are cut short", .cut = 5);
	REFUSED("X.csv is damaged: it is longer", .wrong_size = 2500);
	REFUSED("X.csv is damaged: it is shorter", .wrong_size = 3500);
	REFUSED("X.csv is encrypted", .flags = 1);
	text[2000] = '"';
	text[1999] = '\n';
	REFUSED("X.csv:68: a quote is opened here and never closed", .flags = 0);
	/* As UTF-16, which is read in one go. */
	memcpy(text, "\xff\xfeI\0d\0\n\0", 8);
	for (size_t i = 8; i < 3000; i += 2)
		memcpy(text + i, i % 40 ? "x" : "\n", 2);
	REFUSED("X.csv is damaged: its checksum is wrong", .wrong_checksum = 1);
	REFUSED("X.csv is damaged: its data are cut short", .cut = 5);
	memcpy(text + 2002, "\"", 2);
	REFUSED("a quote is opened here and never closed", .flags = 0);
	remove_folder();
}

static void test_stopping(void)
{
	char text[3001] = "Id\n";
	for (size_t i = 3; i < 3000; i += 3)
		memcpy(text + i, "1\n\n", 3);
	make_folder();
	write_zip(ZIP_1, (const struct zip_case[]){{.name = "X.csv", .content = text, .size = 3000}, {0}});
	for (unsigned threads = 1; threads <= 8; threads++) {
		struct csv_trial trial = trial_in_folder();
		trial.chunk = 64;
		trial.threads = threads;
		trial.stop_after = 100;
		EXPECT_ERROR(&trial, CRMVAL_ESTOP, "stopped by the sink");
	}
	remove_folder();
}

static void touch_archive(void *context)
{
	(void)context;
	ZIP(ZIP_1, CSV("X", "Id\n1\n2\n"));
}

static void test_changing(void)
{
	make_folder();
	ZIP(ZIP_1, CSV("X", "Id\n1\n"));
	struct csv_trial trial = trial_in_folder();
	trial.on_rows = touch_archive;
	EXPECT_ERROR(&trial, CRMVAL_EAGAIN, ZIP_1 " changed while it was read; try again later");
	remove_folder();
}

static void test_limits(void)
{
	make_folder();
	char *text = calloc(1, 65 << 20);
	memset(text, 'x', 65 << 20);
	memcpy(text, "Id\n", 3);
	write_zip(ZIP_1, (const struct zip_case[]){{.name = "X.csv", .content = text, .size = 65 << 20}, {0}});
	free(text);
	struct csv_trial trial = trial_in_folder();
	EXPECT_ERROR(&trial, CRMVAL_EDATA, "X.csv grows more than 300-fold");
	trial.max_ratio = 1032;
	EXPECT(&trial, "column Id\nreject 2 at 3: a row of more than 33554432 bytes\n");
	trial.max_member = 1000;
	EXPECT_ERROR(&trial, CRMVAL_EDATA, "raise max_member_bytes");
	ZIP(ZIP_1, CSV("X", "Id\n1\n"), CSV("Y", "Id\n"));
	trial.max_members = 1;
	EXPECT_ERROR(&trial, CRMVAL_EDATA, "raise max_members");
	remove_folder();
}

static void test_mapping(void)
{
	CU_ASSERT_PTR_NOT_NULL_FATAL(salesforce_plugin.source->mapping);
	CU_ASSERT_PTR_NOT_NULL(strstr(salesforce_plugin.source->mapping, "entities"));
}

const struct suite suite_salesforce = {"salesforce",
				       (const struct test[]){{"as the naive reader", test_as_naive},
							     {"long records", test_long_records},
							     {"header alone", test_header_alone},
							     {"delimiters", test_delimiters},
							     {"union", test_union},
							     {"ten parts", test_ten_parts},
							     {"missing tables", test_missing_tables},
							     {"where encoding is told", test_where_encoding_is_told},
							     {"sets", test_sets},
							     {"paths", test_paths},
							     {"refusals", test_refusals},
							     {"stopping", test_stopping},
							     {"changing", test_changing},
							     {"limits", test_limits},
							     {"mapping", test_mapping},
							     {0}}};
