/* SPDX-License-Identifier: MIT */
/*
 * Which snapshots of a job are kept.  Each rule keeps some, and what any rule keeps is kept:
 *
 *	last N                       the N newest
 *	hourly, daily, ... yearly N  the newest of each of the N newest hours, days, ... that have any
 *	within DURATION              those that are older than the newest by no more than that
 *
 * Hours, days and so on are those of UTC, weeks begin on Monday.  What is dated in the future is kept and counts for no
 * rule: a clock that went wrong must not push out what is right.
 */
#ifndef KEEP_H
#define KEEP_H

#include <stddef.h>
#include <stdint.h>

enum keep_rule {
	KEEP_LAST,
	KEEP_HOURLY,
	KEEP_DAILY,
	KEEP_WEEKLY,
	KEEP_MONTHLY,
	KEEP_QUARTERLY,
	KEEP_YEARLY,
	KEEP_COUNTED, /* rules that have a number, so far */
	KEEP_WITHIN = KEEP_COUNTED,
	KEEP_FUTURE, /* no rule, but a reason */
	KEEP_REASONS
};
extern const char *const keep_names[KEEP_REASONS + 1]; /* ended by NULL */

#define KEEP_MOST 100000

struct keep {
	uint32_t counts[KEEP_COUNTED];          /* 0: no such rule */
	uint32_t within_months, within_seconds; /* both 0: no such rule */
};

int keep_is_empty(const struct keep *keep);

/* "90 days", "6 months", "1year": hours, days, weeks, months or years.  NULL: it is set; else what is wrong. */
const char *keep_within_parse(const char *text, struct keep *keep);

/* A rule as the command line has it: "daily=7", "within=90days".  NULL: it is set; else what is wrong. */
const char *keep_parse(const char *text, struct keep *keep);

/*
 * Decides over the snapshots of one job, oldest first.  reasons[i] gets a bit 1 << KEEP_... for each reason to keep
 * snapshot i; 0: none.
 */
void keep_decide(const struct keep *keep, const int64_t *instants, size_t count, int64_t now, uint32_t *reasons);

#endif
