/* SPDX-License-Identifier: MIT */
/* Rows of a result, one after the other: each table goes through the scopes, and in each through its nodes. */
#include "report_store.h"

#include "error.h"
#include "output.h"
#include "score.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TEXT(name)                                                                                                     \
	{                                                                                                              \
		name, CRMVAL_STORE_TEXT, 0                                                                             \
	}
#define NUMBER(name)                                                                                                   \
	{                                                                                                              \
		name, CRMVAL_STORE_NUMBER, 0                                                                           \
	}
#define COUNT(name)                                                                                                    \
	{                                                                                                              \
		name, CRMVAL_STORE_COUNT, 0                                                                            \
	}
#define DAY(name)                                                                                                      \
	{                                                                                                              \
		name, CRMVAL_STORE_DAY, 0                                                                              \
	}
#define FILLED(name, type)                                                                                             \
	{                                                                                                              \
		name, CRMVAL_STORE_##type, CRMVAL_REQUIRED                                                             \
	}
#define OWN FILLED("job", TEXT), FILLED("period_from", DAY), FILLED("period_to", DAY)
#define SCOPE OWN, FILLED("breakdown", TEXT), FILLED("unit", TEXT)
#define SCORE                                                                                                          \
	NUMBER("weight"), NUMBER("score"), NUMBER("score_low"), NUMBER("score_high"), NUMBER("score_before"),          \
		NUMBER("gained"), NUMBER("gained_low"), NUMBER("gained_high"), NUMBER("coverage"), TEXT("reason")

static const struct crmval_store_column result_columns[] = {
	OWN, DAY("baseline_from"), DAY("baseline_to"), TEXT("currency"), TEXT("job_sha256"),
};
static const struct crmval_store_column unit_columns[] = {SCOPE};
static const struct crmval_store_column score_columns[] = {
	SCOPE, FILLED("dimension", TEXT), FILLED("indicator", TEXT), TEXT("title"), SCORE,
};
static const struct crmval_store_column measure_columns[] = {
	SCOPE,
	FILLED("dimension", TEXT),
	FILLED("indicator", TEXT),
	FILLED("measure", TEXT),
	TEXT("title"),
	TEXT("measure_unit"),
	TEXT("better"),
	TEXT("status"),
	COUNT("row_count"),
	NUMBER("numerator"),
	NUMBER("denominator"),
	NUMBER("value"),
	NUMBER("standard_error"),
	COUNT("baseline_row_count"),
	NUMBER("baseline_numerator"),
	NUMBER("baseline_denominator"),
	NUMBER("baseline_value"),
	NUMBER("baseline_standard_error"),
	TEXT("basis"),
	NUMBER("basis_value"),
	SCORE,
};
static const struct crmval_store_column data_columns[] = {
	OWN,
	FILLED("entity", TEXT),
	TEXT("source"),
	COUNT("row_count"),
	COUNT("rejected"),
	COUNT("duplicates"),
	COUNT("dangling"),
	COUNT("unreadable"),
	DAY("newest"),
};

#define TABLE(name, columns, key_count)                                                                                \
	{                                                                                                              \
		name, sizeof columns / sizeof columns[0], key_count, columns                                           \
	}

enum { RESULT_TABLE, UNIT_TABLE, SCORE_TABLE, MEASURE_TABLE, DATA_TABLE, TABLES };

static const struct crmval_store_table tables[TABLES] = {
	[RESULT_TABLE] = TABLE("crmval_result", result_columns, 3),
	[UNIT_TABLE] = TABLE("crmval_unit", unit_columns, 5),
	[SCORE_TABLE] = TABLE("crmval_score", score_columns, 7),
	[MEASURE_TABLE] = TABLE("crmval_measure", measure_columns, 8),
	[DATA_TABLE] = TABLE("crmval_data", data_columns, 4),
};

enum { OWN_COUNT = 3, TEXTS = 16 };

struct storing {
	struct crmval_store store; /* first: what the source sees */
	const struct result *result;
	struct scorecard *card;
	struct crmval_store_value own[OWN_COUNT];
	uint32_t table; /* whose rows are given */
	int is_begun;
	int breakdown; /* -1: the company */
	uint32_t unit;
	uint32_t dimension, indicator, row; /* the next node: 0 the whole, then 1 + its place */
	char *copies[TEXTS];                /* of texts of this row that were not UTF-8 */
	uint32_t text_count;
	int is_out_of_memory;
	struct crmval_store_value *next; /* the next value to fill */
};

/* ---- values ---- */

static void put_text(struct storing *s, const char *text)
{
	struct crmval_store_value *value = s->next++;
	*value = (struct crmval_store_value){.is_set = text != NULL};
	if (!text)
		return;
	value->text = output_valid_text(text, &s->copies[s->text_count++]);
	s->is_out_of_memory |= !value->text;
}

static void put_number(struct storing *s, double number)
{
	*s->next++ = (struct crmval_store_value){.is_set = isfinite(number) != 0, .number = number};
}

static void put_count(struct storing *s, int is_set, uint64_t count)
{
	*s->next++ = (struct crmval_store_value){.is_set = is_set != 0, .count = (int64_t)count};
}

static void put_day(struct storing *s, int is_set, int32_t day)
{
	*s->next++ = (struct crmval_store_value){.is_set = is_set != 0, .count = day};
}

static void put_own(struct storing *s)
{
	memcpy(s->next, s->own, sizeof s->own);
	s->next += OWN_COUNT;
}

/* The company is the unit "" of the breakdown "", so that keys are never missing. */
static void put_scope(struct storing *s)
{
	put_own(s);
	put_text(s, s->breakdown < 0 ? "" : breakdown_names[s->breakdown]);
	put_text(s, s->breakdown < 0 ? "" : s->result->unit_names[s->breakdown][s->unit]);
}

static void put_score(struct storing *s, const struct score *score)
{
	put_number(s, score->weight);
	put_number(s, score->score);
	put_number(s, score->low);
	put_number(s, score->high);
	put_number(s, score->before);
	put_number(s, score->gained);
	put_number(s, score->gained_low);
	put_number(s, score->gained_high);
	put_number(s, score->coverage);
	put_text(s, score->reason);
}

static void put_window(struct storing *s, const struct scored_window *window, int is_there)
{
	put_count(s, is_there && window->is_counted, window->rows);
	put_number(s, is_there ? window->numerator : NAN);
	put_number(s, is_there ? window->denominator : NAN);
	put_number(s, is_there ? window->value.value : NAN);
	put_number(s, is_there ? window->value.se : NAN);
}

/* ---- rows ---- */

/* The next scope; 0: there is none. */
static int next_scope(struct storing *s, struct crmval_error *error)
{
	const struct result *result = s->result;
	if (!s->is_begun) {
		s->breakdown = -1;
		s->unit = 0;
	} else {
		s->unit++;
		while (s->breakdown < 0 || s->unit >= result->unit_counts[s->breakdown]) {
			if (++s->breakdown == BREAKDOWN_COUNT)
				return 0;
			s->unit = 0;
		}
	}
	s->is_begun = 1;
	s->dimension = s->indicator = s->row = 0;
	int code = s->table == UNIT_TABLE ? CRMVAL_OK : score_scope(s->card, s->breakdown, s->unit, error);
	return code == CRMVAL_OK ? 1 : code;
}

static int next_result(struct storing *s)
{
	const struct result *result = s->result;
	if (s->row++ > 0)
		return 0;
	put_own(s);
	put_day(s, result->has_baseline, result->baseline.from);
	put_day(s, result->has_baseline, result->baseline.to);
	put_text(s, result->currency);
	put_text(s, result->job_sha256);
	return 1;
}

static int next_unit(struct storing *s, struct crmval_error *error)
{
	int found = next_scope(s, error);
	if (found == 1)
		put_scope(s);
	return found;
}

/* The overall score, then of each dimension its own and those of its indicators. */
static int next_score(struct storing *s, struct crmval_error *error)
{
	const struct result *result = s->result;
	const struct scorecard *card = s->card;
	if (!s->is_begun || s->dimension > result->dimension_count) {
		int found = next_scope(s, error);
		if (found != 1)
			return found;
	}
	const struct result_dimension *dimension = s->dimension ? &result->dimensions[s->dimension - 1] : NULL;
	const struct crmval_indicator *indicator =
		s->indicator ? &dimension->table->indicators[s->indicator - 1] : NULL;
	put_scope(s);
	put_text(s, dimension ? dimension->id : "");
	put_text(s, indicator ? indicator->id : "");
	put_text(s, indicator ? indicator->title : dimension ? dimension->table->title : NULL);
	if (indicator)
		put_score(s, &card->indicators[card->first_indicator[s->dimension - 1] + s->indicator - 1]);
	else
		put_score(s, dimension ? &card->dimensions[s->dimension - 1] : &card->overall);
	if (dimension && s->indicator < dimension->table->indicator_count) {
		s->indicator++;
	} else {
		s->indicator = 0;
		s->dimension++;
	}
	return 1;
}

static int next_measure(struct storing *s, struct crmval_error *error)
{
	const struct result *result = s->result;
	while (!s->is_begun || s->row == result->measure_count) {
		int found = next_scope(s, error);
		if (found != 1)
			return found;
	}
	const struct result_measure *measure = &result->measures[s->row];
	const struct scored_measure *scored = &s->card->measures[s->row++];
	const struct result_dimension *dimension = &result->dimensions[measure->dimension];
	put_scope(s);
	put_text(s, dimension->id);
	put_text(s, dimension->table->indicators[measure->indicator].id);
	put_text(s, measure->table->id);
	put_text(s, measure->table->title);
	put_text(s, measure->table->unit);
	put_text(s, measure->table->better == CRMVAL_LOWER ? "lower" : "higher");
	put_text(s, measure_status_names[scored->status]);
	put_window(s, &scored->period, 1);
	put_window(s, &scored->baseline, scored->has_baseline);
	put_text(s, basis_names[measure->basis]);
	put_number(s, scored->basis_value);
	put_score(s, &scored->score);
	return 1;
}

static int next_entity(struct storing *s)
{
	if (s->row == s->result->entity_count)
		return 0;
	const struct result_entity *entity = &s->result->entities[s->row++];
	uint64_t dangling = 0, unreadable = 0;
	for (uint32_t f = 0; f < entity->field_count; f++) {
		dangling += entity->fields[f].dangling;
		unreadable += entity->fields[f].unreadable;
	}
	put_own(s);
	put_text(s, entity->entity);
	put_text(s, entity->source);
	put_count(s, 1, entity->rows);
	put_count(s, 1, entity->rejected);
	put_count(s, 1, entity->duplicates);
	put_count(s, 1, dangling);
	put_count(s, 1, unreadable);
	put_day(s, entity->newest != CRMVAL_NO_DATE, entity->newest);
	return 1;
}

static int next(const struct crmval_store *store, uint32_t table, struct crmval_store_value *values,
		struct crmval_error *error)
{
	struct storing *s = (struct storing *)store;
	int found;
	if (table != s->table) {
		s->is_begun = 0;
		s->row = 0;
	}
	s->table = table;
	s->next = values;
	s->text_count = 0;
	switch (table) {
	case RESULT_TABLE:
		found = next_result(s);
		break;
	case UNIT_TABLE:
		found = next_unit(s, error);
		break;
	case SCORE_TABLE:
		found = next_score(s, error);
		break;
	case MEASURE_TABLE:
		found = next_measure(s, error);
		break;
	default:
		found = next_entity(s);
	}
	return s->is_out_of_memory ? fail_memory(error) : found;
}

int report_store(const struct result *result, const struct crmval_source *source, const struct crmval_value *options,
		 struct crmval_error *error)
{
	struct storing storing = {
		.store = {.struct_size = sizeof storing.store,
			  .version = REPORT_STORE_VERSION,
			  .table_count = TABLES,
			  .own_count = OWN_COUNT,
			  .tables = tables,
			  .own = storing.own,
			  .next = next},
		.result = result,
		.own = {{.is_set = 1},
			{.is_set = 1, .count = result->period.from},
			{.is_set = 1, .count = result->period.to}},
	};
	char *name = NULL;
	int code = score_new(result, &storing.card, error);
	if (code != CRMVAL_OK)
		return code;
	storing.own[0].text = output_valid_text(result->name, &name);
	if (!storing.own[0].text)
		code = fail_memory(error);
	if (code == CRMVAL_OK) /* before anything is opened: may it be scored at all? */
		code = score_scope(storing.card, -1, 0, error);
	if (code == CRMVAL_OK)
		code = source->store(options, &storing.store, error);
	for (int i = 0; i < TEXTS; i++)
		free(storing.copies[i]);
	free(name);
	score_free(storing.card);
	return code;
}
