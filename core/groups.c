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

int groups_open(struct groups *groups, uint32_t rows, struct crmval_error *error)
{
	uint64_t size = 16;
	while (size < (uint64_t)rows + rows / 2)
		size *= 2;
	groups->mask = size - 1;
	return region_open(&groups->memory, size * sizeof(struct group), error);
}

void groups_close(struct groups *groups)
{
	region_close(&groups->memory);
}

static void group_add(struct group *groups, uint64_t mask, uint64_t at, const struct group *row)
{
	while (groups[at].key && groups[at].key != row->key)
		at = (at + 1) & mask;
	struct group *group = &groups[at];
	if (!group->key || row->date > group->date || (row->date == group->date && row->of > group->of))
		*group = *row;
}

void groups_add(struct groups *groups, const struct rollup *rollup, const struct children *children, const int32_t *per,
		uint32_t first)
{
	uint64_t at[BATCH_ROWS], key[BATCH_ROWS];
	for (uint32_t c = 0; c < children->count; c++) {
		uint32_t i = children->at[c];
		key[c] = ((uint64_t)child_parent(children, i) + 1) << 32 | (uint32_t)(per[i] < 0 ? 0 : per[i] + 1);
		at[c] = ident_fold(key[c], UINT64_C(0x9e3779b97f4a7c15)) & groups->mask;
	}
	enum { AHEAD = 16 };
	for (uint32_t c = 0; c < children->count; c++) {
		uint32_t i = children->at[c];
		if (c + AHEAD < children->count)
			__builtin_prefetch((struct group *)groups->memory.bytes + at[c + AHEAD], 1);
		const struct group row = {key[c], reduction_rank(rollup, children->of, i), children->date[i],
					  first + i};
		group_add(groups->memory.bytes, groups->mask, at[c], &row);
	}
}

void groups_reduce(const struct groups *groups, struct reduction *reduction)
{
	const struct group *group = groups->memory.bytes;
	for (uint64_t i = 0; i <= groups->mask; i++) {
		if (!group[i].key)
			continue;
		if (reduction->rollup->table->op == CRMVAL_CURRENT)
			((uint64_t *)reduction->state.bytes)[group[i].row] = 1;
		else
			reduction_raise(reduction, (uint32_t)(group[i].key >> 32) - 1, group[i].of);
	}
}
