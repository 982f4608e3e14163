/* SPDX-License-Identifier: MIT */
/*
 * Tallies: what a dimension's observations add up to, per measure, window, and unit of each breakdown.  They are merged in
 * any order to the same bits.
 */
#ifndef TALLY_H
#define TALLY_H

#include "job.h"
#include "sum.h"

/*
 * Observations that are small whole numbers, as most are, add up in machine words, in one line of the cache: 0 of 1 and 1 of
 * 1 are but counted ...
 */
struct tally_small {
	uint64_t no, yes;
	uint64_t rows; /* of all the others, also those that add up in tally_wide */
	int64_t n, d, nn, nd, dd;
};
#define TALLY_SMALL_LIMIT 32768 /* in magnitude, so that 2^33 squares fit */

/* ... all others in exact sums. */
struct tally_wide {
	struct sum n, d, nn, nd, dd;
};

/* Where the units of each breakdown begin: place 0 is the company. */
struct tally_shape {
	uint32_t measures;
	uint32_t places;                 /* of one measure in one window */
	uint32_t first[BREAKDOWN_COUNT]; /* of each breakdown that is wanted, its unit 0 */
	int wanted[BREAKDOWN_COUNT];
};

/* In memory shared with one child alone; pages that are never touched take no room. */
struct tally {
	struct tally_shape shape;
	struct tally_small *small; /* [measure][window][place] */
	struct tally_wide *wide;
	char *note;  /* TALLY_NOTE bytes for whoever fills it, to say where it is */
	size_t size; /* of the mapping that small begins */
};
#define TALLY_NOTE 128

int tally_open(struct tally *tally, const struct tally_shape *shape, struct crmval_error *error);
void tally_close(struct tally *tally);

/* Adds one row's observation at a place.  Magnitudes are below 2^63. */
static inline void tally_add_at(struct tally *tally, size_t at, double n, double d)
{
	struct tally_small *small = &tally->small[at];
	if (d == 1 && (n == 0 || n == 1)) {
		*(n == 0 ? &small->no : &small->yes) += 1;
		return;
	}
	small->rows++;
	int64_t whole_n = (int64_t)n, whole_d = (int64_t)d;
	if ((double)whole_n == n && (double)whole_d == d && whole_n < TALLY_SMALL_LIMIT &&
	    whole_n > -TALLY_SMALL_LIMIT && whole_d < TALLY_SMALL_LIMIT && whole_d > -TALLY_SMALL_LIMIT) {
		small->n += whole_n;
		small->d += whole_d;
		small->nn += whole_n * whole_n;
		small->nd += whole_n * whole_d;
		small->dd += whole_d * whole_d;
		return;
	}
	struct tally_wide *wide = &tally->wide[at];
	sum_add(&wide->n, n);
	sum_add_product(&wide->nn, n, n);
	if (d == 0)
		return; /* as in every row of a sum */
	sum_add(&wide->d, d);
	sum_add_product(&wide->nd, n, d);
	sum_add_product(&wide->dd, d, d);
}

static inline size_t tally_place(const struct tally_shape *shape, uint32_t measure, int window, uint32_t place)
{
	return ((size_t)measure * 2 + (size_t)window) * shape->places + place;
}

/* Is any observation at this place? */
static inline int tally_is_used(const struct tally *tally, size_t at)
{
	const struct tally_small *small = &tally->small[at];
	return (small->rows | small->no | small->yes) != 0;
}

/*
 * After all rows: where there are breakdowns, rows were added to units alone, since units add up to the whole.  This adds
 * the units of the smallest breakdown up to the company.
 */
void tally_fold(struct tally *tally);

/* The sums of several tallies of one shape, as one. */
void tally_read(const struct tally *tallies, uint32_t count, size_t at, struct sums *sums);

/* Is there a row, in any measure and window, at this place? */
int tally_has_rows(const struct tally *tallies, uint32_t count, uint32_t place);

#endif
