/* SPDX-License-Identifier: MIT */
/* Ids but for those of Salesforce, and the key of the hash of long ones. */
#include "ident.h"

#include <sys/random.h>

/* As good as any where nobody means harm. */
uint64_t ident_key[4] = {
	UINT64_C(0x9e3779b97f4a7c15),
	UINT64_C(0xd1b54a32d192ed03),
	UINT64_C(0x8cb92ba72f3d8dd7),
	UINT64_C(0xaef17502108ef2d9),
};

void ident_draw_key(void)
{
	uint64_t key[4];
	if (getrandom(key, sizeof key, GRND_NONBLOCK) == (ssize_t)sizeof key)
		memcpy(ident_key, key, sizeof key);
}

/* One more block of a long text. */
static inline void add(const char *block, uint64_t *x, uint64_t *y)
{
	uint64_t a = ident_load(block), b = ident_load(block + 8);
	*x = ident_fold(a ^ ident_key[0], b ^ *x ^ ident_key[1]);
	*y = ident_fold(b ^ ident_key[2], a ^ *y ^ ident_key[3]);
}

struct ident ident_of_other(const char *text, uint32_t length)
{
	struct ident id = {0, 0};
	if (length <= IDENT_WHOLE) {
		char bytes[16] = {0};
		memcpy(bytes, text, length);
		bytes[15] = (char)length;
		memcpy(&id, bytes, sizeof id);
		return id;
	}
	uint64_t x = length, y = ~(uint64_t)length;
	for (uint32_t i = 0; i + 16 < length; i += 16)
		add(text + i, &x, &y);
	add(text + length - 16, &x, &y); /* overlaps the one before it */
	id.low = x;
	id.high = y | (uint64_t)IDENT_HASHED << 56;
	return id;
}
