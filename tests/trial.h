/* SPDX-License-Identifier: MIT */
/*
 * Feeds one view of a dimension with columns made by hand, and holds what it observes against what was worked out by
 * hand.  The window is day 1000 to day 1099 unless a test sets another.
 */
#ifndef TRIAL_H
#define TRIAL_H

#include "crmval/plugin.h"

#include <math.h>

enum { TRIAL_ROWS = 32, TRIAL_COLUMNS = 24, TRIAL_PARAMETERS = 8, TRIAL_ANSWERS = 8, TRIAL_WORDS = 16 };

struct trial {
	const struct crmval_dimension *dimension;
	const struct crmval_view *view;
	uint32_t rows;
	struct crmval_window window;
	struct crmval_column columns[TRIAL_COLUMNS];
	struct crmval_value parameters[TRIAL_PARAMETERS];
	const char *words[TRIAL_PARAMETERS][TRIAL_WORDS];
	char word_texts[TRIAL_PARAMETERS][128];
	double numerators[TRIAL_ANSWERS][TRIAL_ROWS];
	double denominators[TRIAL_ANSWERS][TRIAL_ROWS];
	char no_data[TRIAL_ANSWERS][128];
};

/* The five dimensions. */
enum { TRIAL_PLUGINS = 5 };
extern const struct crmval_plugin *const trial_plugins[TRIAL_PLUGINS];

/* Whether a condition holds, of something that has a name. */
void trial_check(int holds, const char *what, const char *name);

/* All columns mapped, checked and missing; parameters as the plugin has them at first. */
void trial_open(struct trial *trial, const struct crmval_plugin *plugin, const char *entity, uint32_t rows);

struct crmval_column *trial_input(struct trial *trial, const char *input);
void trial_column(struct trial *trial, const char *input, int as, const void *data, size_t size);
void trial_number(struct trial *trial, const char *parameter, double number);
void trial_words(struct trial *trial, const char *parameter, const char *words);

/* Also: no reason for no data was given, the same rows one by one give the same bits, and shares are shares. */
void trial_run(struct trial *trial);
/* As trial_run(), of a window for which a reason is given. */
void trial_run_no_data(struct trial *trial, const char *measure, const char *reason);

void trial_numerators(struct trial *trial, const char *measure, const double *expected, size_t size);
void trial_denominators(struct trial *trial, const char *measure, const double *expected, size_t size);

#define TRIAL_TYPED(trial, input, as, type, ...)                                                                       \
	trial_column(trial, input, as, (const type[]){__VA_ARGS__}, sizeof((const type[]){__VA_ARGS__}))
#define REFERENCES(trial, input, ...) TRIAL_TYPED(trial, input, CRMVAL_REFERENCE, int32_t, __VA_ARGS__)
#define SYMBOLS(trial, input, ...) TRIAL_TYPED(trial, input, CRMVAL_SYMBOL, uint32_t, __VA_ARGS__)
#define DATES(trial, input, ...) TRIAL_TYPED(trial, input, CRMVAL_DATE, int32_t, __VA_ARGS__)
#define NUMBERS(trial, input, ...) TRIAL_TYPED(trial, input, CRMVAL_NUMBER, double, __VA_ARGS__)
#define FLAGS(trial, input, ...) TRIAL_TYPED(trial, input, CRMVAL_FLAG, int8_t, __VA_ARGS__)
#define FILLED(trial, input, ...) TRIAL_TYPED(trial, input, CRMVAL_FILLED, uint8_t, __VA_ARGS__)
#define EMAILS(trial, input, ...) TRIAL_TYPED(trial, input, CRMVAL_EMAIL, uint8_t, __VA_ARGS__)
#define PHONES(trial, input, ...) TRIAL_TYPED(trial, input, CRMVAL_PHONE, uint8_t, __VA_ARGS__)

#define NUMERATORS(trial, measure, ...)                                                                                \
	trial_numerators(trial, measure, (const double[]){__VA_ARGS__}, sizeof((const double[]){__VA_ARGS__}))
#define DENOMINATORS(trial, measure, ...)                                                                              \
	trial_denominators(trial, measure, (const double[]){__VA_ARGS__}, sizeof((const double[]){__VA_ARGS__}))

#define NO CRMVAL_NO_DATE /* of dates: missing */
#define NONE NAN          /* of numbers: missing; of numerators: no row of the measure */
#define GONE CRMVAL_MISSING
#define DANGLING CRMVAL_DANGLING

#endif
