/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a cell: each way to read it must agree with a slow one that is made of regular expressions, the C library
 * and counting.  The first byte of the input chooses a date format; the rest is the cell.
 */
#include "../../core/cell.h"

#include <math.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* The cell without white space at its ends, ended by NUL. */
struct cut {
	char *text;
	size_t length;
	int has_nul;
};

enum { UNTOUCHED = -77 };

static void stop(const char *what, const struct cut *cut)
{
	fprintf(stderr, "%s: \"%s\" (%zu bytes)\n", what, cut->text, cut->length);
	abort();
}

static struct cut cut_of(const char *text, size_t length)
{
	while (length > 0 && memchr(" \t\n\v\f\r", text[length - 1], 6))
		length--;
	while (length > 0 && memchr(" \t\n\v\f\r", text[0], 6))
		text++, length--;
	struct cut cut = {malloc(length + 1), length, memchr(text, 0, length) != NULL};
	memcpy(cut.text, text, length);
	cut.text[length] = 0;
	return cut;
}

/* An expression, compiled when it is first used. */
struct expression {
	int is_compiled;
	regex_t compiled;
};

static int matches(const struct cut *cut, struct expression *expression, const char *pattern)
{
	if (!expression->is_compiled && regcomp(&expression->compiled, pattern, REG_EXTENDED | REG_NOSUB) != 0)
		abort();
	expression->is_compiled = 1;
	return !cut->has_nul && regexec(&expression->compiled, cut->text, 0, NULL, 0) == 0;
}

/* Counts from 1970 on, a year and a month at a time. */
static int32_t slow_day(int year, int month, int day)
{
	static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int32_t days = day - 1;
	for (int m = 1; m < month; m++)
		days += lengths[m - 1] + (m == 2 && year % 4 == 0 && (year % 100 || year % 400 == 0));
	for (int y = 1970; y < year; y++)
		days += 365 + (y % 4 == 0 && (y % 100 || y % 400 == 0));
	for (int y = year; y < 1970; y++)
		days -= 365 + (y % 4 == 0 && (y % 100 || y % 400 == 0));
	return days;
}

static int two(const char *text)
{
	return (text[0] - '0') * 10 + text[1] - '0';
}

/* Of what has the form of a date: is each part in its range? */
static int is_in_range(const char *text, size_t length)
{
	static const int lengths[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int year = two(text) * 100 + two(text + 2), month = two(text + 5), day = two(text + 8);
	if (year < 1 || month < 1 || month > 12 || day < 1 || day > lengths[month - 1])
		return 0;
	if (month == 2 && day == 29 && (year % 4 || (year % 100 == 0 && year % 400)))
		return 0;
	if (length == 10)
		return 1;
	if (two(text + 11) > 23 || two(text + 14) > 59 || (length > 16 && text[16] == ':' && two(text + 17) > 60))
		return 0;
	const char *zone = strpbrk(text + 10, "+-");
	if (!zone)
		return 1;
	const char *minutes = zone + 3 + (zone[3] == ':');
	return two(zone + 1) < 24 && (!*minutes || two(minutes) < 60);
}

static void check_state(enum cell_state state, const struct cut *cut, int is_good, const char *what)
{
	if (state != (cut->length == 0 ? CELL_MISSING : is_good ? CELL_OK : CELL_UNREADABLE))
		stop(what, cut);
}

static void check_date(const char *text, uint32_t length, const struct cut *cut)
{
	static struct expression form;
	int32_t day = UNTOUCHED;
	enum cell_state state = cell_date(text, length, &day);
	int is_good = matches(cut, &form,
			      "^[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]+)?)?"
			      "( ?([Zz]|[Uu][Tt][Cc]|[Gg][Mm][Tt]|[+-][0-9]{2}(:?[0-9]{2})?))?)?$") &&
		      is_in_range(cut->text, cut->length);
	check_state(state, cut, is_good, "date");
	const char *p = cut->text;
	if (day != (is_good ? slow_day(two(p) * 100 + two(p + 2), two(p + 5), two(p + 8)) : UNTOUCHED))
		stop("day", cut);
}

/* A date in another format, written in it again and read again, is the same. */
static void check_date_as(const char *text, uint32_t length, const struct cut *cut, const char *format)
{
	int32_t day = UNTOUCHED, again = UNTOUCHED;
	enum cell_state state = cell_date_as(text, length, format, &day);
	if ((state == CELL_MISSING) != (cut->length == 0) || (state != CELL_OK && day != UNTOUCHED))
		stop("date in a format", cut);
	if (state != CELL_OK)
		return;
	time_t seconds = (time_t)day * 86400;
	struct tm tm;
	char written[80];
	gmtime_r(&seconds, &tm);
	strftime(written, sizeof written, format, &tm);
	if (day < slow_day(1, 1, 1) || day > slow_day(9999, 12, 31))
		stop("year", cut);
	/* strftime writes years before 1000 with fewer digits than strptime takes where nothing separates them */
	if (tm.tm_year >= -900 &&
	    (cell_date_as(written, (uint32_t)strlen(written), format, &again) != CELL_OK || again != day))
		stop("date written and read again", cut);
}

static void check_number(const char *text, uint32_t length, const struct cut *cut)
{
	static struct expression form;
	double value = UNTOUCHED, expected = UNTOUCHED;
	enum cell_state state = cell_number(text, length, &value);
	int is_good = cut->length < 400 && /* more digits than any number needs */
		      matches(cut, &form, "^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?$") &&
		      fabs(strtod(cut->text, NULL)) < 0x1p63;
	check_state(state, cut, is_good, "number");
	if (is_good)
		expected = strtod(cut->text, NULL) + 0.0;
	if (value != expected || signbit(value) != (expected < 0))
		stop("value", cut);
}

static void check_flag(const char *text, uint32_t length, const struct cut *cut)
{
	static struct expression yes, no;
	int8_t value = UNTOUCHED;
	enum cell_state state = cell_flag(text, length, &value);
	int is_yes = matches(cut, &yes, "^(1|[tTyY]|[tT][rR][uU][eE]|[yY][eE][sS])$");
	int is_no = matches(cut, &no, "^(0|[fFnN]|[fF][aA][lL][sS][eE]|[nN][oO])$");
	check_state(state, cut, is_yes || is_no, "flag");
	if (value != (is_yes ? 1 : is_no ? 0 : UNTOUCHED))
		stop("flag's value", cut);
}

/* The form by an expression, the lengths by counting. */
static void check_syntax(const struct cut *cut)
{
	static struct expression email, phone;
	int is_email = matches(cut, &email,
			       "^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?[.])+"
			       "[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$");
	size_t label = strcspn(cut->text, "@"), digits = 0;
	is_email = is_email && label <= 64;
	for (const char *p = cut->text + label; is_email && *p; p += label) {
		label = strcspn(++p, ".");
		is_email = label <= 63;
	}
	for (const char *p = cut->text; *p; p++)
		digits += strchr("0123456789", *p) != NULL;
	int is_phone = matches(cut, &phone, "^[0-9 +().-]*$") && digits >= 7;
	if (!cell_is_email(cut->text, (uint32_t)cut->length) != !is_email)
		stop("e-mail address", cut);
	if (!cell_is_phone(cut->text, (uint32_t)cut->length) != !is_phone)
		stop("phone number", cut);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const char *const formats[] = {"%d.%m.%Y",   "%m/%d/%Y",   "%Y%m%d", "%d-%b-%Y", "%Y-%m-%d %I:%M:%S %p",
					      "%y%%%m%%%d", "%Y-%m-%dT%T"};
	if (size < 1)
		return 0;
	const char *text = (const char *)bytes + 1, *format = formats[bytes[0] % (sizeof formats / sizeof formats[0])];
	uint32_t length = (uint32_t)size - 1;
	struct cut cut = cut_of(text, length);
	check_date(text, length, &cut);
	check_date_as(text, length, &cut, format);
	check_number(text, length, &cut);
	check_flag(text, length, &cut);
	check_syntax(&cut);
	free(cut.text);
	return 0;
}
