/* SPDX-License-Identifier: MIT */
/*
 * What always holds of scores, on random models and sums: weights count by their ratios alone, the order of measures does
 * not matter, and a larger numerator never makes worse what is better when it is higher.  PROPERTY_MODELS tries more.
 */
#include "suite.h"

#include "change_case.h"
#include "../core/score.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct change_case pair;
static struct case_side changed;
static uint64_t failures, compared, raised;

static uint64_t model_count(void)
{
	const char *text = getenv("PROPERTY_MODELS");
	return text ? strtoull(text, NULL, 10) : 1000;
}

static void expect(int holds, uint64_t seed, const char *what)
{
	if (!holds && failures++ < 10)
		printf("model %llu: %s\n", (unsigned long long)seed, what);
}

static struct scorecard *card_of(const struct result *result, int scope)
{
	struct crmval_error error = {.struct_size = sizeof error};
	struct scorecard *card = NULL;
	CU_ASSERT_EQUAL_FATAL(score_new(result, &card, &error), CRMVAL_OK);
	if (scope < 0)
		score_scope(card, -1, 0, &error); /* that something is missing is no failure of these tests */
	else
		CU_ASSERT_EQUAL(score_scope(card, BREAKDOWN_TEAM, (uint32_t)scope, &error), CRMVAL_OK);
	return card;
}

/* As near as sums in another order are; both may be none. */
static int is_near(double a, double b)
{
	return isnan(a) ? isnan(b) : fabs(a - b) <= 1e-8;
}

static int is_same(const struct score *a, const struct score *b)
{
	compared++;
	return is_near(a->weight, b->weight) && is_near(a->coverage, b->coverage) && is_near(a->score, b->score) &&
	       is_near(a->low, b->low) && is_near(a->high, b->high) && is_near(a->before, b->before) &&
	       is_near(a->gained, b->gained) && is_near(a->gained_low, b->gained_low) &&
	       is_near(a->gained_high, b->gained_high);
}

/* All but the measures. */
static int are_nodes_same(const struct scorecard *a, const struct scorecard *b)
{
	int same = is_same(&a->overall, &b->overall);
	for (uint32_t d = 0; d < a->result->dimension_count; d++) {
		same &= is_same(&a->dimensions[d], &b->dimensions[d]);
		for (uint32_t i = a->first_indicator[d]; i < a->first_indicator[d + 1]; i++)
			same &= is_same(&a->indicators[i], &b->indicators[i]);
	}
	return same;
}

/* A copy that is to be changed: what pointed into the original points into it. */
static void copy_side(const struct case_side *side)
{
	changed = *side;
	changed.result.dimensions = changed.dimensions;
	changed.result.measures = changed.measures;
	changed.result.tallies = &changed;
	for (uint32_t d = 0; d < CASE_DIMENSIONS; d++)
		changed.dimensions[d].indicator_weights = changed.indicator_weights[d];
}

/* Each family of weights by a factor of its own. */
static void scale_weights(uint64_t seed)
{
	double factor = 0.001 + (double)(seed % 997);
	for (uint32_t d = 0; d < changed.result.dimension_count; d++) {
		changed.dimensions[d].weight *= factor;
		for (uint32_t i = 0; i < CASE_INDICATORS; i++)
			changed.indicator_weights[d][i] *= factor / (d + 2);
	}
	for (uint32_t m = 0; m < changed.result.measure_count; m++)
		changed.measures[m].weight *=
			factor * (1 + changed.measures[m].dimension * 3 + changed.measures[m].indicator);
}

/* The last first, with all that is theirs. */
static void reverse_measures(void)
{
	uint32_t count = changed.result.measure_count;
	for (uint32_t m = 0; m < count / 2; m++) {
		struct result_measure measure = changed.measures[m];
		changed.measures[m] = changed.measures[count - 1 - m];
		changed.measures[count - 1 - m] = measure;
		for (int scope = 0; scope <= CASE_UNITS; scope++) {
			struct moments windows[2];
			memcpy(windows, changed.moments[scope][m], sizeof windows);
			memcpy(changed.moments[scope][m], changed.moments[scope][count - 1 - m], sizeof windows);
			memcpy(changed.moments[scope][count - 1 - m], windows, sizeof windows);
		}
	}
}

static void test_weights(void)
{
	failures = compared = 0;
	for (uint64_t seed = 1; seed <= model_count(); seed++) {
		change_case_make(&pair, seed);
		copy_side(&pair.sides[0]);
		scale_weights(seed);
		for (int scope = -1; scope < (int)changed.result.unit_counts[BREAKDOWN_TEAM]; scope++) {
			struct scorecard *plain = card_of(&pair.sides[0].result, scope);
			struct scorecard *scaled = card_of(&changed.result, scope);
			expect(are_nodes_same(plain, scaled), seed, "other weights of the same ratios score otherwise");
			score_free(plain);
			score_free(scaled);
		}
	}
	CU_ASSERT_EQUAL(failures, 0);
	CU_ASSERT(compared > 10 * model_count());
}

static void test_order(void)
{
	failures = compared = 0;
	for (uint64_t seed = 1; seed <= model_count(); seed++) {
		change_case_make(&pair, seed);
		copy_side(&pair.sides[0]);
		reverse_measures();
		for (int scope = -1; scope < (int)changed.result.unit_counts[BREAKDOWN_TEAM]; scope++) {
			struct scorecard *plain = card_of(&pair.sides[0].result, scope);
			struct scorecard *reversed = card_of(&changed.result, scope);
			uint32_t count = changed.result.measure_count;
			expect(are_nodes_same(plain, reversed), seed, "measures in another order score otherwise");
			for (uint32_t m = 0; m < count; m++)
				expect(is_same(&plain->measures[m].score, &reversed->measures[count - 1 - m].score),
				       seed, "a measure in another place is another");
			score_free(plain);
			score_free(reversed);
		}
	}
	CU_ASSERT_EQUAL(failures, 0);
	CU_ASSERT(compared > 10 * model_count());
}

/* Not worse where a rising scale says that more is better, not better where a falling one does. */
static void expect_raised(const struct score *plain, const struct score *raised_one, int is_rising, uint64_t seed)
{
	double gain = is_rising ? raised_one->score - plain->score : plain->score - raised_one->score;
	expect(isnan(plain->score) == isnan(raised_one->score), seed, "a larger numerator is missing");
	expect(isnan(gain) || gain >= -1e-8, seed, "a larger numerator makes it worse");
	raised += gain > 0;
}

static void raise_numerator(uint64_t seed, uint32_t m, double more)
{
	struct moments *moments = &changed.moments[0][m][0];
	if (moments->rows == 0 || changed.measures[m].scale_count == 0)
		return;
	int is_rising = changed.measures[m].scale[0].y <= changed.measures[m].scale[2].y;
	uint32_t d = changed.measures[m].dimension;
	moments->n += more;
	moments->nn += more * more;
	struct scorecard *plain = card_of(&pair.sides[0].result, -1), *after = card_of(&changed.result, -1);
	uint32_t indicator = plain->first_indicator[d] + changed.measures[m].indicator;
	expect_raised(&plain->measures[m].score, &after->measures[m].score, is_rising, seed);
	expect_raised(&plain->indicators[indicator], &after->indicators[indicator], is_rising, seed);
	expect_raised(&plain->dimensions[d], &after->dimensions[d], is_rising, seed);
	expect_raised(&plain->overall, &after->overall, is_rising, seed);
	score_free(plain);
	score_free(after);
}

static void test_numerator(void)
{
	failures = raised = 0;
	for (uint64_t seed = 1; seed <= model_count(); seed++) {
		change_case_make(&pair, seed);
		for (uint32_t m = 0; m < pair.sides[0].result.measure_count; m++) {
			copy_side(&pair.sides[0]);
			raise_numerator(seed, m, (double)(1 + seed % 13) / (1 + m % 7));
		}
	}
	CU_ASSERT_EQUAL(failures, 0);
	CU_ASSERT(raised > model_count());
}

static const struct test tests[] = {{"weights count by their ratios", test_weights},
				    {"the order of measures does not matter", test_order},
				    {"a larger numerator is never worse", test_numerator},
				    {NULL, NULL}};

const struct suite suite_properties = {"properties", tests};
