/* SPDX-License-Identifier: MIT */
/* What if: the tallies of a snapshot under another job's weights, scales, aggregation; without plugins or data. */
#ifndef RESCORE_H
#define RESCORE_H

#include "snapshot.h"

struct rescore {
	struct result result; /* what comes of it */
	const struct result *from;
	uint32_t *measures; /* the place in `from` of each measure of the result */
	struct arena arena;
};

/*
 * Checks all of the job that matters here against the snapshot's tables: problems get what is wrong, with CRMVAL_ECONF, and
 * as warnings what the job says that cannot be had from these tallies.  Snapshot and job must outlive it.
 */
int rescore_open(struct rescore *rescore, const struct snapshot *snapshot, struct job *job, struct problems *problems,
		 struct crmval_error *error);
void rescore_close(struct rescore *rescore);

#endif
