/* SPDX-License-Identifier: MIT */
/* The page of crmval check: what a job reads from where, what it lacks, and what would give it. */
#ifndef REPORT_CHECK_H
#define REPORT_CHECK_H

#include "output.h"
#include "run.h"

/* run was opened, and nothing read.  width: columns of the page. */
void report_check(const struct run *run, struct output *output, int width);

#endif
