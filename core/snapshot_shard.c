/* SPDX-License-Identifier: MIT */
/* The lines that only the snapshots of parts have. */
#include "snapshot_shard.h"

#include "alert.h"
#include "error.h"

#include <float.h>
#include <string.h>

/* ---- writing ---- */

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

static void put_entity(struct json *json, const struct result_shard_entity *entity, uint32_t example_count)
{
	begin_line(json, "shard_entity");
	json_key_text(json, "by", entity->by);
	json_key_count(json, "is_chosen", (uint64_t)entity->is_chosen);
	json_key_count(json, "seen", entity->seen);
	json_key_count(json, "checksum", entity->checksum);
	json_key_count(json, "rows", entity->rows);
	json_key_texts(json, "fields", entity->fields, entity->field_count);
	json_text(json, "examples");
	json_array_open(json);
	for (uint32_t i = 0; i < example_count; i++) {
		const struct result_shard_example *example = &entity->examples[i];
		json_map_open(json);
		json_key_count(json, "split", example->place.split);
		json_key_count(json, "input", example->place.input);
		json_key_count(json, "line", example->place.line);
		json_key_count(json, "is_reject", (uint64_t)example->is_reject);
		json_map_close(json);
	}
	json_array_close(json);
	end_line(json);
}

static void put_rule(struct json *json, const struct job_alert *rule)
{
	begin_line(json, "shard_rule");
	json_key_text(json, "name", rule->name);
	json_key_text(json, "kind", alert_kind_names[rule->kind]);
	json_key_text(json, "severity", alert_severity_names[rule->severity]);
	json_key_number(json, "limit", rule->limit);
	json_key_text(json, "node", rule->node);
	json_key_text(json, "breakdown", rule->breakdown < 0 ? NULL : breakdown_names[rule->breakdown]);
	json_key_text(json, "unit", rule->unit);
	json_key_text(json, "entity", rule->entity);
	end_line(json);
}

void snapshot_put_shard(struct json *json, const struct result *result)
{
	const struct result_shard *shard = result->shard;
	if (!shard)
		return;
	begin_line(json, "shard");
	json_key_number(json, "rejected_share", shard->limits.rejected_share);
	json_key_number(json, "unreadable_share", shard->limits.unreadable_share);
	json_key_number(json, "dangling_share", shard->limits.dangling_share);
	json_key_count(json, "examples", shard->example_most);
	end_line(json);
	for (uint32_t i = 0; i < result->entity_count; i++)
		put_entity(json, &shard->entities[i], result->entities[i].example_count);
	for (uint32_t i = 0; i < shard->rule_count; i++)
		put_rule(json, &shard->rules[i]);
}

/* ---- reading ---- */

void snapshot_take_shard(struct drafts *drafts, struct line *line, const struct json_node *map)
{
	struct result_shard *shard = arena_alloc(line->arena, sizeof *shard);
	if (drafts->shard)
		line_is_wrong(line, "shard");
	if (!shard) {
		line->code = fail_memory(line->error);
		return;
	}
	*shard = (struct result_shard){
		.limits = {.rejected_share = line_number(line, map, "rejected_share", 0, 1),
			   .unreadable_share = line_number(line, map, "unreadable_share", 0, 1),
			   .dangling_share = line_number(line, map, "dangling_share", 0, 1)},
		.example_most = (uint32_t)line_count(line, map, "examples", UINT32_MAX),
	};
	drafts->shard = shard;
}

void snapshot_take_shard_entity(struct drafts *drafts, struct line *line, const struct json_node *map)
{
	struct result_shard_entity *entity = drafts_append(&drafts->shard_entities, sizeof *entity, line);
	uint32_t number = drafts->shard_entities.count - 1;
	if (!entity)
		return;
	entity->by = line_text_or_null(line, map, "by");
	entity->is_chosen = (int)line_count(line, map, "is_chosen", 1);
	entity->seen = line_count(line, map, "seen", UINT64_MAX);
	entity->checksum = line_count(line, map, "checksum", UINT64_MAX);
	entity->rows = line_count(line, map, "rows", UINT64_MAX);
	entity->fields = line_texts(line, map, "fields", &entity->field_count);
	const struct json_node *list = line_array(line, map, "examples");
	uint32_t count = list ? list->count : 0;
	const struct result_entity *of = drafts->entities.items;
	if (number >= drafts->entities.count || of[number].example_count != count) {
		line_is_wrong(line, "examples");
		return;
	}
	struct result_shard_example *examples = arena_array(line->arena, (size_t)count + 1, sizeof *examples);
	if (!examples) {
		line->code = fail_memory(line->error);
		return;
	}
	const struct json_node *at = list ? json_first(list) : NULL;
	for (uint32_t i = 0; i < count; i++, at = json_next(&line->tree, at)) {
		examples[i].place.split = line_count(line, at, "split", UINT64_MAX);
		examples[i].place.input = (uint32_t)line_count(line, at, "input", UINT32_MAX);
		examples[i].place.line = line_count(line, at, "line", UINT64_MAX);
		examples[i].is_reject = (int)line_count(line, at, "is_reject", 1);
	}
	entity->examples = examples;
}

void snapshot_take_shard_rule(struct drafts *drafts, struct line *line, const struct json_node *map)
{
	struct job_alert *rule = drafts_append(&drafts->shard_rules, sizeof *rule, line);
	if (!rule)
		return;
	rule->name = line_text_or_null(line, map, "name");
	rule->kind = (enum alert_kind)line_word(line, map, "kind", alert_kind_names, 0);
	rule->severity = (enum alert_severity)line_word(line, map, "severity", alert_severity_names, 0);
	rule->limit = line_number(line, map, "limit", -DBL_MAX, DBL_MAX);
	rule->node = line_text_or_null(line, map, "node");
	rule->unit = line_text_or_null(line, map, "unit");
	rule->entity = line_text_or_null(line, map, "entity");
	const char *breakdown = line_text_or_null(line, map, "breakdown");
	rule->breakdown = -1;
	for (int b = 0; breakdown && b < BREAKDOWN_COUNT; b++)
		if (strcmp(breakdown, breakdown_names[b]) == 0)
			rule->breakdown = b;
	if (breakdown && rule->breakdown < 0)
		line_is_wrong(line, "breakdown");
}

static void *copied(struct arena *arena, const struct list *list, size_t size)
{
	void *items = arena_array(arena, (size_t)list->count + 1, size);
	if (items && list->count)
		memcpy(items, list->items, list->count * size);
	return items;
}

int snapshot_finish_shard(struct drafts *drafts, const char *name, struct crmval_error *error)
{
	struct snapshot *snapshot = drafts->snapshot;
	if (!drafts->shard != !snapshot->result.part_count ||
	    drafts->shard_entities.count != (drafts->shard ? drafts->entities.count : 0))
		return fail(error, CRMVAL_EDATA,
			    "%s: it does not say how the rows of a part were chosen, or that it is one", name);
	if (!drafts->shard)
		return CRMVAL_OK;
	drafts->shard->entities = copied(&snapshot->arena, &drafts->shard_entities, sizeof(struct result_shard_entity));
	drafts->shard->rules = copied(&snapshot->arena, &drafts->shard_rules, sizeof(struct job_alert));
	drafts->shard->rule_count = drafts->shard_rules.count;
	snapshot->result.shard = drafts->shard;
	return drafts->shard->entities && drafts->shard->rules ? CRMVAL_OK : fail_memory(error);
}
