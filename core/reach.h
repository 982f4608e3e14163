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
 * What a score may be by chance, 95 %, in points.  What parents need is in levels, since these are what means are taken of:
 * scores, or the logarithms of what is above 1 of them, where means are geometric.  below and above: as far as the range goes
 * from the score; scatter that evens out.  drop and lift: how much lower and higher than their like the truth may be on
 * average, since a scale bends within reach; that does not even out.
 */
struct reach {
	double low, score, high;
	double below, above, drop, lift;
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
			    const struct reach_window *other, double score, int is_geometric);

/* Of the score of a growth or a change, as the measure's basis is. */
struct reach reach_of_move(const struct result_measure *measure, const struct reach_window windows[2], double score,
			   int is_geometric);

/* Of a score that chance has no part in. */
struct reach reach_of_certain(double score);

/* A node's is 0 to begin with; each child adds to it with its share of the weight, and the node's score ends it. */
void reach_add(struct reach *reach, double weight, const struct reach *child);
void reach_end(struct reach *reach, double score, int is_geometric);

/* Of what lies between two scores. */
struct reach reach_of_difference(const struct reach *after, const struct reach *before);

#endif
