/* SPDX-License-Identifier: MIT */
/* A small result made by hand, for the tests of scores and reports: two dimensions, four indicators, five measures. */
#ifndef SAMPLE_H
#define SAMPLE_H

#include "../core/score.h"

#include <CUnit/CUnit.h>

#define NEAR(actual, expected) CU_ASSERT_DOUBLE_EQUAL(actual, expected, 1e-9)
#define ABSENT(actual) CU_ASSERT(isnan(actual))
#define SAME(actual, expected) CU_ASSERT_STRING_EQUAL((actual) ? (actual) : "(null)", expected)

enum { SAMPLE_MEASURES = 5, SAMPLE_UNITS = 3, SAMPLE_SCOPES = 1 + SAMPLE_UNITS };

/*
 * alpha (title "Alpha, first")         beta
 *   a1: m0, m1    a2: m2                 b1: m3    b2: m4
 * All weights are 1.  All measures are plain ratios on the basis value with the scale (0,0) (1,100) and have the value 0.5
 * without error in both windows, for the company (scope 0) and for the three teams (scopes 1 to 3).
 * The period has 10 days, the baseline 20.
 */
struct sample {
	struct result result;
	struct crmval_measure tables[SAMPLE_MEASURES];
	struct crmval_dimension dimension_tables[2];
	struct result_dimension dimensions[2];
	double indicator_weights[2][2];
	struct result_measure measures[SAMPLE_MEASURES];
	struct moments moments[SAMPLE_SCOPES][SAMPLE_MEASURES][2];
	const char *unit_names[SAMPLE_UNITS];
	uint32_t repeat; /* moments of unit u are those of scope 1 + u % repeat */
};

void sample_init(struct sample *sample);

/* Sums of so many rows {numerator, denominator}. */
struct moments sample_rows(const double (*rows)[2], int count);

/* Two rows of denominator 1 that give a plain ratio this value and this standard error, or a sum twice the value. */
struct moments sample_value(double value, double standard_error);

/* Counts of two entities, inputs and plugins. */
void sample_data(struct sample *sample);

/* A report as a string, which the caller frees. */
char *sample_report(const struct sample *sample, enum job_format format, int width, int colour);

/* Asserts that the text holds the part, and shows both if not. */
void sample_has(const char *text, const char *part);

/* A card filled for a scope, which must end so; the caller frees it. */
struct scorecard *sample_card(const struct sample *sample, int breakdown, uint32_t unit, int expected_status,
			      struct crmval_error *error);

#endif
