/* SPDX-License-Identifier: MIT */
/* A list of blocks, each filled from its start. */
#include "arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ALIGNMENT = 16, FIRST_SIZE = 1024, BLOCK_SIZE = 16 * 1024 }; /* most arenas of which there are many stay small */

struct arena_block {
	struct arena_block *next;
	size_t used, size; /* of bytes */
	_Alignas(ALIGNMENT) unsigned char bytes[];
};

static struct arena_block *block_new(size_t size)
{
	struct arena_block *block = calloc(1, sizeof *block + size);
	if (block)
		block->size = size;
	return block;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	if (size > SIZE_MAX / 2)
		return NULL;
	size = (size + (size == 0) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	struct arena_block *block = arena->blocks;
	if (!block || block->size - block->used < size) {
		size_t usual = block ? BLOCK_SIZE : FIRST_SIZE;
		struct arena_block *fresh = block_new(size > usual ? size : usual);
		if (!fresh)
			return NULL;
		if (block && size > usual) { /* a large piece must not end the use of a block with room left */
			fresh->next = block->next;
			block->next = fresh;
		} else {
			fresh->next = block;
			arena->blocks = fresh;
		}
		block = fresh;
	}
	void *piece = block->bytes + block->used;
	block->used += size;
	return piece;
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
	size_t total;
	return __builtin_mul_overflow(count, size, &total) ? NULL : arena_alloc(arena, total);
}

char *arena_strdup(struct arena *arena, const char *text)
{
	size_t size = strlen(text) + 1;
	char *copy = arena_alloc(arena, size);
	return copy ? memcpy(copy, text, size) : NULL;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
	va_list arguments, again;
	va_start(arguments, format);
	va_copy(again, arguments);
	int length = vsnprintf(NULL, 0, format, arguments);
	char *text = length < 0 ? NULL : arena_alloc(arena, (size_t)length + 1);
	if (text)
		vsnprintf(text, (size_t)length + 1, format, again);
	va_end(again);
	va_end(arguments);
	return text;
}

void arena_free(struct arena *arena)
{
	for (struct arena_block *block = arena->blocks, *next; block; block = next) {
		next = block->next;
		free(block);
	}
	arena->blocks = NULL;
}
