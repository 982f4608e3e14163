/* SPDX-License-Identifier: MIT */
/* Is it UTF-8?  Asked of every text that comes from code or data that are not trusted. */
#ifndef UTF8_H
#define UTF8_H

#include <stddef.h>
#include <string.h>

/* Bytes of the character that starts at p, of which `size` bytes may be read; 0: it is not well-formed. */
static inline size_t utf8_length(const unsigned char *p, size_t size)
{
	if (size == 0)
		return 0;
	if (p[0] < 0x80)
		return 1;
	size_t length = p[0] < 0xc2 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : p[0] < 0xf5 ? 4 : 0;
	if (length == 0 || length > size)
		return 0;
	for (size_t i = 1; i < length; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	}
	/* Longer than need be, half of a surrogate pair, beyond the last character. */
	if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) || (p[0] == 0xf0 && p[1] < 0x90) ||
	    (p[0] == 0xf4 && p[1] > 0x8f))
		return 0;
	return length;
}

/* A character that moves the cursor or worse: C0, DEL, C1, the ends of lines and paragraphs, turns of direction. */
static inline int utf8_is_control(const unsigned char *p, size_t length)
{
	if (length == 3 && p[0] == 0xe2)
		return (p[1] == 0x80 && p[2] >= 0xa8 && p[2] <= 0xae) || (p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9);
	return (length == 1 && (p[0] < 0x20 || p[0] == 0x7f)) || (length == 2 && p[0] == 0xc2 && p[1] < 0xa0);
}

/* Text that may hold anything, up to its size or a NUL, as one that can be shown. */
static inline void utf8_printable(char *to, size_t room, const char *text, size_t size)
{
	const unsigned char *from = (const unsigned char *)text;
	size_t used = 0;
	for (size_t i = 0; i < size && from[i];) {
		size_t length = utf8_length(from + i, size - i), taken = length ? length : 1;
		int is_shown = length && !utf8_is_control(from + i, length);
		if (used + (is_shown ? length : 1) >= room)
			break;
		if (is_shown)
			memcpy(to + used, from + i, length);
		else
			to[used] = '?';
		used += is_shown ? length : 1;
		i += taken;
	}
	to[used] = '\0';
}

#endif
