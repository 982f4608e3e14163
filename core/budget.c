/* SPDX-License-Identifier: MIT */
/* What a run holds at its peak: the columns; and with them either ids and their indexes, or what rolling up takes. */
#include "budget.h"

#include "bind.h"
#include "error.h"
#include "groups.h"
#include "shard.h"

#include <string.h>

#define FIXED (UINT64_C(8) << 20)      /* the program, its libraries and plugins */
#define PER_THREAD (UINT64_C(1) << 20) /* chunks and batches */
#define TEXT 40                        /* bytes of a text that is kept, with its pointer */
#define FEW_ROWS UINT64_C(100000)
#define MIB 1048576.0

/* What is known when rows are counted. */
struct need {
	const struct data *data;
	const struct bound_dimension *dimensions;
	uint32_t dimension_count;
	int windows;
	int is_sharded; /* shards log no ids */
	uint64_t rows[DATA_MAX_ENTITIES];
};

/* The columns of a table, which stay. */
static uint64_t columns_of(const struct need *need, uint32_t e)
{
	const struct table *table = &need->data->tables[e];
	uint64_t bytes = 0;
	for (uint32_t f = 0; f < table->entity->field_count; f++) {
		const struct column *column = &table->columns[f];
		if (!column->values.bytes)
			continue;
		bytes += need->rows[e] * (data_width(table->entity->fields[f].type) + (column->texts.bytes ? TEXT : 0));
	}
	return bytes + (table->id_texts.bytes ? need->rows[e] * TEXT : 0);
}

/* Ids and their index. */
static uint64_t indexed(uint64_t rows)
{
	return rows * sizeof(struct ident) + index_bytes(rows);
}

/* A table's ids and references that wait for others. */
static uint64_t ids_of(const struct need *need, uint32_t e)
{
	const struct table *table = &need->data->tables[e];
	uint64_t bytes = 0;
	if (table->ids.bytes || (table->logs_ids && need->is_sharded))
		bytes = indexed(need->rows[e]);
	else if (table->logs_ids)
		bytes = need->rows[e] * ID_LOG_ROW;
	for (uint32_t f = 0; f < table->entity->field_count; f++)
		bytes += table->columns[f].pending.bytes ? need->rows[e] * sizeof(struct ident) : 0;
	return bytes;
}

static uint64_t ids_at(const struct need *need, int level)
{
	uint64_t bytes = 0, most = 0;
	for (uint32_t e = 0; e < model_entity_count; e++) {
		const struct table *table = &need->data->tables[e];
		if (table->level == level || (table->level < level && load_needs_ids(need->data, e, level - 1)))
			bytes += ids_of(need, e);
		/* Of logged ids that are in no order, those of one table at a time are made whole. */
		if (table->level == level && table->logs_ids && !need->is_sharded && indexed(need->rows[e]) > most)
			most = indexed(need->rows[e]);
	}
	return bytes + most;
}

/* What a rollup leaves, and (scratch) what it takes meanwhile, as others do at the same time. */
static uint64_t rollup_of(const struct need *need, const struct rollup *rollup, uint64_t windows, uint64_t *scratch)
{
	uint64_t parents = rollup->by.count ? need->rows[rollup->view_entity] : 1,
		 children = need->rows[rollup->entity];
	uint64_t state = reduction_bytes(rollup, parents, children);
	if (rollup->per.count)
		state += groups_bytes(children);
	*scratch += windows * state;
	return windows * parents * data_width(rollup->type);
}

static uint64_t rollups_of(const struct need *need)
{
	uint64_t bytes = 0, scratch = 0;
	for (uint32_t d = 0; d < need->dimension_count; d++)
		for (uint32_t v = 0; v < need->dimensions[d].table->view_count; v++) {
			const struct bound_view *view = &need->dimensions[d].views[v];
			for (uint32_t i = 0; i < view->table->input_count; i++) {
				const struct bound_input *input = &view->inputs[i];
				uint64_t windows = view->is_event && input->is_event ? (uint64_t)need->windows : 1;
				if (input->rollup)
					bytes += rollup_of(need, input->rollup, windows, &scratch);
			}
		}
	return bytes + scratch;
}

uint64_t budget_need(const struct data *data, const struct job *job, const struct bound_dimension *dimensions,
		     const uint64_t *rows, uint32_t shards, unsigned threads)
{
	struct need need = {data, dimensions, job->dimension_count, job->has_baseline ? 2 : 1, shards > 1, {0}};
	uint64_t bytes = FIXED + threads * PER_THREAD, most = 0;
	for (uint32_t e = 0; e < model_entity_count; e++) {
		need.rows[e] = data->tables[e].shard_by ? rows[e] / shards + 1 : rows[e];
		bytes += columns_of(&need, e);
	}
	for (int level = 0; level < DATA_MAX_ENTITIES; level++) {
		uint64_t ids = ids_at(&need, level);
		most = ids > most ? ids : most;
	}
	uint64_t rolled = rollups_of(&need);
	return bytes + (rolled > most ? rolled : most);
}

/* The least number of shards that fits; 0: none does. */
static uint32_t shards_that_fit(const struct load *load, const struct bound_dimension *dimensions, const uint64_t *rows,
				unsigned threads)
{
	uint64_t limit = load->job->max_memory;
	uint32_t low = 1, high = SHARD_MOST;
	shard_plan(load->data, dimensions, load->job->dimension_count);
	if (budget_need(load->data, load->job, dimensions, rows, high, threads) > limit)
		return 0;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (budget_need(load->data, load->job, dimensions, rows, middle, threads) > limit)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int refuse(const struct load *load, const struct bound_dimension *dimensions, const uint64_t *rows,
		  uint64_t need, unsigned threads, struct crmval_error *error)
{
	double mib = (double)need / MIB, limit = (double)load->job->max_memory / MIB;
	uint32_t shards = shards_that_fit(load, dimensions, rows, threads);
	if (!shards)
		return fail(error, CRMVAL_EDATA,
			    "this takes about %.0f MiB of memory, more than limits.memory allows (%.0f), and no number "
			    "of shards would fit; raise it",
			    mib, limit);
	return fail(error, CRMVAL_EDATA,
		    "this takes about %.0f MiB of memory, more than limits.memory allows (%.0f); %u shards would fit "
		    "(crmval run --shard K/%u), or raise it",
		    mib, limit, shards, shards);
}

/* ---- how many rows there are ---- */

/* Counts rows, and forgets them: reading.take of a feed that is sampled.  [worker] */
static int take_sample(struct reading *reading, struct reading_thread *thread, const struct crmval_rows *rows,
		       uint64_t order, struct crmval_error *error)
{
	(void)thread, (void)order, (void)error;
	struct feed *feed = (struct feed *)((char *)reading - offsetof(struct feed, reading));
	atomic_fetch_add(&feed->sampled, rows->row_count);
	return CRMVAL_OK;
}

/*
 * A table in one piece would have to be read whole: of a large one nothing is known, and load_take() sees to the limit.
 * Pieces of others are of a size, but for the last, which is half as large on average.
 */
static int sample(struct load *load, struct feed *feed, struct ledger *ledger, uint64_t *rows,
		  struct crmval_error *error)
{
	struct reading *reading = &feed->reading, *readings[] = {reading};
	uint64_t most = reading->plan.rows_at_most, order = reading->order, pieces = reading->plan.split_count;
	if (pieces <= 1) {
		*rows = most <= FEW_ROWS ? most : 0;
		return CRMVAL_OK;
	}
	struct ledger *own = reading->ledger;
	int is_profiled = load->run.is_profiled;
	load->run.is_profiled = 0;
	load->run.split_count++;
	reading->plan.split_count = 1;
	reading->take = take_sample;
	reading->ledger = ledger;
	int code = reading_read(&load->run, readings, 1, error);
	load->run.is_profiled = is_profiled;
	reading->take = load_take;
	reading->ledger = own;
	*rows = atomic_load(&feed->sampled) * (2 * pieces - 1) / 2;
	*rows = most && *rows > most ? most : *rows;
	if (code == CRMVAL_OK)
		code = load_plan_feed(load, feed, error);
	reading->order = order;
	return code;
}

static int sample_all(struct load *load, uint64_t *rows, struct crmval_error *error)
{
	struct ledger ledger = {0}; /* all will be counted when it is read */
	int code = ledger_init(&ledger, error);
	for (uint32_t i = 0; i < load->feed_count && code == CRMVAL_OK; i++) {
		uint64_t count;
		struct feed *feed = &load->feeds[i];
		if (!load->data->tables[feed->entity].is_mapped)
			continue;
		code = sample(load, feed, &ledger, &count, error);
		if (code == CRMVAL_OK)
			rows[feed->entity] += count;
	}
	ledger_free(&ledger);
	return code;
}

int budget_check(struct load *load, const struct bound_dimension *dimensions, unsigned threads,
		 struct crmval_error *error)
{
	const struct job *job = load->job;
	uint64_t rows[DATA_MAX_ENTITIES] = {0}, need;
	uint32_t shards = job->shard.count ? job->shard.count : 1;
	if (!job->max_memory)
		return CRMVAL_OK;
	int is_known = 1;
	for (uint32_t i = 0; i < load->feed_count; i++) {
		const struct feed *feed = &load->feeds[i];
		if (!load->data->tables[feed->entity].is_mapped)
			continue;
		rows[feed->entity] += feed->reading.plan.rows_at_most;
		is_known &= feed->reading.plan.rows_at_most > 0;
	}
	if (is_known && budget_need(load->data, job, dimensions, rows, shards, threads) <= job->max_memory)
		return CRMVAL_OK;
	memset(rows, 0, sizeof rows);
	int code = sample_all(load, rows, error);
	if (code != CRMVAL_OK)
		return code;
	need = budget_need(load->data, job, dimensions, rows, shards, threads);
	return need > job->max_memory ? refuse(load, dimensions, rows, need, threads, error) : CRMVAL_OK;
}

int budget_take(struct load *load, const struct table *table, uint32_t rows, struct crmval_error *error)
{
	uint64_t taken = atomic_fetch_add(&load->taken, rows * table->row_bytes) + rows * table->row_bytes;
	if (taken + FIXED <= load->job->max_memory)
		return CRMVAL_OK;
	return fail(error, CRMVAL_EDATA,
		    "%s: more than the %.0f MiB of memory that limits.memory allows, and not all is read; raise it, or "
		    "evaluate in shards (crmval run --shard)",
		    table->entity->name, (double)load->job->max_memory / MIB);
}
