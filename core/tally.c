/* SPDX-License-Identifier: MIT */
/* The memory of tallies, and reading them. */
#include "tally.h"

#include "error.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/mman.h>

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

void tally_close(struct tally *tally)
{
	if (tally->counts)
		munmap(tally->counts, tally->size);
	tally->counts = NULL;
}

static void count_merge(struct tally_count *into, const struct tally_count *from)
{
	into->no += from->no;
	into->yes += from->yes;
}

static void small_merge(struct tally_small *into, const struct tally_small *from)
{
	into->rows += from->rows;
	/* Only a plugin that wrote where it should not can make these overflow; the numbers are its own. */
	into->n = (int64_t)((uint64_t)into->n + (uint64_t)from->n);
	into->d = (int64_t)((uint64_t)into->d + (uint64_t)from->d);
	into->nn = (int64_t)((uint64_t)into->nn + (uint64_t)from->nn);
	into->nd = (int64_t)((uint64_t)into->nd + (uint64_t)from->nd);
	into->dd = (int64_t)((uint64_t)into->dd + (uint64_t)from->dd);
}

static void wide_merge(struct tally_wide *into, const struct tally_wide *from)
{
	sum_merge(&into->n, &from->n);
	sum_merge(&into->d, &from->d);
	sum_merge(&into->nn, &from->nn);
	sum_merge(&into->nd, &from->nd);
	sum_merge(&into->dd, &from->dd);
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

/* Rows by how their observations add up, some at a time, so that all this stays in the first-level cache. */
enum { SORTED = 64 };
struct sorted {
	uint32_t no_count, yes_count, small_count, wide_count;
	uint32_t no[SORTED], yes[SORTED], small[SORTED], wide[SORTED]; /* rows */
	int64_t n[SORTED], d[SORTED];                                  /* of the small ones */
	struct tally_wide terms[SORTED];                               /* of the wide ones */
};

static void wide_term(struct tally_wide *term, double n, double d)
{
	memset(term, 0, sizeof *term);
	sum_add(&term->n, n);
	sum_add_product(&term->nn, n, n);
	if (d == 0)
		return; /* as in every row of a sum */
	sum_add(&term->d, d);
	sum_add_product(&term->nd, n, d);
	sum_add_product(&term->dd, d, d);
}

static void sort(struct sorted *sorted, const double *n, const double *d, uint32_t first, uint32_t end)
{
	sorted->no_count = sorted->yes_count = sorted->small_count = sorted->wide_count = 0;
	for (uint32_t i = first; i < end; i++) {
		double numerator = n[i], denominator = d ? d[i] : 0;
		if (isnan(numerator))
			continue;
		if (denominator == 1 && (numerator == 0 || numerator == 1)) {
			/* Which of the two it is cannot be foretold: both are written, one is kept. */
			sorted->no[sorted->no_count] = sorted->yes[sorted->yes_count] = i;
			sorted->no_count += numerator == 0;
			sorted->yes_count += numerator == 1;
			continue;
		}
		int64_t whole_n = (int64_t)numerator, whole_d = (int64_t)denominator;
		if ((double)whole_n == numerator && (double)whole_d == denominator && whole_n < TALLY_SMALL_LIMIT &&
		    whole_n > -TALLY_SMALL_LIMIT && whole_d < TALLY_SMALL_LIMIT && whole_d > -TALLY_SMALL_LIMIT) {
			sorted->n[sorted->small_count] = whole_n;
			sorted->d[sorted->small_count] = whole_d;
			sorted->small[sorted->small_count++] = i;
		} else {
			wide_term(&sorted->terms[sorted->wide_count], numerator, denominator);
			sorted->wide[sorted->wide_count++] = i;
		}
	}
}

static void small_add(struct tally_small *small, int64_t n, int64_t d)
{
	small->rows++;
	small->n += n;
	small->d += d;
	small->nn += n * n;
	small->nd += n * d;
	small->dd += d * d;
}

static void add_sorted(struct tally *tally, size_t base, const struct sorted *sorted, const uint32_t *place, int has_d)
{
	struct tally_count *counts = tally->counts + base;
	struct tally_small *small = tally->small + base;
	for (uint32_t i = 0; i < sorted->no_count; i++)
		counts[place[sorted->no[i]]].no++;
	for (uint32_t i = 0; i < sorted->yes_count; i++)
		counts[place[sorted->yes[i]]].yes++;
	for (uint32_t i = 0; i < sorted->small_count; i++)
		small_add(&small[place[sorted->small[i]]], sorted->n[i], sorted->d[i]);
	for (uint32_t i = 0; i < sorted->wide_count; i++) {
		struct tally_wide *wide = &tally->wide[base + place[sorted->wide[i]]];
		small[place[sorted->wide[i]]].rows++;
		if (has_d) {
			wide_merge(wide, &sorted->terms[i]);
		} else {
			sum_merge(&wide->n, &sorted->terms[i].n);
			sum_merge(&wide->nn, &sorted->terms[i].nn);
		}
	}
}

void tally_add(struct tally *tally, uint32_t measure, int window, const struct tally_places *places, const double *n,
	       const double *d, uint32_t rows)
{
	struct sorted sorted;
	size_t base = tally_place(&tally->shape, measure, window, 0);
	for (uint32_t first = 0; first < rows; first += SORTED) {
		sort(&sorted, n, d, first, rows - first < SORTED ? rows : first + SORTED);
		for (uint32_t axis = 0; axis < places->count; axis++)
			add_sorted(tally, base, &sorted, places->place[axis], d != NULL);
		if (sorted.small_count)
			tally->used[measure * 2 + (uint32_t)window] |= TALLY_SMALL;
		if (sorted.wide_count)
			tally->used[measure * 2 + (uint32_t)window] |= TALLY_SMALL | TALLY_WIDE;
	}
}

/* ---- adding up ---- */

/* TALLY_SMALL and TALLY_WIDE, as anything was added to them in the measure and window of a place. */
static unsigned used(const struct tally *tally, size_t at)
{
	return tally->used[at / tally->shape.places];
}

static void merge(struct tally *tally, size_t to, size_t from)
{
	count_merge(&tally->counts[to], &tally->counts[from]);
	if (used(tally, from) & TALLY_SMALL)
		small_merge(&tally->small[to], &tally->small[from]);
	if (used(tally, from) & TALLY_WIDE)
		wide_merge(&tally->wide[to], &tally->wide[from]);
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

static void fold_window(struct tally *tally, uint32_t measure, int window)
{
	const struct tally_shape *shape = &tally->shape;
	size_t base = tally_place(shape, measure, window, 0);
	uint32_t sizes = shape->counts[BREAKDOWN_SIZE_CLASS], b = (uint32_t)fewest(shape);
	for (uint32_t unit = 0; shape->team && unit < shape->counts[BREAKDOWN_EMPLOYEE]; unit++) {
		size_t from = base + shape->first[BREAKDOWN_EMPLOYEE] + unit;
		uint32_t team = unit ? shape->team[unit - 1] : 0;
		if (tally_is_used(tally, from))
			merge(tally, base + shape->first[BREAKDOWN_TEAM] + team, from);
	}
	for (uint32_t i = 0; shape->cross && i < shape->counts[BREAKDOWN_REGION] * sizes; i++) {
		size_t from = base + shape->cross + i;
		if (!tally_is_used(tally, from))
			continue;
		merge(tally, base + shape->first[BREAKDOWN_REGION] + i / sizes, from);
		merge(tally, base + shape->first[BREAKDOWN_SIZE_CLASS] + i % sizes, from);
	}
	for (uint32_t unit = 0; b < BREAKDOWN_COUNT && unit < shape->counts[b]; unit++)
		if (tally_is_used(tally, base + shape->first[b] + unit))
			merge(tally, base, base + shape->first[b] + unit);
}

void tally_fold(struct tally *tally)
{
	for (uint32_t m = 0; m < tally->shape.measures; m++)
		for (int window = 0; window < 2; window++)
			fold_window(tally, m, window);
}

static void expect(const void *memory, size_t size)
{
	for (size_t i = 0; i < size; i += 64)
		__builtin_prefetch((const char *)memory + i);
	__builtin_prefetch((const char *)memory + size - 1); /* it may begin within a line of the cache */
}

void tally_expect(const struct tally *tallies, uint32_t count, size_t at)
{
	for (uint32_t i = 0; i < count; i++) {
		expect(&tallies[i].counts[at], sizeof *tallies[i].counts);
		if (used(&tallies[i], at) & TALLY_SMALL)
			expect(&tallies[i].small[at], sizeof *tallies[i].small);
		if (used(&tallies[i], at) & TALLY_WIDE)
			expect(&tallies[i].wide[at], sizeof *tallies[i].wide);
	}
}

void tally_read(const struct tally *tallies, uint32_t count, size_t at, struct sums *sums)
{
	struct tally_count counts = {0};
	struct tally_small small = {0};
	struct tally_wide wide;
	memset(&wide, 0, sizeof wide);
	for (uint32_t i = 0; i < count; i++) {
		if (!tally_is_used(&tallies[i], at))
			continue;
		count_merge(&counts, &tallies[i].counts[at]);
		if (used(&tallies[i], at) & TALLY_SMALL)
			small_merge(&small, &tallies[i].small[at]);
		if (used(&tallies[i], at) & TALLY_WIDE)
			wide_merge(&wide, &tallies[i].wide[at]);
	}
	int64_t yes = (int64_t)counts.yes, both = (int64_t)(counts.no + counts.yes);
	*sums = (struct sums){small.rows + counts.no + counts.yes, wide.n, wide.d, wide.nn, wide.nd, wide.dd};
	sum_add_integer(&sums->n, small.n);
	sum_add_integer(&sums->n, yes);
	sum_add_integer(&sums->d, small.d);
	sum_add_integer(&sums->d, both);
	sum_add_integer(&sums->nn, small.nn);
	sum_add_integer(&sums->nn, yes);
	sum_add_integer(&sums->nd, small.nd);
	sum_add_integer(&sums->nd, yes);
	sum_add_integer(&sums->dd, small.dd);
	sum_add_integer(&sums->dd, both);
}

int tally_has_rows(const struct tally *tallies, uint32_t count, uint32_t place)
{
	for (uint32_t i = 0; i < count; i++)
		for (uint32_t m = 0; m < tallies[i].shape.measures; m++)
			if (tally_is_used(&tallies[i], tally_place(&tallies[i].shape, m, 0, place)) ||
			    tally_is_used(&tallies[i], tally_place(&tallies[i].shape, m, 1, place)))
				return 1;
	return 0;
}
