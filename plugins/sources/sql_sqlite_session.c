/* SPDX-License-Identifier: MIT */
/* Opening a file of SQLite so that nothing in it can do harm, and knowing what state of it is seen. */
#include "sql_sqlite_session.h"
#include "sql_sqlite_part.h"

#include "error.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum { BUSY_MILLISECONDS = 5000 };

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

int sqlite_fail(sqlite3 *db, const char *what, int otherwise, struct crmval_error *error)
{
	char message[600], where[400];
	int code = sqlite3_extended_errcode(db), status = status_of(code, otherwise);
	const char *file = db ? sqlite3_db_filename(db, "main") : NULL;
	if (!file || !*file || strcmp(file, what) == 0)
		snprintf(where, sizeof where, "%s", what);
	else
		snprintf(where, sizeof where, "%s: %s", file, what);
	snprintf(message, sizeof message, "%s", sqlite3_errmsg(db));
	sql_one_line(message);
	if (status == CRMVAL_EAGAIN)
		return fail(error, status, "%s: %s (SQLite code %d): another program is writing to it; try again later",
			    where, message, code);
	if ((code & 0xff) == SQLITE_INTERRUPT)
		return fail(error, status, "%s: stopped, since it took longer than statement_timeout", where);
	return fail(error, status, "%s: %s (SQLite code %d)", where, message, code);
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
	const struct sqlite_session *session = context;
	return session->deadline > 0 && now() > session->deadline;
}

void sqlite_start_clock(struct sqlite_session *session)
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
	return code == SQLITE_OK ? CRMVAL_OK : sqlite_fail(*db, path, CRMVAL_EIO, error);
}

/* A number that a statement of ours asks for. */
static int ask(sqlite3 *db, const char *path, const char *text, int64_t *number, struct crmval_error *error)
{
	sqlite3_stmt *statement;
	if (sqlite3_prepare_v2(db, text, -1, &statement, NULL) != SQLITE_OK)
		return sqlite_fail(db, path, CRMVAL_EIO, error);
	int code = sqlite3_step(statement);
	*number = code == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
	code = sqlite3_finalize(statement);
	return code == SQLITE_OK ? CRMVAL_OK : sqlite_fail(db, path, CRMVAL_EIO, error);
}

/* The transaction begins with the first look at the data. */
static int begin(struct sqlite_session *session, const char *path, struct crmval_error *error)
{
	int64_t pages = 0, page = 0;
	if (sqlite3_exec(session->db, "BEGIN", NULL, NULL, NULL) != SQLITE_OK)
		return sqlite_fail(session->db, path, CRMVAL_EIO, error);
	int status = ask(session->db, path, "SELECT count(*) FROM sqlite_schema", &pages, error);
	if (!status)
		status = ask(session->db, path, "PRAGMA page_count", &pages, error);
	if (!status)
		status = ask(session->db, path, "PRAGMA page_size", &page, error);
	session->bytes = (uint64_t)pages * (uint64_t)page;
	return status;
}

/* Begins, and knows the number of the state that it sees: nothing was committed between two looks. */
static int begin_first(struct sqlite_session *session, const char *path, struct crmval_error *error)
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
static int begin_next(struct sqlite_session *session, struct sqlite_session *first, const char *path,
		      struct crmval_error *error)
{
	int64_t version = 0;
	int status = begin(session, path, error);
	if (!status)
		status = ask(first->watch, path, "PRAGMA data_version", &version, error);
	if (!status && version != first->version)
		status = fail(error, CRMVAL_EAGAIN, "%s: it was written to", path);
	return status;
}

static int connect_once(const char *path, struct sqlite_session *first, struct sqlite_session *session,
			struct crmval_error *error)
{
	int status = open_file(path, &session->db, error);
	if (status)
		return status;
	return first ? begin_next(session, first, path, error) : begin_first(session, path, error);
}

static void close_both(struct sqlite_session *session)
{
	sqlite3_close(session->db);
	sqlite3_close(session->watch);
	session->db = session->watch = NULL;
}

void sqlite_disconnect(struct sql_session *base)
{
	struct sqlite_session *session = (struct sqlite_session *)base;
	close_both(session);
	free(session);
}

/*
 * While another program commits all the time, a new connection now and then says that the file is no database, for a reason
 * that is SQLite's own.  What is none says so again and again.
 */
int sqlite_connect(const struct sql_settings *settings, struct sql_session *first, struct sql_session **opened,
		   struct crmval_error *error)
{
	enum { TRIES = 20 };
	const struct timespec pause = {.tv_nsec = 5000000};
	struct sqlite_session *session = calloc(1, sizeof *session);
	char *path = path_of(settings);
	int status = session && path ? CRMVAL_EDATA : fail_memory(error);
	for (int i = 0; i < TRIES && status == CRMVAL_EDATA; i++) {
		if (i > 0)
			nanosleep(&pause, NULL);
		close_both(session);
		status = connect_once(path, (struct sqlite_session *)first, session, error);
	}
	if (status == CRMVAL_EDATA && first) /* which could read it: so do without one more */
		status = fail(error, CRMVAL_EAGAIN, "%s: it was written to", path);
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
