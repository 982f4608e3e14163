/* SPDX-License-Identifier: MIT */
/* The little lines of a trend. */
#include "../core/trend.h"
#include "suite.h"

#include <math.h>

static void test_sparkline(void)
{
	static const double rising[] = {0, 1, 2, 3, 4, 5, 6, 7, 8}, level[] = {50, 50}, near[] = {50, 51, NAN, 49};
	char text[64];
	/* Eight heights of one point each; the greatest belongs to the highest. */
	trend_sparkline(rising, 9, 5, text);
	CU_ASSERT_STRING_EQUAL(text, "▁▂▃▄▅▆▇██");
	/* What does not move is in the middle: of 47.5 to 52.5, 50 is 4 eighths up. */
	trend_sparkline(level, 2, 5, text);
	CU_ASSERT_STRING_EQUAL(text, "▅▅");
	/* 49 to 51 widened to 47.5 to 52.5, eighths of 0.625: 2.5 / 0.625 = 4, 3.5 / 0.625 = 5.6, 1.5 / 0.625 = 2.4. */
	trend_sparkline(near, 4, 5, text);
	CU_ASSERT_STRING_EQUAL(text, "▅▆ ▃");
	trend_sparkline(&near[2], 1, 5, text);
	CU_ASSERT_STRING_EQUAL(text, " ");
	trend_sparkline(NULL, 0, 5, text);
	CU_ASSERT_STRING_EQUAL(text, "");
}

static const struct test tests[] = {
	{"sparkline", test_sparkline},
	{NULL, NULL},
};

const struct suite suite_trend = {"trend", tests};
