/* SPDX-License-Identifier: MIT */
/* Results in PostgreSQL, by COPY. */
#include "sql_store.h"

#include "error.h"
#include "sql_pg_connect.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { VALUES_MOST = 16, ROW_BYTES = 1 << 16 };

struct writer {
	struct sql_writer base;
	PGconn *connection;
	char *bytes; /* rows on their way */
	size_t used, room;
};

static const char what[] = "results";

/* What is wrong with the tables is not wrong with the job. */
static int store_status(int status)
{
	return status == CRMVAL_ECONF || status == CRMVAL_EDATA ? CRMVAL_ECREATE : status;
}

static int run(const struct writer *writer, const char *statement, int count, const char *const *values,
	       PGresult **result, struct crmval_error *error)
{
	return store_status(pg_run(writer->connection, what, statement, count, values, result, error));
}

static void writer_close(struct sql_writer *base)
{
	struct writer *writer = (struct writer *)base;
	PQfinish(writer->connection);
	free(writer->bytes);
	free(writer);
}

/* One at a time: those who would make the same tables or rows wait for each other. */
static int writer_open(const struct sql_settings *settings, struct sql_writer **opened, struct crmval_error *error)
{
	char limit[80];
	struct writer *writer = calloc(1, sizeof *writer);
	if (!writer)
		return fail_memory(error);
	writer->base.driver = sql_store_postgresql;
	int status = pg_connect(settings, &writer->connection, error);
	if (status) {
		free(writer);
		return status;
	}
	snprintf(limit, sizeof limit, "SET LOCAL statement_timeout = %.0f", settings->timeout * 1000);
	const char *const statements[] = {
		"BEGIN",
		limit,
		"SET LOCAL DateStyle = 'ISO, YMD'",
		"SET LOCAL standard_conforming_strings = on",
		"SELECT pg_catalog.pg_advisory_xact_lock(7165071906412396)", /* a number of our own */
	};
	for (size_t i = 0; i < sizeof statements / sizeof *statements && !status; i++)
		status = run(writer, statements[i], 0, NULL, NULL, error);
	if (status)
		writer_close(&writer->base);
	else
		*opened = &writer->base;
	return status;
}

static int number_of(const struct writer *writer, const char *statement, int count, const char *const *values,
		     double *number, struct crmval_error *error)
{
	PGresult *result;
	int status = run(writer, statement, count, values, &result, error);
	if (status)
		return status;
	*number = PQntuples(result) && !PQgetisnull(result, 0, 0) ? strtod(PQgetvalue(result, 0, 0), NULL) : NAN;
	PQclear(result);
	return CRMVAL_OK;
}

static int writer_has_table(struct sql_writer *base, const char *name, int *has, struct crmval_error *error)
{
	double found = 0;
	int status = number_of((struct writer *)base,
			       "SELECT pg_catalog.count(*) FROM pg_catalog.pg_class c WHERE c.relname = $1 AND "
			       "c.relkind IN ('r', 'v', 'p', 'f') AND pg_catalog.pg_table_is_visible(c.oid)",
			       1, &name, &found, error);
	*has = found > 0;
	return status;
}

static int writer_execute(struct sql_writer *base, const char *statement, double *number, struct crmval_error *error)
{
	if (number)
		return number_of((struct writer *)base, statement, 0, NULL, number, error);
	return run((struct writer *)base, statement, 0, NULL, NULL, error);
}

static int writer_execute_with(struct sql_writer *base, const char *statement,
			       const struct crmval_store_column *columns, const struct crmval_store_value *values,
			       uint32_t count, struct crmval_error *error)
{
	char buffers[VALUES_MOST][SQL_STORE_TEXT_ROOM];
	const char *texts[VALUES_MOST];
	if (count > VALUES_MOST)
		return fail(error, CRMVAL_EBUG, "%s: more than %d values", what, VALUES_MOST);
	for (uint32_t c = 0; c < count; c++)
		texts[c] = sql_store_text(columns[c].type, &values[c], buffers[c]);
	return run((struct writer *)base, statement, (int)count, texts, NULL, error);
}

/* ---- rows ---- */

static int send_rows(struct writer *writer, struct crmval_error *error)
{
	int sent = writer->used ? PQputCopyData(writer->connection, writer->bytes, (int)writer->used) : 1;
	writer->used = 0;
	return sent == 1 ? CRMVAL_OK : store_status(pg_fail(writer->connection, NULL, what, error));
}

static int writer_insert_begin(struct sql_writer *base, const struct crmval_store_table *table,
			       struct crmval_error *error)
{
	struct writer *writer = (struct writer *)base;
	char *text = NULL, *names = NULL;
	int status = sql_store_names(table, &names, error);
	if (!status)
		status = sql_print(&text, error, "COPY %s (%s) FROM STDIN", table->name, names);
	if (!status) {
		PGresult *result = PQexecParams(writer->connection, text, 0, NULL, NULL, NULL, NULL, 0);
		if (PQresultStatus(result) != PGRES_COPY_IN)
			status = store_status(pg_fail(writer->connection, result, what, error));
		PQclear(result);
	}
	free(names);
	free(text);
	return status;
}

static int reserve(struct writer *writer, size_t size, struct crmval_error *error)
{
	if (size <= writer->room - writer->used)
		return CRMVAL_OK;
	size_t room = writer->room * 2 + size + ROW_BYTES;
	char *bytes = realloc(writer->bytes, room);
	if (!bytes)
		return fail_memory(error);
	writer->bytes = bytes;
	writer->room = room;
	return CRMVAL_OK;
}

/* A cell as COPY takes it. */
static void put_cell(struct writer *writer, const char *text, char end)
{
	static const char special[] = "\\\n\r\t", codes[] = "\\nrt";
	char *out = writer->bytes + writer->used;
	for (const char *p = text ? text : "\\N"; *p; p++) {
		const char *found = text ? strchr(special, *p) : NULL;
		if (found)
			*out++ = '\\';
		*out++ = found ? codes[found - special] : *p;
	}
	*out++ = end;
	writer->used = (size_t)(out - writer->bytes);
}

static int writer_insert_row(struct sql_writer *base, const struct crmval_store_table *table,
			     const struct crmval_store_value *values, struct crmval_error *error)
{
	struct writer *writer = (struct writer *)base;
	char buffer[SQL_STORE_TEXT_ROOM];
	for (uint32_t c = 0; c < table->column_count; c++) {
		const char *text = sql_store_text(table->columns[c].type, &values[c], buffer);
		int status = reserve(writer, text ? 2 * strlen(text) + 1 : 3, error);
		if (status)
			return status;
		put_cell(writer, text, c + 1 < table->column_count ? '\t' : '\n');
	}
	return writer->used < ROW_BYTES ? CRMVAL_OK : send_rows(writer, error);
}

static int writer_insert_end(struct sql_writer *base, struct crmval_error *error)
{
	struct writer *writer = (struct writer *)base;
	int status = send_rows(writer, error);
	if (!status && PQputCopyEnd(writer->connection, NULL) != 1)
		status = store_status(pg_fail(writer->connection, NULL, what, error));
	for (PGresult *result; !status && (result = PQgetResult(writer->connection)); PQclear(result))
		if (PQresultStatus(result) != PGRES_COMMAND_OK)
			status = store_status(pg_fail(writer->connection, result, what, error));
	return status;
}

static int writer_commit(struct sql_writer *base, struct crmval_error *error)
{
	return writer_execute(base, "COMMIT", NULL, error);
}

static const struct sql_store_driver driver = {
	.open = writer_open,
	.close = writer_close,
	.has_table = writer_has_table,
	.execute = writer_execute,
	.execute_with = writer_execute_with,
	.insert_begin = writer_insert_begin,
	.insert_row = writer_insert_row,
	.insert_end = writer_insert_end,
	.commit = writer_commit,
};

const struct sql_store_driver *const sql_store_postgresql = &driver;
