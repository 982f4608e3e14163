/* SPDX-License-Identifier: MIT */
/* The driver of ODBC: one connection, in whose transaction all is read. */
#include "sql_odbc.h"
#include "sql_utf16.h"

#include "error.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- sessions ---- */

static void odbc_close(struct sql_session *base)
{
	struct odbc_session *session = (struct odbc_session *)base;
	for (uint32_t i = 0; i < session->name_count; i++) {
		free(session->names[i].schema);
		free(session->names[i].name);
	}
	free(session->names);
	odbc_disconnect(&session->connection);
	free(session);
}

static int odbc_open(const struct sql_settings *settings, struct sql_session *first, struct sql_session **opened,
		     struct crmval_error *error)
{
	(void)first; /* there is only one */
	struct odbc_session *session = calloc(1, sizeof *session);
	if (!session)
		return fail_memory(error);
	int status = odbc_connect(settings, &session->connection, error);
	if (status) {
		free(session);
		return status;
	}
	session->timeout = settings->timeout;
	*opened = &session->base;
	return CRMVAL_OK;
}

static int fail_statement(struct odbc_session *session, SQLHSTMT statement, const char *what,
			  struct crmval_error *error)
{
	int is_lost;
	int status = odbc_fail(SQL_HANDLE_STMT, statement, what, &is_lost, error);
	session->base.is_broken |= is_lost;
	return status;
}

static int new_statement(struct odbc_session *session, const char *what, SQLHSTMT *statement,
			 struct crmval_error *error)
{
	int is_lost;
	if (SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_STMT, session->connection.handle, statement)))
		return CRMVAL_OK;
	int status = odbc_fail(SQL_HANDLE_DBC, session->connection.handle, what, &is_lost, error);
	session->base.is_broken |= is_lost;
	return status;
}

int odbc_prepare(struct odbc_session *session, const char *what, const char *text, SQLHSTMT *statement,
		 struct crmval_error *error)
{
	int status = new_statement(session, what, statement, error);
	if (status)
		return status;
	uintptr_t seconds = (uintptr_t)session->timeout + (session->timeout > (double)(uintptr_t)session->timeout);
	if (seconds) /* not all drivers can */
		SQLSetStmtAttr(*statement, SQL_ATTR_QUERY_TIMEOUT, (SQLPOINTER)seconds, 0);
	int is_narrow = session->connection.is_narrow;
	SQLWCHAR *wide = odbc_wide(text);
	if (!wide)
		status = fail_memory(error);
	else if (!SQL_SUCCEEDED(is_narrow ? SQLPrepare(*statement, (SQLCHAR *)text, SQL_NTS)
					  : SQLPrepareW(*statement, wide, SQL_NTS)))
		status = fail_statement(session, *statement, what, error);
	free(wide);
	if (status)
		SQLFreeHandle(SQL_HANDLE_STMT, *statement);
	return status;
}

/* ---- names ---- */

/* A text of a result about tables. */
static int get_text(struct odbc_session *session, SQLHSTMT statement, SQLUSMALLINT column, char **text,
		    struct crmval_error *error)
{
	SQLWCHAR wide[256];
	char narrow[3 * sizeof wide / sizeof *wide] = "";
	SQLLEN length = 0;
	size_t units = 0;
	int is_narrow = session->connection.is_narrow;
	SQLRETURN code = is_narrow ? SQLGetData(statement, column, SQL_C_CHAR, narrow, sizeof narrow, &length)
				   : SQLGetData(statement, column, SQL_C_WCHAR, wide, sizeof wide, &length);
	if (!SQL_SUCCEEDED(code))
		return fail_statement(session, statement, "list of tables", error);
	if (!is_narrow && length > 0)
		while (units < sizeof wide / sizeof *wide - 1 && units < (size_t)length / sizeof *wide)
			units++;
	if (!is_narrow)
		narrow[sql_utf16_to_utf8(narrow, wide, units)] = 0;
	return sql_print(text, error, "%s", narrow);
}

static int add_name(struct odbc_session *session, SQLHSTMT statement, struct crmval_error *error)
{
	struct odbc_name *names = realloc(session->names, ((size_t)session->name_count + 1) * sizeof *names);
	if (!names)
		return fail_memory(error);
	session->names = names;
	struct odbc_name *name = &names[session->name_count++];
	*name = (struct odbc_name){0};
	int status = get_text(session, statement, 2, &name->schema, error);
	return status ? status : get_text(session, statement, 3, &name->name, error);
}

static int list_names(struct odbc_session *session, struct crmval_error *error)
{
	SQLWCHAR types[64];
	SQLHSTMT statement;
	SQLRETURN code;
	if (session->names)
		return CRMVAL_OK;
	int status = new_statement(session, "list of tables", &statement, error);
	if (status)
		return status;
	sql_utf16_from_utf8(types, "TABLE,VIEW,MATVIEW,MATERIALIZED VIEW,FOREIGN TABLE");
	code = SQLTablesW(statement, NULL, 0, NULL, 0, NULL, 0, types, SQL_NTS);
	if (!SQL_SUCCEEDED(code))
		status = fail_statement(session, statement, "list of tables", error);
	while (!status && (code = SQLFetch(statement)) != SQL_NO_DATA)
		status = SQL_SUCCEEDED(code) ? add_name(session, statement, error)
					     : fail_statement(session, statement, "list of tables", error);
	SQLFreeHandle(SQL_HANDLE_STMT, statement);
	return status;
}

static int is_called(const struct odbc_name *name, const char *said, int folds)
{
	int (*compare)(const char *, const char *) = folds ? strcasecmp : strcmp;
	size_t length = strlen(name->schema);
	if (compare(name->name, said) == 0)
		return 1;
	return length && strncasecmp(name->schema, said, length) == 0 &&
	       (folds || !strncmp(name->schema, said, length)) && said[length] == '.' &&
	       compare(name->name, said + length + 1) == 0;
}

static int put_quoted(const struct odbc_connection *connection, char **text, const char *name,
		      struct crmval_error *error)
{
	const char *quote = connection->quote;
	int status = sql_print(text, error, "%s%s", *text ? *text : "", quote);
	/* A quote in a name stands twice. */
	for (const char *p = name; *p && !status; p++) {
		int doubles = *quote && strncmp(p, quote, strlen(quote)) == 0;
		status = sql_print(text, error, "%s%s%c", *text, doubles ? quote : "", *p);
	}
	return status ? status : sql_print(text, error, "%s%s", *text, quote);
}

/* Exactly as the job says, else in any case, as databases that fold names have it. */
static int find_name(struct odbc_session *session, struct sql_table *table, struct crmval_error *error)
{
	const struct odbc_name *found = NULL;
	int status = list_names(session, error);
	for (int folds = 0; folds < 2 && !found && !status; folds++) {
		for (uint32_t i = 0; i < session->name_count; i++) {
			const struct odbc_name *name = &session->names[i];
			if (!is_called(name, table->name, folds))
				continue;
			if (found)
				return fail(error, CRMVAL_ECONF, "%s: there are %s%s%s and %s%s%s; say which",
					    table->what, found->schema, *found->schema ? "." : "", found->name,
					    name->schema, *name->schema ? "." : "", name->name);
			found = name;
		}
	}
	if (status || !found)
		return status ? status : CRMVAL_NO_TABLE;
	if (*found->schema) {
		status = put_quoted(&session->connection, &table->from, found->schema, error);
		if (!status)
			status = sql_print(&table->from, error, "%s.", table->from);
	}
	return status ? status : put_quoted(&session->connection, &table->from, found->name, error);
}

/* ---- columns ---- */

/*
 * No driver refuses a second statement, and how each finds the end of the first is its own: so there is no semicolon, and
 * what begins a statement that writes does not begin this one.
 */
static int check_query(const struct sql_table *table, struct crmval_error *error)
{
	static const char *const starts[] = {"select", "with", "values"};
	const char *p = table->query + strspn(table->query, " \t\r\n(");
	if (strchr(table->query, ';'))
		return fail(error, CRMVAL_ECONF,
			    "%s: there is a semicolon in it; write one statement, and char(59) for one in a text",
			    table->what);
	for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
		if (strncasecmp(p, starts[i], strlen(starts[i])) == 0)
			return CRMVAL_OK;
	return fail(error, CRMVAL_ECONF, "%s: it does not begin with SELECT, WITH or VALUES", table->what);
}

static int add_column(struct odbc_session *session, struct sql_table *table, SQLHSTMT statement, SQLUSMALLINT number,
		      struct crmval_error *error)
{
	enum { UNITS = 256 };
	SQLSMALLINT length = 0, type = 0, digits, nullable;
	SQLWCHAR wide[UNITS] = {0};
	char name[3 * UNITS] = "";
	SQLULEN size;
	SQLRETURN code;
	if (session->connection.is_narrow)
		code = SQLDescribeCol(statement, number, (SQLCHAR *)name, sizeof name, &length, &type, &size, &digits,
				      &nullable);
	else
		code = SQLDescribeColW(statement, number, wide, UNITS, &length, &type, &size, &digits, &nullable);
	if (!SQL_SUCCEEDED(code))
		return fail_statement(session, statement, table->what, error);
	size_t units = 0;
	while (units < UNITS - 1 && wide[units])
		units++;
	if (!session->connection.is_narrow)
		name[sql_utf16_to_utf8(name, wide, units)] = 0;
	return sql_table_add_column(table, name, (uint32_t)(uint16_t)type, error);
}

static int list_columns(struct odbc_session *session, struct sql_table *table, SQLHSTMT statement,
			struct crmval_error *error)
{
	SQLSMALLINT count = 0;
	int status = CRMVAL_OK;
	if (!SQL_SUCCEEDED(SQLNumResultCols(statement, &count)))
		return fail_statement(session, statement, table->what, error);
	if (count < 1)
		return fail(error, CRMVAL_ECONF, "%s: there is no column in it", table->what);
	for (SQLSMALLINT i = 1; i <= count && !status; i++)
		status = add_column(session, table, statement, (SQLUSMALLINT)i, error);
	return status;
}

static int odbc_describe(struct sql_session *base, struct sql_table *table, struct crmval_error *error)
{
	struct odbc_session *session = (struct odbc_session *)base;
	SQLHSTMT statement;
	SQLSMALLINT parameters = 0;
	char *text = NULL;
	int status = table->query ? check_query(table, error) : find_name(session, table, error);
	if (!status && table->query)
		status = sql_print(&table->from, error, "(%s\n)", table->query);
	if (!status)
		status = sql_print(&table->input, error, "odbc:%s/%s", session->connection.system,
				   table->query ? table->what : table->name);
	if (!status)
		status = sql_print(&text, error, "SELECT * FROM %s q WHERE 1 = 0", table->from);
	if (!status)
		status = odbc_prepare(session, table->what, text, &statement, error);
	free(text);
	if (status)
		return status;
	SQLNumParams(statement, &parameters);
	if (parameters)
		status = fail(error, CRMVAL_ECONF, "%s: there are parameters in it, which nobody gives values for",
			      table->what);
	if (!status)
		status = list_columns(session, table, statement, error);
	SQLFreeHandle(SQL_HANDLE_STMT, statement);
	return status;
}

/* ---- planning ---- */

static int odbc_plan(struct sql_session *base, struct sql_table *table, struct crmval_error *error)
{
	const struct odbc_session *session = (struct odbc_session *)base;
	int status = sql_print(&table->select, error, "%s", table->wanted_count ? "" : "1");
	for (uint32_t i = 0; i < table->wanted_count && !status; i++) {
		int type = (int16_t)table->types[table->wanted[i]];
		const char *name = table->columns[table->wanted[i]];
		if (type == SQL_BINARY || type == SQL_VARBINARY || type == SQL_LONGVARBINARY)
			return fail(error, CRMVAL_EDATA,
				    "%s: column \"%.100s\" is binary, which is no text; convert it in a query",
				    table->what, name);
		status = sql_print(&table->select, error, "%s%sq.", table->select, i ? ", " : "");
		if (!status)
			status = put_quoted(&session->connection, &table->select, name, error);
	}
	return status;
}

static int odbc_check(const struct sql_settings *settings, struct crmval_error *error)
{
	return odbc_check_connection(settings, error);
}

static const struct sql_driver driver = {
	.name = "odbc",
	.takes_password = 1,
	.folds_names = 1,
	.first_reads = 1,
	.most = 1,
	.check = odbc_check,
	.connect = odbc_open,
	.disconnect = odbc_close,
	.describe = odbc_describe,
	.plan = odbc_plan,
	.read = odbc_read,
};

const struct sql_driver *const sql_odbc = &driver;
