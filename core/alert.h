/* SPDX-License-Identifier: MIT */
/* Alerts: rules of the job that say when somebody should look, judged on a result and the one before it. */
#ifndef ALERT_H
#define ALERT_H

#include "arena.h"
#include "result.h"

/* "score_below" ...: the keys of a rule's condition, by enum alert_kind, ended by NULL. */
extern const char *const alert_kind_names[ALERT_KINDS + 1];
extern const char *const alert_severity_names[]; /* "warning", "critical", NULL; by enum alert_severity */

/*
 * Checks what the job alone does not tell: that the rules' nodes and entities exist.  A dimension that failed to load leaves
 * nothing to check.
 */
void alerts_check(const struct job *job, const struct result *result, struct problems *problems);

/* Does any rule, or limits.rows_lost_share, compare with the snapshot before? */
int alerts_need_before(const struct job *job);

/*
 * Judges every rule and fills result->alerts, in the job's order; texts come from the arena.  before: the result that the
 * archive holds last, or NULL.  The result must be whole otherwise.
 */
int alerts_judge(const struct job *job, struct result *result, const struct result *before, struct arena *arena,
		 struct crmval_error *error);

/*
 * CRMVAL_EDATA: more of an entity's rows are gone since the result before than limits.rows_lost_share lets pass, so that this
 * is no whole export.
 */
int alerts_check_rows(const struct job *job, const struct result *result, const struct result *before,
		      struct crmval_error *error);

/* How many rules have fired. */
uint32_t alerts_fired(const struct result *result);

#endif
