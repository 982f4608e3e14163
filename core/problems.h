/* SPDX-License-Identifier: MIT */
/* What is wrong with a job file: all of it, not only the first, each with its place. */
#ifndef PROBLEMS_H
#define PROBLEMS_H

#include "crmval/plugin.h"

#include <stddef.h>
#include <stdio.h>

struct problems {
	char **texts; /* "FILE:LINE: what is wrong and what to do" */
	size_t count, warning_count;
	size_t capacity;
	char **warnings;
	size_t warning_capacity;
	int is_full; /* out of memory: not all was looked at */
};

/* One that was added already is not added again.  file may be NULL (a --set option); line 0 is not shown.  Never fails: out of memory drops the text, not the count. */
__attribute__((format(printf, 4, 5))) void problems_add(struct problems *problems, const char *file, int line,
							const char *format, ...);
__attribute__((format(printf, 4, 5))) void problems_warn(struct problems *problems, const char *file, int line,
							 const char *format, ...);
/* Fails with CRMVAL_ECONF: how many there are. */
int problems_fail(const struct problems *problems, struct crmval_error *error);

void problems_free(struct problems *problems);

#endif
