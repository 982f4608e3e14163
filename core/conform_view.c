/* SPDX-License-Identifier: MIT */
/*
 * The same rows in batches of 4096, 7 and 1, those of 7 backwards, so that whatever is kept between calls, or read from
 * another row, shows.  Columns can only be read, and they and the answers end where no memory is: what is written or read
 * past them ends the child, and the breadcrumb says where.
 */
#include "conform_view.h"

#include "confine.h"
#include "confine_child.h"
#include "error.h"
#include "text.h"
#include "view.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { WINDOWS = 2 };

struct trying {
	const struct view_trial *trial;
	const struct bound_view *view;
	const struct crmval_view *live;
	struct made_rows rows;
	struct crmval_column *columns;
	struct crmval_observations *observations; /* of a batch */
	struct guarded *arrays[2];                /* numerators and denominators of a batch, by answer */
	char (*no_data)[NO_DATA_LENGTH], (*expected)[NO_DATA_LENGTH];
	double *first[WINDOWS][2]; /* of all rows, by answer: as the first size of batches gave them */
	uint64_t digest;
	double seconds;
	struct arena arena;
};

static const struct crmval_window windows[WINDOWS] = {{20089, 20453, 0}, {19723, 20088, 1}}; /* 2025, 2024 */

static const char *const kinds[ROWS_KINDS] = {N_("random rows"), N_("extreme rows"), N_("rows that are all missing"),
					      N_("rows of which nothing is mapped")};

static const char *measure_of(const struct trying *t, uint32_t answer)
{
	return t->view->table->answers[answer].measure;
}

/* ---- a call ---- */

static int open_arrays(struct trying *t, uint32_t most, struct crmval_error *error)
{
	uint32_t answers = t->view->table->answer_count;
	int code = CRMVAL_OK;
	t->columns = arena_array(&t->arena, (size_t)t->view->table->input_count + 1, sizeof *t->columns);
	t->observations = arena_array(&t->arena, answers, sizeof *t->observations);
	t->no_data = arena_array(&t->arena, answers, sizeof *t->no_data);
	t->expected = arena_array(&t->arena, answers, sizeof *t->expected);
	for (int i = 0; i < 2; i++)
		t->arrays[i] = arena_array(&t->arena, answers, sizeof *t->arrays[i]);
	if (!t->columns || !t->observations || !t->no_data || !t->expected || !t->arrays[0] || !t->arrays[1])
		return fail_memory(error);
	for (uint32_t a = 0; a < answers && !code; a++)
		for (int i = 0; i < 2 && !code; i++)
			code = guarded_open(&t->arrays[i][a], (size_t)most * sizeof(double), error);
	return code;
}

static double *array_for(const struct guarded *array, uint32_t count)
{
	return (double *)(void *)(array->bytes + array->size - count * sizeof(double));
}

static int call(struct trying *t, uint32_t first, uint32_t count, int window, struct crmval_error *error)
{
	const struct crmval_batch batch = {.struct_size = sizeof batch,
					   .row_count = count,
					   .columns = t->columns,
					   .parameters = t->trial->parameters,
					   .window = &windows[window]};
	struct timespec start, end;
	made_rows_columns(&t->rows, first, t->columns);
	for (uint32_t a = 0; a < t->view->table->answer_count; a++) {
		double *n = array_for(&t->arrays[0][a], count), *d = array_for(&t->arrays[1][a], count);
		for (uint32_t i = 0; i < count; i++) {
			n[i] = NAN;
			d[i] = 0;
		}
		t->no_data[a][0] = '\0';
		t->observations[a] = (struct crmval_observations){n, d, t->no_data[a]};
	}
	clock_gettime(CLOCK_MONOTONIC, &start);
	int code = t->live->evaluate(&batch, t->observations, error);
	clock_gettime(CLOCK_MONOTONIC, &end);
	t->seconds += (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) * 1e-9;
	if (code > CRMVAL_OK)
		return fail(error, CRMVAL_EBUG, "evaluate returned %d, which is no code", code);
	if (code < CRMVAL_OK && !*error->message)
		return fail(error, CRMVAL_EBUG, "evaluate returned %d and did not say why", code);
	return code;
}

/* ---- the rules ---- */

static int check_values(const struct trying *t, uint32_t a, uint32_t first, uint32_t count, struct crmval_error *error)
{
	const struct crmval_measure *measure = &t->trial->dimension->table->measures[t->view->measures[a]];
	const double *n = t->observations[a].numerator, *d = t->observations[a].denominator;
	for (uint32_t i = 0; i < count; i++) {
		double denominator = measure->kind == CRMVAL_SUM_OF ? 0 : d[i];
		if (!isnan(n[i]) && !view_allows(measure, n[i], denominator))
			return fail(
				error, CRMVAL_EDATA,
				"measure %s: row %u has numerator %g and denominator %g, which is not allowed of a %s",
				measure->id, first + i, n[i], denominator,
				measure->flags & CRMVAL_SHARE ? "share" : "measure");
	}
	return CRMVAL_OK;
}

static int check_reason(const struct trying *t, uint32_t a, struct crmval_error *error)
{
	if (!memchr(t->no_data[a], '\0', NO_DATA_LENGTH))
		return fail(error, CRMVAL_EBUG, "measure %s: no_data does not end within its %d bytes",
			    measure_of(t, a), NO_DATA_LENGTH);
	if (strcmp(t->no_data[a], t->expected[a]) != 0)
		return fail(error, CRMVAL_EBUG,
			    "measure %s: no_data is \"%.100s\" with rows and \"%.100s\" without: it must not depend on "
			    "them",
			    measure_of(t, a), t->no_data[a], t->expected[a]);
	return CRMVAL_OK;
}

/* The first batches are kept, all others must give the same bits. */
static int check_same(struct trying *t, uint32_t a, uint32_t first, uint32_t count, uint32_t size, int window,
		      struct crmval_error *error)
{
	const double *arrays[2] = {t->observations[a].numerator, t->observations[a].denominator};
	for (int i = 0; i < 2; i++) {
		double *known = t->first[window][i] + (size_t)a * VIEW_TRIAL_ROWS + first;
		if (size == VIEW_TRIAL_BATCH)
			memcpy(known, arrays[i], count * sizeof *known);
		for (uint32_t r = 0; r < count; r++)
			if (memcmp(&known[r], &arrays[i][r], sizeof *known) != 0)
				return fail(error, CRMVAL_EBUG,
					    "measure %s: row %u has the %s %.17g in a batch of %u rows and %.17g in "
					    "one of %d: "
					    "it must depend on the row alone",
					    measure_of(t, a), first + r, i ? "denominator" : "numerator", arrays[i][r],
					    size, known[r], VIEW_TRIAL_BATCH);
	}
	return CRMVAL_OK;
}

static int try_batch(struct trying *t, uint32_t first, uint32_t count, uint32_t size, int window,
		     struct crmval_error *error)
{
	snprintf(t->trial->breadcrumb, CONFINE_BREADCRUMB, _("it evaluated %s, %u from row %u on"),
		 _(kinds[t->trial->kind]), count, first);
	int code = call(t, first, count, window, error);
	for (uint32_t a = 0; a < t->view->table->answer_count && !code; a++) {
		code = check_values(t, a, first, count, error);
		if (!code)
			code = check_reason(t, a, error);
		if (!code)
			code = check_same(t, a, first, count, size, window, error);
	}
	return code;
}

static int try_window(struct trying *t, int window, struct crmval_error *error)
{
	uint32_t rows = VIEW_TRIAL_ROWS, last = rows / 7;
	snprintf(t->trial->breadcrumb, CONFINE_BREADCRUMB, _("it evaluated a batch of no rows"));
	int code = call(t, 0, 0, window, error);
	for (uint32_t a = 0; a < t->view->table->answer_count; a++)
		memcpy(t->expected[a], t->no_data[a], NO_DATA_LENGTH);
	for (uint32_t first = 0; first < rows && !code; first += VIEW_TRIAL_BATCH)
		code = try_batch(t, first, rows - first < VIEW_TRIAL_BATCH ? rows - first : VIEW_TRIAL_BATCH,
				 VIEW_TRIAL_BATCH, window, error);
	for (uint32_t i = 0; i <= last && !code; i++) {
		uint32_t first = (last - i) * 7;
		if (first < rows)
			code = try_batch(t, first, rows - first < 7 ? rows - first : 7, 7, window, error);
	}
	for (uint32_t row = 0; row < rows && !code; row++)
		code = try_batch(t, row, 1, 1, window, error);
	return code;
}

static int open_trying(struct trying *t, const struct view_trial *trial, uint32_t rows, struct crmval_error *error)
{
	const struct crmval_plugin *live;
	*t = (struct trying){.trial = trial, .view = &trial->dimension->views[trial->view], .digest = FRAME_CHECKSUM};
	int code = made_rows_open(&t->rows, t->view, trial->kind, rows, &windows[0], trial->seed, error);
	if (!code)
		code = open_arrays(t, VIEW_TRIAL_BATCH, error);
	if (!code)
		code = confine_load(&live, error);
	if (!code)
		t->live = &live->dimension->views[trial->view];
	return code;
}

static int answer(const struct trying *t, struct crmval_error *error)
{
	const struct view_answer said = {t->digest, t->seconds};
	return confine_write(&said, sizeof said, error);
}

int view_trial_rules(void *context, struct crmval_error *error)
{
	struct trying t;
	int code = open_trying(&t, context, VIEW_TRIAL_ROWS, error);
	size_t values = (size_t)t.view->table->answer_count * VIEW_TRIAL_ROWS;
	for (int window = 0; window < WINDOWS && !code; window++) {
		for (int i = 0; i < 2 && !code; i++)
			if (!(t.first[window][i] = arena_array(&t.arena, values, sizeof(double))))
				code = fail_memory(error);
		if (!code)
			code = try_window(&t, window, error);
		for (int i = 0; i < 2 && !code; i++)
			t.digest = frame_checksum(t.digest, t.first[window][i], values * sizeof(double));
	}
	return code ? code : answer(&t, error); /* the process ends, and its memory with it */
}

int view_trial_speed(void *context, struct crmval_error *error)
{
	enum { DIFFERENT = 64 * VIEW_TRIAL_BATCH };
	struct trying t;
	const struct view_trial *trial = context;
	int code = open_trying(&t, trial, DIFFERENT, error);
	snprintf(trial->breadcrumb, CONFINE_BREADCRUMB, _("it evaluated many rows"));
	for (uint64_t row = 0; row < trial->rows && !code; row += VIEW_TRIAL_BATCH)
		code = call(&t, (uint32_t)(row % DIFFERENT), VIEW_TRIAL_BATCH, 0, error);
	return code ? code : answer(&t, error);
}
