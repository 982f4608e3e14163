/* SPDX-License-Identifier: MIT */
/* crmval plugin: which plugins are there, and what is in one; all from its own tables, read in confinement. */
#include "command.h"

#include "error.h"
#include "report_plugin.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static struct plugin_settings settings_of(const struct options *options)
{
	return (struct plugin_settings){
		.directories = options->directories,
		.directory_count = options->directory_count,
		.limits = {SANDBOX_DEFAULT, 60, (uint64_t)1 << 30, (size_t)16 << 20},
	};
}

static int list(const struct options *options)
{
	struct plugin_settings settings = settings_of(options);
	struct crmval_error error = {.struct_size = sizeof error};
	char **names;
	size_t count;
	int status = exit_status(plugin_names(&settings, &names, &count, &error));
	if (status != 0) {
		log_error(options, error.message);
		return status;
	}
	for (size_t i = 0; i < count; i++) {
		struct plugin plugin = {.fd = -1};
		int code = plugin_open(names[i], &settings, &plugin, &error);
		if (code == CRMVAL_OK) {
			printf("%-10s %-22s %-8s %s\n", plugin.table->dimension ? "dimension" : "source",
			       plugin.table->name, plugin.table->version, plugin.table->summary);
		} else {
			log_error(options, error.message);
			status = EXIT_DEGRADED;
		}
		plugin_close(&plugin);
	}
	plugin_names_free(names, count);
	return status;
}

static int describe(const struct options *options, const char *name)
{
	struct plugin_settings settings = settings_of(options);
	struct crmval_error error = {.struct_size = sizeof error};
	struct plugin plugin = {.fd = -1};
	int status = exit_status(plugin_open(name, &settings, &plugin, &error));
	if (status == 0)
		report_plugin(&plugin, options->language, stdout);
	else
		log_error(options, error.message);
	plugin_close(&plugin);
	return status;
}

int command_plugin(const struct options *options, int count, char **words)
{
	for (uint32_t i = 0; i < options->directory_count; i++)
		if (access(options->directories[i], R_OK | X_OK) < 0) {
			struct crmval_error error = {.struct_size = sizeof error};
			int code = fail(&error, errno == EACCES ? CRMVAL_EPERM : CRMVAL_ENOINPUT, "--directory %s: %s",
					options->directories[i], strerror(errno));
			log_error(options, error.message);
			return exit_status(code);
		}
	if (count == 1 && strcmp(words[0], "list") == 0)
		return list(options);
	if (count == 2 && strcmp(words[0], "describe") == 0)
		return describe(options, words[1]);
	return usage_error("crmval plugin takes: list, or describe and a plugin's name");
}
