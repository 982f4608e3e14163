/* SPDX-License-Identifier: MIT */
/* The driver of SQLite: tables are read by ranges of their row numbers. */
#include "sql_sqlite_part.h"
#include "sql_sqlite_session.h"

#include "error.h"

#include <stdlib.h>
#include <string.h>

enum { SPLIT_ROWS = 65536, SPLIT_BYTES = 1 << 21 };

/* ---- tables ---- */

static int prepare(struct sqlite_session *session, const char *what, const char *text, sqlite3_stmt **statement,
		   struct crmval_error *error)
{
	const char *rest;
	sqlite_start_clock(session);
	if (sqlite3_prepare_v2(session->db, text, -1, statement, &rest) != SQLITE_OK)
		return sqlite_fail(session->db, what, CRMVAL_ECONF, error);
	if (!*statement)
		return fail(error, CRMVAL_ECONF, "%s: there is no statement in it", what);
	/* What follows the first statement may be a comment: then it compiles to nothing. */
	sqlite3_stmt *next = NULL;
	int code = sqlite3_prepare_v2(session->db, rest, -1, &next, NULL), status = CRMVAL_OK;
	int is_more = next || code == SQLITE_ERROR || code == SQLITE_AUTH;
	if (code != SQLITE_OK && !is_more)
		status = sqlite_fail(session->db, what, CRMVAL_ECONF, error);
	sqlite3_finalize(next);
	if (!status && !is_more && sqlite3_stmt_readonly(*statement) && !sqlite3_bind_parameter_count(*statement) &&
	    sqlite3_column_count(*statement))
		return CRMVAL_OK;
	int has_parameters = sqlite3_bind_parameter_count(*statement) > 0;
	sqlite3_finalize(*statement);
	*statement = NULL;
	if (status)
		return status;
	return fail(error, CRMVAL_ECONF,
		    is_more          ? "%s: there are several statements in it; write one"
		    : has_parameters ? "%s: there are parameters in it, which nobody gives values for"
				     : "%s: the statement does not select anything",
		    what);
}

/* The table's own name, however the job writes it. */
static int find_name(struct sqlite_session *session, struct sql_table *table, struct crmval_error *error)
{
	sqlite3_stmt *statement;
	int status = CRMVAL_NO_TABLE;
	sqlite_start_clock(session);
	if (sqlite3_prepare_v2(session->db,
			       "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND "
			       "name = ?1 COLLATE NOCASE",
			       -1, &statement, NULL) != SQLITE_OK)
		return sqlite_fail(session->db, table->what, CRMVAL_EIO, error);
	sqlite3_bind_text(statement, 1, table->name, -1, SQLITE_STATIC);
	if (sqlite3_step(statement) == SQLITE_ROW) {
		const unsigned char *name = sqlite3_column_text(statement, 0);
		char *quoted = name ? sqlite3_mprintf("\"%w\"", name) : NULL;
		status = quoted ? sql_print(&table->from, error, "%s", quoted) : fail_memory(error);
		sqlite3_free(quoted);
	}
	if (sqlite3_finalize(statement) != SQLITE_OK)
		status = sqlite_fail(session->db, table->what, CRMVAL_EIO, error);
	return status;
}

static int list_columns(struct sqlite_session *session, struct sql_table *table, struct crmval_error *error)
{
	sqlite3_stmt *statement;
	char *text = NULL;
	int status = CRMVAL_OK;
	if (!table->query)
		status = sql_print(&text, error, "SELECT * FROM %s", table->from);
	if (!status)
		status = prepare(session, table->what, table->query ? table->query : text, &statement, error);
	free(text);
	if (status)
		return status;
	for (int i = 0; i < sqlite3_column_count(statement) && !status; i++) {
		const char *name = sqlite3_column_name(statement, i);
		status = name ? sql_table_add_column(table, name, 0, error) : fail_memory(error);
	}
	sqlite3_finalize(statement);
	return status;
}

static int sqlite_describe(struct sql_session *base, struct sql_table *table, struct crmval_error *error)
{
	struct sqlite_session *session = (struct sqlite_session *)base;
	const char *path = sqlite3_db_filename(session->db, "main");
	int status = table->query ? sql_print(&table->from, error, "(%s\n)", table->query)
				  : find_name(session, table, error);
	if (!status)
		status = sql_print(&table->input, error, "%s/%s", path, table->query ? table->what : table->name);
	return status ? status : list_columns(session, table, error);
}

/* ---- planning ---- */

static int has_column(const struct sql_table *table, const char *name)
{
	for (uint32_t i = 0; i < table->column_count; i++)
		if (sqlite3_stricmp(table->columns[i], name) == 0)
			return 1;
	return 0;
}

/* Whether it is a table, not a view, with rows of its own. */
static int find_kind(struct sqlite_session *session, const struct sql_table *table, int *is_table,
		     struct crmval_error *error)
{
	sqlite3_stmt *statement;
	*is_table = 0;
	if (table->query)
		return CRMVAL_OK;
	if (sqlite3_prepare_v2(session->db,
			       "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND rootpage > 0 AND "
			       "name = ?1 COLLATE NOCASE",
			       -1, &statement, NULL) != SQLITE_OK)
		return sqlite_fail(session->db, table->what, CRMVAL_EIO, error);
	sqlite3_bind_text(statement, 1, table->name, -1, SQLITE_STATIC);
	*is_table = sqlite3_step(statement) == SQLITE_ROW;
	return sqlite3_finalize(statement) == SQLITE_OK ? CRMVAL_OK
							: sqlite_fail(session->db, table->what, CRMVAL_EIO, error);
}

/* The name of the row's number, if it is a table that has one: SQLite knows no other column by it. */
static int find_key(struct sqlite_session *session, struct sql_table *table, struct crmval_error *error)
{
	static const char *const names[] = {"rowid", "_rowid_", "oid"};
	int is_table, code, status = find_kind(session, table, &is_table, error);
	for (size_t i = 0; !status && is_table && !table->key && i < sizeof names / sizeof *names; i++) {
		sqlite3_stmt *statement = NULL;
		char *text = NULL;
		if (has_column(table, names[i]))
			continue;
		status = sql_print(&text, error, "SELECT q.%s FROM %s AS q", names[i], table->from);
		code = status ? SQLITE_OK : sqlite3_prepare_v2(session->db, text, -1, &statement, NULL);
		if (code != SQLITE_OK && code != SQLITE_ERROR) /* which it is where there is no such column */
			status = sqlite_fail(session->db, table->what, CRMVAL_EIO, error);
		else if (statement)
			status = sql_print(&table->key, error, "%s", names[i]);
		sqlite3_finalize(statement);
		free(text);
	}
	return status;
}

/* Ranges of row numbers; where these are sparse, no more of them than the file's size calls for. */
static void plan_splits(struct sqlite_session *session, struct sql_table *table, int64_t low, int64_t high)
{
	uint64_t span = (uint64_t)high - (uint64_t)low, pieces = span / SPLIT_ROWS + 1;
	if (pieces > session->bytes / SPLIT_BYTES + 1)
		pieces = session->bytes / SPLIT_BYTES + 1;
	table->low = low;
	table->step = span / pieces + 1;
	table->split_count = (uint32_t)(span / table->step + 1);
	table->rows_at_most = span < UINT32_MAX ? span + 1 : 0;
}

static int find_range(struct sqlite_session *session, struct sql_table *table, struct crmval_error *error)
{
	sqlite3_stmt *statement;
	char *text = NULL;
	int status = sql_print(&text, error, "SELECT (SELECT min(%s) FROM %s), (SELECT max(%s) FROM %s)", table->key,
			       table->from, table->key, table->from);
	if (!status)
		status = prepare(session, table->what, text, &statement, error);
	free(text);
	if (status)
		return status;
	if (sqlite3_step(statement) == SQLITE_ROW)
		plan_splits(session, table, sqlite3_column_int64(statement, 0), sqlite3_column_int64(statement, 1));
	if (sqlite3_finalize(statement) != SQLITE_OK)
		return sqlite_fail(session->db, table->what, CRMVAL_EDATA, error);
	return CRMVAL_OK;
}

static int list_wanted(struct sql_table *table, struct crmval_error *error)
{
	int status = sql_print(&table->select, error, "%s", table->key ? table->key : "0");
	for (uint32_t i = 0; i < table->wanted_count && !status; i++) {
		char *column = sqlite3_mprintf("%s, q.\"%w\"", table->select, table->columns[table->wanted[i]]);
		status = column ? sql_print(&table->select, error, "%s", column) : fail_memory(error);
		sqlite3_free(column);
	}
	return status;
}

static int sqlite_plan(struct sql_session *base, struct sql_table *table, struct crmval_error *error)
{
	struct sqlite_session *session = (struct sqlite_session *)base;
	int status = find_key(session, table, error);
	if (!status)
		status = list_wanted(table, error);
	return status || !table->key ? status : find_range(session, table, error);
}

/* Rows that have a number of their own keep it, whatever else is read. */
static int sqlite_choose(struct sql_session *base, struct sql_table *table, const struct crmval_part *part,
			 struct crmval_error *error)
{
	struct sqlite_session *session = (struct sqlite_session *)base;
	sqlite3_stmt *statement = NULL;
	char *text = NULL;
	if (!table->key)
		return CRMVAL_OK;
	int status = sqlite_part_check(table, part, &text, error), code = SQLITE_DONE;
	if (!status && text)
		status = prepare(session, table->what, text, &statement, error);
	free(text);
	if (!status && statement) {
		code = sqlite3_step(statement);
		if (sqlite3_finalize(statement) != SQLITE_OK)
			status = sqlite_fail(session->db, table->what, CRMVAL_EDATA, error);
	}
	return !status && code == SQLITE_DONE ? sqlite_part_set(table, part, error) : status;
}

/* ---- reading ---- */

static int put_cell(const struct sql_table *table, sqlite3_stmt *statement, uint32_t i, struct sql_batch *batch,
		    struct crmval_error *error)
{
	int place = (int)i + 1;
	const void *text;
	switch (sqlite3_column_type(statement, place)) {
	case SQLITE_NULL:
		sql_batch_null(batch, i);
		return CRMVAL_OK;
	case SQLITE_INTEGER:
		return sql_batch_put_integer(batch, i, sqlite3_column_int64(statement, place), error);
	case SQLITE_FLOAT:
		return sql_batch_put_double(batch, i, sqlite3_column_double(statement, place), error);
	case SQLITE_TEXT:
		text = sqlite3_column_text(statement, place);
		return text ? sql_batch_put(batch, i, text, (size_t)sqlite3_column_bytes(statement, place), error)
			    : fail_memory(error);
	default:
		return fail(error, CRMVAL_EDATA,
			    "%s: column \"%.100s\" holds a blob (%s %lld), which is no text; convert it in a query",
			    table->what, table->columns[table->wanted[i]], table->key ? table->key : "row",
			    table->key ? (long long)sqlite3_column_int64(statement, 0)
				       : (long long)(batch->handed + batch->row_count + 1));
	}
}

static int read_rows(struct sqlite_session *session, const struct sql_table *table, sqlite3_stmt *statement,
		     struct sql_batch *batch, struct crmval_error *error)
{
	int code, status = CRMVAL_OK;
	sqlite_start_clock(session);
	while (!status && (code = sqlite3_step(statement)) == SQLITE_ROW) {
		for (uint32_t i = 0; i < table->wanted_count && !status; i++)
			status = put_cell(table, statement, i, batch, error);
		if (!status)
			status = sql_batch_end_row(batch,
						   table->key ? (uint64_t)sqlite3_column_int64(statement, 0)
							      : batch->handed + batch->row_count + 1,
						   error);
	}
	if (status || code == SQLITE_DONE)
		return status;
	return sqlite_fail(session->db, table->what, CRMVAL_EDATA, error);
}

static int sqlite_read(struct sql_session *base, const struct sql_table *table, uint32_t split, struct sql_batch *batch,
		       struct crmval_error *error)
{
	struct sqlite_session *session = (struct sqlite_session *)base;
	sqlite3_stmt *statement;
	char *text = NULL;
	int64_t low, high;
	int has_high, status;
	sql_split_bounds(table, split, &low, &high, &has_high);
	const char *part = table->part ? table->part : "1";
	if (!table->key)
		status = sql_print(&text, error, "SELECT %s FROM %s AS q", table->select, table->from);
	else if (!has_high)
		status = sql_print(&text, error, "SELECT %s FROM %s AS q WHERE %s >= %lld AND %s ORDER BY %s",
				   table->select, table->from, table->key, (long long)low, part, table->key);
	else
		status = sql_print(&text, error,
				   "SELECT %s FROM %s AS q WHERE %s >= %lld AND %s < %lld AND %s ORDER BY %s",
				   table->select, table->from, table->key, (long long)low, table->key, (long long)high,
				   part, table->key);
	if (!status)
		status = prepare(session, table->what, text, &statement, error);
	free(text);
	if (status)
		return status;
	status = read_rows(session, table, statement, batch, error);
	sqlite3_finalize(statement);
	return status;
}

static int sqlite_check(const struct sql_settings *settings, struct crmval_error *error)
{
	(void)settings, (void)error;
	return CRMVAL_OK;
}

static const struct sql_driver driver = {
	.name = "sqlite",
	.folds_names = 1,
	.first_reads = 1,
	.check = sqlite_check,
	.connect = sqlite_connect,
	.disconnect = sqlite_disconnect,
	.describe = sqlite_describe,
	.plan = sqlite_plan,
	.choose = sqlite_choose,
	.read = sqlite_read,
};

const struct sql_driver *const sql_sqlite = &driver;
