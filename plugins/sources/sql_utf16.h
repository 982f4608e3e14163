/* SPDX-License-Identifier: MIT */
/* UTF-16, which ODBC speaks, and UTF-8. */
#ifndef SQL_UTF16_H
#define SQL_UTF16_H

#include <stddef.h>
#include <stdint.h>

/* Writes at most 3 bytes per unit; returns how many.  Half a character becomes U+FFFD. */
size_t sql_utf16_to_utf8(char *to, const uint16_t *from, size_t units);
/* Valid UTF-8 to a text that ends in 0, of at most a unit per byte and one; returns its units without the 0. */
size_t sql_utf16_from_utf8(uint16_t *to, const char *from);

#endif
