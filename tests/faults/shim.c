/* SPDX-License-Identifier: MIT */
/*
 * Failures of the disk, preloaded into the program.  Of the calls that concern files in FAULT_FOLDER, of the kinds in
 * FAULT_CALLS (letters: Open a new file, Make a folder, Write, fSync, Close what was written, Rename), number FAULT_AT does
 * what FAULT_DOES says; with FAULT_ON, all that come after it as well.
 *
 *	EIO, ENOSPC, EINTR...  it fails with this error
 *	short                  a write takes one byte only
 *	kill                   the program is killed in its stead
 *	nothing                it claims to be done, and is not
 *
 * FAULT_MARK names a file that is made when that happens, FAULT_LOG one that gets the letters of all these calls.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static atomic_long calls;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static int is_below(const char *path)
{
	const char *folder = getenv("FAULT_FOLDER");
	size_t length = folder ? strlen(folder) : 0;
	return length && strncmp(path, folder, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

/* Where a descriptor leads, with a name in it. */
static int concerns(int fd, const char *name)
{
	char link[32], path[2 * PATH_MAX];
	if (name && name[0] == '/')
		return is_below(name);
	snprintf(link, sizeof link, fd == AT_FDCWD ? "/proc/self/cwd" : "/proc/self/fd/%d", fd);
	ssize_t length = readlink(link, path, PATH_MAX);
	if (length < 0)
		return 0;
	snprintf(path + length, PATH_MAX, name ? "/%s" : "%s", name ? name : "");
	return is_below(path);
}

static int error_of(const char *name)
{
	static const struct {
		const char *name;
		int number;
	} errors[] = {{"EIO", EIO}, {"ENOSPC", ENOSPC}, {"EINTR", EINTR}, {"EDQUOT", EDQUOT}, {"EROFS", EROFS}};
	for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++)
		if (strcmp(name, errors[i].name) == 0)
			return errors[i].number;
	return EBADE;
}

enum fault { FAULT_NONE, FAULT_ERROR, FAULT_SHORT, FAULT_NOTHING };

/* Makes a file, with one more letter at its end where there is one. */
static void note(const char *path, const char *letter, size_t length)
{
	int fd = path ? REAL(open)(path, O_WRONLY | O_CREAT | O_APPEND, 0600) : -1;
	if (fd >= 0 && REAL(write)(fd, letter, length) == (ssize_t)length)
		REAL(close)(fd);
}

/* What is to happen to this call, of this kind. */
static enum fault fault_of(char kind, int fd, const char *name)
{
	const char *kinds = getenv("FAULT_CALLS"), *at = getenv("FAULT_AT"), *does = getenv("FAULT_DOES");
	int number = errno;
	if (!kinds || !at || !does || !strchr(kinds, kind) || !concerns(fd, name)) {
		errno = number;
		return FAULT_NONE;
	}
	note(getenv("FAULT_LOG"), &kind, 1);
	errno = number;
	long now = atomic_fetch_add(&calls, 1) + 1, wanted = atol(at);
	if (now < wanted || (now > wanted && !getenv("FAULT_ON")))
		return FAULT_NONE;
	note(getenv("FAULT_MARK"), "", 0);
	if (strcmp(does, "kill") == 0)
		raise(SIGKILL);
	errno = error_of(does);
	return strcmp(does, "short") == 0 ? FAULT_SHORT : strcmp(does, "nothing") == 0 ? FAULT_NOTHING : FAULT_ERROR;
}

__attribute__((visibility("default"))) int openat(int folder, const char *name, int flags, ...)
{
	va_list arguments;
	va_start(arguments, flags);
	mode_t mode = flags & O_CREAT ? va_arg(arguments, mode_t) : 0;
	va_end(arguments);
	if (flags & O_CREAT && fault_of('O', folder, name) != FAULT_NONE)
		return -1;
	return REAL(openat)(folder, name, flags, mode);
}

__attribute__((visibility("default"))) int mkdir(const char *path, mode_t mode)
{
	return fault_of('M', AT_FDCWD, path) == FAULT_NONE ? REAL(mkdir)(path, mode) : -1;
}

__attribute__((visibility("default"))) ssize_t write(int fd, const void *bytes, size_t length)
{
	switch (fault_of('W', fd, NULL)) {
	case FAULT_NONE:
		return REAL(write)(fd, bytes, length);
	case FAULT_SHORT:
		return REAL(write)(fd, bytes, 1);
	case FAULT_NOTHING:
		return (ssize_t)length;
	default:
		return -1;
	}
}

__attribute__((visibility("default"))) int fsync(int fd)
{
	enum fault fault = fault_of('S', fd, NULL);
	return fault == FAULT_NONE ? REAL(fsync)(fd) : fault == FAULT_NOTHING ? 0 : -1;
}

__attribute__((visibility("default"))) int close(int fd)
{
	int flags = fcntl(fd, F_GETFL);
	enum fault fault = flags >= 0 && (flags & O_ACCMODE) != O_RDONLY ? fault_of('C', fd, NULL) : FAULT_NONE;
	int number = errno, status = REAL(close)(fd);
	if (fault != FAULT_ERROR)
		return status;
	errno = number;
	return -1;
}

__attribute__((visibility("default"))) int renameat(int from_folder, const char *from, int to_folder, const char *to)
{
	enum fault fault = fault_of('R', from_folder, from);
	return fault == FAULT_NONE ? REAL(renameat)(from_folder, from, to_folder, to) : fault == FAULT_NOTHING ? 0 : -1;
}
