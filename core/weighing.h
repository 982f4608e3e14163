/* SPDX-License-Identifier: MIT */
/* The overall score from the measures' scores alone, under any weights: what a scorecard does, without all that it tells. */
#ifndef WEIGHING_H
#define WEIGHING_H

#include "score.h"

/* Nodes whose weights add up to 1: the dimensions, the indicators of one, the measures of one. */
struct weighing_family {
	uint32_t first, count; /* of the weights */
};

struct weighing {
	const struct result *result;
	uint32_t weight_count; /* of all families */
	uint32_t family_count;
	struct weighing_family *families; /* after those of the dimensions, each dimension: its own, its indicators' */
	uint32_t dimension_count;
	uint32_t *measures; /* of result.measures, in the order of the families */
	double *weights;    /* the result's own, normalised */
};

int weighing_open(struct weighing *weighing, const struct result *result, struct crmval_error *error);
void weighing_close(struct weighing *weighing);

/* The scores of the card's measures, in the order of weighing.measures; NaN: none. */
void weighing_take(const struct weighing *weighing, const struct scorecard *card, double *scores);

/* The overall score, as published; NaN: none.  dimensions: room for theirs, not rounded; or NULL. */
double weighing_score(const struct weighing *weighing, const double *weights, const double *scores, double *dimensions);

#endif
