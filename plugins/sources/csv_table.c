/* SPDX-License-Identifier: MIT */
/* Planning how the files of a table are read. */
#include "csv_table.h"

#include "error.h"

#include <stdlib.h>

void csv_table_clear(struct csv_table *table)
{
	for (uint32_t i = 0; i < table->file_count; i++)
		csv_file_free(&table->files[i]);
	free(table->files);
	free(table->inputs);
	free(table->encoding);
}

static int compare_numbers(const void *a, const void *b)
{
	uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
	return left < right ? -1 : left > right;
}

/* The columns wanted, sorted, each once. */
static int sort_wanted(const struct csv_table *table, const uint32_t *wanted, uint32_t count, uint32_t **sorted,
		       uint32_t *sorted_count, struct crmval_error *error)
{
	*sorted = malloc((count + 1) * sizeof **sorted);
	*sorted_count = 0;
	if (!*sorted)
		return fail_memory(error);
	for (uint32_t i = 0; i < count; i++) {
		(*sorted)[i] = wanted[i];
		if (wanted[i] >= table->column_count)
			return fail(error, CRMVAL_EBUG, "%s: column %u was asked for, of %u", table->files[0].path,
				    wanted[i], table->column_count);
	}
	qsort(*sorted, count, sizeof **sorted, compare_numbers);
	for (uint32_t i = 0; i < count; i++) {
		if (i == 0 || (*sorted)[i] != (*sorted)[i - 1])
			(*sorted)[(*sorted_count)++] = (*sorted)[i];
	}
	return CRMVAL_OK;
}

/* Which columns of the file to read, and which of them answers what is asked. */
static int plan_columns(struct csv_file *file, const uint32_t *wanted, uint32_t count, const uint32_t *sorted,
			uint32_t sorted_count, struct crmval_error *error)
{
	uint32_t *order = malloc((sorted_count + 1) * sizeof *order);
	free(file->read_places);
	free(file->answers);
	file->read_places = malloc((sorted_count + 1) * sizeof *file->read_places);
	file->answers = malloc((count + 1) * sizeof *file->answers);
	file->read_count = 0;
	if (!order || !file->read_places || !file->answers) {
		free(order);
		return fail_memory(error);
	}
	for (uint32_t i = 0; i < sorted_count; i++) {
		uint32_t place = file->places[sorted[i]];
		order[i] = place == CSV_ABSENT ? CSV_ABSENT : file->read_count;
		if (place != CSV_ABSENT)
			file->read_places[file->read_count++] = place;
	}
	for (uint32_t i = 0; i < count; i++) {
		const uint32_t *found = bsearch(&wanted[i], sorted, sorted_count, sizeof *sorted, compare_numbers);
		file->answers[i] = order[found - sorted];
	}
	free(order);
	return CRMVAL_OK;
}

/* A chunk where a file is plain; else all of it.  Even a file without a row is a split, for the lines passed over. */
static int plan_splits(struct csv_table *table, struct csv_file *file, struct crmval_error *error)
{
	uint64_t splits = 1;
	if (file->is_plain && file->size > file->data)
		splits = (file->size - file->data - 1) / table->chunk_bytes + 1;
	if (splits > UINT32_MAX / 2 - table->split_count)
		return fail(error, CRMVAL_ECONF, "%s: too many chunks; raise chunk_bytes", file->path);
	file->first_split = table->split_count;
	file->split_count = (uint32_t)splits;
	table->split_count += file->split_count;
	csv_chain_free(file->chain);
	file->chain = NULL;
	if (file->is_plain && !(file->chain = csv_chain_new(file->split_count, file->header.line)))
		return fail_memory(error);
	return CRMVAL_OK;
}

int csv_table_plan(struct csv_table *table, const uint32_t *wanted, uint32_t wanted_count, struct crmval_plan *plan,
		   struct crmval_error *error)
{
	uint32_t *sorted = NULL, sorted_count;
	int status = sort_wanted(table, wanted, wanted_count, &sorted, &sorted_count, error);
	uint64_t rows = 0;
	table->answer_count = wanted_count;
	table->split_count = 0;
	for (uint32_t i = 0; i < table->file_count && !status; i++) {
		struct csv_file *file = &table->files[i];
		status = csv_file_check(file, error);
		if (!status)
			status = plan_columns(file, wanted, wanted_count, sorted, sorted_count, error);
		if (!status)
			status = plan_splits(table, file, error);
		/* A row has a byte for each column, its delimiters and line end, which only the last may lack. */
		rows += file->size / file->header.count + 1;
	}
	free(sorted);
	plan->split_count = table->split_count;
	plan->rows_at_most = rows;
	return status;
}

uint32_t csv_table_find(const struct csv_table *table, uint32_t split)
{
	uint32_t low = 0, high = table->file_count;
	while (high - low > 1) {
		uint32_t middle = low + (high - low) / 2;
		if (table->files[middle].first_split <= split)
			low = middle;
		else
			high = middle;
	}
	return low;
}

struct csv_view csv_table_view(const struct csv_table *table, uint32_t number)
{
	const struct csv_file *file = &table->files[number];
	return (struct csv_view){.dialect = &file->dialect,
				 .column_count = file->header.count,
				 .places = file->read_places,
				 .place_count = file->read_count,
				 .answers = file->answers,
				 .answer_count = table->answer_count,
				 .input = number,
				 .text = file->dialect.text};
}

int csv_table_check(const struct csv_table *table, struct crmval_error *error)
{
	int status = CRMVAL_OK;
	for (uint32_t i = 0; i < table->file_count && !status; i++)
		status = csv_file_check(&table->files[i], error);
	return status;
}
