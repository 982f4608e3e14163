/* SPDX-License-Identifier: MIT */
/* A batch of rows on its way into a table, a column at a time. */
#ifndef TAKE_H
#define TAKE_H

#include "load.h"

#include <string.h>

/* Cells on their way into a column. */
struct taking {
	struct load *load;
	const struct feed *feed;
	struct table *table;
	struct reading_thread *thread;
	const struct feed_field *how;
	const struct field *field;
	const struct crmval_rows *rows;
	const struct crmval_cells *cells;
	struct column *column;
	uint32_t first;  /* the row that cell 0 belongs to */
	uint32_t extent; /* of the table, what the batch is */
	uint64_t order;
	uint64_t unreadable; /* in this column */
	int has_lines;
};

static inline const char *cell_at(const struct crmval_cells *cells, uint32_t i, uint32_t *length)
{
	*length = cells->length[i] == CRMVAL_NULL ? 0 : cells->length[i];
	return cells->base + cells->start[i];
}

/* Most texts are of up to 24 bytes: three words that overlap. */
static inline int is_same_text(const char *a, const char *b, uint32_t length)
{
	if (length < 8 || length > 24)
		return memcmp(a, b, length) == 0;
	uint32_t middle = length / 2 - 4, last = length - 8;
	return ((ident_load(a) ^ ident_load(b)) | (ident_load(a + middle) ^ ident_load(b + middle)) |
		(ident_load(a + last) ^ ident_load(b + last))) == 0;
}

/* Counts a cell that cannot be read, and shows the first few. */
void take_unreadable(struct taking *t, uint32_t i);

/* A copy that lives as long as the table. */
int take_keep_text(struct table *table, const char *text, uint32_t length, char **out, struct crmval_error *error);

/* Columns of dates, and of numbers. */
void take_dates(struct taking *t);
void take_numbers(struct taking *t);

/* The column of a table's own ids, and one of references. */
int take_ids(struct taking *t, struct crmval_error *error);
int take_references(struct taking *t, struct crmval_error *error);

#endif
