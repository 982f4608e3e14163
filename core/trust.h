/* SPDX-License-Identifier: MIT */
/* Files whose code may run here: whoever can change them, or put others in their place, must be root or ourselves. */
#ifndef TRUST_H
#define TRUST_H

#include "crmval/plugin.h"

/*
 * Opens a file in a folder for reading.  The file must be a regular one, no link; it, and with are_parents_checked the folder
 * and all above it, symbolic links on the way included, must belong to root or to the user that runs this, and be writable
 * by nobody else.  All is looked at through open descriptors, so that nothing can be exchanged between check and use.
 * file: without a slash.
 */
int trust_open(const char *folder, const char *file, int are_parents_checked, int *fd, struct crmval_error *error);

/* A copy of a file in memory that nobody can change any more, so that what was checked is what is loaded.  fd stays the caller's. */
int trust_copy(int fd, const char *path, int *copy, struct crmval_error *error);

/* The SHA-256 of a file's content, in hexadecimal digits. */
int trust_hash(int fd, const char *path, char sha256[65], struct crmval_error *error);

#endif
