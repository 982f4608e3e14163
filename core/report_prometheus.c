/* SPDX-License-Identifier: MIT */
/*
 * The result as metrics, in the text format that Prometheus' node exporter takes from files.  Names and units by its
 * conventions; numbers that do not exist are left out, as it wants them.
 */
#include "alert.h"
#include "error.h"
#include "report.h"
#include "score.h"

#include <stdlib.h>
#include <string.h>

struct metrics {
	struct output *output;
	const struct result *result;
	char *copy; /* of the last text that was not UTF-8 */
	int is_out_of_memory;
};

/* A label's name and value; NULL ends a list of them. */
struct label {
	const char *name, *value;
};

static void put_value(struct metrics *metrics, const char *text)
{
	const char *valid = output_valid_text(text ? text : "", &metrics->copy);

	if (!valid) {
		metrics->is_out_of_memory = 1;
		return;
	}
	for (; *valid; valid++) {
		if (*valid == '\n')
			output_text(metrics->output, "\\n");
		else if (*valid == '"' || *valid == '\\')
			output_bytes(metrics->output, *valid == '"' ? "\\\"" : "\\\\", 2);
		else
			output_bytes(metrics->output, valid, 1);
	}
}

static void put_head(struct metrics *metrics, const char *name, const char *help)
{
	output_text(metrics->output, "# HELP ");
	output_text(metrics->output, name);
	output_text(metrics->output, " ");
	output_text(metrics->output, help);
	output_text(metrics->output, "\n# TYPE ");
	output_text(metrics->output, name);
	output_text(metrics->output, " gauge\n");
}

/* All samples tell their job: as job_name, since Prometheus calls something else a job. */
static void put_sample(struct metrics *metrics, const char *name, const struct label *labels, double value)
{
	char text[OUTPUT_NUMBER_SIZE];

	if (isnan(value))
		return;
	output_text(metrics->output, name);
	output_text(metrics->output, "{job_name=\"");
	put_value(metrics, metrics->result->name);
	for (; labels && labels->name; labels++) {
		output_text(metrics->output, "\",");
		output_text(metrics->output, labels->name);
		output_text(metrics->output, "=\"");
		put_value(metrics, labels->value);
	}
	output_text(metrics->output, "\"} ");
	output_number_text(value, text);
	output_text(metrics->output, text);
	output_text(metrics->output, "\n");
}

static void put_single(struct metrics *metrics, const char *name, const char *help, double value)
{
	put_head(metrics, name, help);
	put_sample(metrics, name, NULL, value);
}

/* ---- scores ---- */

static void put_overall(struct metrics *metrics, const struct score *overall)
{
	put_single(metrics, "crmval_score", "Overall CRM value score, 0 to 100.", overall->score);
	put_single(metrics, "crmval_score_low", "Lower end of its 95% range.", overall->low);
	put_single(metrics, "crmval_score_high", "Upper end of its 95% range.", overall->high);
	put_single(metrics, "crmval_score_before", "The score in the baseline.", overall->before);
	put_single(metrics, "crmval_score_gained", "Points gained since the baseline.", overall->gained);
	put_single(metrics, "crmval_coverage_ratio", "Share of the weight that rests on data, 0 to 1.",
		   overall->coverage);
}

static void put_dimensions(struct metrics *metrics, const struct scorecard *card)
{
	const struct result *result = metrics->result;

	put_head(metrics, "crmval_dimension_score", "Score of a dimension, 0 to 100.");
	for (uint32_t d = 0; d < result->dimension_count; d++)
		put_sample(metrics, "crmval_dimension_score",
			   (const struct label[]){{"dimension", result->dimensions[d].id}, {NULL, NULL}},
			   card->dimensions[d].score);
	put_head(metrics, "crmval_indicator_score", "Score of an indicator, 0 to 100.");
	for (uint32_t d = 0; d < result->dimension_count; d++)
		for (uint32_t i = 0; i < result->dimensions[d].table->indicator_count; i++)
			put_sample(metrics, "crmval_indicator_score",
				   (const struct label[]){{"dimension", result->dimensions[d].id},
							  {"indicator", result->dimensions[d].table->indicators[i].id},
							  {NULL, NULL}},
				   card->indicators[card->first_indicator[d] + i].score);
}

enum measure_number { MEASURE_SCORE, MEASURE_VALUE, MEASURE_ROWS };

static void put_measures(struct metrics *metrics, const struct scorecard *card, const char *name, const char *help,
			 enum measure_number number)
{
	const struct result *result = metrics->result;

	put_head(metrics, name, help);
	for (uint32_t m = 0; m < result->measure_count; m++) {
		const struct result_measure *measure = &result->measures[m];
		const struct scored_measure *scored = &card->measures[m];
		double value = number == MEASURE_SCORE     ? scored->score.score
			       : number == MEASURE_VALUE   ? scored->period.value.value
			       : scored->period.is_counted ? (double)scored->period.rows
							   : NAN;
		put_sample(metrics, name,
			   (const struct label[]){{"dimension", result->dimensions[measure->dimension].id},
						  {"measure", measure->table->id},
						  {NULL, NULL}},
			   value);
	}
}

/* Not of employees: there may be very many, each would be a series for ever, and a metric is no place for people. */
static int put_units(struct metrics *metrics, struct scorecard *card, struct crmval_error *error)
{
	const struct result *result = metrics->result;

	put_head(metrics, "crmval_unit_score", "Overall score of a unit of a breakdown, 0 to 100.");
	for (int b = 0; b < BREAKDOWN_COUNT; b++)
		for (uint32_t u = 0; b != BREAKDOWN_EMPLOYEE && result->breakdowns[b] && u < result->unit_counts[b];
		     u++) {
			int code = score_scope(card, b, u, error);
			if (code != CRMVAL_OK)
				return code;
			put_sample(metrics, "crmval_unit_score",
				   (const struct label[]){{"breakdown", breakdown_names[b]},
							  {"unit", result->unit_names[b][u]},
							  {NULL, NULL}},
				   card->overall.score);
		}
	return CRMVAL_OK;
}

/* ---- data, alerts, times ---- */

enum entity_number { ENTITY_ROWS, ENTITY_REJECTED, ENTITY_DUPLICATES, ENTITY_DANGLING, ENTITY_UNREADABLE };

static uint64_t entity_count(const struct result_entity *entity, enum entity_number number)
{
	uint64_t count = 0;

	if (number == ENTITY_ROWS)
		return entity->rows;
	if (number == ENTITY_REJECTED)
		return entity->rejected;
	if (number == ENTITY_DUPLICATES)
		return entity->duplicates;
	for (uint32_t f = 0; f < entity->field_count; f++)
		count += number == ENTITY_DANGLING ? entity->fields[f].dangling : entity->fields[f].unreadable;
	return count;
}

static void put_entities(struct metrics *metrics, const char *name, const char *help, enum entity_number number)
{
	put_head(metrics, name, help);
	for (uint32_t e = 0; e < metrics->result->entity_count; e++) {
		const struct result_entity *entity = &metrics->result->entities[e];
		if (entity->source)
			put_sample(metrics, name, (const struct label[]){{"entity", entity->entity}, {NULL, NULL}},
				   (double)entity_count(entity, number));
	}
}

static void put_alerts(struct metrics *metrics)
{
	const struct result *result = metrics->result;

	if (result->alert_count == 0)
		return;
	put_head(metrics, "crmval_alert_firing", "Whether a rule of the job has fired, 0 or 1.");
	for (uint32_t i = 0; i < result->alert_count; i++)
		put_sample(metrics, "crmval_alert_firing",
			   (const struct label[]){{"rule", result->alerts[i].rule},
						  {"severity", alert_severity_names[result->alerts[i].is_critical]},
						  {NULL, NULL}},
			   result->alerts[i].fired != 0);
}

static int put_all(struct metrics *metrics, struct scorecard *card, struct crmval_error *error)
{
	const struct result *result = metrics->result;
	int code = score_scope(card, -1, 0, error);

	if (code != CRMVAL_OK)
		return code;
	put_overall(metrics, &card->overall);
	put_dimensions(metrics, card);
	put_measures(metrics, card, "crmval_measure_score", "Score of a measure, 0 to 100.", MEASURE_SCORE);
	put_measures(metrics, card, "crmval_measure_value", "Value of a measure in the period.", MEASURE_VALUE);
	put_measures(metrics, card, "crmval_measure_rows", "Rows of a measure in the period.", MEASURE_ROWS);
	code = put_units(metrics, card, error);
	put_entities(metrics, "crmval_data_rows", "Rows of an entity that count.", ENTITY_ROWS);
	put_entities(metrics, "crmval_data_rejected_rows", "Rows that were rejected.", ENTITY_REJECTED);
	put_entities(metrics, "crmval_data_duplicate_rows", "Rows whose id an earlier row has.", ENTITY_DUPLICATES);
	put_entities(metrics, "crmval_data_dangling_references", "References that lead nowhere.", ENTITY_DANGLING);
	put_entities(metrics, "crmval_data_unreadable_cells", "Cells that could not be read.", ENTITY_UNREADABLE);
	put_alerts(metrics);
	put_single(metrics, "crmval_period_end_timestamp_seconds", "The end of the period's last day, UTC.",
		   ((double)result->period.to + 1) * 86400);
	put_single(metrics, "crmval_last_success_timestamp_seconds", "When the run was that wrote this.",
		   (double)result->made);
	return code;
}

int report_prometheus(const struct result *result, struct output *output, struct crmval_error *error)
{
	struct metrics metrics = {.output = output, .result = result};
	struct scorecard *card = NULL;
	int code = score_new(result, &card, error);

	if (code == CRMVAL_OK)
		code = put_all(&metrics, card, error);
	if (code == CRMVAL_OK && metrics.is_out_of_memory)
		code = fail_memory(error);
	free(metrics.copy);
	score_free(card);
	return code;
}
