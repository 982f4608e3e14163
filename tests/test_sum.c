/* SPDX-License-Identifier: MIT */
/* Exact sums, against integers of 256 bits that are added here bit by bit. */
#include "../core/sum.h"
#include "suite.h"

#include <stdlib.h>
#include <string.h>

/* A 256-bit number in two's complement, as 256 bits: slow, and as plain as can be. */
struct plain {
	unsigned char bit[256];
};

static void plain_add(struct plain *to, const struct plain *from)
{
	unsigned carry = 0;
	for (int i = 0; i < 256; i++) {
		unsigned sum = to->bit[i] + from->bit[i] + carry;
		to->bit[i] = sum & 1;
		carry = sum >> 1;
	}
}

/* whole * 2^exponent in units of 2^-92, what is below cut off. */
static struct plain plain_of(unsigned __int128 whole, int exponent, int is_negative)
{
	struct plain number = {{0}}, one = {{1}};
	for (int i = 0; i < 128; i++)
		if ((whole >> i & 1) && i + exponent + 92 >= 0)
			number.bit[i + exponent + 92] = 1;
	if (is_negative) {
		for (int i = 0; i < 256; i++)
			number.bit[i] ^= 1;
		plain_add(&number, &one);
	}
	return number;
}

static struct plain plain_double(double x)
{
	int exponent;
	double mantissa = frexp(fabs(x), &exponent); /* 0.5 to 1 */
	return plain_of((unsigned __int128)ldexp(mantissa, 53), exponent - 53, x < 0);
}

static int is_same(const struct sum *sum, const struct plain *plain)
{
	for (int i = 0; i < 256; i++)
		if ((sum->word[i / 64] >> (i % 64) & 1) != plain->bit[i])
			return 0;
	return 1;
}

/* Numbers that repeat in every run. */
static uint64_t random_state = 1;

static uint64_t random_bits(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

static double random_double(int least, int most)
{
	double mantissa = (double)(random_bits() >> 11 | UINT64_C(1) << 52);
	double x = ldexp(mantissa, least + (int)(random_bits() % (unsigned)(most - least + 1)) - 53);
	return random_bits() & 1 ? -x : x;
}

static void test_single(void)
{
	static const double cases[] = {0,        0x1p0,     -0x1p0,     0x1p-92,  -0x1p-92, 0x1p-93,
				       -0x1p-93, 0x1.8p-92, -0x1.8p-92, 0x1p-145, 0x1p-146, 0x1.fffffffffffffp125,
				       0x1p126,  0x1p36,    -0x1p36,    0x1p35,   0x1.8p35, -0x1p100,
				       0x1p-40,  5e-324,    0.1};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct sum sum = {{0}};
		struct plain plain = plain_double(cases[i]);
		sum_add(&sum, cases[i]);
		CU_ASSERT(is_same(&sum, &plain));
	}
}

/* Carries and borrows through all four words: by hand. */
static void test_carries(void)
{
	struct sum sum = {{0}};
	sum_add(&sum, -0x1p-92); /* -1 unit: all bits */
	for (int i = 0; i < 4; i++)
		CU_ASSERT_EQUAL(sum.word[i], UINT64_MAX);
	CU_ASSERT(sum_value(&sum) == -(quad)0x1p-92);
	sum_add(&sum, 0x1p-92);
	for (int i = 0; i < 4; i++)
		CU_ASSERT_EQUAL(sum.word[i], 0);
	/* 2^192 units = 2^100, less one unit, in the lower three words; one more unit carries into the fourth. */
	sum_add(&sum, 0x1p100);
	sum_add(&sum, -0x1p-92);
	CU_ASSERT(sum.word[0] == UINT64_MAX && sum.word[1] == UINT64_MAX && sum.word[2] == UINT64_MAX);
	CU_ASSERT_EQUAL(sum.word[3], 0);
	sum_add(&sum, 0x1p-92);
	CU_ASSERT(sum.word[0] == 0 && sum.word[1] == 0 && sum.word[2] == 0 && sum.word[3] == 1);
	CU_ASSERT(sum_value(&sum) == (quad)0x1p100);
	/* A mantissa over two words, both of which are full: 2^-28 is unit 64 of word 1. */
	sum = (struct sum){{UINT64_MAX, UINT64_MAX, UINT64_MAX, 5}};
	sum_add(&sum, 0x1p-28 + 0x1p-29); /* 2^64 + 2^63 */
	CU_ASSERT(sum.word[0] == (UINT64_C(1) << 63) - 1 && sum.word[1] == 1 && sum.word[2] == 0 && sum.word[3] == 6);
}

static void test_random(void)
{
	enum { TERMS = 3000 };
	static double terms[TERMS];
	struct sum forward = {{0}}, backward = {{0}}, parts[7], merged = {{0}};
	struct plain plain = {{0}};
	memset(parts, 0, sizeof parts);
	random_state = 20250101;
	for (int i = 0; i < TERMS; i++) {
		terms[i] = random_double(-100, 126);
		struct plain one = plain_double(terms[i]);
		plain_add(&plain, &one);
		sum_add(&forward, terms[i]);
		sum_add(&parts[random_bits() % 7], terms[i]);
		CU_ASSERT_FATAL(is_same(&forward, &plain));
	}
	for (int i = TERMS; i-- > 0;)
		sum_add(&backward, terms[i]);
	CU_ASSERT(is_same(&backward, &plain));
	for (int i = 6; i >= 0; i--)
		sum_merge(&merged, &parts[i]);
	CU_ASSERT(is_same(&merged, &plain));
}

/* Products of whole numbers of 53 bits, at all scales: exact, down to the unit. */
static void test_products(void)
{
	struct sum sum = {{0}};
	struct plain plain = {{0}};
	random_state = 7;
	for (int i = 0; i < 3000; i++) {
		uint64_t a = random_bits() >> 11, b = random_bits() >> (11 + i % 40);
		/* No bit of the product below the unit, and factors below 2^63. */
		int a_exponent = (int)(random_bits() % 56) - 46, b_exponent = (int)(random_bits() % 56) - 46;
		double x = ldexp((double)a, a_exponent), y = ldexp((double)b, b_exponent);
		struct plain one = plain_of((unsigned __int128)a * b, a_exponent + b_exponent, i & 1);
		plain_add(&plain, &one);
		struct sum product;
		sum_set_product(&product, i & 1 ? -x : x, y);
		sum_merge(&sum, &product);
		CU_ASSERT_FATAL(is_same(&sum, &plain));
	}
	/* The square of 0.1 has 106 bits, some below the unit: less than a unit is lost. */
	struct sum tenth;
	sum_set_product(&tenth, 0.1, 0.1);
	quad lost = (quad)0.1 * (quad)0.1 - sum_value(&tenth);
	CU_ASSERT(lost > -(quad)0x1p-92 && lost < (quad)0x1p-92 && lost != 0);
}

static void test_integers(void)
{
	static const int64_t cases[] = {0, 1, -1, 35, -36, INT64_MAX, INT64_MIN, INT64_MIN + 1, INT64_C(1) << 36};
	struct sum sum = {{0}};
	struct plain plain = {{0}};
	random_state = 11;
	for (size_t i = 0; i < 1000; i++) {
		int64_t term = i < sizeof cases / sizeof cases[0] ? cases[i] : (int64_t)random_bits();
		uint64_t magnitude = term < 0 ? -(uint64_t)term : (uint64_t)term;
		struct plain one = plain_of(magnitude, 0, term < 0);
		plain_add(&plain, &one);
		sum_add_integer(&sum, term);
		CU_ASSERT_FATAL(is_same(&sum, &plain));
	}
}

static void test_merge_carries(void)
{
	struct sum a = {{UINT64_MAX, UINT64_MAX, UINT64_MAX, 1}}, b = {{1, 0, 0, 0}},
		   all = {{UINT64_MAX, UINT64_MAX, 0, 0}};
	sum_merge(&a, &b);
	CU_ASSERT(a.word[0] == 0 && a.word[1] == 0 && a.word[2] == 0 && a.word[3] == 2);
	/* A carry into a word of ones that is added to a word of ones. */
	struct sum ones = {{UINT64_MAX, UINT64_MAX, 0, 0}};
	sum_merge(&ones, &all);
	CU_ASSERT(ones.word[0] == UINT64_MAX - 1 && ones.word[1] == UINT64_MAX && ones.word[2] == 1 &&
		  ones.word[3] == 0);
	struct sum full = {{UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX}}, none = {{0}};
	sum_merge(&none, &full);
	sum_merge(&none, &b);
	CU_ASSERT(none.word[0] == 0 && none.word[1] == 0 && none.word[2] == 0 && none.word[3] == 0);
}

static void test_values(void)
{
	struct sum sum = {{0}};
	CU_ASSERT(sum_value(&sum) == 0);
	sum_add(&sum, 1e15);
	sum_add(&sum, 0.5);
	sum_add(&sum, -1e15);
	CU_ASSERT(sum_value(&sum) == 0.5);
	sum_add(&sum, -2.75);
	CU_ASSERT(sum_value(&sum) == -2.25);
	sum_add(&sum, 0x1p125);
	/* 2^125 - 2.25: 128 bits do not fit a mantissa of 113. */
	CU_ASSERT(sum_value(&sum) == (quad)0x1p125);
	sum_add(&sum, -0x1p125);
	CU_ASSERT(sum_value(&sum) == -2.25);
	struct sum least = {{0, 0, 0, UINT64_C(1) << 63}};
	CU_ASSERT(sum_value(&least) == -(quad)0x1p163);
	/* 2^100 + 1 keeps its last bit. */
	struct sum wide = {{0}};
	sum_add(&wide, 0x1p100);
	sum_add(&wide, 1);
	CU_ASSERT(sum_value(&wide) - (quad)0x1p100 == 1);
}

/* Whatever words a sum takes, its value is what they come to one after the other. */
static void test_words(void)
{
	random_state = 13;
	for (int i = 0; i < 4000; i++) {
		struct sum sum = {{0}}, negative = {{0}}, one = {{1}};
		quad value = 0;
		for (int word = 0; word <= i % 4; word++)
			sum.word[word] = random_bits() >> (word == i % 4 ? 1 + i / 4 % 63 : 0);
		for (int word = 3; word >= 0; word--)
			value = value * (quad)0x1p64 + (quad)sum.word[word];
		value *= (quad)0x1p-92;
		CU_ASSERT_FATAL(sum_value(&sum) == value);
		for (int word = 0; word < 4; word++)
			negative.word[word] = ~sum.word[word];
		sum_merge(&negative, &one);
		CU_ASSERT_FATAL(sum_value(&negative) == -value);
	}
}

static const struct test tests[] = {
	{"one term", test_single},
	{"carries and borrows", test_carries},
	{"terms at random, in any order, in parts", test_random},
	{"products", test_products},
	{"whole numbers", test_integers},
	{"carries when merging", test_merge_carries},
	{"values", test_values},
	{"words", test_words},
	{NULL, NULL},
};

const struct suite suite_sum = {"sum", tests};
