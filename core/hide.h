/* SPDX-License-Identifier: MIT */
/*
 * What a dimension has no business with: columns that it does not read, ids and texts, how others are set and what they
 * rolled up.
 */
#ifndef HIDE_H
#define HIDE_H

#include "bind.h"
#include "confine.h"
#include "unit.h"

/* Columns and rollups are kept from all children, for good, but for those that a child's dimension reads. */
struct hidden {
	struct confine_range **needed; /* by dimension */
	size_t *needed_counts;
	uint32_t dimension_count;
};

int hide_open(struct hidden *hidden, const struct bound_dimension *dimensions, uint32_t count, const struct data *data,
	      const struct units *units, struct crmval_error *error);
void hide_close(struct hidden *hidden);

#endif
