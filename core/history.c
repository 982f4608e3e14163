/* SPDX-License-Identifier: MIT */
/* Reading a job's past from an archive. */
#include "history.h"

#include "archive_last.h"
#include "error.h"
#include "trend.h"

#include <stdlib.h>
#include <string.h>

/* Trends are sorted by job, end of the period, time of the run. */
static int take_points(struct history *history, const struct trend *trend, const char *job, int64_t instant,
		       struct crmval_error *error)
{
	history->points = calloc(trend->count + 1, sizeof *history->points);
	if (!history->points)
		return fail_memory(error);
	for (size_t i = 0; i < trend->count; i++) {
		const struct snapshot_header *header = &trend->points[i].header;
		if (strcmp(header->job, job) != 0 || header->made > instant || isnan(header->overall.score))
			continue;
		if (history->count == 0 || history->points[history->count - 1].to != header->period.to)
			history->count++;
		history->points[history->count - 1] = (struct history_point){header->period.to, header->overall.score,
									     header->overall.low, header->overall.high};
	}
	return CRMVAL_OK;
}

int history_open(const char *directory, const char *job, int64_t instant,
		 void (*damaged)(void *context, const char *message), void *context, struct history **out,
		 struct crmval_error *error)
{
	struct archive archive = ARCHIVE_CLOSED;
	struct trend trend = {0};
	struct history *history = calloc(1, sizeof *history);
	*out = NULL;
	if (!history)
		return fail_memory(error);
	int code = trend_open(&trend, directory, damaged, context, error);
	if (code == CRMVAL_OK)
		code = take_points(history, &trend, job, instant, error);
	if (code == CRMVAL_OK)
		code = archive_open(&archive, directory, error);
	if (code == CRMVAL_OK)
		code = archive_last(&archive, job, instant, damaged, context, &history->before, error);
	archive_close(&archive);
	trend_close(&trend);
	if (code != CRMVAL_OK) {
		history_free(history);
		return code == CRMVAL_ENOINPUT ? CRMVAL_OK : code;
	}
	*out = history;
	return CRMVAL_OK;
}

void history_free(struct history *history)
{
	if (!history)
		return;
	snapshot_free(history->before);
	free(history->points);
	free(history);
}
