/* SPDX-License-Identifier: MIT */
/* In a child: finding rows that fall short, probing those that are to be listed, trying the mends. */
#include "worklist_child.h"

#include "confine.h"
#include "error.h"

#include <stdlib.h>
#include <string.h>

/* ---- finding ---- */

static int find_in_batch(const struct worklist_part *part, const struct batch *batch, struct crmval_error *error)
{
	const struct crmval_dimension *table = part->run.dimension->table;
	int code = CRMVAL_OK;
	for (uint32_t i = 0; i < batch->rows.count; i++) {
		struct worklist_short said = {.view = (uint32_t)(batch->view - part->run.dimension->views),
					      .row = batch->row[i]};
		for (said.answer = 0; said.answer < batch->view->table->answer_count && !code; said.answer++) {
			uint32_t m = batch->view->measures[said.answer];
			said.is = (struct observation){batch->numerators[said.answer][i],
						       batch->denominators[said.answer][i]};
			if (part->question->measures[m].is_wanted && probe_shortfall(&table->measures[m], &said.is) > 0)
				code = confine_write(&said, sizeof said, error);
		}
	}
	return code;
}

static int find_in_view(const struct worklist_part *part, struct batch *batch, struct crmval_error *error)
{
	const struct table *table = &part->run.data->tables[batch->view->entity];
	uint64_t batches = table->is_mapped ? view_batches(atomic_load(&table->rows)) : 0;
	int code = CRMVAL_OK;
	for (uint64_t number = part->run.part; number < batches && code == CRMVAL_OK; number += part->run.parts) {
		batch_choose(batch, number);
		batch_fill(batch, 0);
		code = batch_evaluate(batch, 0, error);
		if (code == CRMVAL_OK)
			code = find_in_batch(part, batch, error);
	}
	return code;
}

/* ---- the rows that are listed ---- */

/* Some of them, as a batch; they are in order.  Returns the one after the last. */
static uint32_t choose_rows(struct batch *batch, const struct worklist_question *question, uint32_t next)
{
	const struct worklist_row *rows = question->rows;
	uint32_t count = 0;
	while (next < question->row_count && rows[next].entity == batch->view->entity && count < BATCH_ROWS)
		batch->row[count++] = rows[next++].row;
	batch->rows = (struct rows){.row = batch->row, .count = count};
	return next;
}

static int probe_listed(const struct worklist_part *part, struct batch *batch, uint32_t first,
			struct crmval_error *error)
{
	const struct worklist_question *question = part->question;
	struct mend *mends = calloc((size_t)BATCH_ROWS * PROBE_MOST, sizeof *mends);
	uint32_t *counts = calloc(BATCH_ROWS, sizeof *counts);
	int code = mends && counts ? probe_rows(batch, part->dimension, question->measures, mends, counts, error)
				   : fail_memory(error);
	for (uint32_t i = 0; i < batch->rows.count && code == CRMVAL_OK; i++)
		for (uint32_t m = 0; m < counts[i] && code == CRMVAL_OK; m++) {
			const struct worklist_mend answer = {question->rows[first + i].item, mends[i * PROBE_MOST + m]};
			code = confine_write(&answer, sizeof answer, error);
		}
	free(mends);
	free(counts);
	return code;
}

/* Puts all mends into row i of the batch. */
static void put_mends(struct batch *batch, const struct worklist_row *row, uint32_t i)
{
	const struct bound_view *view = batch->view;
	uint32_t count = view->table->input_count;
	void *columns[256];
	for (uint32_t c = 0; c < count; c++)
		columns[c] = batch->values[c];
	for (uint32_t p = 0; p < row->put_count; p++) {
		const struct worklist_put *put = &row->puts[p];
		for (uint32_t c = 0; c < count; c++)
			if (mend_is_same(&put->input, &view->inputs[c]))
				mend_put(&view->inputs[c], &put->value, put->input.words, columns[c], i);
		if (put->value.kind == MEND_FIT)
			mend_put_behind(view, &put->input, columns, i);
	}
}

static int is_same_observation(const struct observation *a, const struct observation *b)
{
	return (isnan(a->n) && isnan(b->n)) || (a->n == b->n && a->d == b->d);
}

/* What becomes of the rows once they are mended: all that changes, and what still is short. */
static int try_listed(const struct worklist_part *part, struct batch *batch, uint32_t first, int window,
		      struct crmval_error *error)
{
	const struct worklist_row *rows = part->question->rows + first;
	const struct crmval_dimension *table = part->run.dimension->table;
	uint32_t answers = batch->view->table->answer_count;
	struct observation *was = calloc((size_t)answers * BATCH_ROWS + 1, sizeof *was);
	if (!was)
		return fail_memory(error);
	batch_fill(batch, window);
	int code = batch_evaluate(batch, window, error);
	for (uint32_t a = 0; a < answers; a++)
		for (uint32_t i = 0; i < batch->rows.count; i++)
			was[a * BATCH_ROWS + i] =
				(struct observation){batch->numerators[a][i], batch->denominators[a][i]};
	for (uint32_t i = 0; i < batch->rows.count; i++)
		put_mends(batch, &rows[i], i);
	if (code == CRMVAL_OK)
		code = batch_evaluate(batch, window, error);
	for (uint32_t a = 0; a < answers; a++) {
		const struct crmval_measure *measure = &table->measures[batch->view->measures[a]];
		if (window && measure->flags & CRMVAL_STATE)
			continue;
		for (uint32_t i = 0; i < batch->rows.count && code == CRMVAL_OK; i++) {
			struct observation is = {batch->numerators[a][i], batch->denominators[a][i]};
			struct observation old = was[a * BATCH_ROWS + i];
			if (measure->kind == CRMVAL_SUM_OF)
				is.d = old.d = 0;
			int is_short = probe_shortfall(measure, &is) > 0 || probe_shortfall(measure, &old) > 0;
			if (is_same_observation(&old, &is) && !is_short)
				continue;
			const struct worklist_change answer = {rows[i].item, batch->view->measures[a], window, old, is};
			code = confine_write(&answer, sizeof answer, error);
		}
	}
	free(was);
	return code;
}

static int listed_rows(const struct worklist_part *part, struct batch *batch, struct crmval_error *error)
{
	const struct worklist_question *question = part->question;
	int windows = part->run.has_baseline && batch->view->is_event ? 2 : 1, code = CRMVAL_OK;
	uint32_t first = 0;
	while (first < question->row_count && question->rows[first].entity < batch->view->entity)
		first++;
	if (batch->view->table->input_count > 256)
		return CRMVAL_OK;
	for (uint32_t next; code == CRMVAL_OK && (next = choose_rows(batch, question, first)) > first; first = next) {
		if (question->task == WORKLIST_PROBE)
			code = probe_listed(part, batch, first, error);
		for (int window = 0; window < windows && question->task == WORKLIST_TRY && code == CRMVAL_OK; window++)
			code = try_listed(part, batch, first, window, error);
	}
	return code;
}

/* ---- the child ---- */

static int run_view(const struct worklist_part *part, uint32_t v, const struct crmval_view *live,
		    struct crmval_error *error)
{
	struct batch *batch = calloc(1, sizeof *batch);
	if (!batch)
		return fail_memory(error);
	int code = batch_open(batch, &part->run, &part->run.dimension->views[v], live, error);
	if (code == CRMVAL_OK)
		code = part->question->task == WORKLIST_FIND ? find_in_view(part, batch, error)
							     : listed_rows(part, batch, error);
	batch_close(batch);
	free(batch);
	return code;
}

int worklist_body(void *context, struct crmval_error *error)
{
	const struct worklist_part *part = context;
	const struct crmval_plugin *live;
	int code = confine_load(&live, error);
	if (code == CRMVAL_OK &&
	    (!live->dimension || live->dimension->view_count != part->run.dimension->table->view_count))
		return fail(error, CRMVAL_EPERM, "its tables are not those that it was described with");
	for (uint32_t v = 0; v < part->run.dimension->table->view_count && code == CRMVAL_OK; v++)
		code = run_view(part, v, &live->dimension->views[v], error);
	return code;
}
