/* SPDX-License-Identifier: MIT */
/* The plugins of a job: found in the configured directories, described in confinement, sources then loaded here. */
#ifndef PLUGINS_H
#define PLUGINS_H

#include "confine.h"

struct plugin {
	char *path; /* absolute */
	int fd;     /* its open file, close-on-exec */
	const struct crmval_plugin *
		table; /* a copy of the plugin's own tables: read in a child, checked; of a dimension, evaluate is NULL;
	                                      of a source that plugin_open() was told to load, the live table */
	void *memory;  /* holds the copy */
	int is_ours;   /* lies in the directory that crmval itself was installed with */
	char sandbox[64]; /* what was in force when it was described */
};

struct plugin_settings {
	const char *const *directories; /* absolute, in order; the program's own comes last by itself */
	uint32_t directory_count;
	struct confine_limits limits; /* SANDBOX_DEFAULT: require, but best-effort for our own */
};

/* Finds NAME.so in the directories, opens it, reads its description in a confined child and checks it whole. */
int plugin_open(const char *name, const struct plugin_settings *settings, struct plugin *plugin,
		struct crmval_error *error);

/* Loads a source's code into this process; after it, plugin->table is live. */
int plugin_load_source(struct plugin *plugin, struct crmval_error *error);

/* All plugins in the directories: names, sorted, without duplicates; freed by plugin_names_free(). */
int plugin_names(const struct plugin_settings *settings, char ***names, size_t *count, struct crmval_error *error);
void plugin_names_free(char **names, size_t count);

/* The directory of our own plugins: beside the program in a build tree, else where they were installed. */
const char *plugin_own_directory(void);

/* The text of a plugin's table in a language, or as it is where there is no translation. */
const char *plugin_text(const struct crmval_plugin *plugin, const char *language, const char *text);

void plugin_close(struct plugin *plugin);

#endif
