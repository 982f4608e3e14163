/* SPDX-License-Identifier: MIT */
/* Where a report goes: a stream that remembers its first error, and the texts that all reports share. */
#ifndef OUTPUT_H
#define OUTPUT_H

#include "crmval/plugin.h"

#include <stdio.h>
#include <string.h>

struct output {
	FILE *stream;
	int failure; /* errno of the first write that failed; nothing is written after it */
	size_t used;
	char buffer[16384]; /* reports come in very small pieces, and the stream takes a lock for each */
};

/* Writes what is in the buffer; and after it what would have no room in it. */
void output_empty(struct output *output);
void output_many(struct output *output, const char *bytes, size_t length);

static inline void output_bytes(struct output *output, const char *bytes, size_t length)
{
	if (length > sizeof output->buffer - output->used)
		output_empty(output);
	if (length > sizeof output->buffer) {
		output_many(output, bytes, length);
		return;
	}
	memcpy(output->buffer + output->used, bytes, length);
	output->used += length;
}

static inline void output_text(struct output *output, const char *text)
{
	output_bytes(output, text, strlen(text));
}

/* Room for `length` bytes, few, that the caller fills; used is raised by as many as it did. */
static inline char *output_room(struct output *output, size_t length)
{
	if (length > sizeof output->buffer - output->used)
		output_empty(output);
	return output->buffer + output->used;
}

/* Why a stream could not be written, by its errno; CRMVAL_EIO. */
int output_failed(const FILE *stream, int number, struct crmval_error *error);

/* Flushes; CRMVAL_EIO if anything could not be written. */
int output_finish(struct output *output, struct crmval_error *error);

/* The shortest text that reads back as the same double; "" for NaN.  Returns its length. */
#define OUTPUT_NUMBER_SIZE 48
int output_number_text(double number, char text[OUTPUT_NUMBER_SIZE]);

/*
 * A text made fit for a reader: bytes that are not UTF-8 become U+FFFD.  Gives the text itself, or a copy in *copy, which
 * is the caller's to free and may be handed in again; NULL: out of memory.
 */
const char *output_valid_text(const char *text, char **copy);

#endif
