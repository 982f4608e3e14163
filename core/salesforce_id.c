/* SPDX-License-Identifier: MIT */
/* Eight characters at a time: every id and every reference of an export passes here. */
#include "salesforce_id.h"

#include <endian.h>
#include <string.h>

enum { PLAIN = 15, FULL = 18, WORD = 8 };

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))
#define HIGH EACH(0x80)

static const char check_characters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";

/* Eight characters at once, the first lowest. */
static uint64_t load(const char *text)
{
	uint64_t word;
	memcpy(&word, text, sizeof word);
	return le64toh(word);
}

/* The high bits of those bytes that lie between two characters, where all are ASCII. */
static uint64_t between(uint64_t word, unsigned first, unsigned last)
{
	return (word + EACH(0x80 - first)) & ~(word + EACH(0x7f - last)) & HIGH;
}

static int is_alphanumeric(uint64_t word)
{
	uint64_t all = between(word, '0', '9') | between(word, 'A', 'Z') | between(word, 'a', 'z');
	return !(word & HIGH) && all == HIGH;
}

/* A bit for each byte of which the high bit is set, the first the lowest. */
static unsigned gather(uint64_t bits)
{
	return (unsigned)((bits >> 7) * UINT64_C(0x0102040810204080) >> 56);
}

enum cell_state salesforce_id_read(const char **text, uint32_t *length, char buffer[18])
{
	const char *id = *text;
	if (*length != PLAIN && *length != FULL)
		return CELL_OK;
	uint64_t head = load(id), tail = load(id + PLAIN - WORD); /* one character is in both */
	if (!is_alphanumeric(head) || !is_alphanumeric(tail))
		return CELL_OK;
	/* A check character says which of five are capitals. */
	unsigned capitals = gather(between(head, 'A', 'Z')) | gather(between(tail, 'A', 'Z')) << (PLAIN - WORD);
	const char check[FULL - PLAIN] = {check_characters[capitals & 31], check_characters[capitals >> 5 & 31],
					  check_characters[capitals >> 10]};
	if (*length == FULL && memcmp(id + PLAIN, check, sizeof check) != 0)
		return is_alphanumeric(load(id + FULL - WORD)) ? CELL_UNREADABLE : CELL_OK;
	if (head == EACH('0') && tail == EACH('0'))
		return CELL_MISSING;
	if (*length == PLAIN) {
		memcpy(buffer, id, PLAIN);
		memcpy(buffer + PLAIN, check, sizeof check);
		*text = buffer;
		*length = FULL;
	}
	return CELL_OK;
}
