/* SPDX-License-Identifier: MIT */
/* The ways in which a rollup makes one value of many. */
#ifndef REDUCE_H
#define REDUCE_H

#include "fixed.h"
#include "pairs.h"
#include "rollup.h"

/* Rows of a block that count: those at these places in it. */
struct children {
	const uint32_t *at;
	uint32_t count;
	const int32_t *by;   /* by place: its parent; NULL: all have the one */
	const int32_t *date; /* by place; NULL where there is none */
	const void *of;
};

static inline uint32_t child_parent(const struct children *children, uint32_t place)
{
	return children->by ? (uint32_t)children->by[place] : 0;
}

/* What the children leave at their parents. */
struct reduction {
	const struct rollup *rollup;
	uint32_t parents;
	uint32_t *translation; /* of `of` where it is a symbol */
	uint32_t translation_count;
	uint64_t mask_words; /* of a parent's set; 0: what is in the sets is in pairs */
	struct pairs pairs;
	struct region state; /* uint64_t, by parent, mask_words of a set; int8_t, by row, of CRMVAL_CURRENT */
	struct region fixed; /* struct fixed, by parent: of a sum what is no small whole number; opened by the first */
};

int reduction_open(struct reduction *reduction, const struct rollup *rollup, const struct data *data, uint32_t parents,
		   uint32_t children, struct crmval_error *error);
/* What it takes at most, besides the values that it leaves; without groups of rows. */
uint64_t reduction_bytes(const struct rollup *rollup, uint64_t parents, uint64_t children);
int reduction_add(struct reduction *reduction, const struct children *children, struct crmval_error *error);
/* By parent, in the rollup's type: in the memory of the state, which is handed over. */
void reduction_finish(struct reduction *reduction, struct region *values);
void reduction_close(struct reduction *reduction);

/* The rank of a child's `of`, for least or greatest; 0: missing.  Days and numbers in their order, all above 0. */
uint64_t reduction_rank(const struct rollup *rollup, const void *of, uint32_t place);

/* Raises what a parent has to a rank. */
static inline void reduction_raise(struct reduction *reduction, uint32_t parent, uint64_t rank)
{
	uint64_t *word = (uint64_t *)reduction->state.bytes + parent;
	*word = rank > *word ? rank : *word;
}

#endif
