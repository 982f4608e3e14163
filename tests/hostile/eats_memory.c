/* SPDX-License-Identifier: MIT */
/* Takes up to a gibibyte, and says in its summary how much of it it got. */
#include "hostile.h"

#include <stdio.h>
#include <stdlib.h>

static char got[32];

__attribute__((constructor)) static void begin(void)
{
	int mebibytes = 0;
	void *volatile memory; /* or else the compiler takes it as given that there always is enough */
	while (mebibytes < 1024 && (memory = malloc(1024 * 1024)))
		mebibytes++;
	snprintf(got, sizeof got, "%d", mebibytes);
}

CRMVAL_EXPORT const struct crmval_plugin crmval_plugin_v1 = HOSTILE_PLUGIN("eats_memory", got);
