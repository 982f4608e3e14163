/* SPDX-License-Identifier: MIT */
/* Finding mends for rows, in a child that has the plugin loaded: trying values, keeping what helps. */
#ifndef PROBE_H
#define PROBE_H

#include "mend.h"
#include "whatif.h"

/* What is to be gained in each measure of a dimension. */
struct probe_measure {
	int is_wanted; /* rows are to be mended for it */
	double weight; /* points for one more in the numerator, about: what counts more is mended first */
};

/* The shortfall of an observation: how far its numerator is from its best, 0 for a share's denominator or, where lower is
   better, 0; of what is no share there is no best. */
static inline double probe_shortfall(const struct crmval_measure *measure, const struct observation *observation)
{
	double best = measure->better == CRMVAL_LOWER ? 0 : observation->d;
	if (!(measure->flags & CRMVAL_SHARE) || isnan(observation->n) || !(observation->d > 0))
		return 0;
	return fabs(best - observation->n);
}

enum { PROBE_MOST = 12 }; /* mends of a row by one view */

/*
 * Looks for mends of the batch's rows, which were chosen and are at most BATCH_ROWS.  mends[i * PROBE_MOST ...] and counts[i]
 * are filled for row i.  measures: by the dimension's measures.
 */
int probe_rows(struct batch *batch, uint32_t dimension, const struct probe_measure *measures, struct mend *mends,
	       uint32_t *counts, struct crmval_error *error);

#endif
