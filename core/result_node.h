/* SPDX-License-Identifier: MIT */
/* Nodes of a result by name: the overall score, a dimension, an indicator, a measure. */
#ifndef RESULT_NODE_H
#define RESULT_NODE_H

#include "near.h"
#include "score.h"

enum result_node_kind {
	RESULT_NODE_ABSENT,
	RESULT_NODE_DOUBTFUL, /* more than one has the name */
	RESULT_NODE_OVERALL,
	RESULT_NODE_DIMENSION,
	RESULT_NODE_INDICATOR,
	RESULT_NODE_MEASURE
};

struct result_node {
	enum result_node_kind kind;
	uint32_t dimension, indicator; /* of all below the overall score; the indicator within its dimension */
	uint32_t measure;              /* place in result.measures */
};

/*
 * By name: NULL or "overall"; "deal_control", "deal_control.conversion", "deal_control.conversion.approved_to_won"; or the
 * last part alone, where only one node has it.
 */
struct result_node result_node_find(const struct result *result, const char *name);

/* The node of another result that has the same ids. */
struct result_node result_node_match(const struct result *result, struct result_node node, const struct result *other);

/* Title of a node that is there, in the result's language. */
const char *result_node_title(const struct result *result, struct result_node node);

/* Of a card that was filled from the result. */
const struct score *result_node_score(const struct scorecard *card, struct result_node node);

/* A measure's value in the period; NaN: it has none, or the node is no measure. */
double result_node_value(const struct scorecard *card, struct result_node node);

/* Offers all names. */
void result_node_offer(const struct result *result, struct near *near);

#endif
