/* SPDX-License-Identifier: MIT */
/*
 * Sharing out a dimension's rows to its children: whole views as far as they can be, since each child has a tally of its own,
 * whose memory is taken for the measures alone that it adds to.
 */
#ifndef SHARE_H
#define SHARE_H

#include "bind.h"

/* Of the batches of one view: those from first on, before end. */
struct share {
	uint64_t first, end;
};

/* What of its view number v the child `part` of so many takes. */
struct share share_of(const struct bound_dimension *dimension, const struct data *data, uint32_t v, uint32_t part,
		      uint32_t parts);

/* How long a dimension takes, in the measure by which it is shared out. */
uint64_t share_length(const struct bound_dimension *dimension, const struct data *data);

struct share_plan {
	uint32_t dimension;
	uint64_t length;
	uint32_t parts; /* at most; then as many as are to be */
};

/*
 * Plans for dimensions that run side by side, on so many threads: puts the longest first, and shares out only those that would
 * keep one thread at work when the others have done, since each child takes a process and sums of its own.
 */
int share_out(struct share_plan *plans, uint32_t count, unsigned threads, struct crmval_error *error);

#endif
