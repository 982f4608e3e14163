/* SPDX-License-Identifier: MIT */
/* Fetching ahead what tallies will be added to, or read from: nothing that is computed depends on it. */
#include "tally.h"

static void expect(const void *memory, size_t size)
{
	for (size_t i = 0; i < size; i += 64)
		__builtin_prefetch((const char *)memory + i);
	__builtin_prefetch((const char *)memory + size - 1); /* it may begin within a line of the cache */
}

void tally_expect_others(const struct tally *tally, size_t base, const struct tally_places *places, uint32_t first,
			 uint64_t rows)
{
	int is_wide = tally_used(tally, base) & TALLY_WIDE;
	for (uint32_t axis = 0; axis < places->count; axis++) {
		const uint32_t *place = places->place[axis] + first;
		for (uint64_t left = rows; left; left &= left - 1) {
			size_t at = base + place[__builtin_ctzll(left)];
			expect(&tally->small[at], sizeof tally->small[at]);
			if (is_wide)
				expect(&tally->wide[at], sizeof tally->wide[at]);
		}
	}
}

void tally_expect(const struct tally *tallies, uint32_t count, size_t at)
{
	for (uint32_t i = 0; i < count; i++) {
		expect(&tallies[i].counts[at], sizeof *tallies[i].counts);
		if (tally_used(&tallies[i], at) & TALLY_SMALL)
			expect(&tallies[i].small[at], sizeof *tallies[i].small);
		if (tally_used(&tallies[i], at) & TALLY_WIDE)
			expect(&tallies[i].wide[at], sizeof *tallies[i].wide);
	}
}
