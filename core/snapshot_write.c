/* SPDX-License-Identifier: MIT */
/* Writing a snapshot: the result, what it means, what it follows from. */
#include "snapshot.h"

#include "alert.h"
#include "error.h"
#include "json.h"
#include "report.h"
#include "score.h"
#include "snapshot_frame.h"
#include "snapshot_header.h"
#include "snapshot_shard.h"
#include "snapshot_tables.h"
#include "snapshot_tallies.h"

#include <stdlib.h>

/* Each line is an object of one key, which says what it is. */
static void begin_line(struct json *json, const char *kind)
{
	json_map_open(json);
	json_text(json, kind);
	json_map_open(json);
}

static void end_line(struct json *json)
{
	json_map_close(json);
	json_map_close(json);
	json_end_line(json);
}

/* ---- the settings and the data ---- */

static void put_settings(struct json *json, const struct result *result)
{
	begin_line(json, "settings");
	json_key_text(json, "job", result->name);
	json_key_text(json, "job_sha256", result->job_sha256);
	json_key_text(json, "reading_sha256", *result->reading_sha256 ? result->reading_sha256 : NULL);
	json_key_text(json, "program", result->program);
	snapshot_put_window(json, "period", &result->period);
	snapshot_put_window(json, "baseline", result->has_baseline ? &result->baseline : NULL);
	snapshot_put_part(json, result);
	json_key_number(json, "target", result->target);
	json_text(json, "fresh_on");
	json_day(json, result->fresh_on);
	json_key_text(json, "language", result->language);
	json_text(json, "breakdowns");
	json_array_open(json);
	for (int b = 0; b < BREAKDOWN_COUNT; b++)
		if (result->breakdowns[b])
			json_text(json, breakdown_names[b]);
	json_array_close(json);
	end_line(json);
}

static void put_counts(struct json *json, const struct result_entity *entity)
{
	json_text(json, "fields");
	json_array_open(json);
	for (uint32_t i = 0; i < entity->field_count; i++) {
		json_map_open(json);
		json_key_text(json, "name", entity->fields[i].field);
		json_key_count(json, "dangling", entity->fields[i].dangling);
		json_key_count(json, "unreadable", entity->fields[i].unreadable);
		json_map_close(json);
	}
	json_array_close(json);
	json_text(json, "skipped");
	json_array_open(json);
	for (uint32_t i = 0; i < entity->skipped_count; i++) {
		json_map_open(json);
		json_key_text(json, "what", entity->skipped[i].what);
		json_key_count(json, "count", entity->skipped[i].count);
		json_map_close(json);
	}
	json_array_close(json);
}

static void put_entity(struct json *json, const struct result_entity *entity)
{
	begin_line(json, "entity");
	json_key_text(json, "name", entity->entity);
	json_key_text(json, "source", entity->source);
	json_key_count(json, "rows", entity->rows);
	json_key_count(json, "rejected", entity->rejected);
	json_key_count(json, "duplicates", entity->duplicates);
	json_text(json, "newest");
	if (entity->newest == CRMVAL_NO_DATE)
		json_text(json, NULL);
	else
		json_day(json, entity->newest);
	put_counts(json, entity);
	json_key_texts(json, "missing_fields", entity->missing_fields, entity->missing_field_count);
	json_key_texts(json, "examples", entity->examples, entity->example_count);
	end_line(json);
}

static void put_data(struct json *json, const struct result *result)
{
	for (uint32_t i = 0; i < result->plugin_count; i++) {
		begin_line(json, "plugin");
		json_key_text(json, "name", result->plugins[i].name);
		json_key_text(json, "version", result->plugins[i].version);
		json_key_text(json, "kind", result->plugins[i].kind);
		json_key_text(json, "sandbox", result->plugins[i].sandbox);
		end_line(json);
	}
	for (uint32_t i = 0; i < result->input_count; i++) {
		begin_line(json, "input");
		json_key_text(json, "name", result->inputs[i].name);
		json_key_count(json, "bytes", result->inputs[i].bytes);
		json_key_text(json, "sha256", *result->inputs[i].sha256 ? result->inputs[i].sha256 : NULL);
		end_line(json);
	}
	for (uint32_t i = 0; i < result->entity_count; i++)
		put_entity(json, &result->entities[i]);
	for (uint32_t i = 0; i < result->alert_count; i++) {
		begin_line(json, "alert");
		json_key_text(json, "rule", result->alerts[i].rule);
		json_key_text(json, "severity", alert_severity_names[result->alerts[i].is_critical]);
		json_key_count(json, "fired", result->alerts[i].fired);
		json_key_text(json, "message", result->alerts[i].message);
		end_line(json);
	}
	snapshot_put_shard(json, result);
}

/* ---- the definitions: all that decides what the data come to, and nothing else ---- */

static void put_scoring(struct json *json, const struct result *result)
{
	begin_line(json, "scoring");
	json_key_text(json, "currency", result->currency);
	json_key_text(json, "aggregation", aggregation_names[result->aggregation]);
	json_key_text(json, "missing", missing_names[result->missing]);
	if (result->ranges != RANGES_MODEL)
		json_key_text(json, "ranges", ranges_names[result->ranges]);
	json_key_number(json, "min_coverage", result->min_coverage);
	end_line(json);
}

static void put_scale(struct json *json, const char *key, const struct crmval_point *scale, uint32_t count)
{
	json_text(json, key);
	json_array_open(json);
	for (uint32_t i = 0; i < count; i++) {
		json_array_open(json);
		json_number(json, scale[i].x);
		json_number(json, scale[i].y);
		json_array_close(json);
	}
	json_array_close(json);
}

static void put_value(struct json *json, int32_t type, const struct crmval_value *value)
{
	json_text(json, "value");
	if (!value->is_set)
		json_text(json, NULL);
	else if (type == CRMVAL_OPTION_TEXT || type == CRMVAL_OPTION_PATH)
		json_text(json, value->text);
	else if (type == CRMVAL_OPTION_WORDS || type == CRMVAL_OPTION_PATHS) {
		json_array_open(json);
		for (uint32_t i = 0; i < value->word_count; i++)
			json_text(json, value->words[i]);
		json_array_close(json);
	} else {
		json_number(json, value->number);
	}
}

static void put_measure(struct json *json, const struct result_measure *measure)
{
	const struct crmval_measure *table = measure->table;
	begin_line(json, "measure");
	json_key_text(json, "id", table->id);
	json_key_text(json, "indicator", table->indicator);
	json_key_text(json, "unit", table->unit);
	json_key_text(json, "kind", snapshot_kinds[table->kind]);
	json_key_text(json, "better", snapshot_better[table->better]);
	json_text(json, "flags");
	json_array_open(json);
	for (int i = 0; snapshot_flags[i]; i++)
		if (table->flags & 1U << i)
			json_text(json, snapshot_flags[i]);
	json_array_close(json);
	json_key_text(json, "default_basis", snapshot_bases[table->basis]);
	put_scale(json, "default_scale", table->scale, table->scale_count);
	json_key_text(json, "basis", snapshot_bases[measure->basis]);
	put_scale(json, "scale", measure->scale, measure->scale_count);
	json_key_number(json, "weight", measure->weight);
	json_key_number(json, "stated_baseline", measure->stated_baseline);
	end_line(json);
}

static const char *version_of(const struct result *result, const char *plugin)
{
	for (uint32_t i = 0; i < result->plugin_count; i++)
		if (strcmp(result->plugins[i].kind, "dimension") == 0 && strcmp(result->plugins[i].name, plugin) == 0)
			return result->plugins[i].version;
	return NULL;
}

static void put_definitions(struct json *json, const struct result *result)
{
	put_scoring(json, result);
	for (uint32_t d = 0; d < result->dimension_count; d++) {
		const struct result_dimension *dimension = &result->dimensions[d];
		const struct crmval_dimension *table = dimension->table;
		begin_line(json, "dimension");
		json_key_text(json, "id", dimension->id);
		json_key_text(json, "version", version_of(result, dimension->id));
		json_key_number(json, "weight", dimension->weight);
		end_line(json);
		for (uint32_t i = 0; i < table->parameter_count; i++) {
			begin_line(json, "parameter");
			json_key_text(json, "name", table->parameters[i].name);
			json_key_text(json, "type", snapshot_option_types[table->parameters[i].type]);
			put_value(json, table->parameters[i].type, &dimension->parameters[i]);
			end_line(json);
		}
		for (uint32_t i = 0; i < table->indicator_count; i++) {
			begin_line(json, "indicator");
			json_key_text(json, "id", table->indicators[i].id);
			json_key_number(json, "weight", dimension->indicator_weights[i]);
			end_line(json);
		}
		for (uint32_t m = 0; m < result->measure_count; m++)
			if (result->measures[m].dimension == d)
				put_measure(json, &result->measures[m]);
	}
}

/* ---- texts ---- */

static void begin_texts(struct json *json, const char *kind, uint32_t *number)
{
	begin_line(json, kind);
	json_key_count(json, "number", (*number)++);
}

/* Texts as the plugins have them; each says by its number what it is of, in the order of the definitions. */
static void put_texts(struct json *json, const struct result *result)
{
	uint32_t dimensions = 0, parameters = 0, indicators = 0, measures = 0;
	for (uint32_t d = 0; d < result->dimension_count; d++) {
		const struct crmval_dimension *table = result->dimensions[d].original;
		begin_texts(json, "dimension_texts", &dimensions);
		json_key_text(json, "title", table->title);
		end_line(json);
		for (uint32_t i = 0; i < table->parameter_count; i++) {
			begin_texts(json, "parameter_texts", &parameters);
			json_key_text(json, "help", table->parameters[i].help);
			end_line(json);
		}
		for (uint32_t i = 0; i < table->indicator_count; i++) {
			begin_texts(json, "indicator_texts", &indicators);
			json_key_text(json, "title", table->indicators[i].title);
			end_line(json);
		}
		for (uint32_t m = 0; m < table->measure_count; m++) {
			begin_texts(json, "measure_texts", &measures);
			json_key_text(json, "title", table->measures[m].title);
			json_key_text(json, "definition", table->measures[m].definition);
			json_key_text(json, "formula", table->measures[m].formula);
			end_line(json);
		}
	}
}

static void put_translations(struct json *json, const struct result *result)
{
	for (uint32_t d = 0; d < result->dimension_count; d++) {
		for (uint32_t i = 0; i < result->dimensions[d].translation_count; i++) {
			const struct crmval_translation *translation = &result->dimensions[d].translations[i];
			begin_line(json, "translation");
			json_key_count(json, "dimension", d);
			json_key_text(json, "language", translation->language);
			json_key_text(json, "text", translation->text);
			json_key_text(json, "translated", translation->translated);
			end_line(json);
		}
	}
}

/* Why a measure has no data, where that is known without its tallies. */
static void put_lack(struct json *json, uint32_t number, const struct result_measure *measure)
{
	if (!measure->no_data[0] && !measure->no_data[1] && !measure->failed)
		return;
	begin_line(json, "lack");
	json_key_count(json, "measure", number);
	json_key_text(json, "period", measure->no_data[0]);
	json_key_text(json, "baseline", measure->no_data[1]);
	json_key_text(json, "failed", measure->failed);
	end_line(json);
}

/* ---- all of it ---- */

static int put_lines(const struct result *result, struct pack *pack, char definitions[65], struct crmval_error *error)
{
	struct output output = {.stream = pack->in};
	struct json json;
	int code = json_open(&json, &output, JSON_LINE, error);
	if (code == CRMVAL_OK) {
		put_settings(&json, result);
		put_data(&json, result);
		code = output_finish(&output, error);
	}
	if (code == CRMVAL_OK) {
		pack_begin_part(pack);
		put_definitions(&json, result);
		code = output_finish(&output, error);
	}
	if (code == CRMVAL_OK)
		code = pack_end_part(pack, definitions, error);
	if (code == CRMVAL_OK) {
		put_texts(&json, result);
		put_translations(&json, result);
		for (uint32_t m = 0; m < result->measure_count; m++)
			put_lack(&json, m, &result->measures[m]);
		tallies_put(&json, result);
		code = output_finish(&output, error);
	}
	int closed = json_close(&json, code == CRMVAL_OK ? error : NULL);
	return code == CRMVAL_OK ? closed : code;
}

static int put_result(const struct result *result, struct pack *pack, struct crmval_error *error)
{
	struct output output = {.stream = pack->in};
	struct result lenient = *result;
	if (result->part_count) /* what is missing in a part may well be in another */
		lenient.missing = MISSING_RENORMALISE;
	int code = report_json(&lenient, &output, error);
	return code == CRMVAL_OK ? output_finish(&output, error) : code;
}

int snapshot_write(const struct result *result, FILE *stream, struct crmval_error *error)
{
	struct pack *pack = malloc(sizeof *pack);
	struct snapshot_seal seal;
	char *line = NULL;
	size_t length = 0;
	if (!pack)
		return fail_memory(error);
	int code = pack_open(pack, error);
	if (code == CRMVAL_OK)
		code = put_result(result, pack, error);
	if (code == CRMVAL_OK)
		code = pack_begin_lines(pack, error);
	if (code == CRMVAL_OK)
		code = put_lines(result, pack, seal.definitions, error);
	if (code == CRMVAL_OK)
		code = pack_finish(pack, &seal.payload, &seal.gzip, &seal.lines, error);
	if (code == CRMVAL_OK)
		code = snapshot_header_text(result, &seal, &line, &length, error);
	if (code == CRMVAL_OK)
		code = pack_write(pack, line, length, stream, error);
	free(line);
	pack_close(pack);
	free(pack);
	return code;
}
