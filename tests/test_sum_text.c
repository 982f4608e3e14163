/* SPDX-License-Identifier: MIT */
/* Exact sums as text: each has one text, and each text one sum. */
#include "../core/sum_text.h"
#include "suite.h"

static void check(struct sum sum, int is_whole, const char *expected)
{
	char text[SUM_TEXT_SIZE];
	struct sum back;
	CU_ASSERT_EQUAL(sum_text(&sum, text), is_whole);
	CU_ASSERT_STRING_EQUAL(text, expected);
	CU_ASSERT_EQUAL(sum_parse(expected, is_whole, &back), 0);
	CU_ASSERT_EQUAL(memcmp(&sum, &back, sizeof sum), 0);
	CU_ASSERT_EQUAL(sum_parse(expected, !is_whole, &back), -1);
}

static struct sum of(double a, double b)
{
	struct sum sum = {{0}};
	sum_add(&sum, a);
	sum_add(&sum, b);
	return sum;
}

static void test_texts(void)
{
	check(of(0, 0), 1, "0");
	check(of(1, 0), 1, "1");
	check(of(-431, 0), 1, "-431");
	check(of(0x1p53, -1), 1, "9007199254740991");
	check(of(0x1p53, 0), 0, "0x1p53");
	check(of(-0x1p53, 0), 0, "-0x1p53");
	check(of(0x1p53, 1), 0, "0x20000000000001p0"); /* 2^53 + 1 */
	check(of(0.5, 0), 0, "0x1p-1");
	check(of(-2.75, 0), 0, "-0xbp-2");
	check(of(0x1p-92, 0), 0, "0x1p-92");
	/* 2^217 units and one: 2 * 16^54 + 1. */
	check(of(0x1p125, 0x1p-92), 0,
	      "0x2"
	      "00000000000000000000000000"
	      "000000000000000000000000000"
	      "1p-92");
	/* The least and the greatest of all: 2^255 units and one less. */
	check((struct sum){{0, 0, 0, UINT64_C(1) << 62}}, 0, "0x1p162");
	check((struct sum){{UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX >> 1}}, 0,
	      "0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffp-92");
	check((struct sum){{1, 0, 0, UINT64_C(1) << 63}}, 0,
	      "-0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffp-92");
}

static void test_refused(void)
{
	static const char *const whole[] = {
		"", "-", "+1", "01", "-0", "1 ", " 1", "1e3", "1.0", "9007199254740992", "99999999999999999999999"};
	static const char *const others[] = {
		"",
		"0x",
		"0xp0",
		"0x0p0",
		"0x2p0",
		"0x01p-1",
		"0x1p",
		"0x1p-93",
		"0x1p9223372036854775807",
		"0x1p-9223372036854775808",
		"0x1p163",
		"0x1p-1 ",
		"0x1P-1",
		"+0x1p-1",
		"0xAp-2",
		"0x1p0",
		"0x5p0",
		"0x1p-01",
		"0x1p+60",
		"1p-1",
		"0x1p-",
		"--0x1p-1",
		"0x3p162",
		"0x10000000000000000000000000000000000000000000000000000000000000001p-92",
	};
	struct sum sum;
	for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
		CU_ASSERT_EQUAL(sum_parse(whole[i], 1, &sum), -1);
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		CU_ASSERT_EQUAL(sum_parse(others[i], 0, &sum), -1);
}

/* Sums at random come back, bit by bit, and are whole numbers where nothing stands below their point. */
static void test_random(void)
{
	uint64_t state = 20250101;
	for (int i = 0; i < 20000; i++) {
		struct sum sum, back;
		char text[SUM_TEXT_SIZE];
		for (int w = 0; w < 4; w++) {
			state ^= state << 13;
			state ^= state >> 7;
			state ^= state << 17;
			/* Some words empty, some full, so that numbers of all sizes come. */
			sum.word[w] = state % 7 == 0 ? 0 : state % 7 == 1 ? UINT64_MAX : state;
		}
		if (sum.word[3] == UINT64_C(1) << 63)
			sum.word[3]++;
		int is_whole = sum_text(&sum, text);
		CU_ASSERT_EQUAL_FATAL(sum_parse(text, is_whole, &back), 0);
		CU_ASSERT_EQUAL_FATAL(memcmp(&sum, &back, sizeof sum), 0);
	}
}

static void test_whole(void)
{
	int64_t number;
	struct sum sum = {{0}};
	static const int64_t cases[] = {0, 1, -1, 1 << 28, INT64_MAX, INT64_MIN, INT64_MIN + 1};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		sum = (struct sum){{0}};
		sum_add_integer(&sum, cases[i]);
		CU_ASSERT(sum_is_whole(&sum, &number) && number == cases[i]);
		sum_add(&sum, 0x1p-92);
		CU_ASSERT(!sum_is_whole(&sum, &number));
	}
	sum = (struct sum){{0}};
	sum_add_integer(&sum, INT64_MAX);
	sum_add_integer(&sum, 1);
	CU_ASSERT(!sum_is_whole(&sum, &number));
	sum = (struct sum){{0}};
	sum_add_integer(&sum, INT64_MIN);
	sum_add_integer(&sum, -1);
	CU_ASSERT(!sum_is_whole(&sum, &number));
}

static const struct test tests[] = {
	{"texts", test_texts},
	{"what is refused", test_refused},
	{"at random", test_random},
	{"whole numbers", test_whole},
	{NULL, NULL},
};

const struct suite suite_sum_text = {"sum_text", tests};
