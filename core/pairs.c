/* SPDX-License-Identifier: MIT */
/* Open addressing: a pair is entered by one exchange, and never moves. */
#include "pairs.h"

#include "ident.h"

static uint64_t size_of(uint64_t most)
{
	uint64_t size = 16;
	while (size < most * 2)
		size *= 2;
	return size;
}

uint64_t pairs_bytes(uint64_t most)
{
	return size_of(most) * sizeof *((struct pairs *)NULL)->slots;
}

int pairs_open(struct pairs *pairs, uint64_t most)
{
	uint64_t size = size_of(most);
	if (region_open_whole(&pairs->memory, size * sizeof *pairs->slots, NULL) != CRMVAL_OK)
		return -1;
	pairs->slots = pairs->memory.bytes;
	pairs->mask = size - 1;
	return 0;
}

void pairs_close(struct pairs *pairs)
{
	region_close(&pairs->memory);
	pairs->slots = NULL;
}

int pairs_add(struct pairs *pairs, uint32_t first, uint32_t second)
{
	uint64_t pair = ((uint64_t)first + 1) << 32 | second;
	for (uint64_t i = ident_fold(pair, UINT64_C(0x9e3779b97f4a7c15)) & pairs->mask;; i = (i + 1) & pairs->mask) {
		uint64_t held = 0;
		if (atomic_compare_exchange_strong_explicit(&pairs->slots[i], &held, pair, memory_order_relaxed,
							    memory_order_relaxed))
			return 1;
		if (held == pair)
			return 0;
	}
}
