/* SPDX-License-Identifier: MIT */
/*
 * Ids that are little else than numbers: all of one length have the same bytes but for some among the last eight, which
 * are digits of base 10, 36 (with capitals) or 62 (with all letters), and most of these numbers are there.  Then a table
 * by number says where a row is, and nothing has to be hashed and compared.  Exports are mostly so, since their ids were
 * handed out one by one.
 */
#ifndef DENSE_H
#define DENSE_H

#include "ident.h"

#include "crmval/plugin.h"

#define DENSE_NONE UINT64_MAX

/* Ids of one length. */
struct dense_form {
	struct ident same, which;      /* what they have in common, in these bytes, */
	uint64_t digits;               /* and in which of the last eight bytes they differ */
	uint64_t no_letters, no_small; /* bit 0 of all bytes: these are no digits */
	uint64_t base, squared, fourth;
	uint64_t least, count; /* of the numbers: from the least on; 0: there are no ids of this length */
	uint64_t first;        /* the slot of the least */
	uint32_t shift;        /* what brings the last byte to the end of an ident */
};

struct dense {
	struct dense_form forms[IDENT_CHECKED + 1];
	uint64_t slots; /* of all forms; 0: the ids are not of this kind */
};

/* The last eight bytes of an id's text. */
static inline uint64_t dense_last(const struct dense_form *form, struct ident id)
{
	return (uint64_t)(((unsigned __int128)id.high << 64 | id.low) << form->shift >> 64);
}

/*
 * The number of an id of the form's length, or DENSE_NONE.  A byte with bit 6 is taken for a letter, with bit 5 for a small
 * one, any other for a digit; it is one if it is at most so far behind the first of these.  Where one is not, the carry may
 * spoil what is behind it, which does not matter then.
 */
static inline uint64_t dense_number(const struct dense_form *form, struct ident id)
{
	const uint64_t ones = IDENT_EACH(1), zeros = IDENT_EACH('0');
	uint64_t word = (dense_last(form, id) & form->digits) | (zeros & ~form->digits);
	uint64_t letters = word >> 6 & ones, small = word >> 5 & letters;
	word -= zeros + letters * ('A' - '0') + small * ('a' - 'A');
	uint64_t odd = (word | (word + IDENT_EACH(0x7f - 9) - letters * (25 - 9))) & IDENT_EACH(0x80);
	odd |= (letters & form->no_letters) | (small & form->no_small);
	odd |= ((id.low ^ form->same.low) & form->which.low) | ((id.high ^ form->same.high) & form->which.high);
	if (odd)
		return DENSE_NONE;
	word += letters * 10 + small * 26;
	word = (word & UINT64_C(0x00ff00ff00ff00ff)) * form->base + (word >> 8 & UINT64_C(0x00ff00ff00ff00ff));
	word = (word & UINT64_C(0x0000ffff0000ffff)) * form->squared + (word >> 16 & UINT64_C(0x0000ffff0000ffff));
	return (word & UINT32_MAX) * form->fourth + (word >> 32);
}

/* The slot of an id, or DENSE_NONE: no row has it. */
static inline uint64_t dense_slot(const struct dense *dense, struct ident id)
{
	uint64_t length = id.high >> 56;
	if (length > IDENT_CHECKED)
		return DENSE_NONE;
	const struct dense_form *form = &dense->forms[length];
	uint64_t place = dense_number(form, id) - form->least;
	return place < form->count ? form->first + place : DENSE_NONE;
}

/* Looks whether ids, those that are none aside, are of this kind, and take no more than so many slots. */
int dense_plan(struct dense *dense, const struct ident *ids, uint64_t count, uint64_t slots_most, unsigned threads,
	       struct crmval_error *error);

#endif
