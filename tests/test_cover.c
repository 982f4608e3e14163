/* SPDX-License-Identifier: MIT */
/*
 * How much of the truth do ranges hold?  Rows are drawn from a known truth, by generators that know nothing of the formulas,
 * and scored: which share of the ranges, nominally 95 %, holds what the truth itself would score?  Of the model's, of few rows,
 * and where a scale ends, it is less; tests/README.md tells how much.  Here the shares may not fall below what was measured
 * with 4,000 draws by more than chance can do with 600.  Of cautious ranges it is 93 % or more, whatever the size and the
 * truth, but for what is told below.  COVER_TRIALS draws so many, of more truths, and prints the figures.
 */
#include "suite.h"

#include "sample.h"
#include "../core/scale.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHANCE 0.06
#define PROMISED 0.93

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
	double truth; /* of shares; of growth, where on its scale, which 0 to 1 is; NaN: another one for each draw */
	double rise;  /* of a share whose change or gain is asked for; NaN: as truth */
};

static double between(double low, double high, double x)
{
	return fmin(high, fmax(low, x));
}

static double truth_of(const struct trial_plan *plan)
{
	return isnan(plan->truth) ? uniform() : between(0, 1, plan->truth);
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

enum amounts { COUNTS, ALIKE, UNEQUAL };

static double amount(enum amounts amounts)
{
	if (amounts == COUNTS)
		return 1;
	double wait = -log1p(-uniform());
	/* As unequal as deals may be: logarithms spread as the bell curve does, by 1.2; by the method of Box and Muller. */
	return amounts == ALIKE ? 0.2 + wait : exp(1.2 * sqrt(2 * wait) * cos(2 * acos(-1) * uniform()));
}

static struct moments counted(double expected, enum amounts amounts)
{
	double rows[ROWS_MOST][2];
	int count = count_of(expected);
	for (int i = 0; i < count; i++) {
		rows[i][0] = amount(amounts);
		rows[i][1] = 0;
	}
	return sample_rows(rows, count);
}

/* The period has 10 days, the baseline 20. */
static double draw_growth_of(uint32_t m, const struct trial_plan *plan, enum amounts amounts)
{
	double ratio = isnan(plan->truth) ? 0.6 + uniform() : 0.7 + 0.6 * plan->truth;
	use(m, CRMVAL_SUM_OF, 0, CRMVAL_GROWTH);
	sample.moments[0][m][0] = counted(ratio * plan->rows, amounts);
	do
		sample.moments[0][m][1] = counted(2 * plan->rows, amounts);
	while (sample.moments[0][m][1].rows == 0); /* nothing can have grown from nothing, so there is no score */
	return score_of(m, ratio - 1);
}

static double draw_growth(uint32_t m, const struct trial_plan *plan)
{
	return draw_growth_of(m, plan, COUNTS);
}

static double draw_amounts(uint32_t m, const struct trial_plan *plan)
{
	return draw_growth_of(m, plan, ALIKE);
}

static double draw_unequal(uint32_t m, const struct trial_plan *plan)
{
	return draw_growth_of(m, plan, UNEQUAL);
}

/* In both windows; returns by how much the share rose. */
static double draw_two_shares(uint32_t m, const struct trial_plan *plan)
{
	double was = truth_of(plan), rise = isnan(plan->rise) ? (uniform() - 0.5) / 4 : plan->rise;
	double is = between(0, 1, was + rise);
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

/* Three standard errors of a share of 0.93 less, which chance can do. */
static double promised(double share)
{
	return share - 3 * sqrt(0.93 * 0.07 / trials());
}

static void expect(const struct trial_plan *plan, int held, int all, double least)
{
	double share = (double)held / all;
	if (getenv("COVER_TRIALS") || share < least)
		printf("cover: %-12s %3d rows, truth %.2f, rise %.2f: %.4f of %d ranges\n", plan->name, plan->rows,
		       plan->truth, plan->rise, share, all);
	CU_ASSERT(share >= least);
}

static int is_held(const struct score *score, double truth)
{
	return score->low <= truth + 1e-9 && score->high >= truth - 1e-9;
}

typedef double (*drawing)(uint32_t m, const struct trial_plan *plan);

/* One measure in units of all sizes. */
static void try_measure(drawing draw, const struct trial_plan *plan, double least)
{
	int held = 0, all = trials();
	sample_init(&sample);
	sample.result.ranges = ranges;
	draw(0, plan);
	struct scorecard *card = sample_card(&sample, -1, 0, CRMVAL_OK, &error);
	for (int i = 0; i < all; i++) {
		double scored = draw(0, plan);
		score_scope(card, -1, 0, &error);
		held += is_held(&card->measures[0].score, scored);
	}
	score_free(card);
	expect(plan, held, all, least);
}

static const int sizes[] = {1, 2, 3, 5, 10, 30, 100};
enum { SIZES = sizeof sizes / sizeof *sizes };

struct kind {
	const char *what;
	drawing draw;
	double measured[SIZES]; /* the shares that were held */
};

static void try_kinds(const struct kind kinds[3])
{
	for (int i = 0; i < SIZES; i++)
		for (int k = 0; k < 3; k++)
			try_measure(kinds[k].draw, &(struct trial_plan){kinds[k].what, sizes[i], NAN, NAN},
				    kinds[k].measured[i] - CHANCE);
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

/* The whole: five measures of two dimensions, in a unit of so many rows; `draws` tell of what kind they are. */
static void try_whole(const struct trial_plan *plan, const drawing draws[SAMPLE_MEASURES], int aggregation,
		      double least)
{
	static const double weights[SAMPLE_MEASURES] = {0.125, 0.125, 0.25, 0.25, 0.25};
	int held = 0, all = trials();
	sample_init(&sample);
	sample.result.ranges = ranges;
	sample.result.aggregation = aggregation;
	struct scorecard *card = sample_card(&sample, -1, 0, CRMVAL_OK, &error);
	for (int i = 0; i < all; i++) {
		double scores[SAMPLE_MEASURES], truth = 0;
		for (uint32_t m = 0; m < SAMPLE_MEASURES; m++)
			scores[m] = draws[m](m, plan);
		for (uint32_t m = 0; m < SAMPLE_MEASURES; m++)
			truth +=
				weights[m] * (aggregation == AGGREGATE_GEOMETRIC ? log(fmax(scores[m], 1)) : scores[m]);
		score_scope(card, -1, 0, &error);
		held += is_held(&card->overall, aggregation == AGGREGATE_GEOMETRIC ? exp(truth) : truth);
	}
	score_free(card);
	expect(plan, held, all, least);
}

static const drawing mixed[SAMPLE_MEASURES] = {draw_share, draw_filled, draw_growth, draw_change, draw_amounts};

static void test_whole(void)
{
	static const double arithmetic[SIZES] = {0.77, 0.83, 0.82, 0.85, 0.86, 0.89, 0.92};
	static const double geometric[SIZES] = {0.65, 0.71, 0.78, 0.82, 0.85, 0.89, 0.92};
	state = 3;
	for (int i = 0; i < SIZES; i++) {
		try_whole(&(struct trial_plan){"whole", sizes[i], NAN, NAN}, mixed, AGGREGATE_ARITHMETIC,
			  arithmetic[i] - CHANCE);
		try_whole(&(struct trial_plan){"geometric", sizes[i], NAN, NAN}, mixed, AGGREGATE_GEOMETRIC,
			  geometric[i] - CHANCE);
	}
}

/* What was gained between two windows. */
static void try_gained(const struct trial_plan *plan, double least)
{
	int held = 0, all = trials();
	sample_init(&sample);
	sample.result.ranges = ranges;
	draw_two_shares(0, plan);
	struct scorecard *card = sample_card(&sample, -1, 0, CRMVAL_OK, &error);
	for (int i = 0; i < all; i++) {
		double gained = 100 * draw_two_shares(0, plan);
		score_scope(card, -1, 0, &error);
		const struct score *score = &card->measures[0].score;
		held += score->gained_low <= gained + 1e-9 && score->gained_high >= gained - 1e-9;
	}
	score_free(card);
	expect(plan, held, all, least);
}

/* ---- cautious ranges ---- */

/* So many of a list: the first ones, or all where COVER_TRIALS wants to know. */
static int some(int few, int all)
{
	return getenv("COVER_TRIALS") ? all : few;
}
#define SOME(few, list) some(few, (int)(sizeof(list) / sizeof *(list)))

/* Rows that happen to be small do not tell how large others are. */
#define OF_UNEQUAL 0.92

/* Units of so many rows, of one truth, or of another for each draw. */
static void try_cautious(int rows, double truth)
{
	static const struct {
		const char *what;
		drawing draw;
		double least;
	} kinds[] = {{"share", draw_share, PROMISED},       {"filled", draw_filled, PROMISED},
		     {"weighted", draw_weighted, PROMISED}, {"growth", draw_growth, PROMISED},
		     {"amounts", draw_amounts, PROMISED},   {"unequal", draw_unequal, OF_UNEQUAL},
		     {"change", draw_change, PROMISED}};
	double rise = isnan(truth) ? NAN : 0.2 * truth - 0.1; /* a change has that score */
	for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
		try_measure(kinds[k].draw, &(struct trial_plan){kinds[k].what, rows, truth, rise},
			    promised(kinds[k].least));
	try_whole(&(struct trial_plan){"whole", rows, truth, rise}, mixed, AGGREGATE_ARITHMETIC, promised(PROMISED));
	try_whole(&(struct trial_plan){"geometric", rows, truth, rise}, mixed, AGGREGATE_GEOMETRIC, promised(PROMISED));
}

static void test_cautious(void)
{
	static const double truths[] = {NAN,  0,   0.1, 0.6,  0.97, -0.5, 0.01, 0.03,
					0.25, 0.4, 0.5, 0.75, 0.9,  0.99, 1,    1.5};
	state = 4;
	ranges = RANGES_CAUTIOUS;
	for (int i = 0; i < SIZES; i += some(2, 1))
		for (int t = 0; t < SOME(4, truths); t++)
			try_cautious(sizes[i], truths[t]);
	ranges = RANGES_MODEL;
}

/* Of one row each, logarithms tell little. */
#define OF_SHARES_GEOMETRIC(rows) ((rows) == 1 ? 0.90 : PROMISED)

/* All measures of one kind are wrong to the same side, where the scale ends at the truth. */
static void try_whole_of_one_kind(int rows, double truth)
{
	static const drawing growth[] = {draw_growth, draw_growth, draw_growth, draw_growth, draw_growth};
	static const drawing shares[] = {draw_share, draw_share, draw_share, draw_share, draw_share};
	struct trial_plan plan = {"growths", rows, truth, NAN};
	try_whole(&plan, growth, AGGREGATE_ARITHMETIC, promised(PROMISED));
	plan.name = "growths, geometric";
	try_whole(&plan, growth, AGGREGATE_GEOMETRIC, promised(PROMISED));
	plan.name = "shares";
	try_whole(&plan, shares, AGGREGATE_ARITHMETIC, promised(PROMISED));
	plan.name = "shares, geometric";
	try_whole(&plan, shares, AGGREGATE_GEOMETRIC, promised(OF_SHARES_GEOMETRIC(rows)));
}

static void test_whole_of_one_kind(void)
{
	static const double truths[] = {0, 1, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99};
	state = 5;
	ranges = RANGES_CAUTIOUS;
	for (int i = 0; i < SIZES; i += some(3, 1))
		for (int t = 0; t < SOME(2, truths); t++)
			try_whole_of_one_kind(sizes[i], truths[t]);
	ranges = RANGES_MODEL;
}

/* That 0.7 fell to 0.3 one row before and one row now can only tell by saying the contrary of what it was. */
#define OF_GAINED(rows) ((rows) == 1 ? 0.89 : PROMISED)

static void test_gained(void)
{
	static const double truths[][2] = {
		{NAN, NAN},  {0.1, 0.9},  {0.01, 0.01}, {0.01, 0.03}, {0.01, 0.11}, {0.01, 0.41}, {0.01, 0.81},
		{0.1, 0.1},  {0.1, 0.12}, {0.1, 0.3},   {0.3, 0.3},   {0.3, 0.32},  {0.3, 0.7},   {0.5, 0.5},
		{0.5, 0.52}, {0.5, 0.6},  {0.5, 0.9},   {0.7, 0.3},   {0.7, 0.6},   {0.9, 0.1},   {0.9, 0.88},
		{0.9, 0.7},  {0.99, 0.2}, {0.99, 0.59}, {0.99, 0.97}, {0.99, 0.99}};
	state = 6;
	ranges = RANGES_CAUTIOUS;
	for (int i = 0; i < SIZES; i++)
		for (int t = 0; t < SOME(2, truths); t++) {
			const double *from_to = truths[t];
			try_gained(&(struct trial_plan){"gained", sizes[i], from_to[0], from_to[1] - from_to[0]},
				   promised(OF_GAINED(sizes[i])));
		}
	ranges = RANGES_MODEL;
}

enum { TRUTHS = 1000 };

/* How much of each truth, in thousandths, ranges hold of n rows that are 0 or 1: by how likely each count of ones is. */
static void hold_exactly(struct scorecard *card, int n, double held[TRUTHS])
{
	double rows[ROWS_MOST][2] = {{0}};
	for (int j = 0; j < n; j++)
		rows[j][1] = 1;
	for (int ones = 0; ones <= n; ones++) {
		if (ones > 0)
			rows[ones - 1][0] = 1;
		sample.moments[0][0][0] = sample_rows(rows, n);
		score_scope(card, -1, 0, &error);
		double ways = lgamma(n + 1) - lgamma(ones + 1) - lgamma(n - ones + 1);
		for (int t = 1; t < TRUTHS; t++) {
			double p = (double)t / TRUTHS;
			if (is_held(&card->measures[0].score, 100 * p))
				held[t] += exp(ways + ones * log(p) + (n - ones) * log1p(-p));
		}
	}
}

static void test_exactly(void)
{
	sample_init(&sample);
	sample.result.ranges = RANGES_CAUTIOUS;
	use(0, CRMVAL_RATIO, CRMVAL_SHARE, CRMVAL_VALUE);
	struct scorecard *card = sample_card(&sample, -1, 0, CRMVAL_OK, &error);
	for (int i = 0; i < SIZES; i++) {
		double held[TRUTHS] = {0}, least = 1;
		hold_exactly(card, sizes[i], held);
		for (int t = 1; t < TRUTHS; t++)
			least = fmin(least, held[t]);
		if (getenv("COVER_TRIALS") || least < PROMISED)
			printf("cover: of %d rows that are 0 or 1, at least %.4f\n", sizes[i], least);
		CU_ASSERT(least >= PROMISED);
	}
	score_free(card);
}

static const struct test tests[] = {{"of shares", test_shares},
				    {"of growth and change", test_growth},
				    {"of the whole", test_whole},
				    {"that are cautious", test_cautious},
				    {"of one kind, that are cautious", test_whole_of_one_kind},
				    {"of what was gained, that are cautious", test_gained},
				    {"exactly", test_exactly},
				    {NULL, NULL}};

const struct suite suite_cover = {"cover", tests};
