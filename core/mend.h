/* SPDX-License-Identifier: MIT */
/*
 * A mend: another value for something that a view reads of a row, so that the row falls short no more.
 *
 * Nothing needs to be known of a plugin for it: evaluating is a pure function of the columns, so the core finds what is
 * missing or wrong by putting other values in and looking at the observations.
 */
#ifndef MEND_H
#define MEND_H

#include "batch.h"

enum mend_kind {
	MEND_FILL,   /* any text, or word; of an e-mail address and a phone number one that is right */
	MEND_FIT,    /* a reference: a row that is there and belongs to the same customer */
	MEND_DATE,   /* at that day */
	MEND_NUMBER, /* that number */
	MEND_FLAG,   /* yes or no */
	MEND_WORD    /* that word of the input's set */
};

struct mend_value {
	enum mend_kind kind;
	int32_t date;
	uint32_t word; /* its place in the set */
	double number; /* of a flag 0 or 1 */
};

/* What a mend changes. */
struct mend {
	uint32_t dimension, view, input;
	int is_missing; /* nothing stands there; else something wrong does */
	struct mend_value value;
	uint64_t instead; /* inputs of the view that are missing, and would do as well, by bit */
};

/* A field of the row itself, not one that it gets from other rows. */
static inline int mend_is_own(const struct bound_input *input)
{
	return !input->rollup && input->route.paths[0].hop_count == 0;
}

/* Does a mend of one input, of a view of the same entity, change what another one reads? */
int mend_is_same(const struct bound_input *mended, const struct bound_input *other);

/* Does an input read something of the row that a reference, which is mended, leads to? */
int mend_is_behind(const struct bound_input *mended, const struct bound_input *other);

/* Bytes of an input's value as it is delivered. */
size_t mend_width(const struct bound_input *input);

/* Is nothing there, in a column as it is delivered? */
int mend_is_missing(const struct bound_input *input, const void *column, uint32_t i);

/* Puts a value where an input's column is delivered.  words: those of the mended input. */
void mend_put(const struct bound_input *input, const struct mend_value *value, const char *const *words, void *column,
	      uint32_t i);

/*
 * After a reference of row i was mended: what is behind it becomes what fits.  columns: of all inputs, to be written.
 */
void mend_put_behind(const struct bound_view *view, const struct bound_input *mended, void *const *columns, uint32_t i);

/* Do other rows of the data read this field, so that mending it has effects beyond its row? */
int mend_reaches_others(const struct bound_dimension *dimensions, uint32_t count, const struct bound_input *mended);

#endif
