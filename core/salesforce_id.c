/* SPDX-License-Identifier: MIT */
/* Two look-ups a character: every id and every reference of an export passes here. */
#include "salesforce_id.h"

#include <string.h>

enum { PLAIN = 15, FULL = 18, GROUP = 5 };

/* 0: neither letter nor digit; else 1, or 3 for a capital. */
static const uint8_t classes[256] = {
	['0' ... '9'] = 1,
	['a' ... 'z'] = 1,
	['A' ... 'Z'] = 3,
};

static const char check_characters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";

static int is_alphanumeric(const char *text, uint32_t length)
{
	uint8_t all = 1;
	for (uint32_t i = 0; i < length; i++)
		all &= classes[(unsigned char)text[i]];
	return all;
}

/* The check character of five: a bit for each capital, the first the lowest. */
static char check_of(const char *group)
{
	unsigned bits = 0;
	for (unsigned i = 0; i < GROUP; i++)
		bits |= (unsigned)(classes[(unsigned char)group[i]] >> 1) << i;
	return check_characters[bits];
}

enum cell_state salesforce_id_read(const char **text, uint32_t *length, char buffer[18])
{
	const char *id = *text;
	if ((*length != PLAIN && *length != FULL) || !is_alphanumeric(id, *length))
		return CELL_OK;
	const char check[FULL - PLAIN] = {check_of(id), check_of(id + GROUP), check_of(id + 2 * GROUP)};
	if (*length == FULL && memcmp(id + PLAIN, check, sizeof check) != 0)
		return CELL_UNREADABLE;
	if (memcmp(id, "000000000000000", PLAIN) == 0)
		return CELL_MISSING;
	if (*length == PLAIN) {
		memcpy(buffer, id, PLAIN);
		memcpy(buffer + PLAIN, check, sizeof check);
		*text = buffer;
		*length = FULL;
	}
	return CELL_OK;
}
