/* SPDX-License-Identifier: MIT */
/* The inner parts of a comparison: what belongs to what in two results, and the split of a scope. */
#ifndef COMPARE_NODES_H
#define COMPARE_NODES_H

#include "compare.h"

/* Fills change.nodes; CRMVAL_EDATA: there is nothing in common. */
int change_find_nodes(struct change *change, struct crmval_error *error);

/* Room for all that change_split() needs. */
int change_make_room(struct change *change, struct crmval_error *error);

/* Fills change.parts and the changes of nodes, not rounded, from the scores that the nodes have. */
void change_split(struct change *change, int breakdown, struct change_unit unit);

#endif
