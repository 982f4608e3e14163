/* SPDX-License-Identifier: MIT */
/* Tests of the scores of measures: basis, before, baselines, status; worked by hand in the comments. */
#include "suite.h"

#include "failing.h"
#include "sample.h"
#include "../core/scale.h"

#include <errno.h>
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

static void use_growth(uint32_t measure, int kind, uint32_t flags)
{
	sample.tables[measure].kind = kind;
	sample.tables[measure].flags = flags;
	sample.measures[measure].basis = CRMVAL_GROWTH;
	sample.measures[measure].scale =
		scale_default(&sample.tables[measure], CRMVAL_GROWTH, &sample.measures[measure].scale_count);
}

static void test_growth(void)
{
	struct scorecard *card;
	const struct scored_measure *measure;

	sample_init(&sample);
	use_growth(2, CRMVAL_SUM_OF, 0);
	sample.moments[0][2][0] = (struct moments){.rows = 9, .n = 110, .nn = 1};
	sample.moments[0][2][1] = (struct moments){.rows = 9, .n = 200, .nn = 4};
	card = company_card();
	measure = &card->measures[2];
	/* 110 in 10 days, 200 in 20: 11 +- 0.1 against 10 +- 0.1; se^2 = (0.1/10)^2 + (11 * 0.1/100)^2 = 0.000221. */
	CU_ASSERT_EQUAL(measure->status, MEASURE_OK);
	NEAR(measure->period.value.value, 110);
	ABSENT(measure->period.denominator);
	NEAR(measure->basis_value, 0.1);
	NEAR(measure->score.score, 50 + 50 / 3.0);
	NEAR(measure->score.high, 50 + 50 / 3.0 + Z95 * sqrt(0.000221) / 0.3 * 50);
	/* Before: the scale of no growth, without error. */
	NEAR(measure->score.before, 50);
	NEAR(measure->score.gained, 50 / 3.0);
	NEAR(measure->score.gained_low, 50 / 3.0 - Z95 * sqrt(0.000221) / 0.3 * 50);
	score_free(card);
}

static void test_growth_days(void)
{
	struct scorecard *card;

	/* 0.5 and 0.5: a daily ratio doubles where the window is half as long, another one stands. */
	sample_init(&sample);
	use_growth(2, CRMVAL_RATIO, CRMVAL_DAILY);
	use_growth(3, CRMVAL_RATIO, 0);
	card = company_card();
	NEAR(card->measures[2].basis_value, 1);
	NEAR(card->measures[3].basis_value, 0);
	score_free(card);
	/* Of a change only sums are taken by the day: 1 in 10 days less 1 in 20. */
	sample.measures[2].basis = CRMVAL_CHANGE;
	sample.measures[3].basis = CRMVAL_CHANGE;
	sample.tables[3].kind = CRMVAL_SUM_OF;
	card = company_card();
	NEAR(card->measures[2].basis_value, 0);
	NEAR(card->measures[3].basis_value, 0.05);
	score_free(card);
}

static void check_no_baseline(void)
{
	struct scorecard *card = company_card();

	CU_ASSERT_EQUAL(card->measures[2].status, MEASURE_NO_DATA);
	SAME(card->measures[2].score.reason, "no baseline");
	NEAR(card->measures[2].period.value.value, 1);
	ABSENT(card->measures[2].basis_value);
	ABSENT(card->measures[2].score.score);
	ABSENT(card->measures[2].score.before);
	NEAR(card->measures[2].score.coverage, 0);
	score_free(card);
}

static void test_no_baseline(void)
{
	sample_init(&sample);
	use_growth(2, CRMVAL_SUM_OF, 0);
	sample.moments[0][2][1] = (struct moments){0};
	check_no_baseline();
	sample.moments[0][2][1] = sample_value(-1, 0);
	check_no_baseline();
	sample.measures[2].no_data[1] = "orders start on 2024-01-10";
	check_no_baseline();
	sample.measures[2].no_data[1] = NULL;
	sample.moments[0][2][1] = sample_value(1, 0);
	sample.tables[2].flags = CRMVAL_STATE;
	check_no_baseline();
	sample.tables[2].flags = 0;
	sample.result.has_baseline = 0;
	check_no_baseline();
	sample.measures[2].basis = CRMVAL_CHANGE;
	check_no_baseline();
	/* A total over nobody knows how many days is no baseline either. */
	sample.measures[2].stated_baseline = 100;
	check_no_baseline();
}

static void test_change(void)
{
	struct scorecard *card;
	const struct score *score;

	sample_init(&sample);
	sample.measures[2].basis = CRMVAL_CHANGE;
	sample.measures[2].scale = scale_default(&sample.tables[2], CRMVAL_CHANGE, &sample.measures[2].scale_count);
	sample.moments[0][2][0] = sample_value(0.25, 0.03);
	sample.moments[0][2][1] = sample_value(0.2, 0.04);
	card = company_card();
	score = &card->measures[2].score;
	/* 0.05 +- 0.05: S = 75; (S(0.1) - S(0)) / 2 = 25; past 100 the interval ends. */
	NEAR(card->measures[2].basis_value, 0.05);
	NEAR(score->score, 75);
	NEAR(score->low, 75 - Z95 * 25);
	NEAR(score->high, 100);
	NEAR(score->gained, 25);
	NEAR(score->gained_low, 25 - Z95 * 25);
	NEAR(score->gained_high, 25 + Z95 * 25);
	score_free(card);
}

static void test_before(void)
{
	struct scorecard *card;
	const struct score *score;

	sample_init(&sample);
	sample.moments[0][2][0] = sample_value(0.6, 0.03);
	sample.moments[0][2][1] = sample_value(0.4, 0.04);
	card = company_card();
	score = &card->measures[2].score;
	NEAR(score->before, 40);
	NEAR(score->gained, 20);
	/* The root of both squares: 3 and 4 give 5. */
	NEAR(score->gained_low, 20 - Z95 * 5);
	NEAR(score->gained_high, 20 + Z95 * 5);
	NEAR(score->low, 60 - Z95 * 3);
	score_free(card);
	/* Surely all that can be gained. */
	sample.moments[0][2][0] = sample_value(1, 0.4);
	sample.moments[0][2][1] = sample_value(0, 0);
	card = company_card();
	NEAR(card->measures[2].score.gained_high, 100);
	NEAR(card->measures[2].score.high, 100);
	score_free(card);
	/* Surely all that can be lost. */
	sample.moments[0][2][0] = sample_value(0, 0.4);
	sample.moments[0][2][1] = sample_value(1, 0);
	card = company_card();
	NEAR(card->measures[2].score.gained_low, -100);
	NEAR(card->measures[2].score.low, 0);
	score_free(card);
	sample.moments[0][2][1] = sample_value(0, 0);
	/* Without data in the period it still has what it was before. */
	lose(2);
	card = company_card();
	NEAR(card->measures[2].score.before, 0);
	ABSENT(card->measures[2].score.gained);
	SAME(card->measures[2].score.reason, "no applicable row");
	score_free(card);
}

static void test_stated_baseline(void)
{
	struct scorecard *card;

	sample_init(&sample);
	use_growth(2, CRMVAL_SUM_OF, 0);
	sample.measures[2].stated_baseline = 1.6; /* 0.08 a day, against 0.1: growth 0.25 */
	sample.moments[0][2][0] = (struct moments){.rows = 1, .n = 1, .nn = 1.0 / 64};
	sample.tables[3].flags = CRMVAL_STATE;
	sample.measures[3].stated_baseline = 0.2;
	card = company_card();
	NEAR(card->measures[2].basis_value, 0.25);
	/* se 0.125 / 1.6 * 2 = 0.15625, nothing of it from the baseline: (S(0.40625) - S(0.09375)) / 2 = (100 - 65.625) / 2. */
	NEAR(card->measures[2].score.low, 50 + 0.25 / 0.3 * 50 - Z95 * 17.1875);
	CU_ASSERT_EQUAL(card->measures[2].baseline.is_counted, 0);
	ABSENT(card->measures[2].baseline.numerator);
	NEAR(card->measures[2].baseline.value.value, 1.6);
	NEAR(card->measures[2].baseline.value.se, 0);
	CU_ASSERT_EQUAL(card->measures[3].has_baseline, 1);
	NEAR(card->measures[3].score.before, 20);
	NEAR(card->measures[3].score.gained, 30);
	score_free(card);
	/* It holds for the company; a unit has its own, 1 in 20 days, or none. */
	card = sample_card(&sample, BREAKDOWN_TEAM, 0, CRMVAL_OK, &error);
	NEAR(card->measures[2].basis_value, 1);
	CU_ASSERT_EQUAL(card->measures[3].has_baseline, 0);
	ABSENT(card->measures[3].score.before);
	score_free(card);
}

/* A stated ratio needs no window. */
static void test_stated_without_window(void)
{
	struct scorecard *card;

	sample_init(&sample);
	sample.result.has_baseline = 0;
	sample.measures[2].basis = CRMVAL_GROWTH;
	sample.measures[2].stated_baseline = 0.4;
	card = company_card();
	NEAR(card->measures[2].basis_value, 0.25);
	CU_ASSERT_EQUAL(card->measures[2].has_baseline, 1);
	CU_ASSERT_EQUAL(card->measures[1].has_baseline, 0);
	ABSENT(card->measures[1].score.before);
	score_free(card);
}

static void test_status(void)
{
	struct scorecard *card;

	sample_init(&sample);
	sample.measures[0].no_data[0] = "contact.influence is not mapped";
	sample.moments[0][1][0] = sample_rows((const double[1][2]){{3, 0}}, 1);
	sample.measures[2].scale_count = 0;
	sample.measures[3].failed = sample.measures[4].failed = "the plugin was killed by signal 11";
	card = company_card();
	CU_ASSERT_EQUAL(card->measures[0].status, MEASURE_NO_DATA);
	SAME(card->measures[0].score.reason, "contact.influence is not mapped");
	CU_ASSERT_EQUAL(card->measures[0].period.is_counted, 0);
	NEAR(card->measures[0].score.before, 50);
	SAME(card->measures[1].score.reason, "the denominators do not add up to more than 0");
	NEAR(card->measures[1].period.numerator, 3);
	SAME(card->measures[2].score.reason, "no scale");
	NEAR(card->measures[2].basis_value, 0.5);
	ABSENT(card->measures[2].score.before);
	CU_ASSERT_EQUAL(card->measures[2].status, MEASURE_NO_DATA);
	CU_ASSERT_EQUAL(card->measures[3].status, MEASURE_FAILED);
	ABSENT(card->measures[3].period.numerator);
	ABSENT(card->measures[3].score.before);
	/* A reason that all share goes upward; others do not. */
	SAME(card->dimensions[1].reason, "the plugin was killed by signal 11");
	SAME(card->indicators[0].reason, "no measure in it has data");
	SAME(card->indicators[1].reason, "no scale");
	SAME(card->overall.reason, "no measure in it has data");
	NEAR(card->overall.coverage, 0);
	score_free(card);
	sample.moments[0][1][0] = sample_rows((const double[1][2]){{1e18, 1e-300}}, 1);
	card = company_card();
	SAME(card->measures[1].score.reason, "the value is too large for a number");
	score_free(card);
}

static void test_rounding(void)
{
	struct scorecard *card;

	sample_init(&sample);
	sample.moments[0][2][0] = sample_value(1.0 / 3, 0);
	card = company_card();
	CU_ASSERT_EQUAL(card->measures[2].score.score, 33.3333333333);
	CU_ASSERT_EQUAL(card->measures[2].period.value.value, 1.0 / 3);
	CU_ASSERT_EQUAL(card->measures[2].score.gained, -16.6666666667);
	CU_ASSERT_EQUAL(card->indicators[1].score, 33.3333333333);
	score_free(card);
	/* A loss too small to be seen is none, not -0. */
	sample.moments[0][2][0] = sample_value(0.5 - 1e-13, 0);
	card = company_card();
	CU_ASSERT(card->measures[2].score.gained == 0 && !signbit(card->measures[2].score.gained));
	score_free(card);
}

/* As round() has it, wherever the tenth decimal ends. */
static void test_rounded(void)
{
	static const double numbers[] = {0,        -0.0,           0.5e-10, -0.5e-10, 0.49999999999999994e-10,
					 1.5e-10,  -2.5e-10,       1e-11,   -1e-11,   1.0 / 3,
					 -2.0 / 3, 99.99999999995, 100,     -100,     450359,
					 450360,   1234567.8,      1e300,   -1e300,   INFINITY};

	CU_ASSERT(isnan(score_rounded(NAN)));
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		double expected = round(numbers[i] * 1e10) / 1e10 + 0.0, rounded = score_rounded(numbers[i]);
		CU_ASSERT(rounded == expected && signbit(rounded) == signbit(expected));
	}
	for (int i = -100000; i <= 100000; i++)
		CU_ASSERT_EQUAL(score_rounded(i * 1e-3 / 7), round(i * 1e-3 / 7 * 1e10) / 1e10);
}

static void test_unit(void)
{
	struct scorecard *card;

	sample_init(&sample);
	for (int m = 0; m < SAMPLE_MEASURES; m++)
		sample.moments[2][m][0] = sample_value(0.2, 0);
	card = sample_card(&sample, BREAKDOWN_TEAM, 1, CRMVAL_OK, &error);
	NEAR(card->overall.score, 20);
	NEAR(card->overall.gained, -30);
	/* The same card for the next scope. */
	CU_ASSERT_EQUAL(score_scope(card, -1, 0, &error), CRMVAL_OK);
	NEAR(card->overall.score, 50);
	NEAR(card->overall.gained, 0);
	score_free(card);
}

/* Of what failed nothing is told, not even what the job states. */
static void test_failed(void)
{
	struct scorecard *card;

	sample_init(&sample);
	sample.measures[2].failed = "the plugin was killed by signal 11";
	sample.measures[2].stated_baseline = 0.2;
	card = company_card();
	ABSENT(card->measures[2].score.before);
	ABSENT(card->measures[2].score.score);
	score_free(card);
}

/* What has no weight may be missing; what has is named, as far as there is room. */
static void test_missing(void)
{
	struct scorecard *card;
	char reason[300];

	sample_init(&sample);
	sample.result.missing = MISSING_FAIL;
	sample.dimensions[1].weight = 0;
	sample.indicator_weights[1][0] = sample.indicator_weights[1][1] = 0;
	lose(3);
	card = company_card();
	score_free(card);
	sample.indicator_weights[1][0] = sample.indicator_weights[1][1] = 1;
	card = company_card();
	score_free(card);
	lose(0);
	card = sample_card(&sample, -1, 0, CRMVAL_EDATA, &error);
	sample_has(error.message, "no score: alpha.m0 (no applicable row); ");
	score_free(card);
	/* A reason of any length: its measure is counted, not named.  " (", ")" and "alpha.m0" go with it: 244 fit into 255. */
	memset(reason, 'x', sizeof reason);
	reason[245] = '\0';
	sample.measures[0].no_data[0] = reason;
	card = sample_card(&sample, -1, 0, CRMVAL_EDATA, &error);
	sample_has(error.message, "no score:  and 1 more; ");
	score_free(card);
	reason[244] = '\0';
	card = sample_card(&sample, -1, 0, CRMVAL_EDATA, &error);
	sample_has(error.message, "no score: alpha.m0 (xxx");
	sample_has(error.message, "xxx); ");
	score_free(card);
	/* 699 bytes for all: 255, 2 + 255, and of the third as much as is left, less ", ". */
	sample.dimensions[1].weight = 1;
	sample.measures[1].no_data[0] = sample.measures[2].no_data[0] = reason + 2;
	sample.measures[3].no_data[0] = reason + 244 - 174;
	card = sample_card(&sample, -1, 0, CRMVAL_EDATA, &error);
	sample_has(error.message, " and 1 more; ");
	score_free(card);
	sample.measures[3].no_data[0] = reason + 244 - 4;
	card = sample_card(&sample, -1, 0, CRMVAL_EDATA, &error);
	sample_has(error.message, ", beta.m3 (xxxx) and 1 more; ");
	score_free(card);
}

/* So much of everything that each piece of a card is in memory of its own. */
enum { MANY_DIMENSIONS = 20000, MANY_INDICATORS = 1000, MANY_MEASURES = 1000 };

static void fill_many(struct result *many)
{
	static const struct crmval_dimension tables[] = {{.indicator_count = MANY_INDICATORS}, {.indicator_count = 0}};
	static struct result_dimension dimensions[MANY_DIMENSIONS];
	static struct result_measure measures[MANY_MEASURES];
	static double weights[MANY_INDICATORS];

	for (int d = 0; d < MANY_DIMENSIONS; d++)
		dimensions[d] = (struct result_dimension){.table = &tables[d > 0], .indicator_weights = weights};
	many->dimension_count = MANY_DIMENSIONS;
	many->dimensions = dimensions;
	many->measure_count = MANY_MEASURES;
	many->measures = measures;
}

/* No memory for any of it: said so, and none is held; nothing that was never made can be freed, too. */
static void test_memory(void)
{
	static const enum failing kinds[] = {FAILING_MAP, FAILING_ADVICE};
	struct result many = sample.result;
	struct scorecard *card;

	fill_many(&many);
	score_free(NULL);
	for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
		unsigned at = 0, calls;
		do {
			long held = failing_held();
			failing_begin(kinds[k], ++at, ENOMEM);
			int code = score_new(&many, &card, &error);
			calls = failing_end();
			CU_ASSERT_EQUAL(code, calls < at ? CRMVAL_OK : CRMVAL_ENOMEM);
			if (code == CRMVAL_OK)
				score_free(card);
			CU_ASSERT_EQUAL(failing_held(), held);
		} while (calls >= at);
		CU_ASSERT_EQUAL(calls, 6);
	}
}

static const struct test tests[] = {{"growth", test_growth},
				    {"growth by the day", test_growth_days},
				    {"no baseline", test_no_baseline},
				    {"change", test_change},
				    {"before and gained", test_before},
				    {"stated baseline", test_stated_baseline},
				    {"stated baseline without a window", test_stated_without_window},
				    {"status and reason", test_status},
				    {"rounding", test_rounding},
				    {"rounded", test_rounded},
				    {"units", test_unit},
				    {"failed", test_failed},
				    {"missing", test_missing},
				    {"no memory", test_memory},
				    {NULL, NULL}};

const struct suite suite_score = {"score", tests};
