/* SPDX-License-Identifier: MIT */
/*
 * Random numbers that are a function of a key and a counter (Philox 4x32-10 of Salmon, Moraes, Dror and Shaw, 2011): each can
 * be had by itself, so that whoever draws them, in whatever order, draws the same.
 */
#ifndef PHILOX_H
#define PHILOX_H

#include <stdint.h>

static inline void philox(const uint32_t key[2], const uint32_t counter[4], uint32_t out[4])
{
	uint32_t k0 = key[0], k1 = key[1], c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
	for (int round = 0; round < 10; round++) {
		uint64_t a = (uint64_t)0xd2511f53 * c0, b = (uint64_t)0xcd9e8d57 * c2;
		c0 = (uint32_t)(b >> 32) ^ c1 ^ k0;
		c1 = (uint32_t)b;
		c2 = (uint32_t)(a >> 32) ^ c3 ^ k1;
		c3 = (uint32_t)a;
		k0 += 0x9e3779b9;
		k1 += 0xbb67ae85;
	}
	out[0] = c0;
	out[1] = c1;
	out[2] = c2;
	out[3] = c3;
}

/* Two numbers between 0 and 1, neither of them included. */
static inline void philox_uniform(const uint32_t key[2], const uint32_t counter[4], double out[2])
{
	uint32_t bits[4];
	philox(key, counter, bits);
	for (int i = 0; i < 2; i++)
		out[i] = (double)(((uint64_t)bits[2 * i] << 32 | bits[2 * i + 1]) >> 12) * 0x1p-52 + 0x1p-53;
}

#endif
