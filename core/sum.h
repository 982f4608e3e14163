/* SPDX-License-Identifier: MIT */
/*
 * Exact sums of doubles: the same bits in whatever order they are added, so that threads, shards and the order of rows
 * cannot show in a result.
 *
 * A sum is a fixed-point number of 256 bits, its unit 2^-92.  Terms are less than 2^126 in magnitude (a product of two
 * numbers below 2^63), so 2^37 of them fit.  Bits of a term below 2^-92 are cut off; the product of two doubles is
 * added exactly, as its rounded value and the rest.
 */
#ifndef SUM_H
#define SUM_H

#include "moments.h"

#include <math.h>
#include <string.h>

#define SUM_UNIT_EXPONENT 92

struct sum {
	uint64_t word[4]; /* two's complement, least significant first */
};

/* Adds a double of magnitude below 2^127; neither NaN nor infinite. */
static inline void sum_add(struct sum *sum, double term)
{
	uint64_t bits;
	memcpy(&bits, &term, sizeof bits);
	int exponent = (int)(bits >> 52 & 0x7ff);
	if (exponent == 0)
		return; /* zero, or a subnormal far below the unit */
	uint64_t mantissa = (bits & ((UINT64_C(1) << 52) - 1)) | UINT64_C(1) << 52;
	int shift = exponent - 1075 + SUM_UNIT_EXPONENT; /* place of the mantissa's lowest bit */
	if (shift < 0) {
		if (shift <= -53)
			return;
		mantissa >>= -shift;
		shift = 0;
	}
	unsigned word = (unsigned)shift >> 6, bit = (unsigned)shift & 63;
	uint64_t low = mantissa << bit, high = bit ? mantissa >> (64 - bit) : 0;
	if (bits >> 63) {
		unsigned borrow = __builtin_sub_overflow(sum->word[word], low, &sum->word[word]);
		for (unsigned i = word + 1; i < 4; i++) {
			uint64_t part = i == word + 1 ? high : 0, old = sum->word[i];
			sum->word[i] = old - part - borrow;
			borrow = borrow ? old <= part : old < part;
		}
	} else {
		unsigned carry = __builtin_add_overflow(sum->word[word], low, &sum->word[word]);
		for (unsigned i = word + 1; i < 4; i++) {
			uint64_t part = i == word + 1 ? high : 0, old = sum->word[i];
			sum->word[i] = old + part + carry;
			carry = carry ? sum->word[i] <= old : sum->word[i] < old;
		}
	}
}

/* A sum of one term, as sum_add() takes it. */
static inline void sum_set(struct sum *sum, double term)
{
	uint64_t bits;
	memcpy(&bits, &term, sizeof bits);
	*sum = (struct sum){{0}};
	int exponent = (int)(bits >> 52 & 0x7ff), shift = exponent - 1075 + SUM_UNIT_EXPONENT;
	uint64_t mantissa = (bits & ((UINT64_C(1) << 52) - 1)) | UINT64_C(1) << 52;
	if (exponent == 0 || shift <= -53)
		return;
	mantissa >>= shift < 0 ? -shift : 0;
	shift = shift < 0 ? 0 : shift;
	unsigned word = (unsigned)shift >> 6, bit = (unsigned)shift & 63;
	sum->word[word] = mantissa << bit;
	sum->word[word + 1] = mantissa >> 1 >> (63 - bit); /* magnitudes end in word 3 */
	if (bits >> 63)
		for (unsigned i = 0, carry = 1; i < 4; i++) {
			sum->word[i] = ~sum->word[i] + carry;
			carry = carry && sum->word[i] == 0;
		}
}

/* A sum of a * b without rounding, for magnitudes below 2^63. */
static inline void sum_set_product(struct sum *sum, double a, double b)
{
	double product = a * b;
	sum_set(sum, product);
	double rest = fma(a, b, -product);
	if (rest != 0)
		sum_add(sum, rest);
}

/* The halves carry from one into the other as processors do. */
static inline void sum_merge(struct sum *into, const struct sum *from)
{
	uint64_t *to = into->word;
	const uint64_t *word = from->word;
	unsigned __int128 low = (unsigned __int128)word[1] << 64 | word[0],
			  high = (unsigned __int128)word[3] << 64 | word[2];
	unsigned __int128 low_sum = ((unsigned __int128)to[1] << 64 | to[0]) + low;
	unsigned __int128 high_sum = ((unsigned __int128)to[3] << 64 | to[2]) + high + (low_sum < low);
	to[0] = (uint64_t)low_sum;
	to[1] = (uint64_t)(low_sum >> 64);
	to[2] = (uint64_t)high_sum;
	to[3] = (uint64_t)(high_sum >> 64);
}

/* As if it had been added so many times. */
static inline void sum_multiply(struct sum *sum, uint32_t times)
{
	unsigned __int128 carry = 0;
	for (int i = 0; i < 4; i++) {
		carry += (unsigned __int128)sum->word[i] * times;
		sum->word[i] = (uint64_t)carry;
		carry >>= 64;
	}
}

static inline void sum_add_integer(struct sum *sum, int64_t term)
{
	_Static_assert(SUM_UNIT_EXPONENT == 92, "the lowest bit of a whole number stands in word 1, at 28");
	uint64_t sign = (uint64_t)(term >> 63);
	const struct sum whole = {{0, (uint64_t)term << 28, (uint64_t)(term >> 36), sign}};
	sum_merge(sum, &whole);
}

/* 1: the sum is a whole number that *number holds. */
int sum_is_whole(const struct sum *sum, int64_t *number);

quad sum_value(const struct sum *sum);

/* All that is known of a measure's rows, without rounding. */
struct sums {
	uint64_t rows;
	struct sum n, d, nn, nd, dd; /* as in struct moments */
};

void sums_moments(const struct sums *sums, struct moments *moments);

#endif
