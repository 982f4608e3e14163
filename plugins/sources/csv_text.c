/* SPDX-License-Identifier: MIT */
/* UTF-8 and windows-1252, which a file that says nothing of its encoding is most likely to be in. */
#include "csv_text.h"

#include "utf8.h"

#include <string.h>

#define LOOKED_AT (1 << 20) /* bytes; some lines of other encodings are valid UTF-8 by chance or mishap, all seldom */

/* The characters of 0x80 to 0x9f; the five that are not defined stand for themselves, as in ISO 8859-1. */
static const uint16_t windows[32] = {0x20ac, 0x0081, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
				     0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0x008d, 0x017d, 0x008f,
				     0x0090, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
				     0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x009d, 0x017e, 0x0178};

/* Not 0: the byte cannot stand here. */
static int utf8_step(struct csv_utf8 *utf8, uint8_t byte)
{
	if (utf8->needed) {
		if (byte < utf8->least || byte > utf8->most)
			return -1;
		utf8->needed--;
	} else if (byte < 0x80) {
		return 0;
	} else if (byte < 0xc2 || byte > 0xf4) {
		return -1;
	} else {
		utf8->needed = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
		/* Longer than need be, half of a surrogate pair, beyond the last character. */
		utf8->least = byte == 0xe0 ? 0xa0 : byte == 0xf0 ? 0x90 : 0x80;
		utf8->most = byte == 0xed ? 0x9f : byte == 0xf4 ? 0x8f : 0xbf;
		return 0;
	}
	utf8->least = 0x80;
	utf8->most = 0xbf;
	return 0;
}

int csv_text_is_ascii(const uint8_t *bytes, size_t size)
{
	uint64_t some = 0;
	for (; size >= 64; bytes += 64, size -= 64) {
		uint64_t words[8];
		memcpy(words, bytes, sizeof words);
		for (int i = 0; i < 8; i++)
			some |= words[i];
		if (some & 0x8080808080808080ull)
			return 0;
	}
	for (; size; size--)
		some |= *bytes++;
	return !(some & 0x80);
}

/* ---- guessing ---- */

void csv_guess_start(struct csv_guess *guess)
{
	*guess = (struct csv_guess){.text = CSV_TEXT_UNKNOWN, .left = LOOKED_AT};
}

void csv_guess_feed(struct csv_guess *guess, const uint8_t *bytes, size_t size)
{
	if (guess->text != CSV_TEXT_UNKNOWN || (!guess->has_begun && csv_text_is_ascii(bytes, size)))
		return;
	const uint8_t *end = bytes + size;
	while (!guess->has_begun && *bytes < 0x80)
		bytes++;
	guess->has_begun = 1;
	for (; bytes < end && guess->left; bytes++, guess->left--) {
		if (utf8_step(&guess->utf8, *bytes)) {
			guess->text = CSV_TEXT_WINDOWS;
			return;
		}
	}
	if (!guess->left)
		guess->text = CSV_TEXT_UTF8;
}

void csv_guess_end(struct csv_guess *guess)
{
	if (guess->text == CSV_TEXT_UNKNOWN)
		guess->text = guess->utf8.needed ? CSV_TEXT_WINDOWS : CSV_TEXT_UTF8;
}

/* ---- cells ---- */

/* The byte that is this character in windows-1252; -1: none. */
static int to_windows(uint32_t character)
{
	if (character < 0x100)
		return (int)character;
	for (int i = 0; i < 32; i++) {
		if (windows[i] == character)
			return 0x80 + i;
	}
	return -1;
}

int csv_text_is_twice(enum csv_text text, const uint8_t *bytes, size_t size)
{
	struct csv_utf8 utf8 = {0};
	for (size_t i = 0, length = 1; i < size; i += length) {
		int byte = bytes[i];
		if (text == CSV_TEXT_UTF8) {
			static const uint8_t leading[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
			length = utf8_length(bytes + i, size - i);
			if (!length)
				return 0;
			uint32_t character = bytes[i] & leading[length];
			for (size_t j = 1; j < length; j++)
				character = character << 6 | (bytes[i + j] & 0x3f);
			byte = to_windows(character);
		}
		if (byte < 0 || utf8_step(&utf8, (uint8_t)byte))
			return 0;
	}
	return !utf8.needed;
}

size_t csv_text_from_windows(const uint8_t *bytes, size_t size, uint8_t *to)
{
	uint8_t *begin = to;
	for (size_t i = 0; i < size; i++) {
		uint32_t character = bytes[i] >= 0x80 && bytes[i] < 0xa0 ? windows[bytes[i] - 0x80] : bytes[i];
		if (character < 0x80) {
			*to++ = (uint8_t)character;
		} else if (character < 0x800) {
			*to++ = (uint8_t)(0xc0 | character >> 6);
			*to++ = (uint8_t)(0x80 | (character & 0x3f));
		} else {
			*to++ = (uint8_t)(0xe0 | character >> 12);
			*to++ = (uint8_t)(0x80 | (character >> 6 & 0x3f));
			*to++ = (uint8_t)(0x80 | (character & 0x3f));
		}
	}
	return (size_t)(to - begin);
}
