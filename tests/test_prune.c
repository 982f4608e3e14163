/* SPDX-License-Identifier: MIT */
/* What keep rules make of an archive: by what snapshots say themselves, each job alone, and nothing half known. */
#include "archive_prune.h"

#include "failing.h"
#include "sample.h"
#include "suite.h"
#include "../core/snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define INSTANT 1795774500 /* 2026-11-27T10:15:00Z */

enum { DAY = 86400 };

static char folder[] = "/tmp/prune.XXXXXX";
static struct archive archive;
static struct crmval_error error = {.struct_size = sizeof error};

static int write_snapshot(void *context, FILE *stream, struct crmval_error *failure)
{
	return snapshot_write(context, stream, failure);
}

/* A snapshot of a job, made so many days after the instant, under whatever name. */
static void put(const char *name, const char *job, int days)
{
	static struct sample sample;
	sample_init(&sample);
	sample.result.name = job;
	sample.result.made = INSTANT + (int64_t)days * DAY;
	struct replace_content content = {write_snapshot, &sample.result};
	CU_ASSERT_EQUAL(replace_file_at(&archive.folder, name, 0600, &content, &error), CRMVAL_OK);
}

static void put_junk(const char *name)
{
	int fd = openat(archive.folder.fd, name, O_WRONLY | O_CREAT | O_EXCL, 0600);
	CU_ASSERT_EQUAL(write(fd, "junk", 4), 4);
	close(fd);
}

static void set_up(void)
{
	strcpy(folder, "/tmp/prune.XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
	CU_ASSERT_EQUAL_FATAL(archive_open(&archive, folder, &error), CRMVAL_OK);
}

static void tear_down(void)
{
	char command[64];
	archive_close(&archive);
	snprintf(command, sizeof command, "rm -rf %s", folder);
	CU_ASSERT_EQUAL(system(command), 0);
}

/* Names say nothing of job and time: the third of "one" is named as the oldest, and "two" lies between. */
static void fill(void)
{
	put("a-20260101T000000Z.gz", "one", 3);
	put("a-20260102T000000Z.gz", "two", 9);
	put("b-20260103T000000Z.gz", "one", 1);
	put("b-20260104T000000Z.gz", "two", 0);
	put("c-20260105T000000Z.gz", "one", 2);
	/* The same moment thrice: by number, then by name. */
	put("m-20260107T000000Z_0002.gz", "one", 4);
	put("n-20260106T000000Z.gz", "one", 4);
	put("k-20260106T000000Z.gz", "one", 4);
	put("c-20260106T000000Z_0003.gz", "one", 4);
	put_junk("z-20260107T000000Z.gz");
	put_junk("d-20260107T000000Z.gz");
	CU_ASSERT_EQUAL(symlinkat("a-20260101T000000Z.gz", archive.folder.fd, "y-20260101T000000Z.gz"), 0);
}

/* What is expected of an item: a job, or NULL: that there is a problem, which says this. */
struct expected {
	const char *name, *job, *problem;
	uint32_t reasons;
};

static void check_plan(const struct keep *keep, const char *job, int64_t now, const struct expected *expected,
		       size_t count)
{
	struct prune_plan plan;
	CU_ASSERT_EQUAL_FATAL(prune_plan(&archive, keep, job, now, &plan, &error), CRMVAL_OK);
	CU_ASSERT_EQUAL(plan.count, count);
	for (size_t i = 0; i < count && i < plan.count; i++) {
		const struct prune_item *item = &plan.items[i];
		CU_ASSERT_STRING_EQUAL(item->entry.name, expected[i].name);
		CU_ASSERT_EQUAL(item->reasons, expected[i].reasons);
		CU_ASSERT_EQUAL(prune_removes(item), expected[i].job && !expected[i].reasons);
		if (expected[i].job) {
			CU_ASSERT_STRING_EQUAL(item->job ? item->job : "(none)", expected[i].job);
			CU_ASSERT_PTR_NULL(item->problem);
		} else {
			CU_ASSERT_PTR_NULL(item->job);
			CU_ASSERT_PTR_NOT_NULL_FATAL(item->problem);
			CU_ASSERT_PTR_NOT_NULL(strstr(item->problem, expected[i].problem));
		}
	}
	prune_free(&plan);
}

#define JUNK(name, says)                                                                                               \
	{                                                                                                              \
		name, NULL, says, 0                                                                                    \
	}
#define LAST (1u << KEEP_LAST)

static void test_plan(void)
{
	static const struct keep two = {.counts = {[KEEP_LAST] = 2}};
	static const struct expected all[] = {
		JUNK("d-20260107T000000Z.gz", "d-20260107T000000Z.gz: "),
		JUNK("y-20260101T000000Z.gz", "y-20260101T000000Z.gz: it is a symbolic link"),
		JUNK("z-20260107T000000Z.gz", "z-20260107T000000Z.gz: "),
		{"b-20260103T000000Z.gz", "one", NULL, 0},
		{"c-20260105T000000Z.gz", "one", NULL, 0},
		{"a-20260101T000000Z.gz", "one", NULL, 0},
		{"k-20260106T000000Z.gz", "one", NULL, 0},
		{"n-20260106T000000Z.gz", "one", NULL, 0},
		{"m-20260107T000000Z_0002.gz", "one", NULL, LAST},
		{"c-20260106T000000Z_0003.gz", "one", NULL, LAST},
		{"b-20260104T000000Z.gz", "two", NULL, LAST},
		{"a-20260102T000000Z.gz", "two", NULL, LAST},
	};
	static const struct expected of_two[] = {
		JUNK("d-20260107T000000Z.gz", ""),
		JUNK("y-20260101T000000Z.gz", ""),
		JUNK("z-20260107T000000Z.gz", ""),
		{"b-20260104T000000Z.gz", "two", NULL, LAST},
		{"a-20260102T000000Z.gz", "two", NULL, LAST},
	};
	/* Two days after the instant: "two" has one in the future, which counts for no rule. */
	static const struct keep one = {.counts = {[KEEP_LAST] = 1}};
	static const struct expected early[] = {
		JUNK("d-20260107T000000Z.gz", ""),
		JUNK("y-20260101T000000Z.gz", ""),
		JUNK("z-20260107T000000Z.gz", ""),
		{"b-20260104T000000Z.gz", "two", NULL, LAST},
		{"a-20260102T000000Z.gz", "two", NULL, 1u << KEEP_FUTURE},
	};
	set_up();
	check_plan(&two, NULL, INSTANT + 100 * DAY, NULL, 0);
	fill(); /* writes to memory of the C library's, which is not counted */
	long held = failing_held();
	unsigned files = failing_files();
	check_plan(&two, NULL, INSTANT + 100 * DAY, all, sizeof all / sizeof *all);
	check_plan(&two, "two", INSTANT + 100 * DAY, of_two, sizeof of_two / sizeof *of_two);
	check_plan(&two, "none", INSTANT + 100 * DAY, of_two, 3);
	check_plan(&one, "two", INSTANT + 2 * DAY, early, sizeof early / sizeof *early);
	CU_ASSERT_EQUAL(failing_held(), held);
	CU_ASSERT_EQUAL(failing_files(), files);
	tear_down();
}

/* No memory anywhere on the way: said so, no plan that leaves something out, and nothing is held. */
static void test_memory(void)
{
	static const struct keep keep = {.counts = {[KEEP_LAST] = 1}};
	struct prune_plan plan;
	unsigned at = 0, calls;
	set_up();
	fill();
	do {
		long held = failing_held();
		unsigned files = failing_files();
		failing_begin(FAILING_MEMORY, ++at, ENOMEM);
		int code = prune_plan(&archive, &keep, NULL, INSTANT + 100 * DAY, &plan, &error);
		calls = failing_end();
		CU_ASSERT_EQUAL(code, calls < at ? CRMVAL_OK : CRMVAL_ENOMEM);
		CU_ASSERT(calls < at || plan.count < 12 || !plan.items[11].reasons);
		prune_free(&plan);
		CU_ASSERT_EQUAL(failing_held(), held);
		CU_ASSERT_EQUAL(failing_files(), files);
	} while (calls >= at);
	CU_ASSERT(calls > 20);
	failing_begin(FAILING_READDIR, 1, EIO);
	CU_ASSERT_EQUAL(prune_plan(&archive, &keep, NULL, INSTANT, &plan, &error), CRMVAL_EIO);
	failing_end();
	prune_free(&plan);
	tear_down();
}

static int is_there(const char *name)
{
	return faccessat(archive.folder.fd, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static void test_carrying_out(void)
{
	static const struct keep keep = {.counts = {[KEEP_LAST] = 1}};
	struct prune_plan plan;
	set_up();
	fill();
	/* The first cannot be removed: nothing younger is. */
	CU_ASSERT_EQUAL_FATAL(prune_plan(&archive, &keep, "one", INSTANT + 100 * DAY, &plan, &error), CRMVAL_OK);
	failing_begin(FAILING_UNLINK, 1, EIO);
	CU_ASSERT_EQUAL(prune_carry_out(&archive, &plan, &error), CRMVAL_EIO);
	CU_ASSERT_EQUAL(failing_end(), 1);
	CU_ASSERT(is_there("b-20260103T000000Z.gz") && is_there("c-20260105T000000Z.gz"));
	/* The second: the oldest is gone, as it may, and the folder is not said to be synced. */
	failing_begin(FAILING_UNLINK, 2, EIO);
	CU_ASSERT_EQUAL(prune_carry_out(&archive, &plan, &error), CRMVAL_EIO);
	CU_ASSERT_EQUAL(failing_end(), 2);
	CU_ASSERT(!is_there("b-20260103T000000Z.gz") && is_there("c-20260105T000000Z.gz"));
	failing_begin(FAILING_SYNC, 1, EIO);
	CU_ASSERT_EQUAL(prune_carry_out(&archive, &plan, &error), CRMVAL_EIO);
	CU_ASSERT_EQUAL(failing_end(), 1);
	/* All that were to go are gone, and no other. */
	CU_ASSERT(!is_there("c-20260105T000000Z.gz") && !is_there("a-20260101T000000Z.gz"));
	CU_ASSERT(!is_there("k-20260106T000000Z.gz") && !is_there("n-20260106T000000Z.gz"));
	CU_ASSERT(!is_there("m-20260107T000000Z_0002.gz"));
	CU_ASSERT(is_there("c-20260106T000000Z_0003.gz") && is_there("z-20260107T000000Z.gz"));
	CU_ASSERT(is_there("b-20260104T000000Z.gz") && is_there("a-20260102T000000Z.gz"));
	CU_ASSERT(is_there("y-20260101T000000Z.gz"));
	failing_begin(FAILING_SYNC, 0, 0);
	CU_ASSERT_EQUAL(prune_carry_out(&archive, &plan, &error), CRMVAL_OK);
	CU_ASSERT_EQUAL(failing_end(), 1);
	prune_free(&plan);
	/* Nothing to remove: the folder is left alone. */
	CU_ASSERT_EQUAL_FATAL(prune_plan(&archive, &keep, "one", INSTANT + 100 * DAY, &plan, &error), CRMVAL_OK);
	failing_begin(FAILING_SYNC, 1, EIO);
	CU_ASSERT_EQUAL(prune_carry_out(&archive, &plan, &error), CRMVAL_OK);
	CU_ASSERT_EQUAL(failing_end(), 0);
	prune_free(&plan);
	tear_down();
}

static const struct test tests[] = {
	{"plan", test_plan},
	{"no memory", test_memory},
	{"carrying out", test_carrying_out},
	{NULL, NULL},
};

const struct suite suite_prune = {"prune", tests};
