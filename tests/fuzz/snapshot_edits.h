/* SPDX-License-Identifier: MIT */
/* Snapshots that are whole but for some edits, since bytes seldom make a line that has all it needs. */
#ifndef SNAPSHOT_EDITS_H
#define SNAPSHOT_EDITS_H

#include <stddef.h>
#include <stdint.h>

/* A payload, until the next call; each four bytes are an edit.  is_part: of a run's only part. */
const char *snapshot_edits(const uint8_t *bytes, size_t size, int is_part, size_t *length);

#endif
