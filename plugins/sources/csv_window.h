/* SPDX-License-Identifier: MIT */
/* A window over the bytes of a CSV file: what was read of them, and where its structure lies. */
#ifndef CSV_WINDOW_H
#define CSV_WINDOW_H

#include "csv_dialect.h"
#include "csv_scan.h"

struct csv_window {
	const struct csv_scanner *scanner;
	struct csv_bytes source;
	uint8_t delimiter;
	uint8_t *buffer;
	size_t capacity;
	size_t begin, filled; /* the window is buffer[begin] .. buffer[filled]; the byte before it is there too */
	int at_end;           /* there is no more; the last record has its line end, even where the file has none */
	struct csv_word *words;
	size_t word_capacity;
	size_t scanned;                 /* bytes that words cover, of which */
	size_t settled;                 /* so many have words that know quotes which are data from others */
	enum csv_state first;           /* quoting at the first byte */
	enum csv_state state;           /* quoting behind the last byte settled */
	struct csv_found found;         /* of the bytes scanned last */
	int has_quote, has_nul, has_cr; /* of all bytes scanned */
	int is_broken;                  /* there is text after a closing quote */
	uint64_t line, offset;          /* of the first byte */
	size_t counted;         /* words whose lines were counted when a line was last asked for: places mostly rise, */
	uint64_t lines_counted; /* so that counting goes on from there */
};

void csv_window_free(struct csv_window *window);

/* Starts on a source.  has_previous: the first byte that it gives is the one before the window. */
int csv_window_start(struct csv_window *window, const struct csv_scanner *scanner, struct csv_bytes source,
		     uint8_t delimiter, int has_previous, struct crmval_error *error);

/* Leaves room in front of a window that holds nothing yet, for csv_window_prepend() to be quick. */
int csv_window_leave(struct csv_window *window, size_t room, struct crmval_error *error);

/* Puts bytes in front of a window of which nothing is scanned.  The first of them is the byte before it from now on. */
int csv_window_prepend(struct csv_window *window, const uint8_t *bytes, size_t size, struct crmval_error *error);

/* Where the last record that ends in the bytes scanned and settled ends; 0: none does. */
size_t csv_window_last_end(const struct csv_window *window);

/* Reads on until the window holds `size` bytes or is at its end. */
int csv_window_fill(struct csv_window *window, size_t size, struct crmval_error *error);

/* Finds the structure of the bytes up to `to`: a multiple of CSV_WORD, or the end of the last bytes there are. */
int csv_window_scan(struct csv_window *window, size_t to, struct crmval_error *error);

/* Given the quoting at the first byte that is scanned but not settled, settles which quotes count, and moves on. */
void csv_window_settle(struct csv_window *window, enum csv_state state);

/* Lets the window begin `size` bytes later, with nothing scanned and the quoting as it was settled to. */
void csv_window_advance(struct csv_window *window, size_t size);

/* The line in which a byte of the window stands. */
uint64_t csv_window_line(struct csv_window *window, size_t place);

static inline uint8_t *csv_window_bytes(const struct csv_window *window)
{
	return window->buffer + window->begin;
}

static inline size_t csv_window_size(const struct csv_window *window)
{
	return window->filled - window->begin;
}

#endif
