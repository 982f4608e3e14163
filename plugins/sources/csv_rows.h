/* SPDX-License-Identifier: MIT */
/* Making rows of a window over a CSV file, and handing them to a sink. */
#ifndef CSV_ROWS_H
#define CSV_ROWS_H

#include "csv_window.h"

/* What is read of one file. */
struct csv_view {
	const struct csv_dialect *dialect;
	uint32_t column_count;  /* of the header */
	const uint32_t *places; /* the columns to be read, each once, by their place in the file */
	uint32_t place_count;
	const uint32_t *answers; /* for each column asked for: which of places it is, or CSV_ABSENT */
	uint32_t answer_count;
	uint32_t input;     /* which file of the table it is */
	enum csv_text text; /* how its cells are encoded */
};

#define CSV_ABSENT UINT32_MAX /* a column that this file of the table does not have */

/* The working storage of one thread. */
struct csv_rows {
	const struct csv_view *view;
	const struct crmval_sink *sink;
	struct csv_window *window;
	void *memory; /* all arrays below */
	size_t capacity;
	/*
	 * The separators listed and not yet used: the record at hand has those from separators[next] to
	 * separators[fill - 1], and maybe more to come.  separators[next - 1] is the place before its first byte.
	 */
	uint32_t *separators;
	size_t next, fill;
	uint64_t dropped; /* separators of the record that were not kept, since it has more than it should anyway */
	uint32_t *ends;   /* the line ends of the words listed */
	uint64_t inside;  /* quoting behind the words listed */
	uint32_t begin;   /* the record's first byte */
	int is_foreign;   /* it began before the window, and is not ours */
	uint64_t blank_lines;
	/* Records of the words listed that are to be added to the batch: where their separators begin; which have quotes. */
	uint32_t listed, quoted_count;
	uint32_t *records, *quoted;
	/* The batch: row i begins at begins[i]; starts and lengths have stride entries for each of the places. */
	uint32_t row_count, batch_size, stride;
	uint32_t *begins, *starts, *lengths;
	uint32_t *nulls; /* as lengths, of a column that is absent */
	struct crmval_cells *columns;
	/* Cells of the batch that were not UTF-8; of each of the places, where its column begins there, or NOT_MADE. */
	uint8_t *text;
	size_t text_size, text_capacity;
	size_t *made;
	uint64_t twice; /* cells that were encoded twice */
};

void csv_rows_free(struct csv_rows *rows);

/* Prepares for a view.  Memory is kept from view to view. */
int csv_rows_start(struct csv_rows *rows, const struct csv_view *view, const struct crmval_sink *sink,
		   struct crmval_error *error);

/*
 * Hands over all rows that begin in the first `size` bytes of the window, which are scanned and settled, and reads on
 * for the last of them.  A record that never ends is passed over: whoever reads the file's last chunk reports it.
 */
int csv_rows_read(struct csv_rows *rows, struct csv_window *window, size_t size, struct crmval_error *error);

#endif
