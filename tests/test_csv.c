/* SPDX-License-Identifier: MIT */
/* The dialect of CSV, worked by hand. */
#include "csv_case.h"
#include "suite.h"

#include <string.h>

/* ---- the dialect ---- */

static void test_records(void)
{
	make_folder();
	DIALECT("a,b\n1,2\n3,4\n", "column a\ncolumn b\nrow 2 [1] [2]\nrow 3 [3] [4]\n");
	DIALECT("a,b\n1,2", "column a\ncolumn b\nrow 2 [1] [2]\n");
	DIALECT("a,b\r\n1,2\r\n3,4\r\n", "column a\ncolumn b\nrow 2 [1] [2]\nrow 3 [3] [4]\n");
	DIALECT("a,b\r1,2\r3,4", "column a\ncolumn b\nrow 2 [1] [2]\nrow 3 [3] [4]\n");
	DIALECT("a\n1\r\r\n\n2\n", "column a\nrow 2 [1]\nrow 5 [2]\nskip 2 blank lines\n");
	DIALECT("a\n", "column a\n");
	DIALECT("a", "column a\n");
	DIALECT("\r\n\na\n1\n", "column a\nrow 4 [1]\nskip 2 blank lines\n");
	DIALECT("a,b\n,\n 1 ,\t\n", "column a\ncolumn b\nrow 2 [] []\nrow 3 [ 1 ] [\t]\n");
	DIALECT("a,b\n1\n1,2,3\n1,2\n", "column a\ncolumn b\nreject 2 at 4: 1 field where the header has 2\n"
					"reject 3 at 6: 3 fields where the header has 2\nrow 4 [1] [2]\n");
	DIALECT("a,b\n1,\0\n1,2\n", "column a\ncolumn b\nreject 2 at 4: NUL byte\nrow 3 [1] [2]\n");
	DIALECT("\xef\xbb\xbf"
		"a,b\n1\n",
		"column a\ncolumn b\nreject 2 at 7: 1 field where the header has 2\n");
	remove_folder();
}

static void test_quotes(void)
{
	make_folder();
	DIALECT("a,b\n\"1\",\"\"\n", "column a\ncolumn b\nrow 2 [1] []\n");
	DIALECT("a\n\"\"\n", "column a\nrow 2 []\n");
	DIALECT("a,b\n\"1,\"\"2\"\"\",\"\"\"\"\n", "column a\ncolumn b\nrow 2 [1,\"2\"] [\"]\n");
	DIALECT("a,b\n\"x\r\ny\rz\n\",2\n3,4\n", "column a\ncolumn b\nrow 2 [x\r\ny\rz\n] [2]\nrow 6 [3] [4]\n");
	DIALECT("a,b\n5\" pipe,6\"\"\n \"q\",\"r\"\n",
		"column a\ncolumn b\nrow 2 [5\" pipe] [6\"\"]\nrow 3 [ \"q\"] [r]\n");
	DIALECT("a,b\n\"1\"x,2\n3,4\n",
		"column a\ncolumn b\nreject 2 at 4: text after a closing quote\nrow 3 [3] [4]\n");
	/* After such text the field is not quoted any more: what looks like a quoted comma and line end is none. */
	DIALECT("a,b\n\"1\"x\",2\n\"3\" \"4\n\",5\n6,7\n", "refused in line 4\n");
	DIALECT("a,b\n\"1\"x\",2\n\"3\" \"4\n5,6\n", "column a\ncolumn b\nreject 2 at 4: text after a closing quote\n"
						     "reject 3 at 12: text after a closing quote\nrow 4 [5] [6]\n");
	DIALECT("a,b\n1,2\n\"3,4\n5,6\n", "refused in line 3\n");
	DIALECT("a,b\n1,\"x\ny\"\n3,\"\"\"\n", "refused in line 4\n");
	DIALECT("a,b\n\"1\",\"2\"", "column a\ncolumn b\nrow 2 [1] [2]\n");
	DIALECT("\"a\nb\",\" c \"\"\"\n1,2\n", "column a\nb\ncolumn c \"\nrow 3 [1] [2]\n");
	remove_folder();
}

static void test_delimiters(void)
{
	static const char *const files[] = {"f.csv", NULL};
	make_folder();
	struct csv_trial trial = trial_of(files);
	write_text("f.csv", "a;b\tc\n1,2;\"3;4\"\n");
	trial.delimiter = ";";
	EXPECT(&trial, "column a\ncolumn b\tc\nrow 2 [1,2] [3;4]\n");
	write_text("f.csv", "a,\tb\n1,\t2\n");
	trial.delimiter = "tab";
	EXPECT(&trial, "column a,\ncolumn b\nrow 2 [1,] [2]\n");
	trial.delimiter = "\t";
	EXPECT(&trial, "column a,\ncolumn b\nrow 2 [1,] [2]\n");
	static const char *const wrong[] = {"", "::", "\"", "\n", "\r", "\xc2\xa7", "\x80"};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		trial.delimiter = wrong[i];
		EXPECT_ERROR(&trial, CRMVAL_ECONF, "delimiter");
	}
	remove_folder();
}

static void test_limits(void)
{
	static const char *const files[] = {"f.csv", NULL};
	make_folder();
	write_text("f.csv", "a,b\n12345,1\n123456,1\n\"1234\",1\n\"12345\",1\n12345,12345\n12345,123456\n");
	for (int i = 0; i < 2; i++) {
		struct csv_trial trial = trial_of(files);
		trial.chunk = i ? 64 : 0;
		trial.max_field = 6;
		trial.max_row = 11;
		EXPECT(&trial, "column a\ncolumn b\nrow 2 [12345] [1]\nrow 3 [123456] [1]\nrow 4 [1234] [1]\n"
			       "reject 5 at 30: a field of more than 6 bytes\nrow 6 [12345] [12345]\n"
			       "reject 7 at 52: a row of more than 11 bytes\n");
	}
	struct csv_trial trial = trial_of(files);
	trial.max_columns = 1;
	EXPECT_ERROR(&trial, CRMVAL_EDATA, "more than 1 columns");
	trial.max_columns = 2;
	trial.max_header = 3;
	EXPECT_ERROR(&trial, CRMVAL_EDATA, "header has more than 3 bytes");
	trial.max_header = 4;
	csv_trial_run(&trial);
	CU_ASSERT_EQUAL(trial.status, CRMVAL_OK);
	csv_trial_free(&trial);
	remove_folder();
}

/* ---- columns ---- */

static void test_wanted(void)
{
	static const char *const files[] = {"f.csv", NULL};
	static const uint32_t wanted[] = {2, 0, 2};
	make_folder();
	write_text("f.csv", "a,b,c\n1,2,\"\"\"x\"\"3\"\n\"4\",5,6\n");
	struct csv_trial trial = trial_of(files);
	trial.wanted = wanted;
	trial.wanted_count = 3;
	EXPECT(&trial, "column a\ncolumn b\ncolumn c\nrow 2 [\"x\"3] [1] [\"x\"3]\nrow 3 [6] [4] [6]\n");
	trial.wanted_count = 0;
	EXPECT(&trial, "column a\ncolumn b\ncolumn c\nrow 2\nrow 3\n");
	remove_folder();
}

static void test_headers(void)
{
	static const struct {
		const char *bytes;
		size_t size;
		const char *message;
	} refused[] = {
		{"", 0, "no header"},
		{"\n\r\n", 3, "no header"},
		{"a,b, a \n1,2,3\n", 14, "columns 1 and 3 of the header are both called \"a\""},
		{"a,\"b\n1,2\n", 9, ":1: a quote is opened and never closed"},
		{"a,\"b\"c\n1,2\n", 11, "text after a closing quote in the header, column 2"},
		{"a\0,b\n", 5, "NUL byte in the header, column 1"},
		{"a,\xe9t\xe9\n", 6, "not UTF-8 in column 2"},
		{"(column 2),\n", 12, "both called \"(column 2)\""},
	};
	static const char *const files[] = {"f.csv", NULL};
	make_folder();
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
		write_bytes("f.csv", refused[i].bytes, refused[i].size);
		struct csv_trial trial = trial_of(files);
		csv_trial_run(&trial);
		expect_error_line(&trial, CRMVAL_EDATA, refused[i].message, __LINE__);
	}
	DIALECT(" a\t, b c ,\"\",\n", "column a\ncolumn b c\ncolumn (column 3)\ncolumn (column 4)\n");
	remove_folder();
}

static const struct test tests[] = {
	{"records", test_records},
	{"quotes", test_quotes},
	{"delimiters", test_delimiters},
	{"limits", test_limits},
	{"columns wanted", test_wanted},
	{"headers", test_headers},
	{0},
};

const struct suite suite_csv = {"csv", tests};
