/* SPDX-License-Identifier: MIT */
/* Judging alerts: scores of the company or of units, values of measures, and how the data came. */
#include "alert.h"

#include "error.h"
#include "result_node.h"
#include "text.h"
#include "window.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LABEL_SIZE = 400, MESSAGE_SIZE = 1024 };

/* What a rule is judged on. */
struct judging {
	const struct result *result, *before;
	struct scorecard *card, *card_before; /* card_before: NULL without a result before */
	const struct job_alert *alert;
	struct result_node node, node_before; /* as the rule names it; and in the result before, maybe absent */
	uint32_t fired;                       /* how often this rule has */
	char message[MESSAGE_SIZE];           /* of the first time */
};

__attribute__((format(printf, 2, 3))) static void fire(struct judging *judging, const char *format, ...)
{
	va_list arguments;
	if (judging->fired++ > 0)
		return;
	va_start(arguments, format);
	vsnprintf(judging->message, sizeof judging->message, _(format), arguments);
	va_end(arguments);
}

/* ---- scores ---- */

/* What is spoken of: "overall", "Deal control", "team East: overall". */
static void label(const struct judging *judging, const char *unit, char text[LABEL_SIZE])
{
	const char *title = result_node_title(judging->result, judging->node);
	if (unit)
		snprintf(text, LABEL_SIZE, "%s %s: %s", breakdown_names[judging->alert->breakdown], unit, title);
	else
		snprintf(text, LABEL_SIZE, "%s", title);
}

/* A drop is one where it is more than the two scores' noise. */
static void judge_drop(struct judging *judging, const char *about)
{
	const struct score *now = result_node_score(judging->card, judging->node),
			   *then = result_node_score(judging->card_before, judging->node_before);
	double drop = then->score - now->score;
	double noise = Z95 * hypot(now->parts[SCORE_NOW].se, then->parts[SCORE_NOW].se);
	if (drop > judging->alert->limit && drop > noise)
		fire(judging, "%s: the score fell by %.2f points, from %.2f to %.2f", about, drop, then->score,
		     now->score);
}

static void judge_scope(struct judging *judging, const char *unit)
{
	const struct job_alert *alert = judging->alert;
	const struct score *score = result_node_score(judging->card, judging->node);
	double value = result_node_value(judging->card, judging->node);
	char about[LABEL_SIZE];
	label(judging, unit, about);
	switch (alert->kind) {
	case ALERT_SCORE_BELOW:
		/* Among all units there may well be some that have nothing to score. */
		if (score->reason && (!unit || alert->unit))
			fire(judging, "%s: there is no score (%s)", about, score->reason);
		else if (score->score < alert->limit)
			fire(judging, "%s: the score of %.2f is below %g", about, score->score, alert->limit);
		break;
	case ALERT_COVERAGE_BELOW:
		if (score->coverage < alert->limit)
			fire(judging, "%s: the coverage of %.3g is below %g", about, score->coverage, alert->limit);
		break;
	case ALERT_VALUE_BELOW:
		if (value < alert->limit)
			fire(judging, "%s: the value of %.6g is below %g", about, value, alert->limit);
		break;
	case ALERT_VALUE_ABOVE:
		if (value > alert->limit)
			fire(judging, "%s: the value of %.6g is above %g", about, value, alert->limit);
		break;
	default:
		if (judging->card_before && judging->node_before.kind != RESULT_NODE_ABSENT)
			judge_drop(judging, about);
	}
}

/* The card before, filled for the unit of this name; 0: it was not there. */
static int fill_before(struct judging *judging, int breakdown, const char *unit)
{
	const struct result *before = judging->before;
	for (uint32_t u = 0; u < before->unit_counts[breakdown]; u++)
		if (strcmp(before->unit_names[breakdown][u], unit) == 0) {
			score_scope(judging->card_before, breakdown, u, NULL);
			return 1;
		}
	return 0;
}

static void judge_units(struct judging *judging)
{
	const struct job_alert *alert = judging->alert;
	const struct result *result = judging->result;
	struct scorecard *card_before = judging->card_before;
	int b = alert->breakdown, is_there = 0;
	for (uint32_t u = 0; u < result->unit_counts[b]; u++) {
		const char *unit = result->unit_names[b][u];
		if (alert->unit && strcmp(alert->unit, unit) != 0)
			continue;
		is_there = 1;
		score_scope(judging->card, b, u, NULL);
		if (alert->kind == ALERT_DROPPED_BY && card_before && !fill_before(judging, b, unit))
			judging->card_before = NULL;
		judge_scope(judging, unit);
		judging->card_before = card_before;
	}
	if (alert->unit && !is_there)
		fire(judging, "%s %s: nothing in the data belongs to it", breakdown_names[b], alert->unit);
}

static void judge_scores(struct judging *judging)
{
	judging->node = result_node_find(judging->result, judging->alert->node);
	judging->node_before.kind = RESULT_NODE_ABSENT;
	if (judging->before)
		judging->node_before = result_node_match(judging->result, judging->node, judging->before);
	if (judging->node.kind == RESULT_NODE_ABSENT)
		return; /* its dimension could not be loaded, which the run says already */
	if (judging->alert->breakdown >= 0) {
		judge_units(judging);
		return;
	}
	score_scope(judging->card, -1, 0, NULL);
	if (judging->card_before)
		score_scope(judging->card_before, -1, 0, NULL);
	judge_scope(judging, NULL);
}

/* ---- data ---- */

static const struct result_entity *entity_before(const struct result *before, const char *name)
{
	for (uint32_t e = 0; before && e < before->entity_count; e++)
		if (strcmp(before->entities[e].entity, name) == 0)
			return &before->entities[e];
	return NULL;
}

/* Of the rows that were there. */
static double share_lost(const struct result_entity *now, const struct result_entity *then)
{
	return then->rows > 0 ? 1 - (double)now->rows / (double)then->rows : 0;
}

static void judge_entity(struct judging *judging, const struct result_entity *entity)
{
	const struct job_alert *alert = judging->alert;
	const struct result_entity *then = entity_before(judging->before, entity->entity);
	double all = (double)(entity->rows + entity->rejected), lost;
	char day[11];
	switch (alert->kind) {
	case ALERT_OLDER_THAN:
		/* One that is named is expected; others may have no dates. */
		if (entity->newest == CRMVAL_NO_DATE && alert->entity)
			fire(judging, "%s: no date is known, which should be no more than %g days old", entity->entity,
			     alert->limit);
		if (entity->newest == CRMVAL_NO_DATE ||
		    judging->result->fresh_on - (int64_t)entity->newest <= alert->limit)
			return;
		date_format(entity->newest, day);
		fire(judging, "%s: the newest date, %s, is more than %g days old", entity->entity, day, alert->limit);
		return;
	case ALERT_REJECTED_ABOVE:
		if ((double)entity->rejected > alert->limit)
			fire(judging, "%s: %llu rows were rejected, more than %g", entity->entity,
			     (unsigned long long)entity->rejected, alert->limit);
		return;
	case ALERT_REJECTED_SHARE_ABOVE:
		if (all > 0 && (double)entity->rejected / all > alert->limit)
			fire(judging, "%s: %.3g of the rows were rejected, more than %g", entity->entity,
			     (double)entity->rejected / all, alert->limit);
		return;
	default:
		lost = then ? share_lost(entity, then) : 0;
		if (lost > alert->limit)
			fire(judging, "%s: %llu rows, and %llu in the snapshot before: %.3g of them are gone",
			     entity->entity, (unsigned long long)entity->rows, (unsigned long long)then->rows, lost);
	}
}

static void judge_data(struct judging *judging)
{
	const struct result *result = judging->result;
	for (uint32_t e = 0; e < result->entity_count; e++) {
		const struct result_entity *entity = &result->entities[e];
		/* What no source maps any more is gone, too. */
		if ((entity->source || judging->alert->kind == ALERT_ROWS_LOST ||
		     judging->alert->kind == ALERT_OLDER_THAN) &&
		    (!judging->alert->entity || strcmp(judging->alert->entity, entity->entity) == 0))
			judge_entity(judging, entity);
	}
}

/* ---- all ---- */

static int judge_all(struct judging *judging, const struct job *job, struct result_alert *alerts, struct arena *arena)
{
	for (uint32_t i = 0; i < job->alert_count; i++) {
		const struct job_alert *alert = &job->alerts[i];
		judging->alert = alert;
		judging->fired = 0;
		judging->message[0] = '\0';
		if (alert_is_of_data(alert->kind))
			judge_data(judging);
		else
			judge_scores(judging);
		alerts[i] = (struct result_alert){
			.rule = alert->name ? arena_strdup(arena, alert->name)
					    : arena_printf(arena, "%s %g", alert_kind_names[alert->kind], alert->limit),
			.is_critical = alert->severity == ALERT_CRITICAL,
			.fired = judging->fired,
			.message = arena_strdup(arena, judging->message),
		};
		if (!alerts[i].rule || !alerts[i].message)
			return CRMVAL_ENOMEM;
	}
	return CRMVAL_OK;
}

int alerts_judge(const struct job *job, struct result *result, const struct result *before, struct arena *arena,
		 struct crmval_error *error)
{
	struct result_alert *alerts = arena_array(arena, (size_t)job->alert_count + 1, sizeof *alerts);
	struct judging *judging = calloc(1, sizeof *judging);
	int code = alerts && judging ? CRMVAL_OK : fail_memory(error);
	if (code != CRMVAL_OK || job->alert_count == 0)
		goto out;
	judging->result = result;
	judging->before = before;
	code = score_new(result, &judging->card, error);
	if (code == CRMVAL_OK && before)
		code = score_new(before, &judging->card_before, error);
	if (code == CRMVAL_OK && judge_all(judging, job, alerts, arena) != CRMVAL_OK)
		code = fail_memory(error);
	if (code == CRMVAL_OK) {
		result->alerts = alerts;
		result->alert_count = job->alert_count;
	}
	if (judging->card)
		score_free(judging->card);
	if (judging->card_before)
		score_free(judging->card_before);
out:
	free(judging);
	return code;
}

int alerts_need_before(const struct job *job)
{
	for (uint32_t i = 0; i < job->alert_count; i++)
		if (job->alerts[i].kind == ALERT_DROPPED_BY || job->alerts[i].kind == ALERT_ROWS_LOST)
			return 1;
	return job->max_rows_lost_share < 1;
}

int alerts_check_rows(const struct job *job, const struct result *result, const struct result *before,
		      struct crmval_error *error)
{
	for (uint32_t e = 0; e < result->entity_count; e++) {
		const struct result_entity *entity = &result->entities[e];
		const struct result_entity *then = entity_before(before, entity->entity);
		if (then && share_lost(entity, then) > job->max_rows_lost_share)
			return fail(
				error, CRMVAL_EDATA,
				"%s: %llu rows, and %llu in the snapshot before: more are gone than "
				"limits.rows_lost_share "
				"lets pass (%g); get a whole export, or raise the limit if they are meant to be gone",
				entity->entity, (unsigned long long)entity->rows, (unsigned long long)then->rows,
				job->max_rows_lost_share);
	}
	return CRMVAL_OK;
}

uint32_t alerts_fired(const struct result *result)
{
	uint32_t fired = 0;
	for (uint32_t i = 0; i < result->alert_count; i++)
		fired += result->alerts[i].fired > 0;
	return fired;
}

void alerts_check(const struct job *job, const struct result *result, struct problems *problems)
{
	for (uint32_t i = 0; i < job->alert_count; i++) {
		const struct job_alert *alert = &job->alerts[i];
		struct result_node node;
		char meant[160] = "";
		struct near near;
		if (alert_is_of_data(alert->kind))
			continue;
		node = result_node_find(result, alert->node);
		near_start(&near, alert->node ? alert->node : "");
		if (node.kind == RESULT_NODE_ABSENT) {
			result_node_offer(result, &near);
			if (near.best)
				snprintf(meant, sizeof meant, _("; did you mean %s?"), near.best);
			problems_add(problems, job->path, alert->line,
				     "alerts: node \"%.60s\" is no dimension, indicator or measure of this job%s",
				     alert->node, meant);
		} else if (node.kind == RESULT_NODE_DOUBTFUL) {
			problems_add(
				problems, job->path, alert->line,
				"alerts: node \"%.60s\" is more than one; write it as \"dimension.indicator.measure\"",
				alert->node);
		} else if ((alert->kind == ALERT_VALUE_BELOW || alert->kind == ALERT_VALUE_ABOVE) &&
			   node.kind != RESULT_NODE_MEASURE) {
			problems_add(problems, job->path, alert->line,
				     "alerts: %s is for a measure, which node must name",
				     alert_kind_names[alert->kind]);
		}
	}
}
