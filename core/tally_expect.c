/* SPDX-License-Identifier: MIT */
/* Fetching ahead what tallies will be added to, or read from: nothing that is computed depends on it. */
#include "tally.h"

static void expect(const void *memory, size_t size)
{
	for (size_t i = 0; i < size; i += 64)
		__builtin_prefetch((const char *)memory + i);
	__builtin_prefetch((const char *)memory + size - 1); /* it may begin within a line of the cache */
}

void tally_expect_others(const struct tally *tally, uint32_t window, const struct tally_places *places, uint32_t first,
			 uint64_t rows)
{
	int is_wide = tally->used[window] & TALLY_WIDE;
	for (uint32_t axis = 0; axis < places->count; axis++) {
		const uint32_t *place = places->place[axis] + first;
		for (uint64_t left = rows; left; left &= left - 1) {
			size_t at = tally_sums_at(tally, window, place[__builtin_ctzll(left)]);
			expect(&tally->small[at], sizeof tally->small[at]);
			if (is_wide)
				expect(&tally->wide[at], sizeof tally->wide[at]);
		}
	}
}

void tally_expect(const struct tally *tallies, uint32_t count, uint32_t place)
{
	for (uint32_t i = 0; i < count; i++) {
		const struct tally *tally = &tallies[i];
		uint32_t windows = 2 * tally->shape.measures;
		expect(tally_count_at(tally, 0, place), windows * sizeof *tally->counts);
		for (uint32_t window = 0; window < windows; window++) {
			size_t at = tally_sums_at(tally, window, place);
			if (tally->used[window] & TALLY_SMALL)
				expect(&tally->small[at], sizeof *tally->small);
			if (tally->used[window] & TALLY_WIDE)
				expect(&tally->wide[at], sizeof *tally->wide);
		}
	}
}
