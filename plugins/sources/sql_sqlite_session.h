/* SPDX-License-Identifier: MIT */
/* Sessions of SQLite: a file that is only read, by as many connections as see the same state of it. */
#ifndef SQL_SQLITE_SESSION_H
#define SQL_SQLITE_SESSION_H

#include "sql_driver.h"

#include <sqlite3.h>

struct sqlite_session {
	struct sql_session base;
	sqlite3 *db;
	/* Of the first session: a connection without a transaction, which sees whether anything was committed since. */
	sqlite3 *watch;
	int64_t version; /* what it saw when the first session began */
	uint64_t bytes;  /* of the database */
	double timeout;
	double deadline; /* of the statement that is running; 0: none */
};

int sqlite_connect(const struct sql_settings *settings, struct sql_session *first, struct sql_session **opened,
		   struct crmval_error *error);
void sqlite_disconnect(struct sql_session *base);
/* From now on the statement's time counts. */
void sqlite_start_clock(struct sqlite_session *session);
/* Fills error from what a connection's last call left; otherwise: the status where that says nothing. */
int sqlite_fail(sqlite3 *db, const char *what, int otherwise, struct crmval_error *error);

#endif
