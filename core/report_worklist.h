/* SPDX-License-Identifier: MIT */
/* A work list, written for people and spreadsheets. */
#ifndef REPORT_WORKLIST_H
#define REPORT_WORKLIST_H

#include "report.h"
#include "worklist.h"

/*
 * All items, or those of one owner (as unit_name() has it, the unit's number; -1: all).  FORMAT_CSV, _JSON, _TEXT or
 * _HTML.
 */
int report_worklist(const struct worklist *list, int64_t owner, enum job_format format, struct output *output,
		    const struct report_style *style, struct crmval_error *error);

#endif
