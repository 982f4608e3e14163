/* SPDX-License-Identifier: MIT */
/* The rows of a part, chosen by PostgreSQL. */
#ifndef SQL_PG_PART_H
#define SQL_PG_PART_H

#include "sql_pg_connect.h"

/* sql_driver.choose */
int pg_choose_part(PGconn *connection, struct sql_table *table, const struct crmval_part *part,
		   struct crmval_error *error);

#endif
