/* SPDX-License-Identifier: MIT */
/*
 * Ids of records, in 16 bytes: texts of up to 15 bytes as they are, longer ones by a 128-bit hash.  (Two of ten million
 * longer ids share a hash with a chance of 1 in 10^24; nobody can make them do so, since the hash has a key.)
 */
#ifndef IDENT_H
#define IDENT_H

#include <stdint.h>
#include <string.h>

struct ident {
	uint64_t low, high; /* both 0: no id */
};

extern uint64_t ident_key[4];

/* Draws a key for this process, before the first id is read: no result depends on it. */
void ident_draw_key(void);

static inline uint64_t ident_fold(uint64_t a, uint64_t b)
{
	unsigned __int128 product = (unsigned __int128)a * b;
	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t ident_load(const char *p)
{
	uint64_t word;
	memcpy(&word, p, sizeof word);
	return word;
}

/* One more block of a long text. */
static inline void ident_add(const char *block, uint64_t *x, uint64_t *y)
{
	uint64_t a = ident_load(block), b = ident_load(block + 8);
	*x = ident_fold(a ^ ident_key[0], b ^ *x ^ ident_key[1]);
	*y = ident_fold(b ^ ident_key[2], a ^ *y ^ ident_key[3]);
}

/* Of a trimmed text. */
static inline struct ident ident_of(const char *text, uint32_t length)
{
	struct ident id = {0, 0};
	if (length <= 15) {
		char bytes[16] = {0};
		memcpy(bytes, text, length);
		bytes[15] = (char)length;
		memcpy(&id, bytes, sizeof id);
		return id;
	}
	uint64_t x = length, y = ~(uint64_t)length;
	for (uint32_t i = 0; i + 16 < length; i += 16)
		ident_add(text + i, &x, &y);
	ident_add(text + length - 16, &x, &y); /* overlaps the one before it */
	id.low = x;
	id.high = y | UINT64_C(0xff) << 56; /* a length that no short text has */
	return id;
}

static inline int ident_is_none(struct ident id)
{
	return (id.low | id.high) == 0;
}

static inline int ident_equal(struct ident a, struct ident b)
{
	return a.low == b.low && a.high == b.high;
}

static inline uint64_t ident_hash(struct ident id)
{
	return ident_fold(id.low ^ UINT64_C(0x2d358dccaa6c78a5), id.high ^ UINT64_C(0x8bb84b93962eacc9));
}

#endif
