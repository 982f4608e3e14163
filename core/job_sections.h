/* SPDX-License-Identifier: MIT */
/* The sections of a job that have plugins: what of them can be checked without the plugin. */
#ifndef JOB_SECTIONS_H
#define JOB_SECTIONS_H

#include "check.h"

/* Fill job->sources and job->dimensions from the tree; entries without a usable plugin name are left out. */
void job_sources_read(struct checker *c, const struct job_node *root);
void job_dimensions_read(struct checker *c, const struct job_node *root);

/* Fills job->alerts; job->breakdowns must be known. */
void job_alerts_read(struct checker *c, const struct job_node *root);

/* Fills job->reports from the list, which may be NULL. */
void job_reports_read(struct checker *c, const struct job_node *list);

/* A language, as in "en" or "zh_CN". */
void job_language_read(struct checker *c, const struct job_node *node, const char **language);

/* Fills job->archive from its group, which may be NULL. */
void job_archive_read(struct checker *c, const struct job_node *group);

/*
 * Fills the mapping of a source from its group, over the defaults of a mapping file or of the plugin's own text.  plugin
 * NULL: what its tables may hold is not known, and is not checked.
 */
void job_mapping_read(struct checker *c, const struct job_node *group, const char *plugin_name,
		      const struct crmval_source *plugin, struct job_mapping *mapping);

/* The lists of an entity's group, or of a part of it: what they say replaces what was said before.  list may be NULL; arrays
   have room for all that the lists hold. */
void job_fields_read(struct checker *c, const struct job_node *list, struct job_part *part);
void job_values_read(struct checker *c, const struct job_node *list, struct job_part *part);
void job_dates_read(struct checker *c, const struct job_node *all, const struct job_node *list, struct job_part *part);
void job_skips_read(struct checker *c, const struct job_node *list, struct job_skip *skips, uint32_t *count);
void job_advice_read(struct checker *c, const char *entity, const struct job_node *list, struct job_mapping *mapping);

/* Parses an expression that stands in a node; 0: a problem was reported. */
int job_expression_read(struct checker *c, const struct job_node *node, const char *text,
			const struct expression **expression);

#endif
