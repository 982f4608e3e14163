/* SPDX-License-Identifier: MIT */
/* Whether logged ids are all different, seen by a bit for each number, where they are numbers. */
#ifndef ID_BITS_H
#define ID_BITS_H

#include "data.h"

/*
 * Sets *differ to 1 where all ids of these extents are different, to 0 where some are not, or where this way does not
 * tell.  They need not be in any order.
 */
int id_bits_differ(const struct extent *extents, size_t count, unsigned threads, int *differ,
		   struct crmval_error *error);

#endif
