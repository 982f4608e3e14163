/* SPDX-License-Identifier: MIT */
/* A table of a source that is read: which columns of it, in which splits, and who takes the rows. */
#ifndef READING_H
#define READING_H

#include "id_log.h"
#include "ledger.h"
#include "plugins.h"

#include <stdatomic.h>

struct reading_thread;

/* What reading a table took, over all threads; counted only where reading_run.is_profiled. */
struct reading_cost {
	_Atomic uint64_t reading, taking; /* nanoseconds of processors: in the source; in take() */
	_Atomic uint64_t rows, bytes;     /* of the cells that were taken */
};

struct reading {
	const char *what; /* "opportunity", "lookup approval": for messages */
	uint32_t source;  /* of the job */
	struct crmval_table table;
	uint32_t *wanted; /* columns of the table, each once; room for table.column_count */
	uint32_t wanted_count;
	struct crmval_plan plan;
	uint64_t order; /* of its first split among all splits that feed the same */
	int is_empty;   /* as load_probe() found: there is no row in it */
	struct ledger *ledger;
	struct reading_cost cost;
	/* [worker] order: of the split and of the batch within it. */
	int (*take)(struct reading *reading, struct reading_thread *thread, const struct crmval_rows *rows,
		    uint64_t order, struct crmval_error *error);
};

/* The place of a column, by its name; -1: there is none. */
int32_t reading_column(const struct reading *reading, const char *name, int ignore_case);

/* Asks for a column; returns its place among those wanted. */
uint32_t reading_want(struct reading *reading, uint32_t column);

/* What the readings of one run share. */
struct reading_run {
	const struct job *job;
	struct plugin *plugins; /* one per source of the job */
	void **sources;
	unsigned threads;
	int is_profiled;
	struct reading_thread *workers; /* one per thread */
	atomic_uint_fast64_t splits_done;
	uint64_t split_count;
	void (*progress)(void *context, uint64_t done, uint64_t total); /* [worker] or NULL */
	void *progress_context;
};

/* Batches are in order by their split, then by their place in it. */
#define READING_BATCH_BITS 24
static inline uint64_t reading_split(uint64_t order)
{
	return order >> READING_BATCH_BITS;
}

/* Working storage of one thread. */
struct reading_thread {
	unsigned number;
	void **sources; /* the sources' own, by source */
	struct derive_scratch *scratch;
	struct shard_scratch *shard;
	struct id_log_writer log;
};

/* As reading_plan(), where only a part of the rows is wanted: plan.is_part says whether only it will come. */
int reading_plan_part(struct reading_run *run, struct reading *reading, const struct crmval_part *part,
		      struct crmval_error *error);

int reading_plan(struct reading_run *run, struct reading *reading, struct crmval_error *error);

/* Reads all splits of some readings, shared out to the threads in their order. */
int reading_read(struct reading_run *run, struct reading **readings, uint32_t count, struct crmval_error *error);

/* What is known of a table only after it was read whole. */
int reading_finish(const struct reading_run *run, const struct reading *reading, struct crmval_error *error);

/* 1: the planned table has a row, 0: it has none; else an error.  To be planned anew before it is read. */
int reading_probe(struct reading_run *run, struct reading *reading, struct crmval_error *error);

int reading_start(struct reading_run *run, unsigned threads, struct crmval_error *error);
void reading_end(struct reading_run *run);

#endif
