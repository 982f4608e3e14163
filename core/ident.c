/* SPDX-License-Identifier: MIT */
/* The key of the hash of long ids. */
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
