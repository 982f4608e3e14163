/* SPDX-License-Identifier: MIT */
/* Finding what the sources have: which entity is where, and which column is which field. */
#include "load.h"

#include "error.h"
#include "near.h"

#include <stdlib.h>
#include <string.h>

static int32_t column_named(const struct crmval_table *table, const char *name)
{
	for (uint32_t c = 0; c < table->column_count; c++)
		if (strcmp(table->columns[c], name) == 0)
			return (int32_t)c;
	return -1;
}

/* Fields found under their own names, then what the job says. */
static void map_columns(struct feed *feed, const struct job *job, const struct entity *entity,
			struct problems *problems)
{
	for (uint32_t f = 0; f < entity->field_count; f++)
		feed->columns[f] = column_named(&feed->table, entity->fields[f].name);
	for (uint32_t i = 0; feed->settings && i < feed->settings->field_count; i++) {
		const struct job_field *said = &feed->settings->fields[i];
		int f = model_field_index(entity, said->field);
		if (f < 0)
			continue; /* a problem that job_read() has told */
		feed->columns[f] = -1;
		if (!*said->column)
			continue;
		feed->columns[f] = column_named(&feed->table, said->column);
		if (feed->columns[f] < 0) {
			struct near near;
			char advice[512];
			near_start(&near, said->column);
			for (uint32_t c = 0; c < feed->table.column_count; c++)
				near_offer(&near, feed->table.columns[c]);
			near_advice(&near, advice, sizeof advice);
			problems_add(problems, job->path, said->line,
				     "sources.[%u].entities.%s.fields: %s has no column \"%s\"; %s", feed->source,
				     entity->name, feed->table.inputs[0], said->column, advice);
		}
	}
}

static const struct job_entity *settings_of(const struct job_source *source, const char *entity)
{
	for (uint32_t i = 0; i < source->entity_count; i++)
		if (strcmp(source->entities[i].entity, entity) == 0)
			return &source->entities[i];
	return NULL;
}

static int find_tables(struct load *load, uint32_t s, struct problems *problems, struct crmval_error *error)
{
	const struct job_source *settings = &load->job->sources[s];
	const struct crmval_source *source = load->plugins[s].table->source;
	uint32_t found = 0;
	for (uint32_t e = 0; e < model_entity_count; e++) {
		struct feed *feed = &load->feeds[load->feed_count];
		const struct entity *entity = &model_entities[e];
		memset(feed, 0, sizeof *feed);
		feed->source = s;
		feed->entity = e;
		feed->settings = settings_of(settings, entity->name);
		feed->table.struct_size = sizeof feed->table;
		const struct crmval_value *options =
			feed->settings ? feed->settings->table_options : settings->default_table_options;
		int code = source->table(load->sources[s], entity->name, options, feed->settings != NULL, &feed->table,
					 error);
		if (code == CRMVAL_NO_TABLE)
			continue;
		if (code != CRMVAL_OK)
			return code;
		map_columns(feed, load->job, entity, problems);
		load->feed_count++;
		found++;
	}
	if (found == 0)
		return fail(error, CRMVAL_ENOINPUT,
			    "%s:%d: source %s has no table of any entity (account, opportunity, ...): check where it "
			    "points, or "
			    "list its entities",
			    load->job->path, settings->line, settings->plugin);
	return CRMVAL_OK;
}

static int by_entity(const void *a, const void *b)
{
	const struct feed *x = a, *y = b;
	if (x->entity != y->entity)
		return (x->entity > y->entity) - (x->entity < y->entity);
	return (x->source > y->source) - (x->source < y->source);
}

/* Rows without an id cannot be told apart, nor be referred to: seldom what was meant. */
static void warn_without_id(const struct load *load, const struct feed *feed, struct problems *problems)
{
	struct near near;
	char advice[512];
	near_start(&near, "id");
	for (uint32_t c = 0; c < feed->table.column_count; c++)
		near_offer(&near, feed->table.columns[c]);
	near_advice(&near, advice, sizeof advice);
	problems_warn(problems, load->job->path, load->job->sources[feed->source].line,
		      "%s has no column \"id\", without which no source maps entity %s: map it in fields; %s",
		      feed->table.inputs[0], model_entities[feed->entity].name, advice);
}

static void mark_mapped(const struct load *load, struct problems *problems)
{
	for (uint32_t i = 0; i < load->feed_count; i++) {
		const struct feed *feed = &load->feeds[i];
		struct table *table = &load->data->tables[feed->entity];
		for (uint32_t f = 0; f < table->entity->field_count; f++)
			if (feed->columns[f] >= 0)
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

int load_open(struct load *load, const struct job *job, struct plugin *plugins, struct data *data,
	      struct problems *problems, struct crmval_error *error)
{
	*load = (struct load){.job = job, .plugins = plugins, .data = data};
	load->sources = calloc((size_t)job->source_count + 1, sizeof *load->sources);
	load->feeds = calloc((size_t)job->source_count * model_entity_count + 1, sizeof *load->feeds);
	if (!load->sources || !load->feeds)
		return fail_memory(error);
	for (uint32_t s = 0; s < job->source_count; s++) {
		int code = plugins[s].table->source->open(job->sources[s].options, &load->sources[s], error);
		if (code == CRMVAL_OK)
			code = find_tables(load, s, problems, error);
		if (code != CRMVAL_OK)
			return code;
	}
	qsort(load->feeds, load->feed_count, sizeof *load->feeds, by_entity);
	mark_mapped(load, problems);
	return CRMVAL_OK;
}

void load_close(struct load *load)
{
	for (uint32_t s = 0; load->sources && s < load->job->source_count; s++)
		if (load->sources[s])
			load->plugins[s].table->source->close(load->sources[s]);
	free(load->sources);
	free(load->feeds);
}
