/* SPDX-License-Identifier: MIT */
/*
 * Shares repeat: what is filled of six fields, a level of five.  Of a measure in a window, those that come first are counted by
 * place, one addition each instead of five, and added up in the end.  Others are for whoever asks to add at once.
 */
#ifndef TALLY_REPEATS_H
#define TALLY_REPEATS_H

#include <stdint.h>
#include <string.h>

enum { REPEATS_SLOT_BITS = 7, REPEATS_SLOTS = 1 << REPEATS_SLOT_BITS, REPEATS_MOST = REPEATS_SLOTS / 4 };

struct tally_repeats {
	uint32_t places, count;
	int is_over; /* there are too many for it */
	struct {
		uint64_t n, d; /* the bits of the numbers; REPEATS_FREE, no number: none is counted here */
	} keys[REPEATS_SLOTS];
	uint32_t counts
		[]; /* [slot][place]: rows of a view, which 32 bits count; pages that are never touched take no room */
};
#define REPEATS_FREE UINT64_MAX

/* NULL: there is no memory for it; freed by free(). */
struct tally_repeats *repeats_open(uint32_t places);

/* A numerator and a denominator that stand nowhere yet take the slot, where they can be counted; else REPEATS_SLOTS. */
uint32_t repeats_take(struct tally_repeats *repeats, uint32_t slot, double n, double d);

/* The slot of an observation; REPEATS_SLOTS: it is not counted. */
static inline uint32_t repeats_find(struct tally_repeats *repeats, double n, double d)
{
	uint64_t key_n, key_d;
	memcpy(&key_n, &n, sizeof n);
	memcpy(&key_d, &d, sizeof d);
	uint32_t slot = (uint32_t)(((key_n ^ key_d * UINT64_C(0x9e3779b97f4a7c15)) * UINT64_C(0xd6e8feb86659fd93)) >>
				   (64 - REPEATS_SLOT_BITS));
	while (repeats->keys[slot].n != key_n || repeats->keys[slot].d != key_d) {
		if (repeats->keys[slot].n == REPEATS_FREE)
			return repeats_take(repeats, slot, n, d);
		slot = (slot + 1) % REPEATS_SLOTS;
	}
	return slot;
}

/* How often the observation of a slot was at each place. */
static inline uint32_t *repeats_counts(struct tally_repeats *repeats, uint32_t slot)
{
	return repeats->counts + (size_t)slot * repeats->places;
}

#endif
