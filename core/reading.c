/* SPDX-License-Identifier: MIT */
/* Reading tables: their splits as one row of items, a sink for each. */
#include "reading.h"

#include "derive.h"
#include "error.h"
#include "job.h"
#include "parallel.h"
#include "shard.h"
#include "spent.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

int32_t reading_column(const struct reading *reading, const char *name, int ignore_case)
{
	const struct crmval_table *table = &reading->table;
	for (uint32_t c = 0; c < table->column_count; c++)
		if (strcmp(table->columns[c], name) == 0)
			return (int32_t)c;
	for (uint32_t c = 0; ignore_case && c < table->column_count; c++)
		if (strcasecmp(table->columns[c], name) == 0)
			return (int32_t)c;
	return -1;
}

uint32_t reading_want(struct reading *reading, uint32_t column)
{
	uint32_t place = 0;
	while (place < reading->wanted_count && reading->wanted[place] != column)
		place++;
	reading->wanted[place] = column;
	reading->wanted_count += place == reading->wanted_count;
	return place;
}

/* ---- the sink of one split ---- */

struct reading_sink {
	struct crmval_sink sink; /* first: what the source sees */
	const struct job *job;
	struct reading *reading;
	struct reading_thread *thread;
	uint64_t order;
	uint32_t batch;
	int is_profiled;
	uint64_t taking; /* nanoseconds */
};

static uint64_t bytes_of(const struct crmval_rows *rows, uint32_t columns)
{
	uint64_t bytes = 0;
	for (uint32_t c = 0; c < columns; c++)
		for (uint32_t i = 0; i < rows->row_count; i++)
			bytes += rows->columns[c].length[i] == CRMVAL_NULL ? 0 : rows->columns[c].length[i];
	return bytes;
}

static int take_profiled(struct reading_sink *self, const struct crmval_rows *rows, uint64_t order,
			 struct crmval_error *error)
{
	struct reading *reading = self->reading;
	atomic_fetch_add(&reading->cost.rows, rows->row_count);
	atomic_fetch_add(&reading->cost.bytes, bytes_of(rows, reading->wanted_count));
	uint64_t begin = spent_by_thread();
	int code = reading->take(reading, self->thread, rows, order, error);
	self->taking += spent_by_thread() - begin;
	return code;
}

static int sink_take(const struct crmval_sink *sink, const struct crmval_rows *rows, struct crmval_error *error)
{
	struct reading_sink *self = (struct reading_sink *)sink;
	if (rows->row_count == 0)
		return CRMVAL_OK;
	uint64_t order = self->order + self->batch++;
	return self->is_profiled ? take_profiled(self, rows, order, error)
				 : self->reading->take(self->reading, self->thread, rows, order, error);
}

static int sink_reject(const struct crmval_sink *sink, uint32_t input, uint64_t line, uint64_t offset, const char *rule,
		       struct crmval_error *error)
{
	const struct reading_sink *self = (const struct reading_sink *)sink;
	const struct reading *reading = self->reading;
	const char *file = reading->table.inputs[input < reading->table.input_count ? input : 0];
	uint64_t most = self->job->max_rejected_rows;
	char text[256];
	snprintf(text, sizeof text, "rejected: %s (byte %llu)", rule, (unsigned long long)offset);
	const struct ledger_place place = {reading_split(self->order), input, line};
	ledger_example(reading->ledger, &place, 1, job_relative(self->job, file), text);
	if (ledger_reject(reading->ledger) > most)
		return fail(
			error, CRMVAL_EDATA,
			"%s: more than %llu rows rejected, the limit of limits.rejected_rows; the last at %s:%llu: %s",
			reading->what, (unsigned long long)most, file, (unsigned long long)line, rule);
	return CRMVAL_OK;
}

static void sink_skip(const struct crmval_sink *sink, const char *what, uint64_t count)
{
	const struct reading_sink *self = (const struct reading_sink *)sink;
	ledger_skip(self->reading->ledger, what, count);
}

/* ---- splits ---- */

/* Splits of several readings, as one row of items. */
struct items {
	struct reading_run *run;
	struct reading **readings;
	uint64_t *first; /* of each reading, its first item */
	uint32_t count;
};

static pthread_mutex_t opening = PTHREAD_MUTEX_INITIALIZER;

static int read_split(struct reading_run *run, struct reading *reading, uint32_t split, struct reading_sink *sink,
		      struct crmval_error *error)
{
	const struct crmval_source *source = run->plugins[reading->source].table->source;
	void **worker = &sink->thread->sources[reading->source];
	if (source->worker_open && !*worker) {
		/* The contract promises sources that it is called by one thread at a time. */
		pthread_mutex_lock(&opening);
		int code = source->worker_open(run->sources[reading->source], worker, error);
		pthread_mutex_unlock(&opening);
		if (code != CRMVAL_OK)
			return code;
	}
	return source->read(run->sources[reading->source], reading->table.table, split, *worker, &sink->sink, error);
}

static int read_item(void *context, unsigned thread, uint64_t item, struct crmval_error *error)
{
	const struct items *items = context;
	struct reading_run *run = items->run;
	uint32_t i = 0;
	while (i + 1 < items->count && items->first[i + 1] <= item)
		i++;
	struct reading *reading = items->readings[i];
	uint32_t split = (uint32_t)(item - items->first[i]);
	struct reading_sink sink = {
		.sink = {sizeof sink.sink, sink_take, sink_reject, sink_skip},
		.job = run->job,
		.reading = reading,
		.thread = &run->workers[thread],
		.order = (reading->order + split) << READING_BATCH_BITS,
		.is_profiled = run->is_profiled,
	};
	uint64_t begin = run->is_profiled ? spent_by_thread() : 0;
	int code = read_split(run, reading, split, &sink, error);
	if (run->is_profiled) {
		atomic_fetch_add(&reading->cost.reading, spent_by_thread() - begin - sink.taking);
		atomic_fetch_add(&reading->cost.taking, sink.taking);
	}
	uint64_t done = atomic_fetch_add(&run->splits_done, 1) + 1;
	if (run->progress)
		run->progress(run->progress_context, done, run->split_count);
	return code;
}

int reading_read(struct reading_run *run, struct reading **readings, uint32_t count, struct crmval_error *error)
{
	struct items items = {run, readings, calloc((size_t)count + 1, sizeof *items.first), count};
	uint64_t all = 0;
	if (!items.first)
		return fail_memory(error);
	for (uint32_t i = 0; i < count; i++) {
		items.first[i] = all;
		all += readings[i]->plan.split_count;
	}
	int code = parallel_run(run->threads, all, read_item, &items, error);
	free(items.first);
	return code;
}

int reading_plan(struct reading_run *run, struct reading *reading, struct crmval_error *error)
{
	const struct crmval_source *source = run->plugins[reading->source].table->source;
	reading->plan = (struct crmval_plan){.struct_size = sizeof reading->plan};
	return source->plan(run->sources[reading->source], reading->table.table, reading->wanted, reading->wanted_count,
			    &reading->plan, error);
}

int reading_plan_part(struct reading_run *run, struct reading *reading, const struct crmval_part *part,
		      struct crmval_error *error)
{
	const struct crmval_source *source = run->plugins[reading->source].table->source;
	/* A source of an older minor version has no such function. */
	if (source->struct_size <= offsetof(struct crmval_source, plan_part) || !source->plan_part)
		return reading_plan(run, reading, error);
	reading->plan = (struct crmval_plan){.struct_size = sizeof reading->plan};
	return source->plan_part(run->sources[reading->source], reading->table.table, reading->wanted,
				 reading->wanted_count, part, &reading->plan, error);
}

int reading_finish(const struct reading_run *run, const struct reading *reading, struct crmval_error *error)
{
	const struct crmval_source *source = run->plugins[reading->source].table->source;
	return source->finish ? source->finish(run->sources[reading->source], reading->table.table, error) : CRMVAL_OK;
}

/* ---- probing ---- */

static int probe_take(const struct crmval_sink *sink, const struct crmval_rows *rows, struct crmval_error *error)
{
	struct reading_sink *self = (struct reading_sink *)sink;
	if (rows->row_count == 0)
		return CRMVAL_OK;
	self->batch = 1;
	return fail(error, CRMVAL_ESTOP, "a row was found");
}

static int probe_reject(const struct crmval_sink *sink, uint32_t input, uint64_t line, uint64_t offset,
			const char *rule, struct crmval_error *error)
{
	(void)sink, (void)input, (void)line, (void)offset, (void)rule, (void)error;
	return CRMVAL_OK;
}

static void probe_skip(const struct crmval_sink *sink, const char *what, uint64_t count)
{
	(void)sink, (void)what, (void)count;
}

int reading_probe(struct reading_run *run, struct reading *reading, struct crmval_error *error)
{
	struct reading_sink sink = {
		.sink = {sizeof sink.sink, probe_take, probe_reject, probe_skip},
		.job = run->job,
		.reading = reading,
		.thread = &run->workers[0],
	};
	int code = CRMVAL_OK;
	for (uint32_t split = 0; split < reading->plan.split_count && code == CRMVAL_OK; split++)
		code = read_split(run, reading, split, &sink, error);
	return sink.batch ? 1 : code;
}

/* ---- working storage ---- */

int reading_start(struct reading_run *run, unsigned threads, struct crmval_error *error)
{
	run->threads = threads;
	run->workers = calloc(threads, sizeof *run->workers);
	for (unsigned t = 0; run->workers && t < threads; t++) {
		struct reading_thread *thread = &run->workers[t];
		thread->number = t;
		thread->sources = calloc((size_t)run->job->source_count + 1, sizeof *thread->sources);
		thread->scratch = derive_scratch_new();
		thread->shard = shard_scratch_new();
		if (!thread->sources || !thread->scratch || !thread->shard)
			return fail_memory(error);
	}
	return run->workers ? CRMVAL_OK : fail_memory(error);
}

void reading_end(struct reading_run *run)
{
	for (unsigned t = 0; run->workers && t < run->threads; t++) {
		struct reading_thread *thread = &run->workers[t];
		for (uint32_t s = 0; thread->sources && s < run->job->source_count; s++)
			if (thread->sources[s])
				run->plugins[s].table->source->worker_close(thread->sources[s]);
		free(thread->sources);
		derive_scratch_free(thread->scratch);
		shard_scratch_free(thread->shard);
		id_log_free(&thread->log);
	}
	free(run->workers);
	run->workers = NULL;
}
