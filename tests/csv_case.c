/* SPDX-License-Identifier: MIT */
/* Files for tests of CSV, in a folder of their own, and what is expected of reading them. */
#define crmval_plugin_v1 csv_plugin
#include "../plugins/sources/csv.c"

#include "csv_case.h"
#include "suite.h"

#include <unistd.h>
#include <zlib.h>

char folder[64];

/* ---- files ---- */

const char *path_of(const char *name)
{
	static _Thread_local char paths[8][128]; /* sources ask from several threads */
	static _Thread_local int next;
	char *path = paths[next++ % 8];
	snprintf(path, sizeof *paths, "%s/%s", folder, name);
	return path;
}

void make_folder(void)
{
	strcpy(folder, "/tmp/crmval-csv-XXXXXX");
	if (!mkdtemp(folder))
		abort();
}

void remove_folder(void)
{
	char command[128];
	snprintf(command, sizeof command, "rm -r '%s'", folder);
	CU_ASSERT_EQUAL(system(command), 0);
}

void write_bytes(const char *name, const void *bytes, size_t size)
{
	unlink(path_of(name)); /* what is cut and written anew, some file systems write out at once */
	FILE *file = fopen(path_of(name), "w");
	if (!file || fwrite(bytes, 1, size, file) != size || fclose(file))
		abort();
}

void write_text(const char *name, const char *text)
{
	write_bytes(name, text, strlen(text));
}

void write_gzip(const char *name, const void *bytes, size_t size)
{
	gzFile file = gzopen(path_of(name), "ab");
	if (!file || gzwrite(file, bytes, (unsigned)size) != (int)size || gzclose(file))
		abort();
}

/* ---- what is expected ---- */

void expect_line(struct csv_trial *trial, const char *expected, const char *what, unsigned line)
{
	int is_same = trial->size == strlen(expected) && !memcmp(trial->text, expected, trial->size);
	char text[1024];
	snprintf(text, sizeof text, "%.100s: expected {%.300s}, got {%.300s} %.200s", what, expected, trial->text,
		 trial->status ? trial->error.message : "");
	CU_assertImplementation(is_same && (trial->status || trial->rows <= trial->plan.rows_at_most), line, text,
				__FILE__, "", CU_FALSE);
	csv_trial_free(trial);
}

void expect_error_line(struct csv_trial *trial, int code, const char *message, unsigned line)
{
	char text[1536];
	snprintf(text, sizeof text, "expected %d \"%s\", got %d \"%s\"", code, message, trial->status,
		 trial->error.message);
	CU_assertImplementation(trial->status == code && trial->error.code == code &&
					strstr(trial->error.message, message),
				line, text, __FILE__, "", CU_FALSE);
	csv_trial_free(trial);
}

struct csv_trial trial_of(const char *const *files)
{
	return (struct csv_trial){.plugin = &csv_plugin, .directory = folder, .files = files};
}

void expect_dialect(const char *bytes, size_t size, const char *expected, unsigned line)
{
	static const char *const files[] = {"f.csv", NULL};
	static const double chunks[] = {64, 128, 1000, 0};
	write_bytes("f.csv", bytes, size);
	for (unsigned i = 0; i < 8; i++) {
		struct csv_trial trial = trial_of(files);
		trial.chunk = chunks[i % 4];
		trial.threads = i < 4 ? 1 : 3;
		csv_trial_run(&trial);
		expect_line(&trial, expected, bytes, line);
	}
}
