/* SPDX-License-Identifier: MIT */
/*
 * Files are often put together of some that are each in the order of their ids: then most runs ascend, and the first and
 * the last id of each of these show between which numbers all of them lie.
 */
#include "id_bits.h"

#include "error.h"
#include "parallel.h"

#include <stdlib.h>

#define FEW 8 /* of so many rows, one at most is in a run that does not ascend: else there is no order to speak of */
#define BITS_A_ROW 32 /* no more than that: less than a log takes, and far less than an index */

struct bits {
	const struct extent *extents;
	struct dense dense;
	_Atomic uint64_t *words;
	struct ident **ids; /* by thread: room for those of one extent */
	uint32_t most;      /* rows of one */
	atomic_int is_over; /* two are the same, or one is not such a number */
};

static int set_bits(void *context, unsigned thread, uint64_t number, struct crmval_error *error)
{
	struct bits *bits = context;
	const struct extent *extent = &bits->extents[number];
	struct ident **ids = &bits->ids[thread];
	if (!extent->ids.first || atomic_load(&bits->is_over))
		return CRMVAL_OK;
	if (!*ids)
		*ids = malloc(bits->most * sizeof **ids);
	if (!*ids || id_log_read(&extent->ids, extent->count, *ids) < 0)
		return fail_memory(error);
	int is_over = 0;
	for (uint32_t i = 0; i < extent->count && !is_over; i++) {
		if (ident_is_none((*ids)[i]))
			continue;
		uint64_t slot = dense_slot(&bits->dense, (*ids)[i]), bit = UINT64_C(1) << slot % 64;
		is_over = slot == DENSE_NONE ||
			  (atomic_fetch_or_explicit(&bits->words[slot / 64], bit, memory_order_relaxed) & bit);
	}
	if (is_over)
		atomic_store(&bits->is_over, 1);
	return CRMVAL_OK;
}

static int try_bits(struct bits *bits, size_t count, unsigned threads, int *differ, struct crmval_error *error)
{
	bits->words = calloc(bits->dense.slots / 64 + 1, sizeof *bits->words);
	bits->ids = calloc(threads, sizeof *bits->ids);
	int code = bits->words && bits->ids ? parallel_run(threads, count, set_bits, bits, error) : fail_memory(error);
	*differ = code == CRMVAL_OK && !atomic_load(&bits->is_over);
	for (unsigned t = 0; bits->ids && t < threads; t++)
		free(bits->ids[t]);
	free(bits->ids);
	free((void *)bits->words);
	return code;
}

/* Ids that show where all are: those at the ends of a run that ascends, and all of one that does not. */
static int list_ends(const struct extent *extent, struct ident *ends, size_t *count)
{
	const struct id_run *run = &extent->ids;
	if (!run->ascends && id_log_read(run, extent->count, ends + *count) < 0)
		return -1;
	if (run->ascends && run->first) {
		ends[*count] = ident_of(run->first, run->first_length);
		ends[*count + 1] = ident_of(run->last, run->last_length);
	}
	*count += run->ascends ? 2 : extent->count;
	return 0;
}

static int plan(struct bits *bits, size_t count, uint64_t rows, uint64_t unordered, unsigned threads,
		struct crmval_error *error)
{
	size_t listed = 0;
	struct ident *ends = calloc(2 * count + unordered, sizeof *ends);
	int code = ends ? CRMVAL_OK : fail_memory(error);
	for (size_t i = 0; i < count && code == CRMVAL_OK; i++)
		if (list_ends(&bits->extents[i], ends, &listed) < 0)
			code = fail_memory(error);
	if (code == CRMVAL_OK)
		code = dense_plan(&bits->dense, ends, listed, BITS_A_ROW * rows, threads, error);
	free(ends);
	return code;
}

int id_bits_differ(const struct extent *extents, size_t count, unsigned threads, int *differ,
		   struct crmval_error *error)
{
	struct bits bits = {.extents = extents};
	uint64_t rows = 0, unordered = 0;
	*differ = 0;
	for (size_t i = 0; i < count; i++) {
		rows += extents[i].count;
		unordered += extents[i].ids.ascends ? 0 : extents[i].count;
		bits.most = extents[i].count > bits.most ? extents[i].count : bits.most;
	}
	if (unordered > rows / FEW)
		return CRMVAL_OK;
	int code = plan(&bits, count, rows, unordered, threads, error);
	return code == CRMVAL_OK && bits.dense.slots ? try_bits(&bits, count, threads, differ, error) : code;
}
