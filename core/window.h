/* SPDX-License-Identifier: MIT */
/* Days of the civil calendar, and the windows of days that a job names. */
#ifndef WINDOW_H
#define WINDOW_H

#include "crmval/plugin.h"

#include <stdint.h>

/*
 * Days since 1970-01-01 in the Gregorian calendar, also before it was in use.
 *
 * Years are counted from March, so that the leap day is the last of its year and the months before it have a fixed
 * pattern of 153 days in five months; 400 years are an era of 146097 days.
 */
static inline int32_t days_from_civil(int year, unsigned month, unsigned day)
{
	enum { ERAS = 100, ERA_YEARS = 400, ERA_DAYS = 146097, TO_1970 = 719468 };
	uint32_t is_before_march = month < 3;
	uint32_t y = (uint32_t)(year + ERAS * ERA_YEARS) - is_before_march, m = month + 12 * is_before_march;
	uint32_t century = y / 100;
	uint32_t days = y * 1461 / 4 - century + century / 4 + (m * 979 - 2919) / 32 + day - 1;
	return (int32_t)(days - ERAS * ERA_DAYS - TO_1970);
}

void civil_from_days(int32_t days, int *year, unsigned *month, unsigned *day);

/* Takes YYYY-MM-DD, of the years 0001 to 9999, and nothing else.  0: *days is set; -1: it is no such date. */
int date_parse(const char *text, int32_t *days);
/* Of a day of the years 0001 to 9999. */
void date_format(int32_t days, char out[11]);

/* Names of windows, ended by NULL; N stands for a number.  The last two exist only for a baseline. */
extern const char *const window_names[];
extern const char *const window_baseline_names[];

/* What window_parse() says of a text that is neither dates nor a name. */
extern const char window_is_unknown[];

/*
 * Reads FROM..TO or a name; period is NULL for the period itself, else what a baseline is relative to.
 * NULL: *window is set.  Else what is wrong with the text.
 */
const char *window_parse(const char *text, int32_t today, const struct crmval_window *period,
			 struct crmval_window *window);
/* The same for two dates.  */
const char *window_between(const char *from, const char *to, struct crmval_window *window);

static inline int32_t window_days(const struct crmval_window *window)
{
	return window->to - window->from + 1;
}

#endif
