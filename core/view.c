/* SPDX-License-Identifier: MIT */
/* Batches of a view: columns are handed over where they lie if they can be, else gathered. */
#include "view.h"

#include "confine.h"
#include "error.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Storage for one view's batches. */
struct batch {
	const struct view_run *run;
	const struct bound_view *view;
	const struct crmval_view *live;
	struct rows rows;
	int is_contiguous;
	uint32_t row[BATCH_ROWS];
	uint32_t unit[BREAKDOWN_COUNT][BATCH_ROWS];
	struct gather gather;
	struct crmval_column *columns;
	double (*values)[BATCH_ROWS]; /* by input: gathered columns, as wide as any */
	double (*numerators)[BATCH_ROWS];
	double (*denominators)[BATCH_ROWS];
	struct crmval_observations *observations;
	char (*no_data)[NO_DATA_LENGTH];
	struct arena arena;
};

static void fill_filled(const struct bound_input *input, const void *values, uint32_t count, uint8_t *out)
{
	for (uint32_t i = 0; i < count; i++)
		switch (input->route.field->type) {
		case FIELD_DATE:
			out[i] = ((const int32_t *)values)[i] != CRMVAL_NO_DATE;
			break;
		case FIELD_NUMBER:
		case FIELD_MONEY:
			out[i] = !isnan(((const double *)values)[i]);
			break;
		case FIELD_FLAG:
			out[i] = ((const int8_t *)values)[i] >= 0;
			break;
		case FIELD_SYMBOL:
			out[i] = ((const uint32_t *)values)[i] != 0;
			break;
		case FIELD_REFERENCE:
		case FIELD_KEY:
			out[i] = ((const int32_t *)values)[i] >= 0;
			break;
		case FIELD_TEXT:
			out[i] = ((const uint8_t *)values)[i] & TEXT_FILLED;
			break;
		}
}

static void fill_missing(enum field_type type, uint32_t count, void *out)
{
	for (uint32_t i = 0; i < count; i++) {
		if (type == FIELD_DATE)
			((int32_t *)out)[i] = CRMVAL_NO_DATE;
		else if (type == FIELD_NUMBER)
			((double *)out)[i] = NAN;
		else if (type == FIELD_FLAG)
			((int8_t *)out)[i] = -1;
		else
			((uint32_t *)out)[i] = 0;
	}
}

static void gather_rollup(const struct bound_input *input, const struct batch *batch, int window, void *out)
{
	const struct rollup *rollup = input->rollup;
	size_t width = data_width(rollup->type);
	const char *values = rollup->values[window].bytes;
	uint32_t count = batch->rows.count ? batch->rows.count : 1;
	if (!values) {
		fill_missing(rollup->type, count, out);
		return;
	}
	for (uint32_t i = 0; i < count; i++) {
		size_t at = rollup->by.count ? batch->row[i] : 0;
		if (rollup->by.count && batch->rows.count == 0)
			break;
		memcpy((char *)out + i * width, values + at * width, width);
	}
}

/* Values as the contract delivers them, from values as columns hold them; out may be values where it is no wider. */
static void deliver(const struct bound_input *input, const void *values, uint32_t count, void *out)
{
	const uint32_t *symbols = values;
	const uint8_t *texts = values;
	switch (input->as) {
	case CRMVAL_FILLED:
		fill_filled(input, values, count, out);
		break;
	case CRMVAL_EMAIL:
	case CRMVAL_PHONE:
		for (uint32_t i = 0; i < count; i++)
			((uint8_t *)out)[i] = !(texts[i] & TEXT_FILLED) ? 0
					      : texts[i] & (input->as == CRMVAL_EMAIL ? TEXT_IS_EMAIL : TEXT_IS_PHONE)
						      ? 2
						      : 1;
		break;
	default: /* a symbol with words */
		for (uint32_t i = 0; i < count; i++)
			((uint32_t *)out)[i] = input->translation[symbols[i]];
	}
}

/* Where a column lies as it is to be delivered, for rows one after the other; NULL: it has to be gathered. */
static const void *in_place(const struct batch *batch, const struct bound_input *input, int window)
{
	if (!batch->is_contiguous || batch->rows.count == 0)
		return NULL;
	if (input->rollup)
		return input->rollup->by.count && input->rollup->values[window].bytes
			       ? (const char *)input->rollup->values[window].bytes +
					 batch->row[0] * data_width(input->rollup->type)
			       : NULL;
	const struct route *route = &input->route;
	enum field_type type = route->field->type;
	if (route->count > 1 || route->paths[0].hop_count > 0 || input->translation || input->as >= CRMVAL_FILLED ||
	    (type == FIELD_MONEY && batch->run->data->rates))
		return NULL;
	const char *values = batch->run->data->tables[batch->view->entity].columns[route->paths[0].field].values.bytes;
	return values ? values + batch->row[0] * data_width(type) : NULL;
}

static void fill_columns(struct batch *batch, int window)
{
	const struct job *job = batch->run->job;
	const struct crmval_window *days = window ? &job->baseline : &job->period;
	double raw[BATCH_ROWS];
	for (uint32_t i = 0; i < batch->view->table->input_count; i++) {
		const struct bound_input *input = &batch->view->inputs[i];
		struct crmval_column *column = &batch->columns[i];
		column->is_mapped = (uint32_t)input->is_mapped;
		column->is_checked = (uint32_t)input->is_checked;
		column->data = in_place(batch, input, window);
		if (column->data)
			continue;
		column->data = batch->values[i];
		if (input->rollup) {
			gather_rollup(input, batch, window, batch->values[i]);
		} else if (input->translation || input->as >= CRMVAL_FILLED) {
			route_gather(&input->route, batch->run->data, days, &batch->rows, &batch->gather, raw);
			deliver(input, raw, batch->rows.count, batch->values[i]);
		} else {
			route_gather(&input->route, batch->run->data, days, &batch->rows, &batch->gather,
				     batch->values[i]);
		}
	}
}

static int call_plugin(struct batch *batch, int window, struct crmval_error *error)
{
	const struct job *job = batch->run->job;
	struct crmval_window days = window ? job->baseline : job->period;
	days.is_baseline = window;
	const struct crmval_batch call = {
		.struct_size = sizeof call,
		.row_count = batch->rows.count,
		.columns = batch->columns,
		.parameters = batch->run->dimension->parameters,
		.window = &days,
	};
	for (uint32_t a = 0; a < batch->view->table->answer_count; a++) {
		for (uint32_t i = 0; i < batch->rows.count; i++)
			batch->numerators[a][i] = NAN;
		memset(batch->denominators[a], 0, batch->rows.count * sizeof batch->denominators[a][0]);
		batch->observations[a] =
			(struct crmval_observations){batch->numerators[a], batch->denominators[a], batch->no_data[a]};
	}
	fill_columns(batch, window);
	int code = batch->live->evaluate(&call, batch->observations, error);
	if (code < CRMVAL_OK)
		return code;
	return code == CRMVAL_OK ? code : fail(error, CRMVAL_EBUG, "evaluate returned %d, which is no code", code);
}

/* Is this observation within what the contract allows of its measure? */
static int is_allowed(const struct crmval_measure *measure, double n, double d)
{
	if (!(fabs(n) < 0x1p63) || !(fabs(d) < 0x1p63))
		return 0;
	return !(measure->flags & CRMVAL_SHARE) || (n >= 0 && n <= d) || (n <= 0 && n >= d);
}

static int add_answer(struct batch *batch, uint32_t a, int window, struct crmval_error *error)
{
	const struct view_run *run = batch->run;
	uint32_t m = batch->view->measures[a];
	const struct crmval_measure *measure = &run->dimension->table->measures[m];
	const struct tally_shape *shape = &run->tally->shape;
	size_t base = tally_place(shape, m, window, 0);
	const double *n = batch->numerators[a], *d = batch->denominators[a];
	int is_sum = measure->kind == CRMVAL_SUM_OF;
	for (uint32_t i = 0; i < batch->rows.count; i++) {
		if (isnan(n[i]))
			continue;
		double denominator = is_sum ? 0 : d[i];
		if (!is_allowed(measure, n[i], denominator))
			return fail(error, CRMVAL_EDATA,
				    "measure %s: numerator %g, denominator %g is not allowed of a %s", measure->id,
				    n[i], denominator, measure->flags & CRMVAL_SHARE ? "share" : "measure");
		if (shape->places == 1)
			tally_add_at(run->tally, base, n[i], denominator);
		for (int b = 0; b < BREAKDOWN_COUNT; b++)
			if (shape->wanted[b])
				tally_add_at(run->tally, base + shape->first[b] + batch->unit[b][i], n[i], denominator);
	}
	return CRMVAL_OK;
}

/* One window of one batch; a state measure has no baseline, one whose fields are not mapped no data. */
static int run_window(struct batch *batch, int window, struct crmval_error *error)
{
	const struct view_run *run = batch->run;
	int code = call_plugin(batch, window, error);
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
	batch->rows = (struct rows){batch->row, 0};
	for (int window = 0; window < windows; window++) {
		memset(batch->no_data, 0, batch->view->table->answer_count * sizeof batch->no_data[0]);
		int code = call_plugin(batch, window, error);
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

static void choose_rows(struct batch *batch, uint64_t number)
{
	const struct table *table = &batch->run->data->tables[batch->view->entity];
	uint32_t first = (uint32_t)(number * BATCH_ROWS), all = atomic_load(&table->rows);
	uint32_t end = all - first < BATCH_ROWS ? all : first + BATCH_ROWS, count = 0;
	for (uint32_t row = first; row < end; row++)
		if (!table_is_dropped(table, row))
			batch->row[count++] = row;
	batch->rows = (struct rows){batch->row, count};
	batch->is_contiguous = count == end - first;
}

static int open_batch(struct batch *batch, struct crmval_error *error)
{
	uint32_t inputs = batch->view->table->input_count + 1, answers = batch->view->table->answer_count + 1;
	batch->columns = arena_array(&batch->arena, inputs, sizeof *batch->columns);
	batch->values = arena_array(&batch->arena, inputs, sizeof *batch->values);
	batch->numerators = arena_array(&batch->arena, answers, sizeof *batch->numerators);
	batch->denominators = arena_array(&batch->arena, answers, sizeof *batch->denominators);
	batch->observations = arena_array(&batch->arena, answers, sizeof *batch->observations);
	batch->no_data = arena_array(&batch->arena, answers, sizeof *batch->no_data);
	if (!batch->columns || !batch->values || !batch->numerators || !batch->denominators || !batch->observations ||
	    !batch->no_data)
		return fail_memory(error);
	return CRMVAL_OK;
}

int view_run(const struct view_run *run, const struct bound_view *view, const struct crmval_view *live,
	     struct crmval_error *error)
{
	struct batch *batch = calloc(1, sizeof *batch);
	if (!batch)
		return fail_memory(error);
	batch->run = run;
	batch->view = view;
	batch->live = live;
	int windows = run->job->has_baseline && view->is_event ? 2 : 1;
	int has_units = run->tally->shape.places > 1;
	const struct table *table = &run->data->tables[view->entity];
	int code = open_batch(batch, error);
	snprintf(run->breadcrumb, CONFINE_BREADCRUMB, "asking the view of %s", view->table->entity);
	if (code == CRMVAL_OK)
		code = ask_no_data(batch, windows, error);
	uint64_t batches = table->is_mapped ? view_batches(atomic_load(&table->rows)) : 0;
	for (uint64_t number = run->part; number < batches && code == CRMVAL_OK; number += run->parts) {
		choose_rows(batch, number);
		if (has_units)
			units_of(run->units, view->entity, &batch->rows, &batch->gather, batch->unit);
		snprintf(run->breadcrumb, CONFINE_BREADCRUMB, "evaluating the view of %s, batch %llu",
			 view->table->entity, (unsigned long long)number);
		for (int window = 0; window < windows && code == CRMVAL_OK; window++)
			code = run_window(batch, window, error);
	}
	arena_free(&batch->arena);
	free(batch);
	return code;
}
