/* SPDX-License-Identifier: MIT */
/* Cells: what is a date, a number, a flag, an e-mail address, a phone number, and what is not. */
#include "../core/cell.h"
#include "../core/window.h"
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Fails the test, and says for which text. */
static void expect(int holds, const char *text, const char *what)
{
	char message[200];
	snprintf(message, sizeof message, "\"%.100s\": %s", text, what);
	CU_assertImplementation(holds, __LINE__, message, __FILE__, "", CU_FALSE);
}

/* A copy to the byte, so that a sanitizer sees a read beyond the end. */
static char *copy_of(const char *text, uint32_t *length)
{
	*length = (uint32_t)strlen(text);
	char *copy = malloc(*length + !*length);
	memcpy(copy, text, *length);
	return copy;
}

/* ---- dates ---- */

enum { UNTOUCHED = 4711 };

static enum cell_state date_of(const char *text, const char *format, int32_t *day)
{
	uint32_t length;
	char *copy = copy_of(text, &length);
	*day = UNTOUCHED;
	enum cell_state state = format ? cell_date_as(copy, length, format, day) : cell_date(copy, length, day);
	free(copy);
	return state;
}

struct date_case {
	const char *text, *day; /* NULL: unreadable */
	const char *format;     /* NULL: the usual one */
};

static void check_dates(const struct date_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int32_t day, expected = UNTOUCHED;
		enum cell_state state = date_of(cases[i].text, cases[i].format, &day);
		if (cases[i].day)
			CU_ASSERT_EQUAL(date_parse(cases[i].day, &expected), 0);
		expect(state == (cases[i].day ? CELL_OK : CELL_UNREADABLE), cases[i].text, "state");
		expect(day == expected, cases[i].text, "day");
	}
}

static void test_dates(void)
{
	static const struct date_case cases[] = {
		{"1970-01-01", "1970-01-01", NULL}, {"0001-01-01", "0001-01-01", NULL},
		{"9999-12-31", "9999-12-31", NULL}, {" \t\r\n\v\f2025-06-30\f\v\n\r\t ", "2025-06-30", NULL},
		{"2024-02-29", "2024-02-29", NULL}, {"2000-02-29", "2000-02-29", NULL},
		{"2025-02-29", NULL, NULL},         {"1900-02-29", NULL, NULL},
		{"2025-04-31", NULL, NULL},         {"2025-06-31", NULL, NULL},
		{"2025-09-31", NULL, NULL},         {"2025-11-31", NULL, NULL},
		{"2025-01-32", NULL, NULL},         {"2025-01-00", NULL, NULL},
		{"2025-00-01", NULL, NULL},         {"2025-13-01", NULL, NULL},
		{"0000-01-01", NULL, NULL},         {"2025-1-01", NULL, NULL},
		{"2025-01-1", NULL, NULL},          {"25-01-01", NULL, NULL},
		{"12025-01-01", NULL, NULL},        {"20250101", NULL, NULL},
		{"2025/01/01", NULL, NULL},         {"2025-01/01", NULL, NULL},
		{"-025-01-01", NULL, NULL},         {"202x-01-01", NULL, NULL},
		{"2025-x1-01", NULL, NULL},         {"2025-01-0x", NULL, NULL},
		{"01.02.2025", NULL, NULL},         {"x", NULL, NULL},
		{"2025-01-01x", NULL, NULL},        {"2025-01-01Z", NULL, NULL}, /* a zone is of a time */
	};
	check_dates(cases, sizeof cases / sizeof cases[0]);
}

/* The day stands as written, whatever follows. */
static void test_times(void)
{
	static const struct date_case cases[] = {
		{"2025-01-01T00:00", "2025-01-01", NULL},
		{"2025-01-01 23:59", "2025-01-01", NULL},
		{"2025-01-01T23:59:59", "2025-01-01", NULL},
		{"2025-12-31T23:59:60Z", "2025-12-31", NULL}, /* a leap second */
		{"2025-01-01T12:00:00.5", "2025-01-01", NULL},
		{"2025-01-01T12:00:00.123456789Z", "2025-01-01", NULL},
		{"2025-01-01T12:00:00,5", "2025-01-01", NULL},
		{"2025-01-01T23:00:00Z", "2025-01-01", NULL},
		{"2025-01-01T23:00:00.000Z", "2025-01-01", NULL},
		{"2025-01-01T23:00:00.000+0000", "2025-01-01", NULL},
		{"2025-01-01T23:00:00-12:00", "2025-01-01", NULL},
		{"2025-01-01T00:30:00+14:00", "2025-01-01", NULL},
		{"2025-01-01 00:30:00+08", "2025-01-01", NULL},
		{"2025-01-01 00:30:00 +0800", "2025-01-01", NULL},
		{"2025-01-01 00:30 +23:59", "2025-01-01", NULL},
		{"2025-01-01 00:30 UTC", "2025-01-01", NULL},
		{"2025-01-01T00:30GMT", "2025-01-01", NULL},
		{"2025-01-01t00:30z", "2025-01-01", NULL},
		{"2025-01-01T", NULL, NULL},
		{"2025-01-01T12", NULL, NULL},
		{"2025-01-01T1:00", NULL, NULL},
		{"2025-01-01T24:00", NULL, NULL},
		{"2025-01-01T24:59", NULL, NULL},
		{"2025-01-01T12:60", NULL, NULL},
		{"2025-01-01T12:00:61", NULL, NULL},
		{"2025-01-01T12:00:", NULL, NULL},
		{"2025-01-01T12:00:1", NULL, NULL},
		{"2025-01-01T12:00:00.", NULL, NULL},
		{"2025-01-01T12:00:00.Z", NULL, NULL},
		{"2025-01-01T12:00.5", NULL, NULL},
		{"2025-01-01T1200", NULL, NULL},
		{"2025-01-01  12:00", NULL, NULL},
		{"2025-01-01X12:00", NULL, NULL},
		{"2025-01-01T12:00  Z", NULL, NULL},
		{"2025-01-01T12:00 X", NULL, NULL},
		{"2025-01-01T12:00ZZ", NULL, NULL},
		{"2025-01-01T12:00UT", NULL, NULL},
		{"2025-01-01T12:00CET", NULL, NULL},
		{"2025-01-01T12:00+", NULL, NULL},
		{"2025-01-01T12:00+8", NULL, NULL},
		{"2025-01-01T12:00+24:00", NULL, NULL},
		{"2025-01-01T12:00+08:60", NULL, NULL},
		{"2025-01-01T12:00+08:", NULL, NULL},
		{"2025-01-01T12:00+080", NULL, NULL},
		{"2025-01-01T12:00+08:000", NULL, NULL},
		{"2025-01-01T12:00+08000", NULL, NULL},
		{"2025-01-01T12:00~08:00", NULL, NULL},
		{"2025-02-30T12:00Z", NULL, NULL},
	};
	check_dates(cases, sizeof cases / sizeof cases[0]);
}

static void test_date_formats(void)
{
	static const struct date_case cases[] = {
		{"31.12.2024", "2024-12-31", "%d.%m.%Y"},
		{" 31.12.2024 ", "2024-12-31", "%d.%m.%Y"},
		{"12/31/2024", "2024-12-31", "%m/%d/%Y"},
		{"31/12/2024", NULL, "%m/%d/%Y"},
		{"12/31/24", "2024-12-31", "%m/%d/%y"},
		{"12/31/68", "2068-12-31", "%m/%d/%y"},
		{"12/31/69", "1969-12-31", "%m/%d/%y"},
		{"20241231", "2024-12-31", "%Y%m%d"},
		{"31-Dec-2024", "2024-12-31", "%d-%b-%Y"},
		{"2024-12-31 11:59 PM", "2024-12-31", "%Y-%m-%d %I:%M %p"},
		{"2024-12-31T23:59:59", "2024-12-31", "%Y-%m-%dT%T"},
		{"29.02.2024", "2024-02-29", "%d.%m.%Y"},
		{"29.02.2023", NULL, "%d.%m.%Y"},
		{"31.04.2024", NULL, "%d.%m.%Y"},
		{"00.01.2024", NULL, "%d.%m.%Y"},
		{"01.01.0000", NULL, "%d.%m.%Y"},
		{"01.01.0001", "0001-01-01", "%d.%m.%Y"},
		{"01.01.9999", "9999-01-01", "%d.%m.%Y"},
		{"2024-12-31", NULL, "%d.%m.%Y"},
		{"31.12.2024 10:00", "2024-12-31", "%d.%m.%Y"}, /* a time may follow, as of any date */
		{"12/31/2024 23:30:00+0800", "2024-12-31", "%m/%d/%Y"},
		{"31.12.2024 10:00 and more", NULL, "%d.%m.%Y"},
		{"31.12.20245", NULL, "%d.%m.%Y"},
		{"31.12.", NULL, "%d.%m.%Y"},
		{"12.2024", NULL, "%m.%Y"},
	};
	check_dates(cases, sizeof cases / sizeof cases[0]);
	char longest[100];
	int32_t day;
	memset(longest, 'x', sizeof longest);
	CU_ASSERT_EQUAL(cell_date_as(longest, sizeof longest, "%Y", &day), CELL_UNREADABLE);
	CU_ASSERT_EQUAL(cell_date_as("31.12.2024\0x", 12, "%d.%m.%Y", &day), CELL_UNREADABLE);
	CU_ASSERT_EQUAL(date_of(" \t", "%Y", &day), CELL_MISSING);
}

/* ---- numbers ---- */

static enum cell_state number_of(const char *text, double *value)
{
	uint32_t length;
	char *copy = copy_of(text, &length);
	*value = -1234.5;
	enum cell_state state = cell_number(copy, length, value);
	free(copy);
	return state;
}

static int same_bits(double a, double b)
{
	return memcmp(&a, &b, sizeof a) == 0;
}

/* By hand: what the text says, as an exact or correctly rounded double. */
static void test_numbers_by_hand(void)
{
	static const struct {
		const char *text;
		double value;
	} cases[] = {
		{"0", 0x0p0},
		{"-0", 0x0p0}, /* no negative zero */
		{"-0.000", 0x0p0},
		{"-0e5", 0x0p0},
		{"-1e-400", 0x0p0},
		{"1", 0x1p0},
		{"-1", -0x1p0},
		{"+1", 0x1p0},
		{" \t1.5\r\n", 0x1.8p0},
		{"1.", 0x1p0},
		{".5", 0x1p-1},
		{"-.5", -0x1p-1},
		{"+.5", 0x1p-1},
		{"007", 0x7p0},
		{"1e3", 0x1.f4p9},
		{"1E3", 0x1.f4p9},
		{"1e+3", 0x1.f4p9},
		{"125e-3", 0x1p-3},
		{"5.e-1", 0x1p-1},
		{"0.1", 0x1.999999999999ap-4},
		{"999999999999999", 0x1.c6bf52633fff8p49},     /* 15 digits: 10^15 - 1 */
		{"9007199254740992", 0x1p53},                  /* 16 digits */
		{"9007199254740993", 0x1p53},                  /* a tie, to even */
		{"9007199254740995", 0x1.0000000000002p53},    /* a tie, to even: ...996 */
		{"9223372036854774784", 0x1.fffffffffffffp62}, /* 2^63 - 1024, the greatest */
		{"-9223372036854774784", -0x1.fffffffffffffp62},
		{"0.000000000000001", 0x1.203af9ee75616p-50}, /* 10^-15, 16 digits */
		{"1e-300", 0x1.56e1fc2f8f359p-997},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		double value;
		expect(number_of(cases[i].text, &value) == CELL_OK, cases[i].text, "state");
		expect(same_bits(value, cases[i].value), cases[i].text, "value");
	}
}

/* Every length of number, with a point everywhere, as the C library has it. */
static void test_numbers_by_library(void)
{
	static const char *const digits[] = {"12345678901234567890", "99999999999999999999", "10000000000000000001",
					     "00000000000000000007", "17976931348623157081", "90071992547409930001",
					     "31415926535897932384", "27182818284590452353", "50000000000000000000"};
	static const char *const ends[] = {"", "e0", "e-7", "E2", "e-30"};
	for (size_t i = 0; i < sizeof digits / sizeof digits[0]; i++)
		for (int length = 1; length <= 20; length++)
			for (int point = 0; point <= length + 1; point++)
				for (size_t e = 0; e < sizeof ends / sizeof ends[0]; e++) {
					char text[64];
					double value, expected;
					/* point 0: none; else before digit number `point` */
					int whole = point ? point - 1 : length;
					snprintf(text, sizeof text, "%s%.*s%s%.*s%s", (length + point) % 3 ? "" : "-",
						 whole, digits[i], point ? "." : "", length - whole, digits[i] + whole,
						 ends[e]);
					expected = strtod(text, NULL);
					int fits = expected < 0x1p63 && expected > -0x1p63;
					expect(number_of(text, &value) == (fits ? CELL_OK : CELL_UNREADABLE), text,
					       "state");
					expect(!fits || value == expected, text, "value");
				}
}

static void test_not_numbers(void)
{
	static const char *const cases[] = {
		"9223372036854775807", /* rounds to 2^63 */
		"9223372036854775808",
		"-9223372036854775808",
		"9223372036854775296", /* 2^63 - 512, a tie that goes to 2^63 */
		"1e19",
		"1e309",
		"1e999999999999",
		"inf",
		"-inf",
		"infinity",
		"nan",
		"NaN",
		"NAN(1)",
		"0x10",
		"0x1p3",
		"1p3",
		"1,000",
		"1 000",
		"1'000",
		"1.000.000",
		"1..5",
		"1,5",
		".",
		"-",
		"+",
		"-.",
		"e5",
		".e5",
		"1e",
		"1e+",
		"1e-",
		"1e5.0",
		"1e5e5",
		"--1",
		"+-1",
		"1-",
		"1+1",
		"- 1",
		"$1",
		"1%",
		"1x",
		"x1",
		"1\302\2401",   /* a no-break space */
		"\357\274\221", /* a full-width one */
		"true",
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		double value;
		expect(number_of(cases[i], &value) == CELL_UNREADABLE, cases[i], "state");
		expect(value == -1234.5, cases[i], "value");
	}
	double value = 7;
	CU_ASSERT_EQUAL(cell_number("1\0", 2, &value), CELL_UNREADABLE);
	CU_ASSERT_EQUAL(cell_number("12345678901234567890123456789\0", 30, &value), CELL_UNREADABLE);
	CU_ASSERT_EQUAL(value, 7);
}

static void test_missing(void)
{
	static const char *const cases[] = {"", " ", "\t", "\r\n", " \t\n\v\f\r "};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		uint32_t length = (uint32_t)strlen(cases[i]);
		int32_t day = UNTOUCHED;
		double value;
		int8_t flag = 42;
		expect(date_of(cases[i], NULL, &day) == CELL_MISSING && day == UNTOUCHED, cases[i], "date");
		expect(number_of(cases[i], &value) == CELL_MISSING && value == -1234.5, cases[i], "number");
		expect(cell_flag(cases[i], length, &flag) == CELL_MISSING && flag == 42, cases[i], "flag");
	}
	/* Other white space is none. */
	int8_t flag;
	CU_ASSERT_EQUAL(cell_flag("\302\240", 2, &flag), CELL_UNREADABLE);
	CU_ASSERT_EQUAL(cell_flag("\0", 1, &flag), CELL_UNREADABLE);
	CU_ASSERT_EQUAL(cell_flag("\016", 1, &flag), CELL_UNREADABLE);
	CU_ASSERT_EQUAL(cell_flag("\010", 1, &flag), CELL_UNREADABLE);
}

static void test_flags(void)
{
	static const struct {
		const char *text;
		int value; /* -1: unreadable */
	} cases[] = {
		{"true", 1},  {"yes", 1},   {"y", 1},      {"t", 1},     {"1", 1},      {"TRUE", 1},  {"Yes", 1},
		{"Y", 1},     {"T", 1},     {" tRuE ", 1}, {"false", 0}, {"no", 0},     {"n", 0},     {"f", 0},
		{"0", 0},     {"FALSE", 0}, {"No", 0},     {"N", 0},     {"F", 0},      {"\t0\n", 0}, {"01", -1},
		{"1.0", -1},  {"2", -1},    {"-1", -1},    {"tru", -1},  {"truee", -1}, {"yess", -1}, {"ye", -1},
		{"fals", -1}, {"ja", -1},   {"on", -1},    {"x", -1},    {"t f", -1},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		uint32_t length;
		char *copy = copy_of(cases[i].text, &length);
		int8_t value = -1;
		enum cell_state state = cell_flag(copy, length, &value);
		expect(state == (cases[i].value < 0 ? CELL_UNREADABLE : CELL_OK), cases[i].text, "state");
		expect(value == cases[i].value, cases[i].text, "value");
		free(copy);
	}
}

/* ---- syntax ---- */

struct syntax_case {
	const char *text;
	int is_one;
};

static void check_syntax(const struct syntax_case *cases, size_t count, int (*is_one)(const char *, uint32_t))
{
	for (size_t i = 0; i < count; i++) {
		uint32_t length;
		char *copy = copy_of(cases[i].text, &length);
		expect(!is_one(copy, length) == !cases[i].is_one, cases[i].text, "syntax");
		free(copy);
	}
}

#define TEN "abcdefghij"
#define SIXTY TEN TEN TEN TEN TEN TEN

static void test_emails(void)
{
	static const struct syntax_case cases[] = {
		{"a@b.c", 1},
		{"a.b@example.com", 1},
		{"A9.!#$%&'*+/=?^_`{|}~-@x.y", 1},
		{".a@b.c", 1},
		{"a.@b.c", 1},
		{"a..b@b.c", 1},
		{"a@1.2", 1},
		{"a@b-c.d", 1},
		{"a@b--c.d9", 1},
		{"a@b.c.d.e", 1},
		{SIXTY "abcd@b.c", 1},
		{SIXTY "abcde@b.c", 0},
		{"a@" SIXTY "abc.c", 1},
		{"a@" SIXTY "abcd.c", 0},
		{"a@b." SIXTY "abc", 1},
		{"a@b." SIXTY "abcd", 0},
		{"", 0},
		{"a", 0},
		{"@", 0},
		{"@b.c", 0},
		{"a@", 0},
		{"a@b", 0},
		{"a@b.", 0},
		{"a@.b", 0},
		{"a@.", 0},
		{"a@b..c", 0},
		{"a@b.c.", 0},
		{"a@-b.c", 0},
		{"a@b-.c", 0},
		{"a@b.-c", 0},
		{"a@b.c-", 0},
		{"a@b_c.d", 0},
		{"a@b@c.d", 0},
		{"a@@b.c", 0},
		{"a b@c.d", 0},
		{"a@b c.d", 0},
		{" a@b.c", 0},
		{"a(b@c.d", 0},
		{"a,b@c.d", 0},
		{"a;b@c.d", 0},
		{"a:b@c.d", 0},
		{"a\"b@c.d", 0},
		{"a[b@c.d", 0},
		{"a\\b@c.d", 0},
		{"<a@c.d>", 0},
		{"\303\274@c.d", 0},
		{"a@\303\274.d", 0},
		{"a@[1.2]", 0},
		{"a@b.c/d", 0},
		{"a@b.`", 0},
		{"a@b.{", 0},
	};
	check_syntax(cases, sizeof cases / sizeof cases[0], cell_is_email);
	CU_ASSERT(!cell_is_email("a\0b@c.d", 7));
	CU_ASSERT(!cell_is_email("a@c\0.d", 6));
	CU_ASSERT(!cell_is_email("a@c.d\0", 6));
}

static void test_phones(void)
{
	static const struct syntax_case cases[] = {
		{"1234567", 1},
		{"123456", 0},
		{"123-45-6", 0},
		{"1-2-3-4-5-6-7", 1},
		{"+86 (10) 1234.5678", 1},
		{"( ) . + - 1234567", 1},
		{"+1234567890123456789012345678901234567890", 1},
		{"", 0},
		{"+", 0},
		{"1234567 x", 0},
		{"1234567x", 0},
		{"1234567#", 0},
		{"1234567/8", 0},
		{"1234567,8", 0},
		{"1234567\t", 0},
		{"123456\357\274\227", 0}, /* a full-width seven */
		{"1234567:", 0},
		{"phone", 0},
	};
	check_syntax(cases, sizeof cases / sizeof cases[0], cell_is_phone);
	CU_ASSERT(!cell_is_phone("1234567\0", 8));
}

static const struct test tests[] = {
	{"dates", test_dates},
	{"dates with a time", test_times},
	{"dates in other formats", test_date_formats},
	{"numbers worked by hand", test_numbers_by_hand},
	{"numbers of all lengths against the library", test_numbers_by_library},
	{"what is no number", test_not_numbers},
	{"missing cells", test_missing},
	{"flags", test_flags},
	{"e-mail addresses", test_emails},
	{"phone numbers", test_phones},
	{NULL, NULL},
};

const struct suite suite_cell = {"cell", tests};
