/* SPDX-License-Identifier: MIT */
/* Ends by abort(), which needs a signal to itself. */
#include "hostile.h"

#include <stdlib.h>

__attribute__((constructor)) static void begin(void)
{
	abort();
}

CRMVAL_EXPORT const struct crmval_plugin crmval_plugin_v1 = HOSTILE_PLUGIN("aborts", "aborts");
