/* SPDX-License-Identifier: MIT */
/* Scores over time: the first lines of an archive's snapshots, job by job. */
#ifndef TREND_H
#define TREND_H

#include "output.h"
#include "report.h"
#include "snapshot.h"

struct trend_point {
	char *file; /* in the archive */
	struct snapshot_header header;
	struct snapshot *snapshot; /* of a job's last, once titles are read; or NULL */
};

struct trend {
	struct trend_point *points; /* by job, end of the period, time of the run */
	size_t count;
};

/*
 * Reads all that can be read.  damaged() is called for each that cannot, and the trend goes on without it.
 */
int trend_open(struct trend *trend, const char *path, void (*damaged)(void *context, const char *message),
	       void *context, struct crmval_error *error);
void trend_close(struct trend *trend);

/* Reads the last of each job, so that the text has titles, in a language; NULL: as the plugins have them. */
int trend_read_titles(struct trend *trend, const char *path, const char *language,
		      void (*damaged)(void *context, const char *message), void *context, struct crmval_error *error);

/* Eight heights for values from the least to the greatest, at least `span` apart; NaN: a space.  text: 3 bytes each. */
void trend_sparkline(const double *values, size_t count, double span, char *text);

void trend_text(const struct trend *trend, struct output *output, const struct report_style *style);
int trend_json(const struct trend *trend, struct output *output, struct crmval_error *error);
int trend_csv(const struct trend *trend, struct output *output, struct crmval_error *error);

#endif
