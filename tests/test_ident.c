/* SPDX-License-Identifier: MIT */
/* Idents: short ids as they are, long ones by a hash that tells them apart. */
#include "../core/ident.h"
#include "suite.h"

#include <stdlib.h>

static struct ident of(const char *text)
{
	return ident_of(text, (uint32_t)strlen(text));
}

static void test_short(void)
{
	CU_ASSERT(ident_is_none(of("")));
	CU_ASSERT(!ident_is_none(ident_of("\0", 1)));
	CU_ASSERT(!ident_equal(ident_of("\0", 1), ident_of("\0\0", 2)));
	CU_ASSERT(!ident_equal(ident_of("a", 1), ident_of("a\0", 2)));
	CU_ASSERT(ident_equal(ident_of("abcX", 3), ident_of("abcY", 3)));
	CU_ASSERT(!ident_equal(of("A"), of("a")));
	CU_ASSERT(!ident_equal(of("0"), of("00")));
	/* The text itself, and its length in the last byte. */
	static const char bytes[16] = {'0', '0', '1', 'D', 'E', 'F', 0, 0, 0, 0, 0, 0, 0, 0, 0, 6};
	struct ident id = of("001DEF");
	CU_ASSERT_EQUAL(memcmp(&id, bytes, sizeof bytes), 0);
}

/* 18 characters, of which the last three are as Salesforce computes them: the other 15, and the length. */
static void test_checked(void)
{
	static const struct {
		const char *text;
		int is_whole;
	} cases[] = {
		{"0015gX000000001ABA", 1}, /* of 0015g, X0000 and 00001 the second has one, its first */
		{"0015gX000000001ABB", 0}, {"0015gX000000001AAA", 0}, {"0015gX000000001aBA", 0},
		{"0015gX000000001AB!", 0}, {"ABCDEABCDEABCDE555", 1}, {"ABCDEABCDEABCDE554", 0},
		{"abcdZabcdZabcdZQQQ", 1}, {"aBCDZaBCDZaBCDZ444", 1}, {"aBaDZaBaDZaBaDZ000", 1},
		{"aBaDZaBaDZaBaDZaaa", 0},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct ident id = of(cases[i].text);
		char whole[16] = {0};
		memcpy(whole, cases[i].text, 15);
		whole[15] = 18;
		int is_whole = memcmp(&id, whole, sizeof whole) == 0;
		CU_ASSERT_EQUAL(is_whole, cases[i].is_whole && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);
		CU_ASSERT_EQUAL(id.high >> 56 == IDENT_HASHED, !is_whole);
	}
}

static int compare(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct ident));
}

/* All ids that differ from a text in one byte, of each length up to 70, differ from it and from each other. */
static void test_every_byte(void)
{
	enum { LENGTHS = 70, MOST = 1 + LENGTHS * 255 };
	struct ident *ids = malloc(MOST * sizeof *ids);
	char text[LENGTHS];
	int same = 0, none = 0;
	for (uint32_t length = 1; length <= LENGTHS; length++) {
		uint32_t count = 0;
		memset(text, 'x', length);
		ids[count++] = ident_of(text, length);
		for (uint32_t i = 0; i < length; i++) {
			for (int byte = 0; byte < 256; byte++) {
				text[i] = (char)byte;
				if (byte != 'x')
					ids[count++] = ident_of(text, length);
			}
			text[i] = 'x';
		}
		qsort(ids, count, sizeof *ids, compare);
		for (uint32_t i = 0; i < count; i++) {
			none += ident_is_none(ids[i]);
			same += i > 0 && ident_equal(ids[i - 1], ids[i]);
		}
	}
	CU_ASSERT_EQUAL(same, 0);
	CU_ASSERT_EQUAL(none, 0);
	free(ids);
}

/* Long ids as CRMs make them differ in few places; and one is not the beginning of another. */
static void test_long(void)
{
	enum { COUNT = 100000 };
	struct ident *ids = malloc(COUNT * sizeof *ids);
	static const char zeros[COUNT / 50];
	int same = 0, is_long = 1;
	for (uint32_t i = 0; i < COUNT; i++) {
		char text[64];
		int length = sprintf(text, "001Xx000%05uAAA-%07u", (unsigned)(i / 100), (unsigned)i);
		ids[i] = ident_of(text, (uint32_t)length);
		is_long &= ids[i].high >> 56 == 0xff;
	}
	qsort(ids, COUNT, sizeof *ids, compare);
	for (uint32_t i = 1; i < COUNT; i++)
		same += ident_equal(ids[i - 1], ids[i]);
	CU_ASSERT_EQUAL(same, 0);
	CU_ASSERT(is_long);
	for (uint32_t length = 0; length < sizeof zeros; length++)
		ids[length] = ident_of(zeros, length);
	qsort(ids, sizeof zeros, sizeof *ids, compare);
	for (uint32_t i = 1; i < sizeof zeros; i++)
		same += ident_equal(ids[i - 1], ids[i]);
	CU_ASSERT_EQUAL(same, 0);
	free(ids);
}

/* What a table makes of hashes: their lower bits choose the place, and idents one after the other spread over it. */
static void test_hash(void)
{
	enum { PLACES = 4096 };
	static unsigned char taken[PLACES];
	int count = 0;
	for (unsigned i = 0; i < PLACES; i++) {
		char text[16];
		sprintf(text, "c%u", i);
		taken[ident_hash(of(text)) % PLACES] = 1;
	}
	for (unsigned i = 0; i < PLACES; i++)
		count += taken[i];
	/* At random 1 - 1/e of the places are taken, 2589; three per cent less would be 20 standard deviations off. */
	CU_ASSERT(count > 2500);
}

static const struct test tests[] = {
	{"short ids", test_short},    {"every byte counts", test_every_byte},        {"long ids", test_long},
	{"hashes spread", test_hash}, {"18 characters of Salesforce", test_checked}, {NULL, NULL},
};

const struct suite suite_ident = {"ident", tests};
