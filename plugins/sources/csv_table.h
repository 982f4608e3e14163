/* SPDX-License-Identifier: MIT */
/* A table: its files, and how they are to be read. */
#ifndef CSV_TABLE_H
#define CSV_TABLE_H

#include "csv_file.h"
#include "csv_rows.h"

struct csv_table {
	struct csv_dialect dialect;
	char *encoding;
	uint32_t chunk_bytes; /* a multiple of CSV_WORD */
	struct csv_file *files;
	uint32_t file_count;
	uint32_t column_count;
	const char **inputs; /* their paths */
	/* Of the plan. */
	uint32_t answer_count, split_count;
};

/* Frees what is in it. */
void csv_table_clear(struct csv_table *table);

/* Plans which columns to read of each file, and in how many splits. */
int csv_table_plan(struct csv_table *table, const uint32_t *wanted, uint32_t wanted_count, struct crmval_plan *plan,
		   struct crmval_error *error);

/* The number of the file that a split belongs to. */
uint32_t csv_table_find(const struct csv_table *table, uint32_t split);

/* What is to be read of a file; its encoding may still be unknown. */
struct csv_view csv_table_view(const struct csv_table *table, uint32_t number);

/* Is every file still what it was?  Else CRMVAL_EAGAIN. */
int csv_table_check(const struct csv_table *table, struct crmval_error *error);

#endif
