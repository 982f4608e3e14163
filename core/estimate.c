/* SPDX-License-Identifier: MIT */
/* A number with its standard error, and how a measure's sums become one. */
#include "estimate.h"

#include <float.h>

/* The sum of (n - r d)^2.  Where it is 0, rounding may leave a little less. */
static quad residual_squares(const struct moments *moments, quad r)
{
	quad squares = moments->nn - 2 * r * moments->nd + r * r * moments->dd;

	return squares > 0 ? squares : 0;
}

/* Four more rows, half of them whole and half nothing: so that 7 of 7 is not certain. */
static quad share_variance(const struct moments *moments)
{
	quad rows = moments->rows, mean = moments->d / rows;
	quad total = moments->d + 4 * mean;
	quad r = (moments->n + 2 * mean) / total;
	quad whole = mean - r * mean, nothing = r * mean;
	quad squares = residual_squares(moments, r) + 2 * whole * whole + 2 * nothing * nothing;

	return (rows + 4) / (rows + 3) * squares / (total * total);
}

static struct estimate ratio_value(const struct crmval_measure *measure, const struct moments *moments)
{
	quad rows = moments->rows, r, variance;

	if (!(moments->d > 0))
		return estimate_none;
	r = moments->n / moments->d;
	if (measure->flags & CRMVAL_SHARE)
		variance = share_variance(moments);
	else if (moments->rows == 1)
		variance = r * r;
	else
		variance = rows / (rows - 1) * residual_squares(moments, r) / (moments->d * moments->d);
	return (struct estimate){(double)r, sqrt((double)variance)};
}

struct estimate estimate_value(const struct crmval_measure *measure, const struct moments *moments)
{
	struct estimate value;

	if (measure->kind == CRMVAL_SUM_OF)
		value = (struct estimate){(double)moments->n, sqrt((double)moments->nn)};
	else
		value = ratio_value(measure, moments);
	/* A ratio of a tiny denominator may be more than a double holds. */
	return isfinite(value.value) && isfinite(value.se) ? value : estimate_none;
}

struct estimate estimate_growth(struct estimate value, struct estimate baseline)
{
	struct estimate growth;

	if (!(baseline.value > 0))
		return estimate_none;
	growth.value = value.value / baseline.value - 1;
	growth.se = hypot(value.se / baseline.value, value.value / baseline.value * (baseline.se / baseline.value));
	/* Of a baseline that is next to nothing either may overflow; such an error only says that all is possible. */
	if (!isfinite(growth.value))
		return estimate_none;
	if (!isfinite(growth.se))
		growth.se = DBL_MAX;
	return growth;
}

struct estimate estimate_change(struct estimate value, struct estimate baseline)
{
	return (struct estimate){value.value - baseline.value, hypot(value.se, baseline.se)};
}
