/* SPDX-License-Identifier: MIT */
/* In a child: finding rows that fall short, probing those that are to be listed, trying the mends. */
#include "worklist_child.h"

#include "confine.h"
#include "error.h"

#include <stdlib.h>
#include <string.h>

/* ---- what a row's shortfall is worth ---- */

enum { MEMO = 8192 };

/* Most rows fall short in one of a few ways. */
struct memo {
	uint32_t measure;
	struct observation from;
	double points;
	int is_known;
};

static double worth(struct whatif *whatif, struct memo *memo, uint32_t measure, const struct crmval_measure *table,
		    const struct observation *from)
{
	uint64_t bits[2];
	memcpy(bits, from, sizeof bits);
	uint64_t hash =
		(bits[0] * 31 + bits[1]) * UINT64_C(0x9e3779b97f4a7c15) + measure * UINT64_C(0xd1b54a32d192ed03);
	struct memo *known = &memo[hash >> 51];
	if (!known->is_known || known->measure != measure || known->from.n != from->n || known->from.d != from->d) {
		const struct observation to = {table->better == CRMVAL_LOWER ? 0 : from->d, from->d};
		const struct whatif_change change = {measure, 0, *from, to};
		*known = (struct memo){measure, *from, whatif_score(whatif, &change, 1) - whatif->score, 1};
	}
	return known->points;
}

/* ---- finding ---- */

struct finding {
	const struct worklist_part *part;
	struct memo *memo;
	struct worklist_found *found;
	size_t count;
};

static int is_asked(const struct worklist_part *part, uint32_t measure)
{
	const struct worklist_work *work = part->work;
	return work->weights[work->first[part->dimension] + measure].is_wanted;
}

static void find_in_batch(struct finding *finding, const struct batch *batch)
{
	const struct worklist_part *part = finding->part;
	const struct crmval_dimension *table = part->run.dimension->table;
	for (uint32_t i = 0; i < batch->rows.count; i++) {
		struct worklist_found row = {.entity = batch->view->entity, .row = batch->row[i]};
		for (uint32_t a = 0; a < batch->view->table->answer_count; a++) {
			uint32_t m = batch->view->measures[a], place = part->work->first[part->dimension] + m;
			const struct observation is = {batch->numerators[a][i], batch->denominators[a][i]};
			if (!is_asked(part, m) || !(probe_shortfall(&table->measures[m], &is) > 0))
				continue;
			double points = worth(part->work->whatif, finding->memo, place, &table->measures[m], &is);
			row.points += points;
			if (points > row.most) {
				row.most = points;
				row.measure = place;
			}
		}
		if (!(row.points > 0))
			continue;
		finding->found[finding->count++] = row;
		if (finding->count == 2 * WORKLIST_KEPT)
			finding->count = worklist_best(part->work, finding->found, finding->count, WORKLIST_KEPT);
	}
}

static int find_in_view(struct finding *finding, struct batch *batch, struct crmval_error *error)
{
	const struct worklist_part *part = finding->part;
	const struct table *table = &part->run.data->tables[batch->view->entity];
	uint64_t batches = table->is_mapped ? view_batches(atomic_load(&table->rows)) : 0;
	int code = CRMVAL_OK;
	for (uint64_t number = part->run.part; number < batches && code == CRMVAL_OK; number += part->run.parts) {
		batch_choose(batch, number);
		batch_fill(batch, 0);
		code = batch_evaluate(batch, 0, error);
		if (code == CRMVAL_OK)
			find_in_batch(finding, batch);
	}
	return code;
}

/* ---- the rows that are listed ---- */

/* Some of them, as a batch; their items are in order.  Returns the item after the last. */
static uint32_t choose_items(struct batch *batch, const struct worklist_work *work, uint32_t item)
{
	uint32_t count = 0;
	while (item < work->item_count && work->items[item].entity == batch->view->entity && count < BATCH_ROWS)
		batch->row[count++] = work->items[item++].row;
	batch->rows = (struct rows){batch->row, count};
	batch->is_contiguous = 0;
	return item;
}

static int probe_items(const struct worklist_part *part, struct batch *batch, uint32_t first,
		       struct crmval_error *error)
{
	const struct worklist_work *work = part->work;
	struct mend *mends = calloc((size_t)BATCH_ROWS * PROBE_MOST, sizeof *mends);
	uint32_t *counts = calloc(BATCH_ROWS, sizeof *counts);
	int code = mends && counts ? probe_rows(batch, part->dimension, work->weights + work->first[part->dimension],
						mends, counts, error)
				   : fail_memory(error);
	for (uint32_t i = 0; i < batch->rows.count && code == CRMVAL_OK; i++)
		for (uint32_t m = 0; m < counts[i] && code == CRMVAL_OK; m++) {
			const struct worklist_mend answer = {first + i, mends[i * PROBE_MOST + m]};
			code = confine_write(&answer, sizeof answer, error);
		}
	free(mends);
	free(counts);
	return code;
}

/* Puts all mends of an item into its row of the batch, also those that other dimensions found. */
static void put_mends(struct batch *batch, const struct worklist_item *item, uint32_t i)
{
	const struct bound_view *view = batch->view;
	uint32_t count = view->table->input_count;
	void *columns[256];
	for (uint32_t c = 0; c < count; c++)
		columns[c] = batch->values[c];
	for (uint32_t m = 0; m < item->mend_count; m++) {
		const struct mend *mend = &item->mends[m];
		const struct bound_input *mended = &item->mended[m];
		for (uint32_t c = 0; c < count; c++)
			if (mend_is_same(mended, &view->inputs[c]))
				mend_put(&view->inputs[c], &mend->value, mended->words, columns[c], i);
		if (mend->value.kind == MEND_FIT)
			mend_put_behind(view, mended, columns, i);
	}
}

static int is_same_observation(const struct observation *a, const struct observation *b)
{
	return (isnan(a->n) && isnan(b->n)) || (a->n == b->n && a->d == b->d);
}

/* What becomes of the rows once they are mended: all that changes, and what still is short. */
static int try_items(const struct worklist_part *part, struct batch *batch, uint32_t first, int window,
		     struct crmval_error *error)
{
	const struct worklist_work *work = part->work;
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
		put_mends(batch, &work->items[first + i], i);
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
			const struct worklist_change answer = {
				first + i, {work->first[part->dimension] + batch->view->measures[a], window, old, is}};
			code = confine_write(&answer, sizeof answer, error);
		}
	}
	free(was);
	return code;
}

static int listed_rows(const struct worklist_part *part, struct batch *batch, struct crmval_error *error)
{
	const struct worklist_work *work = part->work;
	int windows = part->run.has_baseline && batch->view->is_event ? 2 : 1, code = CRMVAL_OK;
	uint32_t first = 0;
	while (first < work->item_count && work->items[first].entity < batch->view->entity)
		first++;
	if (batch->view->table->input_count > 256)
		return CRMVAL_OK;
	for (uint32_t next; code == CRMVAL_OK && (next = choose_items(batch, work, first)) > first; first = next) {
		if (part->task == WORKLIST_PROBE)
			code = probe_items(part, batch, first, error);
		for (int window = 0; window < windows && part->task == WORKLIST_TRY && code == CRMVAL_OK; window++)
			code = try_items(part, batch, first, window, error);
	}
	return code;
}

/* ---- the child ---- */

static int run_view(struct finding *finding, uint32_t v, const struct crmval_view *live, struct crmval_error *error)
{
	const struct worklist_part *part = finding->part;
	struct batch *batch = calloc(1, sizeof *batch);
	if (!batch)
		return fail_memory(error);
	int code = batch_open(batch, &part->run, &part->run.dimension->views[v], live, error);
	if (code == CRMVAL_OK)
		code = part->task == WORKLIST_FIND ? find_in_view(finding, batch, error)
						   : listed_rows(part, batch, error);
	batch_close(batch);
	free(batch);
	return code;
}

int worklist_body(void *context, struct crmval_error *error)
{
	struct worklist_part *part = context;
	struct finding finding = {.part = part};
	const struct crmval_plugin *live;
	int code = confine_load(&live, error);
	if (code == CRMVAL_OK &&
	    (!live->dimension || live->dimension->view_count != part->run.dimension->table->view_count))
		return fail(error, CRMVAL_EPERM, "its tables are not those that it was described with");
	if (code == CRMVAL_OK && part->task == WORKLIST_FIND) {
		finding.memo = calloc(MEMO, sizeof *finding.memo);
		finding.found = calloc(2 * (size_t)WORKLIST_KEPT, sizeof *finding.found);
		if (!finding.memo || !finding.found)
			code = fail_memory(error);
	}
	for (uint32_t v = 0; v < part->run.dimension->table->view_count && code == CRMVAL_OK; v++)
		code = run_view(&finding, v, &live->dimension->views[v], error);
	if (code == CRMVAL_OK && part->task == WORKLIST_FIND) {
		finding.count = worklist_best(part->work, finding.found, finding.count, WORKLIST_KEPT);
		code = confine_write(finding.found, finding.count * sizeof *finding.found, error);
	}
	free(finding.memo);
	free(finding.found);
	return code;
}
