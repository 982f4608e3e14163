/* SPDX-License-Identifier: MIT */
/* Why the score moved, as JSON: the format "crmval-change-1", with every key in its fixed place. */
#include "report_change.h"

#include "compare_units.h"
#include "json.h"

#include <stdlib.h>

enum { OLD, NEW };

static double published(const struct change_node *node, int side)
{
	return node->score[side] ? node->score[side]->score : NAN;
}

static void put_interval(struct json *json, struct estimate points)
{
	json_key_number(json, "low", report_change_low(points));
	json_key_number(json, "high", report_change_high(points));
	json_key_text(json, "verdict", report_change_verdict(points));
}

/* The scores of a node and the change of them, in points of its own. */
static void put_change(struct json *json, const struct change_node *node)
{
	json_key_number(json, "from", published(node, OLD));
	json_key_number(json, "to", published(node, NEW));
	json_key_number(json, "change", node->change.value);
	put_interval(json, node->change);
}

/* Why there is no change, of the sides that have no score. */
static void put_reasons(struct json *json, const struct change_node *node)
{
	static const char *const keys[] = {"from_reason", "to_reason"};

	for (int side = OLD; side <= NEW; side++)
		if (node->score[side] && node->score[side]->reason)
			json_key_text(json, keys[side], node->score[side]->reason);
}

/* ---- parts ---- */

/* restate NULL: no history was told anew. */
static void put_part(struct json *json, const struct change_part *part, const struct restate *restate)
{
	json_map_open(json);
	json_key_text(json, "dimension", report_change_id(part->node, CHANGE_DIMENSION));
	json_key_text(json, "indicator", report_change_id(part->node, CHANGE_INDICATOR));
	json_key_text(json, "measure", report_change_id(part->node, CHANGE_MEASURE));
	json_key_text(json, "effect", change_effect_names[part->effect]);
	json_key_number(json, "points", part->points[CHANGE_OVERALL].value);
	put_interval(json, part->points[CHANGE_OVERALL]);
	json_key_number(json, "from", part->numbers[OLD]);
	json_key_number(json, "to", part->numbers[NEW]);
	json_key_number(json, "dimension_points", part->points[CHANGE_DIMENSION].value);
	json_key_number(json, "indicator_points", part->points[CHANGE_INDICATOR].value);
	json_key_number(json, "measure_points", part->points[CHANGE_MEASURE].value);
	if (restate)
		json_key_text(json, "cause", restate_cause_names[restate_cause(restate, part)]);
	json_map_close(json);
}

/* All that the change is made up from; where there is none, what made up those of its nodes. */
static void put_parts(struct json *json, const struct change *change, const struct restate *restate)
{
	int has_change = estimate_is_known(change->nodes[0].change);

	json_text(json, "parts");
	json_array_open(json);
	for (uint32_t i = 0; i < change->part_count; i++)
		if (!has_change || estimate_is_known(change->parts[i].points[CHANGE_OVERALL]))
			put_part(json, &change->parts[i], restate);
	json_array_close(json);
}

/* ---- nodes ---- */

static uint32_t put_node(struct json *json, const struct change *change, uint32_t n)
{
	static const char *const lists[] = {"dimensions", "indicators", "measures"};
	const struct change_node *node = &change->nodes[n];
	uint32_t next = n + 1;

	json_map_open(json);
	json_key_text(json, "id", node->id);
	json_key_text(json, "title", node->title);
	put_change(json, node);
	put_reasons(json, node);
	json_key_number(json, "points", node->points.value);
	if (node->level < CHANGE_MEASURE) {
		json_text(json, lists[node->level]);
		json_array_open(json);
		while (next < change->node_count && change->nodes[next].level > node->level)
			next = put_node(json, change, next);
		json_array_close(json);
	}
	json_map_close(json);
	return next;
}

static void put_dimensions(struct json *json, const struct change *change)
{
	json_text(json, "dimensions");
	json_array_open(json);
	for (uint32_t n = 1; n < change->node_count;)
		n = put_node(json, change, n);
	json_array_close(json);
}

/* ---- units ---- */

static void put_unit(struct json *json, struct change *change, int breakdown, const struct moved_unit *moved)
{
	change_scope(change, breakdown, moved->unit);
	json_map_open(json);
	json_key_text(json, "unit", moved->unit.name);
	put_change(json, change->nodes);
	put_reasons(json, change->nodes);
	put_parts(json, change, NULL);
	json_map_close(json);
}

static int put_breakdowns(struct json *json, struct change *change, struct crmval_error *error)
{
	json_text(json, "breakdowns");
	json_map_open(json);
	for (int b = 0; b < BREAKDOWN_COUNT; b++) {
		struct moved_units moved;
		if (!change_has_breakdown(change, b))
			continue;
		int status = change_rank_units(change, b, &moved, error);
		if (status)
			return status;
		json_text(json, breakdown_names[b]);
		json_array_open(json);
		for (uint32_t u = 0; u < moved.count && !json->output->failure; u++)
			put_unit(json, change, b, &moved.units[u]);
		json_array_close(json);
		free(moved.units);
	}
	json_map_close(json);
	return CRMVAL_OK;
}

/* ---- the whole ---- */

static void put_window(struct json *json, const char *key, const struct crmval_window *window)
{
	json_text(json, key);
	json_map_open(json);
	json_text(json, "from");
	json_day(json, window->from);
	json_text(json, "to");
	json_day(json, window->to);
	json_map_close(json);
}

static void put_side(struct json *json, const char *key, const struct result *result)
{
	json_text(json, key);
	json_map_open(json);
	json_key_text(json, "job", result->name);
	put_window(json, "period", &result->period);
	if (result->has_baseline)
		put_window(json, "baseline", &result->baseline);
	else
		json_key_text(json, "baseline", NULL);
	json_key_text(json, "job_sha256", result->job_sha256);
	json_map_close(json);
}

static void put_restate(struct json *json, const struct restate *restate)
{
	json_text(json, "restated");
	if (!restate) {
		json_text(json, NULL);
		return;
	}
	json_map_open(json);
	for (int cause = 0; cause < RESTATE_CAUSES; cause++)
		json_key_number(json, restate_cause_names[cause], restate->points[cause]);
	json_text(json, "differences");
	json_array_open(json);
	for (uint32_t i = 0; i < restate->count; i++) {
		const struct restate_item *item = &restate->items[i];
		json_map_open(json);
		json_key_text(json, "kind", restate_kind_names[item->kind]);
		json_key_text(json, "name", item->name);
		json_key_text(json, "from", *item->values[OLD] ? item->values[OLD] : NULL);
		json_key_text(json, "to", *item->values[NEW] ? item->values[NEW] : NULL);
		json_map_close(json);
	}
	json_array_close(json);
	json_map_close(json);
}

int report_change_json(struct change *change, const struct restate *restate, struct output *output,
		       struct crmval_error *error)
{
	struct json json;
	int status = json_open(&json, output, JSON_LINES, error), closed;

	if (status)
		return status;
	json_map_open(&json);
	json_key_text(&json, "format", "crmval-change-1");
	put_side(&json, "old", change->results[OLD]);
	put_side(&json, "new", change->results[NEW]);
	put_change(&json, change->nodes);
	put_reasons(&json, change->nodes);
	put_parts(&json, change, restate);
	put_dimensions(&json, change);
	put_restate(&json, restate);
	status = put_breakdowns(&json, change, error);
	json_map_close(&json);
	closed = json_close(&json, status || output->failure ? NULL : error);
	return status ? status : output->failure ? CRMVAL_OK : closed;
}
