/* SPDX-License-Identifier: MIT */
/* Rollups: values that rows get from the many rows that refer to them. */
#ifndef ROLLUP_H
#define ROLLUP_H

#include "path.h"

/* A rollup of a view, bound to the model. */
struct rollup {
	const struct crmval_rollup *table;
	uint32_t entity; /* whose rows */
	uint32_t view_entity;
	struct route by, of, date, per, ended, until_own; /* count 0 where the table has none */
	enum field_type type;                             /* of the result: FIELD_NUMBER, _DATE, _SYMBOL or _FLAG */
	const char *const *words;                         /* the set, ended by NULL; NULL: any */
	uint32_t word_count;
	struct region
		values[2]; /* by window: one value per row of the view's entity; one in all where there is no `by`; of a
			      timeless rollup the same memory */
};

int rollup_bind(struct rollup *rollup, const struct crmval_rollup *table, uint32_t view_entity, const char *owner,
		struct crmval_error *error);
int rollup_want(const struct rollup *rollup, struct data *data, struct crmval_error *error);

/* Is its result the same for every window? */
int rollup_is_timeless(const struct rollup *rollup, const struct data *data);

void rollup_close(struct rollup *rollup);

/* The numbers 1.. of words among the codes of a symbol field: translation[code], by count + 1 entries; 0 for code 0, one more
   than the number of words for any other.  NULL: out of memory; freed by the caller. */
uint32_t *symbol_translation(const struct data *data, const struct route *route, const char *const *words,
			     uint32_t *count);

#endif
