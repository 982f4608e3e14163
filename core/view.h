/* SPDX-License-Identifier: MIT */
/* Running one view in a child: rows in, columns to the plugin, observations into the tally. */
#ifndef VIEW_H
#define VIEW_H

#include "bind.h"
#include "tally.h"
#include "unit.h"

#define NO_DATA_LENGTH 128

/* What running a view takes; the same for all views of a child, which does not see the job. */
struct view_run {
	struct crmval_window windows[2]; /* period, baseline */
	int has_baseline;
	const struct data *data;
	const struct units *units;
	const struct bound_dimension *dimension;
	struct tally *tally;
	char (*no_data)[2][NO_DATA_LENGTH]; /* by measure and window */
	char *breadcrumb;                   /* in shared memory: where we are; CONFINE_BREADCRUMB bytes */
	uint32_t part, parts;               /* which part of the batches is ours, of how many */
};

/*
 * Evaluates a view over its rows.  live: the view in the plugin that this process has loaded; all else is taken from the
 * tables that were checked.  An observation that the contract does not allow is CRMVAL_EDATA.
 */
int view_run(const struct view_run *run, const struct bound_view *view, const struct crmval_view *live,
	     struct crmval_error *error);

/* Is an observation within what the contract allows of its measure?  d is 0 of a sum. */
int view_allows(const struct crmval_measure *measure, double n, double d);

/* Batches that a view of an entity with so many rows takes. */
static inline uint64_t view_batches(uint32_t rows)
{
	return ((uint64_t)rows + BATCH_ROWS - 1) / BATCH_ROWS;
}

#endif
