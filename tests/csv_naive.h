/* SPDX-License-Identifier: MIT */
/* A second reader of CSV, as simple as can be, to hold the real one against. */
#ifndef CSV_NAIVE_H
#define CSV_NAIVE_H

#include <stddef.h>
#include <stdint.h>

struct naive_limits {
	size_t field, row, columns, header;
};

/*
 * Reads a whole file of UTF-8 without byte order mark, and tells in text what is in it, as csv_trial_run() does of the
 * real reader.  Where it refuses the header, that is all it tells: "refused".  `first` is the offset of the first byte,
 * for messages.  The text is the caller's to free.
 */
char *naive_read(const uint8_t *bytes, size_t size, char delimiter, const struct naive_limits *limits, uint64_t first,
		 size_t *length);

#endif
