/* SPDX-License-Identifier: MIT */
/* Reading the feeds: level by level, all splits of a level shared out to the threads. */
#include "load.h"

#include "error.h"
#include "parallel.h"

#include <stdlib.h>
#include <string.h>

/* The splits of one level, as one row of items. */
struct level {
	struct load *load;
	int number;
	void **workers; /* by thread, then by source: working storage */
	unsigned threads;
	struct feed **feeds;
	uint64_t *first; /* of each feed, its first item */
	uint32_t feed_count;
};

/* The sink of one split. */
struct load_sink {
	struct crmval_sink sink; /* first: what the source sees */
	struct load *load;
	const struct feed *feed;
	uint64_t order;
	uint32_t batch;
};

int load_wants_example(struct load *load, const struct feed *feed, uint64_t order)
{
	struct table *table = &load->data->tables[feed->entity];
	uint32_t most = load->job->max_examples;
	pthread_mutex_lock(&table->lock);
	int wants = table->example_count < most || (most > 0 && table->examples[most - 1].order >= order);
	pthread_mutex_unlock(&table->lock);
	return wants;
}

void load_example(struct load *load, const struct feed *feed, uint64_t order, uint64_t line, uint32_t input,
		  const char *text)
{
	struct table *table = &load->data->tables[feed->entity];
	uint32_t most = load->job->max_examples;
	pthread_mutex_lock(&table->lock);
	if (!table->examples)
		table->examples = calloc((size_t)most + 1, sizeof *table->examples);
	uint32_t i = table->example_count;
	struct example *examples = table->examples;
	if (!examples)
		goto out; /* the counts still tell */
	while (i > 0 &&
	       (examples[i - 1].order > order || (examples[i - 1].order == order && examples[i - 1].line > line)))
		i--;
	if (i >= most)
		goto out;
	const char *file = input < feed->table.input_count ? feed->table.inputs[input] : feed->table.inputs[0];
	char *copy = arena_printf(&table->arena, "%s:%llu: %s", job_relative(load->job, file), (unsigned long long)line,
				  text);
	if (!copy)
		goto out;
	memmove(&examples[i + 1], &examples[i], (table->example_count - i) * sizeof *examples);
	examples[i] = (struct example){order, line, copy};
	if (table->example_count < most)
		table->example_count++;
out:
	pthread_mutex_unlock(&table->lock);
}

static int sink_take(const struct crmval_sink *sink, const struct crmval_rows *rows, struct crmval_error *error)
{
	struct load_sink *self = (struct load_sink *)sink;
	if (rows->row_count == 0)
		return CRMVAL_OK;
	return load_take(self->load, self->feed, rows, self->order + self->batch++, error);
}

static int sink_reject(const struct crmval_sink *sink, uint32_t input, uint64_t line, uint64_t offset, const char *rule,
		       struct crmval_error *error)
{
	const struct load_sink *self = (const struct load_sink *)sink;
	const struct job *job = self->load->job;
	struct table *table = &self->load->data->tables[self->feed->entity];
	char text[256];
	pthread_mutex_lock(&table->lock);
	uint64_t rejected = ++table->rejected;
	pthread_mutex_unlock(&table->lock);
	snprintf(text, sizeof text, "rejected: %s (byte %llu)", rule, (unsigned long long)offset);
	load_example(self->load, self->feed, self->order + self->batch, line, input, text);
	if (rejected > job->max_rejected_rows)
		return fail(
			error, CRMVAL_EDATA,
			"%s: more than %llu rows rejected, the limit of limits.rejected_rows; the last at %s:%llu: %s",
			table->entity->name, (unsigned long long)job->max_rejected_rows,
			self->feed->table.inputs[input], (unsigned long long)line, rule);
	return CRMVAL_OK;
}

static void sink_skip(const struct crmval_sink *sink, const char *what, uint64_t count)
{
	const struct load_sink *self = (const struct load_sink *)sink;
	struct table *table = &self->load->data->tables[self->feed->entity];
	struct result_skip **place = &table->skipped, *skip;
	if (count == 0)
		return;
	pthread_mutex_lock(&table->lock);
	while (*place && strcmp((*place)->what, what) < 0)
		place = &(*place)->next;
	if (!*place || strcmp((*place)->what, what) != 0) {
		skip = arena_alloc(&table->arena, sizeof *skip);
		char *copy = arena_strdup(&table->arena, what);
		if (skip && copy) {
			*skip = (struct result_skip){*place, copy, 0};
			*place = skip;
		}
	}
	if (*place)
		(*place)->count += count;
	pthread_mutex_unlock(&table->lock);
}

static int read_item(void *context, unsigned thread, uint64_t item, struct crmval_error *error)
{
	struct level *level = context;
	uint32_t f = 0;
	while (f + 1 < level->feed_count && level->first[f + 1] <= item)
		f++;
	const struct feed *feed = level->feeds[f];
	struct load *load = level->load;
	const struct crmval_source *source = load->plugins[feed->source].table->source;
	uint32_t split = (uint32_t)(item - level->first[f]);
	struct load_sink sink = {
		.sink = {sizeof sink.sink, sink_take, sink_reject, sink_skip},
		.load = load,
		.feed = feed,
		.order = (feed->order + split) << 24,
	};
	void **worker = &level->workers[thread * load->job->source_count + feed->source];
	if (source->worker_open && !*worker) {
		int code = source->worker_open(load->sources[feed->source], worker, error);
		if (code != CRMVAL_OK)
			return code;
	}
	int code = source->read(load->sources[feed->source], feed->table.table, split, *worker, &sink.sink, error);
	uint64_t done = atomic_fetch_add(&load->splits_done, 1) + 1;
	if (load->progress)
		load->progress(load->progress_context, done, load->split_count);
	return code;
}

static int open_columns(struct load *load, struct table *table, struct crmval_error *error)
{
	int code = CRMVAL_OK;
	for (uint32_t f = 0; f < table->entity->field_count && code == CRMVAL_OK; f++) {
		const struct field *field = &table->entity->fields[f];
		struct column *column = &table->columns[f];
		if (field->type == FIELD_KEY) {
			code = region_open(&table->ids, table->capacity * sizeof(struct ident), error);
			if (code == CRMVAL_OK && table->keeps_texts)
				code = region_open(&table->id_texts, table->capacity * sizeof(char *), error);
			continue;
		}
		if (!column->wants || !column->is_mapped)
			continue;
		code = region_open(&column->values, table->capacity * data_width(field->type), error);
		if (code == CRMVAL_OK && field->type == FIELD_REFERENCE) {
			const struct table *target = &load->data->tables[model_entity_index(field->target)];
			if (target->is_mapped && target->level >= table->level)
				code = region_open(&column->pending, table->capacity * sizeof(struct ident), error);
		}
	}
	return code;
}

/* The columns that are both there and wanted. */
static void choose_columns(struct feed *feed, const struct table *table)
{
	for (uint32_t f = 0; f < table->entity->field_count; f++) {
		const struct field *field = &table->entity->fields[f];
		if (feed->columns[f] < 0 || (field->type != FIELD_KEY && !table->columns[f].wants))
			continue;
		struct feed_field *how = &feed->fields[feed->field_count++];
		how->field = f;
		for (how->position = 0; how->position < feed->wanted_count; how->position++)
			if (feed->wanted[how->position] == (uint32_t)feed->columns[f])
				break;
		if (how->position == feed->wanted_count)
			feed->wanted[feed->wanted_count++] = (uint32_t)feed->columns[f];
		const struct job_entity *settings = feed->settings;
		for (uint32_t i = 0; settings && i < settings->value_map_count; i++)
			if (strcmp(settings->value_maps[i].field, field->name) == 0)
				how->values = &settings->value_maps[i];
		for (uint32_t i = 0; settings && field->type == FIELD_DATE && i < settings->date_format_count; i++) {
			const struct job_date_format *format = &settings->date_formats[i];
			if (format->field ? strcmp(format->field, field->name) == 0 : !how->date_format)
				how->date_format = format->format;
		}
	}
}

/* Plans all feeds, and gives each table the address space for the rows that may come. */
static int plan(struct load *load, struct crmval_error *error)
{
	struct data *data = load->data;
	uint64_t rows[DATA_MAX_ENTITIES] = {0}, splits[DATA_MAX_ENTITIES] = {0}, all = 0;
	for (uint32_t i = 0; i < load->feed_count; i++) {
		struct feed *feed = &load->feeds[i];
		const struct crmval_source *source = load->plugins[feed->source].table->source;
		if (!data->tables[feed->entity].is_mapped)
			continue;
		choose_columns(feed, &data->tables[feed->entity]);
		feed->plan.struct_size = sizeof feed->plan;
		int code = source->plan(load->sources[feed->source], feed->table.table, feed->wanted,
					feed->wanted_count, &feed->plan, error);
		if (code != CRMVAL_OK)
			return code;
		feed->order = splits[feed->entity];
		splits[feed->entity] += feed->plan.split_count;
		load->split_count += feed->plan.split_count;
		uint64_t most = feed->plan.rows_at_most ? feed->plan.rows_at_most : DATA_MAX_ROWS;
		rows[feed->entity] += most;
		all += most;
	}
	for (uint32_t e = 0; e < model_entity_count; e++) {
		struct table *table = &data->tables[e];
		uint64_t most = table->is_mapped ? rows[e] : all * 4;
		table->capacity = (uint32_t)(most < DATA_MAX_ROWS ? most : DATA_MAX_ROWS);
		int code = open_columns(load, table, error);
		if (code != CRMVAL_OK)
			return code;
	}
	return CRMVAL_OK;
}

/* 1 + the highest level among the tables that its wanted references lead to. */
static int level_of(const struct data *data, uint32_t e, int depth)
{
	const struct entity *entity = data->tables[e].entity;
	int level = 0;
	for (uint32_t f = 0; f < entity->field_count && depth < DATA_MAX_ENTITIES; f++) {
		const struct column *column = &data->tables[e].columns[f];
		if (entity->fields[f].type != FIELD_REFERENCE || !column->wants || !column->is_mapped)
			continue;
		int target = model_entity_index(entity->fields[f].target);
		if (target == (int)e || !data->tables[target].is_mapped)
			continue;
		int below = level_of(data, (uint32_t)target, depth + 1);
		if (below >= level)
			level = below + 1;
	}
	return level;
}

/* Ids are kept while references to the table are still to come, and those of units for their names. */
static void forget_ids(struct data *data, int level)
{
	for (uint32_t e = 0; e < model_entity_count; e++) {
		struct table *table = &data->tables[e];
		int is_needed = 0;
		for (uint32_t c = 0; c < model_entity_count; c++)
			for (uint32_t f = 0; f < data->tables[c].entity->field_count; f++) {
				const struct field *field = &data->tables[c].entity->fields[f];
				if (field->type == FIELD_REFERENCE && data->tables[c].level > level &&
				    data->tables[c].columns[f].values.bytes &&
				    strcmp(field->target, table->entity->name) == 0)
					is_needed = 1;
			}
		if (is_needed || table->level > level)
			continue;
		region_close(&table->ids);
		free((void *)table->index.slots);
		table->index = (struct index){NULL, 0};
	}
}

static int read_level(struct level *level, struct crmval_error *error)
{
	struct load *load = level->load;
	uint64_t items = 0;
	level->feed_count = 0;
	for (uint32_t i = 0; i < load->feed_count; i++) {
		const struct table *table = &load->data->tables[load->feeds[i].entity];
		if (table->level != level->number || !table->is_mapped)
			continue;
		level->feeds[level->feed_count] = &load->feeds[i];
		level->first[level->feed_count++] = items;
		items += load->feeds[i].plan.split_count;
	}
	int code = parallel_run(level->threads, items, read_item, level, error);
	for (uint32_t e = 0; e < model_entity_count && code == CRMVAL_OK; e++)
		if (load->data->tables[e].level == level->number)
			code = table_settle(load->data, &load->data->tables[e], level->threads, error);
	if (code == CRMVAL_OK)
		forget_ids(load->data, level->number);
	return code;
}

/* Limits that can only be judged when everything is there. */
static int check_limits(const struct load *load, struct crmval_error *error)
{
	const struct job *job = load->job;
	for (uint32_t e = 0; e < model_entity_count; e++) {
		const struct table *table = &load->data->tables[e];
		double rows = (double)atomic_load(&table->rows), rejected = (double)table->rejected;
		if (rejected > job->max_rejected_share * (rows + rejected))
			return fail(
				error, CRMVAL_EDATA,
				"%s: %llu of %.0f rows rejected, more than limits.rejected_share allows; the first: %s",
				table->entity->name, (unsigned long long)table->rejected, rows + rejected,
				table->example_count ? table->examples[0].text : "(limits.examples is 0)");
		for (uint32_t f = 0; f < table->entity->field_count; f++) {
			const struct column *column = &table->columns[f];
			double unreadable = (double)atomic_load(&column->unreadable);
			double dangling = (double)atomic_load(&column->dangling);
			if (unreadable > job->max_unreadable_share * rows)
				return fail(error, CRMVAL_EDATA,
					    "%s.%s: %.0f of %.0f cells unreadable, more than limits.unreadable_share "
					    "allows",
					    table->entity->name, table->entity->fields[f].name, unreadable, rows);
			if (dangling > job->max_dangling_share * rows)
				return fail(error, CRMVAL_EDATA,
					    "%s.%s: %.0f of %.0f references dangling, more than limits.dangling_share "
					    "allows",
					    table->entity->name, table->entity->fields[f].name, dangling, rows);
		}
	}
	return CRMVAL_OK;
}

static int finish(const struct load *load, struct crmval_error *error)
{
	int code = CRMVAL_OK;
	for (uint32_t i = 0; i < load->feed_count && code == CRMVAL_OK; i++) {
		const struct feed *feed = &load->feeds[i];
		const struct crmval_source *source = load->plugins[feed->source].table->source;
		if (source->finish && load->data->tables[feed->entity].is_mapped)
			code = source->finish(load->sources[feed->source], feed->table.table, error);
	}
	return code;
}

int load_read(struct load *load, unsigned threads, struct crmval_error *error)
{
	int highest = 0;
	for (uint32_t e = 0; e < model_entity_count; e++) {
		int level = level_of(load->data, e, 0);
		load->data->tables[e].level = level;
		highest = level > highest ? level : highest;
	}
	struct level level = {.load = load, .threads = threads};
	size_t sources = load->job->source_count;
	level.workers = calloc((size_t)threads * sources, sizeof *level.workers);
	level.feeds = calloc((size_t)load->feed_count + 1, sizeof *level.feeds);
	level.first = calloc((size_t)load->feed_count + 1, sizeof *level.first);
	int code = level.workers && level.feeds && level.first ? plan(load, error) : fail_memory(error);
	for (level.number = 0; level.number <= highest && code == CRMVAL_OK; level.number++)
		code = read_level(&level, error);
	if (code == CRMVAL_OK)
		code = finish(load, error);
	if (code == CRMVAL_OK)
		code = check_limits(load, error);
	for (size_t i = 0; level.workers && i < threads * sources; i++)
		if (level.workers[i])
			load->plugins[i % sources].table->source->worker_close(level.workers[i]);
	free(level.workers);
	free(level.feeds);
	free(level.first);
	return code;
}
