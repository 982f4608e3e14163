/* SPDX-License-Identifier: MIT */
/* Reading cells, the common forms fast, the odd ones right. */
#include "cell.h"

#include "cell_plain.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

static int is_digit(char c)
{
	return (unsigned char)(c - '0') < 10;
}

/* Two digits as a number, or -1. */
static int two_digits(const char *p)
{
	return is_digit(p[0]) && is_digit(p[1]) ? (p[0] - '0') * 10 + (p[1] - '0') : -1;
}

static inline int days_in_month(int year, int month)
{
	static const unsigned char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	if (month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0))
		return 29;
	return days[month - 1];
}

static inline enum cell_state make_day(int year, int month, int day, int32_t *out)
{
	if (year < 1 || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month))
		return CELL_UNREADABLE;
	*out = days_from_civil(year, (unsigned)month, (unsigned)day);
	return CELL_OK;
}

/* Is p[0..n) a zone: Z, UTC or GMT, or +hh, +hhmm, +hh:mm? */
static int is_zone(const char *p, uint32_t n)
{
	if ((n == 1 && (*p == 'Z' || *p == 'z')) ||
	    (n == 3 && (strncasecmp(p, "UTC", 3) == 0 || strncasecmp(p, "GMT", 3) == 0)))
		return 1;
	if (n < 3 || (*p != '+' && *p != '-') || two_digits(p + 1) < 0 || two_digits(p + 1) > 23)
		return 0;
	if (n == 3)
		return 1;
	const char *minutes = p + 3 + (p[3] == ':');
	return p + n - minutes == 2 && two_digits(minutes) >= 0 && two_digits(minutes) < 60;
}

/* Is p[0..n), what follows a date, a separator, a time and perhaps a zone? */
static int is_time(const char *p, uint32_t n)
{
	const char *end = p + n;
	if (n < 6 || (*p != 'T' && *p != 't' && *p != ' '))
		return 0;
	p++;
	int hour = two_digits(p);
	if (hour < 0 || hour > 23 || p[2] != ':' || two_digits(p + 3) < 0 || two_digits(p + 3) > 59)
		return 0;
	p += 5;
	if (end - p >= 3 && *p == ':') {
		if (two_digits(p + 1) < 0 || two_digits(p + 1) > 60)
			return 0;
		p += 3;
		if (end - p >= 2 && (*p == '.' || *p == ',') && is_digit(p[1]))
			for (p++; p < end && is_digit(*p); p++)
				;
	}
	if (p < end && *p == ' ')
		p++;
	else if (p == end)
		return 1;
	return is_zone(p, (uint32_t)(end - p));
}

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
/* Of up to eight bytes, the first is the lowest. */
static uint64_t short_text(const char *text, uint32_t length)
{
	const unsigned char *byte = (const unsigned char *)text;
	if (length < 4)
		return byte[0] | (uint64_t)byte[length / 2] << length / 2 * 8 |
		       (uint64_t)byte[length - 1] << (length - 1) * 8;
	uint32_t first, last;
	memcpy(&first, text, sizeof first);
	memcpy(&last, text + length - 4, sizeof last);
	return first | (uint64_t)last << (length - 4) * 8;
}

/* Digits, perhaps with a point, and nothing else: up to eight bytes at a time.  -1: it is something else. */
static int plain_number(const char *text, uint32_t length, uint64_t *number, uint32_t *decimals)
{
	const uint64_t every_fourth = UINT64_C(0x000000ff000000ff);
	uint32_t unused = (8 - length) * 8;
	uint64_t digits = (short_text(text, length) ^ CELL_ZEROS >> unused) << unused, odd = cell_not_digits(digits);
	*decimals = 0;
	if (odd) {
		uint32_t point = (uint32_t)__builtin_ctzll(odd) - 7;
		uint64_t before = ((uint64_t)1 << point) - 1;
		if (odd & (odd - 1) || (digits >> point & 0xff) != ('.' ^ '0') || length == 1)
			return -1;
		*decimals = 7 - point / 8;
		digits = (digits & before) << 8 | (digits >> point >> 8 << 8 << point);
	}
	digits = digits * 10 + (digits >> 8); /* pairs */
	*number = ((digits & every_fourth) * (100 + (UINT64_C(1000000) << 32)) +
		   (digits >> 16 & every_fourth) * (1 + (UINT64_C(10000) << 32))) >>
		  32;
	return 0;
}
#else
static int plain_number(const char *text, uint32_t length, uint64_t *number, uint32_t *decimals)
{
	(void)text, (void)length, (void)number, (void)decimals;
	return -1;
}
#endif

/* Perhaps a date with a time.  Not in line, so that what is common need not save registers for it. */
static __attribute__((noinline)) enum cell_state odd_date(const char *text, uint32_t length, int32_t *day)
{
	if (length < 10 || text[4] != '-' || text[7] != '-')
		return CELL_UNREADABLE;
	int century = two_digits(text), year = two_digits(text + 2);
	int month = two_digits(text + 5), mday = two_digits(text + 8);
	if (century < 0 || year < 0 || month < 0 || mday < 0)
		return CELL_UNREADABLE;
	if (length > 10 && !is_time(text + 10, length - 10))
		return CELL_UNREADABLE;
	return make_day(century * 100 + year, month, mday, day);
}

enum cell_state cell_date(const char *text, uint32_t length, int32_t *day)
{
	int32_t plain;
	if (length == 10 && cell_plain_date(text, &plain)) {
		*day = plain;
		return CELL_OK;
	}
	cell_trim(&text, &length);
	return length == 0 ? CELL_MISSING : odd_date(text, length, day);
}

enum cell_state cell_date_as(const char *text, uint32_t length, const char *format, int32_t *day)
{
	char copy[80];
	cell_trim(&text, &length);
	if (length == 0)
		return CELL_MISSING;
	if (length >= sizeof copy || memchr(text, 0, length))
		return CELL_UNREADABLE;
	memcpy(copy, text, length);
	copy[length] = 0;
	struct tm tm = {.tm_year = 0, .tm_mon = 0, .tm_mday = 0};
	const char *end = strptime(copy, format, &tm);
	if (!end || (*end && !is_time(end, (uint32_t)strlen(end))))
		return CELL_UNREADABLE;
	if (tm.tm_year + 1900 > 9999)
		return CELL_UNREADABLE;
	return make_day(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, day);
}

/* Digits, at most one point, at least one digit, perhaps an exponent: nothing else that strtod would take. */
static int is_decimal(const char *p, const char *end)
{
	int digits = 0;
	if (p < end && (*p == '+' || *p == '-'))
		p++;
	for (; p < end && is_digit(*p); p++)
		digits = 1;
	if (p < end && *p == '.')
		for (p++; p < end && is_digit(*p); p++)
			digits = 1;
	if (!digits)
		return 0;
	if (p < end && (*p == 'e' || *p == 'E')) {
		p++;
		if (p < end && (*p == '+' || *p == '-'))
			p++;
		if (p == end)
			return 0;
		while (p < end && is_digit(*p))
			p++;
	}
	return p == end;
}

/* Up to 15 digits and a power of ten up to 10^22 are exact doubles, so that one division rounds right. */
static const double powers[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

/* The rare forms: exponents, many digits.  strtod is exact; the program keeps LC_NUMERIC at C. */
static enum cell_state slow_number(const char *text, uint32_t length, double *value)
{
	char copy[400];
	if (length >= sizeof copy || !is_decimal(text, text + length))
		return CELL_UNREADABLE;
	memcpy(copy, text, length);
	copy[length] = 0;
	double x = strtod(copy, NULL);
	if (!(fabs(x) < CELL_NUMBER_LIMIT))
		return CELL_UNREADABLE;
	*value = x == 0 ? 0 : x; /* no negative zero */
	return CELL_OK;
}

/* All that plain_number() does not take. */
static __attribute__((noinline)) enum cell_state long_number(const char *text, uint32_t length, double *value)
{
	cell_trim(&text, &length);
	if (length == 0)
		return CELL_MISSING;
	const char *p = text, *end = text + length;
	int is_negative = *p == '-';
	p += is_negative;
	if (end - p > 16)
		return slow_number(text, length, value);
	uint64_t digits = 0;
	const char *first = p, *point = NULL;
	for (; p < end; p++) {
		if (is_digit(*p))
			digits = digits * 10 + (uint64_t)(*p - '0');
		else if (*p == '.' && !point)
			point = p;
		else
			return slow_number(text, length, value);
	}
	ptrdiff_t count = p - first - (point != NULL);
	if (count < 1 || count > 15)
		return slow_number(text, length, value);
	double x = (double)digits;
	if (point)
		x /= powers[end - point - 1];
	*value = is_negative && digits ? -x : x;
	return CELL_OK;
}

enum cell_state cell_number(const char *text, uint32_t length, double *value)
{
	uint64_t number;
	uint32_t decimals;
	if (length == 0 || length > 8 || plain_number(text, length, &number, &decimals) != 0)
		return long_number(text, length, value);
	*value = (double)(int64_t)number / powers[decimals];
	return CELL_OK;
}

enum cell_state cell_flag(const char *text, uint32_t length, int8_t *value)
{
	static const struct {
		const char *word;
		uint32_t length;
		int8_t value;
	} words[] = {
		{"1", 1, 1}, {"0", 1, 0}, {"true", 4, 1}, {"false", 5, 0}, {"t", 1, 1},
		{"f", 1, 0}, {"y", 1, 1}, {"n", 1, 0},    {"yes", 3, 1},   {"no", 2, 0},
	};
	cell_trim(&text, &length);
	if (length == 0)
		return CELL_MISSING;
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (words[i].length == length && strncasecmp(words[i].word, text, length) == 0) {
			*value = words[i].value;
			return CELL_OK;
		}
	return CELL_UNREADABLE;
}

/* What a byte may be part of. */
enum { IN_LABEL = 1, IN_MAILBOX = 2, IN_PHONE = 4 };
static const uint8_t parts[256] = {
	['0' ... '9'] = IN_LABEL | IN_MAILBOX,
	['A' ... 'Z'] = IN_LABEL | IN_MAILBOX,
	['a' ... 'z'] = IN_LABEL | IN_MAILBOX,
	['-'] = IN_LABEL | IN_MAILBOX | IN_PHONE,
	['+'] = IN_MAILBOX | IN_PHONE,
	['.'] = IN_MAILBOX | IN_PHONE,
	[' '] = IN_PHONE,
	['('] = IN_PHONE,
	[')'] = IN_PHONE,
	['!'] = IN_MAILBOX,
	['#' ... '\''] = IN_MAILBOX,
	['*'] = IN_MAILBOX,
	['/'] = IN_MAILBOX,
	['='] = IN_MAILBOX,
	['?'] = IN_MAILBOX,
	['^' ... '`'] = IN_MAILBOX,
	['{' ... '~'] = IN_MAILBOX,
};

static int is_part(char c, unsigned of)
{
	return parts[(unsigned char)c] & of;
}

/* Two or more labels of 1 to 63 letters, digits and inner hyphens, between dots. */
static int is_domain(const char *p, const char *end)
{
	int labels = 0;
	while (p < end) {
		const char *start = p;
		while (p < end && is_part(*p, IN_LABEL))
			p++;
		if (p == start || p - start > 63 || *start == '-' || p[-1] == '-')
			return 0;
		labels++;
		if (p == end)
			return labels >= 2;
		if (*p++ != '.')
			return 0;
	}
	return 0; /* empty, or a dot at the end */
}

int cell_is_email(const char *text, uint32_t length)
{
	const char *at = memchr(text, '@', length);
	if (!at || at == text || at - text > 64)
		return 0;
	for (const char *p = text; p < at; p++)
		if (!is_part(*p, IN_MAILBOX))
			return 0;
	return is_domain(at + 1, text + length);
}

int cell_is_phone(const char *text, uint32_t length)
{
	uint32_t digits = 0;
	for (uint32_t i = 0; i < length; i++) {
		if (is_digit(text[i]))
			digits++;
		else if (!is_part(text[i], IN_PHONE))
			return 0;
	}
	return digits >= 7;
}
