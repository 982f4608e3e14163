/* SPDX-License-Identifier: MIT */
/* The dimensions of a job: which count how much, and how their measures are scored. */
#include "job_sections.h"

#include "job_options.h"
#include "text.h"

#include <math.h>
#include <string.h>

/* Weights beyond it serve nothing, and their sums might overflow. */
static const double weight_limit = 1e9;

static void check_weight(struct checker *c, const struct job_node *group, double *weight)
{
	const struct job_node *node = node_get(group, "weight");
	if (node)
		check_number(c, node, 0, weight_limit, weight);
}

/* ---- without the plugin ---- */

static void read_dimension(struct checker *c, struct job_node *group)
{
	static const char *const keys[] = {"plugin", "weight", "params", "indicators", "measures", NULL};
	const struct job_node *plugin = node_get(group, "plugin");
	struct job_dimension dimension = {.line = group->line, .weight = 1, .setting = group};
	if (!check_group(c, group))
		return;
	check_keys(c, group, keys);
	check_weight(c, group, &dimension.weight);
	if (!plugin)
		check_missing(c, group, "plugin", "name the dimension, as in plugin = \"deal_control\"");
	if (!plugin || !check_plugin_name(c, plugin, &dimension.plugin))
		return;
	for (uint32_t i = 0; i < c->job->dimension_count; i++)
		if (strcmp(c->job->dimensions[i].plugin, dimension.plugin) == 0) {
			check_problem(c, plugin, "the dimension %s stands here twice; join the two", dimension.plugin);
			return;
		}
	c->job->dimensions[c->job->dimension_count++] = dimension;
}

void job_dimensions_read(struct checker *c, const struct job_node *root)
{
	const struct job_node *list = node_get(root, "dimensions");
	double sum = 0;
	if (!list ||
	    !check_list(c, list, 1, "write ( { plugin = \"deal_control\"; }, ... ), or leave it out for all five") ||
	    !(c->job->dimensions = check_array(c, list->count, sizeof *c->job->dimensions)))
		return;
	for (struct job_node *node = list->first; node; node = node->next)
		read_dimension(c, node);
	for (uint32_t i = 0; i < c->job->dimension_count; i++)
		sum += c->job->dimensions[i].weight;
	if (c->job->dimension_count > 0 && sum == 0)
		check_problem(c, list, "all weights are 0; give one dimension at least a weight above 0");
}

/* ---- with the plugin ---- */

struct binding {
	struct checker *c;
	const struct crmval_dimension *table;
	struct job_dimension *bound;
	const struct job_node **settings; /* one per measure: where the job sets it, or NULL */
};

static int find_indicator(const struct crmval_dimension *table, const char *id)
{
	for (uint32_t i = 0; i < table->indicator_count; i++)
		if (strcmp(table->indicators[i].id, id) == 0)
			return (int)i;
	return -1;
}

static int find_measure(const struct crmval_dimension *table, const char *id)
{
	for (uint32_t i = 0; i < table->measure_count; i++)
		if (strcmp(table->measures[i].id, id) == 0)
			return (int)i;
	return -1;
}

/* The points of a scale, checked as one: x strictly rising, y monotone. */
static int check_points(struct checker *c, const struct job_node *list, const struct crmval_point *points)
{
	int rises = 0, falls = 0;
	const struct job_node *node = list->first;
	for (uint32_t i = 1; i < list->count; i++) {
		node = node->next;
		double step = points[i].x - points[i - 1].x;
		if (!(step > 0) || !isfinite(step)) {
			check_problem(c, node,
				      "x must rise from point to point, but %.15g follows %.15g; put the "
				      "points in order",
				      points[i].x, points[i - 1].x);
			return 0;
		}
		rises |= points[i].y > points[i - 1].y;
		falls |= points[i].y < points[i - 1].y;
		if (rises && falls) {
			check_problem(c, node,
				      "y must only rise or only fall, but %.15g follows %.15g against the "
				      "points before; a scale has one direction",
				      points[i].y, points[i - 1].y);
			return 0;
		}
	}
	return 1;
}

static void read_scale(struct checker *c, const struct job_node *list, struct job_measure *measure)
{
	static const char advice[] = N_("write ( (X, Y), (X, Y), ... ), two points at least");
	if (!check_list(c, list, 2, advice))
		return;
	struct crmval_point *points = check_array(c, list->count, sizeof *points);
	uint32_t good = 0;
	if (!points)
		return;
	for (const struct job_node *node = list->first; node; node = node->next) {
		if (!check_list(c, node, 2, "write (X, Y)"))
			continue;
		if (node->count > 2) {
			check_problem(c, node, "has %u elements and needs 2; write (X, Y)", node->count);
			continue;
		}
		good += check_number(c, node->first, -HUGE_VAL, HUGE_VAL, &points[good].x) &
			check_number(c, node->last, 0, 100, &points[good].y);
	}
	if (good == list->count && check_points(c, list, points)) {
		measure->scale = points;
		measure->scale_count = good;
	}
}

static void read_measure(struct checker *c, const struct job_node *group, struct job_measure *measure)
{
	static const char *const keys[] = {"weight", "basis", "scale", "baseline", NULL};
	static const char *const bases[] = {"value", "growth", "change", NULL};
	const struct job_node *basis = node_get(group, "basis"), *scale = node_get(group, "scale"),
			      *baseline = node_get(group, "baseline");
	int place;
	check_keys(c, group, keys);
	check_weight(c, group, &measure->weight);
	if (basis && check_word(c, basis, bases, &place))
		measure->basis = (int[]){CRMVAL_VALUE, CRMVAL_GROWTH, CRMVAL_CHANGE}[place];
	if (scale)
		read_scale(c, scale, measure);
	if (baseline)
		check_number(c, baseline, -HUGE_VAL, HUGE_VAL, &measure->baseline);
}

/* A `measures` group: the dimension's own (indicator NULL), or that of one indicator. */
static void bind_measures(struct binding *b, const struct job_node *group, const char *indicator)
{
	if (!group || !check_group(b->c, group))
		return;
	for (const struct job_node *node = group->first; node; node = node->next) {
		int place = find_measure(b->table, node->name);
		const struct crmval_measure *measure = &b->table->measures[place < 0 ? 0 : place];
		if (place < 0) {
			struct near near;
			near_start(&near, node->name);
			for (uint32_t i = 0; i < b->table->measure_count; i++)
				near_offer(&near, b->table->measures[i].id);
			check_unknown(b->c, node, _("is no measure of this dimension"), &near);
		} else if (indicator && strcmp(measure->indicator, indicator) != 0) {
			check_problem(b->c, node, "is a measure of the indicator %s; move it there",
				      measure->indicator);
		} else if (b->settings[place]) {
			check_problem(b->c, node, "is set in its indicator, too; join the two");
		} else if (check_group(b->c, node)) {
			b->settings[place] = node;
			read_measure(b->c, node, &b->bound->measures[place]);
		}
	}
}

static void bind_indicators(struct binding *b, const struct job_node *group)
{
	static const char *const keys[] = {"weight", "measures", NULL};
	if (!group || !check_group(b->c, group))
		return;
	for (const struct job_node *node = group->first; node; node = node->next) {
		int place = find_indicator(b->table, node->name);
		if (place < 0) {
			struct near near;
			near_start(&near, node->name);
			for (uint32_t i = 0; i < b->table->indicator_count; i++)
				near_offer(&near, b->table->indicators[i].id);
			check_unknown(b->c, node, _("is no indicator of this dimension"), &near);
		} else if (check_group(b->c, node)) {
			check_keys(b->c, node, keys);
			check_weight(b->c, node, &b->bound->indicator_weights[place]);
			bind_measures(b, node_get(node, "measures"), node->name);
		}
	}
}

static int has_scale(const struct crmval_measure *table, const struct job_measure *bound)
{
	int basis = bound->basis ? bound->basis : table->basis;
	return bound->scale_count > 0 || basis != CRMVAL_VALUE || table->scale_count > 0 ||
	       (table->flags & CRMVAL_SHARE) != 0;
}

/* What only shows when all of the section was read. */
static void check_whole(struct binding *b, const struct job_node *group)
{
	double sum = 0;
	for (uint32_t i = 0; i < b->table->indicator_count; i++) {
		const char *id = b->table->indicators[i].id;
		double measure_sum = 0;
		uint32_t count = 0;
		for (uint32_t k = 0; k < b->table->measure_count; k++) {
			double weight = b->bound->measures[k].weight;
			if (strcmp(b->table->measures[k].indicator, id) != 0)
				continue;
			measure_sum += isnan(weight) ? 1 : weight;
			count++;
		}
		if (count > 0 && measure_sum == 0)
			check_problem(b->c, group, "all measures of %s have weight 0; set the weight of %s itself to 0",
				      id, id);
		sum += b->bound->indicator_weights[i];
	}
	if (b->table->indicator_count > 0 && sum == 0)
		check_problem(b->c, group, "all indicators have weight 0; set the weight of the dimension itself to 0");
	for (uint32_t k = 0; k < b->table->measure_count; k++) {
		const struct job_measure *bound = &b->bound->measures[k];
		if (!has_scale(&b->table->measures[k], bound) && bound->weight != 0 &&
		    !node_get(b->settings[k], "scale"))
			check_problem(
				b->c, b->settings[k] ? b->settings[k] : group,
				"the measure %s is scored by its value, for which it has no scale; write scale = ( "
				"(X, Y), (X, Y) ) in measures.%s",
				b->table->measures[k].id, b->table->measures[k].id);
	}
}

void job_bind_dimension(struct job *job, uint32_t i, const struct crmval_dimension *dimension,
			struct problems *problems)
{
	static const char *const no_keys[] = {NULL};
	struct checker c = checker_of(job, problems);
	struct job_dimension *bound = &job->dimensions[i];
	const struct job_node *group = bound->setting;
	struct binding b = {.c = &c, .table = dimension, .bound = bound};
	bound->parameters = options_bind(&c, node_get(group, "params"), group, dimension->parameters,
					 dimension->parameter_count, no_keys);
	bound->indicator_weights = check_array(&c, dimension->indicator_count, sizeof *bound->indicator_weights);
	bound->measures = check_array(&c, dimension->measure_count, sizeof *bound->measures);
	b.settings = check_array(&c, dimension->measure_count, sizeof *b.settings);
	if (!c.is_full) {
		for (uint32_t k = 0; k < dimension->indicator_count; k++)
			bound->indicator_weights[k] = 1;
		for (uint32_t k = 0; k < dimension->measure_count; k++)
			bound->measures[k] = (struct job_measure){.weight = NAN, .baseline = NAN};
		bind_indicators(&b, node_get(group, "indicators"));
		bind_measures(&b, node_get(group, "measures"), NULL);
		check_whole(&b, group);
	}
	check_memory(&c);
}
