/* SPDX-License-Identifier: MIT */
/* Chunks of memory of their own, filled one after the other. */
#include "texts.h"

#include <string.h>
#include <sys/mman.h>

enum { CHUNK = 1 << 20 };

struct texts_chunk {
	struct texts_chunk *next;
	size_t size;
};

static int add_chunk(struct texts *texts, size_t least)
{
	size_t size = sizeof(struct texts_chunk) + least;
	size = (size + CHUNK - 1) / CHUNK * CHUNK;
	struct texts_chunk *chunk = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (chunk == MAP_FAILED)
		return -1;
	if (madvise(chunk, size, MADV_DONTFORK) < 0) {
		munmap(chunk, size);
		return -1;
	}
	*chunk = (struct texts_chunk){texts->chunks, size};
	texts->chunks = chunk;
	texts->at = (char *)(chunk + 1);
	texts->left = size - sizeof *chunk;
	return 0;
}

char *texts_keep(struct texts *texts, const char *text, size_t length)
{
	if (length >= texts->left && add_chunk(texts, length + 1) < 0)
		return NULL;
	char *copy = texts->at;
	memcpy(copy, text, length);
	copy[length] = '\0';
	texts->at += length + 1;
	texts->left -= length + 1;
	return copy;
}

void texts_free(struct texts *texts)
{
	for (struct texts_chunk *chunk = texts->chunks, *next; chunk; chunk = next) {
		next = chunk->next;
		munmap(chunk, chunk->size);
	}
	*texts = (struct texts){0};
}
