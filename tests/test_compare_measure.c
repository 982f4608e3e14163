/* SPDX-License-Identifier: MIT */
/*
 * Why measures' scores moved, once more by the plainest means, on sides made at random: each effect is the average of what
 * its factor does over all orders in which the factors could have changed one after the other, and each standard error
 * what follows from moving what was counted by one of its own.
 */
#include "suite.h"

#include "sample.h"
#include "../core/compare_measure.h"
#include "../core/scale.h"

#include <string.h>

enum { TRIALS = 400 };

static uint64_t drawn;

static double draw(double least, double most)
{
	drawn = drawn * 6364136223846793005u + 1442695040888963407u;
	return least + (most - least) * (double)(drawn >> 11) * 0x1p-53;
}

static int toss(void)
{
	return draw(0, 1) < 0.5;
}

/* ---- the plain way ---- */

enum counted { NUMERATOR, DENOMINATOR, BASELINE, COUNTED };

/* By how many of its standard errors what a side counted is moved. */
struct moved {
	double by[2][COUNTED];
};

/* Numbers above 0 move by factors. */
static double scaled(double x, double se, double by)
{
	return x * exp(by * se / x);
}

/* The score of a mixture: for each effect, which side it is as on. */
static double plain_score(const struct measure_side *sides, const struct moved *moved, const int *from)
{
	int is_other = sides[0].basis != sides[1].basis, basis = from[MEASURE_BASIS];
	int n_side = from[MEASURE_NUMERATOR], d_side = from[MEASURE_DENOMINATOR];
	int baseline_side = is_other ? basis : from[MEASURE_BASELINE];
	const struct measure_side *rule = &sides[basis], *dated = &sides[is_other ? basis : from[MEASURE_DAYS]];
	const struct measure_side *scale = &sides[is_other ? basis : from[MEASURE_SCALE]];
	double n_by = moved->by[n_side][NUMERATOR], d_by = moved->by[d_side][DENOMINATOR];
	double value = sides[n_side].value, baseline = sides[baseline_side].baseline.value;

	if (rule->kind == CRMVAL_SUM_OF)
		value = sides[n_side].n + n_by * sqrt(sides[n_side].nn);
	else if (n_side != d_side || n_by != 0 || d_by != 0)
		value = (sides[n_side].n + n_by * sqrt(sides[n_side].nn)) /
			scaled(sides[d_side].d, sqrt(sides[d_side].dd), d_by);
	if (rule->basis == CRMVAL_GROWTH)
		baseline = scaled(baseline, sides[baseline_side].baseline.se, moved->by[baseline_side][BASELINE]);
	else
		baseline += moved->by[baseline_side][BASELINE] * sides[baseline_side].baseline.se;
	if (rule->is_daily) {
		value /= dated->days[0];
		baseline /= dated->days[1];
	}
	if (rule->basis == CRMVAL_GROWTH)
		value = value / baseline - 1;
	else if (rule->basis == CRMVAL_CHANGE)
		value -= baseline;
	return scale_score(scale->scale, scale->scale_count, value);
}

/* All effects of going from old to new in every order of what may differ. */
static uint32_t add_orders(const struct measure_side *sides, const struct moved *moved, int *from, double *effects)
{
	uint32_t orders = 0;

	for (int e = 0; e < MEASURE_DEFINITION; e++) {
		if (from[e])
			continue;
		double before = plain_score(sides, moved, from);
		from[e] = 1;
		double does = plain_score(sides, moved, from) - before;
		uint32_t rest = add_orders(sides, moved, from, effects);
		from[e] = 0;
		effects[e] += rest * does;
		orders += rest;
	}
	return orders ? orders : 1;
}

static void plain_effects(const struct measure_side *sides, const struct moved *moved, double *effects)
{
	int from[MEASURE_EFFECTS] = {0};

	memset(effects, 0, MEASURE_EFFECTS * sizeof *effects);
	uint32_t orders = add_orders(sides, moved, from, effects);
	for (int e = 0; e < MEASURE_EFFECTS; e++)
		effects[e] /= orders;
}

static void plain_errors(const struct measure_side *sides, double *errors)
{
	double slopes[2][COUNTED][MEASURE_EFFECTS], correlation[2];

	for (int side = 0; side < 2; side++) {
		double both = sqrt(sides[side].nn * sides[side].dd);
		correlation[side] = both > 0 ? sides[side].nd / both : 0;
		for (int c = 0; c < COUNTED; c++) {
			double up[MEASURE_EFFECTS], down[MEASURE_EFFECTS];
			struct moved moved = {{{0}}};
			moved.by[side][c] = 1;
			plain_effects(sides, &moved, up);
			moved.by[side][c] = -1;
			plain_effects(sides, &moved, down);
			for (int e = 0; e < MEASURE_EFFECTS; e++)
				slopes[side][c][e] = (up[e] - down[e]) / 2;
		}
	}
	for (int e = 0; e < MEASURE_EFFECTS; e++) {
		/* What was counted is as sure as the rows that are not the same; a definition, as what both sides have. */
		int is_counted = e == MEASURE_NUMERATOR || e == MEASURE_DENOMINATOR || e == MEASURE_BASELINE;
		double variance = 0, both[COUNTED], mean = (correlation[0] + correlation[1]) / 2;
		for (int side = 0; side < 2 && is_counted; side++) {
			double n = slopes[side][NUMERATOR][e], d = slopes[side][DENOMINATOR][e];
			double baseline = slopes[side][BASELINE][e];
			variance += sides[side].new_rows[0] * (n * n + d * d + 2 * correlation[side] * n * d) +
				    sides[side].new_rows[1] * baseline * baseline;
		}
		for (int c = 0; c < COUNTED; c++)
			both[c] = slopes[0][c][e] + slopes[1][c][e];
		if (!is_counted)
			variance = both[0] * both[0] + both[1] * both[1] + both[2] * both[2] +
				   2 * mean * both[0] * both[1];
		errors[e] = sqrt(fmax(variance, 0));
	}
}

/* ---- sides at random ---- */

static struct crmval_point scales[2][3];

static void draw_side(struct measure_side *side, struct crmval_point *scale, int kind)
{
	static const int bases[] = {CRMVAL_VALUE, CRMVAL_GROWTH, CRMVAL_CHANGE};

	*side = (struct measure_side){.kind = kind,
				      .basis = bases[(int)draw(0, 3)],
				      .days = {toss() ? 10 : 30, toss() ? 10 : 20},
				      .n = draw(-1, 9),
				      .d = kind == CRMVAL_RATIO ? draw(2, 9) : 0,
				      .nn = toss() ? draw(0, 2) : 0,
				      .dd = kind == CRMVAL_RATIO && toss() ? draw(0, 2) : 0,
				      .new_rows = {draw(0, 1), draw(0, 1)},
				      .baseline = {draw(0.5, 4), toss() ? draw(0, 0.3) : 0},
				      .score = {draw(0, 100), draw(0, 5)},
				      .scale_count = toss() ? 2 : 3,
				      .scale = scale};
	side->nd = draw(-1, 1) * sqrt(side->nn * side->dd);
	/* As it was scored, which is not to be worked out anew: a little beside what it would be. */
	side->value = kind == CRMVAL_RATIO ? side->n / side->d + draw(-0.01, 0.01) : side->n;
	side->is_daily = side->basis != CRMVAL_VALUE && (kind == CRMVAL_SUM_OF || toss());
	for (int i = 0; i < 3; i++)
		scale[i] = (struct crmval_point){-2 + 3 * i + draw(-1, 1), 50 * i + draw(-5, 5)};
}

/* The second side, often of the same basis, days or scale, or one that differs in one number alone. */
static void draw_pair(struct measure_side *sides)
{
	int kind = toss() ? CRMVAL_RATIO : CRMVAL_SUM_OF;

	draw_side(&sides[0], scales[0], kind);
	draw_side(&sides[1], scales[1], kind);
	if (draw(0, 4) < 3) {
		sides[1].basis = sides[0].basis;
		sides[1].is_daily = sides[0].is_daily;
	}
	if (toss())
		memcpy(sides[1].days, sides[0].days, sizeof sides[0].days);
	if (toss()) {
		sides[1].scale_count = sides[0].scale_count;
		memcpy(scales[1], scales[0], sizeof scales[0]);
		uint32_t changed = (uint32_t)draw(0, 2 * sides[0].scale_count + 2);
		if (changed < sides[0].scale_count)
			scales[1][changed].x += 0.25;
		else if (changed < 2 * sides[0].scale_count)
			scales[1][changed - sides[0].scale_count].y += 7;
	}
}

static void check_pair(const struct measure_side *sides, uint64_t *seen)
{
	static const struct moved nothing;
	double effects[MEASURE_EFFECTS], errors[MEASURE_EFFECTS], variance = 0;
	struct measure_split split;

	measure_split(sides, &split);
	plain_effects(sides, &nothing, effects);
	plain_errors(sides, errors);
	for (int e = 0; e < MEASURE_EFFECTS; e++) {
		NEAR(split.effects[e].value, effects[e]);
		NEAR(split.effects[e].se, errors[e]);
		seen[e] += fabs(effects[e]) > 0.01 && errors[e] > 0.01;
	}
	for (int side = 0; side < 2; side++) {
		double share = sides[side].new_rows[0];
		if (sides[side].basis != CRMVAL_VALUE && sides[side].new_rows[1] > share)
			share = sides[side].new_rows[1];
		variance += share * sides[side].score.se * sides[side].score.se;
	}
	NEAR(split.change.value, sides[1].score.value - sides[0].score.value);
	NEAR(split.change.se, sqrt(variance));
}

static void test_random(void)
{
	struct measure_side sides[2];
	uint64_t seen[MEASURE_EFFECTS] = {0};

	drawn = 1;
	for (int trial = 0; trial < TRIALS; trial++) {
		draw_pair(sides);
		if (sides[0].basis != sides[1].basis || sides[0].is_daily == sides[1].is_daily)
			check_pair(sides, seen);
	}
	/* The pairs are worth it. */
	for (int e = 0; e < MEASURE_DEFINITION; e++)
		CU_ASSERT(seen[e] >= TRIALS / 20);
}

/* What cannot be exchanged is one effect. */
static void test_definition(void)
{
	struct measure_side sides[2];
	struct measure_split split;

	drawn = 2;
	draw_side(&sides[0], scales[0], CRMVAL_RATIO);
	draw_side(&sides[1], scales[1], CRMVAL_RATIO);
	sides[0].basis = sides[1].basis = CRMVAL_GROWTH;
	sides[0].is_daily = 0;
	sides[1].is_daily = 1;
	measure_split(sides, &split);
	for (int e = 0; e < MEASURE_EFFECTS; e++) {
		NEAR(split.effects[e].value, e == MEASURE_DEFINITION ? split.change.value : 0);
		NEAR(split.effects[e].se, e == MEASURE_DEFINITION ? split.change.se : 0);
	}
	sides[0].kind = CRMVAL_SUM_OF;
	sides[0].is_daily = 1;
	measure_split(sides, &split);
	NEAR(split.effects[MEASURE_DEFINITION].value, split.change.value);
}

/* What is too large for a number is past the end of every scale. */
static void test_huge(void)
{
	static const struct crmval_point percent[] = {{0, 0}, {1, 100}};
	struct measure_side sides[2];
	struct measure_split split;

	for (int side = 0; side < 2; side++)
		sides[side] = (struct measure_side){.kind = CRMVAL_RATIO,
						    .basis = CRMVAL_VALUE,
						    .n = side ? 5e299 : 0.25,
						    .d = side ? 1e300 : 1e-300,
						    .value = side ? 0.5 : 0.25e300,
						    .score = {side ? 50 : 100, 0},
						    .scale_count = 2,
						    .scale = percent};
	measure_split(sides, &split);
	/* 100 to 50.  Numerator first: infinite, 100; last: 0.25/1e300, 0, to 50.  Denominator first: to 0, last: from 100. */
	NEAR(split.effects[MEASURE_NUMERATOR].value, 25);
	NEAR(split.effects[MEASURE_DENOMINATOR].value, -75);
	sides[1].n = -5e299;
	sides[1].value = -0.5;
	sides[1].score.value = 0;
	measure_split(sides, &split);
	/* Numerator first: minus infinite, from 100 to 0; last: from 0 to 0. */
	NEAR(split.effects[MEASURE_NUMERATOR].value, -50);
	NEAR(split.effects[MEASURE_DENOMINATOR].value, -50);
}

static const struct test tests[] = {
	{"random sides", test_random}, {"definitions", test_definition}, {"huge values", test_huge}, {NULL, NULL}};

const struct suite suite_compare_measure = {"compare_measure", tests};
