/* SPDX-License-Identifier: MIT */
/*
 * A file that is read wrong by those who open it too soon, preloaded into the program: what is opened first, up to
 * GARBLE_OPENS times, finds other bytes at the beginning of the file GARBLE_FILE; GARBLE_SPARED opens before it do not.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))
#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

enum { DESCRIPTORS = 1024 };

static atomic_long opens;
static atomic_char is_garbled[DESCRIPTORS];

static long number_of(const char *name)
{
	const char *text = getenv(name);
	return text ? atol(text) : 0;
}

static int is_file(const char *path)
{
	const char *file = getenv("GARBLE_FILE");
	return file && strcmp(path, file) == 0;
}

static int note_open(const char *path, int fd)
{
	if (fd < 0 || fd >= DESCRIPTORS)
		return fd;
	long now = is_file(path) ? atomic_fetch_add(&opens, 1) - number_of("GARBLE_SPARED") : -1;
	is_garbled[fd] = now >= 0 && now < number_of("GARBLE_OPENS");
	return fd;
}

EXPORT int open(const char *path, int flags, ...)
{
	va_list arguments;
	va_start(arguments, flags);
	mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(arguments, mode_t) : 0;
	va_end(arguments);
	return note_open(path, REAL(open)(path, flags, mode));
}

EXPORT int open64(const char *path, int flags, ...) __attribute__((alias("open")));

EXPORT ssize_t pread64(int fd, void *bytes, size_t size, off_t at)
{
	ssize_t count = REAL(pread64)(fd, bytes, size, at);
	if (count > 0 && at == 0 && fd < DESCRIPTORS && is_garbled[fd])
		memset(bytes, 'x', (size_t)count);
	return count;
}
