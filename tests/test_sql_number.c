/* SPDX-License-Identifier: MIT */
/* Numbers of databases as text: what is read back is the same, and no shorter text would do; UTF-16. */
#include "suite.h"

#include "../plugins/sources/sql_number.h"
#include "../plugins/sources/sql_utf16.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t state = 1;

static uint64_t next_random(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static const char *text_of(double value)
{
	static char text[SQL_NUMBER_ROOM + 1];
	text[sql_number_double(text, value)] = 0;
	return text;
}

/* How many digits there are from the first to the last that is not 0. */
static size_t digits_of(const char *text)
{
	char digits[SQL_NUMBER_ROOM + 1];
	size_t count = 0;
	for (; *text && *text != 'e'; text++)
		if ((*text > '0' && *text <= '9') || (*text == '0' && count))
			digits[count++] = *text;
	while (count && digits[count - 1] == '0')
		count--;
	return count;
}

static void check_double(double value)
{
	char printed[64];
	const char *text = text_of(value);
	int least = 1;
	CU_ASSERT_EQUAL_FATAL(strtod(text, NULL), value);
	while (snprintf(printed, sizeof printed, "%.*g", least, value), strtod(printed, NULL) != value)
		least++;
	CU_ASSERT_FATAL(digits_of(text) <= (size_t)(least > 15 ? least : 15));
	CU_ASSERT_FATAL(least > 15 || !isnormal(value) || digits_of(text) == digits_of(printed));
}

static void test_doubles(void)
{
	CU_ASSERT_STRING_EQUAL(text_of(5), "5");
	CU_ASSERT_STRING_EQUAL(text_of(-1234567.89), "-1234567.89");
	CU_ASSERT_STRING_EQUAL(text_of(0.1 + 0.2), "0.30000000000000004");
	CU_ASSERT_STRING_EQUAL(text_of(-0.5), "-0.5");
	CU_ASSERT_STRING_EQUAL(text_of(0.0001), "0.0001");
	CU_ASSERT_STRING_EQUAL(text_of(1e22), "1e+22");
	CU_ASSERT_STRING_EQUAL(text_of(99999999999.99), "99999999999.99");
	CU_ASSERT_STRING_EQUAL(text_of(INFINITY), "inf");
	CU_ASSERT_PTR_NOT_NULL(strstr(text_of(NAN), "nan"));
	for (int i = 0; i < 20000; i++) {
		uint64_t bits = next_random();
		double any, money = (double)(int64_t)(bits >> 24) / 100 * (bits & 1 ? 1 : -1);
		memcpy(&any, &bits, sizeof any);
		if (isfinite(any))
			check_double(any);
		check_double(money);
		check_double((double)(int64_t)bits / 1e4);
		check_double((double)(bits % 100000) / 1000);
	}
}

static void test_floats(void)
{
	char text[SQL_NUMBER_ROOM + 1];
	for (int i = 0; i < 20000; i++) {
		uint32_t bits = (uint32_t)next_random();
		float value;
		memcpy(&value, &bits, sizeof value);
		text[sql_number_float(text, value)] = 0;
		CU_ASSERT_FATAL(isnan(value) || strtof(text, NULL) == value);
	}
	text[sql_number_float(text, 0.1f)] = 0;
	CU_ASSERT_STRING_EQUAL(text, "0.1");
}

static void test_integers(void)
{
	static const int64_t values[] = {0, 9, 10, -1, -10, INT64_MAX, INT64_MIN};
	char text[SQL_NUMBER_ROOM + 1], printed[32];
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		text[sql_number_integer(text, values[i])] = 0;
		snprintf(printed, sizeof printed, "%lld", (long long)values[i]);
		CU_ASSERT_STRING_EQUAL(text, printed);
	}
}

static void test_utf16(void)
{
	static const uint16_t halves[] = {'a', 0xd800, 'b', 0xdc00, 0xdbff};
	static const char text[] = "a\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf\xf0\x90\x80\x80\xf4\x8f\xbf\xbf";
	uint16_t wide[64];
	char back[192];
	size_t units = sql_utf16_from_utf8(wide, text);
	CU_ASSERT_EQUAL(units, 10);
	CU_ASSERT_EQUAL(wide[units], 0);
	back[sql_utf16_to_utf8(back, wide, units)] = 0;
	CU_ASSERT_STRING_EQUAL(back, text);
	back[sql_utf16_to_utf8(back, halves, sizeof halves / sizeof *halves)] = 0;
	CU_ASSERT_STRING_EQUAL(back, "a\xef\xbf\xbd"
				     "b\xef\xbf\xbd\xef\xbf\xbd");
}

static const struct test tests[] = {
	{"doubles", test_doubles},
	{"floats", test_floats},
	{"integers", test_integers},
	{"utf-16", test_utf16},
	{NULL, NULL},
};

const struct suite suite_sql_number = {"sql_number", tests};
