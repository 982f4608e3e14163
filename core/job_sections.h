/* SPDX-License-Identifier: MIT */
/* The sections of a job that have plugins: what of them can be checked without the plugin. */
#ifndef JOB_SECTIONS_H
#define JOB_SECTIONS_H

#include "check.h"

/* Fill job->sources and job->dimensions from the tree; entries without a usable plugin name are left out. */
void job_sources_read(struct checker *c, const struct job_node *root);
void job_dimensions_read(struct checker *c, const struct job_node *root);

/* fields, values, date_format and date_formats of one entity's group. */
void job_mapping_read(struct checker *c, const struct job_node *group, struct job_entity *entity);

#endif
