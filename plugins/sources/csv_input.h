/* SPDX-License-Identifier: MIT */
/* A CSV file as a stream of UTF-8: decompressed, without byte order mark, converted from its encoding. */
#ifndef CSV_INPUT_H
#define CSV_INPUT_H

#include "csv_dialect.h"

struct csv_input;

/*
 * Begins to read a file.  A byte order mark tells the encoding; where there is none it is `encoding`.  The descriptor
 * and path stay the caller's, and must outlive the input.
 */
int csv_input_open(int descriptor, const char *path, const char *encoding, struct csv_input **input,
		   struct crmval_error *error);
/* As csv_input_open(), of bytes from anywhere, which are not decompressed. */
int csv_input_of_bytes(struct csv_bytes bytes, const char *path, const char *encoding, struct csv_input **input,
		       struct crmval_error *error);
void csv_input_close(struct csv_input *input);

struct csv_bytes csv_input_bytes(struct csv_input *input);

/* May the file as well be read anywhere, byte for byte: neither compressed nor in need of conversion? */
int csv_input_is_plain(const struct csv_input *input);
int csv_input_is_gzip(const struct csv_input *input);

/* Length of the byte order mark that was dropped. */
unsigned csv_input_mark(const struct csv_input *input);

/* Refuse a gzip file as soon as it has grown by more: a few bytes of it could fill any memory with rows. */
void csv_input_limit(struct csv_input *input, uint32_t max_gzip_ratio);

/* How many bytes so far were none of the encoding, which is stored too, and are U+FFFD now. */
uint64_t csv_input_invalid(const struct csv_input *input, const char **encoding);

/* Reads from a place of a file, in spite of signals.  *got is less than `room` at the end of the file only. */
int csv_pread(int descriptor, const char *path, uint64_t offset, void *to, size_t room, size_t *got,
	      struct crmval_error *error);

#endif
