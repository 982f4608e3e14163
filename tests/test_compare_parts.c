/* SPDX-License-Identifier: MIT */
/* Tests of why a mean and a measure's score moved; worked by hand in the comments. */
#include "suite.h"

#include "sample.h"
#include "../core/compare_mean.h"
#include "../core/compare_measure.h"

/* ---- means ---- */

static struct mean_child child(double old_share, double old_score, double new_share, double new_score)
{
	return (struct mean_child){.counts = {!isnan(old_share), !isnan(new_share)},
				   .share = {isnan(old_share) ? 0 : old_share, isnan(new_share) ? 0 : new_share},
				   .score = {old_score, new_score}};
}

static void test_arithmetic(void)
{
	struct mean_kinds kinds = {.is_geometric = {0, 0}};
	struct mean_child both[] = {child(0.5, 40, 0.25, 60), child(0.5, 80, 0.75, 70)};

	both[0].se[0] = both[0].se[1] = 4;
	mean_split(both, 2, &kinds);
	/* 60 to 67.5.  Mean shares 0.375 and 0.625, mean scores 50 and 75, their level 65.625. */
	NEAR(both[0].slope * 20, 7.5);
	NEAR(both[1].slope * -10, -6.25);
	NEAR(both[0].weight, -0.25 * (50 - 65.625));
	NEAR(both[1].weight, 0.25 * (75 - 65.625));
	/* Of 50 less the level, the level holding it by 0.375: 0.25 * 0.625 * 4; of 75 less the level: 0.25 * 0.375 * 4. */
	NEAR(both[0].weight_se, 0.625);
	NEAR(both[1].weight_se, 0.375);
	NEAR(both[0].presence, 0);
	NEAR(kinds.effect, 0);
}

static void test_coming(void)
{
	struct mean_kinds kinds = {.is_geometric = {0, 0}};
	struct mean_child three[] = {child(0.6, 50, 0.45, 50), child(0.4, 75, 0.3, 75), child(NAN, 0, 0.25, 20)};

	three[1].se[0] = 3;
	three[1].se[1] = 5;
	three[2].se[1] = 8;
	mean_split(three, 3, &kinds);
	/* 60 to 50: what came is 40 under the 60 of the others, which weigh as before among themselves. */
	NEAR(three[2].presence, -10);
	NEAR(three[0].weight, 0);
	NEAR(three[1].weight, 0);
	NEAR(three[0].slope, 0.525);
	/* The root of 8^2 and (0.4 * 4)^2, by 0.25. */
	NEAR(three[2].presence_se, 0.25 * sqrt(64 + 2.56));
}

static void test_replaced(void)
{
	struct mean_kinds kinds = {.is_geometric = {0, 0}};
	struct mean_child two[] = {child(1, 60, NAN, 0), child(NAN, 0, 1, 80)};

	mean_split(two, 2, &kinds);
	NEAR(two[0].presence, 10);
	NEAR(two[1].presence, 10);
	/* A third that stays, without weight, is no level to go by. */
	struct mean_child three[] = {child(1, 60, NAN, 0), child(NAN, 0, 1, 80), child(0, 10, 0, 90)};
	mean_split(three, 3, &kinds);
	NEAR(three[0].presence, 10);
	NEAR(three[1].presence, 10);
	NEAR(three[2].slope, 0);
	/* With weight on one side it is: 60 to 0.5 * 80 + 0.5 * 90 = 85, the level is the 50 of the third. */
	three[1].share[1] = three[2].share[1] = 0.5;
	mean_split(three, 3, &kinds);
	NEAR(three[0].presence, -10);
	NEAR(three[1].presence, 15);
	NEAR(three[2].slope * 80, 20);
	NEAR(three[2].weight, 0);
}

static void test_geometric(void)
{
	struct mean_kinds kinds = {.is_geometric = {1, 1}};
	struct mean_child two[] = {child(0.5, 16, 0.5, 64), child(0.5, 25, 0.5, 25)};

	mean_split(two, 2, &kinds);
	/* The root of 400 to that of 1600. */
	NEAR(two[0].slope * 48, 20);
	/* 20 / log 2 points for one of the sum of logarithms, half of 1/25 of them for a point of the second. */
	NEAR(two[1].slope, 20 / log(2) / 2 / 25);
	/* The mean stays at 32: 32 points for one of the sum, log 4 of which are half a share's. */
	struct mean_child swapped[] = {child(0.5, 16, 0.5, 64), child(0.5, 64, 0.5, 16)};
	mean_split(swapped, 2, &kinds);
	NEAR(swapped[0].slope * 48, 32 * log(2));
	NEAR(swapped[1].slope * -48, -32 * log(2));
	/* All under 1 counts as 1; from 0 to 16 is from 1 to 16: 1 to 4. */
	struct mean_child low[] = {child(0.5, 0, 0.5, 16), child(0.5, 0.2, 0.5, 0.9)};
	mean_split(low, 2, &kinds);
	NEAR(low[0].slope * 16, 3);
	NEAR(low[1].slope, 0);
}

static void test_kinds(void)
{
	struct mean_kinds kinds = {.is_geometric = {0, 1}};
	struct mean_child two[] = {child(0.5, 25, 0.5, 25), child(0.5, 64, 0.5, 64)};

	two[0].se[0] = two[0].se[1] = 5;
	mean_split(two, 2, &kinds);
	NEAR(kinds.effect, -4.5);
	/* Geometric 0.5 * 40/25 points for one of the first, arithmetic 0.5. */
	NEAR(kinds.se, 5 * (0.8 - 0.5));
	/* 16, 64 to 64, 64: 40 to 64; kinds (32 - 40 + 64 - 64) / 2, the rest the mean of 24 and 32. */
	struct mean_child moved[] = {child(0.5, 16, 0.5, 64), child(0.5, 64, 0.5, 64)};
	mean_split(moved, 2, &kinds);
	NEAR(kinds.effect, -4);
	NEAR(moved[0].slope * 48, 28);
}

/* ---- measures ---- */

static const struct crmval_point percent[] = {{0, 0}, {1, 100}}, half[] = {{0, 0}, {2, 100}};
static const struct crmval_point growth[] = {{-0.3, 0}, {0, 50}, {0.3, 100}};
static const struct crmval_point points[] = {{0, 0}, {100, 100}};

static struct measure_side ratio_side(double n, double d)
{
	return (struct measure_side){.kind = CRMVAL_RATIO,
				     .basis = CRMVAL_VALUE,
				     .n = n,
				     .d = d,
				     .value = n / d,
				     .new_rows = {1, 1},
				     .score = {100 * n / d, 3},
				     .scale_count = 2,
				     .scale = percent};
}

static struct measure_side growth_side(double n, double baseline, double days)
{
	return (struct measure_side){.kind = CRMVAL_SUM_OF,
				     .basis = CRMVAL_GROWTH,
				     .is_daily = 1,
				     .days = {days, 10},
				     .n = n,
				     .value = n,
				     .baseline = {baseline, 0},
				     .new_rows = {1, 1},
				     .scale_count = 3,
				     .scale = growth};
}

static void test_ratio(void)
{
	struct measure_side sides[] = {ratio_side(4, 8), ratio_side(6, 10)};
	struct measure_split split;

	measure_split(sides, &split);
	/* 50 to 60; numerator first 6/8 - 4/8, last 6/10 - 4/10; denominator first 4/10 - 4/8, last 6/10 - 6/8. */
	NEAR(split.effects[MEASURE_NUMERATOR].value, 22.5);
	NEAR(split.effects[MEASURE_DENOMINATOR].value, -12.5);
	NEAR(split.change.value, 10);
	NEAR(split.change.se, sqrt(18));
	NEAR(split.effects[MEASURE_SCALE].value, 0);
	/* A quarter of the rows is new. */
	sides[0].new_rows[0] = sides[1].new_rows[0] = 0.25;
	measure_split(sides, &split);
	NEAR(split.change.se, sqrt(18) / 2);
}

static void test_growth(void)
{
	struct measure_side sides[] = {growth_side(110, 100, 10), growth_side(120, 100, 12)};
	struct measure_split split;

	measure_split(sides, &split);
	/* Growth 0.1 to 0.  Sum first 0.2 - 0.1, last 0 + 1/12; days first -1/12 - 0.1, last 0 - 0.2; 0.3 are 50 points. */
	NEAR(split.effects[MEASURE_NUMERATOR].value, (0.1 + 1.0 / 12) / 2 / 0.3 * 50);
	NEAR(split.effects[MEASURE_DAYS].value, (-1.0 / 12 - 0.3) / 2 / 0.3 * 50);
	NEAR(split.effects[MEASURE_BASELINE].value, 0);
	NEAR(split.effects[MEASURE_DENOMINATOR].value, 0);
	/* 100 to 110 over 100, to 110 over 110: nothing, 1/11 up first and 0.1 last, as much down. */
	sides[0] = growth_side(100, 100, 10);
	sides[1] = growth_side(110, 110, 10);
	measure_split(sides, &split);
	NEAR(split.effects[MEASURE_NUMERATOR].value, (0.1 + 1.0 / 11) / 2 / 0.3 * 50);
	NEAR(split.effects[MEASURE_BASELINE].value, -(0.1 + 1.0 / 11) / 2 / 0.3 * 50);
}

static void test_definitions(void)
{
	struct measure_side sides[] = {ratio_side(4, 8), ratio_side(4, 8)};
	struct measure_split split;

	sides[1].scale = half;
	measure_split(sides, &split);
	NEAR(split.effects[MEASURE_SCALE].value, -25);
	NEAR(split.effects[MEASURE_NUMERATOR].value, 0);
	/* To a change of -0.1 over a baseline of 0.6, which is nothing: all the basis; baseline and scale came with it. */
	static const struct crmval_point change[] = {{-0.1, 0}, {0.1, 100}};
	sides[1].basis = CRMVAL_CHANGE;
	sides[1].baseline = (struct estimate){0.6, 0};
	sides[1].scale = change;
	sides[1].score.value = 0;
	measure_split(sides, &split);
	NEAR(split.effects[MEASURE_BASIS].value, -50);
	NEAR(split.effects[MEASURE_SCALE].value, 0);
	NEAR(split.effects[MEASURE_BASELINE].value, 0);
	sides[1].kind = CRMVAL_SUM_OF;
	sides[1].score.se = 4;
	measure_split(sides, &split);
	NEAR(split.effects[MEASURE_DEFINITION].value, -50);
	NEAR(split.effects[MEASURE_DEFINITION].se, 5);
	NEAR(split.effects[MEASURE_BASIS].value, 0);
}

static void test_errors(void)
{
	struct measure_side sides[] = {growth_side(30, 1, 10), growth_side(50, 1, 10)};
	struct measure_split split;

	for (int side = 0; side < 2; side++) {
		sides[side].basis = CRMVAL_VALUE;
		sides[side].is_daily = 0;
		sides[side].scale = points;
		sides[side].scale_count = 2;
	}
	sides[0].nn = 9;
	sides[1].nn = 16;
	measure_split(sides, &split);
	NEAR(split.effects[MEASURE_NUMERATOR].value, 20);
	NEAR(split.effects[MEASURE_NUMERATOR].se, 5);
	sides[0].new_rows[0] = 0;
	measure_split(sides, &split);
	NEAR(split.effects[MEASURE_NUMERATOR].se, 4);
	/* Another scale halves both: its effect is half of the mean of both, whose errors may be the same. */
	static const struct crmval_point half_points[] = {{0, 0}, {200, 100}};
	sides[1].scale = half_points;
	measure_split(sides, &split);
	NEAR(split.effects[MEASURE_SCALE].value, -20);
	NEAR(split.effects[MEASURE_SCALE].se, (3 + 4) / 4.0);
}

/* Where n and d go together, what one does the other undoes in part. */
static void test_correlation(void)
{
	struct measure_side sides[] = {ratio_side(200, 400), ratio_side(400, 400)};
	struct measure_split split;

	sides[0].scale = sides[1].scale = half;
	for (int side = 0; side < 2; side++) {
		sides[side].nn = sides[side].nd = sides[side].n;
		sides[side].dd = 400;
	}
	measure_split(sides, &split);
	/*
	 * By one standard error: the old numerator, root of 200, moves its effect by -50/400 of that, -1.768; either
	 * denominator, 20, by -50/2 (400 - 200)/400^2 of that, -0.625; the new numerator, 20, by 2.5.  Correlated by
	 * 200 / root(200 * 400) and 400 / 400: 3.125 + 0.391 + 1.5625 and 6.25 + 0.391 - 3.125.
	 */
	CU_ASSERT_DOUBLE_EQUAL(split.effects[MEASURE_NUMERATOR].se, sqrt(5.078125 + 3.515625), 0.01);
}

static const struct test tests[] = {{"arithmetic mean", test_arithmetic},
				    {"children that come", test_coming},
				    {"all replaced", test_replaced},
				    {"geometric mean", test_geometric},
				    {"other kinds of mean", test_kinds},
				    {"ratio", test_ratio},
				    {"growth", test_growth},
				    {"definitions", test_definitions},
				    {"standard errors", test_errors},
				    {"correlation", test_correlation},
				    {NULL, NULL}};

const struct suite suite_compare_parts = {"compare_parts", tests};
