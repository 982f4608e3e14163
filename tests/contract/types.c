/* SPDX-License-Identifier: MIT */
/* All types of the contract, as they can be reached from a plugin's table, for abidiff to compare. */
#define crmval_plugin_v1 declared_by_the_header
#include <crmval/plugin.h>

CRMVAL_EXPORT const struct crmval_plugin *reach_all(void);

const struct crmval_plugin *reach_all(void)
{
	return 0;
}
