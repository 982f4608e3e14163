/* SPDX-License-Identifier: MIT */
/* Memory for a column that grows in place: address space for the most it may take, pages as they are touched. */
#ifndef REGION_H
#define REGION_H

#include "crmval/plugin.h"

#include <stddef.h>

struct region {
	void *bytes;
	size_t size;
};

/* Of zeros. */
int region_open(struct region *region, size_t size, struct crmval_error *error);
/* Of zeros, all of which are used, here and there, as in a hash table: where a page is first read and then written, each
   thread's processor has to be told so in between. */
int region_open_whole(struct region *region, size_t size, struct crmval_error *error);
/* What is left of the last page is of zeros. */
void region_trim(struct region *region, size_t size);
void region_close(struct region *region);

/*
 * To give pages back and to get others costs more than to fill them, so those of a region that was closed by region_spare()
 * are taken by what is opened whole after it, and by regions that are filled, until region_spare_none() gives back what is
 * left.  These are for any thread.
 */
/* Its pages all were used: address space alone is of no use to others. */
void region_spare(struct region *region);
void region_spare_none(void);
/* So many bytes at the front are no longer of zeros, but of what was in pages to spare, if there are any.  Nothing of the
   region has been used so far. */
int region_fill(struct region *region, size_t size, struct crmval_error *error);

#endif
