/* SPDX-License-Identifier: MIT */
/*
 * free() and realloc() that wipe what they give back, for the whole program and every library in it.
 *
 * Confined children inherit this process's memory, and would find there what has been read and freed long ago: rows of
 * customers, passwords, the job.  Libraries that read them (libpq, SQLite, ODBC drivers, libconfig) free them as anybody
 * does, so it is done here, where they all come by.  The C library's manual says that malloc() and its like may be
 * replaced by a program; these two but do something before the C library's own.
 */
#include "forget.h"
#include "syscalls.h"

#include <errno.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int is_off;

void forget_nothing(void)
{
	is_off = 1;
}

#if defined(__GLIBC__) && !IS_SANITIZED

enum { LARGE = 64 * 1024 };

void __libc_free(void *memory);
void *__libc_realloc(void *memory, size_t size);

/* A piece of its own mapping goes back to the kernel, and may have pages that were never touched.  (The second bit of the
   size before a piece has meant this since the C library's first mmap.) */
static int is_mapping(const void *memory)
{
	return (((const size_t *)memory)[-1] & 2) != 0;
}

/* Whole pages of a large piece are given back: most of it may never have been touched. */
static void wipe(char *memory, size_t size)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), start = (uintptr_t)memory, end = start + size;
	uintptr_t first = (start + page - 1) / page * page, last = end / page * page;
	int saved = errno;
	if (size < LARGE || madvise((void *)first, last - first, MADV_DONTNEED) < 0) {
		explicit_bzero(memory, size);
	} else {
		explicit_bzero(memory, first - start);
		explicit_bzero((void *)last, end - last);
	}
	errno = saved;
}

__attribute__((visibility("default"))) void free(void *memory)
{
	if (memory && !is_off && !is_mapping(memory))
		wipe(memory, malloc_usable_size(memory));
	__libc_free(memory);
}

__attribute__((visibility("default"))) void *realloc(void *memory, size_t size)
{
	if (!memory || size == 0 || is_off || is_mapping(memory))
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
