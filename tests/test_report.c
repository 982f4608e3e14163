/* SPDX-License-Identifier: MIT */
/* Tests of reports: JSON read back with a parser, CSV and text by their lines. */
#include "suite.h"

#include "sample.h"
#include "../core/report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistr.h>
#include <yajl/yajl_tree.h>

static struct sample sample;
static struct crmval_error error;

/* ---- the texts of numbers ---- */

static void test_numbers(void)
{
	static const struct {
		double number;
		const char *text;
	} cases[] = {{0, "0"},
		     {-0.0, "0"},
		     {53, "53"},
		     {-7, "-7"},
		     {0.1, "0.1"},
		     {-0.25, "-0.25"},
		     {53.08, "53.08"},
		     {33.3333333333, "33.3333333333"},
		     {1.0 / 3, "0.3333333333333333"},
		     {0.1 + 0.2, "0.30000000000000004"},
		     {0.0001, "0.0001"},
		     {0.00001, "1e-05"},
		     {99999.0000000001, "99999.0000000001"},
		     {-0.0000000001, "-1e-10"},
		     {123456.75, "123456.75"},
		     {9007199254740991, "9007199254740991"},
		     {1e22, "1e+22"},
		     {5e-324, "4.94065645841247e-324"},
		     {1.7976931348623157e308, "1.7976931348623157e+308"},
		     {NAN, ""},
		     {INFINITY, ""}};
	char text[OUTPUT_NUMBER_SIZE];

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		CU_ASSERT_EQUAL(output_number_text(cases[i].number, text), (int)strlen(cases[i].text));
		CU_ASSERT_STRING_EQUAL(text, cases[i].text);
	}
}

/* Of each kind another: any bits, of a size that reports have, rounded as they are published, beside powers of 2 or of 10. */
static double number_of_kind(int kind, uint64_t random)
{
	uint64_t bits = random;
	double number;

	if (kind == 1 || kind == 3)
		bits = (random & 0x800fffffffffffff) | (UINT64_C(1023) - 16 + (random >> 52) % 72) << 52;
	if (kind == 2)
		return round((double)(int64_t)random / 0x1p63 * 1e12) / 1e10;
	if (kind == 4) {
		number = pow(10, (double)((random >> 32) % 24) - 6) * (double)(1 + (random >> 20) % 12);
		memcpy(&bits, &number, sizeof bits);
		bits += random % 41 - 20;
	} else if (kind == 3) {
		bits = (bits & 0xfff0000000000000) + random % 7 - 3;
	}
	memcpy(&number, &bits, sizeof number);
	return isfinite(number) ? number : 0.5;
}

/* Numbers of all kinds are as the first of three formats that reads back writes them, which is the C library's word. */
static void test_numbers_read_back(void)
{
	uint64_t state = 1;
	int wrong = 0;

	for (int i = 0; i < 250000; i++) {
		char text[OUTPUT_NUMBER_SIZE], plain[64];
		state = state * 6364136223846793005u + 1442695040888963407u;
		double number = number_of_kind(i % 5, (state >> 32 | state << 32) * 0x9e3779b97f4a7c15);
		output_number_text(number, text);
		for (int digits = 15; digits <= 17; digits++) {
			snprintf(plain, sizeof plain, "%.*g", digits, number + 0.0);
			if (strtod(plain, NULL) == number)
				break;
		}
		if (number == rint(number) && fabs(number) < 0x1p53)
			snprintf(plain, sizeof plain, "%.0f", number + 0.0);
		wrong += strcmp(text, plain) != 0;
	}
	CU_ASSERT_EQUAL(wrong, 0);
}

/* ---- JSON ---- */

static yajl_val parse(const char *text)
{
	char problem[256] = "";
	yajl_val tree = yajl_tree_parse(text, problem, sizeof problem);

	if (!tree)
		printf("%s\n", problem);
	CU_ASSERT_PTR_NOT_NULL_FATAL(tree);
	return tree;
}

static yajl_val at(yajl_val node, const char *key)
{
	const char *path[] = {key, NULL};
	yajl_val value = yajl_tree_get(node, path, yajl_t_any);

	if (!value)
		printf("no key %s\n", key);
	CU_ASSERT_PTR_NOT_NULL_FATAL(value);
	return value;
}

static yajl_val item(yajl_val node, const char *key, size_t place)
{
	yajl_val array = at(node, key);

	CU_ASSERT_FATAL(YAJL_IS_ARRAY(array) && place < array->u.array.len);
	return array->u.array.values[place];
}

static void check_keys(yajl_val node, const char *expected)
{
	char keys[1024] = "";

	CU_ASSERT_FATAL(YAJL_IS_OBJECT(node));
	for (size_t i = 0; i < node->u.object.len; i++) {
		strcat(keys, i ? " " : "");
		strcat(keys, node->u.object.keys[i]);
	}
	CU_ASSERT_STRING_EQUAL(keys, expected);
}

static void check_number(yajl_val node, const char *key, const char *text)
{
	yajl_val value = at(node, key);

	CU_ASSERT_FATAL(YAJL_IS_NUMBER(value));
	CU_ASSERT_STRING_EQUAL(YAJL_GET_NUMBER(value), text);
}

static void check_string(yajl_val node, const char *key, const char *text)
{
	yajl_val value = at(node, key);

	CU_ASSERT_FATAL(YAJL_IS_STRING(value));
	CU_ASSERT_STRING_EQUAL(YAJL_GET_STRING(value), text);
}

static void check_null(yajl_val node, const char *key)
{
	CU_ASSERT(YAJL_IS_NULL(at(node, key)));
}

#define SCORE_KEYS "score low high coverage before gained gained_low gained_high"
#define WINDOW_KEYS "rows numerator denominator value standard_error"

static void test_json_shape(void)
{
	char *text;
	yajl_val tree, dimension, indicator, measure, unit;

	sample_init(&sample);
	/* 0.25 +- 0 in 2 rows of denominator 1 against 0.5. */
	sample.moments[0][0][0] = sample_value(0.25, 0);
	text = sample_report(&sample, FORMAT_JSON, 0, 0);
	tree = parse(text);
	check_keys(tree, "format job period baseline overall dimensions breakdowns alerts data provenance");
	check_string(tree, "format", "crmval-result-1");
	check_string(tree, "job", "sample");
	check_keys(at(tree, "period"), "from to");
	check_string(at(tree, "period"), "from", "2025-01-01");
	check_string(at(tree, "baseline"), "to", "2024-01-20");
	check_keys(at(tree, "overall"), SCORE_KEYS);
	/* a1 37.5, alpha 43.75, overall 46.875. */
	check_number(at(tree, "overall"), "score", "46.875");
	check_number(at(tree, "overall"), "gained", "-3.125");
	dimension = item(tree, "dimensions", 0);
	check_keys(dimension, "id title weight " SCORE_KEYS " indicators");
	check_string(dimension, "id", "alpha");
	indicator = item(dimension, "indicators", 0);
	check_keys(indicator, "id title weight " SCORE_KEYS " measures");
	check_string(indicator, "title", "Alpha one");
	measure = item(indicator, "measures", 0);
	check_keys(measure,
		   "id title unit better weight status " WINDOW_KEYS " baseline basis basis_value score low high "
		   "before gained gained_low gained_high");
	check_keys(at(measure, "baseline"), WINDOW_KEYS);
	check_string(measure, "better", "higher");
	check_number(measure, "weight", "0.5");
	check_string(measure, "status", "ok");
	check_number(measure, "rows", "2");
	check_number(measure, "numerator", "0.5");
	check_number(measure, "denominator", "2");
	check_number(measure, "value", "0.25");
	check_number(measure, "standard_error", "0");
	check_number(at(measure, "baseline"), "value", "0.5");
	check_string(measure, "basis", "value");
	check_number(measure, "score", "25");
	CU_ASSERT_EQUAL(at(indicator, "measures")->u.array.len, 2);
	check_keys(at(tree, "breakdowns"), "team");
	unit = item(at(tree, "breakdowns"), "team", 2);
	check_keys(unit, "unit overall dimensions");
	check_string(unit, "unit", "(none)");
	check_number(at(unit, "overall"), "score", "50");
	yajl_tree_free(tree);
	free(text);
}

static void test_json_nulls(void)
{
	char *text;
	yajl_val tree, indicator, measure;

	sample_init(&sample);
	sample.result.has_baseline = 0;
	sample.result.breakdowns[BREAKDOWN_TEAM] = 0;
	sample.tables[0].kind = CRMVAL_SUM_OF;
	sample.measures[1].no_data[0] = "contact.title is not mapped";
	sample.measures[1].stated_baseline = 0.5;
	sample.measures[2].failed = "the plugin hung";
	text = sample_report(&sample, FORMAT_JSON, 0, 0);
	tree = parse(text);
	check_null(tree, "baseline");
	CU_ASSERT_EQUAL(at(tree, "breakdowns")->u.object.len, 0);
	indicator = item(item(tree, "dimensions", 0), "indicators", 0);
	measure = item(indicator, "measures", 0);
	check_null(measure, "denominator");
	check_null(measure, "baseline");
	check_null(measure, "before");
	measure = item(indicator, "measures", 1);
	check_string(measure, "status", "no_data");
	check_string(measure, "reason", "contact.title is not mapped");
	check_null(measure, "rows");
	check_null(measure, "value");
	check_null(measure, "score");
	check_number(measure, "before", "50");
	check_null(at(measure, "baseline"), "rows");
	check_number(at(measure, "baseline"), "standard_error", "0");
	indicator = item(item(tree, "dimensions", 0), "indicators", 1);
	check_keys(indicator, "id title weight " SCORE_KEYS " reason measures");
	check_string(indicator, "reason", "the plugin hung");
	check_null(indicator, "low");
	check_number(indicator, "coverage", "0");
	check_string(item(indicator, "measures", 0), "status", "failed");
	yajl_tree_free(tree);
	free(text);
}

static void test_json_data(void)
{
	char *text;
	yajl_val tree, account, expense, provenance;

	sample_init(&sample);
	sample_data(&sample);
	text = sample_report(&sample, FORMAT_JSON, 0, 0);
	tree = parse(text);
	check_keys(at(tree, "data"), "account expense");
	account = at(at(tree, "data"), "account");
	check_keys(account,
		   "rows newest source rejected duplicates skipped dangling unreadable missing_fields examples");
	check_number(account, "rows", "1234567");
	check_string(account, "newest", "2025-01-09");
	check_number(account, "duplicates", "5");
	check_keys(at(account, "skipped"), "blank line");
	check_keys(at(account, "dangling"), "owner");
	check_number(at(account, "dangling"), "owner", "3");
	check_keys(at(account, "unreadable"), "created_on");
	CU_ASSERT_STRING_EQUAL(YAJL_GET_STRING(item(account, "missing_fields", 1)), "churned_on");
	CU_ASSERT_STRING_EQUAL(YAJL_GET_STRING(item(account, "examples", 0)),
			       "accounts.csv:7: created_on: \"soon\" is not a date");
	expense = at(at(tree, "data"), "expense");
	check_null(expense, "newest");
	check_null(expense, "source");
	check_keys(at(expense, "dangling"), "");
	provenance = at(tree, "provenance");
	check_keys(provenance, "program plugins job_sha256 reading_sha256 inputs");
	check_string(provenance, "program", "crmval " PACKAGE_VERSION);
	check_string(provenance, "job_sha256", "00ff");
	check_keys(item(provenance, "plugins", 0), "name version kind sandbox");
	check_null(item(provenance, "plugins", 0), "sandbox");
	check_string(item(provenance, "plugins", 1), "sandbox", "seccomp");
	check_keys(item(provenance, "inputs", 0), "name bytes sha256");
	check_number(item(provenance, "inputs", 0), "bytes", "9007199254740993");
	check_null(item(provenance, "inputs", 1), "sha256");
	yajl_tree_free(tree);
	free(text);
}

static void test_json_strings(void)
{
	char *text;
	yajl_val tree, team;

	sample_init(&sample);
	sample.unit_names[0] = "a\"b\\c\n\x01</script>";
	sample.unit_names[1] = "caf\xe9, \xe5\x8d and \xc3\xa9";
	text = sample_report(&sample, FORMAT_JSON, 0, 0);
	CU_ASSERT_PTR_NULL(u8_check((const uint8_t *)text, strlen(text)));
	sample_has(text, "\"a\\\"b\\\\c\\n\\u0001</script>\"");
	tree = parse(text);
	team = at(tree, "breakdowns");
	check_string(item(team, "team", 0), "unit", "a\"b\\c\n\x01</script>");
	check_string(item(team, "team", 1), "unit", "caf\xef\xbf\xbd, \xef\xbf\xbd and \xc3\xa9");
	yajl_tree_free(tree);
	free(text);
}

/* ---- CSV ---- */

/* The line, counted from 0, without its end; NULL past the last.  Takes the text apart. */
static char *line_of(char *text, int place)
{
	char *end;

	while (place-- > 0) {
		text = strstr(text, "\r\n");
		if (!text)
			return NULL;
		text += 2;
	}
	end = strstr(text, "\r\n");
	if (end)
		*end = '\0';
	return text;
}

static void check_line(int place, const char *expected)
{
	char *text = sample_report(&sample, FORMAT_CSV, 0, 0), *line = line_of(text, place);

	CU_ASSERT_PTR_NOT_NULL_FATAL(line);
	CU_ASSERT_STRING_EQUAL(line, expected);
	free(text);
}

static void test_csv(void)
{
	sample_init(&sample);
	sample.moments[0][0][0] = sample_value(0.25, 0);
	sample.measures[1].no_data[0] = "contact.title is not mapped";
	check_line(0,
		   "breakdown,unit,dimension,indicator,measure,status,rows,numerator,denominator,value,standard_error,"
		   "baseline_value,basis,basis_value,weight,score,low,high,before,gained,gained_low,gained_high,"
		   "coverage,reason");
	/* alpha (25 + 50) / 2; overall (37.5 + 50) / 2; gained -25 in a1, -12.5 in alpha. */
	check_line(1, ",,,,,,,,,,,,,,1,43.75,43.75,43.75,50,-6.25,-6.25,-6.25,0.875,");
	check_line(2, ",,alpha,,,,,,,,,,,,0.5,37.5,37.5,37.5,50,-12.5,-12.5,-12.5,0.75,");
	check_line(3, ",,alpha,a1,,,,,,,,,,,0.5,25,25,25,50,-25,-25,-25,0.5,");
	check_line(4, ",,alpha,a1,m0,ok,2,0.5,2,0.25,0,0.5,value,0.25,0.5,25,25,25,50,-25,-25,-25,1,");
	check_line(5, ",,alpha,a1,m1,no_data,,,,,,0.5,value,,0.5,,,,50,,,,0,contact.title is not mapped");
	/* 1 overall, 2 dimensions, 4 indicators, 5 measures: the first unit starts after 12 lines and the header. */
	check_line(12, ",,beta,b2,m4,ok,2,1,2,0.5,0,0.5,value,0.5,1,50,50,50,50,0,0,0,1,");
	check_line(13, "team,East,,,,,,,,,,,,,1,50,50,50,50,0,0,0,0.875,");
	check_line(37, "team,(none),,,,,,,,,,,,,1,50,50,50,50,0,0,0,0.875,");
}

static void test_csv_cells(void)
{
	static const struct {
		const char *name, *cell;
	} cases[] = {{"a,b", "\"a,b\""},
		     {"say \"hi\"", "\"say \"\"hi\"\"\""},
		     {"two\nlines", "\"two\nlines\""},
		     {"=1+1", "'=1+1"},
		     {"+1", "'+1"},
		     {"-1", "'-1"},
		     {"@cmd", "'@cmd"},
		     {"\tx", "'\tx"},
		     {"\rx", "\"'\rx\""},
		     {"=a,b", "\"'=a,b\""},
		     {"a=1", "a=1"},
		     {"\"", "\"\"\"\""},
		     {"\xff!", "\xef\xbf\xbd!"},
		     {"'=1", "'=1"}};
	char expected[128];

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		sample_init(&sample);
		sample.unit_names[0] = cases[i].name;
		snprintf(expected, sizeof expected, "team,%s,,,,,,,,,,,,,1,50,50,50,50,0,0,0,1,", cases[i].cell);
		check_line(13, expected);
	}
	/* Numbers are left alone. */
	sample_init(&sample);
	sample.moments[0][0][0] = sample_value(-0.5, 0);
	check_line(4, ",,alpha,a1,m0,ok,2,-1,2,-0.5,0,0.5,value,-0.5,0.5,0,0,0,50,-50,-50,-50,1,");
}

/* ---- failures ---- */

static ssize_t full(void *cookie, const char *bytes, size_t length)
{
	size_t *room = cookie;

	(void)bytes;
	if (length > *room) {
		errno = ENOSPC;
		return 0;
	}
	*room -= length;
	return (ssize_t)length;
}

static void test_disk_full(void)
{
	static const enum job_format formats[] = {FORMAT_TEXT, FORMAT_JSON, FORMAT_CSV};
	static const size_t rooms[] = {0, 20000};

	sample_init(&sample);
	sample.result.unit_counts[BREAKDOWN_TEAM] = 1000;
	const char **names = calloc(1000, sizeof *names);
	CU_ASSERT_PTR_NOT_NULL_FATAL(names);
	for (int u = 0; u < 1000; u++)
		names[u] = "unit";
	sample.result.unit_names[BREAKDOWN_TEAM] = names;
	for (int i = 0; i < 6; i++) {
		size_t room = rooms[i / 3];
		FILE *stream = fopencookie(&room, "w", (cookie_io_functions_t){.write = full});
		if (formats[i % 3] == FORMAT_TEXT)
			room = 0; /* it is short whatever the units */
		CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
		CU_ASSERT_EQUAL(report_write(formats[i % 3], &sample.result, stream, NULL, &error), CRMVAL_EIO);
		CU_ASSERT_EQUAL(error.code, CRMVAL_EIO);
		sample_has(error.message, "No space left on device");
		fclose(stream);
	}
	free(names);
}

static void test_refused(void)
{
	static const enum job_format formats[] = {FORMAT_TEXT, FORMAT_JSON, FORMAT_CSV};

	sample_init(&sample);
	sample.result.missing = MISSING_FAIL;
	sample.measures[0].no_data[0] = "account.id is not mapped";
	for (int i = 0; i < 3; i++) {
		char *text = NULL;
		size_t size;
		FILE *stream = open_memstream(&text, &size);
		CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
		CU_ASSERT_EQUAL(report_write(formats[i], &sample.result, stream, NULL, &error), CRMVAL_EDATA);
		fclose(stream);
		CU_ASSERT_EQUAL(size, 0);
		free(text);
	}
}

/* ---- threads ---- */

enum { MANY = 1000 };

static void many_moments(const struct result *result, uint32_t measure, int window, int breakdown, uint32_t unit,
			 struct moments *moments)
{
	(void)result;
	*moments = sample_value((unit * 7 + measure) % 101 / 100.0 + 0.01 * window, breakdown < 0 ? 0 : 0.05);
}

/* So many units that several threads write them, and what each of them writes is of another length. */
static void make_many(void)
{
	static char names[MANY][40];
	static const char *units[MANY];

	sample_init(&sample);
	for (int i = 0; i < MANY; i++) {
		snprintf(names[i], sizeof names[i], "%04d, %.*s", i, i % 30, "\"=\xffx of a long name for a unit");
		units[i] = names[i];
	}
	sample.result.moments = many_moments;
	sample.result.unit_counts[BREAKDOWN_TEAM] = MANY;
	sample.result.unit_names[BREAKDOWN_TEAM] = units;
}

static void test_threads(void)
{
	make_many();
	char *by_one = sample_report(&sample, FORMAT_CSV, 80, 0);
	for (unsigned threads = 2; threads <= 5; threads++) {
		sample.result.threads = threads;
		char *by_many = sample_report(&sample, FORMAT_CSV, 80, 0);
		CU_ASSERT(strcmp(by_many, by_one) == 0);
		free(by_many);
	}
	/* The last unit's, from its scope to its last measure: all are there. */
	sample_has(by_one, "\r\nteam,\"0999, \"\"=");
	CU_ASSERT(strlen(by_one) > (size_t)MANY * 10 * 60);
	free(by_one);
}

static void test_threads_full(void)
{
	make_many();
	sample.result.threads = 3;
	for (size_t most = 100000; most <= 400000; most += 50000) {
		size_t room = most;
		FILE *stream = fopencookie(&room, "w", (cookie_io_functions_t){.write = full});
		CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
		CU_ASSERT_EQUAL(report_write(FORMAT_CSV, &sample.result, stream, NULL, &error), CRMVAL_EIO);
		fclose(stream);
	}
}

static const struct test tests[] = {{"numbers", test_numbers},
				    {"numbers read back", test_numbers_read_back},

				    {"JSON: keys and numbers", test_json_shape},
				    {"JSON: null", test_json_nulls},
				    {"JSON: data and provenance", test_json_data},
				    {"JSON: strings", test_json_strings},
				    {"CSV: rows", test_csv},
				    {"CSV: cells", test_csv_cells},
				    {"disk full", test_disk_full},
				    {"several threads", test_threads},
				    {"disk full, several threads", test_threads_full},
				    {"missing data refused", test_refused},
				    {NULL, NULL}};

const struct suite suite_report = {"report", tests};
