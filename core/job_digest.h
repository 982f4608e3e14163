/* SPDX-License-Identifier: MIT */
/*
 * SHA-256 of settings by what they say, however they are laid out: where it is the same, so is what is made of them.
 */
#ifndef JOB_DIGEST_H
#define JOB_DIGEST_H

#include "job_tree.h"

/*
 * Of how a source is read: its settings, and the defaults of its mapping, which may be NULL; but not where it lies, which
 * its options that are paths say.  plugin may be NULL.
 */
void job_digest_source(const struct job_node *group, const struct job_node *defaults,
		       const struct crmval_source *plugin, char sha256[65]);

/* Of how all data are read: every source, and the currency. */
void job_digest_reading(const struct job *job, char sha256[65]);

#endif
