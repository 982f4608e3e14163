/* SPDX-License-Identifier: MIT */
/*
 * Open addressing.  The groups of a parent are near its share of the places, so that rows that come in the order of their
 * parents, as most do, find theirs in the cache; what finds no place near goes anywhere.
 */
#include "groups.h"

/* A group of child rows, and the one that counts. */
struct group {
	uint64_t key; /* by + 1 over per + 1; 0: an empty place */
	uint64_t of;
	int32_t date;
	uint32_t row : 31, is_ended : 1;
};

/* As many places as are looked at near a parent's share. */
enum { NEAR = 8 };

static uint64_t size_of(uint64_t rows)
{
	return rows + rows / 4 + NEAR;
}

uint64_t groups_bytes(uint64_t rows)
{
	return size_of(rows) * sizeof(struct group);
}

int groups_open(struct groups *groups, uint32_t rows, uint32_t parents, struct crmval_error *error)
{
	groups->size = size_of(rows);
	/* Of 2^32, so that it takes no division. */
	groups->share = ((groups->size - NEAR + 1) << 32) / (parents ? parents : 1);
	return region_open_whole(&groups->memory, groups->size * sizeof(struct group), error);
}

void groups_close(struct groups *groups)
{
	region_spare(&groups->memory);
}

/* The place of a row's group, held by that or free: of five places one is free, so that any search comes to one. */
static struct group *find(const struct groups *groups, uint64_t at, uint64_t key)
{
	struct group *group = groups->memory.bytes;
	for (uint64_t near = at; near < at + NEAR; near++)
		if (!group[near].key || group[near].key == key)
			return &group[near];
	uint64_t hash = key;
	do {
		hash = ident_fold(hash + 1, UINT64_C(0x9e3779b97f4a7c15));
		at = (uint64_t)((unsigned __int128)hash * groups->size >> 64);
	} while (group[at].key && group[at].key != key);
	return &group[at];
}

void groups_add(struct groups *groups, const struct rollup *rollup, const struct children *children, const int32_t *per,
		const struct ending *ending, uint32_t first)
{
	enum { AHEAD = 16 };
	uint64_t at[BATCH_ROWS], key[BATCH_ROWS];
	for (uint32_t c = 0; c < children->count; c++) {
		uint32_t i = children->at[c];
		uint64_t parent = child_parent(children, i);
		key[c] = (parent + 1) << 32 | (uint32_t)(per[i] < 0 ? 0 : per[i] + 1);
		at[c] = (uint64_t)((unsigned __int128)parent * groups->share >> 32);
	}
	for (uint32_t c = 0; c < children->count; c++) {
		uint32_t i = children->at[c];
		if (c + AHEAD < children->count)
			__builtin_prefetch((struct group *)groups->memory.bytes + at[c + AHEAD], 1);
		const struct group row = {.key = key[c],
					  .of = reduction_rank(rollup, children->of, i),
					  .date = children->date[i],
					  .row = (first + i) & DATA_MAX_ROWS,
					  .is_ended = ending->on && is_ended(ending->on[i], ending->until)};
		struct group *group = find(groups, at[c], key[c]);
		if (!group->key || row.date > group->date || (row.date == group->date && row.of > group->of))
			*group = row;
	}
}

void groups_reduce(const struct groups *groups, struct reduction *reduction, int is_over_ended)
{
	const struct group *group = groups->memory.bytes;
	int8_t *marks = reduction->rollup->table->op == CRMVAL_CURRENT ? reduction->state.bytes : NULL;
	for (uint64_t i = 0; i < groups->size; i++) {
		if (!group[i].key || (is_over_ended && group[i].is_ended))
			continue;
		if (marks)
			marks[group[i].row] = 1;
		else
			reduction_raise(reduction, (uint32_t)(group[i].key >> 32) - 1, group[i].of);
	}
}
