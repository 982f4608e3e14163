/* SPDX-License-Identifier: MIT */
/* Writing CSV (RFC 4180) that spreadsheets may open: no text becomes a formula. */
#ifndef CSV_OUT_H
#define CSV_OUT_H

#include "output.h"

struct csv_out {
	struct output *output;
	char *copy; /* of the last text that was not UTF-8; the owner frees it */
	int is_out_of_memory;
};

/*
 * A text, NULL as "", and what ends the cell: "," or "\r\n".  One that a spreadsheet would take for a formula gets an
 * apostrophe before it; numbers never pass through here.
 */
void csv_out_text(struct csv_out *csv, const char *text, const char *end);

/* NaN: nothing. */
void csv_out_number(struct csv_out *csv, double number, const char *end);

#endif
