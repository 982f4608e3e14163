/* SPDX-License-Identifier: MIT */
/* Calls that fail where a test wants it, and what was not given back. */
#include "failing.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <iconv.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <yajl/yajl_gen.h>
#include <zlib.h>

enum { FILES_MOST = 1024 };

static _Thread_local struct {
	enum failing kind;
	unsigned at, seen;
	int number;
	long held;
	const char *text;
	int finds_all;
	enum failing_identity identity;
} state;

void failing_begin(enum failing kind, unsigned at, int number)
{
	state.kind = kind;
	state.at = at;
	state.seen = 0;
	state.number = number;
}

unsigned failing_end(void)
{
	state.kind = FAILING_NONE;
	return state.seen;
}

void failing_to_miss(int is_on)
{
	state.finds_all = is_on;
}

void failing_to_identify(enum failing_identity identity)
{
	state.identity = identity;
}

void failing_read(const char *text)
{
	state.text = text;
}

long failing_held(void)
{
	return state.held;
}

static int is_time(enum failing kind)
{
	if (state.kind != kind || ++state.seen != state.at)
		return 0;
	errno = state.number;
	return 1;
}

/* A call of the code under test, and what it returns where it fails. */
#define CALL(kind, type, failed, name, parameters, arguments)                                                          \
	type __real_##name parameters;                                                                                 \
	__attribute__((visibility("default"))) type __wrap_##name parameters; /* libraries may ask for it, too */      \
	type __wrap_##name parameters                                                                                  \
	{                                                                                                              \
		return is_time(kind) ? (failed) : __real_##name arguments;                                             \
	}

CALL(FAILING_LISTING, DIR *, NULL, fdopendir, (int fd), (fd))
CALL(FAILING_READDIR, struct dirent *, NULL, readdir, (DIR * listing), (listing))
CALL(FAILING_READ, ssize_t, -1, pread, (int fd, void *bytes, size_t length, off_t from), (fd, bytes, length, from))
CALL(FAILING_LOOK, int, -1, lstat, (const char *path, struct stat *status), (path, status))
CALL(FAILING_LOCK, int, -1, flock, (int fd, int operation), (fd, operation))
CALL(FAILING_MKDIR, int, -1, mkdir, (const char *path, mode_t mode), (path, mode))
CALL(FAILING_CHMOD, int, -1, fchmod, (int fd, mode_t mode), (fd, mode))
CALL(FAILING_WRITE, ssize_t, -1, write, (int fd, const void *bytes, size_t length), (fd, bytes, length))
CALL(FAILING_SEEK, off_t, -1, lseek, (int fd, off_t at, int from), (fd, at, from))
CALL(FAILING_JSON, yajl_gen, NULL, yajl_gen_alloc, (const yajl_alloc_funcs *functions), (functions))
CALL(FAILING_GLOB, int, state.number, glob,
     (const char *pattern, int flags, int (*on_error)(const char *, int), glob_t *found),
     (pattern, flags, on_error, found))
CALL(FAILING_INFLATE, int, state.number, inflateInit2_, (z_stream * z, int bits, const char *version, int size),
     (z, bits, version, size))
CALL(FAILING_INFLATE, int, state.number, inflate, (z_stream * z, int flush), (z, flush))
CALL(FAILING_ENCODING, iconv_t, (iconv_t)-1, iconv_open, (const char *to, const char *from), (to, from))
CALL(FAILING_SYNC, int, -1, fsync, (int fd), (fd))
CALL(FAILING_SYNC_BEGIN, int, -1, sync_file_range, (int fd, off_t from, off_t size, unsigned flags),
     (fd, from, size, flags))
CALL(FAILING_RENAME, int, -1, renameat, (int from_fd, const char *from, int to_fd, const char *to),
     (from_fd, from, to_fd, to))
CALL(FAILING_UNLINK, int, -1, unlinkat, (int fd, const char *name, int flags), (fd, name, flags))
CALL(FAILING_STREAM, FILE *, NULL, fopencookie, (void *cookie, const char *mode, cookie_io_functions_t functions),
     (cookie, mode, functions))
CALL(FAILING_ADVICE, int, -1, madvise, (void *memory, size_t size, int advice), (memory, size, advice))

static int identify(int result, struct stat *status)
{
	if (result == 0 && state.identity == FAILING_FIRST_OF_ITS_OWN) {
		status->st_dev = status->st_ino;
		status->st_ino = 1;
	}
	status->st_ino += state.identity == FAILING_OTHER_NUMBER;
	status->st_dev += state.identity == FAILING_OTHER_DEVICE;
	return result;
}

int __real_fstat(int fd, struct stat *status);
__attribute__((visibility("default"))) int __wrap_fstat(int fd, struct stat *status);
int __wrap_fstat(int fd, struct stat *status)
{
	return is_time(FAILING_STAT) ? -1 : identify(__real_fstat(fd, status), status);
}

int __real_stat(const char *path, struct stat *status);
__attribute__((visibility("default"))) int __wrap_stat(const char *path, struct stat *status);
int __wrap_stat(const char *path, struct stat *status)
{
	return is_time(FAILING_LOOK) ? -1 : identify(__real_stat(path, status), status);
}

int __real_fstatat(int fd, const char *name, struct stat *status, int flags);
int __wrap_fstatat(int fd, const char *name, struct stat *status, int flags);
int __wrap_fstatat(int fd, const char *name, struct stat *status, int flags)
{
	if (is_time(FAILING_STAT))
		return -1;
	return state.finds_all ? fstat(fd, status) : __real_fstatat(fd, name, status, flags);
}

FILE *__real_fopen(const char *path, const char *mode);
FILE *__wrap_fopen(const char *path, const char *mode);
FILE *__wrap_fopen(const char *path, const char *mode)
{
	const char *text = state.text;
	state.text = NULL;
	if (is_time(FAILING_STREAM))
		return NULL;
	return text ? fmemopen((void *)(uintptr_t)text, strlen(text), "r") : __real_fopen(path, mode);
}

int __real_close(int fd);
int __wrap_close(int fd);
int __wrap_close(int fd)
{
	int status = __real_close(fd);
	state.held += fd < 0;
	return is_time(FAILING_CLOSE) ? -1 : status;
}

/* ---- with arguments that may be there */

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...)
{
	va_list arguments;
	va_start(arguments, flags);
	mode_t mode = flags & O_CREAT ? va_arg(arguments, mode_t) : 0;
	va_end(arguments);
	return is_time(FAILING_OPEN) ? -1 : __real_open(path, flags, mode);
}

int __real_openat(int folder, const char *name, int flags, ...);
int __wrap_openat(int folder, const char *name, int flags, ...);
int __wrap_openat(int folder, const char *name, int flags, ...)
{
	va_list arguments;
	va_start(arguments, flags);
	mode_t mode = flags & O_CREAT ? va_arg(arguments, mode_t) : 0;
	va_end(arguments);
	return is_time(FAILING_OPEN) ? -1 : __real_openat(folder, name, flags, mode);
}

int __real_fcntl(int fd, int command, ...);
int __wrap_fcntl(int fd, int command, ...);
int __wrap_fcntl(int fd, int command, ...)
{
	va_list arguments;
	va_start(arguments, command);
	void *argument = command == F_GETFD || command == F_GETFL ? NULL : va_arg(arguments, void *);
	va_end(arguments);
	return is_time(FAILING_DUPLICATE) ? -1 : __real_fcntl(fd, command, argument);
}

/* ---- memory, which is counted */

static void *taken(void *piece)
{
	state.held += piece != NULL;
	return piece;
}

#define TAKE(name, parameters, arguments)                                                                              \
	void *__real_##name parameters;                                                                                \
	void *__wrap_##name parameters;                                                                                \
	void *__wrap_##name parameters                                                                                 \
	{                                                                                                              \
		return is_time(FAILING_MEMORY) ? NULL : taken(__real_##name arguments);                                \
	}

TAKE(malloc, (size_t size), (size))
TAKE(calloc, (size_t count, size_t size), (count, size))

void *__real_realloc(void *piece, size_t size);
void *__wrap_realloc(void *piece, size_t size);
void *__wrap_realloc(void *piece, size_t size)
{
	if (is_time(FAILING_MEMORY))
		return NULL;
	long held = state.held,
	     had = piece != NULL; /* the program's own realloc() may take what it gives from here, too */
	void *larger = __real_realloc(piece, size);
	state.held = held + (had ? -(size == 0) : larger != NULL);
	return larger;
}

void *__real_reallocarray(void *piece, size_t count, size_t size);
void *__wrap_reallocarray(void *piece, size_t count, size_t size);
void *__wrap_reallocarray(void *piece, size_t count, size_t size)
{
	if (is_time(FAILING_MEMORY))
		return NULL;
	long held = state.held, had = piece != NULL;
	void *larger = __real_reallocarray(piece, count, size);
	state.held = held + (!had && larger);
	return larger;
}

char *__real_strdup(const char *text);
char *__wrap_strdup(const char *text);
char *__wrap_strdup(const char *text)
{
	return is_time(FAILING_MEMORY) ? NULL : taken(__real_strdup(text));
}

char *__real_strndup(const char *text, size_t most);
char *__wrap_strndup(const char *text, size_t most);
char *__wrap_strndup(const char *text, size_t most)
{
	return is_time(FAILING_MEMORY) ? NULL : taken(__real_strndup(text, most));
}

static int print(char **text, const char *format, va_list arguments)
{
	int length = is_time(FAILING_MEMORY) ? -1 : vasprintf(text, format, arguments);
	state.held += length >= 0;
	if (length < 0)
		*text = (char *)(intptr_t)-1; /* nothing is said of it: nobody may use it */
	return length;
}

int __wrap_asprintf(char **text, const char *format, ...) __attribute__((format(printf, 2, 3)));
int __wrap_asprintf(char **text, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	int length = print(text, format, arguments);
	va_end(arguments);
	return length;
}

/* The same, of a build with _FORTIFY_SOURCE. */
int __wrap___asprintf_chk(char **text, int flag, const char *format, ...) __attribute__((format(printf, 3, 4)));
int __wrap___asprintf_chk(char **text, int flag, const char *format, ...)
{
	va_list arguments;
	(void)flag;
	va_start(arguments, format);
	int length = print(text, format, arguments);
	va_end(arguments);
	return length;
}

void __real_free(void *piece);
void __wrap_free(void *piece);
void __wrap_free(void *piece)
{
	state.held -= piece != NULL;
	__real_free(piece);
}

void *__real_mmap(void *memory, size_t size, int protection, int flags, int fd, off_t from);
void *__wrap_mmap(void *memory, size_t size, int protection, int flags, int fd, off_t from);
void *__wrap_mmap(void *memory, size_t size, int protection, int flags, int fd, off_t from)
{
	if (is_time(FAILING_MAP))
		return MAP_FAILED;
	void *mapped = __real_mmap(memory, size, protection, flags, fd, from);
	state.held += mapped != MAP_FAILED;
	return mapped;
}

int __real_munmap(void *memory, size_t size);

/* Where it fails, what was where it was to lead is gone nevertheless. */
void *__real_mremap(void *memory, size_t size, size_t new_size, int flags, ...);
void *__wrap_mremap(void *memory, size_t size, size_t new_size, int flags, ...);
void *__wrap_mremap(void *memory, size_t size, size_t new_size, int flags, ...)
{
	va_list rest;
	va_start(rest, flags);
	void *to = flags & MREMAP_FIXED ? va_arg(rest, void *) : NULL;
	va_end(rest);
	if (!is_time(FAILING_MOVE))
		return __real_mremap(memory, size, new_size, flags, to);
	if (to)
		__real_munmap(to, new_size);
	return MAP_FAILED;
}

int __wrap_munmap(void *memory, size_t size);
int __wrap_munmap(void *memory, size_t size)
{
	state.held--;
	return __real_munmap(memory, size);
}

unsigned failing_files(void)
{
	unsigned count = 0;
	for (int fd = 0; fd < FILES_MOST; fd++)
		count += __real_fcntl(fd, F_GETFD) >= 0;
	return count;
}
