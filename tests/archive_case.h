/* SPDX-License-Identifier: MIT */
/* A folder for tests of the archive, with one in it. */
#ifndef ARCHIVE_CASE_H
#define ARCHIVE_CASE_H

#define INSTANT 1795774500 /* 2026-11-27T10:15:00Z */

extern char case_folder[]; /* where it lies */
extern char case_path[64]; /* of the archive, which is not there at first */

void case_set_up(void);
void case_tear_down(void);

/* A path in the archive; valid until the next call. */
const char *in_archive(const char *name);

/* An empty file. */
void case_put(const char *name);

int case_has(const char *name);

#endif
