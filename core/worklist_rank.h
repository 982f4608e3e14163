/* SPDX-License-Identifier: MIT */
/* What rows that fall short are worth to the whole, and which are worth the most. */
#ifndef WORKLIST_RANK_H
#define WORKLIST_RANK_H

#include "worklist_ask.h"

/* Rows that are kept while they are looked for, of each dimension; what falls short less than these is never listed. */
#define WORKLIST_KEPT 100000u

struct worklist_found {
	uint32_t entity, row, measure; /* the measure in which it gains most */
	double points, most;           /* in all, and in that measure */
};

/* Of a dimension. */
struct worklist_ranking {
	const struct worklist_work *work;
	uint32_t dimension;
	struct worklist_memo *memo; /* what shortfalls are worth, shared by all dimensions */
	struct worklist_found *found;
	size_t count;
	int is_cut;
	int is_wrong; /* a child named what is not there */
};

/* Of one of its children: the row that it is speaking of. */
struct worklist_ranker {
	struct worklist_ranking *ranking;
	uint32_t view;
	struct worklist_found row;
};

/* For all dimensions, in pages that no child inherits. */
struct worklist_ranking *worklist_rankings(const struct worklist_work *work, struct arena *arena);

struct worklist_ranker worklist_ranker(struct worklist_ranking *ranking);

/* What a child says: elements of struct worklist_short. */
void worklist_rank(void *ranker, const void *elements, size_t count);

/* It has said all. */
void worklist_rank_end(struct worklist_ranker *ranker);

/* The best `most` of some rows stay, in order; returns how many there are. */
size_t worklist_best(const struct worklist_work *work, struct worklist_found *found, size_t count, size_t most);

#endif
