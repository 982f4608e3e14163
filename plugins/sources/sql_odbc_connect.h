/* SPDX-License-Identifier: MIT */
/* Connections by ODBC: by a DSN or a connection string without a password, and what their drivers say of errors. */
#ifndef SQL_ODBC_CONNECT_H
#define SQL_ODBC_CONNECT_H

#include "sql_driver.h"

#include <sql.h>
#include <sqlext.h>
#include <sqlucode.h>

struct odbc_connection {
	SQLHENV environment;
	SQLHDBC handle;
	int is_open;
	int is_narrow;   /* the driver knows no UTF-16: texts are bytes, of UTF-8 */
	char system[64]; /* what the database calls itself */
	char quote[8];   /* what names are quoted by; "": nothing */
};

/* Nothing of the connection is ever shown. */
int odbc_check_connection(const struct sql_settings *settings, struct crmval_error *error);
/* A connection in a transaction that only reads, as far as the database can be told so. */
int odbc_connect(const struct sql_settings *settings, struct odbc_connection *connection, struct crmval_error *error);
void odbc_disconnect(struct odbc_connection *connection);
/* Fills error from what a handle's last call left; *is_lost: the connection is. */
int odbc_fail(SQLSMALLINT type, SQLHANDLE handle, const char *what, int *is_lost, struct crmval_error *error);
/* A text as ODBC takes it, to be freed; NULL: no memory. */
SQLWCHAR *odbc_wide(const char *text);

#endif
