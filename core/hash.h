/* SPDX-License-Identifier: MIT */
/* A SHA-256 as its 64 digits. */
#ifndef HASH_H
#define HASH_H

#include <nettle/sha2.h>

static inline void hash_text(struct sha256_ctx *context, char text[65])
{
	static const char digits[] = "0123456789abcdef";
	uint8_t digest[SHA256_DIGEST_SIZE];
	sha256_digest(context, sizeof digest, digest);
	for (int i = 0; i < SHA256_DIGEST_SIZE; i++) {
		text[2 * i] = digits[digest[i] >> 4];
		text[2 * i + 1] = digits[digest[i] & 15];
	}
	text[64] = 0;
}

#endif
