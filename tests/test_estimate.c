/* SPDX-License-Identifier: MIT */
/* Tests of values, their standard errors, and scales; worked by hand in the comments. */
#include "suite.h"

#include "sample.h"
#include "../core/estimate.h"
#include "../core/scale.h"

#include <float.h>

/* ---- values ---- */

static void test_share(void)
{
	const double seven[7][2] = {{1, 1}, {1, 1}, {1, 1}, {1, 1}, {1, 1}, {1, 1}, {1, 1}};
	const double mixed[2][2] = {{1, 2}, {3, 4}};
	struct crmval_measure share = {.kind = CRMVAL_RATIO, .flags = CRMVAL_SHARE};
	struct moments moments = sample_rows(seven, 7);
	struct estimate value = estimate_value(&share, &moments);

	/*
	 * d = 1; R' = (7 + 2) / (7 + 4) = 9/11; squares 7 (2/11)^2 + 2 (2/11)^2 + 2 (9/11)^2 = (28 + 8 + 162)/121 = 18/11;
	 * se^2 = 11/10 * 18/11 / 11^2 = 1.8 / 121.
	 */
	NEAR(value.value, 1);
	NEAR(value.se, sqrt(1.8) / 11);
	/*
	 * d = 3; R' = (4 + 6) / (6 + 12) = 5/9; squares (1 - 10/9)^2 + (3 - 20/9)^2 + 2 (3 - 15/9)^2 + 2 (15/9)^2
	 * = (1 + 49 + 288 + 450) / 81 = 788/81; se^2 = 6/5 * 788/81 / 18^2.
	 */
	moments = sample_rows(mixed, 2);
	value = estimate_value(&share, &moments);
	NEAR(value.value, 2.0 / 3);
	NEAR(value.se, sqrt(1.2 * 788 / 81) / 18);
}

static void test_ratio(void)
{
	const double rows[2][2] = {{2, 1}, {4, 3}};
	struct crmval_measure ratio = {.kind = CRMVAL_RATIO};
	struct moments moments = sample_rows(rows, 2);
	struct estimate value = estimate_value(&ratio, &moments);

	/* R = 6/4; residuals 0.5 and -0.5; se^2 = 2/1 * 0.5 / 16. */
	NEAR(value.value, 1.5);
	NEAR(value.se, sqrt(1.0 / 16));
	/* Three rows 1, 2, 6 of 1: R = 3; squares 4 + 1 + 9; se^2 = 3/2 * 14 / 9. */
	moments = sample_rows((const double[3][2]){{1, 1}, {2, 1}, {6, 1}}, 3);
	value = estimate_value(&ratio, &moments);
	NEAR(value.se, sqrt(7.0 / 3));
	/* One row: as uncertain as it is large. */
	moments = sample_rows((const double[1][2]){{-3, 2}}, 1);
	value = estimate_value(&ratio, &moments);
	NEAR(value.value, -1.5);
	NEAR(value.se, 1.5);
	moments = sample_rows((const double[1][2]){{3, 0}}, 1);
	ABSENT(estimate_value(&ratio, &moments).value);
	moments = sample_rows((const double[1][2]){{3, -1}}, 1);
	ABSENT(estimate_value(&ratio, &moments).value);
	moments = (struct moments){0};
	ABSENT(estimate_value(&ratio, &moments).value);
	/* 1e18 / 1e-300 is more than a double holds. */
	moments = sample_rows((const double[1][2]){{1e18, 1e-300}}, 1);
	ABSENT(estimate_value(&ratio, &moments).value);
}

/* A share of 1/3 in each of three rows of 2^60: the squares are 2^120, the residuals nothing. */
static void test_cancellation(void)
{
	const double n = 384307168202282325.0, d = 3 * n;
	const double rows[3][2] = {{n, d}, {n, d}, {n, d}};
	struct crmval_measure ratio = {.kind = CRMVAL_RATIO};
	struct moments moments = sample_rows(rows, 3);

	CU_ASSERT(estimate_value(&ratio, &moments).se < 1e-15);
}

static void test_sum(void)
{
	struct crmval_measure sum = {.kind = CRMVAL_SUM_OF};
	struct moments moments = sample_rows((const double[2][2]){{3, 0}, {4, 0}}, 2);
	struct estimate value = estimate_value(&sum, &moments);

	NEAR(value.value, 7);
	NEAR(value.se, 5);
	moments = (struct moments){0};
	value = estimate_value(&sum, &moments);
	NEAR(value.value, 0);
	NEAR(value.se, 0);
}

/* A baseline that is next to nothing: what cannot be told is none, and an error without end only a very large one. */
static void test_growth(void)
{
	const struct estimate large = {1e300, 1}, unsure = {1, 1e10}, tiny = {1e-300, 0}, none = {0, 0};

	ABSENT(estimate_growth(large, tiny).value);
	NEAR(estimate_growth(unsure, tiny).value / 1e300, 1);
	CU_ASSERT_EQUAL(estimate_growth(unsure, tiny).se, DBL_MAX);
	ABSENT(estimate_growth(unsure, none).value);
	/* 3 over 2 is 1.5: (0.4/2)^2 + (1.5 * 0.2/2)^2 = 0.04 + 0.0225. */
	NEAR(estimate_growth((struct estimate){3, 0.4}, (struct estimate){2, 0.2}).value, 0.5);
	NEAR(estimate_growth((struct estimate){3, 0.4}, (struct estimate){2, 0.2}).se, 0.25);
}

/* ---- scales ---- */

static double default_score(uint32_t flags, int better, int basis, double x)
{
	struct crmval_measure measure = {.better = better, .flags = flags};
	uint32_t count;
	const struct crmval_point *scale = scale_default(&measure, basis, &count);

	return scale ? scale_score(scale, count, x) : NAN;
}

static void test_default_scales(void)
{
	static const struct crmval_point own[] = {{0, 100}, {0.2, 0}};
	struct crmval_measure lost = {.flags = CRMVAL_SHARE, .better = CRMVAL_LOWER, .scale_count = 2, .scale = own};
	uint32_t count;

	NEAR(default_score(CRMVAL_SHARE, CRMVAL_HIGHER, CRMVAL_VALUE, 0.3), 30);
	NEAR(default_score(CRMVAL_SHARE, CRMVAL_LOWER, CRMVAL_VALUE, 0.3), 70);
	ABSENT(default_score(0, CRMVAL_HIGHER, CRMVAL_VALUE, 0.3));
	static const double ends[][3] = {{CRMVAL_GROWTH, -0.3, 0},   {CRMVAL_GROWTH, 0, 50},
					 {CRMVAL_GROWTH, 0.3, 100},  {CRMVAL_CHANGE, -0.1, 0},
					 {CRMVAL_CHANGE, 0, 50},     {CRMVAL_CHANGE, 0.1, 100},
					 {CRMVAL_GROWTH, -0.15, 25}, {CRMVAL_CHANGE, -0.05, 25}};
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		NEAR(default_score(0, CRMVAL_HIGHER, (int)ends[i][0], ends[i][1]), ends[i][2]);
		NEAR(default_score(0, CRMVAL_LOWER, (int)ends[i][0], ends[i][1]), 100 - ends[i][2]);
	}
	NEAR(default_score(0, CRMVAL_HIGHER, CRMVAL_GROWTH, 0.15), 75);
	NEAR(default_score(0, CRMVAL_LOWER, CRMVAL_GROWTH, 0.15), 25);
	NEAR(default_score(0, CRMVAL_LOWER, CRMVAL_GROWTH, -0.3), 100);
	NEAR(default_score(0, CRMVAL_HIGHER, CRMVAL_CHANGE, 0.05), 75);
	NEAR(default_score(0, CRMVAL_LOWER, CRMVAL_CHANGE, 0.05), 25);
	CU_ASSERT_PTR_EQUAL(scale_default(&lost, CRMVAL_VALUE, &count), own);
	CU_ASSERT_EQUAL(count, 2);
	CU_ASSERT_PTR_NOT_EQUAL(scale_default(&lost, CRMVAL_CHANGE, &count), own);
}

static void test_scale(void)
{
	const struct crmval_point points[] = {{1, 10}, {3, 30}, {4, 90}};

	NEAR(scale_score(points, 3, 0), 10);
	NEAR(scale_score(points, 3, 1), 10);
	NEAR(scale_score(points, 3, 2), 20);
	NEAR(scale_score(points, 3, 3), 30);
	NEAR(scale_score(points, 3, 3.5), 60);
	NEAR(scale_score(points, 3, 5), 90);
	NEAR(scale_score(points, 3, INFINITY), 90);
	NEAR(scale_score(points, 1, 7), 10);
	/* Across a bend and past an end: (S(4) - S(2)) / 2 = 35; (S(6) - S(3)) / 2 = 30. */
	NEAR(scale_error(points, 3, 3, 1), 35);
	NEAR(scale_error(points, 3, 4.5, 1.5), 30);
}

/* Rows whose numbers are whole: the same, to the last bit, as by numbers that round; small ones, large ones, and equal ones. */
static void test_whole(void)
{
	struct crmval_measure measures[] = {
		{.kind = CRMVAL_RATIO, .flags = CRMVAL_SHARE}, {.kind = CRMVAL_RATIO}, {.kind = CRMVAL_SUM_OF}};
	uint32_t state = 1, wrong = 0;

	for (int i = 0; i < 100000; i++) {
		struct whole_moments whole = {.rows = 0};
		const struct crmval_measure *measure = &measures[i % 3];
		uint32_t rows = i % 101 ? (uint32_t)i / 3 % 12 : 5000;
		/* Sums of squares of 5,000 rows are to stay below 2^63. */
		int64_t most = i % 7 ? i % 20 + 1 : (int64_t)1 << i % (rows == 5000 ? 26 : 33), n = 0, d = 0;
		for (uint32_t row = 0; row < rows; row++) {
			state = state * 1664525 + 1013904223;
			if (row == 0 || i % 5) { /* else in proportion */
				d = measure->kind == CRMVAL_RATIO ? (state >> 4) % most : 0;
				n = measure->flags & CRMVAL_SHARE ? (state >> 9) % (d + 1) : (state >> 9) % most;
				n = i % 11 ? n : -n, d = i % 11 || measure != &measures[0] ? d : -d;
			}
			whole = (struct whole_moments){row + 1,          whole.n + n,      whole.d + d,
						       whole.nn + n * n, whole.nd + n * d, whole.dd + d * d};
		}
		struct moments moments = {whole.rows, whole.n, whole.d, whole.nn, whole.nd, whole.dd};
		struct estimate one = estimate_whole(measure, &whole), other = estimate_value(measure, &moments);
		wrong += memcmp(&one, &other, sizeof one) != 0;
	}
	CU_ASSERT_EQUAL(wrong, 0);
}

/* What whole numbers of 128 bits cannot hold is worked out by others: many rows, whose numbers are small; few large ones. */
static void test_whole_limits(void)
{
	static const struct whole_moments cases[] = {
		{1 << 27, 1 << 26, 1 << 27, 1 << 26, 1 << 26, 1 << 27},
		{3, 3ll << 29, 3ll << 30, (1ll << 60) + (1ll << 58), (1ll << 60) + (1ll << 59), 3ll << 60},
	};
	struct crmval_measure ratio = {.kind = CRMVAL_RATIO};

	for (int i = 0; i < 2; i++) {
		struct moments moments = moments_of_whole(&cases[i]);
		struct estimate one = estimate_whole(&ratio, &cases[i]), other = estimate_value(&ratio, &moments);
		CU_ASSERT_EQUAL(one.value, other.value);
		CU_ASSERT_EQUAL(one.se, other.se);
	}
	/* Of half of so many, the error is half of what one of them has by itself, 1/2, through the root of their number. */
	CU_ASSERT_DOUBLE_EQUAL(estimate_whole(&ratio, &cases[0]).se, 0.5 / sqrt(1 << 27), 1e-12);
}

struct whole_case {
	uint32_t flags;
	struct whole_moments moments;
};

static void check_whole(const struct whole_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct crmval_measure measure = {.kind = CRMVAL_RATIO, .flags = cases[i].flags};
		struct moments moments = moments_of_whole(&cases[i].moments);
		struct estimate one = estimate_whole(&measure, &cases[i].moments),
				other = estimate_value(&measure, &moments);
		if (memcmp(&one, &other, sizeof one) != 0)
			fprintf(stderr, "case %zu: %a +- %a, but %a +- %a\n", i, one.value, one.se, other.value,
				other.se);
		CU_ASSERT(memcmp(&one, &other, sizeof one) == 0);
	}
}

/* Rows whose sums are small, but not what is made of them; numbers of both signs cancel out. */
static void test_whole_products(void)
{
	static const struct whole_case cases[] = {
		/* 4,000 rows of 0 of 500; 2,001 of 0 of 500 and 1,999 of -500 of -500; of 500 of 500 and of 0 of -500. */
		{CRMVAL_SHARE, {4000, 0, 2000000, 0, 0, 1000000000}},
		{CRMVAL_SHARE, {4000, -999500, 1000, 499750000, 499750000, 1000000000}},
		{CRMVAL_SHARE, {4000, 1000500, 1000, 500250000, 500250000, 1000000000}},
		/* 2,000 of 500 over 500, 1,999 of 500 over -500, one of 500 over -499: 2,000,000, and its error more. */
		{0, {4000, 2000000, 1, 1000000000, 500, 999999001}},
	};

	check_whole(cases, sizeof cases / sizeof *cases);
}

/* Sums that no rows have, as a plugin may leave them that writes where it should not: they are its own, but do no harm. */
static void test_whole_of_no_rows(void)
{
	static const int64_t large = ((int64_t)1 << 62) + 12345, some = 134217689;
	const struct whole_moments cases[] = {
		{0, 5, 7, 30, 40, 60},
		{UINT64_MAX - 1, 5, 7, 30, 40, 60},
		{UINT64_MAX - 4, 5, 7, 30, 40, 60},
		{1, 3, 2, 100, 1, 50},
		{10, 5, 7, 0, 40, 0},
		{4000, large, some, 1 << 29, 40, 7},
		{4000, -large, some, 1 << 29, 40, 7},
		{4000, 5, large, 30, 40, 60},
		{4000, 5, 2147483649, 30, 40, 60},
		{4000, 5, some, large, 40, 60},
		{4000, some, some, 30, 40, large},
		{4000, some, some, 30, -large, 60},
		{4000, -some, some, 30, large, 60},
		{4000, 1, 1, -2147483647, -1073741823, 0},
		{4000, 1, 1, 0, -1073741823, -2147483647},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		check_whole((const struct whole_case[]){{0, cases[i]}, {CRMVAL_SHARE, cases[i]}}, 2);
	ABSENT(estimate_whole(&(struct crmval_measure){.kind = CRMVAL_SUM_OF},
			      &(struct whole_moments){.rows = 4, .n = 3, .nn = -1})
		       .value);
}

/* What a double cannot hold is no value, be it the value itself or only its error. */
static void test_overflow(void)
{
	struct crmval_measure ratio = {.kind = CRMVAL_RATIO};
	struct moments moments =
		sample_rows((const double[1][2]){{1, 1e-200}}, 1); /* 1e200 +- 1e200, whose square is not */
	ABSENT(estimate_value(&ratio, &moments).value);
	moments = sample_rows((const double[2][2]){{1e18, 1e-300}, {1e18, 1e-300}}, 2); /* 1e318 +- 0 */
	ABSENT(estimate_value(&ratio, &moments).value);
	moments = sample_rows((const double[2][2]){{1e18, 1e-150}, {1e18, 1e-150}}, 2);
	CU_ASSERT_DOUBLE_EQUAL(estimate_value(&ratio, &moments).value, 1e168, 1e153);
}

/* Rows in proportion have no error but what rounding leaves, which may be less than nothing. */
static void test_no_residual(void)
{
	struct crmval_measure ratio = {.kind = CRMVAL_RATIO};
	for (int i = 1; i < 100; i++) {
		double n = i, d = 0.1 * i + 3;
		struct moments moments = sample_rows((const double[3][2]){{n, d}, {2 * n, 2 * d}, {4 * n, 4 * d}}, 3);
		struct estimate value = estimate_value(&ratio, &moments);
		NEAR(value.value, n / d);
		NEAR(value.se, 0);
	}
}

static const struct test tests[] = {{"value of a share", test_share},
				    {"more than a double holds", test_overflow},
				    {"rows in proportion", test_no_residual},
				    {"value of a ratio", test_ratio},
				    {"residuals of large numbers", test_cancellation},
				    {"value of a sum", test_sum},
				    {"whole numbers", test_whole},
				    {"whole numbers and their limits", test_whole_limits},
				    {"whole numbers and their products", test_whole_products},
				    {"whole numbers of no rows", test_whole_of_no_rows},
				    {"growth over next to nothing", test_growth},
				    {"default scales and their mirrors", test_default_scales},
				    {"scale", test_scale},
				    {NULL, NULL}};

const struct suite suite_estimate = {"estimate", tests};
