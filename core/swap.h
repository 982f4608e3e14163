/* SPDX-License-Identifier: MIT */
/* The smallest change of the dimensions' weights after which one unit is no longer ahead of another. */
#ifndef SWAP_H
#define SWAP_H

#include "job.h"

enum { SWAP_DIMENSIONS_MOST = 64 }; /* of more, none is found */

struct swap {
	double moved; /* weight that changes its dimension, of 1 in all; NaN: no weights would do */
	int is_least; /* 0: the least that goes from one dimension to one other; maybe several would do with less */
};

/*
 * weights: of the dimensions, adding up to 1; ahead, behind: the dimensions' scores of the two, NaN: none.  changed: room for
 * the weights after which both have the same score, all else being equal.
 */
struct swap swap_find(enum job_aggregation aggregation, enum job_missing missing, const double *weights,
		      const double *ahead, const double *behind, uint32_t count, double *changed);

#endif
