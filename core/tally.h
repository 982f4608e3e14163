/* SPDX-License-Identifier: MIT */
/*
 * Tallies: what a dimension's observations add up to, per measure, window, and unit of each breakdown.  They are merged in
 * any order to the same bits.
 */
#ifndef TALLY_H
#define TALLY_H

#include "job.h"
#include "sum.h"

#include <math.h>

/*
 * Most observations are 0 of 1 or 1 of 1, or of a sum, and but counted; that makes up whole measures, so that these lie by themselves,
 * in little memory however many units there are.  A view's rows are no more than 32 bits count ...
 */
struct tally_count {
	uint32_t no, yes;
};

/* ... other whole numbers add up in machine words, as far as these hold them ... */
struct tally_small {
	uint64_t rows; /* also those that add up in tally_wide */
	int64_t n, d, nn, nd, dd;
};
#define TALLY_SMALL_LIMIT 0x1p31 /* in magnitude, so that any square fits */

/* ... and all else in exact sums. */
struct tally_wide {
	struct sum n, nn, nd, d, dd; /* fractions of whole denominators need the first three */
};

/*
 * Where the units of each breakdown begin: place 0 is the company.  Rows are added to as few places as will do, and the
 * others are added up from those in the end, by tally_fold().
 */
struct tally_shape {
	uint32_t measures;
	uint32_t places;                 /* of one measure in one window */
	uint32_t first[BREAKDOWN_COUNT]; /* of each breakdown that is wanted, its unit 0 */
	uint32_t counts[BREAKDOWN_COUNT];
	int wanted[BREAKDOWN_COUNT];
	const uint32_t *team; /* of each employee, by its row: teams are added up from their employees; or NULL */
	uint32_t
		cross; /* where the places for each size class in each region begin, which those are added up from; or 0 */
};

/* Another breakdown's units are not crossed with the size classes where that would be so many places. */
#define TALLY_CROSS_MOST 4096

/* In memory shared with one child alone; pages that are never touched take no room. */
struct tally {
	struct tally_shape shape;
	struct tally_count *counts; /* [place][measure][window]: what a row is added to lies together */
	struct tally_small *small;  /* [measure][window][place]: what most measures have none of */
	struct tally_wide *wide;
	unsigned char *used;            /* [measure][window]: of TALLY_SMALL and so on those that are so */
	char *note;                     /* TALLY_NOTE bytes for whoever fills it, to say where it is */
	struct tally_repeats **repeats; /* [measure][window], of whoever fills it, until tally_fold(); or NULL */
	size_t size;                    /* of the mapping that counts begins */
};
#define TALLY_NOTE 128
/* Something was added to small; to wide; and of a sum there are no denominators. */
enum { TALLY_SMALL = 1, TALLY_WIDE = 2, TALLY_SUM = 4 };

/* Gives the units of each breakdown their places; counts of 0: it is not wanted. */
void tally_plan(struct tally_shape *shape, uint32_t measures, const uint32_t counts[BREAKDOWN_COUNT],
		const uint32_t *team);

int tally_open(struct tally *tally, const struct tally_shape *shape, struct crmval_error *error);
void tally_close(struct tally *tally);

/* The places of rows: of each the same number, on as many axes. */
#define TALLY_BATCH 2048
struct tally_places {
	uint32_t count;
	uint32_t place[BREAKDOWN_COUNT][TALLY_BATCH];
};
void tally_find(const struct tally_shape *shape, uint32_t unit[BREAKDOWN_COUNT][TALLY_BATCH], uint32_t rows,
		struct tally_places *places);

/* Is an observation within what the contract allows?  d is 0 of a sum; is_share: of a share. */
static inline int tally_allows(int is_share, double n, double d)
{
	if (!(fabs(n) < 0x1p63) || !(fabs(d) < 0x1p63))
		return 0;
	return !is_share || (n >= 0 && n <= d) || (n <= 0 && n >= d);
}

/*
 * Adds observations of rows to a measure in a window.  A numerator that is NaN is none; denominator NULL: 0 in each row.
 * Returns the number of rows, or the first that is not allowed: then nothing is known of what was added.
 */
uint32_t tally_add(struct tally *tally, uint32_t measure, int window, int is_share, const struct tally_places *places,
		   const double *n, const double *d, uint32_t rows);

/* Windows of measures are counted through. */
static inline uint32_t tally_window(uint32_t measure, int window)
{
	return 2 * measure + (uint32_t)window;
}

static inline struct tally_count *tally_count_at(const struct tally *tally, uint32_t window, uint32_t place)
{
	return &tally->counts[(size_t)place * 2 * tally->shape.measures + window];
}

/* Of small and wide. */
static inline size_t tally_sums_at(const struct tally *tally, uint32_t window, uint32_t place)
{
	return (size_t)window * tally->shape.places + place;
}

/* Is any observation at this place?  What nothing was ever added to is not to be touched: it takes no memory yet. */
static inline int tally_is_used(const struct tally *tally, uint32_t window, uint32_t place)
{
	const struct tally_count *count = tally_count_at(tally, window, place);
	return (count->no | count->yes) != 0 ||
	       (tally->used[window] & TALLY_SMALL && tally->small[tally_sums_at(tally, window, place)].rows != 0);
}

/* After all rows: adds up what was but counted, and what was added elsewhere: teams, regions, size classes, and the company from its fewest units. */
void tally_fold(struct tally *tally);

/* All of a place will be read soon: begins to bring it from memory, which takes longer than to add it up. */
void tally_expect(const struct tally *tallies, uint32_t count, uint32_t place);

/* Rows will be added soon, 64 from `first` on, of which `rows` has a bit each: the same for their places. */
void tally_expect_others(const struct tally *tally, uint32_t window, const struct tally_places *places, uint32_t first,
			 uint64_t rows);

/* The sums of several tallies of one shape as one, where all that was added to a place is counted or small; else 0. */
int tally_whole(const struct tally *tallies, uint32_t count, uint32_t window, uint32_t place,
		struct whole_moments *moments);

/* The same, whatever was added. */
void tally_read(const struct tally *tallies, uint32_t count, uint32_t window, uint32_t place, struct sums *sums);

/* Is there a row, in any measure and window, at this place? */
int tally_has_rows(const struct tally *tallies, uint32_t count, uint32_t place);

#endif
