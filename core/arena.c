/* SPDX-License-Identifier: MIT */
/* A list of blocks, each filled from its start. */
#include "arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Most arenas of which there are many stay small. */
enum { ALIGNMENT = 16, FIRST_SIZE = 1024, BLOCK_SIZE = 16 * 1024, MAPPED_SIZE = 64 * 1024 };

struct arena_block {
	struct arena_block *next;
	size_t used, size; /* of bytes */
	_Alignas(ALIGNMENT) unsigned char bytes[];
};

static struct arena_block *block_map(enum arena_kind kind, size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size = (sizeof(struct arena_block) + size + page - 1) / page * page;
	struct arena_block *block = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (block == MAP_FAILED)
		return NULL;
	if (kind == ARENA_HIDDEN && madvise(block, size, MADV_DONTFORK) < 0) {
		munmap(block, size);
		return NULL;
	}
	block->size = size - sizeof *block;
	return block;
}

static struct arena_block *block_new(const struct arena *arena, size_t size)
{
	size_t usual = arena->kind != ARENA_HEAP ? MAPPED_SIZE - sizeof(struct arena_block)
		       : arena->blocks           ? BLOCK_SIZE
						 : FIRST_SIZE;
	if (size < usual)
		size = usual;
	if (arena->kind != ARENA_HEAP)
		return block_map(arena->kind, size);
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
		struct arena_block *fresh = block_new(arena, size);
		if (!fresh)
			return NULL;
		/* A large piece must not end the use of a block with more room left. */
		if (block && fresh->size - size < block->size - block->used) {
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
		if (arena->kind == ARENA_HEAP)
			free(block);
		else
			munmap(block, sizeof *block + block->size);
	}
	arena->blocks = NULL;
}

const struct arena_block *arena_next(const struct arena *arena, const struct arena_block *block, void **bytes,
				     size_t *size)
{
	block = block ? block->next : arena->kind != ARENA_HEAP ? arena->blocks : NULL;
	*bytes = (void *)(uintptr_t)block;
	*size = block ? sizeof *block + block->size : 0;
	return block;
}
