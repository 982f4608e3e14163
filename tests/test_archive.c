/* SPDX-License-Identifier: MIT */
/* The archive's folder: names of snapshots, its lock, what is swept and what is left alone. */
#include "archive_name.h"

#include "archive_case.h"
#include "error.h"
#include "suite.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct crmval_error error = {.struct_size = sizeof error};

static int write_text(void *context, FILE *stream, struct crmval_error *unused)
{
	(void)unused;
	fputs(context, stream);
	return CRMVAL_OK;
}

static const struct replace_content content = {write_text, (void *)"snapshot"};

/* ---- tests ---- */

static void check_name(const char *job, unsigned sequence, const char *expected)
{
	char name[ARCHIVE_NAME_SIZE];
	struct archive_entry entry;
	archive_name_format(job, INSTANT, sequence, name);
	CU_ASSERT_STRING_EQUAL(name, expected);
	CU_ASSERT_FATAL(archive_name_parse(name, &entry));
	CU_ASSERT_EQUAL(entry.instant, INSTANT);
	CU_ASSERT_EQUAL(entry.sequence, sequence);
	CU_ASSERT_STRING_EQUAL(entry.name, name);
}

static void test_names(void)
{
	check_name("emea-weekly", 1, "emea-weekly-20261127T101500Z.gz");
	check_name("emea-weekly", 2, "emea-weekly-20261127T101500Z_0002.gz");
	check_name("a b;$(c)/../d", 9999, "a_b___c__.._d-20261127T101500Z_9999.gz");
	check_name("-rf", 1, "_rf-20261127T101500Z.gz");
	check_name("..", 1, "_.-20261127T101500Z.gz");
	check_name("周报", 1, "周报-20261127T101500Z.gz");
	check_name("/0:9@A[Z`a{z", 1, "_0_9_A_Z_a_z-20261127T101500Z.gz");
	check_name("0", 1, "0-20261127T101500Z.gz");
	check_name("a\xff\xe2\x80\xae\x07z", 1, "a___z-20261127T101500Z.gz");
	CU_ASSERT(strcmp("job-20261127T101500Z.gz", "job-20261127T101500Z_0002.gz") < 0);
	CU_ASSERT(strcmp("job-20261127T101500Z_9999.gz", "job-20261127T101501Z.gz") < 0);
}

static void test_long_name(void)
{
	char job[201] = "", name[ARCHIVE_NAME_SIZE];
	struct archive_entry entry;
	for (int i = 0; i < 50; i++)
		strcat(job, "周a");
	archive_name_format(job, INSTANT, 9999, name);
	CU_ASSERT(archive_name_parse(name, &entry));
	CU_ASSERT_EQUAL(strlen(name), 100 + strlen("-20261127T101500Z_9999.gz"));
	archive_name_format(job + 1, INSTANT, 1, name); /* its first character is broken */
	CU_ASSERT(archive_name_parse(name, &entry));
	/* What does not fit is left out as a whole. */
	memset(job, 'a', 100);
	strcpy(job + 97, "周a");
	archive_name_format(job, INSTANT, 1, name);
	CU_ASSERT_EQUAL(strlen(name), 100 + strlen("-20261127T101500Z.gz"));
	memset(job, 'a', 100);
	strcpy(job + 98, "周a");
	archive_name_format(job, INSTANT, 1, name);
	CU_ASSERT_EQUAL(strlen(name), 98 + strlen("-20261127T101500Z.gz"));
	memset(job, 'a', 100);
	strcpy(job + 98, "$$$$");
	archive_name_format(job, INSTANT, 1, name);
	CU_ASSERT_STRING_EQUAL(name + 97, "a__-20261127T101500Z.gz");
}

static void test_other_names(void)
{
	static const char *const names[] = {
		"",
		".gz",
		"-20261127T101500Z.gz",
		"a20261127T101500Z.gz",
		"a-20261127T101500Z",
		"a-20261127T101500Z.gz.gz",
		"a-20261127 101500Z.gz",
		"a-20261127T101500.gz",
		"a-20261327T101500Z.gz",
		"a-20260230T101500Z.gz",
		"a-20261127T241500Z.gz",
		"a-20261127T106000Z.gz",
		"a-20261127T101560Z.gz",
		"a-2026112/T101500Z.gz",
		"a-20261127T1/1500Z.gz",
		"a-20261127T0:1500Z.gz",
		"a-20261127T:01500Z.gz",
		"a-20261127T/01500Z.gz",
		"a-20261127T101500X.gz",
		"a-20261127T101500Z.gx",
		"aa20261127T101500Z.gz",
		"a-20261127T101500Z_01x2.gz",
		"a-20261127T101500Z_x102.gz",
		"-20261127T101500Z_0002.gz",
		"20261127T101500Z_0002.gz",
		"a-20261127T101500Z_0001.gz",
		"a-20261127T101500Z_002.gz",
		"a-20261127T101500Z_00x2.gz",
		".a-20261127T101500Z.gz",
		".a-20261127T101500Z.gz.crmval-new",
		".crmval-lock",
		"report.json",
	};
	struct archive_entry entry;
	char longest[300];
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		CU_ASSERT(!archive_name_parse(names[i], &entry));
	memset(longest, 'a', sizeof longest);
	strcpy(longest + 200, "-20261127T101500Z.gz");
	CU_ASSERT(!archive_name_parse(longest, &entry));
}

/* Nothing is read before a name, however short it is. */
static void test_short_names(void)
{
	static const char *const names[] = {"", ".gz", "x.gz", "aaaaaaaaaaaaaa_0002.gz", "101500Z_0002.gz"};
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	struct archive_entry entry;
	char *pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CU_ASSERT_FATAL(pages != MAP_FAILED && mprotect(pages, page, PROT_NONE) == 0);
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		strcpy(pages + page, names[i]);
		CU_ASSERT(!archive_name_parse(pages + page, &entry));
	}
	munmap(pages, 2 * page);
}

static void test_instants(void)
{
	char text[INSTANT_SIZE];
	instant_format(0, text);
	CU_ASSERT_STRING_EQUAL(text, "1970-01-01T00:00:00Z");
	instant_format(INT64_C(253402300799), text);
	CU_ASSERT_STRING_EQUAL(text, "9999-12-31T23:59:59Z");
	instant_format(-1, text);
	CU_ASSERT_STRING_EQUAL(text, "1969-12-31T23:59:59Z");
	instant_format(INT64_C(2147483648), text);
	CU_ASSERT_STRING_EQUAL(text, "2038-01-19T03:14:08Z");
}

static void test_put(void)
{
	struct archive archive;
	struct archive_entries entries;
	struct stat status;
	char name[ARCHIVE_NAME_SIZE];
	mode_t mask = umask(022);
	case_set_up();
	CU_ASSERT_EQUAL(archive_open(&archive, case_path, &error), CRMVAL_ENOINPUT);
	archive_close(&archive);
	CU_ASSERT_EQUAL_FATAL(archive_lock(&archive, case_path, 0, &error), CRMVAL_OK);
	CU_ASSERT_EQUAL(stat(case_path, &status), 0);
	CU_ASSERT_EQUAL(status.st_mode & 07777, 0750);
	CU_ASSERT_EQUAL(archive_put(&archive, "b", INSTANT, &content, name, &error), CRMVAL_OK);
	CU_ASSERT_STRING_EQUAL(name, "b-20261127T101500Z.gz");
	CU_ASSERT_EQUAL(stat(in_archive(name), &status), 0);
	CU_ASSERT_EQUAL(status.st_mode & 07777, 0640);
	CU_ASSERT_EQUAL(archive_put(&archive, "b", INSTANT, &content, name, &error), CRMVAL_OK);
	CU_ASSERT_STRING_EQUAL(name, "b-20261127T101500Z_0002.gz");
	CU_ASSERT_EQUAL(archive_put(&archive, "c", INSTANT - 1, &content, name, &error), CRMVAL_OK);
	CU_ASSERT_EQUAL(archive_put(&archive, "a", INSTANT + 1, &content, name, &error), CRMVAL_OK);
	case_put("not-a-snapshot.gz");
	CU_ASSERT_EQUAL_FATAL(archive_list(&archive, &entries, &error), CRMVAL_OK);
	CU_ASSERT_EQUAL_FATAL(entries.count, 4);
	CU_ASSERT_STRING_EQUAL(entries.entries[0].name, "c-20261127T101459Z.gz");
	CU_ASSERT_STRING_EQUAL(entries.entries[1].name, "b-20261127T101500Z.gz");
	CU_ASSERT_STRING_EQUAL(entries.entries[2].name, "b-20261127T101500Z_0002.gz");
	CU_ASSERT_STRING_EQUAL(entries.entries[3].name, "a-20261127T101501Z.gz");
	free(entries.entries);
	CU_ASSERT_EQUAL(archive_remove(&archive, "a-20261127T101501Z.gz", &error), CRMVAL_OK);
	CU_ASSERT_EQUAL(archive_remove(&archive, "a-20261127T101501Z.gz", &error), CRMVAL_OK);
	CU_ASSERT(!case_has("a-20261127T101501Z.gz"));
	CU_ASSERT_EQUAL(archive_sync(&archive, &error), CRMVAL_OK);
	archive_close(&archive);
	umask(mask);
	case_tear_down();
}

static void test_lock(void)
{
	struct archive first, second;
	char holder[32];
	case_set_up();
	CU_ASSERT_EQUAL_FATAL(archive_lock(&first, case_path, 0, &error), CRMVAL_OK);
	CU_ASSERT_EQUAL(archive_lock(&second, case_path, 0, &error), CRMVAL_EAGAIN);
	archive_close(&second);
	snprintf(holder, sizeof holder, "process %d;", (int)getpid());
	CU_ASSERT_PTR_NOT_NULL(strstr(error.message, holder));
	CU_ASSERT_EQUAL(archive_open(&second, case_path, &error), CRMVAL_OK); /* readers need no lock */
	archive_close(&second);
	archive_close(&first);
	CU_ASSERT_EQUAL(archive_lock(&second, case_path, 0, &error), CRMVAL_OK);
	archive_close(&second);
	case_tear_down();
}

/* One that waits has the lock as soon as it is free. */
static void test_wait(void)
{
	struct archive archive;
	int ends[2];
	case_set_up();
	CU_ASSERT_EQUAL_FATAL(archive_lock(&archive, case_path, 0, &error), CRMVAL_OK);
	CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
	pid_t child = fork();
	if (child == 0) {
		struct archive own;
		archive_close(&archive); /* the copy; the lock stays the parent's */
		int code = archive_lock(&own, case_path, 0, NULL);
		if (write(ends[1], "", 1) != 1 || code != CRMVAL_EAGAIN)
			_exit(2);
		_exit(archive_lock(&own, case_path, 600, NULL) == CRMVAL_OK ? 0 : 1);
	}
	char byte;
	int status = -1;
	CU_ASSERT_EQUAL(read(ends[0], &byte, 1), 1);
	archive_close(&archive);
	CU_ASSERT_EQUAL(waitpid(child, &status, 0), child);
	CU_ASSERT_EQUAL(status, 0);
	close(ends[0]);
	close(ends[1]);
	case_tear_down();
}

static void test_sweep(void)
{
	struct archive archive;
	case_set_up();
	mkdir(case_path, 0700);
	case_put(".a-20261127T101500Z.gz.crmval-new");
	case_put(".report.json.crmval-new");
	case_put(".crmval-new");
	case_put("a-20261127T101500Z.gz");
	case_put("somebody.crmval-new");
	CU_ASSERT_EQUAL(archive_lock(&archive, case_path, 0, &error), CRMVAL_OK);
	CU_ASSERT(!case_has(".a-20261127T101500Z.gz.crmval-new"));
	CU_ASSERT(!case_has(".report.json.crmval-new"));
	CU_ASSERT(case_has(".crmval-new") && case_has("a-20261127T101500Z.gz") && case_has("somebody.crmval-new"));
	archive_close(&archive);
	case_tear_down();
}

static void check_refused(const char *at, const char *says)
{
	struct archive archive;
	CU_ASSERT_EQUAL(archive_lock(&archive, at, 0, &error), CRMVAL_EPERM);
	CU_ASSERT_PTR_NOT_NULL(strstr(error.message, says));
	archive_close(&archive);
}

/* Links that somebody planted; only one in place of the folder can be meant, which a slash says. */
static void test_links(void)
{
	struct archive archive;
	char linked[80], slashed[81], name[ARCHIVE_NAME_SIZE];
	case_set_up();
	mkdir(case_path, 0700);
	case_put("victim");
	CU_ASSERT_EQUAL(symlink("victim", in_archive(".a.crmval-new")), 0);
	check_refused(case_path, "/archive/.a.crmval-new: ");
	unlink(in_archive(".a.crmval-new"));
	unlink(in_archive(".crmval-lock"));
	CU_ASSERT_EQUAL(symlink("victim", in_archive(".crmval-lock")), 0);
	check_refused(case_path, "/archive/.crmval-lock: ");
	unlink(in_archive(".crmval-lock"));
	CU_ASSERT_EQUAL(mkfifo(in_archive(".crmval-lock"), 0600), 0);
	check_refused(case_path, "/archive/.crmval-lock: ");
	unlink(in_archive(".crmval-lock"));
	snprintf(linked, sizeof linked, "%s/linked", case_folder);
	CU_ASSERT_EQUAL(symlink("archive", linked), 0);
	check_refused(linked, "/linked: no folder");
	snprintf(slashed, sizeof slashed, "%s/", linked);
	CU_ASSERT_EQUAL(archive_lock(&archive, slashed, 0, &error), CRMVAL_OK);
	/* A link under the name of the snapshot: the next name is taken. */
	CU_ASSERT_EQUAL(symlink("victim", in_archive("a-20261127T101500Z.gz")), 0);
	CU_ASSERT_EQUAL(archive_put(&archive, "a", INSTANT, &content, name, &error), CRMVAL_OK);
	CU_ASSERT_STRING_EQUAL(name, "a-20261127T101500Z_0002.gz");
	archive_close(&archive);
	struct stat status;
	CU_ASSERT_EQUAL(stat(in_archive("victim"), &status), 0);
	CU_ASSERT_EQUAL(status.st_size, 0);
	case_tear_down();
}

static void test_no_folder(void)
{
	struct archive archive;
	char file[80];
	case_set_up();
	snprintf(file, sizeof file, "%s/none/archive", case_folder);
	CU_ASSERT_EQUAL(archive_lock(&archive, file, 0, &error), CRMVAL_ECREATE);
	archive_close(&archive);
	snprintf(file, sizeof file, "%s/file", case_folder);
	close(open(file, O_WRONLY | O_CREAT, 0600));
	check_refused(file, "no folder");
	case_tear_down();
}

static const struct test tests[] = {
	{"names of snapshots", test_names},
	{"long names", test_long_name},
	{"other names", test_other_names},
	{"short names", test_short_names},
	{"instants", test_instants},
	{"snapshots are added, listed, removed", test_put},
	{"lock", test_lock},
	{"waiting for the lock", test_wait},
	{"what killed runs left", test_sweep},
	{"links in the way", test_links},
	{"no folder", test_no_folder},
	{NULL, NULL},
};

const struct suite suite_archive = {"archive", tests};
