/* SPDX-License-Identifier: MIT */
/* Whether the ids of a table are numbers, and which: seen in two passes. */
#include "dense.h"

#include "error.h"
#include "parallel.h"

#include <stdatomic.h>
#include <stdlib.h>

#define BLOCK UINT64_C(65536)
#define STEP 16 /* of many ids, one of so many shows their form; the second pass shows whether it is the form of all */
#define LENGTHS (IDENT_CHECKED + 1)
#define LETTER IDENT_EACH(0x20) /* the bit that tells small letters from capitals */

/* What a thread saw of the ids of one length. */
struct seen {
	struct ident one, differ;     /* one of them, and the bits that are another in some */
	struct ident capitals, small; /* LETTER of bytes that are so in some */
	uint64_t least, most;
};

struct survey {
	struct dense *dense;
	const struct ident *ids;
	uint64_t count;
	struct seen (*seen)[LENGTHS]; /* by thread */
	unsigned threads;
	atomic_int is_over; /* they are not of this kind */
};

static int goes_on(const struct survey *survey)
{
	return !atomic_load_explicit(&survey->is_over, memory_order_relaxed);
}

static uint64_t end_of(const struct survey *survey, uint64_t block)
{
	return survey->count - block * BLOCK < BLOCK ? survey->count : (block + 1) * BLOCK;
}

/* Of letters and digits those with bit 6 are letters.  Of anything else dense_number() will know. */
static void look_at(struct seen *seen, struct ident id)
{
	if (ident_is_none(seen->one))
		seen->one = id;
	seen->differ.low |= id.low ^ seen->one.low;
	seen->differ.high |= id.high ^ seen->one.high;
	seen->capitals.low |= id.low >> 1 & ~id.low & LETTER;
	seen->capitals.high |= id.high >> 1 & ~id.high & LETTER;
	seen->small.low |= id.low >> 1 & id.low & LETTER;
	seen->small.high |= id.high >> 1 & id.high & LETTER;
}

static int look_at_block(void *context, unsigned thread, uint64_t block, struct crmval_error *error)
{
	(void)error;
	struct survey *survey = context;
	uint64_t step = survey->count < BLOCK ? 1 : STEP;
	for (uint64_t i = block * BLOCK, end = end_of(survey, block); i < end && goes_on(survey); i += step) {
		struct ident id = survey->ids[i];
		if (id.high >> 56 > IDENT_CHECKED)
			atomic_store(&survey->is_over, 1);
		else if (!ident_is_none(id))
			look_at(&survey->seen[thread][id.high >> 56], id);
	}
	return CRMVAL_OK;
}

static int count_block(void *context, unsigned thread, uint64_t block, struct crmval_error *error)
{
	(void)error;
	struct survey *survey = context;
	for (uint64_t i = block * BLOCK, end = end_of(survey, block); i < end && goes_on(survey); i++) {
		struct ident id = survey->ids[i];
		if (ident_is_none(id))
			continue;
		uint64_t length = id.high >> 56 <= IDENT_CHECKED ? id.high >> 56 : 0; /* of which no form is */
		const struct dense_form *form = &survey->dense->forms[length];
		struct seen *seen = &survey->seen[thread][length];
		uint64_t number = form->base ? dense_number(form, id) : DENSE_NONE;
		if (number == DENSE_NONE)
			atomic_store(&survey->is_over, 1);
		seen->least = number < seen->least ? number : seen->least;
		seen->most = number > seen->most ? number : seen->most;
	}
	return CRMVAL_OK;
}

/* What all threads saw of a length. */
static struct seen add_up(const struct survey *survey, uint32_t length)
{
	struct seen all = {.least = UINT64_MAX};
	for (unsigned t = 0; t < survey->threads; t++) {
		const struct seen *seen = &survey->seen[t][length];
		if (!ident_is_none(seen->one))
			look_at(&all, seen->one);
		all.differ.low |= seen->differ.low;
		all.differ.high |= seen->differ.high;
		all.capitals.low |= seen->capitals.low;
		all.capitals.high |= seen->capitals.high;
		all.small.low |= seen->small.low;
		all.small.high |= seen->small.high;
		all.least = seen->least < all.least ? seen->least : all.least;
		all.most = seen->most > all.most ? seen->most : all.most;
	}
	return all;
}

/* All bits of those bytes that have any. */
static uint64_t whole_bytes(uint64_t bits)
{
	bits |= bits >> 4 & IDENT_EACH(0x0f);
	bits |= bits >> 2 & IDENT_EACH(0x03);
	bits |= bits >> 1 & IDENT_EACH(0x01);
	return (bits & IDENT_EACH(1)) * 0xff;
}

/* The form of the ids of a length; -1: not all that differs is in the last eight bytes. */
static int find_form(struct dense_form *form, const struct seen *seen, uint32_t length)
{
	uint64_t low = whole_bytes(seen->differ.low), high = whole_bytes(seen->differ.high);
	form->shift = 8 * (16 - (length < IDENT_WHOLE ? length : IDENT_WHOLE));
	form->digits = dense_last(form, (struct ident){low, high});
	form->same = seen->one;
	form->which = (struct ident){~low, ~high};
	int has_small = ((seen->small.low & low) | (seen->small.high & high)) != 0;
	int has_capitals = ((seen->capitals.low & low) | (seen->capitals.high & high)) != 0;
	form->no_small = has_small ? 0 : IDENT_EACH(1);
	form->no_letters = has_small || has_capitals ? 0 : IDENT_EACH(1);
	form->base = has_small ? 62 : has_capitals ? 36 : 10;
	form->squared = form->base * form->base;
	form->fourth = form->squared * form->squared;
	return __builtin_popcountll(low) + __builtin_popcountll(high) == __builtin_popcountll(form->digits) ? 0 : -1;
}

static void find_forms(struct survey *survey)
{
	for (uint32_t length = 1; length < LENGTHS; length++) {
		struct seen all = add_up(survey, length);
		if (!ident_is_none(all.one) && find_form(&survey->dense->forms[length], &all, length) < 0)
			atomic_store(&survey->is_over, 1);
	}
}

/* Slots for all numbers from the least to the most of each length, if they are no more than that. */
static void find_slots(const struct survey *survey, uint64_t slots_most)
{
	uint64_t slots = 0;
	for (uint32_t length = 1; length < LENGTHS; length++) {
		struct dense_form *form = &survey->dense->forms[length];
		struct seen all = add_up(survey, length);
		if (ident_is_none(all.one))
			continue;
		if (all.most - all.least >= slots_most - slots)
			return;
		form->least = all.least;
		form->count = all.most - all.least + 1;
		form->first = slots;
		slots += form->count;
	}
	survey->dense->slots = slots;
}

int dense_plan(struct dense *dense, const struct ident *ids, uint64_t count, uint64_t slots_most, unsigned threads,
	       struct crmval_error *error)
{
	struct survey survey = {.dense = dense, .ids = ids, .count = count, .threads = threads};
	uint64_t blocks = (count + BLOCK - 1) / BLOCK;
	*dense = (struct dense){.slots = 0};
	survey.seen = calloc(threads, sizeof *survey.seen);
	if (!survey.seen)
		return fail_memory(error);
	for (unsigned t = 0; t < threads; t++)
		for (uint32_t length = 0; length < LENGTHS; length++)
			survey.seen[t][length].least = UINT64_MAX;
	int code = parallel_run(threads, blocks, look_at_block, &survey, error);
	if (code == CRMVAL_OK)
		find_forms(&survey);
	if (code == CRMVAL_OK)
		code = parallel_run(threads, blocks, count_block, &survey, error);
	if (code == CRMVAL_OK && goes_on(&survey))
		find_slots(&survey, slots_most);
	free(survey.seen);
	return code;
}
