/* SPDX-License-Identifier: MIT */
/*
 * Each thread keeps the best row of each key that it sees; afterwards the threads' rows are compared in turn.  What is
 * best does not depend on who saw it first.
 */
#include "lookup.h"

#include "error.h"

#include <stdlib.h>
#include <string.h>

/* A row that is kept.  The lengths of its order and its values follow, then their texts. */
struct block {
	uint64_t batch; /* where it stands: the order of its batch, */
	uint32_t row;   /* and the place in it */
	uint32_t lengths[];
};

uint32_t lookup_value(struct lookup *lookup, int32_t column)
{
	uint32_t v = 0;
	while (v < lookup->value_count && lookup->values[v].column != column)
		v++;
	if (v == lookup->value_count)
		lookup->values[lookup->value_count++] = (struct lookup_value){.column = column};
	return v;
}

/* ---- preparing ---- */

static void want_uses(struct lookup *lookup, struct derived *derived)
{
	for (uint32_t u = 0; derived->expression && u < derived->expression->use_count; u++)
		if (derived->uses[u].column >= 0)
			derived->uses[u].wanted = reading_want(&lookup->reading, (uint32_t)derived->uses[u].column);
}

int lookup_prepare(struct lookup *lookup, unsigned threads, struct arena *arena, struct crmval_error *error)
{
	struct derivation *derivation = &lookup->derivation;
	lookup->maps = calloc(threads, sizeof *lookup->maps);
	lookup->map_count = lookup->maps ? threads : 0;
	for (unsigned t = 0; t < lookup->map_count; t++)
		lookup->maps[t].arena.kind = ARENA_HIDDEN;
	derivation->columns = arena_array(arena, (size_t)lookup->value_count + 2, sizeof *derivation->columns);
	if (!lookup->maps || !derivation->columns)
		return fail_memory(error);
	want_uses(lookup, &lookup->by);
	want_uses(lookup, &lookup->order);
	for (uint32_t s = 0; s < derivation->skip_count; s++)
		want_uses(lookup, &derivation->skips[s]);
	derivation->columns[derivation->column_count++].expression = lookup->by;
	if (lookup->order.expression)
		derivation->columns[derivation->column_count++].expression = lookup->order;
	for (uint32_t v = 0; v < lookup->value_count; v++) {
		struct lookup_value *value = &lookup->values[v];
		if (!value->is_used)
			continue;
		value->place = lookup->kept_count++;
		derivation->columns[derivation->column_count++].wanted =
			reading_want(&lookup->reading, (uint32_t)value->column);
	}
	return CRMVAL_OK;
}

/* ---- maps ---- */

static struct lookup_slot *slot_of(const struct lookup_map *map, struct ident key)
{
	uint64_t i = ident_hash(key) & map->mask;
	while (!ident_is_none(map->slots[i].key) && !ident_equal(map->slots[i].key, key))
		i = (i + 1) & map->mask;
	return &map->slots[i];
}

/* Whether a row is found is all that is asked: then nothing of it is kept. */
static int keeps_rows(const struct lookup *lookup)
{
	return lookup->kept_count > 0;
}

/* Makes room for one key more. */
static int reserve(struct lookup_map *map)
{
	struct lookup_map old = *map;
	if (old.slots && 2 * old.count <= old.mask)
		return 0;
	uint64_t size = old.slots ? 2 * (old.mask + 1) : 1024;
	if (region_open_whole(&map->memory, size * sizeof *map->slots, NULL) != CRMVAL_OK) {
		*map = old;
		return -1;
	}
	map->slots = map->memory.bytes;
	map->mask = size - 1;
	for (uint64_t i = 0; old.slots && i <= old.mask; i++)
		if (!ident_is_none(old.slots[i].key))
			*slot_of(map, old.slots[i].key) = old.slots[i];
	region_close(&old.memory);
	return 0;
}

static const struct block *block_at(const struct lookup_slot *slot)
{
	return (const struct block *)slot->block;
}

/* Text number n of a block; 0 is the order. */
static struct cell_text block_text(const struct lookup *lookup, const struct block *block, uint32_t n)
{
	const char *text = (const char *)(block->lengths + lookup->kept_count + 1);
	for (uint32_t i = 0; i < n; i++)
		text += block->lengths[i];
	return (struct cell_text){text, block->lengths[n]};
}

/* Does a row with this order and place come before the other one? */
static int is_better(const struct lookup *lookup, struct cell_text order, uint64_t batch, uint32_t row,
		     const struct block *other)
{
	struct cell_text theirs = block_text(lookup, other, 0);
	int sign = 0;
	if (!order.length != !theirs.length)
		return order.length != 0;
	if (order.length)
		sign = expression_compare(order, theirs);
	if (sign)
		return lookup->settings->is_last ? sign > 0 : sign < 0;
	return batch < other->batch || (batch == other->batch && row < other->row);
}

static struct cell_text trimmed(const struct crmval_cells *cells, uint32_t row)
{
	uint32_t length = cells->length[row];
	if (length == CRMVAL_NULL || length == 0)
		return (struct cell_text){"", 0};
	const char *text = cells->base + cells->start[row];
	cell_trim(&text, &length);
	return (struct cell_text){text, length};
}

static const struct block *block_new(const struct lookup *lookup, struct lookup_map *map, struct cell_text order,
				     const struct crmval_cells *values, uint64_t batch, uint32_t row)
{
	size_t head = offsetof(struct block, lengths) + (lookup->kept_count + (size_t)1) * sizeof(uint32_t);
	size_t size = head + order.length;
	for (uint32_t v = 0; v < lookup->kept_count; v++)
		size += trimmed(&values[v], row).length;
	struct block *block = arena_alloc(&map->arena, size);
	if (!block)
		return NULL;
	block->batch = batch;
	block->row = row;
	char *text = (char *)block + head;
	for (uint32_t i = 0; i <= lookup->kept_count; i++) {
		struct cell_text cell = i == 0 ? order : trimmed(&values[i - 1], row);
		block->lengths[i] = cell.length;
		memcpy(text, cell.at, cell.length);
		text += cell.length;
	}
	return block;
}

/* ---- rows ---- */

/* Enters a row; not 0: out of memory. */
static int take_row(const struct lookup *lookup, struct lookup_map *map, const struct crmval_rows *rows, uint32_t row,
		    struct ident id, uint64_t batch)
{
	const struct crmval_cells *values = rows->columns + 1;
	struct cell_text order = {"", 0};
	if (reserve(map) != 0)
		return -1;
	struct lookup_slot *slot = slot_of(map, id);
	int is_new = ident_is_none(slot->key);
	if (keeps_rows(lookup)) {
		if (lookup->order.expression)
			order = trimmed(values++, row);
		if (!is_new && !is_better(lookup, order, batch, row, block_at(slot)))
			return 0;
		const struct block *block = block_new(lookup, map, order, values, batch, row);
		if (!block)
			return -1;
		slot->block = (const char *)block;
	}
	slot->key = id;
	map->count += (uint64_t)is_new;
	return 0;
}

int lookup_take(struct reading *reading, struct reading_thread *thread, const struct crmval_rows *in, uint64_t order,
		struct crmval_error *error)
{
	enum { AHEAD = 32 };
	struct lookup *lookup = (struct lookup *)((char *)reading - offsetof(struct lookup, reading));
	struct lookup_map *map = &lookup->maps[thread->number];
	struct crmval_rows rows;
	struct ident ids[AHEAD];
	int code = derive_rows(&lookup->derivation, thread->scratch, in, &lookup->ledger, &rows, error);
	for (uint32_t start = 0; code == CRMVAL_OK && start < rows.row_count; start += AHEAD) {
		uint32_t count = rows.row_count - start < AHEAD ? rows.row_count - start : AHEAD;
		for (uint32_t i = 0; i < count; i++) {
			struct cell_text key = trimmed(&rows.columns[0], start + i);
			char buffer[18];
			derive_id(lookup->mapping, &key.at, &key.length, buffer, &ids[i]);
			if (map->slots)
				__builtin_prefetch(&map->slots[ident_hash(ids[i]) & map->mask], 1);
		}
		for (uint32_t i = 0; i < count && code == CRMVAL_OK; i++)
			if (!ident_is_none(ids[i]) && take_row(lookup, map, &rows, start + i, ids[i], order) != 0)
				code = fail_memory(error);
	}
	if (code == CRMVAL_OK)
		atomic_fetch_add(&lookup->rows, rows.row_count);
	return code;
}

/* Puts a key of another map into this one, if it is new or its row is better. */
static int merge_key(const struct lookup *lookup, struct lookup_map *all, const struct lookup_slot *theirs)
{
	if (reserve(all) != 0)
		return -1;
	struct lookup_slot *slot = slot_of(all, theirs->key);
	int is_new = ident_is_none(slot->key);
	if (keeps_rows(lookup)) {
		const struct block *block = block_at(theirs);
		if (!is_new &&
		    !is_better(lookup, block_text(lookup, block, 0), block->batch, block->row, block_at(slot)))
			return 0;
	}
	*slot = *theirs; /* a row stays where it is */
	all->count += (uint64_t)is_new;
	return 0;
}

static void map_free(struct lookup_map *map)
{
	region_close(&map->memory);
	map->slots = NULL;
}

static int merge_map(const struct lookup *lookup, struct lookup_map *all, const struct lookup_map *map)
{
	enum { AHEAD = 32 };
	for (uint64_t i = 0; map->slots && i <= map->mask; i++) {
		if (all->slots && i + AHEAD <= map->mask)
			__builtin_prefetch(&all->slots[ident_hash(map->slots[i + AHEAD].key) & all->mask], 1);
		if (!ident_is_none(map->slots[i].key) && merge_key(lookup, all, &map->slots[i]) != 0)
			return -1;
	}
	return 0;
}

int lookup_settle(struct lookup *lookup, struct crmval_error *error)
{
	for (unsigned t = 1; t < lookup->map_count; t++) {
		if (merge_map(lookup, &lookup->maps[0], &lookup->maps[t]) != 0)
			return fail_memory(error);
		map_free(&lookup->maps[t]);
	}
	return CRMVAL_OK;
}

int64_t lookup_find(const struct lookup *lookup, struct ident key)
{
	const struct lookup_map *map = &lookup->maps[0];
	const struct lookup_slot *slot = map->slots ? slot_of(map, key) : NULL;
	return !slot || ident_is_none(slot->key) ? -1 : slot - map->slots;
}

struct cell_text lookup_cell(const struct lookup *lookup, int64_t row, uint32_t value)
{
	return block_text(lookup, block_at(&lookup->maps[0].slots[row]), 1 + lookup->values[value].place);
}

void lookup_forget(struct lookup *lookup)
{
	for (unsigned t = 0; t < lookup->map_count; t++) {
		map_free(&lookup->maps[t]);
		arena_free(&lookup->maps[t].arena);
	}
}

void lookup_free(struct lookup *lookup)
{
	lookup_forget(lookup);
	free(lookup->maps);
	ledger_free(&lookup->ledger);
}
