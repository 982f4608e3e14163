/* SPDX-License-Identifier: MIT */
/* Results as rows of tables: which rows there are, what tells them apart, what they hold. */
#include "../core/report_store.h"
#include "sample.h"
#include "suite.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 64, COLUMNS = 40, TEXT = 64 };

/* What a source was handed, as texts. */
struct stored {
	uint32_t count;
	char cells[ROWS][COLUMNS][TEXT];
};
static struct stored stored[8];
static struct crmval_store seen;
static int code_of_source;

static void write_cell(const struct crmval_store_column *column, const struct crmval_store_value *value, char *out)
{
	if (!value->is_set)
		snprintf(out, TEXT, "-");
	else if (column->type == CRMVAL_STORE_TEXT)
		snprintf(out, TEXT, "%s", value->text);
	else if (column->type == CRMVAL_STORE_NUMBER)
		snprintf(out, TEXT, "%.10g", value->number);
	else
		snprintf(out, TEXT, "%lld", (long long)value->count);
	CU_ASSERT(value->is_set || !(column->flags & CRMVAL_REQUIRED));
}

static int source_store(const struct crmval_value *options, const struct crmval_store *store,
			struct crmval_error *error)
{
	struct crmval_store_value values[COLUMNS];
	(void)options;
	seen = *store;
	for (uint32_t t = 0; t < store->table_count; t++) {
		const struct crmval_store_table *table = &store->tables[t];
		int found;
		CU_ASSERT_FATAL(table->column_count <= COLUMNS);
		stored[t].count = 0;
		while ((found = store->next(store, t, values, error)) == 1) {
			CU_ASSERT_FATAL(stored[t].count < ROWS);
			for (uint32_t c = 0; c < table->column_count; c++)
				write_cell(&table->columns[c], &values[c], stored[t].cells[stored[t].count][c]);
			stored[t].count++;
		}
		if (found)
			return found;
	}
	return code_of_source;
}

static int store_sample(const struct sample *sample, struct crmval_error *error)
{
	static const struct crmval_source source = {.struct_size = sizeof source, .store = source_store};
	return report_store(&sample->result, &source, NULL, error);
}

static const struct crmval_store_table *table_of(const char *name, const struct stored **rows)
{
	for (uint32_t t = 0; t < seen.table_count; t++)
		if (strcmp(seen.tables[t].name, name) == 0) {
			*rows = &stored[t];
			return &seen.tables[t];
		}
	CU_FAIL_FATAL("there is no such table");
	return NULL;
}

static const char *cell(const char *name, uint32_t row, const char *column)
{
	const struct stored *rows;
	const struct crmval_store_table *table = table_of(name, &rows);
	for (uint32_t c = 0; c < table->column_count; c++)
		if (strcmp(table->columns[c].name, column) == 0)
			return rows->cells[row][c];
	CU_FAIL_FATAL("there is no such column");
	return NULL;
}

static uint32_t count_of(const char *name)
{
	const struct stored *rows;
	table_of(name, &rows);
	return rows->count;
}

/* 2 dimensions, 4 indicators and 5 measures, for the company and 3 teams. */
static void test_rows(void)
{
	struct sample sample;
	sample_init(&sample);
	sample_data(&sample);
	CU_ASSERT_EQUAL_FATAL(store_sample(&sample, NULL), CRMVAL_OK);
	CU_ASSERT_EQUAL(seen.version, 1);
	CU_ASSERT_EQUAL(count_of("crmval_result"), 1);
	CU_ASSERT_EQUAL(count_of("crmval_unit"), 4);
	CU_ASSERT_EQUAL(count_of("crmval_score"), 4 * (1 + 2 + 4));
	CU_ASSERT_EQUAL(count_of("crmval_measure"), 4 * 5);
	CU_ASSERT_EQUAL(count_of("crmval_data"), sample.result.entity_count);
	CU_ASSERT_STRING_EQUAL(cell("crmval_score", 0, "breakdown"), "");
	CU_ASSERT_STRING_EQUAL(cell("crmval_score", 0, "unit"), "");
	CU_ASSERT_STRING_EQUAL(cell("crmval_score", 0, "dimension"), "");
	CU_ASSERT_STRING_EQUAL(cell("crmval_score", 0, "score"), "50");
	CU_ASSERT_STRING_EQUAL(cell("crmval_score", 0, "gained"), "0");
	CU_ASSERT_STRING_EQUAL(cell("crmval_score", 0, "title"), "-");
	CU_ASSERT_STRING_EQUAL(cell("crmval_score", 1, "dimension"), "alpha");
	CU_ASSERT_STRING_EQUAL(cell("crmval_score", 1, "title"), "Alpha, first");
	CU_ASSERT_STRING_EQUAL(cell("crmval_score", 1, "indicator"), "");
	CU_ASSERT_STRING_EQUAL(cell("crmval_score", 2, "indicator"), "a1");
	CU_ASSERT_STRING_EQUAL(cell("crmval_score", 3, "indicator"), "a2");
	CU_ASSERT_STRING_EQUAL(cell("crmval_score", 4, "dimension"), "beta");
	CU_ASSERT_STRING_EQUAL(cell("crmval_score", 6, "indicator"), "b2");
	CU_ASSERT_STRING_EQUAL(cell("crmval_score", 7, "breakdown"), "team");
	CU_ASSERT_STRING_EQUAL(cell("crmval_score", 7, "unit"), sample.unit_names[0]);
	CU_ASSERT_STRING_EQUAL(cell("crmval_score", 27, "unit"), sample.unit_names[2]);
	CU_ASSERT_STRING_EQUAL(cell("crmval_measure", 2, "measure"), "m2");
	CU_ASSERT_STRING_EQUAL(cell("crmval_measure", 2, "indicator"), "a2");
	CU_ASSERT_STRING_EQUAL(cell("crmval_measure", 2, "row_count"), "2");
	CU_ASSERT_STRING_EQUAL(cell("crmval_measure", 2, "numerator"), "1");
	CU_ASSERT_STRING_EQUAL(cell("crmval_measure", 2, "denominator"), "2");
	CU_ASSERT_STRING_EQUAL(cell("crmval_measure", 2, "value"), "0.5");
	CU_ASSERT_STRING_EQUAL(cell("crmval_measure", 2, "baseline_value"), "0.5");
	CU_ASSERT_STRING_EQUAL(cell("crmval_measure", 2, "status"), "ok");
	CU_ASSERT_STRING_EQUAL(cell("crmval_measure", 2, "reason"), "-");
}

/* Rows begin with what is replaced, and no two of a table have the same key. */
static void test_keys(void)
{
	for (uint32_t t = 0; t < seen.table_count; t++) {
		const struct crmval_store_table *table = &seen.tables[t];
		CU_ASSERT(table->key_count >= seen.own_count);
		for (uint32_t i = 0; i < stored[t].count; i++) {
			CU_ASSERT_STRING_EQUAL(stored[t].cells[i][0], stored[0].cells[0][0]);
			CU_ASSERT_STRING_EQUAL(stored[t].cells[i][1], stored[0].cells[0][1]);
			CU_ASSERT_STRING_EQUAL(stored[t].cells[i][2], stored[0].cells[0][2]);
			for (uint32_t j = 0; j < i; j++) {
				uint32_t same = 0;
				for (uint32_t k = 0; k < table->key_count; k++)
					same += strcmp(stored[t].cells[i][k], stored[t].cells[j][k]) == 0;
				CU_ASSERT(same < table->key_count);
			}
		}
		for (uint32_t k = 0; k < table->key_count; k++)
			CU_ASSERT(table->columns[k].flags & CRMVAL_REQUIRED);
	}
}

/* What is not there is missing; names that are not UTF-8 are mended. */
static void test_missing(void)
{
	struct sample sample;
	sample_init(&sample);
	sample.result.has_baseline = 0;
	sample.measures[0].no_data[0] = "not mapped: order.amount";
	sample.unit_names[1] = "Nord\xff";
	CU_ASSERT_EQUAL_FATAL(store_sample(&sample, NULL), CRMVAL_OK);
	CU_ASSERT_STRING_EQUAL(cell("crmval_result", 0, "baseline_from"), "-");
	CU_ASSERT_STRING_EQUAL(cell("crmval_measure", 0, "status"), "no_data");
	CU_ASSERT_STRING_EQUAL(cell("crmval_measure", 0, "reason"), "not mapped: order.amount");
	CU_ASSERT_STRING_EQUAL(cell("crmval_measure", 0, "row_count"), "-");
	CU_ASSERT_STRING_EQUAL(cell("crmval_measure", 0, "value"), "-");
	CU_ASSERT_STRING_EQUAL(cell("crmval_measure", 0, "score"), "-");
	CU_ASSERT_STRING_EQUAL(cell("crmval_measure", 1, "baseline_value"), "-");
	CU_ASSERT_STRING_EQUAL(cell("crmval_unit", 2, "unit"), "Nord\xef\xbf\xbd");
}

static void test_failures(void)
{
	struct sample sample;
	struct crmval_error error = {.struct_size = sizeof error};
	sample_init(&sample);
	code_of_source = CRMVAL_EUNREACHABLE;
	CU_ASSERT_EQUAL(store_sample(&sample, &error), CRMVAL_EUNREACHABLE);
	code_of_source = CRMVAL_OK;
	sample.result.missing = MISSING_FAIL;
	sample.measures[0].no_data[0] = "not mapped: order.amount";
	seen.table_count = 0;
	CU_ASSERT_EQUAL(store_sample(&sample, &error), CRMVAL_EDATA);
	CU_ASSERT_EQUAL(seen.table_count, 0); /* nothing was opened for it */
}

static const struct test tests[] = {
	{"rows", test_rows}, {"keys", test_keys}, {"missing", test_missing}, {"failures", test_failures}, {NULL, NULL}};

const struct suite suite_store = {"store", tests};
