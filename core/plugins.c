/* SPDX-License-Identifier: MIT */
/* Finding plugins, trusting their files, and getting to know them in confinement. */
#include "plugins.h"
#include "arena.h"
#include "confine_child.h"
#include "describe.h"
#include "error.h"
#include "loader.h"
#include "plugin_path.h"
#include "spent.h"
#include "tables.h"
#include "text.h"
#include "trust.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

/* ---- trust ---- */

int plugin_hash(const struct plugin *plugin, char sha256[65], struct crmval_error *error)
{
	return trust_hash(plugin->fd, plugin->path, sha256, error);
}

static int check_sha256(const struct plugin *plugin, const char *name, const struct plugin_settings *settings,
			struct crmval_error *error)
{
	char sha256[65];
	if (!settings->sha256 || plugin->is_ours)
		return CRMVAL_OK;
	int code = plugin_hash(plugin, sha256, error);
	if (code)
		return code;
	for (uint32_t i = 0; i < settings->sha256_count; i++)
		if (strcasecmp(settings->sha256[i], sha256) == 0)
			return CRMVAL_OK;
	return fail(error, CRMVAL_EPERM,
		    "plugin %s (%.400s) has the SHA-256 %s, which plugins.sha256 does not list: add it if you trust "
		    "the file",
		    name, plugin->path, sha256);
}

/* Of the program's own folder the parents are as good as the program itself, which lies there, too. */
static int open_file(struct plugin *plugin, const char *name, const struct plugin_settings *settings,
		     struct crmval_error *error)
{
	const char *slash = strrchr(plugin->path, '/');
	char *folder = slash ? strndup(plugin->path, (size_t)(slash - plugin->path)) : strdup(".");
	int fd = -1;
	if (!folder)
		return fail_memory(error);
	int code = trust_open(*folder ? folder : "/", slash ? slash + 1 : plugin->path, !plugin->is_ours, &fd, error);
	if (!code)
		code = trust_copy(fd, plugin->path, &plugin->fd, error);
	if (!code)
		code = check_sha256(plugin, name, settings, error);
	if (fd >= 0)
		close(fd);
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
static int read_tables(struct plugin *plugin, const char *name, const unsigned char *bytes, size_t size,
		       struct crmval_error *error)
{
	struct crmval_error what = {.struct_size = sizeof what};
	struct arena *arena = calloc(1, sizeof *arena);
	if (!arena)
		return fail_memory(error);
	plugin->memory = arena;
	plugin->description = frame_checksum(FRAME_CHECKSUM, bytes, size);
	int code = describe_unpack(bytes, size, arena, &plugin->table, &what);
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
	static const char doing[CONFINE_BREADCRUMB] = N_("it was loaded and its tables were read");
	struct confine_task task = {.plugin_fd = plugin->fd, .name = name, .body = describe, .breadcrumb = doing};
	limits.sandbox = sandbox_for(plugin, limits.sandbox);
	limits.answer_limit = DESCRIBE_MOST;
	int code = confine_run(&task, 1, 1, &limits, error);
	if (code)
		return code;
	memcpy(plugin->sandbox, task.sandbox, sizeof plugin->sandbox);
	if (task.code)
		*error = task.error;
	code = task.code ? task.code : read_tables(plugin, name, task.answer.bytes, task.answer.size, error);
	confine_answer_free(&task.answer);
	if (code && code != CRMVAL_ENOMEM) { /* several of one name may lie about */
		struct crmval_error what = *error;
		fail(error, code, "%.*s (%.400s)", (int)(sizeof what.message - 450), what.message, plugin->path);
	}
	return code;
}

/* With its path and whose it is already there. */
static int open_found(const char *name, const struct plugin_settings *settings, struct plugin *plugin,
		      struct crmval_error *error)
{
	struct spent start = spent_so_far();
	int code = open_file(plugin, name, settings, error);
	if (!code)
		code = get_to_know(plugin, name, settings, error);
	if (code)
		plugin_close(plugin);
	else
		plugin->seconds = spent_since(start).cpu;
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
	return code ? code : open_found(name, settings, plugin, error);
}

int plugin_open_file(const char *path, const struct plugin_settings *settings, struct plugin *plugin,
		     struct crmval_error *error)
{
	const char *slash = strrchr(path, '/'), *file = slash ? slash + 1 : path;
	size_t length = strlen(file);
	*plugin = (struct plugin){.fd = -1, .path = strdup(path)};
	char *name = length > 3 && strcmp(file + length - 3, ".so") == 0 ? strndup(file, length - 3) : NULL;
	int code = CRMVAL_OK;
	if (!plugin->path)
		code = fail_memory(error);
	else if (!tables_is_name(name))
		code = fail(error, CRMVAL_ECONF,
			    "%s is no name of a plugin's file: it is the plugin's name, of lower case letters, digits "
			    "and _, "
			    "and .so",
			    path);
	if (!code)
		code = open_found(name, settings, plugin, error);
	else
		plugin_close(plugin);
	free(name);
	return code;
}

/* ---- our own, together ---- */

struct together {
	char **names; /* copies: no child inherits the job */
	int *fds;
	struct plugin **plugins;
	const struct crmval_plugin **live;
	uint32_t count;
};

/* Each as its size and its bytes. */
static int describe_all(void *context, struct crmval_error *error)
{
	const struct together *all = context;
	int code = confine_load_all(all->fds, (const char *const *)all->names, all->count, all->live, error);
	for (uint32_t i = 0; i < all->count && !code; i++) {
		unsigned char *bytes = NULL;
		size_t size = 0;
		code = describe_pack(all->live[i], &bytes, &size, error);
		if (!code)
			code = confine_write(&size, sizeof size, error);
		if (!code)
			code = confine_write(bytes, size, error);
		free(bytes);
	}
	return code;
}

static int read_all(const struct together *all, const struct confine_task *task)
{
	const unsigned char *bytes = task->answer.bytes;
	size_t left = task->answer.size, size;
	struct crmval_error why_not = {.struct_size = sizeof why_not};
	for (uint32_t i = 0; i < all->count; i++) {
		struct plugin *plugin = all->plugins[i];
		if (left < sizeof size)
			return -1;
		memcpy(&size, bytes, sizeof size);
		bytes += sizeof size;
		left -= sizeof size;
		if (size > left || read_tables(plugin, all->names[i], bytes, size, &why_not))
			return -1;
		memcpy(plugin->sandbox, task->sandbox, sizeof plugin->sandbox);
		bytes += size;
		left -= size;
	}
	return left ? -1 : 0;
}

static void find_own(const char *const *names, uint32_t count, const struct plugin_settings *settings,
		     struct plugin *plugins, struct together *all)
{
	struct crmval_error why_not = {.struct_size = sizeof why_not};
	for (uint32_t i = 0; i < count && all->count <= CONFINE_MORE; i++) {
		struct plugin *plugin = &plugins[i];
		if (!plugin_name_is_own(names[i]) ||
		    plugin_path_find(names[i], settings, &plugin->path, &plugin->is_ours, &why_not) ||
		    !plugin->is_ours || open_file(plugin, names[i], settings, &why_not) ||
		    plugin->fd <= STDERR_FILENO) {
			plugin_close(plugin);
			continue;
		}
		if (!(all->names[all->count] = strdup(names[i]))) {
			plugin_close(plugin);
			continue;
		}
		all->fds[all->count] = plugin->fd;
		all->plugins[all->count++] = plugin;
	}
}

static int get_to_know_all(struct together *all, const struct plugin_settings *settings)
{
	struct confine_limits limits = settings->limits;
	struct confine_task task = {.plugin_fd = all->fds[0],
				    .more_fds = all->fds + 1,
				    .more_count = all->count - 1,
				    .name = all->names[0],
				    .body = describe_all,
				    .context = all};
	limits.sandbox = sandbox_for(all->plugins[0], limits.sandbox);
	limits.answer_limit = (size_t)all->count * DESCRIBE_MOST;
	struct crmval_error why_not = {.struct_size = sizeof why_not};
	int failed = confine_run(&task, 1, 1, &limits, &why_not) || task.code || read_all(all, &task) < 0;
	confine_answer_free(&task.answer);
	return failed ? -1 : 0;
}

void plugins_open_own(const char *const *names, uint32_t count, const struct plugin_settings *settings,
		      struct plugin *plugins)
{
	struct spent start = spent_so_far();
	struct together all = {
		.names = calloc((size_t)count + 1, sizeof(char *)),
		.fds = calloc((size_t)count + 1, sizeof *all.fds),
		.plugins = calloc((size_t)count + 1, sizeof(struct plugin *)),
		.live = calloc((size_t)count + 1, sizeof *all.live),
	};
	for (uint32_t i = 0; i < count; i++)
		plugins[i] = (struct plugin){.fd = -1};
	if (all.names && all.fds && all.plugins && all.live)
		find_own(names, count, settings, plugins, &all);
	int failed = all.count == 0 || get_to_know_all(&all, settings) < 0;
	for (uint32_t i = 0; i < all.count; i++)
		if (failed)
			plugin_close(all.plugins[i]);
		else
			all.plugins[i]->seconds = spent_since(start).cpu / all.count;
	for (uint32_t i = 0; i < all.count; i++)
		free(all.names[i]);
	free(all.names);
	free(all.fds);
	free(all.plugins);
	free(all.live);
}

/* ---- the rest of its life ---- */

int plugin_is_unchanged(const struct plugin *plugin, const struct crmval_plugin *live, struct crmval_error *error)
{
	unsigned char *bytes = NULL;
	size_t size = 0;
	int code = describe_pack(live, &bytes, &size, error);
	if (!code && frame_checksum(FRAME_CHECKSUM, bytes, size) != plugin->description)
		code = fail(error, CRMVAL_EPERM, "its tables are not those that it was described with");
	free(bytes);
	return code;
}

int plugin_is_confined(const struct plugin *plugin)
{
	return strstr(plugin->sandbox, "landlock") && strstr(plugin->sandbox, "seccomp");
}

int plugin_load_source(struct plugin *plugin, struct crmval_error *error)
{
	const struct crmval_plugin *live;
	struct crmval_error what = {.struct_size = sizeof what};
	const char *name = plugin->table->name;
	if (!plugin->table->source)
		return fail(error, CRMVAL_ECONF, "plugin %s is a dimension, and a source is wanted", name);
	int fd = fcntl(plugin->fd, F_DUPFD_CLOEXEC, 0); /* stays open for ever, as the loaded plugin does */
	if (fd < 0)
		return fail(error, CRMVAL_EIO, "cannot duplicate the file of plugin %s: %s", name, strerror(errno));
	int code = loader_load(fd, name, &live, &what);
	if (!code) /* all functions are there, all strings can be read */
		code = plugin_is_unchanged(plugin, live, &what);
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
