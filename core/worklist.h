/* SPDX-License-Identifier: MIT */
/*
 * The work list: rows that fall short in a measure, by what mending them would bring.
 *
 * After a run the dimensions look at their rows three times more, confined as ever: to find the rows that fall short and
 * what each is worth, to find what is to be mended in those that are listed, and to see what becomes of them then.  What
 * comes of it is scored anew from the run's own sums.
 */
#ifndef WORKLIST_H
#define WORKLIST_H

#include "mend.h"
#include "run.h"
#include "whatif.h"

struct worklist_limits {
	uint32_t rows;        /* in all */
	uint32_t per_owner;   /* of one employee; 0: any */
	uint32_t per_measure; /* of those that gain most in one measure; 0: any */
	int measure;          /* as in result.measures; -1: all */
};

/* How a row falls short. */
struct worklist_shortfall {
	uint32_t measure;
	struct observation is;
	int is_beyond; /* no value of a field mends it */
};

struct worklist_item {
	uint32_t entity, row;
	uint32_t measure;                    /* in which it gains most */
	double expected;                     /* points, by which it was chosen */
	double points;                       /* that the company's score would gain */
	double unit_points[BREAKDOWN_COUNT]; /* that the scores of its units would */
	uint32_t unit[BREAKDOWN_COUNT];      /* as units_of() has it */
	uint32_t shortfall_count, mend_count;
	struct worklist_shortfall *shortfalls;
	struct mend *mends;
	uint32_t change_count;
	struct whatif_change *changes;
};

struct worklist {
	const struct run *run;
	uint64_t row_count; /* that fall short; where is_cut, there are more */
	int is_cut;
	uint32_t item_count;
	struct worklist_item *items; /* the most points first */
	struct arena arena;
};

/* The run was opened with overrides.shows_rows, and evaluated. */
int worklist_make(struct worklist *worklist, struct run *run, const struct worklist_limits *limits,
		  struct crmval_error *error);
void worklist_free(struct worklist *worklist);

/* What an entity's row is called; "" where it has no such text. */
const char *worklist_id(const struct run *run, uint32_t entity, uint32_t row);
const char *worklist_name(const struct run *run, uint32_t entity, uint32_t row);

#endif
