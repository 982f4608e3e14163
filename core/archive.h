/* SPDX-License-Identifier: MIT */
/*
 * The archive: a folder of snapshots, one file for each run, which are added and removed but never changed.
 *
 * Whoever adds or removes holds its lock; readers need none, since files appear whole.  Nothing but snapshots and
 * temporaries is touched: an entry of any other name is somebody else's.
 */
#ifndef ARCHIVE_H
#define ARCHIVE_H

#include "replace.h"

#include <stddef.h>
#include <stdint.h>

/* JOB-YYYYMMDDTHHMMSSZ.gz, and for more of the same second JOB-YYYYMMDDTHHMMSSZ_0002.gz: sorted by bytes they are sorted by
   time. */
#define ARCHIVE_NAME_SIZE 160

struct archive {
	struct replace_folder folder;
	char *prefix;
	int lock; /* -1: opened to read */
};

#define ARCHIVE_CLOSED                                                                                                 \
	{                                                                                                              \
		.folder = {.fd = -1}, .lock = -1                                                                       \
	}

/* A snapshot, as its name tells. */
struct archive_entry {
	char name[ARCHIVE_NAME_SIZE];
	int64_t instant; /* of the run: seconds since 1970 */
	unsigned sequence;
};

struct archive_entries {
	struct archive_entry *entries; /* by instant, sequence and name */
	size_t count, capacity;
};

/* To read.  Fails with CRMVAL_ENOINPUT, CRMVAL_EPERM, CRMVAL_EIO. */
int archive_open(struct archive *archive, const char *path, struct crmval_error *error);

/*
 * To write: makes the folder where there is none, waits so many seconds for the lock, and removes what killed runs left
 * behind.  A symbolic link in place of the folder is refused, unless the path ends in a slash.  Fails with CRMVAL_EAGAIN
 * where another holds the lock, CRMVAL_ECREATE, CRMVAL_EPERM, CRMVAL_EIO.
 */
int archive_lock(struct archive *archive, const char *path, double wait, struct crmval_error *error);

/* Also of one that could not be opened, or was never. */
void archive_close(struct archive *archive);

/*
 * Adds a snapshot, durably: after CRMVAL_OK it outlives a power cut, and after any failure it is not there.  name gets
 * what it is called in the folder.
 */
int archive_put(struct archive *archive, const char *job, int64_t instant, const struct replace_content *content,
		char name[ARCHIVE_NAME_SIZE], struct crmval_error *error);

/* All snapshots of the folder, by their names; entries->entries is the caller's to free, also after a failure. */
int archive_list(const struct archive *archive, struct archive_entries *entries, struct crmval_error *error);

/* Opens a snapshot to read it.  Fails with CRMVAL_EPERM, also of a symbolic link, CRMVAL_ENOINPUT, CRMVAL_EIO. */
int archive_open_snapshot(const struct archive *archive, const char *name, int *fd, struct crmval_error *error);

/* What messages call a snapshot. */
#define ARCHIVE_PATH_SIZE (4096 + ARCHIVE_NAME_SIZE)
void archive_path(const struct archive *archive, const char *name, char path[ARCHIVE_PATH_SIZE]);

/* 1: the name is a snapshot's, and entry is filled. */
int archive_name_parse(const char *name, struct archive_entry *entry);

/* Removes a snapshot; archive_sync makes removals last. */
int archive_remove(struct archive *archive, const char *name, struct crmval_error *error);
int archive_sync(struct archive *archive, struct crmval_error *error);

/* YYYY-MM-DDTHH:MM:SSZ */
#define INSTANT_SIZE 21
void instant_format(int64_t instant, char text[INSTANT_SIZE]);

#endif
