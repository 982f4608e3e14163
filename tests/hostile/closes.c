/* SPDX-License-Identifier: MIT */
/* Closes its answer and goes on for ever. */
#include "hostile.h"

#include <unistd.h>

__attribute__((constructor)) static void begin(void)
{
	for (int fd = 0; fd < 64; fd++)
		close(fd);
	for (volatile int forever = 1; forever;)
		;
}

CRMVAL_EXPORT const struct crmval_plugin crmval_plugin_v1 = HOSTILE_PLUGIN("closes", "closes");
