/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as an archive: the source plugin reads the table X of it, or refuses it.  The first byte of the input
 * chooses how; the rest is the file.
 */
#include "../csv_trial.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static int descriptor;
	static char path[64];
	if (!size)
		return 0;
	if (!descriptor) {
		descriptor = memfd_create("zip", MFD_CLOEXEC);
		snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
	}
	if (ftruncate(descriptor, 0) < 0 || pwrite(descriptor, bytes + 1, size - 1, 0) != (ssize_t)(size - 1))
		abort();
	const char *const paths[] = {path, NULL};
	struct csv_trial trial = {.plugin = &crmval_plugin_v1,
				  .paths = paths,
				  .entity = "X",
				  .chunk = bytes[0] & 1 ? 64 : 4096,
				  .max_row = bytes[0] & 2 ? 100 : 1 << 20,
				  .max_member = 1 << 22,
				  .max_header = 1 << 16,
				  .threads = bytes[0] & 4 ? 3 : 1,
				  .is_probed = bytes[0] & 8};
	csv_trial_run(&trial);
	if (!trial.status && trial.rows > trial.plan.rows_at_most)
		abort();
	csv_trial_free(&trial);
	return 0;
}
