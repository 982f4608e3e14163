/* SPDX-License-Identifier: MIT */
/* dlopen of a plugin's open file, and the checks without which its table may not be read. */
#ifndef LOADER_H
#define LOADER_H

#include "crmval/plugin.h"

/*
 * Runs the plugin's constructors.  The plugin stays loaded, and its descriptor must stay open and keep its number: dlopen
 * goes by the name /proc/self/fd/N, and would take another file of that name for this one.
 */
int loader_load(int fd, const char *name, const struct crmval_plugin **plugin, struct crmval_error *error);

#endif
