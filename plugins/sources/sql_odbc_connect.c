/* SPDX-License-Identifier: MIT */
/* Connecting by ODBC. */
#include "sql_odbc_connect.h"
#include "sql_secret.h"
#include "sql_utf16.h"

#include "error.h"

#include <ctype.h>
#include <odbcinst.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { CONNECT_SECONDS = 30 };

SQLWCHAR *odbc_wide(const char *text)
{
	SQLWCHAR *made = malloc((strlen(text) + 1) * sizeof *made);
	if (made)
		sql_utf16_from_utf8(made, text);
	return made;
}

/* ---- errors ---- */

static int status_of(const char *state)
{
	static const struct {
		const char *prefix;
		int status;
	} states[] = {
		{"08", CRMVAL_EUNREACHABLE}, {"57P", CRMVAL_EUNREACHABLE}, {"28", CRMVAL_EPERM},
		{"42501", CRMVAL_EPERM},     {"IM", CRMVAL_ECONF},         {"01000", CRMVAL_ECONF},
		{"42", CRMVAL_ECONF},        {"25006", CRMVAL_ECONF},      {"22", CRMVAL_EDATA},
		{"40", CRMVAL_EAGAIN},       {"HY001", CRMVAL_ENOMEM},
	};
	for (size_t i = 0; i < sizeof states / sizeof *states; i++)
		if (strncmp(state, states[i].prefix, strlen(states[i].prefix)) == 0)
			return states[i].status;
	return CRMVAL_EIO;
}

/* The driver's message and state; 0: there is none. */
static int diagnose(SQLSMALLINT type, SQLHANDLE handle, char state[6], char *message, size_t room)
{
	SQLWCHAR wide[6] = {0}, text[400];
	SQLINTEGER native;
	SQLSMALLINT length = 0;
	SQLRETURN code = SQLGetDiagRecW(type, handle, 1, wide, &native, text, sizeof text / sizeof *text, &length);
	if (!SQL_SUCCEEDED(code))
		return 0;
	size_t units = length < 0 ? 0 : (size_t)length;
	if (units >= sizeof text / sizeof *text)
		units = sizeof text / sizeof *text - 1;
	if (units > (room - 1) / 3)
		units = (room - 1) / 3;
	message[sql_utf16_to_utf8(message, text, units)] = 0;
	for (int i = 0; i < 5; i++)
		state[i] = wide[i] < 0x80 ? (char)wide[i] : '?';
	state[5] = 0;
	sql_one_line(message);
	return 1;
}

int odbc_fail(SQLSMALLINT type, SQLHANDLE handle, const char *what, int *is_lost, struct crmval_error *error)
{
	char message[800], state[6];
	*is_lost = 0;
	if (!diagnose(type, handle, state, message, sizeof message))
		return fail(error, CRMVAL_EIO, "%s: the driver failed and does not say why", what);
	int status = status_of(state);
	*is_lost = status == CRMVAL_EUNREACHABLE;
	return fail(error, status, "%s: %s (SQLSTATE %s)", what, message, state);
}

/* ---- connection strings ---- */

/* What follows a part of a connection string, which is a word in braces or ends at a semicolon. */
static const char *skip_value(const char *p)
{
	if (*p != '{')
		return p + strcspn(p, ";");
	for (p++; *p && (*p != '}' || p[1] == '}'); p++)
		p += *p == '}';
	return *p ? p + 1 : NULL;
}

static int is_secret(const char *key, size_t length)
{
	static const char *const words[] = {"pwd", "pass", "secret", "token"};
	char lower[64];
	if (length >= sizeof lower)
		return 1;
	for (size_t i = 0; i < length; i++)
		lower[i] = (char)tolower((unsigned char)key[i]);
	lower[length] = 0;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strstr(lower, words[i]))
			return 1;
	return 0;
}

static int is_key(const char *key, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (!isalnum((unsigned char)key[i]) && !strchr(" _-.", key[i]))
			return 0;
	return length > 0;
}

static int check_string(const char *connection, struct crmval_error *error)
{
	for (const char *p = connection; p && *p;) {
		size_t length = strcspn(p, "=;");
		if (p[length] == '=' && is_secret(p, length))
			return fail(error, CRMVAL_ECONF,
				    "connection holds a password or what may be one; take it out, change it, and set "
				    "password_file, or leave it to the files of ODBC");
		const char *end = p[length] == '=' && is_key(p, length) ? skip_value(p + length + 1) : NULL;
		if (!end || (*end && *end != ';'))
			return fail(
				error, CRMVAL_ECONF,
				"connection is neither the name of a DSN nor a connection string of ODBC, such as "
				"\"DSN=crm;UID=crmval\"; it is not shown here, since there may be a password in it");
		p = end + (*end == ';');
	}
	return CRMVAL_OK;
}

static int isolation_of(const char *name, SQLUINTEGER *isolation)
{
	static const struct {
		const char *name;
		SQLUINTEGER isolation;
	} names[] = {{"default", 0},
		     {"read committed", SQL_TXN_READ_COMMITTED},
		     {"repeatable read", SQL_TXN_REPEATABLE_READ},
		     {"serializable", SQL_TXN_SERIALIZABLE}};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(names[i].name, name) == 0)
			return *isolation = names[i].isolation, 1;
	return 0;
}

int odbc_check_connection(const struct sql_settings *settings, struct crmval_error *error)
{
	SQLUINTEGER isolation;
	if (!isolation_of(settings->isolation, &isolation))
		return fail(error, CRMVAL_ECONF,
			    "isolation \"%.60s\" is not known; there are \"read committed\", \"repeatable read\", "
			    "\"serializable\" and \"default\"",
			    settings->isolation);
	if (strchr(settings->connection, '='))
		return check_string(settings->connection, error);
	if (settings->connection[strcspn(settings->connection, "[]{}(),;?*!@\\")])
		return fail(error, CRMVAL_ECONF, "connection is not the name of a DSN");
	return CRMVAL_OK;
}

/* ---- connecting ---- */

/* In braces, in which a closing one stands twice. */
static char *put_braced(char *to, const char *text)
{
	*to++ = '{';
	for (; *text; text++) {
		if (*text == '}')
			*to++ = '}';
		*to++ = *text;
	}
	*to++ = '}';
	return to;
}

/* The connection string with the password, to be wiped. */
static char *string_of(const struct sql_settings *settings, const char *secret)
{
	const char *connection = settings->connection;
	char *made = malloc(2 * strlen(connection) + 2 * (secret ? strlen(secret) : 0) + 32), *p = made;
	if (!made)
		return NULL;
	if (strchr(connection, '=')) {
		p = stpcpy(p, connection);
		while (p > made && p[-1] == ';')
			p--;
	} else {
		p = stpcpy(stpcpy(p, "DSN="), connection); /* drivers do not know it in braces */
	}
	if (secret)
		p = put_braced(stpcpy(p, ";PWD="), secret);
	*p = 0;
	return made;
}

/* What a message must not say. */
static void hide(char *message, const char *secret)
{
	size_t length = secret ? strlen(secret) : 0;
	for (char *found = message; length && (found = strstr(found, secret)); found += length)
		memset(found, '*', length);
}

/* A driver may quote what the DSN holds. */
static void hide_dsn(char *message, const char *connection)
{
	static const char *const keys[] = {"PWD", "Password", "PASSWORD"};
	const char *dsn = strcasestr(connection, "DSN=");
	char name[256], secret[512];
	dsn = dsn ? dsn + 4 + (dsn[4] == '{') : connection;
	snprintf(name, sizeof name, "%.*s", (int)strcspn(dsn, ";}"), dsn);
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		if (SQLGetPrivateProfileString(name, keys[i], "", secret, sizeof secret, "odbc.ini") > 0)
			hide(message, secret);
		explicit_bzero(secret, sizeof secret);
	}
}

static int fail_connect(const struct odbc_connection *connection, const struct sql_settings *settings,
			const char *secret, struct crmval_error *error)
{
	char message[800], state[6];
	if (!diagnose(SQL_HANDLE_DBC, connection->handle, state, message, sizeof message))
		return fail(error, CRMVAL_EUNREACHABLE, "cannot connect: the driver does not say why");
	hide(message, secret);
	hide_dsn(message, settings->connection);
	int status = status_of(state);
	return fail(error, status == CRMVAL_EIO ? CRMVAL_EUNREACHABLE : status, "cannot connect: %s (SQLSTATE %s)",
		    message, state);
}

static int open_handle(struct odbc_connection *connection, const struct sql_settings *settings,
		       struct crmval_error *error)
{
	char *secret, *text;
	int status = sql_secret_read(settings, &secret, error);
	if (status)
		return status;
	text = string_of(settings, secret);
	SQLWCHAR *wide = text ? odbc_wide(text) : NULL;
	if (!wide)
		status = fail_memory(error);
	SQLSetConnectAttr(connection->handle, SQL_ATTR_LOGIN_TIMEOUT, (SQLPOINTER)(uintptr_t)CONNECT_SECONDS, 0);
	SQLSetConnectAttr(connection->handle, SQL_ATTR_ACCESS_MODE, (SQLPOINTER)(uintptr_t)SQL_MODE_READ_ONLY, 0);
	if (!status) {
		SQLSMALLINT length;
		SQLRETURN code = SQLDriverConnectW(connection->handle, NULL, wide, SQL_NTS, NULL, 0, &length,
						   SQL_DRIVER_NOPROMPT);
		connection->is_open = SQL_SUCCEEDED(code);
		if (!connection->is_open)
			status = fail_connect(connection, settings, secret, error);
	}
	if (wide)
		explicit_bzero(wide, strlen(text) * sizeof *wide);
	free(wide);
	sql_secret_free(text);
	sql_secret_free(secret);
	return status;
}

static void get_info(const struct odbc_connection *connection, SQLUSMALLINT what, char *text, size_t room)
{
	SQLWCHAR wide[64] = {0};
	SQLSMALLINT length = 0;
	*text = 0;
	if (!SQL_SUCCEEDED(SQLGetInfoW(connection->handle, what, wide, sizeof wide - sizeof *wide, &length)))
		return;
	size_t units = 0;
	while (units < sizeof wide / sizeof *wide - 1 && wide[units] && units < (room - 1) / 3)
		units++;
	text[sql_utf16_to_utf8(text, wide, units)] = 0;
}

/* Does a text that the driver is sent come back as it was?  -1: the statement is none of this database. */
static int comes_back(const struct odbc_connection *connection, int is_narrow)
{
	static const char statement[] = "SELECT '\xc3\xa4\xe2\x82\xac'"; /* two letters that need two and three bytes */
	static const uint16_t letters[] = {0xe4, 0x20ac};
	SQLHSTMT handle;
	SQLWCHAR wide[64] = {0};
	char narrow[64] = "";
	SQLLEN length;
	sql_utf16_from_utf8(wide, statement);
	if (!SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_STMT, connection->handle, &handle)))
		return -1;
	int comes = SQL_SUCCEEDED(is_narrow ? SQLExecDirect(handle, (SQLCHAR *)statement, SQL_NTS)
					    : SQLExecDirectW(handle, wide, SQL_NTS)) &&
				    SQL_SUCCEEDED(SQLFetch(handle))
			    ? 1
			    : -1;
	memset(wide, 0, sizeof wide);
	if (comes > 0 && is_narrow)
		comes = SQL_SUCCEEDED(SQLGetData(handle, 1, SQL_C_CHAR, narrow, sizeof narrow, &length)) &&
			strncmp(narrow, statement + 8, 5) == 0;
	else if (comes > 0)
		comes = SQL_SUCCEEDED(SQLGetData(handle, 1, SQL_C_WCHAR, wide, sizeof wide, &length)) &&
			memcmp(wide, letters, sizeof letters) == 0;
	SQLFreeHandle(SQL_HANDLE_STMT, handle);
	return comes;
}

static int run(const struct odbc_connection *connection, const char *statement, struct crmval_error *error)
{
	SQLHSTMT handle;
	SQLWCHAR *wide = odbc_wide(statement); /* of ASCII, so that any driver takes it */
	int status = CRMVAL_OK, is_lost;
	if (!wide || !SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_STMT, connection->handle, &handle))) {
		free(wide);
		return fail_memory(error);
	}
	SQLRETURN code = SQLExecDirectW(handle, wide, SQL_NTS);
	if (!SQL_SUCCEEDED(code) && code != SQL_NO_DATA)
		status = odbc_fail(SQL_HANDLE_STMT, handle, statement, &is_lost, error);
	SQLFreeHandle(SQL_HANDLE_STMT, handle);
	free(wide);
	return status;
}

/* A transaction that sees one state of the data, as the settings want it, and begins with the first statement. */
static int set_isolation(const struct odbc_connection *connection, const struct sql_settings *settings,
			 struct crmval_error *error)
{
	SQLUINTEGER can = 0, isolation = 0;
	int is_lost;
	isolation_of(settings->isolation, &isolation);
	SQLGetInfo(connection->handle, SQL_TXN_ISOLATION_OPTION, &can, sizeof can, NULL);
	/* More is as good. */
	while (isolation && !(can & isolation) && isolation < SQL_TXN_SERIALIZABLE)
		isolation <<= 1;
	if (isolation && !(can & isolation))
		return fail(error, CRMVAL_ECONF,
			    "the database has no isolation \"%s\"; set isolation, if need be to \"default\"",
			    settings->isolation);
	if (isolation && !SQL_SUCCEEDED(SQLSetConnectAttr(connection->handle, SQL_ATTR_TXN_ISOLATION,
							  (SQLPOINTER)(uintptr_t)isolation, 0)))
		return odbc_fail(SQL_HANDLE_DBC, connection->handle, "isolation", &is_lost, error);
	if (!SQL_SUCCEEDED(SQLSetConnectAttr(connection->handle, SQL_ATTR_AUTOCOMMIT,
					     (SQLPOINTER)(uintptr_t)SQL_AUTOCOMMIT_OFF, 0)))
		return odbc_fail(SQL_HANDLE_DBC, connection->handle, "transaction", &is_lost, error);
	return CRMVAL_OK;
}

/* Those that can be told that nothing is to be written, are. */
static int set_read_only(const struct odbc_connection *connection, struct crmval_error *error)
{
	static const char *const standard[] = {"PostgreSQL", "Oracle", "MySQL", "MariaDB"};
	if (strncasecmp(connection->system, "SQLite", 6) == 0)
		return run(connection, "PRAGMA query_only = 1", error);
	for (size_t i = 0; i < sizeof standard / sizeof *standard; i++)
		if (strcasecmp(connection->system, standard[i]) == 0)
			return run(connection, "SET TRANSACTION READ ONLY", error);
	return CRMVAL_OK;
}

int odbc_connect(const struct sql_settings *settings, struct odbc_connection *connection, struct crmval_error *error)
{
	*connection = (struct odbc_connection){0};
	sql_secret_guard();
	if (!SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, &connection->environment)))
		return fail_memory(error);
	SQLSetEnvAttr(connection->environment, SQL_ATTR_ODBC_VERSION, (SQLPOINTER)(uintptr_t)SQL_OV_ODBC3, 0);
	int status = CRMVAL_OK;
	if (!SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_DBC, connection->environment, &connection->handle)))
		status = fail_memory(error);
	if (!status)
		status = open_handle(connection, settings, error);
	if (!status) {
		get_info(connection, SQL_DBMS_NAME, connection->system, sizeof connection->system);
		get_info(connection, SQL_IDENTIFIER_QUOTE_CHAR, connection->quote, sizeof connection->quote);
		if (strcmp(connection->quote, " ") == 0)
			connection->quote[0] = 0;
		connection->is_narrow = comes_back(connection, 0) < 1 && comes_back(connection, 1) == 1;
		status = set_isolation(connection, settings, error);
	}
	if (!status)
		status = set_read_only(connection, error);
	if (status)
		odbc_disconnect(connection);
	return status;
}

void odbc_disconnect(struct odbc_connection *connection)
{
	if (connection->is_open) {
		SQLEndTran(SQL_HANDLE_DBC, connection->handle, SQL_ROLLBACK);
		SQLDisconnect(connection->handle);
	}
	if (connection->handle)
		SQLFreeHandle(SQL_HANDLE_DBC, connection->handle);
	if (connection->environment)
		SQLFreeHandle(SQL_HANDLE_ENV, connection->environment);
	*connection = (struct odbc_connection){0};
}
