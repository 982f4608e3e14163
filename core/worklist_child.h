/* SPDX-License-Identifier: MIT */
/* What the dimensions' children do for a work list, and what they answer. */
#ifndef WORKLIST_CHILD_H
#define WORKLIST_CHILD_H

#include "probe.h"
#include "worklist.h"

enum { WORKLIST_FIND, WORKLIST_PROBE, WORKLIST_TRY };

/* Rows that are kept while they are looked for, of each dimension; what falls short less than these is never listed. */
#define WORKLIST_KEPT 100000u

/* Answers: arrays of these. */
struct worklist_found {
	uint32_t entity, row, measure; /* the measure in which it gains most */
	double points, most;           /* in all, and in that measure */
};
struct worklist_mend {
	uint32_t item;
	struct mend mend;
};
struct worklist_change {
	uint32_t item;
	struct whatif_change change;
};

/* What all children of a work list share. */
struct worklist_work {
	const struct run *run;
	struct whatif *whatif;
	int measure;                 /* the one that is asked for; -1: all */
	const uint32_t *first;       /* by dimension: its first measure */
	struct worklist_item *items; /* chosen, sorted by entity and row */
	uint32_t item_count;
	struct probe_measure *weights; /* by result.measures */
	/* By entity and row: of rows that are worth the same, which comes first, whatever the order in which they were read; ids
	   and names are not for the children to see. */
	const uint64_t *ties[DATA_MAX_ENTITIES];
};

/*
 * Runs a task in a child, or several, of each dimension that did not fail.  answers: by dimension, of so many elements; freed by
 * the caller.
 */
struct worklist_answer {
	void *elements;
	size_t count;
};
int worklist_ask(const struct worklist_work *work, int task, size_t element, struct worklist_answer *answers,
		 struct crmval_error *error);

/* The best `most` of some rows stay, in order; returns how many there are. */
size_t worklist_best(const struct worklist_work *work, struct worklist_found *found, size_t count, size_t most);

/* The body of a child. */
struct worklist_part {
	const struct worklist_work *work;
	int task;
	struct view_run run;
	uint32_t dimension;
};
int worklist_body(void *context, struct crmval_error *error);

#endif
