/* SPDX-License-Identifier: MIT */
/* Tests of cautious ranges, worked by hand in the comments; test_cover.c tries whether they hold what they say. */
#include "suite.h"

#include "sample.h"

static struct sample sample;
static struct crmval_error error;

static const double yes[10][2] = {{1, 1}, {1, 1}, {1, 1}, {1, 1}, {1, 1}, {1, 1}, {1, 1}, {1, 1}, {0, 1}, {0, 1}};

/* 8 of 10, as a share: (8 + 2) / 14, and se^2 = 14/12 (8 (2/7)^2 + 2 (5/7)^2 + 2 (2/7)^2 + 2 (5/7)^2) / 14^2. */
static const double eight = 1000 / 14.0;
static double eight_error(void)
{
	return 100 * sqrt(14 / 12.0 * (10 * 4 + 4 * 25) / 49.0 / 196);
}

/* 7 of 7: (7 + 2) / 11, and se^2 = 11/9 (9 (2/11)^2 + 2 (9/11)^2) / 11^2 = 2 / 11^2. */
static double seven_error(void)
{
	return sqrt(2) / 11;
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
	NEAR(measure->score.score, 100);
	NEAR(measure->score.low, 100 * (9 / 11.0 - Z95 * seven_error()));
	NEAR(measure->score.high, 100);
	/* What is published is the model's: se^2 = 11/10 (9 (2/11)^2 + 2 (9/11)^2) / 11^2. */
	NEAR(measure->period.value.se, sqrt(217.8) / 121);
	score_free(card);
}

/* 1 of 1 and 0 of 3 weigh as 1.6 rows of 10 / 4 = 2.5: R = (1 + 5) / (4 + 10). */
static void test_heavy_rows(void)
{
	static const double heavy[2][2] = {{1, 1}, {0, 3}};
	begin();
	sample.tables[0].flags = CRMVAL_SHARE;
	sample.moments[0][0][0] = sample_rows(heavy, 2);
	struct scorecard *card = company_card();
	/* In sevenths they are off by 4 and 9, the others by 10 and by 7.5, each twice. */
	double error_of_it = sqrt(5.6 / 3.6 * (16 + 81 + 200 + 112.5)) / 7 / 14;
	NEAR(card->measures[0].score.score, 25);
	NEAR(card->measures[0].score.low, fmax(0, 100 * (3 / 7.0 - Z95 * error_of_it)));
	NEAR(card->measures[0].score.high, 100 * (3 / 7.0 + Z95 * error_of_it));
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
	use(0, CRMVAL_SUM_OF, CRMVAL_GROWTH, thousandfold);
	sample.moments[0][0][0] = sample.moments[0][0][1] = sample_rows(yes, 4);
	struct scorecard *card = company_card();
	/* 4 in 10 days and 4 in 20: the quotient 2 of 4.5 / 10 and 4.5 / 20, each with the error of 8 rows. */
	double error_of_both = sqrt(16) / 4.5;
	NEAR(card->measures[0].score.score, 0.2);
	NEAR(card->measures[0].score.low, 0.2 * exp(-Z95 * error_of_both));
	NEAR(card->measures[0].score.high, 0.2 * exp(Z95 * error_of_both));
	/* Of no growth the score is certain, 0.1. */
	NEAR(card->measures[0].score.gained, 0.1);
	NEAR(card->measures[0].score.gained_low, 0.2 * exp(-Z95 * error_of_both) - 0.1);
	NEAR(card->measures[0].score.gained_high, 0.2 * exp(Z95 * error_of_both) - 0.1);
	score_free(card);
	/* The job says 0.2 a day, for 20 days: that is certain. */
	sample.measures[0].stated_baseline = 4;
	card = company_card();
	NEAR(card->measures[0].score.low, 0.1 * 0.45 / 0.2 * exp(-Z95 * sqrt(8) / 4.5));
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
	/* Half a row of 3 in 10 days, with the error of four; 13.5 in 20 days, with that of eight. */
	double quotient = 0.15 / 0.675, error_of_both = hypot(sqrt(36) / 1.5, sqrt(72) / 13.5);
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
	/* 8 + 2, with the error root of 40 + 80, by its logarithm; what is below 0 has none. */
	NEAR(card->measures[0].score.score, 54);
	NEAR(card->measures[0].score.low, 50 + 5 * exp(-Z95 * sqrt(120) / 10));
	NEAR(card->measures[0].score.high, 50 + 5 * exp(Z95 * sqrt(120) / 10));
	NEAR(card->measures[1].score.low, 50 - 5 - Z95 * sqrt(120) / 2);
	NEAR(card->measures[1].score.high, 50 - 5 + Z95 * sqrt(120) / 2);
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
	double move = eight / 100 - 9 / 11.0, error_of_both = hypot(eight_error() / 100, seven_error());
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
	/* -0.45 +- root of 8 / 10 a day, against 0.225 +- root of 8 / 20: growth -3, as the model has errors. */
	double of_now = sqrt(8) / 10 / 0.225, of_then = 0.45 * sqrt(8) / 20 / (0.225 * 0.225);
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
	NEAR(card->measures[0].score.low, 100 * (9 / 11.0 - Z95 * seven_error()));
	score_free(card);
}

/*
 * What 8 of 10 hand up: so much of the range is below and above the score of 80, where it is not cut.  An error is 13 points,
 * and the scale ends 2.2 errors above the value: at two errors the score is more than the mean of its neighbours at one and
 * three by half of what the end cuts off the latter.  Within three errors below it does not end.
 */
static double eight_below(void)
{
	return 80 - (eight - Z95 * eight_error());
}

static double eight_above(void)
{
	return eight + Z95 * eight_error() - 80;
}

static double eight_lift(void)
{
	return (eight + 3 * eight_error() - 100) / 2;
}

static void test_missing(void)
{
	begin();
	for (uint32_t m = 0; m < SAMPLE_MEASURES; m++)
		use_eight(m);
	sample.moments[0][1][0] = sample.moments[0][2][1] = (struct moments){0};
	struct scorecard *card = company_card();
	ABSENT(card->measures[1].score.gained_low);
	ABSENT(card->measures[2].score.gained_low);
	/* Of the first indicator one measure is left, so that its weight is that of the indicator. */
	ABSENT(card->measures[1].score.low);
	NEAR(card->indicators[0].low, 80 - eight_below());
	NEAR(card->indicators[0].high, fmin(100, 80 + eight_above() + eight_lift()));
	score_free(card);
	/* Nothing of it is left. */
	sample.moments[0][0][0] = (struct moments){0};
	card = company_card();
	ABSENT(card->indicators[0].low);
	ABSENT(card->indicators[0].gained_high);
	score_free(card);
}

/* A node that too little is known of has a range no more, and no part in its parent's. */
static void test_not_covered(void)
{
	begin();
	for (uint32_t m = 0; m < SAMPLE_MEASURES; m++)
		use_eight(m);
	sample.result.min_coverage = 0.6;
	sample.moments[0][1][0] = (struct moments){0};
	struct scorecard *card = company_card();
	ABSENT(card->indicators[0].low);
	NEAR(card->dimensions[0].low, 80 - eight_below());
	score_free(card);
}

static void test_whole(void)
{
	begin();
	for (uint32_t m = 0; m < SAMPLE_MEASURES; m++)
		use_eight(m);
	struct scorecard *card = company_card();
	/* Weights are 1/8, 1/8, 1/4, 1/4, 1/4: their squares add up to 7/32. */
	double low = 80 - eight_below() * sqrt(7 / 32.0), high = 80 + eight_above() * sqrt(7 / 32.0) + eight_lift();
	NEAR(card->overall.score, 80);
	NEAR(card->overall.low, low);
	NEAR(card->overall.high, high);
	NEAR(card->overall.gained, 0);
	NEAR(card->overall.gained_low, -hypot(80 - low, high - 80));
	NEAR(card->overall.gained_high, hypot(high - 80, 80 - low));
	NEAR(card->measures[0].score.gained_low, -hypot(eight_below(), eight_above()));
	score_free(card);
}

/* As many zeros as ones: the scale ends at both sides alike. */
static void test_bends_to_both_sides(void)
{
	static const double half[2][2] = {{1, 1}, {0, 1}};
	begin();
	for (uint32_t m = 0; m < SAMPLE_MEASURES; m++) {
		sample.tables[m].flags = CRMVAL_SHARE;
		sample.moments[0][m][0] = sample_rows(half, 2);
	}
	struct scorecard *card = company_card();
	/* (1 + 2) / 6, se^2 = 6/4 (6 (1/2)^2) / 6^2: two errors of 25 points to the ends, and half of a third is cut. */
	NEAR(card->measures[0].score.low, 50 - Z95 * 25);
	NEAR(card->overall.low, 50 - Z95 * 25 * sqrt(7 / 32.0) - 12.5);
	NEAR(card->overall.high, 50 + Z95 * 25 * sqrt(7 / 32.0) + 12.5);
	score_free(card);
}

/* No further than scores go. */
static void test_cut(void)
{
	static const double one[1][2] = {{1, 1}};
	begin();
	for (uint32_t m = 0; m < SAMPLE_MEASURES; m++) {
		sample.tables[m].flags = CRMVAL_SHARE;
		sample.moments[0][m][0] = sample_rows(one, 1);
		sample.moments[0][m][1] = sample_rows(one, 1);
	}
	struct scorecard *card = company_card();
	NEAR(card->overall.high, 100);
	/* (1 + 2) / 5, se^2 = 5/3 (3 (2/5)^2 + 2 (3/5)^2) / 5^2 = 2 / 25: of both windows nothing is above the score. */
	NEAR(card->measures[0].score.gained_low, 60 - Z95 * sqrt(800) - 100);
	NEAR(card->overall.gained_high, 100 - card->overall.low);
	score_free(card);
}

static void test_geometric(void)
{
	begin();
	sample.result.aggregation = AGGREGATE_GEOMETRIC;
	for (uint32_t m = 0; m < SAMPLE_MEASURES; m++)
		use_eight(m);
	struct scorecard *card = company_card();
	double low = eight - Z95 * eight_error(), high = eight + Z95 * eight_error(), error_of_it = eight_error();
	/* Logarithms bend, but most where the scale ends: at two errors above, whose neighbours are at one and at the end. */
	double lift = log((eight + 2 * error_of_it) / sqrt((eight + error_of_it) * 100));
	NEAR(card->measures[0].score.low, low);
	NEAR(card->overall.score, 80);
	NEAR(card->overall.low, 80 * exp(-log(80 / low) * sqrt(7 / 32.0)));
	NEAR(card->overall.high, 80 * exp(log(high / 80) * sqrt(7 / 32.0) + lift));
	score_free(card);
}

static const struct test tests[] = {{"share", test_share},
				    {"heavy rows", test_heavy_rows},
				    {"growth", test_growth},
				    {"nothing counted", test_nothing_counted},
				    {"no rows", test_no_rows},
				    {"sum", test_sum},
				    {"ratio", test_ratio},
				    {"nothing", test_nothing},
				    {"loss", test_loss},
				    {"whole sums", test_whole_sums},
				    {"missing", test_missing},
				    {"not covered", test_not_covered},
				    {"change", test_change},
				    {"whole", test_whole},
				    {"geometric", test_geometric},
				    {"bends to both sides", test_bends_to_both_sides},
				    {"cut", test_cut},
				    {NULL, NULL}};

const struct suite suite_reach = {"reach", tests};
