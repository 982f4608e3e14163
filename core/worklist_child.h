/* SPDX-License-Identifier: MIT */
/*
 * What the dimensions' children are asked for a work list, and what they answer.  They learn nothing of what measures came to,
 * and of weights only those of their own measures: what a row is worth is for the program itself to say.
 */
#ifndef WORKLIST_CHILD_H
#define WORKLIST_CHILD_H

#include "probe.h"

enum worklist_task { WORKLIST_FIND, WORKLIST_PROBE, WORKLIST_TRY };

/* A mend that changes what the dimension reads; another one may have found it. */
struct worklist_put {
	struct mend_value value;
	struct bound_input input; /* what it mends; words: up to the one that is put there */
};

/* A row that is listed. */
struct worklist_row {
	uint32_t item, entity, row;
	uint32_t put_count;
	struct worklist_put *puts;
};

/* In pages of its own, which no other dimension's child inherits. */
struct worklist_question {
	enum worklist_task task;
	const struct probe_measure *measures; /* by the dimension's measures */
	uint32_t row_count;
	const struct worklist_row *rows; /* by entity and row */
};

/* Answers: elements of these.  A row falls short in a measure; all that is said of a row by a view comes together. */
struct worklist_short {
	uint32_t view, row, answer;
	struct observation is;
};
struct worklist_mend {
	uint32_t item;
	struct mend mend;
};
struct worklist_change {
	uint32_t item;
	uint32_t measure; /* of the dimension */
	int window;
	struct observation from, to;
};

/* The body of a child. */
struct worklist_part {
	const struct worklist_question *question;
	struct view_run run;
	uint32_t dimension;
};
int worklist_body(void *context, struct crmval_error *error);

#endif
