/* SPDX-License-Identifier: MIT */
/* Lists of snapshots, in each form: what they say of whole snapshots and of ones with little in them; and memory that ends. */
#include "archive_table.h"

#include "failing.h"
#include "suite.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct crmval_error error = {.struct_size = sizeof error};

static const struct snapshot_score dimensions[] = {{.id = "alpha", .score = 40, .low = 30, .high = 50, .coverage = 1}};

/* One with all there is, and one of a run that had no data. */
static const struct snapshot_header headers[] = {
	{.job = "sales, \"all\"",
	 .made = 1795774500,
	 .period = {.from = 20089, .to = 20453}, /* 2025-01-01 to 2025-12-31 */
	 .baseline = {.from = 19723, .to = 20088},
	 .has_baseline = 1,
	 .overall = {.score = 47.5, .low = 40.3, .high = 54.7, .coverage = 0.5},
	 .dimension_count = 1,
	 .dimensions = dimensions},
	{.job = "none\xff",
	 .made = 1795774501,
	 .period = {.from = 20089, .to = 20453},
	 .overall = {.score = NAN, .low = NAN, .high = NAN, .coverage = 0}},
};

static char long_problem[1 << 20]; /* more than there is of the stack above */

/* Bytes that are no UTF-8 are written as signs for that, which takes memory. */
static struct prune_item items[] = {
	{.entry = {.name = "a.gz"},
	 .made = 1795774500,
	 .job = (char[]){"one"},
	 .reasons = 1u << KEEP_LAST | 1u << KEEP_DAILY},
	{.entry = {.name = "b.gz"}, .made = 1795774500, .job = (char[]){"one\xff"}},
	{.entry = {.name = "c.gz"}, .problem = (char[]){"it is a symbolic link"}},
	{.entry = {.name = "d.gz"}, .problem = long_problem, .reasons = 1u << KEEP_LAST},
};

static int fill(enum archive_table_kind kind, enum job_format format, FILE *stream)
{
	static struct archive_table table;
	int code = archive_table_open(&table, kind, format, stream, &error);
	if (code != CRMVAL_OK)
		return code;
	for (size_t i = 0; kind == ARCHIVE_CONTENT && i < sizeof headers / sizeof *headers; i++)
		archive_table_snapshot(&table, i ? "2.gz" : "1.gz", &headers[i]);
	for (size_t i = 0; kind == ARCHIVE_PLAN && i < sizeof items / sizeof *items; i++)
		archive_table_item(&table, &items[i]);
	return archive_table_close(&table, &error);
}

/* The list, which the caller frees; a call fails, or none where `at` is 0. */
static char *list(enum archive_table_kind kind, enum job_format format, enum failing failing, unsigned at,
		  unsigned *calls, int *code)
{
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);
	CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
	long held = failing_held();
	failing_begin(failing, at, ENOMEM);
	*code = fill(kind, format, stream);
	*calls = failing_end();
	CU_ASSERT_EQUAL(failing_held(), held);
	fclose(stream);
	return text;
}

static void check(enum archive_table_kind kind, enum job_format format, const char *const *says)
{
	unsigned calls;
	int code;
	memset(long_problem, 'x', sizeof long_problem - 1);
	char *text = list(kind, format, FAILING_MEMORY, 0, &calls, &code);
	CU_ASSERT_EQUAL(code, CRMVAL_OK);
	CU_ASSERT_PTR_EQUAL(strstr(text, *says), text);
	for (; *says; says++) {
		if (!strstr(text, *says))
			printf("not in it: %s\n%s\n", *says, text);
		CU_ASSERT_PTR_NOT_NULL(strstr(text, *says));
	}
	free(text);
	for (unsigned at = 1; at <= calls; at++) {
		unsigned ignored;
		free(list(kind, format, FAILING_MEMORY, at, &ignored, &code));
		CU_ASSERT_EQUAL(code, CRMVAL_ENOMEM);
	}
}

static void test_content(void)
{
	check(ARCHIVE_CONTENT, FORMAT_TEXT,
	      (const char *const[]){"made                  score    95% range  period                  file\n",
				    "2026-11-27T10:15:00Z   47.5    40.3–54.7  2025-01-01..2025-12-31  1.gz\n",
				    "2026-11-27T10:15:01Z      –               2025-01-01..2025-12-31  2.gz\n", NULL});
	check(ARCHIVE_CONTENT, FORMAT_CSV,
	      (const char *const[]){
		      "file,made,job,period_from,period_to,score,low,high,coverage\r\n1.gz,2026-11-27T10:15:"
		      "00Z,\"sales, \"\"all\"\"\",2025-01-01,2025-12-31,47.5,40.3,54.7,0.5\r\n"
		      "2.gz,2026-11-27T10:15:01Z,none�,2025-01-01,2025-12-31,,,,0\r\n",
		      NULL});
	check(ARCHIVE_CONTENT, FORMAT_JSON,
	      (const char *const[]){"{\n  \"format\": \"crmval-archive-1\"", "\"job\": \"sales, \\\"all\\\"\"",
				    "\"baseline\": {\n        \"from\": \"2024-01-01\"", "\"baseline\": null",
				    "\"id\": \"alpha\",\n          \"score\": 40", "\"dimensions\": [\n\n      ]",
				    "\"score\": null", NULL});
}

static void test_plan(void)
{
	check(ARCHIVE_PLAN, FORMAT_TEXT,
	      (const char *const[]){"keep    a.gz  (last daily)\n", "remove  b.gz\n",
				    "leave   c.gz  (it is a symbolic link)\n", "leave   d.gz  (xxxx", NULL});
	check(ARCHIVE_PLAN, FORMAT_CSV,
	      (const char *const[]){"file,made,job,action,reasons\r\na.gz,2026-11-27T10:15:00Z,one,keep,last daily\r\n"
				    "b.gz,2026-11-27T10:15:00Z,one�,remove,\r\nc.gz,,,leave,it is a symbolic link\r\n",
				    NULL});
	check(ARCHIVE_PLAN, FORMAT_JSON,
	      (const char *const[]){"{\n  \"format\": \"crmval-prune-1\"",
				    "\"file\": \"a.gz\",\n      \"made\": \"2026-11-27T10:15:00Z\"",
				    "\"reasons\": [\n        \"last\",\n        \"daily\"",
				    "\"made\": null,\n      \"job\": null,\n      \"action\": \"leave\"",
				    "\"it is a symbolic link\"", "\"action\": \"remove\"", NULL});
}

/* Where the JSON cannot be begun. */
static void test_no_json(void)
{
	for (int kind = ARCHIVE_CONTENT; kind <= ARCHIVE_PLAN; kind++) {
		unsigned calls;
		int code;
		free(list(kind, FORMAT_JSON, FAILING_JSON, 1, &calls, &code));
		CU_ASSERT_EQUAL(code, CRMVAL_ENOMEM);
	}
}

/* Where the stream takes no more. */
static void test_full_disk(void)
{
	for (int kind = ARCHIVE_CONTENT; kind <= ARCHIVE_PLAN; kind++)
		for (int format = FORMAT_TEXT; format <= FORMAT_CSV; format++) {
			FILE *stream = fopen("/dev/full", "w");
			CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
			CU_ASSERT_EQUAL(fill(kind, format, stream), CRMVAL_EIO);
			fclose(stream);
		}
}

static const struct test tests[] = {{"what is in an archive", test_content},
				    {"what is to go", test_plan},
				    {"JSON that fails", test_no_json},
				    {"a full disk", test_full_disk},
				    {NULL, NULL}};

const struct suite suite_archive_table = {"archive_table", tests};
