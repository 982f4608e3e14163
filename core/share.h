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

#endif
