/* SPDX-License-Identifier: MIT */
/* Windows that end before today, so that a run repeated the same day, or the same month, sees whole ones. */
#include "window.h"

#include "text.h"

#include <stdio.h>
#include <string.h>

enum { FIRST_DAY = -719162, LAST_DAY = 2932896 }; /* 0001-01-01, 9999-12-31 */

const char *const window_names[] = {"last-month",    "last-quarter",  "last-year",       "last-N-days",  "last-N-weeks",
				    "last-N-months", "month-to-date", "quarter-to-date", "year-to-date", NULL};
const char *const window_baseline_names[] = {"previous", "year-earlier", "none", NULL};

const char window_is_unknown[] =
	"is neither two dates (YYYY-MM-DD), nor FROM..TO, nor the name of a window that is known here";
static const char bad_order[] = "ends before it begins; write the earlier date first";
static const char bad_range[] = "reaches out of the years 0001 to 9999";

void civil_from_days(int32_t days, int *year, unsigned *month, unsigned *day)
{
	int64_t shifted = (int64_t)days + 719468;
	int era = (int)((shifted >= 0 ? shifted : shifted - 146096) / 146097);
	int day_of_era = (int)(shifted - (int64_t)era * 146097);
	int year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int month_from_march = (5 * day_of_year + 2) / 153;
	*day = (unsigned)(day_of_year - (153 * month_from_march + 2) / 5 + 1);
	*month = (unsigned)(month_from_march + 2) % 12 + 1;
	*year = year_of_era + era * 400 + (*month <= 2);
}

static int number_of(const char *text, int digits)
{
	int number = 0;
	for (int i = 0; i < digits; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -1;
		number = number * 10 + (text[i] - '0');
	}
	return number;
}

int date_parse(const char *text, int32_t *days)
{
	if (strlen(text) != 10 || text[4] != '-' || text[7] != '-')
		return -1;
	int year = number_of(text, 4), month = number_of(text + 5, 2), day = number_of(text + 8, 2);
	if (year < 1 || month < 1 || month > 12 || day < 1)
		return -1;
	int32_t next_month =
		month < 12 ? days_from_civil(year, (unsigned)month + 1, 1) : days_from_civil(year + 1, 1, 1);
	int32_t date = days_from_civil(year, (unsigned)month, 1) + day - 1;
	if (date >= next_month)
		return -1;
	*days = date;
	return 0;
}

void date_format(int32_t days, char out[11])
{
	int year;
	unsigned month, day;
	civil_from_days(days, &year, &month, &day);
	snprintf(out, 11, "%04u-%02u-%02u", (unsigned)year % 10000, month % 100, day % 100);
}

/* The first day of the month that lies so many months after (before, if negative) the month of a day. */
static int64_t month_start(int32_t day, int months)
{
	int year;
	unsigned month, day_of_month;
	civil_from_days(day, &year, &month, &day_of_month);
	int64_t count = (int64_t)year * 12 + month - 1 + months;
	if (count < 12) /* before the year 1 */
		return INT64_MIN;
	return days_from_civil((int)(count / 12), (unsigned)(count % 12) + 1, 1);
}

static int64_t monday_of(int32_t day)
{
	return day - ((day + 3) % 7 + 7) % 7; /* 1970-01-01 was a Thursday */
}

static int months_into_quarter(int32_t day)
{
	int year;
	unsigned month, day_of_month;
	civil_from_days(day, &year, &month, &day_of_month);
	return (int)(month - 1) % 3;
}

static int months_into_year(int32_t day)
{
	int year;
	unsigned month, day_of_month;
	civil_from_days(day, &year, &month, &day_of_month);
	return (int)month - 1;
}

static const char *window_set(int64_t from, int64_t to, struct crmval_window *window)
{
	if (from < FIRST_DAY || to > LAST_DAY)
		return bad_range;
	if (from > to)
		return bad_order;
	window->from = (int32_t)from;
	window->to = (int32_t)to;
	return NULL;
}

/* last-N-days, -weeks, -months: whole ones, before the one that today is in. */
static const char *window_last(const char *text, int32_t today, struct crmval_window *window)
{
	char unit[8];
	int end;
	size_t digits = strspn(text, "0123456789");
	if (digits == 0 || sscanf(text + digits, "-%7[a-z]%n", unit, &end) != 1 || text[digits + (size_t)end])
		return window_is_unknown;
	if (digits > 7)
		return bad_range;
	int count = number_of(text, (int)digits);
	if (count < 1)
		return _("is empty; let it span 1 at least");
	if (strcmp(unit, "days") == 0)
		return window_set((int64_t)today - count, (int64_t)today - 1, window);
	if (strcmp(unit, "weeks") == 0)
		return window_set(monday_of(today) - (int64_t)count * 7, monday_of(today) - 1, window);
	if (strcmp(unit, "months") == 0)
		return window_set(month_start(today, -count), month_start(today, 0) - 1, window);
	return window_is_unknown;
}

static const char *window_named(const char *text, int32_t today, struct crmval_window *window)
{
	int quarter = -months_into_quarter(today), year = -months_into_year(today);
	if (strcmp(text, "last-month") == 0)
		return window_set(month_start(today, -1), month_start(today, 0) - 1, window);
	if (strcmp(text, "last-quarter") == 0)
		return window_set(month_start(today, quarter - 3), month_start(today, quarter) - 1, window);
	if (strcmp(text, "last-year") == 0)
		return window_set(month_start(today, year - 12), month_start(today, year) - 1, window);
	if (strcmp(text, "month-to-date") == 0)
		return window_set(month_start(today, 0), today, window);
	if (strcmp(text, "quarter-to-date") == 0)
		return window_set(month_start(today, quarter), today, window);
	if (strcmp(text, "year-to-date") == 0)
		return window_set(month_start(today, year), today, window);
	if (strncmp(text, "last-", 5) == 0)
		return window_last(text + 5, today, window);
	return window_is_unknown;
}

/* Whole calendar months go before by months, anything else by days. */
static const char *window_previous(const struct crmval_window *period, struct crmval_window *window)
{
	int from_year, to_year;
	unsigned from_month, from_day, to_month, to_day;
	civil_from_days(period->from, &from_year, &from_month, &from_day);
	civil_from_days(period->to + 1, &to_year, &to_month, &to_day);
	if (from_day == 1 && to_day == 1) {
		int months = (to_year - from_year) * 12 + (int)to_month - (int)from_month;
		return window_set(month_start(period->from, -months), (int64_t)period->from - 1, window);
	}
	return window_set((int64_t)period->from - window_days(period), (int64_t)period->from - 1, window);
}

static int64_t year_earlier(int32_t date)
{
	int year;
	unsigned month, day;
	civil_from_days(date, &year, &month, &day);
	if (month == 2 && day == 29)
		day = 28;
	return days_from_civil(year - 1, month, day);
}

const char *window_between(const char *from, const char *to, struct crmval_window *window)
{
	int32_t first, last;
	if (date_parse(from, &first) != 0 || date_parse(to, &last) != 0)
		return _("is not two dates written YYYY-MM-DD, each a day that exists");
	return window_set(first, last, window);
}

const char *window_parse(const char *text, int32_t today, const struct crmval_window *period,
			 struct crmval_window *window)
{
	char from[11] = "";
	if (strlen(text) == 22 && strncmp(text + 10, "..", 2) == 0) {
		memcpy(from, text, sizeof from - 1);
		return window_between(from, text + 12, window);
	}
	if (period && strcmp(text, "previous") == 0)
		return window_previous(period, window);
	if (period && strcmp(text, "year-earlier") == 0)
		return window_set(year_earlier(period->from), year_earlier(period->to), window);
	return window_named(text, today, window);
}
