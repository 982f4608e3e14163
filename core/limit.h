/* SPDX-License-Identifier: MIT */
/* The job's limits on what is wrong with the data, past which a run fails. */
#ifndef LIMIT_H
#define LIMIT_H

#include "job.h"

/* rows: those that could be read.  example: of what was rejected, or NULL. */
int limit_rejected(const struct job_limits *limits, const char *what, uint64_t rejected, double rows,
		   const char *example, struct crmval_error *error);
int limit_field(const struct job_limits *limits, const char *entity, const char *field, uint64_t unreadable,
		uint64_t dangling, double rows, struct crmval_error *error);

#endif
