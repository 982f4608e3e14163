/* SPDX-License-Identifier: MIT */
/* Open addressing: where the rows of a block will go is fetched ahead of them. */
#include "groups.h"

/* A group of child rows, and the one that counts. */
struct group {
	uint64_t key; /* by + 1 over per + 1; 0: an empty place */
	uint64_t of;
	int32_t date;
	uint32_t row;
};

static uint64_t size_of(uint64_t rows)
{
	return rows + rows / 4 + 1;
}

uint64_t groups_bytes(uint64_t rows)
{
	return size_of(rows) * sizeof(struct group);
}

int groups_open(struct groups *groups, uint32_t rows, struct crmval_error *error)
{
	groups->size = size_of(rows);
	return region_open_whole(&groups->memory, groups->size * sizeof(struct group), error);
}

void groups_close(struct groups *groups)
{
	region_close(&groups->memory);
}

/* The place of a row's group, held by that or free. */
static struct group *find(const struct groups *groups, uint64_t at, uint64_t key)
{
	struct group *group = groups->memory.bytes;
	while (group[at].key && group[at].key != key)
		at = at + 1 < groups->size ? at + 1 : 0;
	return &group[at];
}

void groups_add(struct groups *groups, struct reduction *reduction, const struct children *children, const int32_t *per,
		uint32_t first)
{
	enum { AHEAD = 16 };
	uint64_t at[BATCH_ROWS], key[BATCH_ROWS];
	int8_t *marks = reduction->rollup->table->op == CRMVAL_CURRENT ? reduction->state.bytes : NULL;
	for (uint32_t c = 0; c < children->count; c++) {
		uint32_t i = children->at[c];
		key[c] = ((uint64_t)child_parent(children, i) + 1) << 32 | (uint32_t)(per[i] < 0 ? 0 : per[i] + 1);
		uint64_t hash = ident_fold(key[c], UINT64_C(0x9e3779b97f4a7c15));
		at[c] = (uint64_t)((unsigned __int128)hash * groups->size >> 64);
	}
	for (uint32_t c = 0; c < children->count; c++) {
		uint32_t i = children->at[c];
		if (c + AHEAD < children->count)
			__builtin_prefetch((struct group *)groups->memory.bytes + at[c + AHEAD], 1);
		const struct group row = {key[c], reduction_rank(reduction->rollup, children->of, i), children->date[i],
					  first + i};
		struct group *group = find(groups, at[c], key[c]);
		if (group->key && (row.date < group->date || (row.date == group->date && row.of <= group->of)))
			continue;
		if (marks && group->key)
			marks[group->row] = 0;
		if (marks)
			marks[row.row] = 1;
		*group = row;
	}
}

void groups_reduce(const struct groups *groups, struct reduction *reduction)
{
	const struct group *group = groups->memory.bytes;
	if (reduction->rollup->table->op == CRMVAL_CURRENT)
		return;
	for (uint64_t i = 0; i < groups->size; i++)
		if (group[i].key)
			reduction_raise(reduction, (uint32_t)(group[i].key >> 32) - 1, group[i].of);
}
