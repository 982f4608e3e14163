/* SPDX-License-Identifier: MIT */
/* Where plugins are, and which there are. */
#include "plugin_path.h"
#include "error.h"
#include "near.h"
#include "own_plugins.h"
#include "tables.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- our own ---- */

static int is_directory(const char *path)
{
	struct stat status;
	return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

/* libtool's build tree: PROGRAM's folder or the one above it has plugins/.libs. */
static int find_beside_program(char *path, size_t size)
{
	static const char *const places[] = {"plugins/.libs", "../plugins/.libs"};
	char program[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
	if (length <= 0)
		return 0;
	program[length] = '\0';
	char *slash = strrchr(program, '/');
	if (!slash)
		return 0;
	slash[1] = '\0';
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		if (snprintf(path, size, "%s%s", program, places[i]) < (int)size && is_directory(path))
			return 1;
	}
	return 0;
}

const char *plugin_own_directory(void)
{
	static char directory[PATH_MAX + 32];
	if (!*directory && !find_beside_program(directory, sizeof directory))
		snprintf(directory, sizeof directory, "%s", PLUGIN_DIRECTORY);
	return directory;
}

static int is_own_directory(const char *path)
{
	struct stat status, own;
	return stat(path, &status) == 0 && stat(plugin_own_directory(), &own) == 0 && status.st_dev == own.st_dev &&
	       status.st_ino == own.st_ino;
}

int plugin_name_is_own(const char *name)
{
	const char *list = OWN_PLUGINS; /* each between spaces */
	size_t length = strlen(name);
	for (const char *p = list; (p = strstr(p, name)) != NULL; p++)
		if (p > list && p[-1] == ' ' && p[length] == ' ')
			return 1;
	return 0;
}

/* ---- all of them ---- */

struct directories {
	char **paths;
	size_t count;
};

static void directories_free(struct directories *directories)
{
	for (size_t i = 0; i < directories->count; i++)
		free(directories->paths[i]);
	free(directories->paths);
}

static int add_path(struct directories *directories, const char *path, size_t length)
{
	char **grown = realloc(directories->paths, (directories->count + 1) * sizeof *grown);
	if (!grown)
		return -1;
	directories->paths = grown;
	grown[directories->count] = strndup(path, length);
	return grown[directories->count] ? (directories->count++, 0) : -1;
}

/* Relative paths in the environment are passed over: they would mean another place in another working directory. */
static int add_environment(struct directories *directories)
{
	const char *list = secure_getenv("CRMVAL_PLUGIN_PATH");
	int failed = 0;
	while (list && *list && !failed) {
		size_t length = strcspn(list, ":");
		if (*list == '/')
			failed = add_path(directories, list, length);
		list += length + (list[length] == ':');
	}
	return failed;
}

static int list_directories(const struct plugin_settings *settings, struct directories *directories,
			    struct crmval_error *error)
{
	const char *own = plugin_own_directory();
	int failed = add_environment(directories);
	for (uint32_t i = 0; i < settings->directory_count && !failed; i++)
		failed = add_path(directories, settings->directories[i], strlen(settings->directories[i]));
	if (!failed)
		failed = add_path(directories, own, strlen(own));
	return failed ? fail_memory(error) : CRMVAL_OK;
}

/* ---- names ---- */

struct names {
	char **names;
	size_t count;
};

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* NAME.so, else NULL; the caller frees it. */
static char *name_of_file(const char *file)
{
	size_t length = strlen(file);
	char *name = length > 3 && !strcmp(file + length - 3, ".so") ? strndup(file, length - 3) : NULL;
	if (tables_is_name(name))
		return name;
	free(name);
	return NULL;
}

static int add_names(struct names *names, const char *directory, struct crmval_error *error)
{
	int code = CRMVAL_OK;
	struct dirent *entry;
	DIR *stream = opendir(directory);
	if (!stream)
		return errno == ENOENT ? CRMVAL_OK
				       : fail(error, CRMVAL_EIO, "cannot read the plugin directory %s: %s", directory,
					      strerror(errno));
	while (!code && (errno = 0, entry = readdir(stream))) {
		char *name = name_of_file(entry->d_name);
		char **grown = name ? realloc(names->names, (names->count + 1) * sizeof *grown) : NULL;
		if (grown) {
			names->names = grown;
			names->names[names->count++] = name;
		} else if (name) {
			free(name);
			code = fail_memory(error);
		}
	}
	if (!code && errno)
		code = fail(error, CRMVAL_EIO, "cannot read the plugin directory %s: %s", directory, strerror(errno));
	closedir(stream);
	return code;
}

static void sort_names(struct names *names)
{
	size_t kept = 0;
	if (names->count)
		qsort(names->names, names->count, sizeof *names->names, compare);
	for (size_t i = 0; i < names->count; i++) {
		if (kept > 0 && !strcmp(names->names[kept - 1], names->names[i]))
			free(names->names[i]);
		else
			names->names[kept++] = names->names[i];
	}
	names->count = kept;
}

int plugin_names(const struct plugin_settings *settings, char ***names, size_t *count, struct crmval_error *error)
{
	struct directories directories = {0};
	struct names found = {0};
	int code = list_directories(settings, &directories, error);
	for (size_t i = 0; i < directories.count && !code; i++)
		code = add_names(&found, directories.paths[i], error);
	directories_free(&directories);
	if (code) {
		plugin_names_free(found.names, found.count);
		return code;
	}
	sort_names(&found);
	*names = found.names;
	*count = found.count;
	return CRMVAL_OK;
}

void plugin_names_free(char **names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(names[i]);
	free(names);
}

/* ---- finding one ---- */

static int not_found(const char *name, const struct plugin_settings *settings, const struct directories *directories,
		     struct crmval_error *error)
{
	char **names = NULL, searched[512] = "", advice[400];
	size_t count = 0, used = 0;
	struct near near;
	for (size_t i = 0; i < directories->count && used < sizeof searched; i++)
		used += (size_t)snprintf(searched + used, sizeof searched - used, "%s%s", i ? ", " : "",
					 directories->paths[i]);
	near_start(&near, name);
	if (plugin_names(settings, &names, &count, NULL) == CRMVAL_OK) {
		for (size_t i = 0; i < count; i++)
			near_offer(&near, names[i]);
	}
	near_advice(&near, advice, sizeof advice);
	plugin_names_free(names, count);
	return fail(error, CRMVAL_ECONF, "there is no plugin \"%s\" in %s%s: %s", name, searched,
		    used < sizeof searched ? "" : " ...", advice);
}

int plugin_path_find(const char *name, const struct plugin_settings *settings, char **path, int *is_ours,
		     struct crmval_error *error)
{
	struct directories directories = {0};
	int code = list_directories(settings, &directories, error);
	char *found = NULL;
	for (size_t i = 0; i < directories.count && !code && !found; i++) {
		struct stat status;
		if (asprintf(&found, "%s/%s.so", directories.paths[i], name) < 0) {
			found = NULL;
			code = fail_memory(error);
		} else if (lstat(found, &status) < 0) { /* a dangling link is found, and then refused as a link */
			free(found);
			found = NULL;
		} else {
			*is_ours = plugin_name_is_own(name) && is_own_directory(directories.paths[i]);
		}
	}
	if (!code && !found)
		code = not_found(name, settings, &directories, error);
	if (!code)
		*path = found;
	directories_free(&directories);
	return code;
}
