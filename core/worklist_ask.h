/* SPDX-License-Identifier: MIT */
/* The children of a work list: which there are, what each is asked, and what they answer. */
#ifndef WORKLIST_ASK_H
#define WORKLIST_ASK_H

#include "worklist.h"
#include "worklist_child.h"

/* What is known while a list is made; no child sees it. */
struct worklist_work {
	const struct run *run;
	struct whatif *whatif;
	int measure;                       /* the one that is asked for; -1: all */
	const uint32_t *first;             /* by dimension: its first measure */
	const struct worklist_item *items; /* chosen, sorted by entity and row */
	uint32_t item_count;
	struct probe_measure *measures; /* by result.measures */
	/* By entity and row: of rows that are worth the same, which comes first, whatever the order in which they were read. */
	const uint64_t *ties[DATA_MAX_ENTITIES];
};

struct worklist_answer {
	void *elements;
	size_t count;
};

/*
 * Runs a task in a child of each dimension that did not fail.  answers: by dimension, of elements of such a size; freed by the
 * caller.
 */
int worklist_ask(const struct worklist_work *work, enum worklist_task task, size_t element,
		 struct worklist_answer *answers, struct crmval_error *error);

/* Looks for rows that fall short, in as many children as evaluated them.  rankings: by dimension. */
struct worklist_ranking;
int worklist_find(const struct worklist_work *work, struct worklist_ranking *rankings, struct crmval_error *error);

#endif
