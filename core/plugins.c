/* SPDX-License-Identifier: MIT */
/* Finding plugins, trusting their files, and getting to know them in confinement. */
#include "plugins.h"
#include "arena.h"
#include "describe.h"
#include "error.h"
#include "loader.h"
#include "plugin_path.h"
#include "tables.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- trust ---- */

/* Whoever may change the file, or put another one in its place, could run code as us. */
static int check_trust(const struct stat *status, const char *what, const char *path, struct crmval_error *error)
{
	if (status->st_uid != 0 && status->st_uid != geteuid())
		return fail(error, CRMVAL_EPERM,
			    "%s %s belongs to user %u: it must belong to root or to the user that runs crmval", what,
			    path, (unsigned)status->st_uid);
	if (status->st_mode & S_IWOTH)
		return fail(error, CRMVAL_EPERM, "%s %s can be changed by anybody: chmod o-w %s", what, path, path);
	return CRMVAL_OK;
}

/* Opens the file in the directory, both checked by their descriptors, so that neither can be exchanged meanwhile. */
static int open_in(int directory, const char *path, struct plugin *plugin, struct crmval_error *error)
{
	struct stat status;
	const char *file = strrchr(path, '/') + 1;
	int code, fd = openat(directory, file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 && errno == ELOOP)
		return fail(error, CRMVAL_EPERM, "plugin %s is a symbolic link: put the file itself there", path);
	if (fd < 0)
		return fail(error, errno == EACCES ? CRMVAL_EPERM : CRMVAL_EIO, "cannot open plugin %s: %s", path,
			    strerror(errno));
	if (fstat(fd, &status) < 0)
		code = fail(error, CRMVAL_EIO, "cannot inspect plugin %s: %s", path, strerror(errno));
	else if (!S_ISREG(status.st_mode))
		code = fail(error, CRMVAL_EPERM, "plugin %s is not a regular file", path);
	else
		code = check_trust(&status, "plugin", path, error);
	if (code)
		close(fd);
	else
		plugin->fd = fd;
	return code;
}

static int open_file(struct plugin *plugin, struct crmval_error *error)
{
	struct stat status;
	char *folder = strndup(plugin->path, (size_t)(strrchr(plugin->path, '/') - plugin->path));
	if (!folder)
		return fail_memory(error);
	int code, directory = open(*folder ? folder : "/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (directory < 0 || fstat(directory, &status) < 0)
		code = fail(error, CRMVAL_EIO, "cannot open the plugin directory %s: %s", folder, strerror(errno));
	else
		code = check_trust(&status, "plugin directory", folder, error);
	if (!code)
		code = open_in(directory, plugin->path, plugin, error);
	if (directory >= 0)
		close(directory);
	free(folder);
	return code;
}

/* ---- description ---- */

static int describe(void *context, struct crmval_error *error)
{
	const struct crmval_plugin *plugin;
	unsigned char *bytes = NULL;
	size_t size = 0;
	(void)context;
	int code = confine_load(&plugin, error);
	if (!code)
		code = describe_pack(plugin, &bytes, &size, error);
	if (!code)
		code = confine_write(bytes, size, error);
	free(bytes);
	return code;
}

/* Our own plugins run on kernels that cannot confine them, too; others only where somebody says so. */
static enum job_sandbox sandbox_for(const struct plugin *plugin, enum job_sandbox wanted)
{
	if (wanted != SANDBOX_DEFAULT)
		return wanted;
	return plugin->is_ours ? SANDBOX_BEST_EFFORT : SANDBOX_REQUIRE;
}

/* Makes the plugin's copy from its description. */
static int read_tables(struct plugin *plugin, const char *name, const struct confine_answer *answer,
		       struct crmval_error *error)
{
	struct crmval_error what = {.struct_size = sizeof what};
	struct arena *arena = calloc(1, sizeof *arena);
	if (!arena)
		return fail_memory(error);
	plugin->memory = arena;
	int code = describe_unpack(answer->bytes, answer->size, arena, &plugin->table, &what);
	if (!code)
		code = tables_check(plugin->table, &what);
	if (!code && strcmp(plugin->table->name, name) != 0)
		code = fail(&what, CRMVAL_ECONF, "its tables name another plugin");
	if (code)
		fail(error, code, "plugin %s: %.900s", name, what.message);
	return code;
}

static int get_to_know(struct plugin *plugin, const char *name, const struct plugin_settings *settings,
		       struct crmval_error *error)
{
	struct confine_limits limits = settings->limits;
	static const char doing[CONFINE_BREADCRUMB] = "it was loaded and its tables were read";
	struct confine_task task = {.plugin_fd = plugin->fd, .name = name, .body = describe, .breadcrumb = doing};
	limits.sandbox = sandbox_for(plugin, limits.sandbox);
	limits.answer_limit = DESCRIBE_MOST;
	int code = confine_run(&task, 1, 1, &limits, error);
	if (code)
		return code;
	memcpy(plugin->sandbox, task.sandbox, sizeof plugin->sandbox);
	if (task.code)
		*error = task.error;
	code = task.code ? task.code : read_tables(plugin, name, &task.answer, error);
	free(task.answer.bytes);
	if (code && code != CRMVAL_ENOMEM) { /* several of one name may lie about */
		struct crmval_error what = *error;
		fail(error, code, "%.*s (%.400s)", (int)(sizeof what.message - 450), what.message, plugin->path);
	}
	return code;
}

int plugin_open(const char *name, const struct plugin_settings *settings, struct plugin *plugin,
		struct crmval_error *error)
{
	struct crmval_error own = {.struct_size = sizeof own};
	if (!error)
		error = &own;
	*plugin = (struct plugin){.fd = -1};
	if (!tables_is_name(name))
		return fail(error, CRMVAL_ECONF,
			    "\"%.64s\" is no name of a plugin: names are lower case letters, digits and _", name);
	int code = plugin_path_find(name, settings, &plugin->path, &plugin->is_ours, error);
	if (!code)
		code = open_file(plugin, error);
	if (!code)
		code = get_to_know(plugin, name, settings, error);
	if (code)
		plugin_close(plugin);
	return code;
}

/* ---- the rest of its life ---- */

int plugin_load_source(struct plugin *plugin, struct crmval_error *error)
{
	const struct crmval_plugin *live;
	unsigned char *bytes = NULL;
	size_t size;
	struct crmval_error what = {.struct_size = sizeof what};
	const char *name = plugin->table->name;
	if (!plugin->table->source)
		return fail(error, CRMVAL_ECONF, "plugin %s is a dimension, and a source is wanted", name);
	int fd = fcntl(plugin->fd, F_DUPFD_CLOEXEC, 0); /* stays open for ever, as the loaded plugin does */
	if (fd < 0)
		return fail(error, CRMVAL_EIO, "cannot duplicate the file of plugin %s: %s", name, strerror(errno));
	int code = loader_load(fd, name, &live, &what);
	if (!code) /* all functions are there, all strings can be read */
		code = describe_pack(live, &bytes, &size, &what);
	free(bytes);
	if (code)
		return fail(error, code, "plugin %s: %.500s (%.400s)", name, what.message, plugin->path);
	plugin->table = live;
	return CRMVAL_OK;
}

void plugin_close(struct plugin *plugin)
{
	if (plugin->fd >= 0)
		close(plugin->fd);
	if (plugin->memory)
		arena_free(plugin->memory);
	free(plugin->memory);
	free(plugin->path);
	*plugin = (struct plugin){.fd = -1};
}

const char *plugin_text(const struct crmval_plugin *plugin, const char *language, const char *text)
{
	for (uint32_t i = 0; language && text && i < plugin->translation_count; i++) {
		const struct crmval_translation *translation = &plugin->translations[i];
		if (!strcmp(translation->language, language) && !strcmp(translation->text, text))
			return translation->translated;
	}
	return text;
}
