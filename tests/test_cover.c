/* SPDX-License-Identifier: MIT */
/*
 * How much of the truth do ranges hold?  Rows are drawn from a known truth, by generators that know nothing of the formulas,
 * and scored: which share of the ranges, nominally 95 %, holds what the truth itself would score?  Of the model's, of few rows,
 * and where a scale ends, it is less; tests/README.md tells how much.  Here the shares may not fall below what was measured
 * with 4,000 draws by more than chance can do with 600.  Of cautious ranges it is 93 % or more, whatever the size; of truths
 * that stay the same, for which COVER_TRIALS draws, too, it may be less, since few rows can only say few things.
 * COVER_TRIALS draws more, and prints the figures.
 */
#include "suite.h"

#include "sample.h"
#include "../core/scale.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHANCE 0.06
#define PROMISED (0.93 - 0.03) /* chance is less where so many are held */

enum { TRIALS = 600, ROWS_MOST = 400 };

static struct sample sample;
static struct crmval_error error;
static uint64_t state;

/* The splitmix64 of Steele, Lea and Flood: any start will do. */
static double uniform(void)
{
	uint64_t z = state += UINT64_C(0x9e3779b97f4a7c15);
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return (double)((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

static int is_drawn(double probability)
{
	return uniform() < probability;
}

/* How many happen where so many are expected: exponential waits until the time is up. */
static int count_of(double expected)
{
	int count = 0;
	for (double time = -log1p(-uniform()); time < expected && count < ROWS_MOST; time -= log1p(-uniform()))
		count++;
	return count;
}

/* What is tried: how rows are drawn, and what the truth behind them scores. */
struct trial_plan {
	const char *name;
	int rows;     /* of a window; of counts, how many are expected */
	double truth; /* NaN: another one for each draw */
};

static double truth_of(const struct trial_plan *plan)
{
	return isnan(plan->truth) ? uniform() : plan->truth;
}

static void use(uint32_t m, int kind, uint32_t flags, int basis)
{
	struct crmval_measure *table = &sample.tables[m];
	struct result_measure *measure = &sample.measures[m];
	table->kind = kind;
	table->flags = flags;
	measure->basis = basis;
	measure->scale = scale_default(table, basis, &measure->scale_count);
}

static double score_of(uint32_t m, double basis)
{
	return scale_score(sample.measures[m].scale, sample.measures[m].scale_count, basis);
}

/* ---- rows of one measure, in a window; each returns what the truth scores ---- */

static double draw_share(uint32_t m, const struct trial_plan *plan)
{
	double rows[ROWS_MOST][2], p = truth_of(plan);
	use(m, CRMVAL_RATIO, CRMVAL_SHARE, CRMVAL_VALUE);
	for (int i = 0; i < plan->rows; i++)
		rows[i][0] = is_drawn(p), rows[i][1] = 1;
	sample.moments[0][m][0] = sample_rows(rows, plan->rows);
	return score_of(m, p);
}

/* Some of six are filled, and one row is better kept than another. */
static double draw_filled(uint32_t m, const struct trial_plan *plan)
{
	double rows[ROWS_MOST][2], p = truth_of(plan);
	use(m, CRMVAL_RATIO, CRMVAL_SHARE, CRMVAL_VALUE);
	for (int i = 0; i < plan->rows; i++) {
		double own = is_drawn(p) ? 0.5 + p / 2 : p / 2; /* p in the mean */
		rows[i][0] = 0, rows[i][1] = 6;
		for (int field = 0; field < 6; field++)
			rows[i][0] += is_drawn(own);
	}
	sample.moments[0][m][0] = sample_rows(rows, plan->rows);
	return score_of(m, p);
}

/* Rows weigh 1 to 5, and heavier ones are won less often. */
static double draw_weighted(uint32_t m, const struct trial_plan *plan)
{
	double rows[ROWS_MOST][2], p = truth_of(plan), n = 0, d = 0;
	use(m, CRMVAL_RATIO, CRMVAL_SHARE, CRMVAL_VALUE);
	for (int i = 0; i < plan->rows; i++) {
		double weight = 1 + floor(5 * uniform());
		rows[i][0] = weight * is_drawn(p * (1.1 - weight / 10));
		rows[i][1] = weight;
	}
	for (int weight = 1; weight <= 5; weight++) {
		n += weight * p * (1.1 - weight / 10.0);
		d += weight;
	}
	sample.moments[0][m][0] = sample_rows(rows, plan->rows);
	return score_of(m, n / d);
}

static struct moments counted(double expected, int is_amount)
{
	double rows[ROWS_MOST][2];
	int count = count_of(expected);
	for (int i = 0; i < count; i++) {
		rows[i][0] = is_amount ? 0.2 - log1p(-uniform()) : 1;
		rows[i][1] = 0;
	}
	return sample_rows(rows, count);
}

/* The period has 10 days, the baseline 20. */
static double draw_growth_of(uint32_t m, const struct trial_plan *plan, int is_amount)
{
	double ratio = isnan(plan->truth) ? 0.6 + uniform() : plan->truth;
	use(m, CRMVAL_SUM_OF, 0, CRMVAL_GROWTH);
	sample.moments[0][m][0] = counted(ratio * plan->rows, is_amount);
	do
		sample.moments[0][m][1] = counted(2 * plan->rows, is_amount);
	while (sample.moments[0][m][1].rows == 0); /* nothing can have grown from nothing, so there is no score */
	return score_of(m, ratio - 1);
}

static double draw_growth(uint32_t m, const struct trial_plan *plan)
{
	return draw_growth_of(m, plan, 0);
}

static double draw_amounts(uint32_t m, const struct trial_plan *plan)
{
	return draw_growth_of(m, plan, 1);
}

/* In both windows; returns by how much the share rose. */
static double draw_two_shares(uint32_t m, const struct trial_plan *plan)
{
	double was = truth_of(plan), is = fmin(1, fmax(0, was + (uniform() - 0.5) / 4));
	struct trial_plan before = {.rows = plan->rows, .truth = was}, now = {.rows = plan->rows, .truth = is};
	draw_share(m, &before);
	sample.moments[0][m][1] = sample.moments[0][m][0];
	draw_share(m, &now);
	return is - was;
}

static double draw_change(uint32_t m, const struct trial_plan *plan)
{
	double rose = draw_two_shares(m, plan);
	use(m, CRMVAL_RATIO, CRMVAL_SHARE, CRMVAL_CHANGE);
	return score_of(m, rose);
}

/* ---- trials ---- */

static enum job_ranges ranges;

static int trials(void)
{
	const char *text = getenv("COVER_TRIALS");
	return text ? atoi(text) : TRIALS;
}

static void expect(const struct trial_plan *plan, int held, int all, double least)
{
	double share = (double)held / all;
	if (getenv("COVER_TRIALS") || share < least)
		printf("cover: %-12s %3d rows, truth %.2f: %.4f of %d ranges\n", plan->name, plan->rows, plan->truth,
		       share, all);
	CU_ASSERT(share >= least);
}

static int is_held(const struct score *score, double truth)
{
	return score->low <= truth + 1e-9 && score->high >= truth - 1e-9;
}

/* One measure in units of all sizes; `measured` are the shares that were held. */
static void try_measure(const char *what, double (*draw)(uint32_t m, const struct trial_plan *plan), int rows,
			double truth, double measured)
{
	const struct trial_plan plan = {what, rows, truth};
	int held = 0, all = trials();
	sample_init(&sample);
	sample.result.ranges = ranges;
	draw(0, &plan);
	struct scorecard *card = sample_card(&sample, -1, 0, CRMVAL_OK, &error);
	for (int i = 0; i < all; i++) {
		double scored = draw(0, &plan);
		score_scope(card, -1, 0, &error);
		held += is_held(&card->measures[0].score, scored);
	}
	score_free(card);
	expect(&plan, held, all, measured - CHANCE);
}

static const int sizes[] = {1, 2, 3, 5, 10, 30, 100};
enum { SIZES = sizeof sizes / sizeof *sizes };

struct kind {
	const char *what;
	double (*draw)(uint32_t m, const struct trial_plan *plan);
	double measured[SIZES];
};

static void try_kinds(const struct kind kinds[3])
{
	for (int i = 0; i < SIZES; i++)
		for (int k = 0; k < 3; k++)
			try_measure(kinds[k].what, kinds[k].draw, sizes[i], NAN, kinds[k].measured[i]);
}

static void test_shares(void)
{
	static const struct kind kinds[] = {
		{"share", draw_share, {0.42, 0.67, 0.74, 0.82, 0.89, 0.93, 0.94}},
		{"filled", draw_filled, {0.80, 0.91, 0.95, 0.97, 0.98, 0.97, 0.96}},
		{"weighted", draw_weighted, {0.27, 0.56, 0.67, 0.80, 0.87, 0.92, 0.94}},
	};
	state = 1;
	try_kinds(kinds);
}

static void test_growth(void)
{
	static const struct kind kinds[] = {
		{"growth", draw_growth, {0.62, 0.73, 0.75, 0.78, 0.79, 0.87, 0.91}},
		{"amounts", draw_amounts, {0.55, 0.67, 0.68, 0.72, 0.75, 0.82, 0.89}},
		{"change", draw_change, {0.72, 0.60, 0.61, 0.69, 0.72, 0.78, 0.86}},
	};
	state = 2;
	try_kinds(kinds);
}

/* The whole: five measures of all kinds in two dimensions, in a unit of so many rows. */
static void try_whole(const char *what, int rows, int aggregation, double of, double measured)
{
	static double (*const draws[SAMPLE_MEASURES])(uint32_t m, const struct trial_plan *plan) = {
		draw_share, draw_filled, draw_growth, draw_change, draw_amounts};
	static const double weights[SAMPLE_MEASURES] = {0.125, 0.125, 0.25, 0.25, 0.25};
	const struct trial_plan plan = {what, rows, of};
	int held = 0, all = trials();
	sample_init(&sample);
	sample.result.ranges = ranges;
	sample.result.aggregation = aggregation;
	struct scorecard *card = sample_card(&sample, -1, 0, CRMVAL_OK, &error);
	for (int i = 0; i < all; i++) {
		double scores[SAMPLE_MEASURES], truth = 0;
		for (uint32_t m = 0; m < SAMPLE_MEASURES; m++)
			scores[m] = draws[m](m, &plan);
		for (uint32_t m = 0; m < SAMPLE_MEASURES; m++)
			truth +=
				weights[m] * (aggregation == AGGREGATE_GEOMETRIC ? log(fmax(scores[m], 1)) : scores[m]);
		score_scope(card, -1, 0, &error);
		held += is_held(&card->overall, aggregation == AGGREGATE_GEOMETRIC ? exp(truth) : truth);
	}
	score_free(card);
	expect(&plan, held, all, measured - CHANCE);
}

static void test_whole(void)
{
	static const double arithmetic[SIZES] = {0.77, 0.83, 0.82, 0.85, 0.86, 0.89, 0.92};
	static const double geometric[SIZES] = {0.65, 0.71, 0.78, 0.82, 0.85, 0.89, 0.92};
	state = 3;
	for (int i = 0; i < SIZES; i++) {
		try_whole("whole", sizes[i], AGGREGATE_ARITHMETIC, NAN, arithmetic[i]);
		try_whole("geometric", sizes[i], AGGREGATE_GEOMETRIC, NAN, geometric[i]);
	}
}

/* What was gained between two windows. */
static void try_gained(int rows)
{
	const struct trial_plan plan = {"gained", rows, NAN};
	int held = 0, all = trials();
	sample_init(&sample);
	sample.result.ranges = ranges;
	draw_two_shares(0, &plan);
	struct scorecard *card = sample_card(&sample, -1, 0, CRMVAL_OK, &error);
	for (int i = 0; i < all; i++) {
		double gained = 100 * draw_two_shares(0, &plan);
		score_scope(card, -1, 0, &error);
		const struct score *score = &card->measures[0].score;
		held += score->gained_low <= gained + 1e-9 && score->gained_high >= gained - 1e-9;
	}
	score_free(card);
	expect(&plan, held, all, PROMISED);
}

static const struct cautious_kind {
	const char *what;
	double (*draw)(uint32_t m, const struct trial_plan *plan);
	double truths[4];
} cautious_kinds[] = {
	{"share", draw_share, {NAN, 0.03, 0.5, 0.9}},       {"filled", draw_filled, {NAN, 0.03, 0.5, 0.9}},
	{"weighted", draw_weighted, {NAN, 0.03, 0.5, 0.9}}, {"growth", draw_growth, {NAN, 0.75, 1, 1.25}},
	{"amounts", draw_amounts, {NAN, 0.75, 1, 1.25}},    {"change", draw_change, {NAN, 0.05, 0.5, 0.9}},
};

/* Of truths that stay the same nothing is promised, but told. */
static void try_cautious(int rows, int t)
{
	static const double truths[] = {NAN, 0.75, 0.85, 0.95};
	double least = t == 0 ? PROMISED : 0.85;
	for (size_t k = 0; k < sizeof cautious_kinds / sizeof *cautious_kinds; k++)
		try_measure(cautious_kinds[k].what, cautious_kinds[k].draw, rows, cautious_kinds[k].truths[t], least);
	try_whole("whole", rows, AGGREGATE_ARITHMETIC, truths[t], least);
	try_whole("geometric", rows, AGGREGATE_GEOMETRIC, truths[t], least);
}

static void test_cautious(void)
{
	ranges = RANGES_CAUTIOUS;
	state = 4;
	for (int i = 0; i < SIZES; i++) {
		for (int t = 0; t < (getenv("COVER_TRIALS") ? 4 : 1); t++)
			try_cautious(sizes[i], t);
		try_gained(sizes[i]);
	}
	ranges = RANGES_MODEL;
}

static const struct test tests[] = {{"of shares", test_shares},
				    {"of growth and change", test_growth},
				    {"of the whole", test_whole},
				    {"that are cautious", test_cautious},
				    {NULL, NULL}};

const struct suite suite_cover = {"cover", tests};
