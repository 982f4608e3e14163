/* SPDX-License-Identifier: MIT */
/* The memory of tallies, and reading them. */
#include "tally.h"

#include "error.h"
#include "tally_repeats.h"
#include "tally_sums.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

void tally_plan(struct tally_shape *shape, uint32_t measures, const uint32_t counts[BREAKDOWN_COUNT],
		const uint32_t *team)
{
	*shape = (struct tally_shape){.measures = measures, .places = 1};
	for (int b = 0; b < BREAKDOWN_COUNT; b++) {
		shape->wanted[b] = counts[b] > 0;
		shape->first[b] = shape->places;
		shape->counts[b] = counts[b];
		shape->places += counts[b];
	}
	if (counts[BREAKDOWN_TEAM] && counts[BREAKDOWN_EMPLOYEE])
		shape->team = team;
	uint64_t crossed = (uint64_t)counts[BREAKDOWN_REGION] * counts[BREAKDOWN_SIZE_CLASS];
	if (crossed > 0 && crossed <= TALLY_CROSS_MOST) {
		shape->cross = shape->places;
		shape->places += (uint32_t)crossed;
	}
}

int tally_open(struct tally *tally, const struct tally_shape *shape, struct crmval_error *error)
{
	size_t places = (size_t)shape->measures * 2 * shape->places, windows = (size_t)shape->measures * 2;
	size_t size =
		places * (sizeof *tally->counts + sizeof *tally->small + sizeof *tally->wide) + TALLY_NOTE + windows;
	void *bytes = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (bytes == MAP_FAILED)
		return fail(error, CRMVAL_ENOMEM, "out of memory: %zu bytes for the sums of %u units", size,
			    shape->places - 1);
	*tally = (struct tally){.shape = *shape, .counts = bytes, .size = size};
	tally->small = (struct tally_small *)(void *)(tally->counts + places);
	tally->wide = (struct tally_wide *)(void *)(tally->small + places);
	tally->note = (char *)(tally->wide + places);
	tally->used = (unsigned char *)tally->note + TALLY_NOTE;
	/* A plugin may write to whatever its process can reach, so no child inherits a tally but the one that fills it. */
	if (madvise(bytes, size, MADV_DONTFORK) < 0) {
		tally_close(tally);
		return fail(error, CRMVAL_ENOMEM, "cannot keep the sums of one dimension from another: %s",
			    strerror(errno));
	}
	return CRMVAL_OK;
}

static void forget_repeats(struct tally *tally)
{
	for (uint32_t window = 0; tally->repeats && window < 2 * tally->shape.measures; window++)
		free(tally->repeats[window]);
	free(tally->repeats);
	tally->repeats = NULL;
}

void tally_close(struct tally *tally)
{
	forget_repeats(tally);
	if (tally->counts)
		munmap(tally->counts, tally->size);
	tally->counts = NULL;
}

/* Adds to the words of a place; when they would overflow, what they hold moves on to its exact sums. */
__attribute__((always_inline)) static inline void small_add(struct tally *tally, uint32_t window, size_t at,
							    const struct tally_small *from)
{
	struct tally_small *small = &tally->small[at];
	if (small_merge(small, from))
		return;
	wide_add_small(&tally->wide[at], small);
	tally->used[window] |= TALLY_WIDE;
	*small = (struct tally_small){small->rows + from->rows, from->n, from->d, from->nn, from->nd, from->dd};
}

/* ---- adding ---- */

void tally_find(const struct tally_shape *shape, uint32_t unit[BREAKDOWN_COUNT][TALLY_BATCH], uint32_t rows,
		struct tally_places *places)
{
	places->count = 0;
	for (int b = 0; b < BREAKDOWN_COUNT; b++) {
		uint32_t *place = places->place[places->count];
		if (!shape->wanted[b] || (b == BREAKDOWN_TEAM && shape->team) ||
		    (b == BREAKDOWN_SIZE_CLASS && shape->cross))
			continue;
		places->count++;
		if (b == BREAKDOWN_REGION && shape->cross)
			for (uint32_t i = 0; i < rows; i++)
				place[i] = shape->cross + unit[b][i] * shape->counts[BREAKDOWN_SIZE_CLASS] +
					   unit[BREAKDOWN_SIZE_CLASS][i];
		else
			for (uint32_t i = 0; i < rows; i++)
				place[i] = shape->first[b] + unit[b][i];
	}
	if (places->count == 0)
		memset(places->place[places->count++], 0, rows * sizeof places->place[0][0]);
}

/* Some rows at a time, a bit each: which are 0 of 1 or of a sum, which 1, and which are any other observation. */
enum { ROWS = 64 };
struct kinds {
	uint64_t no, yes, other;
};

static void tell(const double *n, const double *d, uint32_t rows, struct kinds *kinds)
{
	uint64_t some = 0, no = 0, yes = 0;
	uint32_t i = 0;
#ifdef __SSE2__
	const __m128d zero = _mm_setzero_pd(), one = _mm_set1_pd(1);
	for (; i + 2 <= rows; i += 2) {
		__m128d numerator = _mm_loadu_pd(n + i), is_one = _mm_cmpeq_pd(d ? _mm_loadu_pd(d + i) : one, one);
		__m128d is_no = _mm_and_pd(is_one, _mm_cmpeq_pd(numerator, zero)),
			is_yes = _mm_and_pd(is_one, _mm_cmpeq_pd(numerator, one));
		some |= (uint64_t)_mm_movemask_pd(_mm_cmpord_pd(numerator, numerator)) << i;
		no |= (uint64_t)_mm_movemask_pd(is_no) << i;
		yes |= (uint64_t)_mm_movemask_pd(is_yes) << i;
	}
#endif
	for (; i < rows; i++) {
		int is_one = !d || d[i] == 1;
		some |= (uint64_t)!isnan(n[i]) << i;
		no |= (uint64_t)(is_one & (n[i] == 0)) << i;
		yes |= (uint64_t)(is_one & (n[i] == 1)) << i;
	}
	*kinds = (struct kinds){no, yes, some & ~(no | yes)};
}

/* A number that is whole and small; else 0. */
static inline int64_t whole_of(double number)
{
	return fabs(number) < TALLY_SMALL_LIMIT && (double)(int64_t)number == number ? (int64_t)number : 0;
}

/*
 * Terms of exact sums that were worked out before, by their observation: shares of five or of a hundred are few.  Each lies
 * where its bits say, until another does.
 */
enum { TERMS = 128 };
struct terms {
	int is_open;
	uint64_t keys[TERMS][2];
	struct tally_wide terms[TERMS];
};

/* Of a fraction; what words do for is left out. */
static inline void set_term(struct tally_wide *term, double n, double d)
{
	sum_set(&term->n, n);
	sum_set_product(&term->nn, n, n);
	sum_set_product(&term->nd, n, d);
	if (whole_of(d))
		return;
	sum_set(&term->d, d);
	sum_set_product(&term->dd, d, d);
}

static const struct tally_wide *find_term(struct terms *terms, double n, double d)
{
	uint64_t key[2];
	memcpy(&key[0], &n, sizeof n);
	memcpy(&key[1], &d, sizeof d);
	uint64_t at = ((key[0] ^ key[1] * UINT64_C(0x9e3779b97f4a7c15)) * UINT64_C(0xd6e8feb86659fd93)) >> 57;
	struct tally_wide *term = &terms->terms[at];
	_Static_assert(TERMS == 1 << (64 - 57), "a place is the uppermost bits");
	if (!terms->is_open)
		memset(terms->keys, 0xff, sizeof terms->keys); /* no number */
	terms->is_open = 1;
	if (terms->keys[at][0] == key[0] && terms->keys[at][1] == key[1])
		return term;
	memcpy(terms->keys[at], key, sizeof key);
	set_term(term, n, d);
	return term;
}

static void add_wide(struct tally *tally, uint32_t window, const struct tally_places *places, uint32_t row, double n,
		     const double *d, struct terms *terms)
{
	const struct tally_wide *term = d ? find_term(terms, n, d[row]) : NULL;
	struct sum sum, square; /* all that there is of a sum */
	if (!d) {
		sum_set(&sum, n);
		sum_set_product(&square, n, n);
	}
	/* Of most fractions the denominator is whole, for which words do. */
	int64_t of = d ? whole_of(d[row]) : 0;
	const struct tally_small small = {.rows = 1, .d = of, .dd = of * of};
	for (uint32_t axis = 0; axis < places->count; axis++) {
		size_t at = tally_sums_at(tally, window, places->place[axis][row]);
		struct tally_wide *wide = &tally->wide[at];
		small_add(tally, window, at, &small);
		sum_merge(&wide->n, term ? &term->n : &sum);
		sum_merge(&wide->nn, term ? &term->nn : &square);
		if (term)
			sum_merge(&wide->nd, &term->nd);
		if (term && !of) {
			sum_merge(&wide->d, &term->d);
			sum_merge(&wide->dd, &term->dd);
		}
	}
}

static void add_counts(struct tally *tally, uint32_t window, const struct tally_places *places, uint32_t first,
		       const struct kinds *kinds)
{
	for (uint32_t axis = 0; axis < places->count; axis++) {
		const uint32_t *place = places->place[axis] + first;
		for (uint64_t left = kinds->no; left; left &= left - 1)
			tally_count_at(tally, window, place[__builtin_ctzll(left)])->no++;
		for (uint64_t left = kinds->yes; left; left &= left - 1)
			tally_count_at(tally, window, place[__builtin_ctzll(left)])->yes++;
	}
}

/* With so many places as that, most of them are in no cache when a row comes to them. */
enum { MANY_PLACES = 2048 };

/* Adds any other observation than a plain yes or no; 0: it is not allowed. */
static int add_other(struct tally *tally, uint32_t window, int is_share, const struct tally_places *places,
		     uint32_t row, double n, const double *d, struct terms *terms)
{
	double denominator = d ? d[row] : 0;
	unsigned char *used = &tally->used[window];
	if (!(fabs(n) < TALLY_SMALL_LIMIT && fabs(denominator) < TALLY_SMALL_LIMIT && (double)(int64_t)n == n &&
	      (double)(int64_t)denominator == denominator)) {
		if (!tally_allows(is_share, n, denominator))
			return 0;
		*used |= TALLY_SMALL | TALLY_WIDE;
		add_wide(tally, window, places, row, n, d, terms);
		return 1;
	}
	int64_t whole_n = (int64_t)n, whole_d = (int64_t)denominator;
	if (is_share && !(whole_n >= 0 && whole_n <= whole_d) && !(whole_n <= 0 && whole_n >= whole_d))
		return 0;
	*used |= TALLY_SMALL;
	const struct tally_small small = {1, whole_n, whole_d, whole_n * whole_n, whole_n * whole_d, whole_d * whole_d};
	for (uint32_t axis = 0; axis < places->count; axis++)
		small_add(tally, window, tally_sums_at(tally, window, places->place[axis][row]), &small);
	return 1;
}

/* What counts a measure's shares in a window; NULL: they are added at once. */
static struct tally_repeats *repeats_of(struct tally *tally, uint32_t window)
{
	if (tally->shape.places >= MANY_PLACES)
		return NULL;
	if (!tally->repeats)
		tally->repeats = calloc(2 * (size_t)tally->shape.measures, sizeof(struct tally_repeats *));
	if (tally->repeats && !tally->repeats[window])
		tally->repeats[window] = repeats_open(tally->shape.places);
	struct tally_repeats *repeats = tally->repeats ? tally->repeats[window] : NULL;
	return repeats && !repeats->is_over ? repeats : NULL;
}

/* Counts an observation; 0: it has to be added. */
static inline int add_repeat(struct tally_repeats *repeats, const struct tally_places *places, uint32_t row, double n,
			     double d)
{
	uint32_t slot = repeats_find(repeats, n, d);
	if (slot == REPEATS_SLOTS)
		return 0;
	uint32_t *counts = repeats_counts(repeats, slot);
	for (uint32_t axis = 0; axis < places->count; axis++)
		counts[places->place[axis][row]]++;
	return 1;
}

uint32_t tally_add(struct tally *tally, uint32_t measure, int window, int is_share, const struct tally_places *places,
		   const double *n, const double *d, uint32_t rows)
{
	struct terms terms;
	struct kinds kinds;
	uint32_t of = tally_window(measure, window);
	terms.is_open = 0;
	if (!d)
		tally->used[of] |= TALLY_SUM;
	for (uint32_t first = 0; first < rows; first += ROWS) {
		tell(n + first, d ? d + first : NULL, rows - first < ROWS ? rows - first : ROWS, &kinds);
		if (kinds.other && tally->shape.places >= MANY_PLACES)
			tally_expect_others(tally, of, places, first, kinds.other);
		add_counts(tally, of, places, first, &kinds);
		struct tally_repeats *repeats = kinds.other && is_share && d ? repeats_of(tally, of) : NULL;
		for (uint64_t left = kinds.other; left; left &= left - 1) {
			uint32_t row = first + (uint32_t)__builtin_ctzll(left);
			if (repeats && add_repeat(repeats, places, row, n[row], d[row]))
				continue;
			if (!add_other(tally, of, is_share, places, row, n[row], d, &terms))
				return row;
		}
	}
	return rows;
}

/* ---- adding up ---- */

/* Adds what was counted of one observation. */
static void settle_slot(struct tally *tally, uint32_t window, double n, double d, const uint32_t *counts)
{
	int64_t of = whole_of(d), whole_n = whole_of(n);
	int is_wide = (double)whole_n != n || (double)of != d;
	struct tally_wide term = {.n = {{0}}};
	if (is_wide) {
		set_term(&term, n, d);
		whole_n = 0;
	}
	tally->used[window] |= is_wide ? TALLY_SMALL | TALLY_WIDE : TALLY_SMALL;
	for (uint32_t place = 0; place < tally->shape.places; place++) {
		int64_t rows = counts[place];
		size_t at = tally_sums_at(tally, window, place);
		if (rows == 0)
			continue;
		const struct tally_small small = {(uint64_t)rows,           rows * whole_n,      rows * of,
						  rows * whole_n * whole_n, rows * whole_n * of, rows * of * of};
		small_add(tally, window, at, &small);
		if (is_wide)
			wide_add_times(&tally->wide[at], &term, counts[place], !of);
	}
}

static void settle_repeats(struct tally *tally)
{
	for (uint32_t window = 0; tally->repeats && window < 2 * tally->shape.measures; window++) {
		struct tally_repeats *repeats = tally->repeats[window];
		for (uint32_t slot = 0; repeats && slot < REPEATS_SLOTS; slot++) {
			double n, d;
			memcpy(&n, &repeats->keys[slot].n, sizeof n);
			memcpy(&d, &repeats->keys[slot].d, sizeof d);
			if (repeats->keys[slot].n != REPEATS_FREE)
				settle_slot(tally, window, n, d, repeats_counts(repeats, slot));
		}
	}
	forget_repeats(tally);
}

/* Adds to one place what another has, in all windows: what is counted of a place lies together. */
static void merge(struct tally *tally, uint32_t to, uint32_t from)
{
	for (uint32_t window = 0; window < 2 * tally->shape.measures; window++) {
		if (!tally_is_used(tally, window, from))
			continue;
		count_merge(tally_count_at(tally, window, to), tally_count_at(tally, window, from));
		if (tally->used[window] & TALLY_SMALL)
			small_add(tally, window, tally_sums_at(tally, window, to),
				  &tally->small[tally_sums_at(tally, window, from)]);
		if (tally->used[window] & TALLY_WIDE)
			wide_merge(&tally->wide[tally_sums_at(tally, window, to)],
				   &tally->wide[tally_sums_at(tally, window, from)]);
	}
}

/* The breakdown of the fewest units, or BREAKDOWN_COUNT. */
static int fewest(const struct tally_shape *shape)
{
	int found = BREAKDOWN_COUNT;
	for (int b = 0; b < BREAKDOWN_COUNT; b++)
		if (shape->wanted[b] && (found == BREAKDOWN_COUNT || shape->counts[b] < shape->counts[found]))
			found = b;
	return found;
}

void tally_fold(struct tally *tally)
{
	const struct tally_shape *shape = &tally->shape;
	uint32_t sizes = shape->counts[BREAKDOWN_SIZE_CLASS], b = (uint32_t)fewest(shape);
	settle_repeats(tally);
	for (uint32_t unit = 0; shape->team && unit < shape->counts[BREAKDOWN_EMPLOYEE]; unit++)
		merge(tally, shape->first[BREAKDOWN_TEAM] + (unit ? shape->team[unit - 1] : 0),
		      shape->first[BREAKDOWN_EMPLOYEE] + unit);
	for (uint32_t i = 0; shape->cross && i < shape->counts[BREAKDOWN_REGION] * sizes; i++) {
		merge(tally, shape->first[BREAKDOWN_REGION] + i / sizes, shape->cross + i);
		merge(tally, shape->first[BREAKDOWN_SIZE_CLASS] + i % sizes, shape->cross + i);
	}
	for (uint32_t unit = 0; b < BREAKDOWN_COUNT && unit < shape->counts[b]; unit++)
		merge(tally, 0, shape->first[b] + unit);
}

static int is_zero(const struct tally_wide *wide)
{
	static const struct tally_wide zero;
	return memcmp(wide, &zero, sizeof zero) == 0;
}

/* All that there is at a place: what was counted, and sums where there are any. */
struct held {
	struct tally_small counted;
	const struct tally_small *small; /* or NULL */
	const struct tally_wide *wide;   /* or NULL */
};

static struct held held_at(const struct tally *tally, uint32_t window, uint32_t place)
{
	size_t at = tally_sums_at(tally, window, place);
	unsigned char used = tally->used[window];
	int has_sums = used & TALLY_SMALL && tally->small[at].rows;
	return (struct held){counts_as_small(tally_count_at(tally, window, place), used & TALLY_SUM),
			     has_sums ? &tally->small[at] : NULL,
			     has_sums && used & TALLY_WIDE ? &tally->wide[at] : NULL};
}

int tally_whole(const struct tally *tallies, uint32_t count, uint32_t window, uint32_t place,
		struct whole_moments *moments)
{
	struct tally_small sum = {0};
	for (uint32_t i = 0; i < count; i++) {
		const struct held held = held_at(&tallies[i], window, place);
		if (!small_merge(&sum, &held.counted) || (held.small && !small_merge(&sum, held.small)))
			return 0;
		if (held.wide && !is_zero(held.wide))
			return 0;
	}
	*moments = (struct whole_moments){sum.rows, sum.n, sum.d, sum.nn, sum.nd, sum.dd};
	return 1;
}

void tally_read(const struct tally *tallies, uint32_t count, uint32_t window, uint32_t place, struct sums *sums)
{
	uint64_t rows = 0;
	struct tally_wide wide;
	memset(&wide, 0, sizeof wide);
	for (uint32_t i = 0; i < count; i++) {
		const struct held held = held_at(&tallies[i], window, place);
		wide_add_small(&wide, &held.counted);
		rows += held.counted.rows + (held.small ? held.small->rows : 0);
		if (held.small)
			wide_add_small(&wide, held.small);
		if (held.wide)
			wide_merge(&wide, held.wide);
	}
	*sums = (struct sums){rows, wide.n, wide.d, wide.nn, wide.nd, wide.dd};
}

int tally_has_rows(const struct tally *tallies, uint32_t count, uint32_t place)
{
	for (uint32_t i = 0; i < count; i++)
		for (uint32_t window = 0; window < 2 * tallies[i].shape.measures; window++)
			if (tally_is_used(&tallies[i], window, place))
				return 1;
	return 0;
}
