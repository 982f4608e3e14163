/* SPDX-License-Identifier: MIT */
/* Several jobs after one another: each in a process of its own, so that one that fails, or dies, leaves the others alone. */
#ifndef JOB_LIST_H
#define JOB_LIST_H

#include "crmval/plugin.h"

#include <stdint.h>

struct job_list {
	char **paths;
	uint32_t count;
};

/*
 * Files as they are named, and of a folder all that end in .conf, by their names.  Fails with CRMVAL_ENOINPUT (no such file,
 * a folder without a job), CRMVAL_EPERM, CRMVAL_EIO.
 */
int job_list_open(struct job_list *list, int count, char *const *words, struct crmval_error *error);
void job_list_free(struct job_list *list);

/*
 * Forks for each path in turn; in the child returns its place, with *status 0, and the child goes on from there.  In the
 * parent returns -1 after the last; statuses[i] is then what job i ended with, 128 + N if by signal N.  A signal that ends
 * the parent ends the child, too.
 */
int job_list_fork(const struct job_list *list, int *statuses, struct crmval_error *error);

#endif
