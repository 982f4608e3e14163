/* SPDX-License-Identifier: MIT */
/* Evaluating: each dimension in confined children of its own, into tallies in memory that they share with us. */
#ifndef EVALUATE_H
#define EVALUATE_H

#include "bind.h"
#include "confine.h"
#include "tally.h"
#include "unit.h"
#include "view.h"

/* A dimension's outcome; what it says lies in evaluate.arena. */
struct evaluation {
	struct tally *tallies; /* one per child that shared its rows */
	uint32_t tally_count;
	char (*no_data)[2][NO_DATA_LENGTH]; /* by measure and window: what the plugin said, or "" */
	const char *failed;                 /* why it has no result, or NULL */
	char sandbox[64];                   /* what was in force */
	double seconds;                     /* of processors that its children took */
	double evaluating;                  /* of those, what they took once the plugin was loaded */
	double confining;                   /* what this process took to start and to hear them */
};

struct evaluate {
	const struct job *job;
	const struct data *data;
	const struct units *units;
	struct bound_dimension *dimensions;
	uint32_t dimension_count;
	struct confine_limits limits;
	unsigned threads;
	struct arena *arena; /* which no child inherits */
};

/*
 * Runs all dimensions, at most `threads` children at once.  A dimension that fails is no failure here: its evaluation says
 * so.  evaluations: one per dimension, zeroed; freed by evaluation_free().
 */
int evaluate_run(const struct evaluate *evaluate, struct evaluation *evaluations, struct crmval_error *error);

void evaluation_free(struct evaluation *evaluation);

#endif
