/* SPDX-License-Identifier: MIT */
/* From the newest entry backwards, by the first lines, until one is of the job. */
#include "archive_last.h"

#include "error.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Reads an entry if it is of the job; *snapshot stays NULL where it is not. */
static int read_entry(const struct archive *archive, const char *name, const char *job, struct snapshot **snapshot,
		      struct crmval_error *error)
{
	struct snapshot_header header = {0};
	char path[PATH_MAX];
	int fd = openat(archive->folder.fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC), code;
	snprintf(path, sizeof path, "%s%s", archive->folder.prefix, name);
	if (fd < 0)
		return fail(error, CRMVAL_EIO, "%s: cannot be read: %s", path, strerror(errno));
	code = snapshot_read_header(fd, path, &header, error);
	if (code == CRMVAL_OK && (!job || strcmp(header.job, job) == 0) && header.part_count == 0) {
		if (lseek(fd, 0, SEEK_SET) < 0)
			code = fail(error, CRMVAL_EIO, "%s: cannot be read: %s", path, strerror(errno));
		else
			code = snapshot_read(fd, path, snapshot, error);
	}
	snapshot_header_free(&header);
	close(fd);
	return code;
}

int archive_last(const struct archive *archive, const char *job, int64_t instant,
		 void (*damaged)(void *context, const char *message), void *context, struct snapshot **snapshot,
		 struct crmval_error *error)
{
	struct archive_entries entries = {0};
	int code = archive_list(archive, &entries, error);
	*snapshot = NULL;
	for (size_t i = entries.count; code == CRMVAL_OK && !*snapshot && i-- > 0;) {
		if (entries.entries[i].instant > instant)
			continue;
		code = read_entry(archive, entries.entries[i].name, job, snapshot, error);
		if (code == CRMVAL_OK || code == CRMVAL_ENOMEM)
			continue;
		damaged(context, error->message);
		code = CRMVAL_OK;
	}
	free(entries.entries);
	return code;
}
