/* SPDX-License-Identifier: MIT */
/* Cells of CSV. */
#include "csv_out.h"

#include <string.h>

void csv_out_text(struct csv_out *csv, const char *text, const char *end)
{
	if (!text || !*text) {
		output_text(csv->output, end);
		return;
	}
	const char *valid = output_valid_text(text, &csv->copy);
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
	size_t length = (size_t)output_number_text(number, text);
	int is_comma = end[0] == ',' && !end[1];

	_Static_assert(OUTPUT_NUMBER_SIZE > 24 + 1, "there is room for the comma that nearly all of them end with");
	text[length] = ',';
	csv->output->used += length + (unsigned)is_comma;
	if (!is_comma)
		output_text(csv->output, end);
}
