/* SPDX-License-Identifier: MIT */
/* The cheapest way: worked by hand where that can be done, and held against a search where not. */
#include "sample.h"
#include "suite.h"

#include "../core/climb.h"
#include "../core/error.h"

#include <string.h>

static void find(const struct sample *sample, double target, struct climb *climb)
{
	struct crmval_error error;
	struct scorecard *card = sample_card(sample, -1, 0, CRMVAL_OK, &error);

	CU_ASSERT_EQUAL(climb_find(card, target, climb, &error), CRMVAL_OK);
	score_free(card);
}

static const struct climb_step *step_of(const struct climb *climb, uint32_t measure)
{
	for (uint32_t i = 0; i < climb->count; i++)
		if (climb->steps[i].measure == measure)
			return &climb->steps[i];
	return NULL;
}

/*
 * All values are 0.5, so a relative change r brings 50 r points times the weight: m0 and m1 weigh 1/8, the others 1/4.
 * Least squares under 50 (r0/8 + r1/8 + r2/4 + r3/4 + r4/4) = 7: r in proportion to the weights, r = k w with
 * 50 k (2/64 + 3/16) = 50 k 7/32 = 7, so k = 0.64: r = 0.08 twice and 0.16 three times.
 */
static void test_by_hand(void)
{
	struct sample sample;
	struct climb climb;

	sample_init(&sample);
	find(&sample, 57, &climb);
	CU_ASSERT_EQUAL(climb.count, 5);
	NEAR(climb.score, 50);
	CU_ASSERT_DOUBLE_EQUAL(climb.reached, 57, 1e-9);
	for (uint32_t m = 0; m < 5; m++) {
		const struct climb_step *step = step_of(&climb, m);
		CU_ASSERT_PTR_NOT_NULL_FATAL(step);
		CU_ASSERT_DOUBLE_EQUAL(step->change, m < 2 ? 0.08 : 0.16, 1e-8);
		CU_ASSERT_DOUBLE_EQUAL(step->value_to, m < 2 ? 0.54 : 0.58, 1e-8);
		CU_ASSERT_DOUBLE_EQUAL(step->score_to, m < 2 ? 54 : 58, 1e-6);
		CU_ASSERT_DOUBLE_EQUAL(step->points, m < 2 ? 0.5 : 2, 1e-7);
	}
	CU_ASSERT(climb.steps[0].measure == 2 && climb.steps[4].measure == 1);
	climb_free(&climb);
}

/*
 * m4 has no more to give past 0.55, by its scale: it goes 10 % up there and stops; the others share what is left.
 * Of 7 points it brings 5 / 4; then 50 k (2/64 + 2/16) = 5.75, k = 0.736.
 */
static void test_bends(void)
{
	static const struct crmval_point bent[] = {{0, 0}, {0.5, 50}, {0.55, 55}, {1, 55}};
	struct sample sample;
	struct climb climb;

	sample_init(&sample);
	sample.measures[4].scale = bent;
	sample.measures[4].scale_count = 4;
	find(&sample, 57, &climb);
	CU_ASSERT_DOUBLE_EQUAL(step_of(&climb, 4)->change, 0.1, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(step_of(&climb, 0)->change, 0.092, 1e-8);
	CU_ASSERT_DOUBLE_EQUAL(step_of(&climb, 2)->change, 0.184, 1e-8);
	CU_ASSERT_DOUBLE_EQUAL(climb.reached, 57, 1e-9);
	climb_free(&climb);
}

/* Lower is better, growth, and what is missing; the way is followed, and the score is there. */
static void test_following_it_leads_there(void)
{
	static const struct crmval_point falling[] = {{0, 100}, {1, 0}}, growth[] = {{-0.3, 0}, {0, 50}, {0.3, 100}};

	for (int is_geometric = 0; is_geometric < 2; is_geometric++) {
		struct sample sample;
		struct climb climb;
		struct crmval_error error;

		sample_init(&sample);
		sample.result.aggregation = is_geometric ? AGGREGATE_GEOMETRIC : AGGREGATE_ARITHMETIC;
		sample.tables[0].better = CRMVAL_LOWER;
		sample.measures[0].scale = falling;
		sample.measures[1].no_data[0] = "no field";
		sample.measures[3].basis = CRMVAL_GROWTH;
		sample.measures[3].scale = growth;
		sample.measures[3].scale_count = 3;
		sample.moments[0][3][0] = sample_value(0.55, 0);
		sample.tables[2].flags = CRMVAL_SHARE;
		find(&sample, 70, &climb);
		CU_ASSERT_DOUBLE_EQUAL(climb.reached, 70, 1e-8);
		CU_ASSERT_PTR_NULL(step_of(&climb, 1));
		CU_ASSERT(step_of(&climb, 0)->change < 0);
		for (uint32_t i = 0; i < climb.count; i++)
			sample.moments[0][climb.steps[i].measure][0] = sample_value(climb.steps[i].value_to, 0);
		struct scorecard *card = sample_card(&sample, -1, 0, CRMVAL_OK, &error);
		CU_ASSERT_DOUBLE_EQUAL(card->overall.score, 70, 1e-7);
		score_free(card);
		climb_free(&climb);
	}
}

static void test_ends(void)
{
	struct sample sample;
	struct climb climb;

	sample_init(&sample);
	find(&sample, 50, &climb); /* there already */
	CU_ASSERT(climb.count == 0 && climb.steps == NULL);
	climb_free(&climb);
	for (int m = 0; m < SAMPLE_MEASURES; m++)
		sample.tables[m].flags = CRMVAL_SHARE;
	sample.moments[0][4][0] = sample_value(0, 0); /* has no relative change */
	find(&sample, 90, &climb);
	NEAR(climb.score, 37.5);
	CU_ASSERT_DOUBLE_EQUAL(climb.reached, 75, 1e-9);
	CU_ASSERT_EQUAL(climb.count, 4);
	climb_free(&climb);
	for (int m = 0; m < SAMPLE_MEASURES; m++)
		sample.measures[m].no_data[0] = "nothing";
	find(&sample, 90, &climb);
	CU_ASSERT_EQUAL(climb.count, 0);
	climb_free(&climb);
}

static const struct test tests[] = {{"a way worked by hand", test_by_hand},
				    {"scales that bend", test_bends},
				    {"following it leads there", test_following_it_leads_there},
				    {"there already, and out of reach", test_ends},
				    {NULL, NULL}};

const struct suite suite_climb = {"climb", tests};
