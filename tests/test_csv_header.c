/* SPDX-License-Identifier: MIT */
/* Headers of CSV files, in pieces of any size, and the quote that is never closed. */
#include "../plugins/sources/csv_header.h"
#include "failing.h"
#include "suite.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Bytes in memory, so many at a time. */
struct memory {
	const char *bytes;
	size_t left, piece;
	int status; /* what reading on comes to, once they are gone */
};

static int read_memory(void *context, uint8_t *to, size_t room, size_t *got, struct crmval_error *unused)
{
	struct memory *memory = context;
	size_t size = memory->left < memory->piece ? memory->left : memory->piece;
	(void)unused;
	*got = size < room ? size : room;
	memcpy(to, memory->bytes, *got);
	memory->bytes += *got;
	memory->left -= *got;
	return *got ? CRMVAL_OK : memory->status;
}

static struct crmval_error error = {.struct_size = sizeof error};

static const struct csv_dialect usual = {.delimiter = ',', .max_columns = 40, .max_header_bytes = 4000};

static int read_header(struct memory *memory, const struct csv_dialect *dialect, struct csv_header *header)
{
	return csv_header_read((struct csv_bytes){read_memory, memory}, dialect, "f", header, &error);
}

/* What is read: names between slashes; size, line, blank lines and delimiter. */
static void check_header(const struct csv_dialect *dialect, const char *bytes, size_t size, const char *expected)
{
	for (size_t piece = 1; piece <= size; piece++) {
		struct memory memory = {bytes, size, piece, CRMVAL_OK};
		struct csv_header header;
		char text[4000] = "";
		long held = failing_held();
		if (read_header(&memory, dialect, &header) != CRMVAL_OK) {
			snprintf(text, sizeof text, "%s", error.message);
		} else {
			for (uint32_t i = 0; i < header.count; i++)
				sprintf(text + strlen(text), "%s/", header.names[i]);
			sprintf(text + strlen(text), " %llu %llu %llu %c", (unsigned long long)header.size,
				(unsigned long long)header.line, (unsigned long long)header.blank_lines,
				header.delimiter);
			csv_header_free(&header);
		}
		if (strcmp(text, expected) != 0)
			printf("%zu of \"%s\": %s\n", piece, bytes, text);
		CU_ASSERT_STRING_EQUAL(text, expected);
		CU_ASSERT_EQUAL(failing_held(), held);
	}
}

#define HEADER(dialect, bytes, expected) check_header(dialect, bytes, sizeof(bytes) - 1, expected)

static void test_records(void)
{
	HEADER(&usual, "a,b\n1,2\n", "a/b/ 4 2 0 ,");
	HEADER(&usual, "a,b\r\n1,2\n", "a/b/ 5 2 0 ,");
	HEADER(&usual, "a,b\r1,2\n", "a/b/ 4 2 0 ,");
	HEADER(&usual, "a,b\r\n", "a/b/ 5 2 0 ,");
	HEADER(&usual, "a,b\n\n", "a/b/ 4 2 0 ,");
	HEADER(&usual, "a,b\r\r", "a/b/ 4 2 0 ,");
	HEADER(&usual, "a,b", "a/b/ 3 1 0 ,");
	HEADER(&usual, "a", "a/ 1 1 0 ,");
	HEADER(&usual, "\n\r\n\r\ra,b\n", "a/b/ 9 6 4 ,");
	HEADER(&usual, "a,\n", "a/(column 2)/ 3 2 0 ,");
	HEADER(&usual, ",", "(column 1)/(column 2)/ 1 1 0 ,");
	HEADER(&usual, "\"a\",\"b,\nc\"\"d\"\r\nx", "a/b,\nc\"d/ 15 3 0 ,");
	HEADER(&usual, "\"a\",b\"c\"\n", "a/b\"c\"/ 9 2 0 ,");
	HEADER(&usual, "\"\n\"\n", "(column 1)/ 4 3 0 ,");
	HEADER(&usual, "\"\r\n\r\"\n", "(column 1)/ 6 4 0 ,");
	HEADER(&usual, "\"\"\n", "(column 1)/ 3 2 0 ,");
	HEADER(&usual, " \t a b\v , \xc3\xa9 \f\r\n", "a b/\xc3\xa9/ 16 2 0 ,");
	HEADER(&usual, "         a,  ,b\n", "a/(column 2)/b/ 16 2 0 ,");
	HEADER(&usual, "\x1f,\x0e,\x08,!\n", "\x1f/\x0e/\x08/!/ 8 2 0 ,");
}

static void test_refused(void)
{
	static const struct csv_dialect narrow = {.delimiter = ',', .max_columns = 2, .max_header_bytes = 4};
	HEADER(&usual, "\n", "f: no header: the file is empty; get it again");
	HEADER(&usual, "\r\n\n", "f: no header: the file is empty; get it again");
	HEADER(&usual, "a,\n\"b\nc", "a/(column 2)/ 3 2 0 ,");
	HEADER(&usual, "\n\"a\n\",\"b\nc", "f:3: a quote is opened and never closed; close it, or get the file again");
	HEADER(&usual, "\"\"\"", "f:1: a quote is opened and never closed; close it, or get the file again");
	HEADER(&usual, "a,\"b\"c\n", "f:1: text after a closing quote in the header, column 2");
	HEADER(&usual, "\"\n\"c\n", "f:2: text after a closing quote in the header, column 1");
	HEADER(&usual, "a\0,b\n", "f: NUL byte in the header, column 1; if the file is UTF-16, set its encoding");
	HEADER(&usual, "a,\xe9\n", "f: the header is not UTF-8 in column 2; set the file's encoding");
	HEADER(&usual, "\xc3,a\n", "f: the header is not UTF-8 in column 1; set the file's encoding");
	HEADER(&usual, "b, a,c,d,a \n", "f: columns 2 and 5 of the header are both called \"a\"; rename one");
	HEADER(&usual, "z,a,y,a,a\n", "f: columns 2 and 4 of the header are both called \"a\"; rename one");
	HEADER(&usual, "z,y,x,z,y\n", "f: columns 2 and 5 of the header are both called \"y\"; rename one");
	HEADER(&usual, "(column 2),\n", "f: columns 1 and 2 of the header are both called \"(column 2)\"; rename one");
	HEADER(&narrow, "a,b\n1", "a/b/ 4 2 0 ,");
	HEADER(&narrow, "a,b", "a/b/ 3 1 0 ,");
	HEADER(&narrow, "aa,b\n", "f: the header has more than 4 bytes");
	HEADER(&narrow, ",,b\n",
	       "f: the header has more than 2 columns; is the delimiter right? Else raise max_columns");
}

static void test_text(void)
{
	struct csv_dialect dialect = usual;
	dialect.text = CSV_TEXT_WINDOWS;
	HEADER(&dialect, "\xe9t\xe9,b\x80\n", "\xc3\xa9t\xc3\xa9/b\xe2\x82\xac/ 7 2 0 ,");
	HEADER(&dialect, "\xc3\xa9,b\n", "\xc3\xa9/b/ 5 2 0 ,");
	dialect.text = CSV_TEXT_UNKNOWN;
	HEADER(&dialect, "\xe9,\xc3\xa9\x31\n", "\xc3\xa9/\xc3\xa9\x31/ 6 2 0 ,");
}

/* The delimiter is looked for in the first piece. */
static void check_delimiter(const char *bytes, size_t size, char delimiter)
{
	struct csv_dialect dialect = usual;
	struct memory memory = {bytes, size, size, CRMVAL_OK};
	struct csv_header header;
	dialect.delimiter = 0;
	int code = read_header(&memory, &dialect, &header);
	if (code == CRMVAL_OK)
		csv_header_free(&header);
	memory = (struct memory){bytes, size, size, CRMVAL_OK};
	dialect.delimiter = (uint8_t)delimiter;
	CU_ASSERT_EQUAL(read_header(&memory, &dialect, &header), code);
	if (code == CRMVAL_OK)
		csv_header_free(&header);
	memory = (struct memory){bytes, size, size, CRMVAL_OK};
	dialect.delimiter = 0;
	if (read_header(&memory, &dialect, &header) == CRMVAL_OK) {
		CU_ASSERT_EQUAL(header.delimiter, delimiter);
		csv_header_free(&header);
	} else {
		CU_ASSERT(code != CRMVAL_OK);
	}
}

#define DELIMITER(bytes, delimiter) check_delimiter(bytes, sizeof(bytes) - 1, delimiter)

static void test_delimiter(void)
{
	DELIMITER("a;b,c\n", ';');
	DELIMITER("a\tb,c\n", '\t');
	DELIMITER("a|b,c\n", '|');
	DELIMITER("a^b,c\n", '^');
	DELIMITER("a`b,c\n", '`');
	DELIMITER("a,b;c\n", ',');
	DELIMITER("abc\n1;2\n", ',');
	DELIMITER("abc\r1;2\n", ',');
	DELIMITER("abc", ',');
	DELIMITER("\r\n\n\ra;b\n", ';');
	DELIMITER("\"a,b\";c,d\n", ';');
	DELIMITER("\n\"a\n,b\";c\n", ';');
	DELIMITER("\"a;b\n", ',');
	DELIMITER("\"", ',');
	DELIMITER("\n", ',');
	DELIMITER("a\0;b\n", ',');
	DELIMITER("a\"b;c\n", ';');
	DELIMITER("\"a\0\";b\n", ',');
}

/* No memory: said so, and none is held. */
static void test_memory(void)
{
	static const char bytes[] =
		"c1,c2,c3,c4,c5,c6,c7,c8,c9,c10,c11,c12,c13,c14,c15,c16,c17,c18,c19,c20,c21,c22,c23,c24,c25,"
		"c26,c27,c28,c29,c30,c31,c32,c33,caf\xe9,c35\n";
	struct csv_dialect dialect = usual;
	unsigned at = 0, calls;
	dialect.text = CSV_TEXT_WINDOWS;
	do {
		struct memory memory = {bytes, sizeof bytes - 1, 7, CRMVAL_OK};
		struct csv_header header;
		long held = failing_held();
		failing_begin(FAILING_MEMORY, ++at, ENOMEM);
		int code = read_header(&memory, &dialect, &header);
		calls = failing_end();
		CU_ASSERT_EQUAL(code, calls < at ? CRMVAL_OK : CRMVAL_ENOMEM);
		CU_ASSERT_EQUAL(header.count, code == CRMVAL_OK ? 35 : 0);
		csv_header_free(&header);
		CU_ASSERT_EQUAL(failing_held(), held);
	} while (calls >= at);
	CU_ASSERT(calls > 35);
}

/* Nor is there more for a name that is longer than most. */
static void test_long_name(void)
{
	static char bytes[602];
	unsigned calls = 3;
	memset(bytes, 'x', sizeof bytes - 2);
	strcpy(bytes + sizeof bytes - 2, "\n");
	for (unsigned at = 0; at <= calls; at++) {
		struct memory memory = {bytes, sizeof bytes - 1, 100, CRMVAL_OK};
		struct csv_header header;
		long held = failing_held();
		failing_begin(FAILING_MEMORY, at, ENOMEM);
		int code = read_header(&memory, &usual, &header);
		unsigned seen = failing_end();
		calls = at ? calls : seen;
		CU_ASSERT_EQUAL(code, at ? CRMVAL_ENOMEM : CRMVAL_OK);
		CU_ASSERT_EQUAL(header.count, at ? 0 : 1);
		if (!at)
			CU_ASSERT_EQUAL(strlen(header.names[0]), 600);
		csv_header_free(&header);
		CU_ASSERT_EQUAL(failing_held(), held);
	}
	CU_ASSERT(calls > 4);
}

/* What cannot be read on is told as it is, wherever it happens. */
static void test_unread(void)
{
	static const char *const texts[] = {"", "a", "a,b\n", "\"a", "\n"};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct memory memory = {texts[i], strlen(texts[i]), 10, CRMVAL_EIO};
		struct csv_header header;
		CU_ASSERT_EQUAL(read_header(&memory, &usual, &header), CRMVAL_EIO);
		CU_ASSERT_EQUAL(header.count, 0);
	}
}

static void check_quote(const char *bytes, uint64_t expected)
{
	for (size_t piece = 1; piece <= strlen(bytes); piece++) {
		struct memory memory = {bytes, strlen(bytes), piece, CRMVAL_OK};
		uint64_t line;
		CU_ASSERT_EQUAL(csv_open_quote((struct csv_bytes){read_memory, &memory}, ';', &line, &error),
				CRMVAL_OK);
		CU_ASSERT_EQUAL(line, expected);
	}
}

static void test_open_quote(void)
{
	check_quote("a\n\"b", 2);
	check_quote("a;\"b\n\"\nc;\"d;\n\n", 3);
	check_quote("\"a\"\"\n\";b\r\n\"\"\r\"c\r\nd\re", 4);
	check_quote("\"a\n\"\"b", 1);
	check_quote("\r\r\n\n\"", 4);
	check_quote("\"a\"b\"\n\"", 2);
	check_quote("a\"\n;\"x\"\"", 2);
	long held = failing_held();
	uint64_t line;
	struct memory memory = {"\"", 1, 1, CRMVAL_EIO};
	CU_ASSERT_EQUAL(csv_open_quote((struct csv_bytes){read_memory, &memory}, ';', &line, &error), CRMVAL_EIO);
	failing_begin(FAILING_MEMORY, 1, ENOMEM);
	CU_ASSERT_EQUAL(csv_open_quote((struct csv_bytes){read_memory, &memory}, ';', &line, &error), CRMVAL_ENOMEM);
	failing_end();
	CU_ASSERT_EQUAL(failing_held(), held);
}

static const struct test tests[] = {
	{"records", test_records},     {"refused", test_refused},       {"text", test_text},
	{"delimiter", test_delimiter}, {"no memory", test_memory},      {"long name", test_long_name},
	{"unread", test_unread},       {"open quote", test_open_quote}, {NULL, NULL},
};

const struct suite suite_csv_header = {"csv_header", tests};
