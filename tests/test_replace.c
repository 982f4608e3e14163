/* SPDX-License-Identifier: MIT */
/* Files are written whole or not at all, over nobody else's, and leave nothing beside them. */
#include "replace.h"

#include "error.h"
#include "failing.h"
#include "suite.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define TEMPORARY ".out.crmval-new"

static char folder[] = "/tmp/replace.XXXXXX";
static struct crmval_error error = {.struct_size = sizeof error};

/* Paths in the folder of the test; valid until the fourth call from here. */
static const char *in_folder(const char *name)
{
	static char paths[4][64];
	static int next;
	char *path = paths[next++ % 4];
	snprintf(path, sizeof paths[0], "%s/%s", folder, name);
	return path;
}

static void open_folder(void)
{
	strcpy(folder, "/tmp/replace.XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
}

static int count_entries(void)
{
	DIR *listing = opendir(folder);
	int count = -2;
	while (readdir(listing))
		count++;
	closedir(listing);
	return count;
}

static void close_folder(int expected_entries)
{
	DIR *listing = opendir(folder);
	struct dirent *entry;
	CU_ASSERT_EQUAL(count_entries(), expected_entries);
	while ((entry = readdir(listing)))
		unlinkat(dirfd(listing), entry->d_name, 0);
	closedir(listing);
	CU_ASSERT_EQUAL(rmdir(folder), 0);
}

static void put(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");
	fputs(text, file);
	fclose(file);
}

static int holds(const char *path, const char *text)
{
	char buffer[64] = "";
	FILE *file = fopen(path, "r");
	if (!file)
		return 0;
	buffer[fread(buffer, 1, sizeof buffer - 1, file)] = '\0';
	fclose(file);
	return strcmp(buffer, text) == 0;
}

static unsigned mode_of(const char *path)
{
	struct stat status;
	return lstat(path, &status) < 0 ? 0 : (unsigned)status.st_mode & 07777;
}

static int write_text(void *context, FILE *stream, struct crmval_error *unused)
{
	(void)unused;
	fputs(context, stream);
	return CRMVAL_OK;
}

static int write_and_fail(void *context, FILE *stream, struct crmval_error *told)
{
	fputs(context, stream);
	fflush(stream);
	return fail(told, CRMVAL_EDATA, "not today");
}

static int replace(const char *name, const char *text)
{
	struct replace_content content = {write_text, (void *)text};
	return replace_file(in_folder(name), 0640, &content, &error);
}

/* ---- tests ---- */

static void test_old_or_new(void)
{
	struct replace_content content = {write_and_fail, (void *)"new"};
	open_folder();
	CU_ASSERT_EQUAL(replace_file(in_folder("out"), 0640, &content, &error), CRMVAL_EDATA);
	CU_ASSERT_STRING_EQUAL(error.message, "not today");
	CU_ASSERT_EQUAL(count_entries(), 0);
	CU_ASSERT_EQUAL(replace("out", "old"), CRMVAL_OK);
	CU_ASSERT(holds(in_folder("out"), "old"));
	CU_ASSERT_EQUAL(replace_file(in_folder("out"), 0640, &content, &error), CRMVAL_EDATA);
	CU_ASSERT(holds(in_folder("out"), "old"));
	CU_ASSERT_EQUAL(replace("out", "new"), CRMVAL_OK);
	CU_ASSERT(holds(in_folder("out"), "new"));
	close_folder(1);
}

static int write_much(void *context, FILE *stream, struct crmval_error *unused)
{
	(void)unused;
	for (int i = 0; i < 25; i++)
		fwrite(context, 1 << 20, 1, stream);
	return CRMVAL_OK;
}

/* Of 25 MiB the disk is told three times as they are written; if it does not listen, nothing is lost. */
static void test_much(void)
{
	char *bytes = calloc(1, 1 << 20);
	struct replace_content content = {write_much, bytes};
	struct stat seen;
	open_folder();
	for (unsigned failing = 0; failing < 3; failing++) {
		failing_begin(FAILING_SYNC_BEGIN, failing, EIO);
		CU_ASSERT_EQUAL(replace_file(in_folder("out"), 0640, &content, &error), CRMVAL_OK);
		CU_ASSERT_EQUAL(failing_end(), 3);
		CU_ASSERT_EQUAL(stat(in_folder("out"), &seen), 0);
		CU_ASSERT_EQUAL(seen.st_size, 25 << 20);
	}
	close_folder(1);
	free(bytes);
}

static void test_mode(void)
{
	mode_t mask = umask(022);
	open_folder();
	CU_ASSERT_EQUAL(replace("out", "a"), CRMVAL_OK);
	CU_ASSERT_EQUAL(mode_of(in_folder("out")), 0640);
	umask(077);
	CU_ASSERT_EQUAL(replace("private", "a"), CRMVAL_OK);
	CU_ASSERT_EQUAL(mode_of(in_folder("private")), 0600);
	chmod(in_folder("out"), 0664);
	CU_ASSERT_EQUAL(replace("out", "b"), CRMVAL_OK);
	CU_ASSERT_EQUAL(mode_of(in_folder("out")), 0664);
	CU_ASSERT(holds(in_folder("out"), "b"));
	umask(mask);
	close_folder(2);
}

static void test_in_the_way(void)
{
	open_folder();
	mkdir(in_folder("out"), 0700);
	CU_ASSERT_EQUAL(replace("out", "a"), CRMVAL_ECREATE);
	CU_ASSERT_EQUAL(replace("out/", "a"), CRMVAL_ECREATE);
	CU_ASSERT_EQUAL(replace("none/out", "a"), CRMVAL_ECREATE);
	CU_ASSERT_PTR_NOT_NULL(strstr(error.message, "none/out: cannot create it: No such file"));
	rmdir(in_folder("out"));
	char name[NAME_MAX + 1];
	memset(name, 'n', NAME_MAX - 5);
	name[NAME_MAX - 5] = '\0';
	CU_ASSERT_EQUAL(replace_file_at(&(struct replace_folder){AT_FDCWD, ""}, name, 0640,
					&(struct replace_content){write_text, (void *)"a"}, &error),
			CRMVAL_ECREATE);
	close_folder(0);
}

/* Neither the name nor the temporary's leads anything astray. */
static void test_links(void)
{
	open_folder();
	put(in_folder("victim"), "kept");
	CU_ASSERT_EQUAL(symlink("victim", in_folder("out")), 0);
	CU_ASSERT_EQUAL(replace("out", "new"), CRMVAL_OK);
	CU_ASSERT(holds(in_folder("victim"), "kept"));
	CU_ASSERT(holds(in_folder("out"), "new"));
	CU_ASSERT_EQUAL(mode_of(in_folder("out")) & 0137, 0); /* not the link's, which is open to all */
	CU_ASSERT_EQUAL(symlink("victim", in_folder(TEMPORARY)), 0);
	CU_ASSERT_EQUAL(replace("out", "newer"), CRMVAL_EPERM);
	CU_ASSERT_PTR_NOT_NULL(strstr(error.message, "/" TEMPORARY ": "));
	CU_ASSERT(holds(in_folder("victim"), "kept"));
	CU_ASSERT(holds(in_folder("out"), "new"));
	unlink(in_folder(TEMPORARY));
	CU_ASSERT_EQUAL(mkfifo(in_folder(TEMPORARY), 0600), 0);
	CU_ASSERT_EQUAL(replace("out", "newer"), CRMVAL_EPERM);
	close_folder(3);
}

static void test_stale(void)
{
	struct replace_folder place = {-1, ""};
	open_folder();
	put(in_folder(TEMPORARY), "of a run that was killed");
	CU_ASSERT_EQUAL(replace("out", "new"), CRMVAL_OK);
	CU_ASSERT_EQUAL(count_entries(), 1);
	int fd = open(in_folder(TEMPORARY), O_WRONLY | O_CREAT, 0600);
	CU_ASSERT_EQUAL_FATAL(flock(fd, LOCK_EX), 0);
	CU_ASSERT_EQUAL(replace("out", "newer"), CRMVAL_EAGAIN);
	CU_ASSERT(holds(in_folder("out"), "new"));
	place.fd = open(folder, O_RDONLY | O_DIRECTORY);
	CU_ASSERT_EQUAL(replace_sweep(&place, TEMPORARY, &error), CRMVAL_EAGAIN);
	CU_ASSERT_EQUAL(count_entries(), 2);
	close(fd);
	errno = ENOENT; /* what failed before is no matter */
	CU_ASSERT_EQUAL(replace_sweep(&place, TEMPORARY, &error), CRMVAL_OK);
	CU_ASSERT_EQUAL(count_entries(), 1);
	CU_ASSERT_EQUAL(replace_sweep(&place, TEMPORARY, &error), CRMVAL_OK);
	put(in_folder(TEMPORARY), "of another");
	errno = EWOULDBLOCK;
	CU_ASSERT_EQUAL(replace_sweep(&place, TEMPORARY, &error), CRMVAL_OK);
	CU_ASSERT_EQUAL(count_entries(), 1);
	close(place.fd);
	close_folder(1);
}

static void test_names(void)
{
	CU_ASSERT(replace_is_temporary(TEMPORARY));
	CU_ASSERT(replace_is_temporary(".a.gz.crmval-new"));
	CU_ASSERT(!replace_is_temporary(".crmval-new"));
	CU_ASSERT(!replace_is_temporary("out.crmval-new"));
	CU_ASSERT(!replace_is_temporary(".out.crmval-new.gz"));
	CU_ASSERT(!replace_is_temporary(""));
}

static const struct test tests[] = {
	{"old or new", test_old_or_new},
	{"much of it", test_much},
	{"mode", test_mode},
	{"folders in the way, or missing", test_in_the_way},
	{"links and pipes in the way", test_links},
	{"temporaries of the dead and of the living", test_stale},
	{"names of temporaries", test_names},
	{NULL, NULL},
};

const struct suite suite_replace = {"replace", tests};
