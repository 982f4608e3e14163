/* SPDX-License-Identifier: MIT */
/* Do a plugin's tables keep the contract of crmval/plugin.h? */
#ifndef TABLES_H
#define TABLES_H

#include "crmval/plugin.h"

/* Of tables from describe_unpack().  The message is of the first thing found, and names it. */
int tables_check(const struct crmval_plugin *plugin, struct crmval_error *error);

/* [a-z][a-z0-9_]* */
int tables_is_name(const char *text);

#endif
