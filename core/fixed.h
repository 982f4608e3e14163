/* SPDX-License-Identifier: MIT */
/* Sums that several threads add to: fixed-point numbers of 192 bits, their unit 2^-58, the same in any order. */
#ifndef FIXED_H
#define FIXED_H

#include "moments.h"

#include <stdatomic.h>

#define FIXED_UNIT 0x1p58

/* Two's complement.  Terms are less than 2^63 in magnitude, so 2^70 of them fit. */
struct fixed {
	_Atomic uint64_t low, middle, high;
};

/* Adds to a word; 1: it carries. */
static inline uint64_t fixed_carry(_Atomic uint64_t *word, uint64_t part)
{
	return part && atomic_fetch_add_explicit(word, part, memory_order_relaxed) + part < part;
}

/* [worker] */
static inline void fixed_add(struct fixed *sum, double term)
{
	__int128 bits = (__int128)(term * FIXED_UNIT);
	uint64_t sign = bits < 0 ? UINT64_MAX : 0;
	uint64_t carry = fixed_carry(&sum->low, (uint64_t)bits);
	/* The carry goes by itself, since with it the part may be 2^64. */
	sign += fixed_carry(&sum->middle, carry);
	sign += fixed_carry(&sum->middle, (uint64_t)(bits >> 64));
	if (sign)
		atomic_fetch_add_explicit(&sum->high, sign, memory_order_relaxed);
}

/* Once all have added. */
static inline double fixed_value(const struct fixed *sum)
{
	uint64_t words[] = {atomic_load(&sum->low), atomic_load(&sum->middle), atomic_load(&sum->high)};
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
