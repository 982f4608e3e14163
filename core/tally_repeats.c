/* SPDX-License-Identifier: MIT */
/* Which observations are counted. */
#include "tally_repeats.h"

#include "tally.h"

#include <stdlib.h>

/* In magnitude: squares, however many rows have them, fit in 63 bits. */
#define LIMIT 0x1p15

struct tally_repeats *repeats_open(uint32_t places)
{
	struct tally_repeats *repeats =
		calloc(1, sizeof *repeats + (size_t)REPEATS_SLOTS * places * sizeof repeats->counts[0]);
	if (!repeats)
		return NULL;
	repeats->places = places;
	memset(repeats->keys, 0xff, sizeof repeats->keys);
	return repeats;
}

uint32_t repeats_take(struct tally_repeats *repeats, uint32_t slot, double n, double d)
{
	if (repeats->count == REPEATS_MOST)
		repeats->is_over = 1;
	if (repeats->is_over || !(fabs(d) < LIMIT) || !tally_allows(1, n, d))
		return REPEATS_SLOTS;
	memcpy(&repeats->keys[slot].n, &n, sizeof n);
	memcpy(&repeats->keys[slot].d, &d, sizeof d);
	repeats->count++;
	return slot;
}
