/* SPDX-License-Identifier: MIT */
/* The encoding of cells, where it is one that leaves ASCII as it is: telling which, and making UTF-8 of them. */
#ifndef CSV_TEXT_H
#define CSV_TEXT_H

#include <stddef.h>
#include <stdint.h>

enum csv_text {
	CSV_TEXT_AS_IS,   /* handed over without a look */
	CSV_TEXT_UTF8,    /* as is; cells that were encoded twice are counted */
	CSV_TEXT_WINDOWS, /* windows-1252, made UTF-8; cells that were UTF-8 before are counted */
	CSV_TEXT_UNKNOWN  /* UTF-8 or windows-1252, as a guess will say; ASCII so far */
};

#define CSV_TEXT_GROWTH 3 /* bytes of UTF-8 to one of windows-1252, at most */

/* A reader of UTF-8, byte by byte: what may come next.  All 0 is between two characters. */
struct csv_utf8 {
	uint8_t needed, least, most;
};

/*
 * The encoding of a file, told by its bytes as they come: UTF-8 if the 1 MiB from its first byte beyond ASCII on is,
 * else windows-1252.  The same file gives the same answer in pieces of any size.
 */
struct csv_guess {
	enum csv_text text; /* CSV_TEXT_UNKNOWN until it is told */
	int has_begun;      /* there was a byte beyond ASCII */
	size_t left;        /* of the bytes to look at */
	struct csv_utf8 utf8;
};

void csv_guess_start(struct csv_guess *guess);
void csv_guess_feed(struct csv_guess *guess, const uint8_t *bytes, size_t size);
/* There is no more to feed. */
void csv_guess_end(struct csv_guess *guess);

int csv_text_is_ascii(const uint8_t *bytes, size_t size);

/* Was this cell, which is not ASCII, encoded twice? */
int csv_text_is_twice(enum csv_text text, const uint8_t *bytes, size_t size);

/* Makes UTF-8 of windows-1252; `to` has room for CSV_TEXT_GROWTH times the size.  Returns the size of it. */
size_t csv_text_from_windows(const uint8_t *bytes, size_t size, uint8_t *to);

#endif
