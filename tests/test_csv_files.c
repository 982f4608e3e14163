/* SPDX-License-Identifier: MIT */
/* The files of a CSV source: found, refused, compressed, in other encodings, changed while they are read. */
#include "csv_case.h"
#include "failing.h"
#include "suite.h"

#include "../plugins/sources/csv_chain.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- files ---- */

static void test_names(void)
{
	make_folder();
	struct csv_trial trial = trial_of(NULL);
	trial.entity = "account";
	EXPECT_ERROR(&trial, CRMVAL_ENOINPUT, "account.csv");
	trial.is_optional = 1;
	csv_trial_run(&trial);
	CU_ASSERT_EQUAL(trial.status, CRMVAL_NO_TABLE);
	csv_trial_free(&trial);
	write_gzip("account.csv.gz", "a\n1\n", 4);
	EXPECT(&trial, "column a\nrow 2 [1]\n");
	write_text("account.csv", "b\n2\n");
	EXPECT_ERROR(&trial, CRMVAL_ECONF, "account.csv.gz");
	unlink(path_of("account.csv.gz"));
	EXPECT(&trial, "column b\nrow 2 [2]\n");
	CU_ASSERT_EQUAL(symlink("nowhere", path_of("lead.csv")), 0);
	trial.entity = "lead";
	EXPECT_ERROR(&trial, CRMVAL_ENOINPUT, "lead.csv: No such file");
	trial.directory = path_of("account.csv");
	EXPECT_ERROR(&trial, CRMVAL_ENOINPUT, "not a folder");
	trial.directory = path_of("nowhere");
	EXPECT_ERROR(&trial, CRMVAL_ENOINPUT, "No such file");
	remove_folder();
}

static void test_several_files(void)
{
	static const char *const pattern[] = {"p-*.csv", NULL}, *const none[] = {"q-*.csv", NULL};
	static const char *const list[] = {"p-b.csv", "p-B.csv", NULL}, *const twice[] = {"p-*.csv", "p-b.csv", NULL};
	static const char *const literal[] = {"[x].csv", NULL};
	char says[128];
	make_folder();
	write_text("p-b.csv", "a,b\n1,2\n3\n");
	write_text("p-B.csv", "b,a\n\n5,6\n");
	struct csv_trial trial = trial_of(pattern);
	trial.threads = 2;
	EXPECT(&trial, "column b\ncolumn a\nrow 0: 3 [5] [6]\nrow 1: 2 [2] [1]\n"
		       "reject 1: 3 at 8: 1 field where the header has 2\nskip 1 blank lines\n");
	trial.files = list;
	EXPECT(&trial, "column a\ncolumn b\nrow 0: 2 [1] [2]\nreject 0: 3 at 8: 1 field where the header has 2\n"
		       "row 1: 3 [6] [5]\nskip 1 blank lines\n");
	/* What has one number on two file systems is not the same; of the thread that looks alone. */
	trial.threads = 1;
	failing_to_identify(FAILING_FIRST_OF_ITS_OWN);
	EXPECT(&trial, "column a\ncolumn b\nrow 0: 2 [1] [2]\nreject 0: 3 at 8: 1 field where the header has 2\n"
		       "row 1: 3 [6] [5]\nskip 1 blank lines\n");
	failing_to_identify(FAILING_AS_IT_IS);
	trial.threads = 2;
	trial.files = none;
	EXPECT_ERROR(&trial, CRMVAL_ENOINPUT, "q-*.csv: no file matches");
	trial.files = twice;
	EXPECT_ERROR(&trial, CRMVAL_ECONF, "the same file");
	write_text("p-c.csv", "a,b,c\n");
	trial.files = pattern;
	snprintf(says, sizeof says, "p-B.csv has no column \"c\", but %s/p-c.csv has; ", folder);
	EXPECT_ERROR(&trial, CRMVAL_EDATA, says);
	write_text("p-c.csv", "b\n");
	snprintf(says, sizeof says, "p-c.csv has no column \"a\", but %s/p-B.csv has; ", folder);
	EXPECT_ERROR(&trial, CRMVAL_EDATA, says);
	write_text("p-c.csv", "a\n"); /* the last of both, by name */
	snprintf(says, sizeof says, "p-c.csv has no column \"b\", but %s/p-B.csv has; ", folder);
	EXPECT_ERROR(&trial, CRMVAL_EDATA, says);
	write_text("[x].csv", "z\n9\n");
	trial.files = literal;
	EXPECT(&trial, "column z\nrow 2 [9]\n");

	/* The folder's own name is no pattern. */
	CU_ASSERT_EQUAL(mkdir(path_of("[*]"), 0700), 0);
	write_text("[*]/p-1.csv", "y\n8\n");
	trial.files = pattern;
	trial.directory = path_of("[*]");
	EXPECT(&trial, "column y\nrow 2 [8]\n");
	remove_folder();
}

static void test_refused_files(void)
{
	const char *absent[] = {"absent.csv", NULL}, *pipe_file[] = {"pipe", NULL}, *device[] = {"/dev/zero", NULL};
	const char *sub[] = {"sub", NULL}, *none[] = {NULL}, *through[] = {"pipe/x.csv", NULL};
	make_folder();
	struct csv_trial trial = trial_of(absent);
	EXPECT_ERROR(&trial, CRMVAL_ENOINPUT, "absent.csv: No such file");
	CU_ASSERT_EQUAL(mkfifo(path_of("pipe"), 0600), 0);
	trial.files = pipe_file;
	EXPECT_ERROR(&trial, CRMVAL_ENOINPUT, "is a pipe");
	trial.files = device;
	EXPECT_ERROR(&trial, CRMVAL_ENOINPUT, "/dev/zero is a device");
	CU_ASSERT_EQUAL(mkdir(path_of("sub"), 0700), 0);
	trial.files = sub;
	EXPECT_ERROR(&trial, CRMVAL_ENOINPUT, "is a folder");
	trial.files = none;
	EXPECT_ERROR(&trial, CRMVAL_ECONF, "empty list");
	trial.files = through;
	EXPECT_ERROR(&trial, CRMVAL_ENOINPUT, "Not a directory");
	remove_folder();
}

static void test_permission(void)
{
	static const char *const files[] = {"f.csv", NULL};
	make_folder();
	write_text("f.csv", "a\n");
	chmod(path_of("f.csv"), 0);
	if (access(path_of("f.csv"), R_OK) == 0) {
		suite_skip("this user may read everything");
	} else {
		struct csv_trial trial = trial_of(files);
		EXPECT_ERROR(&trial, CRMVAL_EPERM, "Permission denied");
	}
	remove_folder();
}

static char file_name[] = "f.csv";

/* As of when a file is changed: some do it behind the clock's back. */
static void set_time(const char *name, time_t seconds)
{
	struct timespec times[2] = {{.tv_sec = seconds}, {.tv_sec = seconds}};
	CU_ASSERT_EQUAL(utimensat(AT_FDCWD, path_of(name), times, 0), 0);
}

static void append_row(void *name)
{
	FILE *file = fopen(path_of(name), "a");
	fputs("9\n", file);
	fclose(file);
	set_time(name, 1000000);
}

static void replace_file(void *name)
{
	write_text("new", "a\n1\n");
	set_time("new", 1000000);
	rename(path_of("new"), path_of(name));
}

static void touch_file(void *name)
{
	set_time(name, 1000001);
}

static void test_changed_file(void)
{
	static const char *const files[] = {"f.csv", NULL};
	static void (*const changes[])(void *) = {append_row, replace_file, touch_file};
	make_folder();
	struct csv_trial trial = trial_of(files);
	trial.context = file_name;
	for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
		write_text("f.csv", "a\n1\n");
		set_time("f.csv", 1000000);
		trial.on_rows = changes[i];
		EXPECT_ERROR(&trial, CRMVAL_EAGAIN, "f.csv changed while it was read");
	}
	trial.on_rows = NULL;
	EXPECT(&trial, "column a\nrow 2 [1]\n");

	/* A quote that is open only because the file is not complete yet. */
	char bytes[256] = "a\n";
	for (int i = 0; i < 40; i++)
		strcat(bytes, "1\n");
	write_text("f.csv", strcat(bytes, "\"x"));
	trial.chunk = 64;
	trial.on_rows = append_row;
	EXPECT_ERROR(&trial, CRMVAL_EAGAIN, "f.csv changed while it was read");
	write_text("f.csv", bytes);
	trial.on_rows = NULL;
	EXPECT(&trial, "refused in line 42\n");
	remove_folder();
}

/* ---- streams ---- */

static void test_gzip(void)
{
	static const char *const files[] = {"f.gz", NULL};
	static const char first[] = "a,b\n1,\"x\n", second[] = "y\"\n3\n";
	unsigned char bytes[256];
	make_folder();
	write_gzip("f.gz", first, sizeof first - 1);
	write_gzip("f.gz", second, sizeof second - 1);
	struct csv_trial trial = trial_of(files);
	trial.chunk = 64;
	EXPECT(&trial, "column a\ncolumn b\nrow 2 [1] [x\ny]\nreject 4 at 12: 1 field where the header has 2\n");
	CU_ASSERT_EQUAL(trial.plan.split_count, 1);

	FILE *file = fopen(path_of("f.gz"), "r");
	size_t size = fread(bytes, 1, sizeof bytes, file);
	fclose(file);
	write_bytes("f.gz", bytes, size - 3);
	EXPECT_ERROR(&trial, CRMVAL_EDATA, "cut short");
	bytes[size - 6] ^= 1; /* of the check sum */
	write_bytes("f.gz", bytes, size);
	EXPECT_ERROR(&trial, CRMVAL_EDATA, "corrupt");
	bytes[size - 6] ^= 1;
	bytes[size] = 'x';
	write_bytes("f.gz", bytes, size + 1);
	EXPECT_ERROR(&trial, CRMVAL_EDATA, "f.gz: the gzip file");
	write_text("f.gz", "a\n1\n");
	EXPECT_ERROR(&trial, CRMVAL_EDATA, "not a gzip file");
	remove_folder();
}

/* Where a file is damaged is told to the byte, also where much of it was read before that was good. */
static void test_damaged_gzip(void)
{
	enum { ROWS = 100000, ROOM = 4 << 20 };
	static const char *const files[] = {"f.gz", NULL};
	static uint8_t bytes[ROOM];
	char *text = malloc(ROWS * 8 + 8), *to = text + sprintf(text, "a\n"), expected[100];
	for (uint32_t i = 0; i < ROWS; i++)
		to += sprintf(to, "%u\n", i * 2654435761u >> 12);
	make_folder();
	write_gzip("f.gz", text, (size_t)(to - text));
	FILE *file = fopen(path_of("f.gz"), "r");
	size_t first = fread(bytes, 1, ROOM, file);
	fclose(file);
	CU_ASSERT(first > 200000);
	write_gzip("f.gz", text, (size_t)(to - text));
	file = fopen(path_of("f.gz"), "r");
	size_t size = fread(bytes, 1, ROOM, file);
	fclose(file);

	struct csv_trial trial = trial_of(files);
	trial.on_rows = NULL;
	bytes[first - 2] ^= 1; /* of the length */
	write_bytes("f.gz", bytes, size);
	snprintf(expected, sizeof expected, "f.gz: the gzip file is corrupt before byte %zu (incorrect length check)",
		 first);
	EXPECT_ERROR(&trial, CRMVAL_EDATA, expected);
	bytes[first - 2] ^= 1;
	bytes[first + 2] = 9; /* of the second header, which zlib reads up to its flags: no such way of compressing */
	write_bytes("f.gz", bytes, size);
	snprintf(expected, sizeof expected, "corrupt before byte %zu (unknown compression method)", first + 4);
	EXPECT_ERROR(&trial, CRMVAL_EDATA, expected);
	bytes[first + 2] = 8;
	bytes[first + 3] |= 0x20;
	write_bytes("f.gz", bytes, size);
	snprintf(expected, sizeof expected, "corrupt before byte %zu (unknown header flags set)", first + 4);
	EXPECT_ERROR(&trial, CRMVAL_EDATA, expected);
	free(text);
	remove_folder();
}

/* Chunks of a stream follow each other, cells that are unescaped in place reach beyond them. */
static void test_long_stream(void)
{
	enum { ROWS = 20000 };
	static const char *const files[] = {"f.csv.gz", NULL};
	make_folder();
	char *bytes, *expected;
	size_t size, length;
	FILE *csv = open_memstream(&bytes, &size), *text = open_memstream(&expected, &length);
	fputs("a,b\n", csv);
	fputs("column a\ncolumn b\n", text);
	for (int i = 0, line = 2; i < ROWS; i++, line += 2) {
		fprintf(csv, "%d,\"a \"\"%d\"\",\n\"\"\"\"%0*d\"\r\n", i, i * i, i % 90, i);
		fprintf(text, "row %d [%d] [a \"%d\",\n\"\"%0*d]\n", line, i, i * i, i % 90, i);
	}
	fclose(csv);
	fclose(text);
	write_gzip("f.csv.gz", bytes, size);
	static const double chunks[] = {64, 4096, 0};
	for (int i = 0; i < 3; i++) {
		struct csv_trial trial = trial_of(files);
		trial.chunk = chunks[i];
		csv_trial_run(&trial);
		CU_ASSERT(trial.size == length && !memcmp(trial.text, expected, length));
		csv_trial_free(&trial);
	}
	free(bytes);
	free(expected);
	remove_folder();
}

static void test_encodings(void)
{
	static const struct {
		const char *encoding, *bytes;
		size_t size;
		const char *expected;
	} cases[] = {
		{NULL,
		 "\xef\xbb\xbf"
		 "a\n\xc3\xa9\n",
		 8, "column a\nrow 2 [\xc3\xa9]\n"},
		{"ISO-8859-1", "a\n\xe9\n", 4, "column a\nrow 2 [\xc3\xa9]\n"},
		/* the second byte of a character may look like structure */
		{"GB18030", "a\n\xd6\xd0\x81\x30\x81\x30\n", 9, "column a\nrow 2 [\xe4\xb8\xad\xc2\x80]\n"},
		{"GB18030",
		 "\x84\x31\x95\x33"
		 "a\n\xd6\xd0\n",
		 9, "column a\nrow 2 [\xe4\xb8\xad]\n"},
		{"SHIFT_JIS", "a|b\n\x83\x7c|x\n", 9, "column a\ncolumn b\nrow 2 [\xe3\x83\x9d] [x]\n"},
		{NULL,
		 "\xff\xfe"
		 "a\0\n\0\x2d\x4e\n\0",
		 10, "column a\nrow 2 [\xe4\xb8\xad]\n"},
		{NULL,
		 "\xfe\xff"
		 "\0a\0\n\x4e\x2d\0\n",
		 10, "column a\nrow 2 [\xe4\xb8\xad]\n"},
		{NULL,
		 "\xff\xfe\0\0"
		 "a\0\0\0\n\0\0\0\x2d\x4e\0\0",
		 16, "column a\nrow 2 [\xe4\xb8\xad]\n"},
		{NULL,
		 "\0\0\xfe\xff"
		 "\0\0\0a\0\0\0\n\0\0\x4e\x2d",
		 16, "column a\nrow 2 [\xe4\xb8\xad]\n"},
		{"UTF-16LE", "a\0\n\0\x2d\x4e", 6, "column a\nrow 2 [\xe4\xb8\xad]\n"},
		/* half a surrogate pair, and half a unit at the end */
		{"UTF-16LE", "a\0\n\0\0\xd8x\0\n\0y", 11,
		 "column a\nrow 2 [\xef\xbf\xbdx]\nrow 3 [\xef\xbf\xbd]\nskip 3 bytes that are not UTF-16LE\n"},
		{"UTF16LE", "a\0\n\0\0\xd8x\0\n\0y", 11,
		 "column a\nrow 2 [\xef\xbf\xbdx]\nrow 3 [\xef\xbf\xbd]\nskip 3 bytes that are not UTF16LE\n"},
		{"UCS-2LE", "a\0\n\0\0\xd8x\0", 8,
		 "column a\nrow 2 [\xef\xbf\xbdx]\nskip 2 bytes that are not UCS-2LE\n"},
		/* past the last character, which is 10ffff */
		{"UTF-32LE", "a\0\0\0\n\0\0\0\0\0\x11\0x\0\0\0", 16,
		 "column a\nrow 2 [\xef\xbf\xbdx]\nskip 4 bytes that are not UTF-32LE\n"},
		{"UTF32LE", "a\0\0\0\n\0\0\0\0\0\x11\0x\0\0\0", 16,
		 "column a\nrow 2 [\xef\xbf\xbdx]\nskip 4 bytes that are not UTF32LE\n"},
		{"UCS-4LE", "a\0\0\0\n\0\0\0\0\0\0\x80x\0\0\0", 16,
		 "column a\nrow 2 [\xef\xbf\xbdx]\nskip 4 bytes that are not UCS-4LE\n"},
		/* the first byte of a gzip file alone is none */
		{NULL, "\x1f\n1\n", 4, "column \x1f\nrow 2 [1]\n"},
		{"ASCII", "a\nx\xe9\xe8\n", 6,
		 "column a\nrow 2 [x\xef\xbf\xbd\xef\xbf\xbd]\nskip 2 bytes that are not ASCII\n"},
		/* not looked at: the core reads what it can of it */
		{"utf8", "a\n\xe9\n", 4, "column a\nrow 2 [\xe9]\n"},
	};
	static const char *const files[] = {"f.csv", NULL};
	make_folder();
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		write_bytes("f.csv", cases[i].bytes, cases[i].size);
		struct csv_trial trial = trial_of(files);
		trial.encoding = cases[i].encoding;
		trial.delimiter = "|";
		csv_trial_run(&trial);
		expect_line(&trial, cases[i].expected, cases[i].encoding ? cases[i].encoding : "by mark", __LINE__);
	}
	struct csv_trial trial = trial_of(files);
	trial.encoding = "EBCDIC-OF-ATLANTIS";
	EXPECT_ERROR(&trial, CRMVAL_ECONF, "unknown encoding \"EBCDIC-OF-ATLANTIS\"");
	remove_folder();
}

/* ---- threads ---- */

/* A sink that stops must not leave a thread waiting for a chunk that nobody reads. */
static void test_stop(void)
{
	static const char *const files[] = {"f.csv", NULL};
	make_folder();
	FILE *file = fopen(path_of("f.csv"), "w");
	fputs("a\n", file);
	for (int i = 0; i < 5000; i++)
		fprintf(file, "%d\n", i);
	fclose(file);
	for (int i = 0; i < 20; i++) {
		struct csv_trial trial = trial_of(files);
		trial.chunk = 64;
		trial.threads = 3;
		trial.stop_after = (uint64_t)(1 + i * 100);
		EXPECT_ERROR(&trial, CRMVAL_ESTOP, "");
	}
	remove_folder();
}

static void write_rows(const char *name)
{
	FILE *file = fopen(path_of(name), "w");
	fputs("a\n", file);
	for (int i = 0; i < 1000; i++)
		fprintf(file, "%d\n", i);
	fclose(file);
	set_time(name, 1000000);
}

static void cut_file(void *name)
{
	CU_ASSERT_EQUAL(truncate(path_of(name), 1000), 0);
}

static void test_failed_chunk(void)
{
	static const char *const files[] = {"f.csv", NULL};
	make_folder();
	for (unsigned threads = 1; threads < 4; threads++) {
		write_rows("f.csv");
		struct csv_trial trial = trial_of(files);
		trial.chunk = 64;
		trial.threads = threads;
		trial.on_rows = cut_file;
		trial.context = file_name;
		EXPECT_ERROR(&trial, CRMVAL_EAGAIN, "f.csv changed while it was read");
	}
	remove_folder();
}

/* Whoever waits for a chunk that could not be read stops too. */
static void test_failed_before(void)
{
	static const char *const files[] = {"f.csv", NULL};
	const struct crmval_source *source = csv_plugin.source;
	struct crmval_value directory = {.is_set = 1, .text = folder}, values[CSV_TRIAL_OPTIONS];
	struct crmval_error error = {.struct_size = sizeof error};
	struct crmval_table table = {.struct_size = sizeof table};
	struct crmval_plan plan = {.struct_size = sizeof plan};
	struct crmval_sink sink = {.struct_size = sizeof sink};
	void *self, *worker;
	make_folder();
	write_rows("f.csv");
	struct csv_trial trial = trial_of(files);
	trial.chunk = 2048;
	csv_trial_options(&trial, source->table_options, source->table_option_count, values);
	CU_ASSERT_EQUAL(source->open(&directory, &self, &error), CRMVAL_OK);
	CU_ASSERT_EQUAL(source->table(self, "it", values, 1, &table, &error), CRMVAL_OK);
	CU_ASSERT_EQUAL(source->plan(self, table.table, NULL, 0, &plan, &error), CRMVAL_OK);
	CU_ASSERT_EQUAL(source->worker_open(self, &worker, &error), CRMVAL_OK);
	cut_file(file_name);
	CU_ASSERT_EQUAL(source->read(self, table.table, 0, worker, &sink, &error), CRMVAL_EAGAIN);
	write_rows("f.csv");
	CU_ASSERT_EQUAL(source->read(self, table.table, 1, worker, &sink, &error), CRMVAL_ESTOP);
	source->worker_close(worker);
	source->close(self);
	remove_folder();
}

static void test_chain(void)
{
	enum csv_state state;
	uint64_t line;
	struct csv_chain *chain = csv_chain_new(3, 7);
	CU_ASSERT(csv_chain_wait(chain, 0, &state, &line) == 0 && state == CSV_OUTSIDE && line == 7);
	csv_chain_publish(chain, 0, CSV_CLOSED, 1ull << 40);
	CU_ASSERT(csv_chain_wait(chain, 1, &state, &line) == 0 && state == CSV_CLOSED && line == 1ull << 40);
	csv_chain_fail(chain, 1);
	CU_ASSERT(csv_chain_wait(chain, 2, &state, &line) != 0);
	csv_chain_free(chain);
}

/* ---- data of others ---- */

/* The same text in several encodings, written by another program; the last two follow the mark of UTF-16 by UTF-32. */
static void test_foreign_marks(void)
{
	static const char *const names[] = {"UTF8", "UTF16LE", "UTF16BE", "UTF32LE", "UTF32BE"};
	const char *root = getenv("SRCDIR");
	char path[512], *first = NULL;
	const char *files[] = {path, NULL};
	make_folder();
	for (int i = 0; i < 5; i++) {
		snprintf(path, sizeof path, "%s/../shared/data/dataloader/csvtext_BOM_%s.csv", root ? root : ".",
			 names[i]);
		if (path[0] != '/') {
			char *absolute = realpath(path, NULL);
			snprintf(path, sizeof path, "%s", absolute ? absolute : "");
			free(absolute);
		}
		if (access(path, R_OK) < 0) {
			suite_skip("../shared/data is not there");
			break;
		}
		struct csv_trial trial = trial_of(files);
		csv_trial_run(&trial);
		if (!first)
			first = strdup(trial.text);
		CU_ASSERT(i < 3 ? trial.rows > 0 && !strcmp(trial.text, first) : trial.status == CRMVAL_EDATA);
		csv_trial_free(&trial);
	}
	free(first);
	remove_folder();
}

static const struct test tests[] = {
	{"files by name", test_names},
	{"several files", test_several_files},
	{"files refused", test_refused_files},
	{"permission", test_permission},
	{"files that change", test_changed_file},
	{"gzip", test_gzip},
	{"damaged gzip", test_damaged_gzip},
	{"a long stream", test_long_stream},
	{"encodings", test_encodings},
	{"a sink that stops", test_stop},
	{"a chunk that fails", test_failed_chunk},
	{"a chunk before that fails", test_failed_before},
	{"the chain", test_chain},
	{"byte order marks of others", test_foreign_marks},
	{0},
};

const struct suite suite_csv_files = {"csv_files", tests};
