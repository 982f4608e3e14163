/* SPDX-License-Identifier: MIT */
/* The encodings of exports, which say nothing of them, and text that was encoded twice. */
#include "salesforce_case.h"
#include "suite.h"

#include "../plugins/sources/csv_text.h"

#include <string.h>

#define MARK "\xef\xbb\xbf"

static void test_encodings(void)
{
	make_folder();
	BOTH("Id,N\n1,K\xf6ln\n", "column Id\ncolumn N\nrow 2 [1] [K\xc3\xb6ln]\n");
	BOTH("Id,N\n1,K\xc3\xb6ln\n", "column Id\ncolumn N\nrow 2 [1] [K\xc3\xb6ln]\n");
	BOTH("Id,N\n\x80\x81,\"\x93\"\"a\x94\"\nb,c\n",
	     "column Id\ncolumn N\nrow 2 [\xe2\x82\xac\xc2\x81] [\xe2\x80\x9c\"a\xe2\x80\x9d]\nrow 3 [b] [c]\n");
	BOTH(MARK "Id,N\n1,K\xf6ln\n", "column Id\ncolumn N\nrow 2 [1] [K\xf6ln]\n");
	BOTH("Id,N\xe4me\n1,2\n", "column Id\ncolumn N\xc3\xa4me\nrow 2 [1] [2]\n");
	/* The file ends within a character: then it is none of UTF-8. */
	BOTH("Id,N\n1,\xc3", "column Id\ncolumn N\nrow 2 [1] [\xc3\x83]\n");
	BOTH("\xff\xfeI\0d\0,\0N\0\n\0001\0,\0\x2d\x4e\n\0", "column Id\ncolumn N\nrow 2 [1] [\xe4\xb8\xad]\n");
	BOTH("\xfe\xff\0I\0d\0\n\xd8\0\0\n", "column Id\nrow 2 [\xef\xbf\xbd]\nskip 2 bytes that are not UTF-16BE\n");
	remove_folder();
}

static void test_set_encodings(void)
{
	make_folder();
	ZIP(ZIP_1, CSV("X", "Id\nK\xc3\xb6ln\n"));
	struct csv_trial trial = trial_in_folder();
	trial.encoding = "iso-8859-1";
	EXPECT(&trial, "column Id\nrow 2 [K\xc3\x83\xc2\xb6ln]\nskip 1 cells with text encoded twice\n");
	trial.encoding = "ISO-8859-7"; /* a gamma, and an alpha with an accent */
	EXPECT(&trial, "column Id\nrow 2 [K\xce\x93\xce\x86ln]\n");
	trial.encoding = "utf8";
	EXPECT(&trial, "column Id\nrow 2 [K\xc3\xb6ln]\n");
	trial.encoding = "no such";
	EXPECT_ERROR(&trial, CRMVAL_ECONF, "unknown encoding \"no such\"");
	ZIP(ZIP_1, CSV("X", "Id\nK\xf6ln\n"));
	trial.encoding = "UTF-8";
	EXPECT(&trial, "column Id\nrow 2 [K\xf6ln]\n");
	remove_folder();
}

static void test_twice(void)
{
	make_folder();
	/* In windows-1252, cells that are UTF-8. */
	BOTH("Id,N\nK\xf6ln,Qu\xc3\xa9\nQu\xc3\xa9,\xc3\n",
	     "column Id\ncolumn N\nrow 2 [K\xc3\xb6ln] [Qu\xc3\x83\xc2\xa9]\nrow 3 [Qu\xc3\x83\xc2\xa9] [\xc3\x83]\n"
	     "skip 2 cells with text encoded twice\n");
	/* In UTF-8, those that would be UTF-8 if they were windows-1252; the euro's own bytes are in it a\xc2-euro-not. */
	BOTH("Id\nQu\xc3\x83\xc2\xa9\n\xc3\xa9\n\xc3\xa2\xe2\x80\x9a\xc2\xac\n\xc3\xa2\xe4\xb8\xad\n\xc3\x83\n",
	     "column Id\nrow 2 [Qu\xc3\x83\xc2\xa9]\nrow 3 [\xc3\xa9]\nrow 4 [\xc3\xa2\xe2\x80\x9a\xc2\xac]\n"
	     "row 5 [\xc3\xa2\xe4\xb8\xad]\nrow 6 [\xc3\x83]\nskip 2 cells with text encoded twice\n");
	remove_folder();
}

static enum csv_text guess(const char *bytes, size_t size, size_t piece)
{
	struct csv_guess guess;
	csv_guess_start(&guess);
	for (size_t i = 0; i < size; i += piece)
		csv_guess_feed(&guess, (const uint8_t *)bytes + i, size - i < piece ? size - i : piece);
	csv_guess_end(&guess);
	return guess.text;
}

/* The bounds of what is well-formed, as the Unicode Standard has them in its table 3-7. */
static void test_guesses(void)
{
	static const char *const good[] = {"",
					   "abc",
					   "\xc2\x80",
					   "\xdf\xbf",
					   "\xe0\xa0\x80",
					   "\xec\xbf\xbf",
					   "\xed\x9f\xbf",
					   "\xee\x80\x80",
					   "\xf0\x90\x80\x80",
					   "\xf3\xbf\xbf\xbf",
					   "\xf4\x8f\xbf\xbf",
					   "a\xc3\xa9z\xe4\xb8\xad"};
	static const char *const bad[] = {"\x80",
					  "\xc1\xbf",
					  "\xc2",
					  "\xc2z",
					  "\xe0\x9f\xbf",
					  "\xed\xa0\x80",
					  "\xf0\x8f\xbf\xbf",
					  "\xf4\x90\x80\x80",
					  "\xf5\x80\x80\x80",
					  "\xe4\xb8",
					  "\xe4\xb8z",
					  "\xc3\xa9\xe9"};
	for (size_t piece = 1; piece < 4; piece++) {
		for (size_t i = 0; i < sizeof good / sizeof *good; i++)
			CU_ASSERT_EQUAL(guess(good[i], strlen(good[i]), piece), CSV_TEXT_UTF8);
		for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
			CU_ASSERT_EQUAL(guess(bad[i], strlen(bad[i]), piece), CSV_TEXT_WINDOWS);
	}
}

static const struct test tests[] = {
	{"encodings", test_encodings},
	{"encodings that are set", test_set_encodings},
	{"text encoded twice", test_twice},
	{"guesses", test_guesses},
	{0},
};

const struct suite suite_salesforce_text = {"salesforce_text", tests};
