/* SPDX-License-Identifier: MIT */
/* A table's ids: found, made up for tables that no source maps, and settled once all rows are there. */
#include "data.h"

#include "error.h"
#include "id_bits.h"
#include "parallel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK 65536u
#define SMALL 65536u /* rows up to which slots are cheap */
#define AHEAD 64u    /* rows that wait for memory together */

static const struct ident *ids_of(const struct table *table)
{
	return table->ids.bytes;
}

/* What a slot says of the hash. */
static uint32_t tag_of(const struct index *index, uint64_t hash)
{
	return (uint32_t)(hash >> 32) & ~(uint32_t)index->mask;
}

static int is_tagged(const struct index *index, uint32_t slot, uint32_t tag)
{
	return (slot & ~(uint32_t)index->mask) == tag;
}

static uint32_t row_of(const struct index *index, uint32_t slot)
{
	return (slot & (uint32_t)index->mask) - 1;
}

/* Not in line, so that the other way need not save registers for it. */
static __attribute__((noinline)) int32_t find_by_number(const struct index *index, struct ident id)
{
	return index_dense_row(index, dense_slot(index->dense, id));
}

static int32_t index_find(const struct table *table, struct ident id)
{
	const struct index *index = &table->index;
	if (index->dense)
		return find_by_number(index, id);
	uint64_t hash = ident_hash(id);
	uint32_t tag = tag_of(index, hash);
	for (uint64_t i = hash & index->mask;; i = (i + 1) & index->mask) {
		uint32_t slot = atomic_load_explicit(&index->slots[i], memory_order_relaxed);
		if (slot == 0)
			return CRMVAL_DANGLING;
		if (is_tagged(index, slot, tag) && ident_equal(ids_of(table)[row_of(index, slot)], id))
			return (int32_t)row_of(index, slot);
	}
}

static uint64_t index_size(uint64_t rows)
{
	uint64_t size = 16, least = rows < SMALL ? 4 * rows : rows + rows / 2;
	while (size < least)
		size *= 2;
	return size;
}

/* As many as are bearable, by number. */
static uint64_t index_most(uint64_t rows)
{
	return rows < SMALL ? 8 * rows : 3 * rows;
}

uint64_t index_bytes(uint64_t rows)
{
	uint64_t by_hash = index_size(rows), by_number = index_most(rows);
	return (by_hash > by_number ? by_hash : by_number) * sizeof *((struct index *)NULL)->slots;
}

static int index_open(struct index *index, uint64_t size)
{
	*index = (struct index){.mask = size - 1};
	if (region_open_whole(&index->memory, size * sizeof *index->slots, NULL) != CRMVAL_OK)
		return -1;
	index->slots = index->memory.bytes;
	return 0;
}

/* Enters a row by itself; no other thread does. */
static void index_put(struct table *table, uint32_t row)
{
	uint64_t hash = ident_hash(ids_of(table)[row]), i = hash & table->index.mask;
	while (atomic_load_explicit(&table->index.slots[i], memory_order_relaxed))
		i = (i + 1) & table->index.mask;
	atomic_store_explicit(&table->index.slots[i], tag_of(&table->index, hash) | (row + 1), memory_order_relaxed);
}

/* A row of a table that no source maps: nothing is known of it but that it is not another. */
static int32_t make_up(struct table *table, struct ident id, const char *text, uint32_t length)
{
	int32_t found = -3;
	pthread_mutex_lock(&table->lock);
	uint32_t rows = atomic_load(&table->rows);
	if (!table->index.slots && index_open(&table->index, index_size(1024)) < 0)
		goto out;
	found = index_find(table, id);
	if (found >= 0)
		goto out;
	found = -3;
	if (rows >= table->capacity)
		goto out;
	if ((uint64_t)rows * 2 > table->index.mask) {
		struct index old = table->index;
		if (index_open(&table->index, index_size((uint64_t)rows * 4)) < 0) {
			table->index = old;
			goto out;
		}
		region_close(&old.memory);
		for (uint32_t row = 0; row < rows; row++)
			index_put(table, row);
	}
	if (table->keeps_texts) {
		char *copy = texts_keep(&table->texts, text, length);
		if (!copy)
			goto out;
		((char **)table->id_texts.bytes)[rows] = copy;
	}
	((struct ident *)table->ids.bytes)[rows] = id;
	index_put(table, rows);
	atomic_store(&table->rows, rows + 1);
	found = (int32_t)rows;
out:
	pthread_mutex_unlock(&table->lock);
	return found;
}

int32_t table_find(struct table *table, struct ident id, const char *text, uint32_t length)
{
	return table->is_mapped ? index_find(table, id) : make_up(table, id, text, length);
}

/* The place of a row in the order of the job's sources. */
static uint64_t row_order(const struct table *table, uint32_t row, uint32_t *within)
{
	size_t low = 0, high = table->extent_count;
	while (high - low > 1) {
		size_t middle = (low + high) / 2;
		if (table->extents[middle].first <= row)
			low = middle;
		else
			high = middle;
	}
	*within = row - table->extents[low].first;
	return table->extents[low].order;
}

static int comes_before(const struct table *table, uint32_t a, uint32_t b)
{
	uint32_t a_within, b_within;
	uint64_t a_order = row_order(table, a, &a_within), b_order = row_order(table, b, &b_within);
	return a_order < b_order || (a_order == b_order && a_within < b_within);
}

static void drop(struct table *table, uint32_t row)
{
	atomic_fetch_or_explicit(&table->dropped[row >> 6], UINT64_C(1) << (row & 63), memory_order_relaxed);
}

/* Of two rows with one id the first in order stays: that of an entry, or the one that is held at its place. */
static void settle(struct table *table, _Atomic uint32_t *place, uint32_t held, uint32_t entry)
{
	uint32_t row = row_of(&table->index, entry);
	for (;;) {
		uint32_t other = row_of(&table->index, held);
		if (comes_before(table, other, row)) {
			drop(table, row);
			return;
		}
		if (atomic_compare_exchange_strong_explicit(place, &held, entry, memory_order_relaxed,
							    memory_order_relaxed)) {
			drop(table, other);
			return;
		}
	}
}

/* Enters one row among others that do so at the same time. */
static void enter(struct table *table, uint32_t row, uint64_t hash)
{
	struct index *index = &table->index;
	struct ident id = ids_of(table)[row];
	uint32_t tag = tag_of(index, hash), slot = tag | (row + 1);
	for (uint64_t i = hash & index->mask;; i = (i + 1) & index->mask) {
		uint32_t held = 0;
		if (atomic_compare_exchange_strong_explicit(&index->slots[i], &held, slot, memory_order_relaxed,
							    memory_order_relaxed))
			return;
		if (is_tagged(index, held, tag) && ident_equal(ids_of(table)[row_of(index, held)], id)) {
			settle(table, &index->slots[i], held, slot);
			return;
		}
	}
}

/* The same, of an id that is dense: nothing else has its slot. */
static void enter_dense(struct table *table, uint32_t row, uint64_t slot)
{
	_Atomic uint32_t *place = &table->index.by_number[slot];
	uint32_t held = 0;
	if (!atomic_compare_exchange_strong_explicit(place, &held, row + 1, memory_order_relaxed, memory_order_relaxed))
		settle(table, place, held, row + 1);
}

static int enter_dense_block(void *context, unsigned thread, uint64_t block, struct crmval_error *error)
{
	(void)thread, (void)error;
	struct table *table = context;
	uint32_t rows = atomic_load(&table->rows), first = (uint32_t)block * BLOCK;
	uint32_t end = rows - first < BLOCK ? rows : first + BLOCK;
	const struct ident *ids = ids_of(table);
	for (uint32_t row = first; row < end; row++)
		if (!ident_is_none(ids[row]))
			enter_dense(table, row, dense_slot(table->index.dense, ids[row]));
	return CRMVAL_OK;
}

static int enter_block(void *context, unsigned thread, uint64_t block, struct crmval_error *error)
{
	(void)thread, (void)error;
	struct table *table = context;
	uint64_t hashes[AHEAD];
	uint32_t rows = atomic_load(&table->rows), first = (uint32_t)block * BLOCK;
	uint32_t end = rows - first < BLOCK ? rows : first + BLOCK;
	const struct ident *ids = ids_of(table);
	for (uint32_t row = first; row < end; row += AHEAD) {
		uint32_t count = end - row < AHEAD ? end - row : AHEAD;
		for (uint32_t i = 0; i < count; i++) {
			hashes[i] = ident_hash(ids[row + i]);
			__builtin_prefetch((const void *)&table->index.slots[hashes[i] & table->index.mask], 1);
		}
		for (uint32_t i = 0; i < count; i++)
			if (!ident_is_none(ids[row + i]))
				enter(table, row + i, hashes[i]);
	}
	return CRMVAL_OK;
}

static int by_first(const void *a, const void *b)
{
	const struct extent *x = a, *y = b;
	return (x->first > y->first) - (x->first < y->first);
}

/* Enters all rows; their ids are needed no more where they are dense, which pays where they are looked up. */
static int enter_rows(struct table *table, unsigned threads, struct crmval_error *error)
{
	uint64_t rows = atomic_load(&table->rows), blocks = (rows + BLOCK - 1) / BLOCK;
	struct dense *dense = calloc(1, sizeof *dense);
	int code = dense ? CRMVAL_OK : fail_memory(error);
	if (code == CRMVAL_OK && !table->logs_ids)
		code = dense_plan(dense, ids_of(table), rows, index_most(rows), threads, error);
	int is_dense = code == CRMVAL_OK && dense->slots > 0;
	if (code == CRMVAL_OK && index_open(&table->index, is_dense ? dense->slots : index_size(rows)) < 0)
		code = fail_memory(error);
	if (!is_dense || code != CRMVAL_OK) {
		free(dense);
		return code == CRMVAL_OK ? parallel_run(threads, blocks, enter_block, table, error) : code;
	}
	table->index.dense = dense;
	table->index.by_number = table->index.slots;
	table->index.slots = NULL;
	table->index.mask = UINT32_MAX; /* no part of a slot is of a hash */
	code = parallel_run(threads, blocks, enter_dense_block, table, error);
	region_trim(&table->ids, rows * sizeof(struct ident));
	region_spare(&table->ids);
	return code;
}

static int enter_ids(struct table *table, unsigned threads, struct crmval_error *error)
{
	if (table->extent_count)
		qsort(table->extents, table->extent_count, sizeof *table->extents, by_first);
	table->dropped = calloc(atomic_load(&table->rows) / 64 + (size_t)1, sizeof *table->dropped);
	return table->dropped ? enter_rows(table, threads, error) : fail_memory(error);
}

static int read_log(void *context, unsigned thread, uint64_t number, struct crmval_error *error)
{
	(void)thread;
	struct table *table = context;
	const struct extent *extent = &table->extents[number];
	struct ident *ids = table->ids.bytes;
	return id_log_read(&extent->ids, extent->count, ids + extent->first) < 0 ? fail_memory(error) : CRMVAL_OK;
}

/* Are all ids different, at a glance?  -1: out of memory. */
static int log_ascends(const struct table *table)
{
	const struct id_run **runs = malloc((table->extent_count + 1) * sizeof *runs);
	for (size_t i = 0; runs && i < table->extent_count; i++)
		runs[i] = &table->extents[i].ids;
	int ascends = runs ? id_log_ascends(runs, table->extent_count) : -1;
	free((void *)runs);
	return ascends;
}

/* Ids that are looked at but once. */
static int enter_logged(struct table *table, unsigned threads, struct crmval_error *error)
{
	int differ = log_ascends(table), code = differ < 0 ? fail_memory(error) : CRMVAL_OK;
	if (differ == 0)
		code = id_bits_differ(table->extents, table->extent_count, threads, &differ, error);
	if (differ == 0 && code == CRMVAL_OK)
		code = region_open(&table->ids, atomic_load(&table->rows) * sizeof(struct ident), error);
	if (differ == 0 && code == CRMVAL_OK)
		code = parallel_run(threads, table->extent_count, read_log, table, error);
	texts_free(&table->id_log);
	if (differ == 0 && code == CRMVAL_OK)
		code = enter_ids(table, threads, error);
	region_close(&table->ids);
	index_close(&table->index);
	return code;
}

int table_enter(struct table *table, unsigned threads, struct crmval_error *error)
{
	if (table->logs_ids)
		return enter_logged(table, threads, error);
	/* Made-up rows are entered one by one. */
	return table->is_mapped && table->ids.bytes ? enter_ids(table, threads, error) : CRMVAL_OK;
}

void table_drop_after(struct table *table, struct ident id, uint64_t order, uint32_t within)
{
	int32_t row = index_find(table, id);
	if (row < 0)
		return;
	uint32_t own_within;
	uint64_t own_order = row_order(table, (uint32_t)row, &own_within);
	if (order < own_order || (order == own_order && within <= own_within))
		drop(table, (uint32_t)row);
}

static void count_dropped(struct table *table)
{
	uint32_t rows = atomic_load(&table->rows);
	for (uint32_t i = 0; table->dropped && i <= rows / 64; i++)
		table->duplicates += (uint64_t)__builtin_popcountll(atomic_load(&table->dropped[i]));
	if (table->duplicates == 0) {
		free((void *)table->dropped);
		table->dropped = NULL;
	}
}

/* Makes unreadable cells missing, and takes those of dropped rows out of the count. */
static void settle_unreadable(struct table *table, uint32_t f)
{
	struct column *column = &table->columns[f];
	const struct field *field = &table->entity->fields[f];
	uint32_t rows = atomic_load(&table->rows);
	for (uint32_t row = 0; row < rows; row++) {
		int is_unreadable = 0;
		if (field->type == FIELD_DATE) {
			int32_t *value = (int32_t *)column->values.bytes + row;
			is_unreadable = *value == UNREADABLE_DATE;
			*value = is_unreadable ? CRMVAL_NO_DATE : *value;
		} else if (field->type == FIELD_FLAG) {
			int8_t *value = (int8_t *)column->values.bytes + row;
			is_unreadable = *value == UNREADABLE_FLAG;
			*value = is_unreadable ? -1 : *value;
		} else if (field->type == FIELD_SYMBOL) {
			uint32_t *value = (uint32_t *)column->values.bytes + row;
			is_unreadable = *value == UNREADABLE_SYMBOL;
			*value = is_unreadable ? 0 : *value;
		} else {
			double *value = (double *)column->values.bytes + row;
			is_unreadable = isinf(*value);
			*value = is_unreadable ? NAN : *value;
		}
		if (is_unreadable && table_is_dropped(table, row))
			atomic_fetch_sub(&column->unreadable, 1);
	}
}

/* Has what is needed to find them on its way. */
static void prefetch_pending(const struct table *target, const struct ident *pending, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		table_prefetch(target, pending[i]);
	for (uint32_t i = 0; i < count; i++)
		table_prefetch_id(target, pending[i]);
}

static int settle_references(struct data *data, struct table *table, uint32_t f, struct crmval_error *error)
{
	struct column *column = &table->columns[f];
	struct table *target = &data->tables[model_entity_index(table->entity->fields[f].target)];
	int32_t *values = column->values.bytes;
	const struct ident *pending = column->pending.bytes;
	uint32_t rows = atomic_load(&table->rows);
	uint64_t dangling = 0;
	if (!pending && !table->dropped && atomic_load(&column->unreadable) == 0)
		return CRMVAL_OK; /* they were counted as they came */
	for (uint32_t row = 0; row < rows; row++) {
		if (pending && row % AHEAD == 0)
			prefetch_pending(target, pending + row, rows - row < AHEAD ? rows - row : AHEAD);
		if (values[row] == UNREADABLE_REFERENCE) {
			values[row] = CRMVAL_MISSING;
			if (table_is_dropped(table, row))
				atomic_fetch_sub(&column->unreadable, 1);
			continue;
		}
		if (pending)
			values[row] =
				ident_is_none(pending[row]) ? CRMVAL_MISSING : table_find(target, pending[row], "", 0);
		if (values[row] < CRMVAL_DANGLING)
			return fail_memory(error);
		dangling += values[row] == CRMVAL_DANGLING && !table_is_dropped(table, row);
	}
	region_trim(&column->pending, rows * sizeof *pending);
	region_spare(&column->pending);
	atomic_store(&column->dangling, dangling);
	return CRMVAL_OK;
}

/* The latest day of a column in rows that stay, or `newest`. */
static int32_t newest_of(const struct table *table, uint32_t f, int32_t limit, int32_t newest)
{
	const int32_t *values = table->columns[f].values.bytes;
	uint32_t rows = atomic_load(&table->rows);
	int32_t seen = atomic_load(&table->columns[f].newest);
	if (!table->dropped)
		return seen > newest && seen != UNREADABLE_DATE ? seen : newest;
	for (uint32_t row = 0; row < rows; row++)
		if (!table_is_dropped(table, row))
			newest = data_newer(values[row], limit, newest);
	return newest;
}

int table_settle(struct data *data, struct table *table, struct crmval_error *error)
{
	int code = CRMVAL_OK;
	uint32_t rows = atomic_load(&table->rows);
	table->newest = CRMVAL_NO_DATE;
	if (!table->is_mapped)
		return CRMVAL_OK; /* its rows are made up, and later levels may bring more */
	count_dropped(table);
	for (uint32_t f = 0; f < table->entity->field_count && code == CRMVAL_OK; f++) {
		struct column *column = &table->columns[f];
		if (!column->values.bytes)
			continue;
		region_trim(&column->values, rows * data_width(table->entity->fields[f].type));
		region_trim(&column->texts, rows * sizeof(char *));
		if (table->entity->fields[f].type == FIELD_REFERENCE)
			code = settle_references(data, table, f, error);
		else if (atomic_load(&column->unreadable) > 0)
			settle_unreadable(table, f);
		if (table->entity->fields[f].type == FIELD_DATE && !table->entity->fields[f].is_planned)
			table->newest = newest_of(table, f, data->fresh_on, table->newest);
	}
	region_trim(&table->ids, rows * sizeof(struct ident));
	region_trim(&table->id_texts, rows * sizeof(char *));
	return code;
}
