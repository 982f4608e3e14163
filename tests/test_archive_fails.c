/* SPDX-License-Identifier: MIT */
/* The archive where calls fail: the documented status, what the message names, and nothing left behind. */
#include "archive.h"

#include "archive_case.h"
#include "failing.h"
#include "suite.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static struct crmval_error error = {.struct_size = sizeof error};

/* A call that fails, and what comes of it. */
struct failure {
	enum failing kind;
	unsigned at;
	int number, code;
	const char *says;
};

/* Calls, of which one fails, then all succeed; closes what was opened, and holds on to nothing. */
static void check(const struct failure *failure, int (*run)(struct archive *archive))
{
	struct archive archive = ARCHIVE_CLOSED;
	long held = failing_held();
	unsigned files = failing_files();
	error.message[0] = '\0';
	failing_begin(failure->kind, failure->at, failure->number);
	int code = run(&archive);
	unsigned calls = failing_end();
	archive_close(&archive);
	if (code != failure->code || !strstr(error.message, failure->says))
		printf("call %d, number %u, errno %d: %d %s\n", failure->kind, failure->at, failure->number, code,
		       error.message);
	CU_ASSERT_EQUAL(code, failure->code);
	CU_ASSERT_PTR_NOT_NULL(strstr(error.message, failure->says));
	CU_ASSERT(calls >= failure->at);
	CU_ASSERT_EQUAL(failing_held(), held);
	CU_ASSERT_EQUAL(failing_files(), files);
}

static int lock(struct archive *archive)
{
	return archive_lock(archive, case_path, 0, &error);
}

static int lock_waiting(struct archive *archive)
{
	return archive_lock(archive, case_path, 600, &error);
}

static void test_making(void)
{
	static const struct failure failures[] = {
		{FAILING_MKDIR, 1, EACCES, CRMVAL_EPERM, "/archive: cannot create it"},
		{FAILING_MKDIR, 1, EPERM, CRMVAL_EPERM, "/archive: cannot create it"},
		{FAILING_MKDIR, 1, ENOSPC, CRMVAL_ECREATE, "/archive: cannot create it"},
		{FAILING_MEMORY, 1, ENOMEM, CRMVAL_EIO, "the folder above cannot be synced to the disk: Cannot all"},
		{FAILING_OPEN, 1, EMFILE, CRMVAL_EIO, "the folder above cannot be synced to the disk: Too many"},
		{FAILING_SYNC, 1, EIO, CRMVAL_EIO, "the folder above cannot be synced to the disk"},
	};
	case_set_up();
	for (size_t i = 0; i < sizeof failures / sizeof *failures; i++) {
		struct stat status;
		check(&failures[i], lock);
		CU_ASSERT(stat(case_path, &status) <
			  0); /* else the next run takes it for one that is safe on the disk */
	}
	CU_ASSERT_EQUAL(mkdir(case_path, 0700), 0);
	check(&(struct failure){FAILING_SYNC, 0, EIO, CRMVAL_OK, ""}, lock);
	case_tear_down();
}

static void test_opening(void)
{
	static const struct failure failures[] = {
		{FAILING_MEMORY, 1, ENOMEM, CRMVAL_ENOMEM, "out of memory"},
		{FAILING_OPEN, 1, ELOOP, CRMVAL_EPERM, "/archive: no folder"},
		{FAILING_OPEN, 1, ENOTDIR, CRMVAL_EPERM, "/archive: no folder"},
		{FAILING_OPEN, 1, EACCES, CRMVAL_EPERM, "/archive: cannot open it: Permission denied"},
		{FAILING_OPEN, 1, EPERM, CRMVAL_EPERM, "/archive: cannot open it: Operation not permitted"},
		{FAILING_OPEN, 1, ENOENT, CRMVAL_ECREATE, "/archive: cannot open it"},
		{FAILING_OPEN, 1, EMFILE, CRMVAL_EIO, "/archive: cannot open it: Too many open files"},
		{FAILING_OPEN, 2, EACCES, CRMVAL_EPERM, "/archive/.crmval-lock: cannot create it: Permission denied"},
		{FAILING_OPEN, 2, EPERM, CRMVAL_EPERM, "/archive/.crmval-lock: cannot create it: Operation not"},
		{FAILING_OPEN, 2, ENOSPC, CRMVAL_ECREATE, "/archive/.crmval-lock: cannot create it: No space left"},
		{FAILING_OPEN, 2, ELOOP, CRMVAL_EPERM, "/archive/.crmval-lock: it stands in the way"},
		{FAILING_OPEN, 2, EINTR, CRMVAL_OK, ""},
		{FAILING_STAT, 1, EIO, CRMVAL_EPERM, "/archive/.crmval-lock: it stands in the way"},
		{FAILING_LOCK, 1, ENOLCK, CRMVAL_EIO, "/archive: cannot lock it: No locks available"},
		{FAILING_LOCK, 1, EINTR, CRMVAL_EAGAIN, "/archive: another run holds it; try again later"},
		{FAILING_LOCK, 1, EWOULDBLOCK, CRMVAL_EAGAIN, "/archive: another run holds it; try again later"},
		{FAILING_OPEN, 3, EMFILE, CRMVAL_EIO, "/archive/: cannot list it: Too many open files"},
		{FAILING_LISTING, 1, ENOMEM, CRMVAL_EIO, "/archive/: cannot list it: Cannot allocate memory"},
		{FAILING_READDIR, 1, EIO, CRMVAL_EIO, "/archive/: cannot list it: Input/output error"},
		{FAILING_READDIR, 3, EIO, CRMVAL_EIO, "/archive/: cannot list it: Input/output error"},
	};
	static const struct failure waiting[] = {
		{FAILING_LOCK, 1, EINTR, CRMVAL_OK, ""},
		{FAILING_LOCK, 1, EWOULDBLOCK, CRMVAL_OK, ""},
		{FAILING_LOCK, 1, ENOLCK, CRMVAL_EIO, "/archive: cannot lock it"},
	};
	case_set_up();
	CU_ASSERT_EQUAL(mkdir(case_path, 0700), 0);
	for (size_t i = 0; i < sizeof failures / sizeof *failures; i++)
		check(&failures[i], lock);
	for (size_t i = 0; i < sizeof waiting / sizeof *waiting; i++)
		check(&waiting[i], lock_waiting);
	CU_ASSERT_EQUAL(chmod(case_path, 0700), 0);
	case_tear_down();
}

/* What messages put before names: one slash, also of a path that ends in it, or is empty. */
static void test_prefix(void)
{
	static const char *const paths[][2] = {
		{"/", "/"}, {"/proc", "/proc/"}, {"/proc/", "/proc/"}, {"", "/"}, {&"/"[1], "/"}};
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		struct archive archive;
		int code = archive_open(&archive, paths[i][0], &error);
		CU_ASSERT_EQUAL(code, *paths[i][0] ? CRMVAL_OK : CRMVAL_ENOINPUT);
		CU_ASSERT_STRING_EQUAL(archive.prefix, paths[i][1]);
		archive_close(&archive);
	}
}

/* ---- who holds the lock ---- */

/* Another tries to lock what is locked, and is told what the kernel's list says. */
static void check_holder(const char *list, const char *says)
{
	failing_read(list);
	check(&(struct failure){FAILING_NONE, 0, 0, CRMVAL_EAGAIN, says}, lock);
}

static void test_holder(void)
{
	struct archive archive;
	struct stat status;
	char list[400];
	case_set_up();
	CU_ASSERT_EQUAL_FATAL(lock(&archive), CRMVAL_OK);
	CU_ASSERT_EQUAL_FATAL(stat(in_archive(".crmval-lock"), &status), 0);
	unsigned high = major(status.st_dev), low = minor(status.st_dev);
	unsigned long long inode = status.st_ino;
	/* Other kinds of locks, of other inodes and devices, lines that nobody understands, and then ours. */
	snprintf(list, sizeof list,
		 "1: POSIX  ADVISORY  WRITE 11 %02x:%02x:%llu 0 EOF\n"
		 "2: FLOCK  ADVISORY  READ 12 %02x:%02x:%llu 0 EOF\n"
		 "3: FLOCK  ADVISORY  WRITE 13 %02x:%02x:%llu 0 EOF\n"
		 "4: FLOCK  ADVISORY  WRITE 14 %02x:%02x:%llu 0 EOF\n"
		 "5: FLOCK  ADVISORY  WRITE 15 %02x:%02x\n"
		 "6: FLOCK  ADVISORY  WRITE 16 %02x:%02x:%llu 0 EOF\n"
		 "7: FLOCK  ADVISORY  WRITE 17 %02x:%02x:%llu 0 EOF\n",
		 high, low, inode, high, low, inode, high, low, inode + 1, high, low + 1, inode, high, low, high, low,
		 inode, high, low, inode);
	check_holder(list, "another run holds it, process 16; try again later");
	check_holder("5: FLOCK  ADVISORY  WRITE 15\n", "another run holds it; try again later");
	check(&(struct failure){FAILING_STREAM, 1, EMFILE, CRMVAL_EAGAIN, "another run holds it; try"}, lock);
	/* The second looks at the lock that was opened; the first at whether it is a file. */
	check(&(struct failure){FAILING_STAT, 2, EIO, CRMVAL_EAGAIN, "another run holds it; try again later"}, lock);
	archive_close(&archive);
	case_tear_down();
}

/* ---- what is in it ---- */

static struct archive_entries entries;

static int list(struct archive *archive)
{
	CU_ASSERT_EQUAL(archive_open(archive, case_path, &error), CRMVAL_OK);
	int code = archive_list(archive, &entries, &error);
	free(entries.entries);
	return code;
}

static int write_nothing(void *context, FILE *stream, struct crmval_error *unused)
{
	(void)context, (void)stream, (void)unused;
	return CRMVAL_OK;
}

static int put_one(struct archive *archive)
{
	static const struct replace_content content = {write_nothing, NULL};
	char name[ARCHIVE_NAME_SIZE];
	CU_ASSERT_EQUAL(archive_open(archive, case_path, &error), CRMVAL_OK);
	return archive_put(archive, "a", INSTANT, &content, name, &error);
}

static int open_one(struct archive *archive)
{
	int fd = -1;
	CU_ASSERT_EQUAL(archive_open(archive, case_path, &error), CRMVAL_OK);
	int code = archive_open_snapshot(archive, "a-20261127T101500Z.gz", &fd, &error);
	CU_ASSERT_EQUAL(code == CRMVAL_OK, fd >= 0);
	if (fd >= 0)
		close(fd);
	return code;
}

static int remove_one(struct archive *archive)
{
	CU_ASSERT_EQUAL(archive_open(archive, case_path, &error), CRMVAL_OK);
	return archive_remove(archive, "b-20261127T101500Z.gz", &error);
}

static int sync_it(struct archive *archive)
{
	CU_ASSERT_EQUAL(archive_open(archive, case_path, &error), CRMVAL_OK);
	return archive_sync(archive, &error);
}

static void test_contents(void)
{
	static const struct {
		int (*run)(struct archive *archive);
		struct failure failure;
	} cases[] = {
		{list, {FAILING_OPEN, 2, EMFILE, CRMVAL_EIO, "/archive/: cannot list it: Too many open files"}},
		{list, {FAILING_LISTING, 1, ENOMEM, CRMVAL_EIO, "/archive/: cannot list it"}},
		{list, {FAILING_READDIR, 1, EIO, CRMVAL_EIO, "/archive/: cannot list it: Input/output error"}},
		{list, {FAILING_READDIR, 4, EIO, CRMVAL_EIO, "/archive/: cannot list it: Input/output error"}},
		{list, {FAILING_MEMORY, 2, ENOMEM, CRMVAL_ENOMEM, "out of memory"}},
		{list, {FAILING_READDIR, 0, 0, CRMVAL_OK, ""}},
		{put_one, {FAILING_STAT, 1, EIO, CRMVAL_EIO, "/archive/a-20261127T101500Z.gz: cannot look for it"}},
		{open_one, {FAILING_OPEN, 2, ELOOP, CRMVAL_EPERM, "101500Z.gz: it is a symbolic link"}},
		{open_one, {FAILING_OPEN, 2, EACCES, CRMVAL_EPERM, "101500Z.gz: cannot open it: Permission denied"}},
		{open_one, {FAILING_OPEN, 2, EPERM, CRMVAL_EPERM, "101500Z.gz: cannot open it: Operation not"}},
		{open_one, {FAILING_OPEN, 2, ENOENT, CRMVAL_ENOINPUT, "101500Z.gz: cannot open it: No such file"}},
		{open_one, {FAILING_OPEN, 2, EIO, CRMVAL_EIO, "101500Z.gz: cannot open it: Input/output error"}},
		{open_one, {FAILING_OPEN, 2, EINTR, CRMVAL_OK, ""}},
		{remove_one, {FAILING_UNLINK, 1, EACCES, CRMVAL_EPERM, "b-20261127T101500Z.gz: cannot remove it"}},
		{remove_one, {FAILING_UNLINK, 1, EPERM, CRMVAL_EPERM, "b-20261127T101500Z.gz: cannot remove it"}},
		{remove_one, {FAILING_UNLINK, 1, EIO, CRMVAL_EIO, "b-20261127T101500Z.gz: cannot remove it"}},
		{remove_one, {FAILING_UNLINK, 1, ENOENT, CRMVAL_OK, ""}},
		{sync_it, {FAILING_SYNC, 1, EIO, CRMVAL_EIO, "cannot be synced to the disk: Input/output error"}},
		{sync_it, {FAILING_SYNC, 0, 0, CRMVAL_OK, ""}},
	};
	case_set_up();
	CU_ASSERT_EQUAL(mkdir(case_path, 0700), 0);
	case_put("a-20261127T101500Z.gz");
	case_put("b-20261127T101500Z.gz");
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		check(&cases[i].failure, cases[i].run);
	CU_ASSERT(case_has("a-20261127T101500Z.gz") && case_has("b-20261127T101500Z.gz"));
	case_tear_down();
}

/* A temporary that somebody else writes at the moment stays, and is in nobody's way. */
static void test_others(void)
{
	struct archive archive;
	case_set_up();
	CU_ASSERT_EQUAL(mkdir(case_path, 0700), 0);
	case_put(".report.json.crmval-new");
	case_put(".other.json.crmval-new");
	int fd = open(in_archive(".report.json.crmval-new"), O_RDONLY | O_CLOEXEC);
	CU_ASSERT_EQUAL(flock(fd, LOCK_EX), 0);
	CU_ASSERT_EQUAL(lock(&archive), CRMVAL_OK);
	CU_ASSERT(case_has(".report.json.crmval-new"));
	CU_ASSERT(!case_has(".other.json.crmval-new"));
	archive_close(&archive);
	/* What cannot be removed is said. */
	case_put(".other.json.crmval-new");
	check(&(struct failure){FAILING_UNLINK, 1, EIO, CRMVAL_ECREATE, ".other.json.crmval-new: "}, lock);
	close(fd);
	case_tear_down();
}

/* ---- many ---- */

/* All names that a second has are taken. */
static void test_full(void)
{
	case_set_up();
	CU_ASSERT_EQUAL(mkdir(case_path, 0700), 0);
	failing_to_miss(1);
	check(&(struct failure){FAILING_NONE, 0, 0, CRMVAL_ECREATE, "there are 9999 snapshots of this second"},
	      put_one);
	CU_ASSERT_PTR_NOT_NULL(strstr(error.message, "/archive/a-20261127T101500Z_9999.gz: "));
	failing_to_miss(0);
	case_tear_down();
}

/* They are listed by time, number and name, however the folder has them. */
static void test_many(void)
{
	enum { MOST = 600, ALL = MOST + 4 };
	struct archive archive = ARCHIVE_CLOSED;
	char name[ARCHIVE_NAME_SIZE];
	case_set_up();
	CU_ASSERT_EQUAL(mkdir(case_path, 0700), 0);
	for (int i = 2; i <= MOST; i++) {
		snprintf(name, sizeof name, "a-20261127T101500Z_%04d.gz", i);
		case_put(name);
	}
	case_put("a-20261127T101500Z.gz");
	/* More are read than there was room for at first: what was read is not lost where there is no more. */
	check(&(struct failure){FAILING_MEMORY, 3, ENOMEM, CRMVAL_ENOMEM, "out of memory"}, list);
	case_put("b-20261127T101500Z.gz");
	case_put("A-20261127T101500Z.gz");
	case_put("a-20261127T101501Z.gz");
	case_put("z-20261127T101459Z_0007.gz");
	CU_ASSERT_EQUAL(archive_open(&archive, case_path, &error), CRMVAL_OK);
	CU_ASSERT_EQUAL_FATAL(archive_list(&archive, &entries, &error), CRMVAL_OK);
	CU_ASSERT_EQUAL_FATAL(entries.count, ALL);
	CU_ASSERT_STRING_EQUAL(entries.entries[0].name, "z-20261127T101459Z_0007.gz");
	CU_ASSERT_STRING_EQUAL(entries.entries[1].name, "A-20261127T101500Z.gz");
	CU_ASSERT_STRING_EQUAL(entries.entries[2].name, "a-20261127T101500Z.gz");
	CU_ASSERT_STRING_EQUAL(entries.entries[3].name, "b-20261127T101500Z.gz");
	CU_ASSERT_STRING_EQUAL(entries.entries[ALL - 1].name, "a-20261127T101501Z.gz");
	for (size_t i = 4; i < ALL - 1; i++)
		CU_ASSERT_EQUAL(entries.entries[i].sequence, i - 2);
	free(entries.entries);
	archive_close(&archive);
	case_tear_down();
}

static const struct test tests[] = {
	{"making the folder", test_making},  {"opening and locking", test_opening}, {"names in messages", test_prefix},
	{"who holds the lock", test_holder}, {"contents", test_contents},           {"what others write", test_others},
	{"a full second", test_full},        {"many snapshots", test_many},         {NULL, NULL},
};

const struct suite suite_archive_fails = {"archive_fails", tests};
