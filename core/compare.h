/* SPDX-License-Identifier: MIT */
/*
 * Why the score moved: the difference of the overall scores of two results as a sum of effects of what differs in them,
 * and in the same way that of each dimension, indicator and measure, for the company and for each unit of a breakdown.
 * What belongs together is told by ids.  compare_mean.h and compare_measure.h say how the sums are taken; from node to node
 * upward a part is multiplied by what a point of the node is worth in its parent.
 */
#ifndef COMPARE_H
#define COMPARE_H

#include "score.h"

struct mean_child;

enum change_effect {
	CHANGE_NUMERATOR,
	CHANGE_DENOMINATOR,
	CHANGE_BASELINE, /* its value, of the data */
	CHANGE_MISSING,  /* of a node: its score is in one of the two only, for want of data; the last of the data */
	CHANGE_STATED_BASELINE, /* the job states it, in one of the two at least */
	CHANGE_DAYS,            /* lengths of windows, where values count by the day */
	CHANGE_SCALE,
	CHANGE_BASIS,
	CHANGE_DEFINITION, /* the measure is of another kind */
	CHANGE_WEIGHT,
	CHANGE_ABSENT,       /* the node itself is in one of the two only */
	CHANGE_MIN_COVERAGE, /* the node is rated in one only, for the sake of it */
	CHANGE_POLICY,       /* what missing data count, score.missing */
	CHANGE_AGGREGATION,
	CHANGE_EFFECTS
};
extern const char *const change_effect_names[CHANGE_EFFECTS];

/* Effects of the data, not of how they are judged. */
int change_is_of_data(enum change_effect effect);

enum change_level { CHANGE_OVERALL, CHANGE_DIMENSION, CHANGE_INDICATOR, CHANGE_MEASURE, CHANGE_LEVELS };

/* The overall score, a dimension, an indicator or a measure of either result. */
struct change_node {
	enum change_level level;
	struct change_node *parent;    /* NULL: the overall score */
	int places[2];                 /* in the lists of the old and the new scorecard; -1: not there */
	const char *id, *title;        /* as in the new result where it is there; NULL of the overall score */
	const struct score *score[2];  /* as the cards have it; NULL: not there */
	struct estimate change;        /* points of its own score as published; none: one of the two has none */
	struct estimate points;        /* all its parts together, in points of the overall score */
	uint32_t first_part, end_part; /* while parts are found */
};

struct change_part {
	const struct change_node *node;
	enum change_effect effect;
	double numbers[2]; /* what differs: sums, days, normalised weights ...; NaN where it is no number */
	/* In points of the overall score, of the dimension's own, the indicator's, the measure's; none: it is no part of it. */
	struct estimate points[CHANGE_LEVELS];
};

struct change {
	const struct result *results[2]; /* old, new */
	struct scorecard *cards[2];
	uint32_t node_count, part_count;
	struct change_node *nodes; /* each before its children: first the overall score; an empty one behind the last */
	struct change_part *parts; /* those of children before their parent's; without those that are 0 */
	struct change_node **children; /* room to list the children of a node ... */
	struct mean_child *room;       /* ... and for what they do to it */
};

/* The results must outlive it.  CRMVAL_EDATA: they have nothing to compare. */
int change_new(const struct result *old, const struct result *new, struct change **change, struct crmval_error *error);
void change_free(struct change *change);

/* Fills it for the company. */
void change_company(struct change *change);

/* A unit of a breakdown by its places in the two results; -1: not there. */
struct change_unit {
	int places[2];
	const char *name;
};

/* Fills it for a unit that is there on one side at least. */
void change_scope(struct change *change, int breakdown, struct change_unit unit);

/* Both results have the breakdown. */
int change_has_breakdown(const struct change *change, int breakdown);

/*
 * The units of either result, one after the other in the order of results; starts from 0 and 0 in *next, and returns 0
 * after the last.
 */
int change_next_unit(const struct change *change, int breakdown, uint32_t next[2], struct change_unit *unit);

/* More than chance: 0 is outside the 95 % interval. */
int change_is_moved(struct estimate points);

#endif
