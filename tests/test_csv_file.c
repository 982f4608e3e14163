/* SPDX-License-Identifier: MIT */
/* A file of a table by the calls that its readers make: found, opened, guessed at, looked at again, planned. */
#include "csv_case.h"
#include "failing.h"
#include "suite.h"

#include "../plugins/sources/csv_table.h"

#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct csv_dialect dialect = {.delimiter = ',',
					   .max_field_bytes = 1 << 20,
					   .max_row_bytes = 1 << 20,
					   .max_columns = 16,
					   .max_header_bytes = 1 << 12,
					   .max_gzip_ratio = 300,
					   .text = CSV_TEXT_UNKNOWN};

static struct crmval_error error = {.struct_size = sizeof error};

static void expect_code(int status, int code, const char *says, unsigned line)
{
	if (status != code || !strstr(error.message, says))
		printf("line %u: %d %s\n", line, status, error.message);
	CU_ASSERT_EQUAL(status, code);
	CU_ASSERT_PTR_NOT_NULL(strstr(error.message, says));
}

#define REFUSED(status, code, says) expect_code(status, code, says, __LINE__)

static struct csv_file open_file(const char *name)
{
	struct csv_file file;
	CU_ASSERT_EQUAL_FATAL(csv_file_open(&file, strdup(path_of(name)), &dialect, "UTF-8", &error), CRMVAL_OK);
	return file;
}

/* ---- finding ---- */

static void test_patterns(void)
{
	static const char *const words[] = {"q-*.csv", "f.csv"}, *const deep[] = {"loop/*.csv"};
	struct csv_paths found = {0};
	char says[128];
	make_folder();
	write_text("f.csv", "a\n");
	/* The path is told as it is, and what comes behind it mends nothing. */
	snprintf(says, sizeof says, "%s/q-*.csv: no file matches the pattern", folder);
	REFUSED(csv_paths_find(folder, words, 2, &found, &error), CRMVAL_ENOINPUT, says);
	CU_ASSERT_EQUAL(found.count, 0);
	CU_ASSERT_EQUAL(symlink("loop", path_of("loop")), 0);
	snprintf(says, sizeof says, "cannot open %s/loop/*.csv: %s; check the path", folder, strerror(ELOOP));
	REFUSED(csv_paths_find(folder, deep, 1, &found, &error), CRMVAL_ENOINPUT, says);
	failing_begin(FAILING_GLOB, 1, GLOB_NOSPACE);
	REFUSED(csv_paths_find(folder, words, 1, &found, &error), CRMVAL_ENOMEM, "memory");
	CU_ASSERT_EQUAL(failing_end(), 1);
	/* Where a path is absolute, nothing comes before it. */
	const char *const absolute[] = {path_of("f.csv")};
	CU_ASSERT_EQUAL(csv_paths_find("/nowhere", absolute, 1, &found, &error), CRMVAL_OK);
	CU_ASSERT_STRING_EQUAL(found.paths[0], absolute[0]);
	csv_paths_free(&found);
	remove_folder();
}

/* What is no regular file is not even opened: that might do something. */
static void test_regular(void)
{
	static const struct {
		const char *name, *says;
	} others[] = {{"pipe", "is a pipe"}, {"sub", "is a folder"}, {"null", "is a device or socket"}};
	struct stat seen;
	int descriptor = 0;
	make_folder();
	CU_ASSERT_EQUAL(mkfifo(path_of("pipe"), 0600), 0);
	CU_ASSERT_EQUAL(mkdir(path_of("sub"), 0700), 0);
	CU_ASSERT_EQUAL(symlink("/dev/null", path_of("null")), 0);
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		failing_begin(FAILING_OPEN, 0, 0);
		REFUSED(csv_open_regular(path_of(others[i].name), &descriptor, &seen, &error), CRMVAL_ENOINPUT,
			others[i].says);
		CU_ASSERT_EQUAL(failing_end(), 0);
		CU_ASSERT_EQUAL(descriptor, -1);
	}
	CU_ASSERT_EQUAL(symlink("loop", path_of("loop")), 0);
	REFUSED(csv_open_regular(path_of("loop"), &descriptor, &seen, &error), CRMVAL_ENOINPUT, "check the path");
	remove_folder();
}

/* ---- encodings ---- */

static enum csv_text text_of(const char *name, enum csv_text given)
{
	struct csv_dialect other = dialect;
	struct csv_file file;
	other.text = given;
	CU_ASSERT_EQUAL_FATAL(csv_file_open(&file, strdup(path_of(name)), &other, "UTF-8", &error), CRMVAL_OK);
	csv_file_free(&file);
	return file.dialect.text;
}

/* What has a mark, or is one stream, is UTF-8 when it comes; unless nobody asks. */
static void test_texts(void)
{
	make_folder();
	write_text("plain", "a\n1\n");
	write_text("marked", "\xef\xbb\xbf"
			     "a\n1\n");
	write_gzip("packed", "a\n1\n", 4);
	CU_ASSERT_EQUAL(text_of("plain", CSV_TEXT_UNKNOWN), CSV_TEXT_UNKNOWN);
	CU_ASSERT_EQUAL(text_of("marked", CSV_TEXT_UNKNOWN), CSV_TEXT_UTF8);
	CU_ASSERT_EQUAL(text_of("packed", CSV_TEXT_UNKNOWN), CSV_TEXT_UTF8);
	CU_ASSERT_EQUAL(text_of("plain", CSV_TEXT_AS_IS), CSV_TEXT_AS_IS);
	CU_ASSERT_EQUAL(text_of("marked", CSV_TEXT_AS_IS), CSV_TEXT_AS_IS);
	CU_ASSERT_EQUAL(text_of("packed", CSV_TEXT_AS_IS), CSV_TEXT_AS_IS);
	remove_folder();
}

/* Files of three pieces, with a byte that is no UTF-8 in the first, and in the last. */
static void test_guess(void)
{
	enum { SIZE = 600000 };
	static const size_t places[] = {10, SIZE - 10};
	char *bytes = malloc(SIZE);
	make_folder();
	for (int i = 0; i < 2; i++) {
		memset(bytes, 'x', SIZE);
		memcpy(bytes, "a\n", 2);
		bytes[places[i]] = (char)0xe9;
		write_bytes("f.csv", bytes, SIZE);
		struct csv_file file = open_file("f.csv");
		long held = failing_held();
		unsigned files = failing_files();
		failing_begin(FAILING_READ, 0, 0);
		CU_ASSERT_EQUAL(csv_file_guess(&file, &error), CRMVAL_OK);
		CU_ASSERT_EQUAL(failing_end(), i ? 4 : 1); /* no more than it takes; at the end one finds nothing */
		CU_ASSERT_EQUAL(file.dialect.text, CSV_TEXT_WINDOWS);
		failing_begin(FAILING_READ, 1, EIO);
		REFUSED(csv_file_guess(&file, &error), CRMVAL_EIO, "reading failed at byte 2: ");
		failing_begin(FAILING_MEMORY, 1, ENOMEM);
		REFUSED(csv_file_guess(&file, &error), CRMVAL_ENOMEM, "memory");
		failing_end();
		file.seen.st_size++;
		REFUSED(csv_file_guess(&file, &error), CRMVAL_EAGAIN, "changed while it was read");
		/* What was wrong first is told. */
		failing_begin(FAILING_MEMORY, 1, ENOMEM);
		REFUSED(csv_file_guess(&file, &error), CRMVAL_EAGAIN, "changed while it was read");
		failing_end();
		CU_ASSERT_EQUAL(failing_held(), held);
		CU_ASSERT_EQUAL(failing_files(), files);
		csv_file_free(&file);
	}
	free(bytes);
	remove_folder();
}

/* ---- files that change ---- */

/* A file is another where any of these is. */
static void test_changes(void)
{
	make_folder();
	write_text("f.csv", "a\n1\n");
	struct csv_file file = open_file("f.csv"), other;
	int descriptor;
	CU_ASSERT_EQUAL(csv_file_check(&file, &error), CRMVAL_OK);
#define OTHER(field)                                                                                                   \
	other = file;                                                                                                  \
	other.seen.field++;                                                                                            \
	REFUSED(csv_file_check(&other, &error), CRMVAL_EAGAIN, "f.csv changed while it was read")
	OTHER(st_dev);
	OTHER(st_ino);
	OTHER(st_size);
	OTHER(st_mtim.tv_sec);
	OTHER(st_mtim.tv_nsec);

	unsigned files = failing_files();
	REFUSED(csv_file_reopen(&other, &descriptor, &error), CRMVAL_EAGAIN, "f.csv changed while it was read");
	CU_ASSERT_EQUAL(descriptor, -1);
	CU_ASSERT_EQUAL(failing_files(), files);
	CU_ASSERT_EQUAL(csv_file_reopen(&file, &descriptor, &error), CRMVAL_OK);
	CU_ASSERT_EQUAL(close(descriptor), 0);

	/* Of what lies in another file, that one is looked at, and told. */
	other = file;
	other.container = path_of("f.zip");
	REFUSED(csv_file_check(&other, &error), CRMVAL_EAGAIN, "f.zip changed while it was read");
	other.container = file.path;
	other.path = other.path + 1;
	CU_ASSERT_EQUAL(csv_file_check(&other, &error), CRMVAL_OK);
	CU_ASSERT_EQUAL(csv_file_check(&file, &error), CRMVAL_OK);

	/* One that cannot be looked at any more was good a moment ago. */
	failing_begin(FAILING_LOOK, 2, EIO);
	int first = csv_file_check(&file, &error), second = csv_file_check(&file, &error);
	CU_ASSERT_EQUAL(failing_end(), 2);
	CU_ASSERT_EQUAL(first, CRMVAL_OK);
	CU_ASSERT_EQUAL(second, CRMVAL_EAGAIN);
	csv_file_free(&file);
	remove_folder();
}

/* ---- plans ---- */

static struct csv_table table_of(struct csv_file *files, uint32_t count)
{
	return (struct csv_table){.chunk_bytes = 64, .files = files, .file_count = count, .column_count = 3};
}

static void test_plans(void)
{
	static const uint32_t wanted[] = {1, 2}, beyond[] = {3}, places[] = {0, CSV_ABSENT, 1};
	struct crmval_plan plan = {.struct_size = sizeof plan};
	make_folder();
	write_text("f.csv", "a,c\n");
	struct csv_file file = open_file("f.csv");
	struct csv_table table = table_of(&file, 1);
	file.places = malloc(sizeof places);
	memcpy(file.places, places, sizeof places);
	CU_ASSERT_EQUAL(csv_table_plan(&table, wanted, 2, &plan, &error), CRMVAL_OK);
	CU_ASSERT_EQUAL(plan.split_count, 1);
	CU_ASSERT_EQUAL(file.read_count, 1);
	CU_ASSERT_EQUAL(file.read_places[0], 1);
	CU_ASSERT_EQUAL(file.answers[0], CSV_ABSENT);
	CU_ASSERT_EQUAL(file.answers[1], 0);
	REFUSED(csv_table_plan(&table, beyond, 1, &plan, &error), CRMVAL_EBUG, "column 3 was asked for, of 3");
	file.size = (uint64_t)1 << 40;
	REFUSED(csv_table_plan(&table, wanted, 2, &plan, &error), CRMVAL_ECONF, "too many chunks; raise chunk_bytes");
	csv_file_free(&file);
	remove_folder();
}

/* A file that changed is not made good by one behind it. */
static void test_checks(void)
{
	make_folder();
	write_text("f.csv", "a\n");
	write_text("g.csv", "a\n");
	struct csv_file files[] = {open_file("f.csv"), open_file("g.csv")};
	struct csv_table table = table_of(files, 2);
	CU_ASSERT_EQUAL(csv_table_check(&table, &error), CRMVAL_OK);
	files[0].seen.st_size++;
	REFUSED(csv_table_check(&table, &error), CRMVAL_EAGAIN, "f.csv changed");
	files[0].seen.st_size--;
	files[1].seen.st_size++;
	REFUSED(csv_table_check(&table, &error), CRMVAL_EAGAIN, "g.csv changed");
	csv_file_free(&files[0]);
	csv_file_free(&files[1]);
	remove_folder();
}

static const struct test tests[] = {
	{"patterns", test_patterns},    {"regular files", test_regular},
	{"encodings", test_texts},      {"a guess", test_guess},
	{"changes", test_changes},      {"plans", test_plans},
	{"several files", test_checks}, {0},
};

const struct suite suite_csv_file = {"csv_file", tests};
