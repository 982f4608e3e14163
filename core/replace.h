/* SPDX-License-Identifier: MIT */
/*
 * Writing a file whole or not at all: under a temporary name beside it, synced, closed, renamed, its folder synced.  All
 * files but those of a demo are written in this way.
 *
 * Should the machine fail at any moment, there is the old file or the new one.  Where the program is killed, the temporary
 * stays behind; it is locked as long as somebody writes it, so that whoever comes next can tell, and remove it.
 */
#ifndef REPLACE_H
#define REPLACE_H

#include "crmval/plugin.h"

#include <stdio.h>
#include <sys/types.h>

/* Writes the content.  What the stream cannot take is told by the stream's owner, whatever this returns. */
struct replace_content {
	int (*write)(void *context, FILE *stream, struct crmval_error *error);
	void *context;
};

/* An open folder, and what messages put before the names in it: "reports/", or "". */
struct replace_folder {
	int fd;
	const char *prefix;
};

/*
 * mode: of a file that is new, less the umask; one that was there keeps its own.  A symbolic link is replaced, not
 * followed.  Fails with CRMVAL_ECREATE, CRMVAL_EPERM, CRMVAL_EIO, CRMVAL_EAGAIN (somebody is writing the same file), or
 * as the content does.  Then the old file stands, with nothing left beside it; only where the folder cannot be synced
 * in the end, a file that was replaced stays replaced.
 */
int replace_file(const char *path, mode_t mode, const struct replace_content *content, struct crmval_error *error);
int replace_file_at(const struct replace_folder *folder, const char *name, mode_t mode,
		    const struct replace_content *content, struct crmval_error *error);

/* openat(), never through a symbolic link in place of the file, and not ended by a signal. */
int replace_open(const struct replace_folder *folder, const char *name, int flags, mode_t mode);

/* Is this how the temporary of some file is called? */
int replace_is_temporary(const char *name);

/* Removes a temporary that nobody writes any more.  Refuses what is no regular file: somebody put it in the way. */
int replace_sweep(const struct replace_folder *folder, const char *name, struct crmval_error *error);

#endif
