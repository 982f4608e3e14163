/* SPDX-License-Identifier: MIT */
/* Why the score moved, written as JSON, CSV or text. */
#ifndef REPORT_CHANGE_H
#define REPORT_CHANGE_H

#include "report.h"
#include "restate.h"
#include "screen.h"

/* Writes nothing for FORMAT_NONE. */
int report_change_write(enum job_format format, struct change *change, FILE *stream, const struct report_style *style,
			struct crmval_error *error);

/* One for each format.  restate: NULL where no history was told anew.  The change is filled for the company. */
int report_change_json(struct change *change, const struct restate *restate, struct output *output,
		       struct crmval_error *error);
int report_change_csv(struct change *change, struct output *output, struct crmval_error *error);
int report_change_text(struct change *change, const struct restate *restate, struct output *output,
		       const struct report_style *style, struct crmval_error *error);

/* The ids of a part's place; NULL: it is not as deep. */
const char *report_change_id(const struct change_node *node, enum change_level level);

/* A 95 % interval, within -100..100. */
double report_change_low(struct estimate points);
double report_change_high(struct estimate points);

/* "moved" or "noise"; NULL of what is none. */
const char *report_change_verdict(struct estimate points);

#endif
