/* SPDX-License-Identifier: MIT */
/* Writes a million lines to each of the standard streams. */
#include "hostile.h"

#include <stdio.h>

__attribute__((constructor)) static void begin(void)
{
	for (int i = 0; i < 1000000; i++) {
		printf("a line that nobody shall see\n");
		fprintf(stderr, "another line that nobody shall see\n");
	}
}

CRMVAL_EXPORT const struct crmval_plugin crmval_plugin_v1 = HOSTILE_PLUGIN("noisy", "writes a million lines");
