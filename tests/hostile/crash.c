/* SPDX-License-Identifier: MIT */
/* Crashes as soon as it is loaded. */
#include "hostile.h"

__attribute__((constructor)) static void begin(void)
{
	volatile int *volatile nowhere = NULL;
	*nowhere = 1;
}

CRMVAL_EXPORT const struct crmval_plugin crmval_plugin_v1 = HOSTILE_PLUGIN("crash", "crashes");
