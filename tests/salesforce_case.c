/* SPDX-License-Identifier: MIT */
#define crmval_plugin_v1 salesforce_plugin
#include "../plugins/sources/salesforce.c"

#include "salesforce_case.h"

#include <unistd.h>

void write_zip(const char *name, const struct zip_case *members)
{
	size_t size;
	uint8_t *bytes = zip_case_build(members, &size);
	write_bytes(name, bytes, size);
	free(bytes);
}

struct csv_trial trial_in_folder(void)
{
	static const char *const paths[] = {folder, NULL};
	return (struct csv_trial){.plugin = &salesforce_plugin, .paths = paths, .entity = "X"};
}

void expect_table(const char *expected, unsigned line)
{
	static const double chunks[] = {64, 128, 0};
	for (unsigned i = 0; i < 6; i++) {
		struct csv_trial trial = trial_in_folder();
		trial.chunk = chunks[i % 3];
		trial.threads = i < 3 ? 1 : 4;
		trial.is_probed = i & 1;
		csv_trial_run(&trial);
		expect_line(&trial, expected, expected, line);
	}
}

void expect_both(const void *bytes, size_t size, const char *expected, unsigned line)
{
	write_zip(ZIP_1, (const struct zip_case[]){{.name = "X.csv", .content = bytes, .size = size}, {0}});
	expect_table(expected, line);
	unlink(path_of(ZIP_1));
	write_bytes("X.csv", bytes, size);
	expect_table(expected, line);
	unlink(path_of("X.csv"));
}
