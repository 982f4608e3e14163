/* SPDX-License-Identifier: MIT */
/* Files that are replaced while calls fail, one after the other: old or new, nothing beside them, and said what it was. */
#include "replace.h"

#include "error.h"
#include "failing.h"
#include "suite.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/replace.XXXXXX", path[64];
static struct crmval_error error = {.struct_size = sizeof error};

/* What is there before. */
enum before { NOTHING, OLD, STALE /* the temporary of a run that was killed */ };

static void put(const char *name, const char *text)
{
	char at[96];
	snprintf(at, sizeof at, "%s/%s", folder, name);
	FILE *file = fopen(at, "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	fputs(text, file);
	fclose(file);
}

static void set_up(enum before before)
{
	strcpy(folder, "/tmp/replace.XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/out", folder);
	if (before == OLD)
		put("out", "old");
	if (before == STALE)
		put(".out.crmval-new", "stale");
}

/* What the file holds, "-" where there is none; and whatever else is in the folder. */
static void tear_down(char *found, size_t size)
{
	DIR *listing = opendir(folder);
	snprintf(found, size, "-");
	for (struct dirent *entry; (entry = readdir(listing));) {
		if (strcmp(entry->d_name, "out") == 0) {
			FILE *file = fopen(path, "r");
			found[fread(found, 1, size - 1, file)] = '\0';
			fclose(file);
		} else if (entry->d_name[0] != '.' || entry->d_name[1]) {
			CU_ASSERT_STRING_EQUAL(entry->d_name, "..");
		}
		unlinkat(dirfd(listing), entry->d_name, 0);
	}
	closedir(listing);
	CU_ASSERT_EQUAL(rmdir(folder), 0);
}

static int write_new(void *context, FILE *stream, struct crmval_error *told)
{
	fputs("new", stream);
	return context ? fail(told, CRMVAL_EDATA, "not today") : CRMVAL_OK;
}

struct trouble {
	enum before before;
	enum failing kind;
	unsigned at;
	int number, code;
	const char *found; /* in the end */
};

/* Returns how many calls there were of the kind. */
static unsigned try(const struct trouble *trouble, int is_content_bad)
{
	struct replace_content content = {write_new, is_content_bad ? &error : NULL};
	char found[16];
	set_up(trouble->before);
	long held = failing_held();
	unsigned files = failing_files();
	errno = trouble->kind == FAILING_LOCK ? EWOULDBLOCK : ENOENT; /* what failed before is no matter */
	failing_begin(trouble->kind, trouble->at, trouble->number);
	int code = replace_file(path, 0640, &content, &error);
	unsigned calls = failing_end();
	if (code != trouble->code || calls < trouble->at)
		printf("kind %d, call %u of %u, %s: %d %s\n", trouble->kind, trouble->at, calls,
		       strerror(trouble->number), code, error.message);
	CU_ASSERT_EQUAL(code, trouble->code);
	CU_ASSERT(calls >= trouble->at);
	if (code == CRMVAL_ECREATE || code == CRMVAL_EIO)
		CU_ASSERT_PTR_NOT_NULL(strstr(error.message, strerror(trouble->number)));
	CU_ASSERT_EQUAL(failing_held(), held);
	CU_ASSERT_EQUAL(failing_files(), files);
	tear_down(found, sizeof found);
	CU_ASSERT_STRING_EQUAL(found, trouble->found);
	return calls;
}

static void try_all(const struct trouble *troubles, size_t count)
{
	for (size_t i = 0; i < count; i++)
		try(&troubles[i], 0);
}

#define TRY(...)                                                                                                       \
	try_all((const struct trouble[]){__VA_ARGS__},                                                                 \
		sizeof((const struct trouble[]){__VA_ARGS__}) / sizeof(struct trouble))

/* The folder, what is to be replaced, and the temporary. */
static void test_create(void)
{
	TRY({NOTHING, FAILING_OPEN, 1, EACCES, CRMVAL_EPERM, "-"}, {NOTHING, FAILING_OPEN, 1, EPERM, CRMVAL_EPERM, "-"},
	    {NOTHING, FAILING_OPEN, 1, EMFILE, CRMVAL_ECREATE, "-"},
	    {OLD, FAILING_OPEN, 2, EACCES, CRMVAL_EPERM, "old"}, {OLD, FAILING_OPEN, 2, EROFS, CRMVAL_ECREATE, "old"},
	    {OLD, FAILING_OPEN, 2, EINTR, CRMVAL_OK, "new"}, {NOTHING, FAILING_OPEN, 2, EEXIST, CRMVAL_OK, "new"},
	    {OLD, FAILING_STAT, 1, EIO, CRMVAL_OK, "new"}, {NOTHING, FAILING_STAT, 1, EIO, CRMVAL_OK, "new"},
	    {OLD, FAILING_CHMOD, 1, EPERM, CRMVAL_EPERM, "old"}, {OLD, FAILING_CHMOD, 1, EIO, CRMVAL_ECREATE, "old"},
	    {OLD, FAILING_DUPLICATE, 1, EMFILE, CRMVAL_ECREATE, "old"});
}

/* Where it is another's, or that cannot be told, it is removed and created anew; but not where nobody can lock. */
static void test_once_more(void)
{
	CU_ASSERT_EQUAL(try(&(struct trouble){OLD, FAILING_LOCK, 0, 0, CRMVAL_OK, "new"}, 0), 1);
	CU_ASSERT_EQUAL(try(&(struct trouble){OLD, FAILING_LOCK, 1, ENOLCK, CRMVAL_OK, "new"}, 0), 1);
	CU_ASSERT_EQUAL(try(&(struct trouble){OLD, FAILING_LOCK, 1, EWOULDBLOCK, CRMVAL_OK, "new"}, 0), 3);
	CU_ASSERT_EQUAL(try(&(struct trouble){OLD, FAILING_STAT, 2, EIO, CRMVAL_OK, "new"}, 0), 7);
	CU_ASSERT_EQUAL(try(&(struct trouble){OLD, FAILING_STAT, 3, EIO, CRMVAL_OK, "new"}, 0), 8);
}

/* What a run left that was killed. */
static void test_stale(void)
{
	TRY({STALE, FAILING_NONE, 0, 0, CRMVAL_OK, "new"}, {STALE, FAILING_OPEN, 3, ENOENT, CRMVAL_OK, "new"},
	    {STALE, FAILING_OPEN, 3, EINTR, CRMVAL_OK, "new"}, {STALE, FAILING_LOCK, 1, ENOLCK, CRMVAL_OK, "new"},
	    {STALE, FAILING_STAT, 3, EIO, CRMVAL_OK, "new"}, {STALE, FAILING_STAT, 4, EIO, CRMVAL_OK, "new"},
	    {STALE, FAILING_UNLINK, 1, ENOENT, CRMVAL_OK, "new"});
}

/* A content that fails itself says so, unless it could not be written. */
static void test_content(void)
{
	TRY({OLD, FAILING_STREAM, 1, ENOMEM, CRMVAL_ENOMEM, "old"}, {OLD, FAILING_WRITE, 1, ENOSPC, CRMVAL_EIO, "old"},
	    {NOTHING, FAILING_WRITE, 1, EIO, CRMVAL_EIO, "-"}, {OLD, FAILING_WRITE, 1, EINTR, CRMVAL_OK, "new"});
	try(&(struct trouble){OLD, FAILING_NONE, 0, 0, CRMVAL_EDATA, "old"}, 1);
	try(&(struct trouble){OLD, FAILING_WRITE, 1, ENOSPC, CRMVAL_EIO, "old"}, 1);
}

/* Only what was new is taken back where its folder cannot be synced. */
static void test_finish(void)
{
	TRY({OLD, FAILING_SYNC, 1, EIO, CRMVAL_EIO, "old"}, {OLD, FAILING_SYNC, 1, EINTR, CRMVAL_OK, "new"},
	    {OLD, FAILING_CLOSE, 1, EIO, CRMVAL_EIO, "old"}, {OLD, FAILING_CLOSE, 1, EINTR, CRMVAL_OK, "new"},
	    {OLD, FAILING_CLOSE, 2, EIO, CRMVAL_OK, "new"}, {OLD, FAILING_RENAME, 1, EIO, CRMVAL_EIO, "old"},
	    {OLD, FAILING_RENAME, 1, EACCES, CRMVAL_EPERM, "old"}, {OLD, FAILING_RENAME, 1, EPERM, CRMVAL_EPERM, "old"},
	    {OLD, FAILING_SYNC, 2, EIO, CRMVAL_EIO, "new"}, {NOTHING, FAILING_SYNC, 2, EIO, CRMVAL_EIO, "-"},
	    {NOTHING, FAILING_SYNC, 2, EINTR, CRMVAL_OK, "new"});
}

/* Of a temporary in the way that cannot be removed, it is said, and it is left. */
static void test_in_the_way(void)
{
	static const struct {
		enum failing kind;
		unsigned at;
		int number, code;
	} cases[] = {{FAILING_OPEN, 3, EACCES, CRMVAL_EPERM}, {FAILING_OPEN, 3, EIO, CRMVAL_ECREATE},
		     {FAILING_OPEN, 3, ELOOP, CRMVAL_EPERM},  {FAILING_OPEN, 3, ENXIO, CRMVAL_EPERM},
		     {FAILING_STAT, 2, EIO, CRMVAL_EPERM},    {FAILING_LOCK, 1, EWOULDBLOCK, CRMVAL_EAGAIN},
		     {FAILING_UNLINK, 1, EIO, CRMVAL_ECREATE}};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char temporary[96], found[16];
		unsigned files = failing_files();
		long held = failing_held();
		set_up(STALE);
		snprintf(temporary, sizeof temporary, "%s/.out.crmval-new", folder);
		failing_begin(cases[i].kind, cases[i].at, cases[i].number);
		CU_ASSERT_EQUAL(replace_file(path, 0640, &(struct replace_content){write_new, NULL}, &error),
				cases[i].code);
		CU_ASSERT(failing_end() >= cases[i].at);
		CU_ASSERT_EQUAL(failing_files(), files);
		CU_ASSERT_EQUAL(failing_held(), held);
		CU_ASSERT_EQUAL(unlink(temporary), 0);
		tear_down(found, sizeof found);
		CU_ASSERT_STRING_EQUAL(found, "-");
	}
}

/* A temporary that is never the one that was opened: somebody else is always there first. */
static void test_others(void)
{
	for (int identity = FAILING_OTHER_NUMBER; identity <= FAILING_OTHER_DEVICE; identity++) {
		char temporary[96], found[16];
		set_up(NOTHING);
		snprintf(temporary, sizeof temporary, "%s/.out.crmval-new", folder);
		failing_to_identify((enum failing_identity)identity);
		int code = replace_file(path, 0640, &(struct replace_content){write_new, NULL}, &error);
		failing_to_identify(FAILING_AS_IT_IS);
		CU_ASSERT_EQUAL(code, CRMVAL_EAGAIN);
		CU_ASSERT_PTR_NOT_NULL(strstr(error.message, "/out: other processes are writing it"));
		CU_ASSERT_EQUAL(unlink(temporary), 0);
		tear_down(found, sizeof found);
	}
}

/* Here, and by a path that is longer than any. */
static void test_paths(void)
{
	struct replace_content content = {write_new, NULL};
	static char longest[1 << 20]; /* longer than the stack above, too */
	char found[16];
	int here = open(".", O_RDONLY | O_DIRECTORY);
	set_up(NOTHING);
	CU_ASSERT_EQUAL(chdir(folder), 0);
	CU_ASSERT_EQUAL(replace_file("out", 0640, &content, &error), CRMVAL_OK);
	CU_ASSERT_EQUAL(fchdir(here), 0);
	close(here);
	tear_down(found, sizeof found);
	CU_ASSERT_STRING_EQUAL(found, "new");
	memset(longest, '/', sizeof longest - 2);
	longest[sizeof longest - 2] = 'x';
	CU_ASSERT_EQUAL(replace_file(longest, 0640, &content, &error), CRMVAL_ECREATE);
}

static const struct test tests[] = {
	{"creating", test_create},
	{"once more", test_once_more},
	{"what was left", test_stale},
	{"content", test_content},
	{"putting in place", test_finish},
	{"in the way", test_in_the_way},
	{"others", test_others},
	{"paths", test_paths},
	{NULL, NULL},
};

const struct suite suite_replace_fails = {"replace_fails", tests};
