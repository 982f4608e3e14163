/* SPDX-License-Identifier: MIT */
/* Which plugins are trusted: whose files and folders they are, and that what was looked at is what is loaded. */
#include "plugin_case.h"
#include "suite.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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
	const char *directory = hostile_folder, *digests[2] = {"00", NULL};
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

static const struct test tests[] = {
	{"untrusted", test_untrusted},
	{"parents", test_parents},
	{"links", test_links},
	{"changed meanwhile", test_changed_meanwhile},
	{"changed tables", test_changed_tables},
	{"allowed", test_allowed},
	{NULL, NULL},
};

const struct suite suite_plugin_trust = {"plugin_trust", tests};
