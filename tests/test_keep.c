/* SPDX-License-Identifier: MIT */
/* Keep rules, on timelines whose answers are worked out by hand from a calendar. */
#include "keep.h"

#include "suite.h"
#include "window.h"

#include <stdio.h>
#include <string.h>

/* "2026-03-29 02:30" */
static int64_t at(const char *text)
{
	char date[11];
	int32_t day;
	int hour, minute;
	snprintf(date, sizeof date, "%.10s", text);
	CU_ASSERT_EQUAL_FATAL(date_parse(date, &day), 0);
	CU_ASSERT_EQUAL_FATAL(sscanf(text + 10, "%d:%d", &hour, &minute), 2);
	return (int64_t)day * 86400 + hour * 3600 + minute * 60;
}

enum { MOST = 16, GUARD = 16 };

/*
 * Decides by rules on snapshots, oldest first, and compares with how many reasons' initials are expected for each.  Before
 * the first lies what would be decided, too, and what must not be written.
 */
static void check(const char *rules, const char *now, const char *const *snapshots, const char *expected)
{
	static const char initials[KEEP_REASONS + 1] = "lhdwmqyWF";
	int64_t all_instants[GUARD + MOST], *instants = all_instants + GUARD;
	uint32_t all_reasons[GUARD + MOST] = {0}, *reasons = all_reasons + GUARD;
	char copy[128], got[256] = "", *rest = copy;
	struct keep keep = {0};
	size_t count = 0, used = 0;
	for (int i = 0; i < GUARD; i++)
		all_instants[i] = INT64_MAX - i;
	snprintf(copy, sizeof copy, "%s", rules);
	for (char *rule; (rule = strsep(&rest, " "));)
		CU_ASSERT_PTR_NULL(keep_parse(rule, &keep));
	for (; snapshots[count]; count++)
		instants[count] = at(snapshots[count]);
	keep_decide(&keep, instants, count, at(now), reasons);
	for (size_t i = 0; i < count; i++) {
		for (int reason = 0; reason < KEEP_REASONS; reason++)
			if (reasons[i] >> reason & 1)
				got[used++] = initials[reason];
		if (!reasons[i])
			got[used++] = '-';
		got[used++] = i + 1 < count ? ' ' : '\0';
	}
	for (int i = 0; i < GUARD; i++)
		CU_ASSERT_EQUAL(all_reasons[i], 0);
	CU_ASSERT_STRING_EQUAL(got, expected);
	if (strcmp(got, expected) != 0)
		printf("%s: got %s, expected %s\n", rules, got, expected);
}

#define SNAPSHOTS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void test_last(void)
{
	const char *const *three = SNAPSHOTS("2026-01-01 00:00", "2026-01-02 00:00", "2026-01-03 00:00");
	check("last=1", "2026-02-01 00:00", three, "- - l");
	check("last=2", "2026-02-01 00:00", three, "- l l");
	check("last=9", "2026-02-01 00:00", three, "l l l");
	check("last=1", "2026-02-01 00:00", SNAPSHOTS("2026-01-01 00:00"), "l");
}

/* Each rule keeps the newest of a period; periods without snapshots do not count; rules add up. */
static void test_periods(void)
{
	check("hourly=2", "2026-02-01 00:00",
	      SNAPSHOTS("2026-01-01 00:59", "2026-01-01 01:00", "2026-01-01 01:59", "2026-01-05 02:00"), "- - h h");
	check("daily=2", "2026-02-01 00:00",
	      SNAPSHOTS("2026-01-01 23:59", "2026-01-02 00:00", "2026-01-02 23:59", "2026-01-20 12:00"), "- - d d");
	/* 2025-12-29 was a Monday: that week is the first of 2026. */
	check("weekly=2", "2026-02-01 00:00",
	      SNAPSHOTS("2025-12-28 23:59", "2025-12-29 00:00", "2026-01-01 00:00", "2026-01-04 23:59",
			"2026-01-05 00:00"),
	      "- - - w w");
	check("monthly=2", "2026-04-01 00:00",
	      SNAPSHOTS("2026-01-31 23:59", "2026-02-01 00:00", "2026-02-28 23:59", "2026-03-01 00:00"), "- - m m");
	check("quarterly=2", "2026-12-01 00:00",
	      SNAPSHOTS("2026-03-31 23:59", "2026-04-01 00:00", "2026-06-30 23:59", "2026-07-01 00:00"), "- - q q");
	check("quarterly=2", "2026-12-01 00:00",
	      SNAPSHOTS("2026-04-01 00:00", "2026-06-30 23:59", "2026-07-01 00:00", "2026-08-01 00:00"), "- q - q");
	check("yearly=2", "2026-12-01 00:00",
	      SNAPSHOTS("2023-12-31 23:59", "2024-01-01 00:00", "2024-12-31 23:59", "2026-01-01 00:00"), "- - y y");
	check("yearly=2", "2026-12-01 00:00",
	      SNAPSHOTS("2024-01-01 00:00", "2024-12-31 23:59", "2026-01-01 00:00", "2026-07-01 00:00"), "- y - y");
	check("daily=1 monthly=2 yearly=2", "2026-12-01 00:00",
	      SNAPSHOTS("2025-10-01 00:00", "2025-11-01 00:00", "2025-11-30 00:00", "2026-01-01 00:00"), "- - my dmy");
}

/* Periods are cut downwards on both sides of 1970, which is where their numbers change sign. */
static void test_before_1970(void)
{
	const char *const *around = SNAPSHOTS("1969-12-31 22:59", "1969-12-31 23:01", "1969-12-31 23:59",
					      "1970-01-01 00:00", "1970-01-01 00:59");
	check("hourly=5", "2026-02-01 00:00", around, "h - h - h");
	check("daily=5", "2026-02-01 00:00", around, "- - d - d");
	check("weekly=5", "2026-02-01 00:00",
	      SNAPSHOTS("1969-12-21 00:00", "1969-12-22 00:00", "1969-12-28 00:00", "1969-12-29 00:00",
			"1970-01-01 00:00"),
	      "w - w - w");
}

/* On 2026-03-29 Europe's clocks went from 02:00 to 03:00, which is 01:00 here; hours and days of UTC are all of one length. */
static void test_summer_time(void)
{
	check("hourly=3 daily=2", "2026-04-01 00:00",
	      SNAPSHOTS("2026-03-28 23:30", "2026-03-29 00:30", "2026-03-29 01:30", "2026-03-29 02:30"), "d h h hd");
}

static void test_within(void)
{
	check("within=2days", "2026-02-01 00:00", SNAPSHOTS("2026-01-01 11:59", "2026-01-01 12:00", "2026-01-03 12:00"),
	      "- W W");
	check("within=1hour", "2026-02-01 00:00", SNAPSHOTS("2026-01-01 10:59", "2026-01-01 11:00", "2026-01-01 12:00"),
	      "- W W");
	/* There is no February 31. */
	check("within=1month", "2026-06-01 00:00",
	      SNAPSHOTS("2026-02-28 11:59", "2026-02-28 12:00", "2026-03-31 12:00"), "- W W");
	check("within=1year", "2028-06-01 00:00", SNAPSHOTS("2027-02-28 11:59", "2027-02-28 12:00", "2028-02-29 12:00"),
	      "- W W");
	/* Of the newest, not of today. */
	check("within=1week", "2036-06-01 00:00", SNAPSHOTS("2026-01-01 00:00", "2026-01-02 00:00"), "W W");
}

static void test_future(void)
{
	check("last=1 daily=1 within=1day", "2026-01-03 00:00",
	      SNAPSHOTS("2026-01-01 00:00", "2026-01-03 00:00", "2026-01-03 00:01", "2036-01-01 00:00"), "- ldW F F");
	check("last=1", "2026-01-01 00:00", SNAPSHOTS("2026-01-01 00:01", "2027-01-01 00:00"), "F F");
}

static void test_parse(void)
{
	static const char *const wrong[] = {"",
					    "daily",
					    "daily=",
					    "daily=0",
					    "daily=100001",
					    "daily=1x",
					    "daily=-1",
					    "Daily=1",
					    "within=",
					    "within=90",
					    "within=days",
					    "within=0days",
					    "within=1d",
					    "within=2dayss",
					    "future=1",
					    "dail=1",
					    "within=101years",
					    "within=1201months",
					    "within=36526days",
					    "daily=4294967297"};
	struct keep keep = {0};
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		CU_ASSERT_PTR_NOT_NULL(keep_parse(wrong[i], &keep));
	CU_ASSERT(keep_is_empty(&keep));
	CU_ASSERT_PTR_NULL(keep_parse("quarterly=100000", &keep));
	CU_ASSERT_EQUAL(keep.counts[KEEP_QUARTERLY], 100000);
	CU_ASSERT(!keep_is_empty(&keep));
	keep = (struct keep){0};
	CU_ASSERT_PTR_NULL(keep_parse("within=100 years", &keep));
	CU_ASSERT_EQUAL(keep.within_months, 1200);
	CU_ASSERT_EQUAL(keep.within_seconds, 0);
	CU_ASSERT(!keep_is_empty(&keep));
	CU_ASSERT_PTR_NULL(keep_within_parse("36525 days", &keep));
	CU_ASSERT_EQUAL(keep.within_months, 0);
	CU_ASSERT_EQUAL(keep.within_seconds, 3155760000);
	CU_ASSERT(!keep_is_empty(&keep));
}

static const struct test tests[] = {
	{"last", test_last},
	{"periods", test_periods},
	{"before 1970", test_before_1970},
	{"summer time", test_summer_time},
	{"within", test_within},
	{"future", test_future},
	{"rules as text", test_parse},
	{NULL, NULL},
};

const struct suite suite_keep = {"keep", tests};
