/* SPDX-License-Identifier: MIT */
/*
 * The units of a breakdown, scored and written some at a time by several threads, each into memory of its own, and put where
 * the report goes in their order: so the bytes are those that one thread would write.
 */
#ifndef REPORT_UNITS_H
#define REPORT_UNITS_H

#include "output.h"
#include "score.h"

/* A way to write them. */
struct report_units {
	const struct result *result;
	const void *context; /* shared by the threads, which do not change it */
	size_t own_size;     /* of what each thread has for itself, zeroed */
	int (*open)(const void *context, void *own, struct output *output, struct crmval_error *error);
	/* A failure of the output ends it, too. */
	int (*write)(void *own, const struct scorecard *card, int breakdown, uint32_t unit, struct crmval_error *error);
	void (*close)(void *own); /* also of what open() failed to open */
};

/* CRMVAL_OK also where the output failed, as it knows itself. */
int report_units(const struct report_units *how, int breakdown, struct output *output, struct crmval_error *error);

#endif
