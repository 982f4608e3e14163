/* SPDX-License-Identifier: MIT */
/* From tallies to scores (evaluation model, section 4): a scorecard is made once and filled anew for each scope. */
#ifndef SCORE_H
#define SCORE_H

#include "arena.h"
#include "estimate.h"
#include "reach.h"
#include "result.h"

/*
 * What goes upward, unrounded.  The gain is taken over the measures that have both a score and a before, so that the two
 * sides of it are aggregated apart from the score and the before that are shown.
 */
enum score_part { SCORE_NOW, SCORE_BEFORE, SCORE_NOW_OF_BOTH, SCORE_BEFORE_OF_BOTH, SCORE_PARTS };

/* Of a measure, an indicator, a dimension or all of them.  Numbers that do not exist are NaN. */
struct score {
	double weight;           /* normalised within the parent; 0 where all of them are 0 */
	double coverage;         /* 0..1; this and what follows as published: rounded to 10 decimals */
	double score, low, high; /* low and high: 95 % */
	double before, gained, gained_low, gained_high;
	const char *reason; /* why there is no score; NULL where there is one */
	struct estimate parts[SCORE_PARTS];
	struct reach reaches[SCORE_PARTS]; /* 0 unless the job asks for cautious ranges */
	double exact_coverage;
};

enum measure_status { MEASURE_OK, MEASURE_NO_DATA, MEASURE_FAILED };
extern const char *const measure_status_names[]; /* "ok", "no_data", "failed" */
extern const char *const basis_names[];          /* by CRMVAL_VALUE ...: "value", "growth", "change" */

/* Reasons of a node, by which one can tell them. */
extern const char score_no_weight[];   /* all weights in it are 0 */
extern const char score_no_coverage[]; /* under score.min_coverage */
extern const char score_incomplete[];  /* score.missing is "fail" */

struct scored_window {
	int is_counted; /* 0: nothing was added up (not mapped, failed, or stated by the job), so no rows and no sums */
	uint64_t rows;
	double numerator, denominator; /* denominator NaN: a sum has none */
	struct estimate value;
	struct moments moments; /* of no row where none were counted, or the job does not ask for cautious ranges */
};

struct scored_measure {
	enum measure_status status; /* why not ok: score.reason */
	struct scored_window period, baseline;
	int has_baseline; /* 0: nobody gave one, neither the data nor the job */
	double basis_value;
	struct score score;
};

struct scorecard {
	const struct result *result;
	struct score overall;
	struct score *dimensions;  /* as result.dimensions */
	struct score *indicators;  /* those of dimension d start at first_indicator[d] */
	uint32_t *first_indicator; /* one more than dimensions, so that the last tells how many indicators there are */
	struct scored_measure *measures; /* as result.measures */
	struct score **children;         /* room to list the children of a node */
	struct arena arena;              /* of all this, which no plugin is to see */
};

/* As published: to 10 decimals. */
double score_rounded(double x);

/* Whether the basis sets sums of windows of other lengths against each other: by the day. */
int score_is_daily(const struct result_measure *measure);

/* The result must outlive the card. */
int score_new(const struct result *result, struct scorecard **card, struct crmval_error *error);
void score_free(struct scorecard *card);

/*
 * Fills the card for a unit of a breakdown, or for the company (breakdown -1).  Fails only for the company, with
 * CRMVAL_EDATA: something is missing, and the job says that nothing may be; the card is filled nevertheless.
 */
int score_scope(struct scorecard *card, int breakdown, uint32_t unit, struct crmval_error *error);

#endif
