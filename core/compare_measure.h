/* SPDX-License-Identifier: MIT */
/*
 * Why a measure's score moved: the difference of the scores that it has in an old and a new result, as a sum of effects of
 * what the score is a function of.  The effect of one is its average over all orders in which they could have changed one
 * after the other (the Shapley value): exact, and negated when the sides are swapped.
 */
#ifndef COMPARE_MEASURE_H
#define COMPARE_MEASURE_H

#include "crmval/plugin.h"
#include "estimate.h"

enum measure_effect {
	MEASURE_NUMERATOR,
	MEASURE_DENOMINATOR,
	MEASURE_BASELINE,   /* the baseline's value */
	MEASURE_DAYS,       /* the lengths of the windows, where values count by the day */
	MEASURE_SCALE,      /* the scale's points */
	MEASURE_BASIS,      /* another basis, with the baseline, days and scale that go with it */
	MEASURE_DEFINITION, /* a sum that is now a ratio, and the like: all of the change */
	MEASURE_EFFECTS
};

/* What a score is made from.  There is one: the value exists, and so does the baseline where the basis needs it. */
struct measure_side {
	int kind;           /* CRMVAL_RATIO, CRMVAL_SUM_OF */
	int basis;          /* CRMVAL_VALUE ... */
	int is_daily;       /* the basis sets values by the day against each other */
	double days[2];     /* of the period, of the baseline; not used unless daily */
	double n, d;        /* d is above 0 in a ratio, and not used of a sum */
	double nn, nd, dd;  /* sums of squares */
	double value;       /* n / d or n, as it was scored */
	double new_rows[2]; /* of the period and the baseline: the share of rows that are not on the other side, too */
	struct estimate baseline; /* not used with the basis `value` */
	struct estimate score;
	uint32_t scale_count;
	const struct crmval_point *scale;
};

struct measure_split {
	struct estimate effects[MEASURE_EFFECTS]; /* points of the measure's score; value and se 0: none */
	struct estimate change;                   /* all together */
};

void measure_split(const struct measure_side sides[2], struct measure_split *split);

#endif
