/* SPDX-License-Identifier: MIT */
/* The plugins of a job: found in the configured directories, described in confinement, sources then loaded here. */
#ifndef PLUGINS_H
#define PLUGINS_H

#include "confine.h"

struct plugin {
	char *path; /* where its file is */
	int fd;     /* a copy of it in memory that cannot be changed, close-on-exec */
	const struct crmval_plugin *
		table; /* a copy of the plugin's own tables: read in a child, checked; of a dimension, evaluate is NULL;
	                                      of a source that plugin_open() was told to load, the live table */
	void *memory;  /* holds the copy */
	int is_ours;   /* one of those that crmval itself was installed with */
	char sandbox[64];     /* what was in force when it was described */
	uint64_t description; /* a checksum of its tables */
	double seconds;       /* of processors, that getting to know it took, its child included */
};

struct plugin_settings {
	const char *const *directories; /* absolute, in order; the program's own comes last by itself */
	uint32_t directory_count;
	struct confine_limits limits; /* SANDBOX_DEFAULT: require, but best-effort for our own */
	const char *const *sha256;    /* of the plugins that are allowed besides our own; NULL: all are */
	uint32_t sha256_count;
};

/* Finds NAME.so in the directories, opens it, reads its description in a confined child and checks it whole. */
int plugin_open(const char *name, const struct plugin_settings *settings, struct plugin *plugin,
		struct crmval_error *error);

/*
 * Opens those of our own among the names; the others, and all if anything goes wrong, stay closed, with fd -1, for
 * plugin_open() to open or to say why not.  One child reads all descriptions, since ours need not be kept from each other.
 */
void plugins_open_own(const char *const *names, uint32_t count, const struct plugin_settings *settings,
		      struct plugin *plugins);

/* The same as plugin_open() of a file, NAME.so in whatever folder. */
int plugin_open_file(const char *path, const struct plugin_settings *settings, struct plugin *plugin,
		     struct crmval_error *error);

/* In a child that has loaded the plugin: are its tables still those that it was described with? */
int plugin_is_unchanged(const struct plugin *plugin, const struct crmval_plugin *live, struct crmval_error *error);

/* The SHA-256 of its file, which takes as long as starting a child, or longer. */
int plugin_hash(const struct plugin *plugin, char sha256[65], struct crmval_error *error);

/* Was it confined by all that there is? */
int plugin_is_confined(const struct plugin *plugin);

/* Loads a source's code into this process; after it, plugin->table is live. */
int plugin_load_source(struct plugin *plugin, struct crmval_error *error);

/* All plugins in the directories: names, sorted, without duplicates; freed by plugin_names_free(). */
int plugin_names(const struct plugin_settings *settings, char ***names, size_t *count, struct crmval_error *error);
void plugin_names_free(char **names, size_t count);

/* Is this the name of one of our own? */
int plugin_name_is_own(const char *name);

/* The directory of our own plugins: beside the program in a build tree, else where they were installed. */
const char *plugin_own_directory(void);

/* The text of a plugin's table in a language, or as it is where there is no translation. */
const char *plugin_text(const struct crmval_plugin *plugin, const char *language, const char *text);

void plugin_close(struct plugin *plugin);

#endif
