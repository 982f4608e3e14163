/* SPDX-License-Identifier: MIT */
/* A lookup: of each key of a table the first or last row, by which others find a value. */
#ifndef LOOKUP_H
#define LOOKUP_H

#include "data.h"
#include "derive.h"

/* A column of the table that something uses. */
struct lookup_value {
	int32_t column; /* of the table; -1: it is not there */
	int is_used;    /* by what is wanted */
	uint32_t place; /* among the values that are kept */
};

struct lookup_slot {
	struct ident key;  /* none: the slot is free */
	const char *block; /* its row; NULL where nothing of rows is kept */
};

/* Rows by their key: open addressing. */
struct lookup_map {
	struct lookup_slot *slots;
	uint64_t mask; /* slots - 1 */
	uint64_t count;
	struct region memory;
	struct arena arena;
};

struct lookup {
	const struct job_lookup *settings;
	const struct job_mapping *mapping;
	uint32_t number; /* among all lookups */
	int is_there;    /* its table, and what finds a row in it */
	int is_used;
	struct reading reading;
	struct ledger ledger;
	struct derived by, order;
	struct lookup_value *values; /* room for the table's columns */
	uint32_t value_count, kept_count;
	struct derivation derivation; /* its columns: by, order, then the values that are kept */
	struct lookup_map *maps;      /* one per thread, merged into the first */
	unsigned map_count;
	atomic_uint_fast64_t rows;
};

/* The number of a value, which is noted if it is new. */
uint32_t lookup_value(struct lookup *lookup, int32_t column);

/* Says which of the values are to be kept, and which columns are read for it; after all uses are known. */
int lookup_prepare(struct lookup *lookup, unsigned threads, struct arena *arena, struct crmval_error *error);

/* Takes rows: reading.take of a lookup, whose reading it is.  [worker] */
int lookup_take(struct reading *reading, struct reading_thread *thread, const struct crmval_rows *rows, uint64_t order,
		struct crmval_error *error);

/* Once all rows were taken. */
int lookup_settle(struct lookup *lookup, struct crmval_error *error);

/* Hint that lookup_find() will be called with this key soon.  [worker] */
PREFETCHES static inline void lookup_prefetch(const struct lookup *lookup, struct ident key)
{
	const struct lookup_map *map = &lookup->maps[0];
	if (map->slots)
		__builtin_prefetch(&map->slots[ident_hash(key) & map->mask]);
}

/* And that its slot has arrived by now: the row that it leads to is wanted next.  [worker] */
PREFETCHES static inline void lookup_prefetch_row(const struct lookup *lookup, struct ident key)
{
	const struct lookup_map *map = &lookup->maps[0];
	if (map->slots)
		__builtin_prefetch(map->slots[ident_hash(key) & map->mask].block);
}

/* Where the row of a key is; -1: there is none.  [worker] */
int64_t lookup_find(const struct lookup *lookup, struct ident key);

/* A value of a row that was found.  [worker] */
struct cell_text lookup_cell(const struct lookup *lookup, int64_t row, uint32_t value);

/* Once all feeds were read: nothing is found in it any more. */
void lookup_forget(struct lookup *lookup);

void lookup_free(struct lookup *lookup);

#endif
