/* SPDX-License-Identifier: MIT */
/* The header of a CSV file. */
#ifndef CSV_HEADER_H
#define CSV_HEADER_H

#include "csv_dialect.h"

struct csv_header {
	char **names;
	uint32_t count;
	uint64_t size;        /* bytes up to the first that is no longer of it, */
	uint64_t line;        /* which stands in this line */
	uint64_t blank_lines; /* passed over before it */
	uint8_t delimiter;    /* as the dialect says, or else as found */
};

/* Reads the first record of `bytes`, and refuses what cannot be a header; path is for messages. */
int csv_header_read(struct csv_bytes bytes, const struct csv_dialect *dialect, const char *path,
		    struct csv_header *header, struct crmval_error *error);
void csv_header_free(struct csv_header *header);

/* In which line is the quote that is never closed?  Reads all of `bytes`, which begin outside of quotes in line 1. */
int csv_open_quote(struct csv_bytes bytes, uint8_t delimiter, uint64_t *line, struct crmval_error *error);

#endif
