/* SPDX-License-Identifier: MIT */
/* Tables whose calls fail, one after the other: each is told as what it is, and all that was taken is given back. */
#include "failing.h"
#include "salesforce_case.h"
#include "suite.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* What the sink was told; how many calls it had, after which of them it stops (0: none), and how many came even so. */
static char told[1 << 18];
static size_t used;
static unsigned heard, stop_at, overheard;

__attribute__((format(printf, 1, 2))) static void note(const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	used += (size_t)vsnprintf(told + used, sizeof told - used, format, arguments);
	va_end(arguments);
	overheard += stop_at && heard >= stop_at;
}

static int hear(struct crmval_error *error)
{
	if (++heard != stop_at)
		return CRMVAL_OK;
	strcpy(error->message, "stopped");
	return error->code = CRMVAL_ESTOP;
}

static int take(const struct crmval_sink *self, const struct crmval_rows *rows, struct crmval_error *error)
{
	(void)self;
	for (uint32_t i = 0; i < rows->row_count; i++) {
		uint32_t input;
		note("row %u", (unsigned)rows->line(rows->context, i, &input));
		for (int j = 0; j < 2; j++) {
			const struct crmval_cells *cells = &rows->columns[j];
			if (cells->length[i] == CRMVAL_NULL)
				note(" -");
			else
				note(" [%.*s]", (int)cells->length[i], cells->base + cells->start[i]);
		}
		note("\n");
	}
	return hear(error);
}

static int reject(const struct crmval_sink *self, uint32_t input, uint64_t line, uint64_t offset, const char *rule,
		  struct crmval_error *error)
{
	(void)self, (void)input;
	note("reject %u at %u: %s\n", (unsigned)line, (unsigned)offset, rule);
	return hear(error);
}

static void skip(const struct crmval_sink *self, const char *what, uint64_t count)
{
	(void)self;
	note("skip %u %s\n", (unsigned)count, what);
}

static const struct crmval_sink sink = {sizeof sink, take, reject, skip};

/* Reads two columns; what is asked of the C library meanwhile is asked by the source alone, not by the test. */
static int read_table(const struct csv_trial *trial, struct crmval_error *error)
{
	static const uint32_t both[] = {0, 1};
	const uint32_t *wanted = trial->wanted ? trial->wanted : both;
	const struct crmval_source *source = trial->plugin->source;
	struct crmval_value options[CSV_TRIAL_OPTIONS], values[CSV_TRIAL_OPTIONS];
	struct crmval_table table = {.struct_size = sizeof table};
	struct crmval_plan plan = {.struct_size = sizeof plan};
	void *self = NULL, *worker = NULL;
	used = heard = overheard = 0;
	*told = '\0';
	csv_trial_options(trial, source->options, source->option_count, options);
	csv_trial_options(trial, source->table_options, source->table_option_count, values);
	int status = source->open(options, &self, error);
	if (!status)
		status = source->table(self, trial->entity ? trial->entity : "it", values, 1, &table, error);
	for (int i = 0; i < 2 && !status; i++) /* planned anew, it is as planned once */
		status = source->plan(self, table.table, wanted, trial->wanted ? trial->wanted_count : 2, &plan, error);
	if (!status)
		status = source->worker_open(self, &worker, error);
	for (uint32_t i = 0; i < plan.split_count && !status; i++)
		status = source->read(self, table.table, i, worker, &sink, error);
	if (!status)
		status = source->finish(self, table.table, error);
	source->worker_close(worker);
	if (self)
		source->close(self);
	return status;
}

/* Reads with one call that fails; returns how many there were of its kind. */
static unsigned fail_at(const struct csv_trial *trial, enum failing kind, unsigned at, int number, int code,
			const char *says)
{
	struct crmval_error error = {.struct_size = sizeof error};
	long held = failing_held();
	unsigned files = failing_files();
	failing_begin(kind, at, number);
	int status = read_table(trial, &error);
	unsigned calls = failing_end();
	if (status != code || !strstr(error.message, says))
		printf("call %d, number %u of %u: %d %s\n", kind, at, calls, status, error.message);
	CU_ASSERT_EQUAL(status, code);
	CU_ASSERT_EQUAL(error.code, code);
	CU_ASSERT_PTR_NOT_NULL(strstr(error.message, says));
	CU_ASSERT_EQUAL(failing_held(), held);
	CU_ASSERT_EQUAL(failing_files(), files);
	return calls;
}

/* Lets each call of a kind fail in turn. */
static void expect_each(const struct csv_trial *trial, enum failing kind, int number, int code, const char *says)
{
	unsigned calls = fail_at(trial, kind, 0, 0, CRMVAL_OK, "");
	CU_ASSERT(calls > 0);
	for (unsigned at = 1; at <= calls; at++)
		fail_at(trial, kind, at, number, code, says);
}

/* All that may fail of one table does. */
static void expect_all(const struct csv_trial *of)
{
	expect_each(of, FAILING_MEMORY, ENOMEM, CRMVAL_ENOMEM, "memory");
	expect_each(of, FAILING_OPEN, EMFILE, CRMVAL_EIO, "cannot open /");
	expect_each(of, FAILING_OPEN, EACCES, CRMVAL_EPERM, "see to it that it may be read");
	expect_each(of, FAILING_OPEN, EPERM, CRMVAL_EPERM, "see to it that it may be read");
	expect_each(of, FAILING_OPEN, ENOENT, CRMVAL_ENOINPUT, "check the path");
	expect_each(of, FAILING_OPEN, ENAMETOOLONG, CRMVAL_ENOINPUT, "check the path");
	expect_each(of, FAILING_STAT, EIO, CRMVAL_EIO, "cannot open /");
	expect_each(of, FAILING_READ, EIO, CRMVAL_EIO, ": reading failed at byte ");
}

/* A signal while it is read changes nothing. */
static void expect_interrupted(const struct csv_trial *trial, const char *expected)
{
	unsigned calls = fail_at(trial, FAILING_READ, 0, 0, CRMVAL_OK, "");
	CU_ASSERT_STRING_EQUAL(told, expected);
	for (unsigned at = 1; at <= calls; at++) {
		fail_at(trial, FAILING_READ, at, EINTR, CRMVAL_OK, "");
		CU_ASSERT_STRING_EQUAL(told, expected);
	}
}

static const char text[] = "a,b\n1,\"x\"\"\n\ny\"\n3\n\"long enough for a window of its own, which is to grow, "
			   "and to reach behind the next word\",4\n";

static const char expected[] =
	"row 2 [1] [x\"\n\ny]\nreject 5 at 15: 1 field where the header has 2\n"
	"row 6 [long enough for a window of its own, which is to grow, and to reach behind the next word] [4]\n";

static void test_plain(void)
{
	static const char *const files[] = {"f.csv", NULL};
	make_folder();
	write_text("f.csv", text);
	struct csv_trial trial = trial_of(files);
	expect_all(&trial);
	trial.chunk = 64;
	expect_all(&trial);
	expect_interrupted(&trial, expected);
	remove_folder();
}

static void test_stream(void)
{
	static const char *const files[] = {"f.csv.gz", NULL};
	make_folder();
	write_gzip("f.csv.gz", text, sizeof text - 1);
	struct csv_trial trial = trial_of(files);
	trial.encoding = "ISO-8859-1";
	trial.chunk = 64;
	expect_all(&trial);
	expect_interrupted(&trial, expected);
	remove_folder();
}

/* What a path leads to is asked of the folder, of a file that is opened, and of one that may have changed since. */
static void test_looks(void)
{
	static const char *const files[] = {"f.csv", NULL};
	static const struct {
		int number, code;
		const char *says;
	} looks[] = {
		{EACCES, CRMVAL_EPERM, "directory /"},        {EIO, CRMVAL_EIO, "cannot open /"},
		{EIO, CRMVAL_EAGAIN, "changed while it was"}, {EIO, CRMVAL_EAGAIN, "changed while it was"},
		{EIO, CRMVAL_EIO, "cannot open /"},           {EIO, CRMVAL_EAGAIN, "changed while it was"},
	};
	enum { LOOKS = sizeof looks / sizeof *looks };
	make_folder();
	write_text("f.csv", text);
	struct csv_trial trial = trial_of(files);
	CU_ASSERT_EQUAL(fail_at(&trial, FAILING_LOOK, 0, 0, CRMVAL_OK, ""), LOOKS);
	for (unsigned i = 0; i < LOOKS; i++)
		fail_at(&trial, FAILING_LOOK, i + 1, looks[i].number, looks[i].code, looks[i].says);
	fail_at(&trial, FAILING_LOOK, 1, EIO, CRMVAL_ENOINPUT, "directory /");
	trial.files = NULL; /* what is not there is not looked for further, what cannot be looked for is said */
	fail_at(&trial, FAILING_LOOK, 2, EACCES, CRMVAL_EPERM, "it.csv: ");
	fail_at(&trial, FAILING_LOOK, 3, EACCES, CRMVAL_EPERM, "it.csv.gz: ");
	remove_folder();
}

/* A record that is longer than what is read with its chunk, and behind it one that is too long. */
static void test_long_records(void)
{
	enum { LONG = 10000, LONGER = 12000 };
	static const char *const files[] = {"f.csv", NULL};
	static char bytes[2 * LONGER + 64], told_of[LONG + 256], row[LONGER + 1];
	memset(row, 'x', LONGER);
	snprintf(bytes, sizeof bytes, "a,b\n1,%.*s\n2,%s\n3,4\n", LONG, row, row);
	snprintf(told_of, sizeof told_of,
		 "row 2 [1] [%.*s]\nreject 3 at %d: a row of more than 11000 bytes\nrow 4 [3] [4]\n", LONG, row,
		 4 + 3 + LONG);
	make_folder();
	write_text("f.csv", bytes);
	struct csv_trial trial = trial_of(files);
	trial.chunk = 64;
	trial.max_row = 11000;
	expect_all(&trial);
	expect_interrupted(&trial, told_of);
	remove_folder();
}

/* Of several files, found by a pattern, each with columns in an order of its own. */
static void test_several(void)
{
	static const char *const files[] = {"[a-c].csv", NULL};
	make_folder();
	write_text("a.csv", "x,y\n1,2\n");
	write_text("b.csv", "y,x\n3,4\n");
	write_text("c.csv", "x,y\n\n");
	struct csv_trial trial = trial_of(files);
	expect_all(&trial);
	expect_interrupted(&trial, "row 2 [1] [2]\nrow 2 [4] [3]\nskip 1 blank lines\n");
	remove_folder();
}

/* The entity's own file. */
static void test_named(void)
{
	make_folder();
	write_text("it.csv", "x,y\n1,2\n");
	struct csv_trial trial = trial_of(NULL);
	expect_all(&trial);
	remove_folder();
}

/* ---- sinks that stop */

/* Whatever a sink is told last, nothing comes behind it, nor is it forgotten that it stopped. */
static void expect_stops(const struct csv_trial *trial, unsigned calls)
{
	fail_at(trial, FAILING_NONE, 0, 0, CRMVAL_OK, "");
	CU_ASSERT_EQUAL(heard, calls);
	for (stop_at = 1; stop_at <= calls; stop_at++) {
		fail_at(trial, FAILING_NONE, 0, 0, CRMVAL_ESTOP, "stopped");
		CU_ASSERT_EQUAL(heard, stop_at);
		CU_ASSERT_EQUAL(overheard, 0);
	}
	stop_at = 0;
}

static void test_stops(void)
{
	enum { ROWS = 5000 }; /* which are three batches */
	static const char *const plain[] = {"f.csv", NULL}, *const stream[] = {"f.csv.gz", NULL};
	static char bytes[8 * ROWS];
	size_t size = (size_t)sprintf(bytes, "a,b\n1,2\n3\n4\n\n5,6\n\n");
	make_folder();
	write_bytes("f.csv", bytes, size);
	write_gzip("f.csv.gz", bytes, size);
	struct csv_trial trial = trial_of(plain);
	expect_stops(&trial, 4); /* two batches, two rejects */
	trial.files = stream;
	expect_stops(&trial, 4);
	size = (size_t)sprintf(bytes, "a,b\n");
	for (int i = 0; i < ROWS; i++)
		size += (size_t)sprintf(bytes + size, "1,2\n");
	size += (size_t)sprintf(bytes + size, "\n");
	write_bytes("f.csv", bytes, size);
	trial.files = plain;
	expect_stops(&trial, 3);
	remove_folder();
}

/* Of bytes that are none of the encoding it hears behind all else, and not of a table that is refused. */
static void test_invalid(void)
{
	static const char *const files[] = {"f.csv", NULL};
	make_folder();
	write_text("f.csv", "a,b\n1,\xe9\n3\n");
	struct csv_trial trial = trial_of(files);
	trial.encoding = "ASCII";
	expect_stops(&trial, 2);
	fail_at(&trial, FAILING_NONE, 0, 0, CRMVAL_OK, "");
	CU_ASSERT_PTR_NOT_NULL(strstr(told, "skip 1 bytes that are not ASCII\n"));
	write_text("f.csv", "a,b\n1,\xe9\n2,\"3\n");
	fail_at(&trial, FAILING_NONE, 0, 0, CRMVAL_EDATA, "f.csv:3: a quote is opened here");
	CU_ASSERT_PTR_NULL(strstr(told, "skip"));
	remove_folder();
}

/* ---- quotes that are never closed */

/* For where it was opened a file is read once more, which may fail as well. */
static void expect_open_quote(const struct csv_trial *trial, enum failing kind, int number, int code)
{
	unsigned calls = fail_at(trial, kind, 0, 0, CRMVAL_EDATA, ":3: a quote is opened here and never closed");
	CU_ASSERT(calls > 0);
	for (unsigned at = 1; at <= calls; at++)
		fail_at(trial, kind, at, number, code, "");
}

static void test_open_quote(void)
{
	static const char *const plain[] = {"f.csv", NULL}, *const stream[] = {"f.csv.gz", NULL};
	static const char bytes[] = "a,b\n1,2\n3,\"4\n";
	make_folder();
	write_text("f.csv", bytes);
	write_gzip("f.csv.gz", bytes, sizeof bytes - 1);
	struct csv_trial trial = trial_of(plain);
	for (int i = 0; i < 2; i++) {
		expect_open_quote(&trial, FAILING_READ, EIO, CRMVAL_EIO);
		expect_open_quote(&trial, FAILING_MEMORY, ENOMEM, CRMVAL_ENOMEM);
		trial.files = stream;
	}
	remove_folder();
}

/* ---- chunks by themselves */

/* A file of rows, of which chunks of 2 KiB are read one by one. */
static void *open_chunks(struct csv_trial *trial, struct crmval_table *table, struct crmval_plan *plan)
{
	const struct crmval_source *source = trial->plugin->source;
	struct crmval_value options[CSV_TRIAL_OPTIONS], values[CSV_TRIAL_OPTIONS];
	static const uint32_t both[] = {0, 1};
	void *self = NULL;
	FILE *file = fopen(path_of("f.csv"), "w");
	fputs("\n\na,b\n", file);
	for (int i = 0; i < 2000; i++)
		fputs("1,2\n", file);
	fclose(file);
	trial->chunk = 2048;
	csv_trial_options(trial, source->options, source->option_count, options);
	csv_trial_options(trial, source->table_options, source->table_option_count, values);
	CU_ASSERT_EQUAL_FATAL(source->open(options, &self, NULL), CRMVAL_OK);
	CU_ASSERT_EQUAL_FATAL(source->table(self, "it", values, 1, table, NULL), CRMVAL_OK);
	CU_ASSERT_EQUAL_FATAL(source->plan(self, table->table, both, 2, plan, NULL), CRMVAL_OK);
	CU_ASSERT_EQUAL_FATAL(plan->split_count, 4);
	used = heard = 0;
	return self;
}

enum chunk_trouble { NONE, CUT_SOON, CUT_LATER, WITHOUT_MEMORY, TROUBLES };

/* What is wrong with a chunk is told of that chunk, and stops those behind it, but not those that have troubles of their own. */
static void test_chunks(void)
{
	static const char *const files[] = {"f.csv", NULL};
	make_folder();
	for (enum chunk_trouble trouble = NONE; trouble < TROUBLES; trouble++) {
		struct csv_trial trial = trial_of(files);
		struct crmval_table table = {.struct_size = sizeof table};
		struct crmval_plan plan = {.struct_size = sizeof plan};
		struct crmval_error error = {.struct_size = sizeof error};
		const struct crmval_source *source = trial.plugin->source;
		void *worker, *self = open_chunks(&trial, &table, &plan);
		CU_ASSERT_EQUAL_FATAL(source->worker_open(self, &worker, &error), CRMVAL_OK);
#define READ(split) source->read(self, table.table, split, worker, &sink, &error)
		if (trouble == NONE) {
			CU_ASSERT_EQUAL(READ(0), CRMVAL_OK);
			CU_ASSERT_PTR_NOT_NULL(strstr(told, "skip 2 blank lines\n"));
			used = 0;
			CU_ASSERT_EQUAL(READ(1), CRMVAL_OK);
			CU_ASSERT_PTR_NULL(strstr(told, "skip")); /* lines before the header are told once */
		} else if (trouble == CUT_SOON) {
			CU_ASSERT_EQUAL(truncate(path_of("f.csv"), 1000), 0);
			CU_ASSERT_EQUAL(READ(0), CRMVAL_EAGAIN);
			CU_ASSERT_EQUAL(READ(3), CRMVAL_EAGAIN); /* without waiting for the one before it */
		} else if (trouble == CUT_LATER) {
			CU_ASSERT_EQUAL(READ(0), CRMVAL_OK);
			CU_ASSERT_EQUAL(truncate(path_of("f.csv"), 3000), 0);
			CU_ASSERT_EQUAL(READ(1), CRMVAL_EAGAIN);
		} else {
			failing_begin(FAILING_MEMORY, 1, ENOMEM);
			CU_ASSERT_EQUAL(READ(0), CRMVAL_ENOMEM);
			failing_end();
			CU_ASSERT_EQUAL(READ(1), CRMVAL_ESTOP);
		}
		source->worker_close(worker);
		source->close(self);
	}
	remove_folder();
}

/* Batches have 2,048 rows, of wide tables fewer: of 5,000 columns 64. */
static void test_batches(void)
{
	enum { COLUMNS = 5000, ROWS = 130 };
	static const char *const files[] = {"f.csv", NULL};
	static uint32_t wanted[COLUMNS];
	make_folder();
	FILE *file = fopen(path_of("f.csv"), "w");
	for (int i = 0; i < COLUMNS; i++) {
		wanted[i] = (uint32_t)i;
		fprintf(file, "%d%c", i, i + 1 < COLUMNS ? ',' : '\n');
	}
	for (int i = 0; i < COLUMNS * ROWS; i++)
		fputs((i + 1) % COLUMNS ? "," : "\n", file);
	fclose(file);
	struct csv_trial trial = trial_of(files);
	trial.wanted = wanted;
	trial.max_columns = trial.wanted_count = COLUMNS;
	fail_at(&trial, FAILING_NONE, 0, 0, CRMVAL_OK, "");
	CU_ASSERT_EQUAL(heard, 3);
	remove_folder();
}

/* A record with a hundred thousand fields where two should be: they are not kept. */
static void test_far_too_many(void)
{
	enum { MANY = 100000 };
	static const char *const files[] = {"f.csv", NULL};
	make_folder();
	FILE *file = fopen(path_of("f.csv"), "w");
	fputs("a,b\n", file);
	for (int i = 1; i < MANY; i++)
		fputc(',', file);
	fputs("\n1,2\n", file);
	fclose(file);
	struct csv_trial trial = trial_of(files);
	fail_at(&trial, FAILING_NONE, 0, 0, CRMVAL_OK, "");
	CU_ASSERT_STRING_EQUAL(told, "reject 2 at 4: 100000 fields where the header has 2\nrow 3 [1] [2]\n");
	remove_folder();
}

/* ---- exports of Salesforce ---- */

/*
 * Parts of an export, of which one lacks a column, and text that is made UTF-8 in memory of its own: without memory all is
 * refused, or all is told.
 */
static void test_packed(void)
{
	make_folder();
	ZIP(ZIP_1, CSV("X", "Id\n1\n"));
	ZIP(ZIP_2, CSV("X", "Name,Id\nK\xf6ln,\xe9\nBonn,3\n"));
	static const char all[] = "row 2 [1] -\nrow 2 [\xc3\xa9] [K\xc3\xb6ln]\nrow 3 [3] [Bonn]\n";
	struct csv_trial trial = trial_in_folder();
	struct crmval_error error = {.struct_size = sizeof error};
	unsigned refused = 0;
	int status = read_table(&trial, &error);
	CU_ASSERT(!status && !strcmp(told, all));
	for (unsigned at = 1, is_last = 0; !is_last; at++) {
		failing_begin(FAILING_MEMORY, at, ENOMEM);
		status = read_table(&trial, &error);
		is_last = failing_end() < at;
		CU_ASSERT(status == CRMVAL_ENOMEM || (!status && !strcmp(told, all)));
		refused += status == CRMVAL_ENOMEM;
	}
	CU_ASSERT(refused > 20);
	remove_folder();
}

/* What was encoded twice is counted, and told behind all else: an e with an accent, which is UTF-8 of UTF-8. */
static void test_packed_stops(void)
{
	make_folder();
	ZIP(ZIP_1, CSV("X", "Id,N\n1,\xc3\x83\xc2\xa9\n"));
	struct csv_trial trial = trial_in_folder();
	struct crmval_error error = {.struct_size = sizeof error};
	stop_at = 1;
	CU_ASSERT_EQUAL(read_table(&trial, &error), CRMVAL_ESTOP);
	CU_ASSERT_EQUAL(overheard, 0);
	stop_at = 0;
	CU_ASSERT_EQUAL(read_table(&trial, &error), CRMVAL_OK);
	CU_ASSERT_STRING_EQUAL(told, "row 2 [1] [\xc3\x83\xc2\xa9]\nskip 1 cells with text encoded twice\n");
	remove_folder();
}

/* Text that is made UTF-8 takes twice its room: more than lies behind it by chance. */
static void test_packed_growth(void)
{
	enum { LONG = 100000 };
	static char bytes[LONG + 16];
	int begin = sprintf(bytes, "Id,N\n1,");
	memset(bytes + begin, '\xe9', LONG);
	bytes[begin + LONG] = '\n';
	make_folder();
	ZIP(ZIP_1, {.name = "X.csv", .content = bytes, .size = (size_t)begin + LONG + 1});
	struct csv_trial trial = trial_in_folder();
	struct crmval_error error = {.struct_size = sizeof error};
	CU_ASSERT_EQUAL(read_table(&trial, &error), CRMVAL_OK);
	CU_ASSERT_EQUAL(used, strlen("row 2 [1] []\n") + 2 * LONG);
	int wrong = 0;
	for (size_t i = 0; i < LONG; i++)
		wrong += memcmp(told + strlen("row 2 [1] [") + 2 * i, "\xc3\xa9", 2) != 0;
	CU_ASSERT_EQUAL(wrong, 0);
	remove_folder();
}

static const struct test tests[] = {
	{"a plain file", test_plain},
	{"a stream", test_stream},
	{"paths", test_looks},
	{"long records", test_long_records},
	{"several files", test_several},
	{"a file by the entity's name", test_named},
	{"parts of an export", test_packed},
	{"text of an export that grows", test_packed_growth},
	{"sinks that stop", test_stops},
	{"sinks of an export that stop", test_packed_stops},
	{"bytes that are invalid", test_invalid},
	{"quotes that are never closed", test_open_quote},
	{"chunks", test_chunks},
	{"batches", test_batches},
	{"far too many fields", test_far_too_many},
	{0},
};

const struct suite suite_csv_fails = {"csv_fails", tests};
