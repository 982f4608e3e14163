/* SPDX-License-Identifier: MIT */
/* What hostile plugins can and cannot do. */
#include "plugin_case.h"
#include "suite.h"
#include "syscalls.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define WHILE " while it was loaded and its tables were read (*"

static void expect_death(const char *name, const char *how)
{
	char message[256];
	snprintf(message, sizeof message, "plugin %s: %s" WHILE, name, how);
	expect_refusal(hostile_folder, name, 60, CRMVAL_EBUG, message);
}

static void test_crashes(void)
{
	find_hostile();
	if (is_instrumented()) { /* whose handlers turn a signal into an exit */
		expect_death("crash", "*");
		expect_death("bad_pointer", "*");
		expect_death("aborts", "*");
		return;
	}
	expect_death("crash", "crashed (SIGSEGV)");
	expect_death("bad_pointer", "crashed (SIGSEGV)");
	expect_death("aborts", "crashed (SIGABRT)");
}

static void test_pretenders(void)
{
	find_hostile();
	expect_death("exits",
		     is_instrumented() ? "ended without an answer (exit *" : "ended without an answer (exit 0)");
	expect_death("garbage", "ended before its answer was whole (exit 0)");
	expect_refusal(hostile_folder, "flood", 60, CRMVAL_EBUG,
		       "plugin flood: wrote more than the 4194304 bytes that an answer may have*");
}

static void test_hangs(void)
{
	find_hostile();
	expect_refusal(hostile_folder, "loops", 0.2, CRMVAL_EBUG, "plugin loops: took longer than 0.2 s" WHILE);
	expect_death("closes", "was killed (SIGKILL): it closed its answer and went on, or memory ran out");
}

static void test_incompatible(void)
{
	find_hostile();
	expect_refusal(hostile_folder, "no_symbol", 60, CRMVAL_ECONF,
		       "plugin no_symbol: is no plugin of crmval: it does not export crmval_plugin_v1; *");
	expect_refusal(hostile_folder, "wrong_magic", 60, CRMVAL_ECONF,
		       "plugin wrong_magic: has the wrong magic number 0x12345678 in its table: *");
	expect_refusal(hostile_folder, "wrong_size", 60, CRMVAL_ECONF,
		       "plugin wrong_size: has a struct_size of 8 in struct crmval_plugin, which has 64: *");
	expect_refusal(hostile_folder, "newer_major", 60, CRMVAL_ECONF,
		       "plugin newer_major: is made for version 2.0 of the plugin interface, and this program has 1.5: "
		       "install a newer crmval, or the plugin's release for this one (*/newer_major.so)");
	expect_refusal(hostile_folder, "newer_minor", 60, CRMVAL_ECONF,
		       "plugin newer_minor: is made for version 1.6 of the plugin interface, and this program has 1.5: "
		       "install a newer crmval, or the plugin's release for this one (*/newer_minor.so)");
	expect_refusal(hostile_folder, "huge_counts", 60, CRMVAL_ECONF,
		       "plugin huge_counts: announces 4000000000 measures in its tables: at most 256 are allowed (*");
}

static void expect_denied(const char *summary, const char *what, int number)
{
	char wanted[64];
	snprintf(wanted, sizeof wanted, "%s=%d ", what, number);
	const char *found = strstr(summary, wanted);
	CU_ASSERT(found != NULL);
	if (!found)
		printf("%s is not in %s\n", wanted, summary);
}

#ifdef CRMVAL_COVERAGE
enum { WRITING_DENIED = EACCES }; /* counters are written, so that only Landlock stands against it */
#else
enum { WRITING_DENIED = EPERM };
#endif

static void test_probe(void)
{
	static const char *const calls[] = {"fork",  "vfork",     "execve", "kill",     "tgkill", "ptrace",
					    "peek",  "pdeathsig", "setsid", "setowner", "poison", "unlink",
					    "mkdir", "chdir",     "memfd",  "readlink", "socket", "unix",
					    "pair",  "limit",     "uring",  "bpf"};
	struct plugin plugin;
	find_hostile();
	CU_ASSERT_PTR_NOT_NULL_FATAL(getenv("PATH"));
	if (syscall(444 /* landlock_create_ruleset */, NULL, 0, 1) <= 0 || prctl(PR_GET_SECCOMP) < 0) {
		suite_skip("this kernel cannot confine, and the probe would do harm");
		return;
	}
	CU_ASSERT_EQUAL_FATAL(open_hostile("probe", SANDBOX_REQUIRE, &plugin), CRMVAL_OK);
	const char *summary = plugin.table->summary;
	for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
		expect_denied(summary, calls[i], EPERM);
	expect_denied(summary, "create", WRITING_DENIED);
	expect_denied(summary, "parent", WRITING_DENIED);
	expect_denied(summary, "passwd", EACCES);
	expect_denied(summary, "environ", EACCES);
	expect_denied(summary, "list", EACCES);
	expect_denied(summary, "terminal", ENOTTY);
	expect_denied(summary, "outside", ENOENT);
	expect_denied(summary, "stack", ENOENT);
	plugin_close(&plugin);
}

/* Each call of the kernel that nobody needs for computing. */
static void test_sweep(void)
{
	struct plugin plugin;
	find_hostile();
	if (syscall(444 /* landlock_create_ruleset */, NULL, 0, 1) <= 0 || prctl(PR_GET_SECCOMP) < 0) {
		suite_skip("this kernel cannot confine, and the sweep would do harm");
		return;
	}
	CU_ASSERT_EQUAL_FATAL(open_hostile("sweep", SANDBOX_REQUIRE, &plugin), CRMVAL_OK);
	int tried = atoi(plugin.table->summary);
#ifdef CRMVAL_COVERAGE
	suite_skip("counters are written, by calls that are denied otherwise");
	plugin_close(&plugin);
	return;
#endif
	CU_ASSERT(tried > 500);
	if (tried <= 500 || strchr(plugin.table->summary, ';'))
		printf("not denied: %s\n", plugin.table->summary);
	CU_ASSERT_PTR_NULL(strchr(plugin.table->summary, ';'));
	plugin_close(&plugin);
}

static void test_noise_and_hunger(void)
{
	struct plugin plugin;
	find_hostile();
	CU_ASSERT_EQUAL_FATAL(open_hostile("noisy", SANDBOX_BEST_EFFORT, &plugin), CRMVAL_OK);
	plugin_close(&plugin);
	CU_ASSERT_EQUAL_FATAL(open_hostile("eats_memory", SANDBOX_BEST_EFFORT, &plugin), CRMVAL_OK);
	int mebibytes = atoi(plugin.table->summary);
	CU_ASSERT(is_instrumented() || (mebibytes > 16 && mebibytes < 512));
	plugin_close(&plugin);
}

static const struct test tests[] = {
	{"crashes", test_crashes},
	{"pretenders", test_pretenders},
	{"hangs", test_hangs},
	{"incompatible", test_incompatible},
	{"probe", test_probe},
	{"sweep", test_sweep},
	{"noise and hunger", test_noise_and_hunger},
	{NULL, NULL},
};

const struct suite suite_hostile = {"hostile", tests};
