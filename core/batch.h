/* SPDX-License-Identifier: MIT */
/* A batch of a view's rows: columns on their way into the plugin, observations on their way out. */
#ifndef BATCH_H
#define BATCH_H

#include "view.h"

/* Storage for one view's batches. */
struct batch {
	const struct view_run *run;
	const struct bound_view *view;
	const struct crmval_view *live;
	struct rows rows; /* if they are no run, all columns lie in `values`, where they may be written */
	uint32_t row[BATCH_ROWS];
	struct tally_places places;
	struct gather gather;
	struct crmval_column *columns;
	double (*values)[BATCH_ROWS]; /* by input: gathered columns, as wide as any */
	double (*numerators)[BATCH_ROWS];
	double (*denominators)[BATCH_ROWS];
	struct crmval_observations *observations;
	char (*no_data)[NO_DATA_LENGTH];
	struct arena arena;
};

/* Makes a batch ready for any rows of the view; freed by batch_close(). */
int batch_open(struct batch *batch, const struct view_run *run, const struct bound_view *view,
	       const struct crmval_view *live, struct crmval_error *error);
void batch_close(struct batch *batch);

/* Batch number so-and-so of the view's entity: its rows without those that were dropped. */
void batch_choose(struct batch *batch, uint64_t number);

/* Lays the columns out for a window (0 period, 1 baseline). */
void batch_fill(struct batch *batch, int window);

/* For another window, of the same rows: only what depends on it is laid out anew. */
void batch_turn(struct batch *batch, int window);

/* Has the plugin look at the columns. */
int batch_evaluate(struct batch *batch, int window, struct crmval_error *error);

#endif
