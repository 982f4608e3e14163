/* SPDX-License-Identifier: MIT */
/*
 * Data for the tests of the rooms, from literal tables: a source in memory hands them to the loader as any source would.
 *
 * The period is the year 2025, the baseline the year 2024.  Names are "entity.field".
 */
#ifndef FIXTURE_H
#define FIXTURE_H

#include "../core/load.h"

enum { FIXTURE_SOURCES = 2, FIXTURE_TABLES = 24 };

/* Lines of cells between commas, the first line the columns' names; a cell `NULL` is one that the source has not. */
struct fixture_table {
	uint32_t source;
	const char *entity, *text;
};

struct fixture_sheet {
	uint32_t source;
	const char *entity;
	char *text;
	uint32_t column_count, row_count;
	const char *columns[DATA_MAX_FIELDS];
	struct crmval_cells cells[DATA_MAX_FIELDS];
	uint32_t splits_done;
	int is_taken; /* by a feed or a lookup: the next one gets a copy */
	const uint32_t *wanted;
	uint32_t wanted_count;
	struct crmval_part part; /* of which alone the rows come; count 0: all */
};

struct fixture {
	struct job job;
	struct job_source job_sources[FIXTURE_SOURCES];
	struct plugin plugins[FIXTURE_SOURCES];
	struct data data;
	struct load load;
	struct problems problems;
	struct crmval_error error;
	struct arena arena;
	struct fixture_sheet sheets[FIXTURE_TABLES];
	uint32_t sheet_count;
	uint32_t split_rows; /* rows of a split; 0: all */
	int chooses_parts;   /* shards need not look at rows that are others' */
	int has_no_lines;    /* rows are not numbered */
	int is_backwards;    /* each split waits for those after it; needs a thread for every split */
};

/* tables end with an entity NULL. */
void fixture_open(struct fixture *fixture, const struct fixture_table *tables);
void fixture_want(struct fixture *fixture, const char *name);
void fixture_want_as(struct fixture *fixture, const char *name, uint32_t wants);
/* Opens the sources, so that it is known what is mapped; after all that is wanted was said. */
void fixture_map(struct fixture *fixture);
/* Reads all rows, and the exchange rates. */
void fixture_read(struct fixture *fixture, unsigned threads);
void fixture_close(struct fixture *fixture);

struct table *fixture_table(struct fixture *fixture, const char *entity);
struct column *fixture_column(struct fixture *fixture, const char *name);
/* The row of an id that was not dropped; -1: there is none. */
int32_t fixture_row(struct fixture *fixture, const char *entity, const char *id);
/* The value of a field in that row, which must be there. */
const void *fixture_value(struct fixture *fixture, const char *name, const char *id);

/* A day written YYYY-MM-DD; "" is CRMVAL_NO_DATE. */
int32_t fixture_day(const char *text);

#endif
