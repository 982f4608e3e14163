/* SPDX-License-Identifier: MIT */
/*
 * Calls that fail, preloaded into the program and the processes it forks.  Of the calls that TORTURE_CALLS names (as in
 * "malloc,calloc"), number TORTURE_AT of process number TORTURE_PROCESS fails (the program is 0, the first that it forks
 * 1); with TORTURE_ON, all that come after it as well, in every process.  TORTURE_STATE is the file of a struct state,
 * where all calls are counted: a confined process can write nowhere else.  What libconfig asks for is spared: it does not
 * look whether it got it, so the program sees to it beforehand that it will.
 */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <link.h>
#include <malloc.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

/* Name and what errno is then; the order is that of the counters. */
#define CALLS(X)                                                                                                       \
	X(malloc, ENOMEM)                                                                                              \
	X(calloc, ENOMEM)                                                                                              \
	X(realloc, ENOMEM)                                                                                             \
	X(aligned, ENOMEM)                                                                                             \
	X(strdup, ENOMEM)                                                                                              \
	X(mmap, ENOMEM)                                                                                                \
	X(mprotect, ENOMEM)                                                                                            \
	X(madvise, ENOMEM)                                                                                             \
	X(memfd, EMFILE)                                                                                               \
	X(open, EMFILE)                                                                                                \
	X(fopen, EMFILE)                                                                                               \
	X(opendir, EMFILE)                                                                                             \
	X(readdir, EIO)                                                                                                \
	X(read, EIO)                                                                                                   \
	X(pread, EIO)                                                                                                  \
	X(lseek, EIO)                                                                                                  \
	X(stat, EIO)                                                                                                   \
	X(write, ENOSPC)                                                                                               \
	X(fsync, EIO)                                                                                                  \
	X(close, EIO)                                                                                                  \
	X(rename, EIO)                                                                                                 \
	X(unlink, EIO)                                                                                                 \
	X(mkdir, ENOSPC)                                                                                               \
	X(chmod, EPERM)                                                                                                \
	X(flock, ENOLCK)                                                                                               \
	X(fork, EAGAIN)                                                                                                \
	X(thread, EAGAIN)                                                                                              \
	X(wait, ECHILD)                                                                                                \
	X(poll, ENOMEM)                                                                                                \
	X(pipe, EMFILE)                                                                                                \
	X(dup, EMFILE)                                                                                                 \
	X(rlimit, EPERM)                                                                                               \
	X(prctl, EPERM)                                                                                                \
	X(landlock, EOPNOTSUPP)                                                                                        \
	X(seccomp, EINVAL)                                                                                             \
	X(capset, EPERM)

#define PLACE(name, number) AT_##name,
#define NAME(name, number) #name,
#define NUMBER(name, number) number,
enum call { CALLS(PLACE) CALL_COUNT };
static const char *const names[] = {CALLS(NAME)};
static const int numbers[] = {CALLS(NUMBER)};

enum { PROCESSES = 32 };

struct state {
	_Atomic uint32_t processes; /* so many were forked */
	_Atomic uint32_t failed;    /* so many calls were made to fail */
	_Atomic uint32_t first;     /* the first of them, as a place in CALLS */
	char where[256];            /* who made that one: file and, where it has a name, function */
	_Atomic uint32_t counts[PROCESSES][CALL_COUNT];
};

static struct {
	struct state *state;
	uint64_t calls;               /* those that may fail, as bits */
	uintptr_t spared, spared_end; /* where libconfig is */
	uintptr_t realloc;            /* where the program's own is, if it has one */
	uint32_t process, wanted_process, at, is_on;
	_Atomic uint32_t done; /* of those calls, in this process */
} torture;

static uint64_t calls_of(const char *list)
{
	uint64_t calls = 0;
	while (list && *list) {
		size_t length = strcspn(list, ",");
		for (int i = 0; i < CALL_COUNT; i++)
			if (strlen(names[i]) == length && strncmp(names[i], list, length) == 0)
				calls |= UINT64_C(1) << i;
		list += length + (list[length] == ',');
	}
	return calls;
}

static uint32_t number_of(const char *name)
{
	const char *text = getenv(name);
	return text ? (uint32_t)strtoul(text, NULL, 10) : 0;
}

static int find_spared(struct dl_phdr_info *info, size_t size, void *context)
{
	(void)size, (void)context;
	for (int i = 0; strstr(info->dlpi_name, "/libconfig.so") && i < info->dlpi_phnum; i++)
		if (info->dlpi_phdr[i].p_type == PT_LOAD && info->dlpi_phdr[i].p_flags & PF_X) {
			torture.spared = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
			torture.spared_end = torture.spared + info->dlpi_phdr[i].p_memsz;
		}
	return 0;
}

/* By the kernel's own numbers, so that none of this is counted. */
__attribute__((constructor)) static void begin(void)
{
	const char *path = getenv("TORTURE_STATE");
	int fd = path ? (int)syscall(SYS_open, path, O_RDWR | O_CLOEXEC) : -1;
	if (fd < 0)
		return;
	void *state =
		(void *)syscall(SYS_mmap, NULL, sizeof(struct state), PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)0);
	syscall(SYS_close, fd);
	dl_iterate_phdr(find_spared, NULL);
	void *frames[1], *first = dlsym(RTLD_DEFAULT, "realloc");
	Dl_info own, others;
	backtrace(frames, 1); /* which loads what it needs */
	if (dladdr(names, &own) && dladdr(first, &others) && own.dli_fbase != others.dli_fbase)
		torture.realloc = (uintptr_t)first;
	torture.calls = calls_of(getenv("TORTURE_CALLS"));
	torture.wanted_process = number_of("TORTURE_PROCESS");
	torture.at = number_of("TORTURE_AT");
	torture.is_on = getenv("TORTURE_ON") != NULL;
	torture.state = state == MAP_FAILED ? NULL : state;
}

static int is_time(enum call call)
{
	if (!(torture.calls >> call & 1))
		return 0;
	uint32_t now = atomic_fetch_add(&torture.done, 1) + 1;
	if (torture.is_on && atomic_load(&torture.state->failed))
		return 1;
	return torture.process == torture.wanted_process && now == torture.at;
}

static int is_in_spared(const void *code)
{
	return (uintptr_t)code >= torture.spared && (uintptr_t)code < torture.spared_end;
}

/* The program may have a realloc() of its own, which asks in the name of others. */
static int is_spared(const void *caller)
{
	enum { REALLOC_MOST = 512, FRAMES = 6 };
	void *frames[FRAMES];
	uintptr_t into = (uintptr_t)caller - torture.realloc;
	if (torture.realloc && into < REALLOC_MOST)
		for (int i = backtrace(frames, FRAMES) - 1; i >= 0; i--)
			if (is_in_spared(frames[i]))
				return 1;
	return is_in_spared(caller);
}

static void note_caller(const void *caller)
{
	Dl_info info = {NULL, NULL, NULL, NULL};
	dladdr(caller, &info);
	snprintf(torture.state->where, sizeof torture.state->where, "%s: %s+0x%lx",
		 info.dli_fname ? info.dli_fname : "", info.dli_sname ? info.dli_sname : "",
		 (unsigned long)caller - (unsigned long)(info.dli_sname ? info.dli_saddr : info.dli_fbase));
}

#define fails(call) fails_for(call, __builtin_return_address(0))

/* Whether this call is to fail; then errno is set. */
static int fails_for(enum call call, const void *caller)
{
	if (!torture.state || is_spared(caller))
		return 0;
	atomic_fetch_add(&torture.state->counts[torture.process % PROCESSES][call], 1);
	if (!is_time(call))
		return 0;
	if (atomic_fetch_add(&torture.state->failed, 1) == 0) {
		atomic_store(&torture.state->first, call);
		note_caller(caller);
	}
	errno = numbers[call];
	return 1;
}

/* ---- memory; beneath is the C library's own, or that of the sanitizers, which knows what is whose ---- */

#define BENEATH(type, name, ...)                                                                                       \
	type __libc_##name(__VA_ARGS__);                                                                               \
	__attribute__((weak)) type __interceptor_##name(__VA_ARGS__);

BENEATH(void *, malloc, size_t)
BENEATH(void *, calloc, size_t, size_t)
BENEATH(void *, realloc, void *, size_t)
BENEATH(void *, memalign, size_t, size_t)

#define MEMORY(name) (__interceptor_##name ? __interceptor_##name : __libc_##name)

EXPORT void *malloc(size_t size)
{
	return fails(AT_malloc) ? NULL : MEMORY(malloc)(size);
}

EXPORT void *calloc(size_t count, size_t size)
{
	return fails(AT_calloc) ? NULL : MEMORY(calloc)(count, size);
}

EXPORT void *realloc(void *bytes, size_t size)
{
	return fails(AT_realloc) ? NULL : MEMORY(realloc)(bytes, size);
}

EXPORT void *reallocarray(void *bytes, size_t count, size_t size)
{
	size_t whole;
	if (__builtin_mul_overflow(count, size, &whole)) {
		errno = ENOMEM;
		return NULL;
	}
	return fails(AT_realloc) ? NULL : MEMORY(realloc)(bytes, whole);
}

EXPORT void *memalign(size_t alignment, size_t size)
{
	return fails(AT_aligned) ? NULL : MEMORY(memalign)(alignment, size);
}

EXPORT void *aligned_alloc(size_t alignment, size_t size)
{
	return fails(AT_aligned) ? NULL : MEMORY(memalign)(alignment, size);
}

EXPORT int posix_memalign(void **bytes, size_t alignment, size_t size)
{
	void *found = fails(AT_aligned) ? NULL : MEMORY(memalign)(alignment, size);
	if (found)
		*bytes = found;
	return found ? 0 : ENOMEM;
}

/* Here, since the sanitizers' own does not come by malloc(). */
EXPORT char *strndup(const char *text, size_t most)
{
	size_t length = strnlen(text, most);
	char *copy = fails(AT_strdup) ? NULL : MEMORY(malloc)(length + 1);
	if (!copy)
		return NULL;
	copy[length] = '\0';
	return memcpy(copy, text, length);
}

static char *copy_of(const char *text, int failed)
{
	size_t size = strlen(text) + 1;
	char *copy = failed ? NULL : MEMORY(malloc)(size);
	return copy ? memcpy(copy, text, size) : NULL;
}

EXPORT char *strdup(const char *text)
{
	return copy_of(text, fails(AT_strdup));
}

/* As it is called by some libraries. */
char *__strdup(const char *text);
EXPORT char *__strdup(const char *text)
{
	return copy_of(text, fails(AT_strdup));
}

/* ---- all others ---- */

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

/* A call of the C library that fails with a value. */
#define WRAP(type, failure, call, name, parameters, arguments)                                                         \
	EXPORT type name parameters                                                                                    \
	{                                                                                                              \
		static __typeof__(&name) real;                                                                         \
		if (fails(AT_##call))                                                                                  \
			return failure;                                                                                \
		if (!real)                                                                                             \
			real = REAL(name);                                                                             \
		return real arguments;                                                                                 \
	}

WRAP(void *, MAP_FAILED, mmap, mmap, (void *p, size_t size, int mode, int flags, int fd, off_t at),
     (p, size, mode, flags, fd, at))
WRAP(int, -1, mprotect, mprotect, (void *p, size_t size, int mode), (p, size, mode))
WRAP(int, -1, madvise, madvise, (void *p, size_t size, int how), (p, size, how))
WRAP(int, -1, memfd, memfd_create, (const char *name, unsigned flags), (name, flags))
WRAP(FILE *, NULL, fopen, fopen, (const char *path, const char *mode), (path, mode))
WRAP(FILE *, NULL, fopen, fdopen, (int fd, const char *mode), (fd, mode))
WRAP(FILE *, NULL, fopen, fmemopen, (void *bytes, size_t size, const char *mode), (bytes, size, mode))
WRAP(FILE *, NULL, fopen, open_memstream, (char **bytes, size_t *size), (bytes, size))
WRAP(DIR *, NULL, opendir, opendir, (const char *path), (path))
WRAP(DIR *, NULL, opendir, fdopendir, (int fd), (fd))
WRAP(struct dirent *, NULL, readdir, readdir, (DIR * folder), (folder))
WRAP(ssize_t, -1, read, read, (int fd, void *bytes, size_t size), (fd, bytes, size))
WRAP(ssize_t, -1, pread, pread, (int fd, void *bytes, size_t size, off_t at), (fd, bytes, size, at))
WRAP(off_t, -1, lseek, lseek, (int fd, off_t at, int from), (fd, at, from))
WRAP(int, -1, stat, fstat, (int fd, struct stat *status), (fd, status))
WRAP(int, -1, stat, stat, (const char *path, struct stat *status), (path, status))
WRAP(int, -1, stat, lstat, (const char *path, struct stat *status), (path, status))
WRAP(int, -1, stat, fstatat, (int folder, const char *path, struct stat *status, int flags),
     (folder, path, status, flags))
WRAP(ssize_t, -1, write, write, (int fd, const void *bytes, size_t size), (fd, bytes, size))
WRAP(int, -1, rename, rename, (const char *from, const char *to), (from, to))
WRAP(int, -1, rename, renameat, (int folder, const char *from, int other, const char *to), (folder, from, other, to))
WRAP(int, -1, unlink, unlink, (const char *path), (path))
WRAP(int, -1, unlink, unlinkat, (int folder, const char *path, int flags), (folder, path, flags))
WRAP(int, -1, mkdir, mkdir, (const char *path, mode_t mode), (path, mode))
WRAP(int, -1, mkdir, mkdirat, (int folder, const char *path, mode_t mode), (folder, path, mode))
WRAP(int, -1, chmod, fchmod, (int fd, mode_t mode), (fd, mode))
WRAP(int, -1, flock, flock, (int fd, int how), (fd, how))
WRAP(pid_t, -1, wait, waitpid, (pid_t pid, int *status, int how), (pid, status, how))
WRAP(pid_t, -1, wait, wait4, (pid_t pid, int *status, int how, struct rusage *used), (pid, status, how, used))
WRAP(int, -1, poll, poll, (struct pollfd * polled, nfds_t count, int patience), (polled, count, patience))
WRAP(int, -1, pipe, pipe2, (int ends[2], int flags), (ends, flags))
WRAP(int, -1, dup, dup2, (int fd, int other), (fd, other))
WRAP(int, -1, rlimit, setrlimit, (__rlimit_resource_t resource, const struct rlimit *limit), (resource, limit))
WRAP(int, -1, rlimit, getrlimit, (__rlimit_resource_t resource, struct rlimit *limit), (resource, limit))

/* Under the names that libraries have for them. */
WRAP(void *, MAP_FAILED, mmap, mmap64, (void *p, size_t size, int mode, int flags, int fd, off_t at),
     (p, size, mode, flags, fd, at))
WRAP(FILE *, NULL, fopen, fopen64, (const char *path, const char *mode), (path, mode))
WRAP(ssize_t, -1, pread, pread64, (int fd, void *bytes, size_t size, off_t at), (fd, bytes, size, at))
WRAP(ssize_t, -1, write, pwrite64, (int fd, const void *bytes, size_t size, off_t at), (fd, bytes, size, at))
WRAP(int, -1, write, ftruncate64, (int fd, off_t size), (fd, size))
WRAP(off_t, -1, lseek, lseek64, (int fd, off_t at, int from), (fd, at, from))
WRAP(int, -1, stat, fstat64, (int fd, struct stat64 *status), (fd, status))
WRAP(int, -1, stat, stat64, (const char *path, struct stat64 *status), (path, status))
WRAP(int, -1, stat, lstat64, (const char *path, struct stat64 *status), (path, status))

/* What it has to wait for is of no account here. */
EXPORT int fsync(int fd)
{
	return fails(AT_fsync) || fcntl(fd, F_GETFD) < 0 ? -1 : 0;
}

EXPORT int fdatasync(int fd)
{
	return fsync(fd);
}

/* It is closed all the same, as by the kernel. */
EXPORT int close(int fd)
{
	int failed = fails(AT_close), number = errno, status = (int)syscall(SYS_close, fd);
	if (!failed)
		return status;
	errno = number;
	return -1;
}

EXPORT int open(const char *path, int flags, ...)
{
	va_list arguments;
	va_start(arguments, flags);
	mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(arguments, mode_t) : 0;
	va_end(arguments);
	return fails(AT_open) ? -1 : REAL(open)(path, flags, mode);
}

EXPORT int open64(const char *path, int flags, ...) __attribute__((alias("open")));

EXPORT int openat(int folder, const char *path, int flags, ...)
{
	va_list arguments;
	va_start(arguments, flags);
	mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(arguments, mode_t) : 0;
	va_end(arguments);
	return fails(AT_open) ? -1 : REAL(openat)(folder, path, flags, mode);
}

EXPORT int fcntl(int fd, int what, ...)
{
	va_list arguments;
	va_start(arguments, what);
	long argument = va_arg(arguments, long);
	va_end(arguments);
	if ((what == F_DUPFD || what == F_DUPFD_CLOEXEC) && fails(AT_dup))
		return -1;
	return REAL(fcntl)(fd, what, argument);
}

EXPORT int fcntl64(int fd, int what, ...) __attribute__((alias("fcntl")));

EXPORT pid_t fork(void)
{
	if (fails(AT_fork))
		return -1;
	uint32_t number = torture.state ? atomic_fetch_add(&torture.state->processes, 1) + 1 : 0;
	pid_t pid = REAL(fork)();
	if (pid == 0) {
		torture.process = number;
		atomic_store(&torture.done, 0);
	}
	return pid;
}

EXPORT int pthread_create(pthread_t *thread, const pthread_attr_t *form, void *(*body)(void *), void *context)
{
	return fails(AT_thread) ? EAGAIN : REAL(pthread_create)(thread, form, body, context);
}

EXPORT int prctl(int what, ...)
{
	va_list arguments;
	va_start(arguments, what);
	unsigned long words[4];
	for (int i = 0; i < 4; i++)
		words[i] = va_arg(arguments, unsigned long);
	va_end(arguments);
	return fails(AT_prctl) ? -1 : (int)REAL(syscall)(SYS_prctl, what, words[0], words[1], words[2], words[3]);
}

EXPORT long syscall(long number, ...)
{
	va_list arguments;
	va_start(arguments, number);
	long words[6];
	for (int i = 0; i < 6; i++)
		words[i] = va_arg(arguments, long);
	va_end(arguments);
	if ((number >= 444 && number <= 446 && fails(AT_landlock)) || (number == SYS_seccomp && fails(AT_seccomp)) ||
	    (number == SYS_capset && fails(AT_capset)))
		return -1;
	return REAL(syscall)(number, words[0], words[1], words[2], words[3], words[4], words[5]);
}
