/* SPDX-License-Identifier: MIT */
/*
 * How far from a score the truth may lie by chance, where the job asks for cautious ranges.  The model's own take one standard
 * error as far as a straight line; of few rows, and where a scale ends, they hold the truth less often than they say.
 */
#ifndef REACH_H
#define REACH_H

#include "estimate.h"
#include "result.h"

/*
 * What a score may be by chance.  low to high: 95 %, in points.  mean and error, which is a standard deviation: of the score,
 * or of the logarithm of what is above 1 of it, where means are geometric.
 */
struct reach {
	double low, middle, high, mean, error;
};

/*
 * What a measure's value is drawn from: the rows of a window; of no row where nothing was counted, then `stated` is the value
 * that the job says, NaN for none.  The days of the window by which a basis divides; 1: it does not.
 */
struct reach_window {
	struct moments moments;
	double stated, days;
};

/* Of the score of a value, as basis value has it; the other window tells what a row is like where this one has none. */
struct reach reach_of_value(const struct result_measure *measure, const struct reach_window *window,
			    const struct reach_window *other, int is_geometric);

/* Of the score of a growth or a change, as the measure's basis is. */
struct reach reach_of_move(const struct result_measure *measure, const struct reach_window windows[2],
			   int is_geometric);

/* What means are taken of: the score, or the logarithm of what is above 1 of it. */
double reach_level(double score, int is_geometric);

/* Of the score of a node whose children's levels have this mean, with this error. */
struct reach reach_of_mean(double mean, double error, double score, int is_geometric);

/* Of a score that chance has no part in. */
struct reach reach_of_certain(double score, int is_geometric);

/* Of what lies between two scores: low, middle and high. */
struct reach reach_of_difference(const struct reach *after, const struct reach *before);

#endif
