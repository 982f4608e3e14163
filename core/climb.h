/* SPDX-License-Identifier: MIT */
/*
 * The cheapest way to a score: which measures to better by how much, so that the overall score reaches a target.
 *
 * Bettering a measure costs the square of the relative change of its value, so that what counts most for the score is
 * moved most, and nothing is asked to do it all; the way is that of the least sum.  Scales are piecewise linear, so for
 * each price of a point the best change is known exactly, segment by segment; the price is then found by halving.  A
 * scale that is steeper further up is taken as a whole step.  Values that are 0 have no relative change, and stay.
 */
#ifndef CLIMB_H
#define CLIMB_H

#include "score.h"

struct climb_step {
	uint32_t measure;
	double change;          /* relative: 0.1 is 10 %; of what is to be lowered, negative */
	double value, value_to; /* of the period, now and then */
	double score, score_to; /* of the measure */
	double points;          /* what this step alone brings the overall score */
};

struct climb {
	double target, score, reached; /* reached: less than the target where no way leads there */
	uint32_t count;
	struct climb_step *steps; /* those with a change, the most points first */
};

/* card: of the company, filled.  A score that is none, or reaches the target already, takes no step. */
int climb_find(const struct scorecard *card, double target, struct climb *climb, struct crmval_error *error);
void climb_free(struct climb *climb);

#endif
