/* SPDX-License-Identifier: MIT */
/* crmval plugin: which plugins are there, and what is in one; all from its own tables, read in confinement. */
#include "command.h"

#include "error.h"

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

static void print_options(const char *title, const struct crmval_option *options, uint32_t count)
{
	static const char *const types[] = {
		[CRMVAL_OPTION_NUMBER] = "number", [CRMVAL_OPTION_INTEGER] = "whole number",
		[CRMVAL_OPTION_FLAG] = "flag",     [CRMVAL_OPTION_TEXT] = "text",
		[CRMVAL_OPTION_PATH] = "path",     [CRMVAL_OPTION_WORDS] = "words",
		[CRMVAL_OPTION_PATHS] = "paths",
	};
	if (count)
		printf("\n%s\n", title);
	for (uint32_t i = 0; i < count; i++) {
		printf("  %-22s %s", options[i].name, types[options[i].type]);
		if (options[i].least != 0 || options[i].most != 0)
			printf(" from %.15g to %.15g", options[i].least, options[i].most);
		if (options[i].initial)
			printf(", default %s", options[i].initial);
		printf("%s\n  %-22s %s\n", options[i].flags & CRMVAL_REQUIRED ? ", required" : "", "", options[i].help);
	}
}

static void print_dimension(const struct crmval_dimension *dimension)
{
	printf("dimension: %s\n", dimension->title);
	for (uint32_t i = 0; i < dimension->indicator_count; i++) {
		printf("\n%s: %s\n", dimension->indicators[i].id, dimension->indicators[i].title);
		for (uint32_t m = 0; m < dimension->measure_count; m++) {
			const struct crmval_measure *measure = &dimension->measures[m];
			if (strcmp(measure->indicator, dimension->indicators[i].id) != 0)
				continue;
			printf("  %s: %s\n    %s\n    %s\n", measure->id, measure->title, measure->definition,
			       measure->formula);
		}
	}
	print_options("Parameters", dimension->parameters, dimension->parameter_count);
	printf("\nReads\n");
	for (uint32_t v = 0; v < dimension->view_count; v++) {
		const struct crmval_view *view = &dimension->views[v];
		printf("  %s:", view->entity);
		for (uint32_t i = 0; i < view->input_count; i++)
			printf("%s %s", i ? "," : "", view->inputs[i].name);
		putchar('\n');
	}
}

static int describe(const struct options *options, const char *name)
{
	struct plugin_settings settings = settings_of(options);
	struct crmval_error error = {.struct_size = sizeof error};
	struct plugin plugin = {.fd = -1};
	int status = exit_status(plugin_open(name, &settings, &plugin, &error));
	if (status != 0) {
		log_error(options, error.message);
	} else {
		printf("%s %s: %s\n%s\ninterface %u.%u, confined by %s\n", plugin.table->name, plugin.table->version,
		       plugin.table->summary, plugin.path, plugin.table->abi_major, plugin.table->abi_minor,
		       plugin.sandbox);
		if (plugin.table->dimension) {
			print_dimension(plugin.table->dimension);
		} else {
			printf("source\n");
			print_options("Options", plugin.table->source->options, plugin.table->source->option_count);
			print_options("Options of each entity", plugin.table->source->table_options,
				      plugin.table->source->table_option_count);
		}
	}
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
