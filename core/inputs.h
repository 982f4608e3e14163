/* SPDX-License-Identifier: MIT */
/* The files that a run reads. */
#ifndef INPUTS_H
#define INPUTS_H

#include "run.h"

struct inputs {
	const char **paths; /* sorted, each once */
	uint32_t count;
};

/* Lists the files of tables that are mapped, of lookups, and of mappings.  In the run's arena. */
int inputs_find(struct run *run, struct inputs *inputs, struct crmval_error *error);

#endif
