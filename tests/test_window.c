/* SPDX-License-Identifier: MIT */
/* Days and windows, against a calendar on paper. */
#include "suite.h"

#include "../core/window.h"

#include <string.h>
#include <time.h>

/* Independent of the code: the C library's calendar. */
static void test_against_the_library(void)
{
	int bad = 0;
	for (int32_t days = -719162; days <= 2932896; days++) {
		time_t seconds = (time_t)days * 86400;
		struct tm tm;
		int year;
		unsigned month, day;
		gmtime_r(&seconds, &tm);
		civil_from_days(days, &year, &month, &day);
		bad += year != tm.tm_year + 1900 || (int)month != tm.tm_mon + 1 || (int)day != tm.tm_mday;
		bad += days_from_civil(year, month, day) != days;
	}
	CU_ASSERT_EQUAL(bad, 0);
}

static void test_known_days(void)
{
	char text[11];
	CU_ASSERT_EQUAL(days_from_civil(1970, 1, 1), 0);
	CU_ASSERT_EQUAL(days_from_civil(2000, 3, 1), 11017);
	CU_ASSERT_EQUAL(days_from_civil(1, 1, 1), -719162);
	date_format(-719162, text);
	CU_ASSERT_STRING_EQUAL(text, "0001-01-01");
	date_format(2932896, text);
	CU_ASSERT_STRING_EQUAL(text, "9999-12-31");
	date_format(11016, text);
	CU_ASSERT_STRING_EQUAL(text, "2000-02-29");
}

static void test_date_parse(void)
{
	static const char *const bad[] = {"2025-02-29",  "1900-02-29", "2025-13-01", "2025-00-10", "2025-01-00",
					  "2025-04-31",  "0000-01-01", "2025-1-01",  "20250101",   "2025-01-01 ",
					  " 2025-01-01", "2025/01/01", "-025-01-01", "",           "2025-01-0x",
					  "10000-01-01"};
	int32_t days = 42;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		CU_ASSERT_EQUAL(date_parse(bad[i], &days), -1);
	CU_ASSERT_EQUAL(days, 42);
	CU_ASSERT_EQUAL(date_parse("2024-02-29", &days), 0);
	CU_ASSERT_EQUAL(days, 19782);
	CU_ASSERT_EQUAL(date_parse("9999-12-31", &days), 0);
	CU_ASSERT_EQUAL(days, 2932896);
}

struct window_case {
	const char *text, *today, *from, *to; /* from NULL: refused */
};

static int32_t day(const char *text)
{
	int32_t days = 0;
	CU_ASSERT_EQUAL(date_parse(text, &days), 0);
	return days;
}

static void check(const struct window_case *c, const struct crmval_window *period)
{
	struct crmval_window window = {0, 0, 0};
	char from[11], to[11];
	const char *wrong = window_parse(c->text, day(c->today), period, &window);
	date_format(window.from, from);
	date_format(window.to, to);
	int is_good = c->from ? !wrong && !strcmp(from, c->from) && !strcmp(to, c->to) : wrong != NULL;
	if (!is_good)
		printf("%s on %s: %s to %s, %s\n", c->text, c->today, from, to, wrong ? wrong : "taken");
	CU_ASSERT(is_good);
}

static void test_names(void)
{
	static const struct window_case cases[] = {
		{"last-month", "2024-03-31", "2024-02-01", "2024-02-29"},
		{"last-month", "2025-03-01", "2025-02-01", "2025-02-28"},
		{"last-month", "2025-01-15", "2024-12-01", "2024-12-31"},
		{"last-quarter", "2024-05-15", "2024-01-01", "2024-03-31"},
		{"last-quarter", "2024-03-31", "2023-10-01", "2023-12-31"},
		{"last-quarter", "2024-04-01", "2024-01-01", "2024-03-31"},
		{"last-quarter", "2024-12-31", "2024-07-01", "2024-09-30"},
		{"last-year", "2024-12-31", "2023-01-01", "2023-12-31"},
		{"last-year", "2025-01-01", "2024-01-01", "2024-12-31"},
		{"last-1-days", "2024-03-01", "2024-02-29", "2024-02-29"},
		{"last-30-days", "2024-03-31", "2024-03-01", "2024-03-30"},
		/* 2024-05-15 is a Wednesday, its week begins on Monday the 13th. */
		{"last-1-weeks", "2024-05-15", "2024-05-06", "2024-05-12"},
		{"last-2-weeks", "2024-05-13", "2024-04-29", "2024-05-12"},
		{"last-1-weeks", "2024-05-19", "2024-05-06", "2024-05-12"},
		{"last-1-weeks", "1969-12-31", "1969-12-22", "1969-12-28"},
		{"last-1-months", "2024-03-15", "2024-02-01", "2024-02-29"},
		{"last-12-months", "2024-05-15", "2023-05-01", "2024-04-30"},
		{"last-14-months", "2024-01-31", "2022-11-01", "2023-12-31"},
		{"month-to-date", "2024-05-15", "2024-05-01", "2024-05-15"},
		{"month-to-date", "2024-05-01", "2024-05-01", "2024-05-01"},
		{"quarter-to-date", "2024-05-15", "2024-04-01", "2024-05-15"},
		{"quarter-to-date", "2024-12-31", "2024-10-01", "2024-12-31"},
		{"year-to-date", "2024-02-29", "2024-01-01", "2024-02-29"},
		{"2024-01-01..2024-01-31", "2024-05-15", "2024-01-01", "2024-01-31"},
		{"2024-01-01..2024-01-01", "2024-05-15", "2024-01-01", "2024-01-01"},
		{"2024-01-02..2024-01-01", "2024-05-15", NULL, NULL},
		{"2024-01-01..2024-02-30", "2024-05-15", NULL, NULL},
		{"2024-01-01...2024-01-3", "2024-05-15", NULL, NULL},
		{"last-0-days", "2024-05-15", NULL, NULL},
		{"last--1-days", "2024-05-15", NULL, NULL},
		{"last-5-day", "2024-05-15", NULL, NULL},
		{"last-5-dayss", "2024-05-15", NULL, NULL},
		{"last-5-days ", "2024-05-15", NULL, NULL},
		{"last-N-days", "2024-05-15", NULL, NULL},
		{"last-", "2024-05-15", NULL, NULL},
		{"", "2024-05-15", NULL, NULL},
		{"last-30000-months", "2024-05-15", NULL, NULL},
		{"last-9999999-weeks", "2024-05-15", NULL, NULL},
		{"last-99999999-days", "2024-05-15", NULL, NULL},
		{"last-month", "0001-02-15", "0001-01-01", "0001-01-31"},
		{"last-month", "0001-01-15", NULL, NULL},
		{"previous", "2024-05-15", NULL, NULL}, /* of what? */
		{"year-earlier", "2024-05-15", NULL, NULL},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		check(&cases[i], NULL);
}

static void test_relative(void)
{
	static const struct {
		const char *name, *from, *to, *base_from, *base_to;
	} cases[] = {
		{"previous", "2025-01-01", "2025-12-31", "2024-01-01", "2024-12-31"},
		{"previous", "2024-03-01", "2024-03-31", "2024-02-01", "2024-02-29"},
		{"previous", "2024-01-01", "2024-03-31", "2023-10-01", "2023-12-31"},
		{"previous", "2024-02-01", "2024-04-30", "2023-11-01", "2024-01-31"},
		{"previous", "2024-02-01", "2024-02-28", "2024-01-04", "2024-01-31"}, /* no whole month */
		{"previous", "2024-03-02", "2024-03-08", "2024-02-24", "2024-03-01"},
		{"previous", "0001-01-01", "0001-12-31", NULL, NULL},
		{"previous", "0001-06-01", "0002-06-15", NULL, NULL},
		{"year-earlier", "2024-02-29", "2024-02-29", "2023-02-28", "2023-02-28"},
		{"year-earlier", "2025-01-01", "2025-12-31", "2024-01-01", "2024-12-31"},
		{"year-earlier", "2025-02-01", "2025-02-28", "2024-02-01", "2024-02-28"},
		{"year-earlier", "0001-01-01", "0001-12-31", NULL, NULL},
		{"last-year", "2024-01-01", "2024-12-31", "2023-01-01", "2023-12-31"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct crmval_window period = {day(cases[i].from), day(cases[i].to), 0};
		struct window_case c = {cases[i].name, "2024-05-15", cases[i].base_from, cases[i].base_to};
		check(&c, &period);
	}
}

static const struct test tests[] = {
	{"every day of ten thousand years", test_against_the_library},
	{"known days", test_known_days},
	{"dates are read strictly", test_date_parse},
	{"names of windows", test_names},
	{"windows relative to the period", test_relative},
	{NULL, NULL},
};

const struct suite suite_window = {"window", tests};
