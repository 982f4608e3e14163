/* SPDX-License-Identifier: MIT */
/* Loading: which source feeds which entity, by which columns; then all rows into typed columns, in parallel. */
#ifndef LOAD_H
#define LOAD_H

#include "data.h"
#include "derive.h"
#include "lookup.h"
#include "plugins.h"
#include "reading.h"

/* Where a field comes from. */
struct feed_source {
	int32_t column;         /* of the table; -1: none */
	struct derived derived; /* of expression NULL: the column */
};

/* A field that is taken: the columns of a feed's derivation, in their order. */
struct feed_field {
	uint32_t field;
	const struct job_value_map *values;
	const char *date_format;
	int is_computed; /* a number: the cells are doubles, as derived_column says */
};

/* One source's table of one entity, or of a part of it. */
struct feed {
	struct load *load;
	uint32_t entity, part;
	const struct job_part *settings; /* NULL: the mapping does not list it */
	const struct job_mapping *mapping;
	struct reading reading;
	struct feed_source sources[DATA_MAX_FIELDS]; /* by field */
	struct feed_field fields[DATA_MAX_FIELDS];
	uint32_t field_count;
	struct derivation derivation;
	_Atomic uint64_t sampled; /* rows, by budget_check() */
};

/* A part of an entity that is not read, and why. */
struct load_note {
	uint32_t entity;
	const struct job_part *part;
	const char *unless; /* the table that is used instead; NULL: its own is not there, */
	int is_without_id;  /* or has no ids for the entity */
};

struct load {
	const struct job *job;
	struct data *data;
	struct reading_run run;
	struct feed *feeds; /* by entity, then in the order of the job */
	uint32_t feed_count;
	struct lookup *lookups; /* by source, in the order of its mapping */
	uint32_t lookup_count;
	struct load_note *notes;
	uint32_t note_count;
	_Atomic uint64_t taken; /* bytes of rows, by budget_take() */
	struct arena arena;
};

/* Does the feed have the field? */
static inline int feed_maps(const struct feed *feed, uint32_t field)
{
	const struct feed_source *source = &feed->sources[field];
	return source->derived.expression ? source->derived.is_available : source->column >= 0;
}

/*
 * Opens the sources and finds what they have: sets is_mapped of tables and columns.  What the job says of columns that are
 * not there goes into problems.  The plugins are loaded, one per source of the job, and stay the caller's.
 */
int load_open(struct load *load, const struct job *job, struct plugin *plugins, struct data *data,
	      struct problems *problems, struct crmval_error *error);

/* A source's lookup, of which the job was checked to have one of that name. */
struct lookup *load_lookup(const struct load *load, uint32_t source, const char *name);

/* Finds out which tables have no row.  What is probed cannot be read any more. */
int load_probe(struct load *load, struct crmval_error *error);

/* Judges the job's limits, once it is known what is unreadable, rates included. */
int load_check_limits(const struct load *load, struct crmval_error *error);

/* Plans how all columns are read that data_want() asked for. */
int load_start(struct load *load, unsigned threads, struct crmval_error *error);

/* Plans a feed anew, after it was read, or read in part. */
int load_plan_feed(struct load *load, struct feed *feed, struct crmval_error *error);

/* Are a table's ids still needed when all tables of a level were read?  Of level -1: are they needed at all? */
int load_needs_ids(const struct data *data, uint32_t entity, int level);

/* Reads all that load_start() has planned. */
int load_read(struct load *load, struct crmval_error *error);

void load_close(struct load *load);

/* Takes rows into a feed's table: reading.take of a feed.  [worker] */
int load_take(struct reading *reading, struct reading_thread *thread, const struct crmval_rows *rows, uint64_t order,
	      struct crmval_error *error);

/* Can rows of other shards have ids that ours have? */
int load_has_twins(const struct load *load, const struct table *table);

/* Takes rows once more, for the ids of those that are other shards': reading.take of a copy of a feed.  [worker] */
int load_take_twins(struct reading *reading, struct reading_thread *thread, const struct crmval_rows *rows,
		    uint64_t order, struct crmval_error *error);

#endif
