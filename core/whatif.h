/* SPDX-License-Identifier: MIT */
/* What a scope's score would be, had some rows given other observations: the same sums but for theirs, scored anew. */
#ifndef WHATIF_H
#define WHATIF_H

#include "score.h"

/* What a row gives to a measure; a numerator that is NaN: it is none of the measure's rows. */
struct observation {
	double n, d;
};

/* A row's observation, and what it would be. */
struct whatif_change {
	uint32_t measure; /* as in result.measures */
	int window;
	struct observation from, to;
};

struct whatif {
	struct result result; /* the one that was given, but for the sums */
	const struct result *given;
	struct scorecard *card;
	struct moments *scope, *changed; /* of each measure, period and baseline */
	int breakdown;
	uint32_t unit;
	double score;       /* of the scope as it is, not rounded; NaN: it has none */
	struct arena arena; /* of all this, which no plugin is to see */
};

/* Starts with the company.  The result must outlive it. */
int whatif_new(const struct result *result, struct whatif **whatif, struct crmval_error *error);
void whatif_free(struct whatif *whatif);

/* Goes on with a unit of a breakdown, or with the company (breakdown -1). */
void whatif_scope(struct whatif *whatif, int breakdown, uint32_t unit);

/* The score of the scope after the changes, not rounded; the card is filled accordingly. */
double whatif_score(struct whatif *whatif, const struct whatif_change *changes, size_t count);

#endif
