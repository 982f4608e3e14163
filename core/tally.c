/* SPDX-License-Identifier: MIT */
/* The memory of tallies, and reading them. */
#include "tally.h"

#include "error.h"

#include <errno.h>
#include <sys/mman.h>

int tally_open(struct tally *tally, const struct tally_shape *shape, struct crmval_error *error)
{
	size_t places = (size_t)shape->measures * 2 * shape->places;
	size_t size = places * (sizeof *tally->small + sizeof *tally->wide) + TALLY_NOTE;
	void *bytes = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (bytes == MAP_FAILED)
		return fail(error, CRMVAL_ENOMEM, "out of memory: %zu bytes for the sums of %u units", size,
			    shape->places - 1);
	*tally = (struct tally){.shape = *shape, .small = bytes, .size = size};
	tally->wide = (struct tally_wide *)(void *)(tally->small + places);
	tally->note = (char *)(tally->wide + places);
	/* A plugin may write to whatever its process can reach, so no child inherits a tally but the one that fills it. */
	if (madvise(bytes, size, MADV_DONTFORK) < 0) {
		tally_close(tally);
		return fail(error, CRMVAL_EBUG, "cannot keep the sums of one dimension from another: %s",
			    strerror(errno));
	}
	return CRMVAL_OK;
}

void tally_close(struct tally *tally)
{
	if (tally->small)
		munmap(tally->small, tally->size);
	tally->small = NULL;
}

static void small_merge(struct tally_small *into, const struct tally_small *from)
{
	into->no += from->no;
	into->yes += from->yes;
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

void tally_fold(struct tally *tally)
{
	const struct tally_shape *shape = &tally->shape;
	uint32_t first = 0, end = 0;
	for (int b = 0; b < BREAKDOWN_COUNT; b++) {
		uint32_t next = shape->places;
		for (int c = BREAKDOWN_COUNT - 1; c > b; c--)
			if (shape->wanted[c])
				next = shape->first[c];
		if (shape->wanted[b] && (end == 0 || next - shape->first[b] < end - first)) {
			first = shape->first[b];
			end = next;
		}
	}
	for (uint32_t m = 0; m < shape->measures; m++)
		for (int window = 0; window < 2; window++)
			for (uint32_t place = first; place < end; place++) {
				size_t to = tally_place(shape, m, window, 0),
				       from = tally_place(shape, m, window, place);
				if (!tally_is_used(tally, from))
					continue;
				small_merge(&tally->small[to], &tally->small[from]);
				wide_merge(&tally->wide[to], &tally->wide[from]);
			}
}

void tally_read(const struct tally *tallies, uint32_t count, size_t at, struct sums *sums)
{
	struct tally_small small = {0};
	struct tally_wide wide;
	memset(&wide, 0, sizeof wide);
	for (uint32_t i = 0; i < count; i++) {
		if (!tally_is_used(&tallies[i], at))
			continue; /* what was never written is not to be touched: it takes no memory yet */
		small_merge(&small, &tallies[i].small[at]);
		wide_merge(&wide, &tallies[i].wide[at]);
	}
	int64_t yes = (int64_t)small.yes, both = (int64_t)(small.no + small.yes);
	*sums = (struct sums){small.rows + small.no + small.yes, wide.n, wide.d, wide.nn, wide.nd, wide.dd};
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
