/* SPDX-License-Identifier: MIT */
/* What came before a result in an archive: its job's scores over time, and the result before it. */
#ifndef HISTORY_H
#define HISTORY_H

#include "snapshot.h"

struct history_point {
	int32_t to; /* the end of its period */
	double score, low, high;
};

struct history {
	uint32_t count; /* one for each end of a period, the last run of those that had it; in their order */
	struct history_point *points;
	struct snapshot *before; /* NULL: there is none */
};

/*
 * Of the job's runs up to an instant.  An archive that is not there is no history: *history stays NULL.  damaged() is called for
 * each snapshot that cannot be read.
 */
int history_open(const char *directory, const char *job, int64_t instant,
		 void (*damaged)(void *context, const char *message), void *context, struct history **history,
		 struct crmval_error *error);
void history_free(struct history *history);

#endif
