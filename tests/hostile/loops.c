/* SPDX-License-Identifier: MIT */
/* Never ends. */
#include "hostile.h"

__attribute__((constructor)) static void begin(void)
{
	for (volatile int forever = 1; forever;)
		;
}

CRMVAL_EXPORT const struct crmval_plugin crmval_plugin_v1 = HOSTILE_PLUGIN("loops", "loops");
