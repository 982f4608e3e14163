/* SPDX-License-Identifier: MIT */
/* Loading: which source feeds which entity, by which columns; then all rows into typed columns, in parallel. */
#ifndef LOAD_H
#define LOAD_H

#include "data.h"
#include "plugins.h"

/* A column that is read for a field. */
struct feed_field {
	uint32_t field;
	uint32_t position; /* in feed.wanted */
	const struct job_value_map *values;
	const char *date_format;
};

/* One source's table of one entity. */
struct feed {
	uint32_t source, entity;
	const struct job_entity *settings; /* NULL: the job does not list it */
	struct crmval_table table;
	int32_t columns[DATA_MAX_FIELDS]; /* by field; -1: not mapped */
	struct feed_field fields[DATA_MAX_FIELDS];
	uint32_t field_count;
	uint32_t wanted[DATA_MAX_FIELDS];
	uint32_t wanted_count;
	struct crmval_plan plan;
	uint64_t order; /* of its first split among all splits of the entity */
};

struct load {
	const struct job *job;
	struct data *data;
	struct plugin *plugins; /* one per source of the job */
	void **sources;
	struct feed *feeds; /* by entity, then in the order of the job */
	uint32_t feed_count;
	atomic_uint_fast64_t splits_done;
	uint64_t split_count;
	void (*progress)(void *context, uint64_t done, uint64_t total); /* [worker] or NULL */
	void *progress_context;
};

/*
 * Opens the sources and finds what they have: sets is_mapped of tables and columns.  What the job says of columns that are
 * not there goes into problems.  The plugins are loaded, one per source of the job, and stay the caller's.
 */
int load_open(struct load *load, const struct job *job, struct plugin *plugins, struct data *data,
	      struct problems *problems, struct crmval_error *error);

/* Reads all columns that data_want() asked for. */
int load_read(struct load *load, unsigned threads, struct crmval_error *error);

void load_close(struct load *load);

/* Takes rows into a feed's table: the sink's part.  order: of the split and of the batch within it.  [worker] */
int load_take(struct load *load, const struct feed *feed, const struct crmval_rows *rows, uint64_t order,
	      struct crmval_error *error);

/* Could an example of this order be among the first?  [worker] */
int load_wants_example(struct load *load, const struct feed *feed, uint64_t order);

/* Remembers an example if it is among the first.  text is copied.  [worker] */
void load_example(struct load *load, const struct feed *feed, uint64_t order, uint64_t line, uint32_t input,
		  const char *text);

#endif
