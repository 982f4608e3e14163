/* SPDX-License-Identifier: MIT */
/* How the overall score, and the ranking of units by it, respond when the weights vary. */
#ifndef SENSITIVITY_H
#define SENSITIVITY_H

#include "report.h"
#include "swap.h"
#include "weighing.h"

struct sensitivity_settings {
	uint64_t seed, draws;
	double concentration; /* see dirichlet_draw() */
	unsigned threads;     /* without influence on what comes out */
};

/* Of a unit that has an overall score under the given weights; ranks count from 1, and equals share the better one. */
struct ranked {
	uint32_t unit; /* of the breakdown */
	double score;
	uint32_t rank;
	double first;                              /* share of the draws in which it is first */
	uint32_t rank_low, rank_median, rank_high; /* 0: it has a score in no draw */
	struct swap swap;                          /* with the next in the list */
	double *weights; /* of the dimensions, after which the two swap; NULL where none do, and of the last */
};

struct sensitivity {
	const struct result *result;
	struct sensitivity_settings settings;
	struct weighing weighing;
	double score;             /* overall, under the given weights; NaN: none */
	uint64_t rated;           /* draws with an overall score */
	double low, median, high; /* of those: 2.5 %, half, 97.5 % */
	uint32_t counts[BREAKDOWN_COUNT];
	struct ranked *ranked[BREAKDOWN_COUNT]; /* best first; of equals in the order of the units */
};

/* The result must outlive it. */
int sensitivity_open(struct sensitivity *sensitivity, const struct result *result,
		     const struct sensitivity_settings *settings, struct crmval_error *error);
void sensitivity_close(struct sensitivity *sensitivity);

int sensitivity_write(const struct sensitivity *sensitivity, enum job_format format, FILE *stream,
		      const struct report_style *style, struct crmval_error *error);

#endif
