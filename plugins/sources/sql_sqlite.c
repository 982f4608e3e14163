/* SPDX-License-Identifier: MIT */
/* The driver of SQLite: a file that is only read, by as many connections as see the same state of it. */
#include "sql_sqlite_part.h"

#include "error.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum { SPLIT_ROWS = 65536, SPLIT_BYTES = 1 << 21, BUSY_MILLISECONDS = 5000 };

struct session {
	struct sql_session base;
	sqlite3 *db;
	/* Of the first session: a connection without a transaction, which sees whether anything was committed since. */
	sqlite3 *watch;
	int64_t version; /* what it saw when the first session began */
	uint64_t bytes;  /* of the database */
	double timeout;
	double deadline; /* of the statement that is running; 0: none */
};

/* ---- errors ---- */

static int status_of(int code, int otherwise)
{
	switch (code & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return CRMVAL_EAGAIN;
	case SQLITE_NOMEM:
		return CRMVAL_ENOMEM;
	case SQLITE_PERM:
	case SQLITE_AUTH:
	case SQLITE_READONLY:
		return CRMVAL_EPERM;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_FORMAT:
	case SQLITE_TOOBIG:
		return CRMVAL_EDATA;
	case SQLITE_IOERR:
	case SQLITE_CANTOPEN:
	case SQLITE_INTERRUPT:
		return CRMVAL_EIO;
	default:
		return otherwise;
	}
}

static int fail_sqlite(sqlite3 *db, const char *what, int otherwise, struct crmval_error *error)
{
	char message[600];
	int code = sqlite3_extended_errcode(db), status = status_of(code, otherwise);
	snprintf(message, sizeof message, "%s", sqlite3_errmsg(db));
	sql_one_line(message);
	if (status == CRMVAL_EAGAIN)
		return fail(error, status, "%s: %s (SQLite code %d): another program is writing to it; try again later",
			    what, message, code);
	if ((code & 0xff) == SQLITE_INTERRUPT)
		return fail(error, status, "%s: stopped, since it took longer than statement_timeout", what);
	return fail(error, status, "%s: %s (SQLite code %d)", what, message, code);
}

/* ---- connections ---- */

static double now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static int is_late(void *context)
{
	const struct session *session = context;
	return session->deadline > 0 && now() > session->deadline;
}

static void start_clock(struct session *session)
{
	session->deadline = session->timeout > 0 ? now() + session->timeout : 0;
}

/* What reading tables, views and functions takes, and nothing else: no PRAGMA, no ATTACH, no temporary table. */
static int authorize(void *context, int action, const char *a, const char *b, const char *database, const char *trigger)
{
	(void)context, (void)a, (void)b, (void)database, (void)trigger;
	return action == SQLITE_SELECT || action == SQLITE_READ || action == SQLITE_FUNCTION ||
			       action == SQLITE_RECURSIVE
		       ? SQLITE_OK
		       : SQLITE_DENY;
}

static char *path_of(const struct sql_settings *settings)
{
	char *path = NULL;
	if (*settings->connection == '/')
		return strdup(settings->connection);
	return asprintf(&path, "%s/%s", settings->directory, settings->connection) < 0 ? NULL : path;
}

/* What is in the file may be anybody's: it must not get at more than it holds. */
static int defend(sqlite3 *db)
{
	static const struct {
		int option, value;
	} options[] = {{SQLITE_DBCONFIG_DEFENSIVE, 1},      {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
		       {SQLITE_DBCONFIG_DQS_DML, 0},        {SQLITE_DBCONFIG_DQS_DDL, 0},
		       {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0}, {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
		       {SQLITE_DBCONFIG_WRITABLE_SCHEMA, 0}};
	int code = SQLITE_OK;
	for (size_t i = 0; i < sizeof options / sizeof *options && code == SQLITE_OK; i++)
		code = sqlite3_db_config(db, options[i].option, options[i].value, NULL);
	sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
	sqlite3_extended_result_codes(db, 1);
	sqlite3_busy_timeout(db, BUSY_MILLISECONDS);
	if (code == SQLITE_OK)
		code = sqlite3_exec(db, "PRAGMA query_only = 1; PRAGMA cell_size_check = 1; PRAGMA mmap_size = 0", NULL,
				    NULL, NULL);
	return code;
}

static int open_file(const char *path, sqlite3 **db, struct crmval_error *error)
{
	struct stat seen;
	if (stat(path, &seen) < 0)
		return fail(error, errno == EACCES ? CRMVAL_EPERM : CRMVAL_ENOINPUT, "database %s: %s", path,
			    strerror(errno));
	if (!S_ISREG(seen.st_mode))
		return fail(error, CRMVAL_ENOINPUT, "database %s is not a file", path);
	int code = sqlite3_open_v2(path, db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL);
	if (!*db)
		return fail_memory(error);
	if (code == SQLITE_OK)
		code = defend(*db);
	if (code == SQLITE_OK)
		code = sqlite_part_functions(*db);
	return code == SQLITE_OK ? CRMVAL_OK : fail_sqlite(*db, path, CRMVAL_EIO, error);
}

/* A number that a statement of ours asks for. */
static int ask(sqlite3 *db, const char *path, const char *text, int64_t *number, struct crmval_error *error)
{
	sqlite3_stmt *statement;
	if (sqlite3_prepare_v2(db, text, -1, &statement, NULL) != SQLITE_OK)
		return fail_sqlite(db, path, CRMVAL_EIO, error);
	int code = sqlite3_step(statement);
	*number = code == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
	code = sqlite3_finalize(statement);
	return code == SQLITE_OK ? CRMVAL_OK : fail_sqlite(db, path, CRMVAL_EIO, error);
}

/* The transaction begins with the first look at the data. */
static int begin(struct session *session, const char *path, struct crmval_error *error)
{
	int64_t pages = 0, page = 0;
	if (sqlite3_exec(session->db, "BEGIN", NULL, NULL, NULL) != SQLITE_OK)
		return fail_sqlite(session->db, path, CRMVAL_EIO, error);
	int status = ask(session->db, path, "SELECT count(*) FROM sqlite_schema", &pages, error);
	if (!status)
		status = ask(session->db, path, "PRAGMA page_count", &pages, error);
	if (!status)
		status = ask(session->db, path, "PRAGMA page_size", &page, error);
	session->bytes = (uint64_t)pages * (uint64_t)page;
	return status;
}

/* Begins, and knows the number of the state that it sees: nothing was committed between two looks. */
static int begin_first(struct session *session, const char *path, struct crmval_error *error)
{
	int64_t again = 0;
	int status = open_file(path, &session->watch, error);
	for (int tries = 0; tries < 100 && !status; tries++) {
		status = ask(session->watch, path, "PRAGMA data_version", &session->version, error);
		if (!status)
			status = begin(session, path, error);
		if (!status)
			status = ask(session->watch, path, "PRAGMA data_version", &again, error);
		if (status || again == session->version)
			return status;
		sqlite3_exec(session->db, "ROLLBACK", NULL, NULL, NULL);
	}
	return status ? status
		      : fail(error, CRMVAL_EAGAIN, "%s: other programs are writing to it all the time; try again later",
			     path);
}

/* Begins where nothing was committed since the first session did: then both see the same. */
static int begin_next(struct session *session, struct session *first, const char *path, struct crmval_error *error)
{
	int64_t version = 0;
	int status = begin(session, path, error);
	if (!status)
		status = ask(first->watch, path, "PRAGMA data_version", &version, error);
	if (!status && version != first->version)
		status = fail(error, CRMVAL_EAGAIN, "%s: it was written to", path);
	return status;
}

static void sqlite_disconnect(struct sql_session *base)
{
	struct session *session = (struct session *)base;
	sqlite3_close(session->db);
	sqlite3_close(session->watch);
	free(session);
}

static int sqlite_connect(const struct sql_settings *settings, struct sql_session *first, struct sql_session **opened,
			  struct crmval_error *error)
{
	struct session *session = calloc(1, sizeof *session);
	char *path = path_of(settings);
	int status = session && path ? open_file(path, &session->db, error) : fail_memory(error);
	if (!status && first)
		status = begin_next(session, (struct session *)first, path, error);
	else if (!status)
		status = begin_first(session, path, error);
	free(path);
	if (status) {
		if (session)
			sqlite_disconnect(&session->base);
		return status;
	}
	session->timeout = settings->timeout;
	sqlite3_set_authorizer(session->db, authorize, NULL);
	sqlite3_progress_handler(session->db, 10000, is_late, session);
	*opened = &session->base;
	return CRMVAL_OK;
}

/* ---- tables ---- */

static int prepare(struct session *session, const char *what, const char *text, sqlite3_stmt **statement,
		   struct crmval_error *error)
{
	const char *rest;
	start_clock(session);
	if (sqlite3_prepare_v2(session->db, text, -1, statement, &rest) != SQLITE_OK)
		return fail_sqlite(session->db, what, CRMVAL_ECONF, error);
	if (!*statement)
		return fail(error, CRMVAL_ECONF, "%s: there is no statement in it", what);
	/* What follows the first statement may be a comment: then it compiles to nothing. */
	sqlite3_stmt *next = NULL;
	int is_more = sqlite3_prepare_v2(session->db, rest, -1, &next, NULL) != SQLITE_OK || next;
	sqlite3_finalize(next);
	if (!is_more && sqlite3_stmt_readonly(*statement) && !sqlite3_bind_parameter_count(*statement) &&
	    sqlite3_column_count(*statement))
		return CRMVAL_OK;
	int has_parameters = sqlite3_bind_parameter_count(*statement) > 0;
	sqlite3_finalize(*statement);
	*statement = NULL;
	return fail(error, CRMVAL_ECONF,
		    is_more          ? "%s: there are several statements in it; write one"
		    : has_parameters ? "%s: there are parameters in it, which nobody gives values for"
				     : "%s: the statement does not select anything",
		    what);
}

/* The table's own name, however the job writes it. */
static int find_name(struct session *session, struct sql_table *table, struct crmval_error *error)
{
	sqlite3_stmt *statement;
	int status = CRMVAL_NO_TABLE;
	start_clock(session);
	if (sqlite3_prepare_v2(session->db,
			       "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND "
			       "name = ?1 COLLATE NOCASE",
			       -1, &statement, NULL) != SQLITE_OK)
		return fail_sqlite(session->db, table->what, CRMVAL_EIO, error);
	sqlite3_bind_text(statement, 1, table->name, -1, SQLITE_STATIC);
	if (sqlite3_step(statement) == SQLITE_ROW) {
		char *quoted = sqlite3_mprintf("\"%w\"", sqlite3_column_text(statement, 0));
		status = quoted ? sql_print(&table->from, error, "%s", quoted) : fail_memory(error);
		sqlite3_free(quoted);
	}
	if (sqlite3_finalize(statement) != SQLITE_OK)
		status = fail_sqlite(session->db, table->what, CRMVAL_EIO, error);
	return status;
}

static int list_columns(struct session *session, struct sql_table *table, struct crmval_error *error)
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
	struct session *session = (struct session *)base;
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

/* The name of the row's number, if it is a table that has one. */
static const char *row_key(struct session *session, const struct sql_table *table)
{
	static const char *const names[] = {"rowid", "_rowid_", "oid"};
	sqlite3_stmt *statement;
	int is_table = 0;
	char *text;
	if (table->query)
		return NULL;
	if (sqlite3_prepare_v2(session->db,
			       "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND rootpage > 0 AND "
			       "name = ?1 COLLATE NOCASE",
			       -1, &statement, NULL) != SQLITE_OK)
		return NULL;
	sqlite3_bind_text(statement, 1, table->name, -1, SQLITE_STATIC);
	is_table = sqlite3_step(statement) == SQLITE_ROW;
	sqlite3_finalize(statement);
	for (size_t i = 0; is_table && i < sizeof names / sizeof *names; i++) {
		if (has_column(table, names[i]) ||
		    !(text = sqlite3_mprintf("SELECT q.%s FROM %s AS q", names[i], table->from)))
			continue;
		int code = sqlite3_prepare_v2(session->db, text, -1, &statement, NULL);
		sqlite3_free(text);
		sqlite3_finalize(statement);
		if (code == SQLITE_OK)
			return names[i];
	}
	return NULL;
}

/* Ranges of row numbers; where these are sparse, no more of them than the file's size calls for. */
static void plan_splits(struct session *session, struct sql_table *table, int64_t low, int64_t high)
{
	uint64_t span = (uint64_t)high - (uint64_t)low, pieces = span / SPLIT_ROWS + 1;
	if (pieces > session->bytes / SPLIT_BYTES + 1)
		pieces = session->bytes / SPLIT_BYTES + 1;
	table->low = low;
	table->step = span / pieces + 1;
	table->split_count = (uint32_t)(span / table->step + 1);
	table->rows_at_most = span < UINT32_MAX ? span + 1 : 0;
}

static int find_range(struct session *session, struct sql_table *table, struct crmval_error *error)
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
		return fail_sqlite(session->db, table->what, CRMVAL_EDATA, error);
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
	struct session *session = (struct session *)base;
	const char *key = row_key(session, table);
	int status = key ? sql_print(&table->key, error, "%s", key) : CRMVAL_OK;
	if (!status)
		status = list_wanted(table, error);
	return status || !key ? status : find_range(session, table, error);
}

/* Rows that have a number of their own keep it, whatever else is read. */
static int sqlite_choose(struct sql_session *base, struct sql_table *table, const struct crmval_part *part,
			 struct crmval_error *error)
{
	struct session *session = (struct session *)base;
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
			status = fail_sqlite(session->db, table->what, CRMVAL_EDATA, error);
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

static int read_rows(struct session *session, const struct sql_table *table, sqlite3_stmt *statement,
		     struct sql_batch *batch, struct crmval_error *error)
{
	int code, status = CRMVAL_OK;
	start_clock(session);
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
	return fail_sqlite(session->db, table->what, CRMVAL_EDATA, error);
}

static int sqlite_read(struct sql_session *base, const struct sql_table *table, uint32_t split, struct sql_batch *batch,
		       struct crmval_error *error)
{
	struct session *session = (struct session *)base;
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
