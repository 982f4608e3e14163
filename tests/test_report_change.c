/* SPDX-License-Identifier: MIT */
/* Tests of the reports of why the score moved: nothing is wider than the screen or out of line, whatever is in it. */
#include "suite.h"

#include "sample.h"
#include "../core/report_change.h"

#include <stdlib.h>
#include <string.h>
#include <uniwidth.h>

static struct sample old, new;

static void start(void)
{
	sample_init(&old);
	sample_init(&new);
	new.result.period = (struct crmval_window){20099, 20108, 0};
}

static char *report(enum job_format format, int width, int colour)
{
	struct crmval_error error = {.struct_size = sizeof error};
	struct report_style style = {.width = width, .colour = colour};
	struct change *change = NULL;
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
	CU_ASSERT_EQUAL_FATAL(change_new(&old.result, &new.result, &change, &error), CRMVAL_OK);
	CU_ASSERT_EQUAL(report_change_write(format, change, stream, &style, &error), CRMVAL_OK);
	CU_ASSERT_EQUAL(fclose(stream), 0);
	change_free(change);
	return text;
}

static void check_widths(const char *text, int most)
{
	for (const char *end; (end = strchr(text, '\n')); text = end + 1) {
		int width = u8_width((const uint8_t *)text, (size_t)(end - text), "UTF-8");
		if (width > most)
			printf("%d columns: %.*s\n", width, (int)(end - text), text);
		CU_ASSERT(width <= most);
	}
}

static void test_text(void)
{
	char *text;

	start();
	new.moments[0][0][0] = sample_value(0.7, 0);
	new.moments[1][0][0] = sample_value(0.9, 0);
	new.dimensions[0].weight = 3;
	text = report(FORMAT_TEXT, 80, 0);
	sample_has(
		text,
		"Why the score moved, sample\nold  2025-01-01 to 2025-01-10, compared with 2024-01-01 to 2024-01-20\n"
		"new  2025-01-11 to 2025-01-20, compared with");
	sample_has(text, "\n  50.0 to 53.8, +3.8 (95% range +3.8 to +3.8)\n");
	/* The dimension's weight is a part of it; a sum of two rows may be anything. */
	sample_has(text, "\n1 Alpha, first                        +3.4~");
	sample_has(text, "\n2 Beta                                +0.4 ");
	sample_has(text, "\n    +3.1~   Measure 0: numerator 1 to 1.4 (Alpha, first)\n");
	sample_has(text, "\n    +0.4    Beta: weight 0.5 to 0.25\n");
	sample_has(text, "\n  East                       50.0   57.5   +7.5   Measure 0: numerator 1 to 1.8\n");
	check_widths(text, 80);
	free(text);
}

/* The bars go on where the one before ended. */
static void test_waterfall(void)
{
	char *text;

	start();
	new.moments[0][2][0] = sample_value(0.6, 0);
	new.moments[0][3][0] = sample_value(0.3, 0);
	text = report(FORMAT_TEXT, 80, 0);
	/* 50, 52.5, 47.5 on an axis of 34 columns from 46.25 to 52.5. */
	sample_has(text, "Old score                             50.0   ████████████████████▌\n");
	sample_has(text, "+2.5~                      ▐█████████████\n");
	sample_has(text, "-5.0~         ███████████████████████████\n");
	sample_has(text, "New score                             47.5   ███████\n");
	free(text);
}

static void test_widths(void)
{
	static const int widths[] = {0, 80, 81, 99, 100, 101, 132, 300};
	char *text;

	start();
	old.unit_names[0] = new.unit_names[0] = "华东大区销售一部华东大区销售一部";
	old.unit_names[1] = "Zürich, with a name that is much too long for the column that it has to stand in";
	new.moments[0][1][0] = (struct moments){0};
	for (int m = 0; m < SAMPLE_MEASURES; m++) {
		old.tables[m].title = new.tables[m].title =
			"华东大区销售一部的一个很长的名字华东大区销售一部的一个很长的名字";
		new.measures[m].weight = 1 + m;
		new.moments[0][m][1] = sample_value(0.2 * m, 0.1);
		new.moments[1][m][0] = sample_value(0.1 * m, 0.1);
		old.measures[m].basis = new.measures[m].basis = CRMVAL_CHANGE;
	}
	for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
		text = report(FORMAT_TEXT, widths[i], 0);
		check_widths(text, widths[i] < 80 ? 80 : widths[i]);
		sample_has(text, "with a score in the old result only: Zürich, with");
		sample_has(text, "with a score in the new result only: West\n");
		free(text);
	}
}

static void test_colour(void)
{
	char *text;

	start();
	new.moments[0][0][0] = sample_value(0.9, 0);
	new.result.period = old.result.period;
	old.unit_names[0] = new.unit_names[0] = "a\033[31mred";
	old.result.program = new.result.program = "crmval";
	text = report(FORMAT_TEXT, 80, 1);
	sample_has(text, "\033[32m+5.0\033[0m");
	free(text);
	text = report(FORMAT_TEXT, 80, 0);
	CU_ASSERT_PTR_NULL(strchr(text, '\033'));
	sample_has(text, "Told anew");
	free(text);
}

/* Where there is no score on one side. */
static void test_no_score(void)
{
	char *text;

	start();
	for (uint32_t m = 0; m < SAMPLE_MEASURES; m++)
		new.moments[0][m][0] = (struct moments){0};
	text = report(FORMAT_TEXT, 80, 0);
	sample_has(text, "  The new result has no overall score: no applicable row\n");
	CU_ASSERT_PTR_NULL(strstr(text, "Old score"));
	free(text);
	text = report(FORMAT_JSON, 80, 0);
	sample_has(text, "\"from\": 50,\n  \"to\": null,\n  \"change\": null,\n  \"low\": null,\n  \"high\": null,\n"
			 "  \"verdict\": null,\n  \"to_reason\": \"no applicable row\",\n  \"parts\": [\n");
	free(text);
}

static void test_csv(void)
{
	char *text;

	start();
	new.moments[0][0][0] = sample_value(0.7, 0);
	text = report(FORMAT_CSV, 0, 0);
	sample_has(text, "\r\n,,alpha,,,score,50,55,2.5,");
	sample_has(text, ",5,,\r\n,,alpha,a1,,score,50,60,2.5,");
	sample_has(text, "\r\n,,alpha,a1,m0,numerator,1,1.4,2.5,");
	sample_has(text, ",noise,5,10,20\r\n");
	sample_has(text, "\r\nteam,East,,,,score,50,50,0,");
	free(text);
}

static const struct test tests[] = {{"text", test_text},
				    {"waterfall", test_waterfall},
				    {"width of text", test_widths},
				    {"colour", test_colour},
				    {"no score", test_no_score},
				    {"CSV", test_csv},
				    {NULL, NULL}};

const struct suite suite_report_change = {"report_change", tests};
