/* SPDX-License-Identifier: MIT */
/*
 * The data of a run: one table of typed columns per entity of the model.
 *
 * Rows lie in the order in which threads brought them, which is another in every run: nothing that reaches a result may
 * depend on a row's number, or on a symbol's code.
 */
#ifndef DATA_H
#define DATA_H

#include "arena.h"
#include "crmval/plugin.h"
#include "dense.h"
#include "id_log.h"
#include "ident.h"
#include "job.h"
#include "ledger.h"
#include "model.h"
#include "region.h"
#include "symbol.h"
#include "texts.h"

#include <stdatomic.h>

#define DATA_MAX_ENTITIES MODEL_MAX_ENTITIES
#define DATA_MAX_FIELDS MODEL_MAX_FIELDS
#define DATA_MAX_ROWS (UINT32_C(0x7fffffff))

/* What is wanted of a column, and the bits of a text's byte. */
enum { WANT_VALUE = 1, WANT_EMAIL = 2, WANT_PHONE = 4, WANT_TEXT = 8 };
enum { TEXT_FILLED = 1, TEXT_IS_EMAIL = 2, TEXT_IS_PHONE = 4 };

/* Cells that could not be read, until table_settle() has counted them and made them missing. */
#define UNREADABLE_REFERENCE INT32_MIN
#define UNREADABLE_DATE (INT32_MIN + 1)
#define UNREADABLE_FLAG (-2)
#define UNREADABLE_SYMBOL UINT32_MAX

/*
 * Ids -> rows.  A slot is 0, or the row's number + 1, which mask covers, and above that what fits of the hash's upper half.
 * Where ids are dense, it is 0, or the row's number + 1, and no ids are needed any more.
 */
struct index {
	_Atomic uint32_t *slots;
	uint64_t mask;
	struct dense *dense;         /* NULL: they are not; else slots is, */
	_Atomic uint32_t *by_number; /* and these are the slots */
	struct region memory;
};
void index_close(struct index *index);
/* What one takes for so many rows at most. */
uint64_t index_bytes(uint64_t rows);

/* The row with an id that is dense, or CRMVAL_DANGLING. */
static inline int32_t index_dense_row(const struct index *index, uint64_t slot)
{
	uint32_t held = slot == DENSE_NONE ? 0 : atomic_load_explicit(&index->by_number[slot], memory_order_relaxed);
	return held ? (int32_t)held - 1 : CRMVAL_DANGLING;
}

struct column {
	uint32_t wants; /* WANT_..., 0: nobody asked for it */
	int is_mapped;  /* some source has it */
	struct region
		values; /* date int32_t, number double, flag int8_t, symbol uint32_t, reference int32_t, text uint8_t */
	struct region texts;     /* char *: of a text that is wanted as it stands, NULL where missing */
	struct region pending;   /* references to rows not loaded yet: struct ident */
	struct symbols *symbols; /* of an open set */
	atomic_uint_fast64_t unreadable;
	atomic_uint_fast64_t dangling; /* of all rows, until table_settle() */
	_Atomic int32_t newest;        /* of all rows: the latest date up to data.fresh_on */
};

/* The later of two dates, if the first is not past a limit; cells that are none come before all others. */
static inline int32_t data_newer(int32_t value, int32_t limit, int32_t newest)
{
	value = value <= limit ? value : newest;
	return value > newest ? value : newest;
}

/* Rows that came together: their place in the order of the job's sources. */
struct extent {
	uint32_t first, count;
	uint64_t order;
	struct id_run ids; /* where they are logged */
};

struct table {
	const struct entity *entity;
	int is_mapped; /* some source maps its id (or it has none); else rows are made up from the references to it */
	uint32_t shard_by;     /* 1 + the field by which its rows are shared out to shards; 0: each has them all, */
	struct region foreign; /* with a bit for those that belong to others */
	int is_chosen;         /* by the source: rows of other shards never came */
	atomic_uint_fast64_t seen, checksum; /* of a shard: rows that came, the sum of their hashes */
	int level;                           /* tables are read level by level, after all that they refer to */
	atomic_uint rows;
	uint32_t capacity;
	size_t row_bytes; /* that each row holds while the table is read */
	struct column columns[DATA_MAX_FIELDS];
	struct region ids;      /* struct ident */
	struct region id_texts; /* char *: only where units are named by them */
	int keeps_texts;
	int logs_ids;        /* nobody asks which row has an id: extents have them, until table_enter() */
	struct texts id_log; /* what they point to */
	struct index index;
	_Atomic uint64_t *dropped; /* a bit per row; NULL: none is */
	uint64_t duplicates;
	int32_t newest; /* after table_settle(): the latest of its dates that are not planned, up to data.fresh_on */
	pthread_mutex_t lock; /* of all below, and of made-up rows */
	struct texts texts;   /* what id_texts and texts of columns point to */
	struct extent *extents;
	size_t extent_count, extent_capacity;
	struct ledger ledger; /* with a lock of its own */
	double indexing;      /* seconds of processors that entering and settling took */
};

struct data {
	struct table tables[DATA_MAX_ENTITIES];
	struct symbols
		dictionaries[DATA_MAX_ENTITIES * 2]; /* one for all fields of a name, so that their codes compare */
	const char *dictionary_names[DATA_MAX_ENTITIES * 2];
	uint32_t dictionary_count;
	int32_t fresh_on;    /* later dates are nobody's news: they are planned, or mistaken */
	struct rates *rates; /* exchange rates; NULL: amounts are in one currency */
};

/* Of zeros, most of which are never touched. */
int data_init(struct data *data, struct crmval_error *error);
void data_free(struct data *data);

/* Asks for a column. */
int data_want(struct data *data, uint32_t entity, uint32_t field, uint32_t wants, struct crmval_error *error);

static inline int table_is_dropped(const struct table *table, uint32_t row)
{
	return table->dropped &&
	       (atomic_load_explicit(&table->dropped[row >> 6], memory_order_relaxed) >> (row & 63) & 1);
}

/* Is the row evaluated by another shard? */
static inline int table_is_foreign(const struct table *table, uint32_t row)
{
	const _Atomic uint64_t *foreign = table->foreign.bytes;
	return foreign && (atomic_load_explicit(&foreign[row >> 6], memory_order_relaxed) >> (row & 63) & 1);
}

/* Bytes of a column's value. */
size_t data_width(enum field_type type);

/* The row with an id, or CRMVAL_DANGLING; in a table that no source maps, a row made up for it.  -3: out of memory.
   Texts are only needed for made-up rows.  [worker] */
int32_t table_find(struct table *table, struct ident id, const char *text, uint32_t length);

/* For functions that do nothing but prefetch: GCC takes them to have no effect, and drops calls that it does not inline
   at once. */
#define PREFETCHES __attribute__((always_inline))

/* Hint that table_find() will be called with this id soon. */
PREFETCHES static inline void table_prefetch(const struct table *table, struct ident id)
{
	if (table->index.slots)
		__builtin_prefetch((const void *)&table->index.slots[ident_hash(id) & table->index.mask]);
}

/* And that its slot has arrived by now: the id that it leads to is wanted next. */
PREFETCHES static inline void table_prefetch_id(const struct table *table, struct ident id)
{
	if (table->index.slots) {
		uint64_t slot = atomic_load_explicit(&table->index.slots[ident_hash(id) & table->index.mask],
						     memory_order_relaxed);
		if (slot)
			__builtin_prefetch((const struct ident *)table->ids.bytes + (slot & table->index.mask) - 1);
	}
}

/* After a table's rows are all there: enters its ids, and drops rows whose id an earlier row has. */
int table_enter(struct table *table, unsigned threads, struct crmval_error *error);

/* Drops the row with an id if it comes after another shard's row with that id: the latter stood at this place in the order
   of the job's sources, after so many rows of ours that came together with it.  [worker] */
void table_drop_after(struct table *table, struct ident id, uint64_t order, uint32_t within);

/*
 * And then: resolves references within the table, counts what is dangling and unreadable in the rows that stay, and makes
 * unreadable cells missing.
 */
int table_settle(struct data *data, struct table *table, struct crmval_error *error);

#endif
