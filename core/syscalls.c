/* SPDX-License-Identifier: MIT */
/*
 * The seccomp filters, made by hand: libseccomp wants a thousand pieces of memory for them in each child and does not look
 * whether it gets them.  Where it does not, it crashes, or works on until the deadline.
 */
#include "syscalls.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
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
	SYS_brk, SYS_mmap, SYS_mprotect, SYS_mremap, SYS_munmap,
	/* files that are open */
	SYS_close, SYS_fstat, SYS_lseek, SYS_newfstatat, SYS_pread64, SYS_read, SYS_write, SYS_writev,
	/* its own signals, time and chance */
	SYS_clock_getres, SYS_clock_gettime, SYS_clock_nanosleep, SYS_getrandom, SYS_gettimeofday, SYS_nanosleep,
	SYS_restart_syscall, SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_rt_sigreturn, SYS_sigaltstack,
#ifdef SYS_arch_prctl
	SYS_arch_prctl, SYS_time, /* of this architecture alone */
#endif
	/* what it is */
	SYS_getegid, SYS_geteuid, SYS_getgid, SYS_getpid, SYS_getppid, SYS_gettid, SYS_getuid, SYS_sched_getaffinity,
	SYS_sysinfo, SYS_uname,
	/* threads: one */
	SYS_exit, SYS_exit_group, SYS_futex, SYS_sched_yield};

#ifdef CRMVAL_COVERAGE
/* How the counters are written; Landlock says where. */
static const int allowed_for_coverage[] = {SYS_access, SYS_ftruncate, SYS_mkdir, SYS_open, SYS_openat, SYS_umask};
#endif

/* ---- what the kernel is told ---- */

/* A call means nothing without its architecture. */
#if defined(__x86_64__) && !defined(__ILP32__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__) && !defined(__AARCH64EB__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define ARCHITECTURE AUDIT_ARCH_RISCV64
#elif defined(__powerpc64__) && defined(__LITTLE_ENDIAN__)
#define ARCHITECTURE AUDIT_ARCH_PPC64LE
#else
#define ARCHITECTURE 0 /* not known, so there is no filter for it */
#endif

enum { LONGEST = 256 };

struct filter {
	struct sock_filter steps[LONGEST];
	unsigned short length;
};

static void step(struct filter *filter, uint16_t code, uint32_t operand, uint8_t if_true, uint8_t if_false)
{
	filter->steps[filter->length++] = (struct sock_filter){code, if_true, if_false, operand};
}

static void answer(struct filter *filter, uint32_t what)
{
	step(filter, BPF_RET | BPF_K, what, 0, 0);
}

static void load(struct filter *filter, size_t offset)
{
	step(filter, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

/* So many steps that follow are for what was loaded being this. */
static void only_for(struct filter *filter, uint32_t value, uint8_t steps)
{
	step(filter, BPF_JMP | BPF_JEQ | BPF_K, value, 0, steps);
}

/* Calls of another architecture end the process.  Each rule begins with the call's number loaded. */
static void begin(struct filter *filter)
{
	filter->length = 0;
	load(filter, offsetof(struct seccomp_data, arch));
	step(filter, BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0);
	answer(filter, SECCOMP_RET_KILL_PROCESS);
	load(filter, offsetof(struct seccomp_data, nr));
#ifdef __X32_SYSCALL_BIT /* x32 goes by the same name, and has numbers of its own */
	step(filter, BPF_JMP | BPF_JGE | BPF_K, __X32_SYSCALL_BIT, 0, 1);
	answer(filter, SECCOMP_RET_KILL_PROCESS);
#endif
}

/* What becomes of a call, by its number alone, or by a rule for its arguments. */
enum verdict { DENIED, ALLOWED, BY_RULE, VERDICTS };

/* Calls from this number on, up to the next one's. */
struct span {
	uint32_t from;
	enum verdict verdict;
};

enum { CALLS = 1024 }; /* more than any architecture has */

static int find_spans(const unsigned char verdicts[CALLS], struct span spans[LONGEST])
{
	int count = 0;
	for (uint32_t call = 0; call < CALLS; call++)
		if (call == 0 || verdicts[call] != verdicts[call - 1])
			spans[count++] = (struct span){call, verdicts[call]};
	return count;
}

/*
 * Halves the spans until one is left.  The kernel walks through the filter for each call that there is when it is installed:
 * going through a list, that took longer than all else.  ends: where a step leads to a verdict, by step and outcome.
 */
static void decide(struct filter *filter, const struct span *spans, int count, signed char ends[LONGEST][2])
{
	unsigned short here = filter->length;
	int half = count / 2;
	step(filter, BPF_JMP | BPF_JGE | BPF_K, spans[half].from, 0, 0);
	ends[here][0] = ends[here][1] = -1;
	if (half == 1)
		ends[here][0] = (signed char)spans[0].verdict;
	else
		decide(filter, spans, half, ends);
	filter->steps[here].jt = (uint8_t)(filter->length - here - 1);
	if (count - half == 1)
		ends[here][1] = (signed char)spans[half].verdict;
	else
		decide(filter, spans + half, count - half, ends);
}

/* Leaves the filter where the rules are to follow. */
static void decide_all(struct filter *filter, const unsigned char verdicts[CALLS])
{
	struct span spans[LONGEST];
	signed char ends[LONGEST][2];
	unsigned short first = filter->length, verdict[VERDICTS];
	decide(filter, spans, find_spans(verdicts, spans), ends);
	unsigned short last = filter->length;
	for (int v = DENIED; v <= ALLOWED; v++) {
		verdict[v] = filter->length;
		answer(filter, v == ALLOWED ? SECCOMP_RET_ALLOW : SECCOMP_RET_ERRNO | EPERM);
	}
	verdict[BY_RULE] = filter->length;
	for (unsigned short at = first; at < last; at++) {
		if (ends[at][0] >= 0)
			filter->steps[at].jf = (uint8_t)(verdict[(int)ends[at][0]] - at - 1);
		if (ends[at][1] >= 0)
			filter->steps[at].jt = (uint8_t)(verdict[(int)ends[at][1]] - at - 1);
	}
}

/* A call that is harmless where an argument, with a mask laid on it, has a value. */
struct rule {
	int call, argument, is_wide; /* whether it has 64 bits that count */
	uint32_t mask, value;
};

static void allow_where(struct filter *filter, const struct rule *rule)
{
	size_t place = offsetof(struct seccomp_data, args[0]) + sizeof(uint64_t) * (size_t)rule->argument;
	only_for(filter, (uint32_t)rule->call, rule->is_wide ? 7 : 5);
	if (rule->is_wide) {
		load(filter, place + sizeof(uint32_t));
		only_for(filter, 0, 4);
	}
	load(filter, place);
	step(filter, BPF_ALU | BPF_AND | BPF_K, rule->mask, 0, 0);
	only_for(filter, rule->value, 1);
	answer(filter, SECCOMP_RET_ALLOW);
	load(filter, offsetof(struct seccomp_data, nr));
}

static void judge(struct filter *filter)
{
	unsigned char verdicts[CALLS] = {0};
	/* Without Landlock this is all that stands between a plugin and writing to files, and so to other processes. */
	const uint32_t changing = O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND, all = ~UINT32_C(0);
	const struct rule rules[] = {
#ifdef SYS_open
		{SYS_open, 1, 0, changing, O_RDONLY},
#endif
		{SYS_openat, 2, 0, changing, O_RDONLY},
		{SYS_madvise, 2, 0, ~UINT32_C(63), 0},       /* from 100 on, it poisons memory, also of others */
		{SYS_tgkill, 0, 0, all, (uint32_t)getpid()}, /* abort() */
		{SYS_prlimit64, 2, 1, all, 0},               /* no new limit: reading */
		{SYS_fcntl, 1, 0, all, F_GETFD},
		{SYS_fcntl, 1, 0, all, F_GETFL}, /* not F_SETOWN, which has signals sent to anybody */
#ifdef CRMVAL_COVERAGE
		{SYS_fcntl, 1, 0, all, F_SETLKW},
#endif
		{SYS_seccomp, 0, 0, all, SECCOMP_SET_MODE_FILTER}, /* which only takes away */
	};
	enum { COUNT = sizeof rules / sizeof *rules, HARMLESS = sizeof allowed / sizeof *allowed };
	_Static_assert(2 * (HARMLESS + COUNT) + 8 * COUNT + 32 < LONGEST, "the filter is too long");
	for (size_t i = 0; i < HARMLESS; i++)
		verdicts[allowed[i]] = ALLOWED;
#ifdef CRMVAL_COVERAGE
	for (size_t i = 0; i < sizeof allowed_for_coverage / sizeof *allowed_for_coverage; i++)
		verdicts[allowed_for_coverage[i]] = ALLOWED;
#endif
	for (size_t i = 0; i < COUNT; i++)
		if (verdicts[rules[i].call] == DENIED)
			verdicts[rules[i].call] = BY_RULE;
	verdicts[SYS_ioctl] = BY_RULE;
	decide_all(filter, verdicts);
	only_for(filter, SYS_ioctl, 1);
	answer(filter, SECCOMP_RET_ERRNO | ENOTTY); /* whatever asks: no terminal */
	for (size_t i = 0; i < COUNT; i++)
		allow_where(filter, &rules[i]);
	answer(filter, SECCOMP_RET_ERRNO | EPERM);
}

/* 0, or -1 with errno. */
static int enter(struct filter *filter)
{
	struct sock_fprog program = {filter->length, filter->steps};
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
}

int syscalls_restrict(void)
{
	struct filter filter;
	if (RUNNING_ON_VALGRIND || !ARCHITECTURE) {
		errno = ENOSYS;
		return -1;
	}
	begin(&filter);
	judge(&filter);
	return enter(&filter);
}

int syscalls_deny_opening(void)
{
#ifdef CRMVAL_COVERAGE
	return 0; /* the counters are written at the end */
#else
	static const int denied[] = {
#ifdef SYS_open
		SYS_open,
#endif
		SYS_openat, SYS_newfstatat, SYS_seccomp};
	struct filter filter;
	begin(&filter);
	for (size_t i = 0; i < sizeof denied / sizeof *denied; i++) {
		only_for(&filter, (uint32_t)denied[i], 1);
		answer(&filter, SECCOMP_RET_ERRNO | EPERM);
	}
	answer(&filter, SECCOMP_RET_ALLOW);
	return enter(&filter);
#endif
}
