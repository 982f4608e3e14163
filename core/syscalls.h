/* SPDX-License-Identifier: MIT */
/* Which system calls a confined process may make: filters for seccomp, which cannot be undone. */
#ifndef SYSCALLS_H
#define SYSCALLS_H

/* What computing and dlopen need; all else answers EPERM.  0, or -1 with errno: it is not available, or memory has run out. */
int syscalls_restrict(void);

/* On top of that, once dlopen is done: no file is opened any more. */
int syscalls_deny_opening(void);

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define IS_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define IS_SANITIZED 1
#endif
#endif
#ifndef IS_SANITIZED
#define IS_SANITIZED 0
#endif

/* Whether the process runs under a sanitizer or valgrind, whose own needs no limit and no filter may cut. */
int is_instrumented(void);

#endif
