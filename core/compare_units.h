/* SPDX-License-Identifier: MIT */
/* Who moved: the units of a breakdown by the change of their overall scores. */
#ifndef COMPARE_UNITS_H
#define COMPARE_UNITS_H

#include "compare.h"

struct moved_unit {
	struct change_unit unit;
	double scores[2];       /* overall, as published; NaN: none */
	struct estimate change; /* none: one of the two has no score */
};

struct moved_units {
	uint32_t count;
	struct moved_unit
		*units; /* those that rose most first, those without a change last, of equals by the order of units */
};

/* Leaves the change filled for some unit.  The caller frees moved.units. */
int change_rank_units(struct change *change, int breakdown, struct moved_units *moved, struct crmval_error *error);

#endif
