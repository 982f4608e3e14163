/* SPDX-License-Identifier: MIT */
/* Job files that are not what they seem: what libconfig would misread, hang on or choke on, and what is no job file. */
#include "suite.h"

#include "job_text.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define REST JOB_LINE SOURCE_LINE
#define EXPECT(read, ...) job_text_expect(read, (const char *const[]){__VA_ARGS__, NULL})

struct trap_case {
	const char *text;
	const char *expected[4];
};

static void check(const struct trap_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct job_text read = job_text_of(cases[i].text);
		CU_ASSERT_EQUAL(read.code, CRMVAL_OK);
		job_text_expect(&read, cases[i].expected);
		job_text_free(&read);
	}
}

#define SIZE(literal) REST "limits = {\nrejected_rows = " literal "; };\n"
#define TOO_LONG(literal) "FILE:4: the integer " literal " does not fit 32 bits; append an L: " literal "L"
#define MUCH_TOO_LONG(literal) "FILE:4: the integer " literal " does not fit 64 bits; write a smaller one"
#define NOT_WITHIN(number) "FILE:4: limits.rejected_rows: must be between 0 and 1e+15, not " number

static void test_integers(void)
{
	static const struct trap_case cases[] = {
		{SIZE("2147483647"), {NULL}},
		{SIZE("2147483648"), {TOO_LONG("2147483648")}},
		{SIZE("3000000000"), {TOO_LONG("3000000000")}},
		{SIZE("3000000000L"), {NULL}},
		{SIZE("3000000000LL"), {NULL}},
		{SIZE("3000000000.0"), {NULL}},
		{SIZE("3e9"), {NULL}},
		{SIZE("0000000000000000000000005"), {NULL}},
		{SIZE("12345678901234567890123"), {MUCH_TOO_LONG("12345678901234567890123"), NOT_WITHIN("2e+19")}},
		{SIZE("9223372036854775808L"), {MUCH_TOO_LONG("9223372036854775808"), NOT_WITHIN("9e+18")}},
		{SIZE("9223372036854775808LL"), {MUCH_TOO_LONG("9223372036854775808"), NOT_WITHIN("9e+18")}},
		{SIZE("9223372036854775807"), {TOO_LONG("9223372036854775807"), NOT_WITHIN("9e+18")}},
		{SIZE("9223372036854775808"), {MUCH_TOO_LONG("9223372036854775808"), NOT_WITHIN("9e+18")}},
		{SIZE("1E+3"), {NULL}},
		{SIZE("0e+3000000000"), {NULL}},
		{SIZE("0E+3000000000"), {NULL}},
		{SIZE("0.0e-3000000000"), {NULL}},
		{SIZE("-2147483649"), {TOO_LONG("-2147483649"), NOT_WITHIN("-2000000000")}},
		{SIZE("-2147483648"), {NOT_WITHIN("-2147483648")}},
		{SIZE("0x7fffFFFF"), {NULL}},
		{SIZE("0xFFFFFFFF"), {TOO_LONG("0xFFFFFFFF")}},
		{SIZE("0xFFFFFFFFL"), {NULL}},
		{SIZE("0XFFFFFFFFFFFFFFFFL"), {MUCH_TOO_LONG("0XFFFFFFFFFFFFFFFF"), NOT_WITHIN("2e+19")}},
		{SIZE("9007199254740993L"), {NOT_WITHIN("9.00719925474099e+15")}},
		{SIZE("1e+0000000000005"), {NULL}}, /* the exponent is no integer of its own */
		{SIZE("010"), {NULL}},
		{SIZE("1e999"), {"FILE:4: limits.rejected_rows: is too large for a number; write a smaller one"}},
		{SIZE("-1e999"), {"FILE:4: limits.rejected_rows: is too large for a number; write a smaller one"}},
		/* not in texts, comments and names */
		{REST "score = { missing = \"zero\"; }; # 99999999999\n/* 99999999999\n */ // 99999999999", {NULL}},
		{REST "a-99999999999 = 1;\n",
		 {"FILE:3: a-99999999999: is not a known key; known here: job, sources, dimensions, score, limits, "
		  "plugins, archive, reports, alerts"}},
		/* the lines of a text and of a comment count */
		{JOB_LINE "/*\n\n*/ sources = ( { plugin = \"fake\"; directory = \"a\nb\"; size = 5000000000; } );\n",
		 {"FILE:5: the integer 5000000000 does not fit 32 bits; append an L: 5000000000L",
		  "FILE:5: sources.[0].size: must be between 1 and 5000, not 5000000000"}},
	};
	struct job_text read;
	check(cases, sizeof cases / sizeof cases[0]);
	read = job_text_of(SIZE("0xFFFFFFFFL"));
	CU_ASSERT_EQUAL(read.job->max_rejected_rows, UINT64_C(4294967295));
	job_text_free(&read);
	read = job_text_of(SIZE("010"));
	CU_ASSERT_EQUAL(read.job->max_rejected_rows, 10);
	job_text_free(&read);
}

#define INCLUDE                                                                                                        \
	"@include is not read, since it can hang or include itself; write one file, or set what differs by --set"
#define SYNTAX "; look for a missing quote, bracket, comma or semicolon here or in the line before"

static void test_texts(void)
{
	static const struct trap_case cases[] = {
		{JOB_LINE "sources = ( { plugin = \"fake\"; directory = \"in\";\ndelimiter = \"a\\x00b\"; } );\n",
		 {"FILE:3: \\x00 cuts the text off; leave it out"}},
		{REST "score = { missing = \"ze\nro\\\\\\x00\"; };\n",
		 {"FILE:4: \\x00 cuts the text off; leave it out",
		  "FILE:3: score.missing: \"ze?ro\\ \" is not known; known here: renormalise, zero, fail"}},
		{REST "score = { missing = \"zer\\x6f\"; };\n", {NULL}},
		/* a backslash before a backslash, then x00 */
		{REST "score = { missing = \"\\\\x00\"; };\n",
		 {"FILE:3: score.missing: \"\\x00\" is not known; known here: renormalise, zero, fail"}},
		{REST "score = { missing = \"zero; };\n", {"FILE:3: the text that begins here has no closing quote"}},
		{REST "score = { missing = \"zero\\\"; };\n",
		 {"FILE:3: the text that begins here has no closing quote"}},
		{REST "\n/* score = { };\n\n", {"FILE:4: the comment that begins here is not closed by */"}},
		{REST "@include \"/dev/zero\"\n", {"FILE:3: " INCLUDE}},
		{REST "\t @include \"/dev/zero\"\n", {"FILE:3: " INCLUDE}},
		{REST "score = { @include \"/dev/zero\"\n };\n", {"FILE:3: " INCLUDE}},
		{REST "# it's \"\n@include \"/dev/zero\"\n# \"\n", {"FILE:4: " INCLUDE}},
		{REST "/* \" */\n@include \"/dev/zero\"\n/* \" */\n", {"FILE:4: " INCLUDE}},
		{REST "/*\n@include \"/dev/zero\"\n*/ # @include \"/dev/zero\"\n", {NULL}},
		{REST "score = { missing = \"\n@include \\\"/dev/zero\\\"\"; };\n",
		 {"FILE:3: score.missing: \"?@include \"/dev/zero\"\" is not known; known here: renormalise, zero, "
		  "fail"}},
	};
	check(cases, sizeof cases / sizeof cases[0]);
}

static void test_syntax(void)
{
	static const struct trap_case cases[] = {
		{REST "\nscore = { missing \"zero\"; };\n", {"FILE:4: syntax error" SYNTAX}},
		{REST "score = { missing = zero; };\n", {"FILE:3: syntax error" SYNTAX}},
		{REST "job = { };\n", {"FILE:3: duplicate setting name" SYNTAX}},
		{REST "score = { missing = \"zero\"; missing = \"fail\"; };\n",
		 {"FILE:3: duplicate setting name" SYNTAX}},
		{REST "score = [ 1, 2.5 ];\n", {"FILE:3: mismatched element type in array" SYNTAX}},
		{REST "score = {\n", {"FILE:4: syntax error" SYNTAX}},
		/* no newline at the end */
		{REST "score = { };", {NULL}},
		{REST "# the end", {NULL}},
		{REST "// the end", {NULL}},
	};
	check(cases, sizeof cases / sizeof cases[0]);
}

static void test_depth(void)
{
	enum { DEPTH = 20000 };
	static char text[DEPTH * 3 + 300];
	snprintf(text, sizeof text, "%s", REST "score =\n");
	char *out = text + strlen(text);
	for (int i = 0; i < DEPTH; i++)
		out = stpcpy(out, "( ");
	memset(out, ')', DEPTH);
	strcpy(out + DEPTH, ";\n");
	struct job_text read = job_text_of(text);
	EXPECT(&read, "FILE:4: is nested deeper than any job needs; close the brackets before");
	CU_ASSERT_PTR_NULL(read.job);
	job_text_free(&read);
}

static void test_bytes(void)
{
	static const char marked[] = "\xef\xbb\xbf" REST;
	static const char windows[] = "job = { period = \"last-month\"; };\r\nsources = ( { plugin = \"fake\";\r\n"
				      "directory = \"in\"; size = 0; } ); # end\r\n";
	static const char nul[] = JOB_LINE "# \0\n" SOURCE_LINE;
	static const char utf16[] = "\xff\xfej\0o\0b\0";
	struct job_overrides overrides = {.today = fake_today};
	struct job_text read = job_text_of(marked);
	job_text_expect(&read, (const char *const[]){NULL});
	job_text_free(&read);
	read = job_text_of(windows);
	EXPECT(&read, "FILE:3: sources.[0].size: must be between 1 and 5000, not 0");
	job_text_free(&read);
	job_text_write(nul, sizeof nul - 1);
	read = job_text_read(job_text_path(), &overrides);
	EXPECT(&read, "FILE:2: holds a NUL byte, so it is no text; save it as UTF-8");
	job_text_free(&read);
	job_text_write(utf16, sizeof utf16 - 1);
	read = job_text_read(job_text_path(), &overrides);
	EXPECT(&read, "FILE:1: holds a NUL byte, so it is no text; save it as UTF-8");
	CU_ASSERT_PTR_NULL(read.job);
	job_text_free(&read);
}

static void test_size(void)
{
	enum { MEBIBYTE = 1024 * 1024 };
	struct job_overrides overrides = {.today = fake_today};
	char *text = malloc(MEBIBYTE + 1);
	CU_ASSERT_PTR_NOT_NULL_FATAL(text);
	memset(text, '\n', MEBIBYTE + 1);
	memcpy(text, REST, strlen(REST));
	job_text_write(text, MEBIBYTE);
	struct job_text read = job_text_read(job_text_path(), &overrides);
	job_text_expect(&read, (const char *const[]){NULL});
	job_text_free(&read);
	job_text_write(text, MEBIBYTE + 1);
	read = job_text_read(job_text_path(), &overrides);
	EXPECT(&read, "FILE: is larger than 1 MiB; it cannot be a job file");
	job_text_free(&read);
	free(text);
}

static void test_kinds(void)
{
	struct job_overrides overrides = {.today = fake_today};
	char path[100];
	struct job_text read = job_text_read(job_text_directory(), &overrides);
	CU_ASSERT_EQUAL(read.code, CRMVAL_OK);
	CU_ASSERT_EQUAL_FATAL(read.problems.count, 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(read.problems.texts[0], ": is not a regular file; name a job file"));
	job_text_free(&read);
	snprintf(path, sizeof path, "%s/fifo", job_text_directory());
	CU_ASSERT_EQUAL_FATAL(mkfifo(path, 0600), 0);
	read = job_text_read(path, &overrides); /* does not wait for a writer */
	CU_ASSERT_EQUAL_FATAL(read.problems.count, 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(read.problems.texts[0], "/fifo: is not a regular file"));
	CU_ASSERT_PTR_NULL(read.job);
	job_text_free(&read);
	unlink(path);
	read = job_text_read(path, &overrides);
	CU_ASSERT_EQUAL(read.code, CRMVAL_ENOINPUT);
	CU_ASSERT_PTR_NOT_NULL(strstr(read.error.message, "/fifo: there is no such file; check the path"));
	job_text_free(&read);
	read = job_text_read("", &overrides);
	CU_ASSERT_EQUAL(read.code, CRMVAL_ENOINPUT);
	job_text_free(&read);
}

static void test_permission(void)
{
	struct job_overrides overrides = {.today = fake_today};
	job_text_write(REST, strlen(REST));
	CU_ASSERT_EQUAL(chmod(job_text_path(), 0), 0);
	if (access(job_text_path(), R_OK) == 0) {
		suite_skip("runs as root, who may read everything");
	} else {
		struct job_text read = job_text_read(job_text_path(), &overrides);
		CU_ASSERT_EQUAL(read.code, CRMVAL_EPERM);
		job_text_free(&read);
	}
	CU_ASSERT_EQUAL(chmod(job_text_path(), 0644), 0);
}

/* Every file cut short at every byte is an error at worst. */
static void test_cut(void)
{
	static const char text[] =
		"\xef\xbb\xbf" REST "/* x */ dimensions = ( { plugin = \"fake\"; measures = { sales = { "
		"scale = ( (0, 0x1L), (1.5e0, \"\\x41\") ); }; }; } ); # end\n";
	struct job_overrides overrides = {.today = fake_today};
	for (size_t size = 0; size < sizeof text; size++) {
		job_text_write(text, size);
		struct job_text read = job_text_read(job_text_path(), &overrides);
		CU_ASSERT(read.code == CRMVAL_OK &&
			  (size == sizeof text || read.problems.count + (size_t) !!read.job > 0));
		job_text_free(&read);
	}
}

static void test_locale(void)
{
	static const char *const names[] = {"de_DE.UTF-8", "de_DE.utf8", "de_DE", "fr_FR.UTF-8"};
	const char *found = NULL;
	for (size_t i = 0; i < sizeof names / sizeof names[0] && !found; i++)
		found = setlocale(LC_ALL, names[i]);
	if (!found || strcmp(localeconv()->decimal_point, ",") != 0) {
		suite_skip("no locale here has a decimal comma");
	} else {
		struct job_text read = job_text_of(REST "score = { min_coverage = 0.75; };\n"
							"limits = { examples = 1.0; rejected_rows = 3000000000; };\n");
		EXPECT(&read, "FILE:4: the integer 3000000000 does not fit 32 bits; append an L: 3000000000L");
		CU_ASSERT_EQUAL(read.job->min_coverage, 0.75);
		CU_ASSERT_EQUAL(read.job->limits.rejected_share, 1);
		job_text_free(&read);
	}
	setlocale(LC_ALL, "C");
}

/* The commented reference says of every key what its default is; it must at least be a job. */
static void test_reference(void)
{
	char path[4096];
	const char *root = getenv("SRCDIR");
	struct job_overrides overrides = {.today = fake_today};
	struct crmval_error error = {.struct_size = sizeof error};
	struct problems problems = {0};
	struct job *job;
	snprintf(path, sizeof path, "%s/conf/crmval.conf", root ? root : ".");
	int code = job_read(path, &overrides, &job, &problems, &error);
	CU_ASSERT_EQUAL(code, CRMVAL_OK);
	CU_ASSERT_EQUAL(problems.count, 0);
	CU_ASSERT_PTR_NOT_NULL_FATAL(job);
	CU_ASSERT(job->has_baseline && job->source_count == 1 && job->dimension_count == 5);
	CU_ASSERT(job->aggregation == AGGREGATE_ARITHMETIC && job->missing == MISSING_RENORMALISE);
	CU_ASSERT(job->min_coverage == 0 && job->max_rejected_rows == UINT64_MAX && job->limits.rejected_share == 1);
	CU_ASSERT(job->limits.unreadable_share == 1 && job->limits.dangling_share == 1 && job->max_examples == 5);
	CU_ASSERT(job->hashing == HASH_AUTO && job->sandbox == SANDBOX_DEFAULT && job->plugin_deadline == 60);
	CU_ASSERT(job->plugin_memory == UINT64_C(1) << 30 && job->plugin_directory_count == 0 &&
		  job->report_count == 0);
	CU_ASSERT(!job->archive.directory && keep_is_empty(&job->archive.keep));
	job_free(job);
	problems_free(&problems);
}

static const struct test tests[] = {
	{"integers that overflow", test_integers},
	{"texts, comments, includes", test_texts},
	{"syntax errors", test_syntax},
	{"endless nesting", test_depth},
	{"byte order marks, line ends, NUL", test_bytes},
	{"size", test_size},
	{"no regular file, no file", test_kinds},
	{"no permission", test_permission},
	{"cut short anywhere", test_cut},
	{"decimal comma", test_locale},
	{"the reference job", test_reference},
	{NULL, NULL},
};

const struct suite suite_job_file = {"job_file", tests};
