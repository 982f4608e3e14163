/* SPDX-License-Identifier: MIT */
/* Sums of doubles: fixed-point numbers of 192 bits, their unit 2^-58, the same in any order. */
#ifndef FIXED_H
#define FIXED_H

#include "moments.h"

#include <stdint.h>

#define FIXED_BITS 58
#define FIXED_UNIT 0x1p58

/* Two's complement.  Terms are less than 2^63 in magnitude, so 2^70 of them fit. */
struct fixed {
	uint64_t low, middle, high;
};

static inline void fixed_add_bits(struct fixed *sum, __int128 bits)
{
	unsigned __int128 before = (unsigned __int128)sum->middle << 64 | sum->low;
	unsigned __int128 after = before + (unsigned __int128)bits;
	sum->low = (uint64_t)after;
	sum->middle = (uint64_t)(after >> 64);
	sum->high += (after < before) + (bits < 0 ? UINT64_MAX : 0);
}

static inline void fixed_add(struct fixed *sum, double term)
{
	fixed_add_bits(sum, (__int128)(term * FIXED_UNIT));
}

static inline void fixed_add_whole(struct fixed *sum, int64_t term)
{
	fixed_add_bits(sum, (__int128)term * ((__int128)1 << FIXED_BITS));
}

static inline double fixed_value(const struct fixed *sum)
{
	uint64_t words[] = {sum->low, sum->middle, sum->high};
	/* Nearly all are below 2^50, where the processor rounds just as well. */
	if (words[2] == (uint64_t)((int64_t)words[1] >> 63) && (words[1] + (UINT64_C(1) << 44)) >> 45 == 0)
		return (double)(__int128)((unsigned __int128)words[1] << 64 | words[0]) * (1 / FIXED_UNIT);
	int is_negative = words[2] >> 63;
	uint64_t carry = (uint64_t)is_negative;
	quad value = 0;
	for (int i = 0; i < 3; i++) {
		words[i] = is_negative ? ~words[i] + carry : words[i];
		carry = carry && words[i] == 0;
	}
	for (int i = 2; i >= 0; i--)
		value = value * 0x1p64 + (quad)words[i];
	return (double)((is_negative ? -value : value) * (quad)(1 / FIXED_UNIT));
}

#endif
