/* SPDX-License-Identifier: MIT */
/*
 * free() and realloc() that wipe what they give back, for the whole program and every library in it.
 *
 * Confined children inherit this process's memory, and would find there what has been read and freed long ago: rows of
 * customers, passwords, the job.  Libraries that read them (libpq, SQLite, ODBC drivers, libconfig) free them as anybody
 * does, so it is done here, where they all come by.  The C library's manual says that malloc() and its like may be
 * replaced by a program; these two but do something before the C library's own.
 */
#include "syscalls.h"

#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if defined(__GLIBC__) && !IS_SANITIZED

void __libc_free(void *memory);
void *__libc_realloc(void *memory, size_t size);

/* A piece of its own mapping goes back to the kernel, and may have pages that were never touched.  (The second bit of the
   size before a piece has meant this since the C library's first mmap.) */
static int is_mapping(const void *memory)
{
	return (((const size_t *)memory)[-1] & 2) != 0;
}

__attribute__((visibility("default"))) void free(void *memory)
{
	if (memory && !is_mapping(memory))
		explicit_bzero(memory, malloc_usable_size(memory));
	__libc_free(memory);
}

__attribute__((visibility("default"))) void *realloc(void *memory, size_t size)
{
	if (!memory || size == 0 || is_mapping(memory))
		return __libc_realloc(memory, size);
	size_t held = malloc_usable_size(memory);
	if (size <= held && size >= held / 2)
		return memory;
	void *moved = malloc(size);
	if (!moved)
		return NULL;
	memcpy(moved, memory, size < held ? size : held);
	free(memory);
	return moved;
}

#endif
