/* SPDX-License-Identifier: MIT */
/* The seccomp filters. */
#include "syscalls.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stddef.h>
#include <unistd.h>

#if defined(__has_include)
#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#endif
#endif
#ifndef RUNNING_ON_VALGRIND
#define RUNNING_ON_VALGRIND 0
#endif

int is_instrumented(void)
{
	return IS_SANITIZED || RUNNING_ON_VALGRIND;
}

/* Harmless whatever the arguments. */
static const int allowed[] = {
	/* memory */
	SCMP_SYS(brk), SCMP_SYS(mmap), SCMP_SYS(mprotect), SCMP_SYS(mremap), SCMP_SYS(munmap),
	/* files that are open */
	SCMP_SYS(close), SCMP_SYS(fstat), SCMP_SYS(lseek), SCMP_SYS(newfstatat), SCMP_SYS(pread64), SCMP_SYS(read),
	SCMP_SYS(write), SCMP_SYS(writev),
	/* its own signals, time and chance */
	SCMP_SYS(clock_getres), SCMP_SYS(clock_gettime), SCMP_SYS(clock_nanosleep), SCMP_SYS(getrandom),
	SCMP_SYS(gettimeofday), SCMP_SYS(nanosleep), SCMP_SYS(restart_syscall), SCMP_SYS(rt_sigaction),
	SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(sigaltstack), SCMP_SYS(time),
	/* what it is */
	SCMP_SYS(getegid), SCMP_SYS(geteuid), SCMP_SYS(getgid), SCMP_SYS(getpid), SCMP_SYS(getppid), SCMP_SYS(gettid),
	SCMP_SYS(getuid), SCMP_SYS(sched_getaffinity), SCMP_SYS(sysinfo), SCMP_SYS(uname),
	/* threads: one */
	SCMP_SYS(arch_prctl), SCMP_SYS(exit), SCMP_SYS(exit_group), SCMP_SYS(futex), SCMP_SYS(sched_yield)};

#ifdef CRMVAL_COVERAGE
/* How the counters are written; Landlock says where. */
static const int allowed_for_coverage[] = {SCMP_SYS(access), SCMP_SYS(ftruncate), SCMP_SYS(mkdir),
					   SCMP_SYS(open),   SCMP_SYS(openat),    SCMP_SYS(umask)};
#endif

static int allow_all(scmp_filter_ctx filter, const int *calls, size_t count)
{
	int failed = 0;
	for (size_t i = 0; i < count && !failed; i++)
		failed = seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0);
	return failed;
}

/* Calls that are harmless with certain arguments alone. */
static int allow_some(scmp_filter_ctx filter)
{
	/* Without Landlock this is all that stands between a plugin and writing to files, and so to other processes. */
	const scmp_datum_t changing = O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND;
	const struct {
		int call;
		struct scmp_arg_cmp argument;
	} rules[] = {
		{SCMP_SYS(open), {1, SCMP_CMP_MASKED_EQ, changing, O_RDONLY}},
		{SCMP_SYS(openat), {2, SCMP_CMP_MASKED_EQ, changing, O_RDONLY}},
		{SCMP_SYS(madvise), {2, SCMP_CMP_LT, 100, 0}}, /* from there on, it poisons memory, also of others */
		{SCMP_SYS(tgkill), {0, SCMP_CMP_EQ, (scmp_datum_t)getpid(), 0}}, /* abort() */
		{SCMP_SYS(prlimit64), {2, SCMP_CMP_EQ, 0, 0}},                   /* no new limit: reading */
		{SCMP_SYS(fcntl), {1, SCMP_CMP_EQ, F_GETFD, 0}},
		{SCMP_SYS(fcntl), {1, SCMP_CMP_EQ, F_GETFL, 0}}, /* not F_SETOWN, which has signals sent to anybody */
#ifdef CRMVAL_COVERAGE
		{SCMP_SYS(fcntl), {1, SCMP_CMP_EQ, F_SETLKW, 0}},
#endif
		{SCMP_SYS(seccomp), {0, SCMP_CMP_EQ, SECCOMP_SET_MODE_FILTER, 0}}, /* which only takes away */
	};
	int failed = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOTTY), SCMP_SYS(ioctl), 0); /* is it a terminal? */
	for (size_t i = 0; i < sizeof rules / sizeof *rules && !failed; i++)
		failed = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, rules[i].call, 1, &rules[i].argument);
	return failed;
}

/* A filter holds for this architecture alone; calls of another one end the process. */
static int load(scmp_filter_ctx filter)
{
	int failed = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
	if (!failed) /* already said, and prctl is not allowed */
		failed = seccomp_attr_set(filter, SCMP_FLTATR_CTL_NNP, 0);
	if (!failed)
		failed = seccomp_load(filter);
	return failed;
}

int syscalls_restrict(void)
{
	if (RUNNING_ON_VALGRIND)
		return -1;
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	if (!filter)
		return -1;
	int failed = allow_all(filter, allowed, sizeof allowed / sizeof *allowed);
#ifdef CRMVAL_COVERAGE
	if (!failed)
		failed = allow_all(filter, allowed_for_coverage, sizeof allowed_for_coverage / sizeof(int));
#endif
	if (!failed)
		failed = allow_some(filter);
	if (!failed)
		failed = load(filter);
	seccomp_release(filter);
	return failed ? -1 : 0;
}

int syscalls_deny_opening(void)
{
#ifdef CRMVAL_COVERAGE
	return 0; /* the counters are written at the end */
#else
	static const int denied[] = {SCMP_SYS(open), SCMP_SYS(openat), SCMP_SYS(newfstatat), SCMP_SYS(seccomp)};
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	if (!filter)
		return -1;
	int failed = 0;
	for (size_t i = 0; i < sizeof denied / sizeof *denied && !failed; i++)
		failed = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), denied[i], 0);
	if (!failed)
		failed = load(filter);
	seccomp_release(filter);
	if (failed)
		errno = -failed;
	return failed ? -1 : 0;
#endif
}
