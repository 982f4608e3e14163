/* SPDX-License-Identifier: MIT */
/* Tests of how scores go upward: weights, means, missing data, coverage; worked by hand in the comments. */
#include "suite.h"

#include "sample.h"

#include <string.h>

static struct sample sample;
static struct crmval_error error;

static struct scorecard *company_card(void)
{
	return sample_card(&sample, -1, 0, CRMVAL_OK, &error);
}

/* No row in the period: the plainest way to have no data. */
static void lose(uint32_t measure)
{
	sample.moments[0][measure][0] = (struct moments){0};
}

/* m0 25 +- 3 and m1 64 +- 4, before 16 +- 0 and 64 +- 0. */
static void set_pair(void)
{
	sample.moments[0][0][0] = sample_value(0.25, 0.03);
	sample.moments[0][1][0] = sample_value(0.64, 0.04);
	sample.moments[0][0][1] = sample_value(0.16, 0);
	sample.moments[0][1][1] = sample_value(0.64, 0);
}

static void test_arithmetic(void)
{
	struct scorecard *card;

	sample_init(&sample);
	set_pair();
	card = company_card();
	NEAR(card->indicators[0].score, 44.5);
	NEAR(card->indicators[0].low, 44.5 - Z95 * 2.5); /* the root of 1.5^2 + 2^2 */
	NEAR(card->indicators[0].before, 40);
	NEAR(card->indicators[0].gained, 4.5);
	/* alpha (44.5 + 50) / 2, error 1.25; overall with beta's 50, error 0.625. */
	NEAR(card->dimensions[0].score, 47.25);
	NEAR(card->overall.score, 48.625);
	NEAR(card->overall.high, 48.625 + Z95 * 0.625);
	CU_ASSERT_PTR_NULL(card->overall.reason);
	score_free(card);
	/* Weights 1 and 3: 54.25, error root of 0.75^2 + 3^2. */
	sample.measures[1].weight = 3;
	card = company_card();
	NEAR(card->measures[0].score.weight, 0.25);
	NEAR(card->indicators[0].score, 54.25);
	NEAR(card->indicators[0].low, 54.25 - Z95 * sqrt(9.5625));
	score_free(card);
}

static void test_geometric(void)
{
	struct scorecard *card;

	sample_init(&sample);
	sample.result.aggregation = AGGREGATE_GEOMETRIC;
	set_pair();
	card = company_card();
	/* Root of 25 * 64 = 40; slopes 0.5 * 40/25 = 0.8 and 0.5 * 40/64 = 0.3125: 2.4^2 + 1.25^2 = 7.3225. */
	NEAR(card->indicators[0].score, 40);
	NEAR(card->indicators[0].low, 40 - Z95 * sqrt(7.3225));
	/* Before: root of 16 * 64 = 32. */
	NEAR(card->indicators[0].before, 32);
	NEAR(card->indicators[0].gained, 8);
	score_free(card);
	/* A 0 counts as 1: root of 1 * 64 = 8, slope 0.5 * 8/1 for an error of (S(0.03) - S(-0.03)) / 2 = 1.5. */
	sample.moments[0][0][0] = sample_value(0, 0.03);
	sample.moments[0][1][0] = sample_value(0.64, 0);
	card = company_card();
	NEAR(card->indicators[0].score, 8);
	NEAR(card->indicators[0].high, 8 + Z95 * 6);
	score_free(card);
}

/* alpha 3, beta 1; m1 3, b2 4; m1 and m4 have no data. */
static void set_missing(void)
{
	sample_init(&sample);
	set_pair();
	sample.dimensions[0].weight = 3;
	sample.measures[1].weight = 3;
	sample.indicator_weights[1][1] = 4;
	lose(1);
	lose(4);
}

static void test_renormalise(void)
{
	struct scorecard *card;

	set_missing();
	card = company_card();
	NEAR(card->indicators[0].score, 25);
	NEAR(card->indicators[0].low, 25 - Z95 * 3);
	NEAR(card->dimensions[0].score, 37.5);
	NEAR(card->dimensions[1].score, 50);
	NEAR(card->overall.score, (3 * 37.5 + 50) / 4);
	/* Coverage: a1 1/4; alpha (1/4 + 1) / 2; beta 1/5; overall 3/4 * 5/8 + 1/4 * 1/5. */
	NEAR(card->indicators[0].coverage, 0.25);
	NEAR(card->dimensions[0].coverage, 0.625);
	NEAR(card->dimensions[1].coverage, 0.2);
	NEAR(card->overall.coverage, 0.51875);
	SAME(card->indicators[3].reason, "no applicable row");
	/* Before knows all: a1 (16 + 3 * 64) / 4 = 52; gained only m0, 25 - 16. */
	NEAR(card->indicators[0].before, 52);
	NEAR(card->indicators[0].gained, 9);
	NEAR(card->indicators[0].gained_low, 9 - Z95 * 3);
	NEAR(card->dimensions[0].gained, 4.5);
	NEAR(card->overall.gained, 3.375);
	ABSENT(card->indicators[3].gained);
	score_free(card);
}

static void test_zero(void)
{
	struct scorecard *card;

	set_missing();
	sample.result.missing = MISSING_ZERO;
	card = company_card();
	/* a1 25/4; alpha (6.25 + 50) / 2; beta 50/5; overall 3/4 * 28.125 + 1/4 * 10. */
	NEAR(card->indicators[0].score, 6.25);
	NEAR(card->indicators[0].low, 6.25 - Z95 * 0.75);
	NEAR(card->dimensions[0].score, 28.125);
	NEAR(card->dimensions[1].score, 10);
	NEAR(card->overall.score, 23.59375);
	/* All of b2 is missing: it counts 0 as well. */
	NEAR(card->indicators[3].score, 0);
	NEAR(card->indicators[3].coverage, 0);
	ABSENT(card->indicators[3].gained);
	/* Gained is of those that have both, as under renormalise. */
	NEAR(card->indicators[0].gained, 9);
	NEAR(card->overall.gained, 3.375);
	NEAR(card->overall.coverage, 0.51875);
	score_free(card);
	/* What has no before counts 0 in the before: m0's 16 of weight 1/4. */
	sample.tables[1].flags = CRMVAL_STATE;
	card = company_card();
	NEAR(card->indicators[0].before, 4);
	score_free(card);
	/* In the geometric mean it counts as 1: 25^(1/4). */
	sample.result.aggregation = AGGREGATE_GEOMETRIC;
	card = company_card();
	NEAR(card->indicators[0].score, sqrt(5));
	NEAR(card->indicators[3].score, 1);
	score_free(card);
}

static void test_fail(void)
{
	struct scorecard *card;

	set_missing();
	sample.result.missing = MISSING_FAIL;
	card = sample_card(&sample, -1, 0, CRMVAL_EDATA, &error);
	CU_ASSERT_EQUAL(error.code, CRMVAL_EDATA);
	CU_ASSERT_PTR_NOT_NULL(strstr(error.message, "alpha.m1 (no applicable row), beta.m4 (no applicable row);"));
	CU_ASSERT_PTR_NULL(strstr(error.message, "m0"));
	NEAR(card->measures[0].score.score, 25);
	ABSENT(card->overall.score);
	score_free(card);
	/* What carries no weight is not missed; a before may be. */
	sample.measures[1].weight = 0;
	sample.indicator_weights[1][1] = 0;
	sample.tables[2].flags = CRMVAL_STATE;
	card = company_card();
	NEAR(card->overall.score, (3 * 37.5 + 50) / 4);
	NEAR(card->indicators[0].before, 16);
	ABSENT(card->dimensions[0].before);
	NEAR(card->dimensions[0].gained, 9);
	score_free(card);
	sample.tables[2].flags = 0;
	/* Nodes that no measure can stand for. */
	sample.measures[4].weight = 0;
	sample.indicator_weights[1][1] = 1;
	card = sample_card(&sample, -1, 0, CRMVAL_EDATA, &error);
	CU_ASSERT_PTR_NOT_NULL(strstr(error.message, ": beta.b2 (all weights in it are 0);"));
	score_free(card);
	sample.indicator_weights[0][0] = sample.indicator_weights[0][1] = 0;
	sample.indicator_weights[1][1] = 0;
	card = sample_card(&sample, -1, 0, CRMVAL_EDATA, &error);
	CU_ASSERT_PTR_NOT_NULL(strstr(error.message, ": alpha (all weights in it are 0);"));
	score_free(card);
}

/* A unit may lack what it lacks: the run goes on, but what it is missing in is not rated. */
static void test_fail_unit(void)
{
	struct scorecard *card;

	sample_init(&sample);
	sample.result.missing = MISSING_FAIL;
	sample.moments[1][1][0] = (struct moments){0};
	sample.moments[1][2][0] = (struct moments){0};
	card = sample_card(&sample, BREAKDOWN_TEAM, 0, CRMVAL_OK, &error);
	ABSENT(card->indicators[0].score);
	ABSENT(card->indicators[0].gained);
	NEAR(card->indicators[0].before, 50);
	SAME(card->indicators[0].reason, "a part of it is missing, and score.missing is \"fail\"");
	SAME(card->indicators[1].reason, "no applicable row");
	NEAR(card->dimensions[1].score, 50);
	NEAR(card->overall.before, 50);
	ABSENT(card->overall.score);
	score_free(card);
}

/* The list of names ends before the message does. */
static void test_fail_long(void)
{
	static char reason[201];
	struct scorecard *card;

	sample_init(&sample);
	sample.result.missing = MISSING_FAIL;
	memset(reason, 'x', 200);
	for (int m = 0; m < SAMPLE_MEASURES; m++)
		sample.measures[m].no_data[0] = reason;
	card = sample_card(&sample, -1, 0, CRMVAL_EDATA, &error);
	/* 211 bytes for the first, 213 for the others: three go into 700. */
	CU_ASSERT_PTR_NOT_NULL(strstr(error.message, "alpha.m2 ("));
	CU_ASSERT_PTR_NULL(strstr(error.message, "beta.m3 ("));
	CU_ASSERT_PTR_NOT_NULL(strstr(error.message, " and 2 more;"));
	score_free(card);
}

static void test_min_coverage(void)
{
	struct scorecard *card;

	set_missing();
	sample.result.min_coverage = 0.25;
	card = company_card();
	/* a1 has just enough; beta has 1/5. */
	NEAR(card->indicators[0].score, 25);
	ABSENT(card->dimensions[1].score);
	ABSENT(card->dimensions[1].low);
	ABSENT(card->dimensions[1].gained);
	SAME(card->dimensions[1].reason, "its coverage is under score.min_coverage");
	NEAR(card->dimensions[1].before, 50);
	NEAR(card->dimensions[1].coverage, 0.2);
	/* Missing to its parent, its before (beta's 50) too, but its coverage counts there: (52 + 50) / 2 remain. */
	NEAR(card->overall.score, 37.5);
	NEAR(card->overall.before, 51);
	NEAR(card->overall.coverage, 0.51875);
	NEAR(card->overall.gained, 4.5);
	score_free(card);
	/* So is b2 with no data at all: of beta's befores b1's remains. */
	sample.moments[0][4][1] = sample_value(1, 0);
	card = company_card();
	NEAR(card->indicators[3].before, 100);
	SAME(card->indicators[3].reason, "no applicable row");
	NEAR(card->dimensions[1].before, 50);
	score_free(card);
	sample.result.min_coverage = 0.6;
	card = company_card();
	ABSENT(card->indicators[0].score);
	NEAR(card->dimensions[0].score, 50);
	SAME(card->overall.reason, "its coverage is under score.min_coverage");
	score_free(card);
}

/* Ten weights of 0.1 do not add up to 1 in doubles; all of the data is all of the data. */
static void test_full_coverage(void)
{
	struct scorecard *card;

	sample_init(&sample);
	sample.result.min_coverage = 1;
	for (int m = 0; m < SAMPLE_MEASURES; m++)
		sample.measures[m].weight = 0.1;
	sample.indicator_weights[0][0] = 0.7;
	sample.indicator_weights[0][1] = 0.1;
	sample.dimensions[0].weight = 0.1;
	sample.dimensions[1].weight = 0.6;
	card = company_card();
	CU_ASSERT_EQUAL(card->overall.coverage, 1);
	NEAR(card->overall.score, 50);
	score_free(card);
}

static void test_no_weight(void)
{
	struct scorecard *card;

	sample_init(&sample);
	sample.measures[0].weight = 0;
	sample.measures[1].weight = 0;
	sample.dimensions[1].weight = 0;
	card = company_card();
	/* Its numbers it has all the same. */
	NEAR(card->measures[0].score.score, 50);
	NEAR(card->measures[0].score.weight, 0);
	NEAR(card->dimensions[1].score, 50);
	SAME(card->indicators[0].reason, "all weights in it are 0");
	NEAR(card->indicators[0].coverage, 0);
	NEAR(card->dimensions[0].score, 50);
	NEAR(card->dimensions[0].coverage, 0.5);
	NEAR(card->overall.coverage, 0.5);
	score_free(card);
	/* Only what weighs nothing has data. */
	sample.measures[1].weight = 1;
	lose(1);
	card = company_card();
	SAME(card->indicators[0].reason, "no measure in it has data");
	score_free(card);
}

static const struct test tests[] = {{"arithmetic mean", test_arithmetic},
				    {"geometric mean", test_geometric},
				    {"missing: renormalise", test_renormalise},
				    {"missing: zero", test_zero},
				    {"missing: fail", test_fail},
				    {"missing: fail in a unit", test_fail_unit},
				    {"missing: fail with many", test_fail_long},
				    {"min_coverage", test_min_coverage},
				    {"full coverage", test_full_coverage},
				    {"weights of 0", test_no_weight},
				    {NULL, NULL}};

const struct suite suite_aggregate = {"aggregate", tests};
