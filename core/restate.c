/* SPDX-License-Identifier: MIT */
/* History told anew: late data, or other definitions. */
#include "restate.h"

#include "error.h"
#include "window.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { OLD, NEW };

const char *const restate_cause_names[RESTATE_CAUSES] = {"late_data", "changed_definitions", "either"};
const char *const restate_kind_names[RESTATE_KINDS] = {"job",    "reading",   "baseline", "program",
						       "plugin", "parameter", "entity",   "input"};

static int is_same_window(const struct crmval_window *a, const struct crmval_window *b)
{
	return a->from == b->from && a->to == b->to;
}

int restate_is_one(const struct change *change)
{
	const struct result *old = change->results[OLD], *new = change->results[NEW];

	return strcmp(old->name, new->name) == 0 && is_same_window(&old->period, &new->period);
}

/* There is room for all that two results can differ in. */
static struct restate_item *add(struct restate *restate, enum restate_kind kind, const char *name)
{
	struct restate_item *item = &restate->items[restate->count++];

	item->kind = kind;
	snprintf(item->name, sizeof item->name, "%s", name);
	return item;
}

/* ---- definitions ---- */

static void window_text(const struct result *result, char text[128])
{
	char from[11], to[11];

	if (!result->has_baseline)
		return;
	date_format(result->baseline.from, from);
	date_format(result->baseline.to, to);
	snprintf(text, 128, "%s..%s", from, to);
}

static void compare_jobs(const struct result *const results[2], struct restate *restate)
{
	const char *readings[] = {results[OLD]->reading_sha256, results[NEW]->reading_sha256};
	int is_job_same = strcmp(results[OLD]->job_sha256, results[NEW]->job_sha256) == 0;

	if (!is_job_same)
		add(restate, RESTATE_JOB, results[NEW]->name);
	restate->is_reading_same = is_job_same || (*readings[OLD] && strcmp(readings[OLD], readings[NEW]) == 0);
	if (*readings[OLD] && *readings[NEW] && !restate->is_reading_same)
		add(restate, RESTATE_READING, results[NEW]->name);
	restate->is_baseline_same =
		results[OLD]->has_baseline == results[NEW]->has_baseline &&
		(!results[OLD]->has_baseline || is_same_window(&results[OLD]->baseline, &results[NEW]->baseline));
	if (restate->is_baseline_same)
		return;
	struct restate_item *item = add(restate, RESTATE_BASELINE, results[NEW]->name);
	for (int side = OLD; side <= NEW; side++)
		window_text(results[side], item->values[side]);
}

static const struct result_plugin *find_plugin(const struct result *result, const struct result_plugin *like)
{
	for (uint32_t i = 0; i < result->plugin_count; i++)
		if (strcmp(result->plugins[i].name, like->name) == 0 &&
		    strcmp(result->plugins[i].kind, like->kind) == 0)
			return &result->plugins[i];
	return NULL;
}

static int is_same_plugin(const struct result_plugin *a, const struct result_plugin *b)
{
	return a && b && strcmp(a->version, b->version) == 0;
}

static void compare_plugin(const struct result_plugin *old, const struct result_plugin *new, struct restate *restate)
{
	const struct result_plugin *any = new ? new : old;

	if (is_same_plugin(old, new))
		return;
	if (strcmp(any->kind, "source") == 0)
		restate->are_readers_same = 0;
	struct restate_item *item = add(restate, RESTATE_PLUGIN, any->name);
	if (old)
		snprintf(item->values[OLD], sizeof item->values[OLD], "%s", old->version);
	if (new)
		snprintf(item->values[NEW], sizeof item->values[NEW], "%s", new->version);
}

static void compare_program(const struct result *const results[2], struct restate *restate)
{
	restate->are_readers_same = strcmp(results[OLD]->program, results[NEW]->program) == 0;
	if (restate->are_readers_same)
		return;
	struct restate_item *item = add(restate, RESTATE_PROGRAM, "crmval");
	for (int side = OLD; side <= NEW; side++)
		snprintf(item->values[side], sizeof item->values[side], "%s", results[side]->program);
}

static void compare_plugins(const struct result *const results[2], struct restate *restate)
{
	for (uint32_t i = 0; i < results[NEW]->plugin_count; i++) {
		const struct result_plugin *new = &results[NEW]->plugins[i];
		compare_plugin(find_plugin(results[OLD], new), new, restate);
	}
	for (uint32_t i = 0; i < results[OLD]->plugin_count; i++) {
		const struct result_plugin *old = &results[OLD]->plugins[i];
		if (!find_plugin(results[NEW], old))
			compare_plugin(old, NULL, restate);
	}
}

static void value_text(const struct crmval_value *value, char text[128])
{
	size_t length = 0;

	text[0] = '\0';
	if (!value || !value->is_set)
		return;
	if (value->text)
		snprintf(text, 128, "%s", value->text);
	else if (!isnan(value->number))
		snprintf(text, 128, "%.15g", value->number);
	for (uint32_t i = 0; i < value->word_count && length < 127; i++)
		length += (size_t)snprintf(text + length, 128 - length, "%s%s", i ? ", " : "", value->words[i]);
}

static const struct crmval_value *find_parameter(const struct result_dimension *dimension, const char *name)
{
	for (uint32_t i = 0; i < dimension->table->parameter_count && dimension->parameters; i++)
		if (strcmp(dimension->table->parameters[i].name, name) == 0)
			return &dimension->parameters[i];
	return NULL;
}

static int is_same_value(const struct crmval_value *a, const struct crmval_value *b)
{
	int is_same = a && b && a->is_set == b->is_set && a->word_count == b->word_count && !a->text == !b->text;

	if (!is_same || !a->is_set)
		return is_same;
	if (a->text)
		return strcmp(a->text, b->text) == 0;
	for (uint32_t i = 0; i < a->word_count && is_same; i++)
		is_same = strcmp(a->words[i], b->words[i]) == 0;
	return is_same && (a->word_count > 0 || a->number == b->number || (isnan(a->number) && isnan(b->number)));
}

/* Whether the dimension's numbers mean the same on both sides; lists what differs. */
static int compare_dimension(const struct change *change, const struct change_node *node, struct restate *restate)
{
	const struct result *old = change->results[OLD], *new = change->results[NEW];
	const struct result_dimension *sides[] = {&old->dimensions[node->places[OLD]],
						  &new->dimensions[node->places[NEW]]};
	const struct result_plugin like = {.name = node->id, .kind = "dimension"};
	int is_same = is_same_plugin(find_plugin(old, &like), find_plugin(new, &like));

	for (int side = OLD; side <= NEW; side++)
		for (uint32_t i = 0; i < sides[side]->table->parameter_count; i++) {
			const char *name = sides[side]->table->parameters[i].name;
			const struct crmval_value *values[] = {find_parameter(sides[OLD], name),
							       find_parameter(sides[NEW], name)};
			char path[128];
			if (is_same_value(values[OLD], values[NEW]) || (side == OLD && values[NEW]))
				continue;
			snprintf(path, sizeof path, "%s.%s", node->id, name);
			struct restate_item *item = add(restate, RESTATE_PARAMETER, path);
			value_text(values[OLD], item->values[OLD]);
			value_text(values[NEW], item->values[NEW]);
			is_same = 0;
		}
	return is_same;
}

static void compare_dimensions(const struct change *change, struct restate *restate)
{
	for (uint32_t n = 0; n < change->node_count; n++) {
		const struct change_node *node = &change->nodes[n];
		if (node->level == CHANGE_DIMENSION && node->places[OLD] >= 0 && node->places[NEW] >= 0)
			restate->is_dimension_same[node->places[NEW]] = compare_dimension(change, node, restate);
	}
}

/* ---- data ---- */

static const struct result_entity *find_entity(const struct result *result, const char *name)
{
	for (uint32_t i = 0; i < result->entity_count; i++)
		if (strcmp(result->entities[i].entity, name) == 0)
			return &result->entities[i];
	return NULL;
}

static uint64_t trouble(const struct result_entity *entity)
{
	uint64_t count = 0;

	for (uint32_t i = 0; i < entity->field_count; i++)
		count += entity->fields[i].dangling + entity->fields[i].unreadable;
	return count;
}

static int is_same_entity(const struct result_entity *a, const struct result_entity *b)
{
	return a && b && a->rows == b->rows && a->rejected == b->rejected && a->duplicates == b->duplicates &&
	       trouble(a) == trouble(b);
}

/* How many rows count, and what else there is of them. */
static void entity_text(const struct result_entity *entity, char text[128])
{
	int length;

	if (!entity)
		return;
	length = snprintf(text, 128, "%" PRIu64 " rows", entity->rows);
	if (entity->rejected)
		length += snprintf(text + length, 128 - (size_t)length, ", %" PRIu64 " rejected", entity->rejected);
	if (entity->duplicates)
		length += snprintf(text + length, 128 - (size_t)length, ", %" PRIu64 " duplicates", entity->duplicates);
	if (trouble(entity))
		snprintf(text + length, 128 - (size_t)length, ", %" PRIu64 " cells dangling or unreadable",
			 trouble(entity));
}

static void compare_entities(const struct result *const results[2], struct restate *restate)
{
	for (int side = NEW; side >= OLD; side--)
		for (uint32_t i = 0; i < results[side]->entity_count; i++) {
			const char *name = results[side]->entities[i].entity;
			const struct result_entity *old = find_entity(results[OLD], name);
			const struct result_entity *new = find_entity(results[NEW], name);
			if (is_same_entity(old, new) || (side == OLD && new))
				continue;
			struct restate_item *item = add(restate, RESTATE_ENTITY, name);
			entity_text(old, item->values[OLD]);
			entity_text(new, item->values[NEW]);
			/* Of the same bytes, other counts come from another mapping. */
			if (restate->is_reading_same && restate->are_readers_same)
				restate->are_data_same = 0;
		}
}

static const struct result_input *find_input(const struct result *result, const char *name)
{
	for (uint32_t i = 0; i < result->input_count; i++)
		if (strcmp(result->inputs[i].name, name) == 0)
			return &result->inputs[i];
	return NULL;
}

static void compare_inputs(const struct result *const results[2], struct restate *restate)
{
	for (int side = NEW; side >= OLD; side--)
		for (uint32_t i = 0; i < results[side]->input_count; i++) {
			const char *name = results[side]->inputs[i].name;
			const struct result_input *inputs[] = {find_input(results[OLD], name),
							       find_input(results[NEW], name)};
			int is_known = inputs[OLD] && inputs[NEW] && *inputs[OLD]->sha256 && *inputs[NEW]->sha256;
			if (!is_known)
				restate->are_data_same = 0;
			if (side == OLD && inputs[NEW])
				continue;
			if (inputs[OLD] && inputs[NEW] && inputs[OLD]->bytes == inputs[NEW]->bytes &&
			    (!is_known || strcmp(inputs[OLD]->sha256, inputs[NEW]->sha256) == 0))
				continue;
			struct restate_item *item = add(restate, RESTATE_INPUT, name);
			for (int s = OLD; s <= NEW; s++)
				if (inputs[s])
					snprintf(item->values[s], sizeof item->values[s], "%" PRIu64 " bytes",
						 inputs[s]->bytes);
			restate->are_data_same = 0;
		}
}

/* ---- both ---- */

enum restate_cause restate_cause(const struct restate *restate, const struct change_part *part)
{
	const struct change_node *dimension = part->node;

	while (dimension->parent && dimension->level > CHANGE_DIMENSION)
		dimension = dimension->parent;
	if (!change_is_of_data(part->effect) || restate->are_data_same)
		return RESTATE_DEFINITIONS;
	if (part->effect == CHANGE_BASELINE && !restate->is_baseline_same)
		return RESTATE_DEFINITIONS;
	if (restate->is_reading_same && restate->are_readers_same && restate->is_dimension_same[dimension->places[NEW]])
		return RESTATE_DATA;
	return RESTATE_EITHER;
}

/* More than all that can differ. */
static size_t most_items(const struct result *const results[2])
{
	size_t most = 4;

	for (int side = OLD; side <= NEW; side++) {
		const struct result *result = results[side];
		most += result->plugin_count + result->entity_count + result->input_count;
		for (uint32_t d = 0; d < result->dimension_count; d++)
			most += result->dimensions[d].table->parameter_count;
	}
	return most;
}

int restate_new(const struct change *change, struct restate **out, struct crmval_error *error)
{
	const struct result *const *results = change->results;
	struct restate *restate = calloc(1, sizeof *restate);

	if (!restate)
		return fail_memory(error);
	restate->items = calloc(most_items(results), sizeof *restate->items);
	restate->is_dimension_same =
		calloc((size_t)results[NEW]->dimension_count + 1, sizeof *restate->is_dimension_same);
	if (!restate->items || !restate->is_dimension_same) {
		restate_free(restate);
		return fail_memory(error);
	}
	restate->are_data_same = results[NEW]->input_count > 0;
	compare_jobs(results, restate);
	compare_program(results, restate);
	compare_plugins(results, restate);
	compare_dimensions(change, restate);
	compare_entities(results, restate);
	compare_inputs(results, restate);
	for (uint32_t i = 0; i < change->part_count; i++) {
		double points = change->parts[i].points[CHANGE_OVERALL].value;
		if (!isnan(points))
			restate->points[restate_cause(restate, &change->parts[i])] += points;
	}
	for (int cause = 0; cause < RESTATE_CAUSES; cause++)
		restate->points[cause] = score_rounded(restate->points[cause]);
	*out = restate;
	return CRMVAL_OK;
}

void restate_free(struct restate *restate)
{
	if (!restate)
		return;
	free(restate->items);
	free(restate->is_dimension_same);
	free(restate);
}
