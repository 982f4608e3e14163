/* SPDX-License-Identifier: MIT */
/* What keep rules make of an archive: first a plan, which may be shown, then its carrying out. */
#ifndef ARCHIVE_PRUNE_H
#define ARCHIVE_PRUNE_H

#include "archive.h"
#include "keep.h"

struct prune_item {
	struct archive_entry entry;
	int64_t made;     /* when its run was, as it says itself */
	char *job;        /* NULL: it cannot be read */
	char *problem;    /* why not: it is left alone */
	uint32_t reasons; /* to keep it, bits 1 << KEEP_...; 0: it is to be removed, unless it cannot be read */
};

struct prune_plan {
	struct prune_item *items; /* those that cannot be read, then by job, then oldest first */
	size_t count;
};

/* job: only snapshots of this one, and those that cannot be read; NULL: of all, each job by itself. */
int prune_plan(const struct archive *archive, const struct keep *keep, const char *job, int64_t now,
	       struct prune_plan *plan, struct crmval_error *error);
void prune_free(struct prune_plan *plan);

/* Removes the oldest first, and syncs the folder.  The archive's lock must be held since before the plan was made. */
int prune_carry_out(struct archive *archive, const struct prune_plan *plan, struct crmval_error *error);

static inline int prune_removes(const struct prune_item *item)
{
	return !item->problem && !item->reasons;
}

#endif
