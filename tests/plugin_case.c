/* SPDX-License-Identifier: MIT */
#include "plugin_case.h"

#include "suite.h"

#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

char hostile_folder[PATH_MAX], scratch[64];

struct plugin_settings settings_of(const char *const *directory)
{
	return (struct plugin_settings){directory, 1, {SANDBOX_BEST_EFFORT, 60, 64 << 20, 0}, NULL, 0};
}

static void forget_hostile(void)
{
	char command[PATH_MAX + 16];
	snprintf(command, sizeof command, "rm -rf '%s'", hostile_folder);
	if (system(command) != 0)
		printf("%s is left behind\n", hostile_folder);
}

/* Copies, since the folders above a build tree may belong to anybody, and no plugin would be trusted there. */
void find_hostile(void)
{
	const char *build = getenv("BUILDDIR");
	char command[2 * PATH_MAX];
	if (*hostile_folder)
		return;
	strcpy(hostile_folder, "/tmp/crmval-hostile-XXXXXX");
	CU_ASSERT_FATAL(mkdtemp(hostile_folder) != NULL);
	atexit(forget_hostile);
	snprintf(command, sizeof command, "cp -L '%s'/tests/hostile/.libs/*.so %s && chmod go-w %s/*",
		 build ? build : ".", hostile_folder, hostile_folder);
	CU_ASSERT_EQUAL_FATAL(system(command), 0);
}

void make_scratch(void)
{
	find_hostile();
	strcpy(scratch, "/tmp/crmval-plugins-XXXXXX");
	CU_ASSERT_FATAL(mkdtemp(scratch) != NULL);
}

void remove_scratch(const char *const *files)
{
	char path[256];
	for (; *files; files++) {
		snprintf(path, sizeof path, "%s/%s", scratch, *files);
		unlink(path);
	}
	CU_ASSERT_EQUAL(rmdir(scratch), 0);
}

int copy_plugin(const char *from, const char *to, mode_t mode)
{
	char paths[2][PATH_MAX + 64], buffer[65536];
	snprintf(paths[0], sizeof paths[0], "%s/%s.so", hostile_folder, from);
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

void expect_refusal(const char *directory, const char *name, double deadline, int code, const char *message)
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

int open_hostile(const char *name, enum job_sandbox sandbox, struct plugin *plugin)
{
	const char *directory = hostile_folder;
	struct plugin_settings settings = settings_of(&directory);
	struct crmval_error error = {.struct_size = sizeof error};
	settings.limits.sandbox = sandbox;
	int code = plugin_open(name, &settings, plugin, &error);
	if (code)
		printf("%s: %s\n", name, error.message);
	return code;
}
