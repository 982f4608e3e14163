/* SPDX-License-Identifier: MIT */
/* What snapshots are called, and how instants are written. */
#ifndef ARCHIVE_NAME_H
#define ARCHIVE_NAME_H

#include "archive.h"

enum { ARCHIVE_SEQUENCES = 9999 };

/* The job's name with what is unsafe in a file's made "_"; of a long one, the beginning. */
void archive_name_format(const char *job, int64_t instant, unsigned sequence, char name[ARCHIVE_NAME_SIZE]);

#endif
