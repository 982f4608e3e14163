/* SPDX-License-Identifier: MIT */
/* Pretends that all went well. */
#include "hostile.h"

#include <stdlib.h>

__attribute__((constructor)) static void begin(void)
{
	exit(0);
}

CRMVAL_EXPORT const struct crmval_plugin crmval_plugin_v1 = HOSTILE_PLUGIN("exits", "exits");
