/* SPDX-License-Identifier: MIT */
/* Cells of CSV. */
#include "csv_out.h"

#include <string.h>

void csv_out_text(struct csv_out *csv, const char *text, const char *end)
{
	const char *valid = output_valid_text(text ? text : "", &csv->copy);

	if (!valid) {
		csv->is_out_of_memory = 1;
		valid = "";
	}
	int is_formula = *valid && strchr("=+-@\t\r", *valid);
	if (!valid[strcspn(valid, ",\"\r\n")]) {
		output_text(csv->output, is_formula ? "'" : "");
		output_text(csv->output, valid);
	} else {
		output_text(csv->output, is_formula ? "\"'" : "\"");
		for (const char *quote; (quote = strchr(valid, '"')); valid = quote + 1) {
			output_bytes(csv->output, valid, (size_t)(quote - valid));
			output_text(csv->output, "\"\"");
		}
		output_text(csv->output, valid);
		output_text(csv->output, "\"");
	}
	output_text(csv->output, end);
}

void csv_out_number(struct csv_out *csv, double number, const char *end)
{
	char *text = output_room(csv->output, OUTPUT_NUMBER_SIZE);

	csv->output->used += (size_t)output_number_text(number, text);
	output_text(csv->output, end);
}
