/* SPDX-License-Identifier: MIT */
/* Trials of a source on the tables that a job reads through it. */
#ifndef CONFORM_SOURCE_H
#define CONFORM_SOURCE_H

#include "conform.h"
#include "load.h"

/*
 * Reads each table of the job's sources whose plugin has this SHA-256: every row once, the same rows again, whichever columns
 * are asked for, and by several threads.  The source runs in the program itself, as sources do.
 */
int source_trials(struct conformance *conformance, struct load *load, const char *sha256, struct crmval_error *error);

#endif
