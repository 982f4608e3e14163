/* SPDX-License-Identifier: MIT */
/* Rollups at work: one sweep over the rows of an entity for all that is rolled up from them. */
#ifndef SWEEP_H
#define SWEEP_H

#include "rollup.h"

/* A rollup to be computed for a window: 0 the period, 1 the baseline. */
struct sweep_task {
	struct rollup *rollup;
	int window;
};

/*
 * Computes rollups, shared out to threads; tasks are brought into another order.  Of a timeless rollup the baseline has the
 * values of the period, which then is among the tasks.  Rows whose group or value is the same give the same result in any order.
 */
int sweep_run(struct sweep_task *tasks, uint32_t count, const struct data *data, const struct crmval_window *period,
	      const struct crmval_window *baseline, unsigned threads, struct crmval_error *error);

#endif
