/* SPDX-License-Identifier: MIT */
/* An export: its archives, all of them and in their order, or the folders it was unpacked to. */
#ifndef SALESFORCE_SET_H
#define SALESFORCE_SET_H

#include "zip_archive.h"

struct salesforce_set {
	struct zip_archive *archives; /* in the order of their numbers; those without one come last, by name */
	uint32_t archive_count;
	char **folders; /* with CSV files in them; never along with archives */
	uint32_t folder_count;
};

/*
 * Finds the archives that paths stand for: each is one, or a folder of archives or of CSV files.  Refuses an export of
 * which a part is missing, and several organisations' exports.  A set that could not be opened is to be closed too.
 */
int salesforce_set_open(struct salesforce_set *set, const char *const *paths, uint32_t count,
			const struct zip_limits *limits, struct crmval_error *error);
void salesforce_set_close(struct salesforce_set *set);

#endif
