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

/* ---- whole numbers ---- */

/* So few rows, and such small sums, that no product below reaches 2^127. */
enum { WHOLE_ROWS = (1 << 12) - 4, WHOLE_VALUE = 1 << 28, WHOLE_SQUARES = 1 << 30 };

struct fraction {
	__int128 above, below;
};

/*
 * q^2 times the residual squares of r = p / q.  0: next to nothing is left of what they are subtracted from; then all take
 * what rounding leaves of it.
 */
static int whole_residuals(const struct whole_moments *moments, __int128 p, __int128 q, __int128 *squares)
{
	__int128 whole = q * q * moments->nn + p * p * moments->dd;
	*squares = whole - 2 * p * q * moments->nd;
	return *squares > whole >> 30;
}

/* As share_variance(), with r = p / q and the mean d / rows brought to the same denominators. */
static int whole_share_variance(const struct whole_moments *moments, struct fraction *variance)
{
	__int128 rows = moments->rows, d = moments->d, squares;
	__int128 p = moments->n * rows + 2 * d, q = d * (rows + 4);
	if (p < 0 || p >= WHOLE_VALUE || q >= WHOLE_VALUE || !whole_residuals(moments, p, q, &squares))
		return 0;
	variance->above = (rows + 4) * (rows * rows * squares + 2 * d * d * ((q - p) * (q - p) + p * p));
	variance->below = (rows + 3) * q * q * q * q;
	return 1;
}

static int whole_variance(const struct whole_moments *moments, struct fraction *variance)
{
	__int128 rows = moments->rows, n = moments->n, d = moments->d, squares;
	if (rows == 1) {
		*variance = (struct fraction){n * n, d * d};
		return 1;
	}
	if (!whole_residuals(moments, n, d, &squares))
		return 0;
	*variance = (struct fraction){rows * squares, (rows - 1) * d * d * d * d};
	return 1;
}

static int is_within(int64_t number, int64_t limit)
{
	return number > -limit && number < limit;
}

/*
 * Of rows, small squares would do: |n| and |d| are at most sqrt(rows * squares) < 2^21, and |nd| is no more than the larger of
 * the squares (Cauchy, Schwarz).  But a plugin that writes where it should not may leave sums that no rows have.
 */
static int is_small(const struct whole_moments *moments)
{
	return moments->rows - 1 < WHOLE_ROWS && (uint64_t)moments->nn < WHOLE_SQUARES &&
	       (uint64_t)moments->dd < WHOLE_SQUARES && is_within(moments->n, WHOLE_VALUE) &&
	       moments->d < WHOLE_VALUE && is_within(moments->nd, WHOLE_SQUARES);
}

/* Numbers that doubles hold have the same quotient there: 113 bits are more than twice as many, and rounding twice is as once. */
static double quotient(const struct fraction *fraction)
{
	const __int128 exact = (int64_t)1 << 53;
	if (fraction->above < exact && fraction->below < exact)
		return (double)(int64_t)fraction->above / (double)(int64_t)fraction->below;
	return (double)((quad)fraction->above / (quad)fraction->below);
}

struct estimate estimate_whole(const struct crmval_measure *measure, const struct whole_moments *moments)
{
	struct fraction variance;

	if (measure->kind == CRMVAL_SUM_OF && moments->nn >= 0)
		return (struct estimate){(double)moments->n, sqrt((double)moments->nn)};
	if (!(moments->d > 0))
		return estimate_none;
	if (is_small(moments) && (measure->flags & CRMVAL_SHARE ? whole_share_variance(moments, &variance)
								: whole_variance(moments, &variance)))
		return (struct estimate){(double)moments->n / (double)moments->d, sqrt(quotient(&variance))};
	const struct moments exact = moments_of_whole(moments);
	return estimate_value(measure, &exact);
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
