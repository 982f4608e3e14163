/* SPDX-License-Identifier: MIT */
/* A view over all its rows, batch by batch, into the tally. */
#include "view.h"

#include "batch.h"
#include "confine.h"
#include "error.h"
#include "share.h"

#include <stdlib.h>
#include <string.h>

int view_allows(const struct crmval_measure *measure, double n, double d)
{
	return tally_allows((measure->flags & CRMVAL_SHARE) != 0, n, d);
}

static int add_answer(struct batch *batch, uint32_t a, int window, struct crmval_error *error)
{
	const struct view_run *run = batch->run;
	uint32_t m = batch->view->measures[a], rows = batch->rows.count;
	const struct crmval_measure *measure = &run->dimension->table->measures[m];
	const double *n = batch->numerators[a], *d = measure->kind == CRMVAL_SUM_OF ? NULL : batch->denominators[a];
	uint32_t row =
		tally_add(run->tally, m, window, (measure->flags & CRMVAL_SHARE) != 0, &batch->places, n, d, rows);
	if (row < rows)
		return fail(error, CRMVAL_EDATA, "measure %s: numerator %g, denominator %g is not allowed of a %s",
			    measure->id, n[row], d ? d[row] : 0, measure->flags & CRMVAL_SHARE ? "share" : "measure");
	return CRMVAL_OK;
}

/* One window of one batch; a state measure has no baseline, one whose fields are not mapped no data. */
static int run_window(struct batch *batch, int window, struct crmval_error *error)
{
	const struct view_run *run = batch->run;
	if (window)
		batch_turn(batch, window);
	else
		batch_fill(batch, window);
	int code = batch_evaluate(batch, window, error);
	for (uint32_t a = 0; a < batch->view->table->answer_count && code == CRMVAL_OK; a++) {
		uint32_t m = batch->view->measures[a];
		if (run->dimension->no_data[m] || run->no_data[m][window][0] ||
		    (window && run->dimension->table->measures[m].flags & CRMVAL_STATE))
			continue;
		code = add_answer(batch, a, window, error);
	}
	return code;
}

/* Asks whether the windows have data at all: a call without rows. */
static int ask_no_data(struct batch *batch, int windows, struct crmval_error *error)
{
	batch->rows = (struct rows){.row = batch->row};
	for (int window = 0; window < windows; window++) {
		memset(batch->no_data, 0, batch->view->table->answer_count * sizeof batch->no_data[0]);
		batch_fill(batch, window);
		int code = batch_evaluate(batch, window, error);
		if (code != CRMVAL_OK)
			return code;
		for (uint32_t a = 0; a < batch->view->table->answer_count; a++) {
			batch->no_data[a][NO_DATA_LENGTH - 1] = 0;
			if (batch->no_data[a][0])
				memcpy(batch->run->no_data[batch->view->measures[a]][window], batch->no_data[a],
				       NO_DATA_LENGTH);
		}
	}
	return CRMVAL_OK;
}

int view_run(const struct view_run *run, const struct bound_view *view, const struct crmval_view *live,
	     struct crmval_error *error)
{
	struct batch *batch = calloc(1, sizeof *batch);
	if (!batch)
		return fail_memory(error);
	int windows = run->has_baseline && view->is_event ? 2 : 1;
	uint32_t unit[BREAKDOWN_COUNT][BATCH_ROWS];
	int code = batch_open(batch, run, view, live, error);
	snprintf(run->breadcrumb, CONFINE_BREADCRUMB, "asking the view of %s", view->table->entity);
	if (code == CRMVAL_OK)
		code = ask_no_data(batch, windows, error);
	struct share share =
		share_of(run->dimension, run->data, (uint32_t)(view - run->dimension->views), run->part, run->parts);
	for (uint64_t number = share.first; number < share.end && code == CRMVAL_OK; number++) {
		batch_choose(batch, number);
		if (run->tally->shape.places > 1)
			units_of(run->units, view->entity, &batch->rows, &batch->gather, unit);
		tally_find(&run->tally->shape, unit, batch->rows.count, &batch->places);
		snprintf(run->breadcrumb, CONFINE_BREADCRUMB, "evaluating the view of %s, batch %llu",
			 view->table->entity, (unsigned long long)number);
		for (int window = 0; window < windows && code == CRMVAL_OK; window++)
			code = run_window(batch, window, error);
	}
	batch_close(batch);
	free(batch);
	return code;
}
