/* SPDX-License-Identifier: MIT */
/* ZIP archives, and the bytes of their members.  Nothing is ever written: a member is read from where it lies. */
#ifndef ZIP_ARCHIVE_H
#define ZIP_ARCHIVE_H

#include "zip_directory.h"
#include "zip_inflate.h"

#include <sys/stat.h>

struct zip_archive {
	char *path;
	int descriptor; /* read by place only, so that any thread may */
	struct stat seen;
	uint32_t settle_seconds; /* of the limits */
	struct zip_directory directory;
};

struct zip_limits {
	uint64_t max_member_bytes;
	uint32_t max_ratio; /* of what a member unpacks to, from 64 MiB on */
	uint32_t max_members;
	uint32_t settle_seconds; /* what is broken and was written to since may still be being written: CRMVAL_EAGAIN */
};

/* Opens a file, and refuses it unless it is a faultless archive as far as its structure goes.  Takes path over. */
int zip_archive_open(struct zip_archive *archive, char *path, const struct zip_limits *limits,
		     struct crmval_error *error);
void zip_archive_close(struct zip_archive *archive);

/* Refuses a member that cannot or should not be read. */
int zip_archive_accept(const struct zip_archive *archive, const struct zip_entry *entry,
		       const struct zip_limits *limits, struct crmval_error *error);

/* Refuses a member whose bytes, all of them, have another checksum than it should have. */
int zip_archive_verify(const struct zip_archive *archive, const struct zip_entry *entry, uint32_t checksum,
		       struct crmval_error *error);

/* The bytes of a member in their order; for one thread at a time. */
struct zip_stream;

int zip_stream_open(struct zip_stream **stream, const struct zip_archive *archive, const struct zip_entry *entry,
		    const struct zip_inflater *inflater, struct crmval_error *error);
void zip_stream_close(struct zip_stream *stream);

/* Reads on, as csv_bytes.read does.  The end comes only where the member has its size, and no more. */
int zip_stream_read(void *stream, uint8_t *to, size_t room, size_t *got, struct crmval_error *error);

#endif
