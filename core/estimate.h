/* SPDX-License-Identifier: MIT */
/* A number with its standard error, and how a measure's sums become one. */
#ifndef ESTIMATE_H
#define ESTIMATE_H

#include "crmval/plugin.h"
#include "moments.h"

#include <math.h>

#define Z95 1.959963984540054 /* half of a 95 % interval, in standard errors */

struct estimate {
	double value, se; /* both NaN: there is none */
};

static const struct estimate estimate_none = {NAN, NAN};

static inline int estimate_is_known(struct estimate estimate)
{
	return !isnan(estimate.value);
}

/* The value of a measure over the rows summed up; none for a ratio over no row, or whose denominators are not above 0. */
struct estimate estimate_value(const struct crmval_measure *measure, const struct moments *moments);

/* The same, which of few rows and small numbers takes a fraction of the time. */
struct estimate estimate_whole(const struct crmval_measure *measure, const struct whole_moments *moments);

/* value / baseline - 1; none unless the baseline is above 0. */
struct estimate estimate_growth(struct estimate value, struct estimate baseline);

struct estimate estimate_change(struct estimate value, struct estimate baseline);

#endif
