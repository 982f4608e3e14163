/* SPDX-License-Identifier: MIT */
/* The common forms of cells, without a jump that depends on what is in them: in a column, next to all are of these. */
#ifndef CELL_PLAIN_H
#define CELL_PLAIN_H

#include "window.h"

#include <stdint.h>
#include <string.h>

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define CELL_ZEROS UINT64_C(0x3030303030303030)

/* The high bits of bytes that are no digits, of eight from which '0' was taken by exclusive or. */
static inline uint64_t cell_not_digits(uint64_t bytes)
{
	return (bytes | (bytes + UINT64_C(0x7676767676767676))) & UINT64_C(0x8080808080808080);
}

/* Days of each month, but for the leap day: that is for others to tell. */
static const uint8_t cell_month_days[256] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

/* YYYY-MM-DD and nothing else, eight bytes at a time: digits become 0 to 9, the hyphens 0.  0: it is something else. */
static inline int cell_plain_date(const char *text, int32_t *day)
{
	const uint64_t hyphens = UINT64_C(0x0000ff0000ff0000), hyphen = '-' ^ '0';
	unsigned first = (unsigned char)(text[0] - '0'), second = (unsigned char)(text[1] - '0');
	uint64_t rest;
	memcpy(&rest, text + 2, sizeof rest);
	rest ^= CELL_ZEROS ^ (hyphen << 16 | hyphen << 40);
	uint64_t pairs = rest * 10 + (rest >> 8); /* of bytes 0, 3 and 6 */
	unsigned year = first * 1000 + second * 100 + (unsigned)(pairs & 0xff);
	unsigned month = (unsigned)(pairs >> 24 & 0xff), of_month = (unsigned)(pairs >> 48 & 0xff);
	int is_one = !(cell_not_digits(rest) | (rest & hyphens)) & (first <= 9) & (second <= 9) & (year > 0) &
		     (of_month - 1 < cell_month_days[month]);
	*day = days_from_civil((int)year, month, of_month);
	return is_one;
}

/* "true" or "false", as most write it, of five bytes or four.  0: it is something else. */
static inline int cell_plain_flag(const char *text, uint32_t length, int8_t *value)
{
	uint32_t word, is_true, is_false;
	memcpy(&word, text, sizeof word);
	memcpy(&is_true, "true", sizeof is_true);
	memcpy(&is_false, "fals", sizeof is_false);
	is_true = (word == is_true) & (length == 4);
	is_false = (word == is_false) & (text[length - 1] == 'e') & (length == 5);
	*value = (int8_t)is_true;
	return (int)(is_true | is_false);
}
#else
static inline int cell_plain_date(const char *text, int32_t *day)
{
	(void)text, (void)day;
	return 0;
}

static inline int cell_plain_flag(const char *text, uint32_t length, int8_t *value)
{
	(void)text, (void)length, (void)value;
	return 0;
}
#endif

#endif
