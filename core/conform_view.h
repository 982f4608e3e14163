/* SPDX-License-Identifier: MIT */
/* Trials of a view, in the confined child that they run in. */
#ifndef CONFORM_VIEW_H
#define CONFORM_VIEW_H

#include "conform_rows.h"

enum { VIEW_TRIAL_BATCH = 4096, VIEW_TRIAL_ROWS = 2 * VIEW_TRIAL_BATCH + 9 };

struct view_trial {
	const struct bound_dimension *dimension;
	uint32_t view; /* its place */
	const struct crmval_value *parameters;
	enum rows_kind kind;
	uint64_t seed;
	uint64_t rows;    /* of view_trial_speed() */
	char *breadcrumb; /* in shared memory, CONFINE_BREADCRUMB bytes */
};

/* What they answer. */
struct view_answer {
	uint64_t digest; /* of all observations */
	double seconds;  /* in evaluate */
};

/* All that evaluate must keep to: its answer does not depend on batches, is allowed, stays within its arrays. */
int view_trial_rules(void *trial, struct crmval_error *error);

/* So many rows, in the batches of a run. */
int view_trial_speed(void *trial, struct crmval_error *error);

#endif
