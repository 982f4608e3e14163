/* SPDX-License-Identifier: MIT */
/* Work shared out to threads, item by item in rising order. */
#ifndef PARALLEL_H
#define PARALLEL_H

#include "crmval/plugin.h"

/*
 * Calls item(context, thread, i) for each i below count, on up to `threads` threads (the caller's is one of them).  The
 * first failure stops the handing out, those under way are finished, and its error is returned.
 */
int parallel_run(unsigned threads, uint64_t count,
		 int (*item)(void *context, unsigned thread, uint64_t i, struct crmval_error *error), void *context,
		 struct crmval_error *error);

#endif
