/* SPDX-License-Identifier: MIT */
/* Ids as Salesforce writes them: which are one record's, which stand for none, which are wrong. */
#include "../core/salesforce_id.h"
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Fails the test, and says for which id. */
static void expect(int is_so, const char *text, const char *what)
{
	char message[100];
	snprintf(message, sizeof message, "\"%.40s\": %s", text, what);
	CU_assertImplementation(is_so, __LINE__, message, __FILE__, "", CU_FALSE);
}

/* expected NULL: it stays as it stands. */
static void check(const char *text, enum cell_state expected_state, const char *expected)
{
	uint32_t length = (uint32_t)strlen(text), read_length = length;
	char *copy = memcpy(malloc(length), text, length); /* to the byte: a sanitizer sees a read beyond the end */
	char buffer[18];
	const char *read = copy;
	expect(salesforce_id_read(&read, &read_length, buffer) == expected_state, text, "state");
	expect(read == (expected ? buffer : copy), text, "where it is");
	expect(read_length == (expected ? 18 : length), text, "length");
	expect(memcmp(read, expected ? expected : text, read_length) == 0, text, "id");
	free(copy);
}

/* Of real exports: ids with their check characters, as they stand there. */
static const char *const genuine[] = {
	"001Ec00000FzlUdIAJ", "003Ec00000Cz30gIAB", "005Ec000004oBPNIA2", "006Ec00000AieKLIAZ", "006Ec00000AieKGIAZ",
	"00QEc00000BBafRMAT", "00TEc00000Co1WhMAJ", "01mEc000000JAoTIAW", "07kEc000002UVd8IAG", "500Ec000009YUYGIA4",
};

static void test_genuine(void)
{
	for (size_t i = 0; i < sizeof genuine / sizeof *genuine; i++) {
		char plain[16] = "";
		memcpy(plain, genuine[i], 15);
		check(genuine[i], CELL_OK, NULL);
		check(plain, CELL_OK, genuine[i]);
	}
}

/* The first character of a group counts 1, the last 16; A is 0, Z 25, and 0 to 5 are 26 to 31. */
static void test_check_characters(void)
{
	check("A0000a0000a0000", CELL_OK, "A0000a0000a0000BAA");
	check("0A000000A00000A", CELL_OK, "0A000000A00000ACIQ");
	check("AAAAAAAAAAAAAAA", CELL_OK, "AAAAAAAAAAAAAAA555");
	check("zzzzzzzzzzzzzzz", CELL_OK, "zzzzzzzzzzzzzzzAAA");
	check("0A0BCA0BCDZZ1ZZ", CELL_OK, "0A0BCA0BCDZZ1ZZ031"); /* 2+8+16 = 26; 1+4+8+16 = 29; 1+2+8+16 = 27 */
	check("9@0000000000000", CELL_OK, NULL);
}

static void test_wrong(void)
{
	static const char *const wrong[] = {
		"001Ec00000FzlUdIAK", "001Ec00000FzlUdIBJ", "001Ec00000FzlUdJAJ", /* each check character */
		"001ec00000FzlUdIAJ", "001EC00000FzlUdIAJ", "001Ec00000FzlUDIAJ", /* a letter in the other case */
		"001Ec00000FzlUdiaj", "001ec00000fzludiaj", "000000000000000AAB", "internationalisati",
	};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		check(wrong[i], CELL_UNREADABLE, NULL);
}

static void test_missing(void)
{
	check("000000000000000", CELL_MISSING, NULL);
	check("000000000000000AAA", CELL_MISSING, NULL);
	check("000000000000001", CELL_OK, "000000000000001AAA");
	check("000000000000001AAA", CELL_OK, NULL);
	check("00000000000000", CELL_OK, NULL);
}

static void test_other_shapes(void)
{
	static const char *const others[] = {
		"1",
		"ACME-1",
		"001Ec00000FzlU",
		"001Ec00000FzlUdI",
		"001Ec00000FzlUdIA",
		"001Ec00000FzlUdIAJx",
		"001Ec00000Fzl-d",
		"001Ec00000Fzl dIAJ",
		"001Ec00000FzlUdIA_",
		"001Ec00000Fzl\xc3\xa9IAJ",
		"-01Ec00000FzlUd",
		"001Ec00000FzlUd\xc3\xa9x",
		"customer@acme.x",
		"2025-01-01 10:00:00",
	};
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		check(others[i], CELL_OK, NULL);
}

static const struct test tests[] = {
	{"genuine", test_genuine}, {"check characters", test_check_characters}, {"wrong", test_wrong},
	{"missing", test_missing}, {"other shapes", test_other_shapes},         {NULL, NULL},
};

const struct suite suite_salesforce_id = {"salesforce_id", tests};
