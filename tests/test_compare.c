/* SPDX-License-Identifier: MIT */
/* Tests of why the score moved, for whole results; worked by hand in the comments. */
#include "suite.h"

#include "change_pair.h"
#include "failing.h"
#include "../core/compare_nodes.h"
#include "../core/compare_units.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct sample old, new;
static struct crmval_error error;

static void start(void)
{
	pair_init(&old, &new);
	error = (struct crmval_error){.struct_size = sizeof error};
}

static struct change *compare(void)
{
	return pair_compare(&old, &new);
}

static double points(const struct change *change, const char *id, enum change_effect effect)
{
	return part_of(change, id, effect)->points[CHANGE_OVERALL].value;
}

static void test_weights(void)
{
	struct change *change;

	start();
	sample_set(&new, 0, 0.7, 0);
	new.dimensions[0].weight = 3;
	change = compare();
	/* Measure 20, a1 10, alpha 5, of which the mean of 1/2 and 3/4 reach 50 to 0.75 * 55 + 0.25 * 50. */
	CU_ASSERT_EQUAL(change->part_count, 3);
	NEAR(change->nodes[0].change.value, 3.75);
	NEAR(points(change, "m0", CHANGE_NUMERATOR), 3.125);
	const struct change_part *part = part_of(change, "m0", CHANGE_NUMERATOR);
	NEAR(part->points[CHANGE_DIMENSION].value, 5);
	NEAR(part->points[CHANGE_INDICATOR].value, 10);
	NEAR(part->points[CHANGE_MEASURE].value, 20);
	NEAR(part->numbers[0], 1);
	NEAR(part->numbers[1], 1.4);
	/* Mean scores 52.5 and 50, their level at 0.625 and 0.375: 51.5625. */
	NEAR(points(change, "alpha", CHANGE_WEIGHT), 0.25 * (52.5 - 51.5625));
	NEAR(points(change, "beta", CHANGE_WEIGHT), -0.25 * (50 - 51.5625));
	part = part_of(change, "alpha", CHANGE_WEIGHT);
	ABSENT(part->points[CHANGE_DIMENSION].value);
	NEAR(part->numbers[0], 0.5);
	NEAR(part->numbers[1], 0.75);
	/* The dimension's own change, and what it brings in all. */
	NEAR(part->node->change.value, 5);
	NEAR(part->node->points.value, 3.125 + 0.25 * (52.5 - 51.5625));
	change_free(change);
}

/* Scores are told to ten decimal places; what does not show in them is no part. */
static void test_too_little(void)
{
	struct change *change;

	start();
	sample_set(&new, 0, 0.5 + 1e-13, 0);
	change = compare();
	CU_ASSERT_EQUAL(change->nodes[0].change.value, 0);
	CU_ASSERT_EQUAL(change->part_count, 0);
	change_free(change);
}

static int is_to_the_digit(double value, double expected)
{
	return fabs(value - expected) < 1e-13;
}

/* Parts are rounded, and what that leaves over is the largest's: 1/6 and 7/6 are 4/3 to ten decimal places. */
static void test_rounding(void)
{
	for (int larger = 0; larger < 2; larger++) {
		const char *const ids[] = {larger ? "m1" : "m0", larger ? "m0" : "m1"};
		struct change *change;

		start();
		sample_set(&new, (uint32_t)larger, 0.5 + 7 / 300.0, 0);
		sample_set(&new, (uint32_t)!larger, 0.5 + 1 / 300.0, 0);
		change = compare();
		const struct change_part *part = part_of(change, ids[0], CHANGE_NUMERATOR);
		CU_ASSERT(is_to_the_digit(part->node->parent->change.value, 1.3333333333));
		CU_ASSERT(is_to_the_digit(part->points[CHANGE_INDICATOR].value, 1.1666666666));
		part = part_of(change, ids[1], CHANGE_NUMERATOR);
		CU_ASSERT(is_to_the_digit(part->points[CHANGE_INDICATOR].value, 0.1666666667));
		change_free(change);
	}
}

static void test_missing(void)
{
	struct change *change;

	start();
	sample_set(&old, 1, 0.8, 0);
	sample_lose(&new, 1);
	change = compare();
	/* a1 65 to 50: half of it was 30 above the rest. */
	CU_ASSERT_EQUAL(change->part_count, 1);
	const struct change_part *part = part_of(change, "m1", CHANGE_MISSING);
	NEAR(part->points[CHANGE_INDICATOR].value, -15);
	NEAR(part->points[CHANGE_OVERALL].value, -3.75);
	ABSENT(part->points[CHANGE_MEASURE].value);
	NEAR(part->numbers[0], 80);
	ABSENT(part->numbers[1]);
	change_free(change);
	/* As 0: half of 80 points less. */
	old.result.missing = new.result.missing = MISSING_ZERO;
	change = compare();
	CU_ASSERT_EQUAL(change->part_count, 1);
	NEAR(part_of(change, "m1", CHANGE_MISSING)->points[CHANGE_INDICATOR].value, -40);
	change_free(change);
	/* 80 was half of 65 before, and is now a 0 that counts: by half by coming in, by half by policy. */
	sample_lose(&old, 1);
	old.result.missing = MISSING_RENORMALISE;
	change = compare();
	CU_ASSERT_EQUAL(change->part_count, 1);
	/* 50 to 25. */
	NEAR(part_of(change, "m1", CHANGE_POLICY)->points[CHANGE_INDICATOR].value, -25);
	change_free(change);
}

static void test_coverage(void)
{
	struct change *change;

	start();
	sample_set(&old, 0, 0.9, 0);
	sample_set(&new, 0, 0.9, 0);
	sample_lose(&old, 1);
	sample_lose(&new, 1);
	new.result.min_coverage = 0.6;
	change = compare();
	/* a1, 90 on half of its weight, was half of alpha's 70. */
	CU_ASSERT_EQUAL(change->part_count, 1);
	NEAR(part_of(change, "a1", CHANGE_MIN_COVERAGE)->points[CHANGE_DIMENSION].value, -20);
	NEAR(points(change, "a1", CHANGE_MIN_COVERAGE), -10);
	change_free(change);
	/* With the same bound it is the data that are missing. */
	old.result.min_coverage = 0.6;
	sample_set(&old, 1, 0.9, 0);
	change = compare();
	NEAR(points(change, "a1", CHANGE_MISSING), -10);
	change_free(change);
}

static void test_absent(void)
{
	struct change *change;

	start();
	sample_set(&old, 4, 0.9, 0);
	new.result.measure_count = 4;
	change = compare();
	/* With its only measure b2 went out of beta: 70 to 50. */
	CU_ASSERT_EQUAL(change->part_count, 1);
	NEAR(part_of(change, "b2", CHANGE_ABSENT)->points[CHANGE_DIMENSION].value, -20);
	change_free(change);
	new.result.measure_count = 3;
	new.result.dimension_count = 1;
	change = compare();
	/* 60 to 50, of alpha alone. */
	CU_ASSERT_EQUAL(change->part_count, 1);
	NEAR(points(change, "beta", CHANGE_ABSENT), -10);
	change_free(change);
	new.result.measure_count = 0;
	new.result.dimension_count = 0;
	CU_ASSERT_EQUAL(change_new(&old.result, &new.result, &change, &error), CRMVAL_EDATA);
	CU_ASSERT_PTR_NOT_NULL(strstr(error.message, "no measure in common"));
}

static void test_no_weight(void)
{
	struct change *change;

	start();
	sample_set(&old, 2, 0.9, 0);
	sample_set(&new, 2, 0.9, 0);
	new.measures[2].weight = 0;
	change = compare();
	/* All weights in a2, which was half of alpha's 70. */
	CU_ASSERT_EQUAL(change->part_count, 1);
	NEAR(part_of(change, "a2", CHANGE_WEIGHT)->points[CHANGE_DIMENSION].value, -20);
	change_free(change);
}

static void test_aggregation(void)
{
	struct change *change;

	start();
	for (int m = 0; m < 2; m++) {
		sample_set(&old, (uint32_t)m, m ? 0.64 : 0.25, 0);
		sample_set(&new, (uint32_t)m, m ? 0.64 : 0.25, 0);
	}
	new.result.aggregation = AGGREGATE_GEOMETRIC;
	change = compare();
	/* a1 44.5 to 40; the others have equal children but for that. */
	NEAR(part_of(change, "a1", CHANGE_AGGREGATION)->points[CHANGE_INDICATOR].value, -4.5);
	double alpha = part_of(change, "alpha", CHANGE_AGGREGATION)->points[CHANGE_DIMENSION].value;
	NEAR(alpha, (sqrt(44.5 * 50) - 47.25 + sqrt(40 * 50) - 45) / 2);
	NEAR(part_of(change, "alpha", CHANGE_AGGREGATION)->node->change.value, sqrt(40 * 50) - 47.25);
	CU_ASSERT(points(change, NULL, CHANGE_AGGREGATION) < 0);
	change_free(change);
}

static void test_baselines(void)
{
	struct change *change;

	start();
	old.measures[2].basis = new.measures[2].basis = CRMVAL_CHANGE;
	old.moments[0][2][1] = sample_value(0.3, 0);
	new.moments[0][2][1] = sample_value(0.2, 0);
	change = compare();
	/* On the scale of shares a change of 0.2 is 20 points, one of 0.3 is 30. */
	NEAR(part_of(change, "m2", CHANGE_BASELINE)->points[CHANGE_MEASURE].value, 10);
	NEAR(part_of(change, "m2", CHANGE_BASELINE)->numbers[0], 0.3);
	change_free(change);
	new.measures[2].stated_baseline = 0.1;
	change = compare();
	NEAR(part_of(change, "m2", CHANGE_STATED_BASELINE)->points[CHANGE_MEASURE].value, 20);
	NEAR(part_of(change, "m2", CHANGE_STATED_BASELINE)->numbers[1], 0.1);
	change_free(change);
	/* Growth by the day over a window of other length. */
	start();
	old.tables[2].kind = new.tables[2].kind = CRMVAL_SUM_OF;
	old.measures[2].basis = new.measures[2].basis = CRMVAL_GROWTH;
	new.result.period.to += 10;
	change = compare();
	/* 1 in 10 days over 1 in 20 is a growth of 1, that in 20 days none: from 100 points to 0. */
	NEAR(part_of(change, "m2", CHANGE_DAYS)->points[CHANGE_MEASURE].value, -100);
	NEAR(part_of(change, "m2", CHANGE_DAYS)->numbers[0], 10);
	NEAR(part_of(change, "m2", CHANGE_DAYS)->numbers[1], 20);
	change_free(change);
}

/* What lost its basis or its scale lacks no data. */
static void test_definitions(void)
{
	struct change *change;

	start();
	new.measures[0].scale_count = 0;
	new.measures[2].basis = CRMVAL_GROWTH;
	new.moments[0][2][1] = (struct moments){0};
	sample_set(&old, 0, 0.7, 0);
	sample_set(&old, 2, 0.7, 0);
	change = compare();
	NEAR(part_of(change, "m0", CHANGE_SCALE)->points[CHANGE_INDICATOR].value, -10);
	NEAR(part_of(change, "a2", CHANGE_BASIS)->points[CHANGE_DIMENSION].value, -7.5);
	change_free(change);
}

static void test_verdicts(void)
{
	struct change *change;

	start();
	sample_set(&old, 0, 0.5, 0.05);
	sample_set(&new, 0, 0.6, 0.05);
	change = compare();
	/* The value by 10 +- 7.07; but a sum of two rows may be anything. */
	const struct change_node *measure = part_of(change, "m0", CHANGE_NUMERATOR)->node;
	NEAR(measure->change.value, 10);
	NEAR(measure->change.se, 5 * sqrt(2));
	CU_ASSERT_FALSE(change_is_moved(measure->change));
	NEAR(change->nodes[0].change.se, 5 * sqrt(2) / 8);
	const struct change_part *part = part_of(change, "m0", CHANGE_NUMERATOR);
	CU_ASSERT_FALSE(change_is_moved(part->points[CHANGE_OVERALL]));
	CU_ASSERT(part->points[CHANGE_MEASURE].se > 10);
	NEAR(part->points[CHANGE_OVERALL].se, part->points[CHANGE_MEASURE].se / 8);
	change_free(change);
	/* Half of the days are the same, so is half of what is uncertain. */
	new.result.period = (struct crmval_window){20094, 20103, 0};
	change = compare();
	NEAR(change->nodes[0].change.se, 5.0 / 8);
	change_free(change);
	/* Of the same window any difference is one. */
	new.result.period = old.result.period;
	change = compare();
	NEAR(change->nodes[0].change.se, 0);
	CU_ASSERT(change_is_moved(part_of(change, "m0", CHANGE_NUMERATOR)->points[CHANGE_OVERALL]));
	change_free(change);
	/* A state of the same day is the same one. */
	old.tables[0].flags = new.tables[0].flags = CRMVAL_STATE;
	new.result.period.from -= 5;
	change = compare();
	NEAR(change->nodes[0].change.se, 0);
	change_free(change);
}

static void test_units(void)
{
	static const char *const names[] = {"North", "West", "(none)"};
	static const int places[4][2] = {{0, -1}, {-1, 0}, {1, 1}, {2, 2}};
	uint32_t next[2] = {0, 0};
	struct change_unit unit;
	struct change *change;

	start();
	new.result.unit_names[BREAKDOWN_TEAM] = names;
	new.moments[2][0][0] = sample_value(0.9, 0);
	change = compare();
	CU_ASSERT(change_has_breakdown(change, BREAKDOWN_TEAM));
	CU_ASSERT_FALSE(change_has_breakdown(change, BREAKDOWN_REGION));
	old.result.breakdowns[BREAKDOWN_REGION] = 1;
	CU_ASSERT_FALSE(change_has_breakdown(change, BREAKDOWN_REGION));
	old.result.breakdowns[BREAKDOWN_REGION] = 0;
	new.result.breakdowns[BREAKDOWN_REGION] = 1;
	CU_ASSERT_FALSE(change_has_breakdown(change, BREAKDOWN_REGION));
	new.result.breakdowns[BREAKDOWN_REGION] = 0;
	for (int u = 0; u < 4; u++) {
		CU_ASSERT_FATAL(change_next_unit(change, BREAKDOWN_TEAM, next, &unit));
		CU_ASSERT_EQUAL(unit.places[0], places[u][0]);
		CU_ASSERT_EQUAL(unit.places[1], places[u][1]);
		change_scope(change, BREAKDOWN_TEAM, unit);
		if (unit.places[0] < 0 || unit.places[1] < 0) {
			ABSENT(change->nodes[0].change.value);
			CU_ASSERT_EQUAL(change->part_count, 0);
		} else {
			NEAR(change->nodes[0].change.value, strcmp(unit.name, "West") == 0 ? 5 : 0);
		}
	}
	CU_ASSERT_FALSE(change_next_unit(change, BREAKDOWN_TEAM, next, &unit));
	change_free(change);
}

/* Where the whole has no score on one side, its parts may still say what they did. */
static void test_no_overall(void)
{
	struct change *change;

	start();
	sample_set(&new, 0, 0.7, 0);
	sample_lose(&new, 3);
	sample_lose(&new, 4);
	new.result.min_coverage = 0.75;
	change = compare();
	ABSENT(change->nodes[0].change.value);
	ABSENT(points(change, "m0", CHANGE_NUMERATOR));
	for (uint32_t n = 0; n < change->node_count; n++)
		ABSENT(change->nodes[n].points.value);
	NEAR(part_of(change, "m0", CHANGE_NUMERATOR)->points[CHANGE_DIMENSION].value, 5);
	change_free(change);
}

/* Where a dimension has no score on one side, though the whole has, what is in it is no part of the whole. */
static void test_no_dimension(void)
{
	struct change *change;

	start();
	sample_set(&new, 0, 0.7, 0);
	sample_set(&new, 3, 0.7, 0);
	sample_lose(&new, 1);
	sample_lose(&new, 2);
	new.result.min_coverage = 0.6; /* alpha has 0.25, the whole 0.625 */
	change = compare();
	/* Beta alone, whose b1 is 70 now. */
	NEAR(change->nodes[0].change.value, 10);
	NEAR(change->nodes[0].points.value, 10);
	ABSENT(points(change, "m0", CHANGE_NUMERATOR));
	const struct change_part *part = part_of(change, "m0", CHANGE_NUMERATOR);
	NEAR(part->points[CHANGE_MEASURE].value, 20);
	ABSENT(part->points[CHANGE_INDICATOR].value);
	NEAR(part->node->points.value, 0);
	change_free(change);
}

/* What is not there has no list of children, whatever lies before the lists. */
static void test_no_list(void)
{
	uint32_t first[] = {UINT32_MAX, 0, 2};
	struct change change = {.results = {&old.result, &new.result}};

	start();
	old.result.dimension_count = 1;
	old.result.measure_count = 3;
	for (int side = 0; side < 2; side++)
		CU_ASSERT_EQUAL_FATAL(score_new(change.results[side], &change.cards[side], &error), CRMVAL_OK);
	change.cards[0]->first_indicator = first + 1;
	CU_ASSERT_EQUAL(change_find_nodes(&change, &error), CRMVAL_OK);
	/* The whole, two dimensions, four indicators, five measures. */
	CU_ASSERT_EQUAL_FATAL(change.node_count, 12);
	for (uint32_t n = 0; n < change.node_count; n++) {
		CU_ASSERT(change.nodes[n].places[1] >= 0);
		CU_ASSERT((change.nodes[n].places[0] >= 0) == (n < 7)); /* alpha's come first */
	}
	free(change.nodes);
	score_free(change.cards[0]);
	score_free(change.cards[1]);
}

/*
 * Teams by how far they moved: those with a score on both sides from the greatest gain down, then the others; what is the
 * same keeps the order of the new result, behind which come those of the old one alone.
 */
static void check_ranking(const char **before, const char **after, const char *const *ranked)
{
	struct moved_units moved;
	struct change *change;

	old.result.unit_names[BREAKDOWN_TEAM] = before;
	new.result.unit_names[BREAKDOWN_TEAM] = after;
	change = compare();
	CU_ASSERT_EQUAL_FATAL(change_rank_units(change, BREAKDOWN_TEAM, &moved, &error), CRMVAL_OK);
	for (uint32_t u = 0; u < moved.count; u++) {
		const struct moved_unit *unit = &moved.units[u];
		CU_ASSERT_STRING_EQUAL(unit->unit.name, ranked[u]);
		for (int side = 0; side < 2; side++)
			CU_ASSERT(unit->unit.places[side] >= 0 || isnan(unit->scores[side]));
		CU_ASSERT(isnan(unit->change.value) || (unit->unit.places[0] >= 0 && unit->unit.places[1] >= 0));
	}
	CU_ASSERT_PTR_NULL(ranked[moved.count]);
	free(moved.units);
	change_free(change);
}

static void test_ranking(void)
{
	static const char *abc[] = {"A", "B", "C"}, *abd[] = {"A", "B", "D"}, *def[] = {"D", "E", "F"};
	static const char *const b_gains[] = {"B", "A", "C", NULL}, *const b_loses[] = {"A", "C", "B", NULL},
				 *const same[] = {"A", "B", "C", NULL}, *const one_new[] = {"B", "A", "D", "C", NULL},
				 *const all_new[] = {"D", "E", "F", "A", "B", "C", NULL}, *const back[] = {"A", "B",
													   "C", "D",
													   "E", "F",
													   NULL};

	start();
	check_ranking(abc, abc, same);
	check_ranking(abc, def, all_new);
	check_ranking(def, abc, back);
	new.moments[2][0][0] = sample_value(0.9, 0);
	check_ranking(abc, abc, b_gains);
	check_ranking(abc, abd, one_new);
	new.moments[2][0][0] = sample_value(0.1, 0);
	check_ranking(abc, abc, b_loses);
	/* Two have no score in the new result; they are in both, however, and so before the one that is gone. */
	memset(new.moments[1], 0, 2 * sizeof new.moments[1]);
	check_ranking((const char *[]){"A", "M", "N"}, (const char *[]){"M", "N", "Z"},
		      (const char *const[]){"M", "N", "Z", "A", NULL});
}

/* Compares whole results and all teams, whatever memory there is; all that it took is given back. */
static int compare_all(void)
{
	struct change *change = NULL;
	struct moved_units moved = {0};
	int status = change_new(&old.result, &new.result, &change, &error);

	if (!status) {
		change_company(change);
		status = change_rank_units(change, BREAKDOWN_TEAM, &moved, &error);
	}
	free(moved.units);
	change_free(change);
	return status;
}

static void fail_each(enum failing kind, unsigned least)
{
	unsigned calls = 0;

	for (unsigned at = 0; at <= calls; at++) {
		long held = failing_held();
		failing_begin(kind, at, ENOMEM);
		int status = compare_all();
		unsigned seen = failing_end();
		calls = at ? calls : seen;
		CU_ASSERT_EQUAL(status, at ? CRMVAL_ENOMEM : CRMVAL_OK);
		CU_ASSERT_EQUAL(failing_held(), held);
	}
	CU_ASSERT(calls >= least);
}

static void test_no_memory(void)
{
	start();
	fail_each(FAILING_MEMORY, 6);
	fail_each(FAILING_MAP, 2); /* of the two cards */
}

static const struct test tests[] = {{"weights", test_weights},
				    {"too little", test_too_little},
				    {"rounding", test_rounding},
				    {"missing data", test_missing},
				    {"no dimension", test_no_dimension},
				    {"no list", test_no_list},
				    {"min_coverage", test_coverage},
				    {"on one side only", test_absent},
				    {"weights of 0", test_no_weight},
				    {"aggregation", test_aggregation},
				    {"baselines and days", test_baselines},
				    {"basis and scale", test_definitions},
				    {"verdicts", test_verdicts},
				    {"units", test_units},
				    {"no overall score", test_no_overall},
				    {"ranking", test_ranking},
				    {"no memory", test_no_memory},
				    {NULL, NULL}};

const struct suite suite_compare = {"compare", tests};
