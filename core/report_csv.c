/* SPDX-License-Identifier: MIT */
/* The result as CSV (RFC 4180) in long form: one row per overall score, dimension, indicator and measure of each scope. */
#include "alert.h"
#include "csv_out.h"
#include "error.h"
#include "report.h"
#include "report_units.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char header[] = "breakdown,unit,dimension,indicator,measure,status,rows,numerator,denominator,value,"
			     "standard_error,baseline_value,basis,basis_value,weight,score,low,high,before,gained,"
			     "gained_low,gained_high,coverage,reason\r\n";

/* A line of each scope: of what, with its first cells after the scope's own as they are written. */
enum line_kind { LINE_OVERALL, LINE_DIMENSION, LINE_INDICATOR, LINE_MEASURE };
struct line {
	enum line_kind kind;
	uint32_t place; /* of a dimension, indicator, or measure in the card */
	char *cells;    /* in memory of its own */
	size_t length;
	char weight[OUTPUT_NUMBER_SIZE]; /* its cell, the same in all scopes */
	size_t weight_length;
};

/* All lines of a scope, in their order. */
struct lines {
	const struct result *result;
	uint32_t count;
	struct line *lines;
};

/* Writes scopes: each thread has one of its own. */
struct scopes {
	struct csv_out csv;
	const struct lines *lines;
	struct csv_out scope; /* its cells that each line begins with, in memory */
	struct output scope_output;
	char *cells;
	size_t length;
};

/* ---- the lines of a scope ---- */

static const struct score *score_of(const struct scorecard *card, const struct line *line)
{
	switch (line->kind) {
	case LINE_OVERALL:
		return &card->overall;
	case LINE_DIMENSION:
		return &card->dimensions[line->place];
	case LINE_INDICATOR:
		return &card->indicators[line->place];
	case LINE_MEASURE:
		break;
	}
	return &card->measures[line->place].score;
}

static int add_line(struct lines *lines, const struct scorecard *card, enum line_kind kind, uint32_t place,
		    const char *const cells[3])
{
	struct line *line = &lines->lines[lines->count++];
	struct output output = {.stream = open_memstream(&line->cells, &line->length)};
	struct csv_out csv = {.output = &output};

	if (!output.stream)
		return CRMVAL_ENOMEM;
	for (int i = 0; i < 3; i++)
		csv_out_text(&csv, cells[i], ",");
	if (kind != LINE_MEASURE)
		output_text(&output, ",,,,,,,,,"); /* status to basis_value are of measures alone */
	int is_out_of_memory = output_finish(&output, NULL) != CRMVAL_OK || csv.is_out_of_memory;
	free(csv.copy);
	line->kind = kind;
	line->place = place;
	line->weight_length = (size_t)output_number_text(score_of(card, line)->weight, line->weight);
	line->weight[line->weight_length++] = ',';
	is_out_of_memory |= fclose(output.stream) != 0 || !line->cells; /* for which there may be no room at the end */
	return is_out_of_memory ? CRMVAL_ENOMEM : CRMVAL_OK;
}

static int add_indicator(struct lines *lines, const struct scorecard *card, uint32_t d, uint32_t i)
{
	const struct result *result = lines->result;
	const struct result_dimension *dimension = &result->dimensions[d];
	const char *const cells[] = {dimension->id, dimension->table->indicators[i].id, NULL};
	int code = add_line(lines, card, LINE_INDICATOR, card->first_indicator[d] + i, cells);

	for (uint32_t m = 0; m < result->measure_count && code == CRMVAL_OK; m++) {
		const struct result_measure *measure = &result->measures[m];
		if (measure->dimension == d && measure->indicator == i)
			code = add_line(lines, card, LINE_MEASURE, m,
					(const char *const[]){cells[0], cells[1], measure->table->id});
	}
	return code;
}

static int lines_open(struct lines *lines, const struct scorecard *card, struct crmval_error *error)
{
	const struct result *result = lines->result;
	uint32_t most =
		1 + result->dimension_count + card->first_indicator[result->dimension_count] + result->measure_count;

	lines->lines = calloc(most, sizeof *lines->lines);
	if (!lines->lines)
		return fail_memory(error);
	int code = add_line(lines, card, LINE_OVERALL, 0, (const char *const[]){NULL, NULL, NULL});
	for (uint32_t d = 0; d < result->dimension_count && code == CRMVAL_OK; d++) {
		code = add_line(lines, card, LINE_DIMENSION, d,
				(const char *const[]){result->dimensions[d].id, NULL, NULL});
		for (uint32_t i = 0; i < result->dimensions[d].table->indicator_count && code == CRMVAL_OK; i++)
			code = add_indicator(lines, card, d, i);
	}
	return code == CRMVAL_OK ? code : fail_memory(error);
}

static void lines_close(struct lines *lines)
{
	for (uint32_t i = 0; i < lines->count; i++)
		free(lines->lines[i].cells);
	free(lines->lines);
}

/* ---- a scope ---- */

/* Cells of numbers, empty where there is none, each with the comma after it. */
static void put_numbers(struct output *output, const double *numbers, size_t count)
{
	char *begin = output_room(output, count * OUTPUT_NUMBER_SIZE), *to = begin;

	for (size_t i = 0; i < count; i++) {
		to += output_number_text(numbers[i], to);
		*to++ = ',';
	}
	output->used += (size_t)(to - begin);
}

/* The columns from weight on. */
static void put_score(struct scopes *scopes, const struct line *line, const struct score *score)
{
	const double numbers[] = {score->score,  score->low,        score->high,        score->before,
				  score->gained, score->gained_low, score->gained_high, score->coverage};

	output_bytes(scopes->csv.output, line->weight, line->weight_length);
	put_numbers(scopes->csv.output, numbers, sizeof numbers / sizeof *numbers);
	csv_out_text(&scopes->csv, score->reason, "\r\n");
}

static void put_measure(struct scopes *scopes, const struct result_measure *measure,
			const struct scored_measure *scored)
{
	struct output *output = scopes->csv.output;
	double value = scored->period.value.value;
	const double sums[] = {scored->period.is_counted ? (double)scored->period.rows : NAN, scored->period.numerator,
			       scored->period.denominator};
	const double estimates[] = {scored->period.value.se, scored->baseline.value.value};
	char text[OUTPUT_NUMBER_SIZE];
	size_t length = (size_t)output_number_text(value, text);

	text[length++] = ',';
	output_text(output, measure_status_names[scored->status]);
	output_text(output, ",");
	put_numbers(output, sums, sizeof sums / sizeof *sums);
	output_bytes(output, text, length);
	put_numbers(output, estimates, sizeof estimates / sizeof *estimates);
	output_text(output, basis_names[measure->basis]);
	output_text(output, ",");
	if (scored->basis_value == value) /* as it mostly is, and long */
		output_bytes(output, text, length);
	else
		put_numbers(output, &scored->basis_value, 1);
}

static void put_line(struct scopes *scopes, const struct scorecard *card, const struct line *line)
{
	output_bytes(scopes->csv.output, line->cells, line->length);
	if (line->kind == LINE_MEASURE)
		put_measure(scopes, &card->result->measures[line->place], &card->measures[line->place]);
	put_score(scopes, line, score_of(card, line));
}

static int put_scope(struct scopes *scopes, const struct scorecard *card, const char *breakdown, const char *unit,
		     struct crmval_error *error)
{
	rewind(scopes->scope_output.stream);
	csv_out_text(&scopes->scope, breakdown, ",");
	csv_out_text(&scopes->scope, unit, ",");
	if (output_finish(&scopes->scope_output, NULL) != CRMVAL_OK || scopes->scope.is_out_of_memory)
		return fail_memory(error);
	for (uint32_t i = 0; i < scopes->lines->count; i++) {
		output_bytes(scopes->csv.output, scopes->cells, scopes->length);
		put_line(scopes, card, &scopes->lines->lines[i]);
	}
	return scopes->csv.is_out_of_memory ? fail_memory(error) : CRMVAL_OK;
}

/* ---- all of them ---- */

static int scopes_open(const void *context, void *own, struct output *output, struct crmval_error *error)
{
	struct scopes *scopes = own;

	scopes->lines = context;
	scopes->csv.output = output;
	scopes->scope.output = &scopes->scope_output;
	scopes->scope_output.stream = open_memstream(&scopes->cells, &scopes->length);
	return scopes->scope_output.stream ? CRMVAL_OK : fail_memory(error);
}

static void scopes_close(void *own)
{
	struct scopes *scopes = own;

	if (scopes->scope_output.stream)
		fclose(scopes->scope_output.stream);
	free(scopes->cells);
	free(scopes->scope.copy);
	free(scopes->csv.copy);
}

static int put_unit(void *own, const struct scorecard *card, int breakdown, uint32_t unit, struct crmval_error *error)
{
	return put_scope(own, card, breakdown_names[breakdown], card->result->unit_names[breakdown][unit], error);
}

/* A row of its own each, told by the breakdown "alert". */
static void put_alerts(struct csv_out *csv, const struct result *result)
{
	for (uint32_t i = 0; i < result->alert_count; i++) {
		const struct result_alert *alert = &result->alerts[i];
		output_text(csv->output, "alert,");
		csv_out_text(csv, alert->rule, ",");
		output_text(csv->output, ",,,"); /* dimension, indicator, measure */
		csv_out_text(csv, alert->fired ? alert_severity_names[alert->is_critical] : "quiet", ",");
		output_text(csv->output, ",,,,,,,,,,,,,,,,,"); /* rows to coverage are of scores */
		csv_out_text(csv, alert->fired ? alert->message : NULL, "\r\n");
	}
}

static int put_result(struct scopes *scopes, struct scorecard *card, struct crmval_error *error)
{
	const struct result *result = card->result;
	const struct report_units units = {result, scopes->lines, sizeof *scopes, scopes_open, put_unit, scopes_close};
	int status = score_scope(card, -1, 0, error);

	if (status)
		return status;
	output_text(scopes->csv.output, header);
	status = put_scope(scopes, card, "", "", error);
	for (int b = 0; b < BREAKDOWN_COUNT && !status && !scopes->csv.output->failure; b++)
		if (result->breakdowns[b])
			status = report_units(&units, b, scopes->csv.output, error);
	if (status || scopes->csv.output->failure)
		return status; /* output_finish() reports the failure */
	put_alerts(&scopes->csv, result);
	return scopes->csv.is_out_of_memory ? fail_memory(error) : CRMVAL_OK;
}

int report_csv(const struct result *result, struct output *output, struct crmval_error *error)
{
	struct lines lines = {.result = result};
	struct scopes scopes = {0};
	struct scorecard *card;
	int status = score_new(result, &card, error);

	if (status)
		return status;
	status = lines_open(&lines, card, error);
	if (!status)
		status = scopes_open(&lines, &scopes, output, error);
	if (!status)
		status = put_result(&scopes, card, error);
	scopes_close(&scopes);
	lines_close(&lines);
	score_free(card);
	return status;
}
