/* SPDX-License-Identifier: MIT */
/* Answers without end. */
#include "hostile.h"

#include <unistd.h>

__attribute__((constructor)) static void begin(void)
{
	static const char junk[65536] = {1};
	for (int fd = 3;; fd = fd == 63 ? 3 : fd + 1) {
		ssize_t written = write(fd, junk, sizeof junk);
		(void)written;
	}
}

CRMVAL_EXPORT const struct crmval_plugin crmval_plugin_v1 = HOSTILE_PLUGIN("flood", "floods");
