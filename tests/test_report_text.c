/* SPDX-License-Identifier: MIT */
/* Tests of the text report: what it says, and that nothing is wider than the screen or out of line. */
#include "suite.h"

#include "sample.h"
#include "../core/screen.h"

#include <stdlib.h>
#include <string.h>
#include <uniwidth.h>

static struct sample sample;

static void check_widths(const char *text, int most)
{
	char line[1024];

	while (*text) {
		size_t length = strcspn(text, "\n");
		CU_ASSERT_FATAL(length < sizeof line && text[length] == '\n');
		memcpy(line, text, length);
		line[length] = '\0';
		int width = u8_strwidth((const uint8_t *)line, "UTF-8");
		if (width > most)
			printf("%d columns: %s\n", width, line);
		CU_ASSERT(width <= most);
		text += length + 1;
	}
}

/* The column at which `part` starts in the line that holds `name`. */
static int column_of(const char *text, const char *name, const char *part)
{
	const char *line = strstr(text, name), *found;

	CU_ASSERT_PTR_NOT_NULL_FATAL(line);
	while (line > text && line[-1] != '\n')
		line--;
	found = strstr(line, part);
	CU_ASSERT_PTR_NOT_NULL_FATAL(found);
	return u8_width((const uint8_t *)line, (size_t)(found - line), "UTF-8");
}

static void test_text(void)
{
	char *text;

	sample_init(&sample);
	sample_data(&sample);
	sample.moments[0][0][0] = sample_value(0.25, 0);
	sample.measures[1].no_data[0] = "contact.title is not mapped";
	sample.measures[4].failed = "the plugin hung";
	text = sample_report(&sample, FORMAT_TEXT, 80, 0);
	sample_has(text, "CRM value, sample\n2025-01-01 to 2025-01-10, compared with 2024-01-01 to 2024-01-20\n");
	/* a1 25, alpha 37.5, beta 50, overall 43.75, before 50 of all. */
	sample_has(text, "\n  43.8 of 100 ");
	sample_has(text, "\n  95% range 43.8 to 43.8, resting on 62% of the weight; before 50.0\n");
	sample_has(text, "\n  gained -6.2 (95% range -6.2 to -6.2)\n");
	sample_has(text, "1 Alpha, first ");
	sample_has(text, "  25.0   25.0– 25.0   50.0  -25.0   50%\n");
	sample_has(text, "  lost      Alpha one -25.0\n");
	/* To 100: a1 (100 - 25) / 4, a2 (100 - 50) / 4, b1 has all of beta: (100 - 50) / 2. */
	sample_has(text, "  1. Beta one stands at 50.0; at 100 it would bring +25.0 points overall\n");
	sample_has(text, "  2. Alpha one stands at 25.0; at 100 it would bring +18.8 points overall\n");
	sample_has(text, "     Measure 0 25.0 (0.25, was 0.5, rows 2)\n");
	CU_ASSERT_PTR_NULL(strstr(text, "  gained    "));
	CU_ASSERT_PTR_NULL(strstr(text, "Beta two stands"));
	sample_has(text, "  strong    Alpha two 50.0, Beta one 50.0\n");
	sample_has(text, "  Beta failed: the plugin hung (25.0% of the weight)\n");
	sample_has(text, "  contact.title is not mapped (12.5% of the weight): Measure 1\n");
	sample_has(text, "  1,234,567 rows; 1 of 2 entities mapped; not mapped: expense\n");
	sample_has(text, "  account: 1,234,567 rows, 1 rejected, 5 duplicates, 3 dangling owner, 2\n"
			 "    unreadable created_on, passed over: 4 blank line\n");
	sample_has(text, "    accounts.csv:7: created_on: \"soon\" is not a date\n");
	CU_ASSERT_PTR_NULL(strchr(text, '\033'));
	check_widths(text, 80);
	free(text);
}

static void test_text_widths(void)
{
	static const int widths[] = {0, 80, 81, 100, 132, 200};
	char *text;

	sample_init(&sample);
	sample_data(&sample);
	sample.unit_names[0] = "华东大区销售一部";
	sample.unit_names[1] = "Zürich, with a name that is much too long for the column that it has to stand in";
	sample.measures[1].no_data[0] =
		"没有数据没有数据没有数据没有数据没有数据没有数据没有数据没有数据没有数据没有数据"
		"没有数据没有数据";
	for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
		text = sample_report(&sample, FORMAT_TEXT, widths[i], 0);
		check_widths(text, widths[i] < 80 ? 80 : widths[i]);
		/* Scores stand below each other, whatever the script before them. */
		CU_ASSERT_EQUAL(column_of(text, "华东", " 50.0"), column_of(text, "(none)", " 50.0"));
		CU_ASSERT_EQUAL(column_of(text, "Zürich", " 50.0"), column_of(text, "(none)", " 50.0"));
		free(text);
	}
	text = sample_report(&sample, FORMAT_TEXT, 80, 0);
	sample_has(text, "Zürich, with a name that is much too long f");
	sample_has(text, "… ");
	free(text);
}

static void test_text_colour(void)
{
	char *text;

	sample_init(&sample);
	sample.unit_names[0] = "a\033[31mred\xe2\x80\xae\x07";
	text = sample_report(&sample, FORMAT_TEXT, 80, 1);
	sample_has(text, "\033[1m50.0\033[0m of 100");
	free(text);
	text = sample_report(&sample, FORMAT_TEXT, 80, 0);
	CU_ASSERT_PTR_NULL(strchr(text, '\033'));
	sample_has(text, "a�[31mred��");
	free(text);
}

/* Twelve units: the seven best, and the three lowest of those that have a score. */
static void test_text_units(void)
{
	static const char *names[12] = {"u00", "u01", "u02", "u03", "u04", "u05",
					"u06", "u07", "u08", "u09", "u10", "u11"};
	char *text;

	sample_init(&sample);
	sample.result.unit_counts[BREAKDOWN_TEAM] = 12;
	sample.result.unit_names[BREAKDOWN_TEAM] = names;
	/* u00, u03 ... 90; u01, u04 ... 50; u02, u05 ... 10 */
	for (int m = 0; m < SAMPLE_MEASURES; m++) {
		sample.moments[1][m][0] = sample_value(0.9, 0);
		sample.moments[3][m][0] = sample_value(0.1, 0);
	}
	text = sample_report(&sample, FORMAT_TEXT, 80, 0);
	char *best = strstr(text, "  u00 "), *middle = strstr(text, "  u07 "),
	     *more = strstr(text, "  2 more; the lowest:");
	char *lowest = strstr(text, "  u05 ");
	CU_ASSERT_FATAL(best && middle && more && lowest);
	CU_ASSERT(best < middle && middle < more && more < lowest);
	CU_ASSERT_PTR_NULL(strstr(text, "  u10 "));
	CU_ASSERT_PTR_NULL(strstr(text, "  u11 "));
	sample_has(text, "90.0    ±0.0  90.0  90.0\n");
	free(text);
	/* Four have a score: no lowest, but the units without one. */
	for (int scope = 1; scope < 3; scope++)
		for (int m = 0; m < SAMPLE_MEASURES; m++)
			sample.moments[scope][m][0] = (struct moments){0};
	text = sample_report(&sample, FORMAT_TEXT, 80, 0);
	sample_has(text, "  2 more\n");
	CU_ASSERT_PTR_NULL(strstr(text, "the lowest"));
	CU_ASSERT(strstr(text, "  u11 ") < strstr(text, "  u00 "));
	free(text);
}

/* Two dimensions that failed for one reason are two failures. */
static void test_text_failed(void)
{
	char *text;

	sample_init(&sample);
	for (int m = 0; m < SAMPLE_MEASURES; m++)
		sample.measures[m].failed = "the plugin hung";
	sample.measures[0].failed = NULL;
	text = sample_report(&sample, FORMAT_TEXT, 80, 0);
	sample_has(text, "  Alpha, first failed: the plugin hung (37.5% of the weight)\n"
			 "  Beta failed: the plugin hung (50.0% of the weight)\n");
	free(text);
}

/* What the plugin says of the baseline explains why there is none. */
static void test_text_no_baseline(void)
{
	char *text;

	sample_init(&sample);
	sample.measures[3].basis = CRMVAL_GROWTH;
	sample.measures[3].no_data[1] = "orders start on 2024-01-05";
	sample.measures[4].basis = CRMVAL_GROWTH;
	sample.moments[0][4][1] = (struct moments){0};
	text = sample_report(&sample, FORMAT_TEXT, 80, 0);
	sample_has(text,
		   "  no baseline (50.0% of the weight): Measure 3 (orders start on 2024-01-05),\n    Measure 4\n");
	free(text);
}

static void test_text_no_score(void)
{
	char *text;

	sample_init(&sample);
	for (int m = 0; m < SAMPLE_MEASURES; m++)
		sample.measures[m].no_data[0] = "account.id is not mapped";
	text = sample_report(&sample, FORMAT_TEXT, 80, 0);
	sample_has(text, "  No score: account.id is not mapped\n");
	sample_has(text, "(100.0% of the weight): Measure 0, Measure 1, Measure\n    2, Measure 3, Measure 4\n");
	CU_ASSERT_PTR_NULL(strstr(text, "stands out"));
	check_widths(text, 80);
	free(text);
}

static void test_points(void)
{
	char points[SCREEN_POINTS_SIZE], count[SCREEN_COUNT_SIZE];

	CU_ASSERT_STRING_EQUAL(screen_points_text(-0.04, 1, points), "+0.0");
	CU_ASSERT_STRING_EQUAL(screen_points_text(-0.06, 1, points), "-0.1");
	CU_ASSERT_STRING_EQUAL(screen_points_text(NAN, 0, points), "–");
	CU_ASSERT_STRING_EQUAL(screen_count_text(0, count), "0");
	CU_ASSERT_STRING_EQUAL(screen_count_text(999, count), "999");
	CU_ASSERT_STRING_EQUAL(screen_count_text(-1000, count), "-1,000");
	CU_ASSERT_STRING_EQUAL(screen_count_text(1234567.4, count), "1,234,567");
	CU_ASSERT_STRING_EQUAL(screen_count_text(-0.2, count), "0");
	CU_ASSERT_STRING_EQUAL(screen_count_text(1e30, count), "1e+30");
}

static const struct test tests[] = {{"text", test_text},
				    {"text: widths", test_text_widths},
				    {"text: colour and control characters", test_text_colour},
				    {"text: many units", test_text_units},
				    {"text: failed dimensions", test_text_failed},
				    {"text: no baseline", test_text_no_baseline},
				    {"text: no score", test_text_no_score},
				    {"text: points and counts", test_points},
				    {NULL, NULL}};

const struct suite suite_report_text = {"report_text", tests};
