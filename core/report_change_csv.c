/* SPDX-License-Identifier: MIT */
/* Why the score moved, as CSV in long form: a row for the scores of each node of each scope, and one for each part. */
#include "report_change.h"

#include "compare_units.h"
#include "csv_out.h"
#include "error.h"

#include <stdlib.h>

enum { OLD, NEW };

static const char header[] = "breakdown,unit,dimension,indicator,measure,effect,from,to,points,low,high,verdict,"
			     "dimension_points,indicator_points,measure_points\r\n";

struct scope {
	struct csv_out csv;
	const char *breakdown, *unit;
};

static void put_place(struct scope *scope, const struct change_node *node, const char *effect)
{
	struct csv_out *csv = &scope->csv;

	csv_out_text(csv, scope->breakdown, ",");
	csv_out_text(csv, scope->unit, ",");
	for (int level = CHANGE_DIMENSION; level < CHANGE_LEVELS; level++)
		csv_out_text(csv, report_change_id(node, (enum change_level)level), ",");
	csv_out_text(csv, effect, ",");
}

/* The columns from points on. */
static void put_points(struct scope *scope, const struct estimate points[CHANGE_LEVELS])
{
	struct csv_out *csv = &scope->csv;

	csv_out_number(csv, points[CHANGE_OVERALL].value, ",");
	csv_out_number(csv, report_change_low(points[CHANGE_OVERALL]), ",");
	csv_out_number(csv, report_change_high(points[CHANGE_OVERALL]), ",");
	csv_out_text(csv, report_change_verdict(points[CHANGE_OVERALL]), ",");
	csv_out_number(csv, points[CHANGE_DIMENSION].value, ",");
	csv_out_number(csv, points[CHANGE_INDICATOR].value, ",");
	csv_out_number(csv, points[CHANGE_MEASURE].value, "\r\n");
}

/* A node's scores; its own change stands under the points of its level. */
static void put_node(struct scope *scope, const struct change_node *node)
{
	struct estimate points[CHANGE_LEVELS] = {node->points, estimate_none, estimate_none, estimate_none};

	points[node->level] = node->change;
	put_place(scope, node, "score");
	for (int side = OLD; side <= NEW; side++)
		csv_out_number(&scope->csv, node->score[side] ? node->score[side]->score : NAN, ",");
	put_points(scope, points);
}

static void put_scope(struct scope *scope, const struct change *change)
{
	for (uint32_t n = 0; n < change->node_count; n++)
		put_node(scope, &change->nodes[n]);
	for (uint32_t i = 0; i < change->part_count; i++) {
		const struct change_part *part = &change->parts[i];
		put_place(scope, part->node, change_effect_names[part->effect]);
		csv_out_number(&scope->csv, part->numbers[OLD], ",");
		csv_out_number(&scope->csv, part->numbers[NEW], ",");
		put_points(scope, part->points);
	}
}

static int put_breakdown(struct scope *scope, struct change *change, int breakdown, struct crmval_error *error)
{
	struct moved_units moved;
	int status = change_rank_units(change, breakdown, &moved, error);

	if (status)
		return status;
	scope->breakdown = breakdown_names[breakdown];
	for (uint32_t u = 0; u < moved.count && !scope->csv.output->failure; u++) {
		change_scope(change, breakdown, moved.units[u].unit);
		scope->unit = moved.units[u].unit.name;
		put_scope(scope, change);
	}
	free(moved.units);
	return CRMVAL_OK;
}

int report_change_csv(struct change *change, struct output *output, struct crmval_error *error)
{
	struct scope scope = {.csv = {.output = output}};
	int status = CRMVAL_OK;

	output_text(output, header);
	put_scope(&scope, change);
	for (int b = 0; b < BREAKDOWN_COUNT && !status; b++)
		if (change_has_breakdown(change, b))
			status = put_breakdown(&scope, change, b, error);
	free(scope.csv.copy);
	return status ? status : scope.csv.is_out_of_memory ? fail_memory(error) : CRMVAL_OK;
}
