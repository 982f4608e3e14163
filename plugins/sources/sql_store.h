/* SPDX-License-Identifier: MIT */
/* Results into tables of a database: all of one or nothing, and of others nothing touched. */
#ifndef SQL_STORE_H
#define SQL_STORE_H

#include "sql_driver.h"

/* A connection in a transaction that nobody else stores results in. */
struct sql_writer {
	const struct sql_store_driver *driver;
};

struct sql_store_driver {
	int (*open)(const struct sql_settings *settings, struct sql_writer **writer, struct crmval_error *error);
	/* Rolls back what was not committed. */
	void (*close)(struct sql_writer *writer);
	int (*has_table)(struct sql_writer *writer, const char *name, int *has, struct crmval_error *error);
	/* One statement.  number: of the first row, the first column; NaN: none; NULL: not asked for. */
	int (*execute)(struct sql_writer *writer, const char *statement, double *number, struct crmval_error *error);
	/* The same, with values for $1, $2, ..., which stand in it in this order, of the types of these columns. */
	int (*execute_with)(struct sql_writer *writer, const char *statement, const struct crmval_store_column *columns,
			    const struct crmval_store_value *values, uint32_t count, struct crmval_error *error);
	/* Rows of a table, one after the other. */
	int (*insert_begin)(struct sql_writer *writer, const struct crmval_store_table *table,
			    struct crmval_error *error);
	int (*insert_row)(struct sql_writer *writer, const struct crmval_store_table *table,
			  const struct crmval_store_value *values, struct crmval_error *error);
	int (*insert_end)(struct sql_writer *writer, struct crmval_error *error);
	int (*commit)(struct sql_writer *writer, struct crmval_error *error);
};

/* Those that are not built in are NULL. */
extern const struct sql_store_driver *const sql_store_sqlite, *const sql_store_postgresql;

int sql_store_into(const struct sql_store_driver *driver, const struct sql_settings *settings,
		   const struct crmval_store *store, struct crmval_error *error);

/* A value as text, in the value itself or in buffer; NULL: it is missing. */
enum { SQL_STORE_TEXT_ROOM = 48 };
const char *sql_store_text(int32_t type, const struct crmval_store_value *value, char buffer[SQL_STORE_TEXT_ROOM]);

/* "a, b, c"; to be freed. */
int sql_store_names(const struct crmval_store_table *table, char **names, struct crmval_error *error);

#endif
