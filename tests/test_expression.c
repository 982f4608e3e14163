/* SPDX-License-Identifier: MIT */
/* Expressions: what they are worth on a row, in which order values are, when they are available. */
#include "../core/expression.h"
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- a row: it has these columns, and no U and V; the lookup Owner finds e1, e2 and e3, and has no column u ---- */

struct cell {
	const char *name, *text;
};

static const struct cell row_cells[] = {
	{"Name", "Acme"},
	{"Stage", "Closed Won"},
	{"Amount", "1200.50"},
	{"Count", "3"},
	{"Zero", "0"},
	{"Minus", "-2"},
	{"Huge", "9e18"},
	{"TooHuge", "9223372036854775808"}, /* 2^63: no number */
	{"Yes", "Y"},
	{"No", "f"},
	{"One", "1"},
	{"Maybe", "perhaps"},
	{"OneLong", "1.000000000000000000000"},
	{"Day", "2025-03-01"},
	{"Time", "2025-03-01T08:00:00Z"},
	{"OwnerId", "e1"},
	{"a.b", "dotted"},
	{"Deal Value", "7"},
	{"客户", "客"},
	{"in", "keyword"},
	{"Empty", ""},
	{NULL, NULL},
};

static const struct cell owner_cells[] = {
	{"e1", ""},        {"e1 Name", "Li"},  {"e1 Manager", "e2"}, {"e1 Full Name", "Li Na"}, {"e2", ""},
	{"e2 Name", "Wu"}, {"e2 Manager", ""}, {"e3", ""},           {"e3 Name", ""},           {NULL, NULL},
};

enum { CELLS = 64 };

struct fake {
	struct arena arena;
	const struct expression *expression;
	uint8_t *is_present;
	struct expression_scratch *scratch;
	char *copies[CELLS]; /* of what was handed out, to the byte: a sanitizer sees a read beyond the end */
	unsigned copied;
};

static const char *find(const struct cell *cells, const char *name)
{
	while (cells->name && strcmp(cells->name, name) != 0)
		cells++;
	return cells->text;
}

static struct cell_text hand_out(struct fake *fake, const char *text)
{
	size_t length = text ? strlen(text) : 0;
	if (length == 0 || fake->copied == CELLS)
		return (struct cell_text){NULL, 0};
	char *copy = fake->copies[fake->copied++] = malloc(length);
	return (struct cell_text){memcpy(copy, text, length), (uint32_t)length};
}

static struct cell_text fake_column(void *context, uint32_t use)
{
	struct fake *fake = context;
	CU_ASSERT_TRUE(fake->is_present[use]);
	return hand_out(fake, find(row_cells, fake->expression->uses[use].column));
}

static struct cell_text fake_lookup(void *context, uint32_t use, struct cell_text key)
{
	struct fake *fake = context;
	const char *column = fake->expression->uses[use].column;
	char name[80];
	CU_ASSERT_TRUE(fake->is_present[use] && key.length > 0);
	snprintf(name, sizeof name, "%.*s%s%s", (int)key.length, key.at, column ? " " : "", column ? column : "");
	const char *text = find(owner_cells, name);
	return hand_out(fake, text && !column ? "true" : text);
}

static int parse(struct fake *fake, const char *text, struct crmval_error *error)
{
	*fake = (struct fake){.scratch = expression_scratch_new()};
	*error = (struct crmval_error){.struct_size = sizeof *error};
	size_t size = strlen(text) + 1;
	char *copy = memcpy(malloc(size), text, size);
	int code = expression_parse(copy, &fake->arena, &fake->expression, error);
	memset(copy, '#', size); /* what was parsed needs it no more */
	free(copy);
	uint32_t count = code ? 0 : fake->expression->use_count;
	fake->is_present = malloc(count + !count);
	for (uint32_t i = 0; i < count; i++) {
		const struct expression_use *use = &fake->expression->uses[i];
		fake->is_present[i] = use->lookup
					      ? !strcmp(use->lookup, "Owner") && (!use->column || *use->column != 'u')
					      : find(row_cells, use->column) != NULL;
	}
	return code;
}

static struct expression_row row_of(struct fake *fake)
{
	return (struct expression_row){.column = fake_column,
				       .lookup = fake_lookup,
				       .context = fake,
				       .currency = {"EUR", 3},
				       .is_present = fake->is_present,
				       .scratch = fake->scratch};
}

static void done(struct fake *fake)
{
	while (fake->copied > 0)
		free(fake->copies[--fake->copied]);
	free(fake->is_present);
	expression_scratch_free(fake->scratch);
	arena_free(&fake->arena);
}

/* Fails the test, and says for which expression. */
static void expect(int is_so, const char *text, const char *what, const char *is)
{
	char message[1400];
	snprintf(message, sizeof message, "%.100s: %s, is: %.1200s", text, what, is);
	CU_assertImplementation(is_so, __LINE__, message, __FILE__, "", CU_FALSE);
}

/* An expression, and its value, "" where missing. */
struct value_case {
	const char *text, *value;
};

/* The number that arithmetic gives is the one that its text reads as, to the bit. */
static void check_number(const char *text, const char *is, const struct expression *expression,
			 const struct expression_row *row)
{
	double number = 0, read = *is ? strtod(is, NULL) : 0;
	if (!expression_is_arithmetic(expression))
		return;
	int is_there = expression_number(expression, row, &number);
	expect(is_there == (*is != '\0') && memcmp(&number, &read, sizeof read) == 0, text, is, "another number");
}

static void check_values(const struct value_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct fake fake;
		struct crmval_error error;
		const char *expected = cases[i].value;
		expect(parse(&fake, cases[i].text, &error) == CRMVAL_OK, cases[i].text, "parsed", error.message);
		if (!error.code) {
			struct expression_row row = row_of(&fake);
			struct cell_text value = expression_value(fake.expression, &row);
			char is[80];
			snprintf(is, sizeof is, "%.*s", (int)value.length, value.length ? value.at : "");
			expect(strcmp(is, expected) == 0, cases[i].text, expected, is);
			int holds = *expected && strchr("1tTyY", *expected) && strcmp(expected, "1.25") != 0 &&
				    (expected[1] == '\0' || strcmp(expected, "true") == 0);
			expect(expression_holds(fake.expression, &row) == holds, cases[i].text,
			       holds ? "holds" : "does not hold", is);
			check_number(cases[i].text, is, fake.expression, &row);
			CU_ASSERT_FALSE(expression_scratch_failed(fake.scratch));
		}
		done(&fake);
	}
}

#define CHECK_VALUES(cases) check_values(cases, sizeof(cases) / sizeof *(cases))

/* ---- values ---- */

static void test_values(void)
{
	static const struct value_case cases[] = {
		{"Name", "Acme"},
		{"\t\n Name \r", "Acme"},
		{"Empty", ""},
		{"U", ""}, /* not there */
		{"a.b", "dotted"},
		{"[a.b]", "dotted"},
		{"[Deal Value]", "7"},
		{"[客户]", "客"},
		{"[in]", "keyword"},
		{"'text'", "text"},
		{"'it''s'", "it's"},
		{"''''", "'"},
		{"'a''''b'", "a''b"},
		{"'客'", "客"},
		{"''", ""},
		{"' \t'", ""}, /* white space alone is missing */
		{"' a '", "a"},
		{"12", "12"},
		{"12.50", "12.50"},
		{"true", "true"},
		{"false", "false"},
		{"null", ""},
		{"$currency", "EUR"},
		{"((Name))", "Acme"},
	};
	CHECK_VALUES(cases);
}

static void test_lookups(void)
{
	static const struct value_case cases[] = {
		{"Owner(OwnerId).Name", "Li"},
		{"Owner ( OwnerId ) . Name", "Li"},
		{"Owner(OwnerId).[Full Name]", "Li Na"},
		{"Owner(Owner(OwnerId).Manager).Name", "Wu"},
		{"Owner('e2').Name", "Wu"},
		{"Owner(' e2 ').Name", "Wu"},
		{"Owner('e2').Manager", ""},
		{"Owner('e3').Name", ""},
		{"Owner('e4').Name", ""},
		{"Owner(Empty).Name", ""},
		{"Owner(Owner('e2').Manager).Name", ""},
		{"Owner(OwnerId)", "true"},
		{"Owner('e4')", ""},
		{"Owner(U)", ""},
		{"Owner(OwnerId).u", ""},
		{"Gone(OwnerId).Name", ""},
		{"Gone(OwnerId)", ""},
		{"not Owner('e4')", "true"},
		{"Owner(concat('e', Count - 2)).Name", "Li"},
	};
	CHECK_VALUES(cases);
}

static void test_functions(void)
{
	static const struct value_case cases[] = {
		{"coalesce(Name)", "Acme"},
		{"coalesce(Empty, U, '', Name, Stage)", "Acme"},
		{"coalesce(Empty, null)", ""},
		{"coalesce(Empty, Count / 0, 5)", "5"},
		{"if(Yes, 'a', 'b')", "a"},
		{"if(No, 'a', 'b')", "b"},
		{"if(Maybe, 'a', 'b')", "b"}, /* neither yes nor no does not hold */
		{"if(Empty, 'a', 'b')", "b"},
		{"if(Yes, 'a')", "a"},
		{"if(No, 'a')", ""},
		{"if(Yes, Empty, 'b')", ""},
		{"if(U, 'a', 'b')", ""}, /* nobody can tell */
		{"coalesce(if(U, 'a', 'b'), 'c')", "c"},
		{"if(U or Yes, 'a', 'b')", "a"},
		{"if(Yes, U, 'b')", ""},
		{"concat(Name, '-', Count)", "Acme-3"},
		{"concat(Empty, Name, null, U, '!')", "Acme!"},
		{"concat(Empty, null)", ""},
		{"concat(Name, ' & Co')", "Acme & Co"},
		{"concat(Name, ' ', Count)", "Acme 3"}, /* white space within a text stays, not around it */
		{"concat(Empty, ' ', Name, ' ')", "Acme"},
		{"concat(Empty, ' ')", ""},
		{"concat(concat('a', 'b'), concat('c', concat('d', 'e')))", "abcde"},
		{"concat('a','b','c','d','e','f','g','h','i','j','k','l','m','n','o','p','q','r','s','t','u','v','w',"
		 "'x','y','z','0','1','2','3','4','5','6','7','8','9')",
		 "abcdefghijklmnopqrstuvwxyz0123456789"},
		{"concat(1 + 1, 2 * 2) + 1", "25"},
	};
	CHECK_VALUES(cases);
}

static void test_arithmetic(void)
{
	static const struct value_case cases[] = {
		{"1 + 2", "3"},
		{"1 - 2", "-1"},
		{"3 * 4", "12"},
		{"1 / 4", "0.25"},
		{"Amount * 2", "2401"},
		{"Amount + 0", "1200.5"},
		{"-Count", "-3"},
		{"- -Count", "3"},
		{"-Zero", "0"}, /* no negative zero */
		{"Zero * -1", "0"},
		{"-Minus * Count", "6"},
		{"2 + 3 * 4", "14"},
		{"(2 + 3) * 4", "20"},
		{"10 - 3 - 2", "5"},
		{"100 / 10 / 2", "5"},
		{"2 * 12 / 3 * 2", "16"},
		{"10 - 2 * 3 + 8 / 4", "6"},
		{"1 - (2 - 3)", "2"},
		{"12 / (6 / 2)", "4"},
		{"Count-2", "1"},
		{"'4' * '0.5'", "2"},
		{"' 4 ' + '1e1'", "14"},
		{"Name + 1", ""},
		{"1 + Name", ""},
		{"Empty + 1", ""},
		{"1 + Empty", ""},
		{"-Name", ""},
		{"U * 2", ""},
		{"true + 1", ""},
		{"1 / 0", ""},
		{"0 / Zero", ""},
		{"1 / (Zero * -1)", ""},
		{"Huge + 1", "9e+18"},
		{"Huge + Huge", ""}, /* 2^63 and more */
		{"Huge + Huge - Huge", ""},
		{"-Huge - Huge", ""},
		{"Huge * Huge", ""},
		{"4611686018427387904 + 4611686018427387904", ""},
		{"'1e300' / '1e-300'", ""},
		{"TooHuge * 0", ""},
	};
	CHECK_VALUES(cases);
}

/* The shortest text that reads back as the same double, which is not always the decimal one has in mind. */
static void test_number_texts(void)
{
	static const struct value_case cases[] = {
		{"0.1 + 0.2", "0.30000000000000004"},
		{"1 / 3", "0.3333333333333333"},
		{"2 / 3", "0.6666666666666666"},
		{"5 / 3", "1.6666666666666667"},
		{"-1 / 8", "-0.125"},
		{"0.0001 + 0", "0.0001"},
		{"0.00001 + 0", "1e-05"},
		{"12345.6789 + 0", "12345.6789"},
		{"12345.67891 + 0", "12345.67891"},
		{"9999999999.9999 + 0", "9999999999.9999"},
		{"-99.0050 + 0", "-99.005"},
		{"20000000000.25 + 0", "20000000000.25"},
		{"1000000 * 1000000000", "1000000000000000"},
		{"9007199254740991 + 0", "9007199254740991"}, /* 2^53 - 1: the last that counts */
		{"9007199254740992 + 0", "9007199254740992"},
		{"-9007199254740991 - 0", "-9007199254740991"},
		{"123456789012345678 + 0", "1.2345678901234568e+17"},
		{"100000000000000000000 / 1", NULL},
	};
	check_values(cases, sizeof cases / sizeof *cases - 1);
}

/* ---- conditions ---- */

/* Conditions with ";" between them. */
static void check_conditions(const char *list, const char *value)
{
	char copy[1000], *rest = strcpy(copy, list);
	for (const char *text = strsep(&rest, ";"); text; text = strsep(&rest, ";"))
		check_values(&(struct value_case){text, value}, 1);
}

static void test_comparisons(void)
{
	/* texts, by their bytes; the longer is greater */
	check_conditions("Name = 'Acme'; 'Acme' = Name; Name != 'Other'; Name < 'Acmf'; Name <= 'Acme'; Name > 'Acm';"
			 "Name >= 'Acme'; 'Z' < 'a'; 'z' < '客'",
			 "true");
	check_conditions("Name = 'acme'; Name = 'Acm'; Name != 'Acme'; Name < 'Acme'; Name > 'Acme'", "false");
	/* numbers, however they are written: by bytes, 10 would come before 9 */
	check_conditions("One = OneLong; 1 = '1.0'; '+1' = '1'; '1e3' = 1000; 0.5 = '.5'; 10 > 9; '10' > '9';"
			 "'-2' < '-1'; Minus < 0; Amount = 1200.5; Amount <= 1200.5; Amount >= 1200.5; Zero = -0;"
			 "Count * 2 = 6; 6 = Count * 2",
			 "true");
	check_conditions("One != OneLong; Amount < 1200.5; Amount > 1200.5; Amount != 1200.5; 0.1 + 0.2 = 0.3",
			 "false");
	/* days and times */
	check_conditions("Day = '2025-03-01'; Day > '2025-02-28'; Day < Time; Time < '2025-03-02'", "true");
	/* a number is neither less nor more than a text that is none: "10%" is not 50 or more */
	check_conditions("Count * 2 != 'six'; 9 != '!'", "true");
	check_conditions(
		"9 < 'Acme'; 'abc' > 10; 9 < '!'; '!' < 9; 9 = '!'; Count * 2 = 'six'; '10%' >= 50; 50 <= '60,0';"
		"TooHuge > 9; Huge < TooHuge; 5 > '1-10'",
		"false");
	/* nothing compares with what is missing */
	check_conditions(
		"Empty = ''; Empty = Empty; Empty != Empty; Empty != 'x'; Name != Empty; Name != null; Empty < 'x';"
		"Name > Empty; Count / 0 = 0; Count / 0 != 0",
		"false");
	/* a flag and true are different texts */
	check_conditions("Yes = true; No = false", "false");
	check_conditions("(Yes and Yes) = true; (1 = 1) = (2 = 2)", "true");
}

static void test_in(void)
{
	check_conditions(
		"Stage in ('Closed Won'); Stage in ('Open', 'Closed Won', 'Lost'); Stage not in ('Open', 'Closed');"
		"Count in (1, 2, '3.0'); Count + 1 in (2 * 2, 9); Stage in (if(Yes, 'Closed Won'), 'x')",
		"true");
	check_conditions("Stage in ('Open', 'Closed'); Stage not in ('Open', 'Closed Won'); Count in (1, 2)", "false");
	/* missing ones in the list are passed over; what is missing is in no list, and not out of one */
	check_conditions("Name in (Empty, U, Name); Name not in (Empty); not Empty in ('x')", "true");
	check_conditions("Name in (Empty); Empty in (Empty, '', 'x'); Empty not in ('x')", "false");
	/* "in" as a part of arithmetic is not turned round */
	static const struct value_case cases[] = {{"concat('!', (Stage in ('x')), (Stage not in ('x')))", "!falsetrue"},
						  {"if(1 - (Stage in ('x')), 'a', 'b')", "b"}};
	CHECK_VALUES(cases);
}

static void test_logic(void)
{
	static const struct value_case cases[] = {
		{"Yes and One", "true"},
		{"Yes and No", "false"},
		{"No and Yes", "false"},
		{"Yes and Empty", "false"},
		{"No or Yes", "true"},
		{"No or Empty", "false"},
		{"No or Maybe or One", "true"},
		{"Yes and One and No", "false"},
		{"not Yes", "false"},
		{"not No", "true"},
		{"not Maybe", "true"},
		{"not Empty", "true"},
		{"not not Yes", "true"},
		{"not true", "false"},
		{"true and '1'", "true"},
		{"'yes' and ' T '", "true"},
		{"'truely' or 'on' or 'Yes!' or '11' or 2", "false"},
		{"Count - 2 and Yes", "true"}, /* 1 is a flag, 3 is none */
		{"Count and Yes", "false"},
		/* what binds more */
		{"Yes or Yes and No", "true"},
		{"(Yes or Yes) and No", "false"},
		{"not Yes or Yes", "true"},
		{"not (Yes or Yes)", "false"},
		{"not Yes and No", "false"},
		{"not (Yes and No)", "true"},
		{"not Name = 'x'", "true"},
		{"not Name = 'Acme' or Yes", "true"},
		{"not Name in ('Acme')", "false"},
		{"1 + 1 = 2 and 2 * 3 > 5", "true"},
		{"-1 < 0", "true"},
		{"(1 = 1) = (2 = 2)", "true"},
		/* a part that is not there is missing, and never false */
		{"U and Yes", "false"},
		{"U or Yes", "true"},
		{"U or V", ""},
		{"not U", ""},
		{"not U = 1", ""},
		{"U != 1", ""},
		{"U in (1)", ""},
		{"Name in (U)", "false"},
		{"coalesce(U = 1, 'x')", "x"},
		{"coalesce(not U, 'x')", "x"},
		{"No or not U", "false"},
	};
	CHECK_VALUES(cases);
}

/* Many rows: the memory is given back, and what one row made does not show in another. */
static void test_scratch(void)
{
	struct fake fake;
	struct crmval_error error;
	int bad = 0;
	CU_ASSERT_EQUAL(parse(&fake, "concat('1234567890', Count * 1.5, 'ab')", &error), CRMVAL_OK);
	struct expression_row row = row_of(&fake);
	for (int i = 0; i < 3; i++) {
		struct cell_text values[500]; /* more than a first block holds */
		for (size_t k = 0; k < 500; k++) {
			values[k] = expression_value(fake.expression, &row);
			while (fake.copied > 0)
				free(fake.copies[--fake.copied]);
		}
		for (size_t k = 0; k < 500; k++)
			bad += values[k].length != 15 || memcmp(values[k].at, "12345678904.5ab", 15) != 0;
		expression_scratch_reset(fake.scratch);
	}
	CU_ASSERT_EQUAL(bad, 0);
	CU_ASSERT_FALSE(expression_scratch_failed(fake.scratch));
	done(&fake);
}

/* ---- the order ---- */

/* All pairs of a list that is in order, of which neighbours with one rank are the same. */
static void test_compare(void)
{
	static const struct {
		int rank;
		const char *text;
	} values[] = {
		{0, "-9e18"},
		{1, "-10"},
		{2, "-9"},
		{3, "0"},
		{3, "-0.0"},
		{4, "0.5"},
		{4, ".50"},
		{5, "2"},
		{6, "10"},
		{6, "1e1"},
		{6, "10.0000"},
		{7, "9e18"},
		{8, "!"},
		{9, "-"},
		{10, "1-2"},
		{11, "10a"},
		{12, "2025-03-01"},
		{13, "2025-03-01T00:00"},
		{14, "9223372036854775808"},
		{15, "Z"},
		{16, "a"},
		{17, "ab"},
		{18, "客"},
	};
	enum { COUNT = sizeof values / sizeof *values };
	for (size_t i = 0; i < COUNT; i++)
		for (size_t k = 0; k < COUNT; k++) {
			struct cell_text a = {values[i].text, (uint32_t)strlen(values[i].text)};
			struct cell_text b = {values[k].text, (uint32_t)strlen(values[k].text)};
			int sign = expression_compare(a, b), expected = values[i].rank - values[k].rank;
			expect((sign > 0) - (sign < 0) == (expected > 0) - (expected < 0), values[i].text,
			       "compared with", values[k].text);
		}
}

/* ---- availability ---- */

static void check_available(const char *list, int expected)
{
	char copy[1000], *rest = strcpy(copy, list);
	for (const char *text = strsep(&rest, ";"); text; text = strsep(&rest, ";")) {
		struct fake fake;
		struct crmval_error error;
		expect(parse(&fake, text, &error) == CRMVAL_OK, text, "parsed", error.message);
		if (!error.code) {
			struct expression_row row = row_of(&fake);
			int is = expression_is_available(fake.expression, fake.is_present);
			expect(is == expected, text, "available", is ? "yes" : "no");
			/* what is not available is missing, and does not hold */
			expect(is || !expression_value(fake.expression, &row).length, text, "missing", "a value");
			expect(is || !expression_holds(fake.expression, &row), text, "does not hold", "holds");
		}
		done(&fake);
	}
}

static void test_available(void)
{
	check_available("Name; Empty; 'x'; 1; null; $currency; Owner(Name); Owner(Name).Name; Owner('e1').Name;"
			"coalesce(U, Name); coalesce(Name, U); concat(U, Name); if(Yes, U, Name); if(Yes, Name, U);"
			"if(Yes, Name); U and Yes; Yes and U; U or Yes; Yes or U; not Yes; -Count; Count + 1;"
			"Count * 2 / 3; Name = 'x'; Name in (U, V); Name not in (U); coalesce(U = 1, U + 1, 1)",
			1);
	check_available("U; Owner(U); Owner(U).Name; Owner(Name).u; Gone(Name); Gone(Name).Name; coalesce(U, V);"
			"concat(U, V); if(U, Name, Name); if(Yes, U, V); if(Yes, U); U and V; U or V; not U; not not U;"
			"-U; U + 1; 1 + U; 1 + 1 + U; U * 2; 2 / U; U = 1; 1 = U; 1 < U; U in (1, 2);"
			"U not in (1, 2); not U = 1",
			0);
}

static const struct test tests[] = {
	{"values", test_values},
	{"lookups", test_lookups},
	{"functions", test_functions},
	{"arithmetic", test_arithmetic},
	{"number texts", test_number_texts},
	{"comparisons", test_comparisons},
	{"in", test_in},
	{"logic", test_logic},
	{"scratch", test_scratch},
	{"compare", test_compare},
	{"available", test_available},
	{NULL, NULL},
};

const struct suite suite_expression = {"expression", tests};
