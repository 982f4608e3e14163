/* SPDX-License-Identifier: MIT */
/*
 * Why a mean moved: the difference of two weighted means f^-1(sum p f(x)), of the children of one node in an old and a new
 * result, as a sum of effects of each child.  f is x (arithmetic) or log max(x, 1) (geometric).
 *
 * Let S be the children that count on both sides, P a side's shares of them added up, q = p / P, and a bar the average of
 * the two sides.  Then, exactly,
 *
 *     change of sum p f = sum over S of  p̄ (f_new - f_old) + P̄ (q_new - q_old) (f̄ - g)
 *                       + sum over the others of  +- p (f - g),      g = sum over S of q̄ f̄
 *
 * what children themselves did, what their changed weights did, and what coming (+) or going (-) did, each of the latter
 * measured against the level of those that stayed.  From there to the mean itself all is multiplied by one factor, the
 * change of the mean over that of the sum; its limit where that is 0.  Where the two sides take means of another kind, the
 * split is the average of the splits by either, and the rest is the effect of the kind.  Swapping the sides negates all.
 */
#ifndef COMPARE_MEAN_H
#define COMPARE_MEAN_H

#include <stdint.h>

struct mean_child {
	int counts[2];                /* 0 old, 1 new: does it go into the mean of that side? */
	double share[2];              /* in that mean; those that count add up to 1 */
	double score[2], se[2];       /* of those that count */
	double slope;                 /* of what counts on both sides: points of the mean for a point of its change */
	double weight, weight_se;     /* effect of its changed share among those that count on both sides */
	double presence, presence_se; /* effect of its counting on one side only */
};

struct mean_kinds {
	int is_geometric[2]; /* of the old mean, of the new one */
	double effect, se;   /* of the change from one to the other */
};

/* Fills what is an effect.  At least one child counts on each side. */
void mean_split(struct mean_child *children, uint32_t count, struct mean_kinds *kinds);

#endif
