/* SPDX-License-Identifier: MIT */
/* Reading the lookups, then the feeds: level by level, all splits of a level shared out to the threads. */
#include "load.h"

#include "error.h"
#include "limit.h"
#include "spent.h"

#include <stdlib.h>
#include <string.h>

/* What each of its rows will hold, ids and their index included. */
static void measure_rows(struct table *table)
{
	table->row_bytes = table->ids.bytes  ? sizeof(struct ident) + 2 * sizeof *table->index.slots
			   : table->logs_ids ? ID_LOG_ROW
					     : 0;
	for (uint32_t f = 0; f < table->entity->field_count; f++)
		if (table->columns[f].values.bytes)
			table->row_bytes += data_width(table->entity->fields[f].type);
}

/* Where nothing leads to its rows, they are only to differ, and there are none but those that a source has. */
static int open_ids(const struct load *load, struct table *table, struct crmval_error *error)
{
	int is_needed = table->keeps_texts || load_needs_ids(load->data, (uint32_t)(table - load->data->tables), -1);
	table->logs_ids = table->is_mapped && !is_needed && !load->job->shard.count;
	if (!is_needed && (table->logs_ids || !table->is_mapped))
		return CRMVAL_OK;
	int code = region_open(&table->ids, table->capacity * sizeof(struct ident), error);
	if (code == CRMVAL_OK && table->keeps_texts)
		code = region_open(&table->id_texts, table->capacity * sizeof(char *), error);
	return code;
}

static int open_columns(struct load *load, struct table *table, struct crmval_error *error)
{
	int code = CRMVAL_OK;
	if (load->job->shard.count && table->is_mapped && !table->shard_by)
		code = region_open(&table->foreign, table->capacity / 8 + 8, error);
	for (uint32_t f = 0; f < table->entity->field_count && code == CRMVAL_OK; f++) {
		const struct field *field = &table->entity->fields[f];
		struct column *column = &table->columns[f];
		if (field->type == FIELD_KEY) {
			code = open_ids(load, table, error);
			continue;
		}
		if (!column->wants || !column->is_mapped)
			continue;
		atomic_store(&column->newest, CRMVAL_NO_DATE);
		code = region_open(&column->values, table->capacity * data_width(field->type), error);
		if (code == CRMVAL_OK && column->wants & WANT_TEXT)
			code = region_open(&column->texts, table->capacity * sizeof(char *), error);
		if (code == CRMVAL_OK && field->type == FIELD_REFERENCE) {
			const struct table *target = &load->data->tables[model_entity_index(field->target)];
			if (target->is_mapped && target->level >= table->level)
				code = region_open(&column->pending, table->capacity * sizeof(struct ident), error);
		}
	}
	return code;
}

/* Asks for what an expression uses. */
static void want_derived(struct feed *feed, struct derived *derived)
{
	for (uint32_t u = 0; u < derived->expression->use_count; u++) {
		struct derived_use *use = &derived->uses[u];
		if (!use->lookup && use->column >= 0)
			use->wanted = reading_want(&feed->reading, (uint32_t)use->column);
		if (!use->lookup || !derived->is_present[u])
			continue;
		use->lookup->is_used = 1;
		if (use->column >= 0)
			use->lookup->values[use->column].is_used = 1;
	}
}

static void choose_field(struct feed *feed, uint32_t f, const struct field *field)
{
	const struct job_part *settings = feed->settings;
	struct feed_field *how = &feed->fields[feed->field_count++];
	struct derived_column *column = &feed->derivation.columns[feed->derivation.column_count++];
	how->field = f;
	column->expression = feed->sources[f].derived;
	if (column->expression.expression)
		want_derived(feed, &column->expression);
	else
		column->wanted = reading_want(&feed->reading, (uint32_t)feed->sources[f].column);
	if ((field->type == FIELD_NUMBER || field->type == FIELD_MONEY) && column->expression.expression)
		how->is_computed = column->is_number = expression_is_arithmetic(column->expression.expression);
	for (uint32_t i = 0; settings && i < settings->value_map_count; i++)
		if (strcmp(settings->value_maps[i].field, field->name) == 0)
			how->values = &settings->value_maps[i];
	for (uint32_t i = 0; settings && field->type == FIELD_DATE && i < settings->date_format_count; i++) {
		const struct job_date_format *format = &settings->date_formats[i];
		if (format->field ? strcmp(format->field, field->name) == 0 : !how->date_format)
			how->date_format = format->format;
	}
}

/* The fields that are both there and wanted. */
static void choose_fields(struct feed *feed, const struct table *table)
{
	for (uint32_t f = 0; f < table->entity->field_count; f++) {
		const struct field *field = &table->entity->fields[f];
		if (feed_maps(feed, f) && (field->type == FIELD_KEY || table->columns[f].wants))
			choose_field(feed, f, field);
	}
	for (uint32_t s = 0; s < feed->derivation.skip_count; s++)
		want_derived(feed, &feed->derivation.skips[s]);
}

/* Can a source tell the shard of a feed's rows?  Only where ids are cells of one table as they come. */
static int is_part_plain(const struct load *load, const struct feed *feed, struct crmval_part *part)
{
	const struct table *table = &load->data->tables[feed->entity];
	uint32_t feeds = 0, found = 0;
	for (uint32_t i = 0; i < load->feed_count; i++)
		feeds += load->feeds[i].entity == feed->entity;
	if (!table->shard_by || feeds > 1 || feed->mapping->ids != IDS_EXACT || feed->mapping->null_count)
		return 0;
	for (uint32_t i = 0; i < feed->field_count; i++) {
		uint32_t f = feed->fields[i].field;
		const struct derived_column *column = &feed->derivation.columns[i];
		int is_key = table->entity->fields[f].type == FIELD_KEY, is_by = table->shard_by == f + 1;
		if ((!is_key && !is_by) || column->expression.expression)
			continue;
		if (is_key)
			part->id = column->wanted;
		if (is_by)
			part->key = column->wanted;
		found += (uint32_t)(is_key + is_by);
	}
	return found == 2;
}

static int plan_part(struct load *load, struct feed *feed, const struct crmval_part *part, struct crmval_error *error)
{
	int code = reading_plan_part(&load->run, &feed->reading, part, error);
	load->data->tables[feed->entity].is_chosen = code == CRMVAL_OK && feed->reading.plan.is_part;
	return code;
}

int load_plan_feed(struct load *load, struct feed *feed, struct crmval_error *error)
{
	const struct job_shard *shard = &load->job->shard;
	struct crmval_part part = {sizeof part, shard->number, shard->count, 0, 0};
	if (shard->count > 1 && is_part_plain(load, feed, &part))
		return plan_part(load, feed, &part, error);
	return reading_plan(&load->run, &feed->reading, error);
}

/* Plans all feeds, and gives each table the address space for the rows that may come. */
static int plan(struct load *load, struct crmval_error *error)
{
	struct data *data = load->data;
	uint64_t rows[DATA_MAX_ENTITIES] = {0}, splits[DATA_MAX_ENTITIES] = {0}, all = 0;
	for (uint32_t i = 0; i < load->feed_count; i++) {
		struct feed *feed = &load->feeds[i];
		if (!data->tables[feed->entity].is_mapped)
			continue;
		choose_fields(feed, &data->tables[feed->entity]);
		int code = load_plan_feed(load, feed, error);
		if (code != CRMVAL_OK)
			return code;
		const struct crmval_plan *planned = &feed->reading.plan;
		feed->reading.order = splits[feed->entity];
		splits[feed->entity] += planned->split_count;
		load->run.split_count += planned->split_count;
		uint64_t most = planned->rows_at_most ? planned->rows_at_most : DATA_MAX_ROWS;
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
		measure_rows(table);
	}
	return CRMVAL_OK;
}

/* 1 + the highest level, as far as it is known, among the tables that its wanted references lead to. */
static int level_of(const struct data *data, uint32_t e)
{
	const struct entity *entity = data->tables[e].entity;
	int level = 0;
	for (uint32_t f = 0; f < entity->field_count; f++) {
		const struct column *column = &data->tables[e].columns[f];
		if (entity->fields[f].type != FIELD_REFERENCE || !column->wants || !column->is_mapped)
			continue;
		int target = model_entity_index(entity->fields[f].target);
		if (target != (int)e && data->tables[target].is_mapped && data->tables[target].level >= level)
			level = data->tables[target].level + 1;
	}
	return level;
}

/* References lead in no circle, so that levels come to rest after as many rounds as there are tables, at most. */
static void find_levels(struct data *data)
{
	int is_moving = 1;
	for (uint32_t round = 0; is_moving && round <= model_entity_count; round++) {
		is_moving = 0;
		for (uint32_t e = 0; e < model_entity_count; e++) {
			int level = level_of(data, e);
			is_moving |= level != data->tables[e].level;
			data->tables[e].level = level;
		}
	}
}

/* References to it may still come. */
int load_needs_ids(const struct data *data, uint32_t entity, int level)
{
	for (uint32_t c = 0; c < model_entity_count; c++) {
		const struct table *table = &data->tables[c];
		for (uint32_t f = 0; table->level > level && f < table->entity->field_count; f++) {
			const struct field *field = &table->entity->fields[f];
			const struct column *column = &table->columns[f];
			if (field->type == FIELD_REFERENCE && column->wants && column->is_mapped &&
			    strcmp(field->target, data->tables[entity].entity->name) == 0)
				return 1;
		}
	}
	return 0;
}

static void forget_ids(struct data *data, int level)
{
	for (uint32_t e = 0; e < model_entity_count; e++) {
		struct table *table = &data->tables[e];
		if (table->level > level || load_needs_ids(data, e, level))
			continue;
		region_trim(&table->ids, atomic_load(&table->rows) * sizeof(struct ident));
		if (atomic_load(&table->rows))
			region_spare(&table->ids);
		else
			region_close(&table->ids);
		index_close(&table->index);
	}
}

/*
 * Rows that are shared out by a reference may have an id that rows of other shards have too, so all ids are looked at once
 * more, after our own are known.
 */
static int read_twins(struct load *load, int level, struct crmval_error *error)
{
	struct feed *twins = calloc((size_t)load->feed_count + 1, sizeof *twins);
	struct reading **readings = calloc((size_t)load->feed_count + 1, sizeof *readings);
	struct ledger ledger = {0}; /* all was counted the first time */
	uint32_t count = 0;
	int code = twins && readings ? ledger_init(&ledger, error) : fail_memory(error);
	for (uint32_t i = 0; i < load->feed_count && code == CRMVAL_OK; i++) {
		const struct table *table = &load->data->tables[load->feeds[i].entity];
		if (table->level != level || !load_has_twins(load, table) || load->feeds[i].reading.plan.is_part)
			continue;
		twins[count] = load->feeds[i];
		twins[count].reading.ledger = &ledger;
		twins[count].reading.take = load_take_twins;
		code = reading_plan(&load->run, &twins[count].reading, error);
		readings[count] = &twins[count].reading;
		load->run.split_count += twins[count++].reading.plan.split_count;
	}
	if (code == CRMVAL_OK)
		code = reading_read(&load->run, readings, count, error);
	if (twins && readings)
		ledger_free(&ledger);
	free(readings);
	free(twins);
	return code;
}

/* What is to be done with a table's ids once all rows are there: entering them, and settling what refers to others. */
static int index_table(struct load *load, struct table *table, int is_settling, struct crmval_error *error)
{
	int is_profiled = load->run.is_profiled;
	struct spent begin = is_profiled ? spent_so_far() : (struct spent){0};
	int code = is_settling ? table_settle(load->data, table, error) : table_enter(table, load->run.threads, error);
	if (is_profiled)
		table->indexing += spent_since(begin).cpu;
	return code;
}

/*
 * Columns take the pages that the ids of earlier levels left.  Rows mostly are several times as long as the shortest for
 * which there is address space; what is too much goes when the column's length is known.
 */
static int fill_columns(struct data *data, int level, struct crmval_error *error)
{
	enum { SHARE = 8 };
	int code = CRMVAL_OK;
	for (uint32_t e = 0; e < model_entity_count; e++) {
		struct table *table = &data->tables[e];
		for (uint32_t f = 0; f < table->entity->field_count && table->level == level && code == CRMVAL_OK; f++)
			code = region_fill(&table->columns[f].values, table->columns[f].values.size / SHARE, error);
	}
	region_spare_none();
	return code;
}

static int read_level(struct load *load, int number, struct reading **readings, struct crmval_error *error)
{
	uint32_t count = 0;
	for (uint32_t i = 0; i < load->feed_count; i++) {
		const struct table *table = &load->data->tables[load->feeds[i].entity];
		if (table->level == number && table->is_mapped)
			readings[count++] = &load->feeds[i].reading;
	}
	int code = fill_columns(load->data, number, error);
	if (code == CRMVAL_OK)
		code = reading_read(&load->run, readings, count, error);
	for (uint32_t e = 0; e < model_entity_count && code == CRMVAL_OK; e++)
		if (load->data->tables[e].level == number)
			code = index_table(load, &load->data->tables[e], 0, error);
	if (code == CRMVAL_OK && load->job->shard.count)
		code = read_twins(load, number, error);
	for (uint32_t e = 0; e < model_entity_count && code == CRMVAL_OK; e++)
		if (load->data->tables[e].level == number)
			code = index_table(load, &load->data->tables[e], 1, error);
	if (code == CRMVAL_OK)
		forget_ids(load->data, number);
	return code;
}

/* Lookups come first, since any entity may use them. */
static int read_lookups(struct load *load, struct reading **readings, struct crmval_error *error)
{
	uint32_t count = 0;
	int code = CRMVAL_OK;
	for (uint32_t i = 0; i < load->lookup_count && code == CRMVAL_OK; i++) {
		struct lookup *lookup = &load->lookups[i];
		if (!lookup->is_used)
			continue;
		code = lookup_prepare(lookup, load->run.threads, &load->arena, error);
		if (code == CRMVAL_OK)
			code = reading_plan(&load->run, &lookup->reading, error);
		load->run.split_count += lookup->reading.plan.split_count;
		readings[count++] = &lookup->reading;
	}
	if (code == CRMVAL_OK)
		code = reading_read(&load->run, readings, count, error);
	for (uint32_t i = 0; i < load->lookup_count && code == CRMVAL_OK; i++)
		if (load->lookups[i].is_used)
			code = lookup_settle(&load->lookups[i], error);
	return code;
}

/* Limits that can only be judged when everything is there. */
int load_check_limits(const struct load *load, struct crmval_error *error)
{
	int code = CRMVAL_OK;
	for (uint32_t e = 0; e < model_entity_count && code == CRMVAL_OK; e++) {
		const struct table *table = &load->data->tables[e];
		double rows = (double)atomic_load(&table->rows);
		code = limit_rejected(&load->job->limits, table->entity->name, table->ledger.rejected, rows,
				      table->ledger.example_count ? table->ledger.examples[0].text : NULL, error);
		for (uint32_t f = 0; f < table->entity->field_count && code == CRMVAL_OK; f++)
			code = limit_field(&load->job->limits, table->entity->name, table->entity->fields[f].name,
					   atomic_load(&table->columns[f].unreadable),
					   atomic_load(&table->columns[f].dangling), rows, error);
	}
	for (uint32_t i = 0; i < load->lookup_count && code == CRMVAL_OK; i++) {
		const struct lookup *lookup = &load->lookups[i];
		if (lookup->is_used)
			code = limit_rejected(&load->job->limits, lookup->reading.what, lookup->ledger.rejected,
					      (double)atomic_load(&lookup->rows),
					      lookup->ledger.example_count ? lookup->ledger.examples[0].text : NULL,
					      error);
	}
	return code;
}

static int finish(const struct load *load, struct crmval_error *error)
{
	int code = CRMVAL_OK;
	for (uint32_t i = 0; i < load->feed_count && code == CRMVAL_OK; i++)
		if (load->data->tables[load->feeds[i].entity].is_mapped)
			code = reading_finish(&load->run, &load->feeds[i].reading, error);
	for (uint32_t i = 0; i < load->lookup_count && code == CRMVAL_OK; i++)
		if (load->lookups[i].is_used)
			code = reading_finish(&load->run, &load->lookups[i].reading, error);
	return code;
}

/* Did memory run out for something that was to be told?  */
static int is_ledger_full(const struct load *load)
{
	int is_full = 0;
	for (uint32_t e = 0; e < model_entity_count; e++)
		is_full |= load->data->tables[e].ledger.is_full;
	for (uint32_t i = 0; i < load->lookup_count; i++)
		is_full |= load->lookups[i].ledger.is_full;
	return is_full;
}

int load_start(struct load *load, unsigned threads, struct crmval_error *error)
{
	find_levels(load->data);
	int code = reading_start(&load->run, threads, error);
	return code == CRMVAL_OK ? plan(load, error) : code;
}

int load_read(struct load *load, struct crmval_error *error)
{
	int highest = 0, code = CRMVAL_OK;
	for (uint32_t e = 0; e < model_entity_count; e++)
		highest = load->data->tables[e].level > highest ? load->data->tables[e].level : highest;
	struct reading **readings = calloc((size_t)load->feed_count + load->lookup_count + 1, sizeof *readings);
	if (!readings)
		return fail_memory(error);
	code = read_lookups(load, readings, error);
	for (int level = 0; level <= highest && code == CRMVAL_OK; level++)
		code = read_level(load, level, readings, error);
	if (code == CRMVAL_OK)
		code = finish(load, error);
	if (code == CRMVAL_OK && is_ledger_full(load))
		code = fail_memory(error);
	reading_end(&load->run);
	for (uint32_t i = 0; i < load->lookup_count; i++)
		lookup_forget(&load->lookups[i]);
	free(readings);
	return code;
}
