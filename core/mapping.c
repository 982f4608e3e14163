/* SPDX-License-Identifier: MIT */
/* Finding what the sources have: which table feeds which entity, and which column or expression is which field. */
#include "load.h"
#include "mapping_check.h"

#include "error.h"
#include "near.h"

#include <stdlib.h>
#include <string.h>

static struct crmval_table empty_table(void)
{
	return (struct crmval_table){.struct_size = sizeof(struct crmval_table)};
}

/* Finds a source's table: CRMVAL_NO_TABLE where there is none. */
static int find_table(struct load *load, struct reading *reading, const char *name, const struct crmval_value *options,
		      int is_named, struct crmval_error *error)
{
	const struct job_source *settings = &load->job->sources[reading->source];
	const struct crmval_source *source = load->run.plugins[reading->source].table->source;
	reading->table = empty_table();
	int code = source->table(load->run.sources[reading->source], name,
				 options ? options : settings->default_table_options, is_named, &reading->table, error);
	if (code != CRMVAL_OK)
		return code;
	reading->wanted = arena_array(&load->arena, (size_t)reading->table.column_count + 1, sizeof *reading->wanted);
	return reading->wanted ? CRMVAL_OK : fail_memory(error);
}

/* ---- expressions ---- */

static int bind_expression(struct load *load, const struct reading *reading, const struct expression *expression,
			   struct derived *derived, struct crmval_error *error);

static int bind_skips(struct load *load, const struct reading *reading, const struct job_skip *skips, uint32_t count,
		      struct derivation *derivation, struct crmval_error *error)
{
	int code = CRMVAL_OK;
	derive_by(derivation, &load->job->sources[reading->source].mapping);
	if (load->job->currency)
		derivation->currency = (struct cell_text){load->job->currency, (uint32_t)strlen(load->job->currency)};
	derivation->skips = arena_array(&load->arena, (size_t)count + 1, sizeof *derivation->skips);
	derivation->skip_names = arena_array(&load->arena, (size_t)count + 1, sizeof *derivation->skip_names);
	if (!derivation->skips || !derivation->skip_names)
		return fail_memory(error);
	for (uint32_t i = 0; i < count && code == CRMVAL_OK; i++) {
		struct derived *derived = &derivation->skips[derivation->skip_count];
		if (!skips[i].when)
			continue;
		code = bind_expression(load, reading, skips[i].when, derived, error);
		derivation->skip_names[derivation->skip_count] = skips[i].what;
		derivation->skip_count += derived->is_available != 0; /* else it never holds */
	}
	return code;
}

static int open_lookup(struct load *load, struct lookup *lookup, struct crmval_error *error)
{
	const struct job_lookup *settings = lookup->settings;
	if (!*settings->from)
		return CRMVAL_OK;
	int code = find_table(load, &lookup->reading, settings->from, settings->table_options, !settings->is_default,
			      error);
	if (code == CRMVAL_NO_TABLE)
		return CRMVAL_OK;
	lookup->values =
		arena_array(&load->arena, (size_t)lookup->reading.table.column_count + 1, sizeof *lookup->values);
	if (code == CRMVAL_OK && !lookup->values)
		code = fail_memory(error);
	if (code == CRMVAL_OK)
		code = bind_expression(load, &lookup->reading, settings->by, &lookup->by, error);
	if (code == CRMVAL_OK && settings->order)
		code = bind_expression(load, &lookup->reading, settings->order, &lookup->order, error);
	if (code == CRMVAL_OK)
		code = bind_skips(load, &lookup->reading, settings->skips, settings->skip_count, &lookup->derivation,
				  error);
	if (!lookup->order.is_available)
		lookup->order.expression = NULL;
	lookup->is_there = lookup->by.is_available;
	return code;
}

struct lookup *load_lookup(const struct load *load, uint32_t source, const char *name)
{
	struct lookup *lookup = load->lookups;
	while (lookup->reading.source != source || strcmp(lookup->settings->name, name) != 0)
		lookup++;
	return lookup;
}

static int bind_expression(struct load *load, const struct reading *reading, const struct expression *expression,
			   struct derived *derived, struct crmval_error *error)
{
	int ignore_case = load->job->sources[reading->source].mapping.ignore_case;
	*derived = (struct derived){.expression = expression, .flag = expression_column(expression)};
	derived->uses = arena_array(&load->arena, expression->use_count, sizeof *derived->uses);
	derived->is_present = arena_array(&load->arena, expression->use_count, 1);
	if (!derived->uses || !derived->is_present)
		return fail_memory(error);
	for (uint32_t u = 0; u < expression->use_count; u++) {
		const struct expression_use *use = &expression->uses[u];
		struct derived_use *bound = &derived->uses[u];
		if (!use->lookup) {
			bound->column = reading_column(reading, use->column, ignore_case);
			derived->is_present[u] = bound->column >= 0;
			continue;
		}
		bound->lookup = load_lookup(load, reading->source, use->lookup);
		derived->has_lookup = 1;
		bound->column = -1;
		derived->is_present[u] = bound->lookup->is_there != 0;
		if (!use->column || !bound->lookup->is_there)
			continue;
		int32_t column = reading_column(&bound->lookup->reading, use->column, ignore_case);
		derived->is_present[u] = column >= 0;
		if (column >= 0)
			bound->column = (int32_t)lookup_value(bound->lookup, column);
	}
	derived->is_available = expression_is_available(expression, derived->is_present);
	return CRMVAL_OK;
}

static int open_lookups(struct load *load, uint32_t source, struct crmval_error *error)
{
	const struct job_mapping *mapping = &load->job->sources[source].mapping;
	int code = CRMVAL_OK;
	for (uint32_t i = 0; i < mapping->lookup_count && code == CRMVAL_OK; i++) {
		struct lookup *lookup = &load->lookups[load->lookup_count];
		*lookup = (struct lookup){.settings = &mapping->lookups[i], .mapping = mapping};
		code = ledger_init(&lookup->ledger, error);
		if (code != CRMVAL_OK)
			return code;
		lookup->number = load->lookup_count++;
		lookup->ledger.example_most = load->job->max_examples;
		lookup->reading = (struct reading){.source = source, .ledger = &lookup->ledger, .take = lookup_take};
		lookup->reading.what = arena_printf(&load->arena, "lookup %s", lookup->settings->name);
		code = lookup->reading.what ? open_lookup(load, lookup, error) : fail_memory(error);
	}
	return code;
}

/* ---- fields ---- */

/* Fields found under their own names, then what the mapping says. */
static int map_fields(struct load *load, struct feed *feed, struct crmval_error *error)
{
	const struct entity *entity = &model_entities[feed->entity];
	int code = CRMVAL_OK;
	for (uint32_t f = 0; f < entity->field_count; f++)
		feed->sources[f].column =
			reading_column(&feed->reading, entity->fields[f].name, feed->mapping->ignore_case);
	for (uint32_t i = 0; feed->settings && i < feed->settings->field_count && code == CRMVAL_OK; i++) {
		const struct job_field *said = &feed->settings->fields[i];
		struct feed_source *source = &feed->sources[model_field_index(entity, said->field)];
		source->column = -1;
		if (said->expression)
			code = bind_expression(load, &feed->reading, said->expression, &source->derived, error);
		else if (*said->column)
			source->column = reading_column(&feed->reading, said->column, feed->mapping->ignore_case);
	}
	return code;
}

/* The table of a part, or of an entity that the mapping does not list. */
static int add_feed(struct load *load, uint32_t source, uint32_t entity, uint32_t part, const struct job_part *settings,
		    struct crmval_error *error)
{
	struct feed *feed = &load->feeds[load->feed_count];
	memset(feed, 0, sizeof *feed);
	feed->load = load;
	feed->entity = entity;
	feed->part = part;
	feed->settings = settings;
	feed->mapping = &load->job->sources[source].mapping;
	feed->reading = (struct reading){.what = model_entities[entity].name,
					 .source = source,
					 .ledger = &load->data->tables[entity].ledger,
					 .take = load_take};
	int code = find_table(load, &feed->reading, settings ? settings->from : model_entities[entity].name,
			      settings ? settings->table_options : NULL, settings && !settings->is_default, error);
	if (code != CRMVAL_OK)
		return code;
	feed->derivation.columns = arena_array(&load->arena, DATA_MAX_FIELDS, sizeof *feed->derivation.columns);
	if (!feed->derivation.columns)
		return fail_memory(error);
	code = map_fields(load, feed, error);
	if (code == CRMVAL_OK)
		code = bind_skips(load, &feed->reading, settings ? settings->skips : NULL,
				  settings ? settings->skip_count : 0, &feed->derivation, error);
	load->feed_count += code == CRMVAL_OK;
	return code;
}

/* 1: the table is there and has a row, 0: not; else an error. */
static int has_rows(struct load *load, uint32_t source, const char *table, struct crmval_error *error)
{
	struct reading reading = {.what = table, .source = source};
	int code = find_table(load, &reading, table, NULL, 0, error);
	if (code == CRMVAL_NO_TABLE)
		return 0;
	if (code == CRMVAL_OK)
		code = reading_plan(&load->run, &reading, error);
	return code == CRMVAL_OK ? reading_probe(&load->run, &reading, error) : code;
}

/* What is wrong with rows is for a run to tell: a table that cannot be read is not empty. */
static void probe(struct load *load, struct reading *reading)
{
	struct crmval_error ignored = {.struct_size = sizeof ignored};
	reading->wanted_count = 0;
	reading->is_empty = reading_plan(&load->run, reading, &ignored) == CRMVAL_OK &&
			    reading_probe(&load->run, reading, &ignored) == 0;
}

int load_probe(struct load *load, struct crmval_error *error)
{
	int code = reading_start(&load->run, 1, error);
	for (uint32_t i = 0; i < load->feed_count && code == CRMVAL_OK; i++)
		probe(load, &load->feeds[i].reading);
	for (uint32_t i = 0; i < load->lookup_count && code == CRMVAL_OK; i++)
		if (load->lookups[i].is_there)
			probe(load, &load->lookups[i].reading);
	reading_end(&load->run);
	return code;
}

/* Rows of one part without ids would only blur what the others say.  What the job itself names is read all the same. */
static int is_without_id(const struct feed *feed, const struct job_part *part)
{
	int key = model_field_index(&model_entities[feed->entity], "id");
	return part->name && part->is_default && key >= 0 && !feed_maps(feed, (uint32_t)key);
}

/* Adds a part of an entity, or notes why it is left out. */
static int add_part(struct load *load, uint32_t source, uint32_t entity, uint32_t p, struct crmval_error *error)
{
	const struct job_part *part = &load->job->sources[source].mapping.parts[p];
	struct load_note note = {.entity = entity, .part = part};
	if (part->unless && *part->unless) {
		int code = has_rows(load, source, part->unless, error);
		if (code < 0)
			return code;
		note.unless = code ? part->unless : NULL;
	}
	int code = note.unless ? CRMVAL_NO_TABLE : add_feed(load, source, entity, p, part, error);
	if (code == CRMVAL_OK && is_without_id(&load->feeds[load->feed_count - 1], part)) {
		load->feed_count--;
		note.is_without_id = 1;
	} else if (code != CRMVAL_NO_TABLE) {
		return code;
	}
	load->notes[load->note_count++] = note;
	return CRMVAL_OK;
}

static int add_parts(struct load *load, uint32_t source, uint32_t entity, struct crmval_error *error)
{
	const struct job_mapping *mapping = &load->job->sources[source].mapping;
	uint32_t listed = 0;
	int code = CRMVAL_OK;
	for (uint32_t p = 0; p < mapping->part_count && code == CRMVAL_OK; p++) {
		if (strcmp(mapping->parts[p].entity, model_entities[entity].name) != 0)
			continue;
		listed++;
		if (*mapping->parts[p].from)
			code = add_part(load, source, entity, p, error);
	}
	if (!listed)
		code = add_feed(load, source, entity, 0, NULL, error);
	return code == CRMVAL_NO_TABLE ? CRMVAL_OK : code;
}

static int find_tables(struct load *load, uint32_t source, struct crmval_error *error)
{
	uint32_t before = load->feed_count + load->note_count;
	int code = open_lookups(load, source, error);
	for (uint32_t e = 0; e < model_entity_count && code == CRMVAL_OK; e++)
		code = add_parts(load, source, e, error);
	if (code == CRMVAL_OK && load->feed_count + load->note_count == before)
		return fail(error, CRMVAL_ENOINPUT,
			    "%s:%d: source %s has no table of any entity (account, opportunity, ...): check where it "
			    "points, or list its entities",
			    load->job->path, load->job->sources[source].line, load->job->sources[source].plugin);
	return code;
}

/* ---- what is mapped ---- */

static int by_entity(const void *a, const void *b)
{
	const struct feed *x = a, *y = b;
	if (x->entity != y->entity)
		return (x->entity > y->entity) - (x->entity < y->entity);
	if (x->reading.source != y->reading.source)
		return (x->reading.source > y->reading.source) - (x->reading.source < y->reading.source);
	return (x->part > y->part) - (x->part < y->part);
}

/* Rows without an id cannot be told apart, nor be referred to: seldom what was meant. */
static void warn_without_id(const struct load *load, const struct feed *feed, struct problems *problems)
{
	const struct crmval_table *table = &feed->reading.table;
	struct near near;
	char advice[512];
	near_start(&near, "id");
	for (uint32_t c = 0; c < table->column_count; c++)
		near_offer(&near, table->columns[c]);
	near_advice(&near, advice, sizeof advice);
	problems_warn(problems, load->job->path, load->job->sources[feed->reading.source].line,
		      "%s has no column \"id\", without which no source maps entity %s: map it in fields; %s",
		      table->inputs[0], model_entities[feed->entity].name, advice);
}

static void mark_mapped(const struct load *load, struct problems *problems)
{
	for (uint32_t i = 0; i < load->feed_count; i++) {
		const struct feed *feed = &load->feeds[i];
		struct table *table = &load->data->tables[feed->entity];
		for (uint32_t f = 0; f < table->entity->field_count; f++)
			if (feed_maps(feed, f))
				table->columns[f].is_mapped = 1;
	}
	for (uint32_t e = 0; e < model_entity_count; e++) {
		struct table *table = &load->data->tables[e];
		int key = model_field_index(table->entity, "id");
		table->is_mapped = key >= 0;
		for (uint32_t f = 0; f < table->entity->field_count; f++)
			if (key < 0) /* without a key, all of its fields make the entity */
				table->is_mapped |= table->columns[f].is_mapped;
		if (key >= 0)
			table->is_mapped = table->columns[key].is_mapped;
		for (uint32_t i = 0; i < load->feed_count; i++)
			if (load->feeds[i].entity == e && !table->is_mapped)
				warn_without_id(load, &load->feeds[i], problems);
		for (uint32_t f = 0; f < table->entity->field_count && !table->is_mapped; f++)
			table->columns[f].is_mapped = 0;
	}
}

/* ---- the whole ---- */

/* Room for every part, every entity that no mapping lists, every lookup. */
static int reserve(struct load *load, struct crmval_error *error)
{
	size_t parts = (size_t)load->job->source_count * model_entity_count, lookups = 0;
	for (uint32_t s = 0; s < load->job->source_count; s++) {
		parts += load->job->sources[s].mapping.part_count;
		lookups += load->job->sources[s].mapping.lookup_count;
	}
	load->run.sources = calloc((size_t)load->job->source_count + 1, sizeof *load->run.sources);
	load->feeds = calloc(parts + 1, sizeof *load->feeds);
	load->lookups = calloc(lookups + 1, sizeof *load->lookups);
	load->notes = arena_array(&load->arena, parts + 1, sizeof *load->notes);
	for (uint32_t e = 0; e < model_entity_count; e++)
		load->data->tables[e].ledger.example_most = load->job->max_examples;
	return load->run.sources && load->feeds && load->lookups && load->notes ? CRMVAL_OK : fail_memory(error);
}

int load_open(struct load *load, const struct job *job, struct plugin *plugins, struct data *data,
	      struct problems *problems, struct crmval_error *error)
{
	*load = (struct load){
		.job = job, .data = data, .run = {.job = job, .plugins = plugins}, .arena.kind = ARENA_HIDDEN};
	int code = reserve(load, error);
	if (code == CRMVAL_OK)
		code = reading_start(&load->run, 1, error); /* for probing */
	for (uint32_t s = 0; s < job->source_count && code == CRMVAL_OK; s++) {
		code = plugins[s].table->source->open(job->sources[s].options, &load->run.sources[s], error);
		if (code == CRMVAL_OK)
			code = find_tables(load, s, error);
	}
	reading_end(&load->run);
	if (code != CRMVAL_OK)
		return code;
	qsort(load->feeds, load->feed_count, sizeof *load->feeds, by_entity);
	mapping_check(load, problems);
	mark_mapped(load, problems);
	return CRMVAL_OK;
}

void load_close(struct load *load)
{
	reading_end(&load->run); /* where it was begun, and not read to its end */
	for (uint32_t s = 0; load->run.sources && s < load->job->source_count; s++)
		if (load->run.sources[s])
			load->run.plugins[s].table->source->close(load->run.sources[s]);
	for (uint32_t i = 0; i < load->lookup_count; i++)
		lookup_free(&load->lookups[i]);
	free(load->run.sources);
	free(load->feeds);
	free(load->lookups);
	arena_free(&load->arena);
}
