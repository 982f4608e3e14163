/* SPDX-License-Identifier: MIT */
/*
 * Ids of records, in 16 bytes: texts of up to 15 bytes as they are, and so the 18 characters of Salesforce, of which the
 * last three follow from the others; other long ones by a 128-bit hash.  (Two of ten million share a hash with a chance
 * of 1 in 10^24; nobody can make them do so, since the hash has a key.)
 */
#ifndef IDENT_H
#define IDENT_H

#include <stdint.h>
#include <string.h>

struct ident {
	uint64_t low, high; /* both 0: no id */
};

enum {
	IDENT_WHOLE = 15,   /* bytes that fit beside the length, which is the last one */
	IDENT_CHECKED = 18, /* the length of what has three check characters, which are left out */
	IDENT_HASHED = 0xff /* a length that no text has that is kept as it is */
};

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

#define IDENT_EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
/* A bit for each of eight letters and digits that is a capital, the first the lowest. */
static inline uint32_t ident_capitals(uint64_t word)
{
	return (uint32_t)(((word >> 6 & ~(word >> 5)) & IDENT_EACH(1)) * UINT64_C(0x0102040810204080) >> 56);
}

/*
 * Of 18 characters: do the last three say which of the other 15 are capitals, five each, by A to Z and 0 to 5?  Whatever
 * these are, there is one set of three that does, so that they need not be kept.
 */
static inline int ident_is_checked(const char *text, uint64_t low, uint64_t high)
{
	uint32_t capitals = ident_capitals(low) | ident_capitals(high) << 8, found;
	uint32_t fives = (capitals & 31) | (capitals << 3 & 31 << 8) | (capitals << 6 & 31 << 16);
	uint32_t is_digit = (fives + 0x666666) >> 7 & 0x010101; /* 26 and more */
	memcpy(&found, text + IDENT_CHECKED - sizeof found, sizeof found);
	return found >> 8 == fives + 0x414141 - is_digit * ('A' + 26 - '0');
}

static inline int ident_is_salesforce(const char *text, uint32_t length, struct ident *id)
{
	if (length != IDENT_CHECKED)
		return 0;
	uint64_t low = ident_load(text), high = ident_load(text + 7) >> 8;
	*id = (struct ident){low, high | (uint64_t)IDENT_CHECKED << 56};
	return ident_is_checked(text, low, high);
}
#else
static inline int ident_is_salesforce(const char *text, uint32_t length, struct ident *id)
{
	(void)text, (void)length, (void)id;
	return 0;
}
#endif

struct ident ident_of_other(const char *text, uint32_t length);

/* Of a trimmed text. */
static inline struct ident ident_of(const char *text, uint32_t length)
{
	struct ident id;
	return ident_is_salesforce(text, length, &id) ? id : ident_of_other(text, length);
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
