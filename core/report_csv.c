/* SPDX-License-Identifier: MIT */
/* The result as CSV (RFC 4180) in long form: one row per overall score, dimension, indicator and measure of each scope. */
#include "error.h"
#include "alert.h"
#include "report.h"
#include "score.h"

#include <stdlib.h>
#include <string.h>

static const char header[] = "breakdown,unit,dimension,indicator,measure,status,rows,numerator,denominator,value,"
			     "standard_error,baseline_value,basis,basis_value,weight,score,low,high,before,gained,"
			     "gained_low,gained_high,coverage,reason\r\n";

struct csv {
	struct output *output;
	char *copy; /* of the last text that was not UTF-8 */
	int is_out_of_memory;
	const char *breakdown, *unit; /* of the scope */
};

/* A text that a spreadsheet would take for a formula gets an apostrophe before it; numbers never pass through here. */
static void put_text(struct csv *csv, const char *text, const char *end)
{
	const char *valid = output_valid_text(text ? text : "", &csv->copy);

	if (!valid) {
		csv->is_out_of_memory = 1;
		valid = "";
	}
	int is_formula = *valid && strchr("=+-@\t\r", *valid);
	if (!valid[strcspn(valid, ",\"\r\n")]) {
		output_text(csv->output, is_formula ? "'" : "");
		output_text(csv->output, valid);
	} else {
		output_text(csv->output, is_formula ? "\"'" : "\"");
		for (const char *quote; (quote = strchr(valid, '"')); valid = quote + 1) {
			output_bytes(csv->output, valid, (size_t)(quote - valid));
			output_text(csv->output, "\"\"");
		}
		output_text(csv->output, valid);
		output_text(csv->output, "\"");
	}
	output_text(csv->output, end);
}

static void put_number(struct csv *csv, double number)
{
	char text[OUTPUT_NUMBER_SIZE + 1];
	int length = output_number_text(number, text);

	text[length] = ',';
	output_bytes(csv->output, text, (size_t)length + 1);
}

static void put_place(struct csv *csv, const char *dimension, const char *indicator, const char *measure)
{
	put_text(csv, csv->breakdown, ",");
	put_text(csv, csv->unit, ",");
	put_text(csv, dimension, ",");
	put_text(csv, indicator, ",");
	put_text(csv, measure, ",");
}

/* The columns from weight on. */
static void put_score(struct csv *csv, const struct score *score)
{
	put_number(csv, score->weight);
	put_number(csv, score->score);
	put_number(csv, score->low);
	put_number(csv, score->high);
	put_number(csv, score->before);
	put_number(csv, score->gained);
	put_number(csv, score->gained_low);
	put_number(csv, score->gained_high);
	put_number(csv, score->coverage);
	put_text(csv, score->reason, "\r\n");
}

static void put_node(struct csv *csv, const char *dimension, const char *indicator, const struct score *score)
{
	put_place(csv, dimension, indicator, NULL);
	output_text(csv->output, ",,,,,,,,,"); /* status to basis_value are of measures alone */
	put_score(csv, score);
}

static void put_measure(struct csv *csv, const struct result *result, const struct result_measure *measure,
			const struct scored_measure *scored)
{
	const struct result_dimension *dimension = &result->dimensions[measure->dimension];

	put_place(csv, dimension->id, dimension->table->indicators[measure->indicator].id, measure->table->id);
	put_text(csv, measure_status_names[scored->status], ",");
	put_number(csv, scored->period.is_counted ? (double)scored->period.rows : NAN);
	put_number(csv, scored->period.numerator);
	put_number(csv, scored->period.denominator);
	put_number(csv, scored->period.value.value);
	put_number(csv, scored->period.value.se);
	put_number(csv, scored->baseline.value.value);
	put_text(csv, basis_names[measure->basis], ",");
	put_number(csv, scored->basis_value);
	put_score(csv, &scored->score);
}

static void put_scope(struct csv *csv, const struct scorecard *card)
{
	const struct result *result = card->result;

	put_node(csv, NULL, NULL, &card->overall);
	for (uint32_t d = 0; d < result->dimension_count; d++) {
		const struct result_dimension *dimension = &result->dimensions[d];
		put_node(csv, dimension->id, NULL, &card->dimensions[d]);
		for (uint32_t i = 0; i < dimension->table->indicator_count; i++) {
			put_node(csv, dimension->id, dimension->table->indicators[i].id,
				 &card->indicators[card->first_indicator[d] + i]);
			for (uint32_t m = 0; m < result->measure_count; m++)
				if (result->measures[m].dimension == d && result->measures[m].indicator == i)
					put_measure(csv, result, &result->measures[m], &card->measures[m]);
		}
	}
}

/* A row of its own each, told by the breakdown "alert". */
static void put_alerts(struct csv *csv, const struct result *result)
{
	csv->breakdown = "alert";
	for (uint32_t i = 0; i < result->alert_count; i++) {
		const struct result_alert *alert = &result->alerts[i];
		csv->unit = alert->rule;
		put_place(csv, NULL, NULL, NULL);
		put_text(csv, alert->fired ? alert_severity_names[alert->is_critical] : "quiet", ",");
		output_text(csv->output, ",,,,,,,,,,,,,,,,,"); /* rows to coverage are of scores */
		put_text(csv, alert->fired ? alert->message : NULL, "\r\n");
	}
}

static int put_result(struct csv *csv, struct scorecard *card, struct crmval_error *error)
{
	const struct result *result = card->result;
	int status = score_scope(card, -1, 0, error);

	if (status)
		return status;
	output_text(csv->output, header);
	put_scope(csv, card);
	for (int b = 0; b < BREAKDOWN_COUNT; b++) {
		csv->breakdown = breakdown_names[b];
		for (uint32_t u = 0; result->breakdowns[b] && u < result->unit_counts[b]; u++) {
			status = score_scope(card, b, u, error);
			if (status || csv->output->failure)
				return status; /* output_finish() reports the failure */
			csv->unit = result->unit_names[b][u];
			put_scope(csv, card);
		}
	}
	put_alerts(csv, result);
	return csv->is_out_of_memory ? fail_memory(error) : CRMVAL_OK;
}

int report_csv(const struct result *result, struct output *output, struct crmval_error *error)
{
	struct csv csv = {.output = output};
	struct scorecard *card;
	int status = score_new(result, &card, error);

	if (status)
		return status;
	status = put_result(&csv, card, error);
	free(csv.copy);
	score_free(card);
	return status;
}
