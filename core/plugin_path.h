/* SPDX-License-Identifier: MIT */
/* The directories that plugins are looked for in. */
#ifndef PLUGIN_PATH_H
#define PLUGIN_PATH_H

#include "plugins.h"

/*
 * The first DIRECTORY/NAME.so of: the directories in the environment's CRMVAL_PLUGIN_PATH, separated by colons; those of
 * the settings; our own.  The caller frees *path.
 */
int plugin_path_find(const char *name, const struct plugin_settings *settings, char **path, int *is_ours,
		     struct crmval_error *error);

#endif
