/* SPDX-License-Identifier: MIT */
/* The driver of PostgreSQL: one exported snapshot, and tables copied out of it by ranges of their blocks. */
#include "sql_pg_connect.h"
#include "sql_pg_part.h"

#include "error.h"

#include <stdlib.h>
#include <string.h>

enum { SPLIT_BLOCKS = 2048, TYPE_BOOLEAN = 16, TYPE_BYTEA = 17, TYPE_PADDED = 1042 };

struct session {
	struct sql_session base;
	PGconn *connection;
	char snapshot[128]; /* of the first session */
};

/* ---- sessions ---- */

static void postgresql_disconnect(struct sql_session *base)
{
	struct session *session = (struct session *)base;
	PQfinish(session->connection);
	free(session);
}

/* Texts must not depend on the server's settings, nor the order of rows on what else is read at the time. */
static int set_up(const struct session *session, double timeout, struct crmval_error *error)
{
	static const char *const settings[] = {
		"SET LOCAL idle_in_transaction_session_timeout = 0",
		"SET LOCAL synchronize_seqscans = off",
		"SET LOCAL max_parallel_workers_per_gather = 0",
		"SET LOCAL DateStyle = 'ISO, YMD'",
		"SET LOCAL TimeZone = 'UTC'",
		"SET LOCAL IntervalStyle = 'iso_8601'",
		"SET LOCAL extra_float_digits = 3",
		"SET LOCAL lc_monetary = 'C'",
		"SET LOCAL standard_conforming_strings = on",
	};
	char limit[80];
	int status = CRMVAL_OK;
	for (size_t i = 0; i < sizeof settings / sizeof *settings && !status; i++)
		status = pg_run(session->connection, "connection", settings[i], 0, NULL, NULL, error);
	snprintf(limit, sizeof limit, "SET LOCAL statement_timeout = %.0f", timeout * 1000);
	return status ? status : pg_run(session->connection, "connection", limit, 0, NULL, NULL, error);
}

static int export_snapshot(struct session *session, struct crmval_error *error)
{
	PGresult *result;
	int status = pg_run(session->connection, "connection", "SELECT pg_catalog.pg_export_snapshot()", 0, NULL,
			    &result, error);
	if (status)
		return status;
	snprintf(session->snapshot, sizeof session->snapshot, "%s", PQgetvalue(result, 0, 0));
	PQclear(result);
	return CRMVAL_OK;
}

static int import_snapshot(struct session *session, const struct session *first, struct crmval_error *error)
{
	char *text = NULL;
	char *quoted = PQescapeLiteral(session->connection, first->snapshot, strlen(first->snapshot));
	int status = quoted ? sql_print(&text, error, "SET TRANSACTION SNAPSHOT %s", quoted) : fail_memory(error);
	PQfreemem(quoted);
	if (!status && pg_run(session->connection, "connection", text, 0, NULL, NULL, NULL) != CRMVAL_OK)
		status = fail(error, CRMVAL_EUNREACHABLE, "the connection that holds the snapshot was lost: %s",
			      PQerrorMessage(session->connection));
	if (error)
		sql_one_line(error->message);
	free(text);
	return status;
}

static int postgresql_connect(const struct sql_settings *settings, struct sql_session *first,
			      struct sql_session **opened, struct crmval_error *error)
{
	struct session *session = calloc(1, sizeof *session);
	if (!session)
		return fail_memory(error);
	int status = pg_connect(settings, &session->connection, error);
	if (status) {
		free(session);
		return status;
	}
	status = pg_run(session->connection, "connection", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", 0, NULL,
			NULL, error);
	if (!status && first)
		status = import_snapshot(session, (struct session *)first, error);
	if (!status)
		status = set_up(session, settings->timeout, error);
	if (!status && !first)
		status = export_snapshot(session, error);
	if (status) {
		postgresql_disconnect(&session->base);
		return status;
	}
	*opened = &session->base;
	return CRMVAL_OK;
}

/* ---- tables ---- */

static int quote_into(PGconn *connection, char **text, const char *before, const char *name, struct crmval_error *error)
{
	char *quoted = PQescapeIdentifier(connection, name, strlen(name));
	int status = quoted ? sql_print(text, error, "%s%s", before, quoted) : fail_memory(error);
	PQfreemem(quoted);
	return status;
}

/* The table that the name means in the database's search path, else SCHEMA.NAME. */
static int find_table(PGconn *connection, struct sql_table *table, struct crmval_error *error)
{
	static const char statement[] =
		"SELECT n.nspname, c.relname FROM pg_catalog.pg_class c "
		"JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
		"WHERE c.relkind IN ('r', 'v', 'm', 'f', 'p') AND "
		"((c.relname = $1 AND pg_catalog.pg_table_is_visible(c.oid)) OR n.nspname || '.' || c.relname = $1) "
		"ORDER BY pg_catalog.pg_table_is_visible(c.oid) AND c.relname = $1 DESC LIMIT 1";
	const char *parameters[] = {table->name};
	PGresult *result;
	char *schema = NULL;
	int status = pg_run(connection, table->what, statement, 1, parameters, &result, error);
	if (status)
		return status;
	if (PQntuples(result) == 0) {
		PQclear(result);
		return CRMVAL_NO_TABLE;
	}
	status = quote_into(connection, &schema, "", PQgetvalue(result, 0, 0), error);
	if (!status)
		status = sql_print(&schema, error, "%s.", schema);
	if (!status)
		status = quote_into(connection, &table->from, schema, PQgetvalue(result, 0, 1), error);
	free(schema);
	PQclear(result);
	return status;
}

static int list_columns(struct sql_table *table, const PGresult *described, struct crmval_error *error)
{
	int count = PQnfields(described), status = CRMVAL_OK;
	if (PQnparams(described))
		return fail(error, CRMVAL_ECONF, "%s: there are parameters in it, which nobody gives values for",
			    table->what);
	if (!count)
		return fail(error, CRMVAL_ECONF, "%s: there is no column in it", table->what);
	for (int i = 0; i < count && !status; i++)
		status = sql_table_add_column(table, PQfname(described, i), PQftype(described, i), error);
	return status;
}

/* Preparing it locks the table against changes of its shape, and refuses a second statement. */
static int describe_columns(PGconn *connection, struct sql_table *table, struct crmval_error *error)
{
	char *text = NULL;
	int status = table->query ? sql_print(&text, error, "%s", table->query)
				  : sql_print(&text, error, "SELECT * FROM %s", table->from);
	if (status)
		return status;
	PGresult *result = PQprepare(connection, "", text, 0, NULL);
	if (PQresultStatus(result) != PGRES_COMMAND_OK)
		status = pg_fail(connection, result, table->what, error);
	PQclear(result);
	free(text);
	if (status)
		return status;
	result = PQdescribePrepared(connection, "");
	status = PQresultStatus(result) == PGRES_COMMAND_OK ? list_columns(table, result, error)
							    : pg_fail(connection, result, table->what, error);
	PQclear(result);
	return status;
}

static int postgresql_describe(struct sql_session *base, struct sql_table *table, struct crmval_error *error)
{
	PGconn *connection = ((struct session *)base)->connection;
	const char *host = PQhost(connection);
	int status = table->query ? sql_print(&table->from, error, "(%s\n)", table->query)
				  : find_table(connection, table, error);
	if (!status)
		status = sql_print(&table->input, error, "postgresql://%s:%s/%s/%s", host && *host != '/' ? host : "",
				   PQport(connection), PQdb(connection), table->query ? table->what : table->name);
	return status ? status : describe_columns(connection, table, error);
}

/* ---- planning ---- */

/* What is selected; a boolean as true or false, and a char(n) without the blanks that fill it. */
static int list_wanted(PGconn *connection, struct sql_table *table, struct crmval_error *error)
{
	int status = sql_print(&table->select, error, "%s", table->wanted_count ? "" : "0");
	for (uint32_t i = 0; i < table->wanted_count && !status; i++) {
		uint32_t type = table->types[table->wanted[i]];
		const char *name = table->columns[table->wanted[i]];
		if (type == TYPE_BYTEA)
			return fail(error, CRMVAL_EDATA,
				    "%s: column \"%.100s\" is of type bytea, which is no text; convert it in a query, "
				    "as in encode(COLUMN, 'escape')",
				    table->what, name);
		status = sql_print(&table->select, error, "%s%sq.", table->select, i ? ", " : "");
		if (!status)
			status = quote_into(connection, &table->select, table->select, name, error);
		if (!status && (type == TYPE_BOOLEAN || type == TYPE_PADDED))
			status = sql_print(&table->select, error, "%s::pg_catalog.text", table->select);
	}
	return status;
}

/*
 * Planning it as it will be read locks all that it reads, partitions included.  A table that was truncated or written anew
 * between the snapshot and that lock would look empty, whatever the snapshot says.
 */
static int lock_tables(PGconn *connection, const struct sql_table *table, struct crmval_error *error)
{
	static const char statement[] =
		"SELECT c.relname FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_class c ON c.oid = l.relation "
		"JOIN pg_catalog.pg_database d ON d.oid = l.database AND d.datname = pg_catalog.current_database() "
		"WHERE l.pid = pg_catalog.pg_backend_pid() AND l.locktype = 'relation' AND c.relkind IN ('r', 'm') "
		"AND c.relfilenode <> 0 AND c.relfilenode <> pg_catalog.pg_relation_filenode(c.oid)";
	PGresult *result;
	char *text = NULL;
	int status = sql_print(&text, error, "EXPLAIN SELECT %s FROM %s AS q", table->select, table->from);
	if (!status)
		status = pg_run(connection, table->what, text, 0, NULL, NULL, error);
	free(text);
	if (!status)
		status = pg_run(connection, table->what, statement, 0, NULL, &result, error);
	if (status)
		return status;
	if (PQntuples(result) > 0)
		status =
			fail(error, CRMVAL_EAGAIN, "%s: %.100s was truncated or written anew just now; try again later",
			     table->what, PQgetvalue(result, 0, 0));
	PQclear(result);
	return status;
}

/*
 * Plain tables are read by ranges of blocks, where the server can go to one without reading all before it (14).  Rows have
 * numbers where they all come in one order; of tables that lie in several places, or elsewhere, they do not.
 */
static int plan_splits(PGconn *connection, struct sql_table *table, struct crmval_error *error)
{
	static const char statement[] =
		"SELECT CASE WHEN c.relkind IN ('p', 'f') THEN 's' WHEN c.relkind IN ('r', 'm') AND NOT "
		"c.relhassubclass "
		"AND a.amname = 'heap' THEN 'h' ELSE '' END, pg_catalog.pg_relation_size(c.oid) / b.size, b.size "
		"FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_am a ON a.oid = c.relam, "
		"(SELECT pg_catalog.current_setting('block_size')::pg_catalog.int8 AS size) b "
		"WHERE c.oid = $1::pg_catalog.regclass";
	const char *parameters[] = {table->from};
	PGresult *result;
	int status = pg_run(connection, table->what, statement, 1, parameters, &result, error);
	if (status)
		return status;
	uint64_t blocks = 0, size = 0;
	char kind = PQntuples(result) > 0 ? *PQgetvalue(result, 0, 0) : 0;
	if (kind == 'h') {
		blocks = strtoull(PQgetvalue(result, 0, 1), NULL, 10);
		size = strtoull(PQgetvalue(result, 0, 2), NULL, 10);
		table->rows_at_most = blocks * ((size - 24) / 28) + 1; /* a page's header; a row's, and its pointer */
	}
	PQclear(result);
	if (kind == 'h' && blocks > SPLIT_BLOCKS && PQserverVersion(connection) >= 140000) {
		table->step = SPLIT_BLOCKS;
		table->split_count = (uint32_t)((blocks - 1) / SPLIT_BLOCKS + 1);
	}
	table->has_numbers = kind != 's' && table->split_count == 1;
	return table->split_count > 1 ? sql_print(&table->key, error, "ctid") : CRMVAL_OK;
}

static int postgresql_choose(struct sql_session *base, struct sql_table *table, const struct crmval_part *part,
			     struct crmval_error *error)
{
	return pg_choose_part(((struct session *)base)->connection, table, part, error);
}

static int postgresql_plan(struct sql_session *base, struct sql_table *table, struct crmval_error *error)
{
	PGconn *connection = ((struct session *)base)->connection;
	int status = list_wanted(connection, table, error);
	if (!status)
		status = lock_tables(connection, table, error);
	table->has_numbers = 1;
	return status || table->query ? status : plan_splits(connection, table, error);
}

/* ---- reading ---- */

/* Undoes what COPY does to a cell, in place; returns its new length. */
static size_t unescape(char *text, size_t length)
{
	static const char codes[] = "bfnrtv", characters[] = "\b\f\n\r\t\v";
	char *out = text;
	for (const char *p = text, *end = text + length; p < end; p++) {
		const char *code = NULL;
		if (*p == '\\' && p + 1 < end) {
			p++;
			code = memchr(codes, *p, sizeof codes - 1);
		}
		*out++ = code ? characters[code - codes] : *p;
	}
	return (size_t)(out - text);
}

/* A line of COPY, without its end: cells between tabs. */
static int put_line(const struct sql_table *table, const char *line, size_t length, struct sql_batch *batch,
		    struct crmval_error *error)
{
	int status = sql_batch_reserve(batch, length, error);
	if (status)
		return status;
	char *copy = batch->bytes + batch->used, *end = copy + length;
	memcpy(copy, line, length);
	int has_escapes = memchr(copy, '\\', length) != NULL;
	uint32_t column = 0;
	for (char *p = copy; table->wanted_count; column++) {
		char *tab = memchr(p, '\t', (size_t)(end - p));
		size_t size = (size_t)((tab ? tab : end) - p);
		if (column == table->wanted_count)
			break;
		if (has_escapes && size == 2 && p[0] == '\\' && p[1] == 'N')
			sql_batch_null(batch, column);
		else
			sql_batch_set(batch, column, (uint32_t)(p - batch->bytes),
				      (uint32_t)(has_escapes ? unescape(p, size) : size));
		if (!tab) {
			column++;
			break;
		}
		p = tab + 1;
	}
	batch->used += length;
	if (column != table->wanted_count)
		return fail(error, CRMVAL_EDATA, "%s: the server sent %u columns, not %u", table->what, column,
			    table->wanted_count);
	return sql_batch_end_row(batch, table->has_numbers ? batch->handed + batch->row_count + 1 : 0, error);
}

static int take_lines(PGconn *connection, const struct sql_table *table, struct sql_batch *batch, uint64_t *rows,
		      struct crmval_error *error)
{
	char *line;
	int length, status = CRMVAL_OK;
	while (!status && (length = PQgetCopyData(connection, &line, 0)) > 0) {
		status = put_line(table, line, (size_t)length - (line[length - 1] == '\n'), batch, error);
		PQfreemem(line);
		++*rows;
	}
	return !status && length == -2 ? pg_fail(connection, NULL, table->what, error) : status;
}

/* The statement's end says whether it succeeded, and how many rows there were. */
static int end_copy(PGconn *connection, const struct sql_table *table, uint64_t rows, struct crmval_error *error)
{
	PGresult *result = PQgetResult(connection);
	int status = CRMVAL_OK;
	if (PQresultStatus(result) != PGRES_COMMAND_OK)
		status = pg_fail(connection, result, table->what, error);
	else if (strtoull(PQcmdTuples(result), NULL, 10) != rows)
		status = fail(error, CRMVAL_EIO, "%s: the server counts %s rows, and %llu came", table->what,
			      PQcmdTuples(result), (unsigned long long)rows);
	PQclear(result);
	while ((result = PQgetResult(connection)))
		PQclear(result);
	return status;
}

static int statement_of(const struct sql_table *table, uint32_t split, char **text, struct crmval_error *error)
{
	int64_t low, high;
	int has_high;
	sql_split_bounds(table, split, &low, &high, &has_high);
	const char *part = table->part ? table->part : "true";
	if (table->split_count == 1)
		return sql_print(text, error, "COPY (SELECT %s FROM %s AS q WHERE %s) TO STDOUT", table->select,
				 table->from, part);
	if (!has_high)
		return sql_print(text, error,
				 "COPY (SELECT %s FROM %s AS q WHERE q.ctid >= '(%lld,0)' AND %s) TO STDOUT",
				 table->select, table->from, (long long)low, part);
	return sql_print(text, error,
			 "COPY (SELECT %s FROM %s AS q WHERE q.ctid >= '(%lld,0)' AND q.ctid < '(%lld,0)' AND %s) TO "
			 "STDOUT",
			 table->select, table->from, (long long)low, (long long)high, part);
}

static int postgresql_read(struct sql_session *base, const struct sql_table *table, uint32_t split,
			   struct sql_batch *batch, struct crmval_error *error)
{
	PGconn *connection = ((struct session *)base)->connection;
	char *text = NULL;
	uint64_t rows = 0;
	int status = statement_of(table, split, &text, error);
	if (status)
		return status;
	/* By the protocol that takes one statement only. */
	PGresult *result = PQexecParams(connection, text, 0, NULL, NULL, NULL, NULL, 0);
	if (PQresultStatus(result) != PGRES_COPY_OUT)
		status = pg_fail(connection, result, table->what, error);
	PQclear(result);
	free(text);
	if (!status)
		status = take_lines(connection, table, batch, &rows, error);
	if (!status)
		status = end_copy(connection, table, rows, error);
	base->is_broken = status != CRMVAL_OK;
	return status;
}

static int postgresql_check(const struct sql_settings *settings, struct crmval_error *error)
{
	return pg_check_connection(settings->connection, error);
}

static const struct sql_driver driver = {
	.name = "postgresql",
	.takes_password = 1,
	.check = postgresql_check,
	.connect = postgresql_connect,
	.disconnect = postgresql_disconnect,
	.describe = postgresql_describe,
	.plan = postgresql_plan,
	.choose = postgresql_choose,
	.read = postgresql_read,
};

const struct sql_driver *const sql_postgresql = &driver;
