/* SPDX-License-Identifier: MIT */
/* What a plugin says of itself. */
#ifndef REPORT_PLUGIN_H
#define REPORT_PLUGIN_H

#include "plugins.h"

#include <stdio.h>

/* Its tables as text, in a language where it has translations; NULL: as the tables have it. */
void report_plugin(const struct plugin *plugin, const char *language, FILE *stream);

#endif
