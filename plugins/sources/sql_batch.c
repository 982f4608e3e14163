/* SPDX-License-Identifier: MIT */
/* Gathering cells and handing them over. */
#include "sql_batch.h"

#include "error.h"
#include "sql_number.h"

#include <stdlib.h>
#include <string.h>

int sql_batch_open(struct sql_batch *batch, const struct crmval_sink *sink, uint32_t columns,
		   struct crmval_error *error)
{
	size_t cells = ((size_t)columns + 1) * SQL_BATCH_ROWS;
	batch->sink = sink;
	batch->column_count = columns;
	batch->row_count = 0;
	batch->used = 0;
	batch->handed = 0;
	batch->room = SQL_BATCH_BYTES + SQL_BATCH_BYTES / 4;
	batch->bytes = malloc(batch->room);
	batch->start = malloc(cells * sizeof *batch->start);
	batch->length = malloc(cells * sizeof *batch->length);
	batch->cells = malloc(((size_t)columns + 1) * sizeof *batch->cells);
	if (batch->bytes && batch->start && batch->length && batch->cells)
		return CRMVAL_OK;
	sql_batch_close(batch);
	return fail_memory(error);
}

void sql_batch_close(struct sql_batch *batch)
{
	free(batch->bytes);
	free(batch->start);
	free(batch->length);
	free(batch->cells);
}

int sql_batch_reserve(struct sql_batch *batch, size_t size, struct crmval_error *error)
{
	if (size <= batch->room - batch->used)
		return CRMVAL_OK;
	if (size > UINT32_MAX - batch->used)
		return fail(error, CRMVAL_EDATA, "a row is longer than 4 GiB");
	size_t room = batch->used + size + batch->room / 2;
	char *bytes = realloc(batch->bytes, room);
	if (!bytes)
		return fail_memory(error);
	batch->bytes = bytes;
	batch->room = room;
	return CRMVAL_OK;
}

int sql_batch_put(struct sql_batch *batch, uint32_t column, const void *text, size_t length, struct crmval_error *error)
{
	int status = sql_batch_reserve(batch, length, error);
	if (status)
		return status;
	memcpy(batch->bytes + batch->used, text, length);
	sql_batch_set(batch, column, (uint32_t)batch->used, (uint32_t)length);
	batch->used += length;
	return CRMVAL_OK;
}

int sql_batch_put_integer(struct sql_batch *batch, uint32_t column, int64_t value, struct crmval_error *error)
{
	char text[SQL_NUMBER_ROOM];
	return sql_batch_put(batch, column, text, sql_number_integer(text, value), error);
}

int sql_batch_put_double(struct sql_batch *batch, uint32_t column, double value, struct crmval_error *error)
{
	char text[SQL_NUMBER_ROOM];
	return sql_batch_put(batch, column, text, sql_number_double(text, value), error);
}

int sql_batch_end_row(struct sql_batch *batch, uint64_t number, struct crmval_error *error)
{
	batch->numbers[batch->row_count++] = number;
	return batch->row_count < SQL_BATCH_ROWS && batch->used < SQL_BATCH_BYTES ? CRMVAL_OK
										  : sql_batch_flush(batch, error);
}

static uint64_t row_number(const void *context, uint32_t row, uint32_t *input)
{
	const struct sql_batch *batch = context;
	*input = 0;
	return batch->numbers[row];
}

int sql_batch_flush(struct sql_batch *batch, struct crmval_error *error)
{
	struct crmval_rows rows = {.struct_size = sizeof rows,
				   .row_count = batch->row_count,
				   .columns = batch->cells,
				   .line = row_number,
				   .context = batch};
	if (!batch->row_count)
		return CRMVAL_OK;
	for (uint32_t c = 0; c < batch->column_count; c++)
		batch->cells[c] = (struct crmval_cells){batch->bytes, batch->start + (size_t)c * SQL_BATCH_ROWS,
							batch->length + (size_t)c * SQL_BATCH_ROWS};
	batch->handed += batch->row_count;
	int status = batch->sink->take(batch->sink, &rows, error);
	batch->row_count = 0;
	batch->used = 0;
	return status;
}
