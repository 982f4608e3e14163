/* SPDX-License-Identifier: MIT */
/* A table of a CSV source, and reading a part of it. */
#ifndef CSV_TABLE_H
#define CSV_TABLE_H

#include "csv_file.h"
#include "csv_scan.h"

struct csv_table {
	struct csv_table *next; /* of the same source */
	struct csv_dialect dialect;
	char *encoding;
	uint32_t chunk_bytes; /* a multiple of CSV_WORD */
	struct csv_file *files;
	uint32_t file_count;
	const char **inputs; /* their paths */
	/* Of the plan: of each column asked for, which of those to be read it is; one may be asked for twice. */
	uint32_t *answers;
	uint32_t answer_count, read_count;
	uint32_t split_count;
};

struct csv_worker;

int csv_worker_open(struct csv_worker **worker, struct crmval_error *error);
void csv_worker_close(struct csv_worker *worker);

/* Reads one split of a table that is planned. */
int csv_worker_read(struct csv_worker *worker, const struct csv_scanner *scanner, const struct csv_table *table,
		    uint32_t split, const struct crmval_sink *sink, struct crmval_error *error);

#endif
