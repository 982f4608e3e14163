/* SPDX-License-Identifier: MIT */
/* Tries all that a plugin must not be able to do, while it is loaded; its summary says what came of each, as an errno. */
#include "hostile.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/stat.h>
#include <unistd.h>

static char found[2048];

static void note(const char *what, long result)
{
	size_t used = strlen(found);
	snprintf(found + used, sizeof found - used, "%s=%d ", what, result < 0 ? errno : 0);
}

static void try_processes(void)
{
	static const char *const none[] = {NULL};
	long pid = syscall(SYS_fork);
	if (pid == 0)
		_exit(0);
	note("fork", pid);
	note("vfork", syscall(SYS_clone3, NULL, 0));
	note("execve", syscall(SYS_execve, "/bin/true", none, none));
	note("kill", syscall(SYS_kill, getppid(), SIGKILL));
	note("tgkill", syscall(SYS_tgkill, getppid(), getppid(), SIGKILL));
	note("ptrace", syscall(SYS_ptrace, 16 /* attach */, getppid(), NULL, NULL));
	note("peek", syscall(SYS_process_vm_readv, getppid(), NULL, 0, NULL, 0, 0));
	note("pdeathsig", syscall(SYS_prctl, PR_SET_PDEATHSIG, 0, 0, 0, 0));
	note("setsid", syscall(SYS_setsid));
	note("setowner", syscall(SYS_fcntl, 0, F_SETOWN, getppid()));
	note("poison", syscall(SYS_madvise, (size_t)found & ~(size_t)4095, 4096, 100));
}

static void try_files(void)
{
	char memory[64];
	snprintf(memory, sizeof memory, "/proc/%d/mem", (int)getppid());
	note("passwd", open("/etc/passwd", O_RDONLY));
	note("environ", open("/proc/self/environ", O_RDONLY));
	note("parent", open(memory, O_RDWR));
	note("list", open("/", O_RDONLY | O_DIRECTORY));
	note("create", open("/tmp/crmval-probe", O_WRONLY | O_CREAT, 0600));
	note("unlink", unlink("/tmp/crmval-probe"));
	note("mkdir", mkdirat(AT_FDCWD, "/tmp/crmval-probe", 0700));
	note("chdir", chdir("/"));
	note("readlink", readlink("/proc/self/exe", memory, sizeof memory));
	note("memfd", syscall(SYS_memfd_create, "probe", 0));
}

static void try_others(void)
{
	struct rlimit limit = {0, 0};
	note("socket", socket(AF_INET, SOCK_STREAM, 0));
	note("unix", socket(AF_UNIX, SOCK_STREAM, 0));
	note("pair", syscall(SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, found));
	note("limit", setrlimit(RLIMIT_NOFILE, &limit));
	note("uring", syscall(425, 1, found));
	note("bpf", syscall(SYS_bpf, 0, NULL, 0));
	note("terminal", isatty(2) - 1);
	note("outside", getenv("PATH") ? 0 : (errno = ENOENT, -1));
}

/* Is it still where the kernel put it when the program started, above the stack? */
__attribute__((no_sanitize("address", "undefined"))) static void look_for_environment(void)
{
	volatile char here = 0;
	const volatile char *last = (const volatile char *)getauxval(AT_EXECFN);
	long count = 0;
	for (const volatile char *p = &here; p + 5 < last; p++)
		count += p[0] == 'P' && p[1] == 'A' && p[2] == 'T' && p[3] == 'H' && p[4] == '=';
	errno = ENOENT;
	note("stack", count ? 0 : -1);
}

__attribute__((constructor)) static void begin(void)
{
	try_processes();
	try_files();
	try_others();
	look_for_environment();
}

CRMVAL_EXPORT const struct crmval_plugin crmval_plugin_v1 = HOSTILE_PLUGIN("probe", found);
