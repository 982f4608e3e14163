/* SPDX-License-Identifier: MIT */
/* The rows of a part, chosen by SQLite, with functions of our own. */
#ifndef SQL_SQLITE_PART_H
#define SQL_SQLITE_PART_H

#include "sql_driver.h"

#include <sqlite3.h>

/* Makes the functions known to a connection; returns SQLite's code. */
int sqlite_part_functions(sqlite3 *db);
/* Sets table->part where ids allow for it: *statement, where it is not NULL, tells by a row that they do not. */
int sqlite_part_check(const struct sql_table *table, const struct crmval_part *part, char **statement,
		      struct crmval_error *error);
int sqlite_part_set(struct sql_table *table, const struct crmval_part *part, struct crmval_error *error);

#endif
