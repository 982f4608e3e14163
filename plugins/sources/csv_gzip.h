/* SPDX-License-Identifier: MIT */
/* A gzip file as a stream of the bytes in it.  Members follow each other and are read as one. */
#ifndef CSV_GZIP_H
#define CSV_GZIP_H

#include "crmval/plugin.h"

struct csv_gzip;

/* The descriptor and path stay the caller's, and must outlive it. */
int csv_gzip_open(int descriptor, const char *path, struct csv_gzip **gzip, struct crmval_error *error);
void csv_gzip_close(struct csv_gzip *gzip); /* may be NULL */

/* Refuse the file as soon as it has grown by more; 0: any. */
void csv_gzip_limit(struct csv_gzip *gzip, uint32_t ratio);

/* As csv_bytes.read. */
int csv_gzip_read(struct csv_gzip *gzip, uint8_t *to, size_t room, size_t *got, struct crmval_error *error);

#endif
