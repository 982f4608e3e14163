/* SPDX-License-Identifier: MIT */
/* Which system calls a confined process may make: filters for seccomp, which cannot be undone. */
#ifndef SYSCALLS_H
#define SYSCALLS_H

/* What computing and dlopen need; all else answers EPERM.  0, or -1: seccomp is not available. */
int syscalls_restrict(void);

/* On top of that, once dlopen is done: no file is opened any more. */
int syscalls_deny_opening(void);

/* Whether the process runs under a sanitizer or valgrind, whose own needs no limit and no filter may cut. */
int is_instrumented(void);

#endif
