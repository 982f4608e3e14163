/* SPDX-License-Identifier: MIT */
/* Expressions of a mapping: a value, or a condition, from the cells of a row.  crmval.conf(5) describes the language. */
#ifndef EXPRESSION_H
#define EXPRESSION_H

#include "arena.h"
#include "crmval/plugin.h"

#include <stdint.h>

enum {
	EXPRESSION_SIZE_LIMIT = 4096, /* bytes */
	EXPRESSION_DEPTH_LIMIT = 64,  /* of brackets, signs and "not" */
	EXPRESSION_USE_LIMIT = 64     /* different columns and lookups */
};

/* A value: bytes, not ended by NUL, without white space at its ends.  Length 0: missing; at may then be NULL. */
struct cell_text {
	const char *at;
	uint32_t length;
};

struct expression_use {
	const char *lookup; /* NULL: a column of the row itself */
	const char *column; /* NULL: whether the lookup finds a row */
};

struct expression_node;

/* Constant once parsed, and so shared by all threads. */
struct expression {
	uint32_t use_count;
	const struct expression_use *uses; /* each once, in order of appearance, a lookup after what its key uses */
	const struct expression_node *root;
};

/*
 * The text may be anything.  What *out points to lives in the arena and needs the text no more.  CRMVAL_ECONF: the
 * message says at which character, counted from 1; CRMVAL_ENOMEM.
 */
int expression_parse(const char *text, struct arena *arena, const struct expression **out, struct crmval_error *error);

/*
 * Can it have a value at all?  is_present says for each use whether the column is there; of a lookup's use, whether its
 * table, what it is grouped by, and its column are.
 */
int expression_is_available(const struct expression *expression, const uint8_t *is_present);

/* Memory for values that are made, by arithmetic and concat; one per thread. */
struct expression_scratch;
struct expression_scratch *expression_scratch_new(void);          /* NULL: out of memory */
void expression_scratch_free(struct expression_scratch *scratch); /* may be NULL */
/* Gives back all values that were made with it; cheap enough for every row. */
void expression_scratch_reset(struct expression_scratch *scratch);
/* Was it ever out of memory?  Then values since are missing that should not be.  A reset does not change the answer. */
int expression_scratch_failed(const struct expression_scratch *scratch);

/* The row that an expression is computed for; the caller fills it. */
struct expression_row {
	/* Both are asked for uses that are present, and give a trimmed cell.  The key is never missing; where the use
	   has no column, a row that is found is 'true'. */
	struct cell_text (*column)(void *context, uint32_t use);
	struct cell_text (*lookup)(void *context, uint32_t use, struct cell_text key);
	void *context;
	struct cell_text currency; /* of the job */
	const uint8_t *is_present; /* by use, as above */
	struct expression_scratch *scratch;
	uint64_t *unreadable; /* counts cells that stand where a flag should, and are none; NULL: nobody does */
};

/* [worker] The value points into the row's cells, the expression, or the scratch. */
struct cell_text expression_value(const struct expression *expression, const struct expression_row *row);
/* Is its value a number that is computed, whatever the cells are? */
int expression_is_arithmetic(const struct expression *expression);
/* [worker] Of such an expression, the number that its value reads as.  0: it is missing. */
int expression_number(const struct expression *expression, const struct expression_row *row, double *number);
/* The use of the column that it consists of; -1: it is anything else. */
int32_t expression_column(const struct expression *expression);
/* [worker] Does it hold, as a condition? */
int expression_holds(const struct expression *expression, const struct expression_row *row);

/*
 * Less than 0, 0, or greater; both must not be missing.  A strict weak order of all values: first what
 * reads as a number, by its double, then texts, by their bytes.  [worker]
 */
int expression_compare(struct cell_text a, struct cell_text b);

#endif
