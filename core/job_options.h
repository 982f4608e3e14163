/* SPDX-License-Identifier: MIT */
/* A group of settings, checked against a table of options: in goes the table, out comes a parallel array of values. */
#ifndef JOB_OPTIONS_H
#define JOB_OPTIONS_H

#include "check.h"

/*
 * group: NULL where the job has none; then nothing is missing either, unless `owner`, the group that would hold it, is
 * given.  `reserved` are keys that are no options, ended by NULL.  NULL: out of memory.
 */
struct crmval_value *options_bind(struct checker *c, const struct job_node *group, const struct job_node *owner,
				  const struct crmval_option *options, uint32_t count, const char *const *reserved);

#endif
