/* SPDX-License-Identifier: MIT */
/* Finding, describing and loading plugins. */
#include "plugin_case.h"
#include "suite.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void test_well_behaved(void)
{
	struct plugin plugin;
	char path[PATH_MAX + 32];
	find_hostile();
	CU_ASSERT_EQUAL_FATAL(open_hostile("well_behaved", SANDBOX_BEST_EFFORT, &plugin), CRMVAL_OK);
	snprintf(path, sizeof path, "%s/well_behaved.so", hostile_folder);
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

/* ---- finding ---- */

static void test_finding(void)
{
	find_hostile();
	expect_refusal(hostile_folder, "well_behavd", 60, CRMVAL_ECONF,
		       "there is no plugin \"well_behavd\" in *: did you mean \"well_behaved\"?");
	expect_refusal(hostile_folder, "../etc/passwd", 60, CRMVAL_ECONF,
		       "\"../etc/passwd\" is no name of a plugin: *");
	expect_refusal(hostile_folder, "", 60, CRMVAL_ECONF, "\"\" is no name of a plugin: *");
}

static void test_names(void)
{
	static const char *const files[] = {"crash.so", "Bad-Name.so", "text", NULL};
	const char *directories[] = {scratch, hostile_folder, "/nowhere"};
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
	const char *directories[] = {"/nowhere", scratch, hostile_folder}, *variable = getenv("CRMVAL_PLUGIN_PATH");
	struct plugin_settings settings = settings_of(directories);
	char *saved = variable ? strdup(variable) : NULL;
	int folder = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	make_scratch();
	CU_ASSERT_EQUAL(copy_plugin("source_one", "source_one.so", 0644), 0);
	settings.directory_count = 3;
	expect_from(scratch, &settings);
	setenv("CRMVAL_PLUGIN_PATH", hostile_folder, 1);
	expect_from(hostile_folder, &settings);
	CU_ASSERT_EQUAL(chdir(hostile_folder), 0);
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
	const char *directory = hostile_folder;
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

static const struct test tests[] = {
	{"own together", test_own_together},
	{"well behaved", test_well_behaved},
	{"sources", test_sources},
	{"finding", test_finding},
	{"names", test_names},
	{"order", test_order},
	{"own", test_own},
	{"text", test_text},
	{NULL, NULL},
};

const struct suite suite_plugins = {"plugins", tests};
