/* SPDX-License-Identifier: MIT */
/* What stands out in a company's scores: the indicators that are strongest, moved most, or would lift the score most. */
#ifndef FINDINGS_H
#define FINDINGS_H

#include "score.h"

enum { FINDINGS = 3 };

/* An indicator and what it is ranked by. */
struct finding {
	uint32_t dimension, indicator;
	double rank;
};

enum finding_kind {
	FINDING_STRONG, /* above the overall score; by the score */
	FINDING_GAINED, /* since the baseline, more than chance; by the points */
	FINDING_LOST,   /* the same, the other way */
	FINDING_LIFT    /* by the points that the overall score would rise if the indicator came to 100 */
};

/* The indicators that rank highest, best first.  Returns how many. */
int findings_find(const struct scorecard *card, enum finding_kind kind, struct finding findings[FINDINGS]);

const struct score *finding_score(const struct scorecard *card, const struct finding *finding);
const char *finding_title(const struct scorecard *card, const struct finding *finding);

/*
 * The measure that holds an indicator down most, after another one: -1 to begin with.  Returns -1 after the last that is
 * under 100.
 */
int finding_next_cause(const struct scorecard *card, const struct finding *finding, int after);

#endif
