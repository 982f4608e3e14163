/* SPDX-License-Identifier: MIT */
/*
 * A plugin's tables as bytes: packed in the child, where the plugin is loaded, unpacked by the program, which believes
 * nothing of them.  What the tables say is checked by tables_check().
 */
#ifndef DESCRIBE_H
#define DESCRIBE_H

#include "arena.h"
#include "crmval/plugin.h"

#include <stddef.h>

enum { DESCRIBE_MOST = 4 * 1024 * 1024 }; /* bytes of a plugin's description */

/* All that can be reached from the plugin, but for its functions; the caller frees *bytes. */
int describe_pack(const struct crmval_plugin *plugin, unsigned char **bytes, size_t *size, struct crmval_error *error);

/* Makes of any bytes either a plugin, in the arena, whose texts are short, UTF-8 and without control characters, and
   whose arrays have the lengths that they say; or an error.  Functions are NULL, texts may be. */
int describe_unpack(const unsigned char *bytes, size_t size, struct arena *arena, const struct crmval_plugin **plugin,
		    struct crmval_error *error);

#endif
