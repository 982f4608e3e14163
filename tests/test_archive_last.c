/* SPDX-License-Identifier: MIT */
/* The last snapshot of a job: which one it is, what stands in its way, and what happens where calls fail. */
#include "archive_last.h"

#include "failing.h"
#include "sample.h"
#include "suite.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define INSTANT 1795774500 /* 2026-11-27T10:15:00Z, as the names below have it */

static char folder[] = "/tmp/last.XXXXXX";
static struct archive archive;
static struct crmval_error error = {.struct_size = sizeof error};
static char damages[1000]; /* what was said to be damaged, one after another */

static int write_snapshot(void *context, FILE *stream, struct crmval_error *failure)
{
	return snapshot_write(context, stream, failure);
}

/* Of a job, made so many seconds after the instant; the whole, or the first of so many parts. */
static void put(const char *name, const char *job, int seconds, uint32_t parts)
{
	static struct sample sample;
	sample_init(&sample);
	memset(sample.result.job_sha256, '0', sizeof sample.result.job_sha256 - 1);
	for (int m = 0; m < SAMPLE_MEASURES; m++)
		sample.tables[m].definition = sample.tables[m].formula = "Rows";
	sample.result.name = job;
	sample.result.made = INSTANT + seconds;
	sample.result.part = parts > 0;
	sample.result.part_count = parts;
	struct replace_content content = {write_snapshot, &sample.result};
	CU_ASSERT_EQUAL(replace_file_at(&archive.folder, name, 0600, &content, &error), CRMVAL_OK);
}

static void set_up(void)
{
	strcpy(folder, "/tmp/last.XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
	CU_ASSERT_EQUAL_FATAL(archive_open(&archive, folder, &error), CRMVAL_OK);
	put("a-20261127T101500Z.gz", "a", 1, 0);
	put("a-20261127T101600Z.gz", "a", 2, 0);
	put("b-20261127T101700Z.gz", "b", 3, 0);
}

static void tear_down(void)
{
	char command[64];
	archive_close(&archive);
	snprintf(command, sizeof command, "rm -rf %s", folder);
	CU_ASSERT_EQUAL(system(command), 0);
}

static void note_damage(void *context, const char *message)
{
	size_t used = strlen(damages);
	CU_ASSERT_PTR_EQUAL(context, &archive);
	snprintf(damages + used, sizeof damages - used, "%s\n", message);
}

/* When the one was made that is found, from the instant on; 0: none was. */
static int64_t find(const char *job, int64_t instant, int wanted)
{
	struct snapshot *snapshot = NULL;
	int64_t made = 0;
	damages[0] = '\0';
	int code = archive_last(&archive, job, instant, note_damage, &archive, &snapshot, &error);
	CU_ASSERT_EQUAL(code, wanted);
	CU_ASSERT(code == CRMVAL_OK || !snapshot);
	if (snapshot)
		made = snapshot->result.made - INSTANT;
	snapshot_free(snapshot);
	return made;
}

static void test_which(void)
{
	set_up();
	CU_ASSERT_EQUAL(find("a", INT64_MAX, CRMVAL_OK), 2);
	CU_ASSERT_EQUAL(find("b", INT64_MAX, CRMVAL_OK), 3);
	CU_ASSERT_EQUAL(find(NULL, INT64_MAX, CRMVAL_OK), 3);
	CU_ASSERT_EQUAL(find("c", INT64_MAX, CRMVAL_OK), 0);
	/* Not what a part of a run left there. */
	put("b-20261127T101800Z.gz", "b", 4, 2);
	CU_ASSERT_EQUAL(find("b", INT64_MAX, CRMVAL_OK), 3);
	CU_ASSERT_STRING_EQUAL(damages, "");
	/* Not what is newer than the instant. */
	CU_ASSERT_EQUAL(find("a", INSTANT + 60, CRMVAL_OK), 2);
	CU_ASSERT_EQUAL(find("a", INSTANT + 59, CRMVAL_OK), 1);
	CU_ASSERT_EQUAL(find("a", INSTANT - 1, CRMVAL_OK), 0);
	CU_ASSERT_STRING_EQUAL(damages, "");
	tear_down();
}

/* What cannot be read is told, and the one before is taken. */
static void test_damaged(void)
{
	set_up();
	int fd = openat(archive.folder.fd, "a-20261127T101800Z.gz", O_WRONLY | O_CREAT | O_EXCL, 0600);
	CU_ASSERT_EQUAL(write(fd, "junk", 4), 4);
	close(fd);
	CU_ASSERT_EQUAL(symlinkat("a-20261127T101600Z.gz", archive.folder.fd, "a-20261127T101900Z.gz"), 0);
	CU_ASSERT_EQUAL(find("a", INT64_MAX, CRMVAL_OK), 2);
	CU_ASSERT_PTR_NOT_NULL(strstr(damages, "/a-20261127T101800Z.gz: "));
	CU_ASSERT_PTR_NOT_NULL(strstr(damages, "/a-20261127T101900Z.gz: cannot be read: Too many levels"));
	tear_down();
}

static void test_calls_that_fail(void)
{
	static const struct {
		enum failing kind;
		int number, code;
		unsigned at;
		int64_t found;
		const char *says; /* of what is damaged */
	} cases[] = {
		{FAILING_LISTING, ENOMEM, CRMVAL_EIO, 1, 0, ""},
		/* The first opens the folder to list it; the next is the newest one of those. */
		{FAILING_OPEN, EMFILE, CRMVAL_OK, 2, 1, "101600Z.gz: cannot be read: Too many open files\n"},
		{FAILING_SEEK, EIO, CRMVAL_OK, 1, 1, "101600Z.gz: cannot be read: Input/output error\n"},
	};
	set_up();
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		long held = failing_held();
		unsigned files = failing_files();
		failing_begin(cases[i].kind, cases[i].at, cases[i].number);
		int64_t made = find("a", INSTANT + 60, cases[i].code);
		CU_ASSERT(failing_end() >= cases[i].at);
		CU_ASSERT_EQUAL(made, cases[i].found);
		CU_ASSERT(cases[i].says[0] ? strstr(damages, cases[i].says) != NULL : !damages[0]);
		CU_ASSERT_EQUAL(failing_held(), held);
		CU_ASSERT_EQUAL(failing_files(), files);
	}
	tear_down();
}

/* Where memory runs out, wherever, no older one is taken for the last. */
static void test_memory(void)
{
	unsigned calls;
	set_up();
	failing_begin(FAILING_MEMORY, 0, 0);
	CU_ASSERT_EQUAL(find("a", INT64_MAX, CRMVAL_OK), 2);
	calls = failing_end();
	for (unsigned at = 1; at <= calls; at++) {
		long held = failing_held();
		failing_begin(FAILING_MEMORY, at, ENOMEM);
		CU_ASSERT_EQUAL(find("a", INT64_MAX, CRMVAL_ENOMEM), 0);
		failing_end();
		CU_ASSERT_STRING_EQUAL(damages, "");
		CU_ASSERT_EQUAL(failing_held(), held);
	}
	CU_ASSERT(calls > 10);
	tear_down();
}

static const struct test tests[] = {{"which one", test_which},
				    {"damaged ones", test_damaged},
				    {"calls that fail", test_calls_that_fail},
				    {"memory that runs out", test_memory},
				    {NULL, NULL}};

const struct suite suite_archive_last = {"archive_last", tests};
