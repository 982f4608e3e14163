/* SPDX-License-Identifier: MIT */
/* An arena: memory that is taken piece by piece and given back all at once. */
#ifndef ARENA_H
#define ARENA_H

#include <stddef.h>

struct arena_block;

enum arena_kind {
	ARENA_HEAP,
	ARENA_MAPPED, /* in pages of its own, which can be kept from confined children */
	ARENA_HIDDEN  /* and are, from the start */
};

/* {0} is an empty arena.  Not to be shared by threads. */
struct arena {
	struct arena_block *blocks; /* the newest first */
	enum arena_kind kind;       /* set while it is empty */
};

/* Zeroed, aligned to 16 bytes, never NULL for size 0; NULL: out of memory. */
void *arena_alloc(struct arena *arena, size_t size);
/* NULL where count * size overflows, too. */
void *arena_array(struct arena *arena, size_t count, size_t size);
char *arena_strdup(struct arena *arena, const char *text);
__attribute__((format(printf, 2, 3))) char *arena_printf(struct arena *arena, const char *format, ...);
void arena_free(struct arena *arena);

/* The pages of one that has its own: of the block after this one, or of the first where it is NULL; NULL: there is none. */
const struct arena_block *arena_next(const struct arena *arena, const struct arena_block *block, void **bytes,
				     size_t *size);

#endif
