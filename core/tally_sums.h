/* SPDX-License-Identifier: MIT */
/* What lies at a place of a tally, and what is added to it. */
#ifndef TALLY_SUMS_H
#define TALLY_SUMS_H

#include "tally.h"

static inline void count_merge(struct tally_count *into, const struct tally_count *from)
{
	into->no += from->no;
	into->yes += from->yes;
}

/*
 * Whether it fits; else nothing was added.  While the squares fit, so do the rest (Cauchy, Schwarz), unless a plugin wrote
 * where it should not; then the numbers are its own.
 */
static inline int small_merge(struct tally_small *into, const struct tally_small *from)
{
	int64_t nn, dd;
	if (__builtin_add_overflow(into->nn, from->nn, &nn) || __builtin_add_overflow(into->dd, from->dd, &dd))
		return 0;
	into->rows += from->rows;
	into->n = (int64_t)((uint64_t)into->n + (uint64_t)from->n);
	into->d = (int64_t)((uint64_t)into->d + (uint64_t)from->d);
	into->nn = nn;
	into->nd = (int64_t)((uint64_t)into->nd + (uint64_t)from->nd);
	into->dd = dd;
	return 1;
}

/* What was counted, as if it had been added up. */
static inline struct tally_small counts_as_small(const struct tally_count *count, int is_sum)
{
	int64_t yes = count->yes, rows = yes + count->no, of = is_sum ? 0 : rows;
	return (struct tally_small){(uint64_t)rows, yes, of, yes, is_sum ? 0 : yes, of};
}

static inline void wide_add_small(struct tally_wide *into, const struct tally_small *from)
{
	sum_add_integer(&into->n, from->n);
	sum_add_integer(&into->d, from->d);
	sum_add_integer(&into->nn, from->nn);
	sum_add_integer(&into->nd, from->nd);
	sum_add_integer(&into->dd, from->dd);
}

static inline void wide_merge(struct tally_wide *into, const struct tally_wide *from)
{
	sum_merge(&into->n, &from->n);
	sum_merge(&into->d, &from->d);
	sum_merge(&into->nn, &from->nn);
	sum_merge(&into->nd, &from->nd);
	sum_merge(&into->dd, &from->dd);
}

static inline void sum_merge_times(struct sum *into, const struct sum *term, uint32_t times)
{
	struct sum product = *term;
	sum_multiply(&product, times);
	sum_merge(into, &product);
}

/* So many fractions; of whole denominators words hold what they add up to. */
static inline void wide_add_times(struct tally_wide *into, const struct tally_wide *term, uint32_t times, int has_d)
{
	sum_merge_times(&into->n, &term->n, times);
	sum_merge_times(&into->nn, &term->nn, times);
	sum_merge_times(&into->nd, &term->nd, times);
	if (has_d) {
		sum_merge_times(&into->d, &term->d, times);
		sum_merge_times(&into->dd, &term->dd, times);
	}
}

#endif
