/* SPDX-License-Identifier: MIT */
/* What the parts of the source plugin sql share: settings, sessions with a database, tables, and what a driver is. */
#ifndef SQL_DRIVER_H
#define SQL_DRIVER_H

#include "sql_batch.h"

#include <stdint.h>

struct sql_settings {
	const char *directory;                  /* what a relative path of a file starts from */
	const char *connection;                 /* a file, a connection string, a DSN: without a password */
	const char *password_file, *credential; /* one of them, or both NULL: the driver's own ways */
	const char *isolation;
	double timeout; /* of a statement, in seconds; 0: none */
	uint32_t connections;
};

/* A connection in a transaction that only reads.  A driver's session begins with one. */
struct sql_session {
	int is_broken; /* reading by it failed: not to be used again */
	struct sql_session *next;
};

/* A table, a view, or a query of the job. */
struct sql_table {
	char *what;        /* it, in messages */
	const char *query; /* NULL: a table */
	char *name;        /* of the table, as the job has it */
	char *from;        /* what to select from, with its names quoted */
	char *input;       /* it, in the provenance of results */
	char **columns;
	uint32_t *types; /* of the columns, as the driver knows them */
	uint32_t column_count;

	/* planned: */
	char *select; /* what is selected, NULL before */
	uint32_t *wanted;
	uint32_t wanted_count;
	char *key; /* what splits are ranges of, as SQL has it; NULL: all is one split */
	int64_t low;
	uint64_t step; /* split i: low + i * step <= key < low + (i + 1) * step, but the last has no upper bound */
	uint32_t split_count;
	uint64_t rows_at_most; /* 0: not known */
	int has_numbers;       /* rows are numbered in the order in which they come */
	char *part;            /* the rows that are wanted, as SQL has it; NULL: all */

	struct sql_table *next;
};

struct sql_driver {
	const char *name; /* in jobs */
	int takes_password;
	int folds_names; /* columns whose names differ only in case cannot be told apart */
	int first_reads; /* the first session reads, too; else it only holds the snapshot */
	uint32_t most;   /* sessions, whatever the settings say; 0: as they say */
	/* Are the settings right?  Nothing of the connection is shown, where a password may be in it. */
	int (*check)(const struct sql_settings *settings, struct crmval_error *error);
	/*
	 * first: NULL, or a session; the new one then sees the same state of the data, or it fails with
	 * CRMVAL_EAGAIN: do with the sessions that there are.
	 */
	int (*connect)(const struct sql_settings *settings, struct sql_session *first, struct sql_session **session,
		       struct crmval_error *error);
	void (*disconnect)(struct sql_session *session);
	/* Fills from, input, columns and types; CRMVAL_NO_TABLE where there is no such table. */
	int (*describe)(struct sql_session *session, struct sql_table *table, struct crmval_error *error);
	/* Fills select and what splits it has, which are those of wanted. */
	int (*plan)(struct sql_session *session, struct sql_table *table, struct crmval_error *error);
	/* After plan: fills part, if the rows of a part can be told, and numbers of rows do not change by it.  NULL: never. */
	int (*choose)(struct sql_session *session, struct sql_table *table, const struct crmval_part *part,
		      struct crmval_error *error);
	int (*read)(struct sql_session *session, const struct sql_table *table, uint32_t split, struct sql_batch *batch,
		    struct crmval_error *error);
};

/* Those that are not built in are NULL. */
extern const struct sql_driver *const sql_sqlite, *const sql_postgresql, *const sql_odbc;

/* Of one line: newlines and tabs become spaces, and those at the end go. */
void sql_one_line(char *text);

/* The table's columns, one more; name is copied. */
int sql_table_add_column(struct sql_table *table, const char *name, uint32_t type, struct crmval_error *error);
/* Formats into *text, which is freed before. */
__attribute__((format(printf, 3, 4))) int sql_print(char **text, struct crmval_error *error, const char *format, ...);
/* The query without white space and semicolons at its end; to be freed. */
char *sql_query_text(const char *query);
/* The last-but-one bound of a split: *has_high 0: it is the last. */
void sql_split_bounds(const struct sql_table *table, uint32_t split, int64_t *low, int64_t *high, int *has_high);

#endif
