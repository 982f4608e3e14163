/* SPDX-License-Identifier: MIT */
/* Finding, trusting and describing plugins; what hostile ones can and cannot do. */
#include "suite.h"

#include "plugins.h"
#include "syscalls.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The plugins of tests/hostile, and a folder to which some of them are put. */
static char hostile[PATH_MAX], scratch[64];

static struct plugin_settings settings_of(const char *const *directory)
{
	return (struct plugin_settings){directory, 1, {SANDBOX_BEST_EFFORT, 60, 64 << 20, 0}, NULL, 0};
}

static void forget_hostile(void)
{
	char command[PATH_MAX + 16];
	snprintf(command, sizeof command, "rm -rf '%s'", hostile);
	if (system(command) != 0)
		printf("%s is left behind\n", hostile);
}

/* Copies, since the folders above a build tree may belong to anybody, and no plugin would be trusted there. */
static void find_hostile(void)
{
	const char *build = getenv("BUILDDIR");
	char command[2 * PATH_MAX];
	if (*hostile)
		return;
	strcpy(hostile, "/tmp/crmval-hostile-XXXXXX");
	CU_ASSERT_FATAL(mkdtemp(hostile) != NULL);
	atexit(forget_hostile);
	snprintf(command, sizeof command, "cp -L '%s'/tests/hostile/.libs/*.so %s && chmod go-w %s/*",
		 build ? build : ".", hostile, hostile);
	CU_ASSERT_EQUAL_FATAL(system(command), 0);
}

static void make_scratch(void)
{
	find_hostile();
	strcpy(scratch, "/tmp/crmval-plugins-XXXXXX");
	CU_ASSERT_FATAL(mkdtemp(scratch) != NULL);
}

static void remove_scratch(const char *const *files)
{
	char path[256];
	for (; *files; files++) {
		snprintf(path, sizeof path, "%s/%s", scratch, *files);
		unlink(path);
	}
	CU_ASSERT_EQUAL(rmdir(scratch), 0);
}

static int copy_plugin(const char *from, const char *to, mode_t mode)
{
	char paths[2][PATH_MAX + 64], buffer[65536];
	snprintf(paths[0], sizeof paths[0], "%s/%s.so", hostile, from);
	snprintf(paths[1], sizeof paths[1], "%s/%s", scratch, to);
	int source = open(paths[0], O_RDONLY), copy = open(paths[1], O_WRONLY | O_CREAT | O_TRUNC, 0600);
	ssize_t got = -1;
	while (source >= 0 && copy >= 0 && (got = read(source, buffer, sizeof buffer)) > 0) {
		if (write(copy, buffer, (size_t)got) != got)
			break;
	}
	int failed = got != 0 || fchmod(copy, mode) < 0;
	close(source);
	close(copy);
	return failed;
}

/* Opening it fails like this; `message` is a pattern of fnmatch(3). */
static void expect_refusal(const char *directory, const char *name, double deadline, int code, const char *message)
{
	struct plugin plugin;
	struct crmval_error error = {.struct_size = sizeof error};
	struct plugin_settings settings = settings_of(&directory);
	settings.limits.deadline = deadline;
	CU_ASSERT_EQUAL(plugin_open(name, &settings, &plugin, &error), code);
	CU_ASSERT_EQUAL(plugin.fd, -1);
	CU_ASSERT_EQUAL(error.code, code);
	int is_as_expected = fnmatch(message, error.message, 0) == 0;
	CU_ASSERT(is_as_expected);
	if (!is_as_expected)
		printf("%s: %s\n", name, error.message);
}

#define WHILE " while it was loaded and its tables were read (*"

static void expect_death(const char *name, const char *how)
{
	char message[256];
	snprintf(message, sizeof message, "plugin %s: %s" WHILE, name, how);
	expect_refusal(hostile, name, 60, CRMVAL_EBUG, message);
}

/* ---- hostile plugins ---- */

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
	expect_refusal(hostile, "flood", 60, CRMVAL_EBUG,
		       "plugin flood: wrote more than the 4194304 bytes that an answer may have*");
}

static void test_hangs(void)
{
	find_hostile();
	expect_refusal(hostile, "loops", 0.2, CRMVAL_EBUG, "plugin loops: took longer than 0.2 s" WHILE);
	expect_death("closes", "was killed (SIGKILL): it closed its answer and went on, or memory ran out");
}

static void test_incompatible(void)
{
	find_hostile();
	expect_refusal(hostile, "no_symbol", 60, CRMVAL_ECONF,
		       "plugin no_symbol: is no plugin of crmval: it does not export crmval_plugin_v1; *");
	expect_refusal(hostile, "wrong_magic", 60, CRMVAL_ECONF,
		       "plugin wrong_magic: has the wrong magic number 0x12345678 in its table: *");
	expect_refusal(hostile, "wrong_size", 60, CRMVAL_ECONF,
		       "plugin wrong_size: has a struct_size of 8 in struct crmval_plugin, which has 64: *");
	expect_refusal(hostile, "newer_major", 60, CRMVAL_ECONF,
		       "plugin newer_major: is made for version 2.0 of the plugin interface, and this program has 1.5: "
		       "install a newer crmval, or the plugin's release for this one (*/newer_major.so)");
	expect_refusal(hostile, "newer_minor", 60, CRMVAL_ECONF,
		       "plugin newer_minor: is made for version 1.6 of the plugin interface, and this program has 1.5: "
		       "install a newer crmval, or the plugin's release for this one (*/newer_minor.so)");
	expect_refusal(hostile, "huge_counts", 60, CRMVAL_ECONF,
		       "plugin huge_counts: announces 4000000000 measures in its tables: at most 256 are allowed (*");
}

/* A plugin that works; its summary says what it found out. */
static int open_hostile(const char *name, enum job_sandbox sandbox, struct plugin *plugin)
{
	const char *directory = hostile;
	struct plugin_settings settings = settings_of(&directory);
	struct crmval_error error = {.struct_size = sizeof error};
	settings.limits.sandbox = sandbox;
	int code = plugin_open(name, &settings, plugin, &error);
	if (code)
		printf("%s: %s\n", name, error.message);
	return code;
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

static void test_well_behaved(void)
{
	struct plugin plugin;
	char path[PATH_MAX + 32];
	find_hostile();
	CU_ASSERT_EQUAL_FATAL(open_hostile("well_behaved", SANDBOX_BEST_EFFORT, &plugin), CRMVAL_OK);
	snprintf(path, sizeof path, "%s/well_behaved.so", hostile);
	CU_ASSERT_STRING_EQUAL(plugin.path, path);
	CU_ASSERT_STRING_EQUAL(plugin.table->name, "well_behaved");
	CU_ASSERT_STRING_EQUAL(plugin.table->summary, "does no harm");
	CU_ASSERT_EQUAL(plugin.table->dimension->measure_count, 1);
	CU_ASSERT_STRING_EQUAL(plugin.table->dimension->measures[0].formula, "accounts; 1");
	CU_ASSERT_PTR_NULL(plugin.table->dimension->views[0].evaluate);
	CU_ASSERT_EQUAL(plugin.is_ours, 0);
	CU_ASSERT_NOT_EQUAL(*plugin.sandbox, '\0');
	CU_ASSERT_EQUAL(plugin_load_source(&plugin, NULL), CRMVAL_ECONF);
	plugin_close(&plugin);
}

/* ---- sources ---- */

/* The second gets the descriptor that the first had, by whose number dlopen knows a file. */
static void test_sources(void)
{
	struct plugin plugin;
	find_hostile();
	for (int i = 0; i < 2; i++) {
		const char *name = i ? "source_two" : "source_one";
		CU_ASSERT_EQUAL_FATAL(open_hostile(name, SANDBOX_BEST_EFFORT, &plugin), CRMVAL_OK);
		CU_ASSERT_PTR_NULL(plugin.table->source->open);
		CU_ASSERT_EQUAL_FATAL(plugin_load_source(&plugin, NULL), CRMVAL_OK);
		CU_ASSERT_STRING_EQUAL(plugin.table->name, name);
		CU_ASSERT_FATAL(plugin.table->source->table != NULL);
		CU_ASSERT_EQUAL(plugin.table->source->table(NULL, "account", NULL, 0, NULL, NULL), CRMVAL_NO_TABLE);
		plugin_close(&plugin);
	}
}

/* ---- trust ---- */

static void test_untrusted(void)
{
	static const char *const files[] = {"writable.so", "link.so", "folder.so", "renamed.so", NULL};
	char path[256];
	make_scratch();
	CU_ASSERT_EQUAL_FATAL(copy_plugin("well_behaved", "writable.so", 0666), 0);
	CU_ASSERT_EQUAL_FATAL(copy_plugin("well_behaved", "renamed.so", 0644), 0);
	snprintf(path, sizeof path, "%s/link.so", scratch);
	CU_ASSERT_EQUAL(symlink("renamed.so", path), 0);
	snprintf(path, sizeof path, "%s/folder.so", scratch);
	CU_ASSERT_EQUAL(mkdir(path, 0755), 0);
	expect_refusal(scratch, "writable", 60, CRMVAL_EPERM, "plugin /tmp/* can be changed by anybody: chmod o-w *");
	expect_refusal(scratch, "link", 60, CRMVAL_EPERM,
		       "plugin /tmp/*/link.so is a symbolic link: put the file itself there");
	expect_refusal(scratch, "folder", 60, CRMVAL_EPERM, "plugin /tmp/*/folder.so is not a regular file");
	expect_refusal(
		scratch, "renamed", 60, CRMVAL_ECONF,
		"plugin renamed: calls itself \"well_behaved\": a plugin's name and its file's must be the same *");
	rmdir(path);
	chmod(scratch, 0777);
	expect_refusal(scratch, "renamed", 60, CRMVAL_EPERM, "plugin directory /tmp/* can be changed by anybody: *");
	chmod(scratch, 0700);
	if (geteuid() == 0) {
		snprintf(path, sizeof path, "%s/renamed.so", scratch);
		CU_ASSERT_EQUAL(chown(path, 4711, 0), 0);
		expect_refusal(scratch, "renamed", 60, CRMVAL_EPERM, "plugin /tmp/* belongs to user 4711: *");
	}
	remove_scratch(files);
}

/* A folder of its own in scratch, with a good plugin in it, is refused if what is above it is not right. */
static void expect_parent(mode_t mode, uid_t owner, gid_t group, int code, const char *message)
{
	char parent[128], folder[160], copy[200], target[PATH_MAX];
	const char *directory = folder;
	struct plugin plugin;
	struct plugin_settings settings = settings_of(&directory);
	struct crmval_error error = {.struct_size = sizeof error};
	make_scratch();
	snprintf(parent, sizeof parent, "%s/above", scratch);
	snprintf(folder, sizeof folder, "%s/plugins", parent);
	CU_ASSERT(mkdir(parent, 0755) == 0 && mkdir(folder, 0755) == 0);
	snprintf(copy, sizeof copy, "above/plugins/well_behaved.so");
	CU_ASSERT_EQUAL_FATAL(copy_plugin("well_behaved", copy, 0644), 0);
	CU_ASSERT(chown(parent, owner, group) == 0 && chmod(parent, mode) == 0);
	CU_ASSERT_EQUAL(plugin_open("well_behaved", &settings, &plugin, &error), code);
	if (code)
		CU_ASSERT_EQUAL(fnmatch(message, error.message, 0), 0);
	plugin_close(&plugin);
	/* By a link, it is the same; the link itself is as good as its owner. */
	snprintf(target, sizeof target, "%s/link", scratch);
	CU_ASSERT_EQUAL(symlink("above/plugins", target), 0);
	directory = target;
	CU_ASSERT_EQUAL(plugin_open("well_behaved", &settings, &plugin, &error), code);
	plugin_close(&plugin);
	if (!code && geteuid() == 0) {
		CU_ASSERT_EQUAL(lchown(target, 4711, 0), 0);
		CU_ASSERT_EQUAL(plugin_open("well_behaved", &settings, &plugin, &error), CRMVAL_EPERM);
		CU_ASSERT_EQUAL(fnmatch("symbolic link */link belongs to user 4711: *", error.message, 0), 0);
	}
	snprintf(target, sizeof target, "rm -rf %s", scratch);
	CU_ASSERT_EQUAL(system(target), 0);
}

static void test_parents(void)
{
	expect_parent(0755, geteuid(), getegid(), CRMVAL_OK, "");
	expect_parent(0775, geteuid(), getegid(), CRMVAL_OK, "");
	expect_parent(0777, geteuid(), getegid(), CRMVAL_EPERM, "folder */above can be changed by anybody: *");
	expect_parent(01777, geteuid(), getegid(), CRMVAL_OK, "");
	if (geteuid() != 0)
		return;
	expect_parent(0755, 4711, 0, CRMVAL_EPERM, "folder */above belongs to user 4711: *");
	expect_parent(0775, 0, 4711, CRMVAL_EPERM, "folder */above can be changed by group 4711: *");
	expect_parent(0755, 0, 4711, CRMVAL_OK, "");
}

static void test_links(void)
{
	char path[256];
	const char *directory = path;
	struct plugin plugin;
	struct plugin_settings settings = settings_of(&directory);
	struct crmval_error error = {.struct_size = sizeof error};
	make_scratch();
	snprintf(path, sizeof path, "%s/circle", scratch);
	CU_ASSERT_EQUAL(symlink("circle", path), 0);
	strcat(path, "/..");
	expect_refusal(path, "well_behaved", 60, CRMVAL_ECONF, "there is no plugin *"); /* as for everybody else */
	CU_ASSERT_EQUAL(copy_plugin("well_behaved", "well_behaved.so", 0644), 0);
	snprintf(path, sizeof path, "%s/../%s/./", scratch, scratch + strlen("/tmp/"));
	CU_ASSERT_EQUAL(plugin_open("well_behaved", &settings, &plugin, &error), CRMVAL_OK);
	plugin_close(&plugin);
	snprintf(path, sizeof path, "rm -rf %s", scratch);
	CU_ASSERT_EQUAL(system(path), 0);
}

/* What is changed after it was looked at is not what is loaded. */
static void test_changed_meanwhile(void)
{
	static const char *const files[] = {"source_one.so", NULL};
	const char *directory = scratch;
	struct plugin_settings settings = settings_of(&directory);
	struct plugin plugin;
	make_scratch();
	CU_ASSERT_EQUAL(copy_plugin("source_one", "source_one.so", 0644), 0);
	CU_ASSERT_EQUAL_FATAL(plugin_open("source_one", &settings, &plugin, NULL), CRMVAL_OK);
	CU_ASSERT_EQUAL(copy_plugin("crash", "source_one.so", 0644), 0); /* in the same file */
	CU_ASSERT_EQUAL(plugin_load_source(&plugin, NULL), CRMVAL_OK);
	char path[32];
	snprintf(path, sizeof path, "/proc/self/fd/%d", plugin.fd);
	int copy = open(path, O_RDWR);
	CU_ASSERT(write(plugin.fd, "x", 1) < 0 && errno == EBADF);
	CU_ASSERT(write(copy, "x", 1) < 0 && errno == EPERM);
	CU_ASSERT(ftruncate(copy, 0) < 0 && errno == EPERM);
	close(copy);
	plugin_close(&plugin);
	remove_scratch(files);
}

/* One that has other tables each time it is loaded. */
static void test_changed_tables(void)
{
	struct plugin plugin;
	struct crmval_error error = {.struct_size = sizeof error};
	find_hostile();
	CU_ASSERT_EQUAL_FATAL(open_hostile("changes", SANDBOX_BEST_EFFORT, &plugin), CRMVAL_OK);
	CU_ASSERT_EQUAL(plugin_load_source(&plugin, &error), CRMVAL_EPERM);
	CU_ASSERT(strstr(error.message, "its tables are not those that it was described with") != NULL);
	plugin_close(&plugin);
}

static void test_allowed(void)
{
	const char *directory = hostile, *digests[2] = {"00", NULL};
	struct plugin_settings settings;
	struct plugin plugin;
	struct crmval_error error = {.struct_size = sizeof error};
	char sha256[65];
	find_hostile();
	settings = settings_of(&directory);
	CU_ASSERT_EQUAL_FATAL(plugin_open("well_behaved", &settings, &plugin, &error), CRMVAL_OK);
	CU_ASSERT_EQUAL(plugin_hash(&plugin, sha256, &error), CRMVAL_OK);
	plugin_close(&plugin);
	settings.sha256 = digests;
	CU_ASSERT_EQUAL(plugin_open("well_behaved", &settings, &plugin, &error), CRMVAL_EPERM);
	CU_ASSERT(strstr(error.message, sha256) != NULL);
	settings.sha256_count = 2;
	digests[1] = sha256;
	CU_ASSERT_EQUAL(plugin_open("well_behaved", &settings, &plugin, &error), CRMVAL_OK);
	plugin_close(&plugin);
	CU_ASSERT_EQUAL(plugin_open("crash", &settings, &plugin, &error), CRMVAL_EPERM); /* and is not even loaded */
}

/* ---- finding ---- */

static void test_finding(void)
{
	find_hostile();
	expect_refusal(hostile, "well_behavd", 60, CRMVAL_ECONF,
		       "there is no plugin \"well_behavd\" in *: did you mean \"well_behaved\"?");
	expect_refusal(hostile, "../etc/passwd", 60, CRMVAL_ECONF, "\"../etc/passwd\" is no name of a plugin: *");
	expect_refusal(hostile, "", 60, CRMVAL_ECONF, "\"\" is no name of a plugin: *");
}

static void test_names(void)
{
	static const char *const files[] = {"crash.so", "Bad-Name.so", "text", NULL};
	const char *directories[] = {scratch, hostile, "/nowhere"};
	struct plugin_settings settings = settings_of(directories);
	char **names;
	size_t count = 0, crashes = 0, others = 0;
	make_scratch();
	settings.directory_count = 3;
	CU_ASSERT_EQUAL(copy_plugin("crash", "crash.so", 0644), 0);
	CU_ASSERT_EQUAL(copy_plugin("crash", "Bad-Name.so", 0644), 0);
	CU_ASSERT_EQUAL(copy_plugin("crash", "text", 0644), 0);
	CU_ASSERT_EQUAL_FATAL(plugin_names(&settings, &names, &count, NULL), CRMVAL_OK);
	for (size_t i = 0; i < count; i++) {
		crashes += !strcmp(names[i], "crash");
		others += !strcmp(names[i], "source_two") || !strcmp(names[i], "Bad-Name") || !strcmp(names[i], "text");
		CU_ASSERT(i == 0 || strcmp(names[i - 1], names[i]) < 0);
	}
	CU_ASSERT_EQUAL(crashes, 1);
	CU_ASSERT_EQUAL(others, 1);
	plugin_names_free(names, count);
	remove_scratch(files);
}

static void expect_from(const char *folder, const struct plugin_settings *settings)
{
	struct plugin plugin;
	CU_ASSERT_EQUAL_FATAL(plugin_open("source_one", settings, &plugin, NULL), CRMVAL_OK);
	CU_ASSERT(!strncmp(plugin.path, folder, strlen(folder)));
	plugin_close(&plugin);
}

static void test_order(void)
{
	static const char *const files[] = {"source_one.so", NULL};
	const char *directories[] = {"/nowhere", scratch, hostile}, *variable = getenv("CRMVAL_PLUGIN_PATH");
	struct plugin_settings settings = settings_of(directories);
	char *saved = variable ? strdup(variable) : NULL;
	int folder = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	make_scratch();
	CU_ASSERT_EQUAL(copy_plugin("source_one", "source_one.so", 0644), 0);
	settings.directory_count = 3;
	expect_from(scratch, &settings);
	setenv("CRMVAL_PLUGIN_PATH", hostile, 1);
	expect_from(hostile, &settings);
	CU_ASSERT_EQUAL(chdir(hostile), 0);
	setenv("CRMVAL_PLUGIN_PATH", ".:/nowhere:", 1); /* relative: passed over */
	expect_from(scratch, &settings);
	CU_ASSERT_EQUAL(fchdir(folder), 0);
	close(folder);
	if (saved)
		setenv("CRMVAL_PLUGIN_PATH", saved, 1);
	else
		unsetenv("CRMVAL_PLUGIN_PATH");
	free(saved);
	remove_scratch(files);
}

/* In a build tree, those beside the program; they need not be named. */
static void test_own(void)
{
	struct plugin_settings settings = settings_of(NULL);
	struct crmval_error error = {.struct_size = sizeof error};
	struct plugin plugin;
	char path[PATH_MAX];
	settings.directory_count = 0;
	settings.limits.sandbox = SANDBOX_DEFAULT;
	snprintf(path, sizeof path, "%s/customer_management.so", plugin_own_directory());
	if (access(path, R_OK) < 0) {
		suite_skip("there are no plugins beside the program");
		return;
	}
	CU_ASSERT_EQUAL_FATAL(plugin_open("customer_management", &settings, &plugin, &error), CRMVAL_OK);
	CU_ASSERT_EQUAL(plugin.is_ours, 1);
	CU_ASSERT_EQUAL(plugin.table->dimension->measure_count, 15); /* as the model lists them */
	plugin_close(&plugin);
}

/* Together they are what they are by themselves; others, and what is not there, are left. */
static void test_own_together(void)
{
	static const char *const names[] = {"csv",     "well_behaved",        "deal_control",
					    "nowhere", "customer_management", "csv"};
	enum { COUNT = sizeof names / sizeof *names };
	const char *directory = hostile;
	struct plugin_settings settings = settings_of(&directory);
	struct crmval_error error = {.struct_size = sizeof error};
	struct plugin plugins[COUNT], alone;
	settings.limits.sandbox = SANDBOX_DEFAULT;
	find_hostile();
	plugins_open_own(names, COUNT, &settings, plugins);
	if (!plugins[0].table) {
		suite_skip("there are no plugins beside the program");
		return;
	}
	for (int i = 0; i < COUNT; i++) {
		if (i == 1 || i == 3) {
			CU_ASSERT(plugins[i].fd < 0 && !plugins[i].table && !plugins[i].path);
			continue;
		}
		CU_ASSERT_EQUAL_FATAL(plugin_open(names[i], &settings, &alone, &error), CRMVAL_OK);
		CU_ASSERT_STRING_EQUAL(plugins[i].table->name, names[i]);
		CU_ASSERT_STRING_EQUAL(plugins[i].path, alone.path);
		CU_ASSERT_STRING_EQUAL(plugins[i].sandbox, alone.sandbox);
		CU_ASSERT_EQUAL(plugins[i].description, alone.description);
		CU_ASSERT_EQUAL(plugins[i].is_ours, 1);
		plugin_close(&alone);
		plugin_close(&plugins[i]);
	}
	settings.limits.deadline = 0; /* nothing is known in no time */
	plugins_open_own(names, COUNT, &settings, plugins);
	for (int i = 0; i < COUNT; i++)
		CU_ASSERT(plugins[i].fd < 0 && !plugins[i].table && !plugins[i].path);
}

static void test_text(void)
{
	static const struct crmval_translation translations[] = {{"de", "Size",
								  "Gr\xc3\xb6\xc3\x9f"
								  "e"},
								 {"fr", "Size", "Taille"}};
	const struct crmval_plugin plugin = {.translation_count = 2, .translations = translations};
	CU_ASSERT_STRING_EQUAL(plugin_text(&plugin, "fr", "Size"), "Taille");
	CU_ASSERT_STRING_EQUAL(plugin_text(&plugin, "it", "Size"), "Size");
	CU_ASSERT_STRING_EQUAL(plugin_text(&plugin, "de", "Rows"), "Rows");
	CU_ASSERT_STRING_EQUAL(plugin_text(&plugin, NULL, "Size"), "Size");
	CU_ASSERT_PTR_NULL(plugin_text(&plugin, "de", NULL));
}

static const struct test tests[] = {{"crashes", test_crashes},
				    {"own together", test_own_together},
				    {"pretenders", test_pretenders},
				    {"hangs", test_hangs},
				    {"incompatible", test_incompatible},
				    {"probe", test_probe},
				    {"sweep", test_sweep},
				    {"noise and hunger", test_noise_and_hunger},
				    {"well behaved", test_well_behaved},
				    {"sources", test_sources},
				    {"untrusted", test_untrusted},
				    {"parents", test_parents},
				    {"links", test_links},
				    {"changed meanwhile", test_changed_meanwhile},
				    {"changed tables", test_changed_tables},
				    {"allowed", test_allowed},
				    {"finding", test_finding},
				    {"names", test_names},
				    {"order", test_order},
				    {"own", test_own},
				    {"text", test_text},
				    {NULL, NULL}};

const struct suite suite_plugins = {"plugins", tests};
