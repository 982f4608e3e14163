/* SPDX-License-Identifier: MIT */
/*
 * History told anew: where two results are of the same job and window, whether it is the data that differ, having come in or
 * been mended late, or the definitions that they are judged by.
 */
#ifndef RESTATE_H
#define RESTATE_H

#include "compare.h"

enum restate_cause { RESTATE_DATA, RESTATE_DEFINITIONS, RESTATE_EITHER, RESTATE_CAUSES };
extern const char *const restate_cause_names[RESTATE_CAUSES]; /* "late_data", "changed_definitions", "either" */

enum restate_kind {
	RESTATE_JOB,     /* the job file or the settings that override it; names no value */
	RESTATE_READING, /* the sources of the job and their mapping, but for where they lie; names no value */
	RESTATE_BASELINE,
	RESTATE_PROGRAM,   /* its version */
	RESTATE_PLUGIN,    /* its version */
	RESTATE_PARAMETER, /* of a dimension: "deal_control.verify_within_days" */
	RESTATE_ENTITY,    /* its rows, or what became of them */
	RESTATE_INPUT,     /* its bytes */
	RESTATE_KINDS
};
extern const char *const restate_kind_names[RESTATE_KINDS]; /* "job", "baseline", "program" ... */

/* Something that is not as it was. */
struct restate_item {
	enum restate_kind kind;
	char name[128];
	char values[2][128]; /* old and new; "" where it is not there */
};

struct restate {
	uint32_t count;
	struct restate_item *items;
	int are_data_same; /* every input by its SHA-256, and every count that does not depend on how they are read */
	int are_readers_same; /* the program, and the plugins that read the data */
	int is_reading_same;  /* the sources and how they become entities; where it is not known, the whole job */
	int is_baseline_same;
	int *is_dimension_same; /* of the new result's: plugin and parameters; else what numbers mean may differ */
	double points[RESTATE_CAUSES]; /* of the overall score */
};

/* The two are of the same job and the same period. */
int restate_is_one(const struct change *change);

/* The change was filled for the company. */
int restate_new(const struct change *change, struct restate **restate, struct crmval_error *error);
void restate_free(struct restate *restate);

/* What a part is owed to. */
enum restate_cause restate_cause(const struct restate *restate, const struct change_part *part);

#endif
