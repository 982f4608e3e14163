/* SPDX-License-Identifier: MIT */
/* Converting between UTF-16 and UTF-8. */
#include "sql_utf16.h"

static char *put_code(char *to, uint32_t code)
{
	if (code < 0x80) {
		*to++ = (char)code;
	} else if (code < 0x800) {
		*to++ = (char)(0xc0 | code >> 6);
		*to++ = (char)(0x80 | (code & 0x3f));
	} else if (code < 0x10000) {
		*to++ = (char)(0xe0 | code >> 12);
		*to++ = (char)(0x80 | (code >> 6 & 0x3f));
		*to++ = (char)(0x80 | (code & 0x3f));
	} else {
		*to++ = (char)(0xf0 | code >> 18);
		*to++ = (char)(0x80 | (code >> 12 & 0x3f));
		*to++ = (char)(0x80 | (code >> 6 & 0x3f));
		*to++ = (char)(0x80 | (code & 0x3f));
	}
	return to;
}

size_t sql_utf16_to_utf8(char *to, const uint16_t *from, size_t units)
{
	char *out = to;
	for (size_t i = 0; i < units; i++) {
		uint32_t code = from[i];
		if (code >= 0xd800 && code < 0xe000) {
			int is_pair = code < 0xdc00 && i + 1 < units && from[i + 1] >= 0xdc00 && from[i + 1] < 0xe000;
			code = is_pair ? 0x10000 + ((code - 0xd800) << 10) + (from[++i] - 0xdc00u) : 0xfffd;
		}
		out = put_code(out, code);
	}
	return (size_t)(out - to);
}

size_t sql_utf16_from_utf8(uint16_t *to, const char *from)
{
	uint16_t *out = to;
	for (const unsigned char *p = (const unsigned char *)from; *p;) {
		int more = *p >= 0xf0 ? 3 : *p >= 0xe0 ? 2 : *p >= 0xc0;
		uint32_t code = more ? *p & (0x3fu >> more) : *p;
		for (p++; more > 0 && (*p & 0xc0) == 0x80; more--, p++)
			code = code << 6 | (*p & 0x3f);
		if (code >= 0x10000) {
			*out++ = (uint16_t)(0xd800 + ((code - 0x10000) >> 10));
			code = 0xdc00 + (code & 0x3ff);
		}
		*out++ = (uint16_t)code;
	}
	*out = 0;
	return (size_t)(out - to);
}
