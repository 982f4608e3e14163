/* SPDX-License-Identifier: MIT */
/* Reading cells: the one place where text becomes a day, a number, a flag, or an answer about its syntax. */
#ifndef CELL_H
#define CELL_H

#include <stdint.h>

enum cell_state { CELL_OK, CELL_MISSING, CELL_UNREADABLE };

/* Cuts ASCII white space at both ends; afterwards *length 0 means missing. */
static inline void cell_trim(const char **text, uint32_t *length)
{
	const char *start = *text, *end = start + *length;
	/* Most begin and end with something else. */
	if (start < end && (unsigned char)*start > ' ' && (unsigned char)end[-1] > ' ')
		return;
	while (start < end && (*start == ' ' || (*start >= '\t' && *start <= '\r')))
		start++;
	while (end > start && (end[-1] == ' ' || (end[-1] >= '\t' && end[-1] <= '\r')))
		end--;
	*text = start;
	*length = (uint32_t)(end - start);
}

/* Numbers at or past this magnitude are unreadable: no CRM holds them, and exact sums need a bound. */
#define CELL_NUMBER_LIMIT 0x1p63

/* All take a raw cell, trim it, and leave *value alone unless CELL_OK. */
enum cell_state cell_date(const char *text, uint32_t length, int32_t *day);
/* format as in strptime(3), in the C locale; what follows may be a time and a zone, as of any date. */
enum cell_state cell_date_as(const char *text, uint32_t length, const char *format, int32_t *day);
enum cell_state cell_number(const char *text, uint32_t length, double *value);
enum cell_state cell_flag(const char *text, uint32_t length, int8_t *value);

/* Of a trimmed text: is it an e-mail address, a phone number, by its syntax? */
int cell_is_email(const char *text, uint32_t length);
int cell_is_phone(const char *text, uint32_t length);

#endif
