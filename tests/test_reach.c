/* SPDX-License-Identifier: MIT */
/* Tests of cautious ranges, worked by hand in the comments; test_cover.c tries whether they hold what they say. */
#include "suite.h"

#include "sample.h"

static struct sample sample;
static struct crmval_error error;

static const double yes[10][2] = {{1, 1}, {1, 1}, {1, 1}, {1, 1}, {1, 1}, {1, 1}, {1, 1}, {1, 1}, {0, 1}, {0, 1}};

/* 8 of 10, as a share: (8 + 2) / 14, and se^2 = 14/13 (8 (2/7)^2 + 2 (5/7)^2 + 2 (2/7)^2 + 2 (5/7)^2) / 14^2. */
static const double eight = 1000 / 14.0;
static double eight_error(void)
{
	return 100 * sqrt(14 / 13.0 * (10 * 4 + 4 * 25) / 49.0 / 196);
}

static void use_eight(uint32_t m)
{
	sample.tables[m].flags = CRMVAL_SHARE;
	sample.moments[0][m][0] = sample.moments[0][m][1] = sample_rows(yes, 10);
}

static void begin(void)
{
	sample_init(&sample);
	sample.result.ranges = RANGES_CAUTIOUS;
}

static struct scorecard *company_card(void)
{
	return sample_card(&sample, -1, 0, CRMVAL_OK, &error);
}

static void test_share(void)
{
	begin();
	sample.tables[0].flags = CRMVAL_SHARE;
	sample.moments[0][0][0] = sample_rows(yes, 7);
	struct scorecard *card = company_card();
	const struct scored_measure *measure = &card->measures[0];
	/* 7 of 7: (7 + 2) / 11, and se^2 = 11/10 (9 (2/11)^2 + 2 (9/11)^2) / 11^2 = 217.8 / 11^4; the score is as ever. */
	NEAR(measure->score.score, 100);
	NEAR(measure->score.low, 100 * (9 / 11.0 - Z95 * sqrt(217.8) / 121));
	NEAR(measure->score.high, 100);
	NEAR(measure->period.value.se, sqrt(217.8) / 121);
	score_free(card);
}

static void use(uint32_t m, int kind, int basis, const struct crmval_point scale[2])
{
	sample.tables[m].kind = kind;
	sample.measures[m].basis = basis;
	sample.measures[m].scale = scale;
	sample.measures[m].scale_count = 2;
}

static const struct crmval_point tenfold[] = {{-1, 0}, {9, 100}}, thousandfold[] = {{-1, 0}, {999, 100}};

static void test_growth(void)
{
	begin();
	use(0, CRMVAL_SUM_OF, CRMVAL_GROWTH, tenfold);
	sample.moments[0][0][0] = sample.moments[0][0][1] = sample_rows(yes, 4);
	struct scorecard *card = company_card();
	/* 4 in 10 days and 4 in 20: the quotient 2 of 4.5 / 10 and 4.5 / 20, each with the error of 6 rows of 4.5. */
	double error_of_both = sqrt(12) / 4.5;
	NEAR(card->measures[0].score.score, 20);
	NEAR(card->measures[0].score.low, 20 * exp(-Z95 * error_of_both));
	NEAR(card->measures[0].score.high, 20 * exp(Z95 * error_of_both));
	/* Of no growth the score is certain, 10, so that the middle does not matter. */
	NEAR(card->measures[0].score.gained, 10);
	NEAR(card->measures[0].score.gained_low, 20 * exp(-Z95 * error_of_both) - 10);
	NEAR(card->measures[0].score.gained_high, 20 * exp(Z95 * error_of_both) - 10);
	score_free(card);
	/* The job says 0.2 a day, for 20 days: that is certain. */
	sample.measures[0].stated_baseline = 4;
	card = company_card();
	NEAR(card->measures[0].score.low, 10 * 0.45 / 0.2 * exp(-Z95 * sqrt(6) / 4.5));
	score_free(card);
}

static void test_nothing_counted(void)
{
	static const double threes[4][2] = {{3, 0}, {3, 0}, {3, 0}, {3, 0}};
	begin();
	use(0, CRMVAL_SUM_OF, CRMVAL_GROWTH, thousandfold);
	sample.moments[0][0][0] = (struct moments){0};
	sample.moments[0][0][1] = sample_rows(threes, 4);
	struct scorecard *card = company_card();
	/* Half a row of 3 in 10 days, with the error of two; 13.5 in 20 days, with that of six. */
	double quotient = 0.15 / 0.675, error_of_both = hypot(sqrt(18) / 1.5, sqrt(54) / 13.5);
	NEAR(card->measures[0].score.score, 0);
	NEAR(card->measures[0].score.low, 0);
	NEAR(card->measures[0].score.high, quotient * exp(Z95 * error_of_both) / 10);
	score_free(card);
}

/* Then nothing is known of what a row may be. */
static void test_no_rows(void)
{
	begin();
	use(0, CRMVAL_SUM_OF, CRMVAL_VALUE, tenfold);
	sample.moments[0][0][0] = sample.moments[0][0][1] = (struct moments){0};
	struct scorecard *card = company_card();
	NEAR(card->measures[0].score.low, 10);
	NEAR(card->measures[0].score.high, 10);
	score_free(card);
}

static void test_sum(void)
{
	static const struct crmval_point scale[] = {{-100, 0}, {100, 100}};
	static const double amounts[2][2] = {{6, 0}, {2, 0}}, losses[2][2] = {{-6, 0}, {-2, 0}};
	begin();
	use(0, CRMVAL_SUM_OF, CRMVAL_VALUE, scale);
	use(1, CRMVAL_SUM_OF, CRMVAL_VALUE, scale);
	sample.moments[0][0][0] = sample_rows(amounts, 2);
	sample.moments[0][1][0] = sample_rows(losses, 2);
	struct scorecard *card = company_card();
	/* 8 + 2, with the error root of 40 + 40, by its logarithm; what is below 0 has none. */
	NEAR(card->measures[0].score.score, 54);
	NEAR(card->measures[0].score.low, 50 + 5 * exp(-Z95 * sqrt(80) / 10));
	NEAR(card->measures[0].score.high, 50 + 5 * exp(Z95 * sqrt(80) / 10));
	NEAR(card->measures[1].score.low, 50 - 5 - Z95 * sqrt(80) / 2);
	NEAR(card->measures[1].score.high, 50 - 5 + Z95 * sqrt(80) / 2);
	score_free(card);
}

static void test_change(void)
{
	static const struct crmval_point wide[] = {{-2, 0}, {2, 100}};
	begin();
	use_eight(0);
	use(0, CRMVAL_RATIO, CRMVAL_CHANGE, wide);
	sample.moments[0][0][1] = sample_rows(yes, 7);
	struct scorecard *card = company_card();
	double move = eight / 100 - 9 / 11.0, error_of_both = hypot(eight_error() / 100, sqrt(217.8) / 121);
	NEAR(card->measures[0].score.score, 50 - 0.2 * 25);
	NEAR(card->measures[0].score.low, 50 + 25 * (move - Z95 * error_of_both));
	NEAR(card->measures[0].score.high, 50 + 25 * (move + Z95 * error_of_both));
	score_free(card);
}

/* A ratio that is no share stays as it is: 3 of each, without error. */
static void test_ratio(void)
{
	static const struct crmval_point scale[] = {{0, 0}, {10, 100}};
	static const double threes[2][2] = {{6, 2}, {3, 1}};
	begin();
	use(0, CRMVAL_RATIO, CRMVAL_VALUE, scale);
	sample.moments[0][0][0] = sample_rows(threes, 2);
	struct scorecard *card = company_card();
	NEAR(card->measures[0].score.low, 30);
	NEAR(card->measures[0].score.high, 30);
	score_free(card);
}

/* Rows that come to nothing have no logarithm either: from 4 to 0 without error, -1. */
static void test_nothing(void)
{
	static const struct crmval_point scale[] = {{-2, 0}, {8, 100}};
	static const double nothing[2][2] = {{0, 0}, {0, 0}};
	begin();
	use(0, CRMVAL_SUM_OF, CRMVAL_GROWTH, scale);
	sample.moments[0][0][0] = sample_rows(nothing, 2);
	sample.moments[0][0][1] = sample_rows(yes, 4);
	struct scorecard *card = company_card();
	NEAR(card->measures[0].score.low, 10);
	NEAR(card->measures[0].score.high, 10);
	score_free(card);
}

/* Less than nothing in 10 days, a loss, has no logarithm. */
static void test_loss(void)
{
	static const double losses[4][2] = {{-1, 0}, {-1, 0}, {-1, 0}, {-1, 0}};
	begin();
	use(0, CRMVAL_SUM_OF, CRMVAL_GROWTH, tenfold);
	sample.measures[0].scale = (struct crmval_point[]){{-9, 0}, {1, 100}};
	sample.moments[0][0][0] = sample_rows(losses, 4);
	sample.moments[0][0][1] = sample_rows(yes, 4);
	struct scorecard *card = company_card();
	/* -0.45 +- root of 6 / 10 a day, against 0.225 +- root of 6 / 20: growth -3, as the model has errors. */
	double of_now = sqrt(6) / 10 / 0.225, of_then = 0.45 * sqrt(6) / 20 / (0.225 * 0.225);
	NEAR(card->measures[0].score.score, 60);
	NEAR(card->measures[0].score.low, 60 - 10 * Z95 * hypot(of_now, of_then));
	NEAR(card->measures[0].score.high, 60 + 10 * Z95 * hypot(of_now, of_then));
	score_free(card);
}

static int whole(const struct result *result, uint32_t measure, int window, int breakdown, uint32_t unit,
		 struct whole_moments *moments)
{
	(void)result, (void)window, (void)breakdown, (void)unit;
	*moments = (struct whole_moments){7, 7, 7, 7, 7, 7};
	return measure == 0 || measure == 2;
}

/* Whole sums are as good as exact ones. */
static void test_whole_sums(void)
{
	begin();
	sample.tables[0].flags = CRMVAL_SHARE;
	sample.result.whole = whole;
	use(2, CRMVAL_SUM_OF, CRMVAL_VALUE, tenfold);
	struct scorecard *card = company_card();
	NEAR(card->measures[0].period.denominator, 7);
	NEAR(card->measures[1].period.value.value, 0.5); /* which are not at hand */
	NEAR(card->measures[2].period.value.value, 7);
	ABSENT(card->measures[2].period.denominator);
	NEAR(card->measures[0].score.low, 100 * (9 / 11.0 - Z95 * sqrt(217.8) / 121));
	score_free(card);
}

static void test_missing(void)
{
	begin();
	for (uint32_t m = 0; m < SAMPLE_MEASURES; m++)
		use_eight(m);
	sample.moments[0][1][0] = sample.moments[0][2][1] = (struct moments){0};
	struct scorecard *card = company_card();
	ABSENT(card->measures[2].score.gained_low);
	/* Of the first indicator one measure is left, so that its weight is that of the indicator. */
	double half = Z95 * eight_error();
	ABSENT(card->measures[1].score.low);
	NEAR(card->indicators[0].low, eight - half);
	NEAR(card->indicators[0].high, fmin(100, 80 + half));
	score_free(card);
	/* Nothing of it is left. */
	sample.moments[0][0][0] = (struct moments){0};
	card = company_card();
	ABSENT(card->indicators[0].low);
	ABSENT(card->indicators[0].gained_high);
	score_free(card);
}

static void test_whole(void)
{
	begin();
	for (uint32_t m = 0; m < SAMPLE_MEASURES; m++)
		use_eight(m);
	struct scorecard *card = company_card();
	/*
	 * Nowhere does the scale end within 2.2 errors, so that the 32 scores have the mean and the error of the share.  Weights
	 * are 1/8, 1/8, 1/4, 1/4, 1/4: their squares add up to 7/32.
	 */
	double half = Z95 * eight_error() * sqrt(7 / 32.0);
	NEAR(card->overall.score, 80);
	NEAR(card->overall.low, eight - half);
	NEAR(card->overall.high, 80 + half);
	NEAR(card->overall.gained, 0);
	/* From middle to middle: as far down as the range now goes and the one before goes up. */
	NEAR(card->overall.gained_low, -hypot(half, 80 - eight + half));
	NEAR(card->overall.gained_high, hypot(80 - eight + half, half));
	NEAR(card->measures[0].score.gained_low, -Z95 * eight_error() * sqrt(2));
	score_free(card);
}

static void test_geometric(void)
{
	begin();
	sample.result.aggregation = AGGREGATE_GEOMETRIC;
	for (uint32_t m = 0; m < SAMPLE_MEASURES; m++)
		use_eight(m);
	struct scorecard *card = company_card();
	/* Mean and deviation of the 32 logarithms, by Python's statistics.NormalDist. */
	double mean = 4.25263807785132, half = Z95 * 0.18176143995746843 * sqrt(7 / 32.0);
	NEAR(card->overall.score, 80);
	NEAR(card->overall.low, exp(mean - half));
	NEAR(card->overall.high, 80 * exp(half));
	score_free(card);
}

/* The scale ends: 7 of 7 has the mean 81.46561295261554 and the deviation 11.544438695313508, by the same. */
static void test_where_scales_end(void)
{
	begin();
	for (uint32_t m = 0; m < SAMPLE_MEASURES; m++) {
		sample.tables[m].flags = CRMVAL_SHARE;
		sample.moments[0][m][0] = sample_rows(yes, 7);
	}
	struct scorecard *card = company_card();
	NEAR(card->overall.low, 81.46561295261554 - Z95 * 11.544438695313508 * sqrt(7 / 32.0));
	NEAR(card->overall.high, 100);
	score_free(card);
}

static const struct test tests[] = {{"share", test_share},
				    {"growth", test_growth},
				    {"nothing counted", test_nothing_counted},
				    {"no rows", test_no_rows},
				    {"sum", test_sum},
				    {"ratio", test_ratio},
				    {"nothing", test_nothing},
				    {"loss", test_loss},
				    {"whole sums", test_whole_sums},
				    {"missing", test_missing},
				    {"change", test_change},
				    {"whole", test_whole},
				    {"geometric", test_geometric},
				    {"where scales end", test_where_scales_end},
				    {NULL, NULL}};

const struct suite suite_reach = {"reach", tests};
