/* SPDX-License-Identifier: MIT */
/* crmval explain: what a measure says, how it is computed, and the numbers that it came to. */
#include "command.h"

#include "error.h"
#include "near.h"
#include "report_worklist.h"
#include "score.h"
#include "screen.h"
#include "text.h"
#include "translate.h"

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
	snprintf(message, sizeof message, _("there is no measure \"%s\" in the job's dimensions; %s"), name, advice);
	log_error(options, message);
	return -1;
}

/* printf() counts bytes, not columns. */
static void print_title(const char *title, int width)
{
	int shown = screen_text_width(title);
	printf("  %s%*s ", title, shown < width ? width - shown : 0, "");
}

static void print_number(const char *title, double number)
{
	char text[OUTPUT_NUMBER_SIZE];
	output_number_text(number, text);
	print_title(title, 18);
	puts(isnan(number) ? "-" : text);
}

static void print_window(const char *title, const struct scored_window *window)
{
	printf("\n%s\n", title);
	print_title(_("rows"), 18);
	printf("%llu\n", (unsigned long long)window->rows);
	print_number(_("numerator"), window->numerator);
	print_number(_("denominator"), window->denominator);
	print_number(_("value"), window->value.value);
	print_number(_("standard error"), window->value.se);
}

static void print_scale(const struct result_measure *measure)
{
	print_title(_("scale"), 18);
	for (uint32_t i = 0; i < measure->scale_count; i++) {
		char x[OUTPUT_NUMBER_SIZE], y[OUTPUT_NUMBER_SIZE];
		output_number_text(measure->scale[i].x, x);
		output_number_text(measure->scale[i].y, y);
		printf("%s -> %s%s", x, y, i + 1 < measure->scale_count ? ", " : "");
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
	printf(_("%s\n\nFormula\n  %s\n"), table->definition, table->formula);
	printf(table->better == CRMVAL_LOWER ? _("  %s, %s; lower is better; unit: %s\n")
					     : _("  %s, %s; higher is better; unit: %s\n"),
	       table->kind == CRMVAL_RATIO ? _("sum of numerators / sum of denominators") : _("sum of numerators"),
	       table->flags & CRMVAL_STATE ? _("of the state at the end of the period") : _("of events in the window"),
	       table->unit);
	if (in->parameter_count)
		fputs(_("\nParameters of the dimension\n"), stdout);
	for (uint32_t i = 0; i < in->parameter_count; i++) {
		const struct crmval_value *value = &dimension->parameters[i];
		printf("  %-22s ", in->parameters[i].name);
		if (!value->is_set)
			fputs(_("not set"), stdout);
		else if (value->word_count)
			for (uint32_t w = 0; w < value->word_count; w++)
				printf("%s%s", w ? ", " : "", value->words[w]);
		else if (value->text)
			printf("%s", value->text);
		else
			printf("%.15g", value->number);
		if (in->parameters[i].least != 0 || in->parameters[i].most != 0)
			printf(_(", from %.15g to %.15g"), in->parameters[i].least, in->parameters[i].most);
		printf("  (%s)\n", in->parameters[i].help);
	}
	print_window(_("Period"), &scored->period);
	if (scored->has_baseline)
		print_window(_("Baseline"), &scored->baseline);
	puts(_("\nScore"));
	print_title(_("status"), 18);
	puts(_(measure_status_names[scored->status]));
	if (scored->score.reason) {
		char reason[TEXT_REASON_SIZE];
		print_title(_("reason"), 18);
		puts(text_reason(scored->score.reason, reason));
	}
	print_title(_("basis"), 18);
	puts(_(basis_names[measure->basis]));
	print_number(_("basis value"), scored->basis_value);
	print_scale(measure);
	print_number(_("score"), scored->score.score);
	print_number(_("low"), scored->score.low);
	print_number(_("high"), scored->score.high);
	print_number(_("before"), scored->score.before);
	print_number(_("gained"), scored->score.gained);
	print_number(_("weight"), scored->score.weight);
}

/* The rows that fall short in it, if there is something to be gained by them. */
static int print_rows(const struct worklist *list, struct crmval_error *error)
{
	struct report_style style = style_of(stdout);
	struct output *output = calloc(1, sizeof *output);
	if (!output)
		return fail_memory(error);
	puts(_("\nRows"));
	output->stream = stdout;
	int code = report_worklist(list, -1, FORMAT_TEXT, output, &style, error);
	free(output);
	return code;
}

static int explain(const struct options *options, struct run *run, int measure, struct crmval_error *error)
{
	const struct worklist_limits limits = {.rows = options->limit ? options->limit : 10, .measure = measure};
	struct scorecard *card = NULL;
	struct worklist list = {0};
	int code = score_new(&run->result, &card, error);
	if (code != CRMVAL_OK)
		return code;
	/* Whether something else is missing does not matter here. */
	score_scope(card, -1, 0, NULL);
	use_language(FORMAT_TEXT, run->job->language);
	code = result_translate(&run->result, &run->arena, text_language(), error);
	/* Rows come first, since what is printed waits in memory, where their children would find it. */
	if (code == CRMVAL_OK && !isnan(card->overall.score))
		code = worklist_make(&list, run, &limits, error);
	print_measure(&run->result, card, (uint32_t)measure);
	if (code == CRMVAL_OK && list.item_count > 0)
		code = print_rows(&list, error);
	text_use_messages();
	worklist_free(&list);
	score_free(card);
	return code;
}

int command_explain(const struct options *given, int count, char **words)
{
	static struct run run;
	static struct options options;
	struct crmval_error error = {.struct_size = sizeof error};
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
			code = explain(&options, &run, measure, &error);
		if (code != CRMVAL_OK)
			log_error(&options, error.message);
		status = exit_status(code);
	}
	if (status == 0)
		status = tell_failed(&options, &run); /* which changes what the rows of others are worth, too */
	run_close(&run);
	return status;
}
