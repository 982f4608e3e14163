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
/* When groups ended, by place; NULL: none did. */
struct ending {
	const int32_t *on;
	int32_t until; /* the last day on which it tells */
};

static inline int is_ended(int32_t on, int32_t until)
{
	return on != CRMVAL_NO_DATE && on <= until;
}

/* per: by place; first: the row at place 0. */
void groups_add(struct groups *groups, const struct rollup *rollup, const struct children *children, const int32_t *per,
		const struct ending *ending, uint32_t first);
/* The value of each group's latest row raises its parent's; of CRMVAL_CURRENT the row is marked.  Of groups that ended none
   counts if they are passed over. */
void groups_reduce(const struct groups *groups, struct reduction *reduction, int is_over_ended);
void groups_close(struct groups *groups);

#endif
