/* SPDX-License-Identifier: MIT */
/* What the dimensions share: typed columns, observations, days, and the model's readings of an opportunity. */
#ifndef DIMENSIONS_COMMON_H
#define DIMENSIONS_COMMON_H

#include <crmval/plugin.h>

#include <math.h>
#include <string.h>

#define COUNT(array) ((uint32_t)(sizeof(array) / sizeof((array)[0])))

/*
 * Of a view's function, with all that it calls: it is compiled once more for processors with AVX2, which look at four rows at a
 * time there.  The arithmetic is the same to the bit.  Which of the two it is, is asked while the plugin is loaded, before a
 * sanitizer has begun to work.
 */
#if defined __GNUC__ && !defined __clang__ && defined __x86_64__ && defined __GLIBC__ &&                               \
	!defined __SANITIZE_ADDRESS__ && !defined __SANITIZE_THREAD__
#define WIDE __attribute__((target_clones("avx2", "default"), flatten))
#else
#define WIDE
#endif

/* ---- columns: which accessor fits is what the input's `as` says ---- */

static inline const int32_t *references(const struct crmval_batch *batch, uint32_t input)
{
	return batch->columns[input].data;
}

static inline const uint32_t *symbols(const struct crmval_batch *batch, uint32_t input)
{
	return batch->columns[input].data;
}

static inline const int32_t *dates(const struct crmval_batch *batch, uint32_t input)
{
	return batch->columns[input].data;
}

static inline const double *numbers(const struct crmval_batch *batch, uint32_t input)
{
	return batch->columns[input].data;
}

static inline const int8_t *flags(const struct crmval_batch *batch, uint32_t input)
{
	return batch->columns[input].data;
}

/* Of CRMVAL_FILLED, CRMVAL_EMAIL and CRMVAL_PHONE. */
static inline const uint8_t *texts(const struct crmval_batch *batch, uint32_t input)
{
	return batch->columns[input].data;
}

/* ---- observations: both write every row ----
 *
 * Which rows apply cannot be foretold, and a wrong guess costs more than a row's whole arithmetic: nothing here branches, and
 * conditions are joined by & and |.
 */

/* The number, or the other. */
static inline double choose(int applies, double number, double other)
{
	uint64_t yes, no, mask = -(uint64_t)(applies != 0);
	memcpy(&yes, &number, sizeof yes);
	memcpy(&no, &other, sizeof no);
	yes = (yes & mask) | (no & ~mask);
	memcpy(&number, &yes, sizeof number);
	return number;
}

static inline void observe_ratio(const struct crmval_observations *out, uint32_t row, int applies, double numerator,
				 double denominator)
{
	out->numerator[row] = choose(applies, numerator, NAN);
	out->denominator[row] = choose(applies, denominator, 0);
}

static inline void observe_sum(const struct crmval_observations *out, uint32_t row, int applies, double numerator)
{
	out->numerator[row] = choose(applies, numerator, NAN);
}

/* ---- numbers ---- */

static inline double or_zero(double number)
{
	return choose(!isnan(number), number, 0);
}

/* Missing counts as the least. */
static inline double clamp(double number, double least, double most)
{
	return choose(number > least, choose(number < most, number, most), least);
}

/* A contact's influence as a weight. */
static inline double influence_weight(double influence)
{
	return clamp(influence, 1, 5);
}

/* ---- days: CRMVAL_NO_DATE is before every day, so `date >= day` is false of it and `date <= day` is true ---- */

static inline int is_within(int32_t date, const struct crmval_window *window)
{
	return (date >= window->from) & (date <= window->to);
}

/* Somebody has looked at the record not too long before the window's end. */
static inline int is_verified(int32_t verified_on, const struct crmval_window *window, int32_t within_days)
{
	return (verified_on >= window->to - within_days) & (verified_on <= window->to);
}

/* ---- references ---- */

/* An account that is missing or dangling is the same as none. */
static inline int is_same_account(int32_t account, int32_t other)
{
	return (account >= 0) & (account == other);
}

/* ---- opportunities ---- */

enum { OUTCOME_NONE, OUTCOME_WON };
#define OUTCOME_WORDS ((const char *const[]){"won", "lost", "abandoned", NULL})

static inline int is_active(int32_t approved_on, int32_t closed_on, uint32_t outcome,
			    const struct crmval_window *window)
{
	int is_over = (outcome != OUTCOME_NONE) & (closed_on != CRMVAL_NO_DATE) & (closed_on < window->from);
	return (approved_on != CRMVAL_NO_DATE) & (approved_on <= window->to) & !is_over;
}

static inline int is_closed(int32_t closed_on, uint32_t outcome, const struct crmval_window *window)
{
	return (outcome != OUTCOME_NONE) & is_within(closed_on, window);
}

/* ---- parameters ---- */

static inline int is_same_word(const char *word, const char *other)
{
	for (;; word++, other++) {
		int letter = *word >= 'A' && *word <= 'Z' ? *word - 'A' + 'a' : *word;
		int against = *other >= 'A' && *other <= 'Z' ? *other - 'A' + 'a' : *other;
		if (letter != against)
			return 0;
		if (letter == 0)
			return 1;
	}
}

/* How many words a list has, one that stands in it twice counted once. */
static inline uint32_t count_words(const struct crmval_value *list)
{
	uint32_t count = 0;
	for (uint32_t i = 0; i < list->word_count; i++) {
		uint32_t earlier = 0;
		while (earlier < i && !is_same_word(list->words[earlier], list->words[i]))
			earlier++;
		count += earlier == i;
	}
	return count;
}

#endif
