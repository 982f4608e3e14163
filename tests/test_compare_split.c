/* SPDX-License-Identifier: MIT */
/* Tests of what is said of each difference of two results, and how sure it is; worked by hand in the comments. */
#include "suite.h"

#include "change_pair.h"

#include <string.h>

static struct sample old, new;

static void start(void)
{
	pair_init(&old, &new);
}

/* There is such a part, it makes so much of this level, and what differs in it are these numbers. */
static void check_part(const struct change *change, const char *id, enum change_effect effect, enum change_level level,
		       double value, double number, double new_number)
{
	const struct change_part *part = part_of(change, id, effect);

	CU_ASSERT_PTR_NOT_NULL(part->node);
	NEAR(part->points[level].value, value);
	for (int side = 0; side < 2; side++) {
		double expected = side ? new_number : number;
		if (isnan(expected)) {
			ABSENT(part->numbers[side]);
		} else {
			NEAR(part->numbers[side], expected);
		}
	}
}

/* Compares, and finds the node or measure of this id to have come or gone for this reason alone. */
static void check_reason(const char *id, enum change_effect effect, enum change_level level, double value)
{
	struct change *change = pair_compare(&old, &new);

	for (int other = 0; other < CHANGE_EFFECTS; other++)
		if (other != (int)effect)
			CU_ASSERT_PTR_NULL(part_of(change, id, (enum change_effect)other)->node);
	const struct change_part *part = part_of(change, id, effect);
	CU_ASSERT_PTR_NOT_NULL(part->node);
	NEAR(part->points[level].value, value);
	change_free(change);
}

/* ---- windows ---- */

/* Compares, and finds the change of this measure to be uncertain by so much. */
static void check_error(const char *id, double expected)
{
	struct change *change = pair_compare(&old, &new);
	double se = NAN;

	for (uint32_t n = 0; n < change->node_count; n++)
		if (change->nodes[n].id && strcmp(change->nodes[n].id, id) == 0)
			se = change->nodes[n].change.se;
	NEAR(se, expected);
	change_free(change);
}

/* Of 3 and 4 points that are uncertain, those that rest on the rows of days which the other window does not have. */
static void test_periods(void)
{
	start();
	sample_set(&old, 0, 0.5, 0.03);
	sample_set(&new, 0, 0.6, 0.04);
	check_error("m0", 5);
	/* Twelve days lie between them; eleven, the other way about. */
	new.result.period = (struct crmval_window){20111, 20120, 0};
	check_error("m0", 5);
	new.result.period = (struct crmval_window){20068, 20077, 0};
	check_error("m0", 5);
	/* The last day of ten is the first of ten others. */
	new.result.period = (struct crmval_window){20098, 20107, 0};
	check_error("m0", sqrt(0.9 * 25));
	/* Ten of twenty days, then all of ten; and ten in the midst of forty. */
	new.result.period = (struct crmval_window){20089, 20108, 0};
	check_error("m0", sqrt(0.5 * 16));
	new.result.period = (struct crmval_window){20079, 20118, 0};
	check_error("m0", sqrt(0.75 * 16));
}

/* Those of other days are of other rows, whatever days lie before them; those of the same day are of the same rows. */
static void test_states(void)
{
	start();
	old.tables[0].flags = new.tables[0].flags = CRMVAL_STATE;
	sample_set(&old, 0, 0.5, 0.03);
	sample_set(&new, 0, 0.6, 0.04);
	new.result.period = (struct crmval_window){20089, 20099, 0};
	check_error("m0", 5);
	new.result.period = (struct crmval_window){20098, 20098, 0};
	check_error("m0", 0);
}

/* The periods are the same, so that all that is uncertain comes with the baselines. */
static void test_baseline_windows(void)
{
	start();
	new.result.period = old.result.period;
	old.measures[2].basis = new.measures[2].basis = CRMVAL_CHANGE;
	old.measures[2].stated_baseline = new.measures[2].stated_baseline = 0.3;
	sample_set(&old, 2, 0.8, 0.03);
	sample_set(&new, 2, 0.7, 0.04);
	check_error("m2", 0);
	new.result.baseline = (struct crmval_window){19738, 19757, 0};
	check_error("m2", sqrt(0.75 * 25));
	new.result.baseline = (struct crmval_window){19733, 19742, 0};
	check_error("m2", sqrt(0.5 * 9));
	/* Where there is none, what its window says is of no rows. */
	new.result.baseline = old.result.baseline;
	old.result.has_baseline = 0;
	check_error("m2", 5);
	old.result.has_baseline = 1;
	new.result.has_baseline = 0;
	check_error("m2", 5);
	old.result.has_baseline = 0;
	check_error("m2", 5);
}

/* ---- measures ---- */

static void test_numbers(void)
{
	static const double before[][2] = {{2, 4}, {2, 4}}, after[][2] = {{3, 5}, {3, 5}};
	static const struct crmval_point half[] = {{0, 0}, {2, 100}};
	struct change *change;

	start();
	/* 4 of 8 to 6 of 10: see test_ratio() of the parts. */
	old.moments[0][0][0] = sample_rows(before, 2);
	new.moments[0][0][0] = sample_rows(after, 2);
	change = pair_compare(&old, &new);
	CU_ASSERT_EQUAL(change->part_count, 2);
	check_part(change, "m0", CHANGE_NUMERATOR, CHANGE_MEASURE, 22.5, 4, 6);
	check_part(change, "m0", CHANGE_DENOMINATOR, CHANGE_MEASURE, -12.5, 8, 10);
	change_free(change);
	/* Scales and bases are no numbers; 0.5 is no change of 0.5. */
	start();
	new.measures[2].scale = half;
	new.measures[0].basis = CRMVAL_CHANGE;
	change = pair_compare(&old, &new);
	CU_ASSERT_EQUAL(change->part_count, 2);
	check_part(change, "m2", CHANGE_SCALE, CHANGE_MEASURE, -25, NAN, NAN);
	check_part(change, "m0", CHANGE_BASIS, CHANGE_MEASURE, -50, NAN, NAN);
	check_part(change, "m0", CHANGE_BASIS, CHANGE_INDICATOR, -25, NAN, NAN);
	change_free(change);
}

/* A baseline's length, where the periods are as long as each other. */
static void test_days(void)
{
	struct change *change;

	start();
	old.tables[2].kind = new.tables[2].kind = CRMVAL_SUM_OF;
	old.measures[2].basis = new.measures[2].basis = CRMVAL_GROWTH;
	/* 1 in 10 days over 1 in 10 is no growth, over 1 in 20 one of 1. */
	old.result.baseline.to -= 10;
	change = pair_compare(&old, &new);
	CU_ASSERT_EQUAL(change->part_count, 1);
	check_part(change, "m2", CHANGE_DAYS, CHANGE_MEASURE, 100, 10, 20);
	change_free(change);
}

/* What the job states is the company's; a unit goes by its own data. */
static void test_stated(void)
{
	struct change *change;

	start();
	old.measures[2].basis = new.measures[2].basis = CRMVAL_CHANGE;
	old.measures[2].stated_baseline = 0.3;
	new.measures[2].stated_baseline = 0.1;
	sample_set(&new, 2, 0.7, 0);
	old.moments[1][2][1] = sample_value(0.3, 0);
	new.moments[1][2][1] = sample_value(0.2, 0);
	change = pair_compare(&old, &new);
	CU_ASSERT_EQUAL(change->part_count, 2);
	check_part(change, "m2", CHANGE_NUMERATOR, CHANGE_MEASURE, 20, 1, 1.4);
	check_part(change, "m2", CHANGE_STATED_BASELINE, CHANGE_MEASURE, 20, 0.3, 0.1);
	struct change_unit east = {{0, 0}, "East"};
	change_scope(change, BREAKDOWN_TEAM, east);
	CU_ASSERT_EQUAL(change->part_count, 1);
	check_part(change, "m2", CHANGE_BASELINE, CHANGE_MEASURE, 10, 0.3, 0.2);
	change_free(change);
}

/* ---- what has a score on one side only ---- */

/* m0 goes, half of a1, which was 70 before; m1 stays at 50. */
static void start_without(int basis, int has_baseline, uint32_t scale_count, int has_data)
{
	start();
	sample_set(&old, 0, 0.9, 0);
	new.measures[0].basis = basis;
	new.measures[0].scale_count = scale_count;
	if (!has_baseline)
		new.moments[0][0][1] = (struct moments){0};
	if (!has_data)
		sample_lose(&new, 0);
}

static void test_measures_gone(void)
{
	/* Without data it is these that it lacks, whatever else there is to it. */
	start_without(CRMVAL_CHANGE, 1, 2, 0);
	check_reason("m0", CHANGE_MISSING, CHANGE_INDICATOR, -20);
	start_without(CRMVAL_VALUE, 1, 0, 0);
	check_reason("m0", CHANGE_MISSING, CHANGE_INDICATOR, -20);
	start_without(CRMVAL_CHANGE, 1, 0, 1);
	new.measures[0].failed = "the plugin hung";
	check_reason("m0", CHANGE_MISSING, CHANGE_INDICATOR, -20);
	/* Another basis, which has no baseline, or no scale. */
	start_without(CRMVAL_CHANGE, 0, 2, 1);
	check_reason("m0", CHANGE_BASIS, CHANGE_INDICATOR, -20);
	start_without(CRMVAL_CHANGE, 1, 0, 1);
	check_reason("m0", CHANGE_BASIS, CHANGE_INDICATOR, -20);
	start_without(CRMVAL_VALUE, 1, 0, 1);
	check_reason("m0", CHANGE_SCALE, CHANGE_INDICATOR, -20);
	/* The same basis on both sides, a change by 0.9 from 0 before, and without its baseline after. */
	start_without(CRMVAL_CHANGE, 0, 2, 1);
	old.measures[0].basis = CRMVAL_CHANGE;
	old.moments[0][0][1] = sample_value(0, 0);
	check_reason("m0", CHANGE_MISSING, CHANGE_INDICATOR, -20);
	/* The other way about, it comes. */
	start();
	sample_set(&new, 0, 0.9, 0);
	old.measures[0].scale_count = 0;
	check_reason("m0", CHANGE_SCALE, CHANGE_INDICATOR, 20);
	old.measures[0].scale_count = 2;
	sample_lose(&old, 0);
	check_reason("m0", CHANGE_MISSING, CHANGE_INDICATOR, 20);
}

/* a1, which was 70 before, goes with both of its measures, a2 stays at 50. */
static void start_without_a1(void)
{
	start();
	sample_set(&old, 0, 0.7, 0);
	sample_set(&old, 1, 0.7, 0);
	new.measures[0].scale_count = new.measures[1].scale_count = 0;
}

static void test_nodes_gone(void)
{
	start_without_a1();
	check_reason("a1", CHANGE_SCALE, CHANGE_DIMENSION, -10);
	/* For two reasons. */
	new.measures[1].scale_count = 2;
	sample_lose(&new, 1);
	check_reason("a1", CHANGE_MISSING, CHANGE_DIMENSION, -10);
	new.measures[1].basis = CRMVAL_GROWTH;
	new.moments[0][1][1] = (struct moments){0};
	sample_set(&new, 1, 0.7, 0);
	check_reason("a1", CHANGE_MISSING, CHANGE_DIMENSION, -10);
	new.measures[0].basis = CRMVAL_GROWTH;
	check_reason("a1", CHANGE_BASIS, CHANGE_DIMENSION, -10);
	/* What was not there before is no reason: m1, and of alpha, which goes from the 60 of all, a2. */
	start_without_a1();
	sample_lose(&old, 1);
	sample_lose(&new, 1);
	check_reason("a1", CHANGE_SCALE, CHANGE_DIMENSION, -10);
	sample_lose(&old, 2);
	sample_lose(&new, 2);
	check_reason("alpha", CHANGE_SCALE, CHANGE_OVERALL, -10);
	/* m1 comes as m0 goes; by half of its weight a1 would have a score, were it not for score.min_coverage. */
	start_without_a1();
	new.measures[1].scale_count = 2;
	sample_lose(&old, 1);
	new.result.min_coverage = 0.6;
	check_reason("a1", CHANGE_MIN_COVERAGE, CHANGE_DIMENSION, -10);
}

/* A dimension goes for what its indicators lack, not for what their measures do. */
static void test_levels(void)
{
	start();
	sample_set(&old, 0, 0.7, 0);
	sample_set(&old, 1, 0.7, 0);
	sample_lose(&new, 1);
	old.indicator_weights[0][1] = new.indicator_weights[0][1] = 0;
	new.result.min_coverage = 0.6;
	/* a1 rests on half of its weight, and is all of alpha: 70 to nothing beside the 50 of beta. */
	check_reason("alpha", CHANGE_MIN_COVERAGE, CHANGE_OVERALL, -10);
}

/* An indicator has no weight in it, for it has no measure left; those behind it have. */
static void test_emptied(void)
{
	start();
	sample_set(&old, 2, 0.9, 0);
	for (uint32_t m = 2; m < 4; m++)
		new.measures[m] = new.measures[m + 1];
	new.result.measure_count = 4;
	check_reason("a2", CHANGE_ABSENT, CHANGE_DIMENSION, -20);
}

/* ---- what missing data count ---- */

/* a1, which was 70 and half of alpha, has no weight after, so that alpha has a score whatever a1 lacks. */
static void test_incomplete(void)
{
	start();
	sample_set(&old, 0, 0.7, 0);
	sample_set(&old, 1, 0.7, 0);
	sample_lose(&new, 1);
	new.indicator_weights[0][0] = 0;
	new.result.missing = MISSING_FAIL;
	check_reason("a1", CHANGE_POLICY, CHANGE_DIMENSION, -10);
	old.result.missing = MISSING_ZERO;
	check_reason("a1", CHANGE_POLICY, CHANGE_DIMENSION, -10);
	old.result.missing = MISSING_FAIL;
	check_reason("a1", CHANGE_MISSING, CHANGE_DIMENSION, -10);
}

static void test_zero(void)
{
	/* 90 before, of data: it is these that went, whatever else is said of what is missing. */
	start();
	sample_set(&old, 2, 0.9, 0);
	sample_lose(&new, 2);
	old.result.missing = MISSING_ZERO;
	check_reason("a2", CHANGE_MISSING, CHANGE_DIMENSION, -20);
	/* It was a 0 for want of data, which pulled alpha down to 25. */
	sample_lose(&old, 2);
	check_reason("a2", CHANGE_POLICY, CHANGE_DIMENSION, 25);
}

/* ---- two effects that are one ---- */

/* a2 loses the weights in it and so counts as 0, and gets more weight itself: three quarters instead of half. */
static void start_weights(double value, double standard_error)
{
	start();
	sample_set(&old, 2, value, standard_error);
	sample_set(&new, 2, value, standard_error);
	new.measures[2].weight = 0;
	new.indicator_weights[0][1] = 3;
	old.result.missing = new.result.missing = MISSING_ZERO;
}

static void test_weights_twice(void)
{
	struct change *change;

	start_weights(0.9, 0.04);
	change = pair_compare(&old, &new);
	/*
	 * alpha 70 to 12.5.  90 points by the mean share of 0.625; then the level at mean shares of 0.375 and 0.625 of 50
	 * and 45, 46.875, for a quarter.
	 */
	CU_ASSERT_EQUAL(change->part_count, 2);
	check_part(change, "a2", CHANGE_WEIGHT, CHANGE_DIMENSION, -56.25 - 0.46875, 0.5, 0.75);
	check_part(change, "a1", CHANGE_WEIGHT, CHANGE_DIMENSION, -0.78125, 0.5, 0.25);
	/* 4 by 0.625; of 45 less the level, which holds it by 0.625: 0.25 * 0.375 * 2. */
	NEAR(part_of(change, "a2", CHANGE_WEIGHT)->points[CHANGE_DIMENSION].se, 2.5 + 0.1875);
	change_free(change);
	/* What was 0 and counts as 0 has moved by its share alone: 0 less the level of 18.75 for a quarter. */
	start_weights(0, 0.05);
	change = pair_compare(&old, &new);
	CU_ASSERT_EQUAL(change->part_count, 2);
	check_part(change, "a2", CHANGE_WEIGHT, CHANGE_DIMENSION, -4.6875, 0.5, 0.75);
	/* The scale ends at 0, so 0 +- 5 points are 0 +- 2.5. */
	NEAR(part_of(change, "a2", CHANGE_WEIGHT)->points[CHANGE_DIMENSION].se, 0.25 * 0.375 * 1.25);
	change_free(change);
}

/* Only what is in the list is one with what comes next. */
static void test_first(void)
{
	static struct change_part list[400];
	struct change *change;
	struct change_part *parts;

	start();
	sample_set(&new, 0, 0.7, 0);
	change = pair_compare(&old, &new);
	CU_ASSERT_EQUAL(change->part_count, 1);
	list[0] = change->parts[0];
	parts = change->parts;
	change->parts = list + 1;
	change_company(change);
	CU_ASSERT_EQUAL(change->part_count, 1);
	check_part(change, "m0", CHANGE_NUMERATOR, CHANGE_MEASURE, 20, 1, 1.4);
	NEAR(list[0].points[CHANGE_MEASURE].value, 20);
	change->parts = parts;
	change_free(change);
}

static const struct test tests[] = {{"periods", test_periods},
				    {"states", test_states},
				    {"windows of baselines", test_baseline_windows},
				    {"numbers", test_numbers},
				    {"days", test_days},
				    {"stated baselines", test_stated},
				    {"measures that go", test_measures_gone},
				    {"nodes that go", test_nodes_gone},
				    {"levels", test_levels},
				    {"without measures", test_emptied},
				    {"incomplete", test_incomplete},
				    {"as 0", test_zero},
				    {"weights twice", test_weights_twice},
				    {"first part", test_first},
				    {NULL, NULL}};

const struct suite suite_compare_split = {"compare_split", tests};
