/* SPDX-License-Identifier: MIT */
/* Resource limits, capabilities, Landlock. */
#include "lockdown.h"
#include "error.h"
#include "syscalls.h"
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Whether the system has no more of something now, which says nothing of what it can do. */
static int is_shortage(int number)
{
	return number == ENOMEM || number == EMFILE || number == ENFILE;
}

/*
 * Landlock as the kernel documents it.  The C library has no wrappers, and the header of the distribution may be older
 * than the running kernel, so all is defined here.
 */
#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule 445
#define SYS_landlock_restrict_self 446
#endif
enum { RULESET_VERSION = 1, RULE_PATH_BENEATH = 1, MAY_READ_FILE = 1 << 2 };

struct ruleset {
	uint64_t files, network, scoped; /* what is denied unless a rule allows it */
};

struct path_rule {
	uint64_t allowed;
	int32_t fd;
} __attribute__((packed));

/* What each version of Landlock can deny: of files, of the network, and reaching other processes. */
static struct ruleset everything(int abi)
{
	struct ruleset all = {(1 << 13) - 1, 0, 0}; /* executing, reading, writing, making and removing files */
	if (abi >= 2)
		all.files |= 1 << 13; /* linking to other folders */
	if (abi >= 3)
		all.files |= 1 << 14; /* truncating */
	if (abi >= 4)
		all.network = 3; /* TCP: binding, connecting */
	if (abi >= 5)
		all.files |= 1 << 15; /* ioctl on devices */
	if (abi >= 6)
		all.scoped = 3; /* abstract Unix sockets, signals */
	return all;
}

static int landlock_abi(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, RULESET_VERSION);
	return abi > 0 ? (int)abi : 0;
}

static int allow(int ruleset, int fd, uint64_t rights)
{
	struct path_rule rule = {rights, fd};
	return (int)syscall(SYS_landlock_add_rule, ruleset, RULE_PATH_BENEATH, &rule, 0);
}

/* A folder that is not there needs no rule. */
static int allow_path(int ruleset, const char *path, uint64_t rights)
{
	int fd = open(path, O_PATH | O_CLOEXEC);
	if (fd < 0)
		return is_shortage(errno) ? -1 : 0;
	int failed = allow(ruleset, fd, rights);
	close(fd);
	return failed;
}

/* Libraries that a plugin is linked with.  dlopen only reads: Landlock does not see that memory is mapped to be executed. */
static int allow_libraries(int ruleset)
{
	static const char *const paths[] = {"/lib",       "/lib64",         "/usr/lib",
					    "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache"};
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		if (allow_path(ruleset, paths[i], MAY_READ_FILE) < 0)
			return -1;
	}
	return 0;
}

static int new_ruleset(int abi)
{
	struct ruleset all = everything(abi);
	int ruleset = (int)syscall(SYS_landlock_create_ruleset, &all, sizeof all, 0);
	if (ruleset < 0)
		return -1;
	int failed = allow_libraries(ruleset);
#ifdef CRMVAL_COVERAGE
	if (!failed) /* where the counters are written */
		failed = allow_path(ruleset, CRMVAL_COVERAGE, all.files);
#endif
	if (!failed)
		return ruleset;
	int number = errno;
	close(ruleset);
	errno = number;
	return -1;
}

/* Made once, by the parent: looking up a dozen folders takes as long as all else that shuts a process in. */
static int common = -1;

void lockdown_prepare(void)
{
	int abi = common < 0 ? landlock_abi() : 0, ruleset = abi ? new_ruleset(abi) : -1;
	if (ruleset < 0)
		return;
	common = fcntl(ruleset, F_DUPFD_CLOEXEC, STDERR_FILENO + 1); /* where a child's streams do not take its place */
	close(ruleset);
}

int lockdown_descriptor(void)
{
	return common;
}

/* A file in memory that was never part of a folder needs no rule, and can have none. */
static int is_in_memory(int fd)
{
	int seals = fd < 0 ? F_SEAL_WRITE : fcntl(fd, F_GET_SEALS);
	return seals >= 0 && (seals & F_SEAL_WRITE);
}

static int landlock_restrict(int abi, int plugin_fd)
{
	/* What one child adds to the common rules, all would have. */
	int is_common = common >= 0 && is_in_memory(plugin_fd);
	int ruleset = is_common ? common : new_ruleset(abi), failed = ruleset < 0;
	if (!failed && !is_common && plugin_fd >= 0)
		failed = allow(ruleset, plugin_fd, MAY_READ_FILE) < 0 && errno != EBADFD;
	if (!failed)
		failed = (int)syscall(SYS_landlock_restrict_self, ruleset, 0);
	int number = errno;
	if (ruleset >= 0 && !is_common)
		close(ruleset);
	errno = number;
	return failed;
}

/* ---- limits ---- */

static int limit(int resource, uint64_t soft, uint64_t hard, struct crmval_error *error)
{
	struct rlimit present, wanted = {soft, hard};
	if (getrlimit(resource, &present) < 0)
		return fail(error, CRMVAL_EPERM, "cannot read a resource limit: %s", strerror(errno));
	if (present.rlim_max < wanted.rlim_max)
		wanted.rlim_max = present.rlim_max;
	if (wanted.rlim_max < wanted.rlim_cur)
		wanted.rlim_cur = wanted.rlim_max;
	if (setrlimit(resource, &wanted) < 0)
		return fail(error, CRMVAL_EPERM, "cannot set a resource limit: %s", strerror(errno));
	return CRMVAL_OK;
}

/* Bytes of address space in use; 0: not known. */
static uint64_t address_space(void)
{
	char line[128];
	int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	ssize_t length = read(fd, line, sizeof line - 1);
	int number = errno;
	close(fd);
	errno = number;
	line[length < 0 ? 0 : length] = '\0';
	return strtoull(line, NULL, 10) * (uint64_t)sysconf(_SC_PAGESIZE);
}

int lockdown_limit(const struct confine_limits *limits, struct crmval_error *error)
{
	enum { OPEN_FILES = 64 };
	uint64_t seconds = limits->deadline < 1e9 ? (uint64_t)ceil(limits->deadline) + 1 : (uint64_t)1e9;
	int code = limit(RLIMIT_CORE, 0, 0, error);
	if (!code) /* behind the parent's own deadline, should the parent be stopped */
		code = limit(RLIMIT_CPU, seconds, seconds + 1, error);
#ifndef CRMVAL_COVERAGE
	if (!code)
		code = limit(RLIMIT_FSIZE, 0, 0, error);
#endif
	if (code ||
	    is_instrumented()) /* sanitizers take address space without bound, valgrind descriptors of its own */
		return code;
	code = limit(RLIMIT_NOFILE, OPEN_FILES, OPEN_FILES, error);
	if (code)
		return code;
	uint64_t used = address_space();
	if (!used && is_shortage(errno))
		return fail(error, CRMVAL_ENOMEM, "cannot be confined: %s", strerror(errno));
	if (!used)
		return fail(error, CRMVAL_EIO, "cannot read /proc/self/statm, by which memory is limited: mount /proc");
	return limit(RLIMIT_AS, used + limits->memory, used + limits->memory, error);
}

/* Root's child is to be nobody in particular. */
static int drop_capabilities(void)
{
	struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {{0, 0, 0}};
	return (int)syscall(SYS_capset, &header, none);
}

static int enter(enum job_sandbox sandbox, int plugin_fd, struct lockdown *lockdown, struct crmval_error *error)
{
	*lockdown = (struct lockdown){0, 0};
	if (drop_capabilities() < 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return fail(error, CRMVAL_EPERM, "cannot give up its privileges: %s", strerror(errno));
	if (sandbox == SANDBOX_OFF)
		return CRMVAL_OK;
	int abi = landlock_abi();
	if (abi && landlock_restrict(abi, plugin_fd) == 0)
		lockdown->landlock_abi = abi;
	else if (abi && is_shortage(errno))
		return fail(error, CRMVAL_ENOMEM, "cannot be confined: %s", strerror(errno));
	if (syscalls_restrict() == 0)
		lockdown->has_seccomp = 1;
	else if (is_shortage(errno))
		return fail(error, CRMVAL_ENOMEM, "cannot be confined: %s", strerror(errno));
	if (sandbox == SANDBOX_BEST_EFFORT || (lockdown->landlock_abi && lockdown->has_seccomp))
		return CRMVAL_OK;
	return fail(error, CRMVAL_EPERM,
		    "cannot be confined, since the kernel has no %s: set plugins.sandbox = \"best-effort\" or \"off\" "
		    "if you trust the plugin",
		    lockdown->has_seccomp    ? "Landlock"
		    : lockdown->landlock_abi ? _("seccomp filters")
					     : _("Landlock and no seccomp filters"));
}

int lockdown_enter(enum job_sandbox sandbox, int plugin_fd, struct lockdown *lockdown, struct crmval_error *error)
{
	int code = enter(sandbox, plugin_fd, lockdown, error);
	if (common >= 0)
		close(common);
	common = -1;
	return code;
}

int lockdown_tighten(const struct lockdown *lockdown, struct crmval_error *error)
{
	if (lockdown->has_seccomp && syscalls_deny_opening() < 0)
		return fail(error, CRMVAL_EPERM, "cannot give up the opening of files: %s", strerror(errno));
	return CRMVAL_OK;
}
