/* SPDX-License-Identifier: MIT */
/* Columns are handed over where they lie if they can be, else gathered. */
#include "batch.h"

#include "error.h"

#include <math.h>
#include <string.h>

#define FILLED(type, is_filled)                                                                                        \
	do {                                                                                                           \
		const type *value = values;                                                                            \
		for (uint32_t i = 0; i < count; i++)                                                                   \
			out[i] = (is_filled);                                                                          \
	} while (0)

static void fill_filled(const struct bound_input *input, const void *values, uint32_t count, uint8_t *out)
{
	switch (input->route.field->type) {
	case FIELD_DATE:
		FILLED(int32_t, value[i] != CRMVAL_NO_DATE);
		break;
	case FIELD_NUMBER:
	case FIELD_MONEY:
		FILLED(double, !isnan(value[i]));
		break;
	case FIELD_FLAG:
		FILLED(int8_t, value[i] >= 0);
		break;
	case FIELD_SYMBOL:
		FILLED(uint32_t, value[i] != 0);
		break;
	case FIELD_REFERENCE:
	case FIELD_KEY:
		FILLED(int32_t, value[i] >= 0);
		break;
	case FIELD_TEXT:
		FILLED(uint8_t, value[i] & TEXT_FILLED);
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

/* The widths that there are, so that no call is made for each. */
static inline void copy_value(char *to, const char *from, size_t width)
{
	if (width == 8)
		memcpy(to, from, 8);
	else if (width == 4)
		memcpy(to, from, 4);
	else
		*to = *from;
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
	/* One value for all, which a call without rows has as well; or each row's own. */
	for (uint32_t i = 0; !rollup->by.count && i < count; i++)
		copy_value((char *)out + i * width, values, width);
	for (uint32_t i = 0; rollup->by.count && i < batch->rows.count; i++)
		copy_value((char *)out + i * width, values + batch->row[i] * width, width);
}

/* Values as the contract delivers them, from values as columns hold them; out may be values where it is no wider. */
static void deliver(const struct bound_input *input, const void *values, uint32_t count, void *out)
{
	const uint32_t *symbols = values;
	const uint8_t *texts = values;
	uint8_t is_right = TEXT_FILLED | (input->as == CRMVAL_EMAIL ? TEXT_IS_EMAIL : TEXT_IS_PHONE);
	switch (input->as) {
	case CRMVAL_FILLED:
		fill_filled(input, values, count, out);
		break;
	case CRMVAL_EMAIL:
	case CRMVAL_PHONE:
		for (uint32_t i = 0; i < count; i++)
			((uint8_t *)out)[i] = (uint8_t)((texts[i] & TEXT_FILLED) + ((texts[i] & is_right) == is_right));
		break;
	default: /* a symbol with words */
		for (uint32_t i = 0; i < count; i++)
			((uint32_t *)out)[i] = input->translation[symbols[i]];
	}
}

/* Does its value depend on the window, by its exchange rates? */
static int is_money(const struct batch *batch, const struct bound_input *input)
{
	return batch->run->data->rates && input->route.field->type == FIELD_MONEY;
}

/* Where a column lies as it is to be delivered, for rows one after the other; NULL: it has to be gathered. */
static const void *in_place(const struct batch *batch, const struct bound_input *input, int window)
{
	if (!batch->rows.is_run || batch->rows.count == 0)
		return NULL;
	if (input->rollup)
		return input->rollup->by.count && input->rollup->values[window].bytes
			       ? (const char *)input->rollup->values[window].bytes +
					 batch->row[0] * data_width(input->rollup->type)
			       : NULL;
	return input->translation || input->as >= CRMVAL_FILLED
		       ? NULL
		       : route_in_place(&input->route, batch->run->data, &batch->rows);
}

static void fill(struct batch *batch, int window, int is_all)
{
	const struct crmval_window *days = &batch->run->windows[window];
	double raw[BATCH_ROWS];
	for (uint32_t i = 0; i < batch->view->table->input_count; i++) {
		const struct bound_input *input = &batch->view->inputs[i];
		struct crmval_column *column = &batch->columns[i];
		column->is_mapped = (uint32_t)input->is_mapped;
		column->is_checked = (uint32_t)input->is_checked;
		if (!is_all && !input->rollup && !is_money(batch, input))
			continue;
		column->data = in_place(batch, input, window);
		if (column->data)
			continue;
		column->data = batch->values[i];
		if (input->rollup) {
			gather_rollup(input, batch, window, batch->values[i]);
		} else if (input->translation || input->as >= CRMVAL_FILLED) {
			const void *values = route_in_place(&input->route, batch->run->data, &batch->rows);
			if (!values)
				route_gather(&input->route, batch->run->data, days, &batch->rows, &batch->gather, raw);
			deliver(input, values ? values : raw, batch->rows.count, batch->values[i]);
		} else {
			route_gather(&input->route, batch->run->data, days, &batch->rows, &batch->gather,
				     batch->values[i]);
		}
	}
}

void batch_fill(struct batch *batch, int window)
{
	fill(batch, window, 1);
}

void batch_turn(struct batch *batch, int window)
{
	fill(batch, window, 0);
}

int batch_evaluate(struct batch *batch, int window, struct crmval_error *error)
{
	struct crmval_window days = batch->run->windows[window];
	days.is_baseline = window;
	const struct crmval_batch call = {
		.struct_size = sizeof call,
		.row_count = batch->rows.count,
		.columns = batch->columns,
		.parameters = batch->run->dimension->parameters,
		.window = &days,
	};
	for (uint32_t i = 0; i < batch->rows.count && batch->view->table->answer_count; i++)
		batch->numerators[0][i] = NAN;
	for (uint32_t a = 0; a < batch->view->table->answer_count; a++) {
		if (a)
			memcpy(batch->numerators[a], batch->numerators[0], batch->rows.count * sizeof(double));
		memset(batch->denominators[a], 0, batch->rows.count * sizeof batch->denominators[a][0]);
		batch->observations[a] =
			(struct crmval_observations){batch->numerators[a], batch->denominators[a], batch->no_data[a]};
	}
	int code = batch->live->evaluate(&call, batch->observations, error);
	if (code < CRMVAL_OK)
		return code;
	return code == CRMVAL_OK ? code : fail(error, CRMVAL_EBUG, "evaluate returned %d, which is no code", code);
}

void batch_choose(struct batch *batch, uint64_t number)
{
	const struct table *table = &batch->run->data->tables[batch->view->entity];
	uint32_t first = (uint32_t)(number * BATCH_ROWS), all = atomic_load(&table->rows);
	uint32_t end = all - first < BATCH_ROWS ? all : first + BATCH_ROWS, count = 0;
	for (uint32_t row = first; row < end; row++)
		if (!table_is_dropped(table, row) && !table_is_foreign(table, row))
			batch->row[count++] = row;
	batch->rows = (struct rows){batch->row, count, count == end - first};
}

int batch_open(struct batch *batch, const struct view_run *run, const struct bound_view *view,
	       const struct crmval_view *live, struct crmval_error *error)
{
	batch->run = run;
	batch->view = view;
	batch->live = live;
	batch->arena.kind = ARENA_MAPPED; /* most batches are short, and the rest of the room stays untouched */
	uint32_t inputs = batch->view->table->input_count + 1, answers = batch->view->table->answer_count + 1;
	batch->columns = arena_array(&batch->arena, inputs, sizeof *batch->columns);
	batch->observations = arena_array(&batch->arena, answers, sizeof *batch->observations);
	batch->no_data = arena_array(&batch->arena, answers, sizeof *batch->no_data);
	batch->values = arena_array(&batch->arena, (size_t)inputs + 2 * (size_t)answers, sizeof *batch->values);
	if (!batch->columns || !batch->observations || !batch->no_data || !batch->values)
		return fail_memory(error);
	batch->numerators = batch->values + inputs;
	batch->denominators = batch->numerators + answers;
	return CRMVAL_OK;
}

void batch_close(struct batch *batch)
{
	arena_free(&batch->arena);
}
