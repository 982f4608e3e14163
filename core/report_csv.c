/* SPDX-License-Identifier: MIT */
/* The result as CSV (RFC 4180) in long form: one row per overall score, dimension, indicator and measure of each scope. */
#include "alert.h"
#include "csv_out.h"
#include "error.h"
#include "report.h"
#include "score.h"

#include <stdlib.h>
#include <string.h>

static const char header[] = "breakdown,unit,dimension,indicator,measure,status,rows,numerator,denominator,value,"
			     "standard_error,baseline_value,basis,basis_value,weight,score,low,high,before,gained,"
			     "gained_low,gained_high,coverage,reason\r\n";

struct scopes {
	struct csv_out csv;
	const char *breakdown, *unit; /* of the scope */
};

static void put_place(struct scopes *scopes, const char *dimension, const char *indicator, const char *measure)
{
	csv_out_text(&scopes->csv, scopes->breakdown, ",");
	csv_out_text(&scopes->csv, scopes->unit, ",");
	csv_out_text(&scopes->csv, dimension, ",");
	csv_out_text(&scopes->csv, indicator, ",");
	csv_out_text(&scopes->csv, measure, ",");
}

/* The columns from weight on. */
static void put_score(struct scopes *scopes, const struct score *score)
{
	csv_out_number(&scopes->csv, score->weight, ",");
	csv_out_number(&scopes->csv, score->score, ",");
	csv_out_number(&scopes->csv, score->low, ",");
	csv_out_number(&scopes->csv, score->high, ",");
	csv_out_number(&scopes->csv, score->before, ",");
	csv_out_number(&scopes->csv, score->gained, ",");
	csv_out_number(&scopes->csv, score->gained_low, ",");
	csv_out_number(&scopes->csv, score->gained_high, ",");
	csv_out_number(&scopes->csv, score->coverage, ",");
	csv_out_text(&scopes->csv, score->reason, "\r\n");
}

static void put_node(struct scopes *scopes, const char *dimension, const char *indicator, const struct score *score)
{
	put_place(scopes, dimension, indicator, NULL);
	output_text(scopes->csv.output, ",,,,,,,,,"); /* status to basis_value are of measures alone */
	put_score(scopes, score);
}

static void put_measure(struct scopes *scopes, const struct result *result, const struct result_measure *measure,
			const struct scored_measure *scored)
{
	const struct result_dimension *dimension = &result->dimensions[measure->dimension];

	put_place(scopes, dimension->id, dimension->table->indicators[measure->indicator].id, measure->table->id);
	csv_out_text(&scopes->csv, measure_status_names[scored->status], ",");
	csv_out_number(&scopes->csv, scored->period.is_counted ? (double)scored->period.rows : NAN, ",");
	csv_out_number(&scopes->csv, scored->period.numerator, ",");
	csv_out_number(&scopes->csv, scored->period.denominator, ",");
	csv_out_number(&scopes->csv, scored->period.value.value, ",");
	csv_out_number(&scopes->csv, scored->period.value.se, ",");
	csv_out_number(&scopes->csv, scored->baseline.value.value, ",");
	csv_out_text(&scopes->csv, basis_names[measure->basis], ",");
	csv_out_number(&scopes->csv, scored->basis_value, ",");
	put_score(scopes, &scored->score);
}

static void put_scope(struct scopes *scopes, const struct scorecard *card)
{
	const struct result *result = card->result;

	put_node(scopes, NULL, NULL, &card->overall);
	for (uint32_t d = 0; d < result->dimension_count; d++) {
		const struct result_dimension *dimension = &result->dimensions[d];
		put_node(scopes, dimension->id, NULL, &card->dimensions[d]);
		for (uint32_t i = 0; i < dimension->table->indicator_count; i++) {
			put_node(scopes, dimension->id, dimension->table->indicators[i].id,
				 &card->indicators[card->first_indicator[d] + i]);
			for (uint32_t m = 0; m < result->measure_count; m++)
				if (result->measures[m].dimension == d && result->measures[m].indicator == i)
					put_measure(scopes, result, &result->measures[m], &card->measures[m]);
		}
	}
}

/* A row of its own each, told by the breakdown "alert". */
static void put_alerts(struct scopes *scopes, const struct result *result)
{
	scopes->breakdown = "alert";
	for (uint32_t i = 0; i < result->alert_count; i++) {
		const struct result_alert *alert = &result->alerts[i];
		scopes->unit = alert->rule;
		put_place(scopes, NULL, NULL, NULL);
		csv_out_text(&scopes->csv, alert->fired ? alert_severity_names[alert->is_critical] : "quiet", ",");
		output_text(scopes->csv.output, ",,,,,,,,,,,,,,,,,"); /* rows to coverage are of scores */
		csv_out_text(&scopes->csv, alert->fired ? alert->message : NULL, "\r\n");
	}
}

static int put_result(struct scopes *scopes, struct scorecard *card, struct crmval_error *error)
{
	const struct result *result = card->result;
	int status = score_scope(card, -1, 0, error);

	if (status)
		return status;
	output_text(scopes->csv.output, header);
	put_scope(scopes, card);
	for (int b = 0; b < BREAKDOWN_COUNT; b++) {
		scopes->breakdown = breakdown_names[b];
		for (uint32_t u = 0; result->breakdowns[b] && u < result->unit_counts[b]; u++) {
			status = score_scope(card, b, u, error);
			if (status || scopes->csv.output->failure)
				return status; /* output_finish() reports the failure */
			scopes->unit = result->unit_names[b][u];
			put_scope(scopes, card);
		}
	}
	put_alerts(scopes, result);
	return scopes->csv.is_out_of_memory ? fail_memory(error) : CRMVAL_OK;
}

int report_csv(const struct result *result, struct output *output, struct crmval_error *error)
{
	struct scopes scopes = {.csv = {.output = output}};
	struct scorecard *card;
	int status = score_new(result, &card, error);

	if (status)
		return status;
	status = put_result(&scopes, card, error);
	free(scopes.csv.copy);
	score_free(card);
	return status;
}
