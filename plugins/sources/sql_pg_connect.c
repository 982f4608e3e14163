/* SPDX-License-Identifier: MIT */
/* Connecting with PostgreSQL, and what its errors come to. */
#include "sql_pg_connect.h"
#include "sql_secret.h"

#include "error.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* ---- errors ---- */

static int status_of(const char *state)
{
	static const struct {
		const char *prefix;
		int status;
	} states[] = {
		{"08", CRMVAL_EUNREACHABLE}, {"57P", CRMVAL_EUNREACHABLE}, {"53300", CRMVAL_EAGAIN},
		{"53200", CRMVAL_EIO},       {"28", CRMVAL_EPERM},         {"42501", CRMVAL_EPERM},
		{"3D", CRMVAL_ENOINPUT},     {"3F", CRMVAL_ECONF},         {"42", CRMVAL_ECONF},
		{"0A", CRMVAL_ECONF},        {"25006", CRMVAL_ECONF},      {"22", CRMVAL_EDATA},
		{"23", CRMVAL_EDATA},        {"40", CRMVAL_EAGAIN},        {"55P03", CRMVAL_EAGAIN},
	};
	for (size_t i = 0; state && i < sizeof states / sizeof *states; i++)
		if (strncmp(state, states[i].prefix, strlen(states[i].prefix)) == 0)
			return states[i].status;
	return CRMVAL_EIO;
}

int pg_fail(PGconn *connection, const PGresult *result, const char *what, struct crmval_error *error)
{
	char message[700];
	const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
	const char *primary = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
	const char *detail = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL) : NULL;
	int is_lost = PQstatus(connection) != CONNECTION_OK;
	snprintf(message, sizeof message, "%s%s%s", primary ? primary : PQerrorMessage(connection), detail ? "; " : "",
		 detail ? detail : "");
	sql_one_line(message);
	return fail(error, is_lost ? CRMVAL_EUNREACHABLE : status_of(state), "%s: %s (SQLSTATE %s)", what, message,
		    state     ? state
		    : is_lost ? "08006"
			      : "unknown");
}

int pg_run(PGconn *connection, const char *what, const char *statement, int parameter_count,
	   const char *const *parameters, PGresult **result, struct crmval_error *error)
{
	PGresult *got = PQexecParams(connection, statement, parameter_count, NULL, parameters, NULL, NULL, 0);
	ExecStatusType status = PQresultStatus(got);
	int code = CRMVAL_OK;
	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
		code = pg_fail(connection, got, what, error);
	if (!code && result)
		*result = got;
	else
		PQclear(got);
	return code;
}

/* ---- connection strings ---- */

static const char *const passwords[] = {"password", "sslpassword", NULL};

static int is_uri(const char *connection)
{
	return strncmp(connection, "postgresql://", 13) == 0 || strncmp(connection, "postgres://", 11) == 0;
}

/*
 * A password that is not written as a URI has it ends up in any of its parts, and libpq then quotes them.  So before the
 * last @ there is nothing but a user's name.
 */
static int is_plain_uri(const char *connection)
{
	const char *start = strstr(connection, "://") + 3, *at = strrchr(start, '@');
	for (const char *p = start; at && p < at; p++)
		if (!isalnum((unsigned char)*p) && !strchr("._~%-+", *p))
			return 0;
	return 1;
}

static int is_port(const char *text)
{
	return text[strspn(text, "0123456789,")] == 0;
}

static int check_words(const PQconninfoOption *words, struct crmval_error *error)
{
	for (const PQconninfoOption *word = words; word->keyword; word++) {
		if (!word->val)
			continue;
		for (const char *const *name = passwords; *name; name++)
			if (strcmp(word->keyword, *name) == 0)
				return fail(error, CRMVAL_ECONF,
					    "connection holds a %s; take it out, change it, and set password_file, or "
					    "use libpq's passfile or service file",
					    *name);
		if (strcmp(word->keyword, "port") == 0 && !is_port(word->val))
			return fail(error, CRMVAL_ECONF, "connection: the port is no number");
	}
	return CRMVAL_OK;
}

int pg_check_connection(const char *connection, struct crmval_error *error)
{
	char *said = NULL;
	if (is_uri(connection) && !is_plain_uri(connection))
		return fail(error, CRMVAL_ECONF,
			    "connection holds more than a user's name before the @, perhaps a password; take it out, "
			    "change it, and set password_file, or use libpq's passfile or service file");
	PQconninfoOption *words = PQconninfoParse(connection, &said);
	PQfreemem(said); /* it quotes what it does not understand */
	if (!words)
		return fail(error, CRMVAL_ECONF,
			    "connection is no connection string of libpq, such as \"host=db.example.com dbname=crm "
			    "user=crmval\"; it is not shown here, since there may be a password in it");
	int status = check_words(words, error);
	PQconninfoFree(words);
	return status;
}

/* ---- connecting ---- */

/* Messages that are no errors are nobody's. */
static void ignore_notice(void *context, const PGresult *result)
{
	(void)context, (void)result;
}

static int fail_connect(PGconn *connection, struct crmval_error *error)
{
	char message[700];
	snprintf(message, sizeof message, "%s", PQerrorMessage(connection));
	sql_one_line(message);
	/* Of a connection that fails, libpq hands over the message alone. */
	int status = CRMVAL_EUNREACHABLE;
	if (PQconnectionNeedsPassword(connection) || PQconnectionUsedPassword(connection) ||
	    strstr(message, "authentication failed") || strstr(message, "pg_hba.conf") ||
	    strstr(message, "permission denied"))
		status = CRMVAL_EPERM;
	else if (strstr(message, "too many clients") || strstr(message, "too many connections") ||
		 strstr(message, "remaining connection slots"))
		status = CRMVAL_EAGAIN;
	return fail(error, status, "cannot connect: %s", message);
}

static int connect_words(const PQconninfoOption *words, const char *secret, PGconn **connection,
			 struct crmval_error *error)
{
	enum { BEFORE = 6, AFTER = 4 };
	size_t count = 0, used = 0;
	while (words[count].keyword)
		count++;
	const char **keys = calloc(count + BEFORE + AFTER, sizeof *keys);
	const char **values = calloc(count + BEFORE + AFTER, sizeof *values);
	if (!keys || !values) {
		free(keys);
		free(values);
		return fail_memory(error);
	}
	/* What the job may overrule, then the job, then what it may not. */
	static const char *const before[][2] = {{"connect_timeout", "10"},     {"keepalives_idle", "30"},
						{"keepalives_interval", "10"}, {"keepalives_count", "3"},
						{"tcp_user_timeout", "60000"}, {"fallback_application_name", "crmval"}};
	for (size_t i = 0; i < BEFORE; i++, used++)
		keys[used] = before[i][0], values[used] = before[i][1];
	for (size_t i = 0; i < count; i++)
		if (words[i].val)
			keys[used] = words[i].keyword, values[used++] = words[i].val;
	keys[used] = "client_encoding", values[used++] = "UTF8";
	if (secret)
		keys[used] = "password", values[used++] = secret;
	*connection = PQconnectdbParams(keys, values, 0);
	free(keys);
	free(values);
	return *connection ? CRMVAL_OK : fail_memory(error);
}

int pg_connect(const struct sql_settings *settings, PGconn **connection, struct crmval_error *error)
{
	char *secret;
	if (getenv("PGPASSWORD"))
		return fail(
			error, CRMVAL_EPERM,
			"a password is in the environment, as PGPASSWORD, where others may see it; unset it, and set "
			"password_file, or use libpq's passfile or service file");
	sql_secret_guard();
	int status = sql_secret_read(settings, &secret, error);
	PQconninfoOption *words = status ? NULL : PQconninfoParse(settings->connection, NULL);
	if (!status && !words)
		status = fail_memory(error); /* it was checked */
	if (!status)
		status = connect_words(words, secret, connection, error);
	PQconninfoFree(words);
	sql_secret_free(secret);
	if (status)
		return status;
	if (PQstatus(*connection) == CONNECTION_OK) {
		PQsetNoticeReceiver(*connection, ignore_notice, NULL);
		return CRMVAL_OK;
	}
	status = fail_connect(*connection, error);
	PQfinish(*connection);
	return status;
}
