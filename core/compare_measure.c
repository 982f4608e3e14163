/* SPDX-License-Identifier: MIT */
/* Why a measure's score moved: the difference of two scores as a sum of effects of what they are functions of. */
#include "compare_measure.h"

#include "scale.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { OLD, NEW };
enum { FACTORS = 5 }; /* at once: all but basis and definition */

/* What the score is a function of. */
struct state {
	int basis, is_daily;
	double value, baseline /* 0: the basis has none */, days[2];
	uint32_t scale_count;
	const struct crmval_point *scale;
};

/* As score.c has it; but mixtures of two sides may have infinite values, whose scores are the ends of the scale. */
static double state_score(const struct state *state)
{
	double value = state->value, baseline = state->baseline;

	if (state->is_daily) {
		value /= state->days[0];
		baseline /= state->days[1];
	}
	double x = state->basis == CRMVAL_GROWTH ? value / baseline - 1 : value - baseline;
	return scale_score(state->scale, state->scale_count, x);
}

/* A sum and what may be inexact in it, shifted by so many standard errors. */
struct shift {
	double n, d, baseline;
};

struct problem {
	const struct measure_side *sides;
	struct shift shifts[2];
	uint32_t factor_count;
	uint32_t bits
		[MEASURE_EFFECTS]; /* set in mixtures that have the new one; 0: it is no factor, but the same on both */
};

/* Up and down by factors, so that what has to be above 0 stays there. */
static double shift_up(double x, double se, double by)
{
	return fmin(x * exp(by * fmin(se / x, 30)), DBL_MAX);
}

static double problem_value(const struct problem *problem, int n_side, int d_side)
{
	const struct measure_side *for_n = &problem->sides[n_side], *for_d = &problem->sides[d_side];
	double n_shift = problem->shifts[n_side].n, d_shift = problem->shifts[d_side].d;

	if (n_side == d_side && n_shift == 0 && d_shift == 0)
		return for_n->value;
	double n = for_n->n + n_shift * sqrt(for_n->nn);
	return for_n->kind == CRMVAL_SUM_OF ? n : n / shift_up(for_d->d, sqrt(for_d->dd), d_shift);
}

static double problem_baseline(const struct problem *problem, int side)
{
	const struct measure_side *from = &problem->sides[side];
	double shift = problem->shifts[side].baseline;

	if (from->basis == CRMVAL_GROWTH)
		return shift_up(from->baseline.value, from->baseline.se, shift);
	return from->baseline.value + shift * from->baseline.se;
}

/* The side that a mixture has something from. */
static int side_in(const struct problem *problem, uint32_t mixture, enum measure_effect effect)
{
	return (mixture & problem->bits[effect]) != 0;
}

static double mixture_score(const struct problem *problem, uint32_t mixture)
{
	int basis = side_in(problem, mixture, MEASURE_BASIS);
	/* What goes with a basis comes with it; otherwise that is the same on both sides. */
	int is_whole = problem->sides[OLD].basis != problem->sides[NEW].basis;
	const struct measure_side *for_basis = &problem->sides[basis];
	const struct measure_side *for_days =
		&problem->sides[is_whole ? basis : side_in(problem, mixture, MEASURE_DAYS)];
	const struct measure_side *for_scale =
		&problem->sides[is_whole ? basis : side_in(problem, mixture, MEASURE_SCALE)];
	int for_baseline = is_whole ? basis : side_in(problem, mixture, MEASURE_BASELINE);
	struct state state = {
		.basis = for_basis->basis,
		.is_daily = for_basis->is_daily,
		.value = problem_value(problem, side_in(problem, mixture, MEASURE_NUMERATOR),
				       side_in(problem, mixture, MEASURE_DENOMINATOR)),
		.baseline = for_basis->basis == CRMVAL_VALUE ? 0 : problem_baseline(problem, for_baseline),
		.days = {for_days->days[0], for_days->days[1]},
		.scale_count = for_scale->scale_count,
		.scale = for_scale->scale,
	};
	return state_score(&state);
}

/* ---- effects ---- */

static void add_factor(struct problem *problem, enum measure_effect effect, int is_one)
{
	if (is_one)
		problem->bits[effect] = 1u << problem->factor_count++;
}

static int is_other_scale(const struct measure_side *a, const struct measure_side *b)
{
	int is_other = a->scale_count != b->scale_count;

	for (uint32_t i = 0; i < a->scale_count && !is_other; i++)
		is_other = a->scale[i].x != b->scale[i].x || a->scale[i].y != b->scale[i].y;
	return is_other;
}

/* Sums are factors even where they are the same: what is uncertain in them is not. */
static void find_factors(struct problem *problem)
{
	const struct measure_side *a = &problem->sides[OLD], *b = &problem->sides[NEW];
	int is_same_basis = a->basis == b->basis;

	add_factor(problem, MEASURE_NUMERATOR, 1);
	add_factor(problem, MEASURE_DENOMINATOR, a->kind == CRMVAL_RATIO);
	add_factor(problem, MEASURE_BASIS, !is_same_basis);
	add_factor(problem, MEASURE_BASELINE, is_same_basis && a->basis != CRMVAL_VALUE);
	add_factor(problem, MEASURE_DAYS,
		   is_same_basis && a->is_daily && (a->days[0] != b->days[0] || a->days[1] != b->days[1]));
	add_factor(problem, MEASURE_SCALE, is_same_basis && is_other_scale(a, b));
}

/* Of how many orders of `count` factors so many stand before one of them, as a share of all. */
static double share_of_orders(uint32_t before, uint32_t count)
{
	static const double factorials[FACTORS + 1] = {1, 1, 2, 6, 24, 120};

	return factorials[before] * factorials[count - before - 1] / factorials[count];
}

/* Points of each effect. */
struct points {
	double effects[MEASURE_EFFECTS];
};

static struct points find_points(const struct problem *problem)
{
	struct points points = {{0}};
	double scores[1 << FACTORS];
	uint32_t count = problem->factor_count, mixtures = 1u << count;

	for (uint32_t mixture = 0; mixture < mixtures; mixture++)
		scores[mixture] = mixture_score(problem, mixture);
	for (int e = 0; e < MEASURE_EFFECTS; e++)
		for (uint32_t bit = problem->bits[e], mixture = 0; bit && mixture < mixtures; mixture++)
			if (!(mixture & bit))
				points.effects[e] += share_of_orders((uint32_t)__builtin_popcount(mixture), count) *
						     (scores[mixture | bit] - scores[mixture]);
	return points;
}

/* ---- standard errors ---- */

/* By how much one standard error of a side's sum moves the effects: half of the way from one below to one above. */
static struct points find_slopes(struct problem *problem, double *shift)
{
	struct points up, down;

	*shift = 1;
	up = find_points(problem);
	*shift = -1;
	down = find_points(problem);
	*shift = 0;
	for (int e = 0; e < MEASURE_EFFECTS; e++)
		up.effects[e] = (up.effects[e] - down.effects[e]) / 2;
	return up;
}

struct slopes {
	struct points n[2], d[2], baseline[2];
	double correlation[2]; /* of numerators and denominators */
};

/* Effects of what was counted differ by the rows that the two sides do not share. */
static double counted_variance(const struct measure_side *sides, const struct slopes *slopes, int effect)
{
	double variance = 0;

	for (int side = OLD; side <= NEW; side++) {
		double n = slopes->n[side].effects[effect], d = slopes->d[side].effects[effect];
		double baseline = slopes->baseline[side].effects[effect];
		variance += sides[side].new_rows[0] * (n * n + 2 * slopes->correlation[side] * n * d + d * d);
		variance += sides[side].new_rows[1] * baseline * baseline;
	}
	return variance;
}

/* Effects of definitions depend on the level of both sides, whose errors may be the same. */
static double level_variance(const struct slopes *slopes, int effect)
{
	double n = slopes->n[OLD].effects[effect] + slopes->n[NEW].effects[effect];
	double d = slopes->d[OLD].effects[effect] + slopes->d[NEW].effects[effect];
	double baseline = slopes->baseline[OLD].effects[effect] + slopes->baseline[NEW].effects[effect];
	double correlation = (slopes->correlation[OLD] + slopes->correlation[NEW]) / 2;

	return n * n + 2 * correlation * n * d + d * d + baseline * baseline;
}

static void find_errors(struct problem *problem, struct measure_split *split)
{
	struct slopes slopes;

	for (int side = OLD; side <= NEW; side++) {
		const struct measure_side *from = &problem->sides[side];
		struct shift *shift = &problem->shifts[side];
		slopes.n[side] = find_slopes(problem, &shift->n);
		slopes.d[side] = find_slopes(problem, &shift->d);
		slopes.baseline[side] = find_slopes(problem, &shift->baseline);
		double both = sqrt(from->nn) * sqrt(from->dd);
		slopes.correlation[side] = both > 0 ? fmax(-1, fmin(1, from->nd / both)) : 0;
	}
	for (int e = 0; e < MEASURE_EFFECTS; e++) {
		int is_counted = e == MEASURE_NUMERATOR || e == MEASURE_DENOMINATOR || e == MEASURE_BASELINE;
		double variance =
			is_counted ? counted_variance(problem->sides, &slopes, e) : level_variance(&slopes, e);
		split->effects[e].se = sqrt(fmax(variance, 0));
	}
}

/* Of the two scores, in the shares of rows that they do not have in common. */
static double change_error(const struct measure_side *sides)
{
	double variance = 0;

	for (int side = OLD; side <= NEW; side++) {
		double share = sides[side].new_rows[0];
		if (sides[side].basis != CRMVAL_VALUE)
			share = fmax(share, sides[side].new_rows[1]);
		variance += share * sides[side].score.se * sides[side].score.se;
	}
	return sqrt(variance);
}

/* A sum that has become a ratio has no numerator and denominator that could be exchanged. */
static int is_comparable(const struct measure_side *a, const struct measure_side *b)
{
	return a->kind == b->kind && (a->basis != b->basis || a->is_daily == b->is_daily);
}

void measure_split(const struct measure_side sides[2], struct measure_split *split)
{
	struct problem problem = {.sides = sides};
	struct points points;

	memset(split, 0, sizeof *split);
	split->change.value = sides[NEW].score.value - sides[OLD].score.value;
	split->change.se = change_error(sides);
	if (!is_comparable(&sides[OLD], &sides[NEW])) {
		split->effects[MEASURE_DEFINITION] = split->change;
		return;
	}
	find_factors(&problem);
	points = find_points(&problem);
	for (int e = 0; e < MEASURE_EFFECTS; e++)
		split->effects[e].value = points.effects[e];
	find_errors(&problem, split);
}
