/* SPDX-License-Identifier: MIT */
/* A table of estimates by what they were made from; a later one takes an earlier one's place.  None is of 0 rows. */
#include "estimates.h"

#include <stdlib.h>

struct kept_estimate {
	uint32_t rows, yes;
	uint64_t is_share; /* all of the measure, a ratio, that estimate_value() asks for */
	struct estimate estimate;
};

void estimates_open(struct estimates *estimates)
{
	estimates->kept = calloc(ESTIMATES_KEPT, sizeof *estimates->kept);
}

static struct estimate of_counts(const struct crmval_measure *measure, uint64_t rows, uint64_t yes)
{
	const struct moments moments = {.rows = rows, .n = yes, .d = rows, .nn = yes, .nd = yes, .dd = rows};
	return estimate_value(measure, &moments);
}

static struct kept_estimate *find(struct estimates *estimates, uint64_t rows, uint64_t yes, uint64_t is_share)
{
	_Static_assert(ESTIMATES_KEPT == 1 << 12, "places have as many bits");
	uint64_t hash = (rows << 32 | (yes ^ is_share << 31)) * 0x9e3779b97f4a7c15;
	return &estimates->kept[hash >> 52];
}

struct estimate estimates_of_counts(struct estimates *estimates, const struct crmval_measure *measure, uint64_t rows,
				    uint64_t yes)
{
	if (!estimates->kept || measure->kind != CRMVAL_RATIO || rows == 0 || rows > UINT32_MAX)
		return of_counts(measure, rows, yes);
	uint64_t is_share = (measure->flags & CRMVAL_SHARE) != 0;
	struct kept_estimate *kept = find(estimates, rows, yes, is_share);
	if (kept->rows != rows || kept->yes != yes || kept->is_share != is_share)
		*kept = (struct kept_estimate){(uint32_t)rows, (uint32_t)yes, is_share, of_counts(measure, rows, yes)};
	return kept->estimate;
}

void estimates_free(struct estimates *estimates)
{
	free(estimates->kept);
	estimates->kept = NULL;
}
