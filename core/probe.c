/* SPDX-License-Identifier: MIT */
/*
 * For all rows of a batch at once: every value worth a try is put into one input after the other, the plugin looks, and
 * each row keeps the mend that leaves it the least short; again, until no row gets better.  A mend may make no
 * observation of the row worse, and take the row out of no measure.
 */
#include "probe.h"

#include "error.h"

#include <stdlib.h>
#include <string.h>

/* A value worth a try. */
struct candidate {
	uint32_t input;
	struct mend_value value;
	int32_t peer; /* an input whose value is taken; -1: value */
};

typedef double cells[BATCH_ROWS]; /* a column, as wide as any */

struct probe {
	struct batch *batch;
	const struct bound_view *view;
	const struct probe_measure *measures;
	uint32_t dimension, inputs, answers, rows;
	cells *given, *now;               /* by input: columns as they are, and with the mends kept so far */
	struct observation *observations; /* of the given columns: [answer][row] */
	struct candidate *candidates;
	uint32_t candidate_count, candidate_most;
	double *cost, *least; /* by row: what it is short with the mends so far, and with the best candidate */
	uint32_t *best;       /* by row: the best candidate, or candidate_count */
	struct mend *mends;
	uint32_t *counts;
	uint16_t *kept; /* by row and mend: the candidate */
	struct arena arena;
};

/* ---- what is tried ---- */

static int offer(struct probe *probe, uint32_t input, enum mend_kind kind, double number, int32_t peer)
{
	if (probe->candidate_count == probe->candidate_most) {
		uint32_t most = probe->candidate_most ? 2 * probe->candidate_most : 128;
		struct candidate *grown = realloc(probe->candidates, most * sizeof *grown);
		if (!grown)
			return -1;
		probe->candidates = grown;
		probe->candidate_most = most;
	}
	struct candidate *candidate = &probe->candidates[probe->candidate_count++];
	*candidate = (struct candidate){input, {.kind = kind, .number = number}, peer};
	if (kind == MEND_DATE)
		candidate->value.date = (int32_t)number;
	if (kind == MEND_WORD)
		candidate->value.word = (uint32_t)number;
	return 0;
}

/* What other inputs of the row hold, of the same kind: a date on time is that which it is late against. */
static int offer_peers(struct probe *probe, uint32_t input, enum mend_kind kind)
{
	int failed = 0;
	for (uint32_t i = 0; i < probe->inputs; i++)
		if (i != input && probe->view->inputs[i].as == probe->view->inputs[input].as)
			failed |= offer(probe, input, kind, 0, (int32_t)i);
	return failed;
}

static int offer_numbers(struct probe *probe, uint32_t input)
{
	const struct bound_dimension *dimension = probe->batch->run->dimension;
	int failed = offer(probe, input, MEND_NUMBER, 1, -1) | offer_peers(probe, input, MEND_NUMBER) |
		     offer(probe, input, MEND_NUMBER, 0, -1);
	for (uint32_t p = 0; p < dimension->table->parameter_count; p++) {
		const struct crmval_value *value = &dimension->parameters[p];
		if (value->is_set && (value->word_count > 0 || isfinite(value->number)))
			failed |= offer(probe, input, MEND_NUMBER,
					value->word_count ? value->word_count : value->number, -1);
	}
	return failed;
}

/* Of an input that is only asked whether it is filled. */
static int offer_filling(struct probe *probe, uint32_t input)
{
	switch (probe->view->inputs[input].route.field->type) {
	case FIELD_NUMBER:
	case FIELD_MONEY:
		return offer(probe, input, MEND_NUMBER, 1, -1);
	case FIELD_DATE:
		return offer(probe, input, MEND_DATE, probe->batch->run->windows[0].to, -1);
	case FIELD_FLAG:
		return offer(probe, input, MEND_FLAG, 1, -1);
	case FIELD_REFERENCE:
		return offer(probe, input, MEND_FIT, 0, -1);
	default:
		return offer(probe, input, MEND_FILL, 0, -1);
	}
}

static int offer_input(struct probe *probe, uint32_t input)
{
	const struct bound_input *bound = &probe->view->inputs[input];
	const struct crmval_window *period = &probe->batch->run->windows[0];
	int failed = 0;
	switch (bound->as) {
	case CRMVAL_REFERENCE:
		return bound->route.field->type == FIELD_REFERENCE && mend_is_own(bound)
			       ? offer(probe, input, MEND_FIT, 0, -1)
			       : 0;
	case CRMVAL_SYMBOL:
		for (uint32_t w = 0; bound->words && bound->words[w]; w++)
			failed |= offer(probe, input, MEND_WORD, w, -1);
		return failed | (bound->words ? 0 : offer(probe, input, MEND_FILL, 0, -1));
	case CRMVAL_DATE:
		return offer(probe, input, MEND_DATE, period->to, -1) | offer_peers(probe, input, MEND_DATE) |
		       offer(probe, input, MEND_DATE, period->from, -1);
	case CRMVAL_NUMBER:
		return offer_numbers(probe, input);
	case CRMVAL_FLAG:
		return offer(probe, input, MEND_FLAG, 1, -1) | offer(probe, input, MEND_FLAG, 0, -1);
	default:
		return offer_filling(probe, input);
	}
}

/*
 * Of mends that do as well, the first is kept: the row's own fields before those of others, and of these the later before the
 * earlier, since what a process comes to stands after what it starts from.
 */
static int offer_all(struct probe *probe)
{
	int failed = 0;
	for (int is_own = 1; is_own >= 0; is_own--)
		for (uint32_t i = probe->inputs; i-- > 0;)
			if (probe->view->inputs[i].is_mapped && mend_is_own(&probe->view->inputs[i]) == is_own)
				failed |= offer_input(probe, i);
	return failed || probe->candidate_count >= UINT16_MAX ? -1 : 0;
}

/* ---- trying ---- */

static struct mend_value value_of(const struct probe *probe, const struct candidate *candidate, uint32_t row)
{
	struct mend_value value = candidate->value;
	if (candidate->peer < 0)
		return value;
	const void *column = probe->given[candidate->peer];
	if (value.kind == MEND_DATE)
		value.date = ((const int32_t *)column)[row];
	else
		value.number = ((const double *)column)[row];
	return value;
}

static int is_value(const struct mend_value *value)
{
	return value->kind == MEND_DATE ? value->date != CRMVAL_NO_DATE : !isnan(value->number);
}

/* Puts a candidate into a row of the columns; 0: it has no value there. */
static int put(const struct probe *probe, const struct candidate *candidate, void *const *columns, uint32_t row)
{
	const struct bound_input *mended = &probe->view->inputs[candidate->input];
	struct mend_value value = value_of(probe, candidate, row);
	if (!is_value(&value))
		return 0;
	for (uint32_t i = 0; i < probe->inputs; i++)
		if (mend_is_same(mended, &probe->view->inputs[i]))
			mend_put(&probe->view->inputs[i], &value, mended->words, columns[i], row);
	if (value.kind == MEND_FIT)
		mend_put_behind(probe->view, mended, columns, row);
	return 1;
}

static void columns_of(cells *from, uint32_t count, void **columns)
{
	for (uint32_t i = 0; i < count; i++)
		columns[i] = from[i];
}

static void restore(const struct probe *probe, cells *from)
{
	memcpy(probe->batch->values, from, probe->inputs * sizeof *from);
}

static int is_higher_better(const struct crmval_measure *measure)
{
	return measure->better != CRMVAL_LOWER;
}

/* What a row is short now; infinite: something became worse than it was given. */
static double cost_of(const struct probe *probe, uint32_t row)
{
	const struct crmval_dimension *table = probe->batch->run->dimension->table;
	double cost = 0;
	for (uint32_t a = 0; a < probe->answers; a++) {
		const struct crmval_measure *measure = &table->measures[probe->view->measures[a]];
		const struct probe_measure *wanted = &probe->measures[probe->view->measures[a]];
		struct observation was = probe->observations[a * BATCH_ROWS + row];
		struct observation is = {probe->batch->numerators[a][row], probe->batch->denominators[a][row]};
		if (!isnan(was.n) &&
		    (isnan(is.n) || is.d < was.d || (is_higher_better(measure) ? is.n < was.n : is.n > was.n)))
			return INFINITY;
		if (wanted->is_wanted)
			cost += wanted->weight * probe_shortfall(measure, &is);
	}
	return cost;
}

static int is_missing(const struct probe *probe, uint32_t row, uint32_t input)
{
	return mend_is_missing(&probe->view->inputs[input], probe->given[input], row);
}

static int is_better(double cost, double than)
{
	return cost < than * (1 - 1e-9);
}

/* Filling in what is missing comes before changing what is there. */
static int is_preferred(const struct probe *probe, uint32_t row, uint32_t number)
{
	uint32_t best = probe->best[row];
	return best < probe->candidate_count && is_missing(probe, row, probe->candidates[number].input) &&
	       !is_missing(probe, row, probe->candidates[best].input);
}

/* Tries one candidate on all rows that have no mend of the same input yet. */
static int try_candidate(struct probe *probe, uint32_t number, struct crmval_error *error)
{
	void *columns[256];
	columns_of(probe->batch->values, probe->inputs, columns);
	for (uint32_t row = 0; row < probe->rows; row++)
		if (probe->cost[row] > 0 && probe->counts[row] < PROBE_MOST)
			put(probe, &probe->candidates[number], columns, row);
	int code = batch_evaluate(probe->batch, 0, error);
	for (uint32_t row = 0; row < probe->rows && code == CRMVAL_OK; row++) {
		double cost = probe->cost[row] > 0 && probe->counts[row] < PROBE_MOST ? cost_of(probe, row) : INFINITY;
		if (is_better(cost, probe->least[row]) ||
		    (!is_better(probe->least[row], cost) && is_preferred(probe, row, number))) {
			probe->least[row] = cost;
			probe->best[row] = number;
		}
	}
	restore(probe, probe->now);
	return code;
}

static void keep(struct probe *probe, uint32_t row)
{
	const struct candidate *candidate = &probe->candidates[probe->best[row]];
	void *columns[256];
	columns_of(probe->now, probe->inputs, columns);
	put(probe, candidate, columns, row);
	uint32_t place = row * PROBE_MOST + probe->counts[row]++;
	probe->mends[place] = (struct mend){.dimension = probe->dimension,
					    .view = (uint32_t)(probe->view - probe->batch->run->dimension->views),
					    .input = candidate->input,
					    .is_missing = is_missing(probe, row, candidate->input),
					    .value = value_of(probe, candidate, row)};
	probe->kept[place] = (uint16_t)probe->best[row];
	probe->cost[row] = probe->least[row];
}

/* One mend more for each row that can do with one; *any: a row got better. */
static int find_next(struct probe *probe, int *any, struct crmval_error *error)
{
	for (uint32_t row = 0; row < probe->rows; row++) {
		probe->least[row] = probe->cost[row];
		probe->best[row] = probe->candidate_count;
	}
	for (uint32_t c = 0; c < probe->candidate_count; c++) {
		int code = try_candidate(probe, c, error);
		if (code != CRMVAL_OK)
			return code;
	}
	*any = 0;
	for (uint32_t row = 0; row < probe->rows; row++) {
		if (probe->best[row] == probe->candidate_count)
			continue;
		keep(probe, row);
		*any = 1;
	}
	restore(probe, probe->now);
	return CRMVAL_OK;
}

/* ---- what else would do ---- */

static struct mend *mend_of(const struct probe *probe, uint32_t row, uint32_t input)
{
	for (uint32_t m = 0; m < probe->counts[row]; m++)
		if (probe->mends[row * PROBE_MOST + m].input == input)
			return &probe->mends[row * PROBE_MOST + m];
	return NULL;
}

/* A row with all of its mends but that of one input. */
static void undo(const struct probe *probe, uint32_t row, uint32_t input)
{
	void *columns[256];
	for (uint32_t i = 0; i < probe->inputs; i++) {
		size_t width = mend_width(&probe->view->inputs[i]);
		memcpy((char *)probe->batch->values[i] + row * width, (char *)probe->given[i] + row * width, width);
	}
	columns_of(probe->batch->values, probe->inputs, columns);
	for (uint32_t m = 0; m < probe->counts[row]; m++)
		if (probe->mends[row * PROBE_MOST + m].input != input)
			put(probe, &probe->candidates[probe->kept[row * PROBE_MOST + m]], columns, row);
}

/* Would this candidate do instead of the mend of `input`? */
static int try_instead(struct probe *probe, uint32_t input, uint32_t number, struct crmval_error *error)
{
	const struct candidate *candidate = &probe->candidates[number];
	void *columns[256];
	columns_of(probe->batch->values, probe->inputs, columns);
	for (uint32_t row = 0; row < probe->rows; row++)
		if (mend_of(probe, row, input) && !mend_of(probe, row, candidate->input)) {
			undo(probe, row, input);
			put(probe, candidate, columns, row);
		}
	int code = batch_evaluate(probe->batch, 0, error);
	for (uint32_t row = 0; row < probe->rows && code == CRMVAL_OK; row++) {
		struct mend *mend = mend_of(probe, row, input);
		if (mend && !mend_of(probe, row, candidate->input) && is_missing(probe, row, candidate->input) &&
		    !is_better(probe->cost[row], cost_of(probe, row)))
			mend->instead |= UINT64_C(1) << candidate->input;
	}
	restore(probe, probe->now);
	return code;
}

/* Only of the row's own fields, since these are what a person may choose between. */
static int find_instead(struct probe *probe, struct crmval_error *error)
{
	int code = CRMVAL_OK;
	for (uint32_t i = 0; i < probe->inputs; i++) {
		int any = 0;
		for (uint32_t row = 0; row < probe->rows; row++)
			any |= mend_of(probe, row, i) != NULL;
		for (uint32_t c = 0; c < probe->candidate_count && any && code == CRMVAL_OK; c++) {
			uint32_t other = probe->candidates[c].input;
			if (other < 64 && !mend_is_same(&probe->view->inputs[i], &probe->view->inputs[other]) &&
			    mend_is_own(&probe->view->inputs[other]))
				code = try_instead(probe, i, c, error);
		}
	}
	return code;
}

/* ---- the whole ---- */

static int open_probe(struct probe *probe, struct crmval_error *error)
{
	size_t rows = BATCH_ROWS;
	probe->given = arena_array(&probe->arena, probe->inputs, sizeof *probe->given);
	probe->now = arena_array(&probe->arena, probe->inputs, sizeof *probe->now);
	probe->observations = arena_array(&probe->arena, probe->answers * rows, sizeof *probe->observations);
	probe->cost = arena_array(&probe->arena, rows, sizeof *probe->cost);
	probe->least = arena_array(&probe->arena, rows, sizeof *probe->least);
	probe->best = arena_array(&probe->arena, rows, sizeof *probe->best);
	probe->kept = arena_array(&probe->arena, rows * PROBE_MOST, sizeof *probe->kept);
	if (!probe->given || !probe->now || !probe->observations || !probe->cost || !probe->least || !probe->best ||
	    !probe->kept || offer_all(probe) < 0)
		return fail_memory(error);
	return CRMVAL_OK;
}

/* How things stand without any mend. */
static int look(struct probe *probe, struct crmval_error *error)
{
	struct batch *batch = probe->batch;
	batch->rows.is_run = 0; /* all columns in batch->values */
	batch_fill(batch, 0);
	memcpy(probe->given, batch->values, probe->inputs * sizeof *probe->given);
	memcpy(probe->now, batch->values, probe->inputs * sizeof *probe->now);
	int code = batch_evaluate(batch, 0, error);
	for (uint32_t row = 0; row < probe->rows && code == CRMVAL_OK; row++) {
		for (uint32_t a = 0; a < probe->answers; a++)
			probe->observations[a * BATCH_ROWS + row] =
				(struct observation){batch->numerators[a][row], batch->denominators[a][row]};
		probe->cost[row] = cost_of(probe, row);
	}
	return code;
}

int probe_rows(struct batch *batch, uint32_t dimension, const struct probe_measure *measures, struct mend *mends,
	       uint32_t *counts, struct crmval_error *error)
{
	struct probe probe = {
		.batch = batch,
		.view = batch->view,
		.measures = measures,
		.dimension = dimension,
		.inputs = batch->view->table->input_count,
		.answers = batch->view->table->answer_count,
		.rows = batch->rows.count,
		.mends = mends,
		.counts = counts,
	};
	int any = 1;
	memset(counts, 0, probe.rows * sizeof *counts);
	if (probe.inputs > 256)
		return CRMVAL_OK; /* rows are listed without saying what to mend */
	int code = open_probe(&probe, error);
	if (code == CRMVAL_OK)
		code = look(&probe, error);
	for (int round = 0; round < PROBE_MOST && any && code == CRMVAL_OK; round++)
		code = find_next(&probe, &any, error);
	if (code == CRMVAL_OK)
		code = find_instead(&probe, error);
	free(probe.candidates);
	arena_free(&probe.arena);
	return code;
}
