/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a CSV file: the source plugin must tell the same as the naive reader, in chunks of any size, from one or
 * several threads, and read as a stream.  The first four bytes of the input choose how; the rest is the file.
 */
#include "../csv_naive.h"
#include "../csv_trial.h"
#include "input.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum { SETTINGS = 4 };

/* Bytes of ISO-8859-1 as UTF-8. */
static uint8_t *from_latin(const uint8_t *bytes, size_t size, size_t *length)
{
	uint8_t *to = malloc(2 * size + 1);
	*length = 0;
	for (size_t i = 0; i < size; i++) {
		if (bytes[i] >= 0x80)
			to[(*length)++] = 0xc0 | bytes[i] >> 6;
		to[(*length)++] = bytes[i] < 0x80 ? bytes[i] : 0x80 | (bytes[i] & 0x3f);
	}
	return to;
}

static int starts_with(const uint8_t *bytes, size_t size, const char *what, size_t length)
{
	return size >= length && !memcmp(bytes, what, length);
}

/* Only the program itself may crash: the naive reader knows nothing of these. */
static int is_beyond_naive(const uint8_t *bytes, size_t size)
{
	return starts_with(bytes, size, "\x1f\x8b", 2) || starts_with(bytes, size, "\xff\xfe", 2) ||
	       starts_with(bytes, size, "\xfe\xff", 2) || starts_with(bytes, size, "\0\0\xfe\xff", 4) ||
	       starts_with(bytes, size, "\x84\x31\x95\x33", 4);
}

static void compare(const char *expected, size_t length, const struct csv_trial *trial)
{
	if (!strcmp(expected, "refused\n") && starts_with((uint8_t *)trial->text, trial->size, "refused", 7))
		return;
	if (length == trial->size && !memcmp(expected, trial->text, length) && trial->rows <= trial->plan.rows_at_most)
		return;
	fprintf(stderr, "expected:\n%.*s\nis, by chunks of %.0f and status %d %s:\n%.*s\n", (int)length, expected,
		trial->chunk, trial->status, trial->error.message, (int)trial->size, trial->text);
	abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const char *const delimiters[] = {",", ";", "tab", "|"};
	static const double chunks[] = {64, 128, 192, 4096};
	static const double limits[] = {1 << 24, 5, 20, 100};
	if (size < SETTINGS)
		return 0;
	const char *files[] = {input_file(bytes + SETTINGS, size - SETTINGS), NULL};
	const char *delimiter = delimiters[bytes[0] % 4];
	int is_latin = bytes[3] & 1;
	struct csv_trial trial = {.plugin = &crmval_plugin_v1,
				  .files = files,
				  .delimiter = delimiter,
				  .encoding = is_latin ? "ISO-8859-1" : "UTF-8",
				  .chunk = chunks[bytes[1] % 4],
				  .max_field = limits[bytes[2] % 4],
				  .max_row = limits[bytes[2] / 4 % 4],
				  .max_header = 4096,
				  .threads = bytes[3] & 14 ? 1 : 3};
	bytes += SETTINGS;
	size -= SETTINGS;
	csv_trial_run(&trial);
	if (!is_beyond_naive(bytes, size)) {
		int has_mark = starts_with(bytes, size, "\xef\xbb\xbf", 3);
		struct naive_limits naive = {(size_t)trial.max_field, (size_t)trial.max_row, 4096, 4096};
		size_t length = size, told;
		uint8_t *text = NULL;
		if (has_mark)
			bytes += 3, length -= 3;
		else if (is_latin)
			bytes = text = from_latin(bytes, size, &length);
		char *expected = naive_read(bytes, length, !strcmp(delimiter, "tab") ? '\t' : *delimiter, &naive,
					    has_mark ? 3 : 0, &told);
		compare(expected, told, &trial);
		free(expected);
		free(text);
	}
	csv_trial_free(&trial);
	return 0;
}
