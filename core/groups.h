/* SPDX-License-Identifier: MIT */
/* Groups of a rollup's child rows, those with the same `by` and `per`: of each the latest row counts. */
#ifndef GROUPS_H
#define GROUPS_H

#include "reduce.h"

struct groups {
	struct region memory; /* open addressing */
	uint64_t size;
	uint64_t share; /* places a parent, times 2^32 */
};

/* For at most so many rows, of at most so many parents. */
int groups_open(struct groups *groups, uint32_t rows, uint32_t parents, struct crmval_error *error);
/* What they take. */
uint64_t groups_bytes(uint64_t rows);
/* per: by place; first: the row at place 0.  Of CRMVAL_CURRENT each group's latest row is marked at once. */
void groups_add(struct groups *groups, struct reduction *reduction, const struct children *children, const int32_t *per,
		uint32_t first);
/* The value of each group's latest row raises its parent's. */
void groups_reduce(const struct groups *groups, struct reduction *reduction);
void groups_close(struct groups *groups);

#endif
