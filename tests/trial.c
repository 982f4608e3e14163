/* SPDX-License-Identifier: MIT */
/* Feeds one view of a dimension with columns made by hand. */
#include "trial.h"

#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const struct crmval_plugin customer_management_plugin, deal_control_plugin, resource_management_plugin,
	employee_growth_plugin, strategic_alignment_plugin;

const struct crmval_plugin *const trial_plugins[TRIAL_PLUGINS] = {
	&customer_management_plugin, &deal_control_plugin,        &resource_management_plugin,
	&employee_growth_plugin,     &strategic_alignment_plugin,
};

void trial_check(int holds, const char *what, const char *name)
{
	char text[400];
	snprintf(text, sizeof text, "%s: %s", name, what);
	CU_assertImplementation(holds, __LINE__, text, __FILE__, "", CU_FALSE);
}

static void check(int holds, const char *what, const char *name, uint32_t row)
{
	char text[160];
	snprintf(text, sizeof text, "%s, row %u", what, (unsigned)row);
	trial_check(holds, text, name);
}

/* A test that asks for what a plugin does not have is wrong itself, and cannot go on. */
static void stop(const char *what, const char *name)
{
	fprintf(stderr, "trial: no %s %s\n", what, name);
	abort();
}

static size_t width(int as)
{
	switch (as) {
	case CRMVAL_NUMBER:
		return sizeof(double);
	case CRMVAL_REFERENCE:
	case CRMVAL_SYMBOL:
	case CRMVAL_DATE:
		return sizeof(int32_t);
	default:
		return 1;
	}
}

static const void *missing(int as)
{
	static double numbers[TRIAL_ROWS];
	static int32_t dates[TRIAL_ROWS], references[TRIAL_ROWS];
	static const uint32_t symbols[TRIAL_ROWS];
	static int8_t flags[TRIAL_ROWS];
	static const uint8_t texts[TRIAL_ROWS];
	for (int i = 0; i < TRIAL_ROWS; i++) {
		numbers[i] = NAN;
		dates[i] = CRMVAL_NO_DATE;
		references[i] = CRMVAL_MISSING;
		flags[i] = -1;
	}
	switch (as) {
	case CRMVAL_NUMBER:
		return numbers;
	case CRMVAL_REFERENCE:
		return references;
	case CRMVAL_SYMBOL:
		return symbols;
	case CRMVAL_DATE:
		return dates;
	case CRMVAL_FLAG:
		return flags;
	default:
		return texts;
	}
}

static uint32_t find_parameter(const struct trial *trial, const char *name)
{
	uint32_t i = 0;
	while (i < trial->dimension->parameter_count && strcmp(trial->dimension->parameters[i].name, name) != 0)
		i++;
	if (i == trial->dimension->parameter_count)
		stop("parameter", name);
	return i;
}

void trial_number(struct trial *trial, const char *parameter, double number)
{
	struct crmval_value *value = &trial->parameters[find_parameter(trial, parameter)];
	value->is_set = 1;
	value->number = number;
}

void trial_words(struct trial *trial, const char *parameter, const char *words)
{
	uint32_t place = find_parameter(trial, parameter);
	struct crmval_value *value = &trial->parameters[place];
	char *text = trial->word_texts[place];
	snprintf(text, sizeof trial->word_texts[place], "%s", words);
	value->is_set = 1;
	value->words = trial->words[place];
	value->word_count = 0;
	for (char *rest = NULL, *word = strtok_r(text, ",", &rest); word; word = strtok_r(NULL, ",", &rest))
		trial->words[place][value->word_count++] = word;
}

void trial_open(struct trial *trial, const struct crmval_plugin *plugin, const char *entity, uint32_t rows)
{
	memset(trial, 0, sizeof *trial);
	trial->dimension = plugin->dimension;
	trial->rows = rows;
	trial->window = (struct crmval_window){1000, 1099, 0};
	for (uint32_t i = 0; i < plugin->dimension->view_count; i++)
		if (strcmp(plugin->dimension->views[i].entity, entity) == 0)
			trial->view = &plugin->dimension->views[i];
	if (!trial->view || rows > TRIAL_ROWS || trial->view->input_count > TRIAL_COLUMNS ||
	    trial->view->answer_count > TRIAL_ANSWERS)
		stop("view", entity);
	for (uint32_t i = 0; i < trial->view->input_count; i++)
		trial->columns[i] = (struct crmval_column){missing(trial->view->inputs[i].as), 1, 1};
	for (uint32_t i = 0; i < plugin->dimension->parameter_count; i++) {
		const struct crmval_option *option = &plugin->dimension->parameters[i];
		trial->parameters[i].number = NAN;
		if (option->initial && option->type == CRMVAL_OPTION_WORDS)
			trial_words(trial, option->name, option->initial);
		else if (option->initial)
			trial_number(trial, option->name, strtod(option->initial, NULL));
	}
}

static uint32_t find_input(const struct trial *trial, const char *name)
{
	uint32_t i = 0;
	while (i < trial->view->input_count && strcmp(trial->view->inputs[i].name, name) != 0)
		i++;
	if (i == trial->view->input_count)
		stop("input", name);
	return i;
}

struct crmval_column *trial_input(struct trial *trial, const char *input)
{
	return &trial->columns[find_input(trial, input)];
}

void trial_column(struct trial *trial, const char *input, int as, const void *data, size_t size)
{
	uint32_t place = find_input(trial, input);
	check(trial->view->inputs[place].as == as, "is of another type", input, 0);
	check(size == trial->rows * width(as), "has another number of rows", input, 0);
	trial->columns[place].data = data;
}

static const struct crmval_measure *find_measure(const struct trial *trial, const char *id)
{
	for (uint32_t i = 0; i < trial->dimension->measure_count; i++)
		if (strcmp(trial->dimension->measures[i].id, id) == 0)
			return &trial->dimension->measures[i];
	stop("measure", id);
	return NULL;
}

static uint32_t find_answer(const struct trial *trial, const char *measure)
{
	uint32_t i = 0;
	while (i < trial->view->answer_count && strcmp(trial->view->answers[i].measure, measure) != 0)
		i++;
	if (i == trial->view->answer_count)
		stop("answer", measure);
	return i;
}

/* Evaluates rows first .. first + count - 1 into the same places of the two arrays. */
static void evaluate(struct trial *trial, uint32_t first, uint32_t count, double (*numerators)[TRIAL_ROWS],
		     double (*denominators)[TRIAL_ROWS])
{
	struct crmval_column columns[TRIAL_COLUMNS];
	struct crmval_observations out[TRIAL_ANSWERS];
	struct crmval_error error = {sizeof error, 0, ""};
	struct crmval_batch batch = {sizeof batch, count, columns, trial->parameters, &trial->window};
	for (uint32_t i = 0; i < trial->view->input_count; i++) {
		columns[i] = trial->columns[i];
		columns[i].data = (const char *)columns[i].data + first * width(trial->view->inputs[i].as);
	}
	for (uint32_t i = 0; i < trial->view->answer_count; i++) {
		const struct crmval_measure *measure = find_measure(trial, trial->view->answers[i].measure);
		for (uint32_t row = first; row < first + count; row++) {
			numerators[i][row] = NAN;
			denominators[i][row] = 0;
		}
		trial->no_data[i][0] = '\0';
		/* A sum has no denominators: whoever writes them crashes. */
		out[i] = (struct crmval_observations){&numerators[i][first],
						      measure->kind == CRMVAL_SUM_OF ? NULL : &denominators[i][first],
						      trial->no_data[i]};
	}
	CU_ASSERT_EQUAL(trial->view->evaluate(&batch, out, &error), CRMVAL_OK);
}

static void check_row(const struct trial *trial, uint32_t answer, uint32_t row)
{
	const struct crmval_measure *measure = find_measure(trial, trial->view->answers[answer].measure);
	double numerator = trial->numerators[answer][row], denominator = trial->denominators[answer][row];
	if (isnan(numerator))
		return;
	check(fabs(numerator) < 0x1p63, "numerator out of range", measure->id, row);
	check(fabs(denominator) < 0x1p63, "denominator out of range", measure->id, row);
	if (measure->flags & CRMVAL_SHARE)
		check((numerator >= 0 && numerator <= denominator) || (numerator <= 0 && numerator >= denominator),
		      "not a share", measure->id, row);
}

static void run(struct trial *trial)
{
	double numerators[TRIAL_ANSWERS][TRIAL_ROWS] = {{0}}, denominators[TRIAL_ANSWERS][TRIAL_ROWS] = {{0}};
	evaluate(trial, 0, trial->rows, trial->numerators, trial->denominators);
	for (uint32_t row = 0; row < trial->rows; row++)
		evaluate(trial, row, 1, numerators, denominators);
	for (uint32_t i = 0; i < trial->view->answer_count; i++) {
		size_t size = trial->rows * sizeof(double);
		const char *measure = trial->view->answers[i].measure;
		check(memcmp(numerators[i], trial->numerators[i], size) == 0, "depends on the batch", measure, 0);
		check(memcmp(denominators[i], trial->denominators[i], size) == 0, "depends on the batch", measure, 0);
		for (uint32_t row = 0; row < trial->rows; row++)
			check_row(trial, i, row);
	}
	/* A call without rows must give the same reasons, so it comes last. */
	evaluate(trial, 0, 0, numerators, denominators);
}

void trial_run(struct trial *trial)
{
	run(trial);
	for (uint32_t i = 0; i < trial->view->answer_count; i++)
		check(trial->no_data[i][0] == '\0', "has a reason for no data", trial->view->answers[i].measure, 0);
}

void trial_run_no_data(struct trial *trial, const char *measure, const char *reason)
{
	run(trial);
	CU_ASSERT_STRING_EQUAL(trial->no_data[find_answer(trial, measure)], reason);
}

static void compare(const struct trial *trial, const double *values, const double *expected, size_t size,
		    const char *measure, const char *what)
{
	check(size == trial->rows * sizeof(double), "expected for another number of rows", measure, 0);
	for (uint32_t row = 0; row < trial->rows; row++) {
		int holds = isnan(expected[row]) ? isnan(values[row]) : fabs(values[row] - expected[row]) <= 1e-12;
		check(holds, what, measure, row);
	}
}

void trial_numerators(struct trial *trial, const char *measure, const double *expected, size_t size)
{
	compare(trial, trial->numerators[find_answer(trial, measure)], expected, size, measure, "numerator");
}

void trial_denominators(struct trial *trial, const char *measure, const double *expected, size_t size)
{
	compare(trial, trial->denominators[find_answer(trial, measure)], expected, size, measure, "denominator");
}
