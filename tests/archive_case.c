/* SPDX-License-Identifier: MIT */
#include "archive_case.h"

#include "suite.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

char case_folder[] = "/tmp/archive.XXXXXX";
char case_path[64];

void case_set_up(void)
{
	strcpy(case_folder, "/tmp/archive.XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(case_folder));
	snprintf(case_path, sizeof case_path, "%s/archive", case_folder);
}

void case_tear_down(void)
{
	char command[80];
	snprintf(command, sizeof command, "rm -rf %s", case_folder);
	CU_ASSERT_EQUAL(system(command), 0);
}

const char *in_archive(const char *name)
{
	static char full[256];
	snprintf(full, sizeof full, "%s/%s", case_path, name);
	return full;
}

void case_put(const char *name)
{
	close(open(in_archive(name), O_WRONLY | O_CREAT | O_EXCL, 0600));
}

int case_has(const char *name)
{
	struct stat status;
	return lstat(in_archive(name), &status) == 0;
}
