/* SPDX-License-Identifier: MIT */
/* Sessions of ODBC, and reading by them. */
#ifndef SQL_ODBC_H
#define SQL_ODBC_H

#include "sql_odbc_connect.h"

struct odbc_name {
	char *schema, *name;
};

struct odbc_session {
	struct sql_session base;
	struct odbc_connection connection;
	double timeout;
	struct odbc_name *names; /* of all tables and views; NULL: not listed yet */
	uint32_t name_count;
};

/* A statement in UTF-8, prepared. */
int odbc_prepare(struct odbc_session *session, const char *what, const char *text, SQLHSTMT *statement,
		 struct crmval_error *error);
/* Reads all rows of the table's query. */
int odbc_read(struct sql_session *base, const struct sql_table *table, uint32_t split, struct sql_batch *batch,
	      struct crmval_error *error);

#endif
