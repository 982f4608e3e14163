/* SPDX-License-Identifier: MIT */
/*
 * Where a row stands tells rows apart, so that a row that came twice shows; what no split brings cannot show, but rows that
 * come in one way of reading and not in another do.
 */
#include "conform_source.h"

#include "confine_child.h"
#include "error.h"
#include "parallel.h"
#include "text.h"
#include "utf8.h"

#include <stdlib.h>
#include <string.h>

enum { THREADS = 4 };

struct table_trial {
	const struct crmval_source *source;
	void *state;
	struct reading *reading;
	const uint32_t *wanted;
	uint32_t wanted_count;
	struct crmval_plan plan;
	void *workers[THREADS];
};

/* What one split brought. */
struct split_count {
	uint64_t rows, rejected, digest;
	uint64_t *places;
	size_t capacity;
};

struct split_sink {
	struct crmval_sink sink; /* first: what the source sees */
	const struct table_trial *trial;
	struct split_count *count;
	uint32_t split;
};

/* ---- taking rows ---- */

static int take_cell(struct split_sink *self, const struct crmval_cells *cells, uint32_t row,
		     struct crmval_error *error)
{
	uint32_t length = cells->length[row];
	self->count->digest = frame_checksum(self->count->digest, &length, sizeof length);
	if (length == CRMVAL_NULL)
		return CRMVAL_OK;
	const unsigned char *text = (const unsigned char *)cells->base + cells->start[row];
	for (size_t i = 0, step; i < length; i += step)
		if ((step = utf8_length(text + i, length - i)) == 0)
			return fail(error, CRMVAL_EDATA, "row %llu of split %u has a cell that is not UTF-8",
				    (unsigned long long)self->count->rows + 1, self->split);
	self->count->digest = frame_checksum(self->count->digest, text, length);
	return CRMVAL_OK;
}

static int take(const struct crmval_sink *sink, const struct crmval_rows *rows, struct crmval_error *error)
{
	struct split_sink *self = (struct split_sink *)sink;
	struct split_count *count = self->count;
	int code = CRMVAL_OK;
	if (rows->struct_size < offsetof(struct crmval_rows, line) + sizeof rows->line || !rows->columns || !rows->line)
		return fail(error, CRMVAL_EBUG, "hands over rows without struct_size, columns or line");
	if (count->rows + rows->row_count > count->capacity) {
		size_t capacity = 2 * (count->rows + rows->row_count);
		uint64_t *grown = realloc(count->places, capacity * sizeof *grown);
		if (!grown)
			return fail_memory(error);
		count->places = grown;
		count->capacity = capacity;
	}
	for (uint32_t row = 0; row < rows->row_count && !code; row++) {
		uint32_t input = 0;
		uint64_t line = rows->line(rows->context, row, &input);
		if (input >= self->trial->reading->table.input_count)
			return fail(error, CRMVAL_EBUG, "says that a row is in input %u, and has %u", input,
				    self->trial->reading->table.input_count);
		for (uint32_t c = 0; c < self->trial->wanted_count && !code; c++)
			code = take_cell(self, &rows->columns[c], row, error);
		count->places[count->rows++] = (uint64_t)input << 44 | (line & ((UINT64_C(1) << 44) - 1));
	}
	return code;
}

static int reject(const struct crmval_sink *sink, uint32_t input, uint64_t line, uint64_t offset, const char *rule,
		  struct crmval_error *error)
{
	struct split_sink *self = (struct split_sink *)sink;
	(void)input, (void)line, (void)offset;
	self->count->rejected++;
	return rule ? CRMVAL_OK : fail(error, CRMVAL_EBUG, "rejects a row and does not say why");
}

static void skip(const struct crmval_sink *sink, const char *what, uint64_t count)
{
	(void)sink, (void)what, (void)count;
}

/* ---- reading a table ---- */

static int plan(struct table_trial *t, const uint32_t *wanted, uint32_t count, struct crmval_error *error)
{
	t->wanted = wanted;
	t->wanted_count = count;
	t->plan = (struct crmval_plan){.struct_size = sizeof t->plan};
	return t->source->plan(t->state, t->reading->table.table, wanted, count, &t->plan, error);
}

struct round {
	struct table_trial *trial;
	struct split_count *counts;
};

static int read_split(void *context, unsigned thread, uint64_t split, struct crmval_error *error)
{
	struct round *round = context;
	struct table_trial *t = round->trial;
	struct split_sink sink = {{sizeof sink.sink, take, reject, skip}, t, &round->counts[split], (uint32_t)split};
	int code = CRMVAL_OK;
	round->counts[split].digest = FRAME_CHECKSUM;
	if (t->source->worker_open && !t->workers[thread])
		code = t->source->worker_open(t->state, &t->workers[thread], error);
	return code ? code
		    : t->source->read(t->state, t->reading->table.table, (uint32_t)split, t->workers[thread],
				      &sink.sink, error);
}

static void free_counts(struct split_count *counts, uint32_t splits)
{
	for (uint32_t i = 0; counts && i < splits; i++)
		free(counts[i].places);
	free(counts);
}

/* All splits; the caller frees the counts. */
static int read_all(struct table_trial *t, unsigned threads, struct split_count **counts, struct crmval_error *error)
{
	*counts = calloc((size_t)t->plan.split_count + 1, sizeof **counts);
	struct round round = {t, *counts};
	if (!*counts)
		return fail_memory(error);
	int code = parallel_run(threads, t->plan.split_count, read_split, &round, error);
	for (int i = 0; i < THREADS; i++)
		if (t->workers[i])
			t->source->worker_close(t->workers[i]);
	memset(t->workers, 0, sizeof t->workers);
	return code;
}

/* ---- the trials ---- */

static int by_place(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

static int check_once(const struct table_trial *t, const struct split_count *counts, struct crmval_error *error)
{
	uint64_t rows = 0, at = 0;
	for (uint32_t i = 0; i < t->plan.split_count; i++)
		rows += counts[i].rows;
	if (t->plan.rows_at_most && rows > t->plan.rows_at_most)
		return fail(error, CRMVAL_EBUG, "announced %llu rows at most, and brought %llu",
			    (unsigned long long)t->plan.rows_at_most, (unsigned long long)rows);
	uint64_t *all = malloc((rows + 1) * sizeof *all);
	if (!all)
		return fail_memory(error);
	for (uint32_t i = 0; i < t->plan.split_count; at += counts[i++].rows)
		if (counts[i].rows)
			memcpy(all + at, counts[i].places, counts[i].rows * sizeof *all);
	qsort(all, rows, sizeof *all, by_place);
	int code = CRMVAL_OK;
	for (uint64_t i = 1; i < rows && !code; i++)
		if (all[i] == all[i - 1])
			code = fail(error, CRMVAL_EBUG, "brought the row in line %llu of %.300s twice",
				    (unsigned long long)(all[i] & ((UINT64_C(1) << 44) - 1)),
				    t->reading->table.inputs[all[i] >> 44]);
	free(all);
	return code;
}

static int check_same(const struct table_trial *t, const struct split_count *a, const struct split_count *b,
		      int with_cells, struct crmval_error *error)
{
	for (uint32_t i = 0; i < t->plan.split_count; i++) {
		if (a[i].rows != b[i].rows || a[i].rejected != b[i].rejected)
			return fail(error, CRMVAL_EBUG, "split %u brought %llu rows at first, and then %llu", i,
				    (unsigned long long)a[i].rows, (unsigned long long)b[i].rows);
		if ((a[i].rows && memcmp(a[i].places, b[i].places, a[i].rows * sizeof *a[i].places) != 0) ||
		    (with_cells && a[i].digest != b[i].digest))
			return fail(error, CRMVAL_EBUG,
				    "split %u brought other rows than at first, or in another order", i);
	}
	return CRMVAL_OK;
}

static void add(struct conformance *conformance, const char *group, const char *name, int code, const char *message)
{
	conformance_add(conformance, group, name, code ? TRIAL_FAILED : TRIAL_PASSED,
			message && *message ? message : NULL);
}

/* Reads the table once more, in another way, and compares. */
static int try_again(struct table_trial *t, const struct split_count *first, uint32_t splits, unsigned threads,
		     int with_cells, struct crmval_error *error)
{
	struct split_count *counts = NULL;
	int code = t->plan.split_count == splits ? CRMVAL_OK
						 : fail(error, CRMVAL_EBUG, "has %u splits at first, and then %u",
							splits, t->plan.split_count);
	if (!code)
		code = read_all(t, threads, &counts, error);
	if (!code)
		code = check_same(t, first, counts, with_cells, error);
	free_counts(counts, t->plan.split_count);
	return code;
}

static void try_table(struct conformance *conformance, struct table_trial *t, const char *group)
{
	struct crmval_error error = {.struct_size = sizeof error};
	struct split_count *first = NULL;
	uint32_t columns = t->reading->table.column_count, splits = 0;
	uint32_t *all = arena_array(&conformance->arena, (size_t)columns + 1, sizeof *all);
	uint64_t rows = 0;
	char message[120];
	int code = all ? CRMVAL_OK : fail_memory(&error);
	for (uint32_t c = 0; all && c < columns; c++)
		all[c] = c;
	if (!code)
		code = plan(t, all, columns, &error);
	splits = t->plan.split_count;
	if (!code)
		code = read_all(t, 1, &first, &error);
	if (!code)
		code = check_once(t, first, &error);
	for (uint32_t i = 0; !code && i < splits; i++)
		rows += first[i].rows;
	snprintf(message, sizeof message, _("%llu rows in %u splits"), (unsigned long long)rows, splits);
	add(conformance, group, _("every row once"), code, code ? error.message : message);
	if (!code) {
		code = plan(t, all, columns, &error);
		add(conformance, group, _("the same rows again"),
		    code ? code : try_again(t, first, splits, 1, 1, &error), error.message);
		error.message[0] = '\0';
		add(conformance, group, _("the same rows by several threads"),
		    try_again(t, first, splits, THREADS, 1, &error), error.message);
		error.message[0] = '\0';
		code = plan(t, all, columns > 0, &error);
		add(conformance, group, _("the same rows whichever columns are wanted"),
		    code ? code : try_again(t, first, splits, 1, 0, &error), error.message);
	}
	if (!code && t->source->finish)
		add(conformance, group, "finish", t->source->finish(t->state, t->reading->table.table, &error),
		    error.message);
	free_counts(first, splits);
}

int source_trials(struct conformance *conformance, struct load *load, const char *sha256, struct crmval_error *error)
{
	uint32_t tables = 0;
	for (uint32_t i = 0; i < load->feed_count; i++) {
		struct feed *feed = &load->feeds[i];
		const struct plugin *plugin = &load->run.plugins[feed->reading.source];
		struct table_trial trial = {.source = plugin->table->source,
					    .state = load->run.sources[feed->reading.source],
					    .reading = &feed->reading};
		char group[400], its[65];
		int code = plugin_hash(plugin, its, error);
		if (code != CRMVAL_OK)
			return code;
		if (strcmp(its, sha256) != 0)
			continue;
		snprintf(group, sizeof group, _("table of %s: %.300s"), feed->reading.what,
			 feed->reading.table.input_count ? feed->reading.table.inputs[0] : "");
		try_table(conformance, &trial, group);
		tables++;
	}
	if (!tables)
		return fail(error, CRMVAL_ECONF,
			    "the job reads no table through this file: name its folder in "
			    "plugins.directories, and the plugin in sources");
	return CRMVAL_OK;
}
