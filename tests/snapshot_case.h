/* SPDX-License-Identifier: MIT */
/* Snapshots in memory: made whole from any payload, and changed byte by byte. */
#ifndef SNAPSHOT_CASE_H
#define SNAPSHOT_CASE_H

#include "../core/snapshot.h"

/* An open file in memory with these bytes; closed by close(). */
int snapshot_case_file(const void *bytes, size_t size);

/* A file whose framing and header are right for the payload, whatever that is. */
int snapshot_case_pack(const char *payload, size_t size);
/* What it holds; the caller frees it. */
char *snapshot_case_pack_text(const char *payload, size_t size, size_t *file_size);

/* A result's snapshot. */
int snapshot_case_write(const struct result *result);

/* The CRC-32 that gzip has. */
uint32_t snapshot_case_crc(const unsigned char *bytes, size_t size);

#endif
