/* SPDX-License-Identifier: MIT */
/* Pairs of results made at random, in which anything may differ that two results can differ in. */
#ifndef CHANGE_CASE_H
#define CHANGE_CASE_H

#include "../core/compare.h"

enum { CASE_DIMENSIONS = 4, CASE_INDICATORS = 3, CASE_MEASURES = 3, CASE_UNITS = 4 };
enum { CASE_ALL = CASE_DIMENSIONS * CASE_INDICATORS * CASE_MEASURES };

struct case_side {
	struct result result;
	struct result_dimension dimensions[CASE_DIMENSIONS];
	struct crmval_dimension tables[CASE_DIMENSIONS];
	struct crmval_indicator indicators[CASE_DIMENSIONS][CASE_INDICATORS];
	double indicator_weights[CASE_DIMENSIONS][CASE_INDICATORS];
	struct result_measure measures[CASE_ALL];
	struct crmval_measure measure_tables[CASE_ALL];
	struct crmval_point points[CASE_ALL][3];
	struct moments moments[1 + CASE_UNITS][CASE_ALL][2];
	const char *unit_names[CASE_UNITS];
};

struct change_case {
	struct case_side sides[2];
};

/* The same pair for the same seed. */
void change_case_make(struct change_case *pair, uint64_t seed);

#endif
