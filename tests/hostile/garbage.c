/* SPDX-License-Identifier: MIT */
/* Writes to every descriptor that there is, its own answer among them. */
#include "hostile.h"

#include <string.h>
#include <unistd.h>

__attribute__((constructor)) static void begin(void)
{
	char junk[4096];
	memset(junk, 0xa5, sizeof junk);
	for (int fd = 0; fd < 64; fd++) {
		ssize_t written = write(fd, junk, sizeof junk);
		(void)written;
	}
}

CRMVAL_EXPORT const struct crmval_plugin crmval_plugin_v1 = HOSTILE_PLUGIN("garbage", "writes garbage");
