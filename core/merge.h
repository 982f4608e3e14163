/* SPDX-License-Identifier: MIT */
/* Merging: the result that one run would have had, from those of all its parts. */
#ifndef MERGE_H
#define MERGE_H

#include "arena.h"
#include "result.h"

/* A part, and what it is called in messages. */
struct merge_part {
	const char *name;
	const struct result *result;
};

/*
 * Fills result but for its alerts, which are judged later by shard->rules of any part.  Parts are in any order, and must
 * outlive it, as must the arena.  CRMVAL_EDATA: they are not all of one run's, each once, or a limit of the job is passed.
 */
int merge_results(const struct merge_part *parts, uint32_t count, struct arena *arena, struct result *result,
		  struct crmval_error *error);

/* For merge.c: do all parts speak of the same?  Afterwards they are in their order. */
int merge_check(struct merge_part *parts, uint32_t count, struct crmval_error *error);

/* For merge.c: the entities of all parts, and the limits. */
int merge_entities(const struct merge_part *parts, uint32_t count, struct arena *arena, struct result *result,
		   struct crmval_error *error);

#endif
