/* SPDX-License-Identifier: MIT */
/* The parts of the text report that say what to make of it: what is good, what to do next, what is missing and why. */
#ifndef REPORT_FINDINGS_H
#define REPORT_FINDINGS_H

#include "score.h"
#include "screen.h"

/* A section's heading, after an empty line. */
void report_heading(struct screen *screen, const char *title);

/* Of the company's card: the strongest indicators, the gains and losses that are more than chance, what would lift most. */
void report_findings(struct screen *screen, const struct scorecard *card);

/* A value as people say it. */
void report_value_text(const struct result *result, const struct crmval_measure *table, double value, char text[80]);

/* Which measures to better by how much, so that the score comes to the target. */
int report_climb(struct screen *screen, const struct scorecard *card, double target, struct crmval_error *error);

/* Measures without data, by their reason; dimensions that failed. */
void report_missing(struct screen *screen, const struct scorecard *card);

/* How good the data are: what was refused, doubled, dangling, unreadable. */
void report_data(struct screen *screen, const struct result *result);

#endif
