/* SPDX-License-Identifier: MIT */
/* Reading by ODBC: blocks of rows into arrays, one per column, and from there into the batch. */
#include "sql_number.h"
#include "sql_odbc.h"
#include "sql_utf16.h"

#include "error.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { BLOCK_BYTES = 4 << 20, MOST_ROWS = 1024, LEAST_UNITS = 64, MOST_UNITS = 2048, MOST_CELL = 64 << 20 };

/* An array of cells, each of so many bytes. */
struct array {
	SQLSMALLINT type; /* in C */
	int is_padded;    /* blanks fill it */
	int is_number;    /* as text, of floating point, whose ".0" says nothing */
	size_t size;
	char *cells;
	SQLLEN *lengths;
};

struct reader {
	struct odbc_session *session;
	const struct sql_table *table;
	struct sql_batch *batch;
	SQLHSTMT statement;
	struct array *arrays;
	SQLULEN rows, fetched; /* of a block, as many as there is room for, and as came */
	SQLUSMALLINT *states;
	/*
	 * Where a cell turns out to be longer than its place, all is read again with larger ones.  The rows that were put
	 * into the batch before must come again as they were, or nothing is believed.
	 */
	uint64_t put, hash;       /* rows that were put, and what they held */
	uint64_t seen, seen_hash; /* of this reading */
	int is_to_repeat;
};

/* ---- arrays ---- */

static int is_text(SQLSMALLINT type)
{
	return type == SQL_C_WCHAR || type == SQL_C_CHAR;
}

/* Of a text. */
static size_t unit_size(const struct array *array)
{
	return array->type == SQL_C_WCHAR ? sizeof(SQLWCHAR) : 1;
}

/* What a column of the database is read as: text as it is, floating point as such, all else as the driver writes it. */
static SQLSMALLINT c_type(const struct odbc_session *session, int type)
{
	/* SQLite may hold a text in any column, which is then wanted as it is. */
	int is_loose = strncasecmp(session->connection.system, "SQLite", 6) == 0;
	if ((type == SQL_FLOAT || type == SQL_DOUBLE) && !is_loose)
		return SQL_C_DOUBLE;
	if (type == SQL_REAL && !is_loose)
		return SQL_C_FLOAT;
	return session->connection.is_narrow ? SQL_C_CHAR : SQL_C_WCHAR;
}

/* The declared size of a text is a guess: some databases do not hold to it. */
static size_t first_size(struct reader *reader, uint32_t i)
{
	SQLLEN units = 0;
	if (!is_text(reader->arrays[i].type))
		return sizeof(double);
	SQLColAttributeW(reader->statement, (SQLUSMALLINT)(i + 1), SQL_DESC_LENGTH, NULL, 0, NULL, &units);
	if (units < LEAST_UNITS)
		units = LEAST_UNITS;
	if (units > MOST_UNITS)
		units = MOST_UNITS;
	return ((size_t)units + 1) * unit_size(&reader->arrays[i]);
}

static void free_arrays(struct reader *reader)
{
	for (uint32_t i = 0; reader->arrays && i < reader->table->wanted_count; i++) {
		free(reader->arrays[i].cells);
		free(reader->arrays[i].lengths);
		reader->arrays[i].cells = NULL;
		reader->arrays[i].lengths = NULL;
	}
	free(reader->states);
	reader->states = NULL;
}

static int allocate(struct reader *reader, struct crmval_error *error)
{
	uint32_t count = reader->table->wanted_count;
	size_t row = 1;
	for (uint32_t i = 0; i < count; i++)
		row += reader->arrays[i].size + sizeof(SQLLEN);
	reader->rows = BLOCK_BYTES / row;
	if (reader->rows > MOST_ROWS)
		reader->rows = MOST_ROWS;
	if (reader->rows < 1)
		reader->rows = 1;
	free_arrays(reader);
	int is_full = !(reader->states = calloc(reader->rows, sizeof *reader->states));
	for (uint32_t i = 0; i < count && !is_full; i++) {
		struct array *array = &reader->arrays[i];
		array->cells = malloc(array->size * reader->rows);
		array->lengths = malloc(sizeof *array->lengths * reader->rows);
		is_full = !array->cells || !array->lengths;
	}
	return is_full ? fail_memory(error) : CRMVAL_OK;
}

static int fail_reading(struct reader *reader, struct crmval_error *error)
{
	int is_lost;
	int status = odbc_fail(SQL_HANDLE_STMT, reader->statement, reader->table->what, &is_lost, error);
	reader->session->base.is_broken |= is_lost;
	return status;
}

static int bind(struct reader *reader, struct crmval_error *error)
{
	SQLHSTMT statement = reader->statement;
	SQLRETURN code = SQLSetStmtAttr(statement, SQL_ATTR_ROW_BIND_TYPE, (SQLPOINTER)SQL_BIND_BY_COLUMN, 0);
	if (SQL_SUCCEEDED(code))
		code = SQLSetStmtAttr(statement, SQL_ATTR_ROW_ARRAY_SIZE, (SQLPOINTER)(uintptr_t)reader->rows, 0);
	if (code == SQL_SUCCESS_WITH_INFO) /* the driver may have another number in mind */
		SQLGetStmtAttr(statement, SQL_ATTR_ROW_ARRAY_SIZE, &reader->rows, 0, NULL);
	if (SQL_SUCCEEDED(code))
		code = SQLSetStmtAttr(statement, SQL_ATTR_ROW_STATUS_PTR, reader->states, 0);
	if (SQL_SUCCEEDED(code))
		code = SQLSetStmtAttr(statement, SQL_ATTR_ROWS_FETCHED_PTR, &reader->fetched, 0);
	for (uint32_t i = 0; i < reader->table->wanted_count && SQL_SUCCEEDED(code); i++) {
		struct array *array = &reader->arrays[i];
		code = SQLBindCol(statement, (SQLUSMALLINT)(i + 1), array->type, array->cells, (SQLLEN)array->size,
				  array->lengths);
	}
	return SQL_SUCCEEDED(code) ? CRMVAL_OK : fail_reading(reader, error);
}

/* ---- cells ---- */

/* Is the cell whole?  Else there will be a place for it when all is read again. */
static int fits(struct array *array, SQLULEN row)
{
	SQLLEN length = array->lengths[row];
	if (!is_text(array->type) || length == SQL_NULL_DATA ||
	    (length >= 0 && (size_t)length + unit_size(array) <= array->size))
		return 1;
	return 0;
}

static int grow(struct reader *reader, uint32_t i, SQLULEN row, struct crmval_error *error)
{
	struct array *array = &reader->arrays[i];
	size_t size = array->size * 4;
	while (array->lengths[row] >= 0 && size < (size_t)array->lengths[row] + unit_size(array))
		size *= 2;
	if (array->size >= MOST_CELL)
		return fail(error, CRMVAL_EDATA, "%s: column \"%.100s\" holds a text of more than 64 MiB",
			    reader->table->what, reader->table->columns[reader->table->wanted[i]]);
	array->size = size < MOST_CELL ? size : MOST_CELL;
	reader->is_to_repeat = 1;
	return CRMVAL_OK;
}

static uint64_t mix(uint64_t hash, const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)bytes[i]) * 0x100000001b3;
	return (hash ^ length) * 0x9e3779b97f4a7c15;
}

static int put_cell(struct reader *reader, uint32_t i, SQLULEN row, struct crmval_error *error)
{
	const struct array *array = &reader->arrays[i];
	struct sql_batch *batch = reader->batch;
	char number[SQL_NUMBER_ROOM];
	const char *cell = array->cells + row * array->size;
	double wide;
	float narrow;
	if (array->lengths[row] == SQL_NULL_DATA) {
		sql_batch_null(batch, i);
		return CRMVAL_OK;
	}
	if (array->type == SQL_C_DOUBLE) {
		memcpy(&wide, cell, sizeof wide);
		return sql_batch_put_double(batch, i, wide, error);
	}
	if (array->type == SQL_C_FLOAT) {
		memcpy(&narrow, cell, sizeof narrow);
		return sql_batch_put(batch, i, number, sql_number_float(number, narrow), error);
	}
	size_t units = (size_t)array->lengths[row] / unit_size(array), length = units;
	int status = sql_batch_reserve(batch, units * 3, error);
	if (status)
		return status;
	if (array->type == SQL_C_WCHAR)
		length = sql_utf16_to_utf8(batch->bytes + batch->used, (const uint16_t *)(const void *)cell, units);
	else
		memcpy(batch->bytes + batch->used, cell, units);
	while (array->is_padded && length && batch->bytes[batch->used + length - 1] == ' ')
		length--;
	if (array->is_number && length > 2 && memcmp(batch->bytes + batch->used + length - 2, ".0", 2) == 0)
		length -= 2;
	sql_batch_set(batch, i, (uint32_t)batch->used, (uint32_t)length);
	batch->used += length;
	return CRMVAL_OK;
}

static void hash_row(struct reader *reader, SQLULEN row)
{
	for (uint32_t i = 0; i < reader->table->wanted_count; i++) {
		const struct array *array = &reader->arrays[i];
		SQLLEN length = array->lengths[row];
		size_t size = length < 0 ? 0 : is_text(array->type) ? (size_t)length : array->size;
		reader->seen_hash = mix(reader->seen_hash + (length < 0), array->cells + row * array->size, size);
	}
	reader->seen++;
}

static int put_row(struct reader *reader, SQLULEN row, struct crmval_error *error)
{
	int status = CRMVAL_OK;
	hash_row(reader, row);
	if (reader->seen < reader->put)
		return CRMVAL_OK;
	if (reader->seen == reader->put)
		return reader->seen_hash == reader->hash
			       ? CRMVAL_OK
			       : fail(error, CRMVAL_EAGAIN,
				      "%s: its rows came in another order, or changed, when they were read again; try "
				      "again, or read it by a query with ORDER BY",
				      reader->table->what);
	for (uint32_t i = 0; i < reader->table->wanted_count && !status; i++)
		status = put_cell(reader, i, row, error);
	reader->put = reader->seen;
	reader->hash = reader->seen_hash;
	return status ? status : sql_batch_end_row(reader->batch, reader->put, error);
}

static int put_block(struct reader *reader, struct crmval_error *error)
{
	int status = CRMVAL_OK;
	for (SQLULEN row = 0; row < reader->fetched; row++)
		for (uint32_t i = 0; i < reader->table->wanted_count && !status; i++)
			if (!fits(&reader->arrays[i], row))
				status = grow(reader, i, row, error);
	for (SQLULEN row = 0; row < reader->fetched && !status && !reader->is_to_repeat; row++) {
		if (reader->states[row] == SQL_ROW_ERROR || reader->states[row] == SQL_ROW_NOROW)
			return fail_reading(reader, error);
		status = put_row(reader, row, error);
	}
	return status;
}

/* ---- reading ---- */

static int read_all(struct reader *reader, struct crmval_error *error)
{
	SQLRETURN code;
	reader->seen = reader->seen_hash = 0;
	reader->is_to_repeat = 0;
	int status = allocate(reader, error);
	if (!status)
		status = bind(reader, error);
	code = status ? SQL_SUCCESS : SQLExecute(reader->statement);
	if (!SQL_SUCCEEDED(code) && code != SQL_NO_DATA)
		return fail_reading(reader, error);
	while (!status && !reader->is_to_repeat && (code = SQLFetch(reader->statement)) != SQL_NO_DATA)
		status = SQL_SUCCEEDED(code) ? put_block(reader, error) : fail_reading(reader, error);
	SQLFreeStmt(reader->statement, SQL_CLOSE);
	if (!status && !reader->is_to_repeat && reader->seen < reader->put)
		status = fail(error, CRMVAL_EAGAIN, "%s: it had fewer rows when it was read again; try again",
			      reader->table->what);
	return status;
}

static int open_arrays(struct reader *reader, struct crmval_error *error)
{
	const struct sql_table *table = reader->table;
	reader->arrays = calloc((size_t)table->wanted_count + 1, sizeof *reader->arrays);
	if (!reader->arrays)
		return fail_memory(error);
	for (uint32_t i = 0; i < table->wanted_count; i++) {
		int type = (int16_t)table->types[table->wanted[i]];
		reader->arrays[i].type = c_type(reader->session, type);
		reader->arrays[i].is_padded = type == SQL_CHAR || type == SQL_WCHAR;
		reader->arrays[i].is_number = type == SQL_FLOAT || type == SQL_DOUBLE || type == SQL_REAL;
		reader->arrays[i].size = first_size(reader, i);
	}
	return CRMVAL_OK;
}

int odbc_read(struct sql_session *base, const struct sql_table *table, uint32_t split, struct sql_batch *batch,
	      struct crmval_error *error)
{
	struct reader reader = {.session = (struct odbc_session *)base, .table = table, .batch = batch};
	char *text = NULL;
	(void)split;
	int status = sql_print(&text, error, "SELECT %s FROM %s q", table->select, table->from);
	if (!status)
		status = odbc_prepare(reader.session, table->what, text, &reader.statement, error);
	free(text);
	if (status)
		return status;
	status = open_arrays(&reader, error);
	do {
		if (!status)
			status = read_all(&reader, error);
	} while (!status && reader.is_to_repeat);
	SQLFreeHandle(SQL_HANDLE_STMT, reader.statement);
	free_arrays(&reader);
	free(reader.arrays);
	return status;
}
