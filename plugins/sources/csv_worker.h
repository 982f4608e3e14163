/* SPDX-License-Identifier: MIT */
/* Reading a part of a table: what one thread needs for it. */
#ifndef CSV_WORKER_H
#define CSV_WORKER_H

#include "csv_scan.h"
#include "csv_table.h"

struct csv_worker {
	struct csv_window window;
	struct csv_rows rows;
	const struct csv_file *file; /* whose descriptor it is */
	int descriptor;
	uint64_t offset, end; /* what is still to be read of a plain file */
};

int csv_worker_open(struct csv_worker **worker, struct crmval_error *error);
void csv_worker_close(struct csv_worker *worker);

/* Reads one split of a table that is planned, of a file on disk. */
int csv_worker_read(struct csv_worker *worker, const struct csv_scanner *scanner, const struct csv_table *table,
		    uint32_t split, const struct crmval_sink *sink, struct crmval_error *error);

/* Reads all of an input, given the view of it that rows were started on.  *is_open: it ends within quotes. */
int csv_worker_stream(struct csv_worker *worker, const struct csv_scanner *scanner, const struct csv_table *table,
		      const struct csv_file *file, struct csv_input *input, int *is_open, struct crmval_error *error);

/* The error for a file that ends within quotes.  Where they were opened nobody has kept: it is read once more. */
int csv_worker_fail_open(struct csv_input *input, const struct csv_file *file, struct crmval_error *error);

#endif
