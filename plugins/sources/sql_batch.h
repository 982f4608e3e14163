/* SPDX-License-Identifier: MIT */
/* Rows on their way from a database to the sink: cells gathered column by column, handed over many at a time. */
#ifndef SQL_BATCH_H
#define SQL_BATCH_H

#include "crmval/plugin.h"

enum { SQL_BATCH_ROWS = 2048, SQL_BATCH_BYTES = 1 << 20 };

struct sql_batch {
	const struct crmval_sink *sink;
	uint32_t column_count, row_count;
	char *bytes;
	size_t used, room;
	uint32_t *start, *length; /* of the cell in row r of column c: [c * SQL_BATCH_ROWS + r] */
	struct crmval_cells *cells;
	uint64_t numbers[SQL_BATCH_ROWS]; /* of the rows, for messages */
	uint64_t handed;                  /* rows that the sink has been given */
};

int sql_batch_open(struct sql_batch *batch, const struct crmval_sink *sink, uint32_t columns,
		   struct crmval_error *error);
void sql_batch_close(struct sql_batch *batch);
/* Room for so many bytes more, at batch->bytes + batch->used. */
int sql_batch_reserve(struct sql_batch *batch, size_t size, struct crmval_error *error);
int sql_batch_put(struct sql_batch *batch, uint32_t column, const void *text, size_t length,
		  struct crmval_error *error);
/* The row is complete.  Hands over what there is, if it is enough. */
int sql_batch_end_row(struct sql_batch *batch, uint64_t number, struct crmval_error *error);
/* Hands over what there is. */
int sql_batch_flush(struct sql_batch *batch, struct crmval_error *error);

static inline void sql_batch_set(struct sql_batch *batch, uint32_t column, uint32_t start, uint32_t length)
{
	size_t place = (size_t)column * SQL_BATCH_ROWS + batch->row_count;
	batch->start[place] = start;
	batch->length[place] = length;
}

static inline void sql_batch_null(struct sql_batch *batch, uint32_t column)
{
	sql_batch_set(batch, column, 0, CRMVAL_NULL);
}

int sql_batch_put_integer(struct sql_batch *batch, uint32_t column, int64_t value, struct crmval_error *error);
/* The shortest decimal that is read as the same double. */
int sql_batch_put_double(struct sql_batch *batch, uint32_t column, double value, struct crmval_error *error);

#endif
