/* SPDX-License-Identifier: MIT */
/* Connections with PostgreSQL: by strings without passwords, and with errors that show none. */
#ifndef SQL_PG_CONNECT_H
#define SQL_PG_CONNECT_H

#include "sql_driver.h"

#include <libpq-fe.h>

/* Is it a connection string, as a job may have it?  Nothing of it is ever shown. */
int pg_check_connection(const char *connection, struct crmval_error *error);
/* A connection that speaks UTF-8, in no transaction. */
int pg_connect(const struct sql_settings *settings, PGconn **connection, struct crmval_error *error);
/* Runs a statement that must succeed, and takes its result where result is not NULL; what is whose, in messages. */
int pg_run(PGconn *connection, const char *what, const char *statement, int parameter_count,
	   const char *const *parameters, PGresult **result, struct crmval_error *error);
/* Fills error from a result, or from the connection where result is NULL. */
int pg_fail(PGconn *connection, const PGresult *result, const char *what, struct crmval_error *error);

#endif
