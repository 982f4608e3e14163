/* SPDX-License-Identifier: MIT */
/* The result as JSON: the format of `--format json` and the payload of a snapshot, with every key in its fixed place. */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "error.h"
#include "report.h"
#include "score.h"
#include "window.h"

#include <stdlib.h>
#include <string.h>
#include <yajl/yajl_gen.h>

/* yajl does not check what it allocates; it needs two small pieces, which it gets from here and which cannot fail. */
struct pool {
	size_t used;
	_Alignas(16) unsigned char bytes[8192];
};

struct json {
	yajl_gen generator;
	struct output *output;
	struct pool pool;
	char *copy; /* of the last text that was not UTF-8 */
	int status; /* of the first thing that went wrong */
};

static void *pool_take(void *context, size_t size)
{
	struct pool *pool = context;
	void *piece = pool->bytes + pool->used;

	size = (size + 15) / 16 * 16;
	if (size > sizeof pool->bytes - pool->used)
		return NULL;
	pool->used += size;
	return piece;
}

static void pool_drop(void *context, void *piece)
{
	(void)context;
	(void)piece;
}

static void *pool_move(void *context, void *piece, size_t size)
{
	(void)piece;
	return pool_take(context, size);
}

static void write_piece(void *context, const char *text, size_t length)
{
	output_bytes(context, text, length);
}

/* ---- values ---- */

static void check(struct json *json, yajl_gen_status status)
{
	if (status != yajl_gen_status_ok && json->status == CRMVAL_OK)
		json->status = CRMVAL_EBUG;
}

static void map_open(struct json *json)
{
	check(json, yajl_gen_map_open(json->generator));
}

static void map_close(struct json *json)
{
	check(json, yajl_gen_map_close(json->generator));
}

static void array_open(struct json *json)
{
	check(json, yajl_gen_array_open(json->generator));
}

static void array_close(struct json *json)
{
	check(json, yajl_gen_array_close(json->generator));
}

static void text(struct json *json, const char *value)
{
	const char *valid;

	if (!value) {
		check(json, yajl_gen_null(json->generator));
		return;
	}
	valid = output_valid_text(value, &json->copy);
	if (!valid && json->status == CRMVAL_OK)
		json->status = CRMVAL_ENOMEM;
	valid = valid ? valid : "";
	check(json, yajl_gen_string(json->generator, (const unsigned char *)valid, strlen(valid)));
}

static void number(struct json *json, double value)
{
	char digits[OUTPUT_NUMBER_SIZE];
	int length = output_number_text(value, digits);

	if (length > 0)
		check(json, yajl_gen_number(json->generator, digits, (size_t)length));
	else
		check(json, yajl_gen_null(json->generator));
}

static void count(struct json *json, uint64_t value)
{
	char digits[OUTPUT_NUMBER_SIZE];
	int length = snprintf(digits, sizeof digits, "%llu", (unsigned long long)value);

	check(json, yajl_gen_number(json->generator, digits, (size_t)length));
}

static void day(struct json *json, int32_t value)
{
	char digits[11];

	date_format(value, digits);
	text(json, digits);
}

static void key_text(struct json *json, const char *key, const char *value)
{
	text(json, key);
	text(json, value);
}

static void key_number(struct json *json, const char *key, double value)
{
	text(json, key);
	number(json, value);
}

static void key_count(struct json *json, const char *key, uint64_t value)
{
	text(json, key);
	count(json, value);
}

static void key_texts(struct json *json, const char *key, const char *const *values, uint32_t value_count)
{
	text(json, key);
	array_open(json);
	for (uint32_t i = 0; i < value_count; i++)
		text(json, values[i]);
	array_close(json);
}

/* ---- scores ---- */

static void write_gain(struct json *json, const struct score *score)
{
	key_number(json, "before", score->before);
	key_number(json, "gained", score->gained);
	key_number(json, "gained_low", score->gained_low);
	key_number(json, "gained_high", score->gained_high);
}

static void write_score(struct json *json, const struct score *score)
{
	key_number(json, "score", score->score);
	key_number(json, "low", score->low);
	key_number(json, "high", score->high);
	key_number(json, "coverage", score->coverage);
	write_gain(json, score);
	if (score->reason)
		key_text(json, "reason", score->reason);
}

static void write_window(struct json *json, const struct scored_window *window)
{
	text(json, "rows");
	if (window->is_counted)
		count(json, window->rows);
	else
		number(json, NAN);
	key_number(json, "numerator", window->numerator);
	key_number(json, "denominator", window->denominator);
	key_number(json, "value", window->value.value);
	key_number(json, "standard_error", window->value.se);
}

static void write_measure(struct json *json, const struct result_measure *measure, const struct scored_measure *scored)
{
	const struct crmval_measure *table = measure->table;

	map_open(json);
	key_text(json, "id", table->id);
	key_text(json, "title", table->title);
	key_text(json, "unit", table->unit);
	key_text(json, "better", table->better == CRMVAL_LOWER ? "lower" : "higher");
	key_number(json, "weight", scored->score.weight);
	key_text(json, "status", measure_status_names[scored->status]);
	if (scored->score.reason)
		key_text(json, "reason", scored->score.reason);
	write_window(json, &scored->period);
	text(json, "baseline");
	if (scored->has_baseline) {
		map_open(json);
		write_window(json, &scored->baseline);
		map_close(json);
	} else {
		number(json, NAN);
	}
	key_text(json, "basis", basis_names[measure->basis]);
	key_number(json, "basis_value", scored->basis_value);
	key_number(json, "score", scored->score.score);
	key_number(json, "low", scored->score.low);
	key_number(json, "high", scored->score.high);
	write_gain(json, &scored->score);
	map_close(json);
}

static void write_indicator(struct json *json, const struct scorecard *card, uint32_t d, uint32_t i)
{
	const struct result *result = card->result;
	const struct crmval_indicator *indicator = &result->dimensions[d].table->indicators[i];
	const struct score *score = &card->indicators[card->first_indicator[d] + i];

	map_open(json);
	key_text(json, "id", indicator->id);
	key_text(json, "title", indicator->title);
	key_number(json, "weight", score->weight);
	write_score(json, score);
	text(json, "measures");
	array_open(json);
	for (uint32_t m = 0; m < result->measure_count; m++)
		if (result->measures[m].dimension == d && result->measures[m].indicator == i)
			write_measure(json, &result->measures[m], &card->measures[m]);
	array_close(json);
	map_close(json);
}

static void write_scope(struct json *json, const struct scorecard *card)
{
	const struct result *result = card->result;

	text(json, "overall");
	map_open(json);
	write_score(json, &card->overall);
	map_close(json);
	text(json, "dimensions");
	array_open(json);
	for (uint32_t d = 0; d < result->dimension_count; d++) {
		map_open(json);
		key_text(json, "id", result->dimensions[d].id);
		key_text(json, "title", result->dimensions[d].table->title);
		key_number(json, "weight", card->dimensions[d].weight);
		write_score(json, &card->dimensions[d]);
		text(json, "indicators");
		array_open(json);
		for (uint32_t i = 0; i < result->dimensions[d].table->indicator_count; i++)
			write_indicator(json, card, d, i);
		array_close(json);
		map_close(json);
	}
	array_close(json);
}

static int write_breakdowns(struct json *json, struct scorecard *card, struct crmval_error *error)
{
	const struct result *result = card->result;

	text(json, "breakdowns");
	map_open(json);
	for (int b = 0; b < BREAKDOWN_COUNT; b++) {
		if (!result->breakdowns[b])
			continue;
		text(json, breakdown_names[b]);
		array_open(json);
		for (uint32_t u = 0; u < result->unit_counts[b]; u++) {
			int status = score_scope(card, b, u, error);
			if (status)
				return status;
			map_open(json);
			key_text(json, "unit", result->unit_names[b][u]);
			write_scope(json, card);
			map_close(json);
			if (json->output->failure)
				return CRMVAL_OK; /* which output_finish() reports */
		}
		array_close(json);
	}
	map_close(json);
	return CRMVAL_OK;
}

/* ---- the rest ---- */

static void write_window_days(struct json *json, const char *key, const struct crmval_window *window)
{
	text(json, key);
	map_open(json);
	text(json, "from");
	day(json, window->from);
	text(json, "to");
	day(json, window->to);
	map_close(json);
}

static void write_entity(struct json *json, const struct result_entity *entity)
{
	text(json, entity->entity);
	map_open(json);
	key_count(json, "rows", entity->rows);
	key_text(json, "source", entity->source);
	key_count(json, "rejected", entity->rejected);
	key_count(json, "duplicates", entity->duplicates);
	text(json, "skipped");
	map_open(json);
	for (uint32_t i = 0; i < entity->skipped_count; i++)
		key_count(json, entity->skipped[i].what, entity->skipped[i].count);
	map_close(json);
	text(json, "dangling");
	map_open(json);
	for (uint32_t i = 0; i < entity->field_count; i++)
		if (entity->fields[i].dangling > 0)
			key_count(json, entity->fields[i].field, entity->fields[i].dangling);
	map_close(json);
	text(json, "unreadable");
	map_open(json);
	for (uint32_t i = 0; i < entity->field_count; i++)
		if (entity->fields[i].unreadable > 0)
			key_count(json, entity->fields[i].field, entity->fields[i].unreadable);
	map_close(json);
	key_texts(json, "missing_fields", entity->missing_fields, entity->missing_field_count);
	key_texts(json, "examples", entity->examples, entity->example_count);
	map_close(json);
}

static void write_provenance(struct json *json, const struct result *result)
{
	text(json, "provenance");
	map_open(json);
	key_text(json, "program", "crmval " PACKAGE_VERSION);
	text(json, "plugins");
	array_open(json);
	for (uint32_t i = 0; i < result->plugin_count; i++) {
		map_open(json);
		key_text(json, "name", result->plugins[i].name);
		key_text(json, "version", result->plugins[i].version);
		key_text(json, "kind", result->plugins[i].kind);
		key_text(json, "sandbox", result->plugins[i].sandbox);
		map_close(json);
	}
	array_close(json);
	key_text(json, "job_sha256", result->job_sha256);
	text(json, "inputs");
	array_open(json);
	for (uint32_t i = 0; i < result->input_count; i++) {
		map_open(json);
		key_text(json, "name", result->inputs[i].name);
		key_count(json, "bytes", result->inputs[i].bytes);
		key_text(json, "sha256", *result->inputs[i].sha256 ? result->inputs[i].sha256 : NULL);
		map_close(json);
	}
	array_close(json);
	map_close(json);
}

static int write_result(struct json *json, struct scorecard *card, struct crmval_error *error)
{
	const struct result *result = card->result;
	int status = score_scope(card, -1, 0, error);

	if (status)
		return status;
	map_open(json);
	key_text(json, "format", "crmval-result-1");
	key_text(json, "job", result->name);
	write_window_days(json, "period", &result->period);
	if (result->has_baseline)
		write_window_days(json, "baseline", &result->baseline);
	else
		key_text(json, "baseline", NULL);
	write_scope(json, card);
	status = write_breakdowns(json, card, error);
	if (status || json->output->failure)
		return status;
	text(json, "data");
	map_open(json);
	for (uint32_t i = 0; i < result->entity_count; i++)
		write_entity(json, &result->entities[i]);
	map_close(json);
	write_provenance(json, result);
	map_close(json);
	if (json->status == CRMVAL_ENOMEM)
		return fail_memory(error);
	return json->status ? fail(error, CRMVAL_EBUG, "the JSON of the result does not come out whole") : CRMVAL_OK;
}

int report_json(const struct result *result, struct output *output, struct crmval_error *error)
{
	struct json json = {.output = output};
	yajl_alloc_funcs pool = {pool_take, pool_move, pool_drop, &json.pool};
	struct scorecard *card;
	int status = score_new(result, &card, error);

	if (status)
		return status;
	json.generator = yajl_gen_alloc(&pool);
	if (!json.generator) {
		status = fail_memory(error);
		goto out;
	}
	yajl_gen_config(json.generator, yajl_gen_print_callback, write_piece, output);
	yajl_gen_config(json.generator, yajl_gen_beautify, 1);
	yajl_gen_config(json.generator, yajl_gen_indent_string, "  ");
	status = write_result(&json, card, error);
out:
	if (json.generator)
		yajl_gen_free(json.generator);
	free(json.copy);
	score_free(card);
	return status;
}
