/* SPDX-License-Identifier: MIT */
/* The result as JSON: the format of `--format json` and the payload of a snapshot, with every key in its fixed place. */
#include "json.h"
#include "alert.h"
#include "report.h"
#include "score.h"

/* ---- scores ---- */

static void write_gain(struct json *json, const struct score *score)
{
	json_key_number(json, "before", score->before);
	json_key_number(json, "gained", score->gained);
	json_key_number(json, "gained_low", score->gained_low);
	json_key_number(json, "gained_high", score->gained_high);
}

static void write_score(struct json *json, const struct score *score)
{
	json_key_number(json, "score", score->score);
	json_key_number(json, "low", score->low);
	json_key_number(json, "high", score->high);
	json_key_number(json, "coverage", score->coverage);
	write_gain(json, score);
	if (score->reason)
		json_key_text(json, "reason", score->reason);
}

static void write_window(struct json *json, const struct scored_window *window)
{
	json_text(json, "rows");
	if (window->is_counted)
		json_count(json, window->rows);
	else
		json_number(json, NAN);
	json_key_number(json, "numerator", window->numerator);
	json_key_number(json, "denominator", window->denominator);
	json_key_number(json, "value", window->value.value);
	json_key_number(json, "standard_error", window->value.se);
}

static void write_measure(struct json *json, const struct result_measure *measure, const struct scored_measure *scored)
{
	const struct crmval_measure *table = measure->table;

	json_map_open(json);
	json_key_text(json, "id", table->id);
	json_key_text(json, "title", table->title);
	json_key_text(json, "unit", table->unit);
	json_key_text(json, "better", table->better == CRMVAL_LOWER ? "lower" : "higher");
	json_key_number(json, "weight", scored->score.weight);
	json_key_text(json, "status", measure_status_names[scored->status]);
	if (scored->score.reason)
		json_key_text(json, "reason", scored->score.reason);
	write_window(json, &scored->period);
	json_text(json, "baseline");
	if (scored->has_baseline) {
		json_map_open(json);
		write_window(json, &scored->baseline);
		json_map_close(json);
	} else {
		json_number(json, NAN);
	}
	json_key_text(json, "basis", basis_names[measure->basis]);
	json_key_number(json, "basis_value", scored->basis_value);
	json_key_number(json, "score", scored->score.score);
	json_key_number(json, "low", scored->score.low);
	json_key_number(json, "high", scored->score.high);
	write_gain(json, &scored->score);
	json_map_close(json);
}

static void write_indicator(struct json *json, const struct scorecard *card, uint32_t d, uint32_t i)
{
	const struct result *result = card->result;
	const struct crmval_indicator *indicator = &result->dimensions[d].table->indicators[i];
	const struct score *score = &card->indicators[card->first_indicator[d] + i];

	json_map_open(json);
	json_key_text(json, "id", indicator->id);
	json_key_text(json, "title", indicator->title);
	json_key_number(json, "weight", score->weight);
	write_score(json, score);
	json_text(json, "measures");
	json_array_open(json);
	for (uint32_t m = 0; m < result->measure_count; m++)
		if (result->measures[m].dimension == d && result->measures[m].indicator == i)
			write_measure(json, &result->measures[m], &card->measures[m]);
	json_array_close(json);
	json_map_close(json);
}

static void write_scope(struct json *json, const struct scorecard *card)
{
	const struct result *result = card->result;

	json_text(json, "overall");
	json_map_open(json);
	write_score(json, &card->overall);
	json_map_close(json);
	json_text(json, "dimensions");
	json_array_open(json);
	for (uint32_t d = 0; d < result->dimension_count; d++) {
		json_map_open(json);
		json_key_text(json, "id", result->dimensions[d].id);
		json_key_text(json, "title", result->dimensions[d].table->title);
		json_key_number(json, "weight", card->dimensions[d].weight);
		write_score(json, &card->dimensions[d]);
		json_text(json, "indicators");
		json_array_open(json);
		for (uint32_t i = 0; i < result->dimensions[d].table->indicator_count; i++)
			write_indicator(json, card, d, i);
		json_array_close(json);
		json_map_close(json);
	}
	json_array_close(json);
}

static int write_breakdowns(struct json *json, struct scorecard *card, struct crmval_error *error)
{
	const struct result *result = card->result;

	json_text(json, "breakdowns");
	json_map_open(json);
	for (int b = 0; b < BREAKDOWN_COUNT; b++) {
		if (!result->breakdowns[b])
			continue;
		json_text(json, breakdown_names[b]);
		json_array_open(json);
		for (uint32_t u = 0; u < result->unit_counts[b]; u++) {
			int status = score_scope(card, b, u, error);
			if (status)
				return status;
			json_map_open(json);
			json_key_text(json, "unit", result->unit_names[b][u]);
			write_scope(json, card);
			json_map_close(json);
			if (json->output->failure)
				return CRMVAL_OK; /* which output_finish() reports */
		}
		json_array_close(json);
	}
	json_map_close(json);
	return CRMVAL_OK;
}

/* ---- the rest ---- */

static void write_window_days(struct json *json, const char *key, const struct crmval_window *window)
{
	json_text(json, key);
	json_map_open(json);
	json_text(json, "from");
	json_day(json, window->from);
	json_text(json, "to");
	json_day(json, window->to);
	json_map_close(json);
}

static void write_entity(struct json *json, const struct result_entity *entity)
{
	json_text(json, entity->entity);
	json_map_open(json);
	json_key_count(json, "rows", entity->rows);
	json_text(json, "newest");
	if (entity->newest == CRMVAL_NO_DATE)
		json_number(json, NAN);
	else
		json_day(json, entity->newest);
	json_key_text(json, "source", entity->source);
	json_key_count(json, "rejected", entity->rejected);
	json_key_count(json, "duplicates", entity->duplicates);
	json_text(json, "skipped");
	json_map_open(json);
	for (uint32_t i = 0; i < entity->skipped_count; i++)
		json_key_count(json, entity->skipped[i].what, entity->skipped[i].count);
	json_map_close(json);
	json_text(json, "dangling");
	json_map_open(json);
	for (uint32_t i = 0; i < entity->field_count; i++)
		if (entity->fields[i].dangling > 0)
			json_key_count(json, entity->fields[i].field, entity->fields[i].dangling);
	json_map_close(json);
	json_text(json, "unreadable");
	json_map_open(json);
	for (uint32_t i = 0; i < entity->field_count; i++)
		if (entity->fields[i].unreadable > 0)
			json_key_count(json, entity->fields[i].field, entity->fields[i].unreadable);
	json_map_close(json);
	json_key_texts(json, "missing_fields", entity->missing_fields, entity->missing_field_count);
	json_key_texts(json, "examples", entity->examples, entity->example_count);
	json_map_close(json);
}

static void write_alerts(struct json *json, const struct result *result)
{
	json_text(json, "alerts");
	json_array_open(json);
	for (uint32_t i = 0; i < result->alert_count; i++) {
		const struct result_alert *alert = &result->alerts[i];
		json_map_open(json);
		json_key_text(json, "rule", alert->rule);
		json_key_text(json, "severity", alert_severity_names[alert->is_critical]);
		json_key_count(json, "fired", alert->fired);
		json_key_text(json, "message", alert->fired ? alert->message : NULL);
		json_map_close(json);
	}
	json_array_close(json);
}

static void write_provenance(struct json *json, const struct result *result)
{
	json_text(json, "provenance");
	json_map_open(json);
	json_key_text(json, "program", result->program);
	json_text(json, "plugins");
	json_array_open(json);
	for (uint32_t i = 0; i < result->plugin_count; i++) {
		json_map_open(json);
		json_key_text(json, "name", result->plugins[i].name);
		json_key_text(json, "version", result->plugins[i].version);
		json_key_text(json, "kind", result->plugins[i].kind);
		json_key_text(json, "sandbox", result->plugins[i].sandbox);
		json_map_close(json);
	}
	json_array_close(json);
	json_key_text(json, "job_sha256", result->job_sha256);
	json_key_text(json, "reading_sha256", *result->reading_sha256 ? result->reading_sha256 : NULL);
	json_text(json, "inputs");
	json_array_open(json);
	for (uint32_t i = 0; i < result->input_count; i++) {
		json_map_open(json);
		json_key_text(json, "name", result->inputs[i].name);
		json_key_count(json, "bytes", result->inputs[i].bytes);
		json_key_text(json, "sha256", *result->inputs[i].sha256 ? result->inputs[i].sha256 : NULL);
		json_map_close(json);
	}
	json_array_close(json);
	json_map_close(json);
}

static int write_result(struct json *json, struct scorecard *card, struct crmval_error *error)
{
	const struct result *result = card->result;
	int status = score_scope(card, -1, 0, error);

	if (status)
		return status;
	json_map_open(json);
	json_key_text(json, "format", "crmval-result-1");
	json_key_text(json, "job", result->name);
	write_window_days(json, "period", &result->period);
	if (result->has_baseline)
		write_window_days(json, "baseline", &result->baseline);
	else
		json_key_text(json, "baseline", NULL);
	if (result->ranges != RANGES_MODEL)
		json_key_text(json, "ranges", ranges_names[result->ranges]);
	write_scope(json, card);
	status = write_breakdowns(json, card, error);
	if (status || json->output->failure)
		return status;
	write_alerts(json, result);
	json_text(json, "data");
	json_map_open(json);
	for (uint32_t i = 0; i < result->entity_count; i++)
		write_entity(json, &result->entities[i]);
	json_map_close(json);
	write_provenance(json, result);
	json_map_close(json);
	return CRMVAL_OK;
}

int report_json(const struct result *result, struct output *output, struct crmval_error *error)
{
	struct json json;
	struct scorecard *card;
	int status = score_new(result, &card, error), closed;

	if (status)
		return status;
	status = json_open(&json, output, JSON_LINES, error);
	if (!status)
		status = write_result(&json, card, error);
	closed = json_close(&json, status ? NULL : error);
	score_free(card);
	return status ? status : closed;
}
