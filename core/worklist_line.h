/* SPDX-License-Identifier: MIT */
/* An item of a work list in words. */
#ifndef WORKLIST_LINE_H
#define WORKLIST_LINE_H

#include "worklist.h"

struct worklist_line {
	const char *entity, *id, *name;
	const char *owner, *owner_name, *team;
	char *measures;  /* in which it is short: "network_completeness 4/6; network_accuracy 2/4" */
	char *missing;   /* what to fill in: "email or phone; verified_on = 2025-12-31" */
	char *wrong;     /* what to correct */
	char *elsewhere; /* the same of other rows, which this one is judged by: "max(relationship.level) = 5" */
	char *beyond;    /* measures that no value of a field mends */
	char *reaches;   /* mended fields that other rows are judged by, too */
};

int worklist_line_of(const struct worklist *list, const struct worklist_item *item, struct worklist_line *line,
		     struct crmval_error *error);
void worklist_line_free(struct worklist_line *line);

#endif
