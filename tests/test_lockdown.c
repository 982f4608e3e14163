/* SPDX-License-Identifier: MIT */
/* What a confined child no longer has and no longer can, on kernels that have all that is needed and on lesser ones. */
#include "suite.h"

#include "confine.h"
#include "syscalls.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct confine_limits limits = {SANDBOX_BEST_EFFORT, 60, 256 << 20, 1 << 20};

static struct confine_task run_one(int (*body)(void *, struct crmval_error *), void *context,
				   const struct confine_limits *how)
{
	struct confine_task task = {.plugin_fd = -1, .name = "x", .body = body, .context = context};
	struct crmval_error error = {.struct_size = sizeof error};
	int code = confine_run(&task, 1, 1, how, &error);
	CU_ASSERT_EQUAL_FATAL(code, CRMVAL_OK);
	return task;
}

static int say_nothing(void *context, struct crmval_error *error)
{
	(void)context, (void)error;
	return CRMVAL_OK;
}

/* ---- what is not inherited ---- */

static int open_descriptors(void)
{
	int count = 0;
	for (int fd = 0; fd < 256; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

/* The kernel may lack what is needed where the tests run; asked of the kernel, not of what is tested. */
static int is_confinable(void)
{
	if (syscall(444 /* landlock_create_ruleset */, NULL, 0, 1) > 0 && prctl(PR_GET_SECCOMP) >= 0)
		return 1;
	suite_skip("this kernel cannot confine");
	return 0;
}

/* Each of the standard streams leads nowhere, nothing else is open but the answer, the environment is gone. */
static int look_around(void *context, struct crmval_error *error)
{
	extern char **environ;
	(void)context;
	char seen[64];
	snprintf(seen, sizeof seen, "%d %s %d %d", open_descriptors(), environ && *environ ? "environment" : "none",
		 getsid(0) == getpid(), (int)read(0, seen, sizeof seen));
	return confine_write(seen, strlen(seen) + 1, error);
}

static void test_inheritance(void)
{
	struct confine_limits off = limits;
	off.sandbox = SANDBOX_OFF; /* getsid() is denied otherwise */
	int low = open("/dev/zero", O_RDONLY);
	int between = fcntl(low, F_DUPFD, 40), plugin = fcntl(low, F_DUPFD, 50), high = fcntl(low, F_DUPFD, 60);
	struct confine_task task = {.plugin_fd = plugin, .name = "x", .body = look_around};
	CU_ASSERT_EQUAL_FATAL(confine_run(&task, 1, 1, &off, NULL), CRMVAL_OK);
	CU_ASSERT_EQUAL_FATAL(task.code, CRMVAL_OK);
	CU_ASSERT_STRING_EQUAL((char *)task.answer.bytes, "5 none 1 0");
	CU_ASSERT_STRING_EQUAL(task.sandbox, "none");
	confine_answer_free(&task.answer);
	close(low);
	close(between);
	close(plugin);
	close(high);
}

static int report_limits(void *context, struct crmval_error *error)
{
	static const int resources[] = {RLIMIT_CORE, RLIMIT_FSIZE, RLIMIT_CPU, RLIMIT_NOFILE};
	struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct sets[2];
	char text[256] = "";
	(void)context;
	for (size_t i = 0; i < sizeof resources / sizeof *resources; i++) {
		struct rlimit limit = {0, 0};
		getrlimit(resources[i], &limit);
		snprintf(text + strlen(text), sizeof text - strlen(text), "%ld ", (long)limit.rlim_cur);
	}
	syscall(SYS_capget, &header, sets);
	snprintf(text + strlen(text), sizeof text - strlen(text), "%u %u %d", sets[0].effective | sets[1].effective,
		 sets[0].permitted | sets[1].permitted, prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
	return confine_write(text, strlen(text) + 1, error);
}

/* No core dump, no file grows, a second more of the processor than the deadline, 64 files, no capabilities. */
static void test_limits(void)
{
	struct confine_limits off = limits;
	off.sandbox = SANDBOX_OFF;
	off.deadline = 59.5;
	struct confine_task task = run_one(report_limits, NULL, &off);
	CU_ASSERT_EQUAL_FATAL(task.code, CRMVAL_OK);
	const char *found = (const char *)task.answer.bytes;
#ifdef CRMVAL_COVERAGE
	CU_ASSERT(!strncmp(found, "0 -1 61 ", 8));
#else
	CU_ASSERT(!strncmp(found, "0 0 61 ", 7));
#endif
	CU_ASSERT(is_instrumented() || strstr(found, " 61 64 ") != NULL);
	CU_ASSERT(strstr(found, " 0 0 1") != NULL);
	confine_answer_free(&task.answer);
}

static int never_end(void *context, struct crmval_error *error)
{
	(void)context, (void)error;
	for (volatile int forever = 1; forever;)
		;
	return CRMVAL_OK;
}

static int wait_for_death(void *context, struct crmval_error *error)
{
	*(volatile pid_t *)context = getpid();
	return never_end(NULL, error);
}

/* The program is killed; its child dies with it, before the limit of processor time would end it. */
static void test_orphan(void)
{
	struct confine_limits brief = limits;
	volatile pid_t *child = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status = 0;
	CU_ASSERT_FATAL(child != MAP_FAILED);
	brief.deadline = 1;
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	pid_t program = fork();
	if (program == 0) {
		struct confine_task task = {
			.plugin_fd = -1, .name = "x", .body = wait_for_death, .context = (void *)(uintptr_t)child};
		confine_run(&task, 1, 1, &brief, NULL);
		_exit(0);
	}
	while (!*child && waitpid(program, NULL, WNOHANG) == 0)
		sched_yield();
	kill(program, SIGKILL);
	waitpid(program, NULL, 0);
	CU_ASSERT_EQUAL(waitpid(*child, &status, 0), *child);
	CU_ASSERT(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	prctl(PR_SET_CHILD_SUBREAPER, 0);
	munmap((void *)(uintptr_t)child, 4096);
}

/* Opening a library is possible until the plugin is loaded, of other files never. */
static int open_files(void *context, struct crmval_error *error)
{
	const struct crmval_plugin *plugin;
	int32_t codes[4];
	codes[0] = open("/etc/passwd", O_RDONLY) < 0 ? errno : 0;
	codes[1] = open(context, O_RDONLY) < 0 ? errno : 0;
	codes[2] = confine_load(&plugin, error);
	codes[3] = open(context, O_RDONLY) < 0 ? errno : 0;
	return confine_write(codes, sizeof codes, error);
}

static int open_hostile(const char *name)
{
	char path[512];
	const char *build = getenv("BUILDDIR");
	snprintf(path, sizeof path, "%s/tests/hostile/.libs/%s.so", build ? build : ".", name);
	return open(path, O_RDONLY | O_CLOEXEC);
}

static void test_stages(void)
{
	Dl_info info;
	char library[512];
	struct crmval_error error = {.struct_size = sizeof error};
	if (!is_confinable())
		return;
	CU_ASSERT_FATAL(dladdr((void *)(uintptr_t)&CU_get_error, &info) != 0);
	snprintf(library, sizeof library, "%s", info.dli_fname);
	struct confine_task task = {.plugin_fd = open_hostile("well_behaved"),
				    .name = "well_behaved",
				    .body = open_files,
				    .context = library};
	CU_ASSERT_FATAL(task.plugin_fd >= 0);
	struct confine_limits strict = limits;
	strict.sandbox = SANDBOX_REQUIRE;
	CU_ASSERT_EQUAL(confine_run(&task, 1, 1, &strict, &error), CRMVAL_OK);
	CU_ASSERT_EQUAL_FATAL(task.answer.size, 4 * sizeof(int32_t));
	const int32_t *codes = (const int32_t *)(const void *)task.answer.bytes;
	CU_ASSERT_EQUAL(codes[0], EACCES);
	CU_ASSERT_EQUAL(codes[1], 0);
	CU_ASSERT_EQUAL(codes[2], CRMVAL_OK);
#ifndef CRMVAL_COVERAGE
	CU_ASSERT_EQUAL(codes[3], EPERM);
#endif
	CU_ASSERT(!strncmp(task.sandbox, "landlock ", 9));
	CU_ASSERT(strstr(task.sandbox, ", seccomp") != NULL);
	confine_answer_free(&task.answer);
	close(task.plugin_fd);
}

static int take_memory(void *context, struct crmval_error *error)
{
	int32_t mebibytes = 0;
	(void)context;
	while (mebibytes < 1024 && mmap(NULL, 1 << 20, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED)
		mebibytes++;
	return confine_write(&mebibytes, sizeof mebibytes, error);
}

static void test_memory_limit(void)
{
	int32_t mebibytes;
	struct confine_limits little = limits;
	little.memory = 64 << 20;
	if (is_instrumented()) {
		suite_skip("address space is not limited under sanitizers and valgrind");
		return;
	}
	struct confine_task task = run_one(take_memory, NULL, &little);
	CU_ASSERT_EQUAL_FATAL(task.answer.size, sizeof mebibytes);
	memcpy(&mebibytes, task.answer.bytes, sizeof mebibytes);
	CU_ASSERT(mebibytes >= 60 && mebibytes <= 64); /* less what the child itself had taken since */
	confine_answer_free(&task.answer);
}

/* ---- kernels that lack something ---- */

static int forked(int (*check)(void))
{
	int status = -1;
	pid_t pid = fork();
	if (pid == 0)
		_exit(check());
	CU_ASSERT_FATAL(pid > 0);
	waitpid(pid, &status, 0);
	return status;
}

/* Makes this process one on a kernel without these calls. */
static int lose(const int *calls, size_t count)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	int failed = !filter;
	for (size_t i = 0; i < count && !failed; i++)
		failed = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), calls[i], 0);
	failed = failed || seccomp_load(filter);
	seccomp_release(filter);
	return failed;
}

static int check_sandbox(enum job_sandbox sandbox, int code, const char *text)
{
	struct confine_limits how = limits;
	how.sandbox = sandbox;
	struct confine_task task = {.plugin_fd = -1, .name = "x", .body = say_nothing};
	if (confine_run(&task, 1, 1, &how, NULL) || task.code != code)
		return 1;
	return code ? strstr(task.error.message, text) == NULL : strcmp(task.sandbox, text) != 0;
}

static int without_landlock(void)
{
	static const int calls[] = {444};
	if (lose(calls, 1))
		return 99;
	return check_sandbox(SANDBOX_REQUIRE, CRMVAL_EPERM, "has no Landlock: ") |
	       check_sandbox(SANDBOX_DEFAULT, CRMVAL_EPERM, "has no Landlock: ") |
	       check_sandbox(SANDBOX_BEST_EFFORT, CRMVAL_OK, "seccomp");
}

/* Landlock's own: files (1), TCP (4), signals (6: from that version on). */
static int try_landlock(void *context, struct crmval_error *error)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	int32_t codes[3];
	(void)context;
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	codes[0] = open("/etc/passwd", O_RDONLY) < 0 ? errno : 0;
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	codes[1] = fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) < 0 ? errno : 0;
	codes[2] = kill(getppid(), 0) < 0 ? errno : 0;
	return confine_write(codes, sizeof codes, error);
}

static int without_seccomp(void)
{
	static const int calls[] = {SCMP_SYS(seccomp)};
	int abi = (int)syscall(444, NULL, 0, 1), right;
	struct confine_task task = {.plugin_fd = -1, .name = "x", .body = try_landlock};
	char expected[32];
	int32_t codes[3];
	if (lose(calls, 1) || check_sandbox(SANDBOX_REQUIRE, CRMVAL_EPERM, "has no seccomp filters: "))
		return 99;
	if (confine_run(&task, 1, 1, &limits, NULL) || task.answer.size != sizeof codes)
		return 98;
	snprintf(expected, sizeof expected, "landlock %d", abi);
	memcpy(codes, task.answer.bytes, sizeof codes);
	confine_answer_free(&task.answer);
	right = !strcmp(task.sandbox, expected) && codes[0] == EACCES;
	right = right && (abi < 4 || codes[1] == EACCES) && (abi < 6 || codes[2] == EPERM);
	return !right;
}

static int without_both(void)
{
	static const int calls[] = {444, SCMP_SYS(seccomp)};
	/* libseccomp has found out in this process already what the kernel can do, and it will get an error. */
	if (lose(calls, 2))
		return 99;
	return check_sandbox(SANDBOX_REQUIRE, CRMVAL_EPERM, "has no Landlock and no seccomp filters: ") |
	       check_sandbox(SANDBOX_BEST_EFFORT, CRMVAL_OK, "none") | check_sandbox(SANDBOX_OFF, CRMVAL_OK, "none");
}

static void test_lesser_kernels(void)
{
	if (!is_confinable())
		return;
	CU_ASSERT_EQUAL(forked(without_landlock), 0);
	CU_ASSERT_EQUAL(forked(without_seccomp), 0);
	CU_ASSERT_EQUAL(forked(without_both), 0);
}

static const struct test tests[] = {{"inheritance", test_inheritance},
				    {"limits", test_limits},
				    {"orphan", test_orphan},
				    {"stages", test_stages},
				    {"memory limit", test_memory_limit},
				    {"lesser kernels", test_lesser_kernels},
				    {NULL, NULL}};

const struct suite suite_lockdown = {"lockdown", tests};
