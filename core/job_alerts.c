/* SPDX-License-Identifier: MIT */
/* The alerts of a job: one condition a rule, and what it is about. */
#include "alert.h"
#include "job_sections.h"
#include "model.h"
#include "text.h"

#include <float.h>

const char *const alert_kind_names[ALERT_KINDS + 1] = {
	[ALERT_SCORE_BELOW] = "score_below",       [ALERT_DROPPED_BY] = "dropped_by",
	[ALERT_COVERAGE_BELOW] = "coverage_below", [ALERT_VALUE_BELOW] = "value_below",
	[ALERT_VALUE_ABOVE] = "value_above",       [ALERT_OLDER_THAN] = "older_than",
	[ALERT_REJECTED_ABOVE] = "rejected_above", [ALERT_REJECTED_SHARE_ABOVE] = "rejected_share_above",
	[ALERT_ROWS_LOST] = "rows_lost_above",
};
const char *const alert_severity_names[] = {"warning", "critical", NULL};

/* What the limits of each condition may be. */
static const struct {
	double least, most;
} bounds[ALERT_KINDS] = {
	[ALERT_SCORE_BELOW] = {0, 100},
	[ALERT_DROPPED_BY] = {0, 100},
	[ALERT_COVERAGE_BELOW] = {0, 1},
	[ALERT_VALUE_BELOW] = {-DBL_MAX, DBL_MAX},
	[ALERT_VALUE_ABOVE] = {-DBL_MAX, DBL_MAX},
	[ALERT_OLDER_THAN] = {0, 36525},
	[ALERT_REJECTED_ABOVE] = {0, 1e15},
	[ALERT_REJECTED_SHARE_ABOVE] = {0, 1},
	[ALERT_ROWS_LOST] = {0, 1},
};

int alert_is_of_data(enum alert_kind kind)
{
	return kind >= ALERT_OLDER_THAN;
}

/* The one condition of a rule; 0: a problem was reported. */
static int read_condition(struct checker *c, const struct job_node *group, struct job_alert *alert)
{
	const struct job_node *found = NULL;
	for (int kind = 0; kind < ALERT_KINDS; kind++) {
		const struct job_node *node = node_get(group, alert_kind_names[kind]);
		if (!node)
			continue;
		if (found) {
			check_problem(c, node, "stands beside %s; make two rules of it", found->name);
			return 0;
		}
		found = node;
		alert->kind = (enum alert_kind)kind;
	}
	if (!found) {
		check_missing(c, group, "score_below", "or another condition: see crmval.conf(5), alerts");
		return 0;
	}
	return check_number(c, found, bounds[alert->kind].least, bounds[alert->kind].most, &alert->limit);
}

static void refuse(struct checker *c, const struct job_node *group, const char *key, enum alert_kind kind)
{
	const struct job_node *node = node_get(group, key);
	if (node)
		check_problem(c, node, "means nothing beside %s; leave it out", alert_kind_names[kind]);
}

static int read_entity(struct checker *c, const struct job_node *node, struct job_alert *alert)
{
	struct near near;
	char what[128];
	if (!check_text(c, node, &alert->entity))
		return 0;
	if (model_entity_index(alert->entity) >= 0)
		return 1;
	near_start(&near, alert->entity);
	for (uint32_t e = 0; e < model_entity_count; e++)
		near_offer(&near, model_entities[e].name);
	snprintf(what, sizeof what, _("there is no entity \"%.60s\""), alert->entity);
	check_unknown(c, node, what, &near);
	return 0;
}

/* What the rule is about: an entity, or a node of a scope. */
static void read_subject(struct checker *c, const struct job_node *group, struct job_alert *alert)
{
	static const char *const of_scores[] = {"node", "breakdown", "unit"};
	static const char *const breakdowns[] = {"team", "employee", "region", "size_class", NULL};
	const struct job_node *entity = node_get(group, "entity"), *node = node_get(group, "node"),
			      *breakdown = node_get(group, "breakdown"), *unit = node_get(group, "unit");
	if (alert_is_of_data(alert->kind)) {
		for (size_t i = 0; i < sizeof of_scores / sizeof of_scores[0]; i++)
			refuse(c, group, of_scores[i], alert->kind);
		if (entity)
			read_entity(c, entity, alert);
		return;
	}
	refuse(c, group, "entity", alert->kind);
	if (node)
		check_text(c, node, &alert->node);
	if (breakdown && check_word(c, breakdown, breakdowns, &alert->breakdown) &&
	    !c->job->breakdowns[alert->breakdown])
		check_problem(c, breakdown, "is not among job.breakdown; add it there");
	if (unit && check_text(c, unit, &alert->unit) && !breakdown)
		check_problem(c, unit,
			      "needs the breakdown that it is a unit of; add breakdown = \"team\", or another");
}

static void read_alert(struct checker *c, const struct job_node *group)
{
	const char *keys[ALERT_KINDS + 7] = {"name", "severity", "node", "breakdown", "unit", "entity"};
	const struct job_node *name = node_get(group, "name"), *severity = node_get(group, "severity");
	struct job_alert alert = {.breakdown = -1, .severity = ALERT_CRITICAL, .line = group->line};
	int place;
	if (!check_group(c, group))
		return;
	for (int kind = 0; kind < ALERT_KINDS; kind++)
		keys[6 + kind] = alert_kind_names[kind];
	check_keys(c, group, keys);
	if (!read_condition(c, group, &alert))
		return;
	read_subject(c, group, &alert);
	if (name)
		check_text(c, name, &alert.name);
	if (severity && check_word(c, severity, alert_severity_names, &place))
		alert.severity = (enum alert_severity)place;
	c->job->alerts[c->job->alert_count++] = alert;
}

void job_alerts_read(struct checker *c, const struct job_node *root)
{
	const struct job_node *list = node_get(root, "alerts");
	if (!list || !check_list(c, list, 0, "write ( { score_below = 60; } )") ||
	    !(c->job->alerts = check_array(c, list->count, sizeof *c->job->alerts)))
		return;
	for (const struct job_node *node = list->first; node; node = node->next)
		read_alert(c, node);
}
