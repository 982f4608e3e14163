/* SPDX-License-Identifier: MIT */
/* The directory of a ZIP archive: its members, and where in the file they lie. */
#ifndef ZIP_DIRECTORY_H
#define ZIP_DIRECTORY_H

#include "crmval/plugin.h"

enum { ZIP_STORED = 0, ZIP_DEFLATED = 8, ZIP_ENCRYPTED = 1 };

struct zip_entry {
	char *name;
	uint64_t packed, size; /* bytes in the archive; of the member itself */
	uint64_t header;       /* where its own header begins; */
	uint64_t data;         /* where its data do */
	uint32_t checksum;
	uint16_t method; /* ZIP_STORED ... */
	uint16_t flags;  /* ZIP_ENCRYPTED */
};

struct zip_directory {
	struct zip_entry *entries; /* by name, each there once */
	uint32_t count;
	int is_too_large; /* refused for nothing but its number of members */
};

/*
 * Reads the directory of a file of `size` bytes.  Refuses, by CRMVAL_EDATA, a file whose structure is not exactly that
 * of an archive, members that overlap, names that are there twice, and more than max_members.  Path is for messages.
 */
int zip_directory_read(struct zip_directory *directory, int descriptor, const char *path, uint64_t size,
		       uint32_t max_members, struct crmval_error *error);
void zip_directory_free(struct zip_directory *directory);

/* The member of that name, exactly; NULL: there is none. */
const struct zip_entry *zip_directory_find(const struct zip_directory *directory, const char *name);

#endif
