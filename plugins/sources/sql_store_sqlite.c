/* SPDX-License-Identifier: MIT */
/* Results in a file of SQLite. */
#include "sql_store.h"

#include "error.h"

#include <math.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

enum { BUSY_MILLISECONDS = 60000 };

struct writer {
	struct sql_writer base;
	char *path;
	sqlite3 *db;
	sqlite3_stmt *insertion;
};

static int fail_sqlite(const struct writer *writer, struct crmval_error *error)
{
	char message[600];
	int code = sqlite3_extended_errcode(writer->db);
	snprintf(message, sizeof message, "%s", sqlite3_errmsg(writer->db));
	sql_one_line(message);
	switch (code & 0xff) {
	case SQLITE_NOMEM:
		return fail_memory(error);
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return fail(error, CRMVAL_EAGAIN, "%s: another program is writing to it; try again later",
			    writer->path);
	case SQLITE_PERM:
	case SQLITE_AUTH:
	case SQLITE_READONLY:
		return fail(error, CRMVAL_EPERM, "%s: cannot write to it: %s", writer->path, message);
	case SQLITE_IOERR:
	case SQLITE_FULL:
		return fail(error, CRMVAL_EIO, "%s: cannot write to it: %s (SQLite code %d)", writer->path, message,
			    code);
	default:
		return fail(error, CRMVAL_ECREATE, "%s: cannot store the result: %s (SQLite code %d)", writer->path,
			    message, code);
	}
}

static int bind(const struct writer *writer, sqlite3_stmt *statement, const struct crmval_store_column *columns,
		const struct crmval_store_value *values, uint32_t count, struct crmval_error *error)
{
	int code = SQLITE_OK;
	char buffer[SQL_STORE_TEXT_ROOM];
	for (uint32_t c = 0; c < count && code == SQLITE_OK; c++) {
		int place = (int)c + 1;
		if (!values[c].is_set)
			code = sqlite3_bind_null(statement, place);
		else if (columns[c].type == CRMVAL_STORE_NUMBER)
			code = sqlite3_bind_double(statement, place, values[c].number);
		else if (columns[c].type == CRMVAL_STORE_COUNT)
			code = sqlite3_bind_int64(statement, place, values[c].count);
		else
			code = sqlite3_bind_text(statement, place, sql_store_text(columns[c].type, &values[c], buffer),
						 -1, SQLITE_TRANSIENT);
	}
	return code == SQLITE_OK ? CRMVAL_OK : fail_sqlite(writer, error);
}

static int run(struct writer *writer, const char *text, const struct crmval_store_column *columns,
	       const struct crmval_store_value *values, uint32_t count, double *number, struct crmval_error *error)
{
	sqlite3_stmt *statement;
	if (sqlite3_prepare_v2(writer->db, text, -1, &statement, NULL) != SQLITE_OK)
		return fail_sqlite(writer, error);
	int status = bind(writer, statement, columns, values, count, error);
	int code = status ? SQLITE_DONE : sqlite3_step(statement);
	if (number)
		*number = code == SQLITE_ROW && sqlite3_column_type(statement, 0) != SQLITE_NULL
				  ? sqlite3_column_double(statement, 0)
				  : NAN;
	if (code != SQLITE_DONE && code != SQLITE_ROW)
		status = fail_sqlite(writer, error);
	sqlite3_finalize(statement);
	return status;
}

static int writer_execute(struct sql_writer *base, const char *text, double *number, struct crmval_error *error)
{
	return run((struct writer *)base, text, NULL, NULL, 0, number, error);
}

static int writer_execute_with(struct sql_writer *base, const char *text, const struct crmval_store_column *columns,
			       const struct crmval_store_value *values, uint32_t count, struct crmval_error *error)
{
	return run((struct writer *)base, text, columns, values, count, NULL, error);
}

/* Closing a connection rolls back its transaction. */
static void writer_close(struct sql_writer *base)
{
	struct writer *writer = (struct writer *)base;
	sqlite3_finalize(writer->insertion);
	sqlite3_close(writer->db);
	free(writer->path);
	free(writer);
}

static int open_file(struct writer *writer, const struct sql_settings *settings, struct crmval_error *error)
{
	int is_absolute = *settings->connection == '/';
	int status = sql_print(&writer->path, error, "%s%s%s", is_absolute ? "" : settings->directory,
			       is_absolute ? "" : "/", settings->connection);
	if (status)
		return status;
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
	int code = sqlite3_open_v2(writer->path, &writer->db, flags, NULL);
	if (!writer->db)
		return fail_memory(error);
	if (code != SQLITE_OK)
		return fail_sqlite(writer, error);
	sqlite3_extended_result_codes(writer->db, 1);
	sqlite3_busy_timeout(writer->db, BUSY_MILLISECONDS);
	/* What is in the file may be anybody's. */
	sqlite3_db_config(writer->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(writer->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	return writer_execute(&writer->base, "BEGIN IMMEDIATE", NULL, error);
}

static int writer_open(const struct sql_settings *settings, struct sql_writer **opened, struct crmval_error *error)
{
	struct writer *writer = calloc(1, sizeof *writer);
	if (!writer)
		return fail_memory(error);
	writer->base.driver = sql_store_sqlite;
	int status = open_file(writer, settings, error);
	if (status)
		writer_close(&writer->base);
	else
		*opened = &writer->base;
	return status;
}

static int writer_has_table(struct sql_writer *base, const char *name, int *has, struct crmval_error *error)
{
	static const struct crmval_store_column column = {"name", CRMVAL_STORE_TEXT, 0};
	const struct crmval_store_value value = {.is_set = 1, .text = name};
	double found = 0;
	int status = run((struct writer *)base,
			 "SELECT count(*) FROM sqlite_schema WHERE type IN ('table', 'view') AND name = $1", &column,
			 &value, 1, &found, error);
	*has = found > 0;
	return status;
}

static int writer_insert_begin(struct sql_writer *base, const struct crmval_store_table *table,
			       struct crmval_error *error)
{
	struct writer *writer = (struct writer *)base;
	char *text = NULL, *names = NULL;
	int status = sql_store_names(table, &names, error);
	if (!status)
		status = sql_print(&text, error, "INSERT INTO %s (%s) VALUES (?", table->name, names);
	for (uint32_t c = 1; c < table->column_count && !status; c++)
		status = sql_print(&text, error, "%s, ?", text);
	if (!status)
		status = sql_print(&text, error, "%s)", text);
	if (!status && sqlite3_prepare_v2(writer->db, text, -1, &writer->insertion, NULL) != SQLITE_OK)
		status = fail_sqlite(writer, error);
	free(names);
	free(text);
	return status;
}

static int writer_insert_row(struct sql_writer *base, const struct crmval_store_table *table,
			     const struct crmval_store_value *values, struct crmval_error *error)
{
	struct writer *writer = (struct writer *)base;
	int status = bind(writer, writer->insertion, table->columns, values, table->column_count, error);
	if (!status && sqlite3_step(writer->insertion) != SQLITE_DONE)
		status = fail_sqlite(writer, error);
	sqlite3_reset(writer->insertion);
	return status;
}

static int writer_insert_end(struct sql_writer *base, struct crmval_error *error)
{
	struct writer *writer = (struct writer *)base;
	(void)error;
	sqlite3_finalize(writer->insertion);
	writer->insertion = NULL;
	return CRMVAL_OK;
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

const struct sql_store_driver *const sql_store_sqlite = &driver;
