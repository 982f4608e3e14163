/* SPDX-License-Identifier: MIT */
/* crmval explain: what a measure says, how it is computed, and the numbers that it came to. */
#include "command.h"

#include "error.h"
#include "near.h"
#include "report_worklist.h"
#include "score.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int find_measure(const struct options *options, const struct run *run, const char *name)
{
	struct near near;
	char advice[600], message[1024];
	near_start(&near, name);
	for (uint32_t m = 0; m < run->result.measure_count; m++) {
		if (strcmp(run->result.measures[m].table->id, name) == 0)
			return (int)m;
		near_offer(&near, run->result.measures[m].table->id);
	}
	near_advice(&near, advice, sizeof advice);
	snprintf(message, sizeof message, "there is no measure \"%s\" in the job's dimensions; %s", name, advice);
	log_error(options, message);
	return -1;
}

static void print_number(const char *title, double number)
{
	char text[OUTPUT_NUMBER_SIZE];
	output_number_text(number, text);
	printf("  %-18s %s\n", title, isnan(number) ? "-" : text);
}

static void print_window(const char *title, const struct scored_window *window)
{
	printf("\n%s\n", title);
	printf("  %-18s %llu\n", "rows", (unsigned long long)window->rows);
	print_number("numerator", window->numerator);
	print_number("denominator", window->denominator);
	print_number("value", window->value.value);
	print_number("standard error", window->value.se);
}

static void print_scale(const struct result_measure *measure)
{
	printf("  %-18s", "scale");
	for (uint32_t i = 0; i < measure->scale_count; i++) {
		char x[OUTPUT_NUMBER_SIZE], y[OUTPUT_NUMBER_SIZE];
		output_number_text(measure->scale[i].x, x);
		output_number_text(measure->scale[i].y, y);
		printf(" %s -> %s%s", x, y, i + 1 < measure->scale_count ? "," : "");
	}
	putchar('\n');
}

static void print_measure(const struct result *result, const struct scorecard *card, uint32_t m)
{
	const struct result_measure *measure = &result->measures[m];
	const struct scored_measure *scored = &card->measures[m];
	const struct crmval_measure *table = measure->table;
	const struct result_dimension *dimension = &result->dimensions[measure->dimension];
	const struct crmval_dimension *in = dimension->table;
	printf("%s: %s\n", table->id, table->title);
	printf("  %s > %s\n\n", in->title, in->indicators[measure->indicator].title);
	printf("%s\n\nFormula\n  %s\n", table->definition, table->formula);
	printf("  %s, %s; %s is better; unit: %s\n",
	       table->kind == CRMVAL_RATIO ? "sum of numerators / sum of denominators" : "sum of numerators",
	       table->flags & CRMVAL_STATE ? "of the state at the end of the period" : "of events in the window",
	       table->better == CRMVAL_LOWER ? "lower" : "higher", table->unit);
	if (in->parameter_count)
		printf("\nParameters of the dimension\n");
	for (uint32_t i = 0; i < in->parameter_count; i++) {
		const struct crmval_value *value = &dimension->parameters[i];
		printf("  %-22s ", in->parameters[i].name);
		if (!value->is_set)
			printf("not set");
		else if (value->word_count)
			for (uint32_t w = 0; w < value->word_count; w++)
				printf("%s%s", w ? ", " : "", value->words[w]);
		else if (value->text)
			printf("%s", value->text);
		else
			printf("%.15g", value->number);
		if (in->parameters[i].least != 0 || in->parameters[i].most != 0)
			printf(", from %.15g to %.15g", in->parameters[i].least, in->parameters[i].most);
		printf("  (%s)\n", in->parameters[i].help);
	}
	print_window("Period", &scored->period);
	if (scored->has_baseline)
		print_window("Baseline", &scored->baseline);
	printf("\nScore\n  %-18s %s\n", "status", measure_status_names[scored->status]);
	if (scored->score.reason)
		printf("  %-18s %s\n", "reason", scored->score.reason);
	printf("  %-18s %s\n", "basis", basis_names[measure->basis]);
	print_number("basis value", scored->basis_value);
	print_scale(measure);
	print_number("score", scored->score.score);
	print_number("low", scored->score.low);
	print_number("high", scored->score.high);
	print_number("before", scored->score.before);
	print_number("gained", scored->score.gained);
	print_number("weight", scored->score.weight);
}

/* The rows that fall short in it, if there is something to be gained by them. */
static int print_rows(const struct options *options, struct run *run, int measure, struct crmval_error *error)
{
	const struct worklist_limits limits = {.rows = options->limit ? options->limit : 10, .measure = measure};
	struct report_style style = style_of(stdout);
	struct worklist list = {0};
	struct output *output = calloc(1, sizeof *output);
	int code = output ? worklist_make(&list, run, &limits, error) : fail_memory(error);
	if (code == CRMVAL_OK && list.item_count > 0) {
		puts("\nRows");
		output->stream = stdout;
		code = report_worklist(&list, -1, FORMAT_TEXT, output, &style, error);
	}
	worklist_free(&list);
	free(output);
	return code;
}

int command_explain(const struct options *given, int count, char **words)
{
	static struct run run;
	static struct options options;
	struct crmval_error error = {.struct_size = sizeof error};
	struct scorecard *card = NULL;
	options = *given;
	options.overrides.shows_rows = 1;
	if (count != 2)
		return usage_error("crmval explain takes a job file and a measure");
	int status = open_run(&options, &run, words[0]), measure = -1;
	if (status == 0 && (measure = find_measure(&options, &run, words[1])) < 0)
		status = EXIT_USAGE;
	if (status == 0) {
		int code = run_evaluate(&run, options.threads, &error);
		if (code == CRMVAL_OK)
			code = score_new(&run.result, &card, &error);
		if (code == CRMVAL_OK) {
			/* Whether something else is missing does not matter here. */
			score_scope(card, -1, 0, NULL);
			print_measure(&run.result, card, (uint32_t)measure);
			if (!isnan(card->overall.score))
				code = print_rows(&options, &run, measure, &error);
		}
		if (code != CRMVAL_OK)
			log_error(&options, error.message);
		status = exit_status(code);
	}
	if (card)
		score_free(card);
	run_close(&run);
	return status;
}
