/* SPDX-License-Identifier: MIT */
/* The snapshot that an archive holds last of a job: what a new result is compared with. */
#ifndef ARCHIVE_LAST_H
#define ARCHIVE_LAST_H

#include "archive.h"
#include "snapshot.h"

/*
 * The newest snapshot of the job (NULL: of any) that was made at `instant` or before; *snapshot is NULL where there is none.  damaged() is
 * called for each that would have been it but cannot be read, and the one before it is tried.  Fails with CRMVAL_EIO,
 * CRMVAL_ENOMEM.  The snapshot is freed by snapshot_free().
 */
int archive_last(const struct archive *archive, const char *job, int64_t instant,
		 void (*damaged)(void *context, const char *message), void *context, struct snapshot **snapshot,
		 struct crmval_error *error);

#endif
