/* SPDX-License-Identifier: MIT */
/* What a confined child does from fork to _exit. */
#include "confine_child.h"
#include "error.h"
#include "forget.h"
#include "loader.h"
#include "lockdown.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef CRMVAL_COVERAGE
#include <dlfcn.h>
void __gcov_dump(void);
void __gcov_reset(void);
#endif

#ifndef SYS_close_range
#define SYS_close_range 436
#endif

/* The one task of this process; answer is 0 in a process that is no child. */
static struct {
	int answer, plugin_fd;
	char name[CONFINE_NAME];
	size_t limit, size; /* bytes that may be written, and that were */
	uint64_t checksum;
	struct lockdown lockdown;
	const struct crmval_plugin *plugin;
	size_t held; /* in the buffer, not yet written */
	unsigned char buffer[32 * 1024];
} child;

uint64_t frame_checksum(uint64_t sum, const void *bytes, size_t size)
{
	const unsigned char *p = bytes;
	for (; size >= sizeof(uint64_t); p += sizeof(uint64_t), size -= sizeof(uint64_t)) {
		uint64_t word;
		memcpy(&word, p, sizeof word);
		sum = (sum ^ word) * UINT64_C(0x100000001b3);
		sum ^= sum >> 32;
	}
	for (; size > 0; p++, size--)
		sum = (sum ^ *p) * UINT64_C(0x100000001b3);
	return sum;
}

/* ---- the answer ---- */

static int write_all(const void *bytes, size_t size)
{
	const unsigned char *p = bytes;
	while (size > 0) {
		ssize_t written = write(child.answer, p, size);
		if (written < 0 && errno != EINTR)
			return -1;
		if (written > 0) {
			p += written;
			size -= (size_t)written;
		}
	}
	return 0;
}

static int flush(void)
{
	child.checksum = frame_checksum(child.checksum, child.buffer, child.held);
	int failed = write_all(child.buffer, child.held);
	child.held = 0;
	return failed;
}

static int append(const void *bytes, size_t size)
{
	const unsigned char *p = bytes;
	while (size > 0) {
		size_t room = sizeof child.buffer - child.held;
		size_t part = size < room ? size : room;
		memcpy(child.buffer + child.held, p, part);
		child.held += part;
		p += part;
		size -= part;
		if (child.held == sizeof child.buffer && flush() < 0)
			return -1;
	}
	return 0;
}

int confine_write(const void *bytes, size_t size, struct crmval_error *error)
{
	if (!child.answer)
		return fail(error, CRMVAL_EBUG, "confine_write() was called outside of a confined child");
	if (size > child.limit - child.size)
		return fail(error, CRMVAL_EBUG, "wrote more than the %zu bytes that an answer may have", child.limit);
	child.size += size;
	if (append(bytes, size) < 0)
		return fail(error, CRMVAL_EIO, "cannot write its answer: %s", strerror(errno));
	return CRMVAL_OK;
}

#ifdef CRMVAL_COVERAGE
/* What _exit() leaves out: the program's counters, and those of the plugin, which it writes when it is unloaded. */
static void write_counters(void)
{
	char path[32];
	snprintf(path, sizeof path, "/proc/self/fd/%d", child.plugin_fd);
	void *handle = dlopen(path, RTLD_NOW | RTLD_NOLOAD);
	__gcov_dump();
	for (int uses = 2; handle && uses > 0; uses--)
		dlclose(handle);
}
#endif

_Noreturn static void finish(int code, const struct crmval_error *error)
{
	struct frame_trailer trailer = {.magic = FRAME_MAGIC, .size = child.size, .code = code};
	if (code != CRMVAL_OK) {
		trailer.message_size = (uint32_t)strnlen(error->message, sizeof error->message);
		append(error->message, trailer.message_size);
	}
	flush();
	trailer.checksum = child.checksum;
#ifdef CRMVAL_COVERAGE
	write_counters();
#endif
	write_all(&trailer, sizeof trailer);
	_exit(0);
}

/* ---- the plugin ---- */

int confine_plugin_fd(void)
{
	return child.plugin_fd;
}

int confine_load(const struct crmval_plugin **plugin, struct crmval_error *error)
{
	int code = CRMVAL_OK;
	if (!child.answer || child.plugin_fd < 0)
		return fail(error, CRMVAL_EBUG, "confine_load() was called without a plugin to load");
	if (!child.plugin) {
		code = loader_load(child.plugin_fd, child.name, &child.plugin, error);
		if (!code)
			code = lockdown_tighten(&child.lockdown, error);
	}
	*plugin = child.plugin;
	return code;
}

int confine_load_all(const int *fds, const char *const *names, size_t count, const struct crmval_plugin **plugins,
		     struct crmval_error *error)
{
	int code = child.answer ? CRMVAL_OK
				: fail(error, CRMVAL_EBUG, "confine_load() was called without a plugin to load");
	for (size_t i = 0; i < count && !code; i++)
		code = loader_load(fds[i], names[i], &plugins[i], error);
	return code ? code : lockdown_tighten(&child.lockdown, error);
}

/* ---- what is inherited and has to go ---- */

static void close_between(unsigned first, unsigned last)
{
	if (first > last || syscall(SYS_close_range, first, last, 0) == 0)
		return;
	struct rlimit files; /* a kernel before 5.9 */
	if (getrlimit(RLIMIT_NOFILE, &files) == 0 && last >= files.rlim_cur)
		last = (unsigned)files.rlim_cur;
	for (unsigned fd = first; fd <= last; fd++)
		close((int)fd);
}

static int by_number(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

/* Those that are -1 do not count. */
static void close_all_but(int *kept, size_t count)
{
	unsigned next = STDERR_FILENO + 1;
	qsort(kept, count, sizeof *kept, by_number);
	for (size_t i = 0; i < count; i++)
		if (kept[i] >= (int)next) {
			close_between(next, (unsigned)kept[i] - 1);
			next = (unsigned)kept[i] + 1;
		}
	close_between(next, ~0u);
}

/* In a parent that was started without standard streams, descriptors may stand in their place. */
static int above_standard(int fd)
{
	return fd < 0 || fd > STDERR_FILENO ? fd : fcntl(fd, F_DUPFD, STDERR_FILENO + 1);
}

/* The standard streams lead nowhere: a million lines cost nothing, and none reaches our output. */
static int keep_descriptors(const struct confine_task *task, int null)
{
	size_t count = 3 + task->more_count;
	int kept[3 + CONFINE_MORE];
	child.answer = above_standard(child.answer);
	child.plugin_fd = above_standard(child.plugin_fd);
	null = above_standard(null);
	for (int fd = 0; fd <= STDERR_FILENO; fd++) {
		if (dup2(null, fd) < 0)
			return -1;
	}
	kept[0] = child.answer;
	kept[1] = child.plugin_fd;
	kept[2] = lockdown_descriptor();
	for (size_t i = 0; i < task->more_count; i++)
		kept[3 + i] = task->more_fds[i];
	close_all_but(kept, count);
	return 0;
}

/* Where the kernel put words and environment when the program started, which stay readable whatever clearenv() does. */
static char *surroundings;
static size_t surroundings_size;

void confine_child_prepare(void)
{
	unsigned long first = 0, last = 0;
	char line[2048];
	FILE *file = surroundings ? NULL : fopen("/proc/self/stat", "re");
	if (!file)
		return;
	size_t length = fread(line, 1, sizeof line - 1, file);
	fclose(file);
	line[length] = '\0';
	const char *field = strrchr(line, ')'); /* ends field 2, the program's name, in which anything may stand */
	for (int number = 2; field && number < 48; number++)
		field = strchr(field + 1, ' ');
	/* Fields 48 to 51 are the bounds of the words and of the environment, which follows them. */
	if (!field || sscanf(field, "%lu %*u %*u %lu", &first, &last) != 2 || first == 0 || first > last)
		return;
	surroundings = (char *)first;
	surroundings_size = last - first;
}

enum { STACK_NEAR = 12 * 1024, STACK_DEEPEST = 64 << 20 };

__attribute__((noinline)) static void forget_near_stack(void)
{
	char near[STACK_NEAR];
	explicit_bzero(near, sizeof near);
}

/*
 * What calls that returned long ago left on the stack, which ends below the surroundings and has nothing else below it for
 * as far as it may grow: far from here whole pages are dropped, near by bytes are wiped.  Not within its caller, where an
 * optimising linker would have it: `here` would be that one's frame, of which more than is kept may be in use.
 */
__attribute__((noinline)) static void forget_stack(void)
{
	uintptr_t here = (uintptr_t)__builtin_frame_address(0), page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uintptr_t far = (here - STACK_NEAR / 2) / page * page;
	/* Some other stack, as of a test's thread, may have anything around it. */
	if (here < (uintptr_t)surroundings && (uintptr_t)surroundings - here < STACK_DEEPEST)
		madvise((void *)(far - STACK_DEEPEST), STACK_DEEPEST, MADV_DONTNEED); /* most of it is not there */
	forget_near_stack();
}

/* Passwords are handed over in the environment, and plugins have no need to know who runs them, and how. */
static int forget_surroundings(void)
{
	clearenv();
	confine_child_prepare(); /* where the parent had no memory for it */
	if (!surroundings)
		return -1;
	forget_stack();
	explicit_bzero(surroundings, surroundings_size);
	return 0;
}

static void reset_signals(void)
{
	sigset_t none;
	for (int number = 1; number < NSIG; number++)
		signal(number, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* ---- the child ---- */

static int shut_in(const struct confine_task *task, const struct confine_limits *limits, int null,
		   struct crmval_error *error)
{
	reset_signals();
	setsid(); /* Ctrl-C is for the program to act upon */
	errno = 0;
	int is_exposed = forget_surroundings() < 0;
	if (is_exposed && (errno == ENOMEM || errno == EMFILE || errno == ENFILE))
		return fail(error, CRMVAL_ENOMEM, "cannot be confined: %s", strerror(errno));
	if (is_exposed)
		return fail(error, CRMVAL_EIO, "cannot find its environment to erase it: mount /proc");
	if (keep_descriptors(task, null) < 0)
		return fail(error, CRMVAL_EIO, "cannot redirect its streams: %s", strerror(errno));
	int code = lockdown_limit(limits, error);
	if (!code)
		code = lockdown_enter(limits->sandbox, child.plugin_fd, &child.lockdown, error);
	return code;
}

_Noreturn void confine_child(const struct confine_task *task, const char name[CONFINE_NAME],
			     const struct confine_limits *limits, pid_t parent, int null, int answer)
{
	struct crmval_error error = {.struct_size = sizeof error};
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent)
		_exit(1);
#ifdef CRMVAL_COVERAGE
	__gcov_reset(); /* what the parent has counted is the parent's to write */
#endif
	forget_nothing();
	child.answer = answer;
	child.plugin_fd = task->plugin_fd;
	memcpy(child.name, name, sizeof child.name);
	child.limit = limits->answer_limit;
	child.checksum = FRAME_CHECKSUM;
	int code = shut_in(task, limits, null, &error);
	struct frame_header header = {FRAME_MAGIC, child.lockdown.landlock_abi, child.lockdown.has_seccomp};
	if (write_all(&header, sizeof header) < 0)
		_exit(1);
	if (!code)
		code = task->body(task->context, &error);
	finish(code, &error);
}
