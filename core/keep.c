/* SPDX-License-Identifier: MIT */
/* Which snapshots of a job are kept. */
#include "keep.h"

#include "text.h"
#include "window.h"

#include <stdlib.h>
#include <string.h>

enum { HOUR = 3600, DAY = 86400 };
#define CENTURY (UINT64_C(36525) * DAY)

const char *const keep_names[KEEP_REASONS + 1] = {
	[KEEP_LAST] = "last",       [KEEP_HOURLY] = "hourly",       [KEEP_DAILY] = "daily",   [KEEP_WEEKLY] = "weekly",
	[KEEP_MONTHLY] = "monthly", [KEEP_QUARTERLY] = "quarterly", [KEEP_YEARLY] = "yearly", [KEEP_WITHIN] = "within",
	[KEEP_FUTURE] = "future",   [KEEP_REASONS] = NULL,
};

int keep_is_empty(const struct keep *keep)
{
	for (int rule = 0; rule < KEEP_COUNTED; rule++)
		if (keep->counts[rule])
			return 0;
	return !keep->within_months && !keep->within_seconds;
}

/* ---- parsing ---- */

/* A whole number from 1 to KEEP_MOST; 0: it is none. */
static uint32_t number_of(const char *text, const char **end)
{
	uint32_t number = 0;
	while (*text >= '0' && *text <= '9' && number <= KEEP_MOST)
		number = number * 10 + (uint32_t)(*text++ - '0');
	*end = text;
	return number <= KEEP_MOST ? number : 0;
}

const char *keep_within_parse(const char *text, struct keep *keep)
{
	static const struct {
		const char *name;
		uint32_t months, seconds;
	} units[] = {{"hour", 0, HOUR}, {"day", 0, DAY}, {"week", 0, 7 * DAY}, {"month", 1, 0}, {"year", 12, 0}};
	const char *unit;
	uint32_t number = number_of(text, &unit);
	unit += strspn(unit, " ");
	for (size_t i = 0; number && i < sizeof units / sizeof units[0]; i++) {
		size_t length = strlen(units[i].name);
		if (strncmp(unit, units[i].name, length) != 0 || (unit[length] && strcmp(unit + length, "s") != 0))
			continue;
		if ((uint64_t)units[i].seconds * number > CENTURY || units[i].months * number > 12 * 100)
			return _("is longer than a century; leave the rule out and keep more of another");
		keep->within_months = units[i].months * number;
		keep->within_seconds = units[i].seconds * number;
		return NULL;
	}
	return _("is no duration; write one as in \"90 days\": hours, days, weeks, months or years");
}

const char *keep_parse(const char *text, struct keep *keep)
{
	const char *sign = strchr(text, '='), *end;
	if (sign && strncmp(text, "within=", 7) == 0)
		return keep_within_parse(sign + 1, keep);
	for (int rule = 0; sign && rule < KEEP_COUNTED; rule++) {
		if (strlen(keep_names[rule]) != (size_t)(sign - text) ||
		    strncmp(text, keep_names[rule], (size_t)(sign - text)) != 0)
			continue;
		keep->counts[rule] = number_of(sign + 1, &end);
		return keep->counts[rule] && !*end ? NULL : _("has no whole number from 1 to 100000");
	}
	return _("is no rule; there are last, hourly, daily, weekly, monthly, quarterly, yearly, each as in daily=7, "
		 "and "
		 "within, as in within=90days");
}

/* ---- deciding ---- */

static int64_t floor_divided(int64_t number, int64_t divisor)
{
	return number >= 0 ? number / divisor : -((divisor - 1 - number) / divisor);
}

/* A number for the hour, day, ... that an instant is in. */
static int64_t period_of(enum keep_rule rule, int64_t instant)
{
	int64_t day = floor_divided(instant, DAY);
	int year;
	unsigned month, day_of_month;
	switch (rule) {
	case KEEP_HOURLY:
		return floor_divided(instant, HOUR);
	case KEEP_DAILY:
		return day;
	case KEEP_WEEKLY:
		return floor_divided(day + 3, 7); /* 1970-01-01 was a Thursday */
	default:
		break;
	}
	civil_from_days((int32_t)day, &year, &month, &day_of_month);
	if (rule == KEEP_MONTHLY)
		return (int64_t)year * 12 + month - 1;
	return rule == KEEP_QUARTERLY ? (int64_t)year * 4 + (month - 1) / 3 : year;
}

/* The earliest instant within the duration before another.  A day that the month does not have becomes its last one. */
static int64_t within_limit(const struct keep *keep, int64_t newest)
{
	int64_t day = floor_divided(newest, DAY);
	int year;
	unsigned month, day_of_month;
	civil_from_days((int32_t)day, &year, &month, &day_of_month);
	int64_t months = (int64_t)year * 12 + month - 1 - keep->within_months;
	if (months < 12) /* before the year 1 */
		return INT64_MIN;
	int32_t first = days_from_civil((int)(months / 12), (unsigned)(months % 12) + 1, 1);
	int32_t next = days_from_civil((int)((months + 1) / 12), (unsigned)((months + 1) % 12) + 1, 1);
	int32_t limit = first + (int32_t)day_of_month - 1 < next ? first + (int32_t)day_of_month - 1 : next - 1;
	return (int64_t)limit * DAY + (newest - day * DAY) - keep->within_seconds;
}

/* From the newest that counts to the oldest. */
static void decide_counted(enum keep_rule rule, uint32_t most, const int64_t *instants, size_t count, uint32_t *reasons)
{
	int64_t before = 0;
	uint32_t kept = 0;
	for (size_t i = count; i-- > 0 && kept < most;) {
		int64_t period = rule == KEEP_LAST ? (int64_t)i : period_of(rule, instants[i]);
		if (kept > 0 && period == before)
			continue;
		reasons[i] |= UINT32_C(1) << rule;
		before = period;
		kept++;
	}
}

void keep_decide(const struct keep *keep, const int64_t *instants, size_t count, int64_t now, uint32_t *reasons)
{
	memset(reasons, 0, count * sizeof *reasons);
	while (count > 0 && instants[count - 1] > now)
		reasons[--count] = UINT32_C(1) << KEEP_FUTURE;
	for (int rule = 0; rule < KEEP_COUNTED; rule++)
		decide_counted((enum keep_rule)rule, keep->counts[rule], instants, count, reasons);
	if (count == 0 || (!keep->within_months && !keep->within_seconds))
		return;
	int64_t limit = within_limit(keep, instants[count - 1]);
	for (size_t i = count; i-- > 0 && instants[i] >= limit;)
		reasons[i] |= UINT32_C(1) << KEEP_WITHIN;
}
