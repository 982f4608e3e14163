/* SPDX-License-Identifier: MIT */
/* Reading the lines of a snapshot that are no tallies. */
#include "snapshot_tables.h"

#include "alert.h"
#include "error.h"
#include "snapshot_shard.h"
#include "translate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const snapshot_kinds[] = {"", "ratio", "sum", NULL};
const char *const snapshot_better[] = {"", "higher", "lower", NULL};
const char *const snapshot_bases[] = {"", "value", "growth", "change", NULL};
const char *const snapshot_flags[] = {"state", "share", "daily", NULL};
const char *const snapshot_option_types[] = {"", "number", "integer", "flag", "text", "path", "words", "paths", NULL};

enum { ITEMS_MOST = 1 << 20, DIMENSIONS_MOST = 4096, MEASURES_MOST = 1 << 16 };
#define WEIGHT_MOST 1e300

/* A dimension, whose parts are those of the lists from here to where the next one's begin. */
struct draft {
	const char *id, *title;
	double weight;
	uint32_t parameters, indicators, measures;
	uint32_t translations, translation_count;
};

static void *no_memory(struct line *line)
{
	if (line->code == CRMVAL_OK)
		line->code = fail_memory(line->error);
	return NULL;
}

void *drafts_append(struct list *list, size_t size, struct line *line)
{
	if (list->count == ITEMS_MOST) {
		line->code = fail(line->error, CRMVAL_EDATA, "%s: it has more of one kind of lines than crmval reads",
				  line->name);
		return NULL;
	}
	if (list->count == list->capacity) {
		uint32_t capacity = list->capacity ? 2 * list->capacity : 16;
		void *items = reallocarray(list->items, capacity, size);
		if (!items)
			return no_memory(line);
		list->items = items;
		list->capacity = capacity;
	}
	void *item = (char *)list->items + size * list->count++;
	return memset(item, 0, size);
}

/* ---- settings and data ---- */

static void take_settings(struct drafts *drafts, struct line *line, const struct json_node *map)
{
	struct result *result = &drafts->snapshot->result;
	uint32_t count;
	if (drafts->has_settings)
		line_is_wrong(line, "settings");
	drafts->has_settings = 1;
	result->name = line_text(line, map, "job");
	line_sha256(line, map, "job_sha256", result->job_sha256);
	const struct json_node *reading = json_get(&line->tree, map, "reading_sha256");
	if (reading && reading->kind != JSON_NULL) /* which older snapshots do not have */
		line_sha256(line, map, "reading_sha256", result->reading_sha256);
	result->program = line_text(line, map, "program");
	line_window(line, map, "period", 0, &result->period);
	result->has_baseline = line_window(line, map, "baseline", 1, &result->baseline);
	line_part(line, map, &result->part, &result->part_count);
	result->target = line_number(line, map, "target", 0, 100);
	result->fresh_on = line_day(line, map, "fresh_on");
	result->language = line_text_or_null(line, map, "language");
	const char *const *breakdowns = line_texts(line, map, "breakdowns", &count);
	for (uint32_t i = 0; i < count; i++) {
		int b = 0;
		while (b < BREAKDOWN_COUNT && strcmp(breakdowns[i], breakdown_names[b]) != 0)
			b++;
		if (b == BREAKDOWN_COUNT)
			line_is_wrong(line, "breakdowns");
		else
			result->breakdowns[b] = 1;
	}
}

static void take_plugin(struct drafts *drafts, struct line *line, const struct json_node *map)
{
	struct result_plugin *plugin = drafts_append(&drafts->plugins, sizeof *plugin, line);
	if (!plugin)
		return;
	plugin->name = line_text(line, map, "name");
	plugin->version = line_text(line, map, "version");
	plugin->kind = line_text(line, map, "kind");
	plugin->sandbox = line_text_or_null(line, map, "sandbox");
}

static void take_input(struct drafts *drafts, struct line *line, const struct json_node *map)
{
	struct result_input *input = drafts_append(&drafts->inputs, sizeof *input, line);
	const struct json_node *sha256 = json_get(&line->tree, map, "sha256");
	if (!input)
		return;
	input->name = line_text(line, map, "name");
	input->bytes = line_count(line, map, "bytes", UINT64_MAX);
	if (!sha256 || sha256->kind != JSON_NULL)
		line_sha256(line, map, "sha256", input->sha256);
}

static void take_fields(struct line *line, const struct json_node *map, struct result_entity *entity)
{
	const struct json_node *list = line_array(line, map, "fields");
	uint32_t count = list ? list->count : 0;
	struct result_field_count *fields = arena_array(line->arena, (size_t)count + 1, sizeof *fields);
	if (!fields) {
		no_memory(line);
		return;
	}
	const struct json_node *at = list ? json_first(list) : NULL;
	for (uint32_t i = 0; i < count; i++, at = json_next(&line->tree, at)) {
		fields[i].field = line_text(line, at, "name");
		fields[i].dangling = line_count(line, at, "dangling", UINT64_MAX);
		fields[i].unreadable = line_count(line, at, "unreadable", UINT64_MAX);
	}
	entity->fields = fields;
	entity->field_count = count;
}

static void take_skipped(struct line *line, const struct json_node *map, struct result_entity *entity)
{
	const struct json_node *list = line_array(line, map, "skipped");
	uint32_t count = list ? list->count : 0;
	struct result_count *skipped = arena_array(line->arena, (size_t)count + 1, sizeof *skipped);
	if (!skipped) {
		no_memory(line);
		return;
	}
	const struct json_node *at = list ? json_first(list) : NULL;
	for (uint32_t i = 0; i < count; i++, at = json_next(&line->tree, at)) {
		skipped[i].what = line_text(line, at, "what");
		skipped[i].count = line_count(line, at, "count", UINT64_MAX);
	}
	entity->skipped = skipped;
	entity->skipped_count = count;
}

static void take_entity(struct drafts *drafts, struct line *line, const struct json_node *map)
{
	struct result_entity *entity = drafts_append(&drafts->entities, sizeof *entity, line);
	if (!entity)
		return;
	entity->entity = line_text(line, map, "name");
	entity->source = line_text_or_null(line, map, "source");
	entity->rows = line_count(line, map, "rows", UINT64_MAX);
	entity->rejected = line_count(line, map, "rejected", UINT64_MAX);
	entity->duplicates = line_count(line, map, "duplicates", UINT64_MAX);
	entity->newest = line_day_or_none(line, map, "newest");
	take_fields(line, map, entity);
	take_skipped(line, map, entity);
	entity->missing_fields = line_texts(line, map, "missing_fields", &entity->missing_field_count);
	entity->examples = line_texts(line, map, "examples", &entity->example_count);
}

static void take_alert(struct drafts *drafts, struct line *line, const struct json_node *map)
{
	struct result_alert *alert = drafts_append(&drafts->alerts, sizeof *alert, line);
	if (!alert)
		return;
	alert->rule = line_text(line, map, "rule");
	alert->is_critical = line_word(line, map, "severity", alert_severity_names, 0);
	alert->fired = (uint32_t)line_count(line, map, "fired", UINT32_MAX);
	alert->message = line_text(line, map, "message");
}

/* ---- definitions ---- */

static void take_scoring(struct drafts *drafts, struct line *line, const struct json_node *map)
{
	struct result *result = &drafts->snapshot->result;
	if (drafts->has_scoring)
		line_is_wrong(line, "scoring");
	drafts->has_scoring = 1;
	result->currency = line_text_or_null(line, map, "currency");
	result->aggregation = (enum job_aggregation)line_word(line, map, "aggregation", aggregation_names, 0);
	result->missing = (enum job_missing)line_word(line, map, "missing", missing_names, 0);
	if (json_get(&line->tree, map, "ranges"))
		result->ranges = (enum job_ranges)line_word(line, map, "ranges", ranges_names, 0);
	result->min_coverage = line_number(line, map, "min_coverage", 0, 1);
}

static struct draft *last_dimension(struct drafts *drafts, struct line *line, const char *kind)
{
	if (drafts->dimensions.count == 0) {
		line_is_wrong(line, kind);
		return NULL;
	}
	return (struct draft *)drafts->dimensions.items + drafts->dimensions.count - 1;
}

static void take_dimension(struct drafts *drafts, struct line *line, const struct json_node *map)
{
	struct draft *draft = drafts_append(&drafts->dimensions, sizeof *draft, line);
	if (!draft)
		return;
	draft->id = line_text(line, map, "id");
	draft->weight = line_number(line, map, "weight", 0, WEIGHT_MOST);
	draft->parameters = drafts->parameters.count;
	draft->indicators = drafts->indicators.count;
	draft->measures = drafts->measures.count;
	if (drafts->dimensions.count > DIMENSIONS_MOST)
		line_is_wrong(line, "dimension");
}

static void take_value(struct line *line, const struct json_node *map, int32_t type, struct crmval_value *value)
{
	const struct json_node *said = json_get(&line->tree, map, "value");
	*value = (struct crmval_value){.number = NAN};
	if (said && said->kind == JSON_NULL)
		return;
	value->is_set = 1;
	if (type == CRMVAL_OPTION_TEXT || type == CRMVAL_OPTION_PATH)
		value->text = line_text(line, map, "value");
	else if (type == CRMVAL_OPTION_WORDS || type == CRMVAL_OPTION_PATHS)
		value->words = line_texts(line, map, "value", &value->word_count);
	else
		value->number = line_number(line, map, "value", -INFINITY, INFINITY);
}

static void take_parameter(struct drafts *drafts, struct line *line, const struct json_node *map)
{
	if (!last_dimension(drafts, line, "parameter"))
		return;
	struct crmval_option *parameter = drafts_append(&drafts->parameters, sizeof *parameter, line);
	struct crmval_value *value = drafts_append(&drafts->values, sizeof *value, line);
	if (!parameter || !value)
		return;
	parameter->name = line_text(line, map, "name");
	parameter->type = line_word(line, map, "type", snapshot_option_types, 1);
	parameter->help = "";
	take_value(line, map, parameter->type, value);
}

static void take_indicator(struct drafts *drafts, struct line *line, const struct json_node *map)
{
	struct draft *draft = last_dimension(drafts, line, "indicator");
	if (!draft)
		return;
	struct crmval_indicator *indicator = drafts_append(&drafts->indicators, sizeof *indicator, line);
	double *weight = drafts_append(&drafts->weights, sizeof *weight, line);
	if (!indicator || !weight)
		return;
	if (draft->measures != drafts->measures.count)
		line_is_wrong(line, "indicator"); /* after a measure */
	indicator->id = line_text(line, map, "id");
	indicator->title = "";
	*weight = line_number(line, map, "weight", 0, WEIGHT_MOST);
}

static const struct crmval_point *take_scale(struct line *line, const struct json_node *map, const char *key,
					     uint32_t *count)
{
	const struct json_node *list = line_array(line, map, key);
	*count = list ? list->count : 0;
	struct crmval_point *scale = arena_array(line->arena, (size_t)*count + 1, sizeof *scale);
	if (!scale)
		return no_memory(line);
	const struct json_node *at = list ? json_first(list) : NULL;
	for (uint32_t i = 0; i < *count; i++, at = json_next(&line->tree, at)) {
		const struct json_node *x = json_first(at);
		if (at->kind != JSON_ARRAY || at->count != 2 || !json_is_number(x, &scale[i].x) ||
		    !json_is_number(json_next(&line->tree, x), &scale[i].y) ||
		    (i > 0 && scale[i].x <= scale[i - 1].x) || scale[i].y < 0 || scale[i].y > 100) {
			line_is_wrong(line, key);
			*count = 0;
			return NULL;
		}
	}
	return *count ? scale : NULL;
}

static uint32_t take_flags(struct line *line, const struct json_node *map)
{
	uint32_t flags = 0, count;
	const char *const *words = line_texts(line, map, "flags", &count);
	for (uint32_t i = 0; i < count; i++) {
		int bit = 0;
		while (snapshot_flags[bit] && strcmp(snapshot_flags[bit], words[i]) != 0)
			bit++;
		if (!snapshot_flags[bit])
			line_is_wrong(line, "flags");
		else
			flags |= 1U << bit;
	}
	return flags;
}

/* The place of an indicator among those of the last dimension. */
static uint32_t find_indicator(struct drafts *drafts, struct line *line, const struct draft *draft, const char *id)
{
	const struct crmval_indicator *indicators = drafts->indicators.items;
	for (uint32_t i = draft->indicators; i < drafts->indicators.count; i++)
		if (strcmp(indicators[i].id, id) == 0)
			return i - draft->indicators;
	line_is_wrong(line, "indicator");
	return 0;
}

static void take_measure(struct drafts *drafts, struct line *line, const struct json_node *map)
{
	const struct draft *draft = last_dimension(drafts, line, "measure");
	if (!draft)
		return;
	struct crmval_measure *table = drafts_append(&drafts->tables, sizeof *table, line);
	struct result_measure *measure = drafts_append(&drafts->measures, sizeof *measure, line);
	if (!table || !measure)
		return;
	table->id = line_text(line, map, "id");
	table->indicator = line_text(line, map, "indicator");
	table->unit = line_text(line, map, "unit");
	table->title = table->definition = table->formula = "";
	table->kind = line_word(line, map, "kind", snapshot_kinds, 1);
	table->better = line_word(line, map, "better", snapshot_better, 1);
	table->flags = take_flags(line, map);
	table->basis = line_word(line, map, "default_basis", snapshot_bases, 1);
	table->scale = take_scale(line, map, "default_scale", &table->scale_count);
	measure->dimension = drafts->dimensions.count - 1;
	measure->indicator = find_indicator(drafts, line, draft, table->indicator);
	measure->basis = line_word(line, map, "basis", snapshot_bases, 1);
	measure->scale = take_scale(line, map, "scale", &measure->scale_count);
	measure->weight = line_number(line, map, "weight", 0, WEIGHT_MOST);
	measure->stated_baseline = line_number_or_null(line, map, "stated_baseline");
	if (drafts->measures.count > MEASURES_MOST)
		line_is_wrong(line, "measure");
}

/* ---- texts: each says by number what it is of ---- */

/* The item that a text is of; NULL where it says none that is there. */
static void *item_of(const struct list *list, size_t size, struct line *line, const struct json_node *map,
		     const char *key)
{
	uint64_t number = line_count(line, map, key, UINT32_MAX);
	if (number < list->count)
		return (char *)list->items + size * number;
	line_is_wrong(line, key);
	return NULL;
}

static void take_dimension_texts(struct drafts *drafts, struct line *line, const struct json_node *map)
{
	struct draft *draft = item_of(&drafts->dimensions, sizeof *draft, line, map, "number");
	if (draft)
		draft->title = line_text(line, map, "title");
}

static void take_parameter_texts(struct drafts *drafts, struct line *line, const struct json_node *map)
{
	struct crmval_option *parameter = item_of(&drafts->parameters, sizeof *parameter, line, map, "number");
	if (parameter)
		parameter->help = line_text(line, map, "help");
}

static void take_indicator_texts(struct drafts *drafts, struct line *line, const struct json_node *map)
{
	struct crmval_indicator *indicator = item_of(&drafts->indicators, sizeof *indicator, line, map, "number");
	if (indicator)
		indicator->title = line_text(line, map, "title");
}

static void take_measure_texts(struct drafts *drafts, struct line *line, const struct json_node *map)
{
	struct crmval_measure *table = item_of(&drafts->tables, sizeof *table, line, map, "number");
	if (!table)
		return;
	table->title = line_text(line, map, "title");
	table->definition = line_text(line, map, "definition");
	table->formula = line_text(line, map, "formula");
}

/* Those of one dimension stand together. */
static void take_translation(struct drafts *drafts, struct line *line, const struct json_node *map)
{
	struct draft *draft = item_of(&drafts->dimensions, sizeof *draft, line, map, "dimension");
	struct crmval_translation *translation = drafts_append(&drafts->translations, sizeof *translation, line);
	if (!draft || !translation)
		return;
	if (draft->translation_count == 0)
		draft->translations = drafts->translations.count - 1;
	if (draft->translations + draft->translation_count++ != drafts->translations.count - 1)
		line_is_wrong(line, "dimension");
	translation->language = line_text(line, map, "language");
	translation->text = line_text(line, map, "text");
	translation->translated = line_text(line, map, "translated");
}

static void take_lack(struct drafts *drafts, struct line *line, const struct json_node *map)
{
	struct result_measure *measure = item_of(&drafts->measures, sizeof *measure, line, map, "measure");
	if (!measure)
		return;
	measure->no_data[0] = line_text_or_null(line, map, "period");
	measure->no_data[1] = line_text_or_null(line, map, "baseline");
	measure->failed = line_text_or_null(line, map, "failed");
}

/* ---- any of them ---- */

/* In the order in which they come; those of one stage in any. */
static const struct {
	const char *kind;
	int stage;
	void (*take)(struct drafts *drafts, struct line *line, const struct json_node *map);
} kinds[] = {
	{"settings", 1, take_settings},
	{"plugin", 2, take_plugin},
	{"input", 3, take_input},
	{"entity", 4, take_entity},
	{"alert", 5, take_alert},
	{"shard", 6, snapshot_take_shard},
	{"shard_entity", 6, snapshot_take_shard_entity},
	{"shard_rule", 6, snapshot_take_shard_rule},
	{"scoring", 7, take_scoring},
	{"dimension", 8, take_dimension},
	{"parameter", 8, take_parameter},
	{"indicator", 8, take_indicator},
	{"measure", 8, take_measure},
	{"dimension_texts", 9, take_dimension_texts},
	{"parameter_texts", 9, take_parameter_texts},
	{"indicator_texts", 9, take_indicator_texts},
	{"measure_texts", 9, take_measure_texts},
	{"translation", 10, take_translation},
	{"lack", 11, take_lack},
};

void drafts_take(struct drafts *drafts, struct line *line)
{
	const struct json_node *key = json_first(line->tree.nodes);
	for (size_t i = 0; line->tree.nodes[0].count > 0 && i < sizeof kinds / sizeof kinds[0]; i++) {
		if (strcmp(key->text, kinds[i].kind) != 0)
			continue;
		if (kinds[i].stage < drafts->stage)
			line_is_wrong(line, kinds[i].kind);
		drafts->stage = kinds[i].stage;
		kinds[i].take(drafts, line, json_next(&line->tree, key));
	}
}

/* ---- the result ---- */

static void *copied(struct arena *arena, const struct list *list, size_t size)
{
	void *items = arena_array(arena, (size_t)list->count + 1, size);
	if (items && list->count)
		memcpy(items, list->items, list->count * size);
	return items;
}

/* Where the parts of a dimension end: where the next one's begin. */
static struct draft end_of(const struct drafts *drafts, uint32_t d)
{
	const struct draft *drafted = drafts->dimensions.items;
	if (d + 1 < drafts->dimensions.count)
		return drafted[d + 1];
	return (struct draft){.parameters = drafts->parameters.count,
			      .indicators = drafts->indicators.count,
			      .measures = drafts->tables.count};
}

static int make_dimensions(struct drafts *drafts, struct crmval_error *error)
{
	struct result *result = &drafts->snapshot->result;
	struct arena *arena = &drafts->snapshot->arena;
	uint32_t count = drafts->dimensions.count;
	const struct draft *drafted = drafts->dimensions.items;
	struct result_dimension *dimensions = arena_array(arena, (size_t)count + 1, sizeof *dimensions);
	struct crmval_dimension *originals = arena_array(arena, (size_t)count + 1, sizeof *originals);
	const struct crmval_option *parameters = copied(arena, &drafts->parameters, sizeof *parameters);
	const struct crmval_value *values = copied(arena, &drafts->values, sizeof *values);
	const struct crmval_indicator *indicators = copied(arena, &drafts->indicators, sizeof *indicators);
	const double *weights = copied(arena, &drafts->weights, sizeof *weights);
	const struct crmval_measure *tables = copied(arena, &drafts->tables, sizeof *tables);
	const struct crmval_translation *translations = copied(arena, &drafts->translations, sizeof *translations);
	struct result_measure *measures = copied(arena, &drafts->measures, sizeof *measures);
	if (!dimensions || !originals || !parameters || !values || !indicators || !weights || !tables ||
	    !translations || !measures)
		return fail_memory(error);
	for (uint32_t d = 0; d < count; d++) {
		const struct draft *draft = &drafted[d], end = end_of(drafts, d);
		originals[d] = (struct crmval_dimension){
			.struct_size = sizeof *originals,
			.title = draft->title ? draft->title : "",
			.parameter_count = end.parameters - draft->parameters,
			.parameters = parameters + draft->parameters,
			.indicator_count = end.indicators - draft->indicators,
			.indicators = indicators + draft->indicators,
			.measure_count = end.measures - draft->measures,
			.measures = tables + draft->measures,
		};
		dimensions[d] = (struct result_dimension){
			.id = draft->id,
			.weight = draft->weight,
			.table = &originals[d],
			.original = &originals[d],
			.parameters = values + draft->parameters,
			.indicator_weights = weights + draft->indicators,
			.translation_count = draft->translation_count,
			.translations = translations + draft->translations,
		};
	}
	for (uint32_t m = 0; m < drafts->measures.count; m++)
		measures[m].table = &tables[m];
	result->dimension_count = count;
	result->dimensions = dimensions;
	result->measure_count = drafts->measures.count;
	result->measures = measures;
	return result_translate(result, arena, result->language, error);
}

int drafts_finish(struct drafts *drafts, const char *name, struct crmval_error *error)
{
	struct result *result = &drafts->snapshot->result;
	struct arena *arena = &drafts->snapshot->arena;
	if (!drafts->has_settings || !drafts->has_scoring)
		return fail(error, CRMVAL_EDATA, "%s: it says no settings, so this is not a snapshot that crmval wrote",
			    name);
	result->made = drafts->snapshot->header.made;
	result->plugin_count = drafts->plugins.count;
	result->plugins = copied(arena, &drafts->plugins, sizeof *result->plugins);
	result->input_count = drafts->inputs.count;
	result->inputs = copied(arena, &drafts->inputs, sizeof *result->inputs);
	result->entity_count = drafts->entities.count;
	result->entities = copied(arena, &drafts->entities, sizeof *result->entities);
	result->alert_count = drafts->alerts.count;
	result->alerts = copied(arena, &drafts->alerts, sizeof *result->alerts);
	if (!result->plugins || !result->inputs || !result->entities || !result->alerts)
		return fail_memory(error);
	int code = snapshot_finish_shard(drafts, name, error);
	return code == CRMVAL_OK ? make_dimensions(drafts, error) : code;
}

void drafts_free(struct drafts *drafts)
{
	struct list *lists[] = {&drafts->plugins,        &drafts->inputs,       &drafts->entities,
				&drafts->dimensions,     &drafts->parameters,   &drafts->values,
				&drafts->indicators,     &drafts->weights,      &drafts->tables,
				&drafts->measures,       &drafts->translations, &drafts->alerts,
				&drafts->shard_entities, &drafts->shard_rules};
	for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
		free(lists[i]->items);
}
