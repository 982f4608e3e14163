/* SPDX-License-Identifier: MIT */
/* Scores under other weights: random numbers, the mean that is quick, the least swap, and the same whatever the threads. */
#include "../core/dirichlet.h"
#include "../core/philox.h"
#include "../core/sensitivity.h"
#include "failing.h"
#include "sample.h"
#include "suite.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The vectors that come with Random123, the authors' own implementation. */
static void test_philox(void)
{
	static const struct {
		uint32_t counter[4], key[2], out[4];
	} cases[] = {
		{{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
		{{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
		 {0xffffffff, 0xffffffff},
		 {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
		{{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
		 {0xa4093822, 0x299f31d0},
		 {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		uint32_t out[4];
		philox(cases[i].key, cases[i].counter, out);
		CU_ASSERT_EQUAL(memcmp(out, cases[i].out, sizeof out), 0);
	}
}

/* Means, variances and a covariance against the distribution's own, within 5 standard errors of 20,000 draws. */
static void check_draws(const double *weights, double concentration)
{
	enum { DRAWS = 20000, COUNT = 4 };
	double sums[COUNT] = {0}, squares[COUNT] = {0}, cross = 0, drawn[COUNT];
	for (uint64_t i = 0; i < DRAWS; i++) {
		double total = 0;
		dirichlet_draw(7, i, 3, weights, COUNT, concentration, drawn);
		for (int k = 0; k < COUNT; k++) {
			CU_ASSERT(drawn[k] >= 0 && (weights[k] > 0 || drawn[k] == 0));
			total += drawn[k];
			sums[k] += drawn[k];
			squares[k] += (drawn[k] - weights[k]) * (drawn[k] - weights[k]);
		}
		CU_ASSERT_DOUBLE_EQUAL(total, 1, 1e-12);
		cross += (drawn[0] - weights[0]) * (drawn[1] - weights[1]);
	}
	for (int k = 0; k < COUNT; k++) {
		double variance = weights[k] * (1 - weights[k]) / (concentration + 1);
		CU_ASSERT_DOUBLE_EQUAL(sums[k] / DRAWS, weights[k], 5 * sqrt(variance / DRAWS) + 1e-12);
		CU_ASSERT_DOUBLE_EQUAL(squares[k] / DRAWS, variance, 0.12 * variance + 1e-12);
	}
	double covariance = -weights[0] * weights[1] / (concentration + 1);
	CU_ASSERT_DOUBLE_EQUAL(cross / DRAWS, covariance, -0.2 * covariance);
}

static void test_draws(void)
{
	static const double equal[] = {0.25, 0.25, 0.25, 0.25}, skew[] = {0.7, 0.2, 0.1, 0};
	double one[4], again[4];
	check_draws(equal, 50);
	check_draws(skew, 50);
	check_draws(skew, 2); /* shapes below 1 */
	/* A draw is a function of its seed and number alone; weights of nothing stay nothing. */
	dirichlet_draw(1, 5, 0, equal, 4, 50, one);
	dirichlet_draw(1, 5, 0, equal, 4, 50, again);
	CU_ASSERT_EQUAL(memcmp(one, again, sizeof one), 0);
	dirichlet_draw(2, 5, 0, equal, 4, 50, again);
	CU_ASSERT(one[0] != again[0]);
	dirichlet_draw(1, 5, 0, (double[]){0, 0}, 2, 50, one);
	CU_ASSERT(one[0] == 0 && one[1] == 0);
	/* Next to nothing is drawn without a division by 0. */
	dirichlet_draw(1, 5, 0, (double[]){0.5, 0.5}, 2, 0.001, one);
	CU_ASSERT_DOUBLE_EQUAL(one[0] + one[1], 1, 1e-12);
}

/* ---- the quick mean is the scorecard's ---- */

static uint64_t state;

static double uniform(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (double)(state >> 11) * 0x1p-53;
}

static void test_weighing(void)
{
	state = 3;
	for (int i = 0; i < 400; i++) {
		static struct sample sample;
		struct crmval_error error = {.struct_size = sizeof error};
		struct scorecard *card;
		struct weighing weighing;
		double scores[SAMPLE_MEASURES], dimensions[2];
		sample_init(&sample);
		sample.result.aggregation = i % 2 ? AGGREGATE_GEOMETRIC : AGGREGATE_ARITHMETIC;
		sample.result.missing = (enum job_missing)(i / 2 % 3);
		sample.result.min_coverage = i % 5 == 0 ? 0.6 : 0;
		for (int m = 0; m < SAMPLE_MEASURES; m++) {
			sample.measures[m].weight = uniform() < 0.2 ? 0 : uniform();
			sample.moments[1][m][0] = uniform() < 0.3 ? (struct moments){0} : sample_value(uniform(), 0.1);
		}
		sample.dimensions[0].weight = 3 * uniform();
		sample.indicator_weights[1][0] = uniform() < 0.2 ? 0 : 2;
		CU_ASSERT_EQUAL_FATAL(weighing_open(&weighing, &sample.result, &error), CRMVAL_OK);
		CU_ASSERT_EQUAL_FATAL(score_new(&sample.result, &card, &error), CRMVAL_OK);
		CU_ASSERT_EQUAL(score_scope(card, BREAKDOWN_TEAM, 0, &error), CRMVAL_OK);
		weighing_take(&weighing, card, scores);
		double score = weighing_score(&weighing, weighing.weights, scores, dimensions);
		CU_ASSERT(isnan(score) ? isnan(card->overall.score) : fabs(score - card->overall.score) < 2e-10);
		for (int d = 0; d < 2; d++)
			CU_ASSERT(isnan(dimensions[d]) ? isnan(card->dimensions[d].score)
						       : fabs(dimensions[d] - card->dimensions[d].score) < 2e-10);
		score_free(card);
		weighing_close(&weighing);
	}
}

static void fail_each(enum failing kind, unsigned least)
{
	static struct sample sample;
	unsigned calls = 0;

	sample_init(&sample);
	for (unsigned at = 0; at <= calls; at++) {
		struct crmval_error error = {.struct_size = sizeof error};
		struct weighing weighing;
		long held = failing_held();
		failing_begin(kind, at, ENOMEM);
		int code = weighing_open(&weighing, &sample.result, &error);
		unsigned seen = failing_end();
		calls = at ? calls : seen;
		CU_ASSERT_EQUAL(code, at ? CRMVAL_ENOMEM : CRMVAL_OK);
		weighing_close(&weighing);
		CU_ASSERT_EQUAL(failing_held(), held);
	}
	CU_ASSERT(calls >= least);
}

/* Whatever memory there is not, it says so, and gives back what it had. */
static void test_memory(void)
{
	fail_each(FAILING_MEMORY, 3);
	fail_each(FAILING_MAP, 1);
}

/* ---- swaps ---- */

static void test_swaps(void)
{
	double changed[3];
	/* Leads 30 and -20: ahead by 5; each unit of weight that moves takes 50, so 0.1: 0.4 * 80 + 0.6 * 40 = 56 =
	   0.4 * 50 + 0.6 * 60. */
	struct swap swap = swap_find(AGGREGATE_ARITHMETIC, MISSING_RENORMALISE, (double[]){0.5, 0.5},
				     (double[]){80, 40}, (double[]){50, 60}, 2, changed);
	NEAR(swap.moved, 0.1);
	NEAR(changed[0], 0.4);
	NEAR(changed[1], 0.6);
	CU_ASSERT(swap.is_least);
	/* Ahead everywhere, or nowhere behind: no weights do. */
	swap = swap_find(AGGREGATE_ARITHMETIC, MISSING_ZERO, (double[]){0.5, 0.5}, (double[]){80, 40},
			 (double[]){50, 40}, 2, changed);
	ABSENT(swap.moved);
	/* Leads 50, 20, -10 with weights 0.1, 0.8, 0.1: 20 ahead. All of the first brings 0.1 * 60 = 6, the other 14 take
	   14 / 30 of the second. */
	swap = swap_find(AGGREGATE_ARITHMETIC, MISSING_FAIL, (double[]){0.1, 0.8, 0.1}, (double[]){60, 40, 20},
			 (double[]){10, 20, 30}, 3, changed);
	NEAR(swap.moved, 0.1 + 14.0 / 30);
	NEAR(changed[0], 0);
	NEAR(changed[2], 0.2 + 14.0 / 30);
	/* Geometric: leads are ln 4 and -ln 2, scores below 1 count as 1; (ln 4 - ln 2) / 2 over ln 8: a sixth. */
	swap = swap_find(AGGREGATE_GEOMETRIC, MISSING_RENORMALISE, (double[]){0.5, 0.5}, (double[]){4, 50},
			 (double[]){0.5, 100}, 2, changed);
	NEAR(swap.moved, 1.0 / 6);
	/* The second is behind without data in the second dimension: 50 and 45, until 60 (0.5 - t) + 40 (0.5 + t) = 45. */
	swap = swap_find(AGGREGATE_ARITHMETIC, MISSING_RENORMALISE, (double[]){0.5, 0.5}, (double[]){60, 40},
			 (double[]){45, NAN}, 2, changed);
	NEAR(swap.moved, 0.25);
	CU_ASSERT(!swap.is_least);
	/* What is missing counts as 0: leads 15 and 40. */
	swap = swap_find(AGGREGATE_ARITHMETIC, MISSING_ZERO, (double[]){0.5, 0.5}, (double[]){60, 40},
			 (double[]){45, NAN}, 2, changed);
	ABSENT(swap.moved);
	/* Equals need no change. */
	swap = swap_find(AGGREGATE_ARITHMETIC, MISSING_ZERO, (double[]){0.5, 0.5}, (double[]){60, 40},
			 (double[]){40, 60}, 2, changed);
	NEAR(swap.moved, 0);
}

static double mean_of(const double *weights, const double *values, uint32_t count)
{
	double mean = 0, total = 0;
	for (uint32_t d = 0; d < count; d++) {
		mean += isnan(values[d]) ? 0 : weights[d] * values[d];
		total += isnan(values[d]) ? 0 : weights[d];
	}
	return mean / total;
}

/* At random: after the change both are equal, and no smaller change that was tried makes them so. */
static void test_swaps_at_random(void)
{
	enum { COUNT = 4 };
	unsigned found = 0;
	state = 11;
	for (int i = 0; i < 300; i++) {
		double weights[COUNT], ahead[COUNT], behind[COUNT], changed[COUNT], total = 0;
		for (int d = 0; d < COUNT; d++) {
			total += weights[d] = uniform();
			ahead[d] = 100 * uniform();
			behind[d] = i % 3 == 0 && d == 1 ? NAN : 100 * uniform();
		}
		for (int d = 0; d < COUNT; d++)
			weights[d] /= total;
		if (!(mean_of(weights, ahead, COUNT) > mean_of(weights, behind, COUNT)))
			continue;
		struct swap swap =
			swap_find(AGGREGATE_ARITHMETIC, MISSING_RENORMALISE, weights, ahead, behind, COUNT, changed);
		if (isnan(swap.moved))
			continue;
		found++;
		double moved = 0, sum = 0;
		for (int d = 0; d < COUNT; d++) {
			CU_ASSERT(changed[d] >= 0);
			moved += fabs(changed[d] - weights[d]) / 2;
			sum += changed[d];
		}
		NEAR(sum, 1);
		NEAR(moved, swap.moved);
		CU_ASSERT_DOUBLE_EQUAL(mean_of(changed, ahead, COUNT), mean_of(changed, behind, COUNT), 1e-8);
		for (int trial = 0; trial < 200 && swap.is_least; trial++) {
			double other[COUNT], shift = 0.999 * swap.moved, share = uniform();
			int from = (int)(4 * uniform()), from_too = (int)(4 * uniform()), to = (int)(4 * uniform());
			memcpy(other, weights, sizeof other);
			other[from] -= share * shift;
			other[from_too] -= (1 - share) * shift;
			other[to] += shift;
			if (other[from] >= 0 && other[from_too] >= 0)
				CU_ASSERT(mean_of(other, ahead, COUNT) > mean_of(other, behind, COUNT));
		}
	}
	CU_ASSERT(found > 50);
}

/* ---- the whole ---- */

static char *answer(const struct result *result, unsigned threads, uint64_t draws, enum job_format format)
{
	struct sensitivity sensitivity;
	struct sensitivity_settings settings = {9, draws, 20, threads};
	struct crmval_error error = {.struct_size = sizeof error};
	struct report_style style = {80, 0};
	char *text = NULL;
	size_t size;
	CU_ASSERT_EQUAL_FATAL(sensitivity_open(&sensitivity, result, &settings, &error), CRMVAL_OK);
	FILE *stream = open_memstream(&text, &size);
	CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
	CU_ASSERT_EQUAL(sensitivity_write(&sensitivity, format, stream, &style, &error), CRMVAL_OK);
	CU_ASSERT_EQUAL(fclose(stream), 0);
	sensitivity_close(&sensitivity);
	return text;
}

/* East leads in alpha, West in beta; what cannot be told has no data. */
static void make(struct sample *sample)
{
	sample_init(sample);
	for (int m = 0; m < SAMPLE_MEASURES; m++) {
		sample->moments[1][m][0] = sample_value(m < 3 ? 0.8 : 0.4, 0.1);
		sample->moments[2][m][0] = sample_value(m < 3 ? 0.5 : 0.6, 0.1);
		sample->moments[3][m][0] = (struct moments){0};
	}
}

static void test_threads(void)
{
	static struct sample sample;
	make(&sample);
	for (int format = FORMAT_TEXT; format <= FORMAT_CSV; format++) {
		char *one = answer(&sample.result, 1, 500, (enum job_format)format);
		char *three = answer(&sample.result, 3, 500, (enum job_format)format);
		CU_ASSERT_STRING_EQUAL(one, three);
		free(one);
		free(three);
	}
}

static void test_answer(void)
{
	static struct sample sample;
	make(&sample);
	char *text = answer(&sample.result, 2, 500, FORMAT_JSON);
	/* 60 and 55 under equal weights, and leads of 30 and -20: as in test_swaps. */
	sample_has(text, "\"unit\": \"East\",\n        \"score\": 60,\n        \"rank\": 1,");
	sample_has(text, "\"with\": \"West\",\n          \"moved\": 0.1,\n          \"kind\": \"least\",");
	sample_has(text, "\"unit\": \"West\",\n        \"score\": 55,\n        \"rank\": 2,");
	CU_ASSERT_PTR_NULL(strstr(text, "(none)"));
	/* West is first where beta weighs more than 0.6, so where alpha, of the distribution Beta(10, 10), is below 0.4: in
	   18.6 % of all draws, give or take 3.5 in 500 of them. */
	const char *first = strstr(strstr(text, "\"West\",\n        \"score\""), "\"first\": ");
	CU_ASSERT_DOUBLE_EQUAL(strtod(first + 9, NULL), 0.186, 0.04);
	free(text);
	text = answer(&sample.result, 2, 500, FORMAT_TEXT);
	sample_has(text, "10.0% of the weight would put West ahead of it: Alpha, first -10.0%, Beta\n      +10.0%");
	free(text);
}

static const struct test tests[] = {
	{"philox", test_philox},       {"draws", test_draws},    {"the quick mean", test_weighing},
	{"no memory", test_memory},    {"swaps", test_swaps},    {"swaps at random", test_swaps_at_random},
	{"any threads", test_threads}, {"answers", test_answer}, {NULL, NULL},
};

const struct suite suite_sensitivity = {"sensitivity", tests};
