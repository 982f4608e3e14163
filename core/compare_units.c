/* SPDX-License-Identifier: MIT */
/* Who moved: the units of a breakdown by the change of their overall scores. */
#include "compare_units.h"

#include "error.h"

#include <stdlib.h>

enum { OLD, NEW };

/* What qsort() does not keep by itself: the order of the new result, and behind it that of those in the old one alone. */
static uint64_t order_of(const struct change_unit *unit)
{
	return unit->places[NEW] >= 0 ? (uint64_t)unit->places[NEW] : UINT32_MAX + (uint64_t)unit->places[OLD];
}

static int by_change(const void *left, const void *right)
{
	const struct moved_unit *a = left, *b = right;
	int has_a = estimate_is_known(a->change), has_b = estimate_is_known(b->change);

	if (has_a != has_b)
		return has_b - has_a;
	if (has_a && a->change.value != b->change.value)
		return a->change.value > b->change.value ? -1 : 1;
	return order_of(&a->unit) < order_of(&b->unit) ? -1 : 1;
}

static void rank_unit(struct change *change, int breakdown, struct moved_unit *moved)
{
	const struct change_node *overall = change->nodes;

	change_scope(change, breakdown, moved->unit);
	for (int side = OLD; side <= NEW; side++)
		moved->scores[side] = overall->score[side] ? overall->score[side]->score : NAN;
	moved->change = overall->change;
}

int change_rank_units(struct change *change, int breakdown, struct moved_units *moved, struct crmval_error *error)
{
	uint32_t next[2] = {0, 0};
	size_t most = 1;

	for (int side = OLD; side <= NEW; side++)
		most += change->results[side]->unit_counts[breakdown];
	moved->count = 0;
	moved->units = calloc(most, sizeof *moved->units);
	if (!moved->units)
		return fail_memory(error);
	while (change_next_unit(change, breakdown, next, &moved->units[moved->count].unit))
		rank_unit(change, breakdown, &moved->units[moved->count++]);
	qsort(moved->units, moved->count, sizeof *moved->units, by_change);
	return CRMVAL_OK;
}
