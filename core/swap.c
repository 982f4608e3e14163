/* SPDX-License-Identifier: MIT */
/*
 * Overall scores are weighted means of the dimensions' scores, or of their logarithms, so what one unit is ahead is the
 * weighted sum of what it is ahead in each dimension: linear in the weights, as long as both means are over the same
 * dimensions.  Weight is best moved to the dimension in which it is furthest behind, from those in which it is furthest ahead.
 */
#include "swap.h"

#include <math.h>
#include <string.h>

static const struct swap impossible = {NAN, 1};

static double value_of(enum job_aggregation aggregation, double score)
{
	return aggregation == AGGREGATE_GEOMETRIC ? log(fmax(score, 1)) : score;
}

/* The dimension of greatest lead among those with weight left; count: there is none. */
static uint32_t greatest(const double *leads, const double *weights, uint32_t count)
{
	uint32_t best = count;
	for (uint32_t d = 0; d < count; d++)
		if (weights[d] > 0 && (best == count || leads[d] > leads[best]))
			best = d;
	return best;
}

static struct swap find_linear(const double *leads, const double *weights, uint32_t count, double *changed)
{
	struct swap swap = {0, 1};
	uint32_t to = 0, from;
	double lead = 0;
	memcpy(changed, weights, count * sizeof *changed);
	for (uint32_t d = 0; d < count; d++) {
		lead += weights[d] * leads[d];
		if (leads[d] < leads[to])
			to = d;
	}
	if (!(leads[to] < 0))
		return impossible;
	while (lead > 0 && (from = greatest(leads, changed, count)) < count && from != to) {
		double gap = leads[from] - leads[to], move = fmin(changed[from], lead / gap);
		changed[from] = move < changed[from] ? changed[from] - move : 0;
		changed[to] += move;
		swap.moved += move;
		lead = move * gap < lead && changed[from] == 0 ? lead - move * gap : 0;
	}
	return swap;
}

/* ---- means over other dimensions ---- */

/* A mean's numerator and denominator, and what they gain as weight moves. */
struct fraction {
	double n, d, n_step, d_step;
};

static struct fraction fraction_of(const double *values, const double *weights, uint32_t count, uint32_t from,
				   uint32_t to)
{
	struct fraction fraction = {0};
	for (uint32_t d = 0; d < count; d++) {
		if (isnan(values[d]))
			continue;
		double step = (d == to) - (d == from);
		fraction.n += weights[d] * values[d];
		fraction.d += weights[d];
		fraction.n_step += step * values[d];
		fraction.d_step += step;
	}
	return fraction;
}

/* The least root above 0 of a x^2 + b x + c, c being above 0; infinite: there is none. */
static double least_root(double a, double b, double c)
{
	double square = b * b - 4 * a * c;
	if (square < 0)
		return INFINITY;
	/* Roots q / a and c / q, without the difference of near numbers. */
	double q = -(b + copysign(sqrt(square), b)) / 2, one = a != 0 ? q / a : INFINITY,
	       other = q != 0 ? c / q : INFINITY;
	one = one > 0 ? one : INFINITY;
	other = other > 0 ? other : INFINITY;
	return fmin(one, other);
}

/* How much must go from one dimension to another for n_a / d_a = n_b / d_b. */
static double move_between(const double *ahead, const double *behind, const double *weights, uint32_t count,
			   uint32_t from, uint32_t to)
{
	struct fraction a = fraction_of(ahead, weights, count, from, to),
			b = fraction_of(behind, weights, count, from, to);
	double c = a.n * b.d - b.n * a.d;
	if (!(c > 0))
		return 0;
	double move = least_root(a.n_step * b.d_step - b.n_step * a.d_step,
				 a.n * b.d_step + a.n_step * b.d - b.n * a.d_step - b.n_step * a.d, c);
	/* Where nothing is left of either mean's weight, there is no mean. */
	return a.d + move * a.d_step > 0 && b.d + move * b.d_step > 0 ? move : INFINITY;
}

static struct swap find_single(const double *ahead, const double *behind, const double *weights, uint32_t count,
			       double *changed)
{
	struct swap swap = {INFINITY, 0};
	uint32_t best_from = 0, best_to = 0;
	memcpy(changed, weights, count * sizeof *changed);
	for (uint32_t from = 0; from < count; from++) {
		for (uint32_t to = 0; to < count; to++) {
			double move = from == to ? INFINITY : move_between(ahead, behind, weights, count, from, to);
			if (move <= weights[from] && move < swap.moved) {
				swap.moved = move;
				best_from = from;
				best_to = to;
			}
		}
	}
	if (isinf(swap.moved))
		return (struct swap){NAN, 0};
	changed[best_from] -= swap.moved;
	changed[best_to] += swap.moved;
	return swap;
}

struct swap swap_find(enum job_aggregation aggregation, enum job_missing missing, const double *weights,
		      const double *ahead, const double *behind, uint32_t count, double *changed)
{
	double a[SWAP_DIMENSIONS_MOST], b[SWAP_DIMENSIONS_MOST], leads[SWAP_DIMENSIONS_MOST];
	int is_same = 1;
	if (count == 0 || count > SWAP_DIMENSIONS_MOST)
		return impossible;
	for (uint32_t d = 0; d < count; d++) {
		a[d] = isnan(ahead[d]) ? NAN : value_of(aggregation, ahead[d]);
		b[d] = isnan(behind[d]) ? NAN : value_of(aggregation, behind[d]);
		if (missing == MISSING_ZERO) {
			a[d] = isnan(a[d]) ? 0 : a[d];
			b[d] = isnan(b[d]) ? 0 : b[d];
		}
		is_same &= isnan(a[d]) == isnan(b[d]);
		leads[d] = isnan(a[d]) || isnan(b[d]) ? 0 : a[d] - b[d];
	}
	return is_same ? find_linear(leads, weights, count, changed) : find_single(a, b, weights, count, changed);
}
