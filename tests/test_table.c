/* SPDX-License-Identifier: MIT */
/* Tables once all rows are there: ids, duplicates, references, made-up rows, and what is counted. */
#include "fixture.h"
#include "suite.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NUMBER_OF(fixture, name, id) (*(const double *)fixture_value(fixture, name, id))
#define REFERENCE_OF(fixture, name, id) (*(const int32_t *)fixture_value(fixture, name, id))
#define UNREADABLE_OF(fixture, name) atomic_load(&fixture_column(fixture, name)->unreadable)
#define DANGLING_OF(fixture, name) atomic_load(&fixture_column(fixture, name)->dangling)

static const struct fixture_table twice[] = {
	{0, "contact",
	 "id,influence,created_on\n"
	 "c1,1,2025-01-01\n"
	 "c2,2,\n"
	 "c1,3,\n"
	 "c3,4,\n"
	 " c2 ,5,\n"
	 ",6,\n"
	 ",7,\n"
	 "NULL,8,\n"},
	{1, "contact", "influence,id\n9,c1\n10,c4\n11,c4\n12,c3\n"},
	{0, NULL, NULL},
};

/* Rows that stay have these ids, and their first rows' numbers. */
static void check_twice(int is_backwards, unsigned threads, uint32_t split_rows)
{
	struct fixture f;
	fixture_open(&f, twice);
	f.is_backwards = is_backwards;
	f.split_rows = split_rows;
	fixture_want(&f, "contact.influence");
	fixture_want(&f, "contact.created_on");
	fixture_map(&f);
	fixture_read(&f, threads);
	const struct table *table = fixture_table(&f, "contact");
	CU_ASSERT_EQUAL(atomic_load(&table->rows), 12);
	CU_ASSERT_EQUAL(table->duplicates, 5); /* 3, 5, 9, 11, 12 */
	CU_ASSERT_EQUAL(NUMBER_OF(&f, "contact.influence", "c1"), 1);
	CU_ASSERT_EQUAL(NUMBER_OF(&f, "contact.influence", "c2"), 2);
	CU_ASSERT_EQUAL(NUMBER_OF(&f, "contact.influence", "c3"), 4);
	CU_ASSERT_EQUAL(NUMBER_OF(&f, "contact.influence", "c4"), 10);
	/* Rows without an id are all there: 1 + 2 + 4 + 10, and 6 + 7 + 8. */
	double sum = 0;
	for (uint32_t row = 0; row < 12; row++)
		if (!table_is_dropped(table, row))
			sum += ((const double *)fixture_column(&f, "contact.influence")->values.bytes)[row];
	CU_ASSERT_EQUAL(sum, 38);
	/* The second source has no such column. */
	CU_ASSERT_EQUAL(*(const int32_t *)fixture_value(&f, "contact.created_on", "c4"), CRMVAL_NO_DATE);
	CU_ASSERT_EQUAL(*(const int32_t *)fixture_value(&f, "contact.created_on", "c1"), fixture_day("2025-01-01"));
	fixture_close(&f);
}

static void test_first_wins(void)
{
	check_twice(0, 1, 0);
	check_twice(0, 1, 1);
	check_twice(1, 16, 1);
	check_twice(1, 16, 3);
	check_twice(0, 4, 2);
}

/* The same without asking which row has an id: what stays is told by what it adds up to. */
static void check_nameless(const struct fixture_table *tables, unsigned threads, uint32_t split_rows, double sum,
			   uint64_t duplicates)
{
	struct fixture f;
	fixture_open(&f, tables);
	f.is_backwards = threads > 4;
	f.split_rows = split_rows;
	f.data.tables[model_entity_index("contact")].keeps_texts = 0;
	fixture_want(&f, "contact.influence");
	fixture_map(&f);
	fixture_read(&f, threads);
	const struct table *table = fixture_table(&f, "contact");
	const double *values = fixture_column(&f, "contact.influence")->values.bytes;
	for (uint32_t row = 0; row < atomic_load(&table->rows); row++)
		if (!table_is_dropped(table, row))
			sum -= values[row];
	CU_ASSERT(table->logs_ids);
	CU_ASSERT_PTR_NULL(table->ids.bytes);
	CU_ASSERT_EQUAL(table->duplicates, duplicates);
	CU_ASSERT_EQUAL(sum, 0);
	fixture_close(&f);
}

static void test_nameless(void)
{
	static const struct fixture_table once[] = {
		{0, "contact", "id,influence\nc1,1\nc2,2\n,4\nc3,8\nc4,16\n"},
		{1, "contact", "influence,id\n32,b1\n64,b2\n128,b3\n"},
		{0, NULL, NULL},
	};
	check_nameless(twice, 1, 0, 38, 5);
	check_nameless(twice, 1, 1, 38, 5);
	check_nameless(twice, 16, 1, 38, 5);
	check_nameless(twice, 4, 2, 38, 5);
	check_nameless(once, 1, 0, 255, 0);
	check_nameless(once, 16, 2, 255, 0);
}

/* Of what no source maps, only what is referred to has ids. */
static void test_ids_needed(void)
{
	static const struct fixture_table tables[] = {{0, "order", "id,product\no1,p1\no2,p1\n"}, {0, NULL, NULL}};
	struct fixture f;
	fixture_open(&f, tables);
	for (uint32_t e = 0; e < model_entity_count; e++)
		f.data.tables[e].keeps_texts = 0;
	fixture_want(&f, "order.product");
	fixture_map(&f);
	CU_ASSERT_EQUAL_FATAL(load_start(&f.load, 1, &f.error), CRMVAL_OK);
	for (uint32_t e = 0; e < model_entity_count; e++)
		CU_ASSERT_EQUAL(f.data.tables[e].ids.bytes != NULL, &f.data.tables[e] == fixture_table(&f, "product"));
	CU_ASSERT_EQUAL(load_read(&f.load, &f.error), CRMVAL_OK);
	CU_ASSERT_EQUAL(atomic_load(&fixture_table(&f, "product")->rows), 1);
	fixture_close(&f);
}

static void test_long_ids(void)
{
	static const struct fixture_table tables[] = {
		{0, "product",
		 "id,category\nan id of more than fifteen bytes A,x\nan id of more than fifteen bytes B,y\n"
		 "an id of more than fifteen bytes A,z\n"},
		{0, "order",
		 "id,product\no1,an id of more than fifteen bytes B\no2,an id of more than fifteen bytes C\n"},
		{0, NULL, NULL},
	};
	struct fixture f;
	fixture_open(&f, tables);
	fixture_want(&f, "order.product");
	fixture_map(&f);
	fixture_read(&f, 2);
	CU_ASSERT_EQUAL(fixture_table(&f, "product")->duplicates, 1);
	CU_ASSERT_EQUAL(REFERENCE_OF(&f, "order.product", "o1"),
			fixture_row(&f, "product", "an id of more than fifteen bytes B"));
	CU_ASSERT_EQUAL(REFERENCE_OF(&f, "order.product", "o2"), CRMVAL_DANGLING);
	fixture_close(&f);
}

/* Many rows with few ids, from many threads: of each id the first row stays. */
static void test_many_threads(void)
{
	enum { ROWS = 40000, IDS = 1000 };
	char *text = malloc(ROWS * 16 + 64), *p = text;
	p += sprintf(p, "id,influence\n");
	for (int i = 0; i < ROWS; i++)
		p += sprintf(p, "c%d,%d\n", i * 7 % IDS, i);
	const struct fixture_table tables[] = {{0, "contact", text}, {0, NULL, NULL}};
	struct fixture f;
	fixture_open(&f, tables);
	f.split_rows = 501;
	fixture_want(&f, "contact.influence");
	fixture_map(&f);
	fixture_read(&f, 8);
	const struct table *table = fixture_table(&f, "contact");
	const double *values = fixture_column(&f, "contact.influence")->values.bytes;
	CU_ASSERT_EQUAL(table->duplicates, ROWS - IDS);
	/* 7 and 1000 have no common factor: the first thousand rows have each id once. */
	double sum = 0;
	for (uint32_t row = 0; row < ROWS; row++)
		if (!table_is_dropped(table, row))
			sum += values[row];
	CU_ASSERT_EQUAL(sum, IDS * (IDS - 1) / 2);
	fixture_close(&f);
	free(text);
}

/*
 * Relationships with contacts, of ids that are found by number and such as are not: every third contact is not there, some
 * come twice, and each is referred to, and so is what differs from it by little.
 */
static void check_kind(const char *format, const char *odd, unsigned threads)
{
	enum { IDS = 9000 };
	char *contacts = malloc(IDS * 80), *relationships = malloc(IDS * 160), *p = contacts, *q = relationships,
	     id[40];
	p += sprintf(p, "id,influence\n");
	q += sprintf(q, "id,contact,level\n");
	for (int i = 0; i < IDS; i++) {
		int number = i * 7919 % IDS;
		snprintf(id, sizeof id, format, number);
		if (number % 3)
			p += sprintf(p, "%s,%d\n", id, number);
		q += sprintf(q, "r%d,%s,%d\nodd%d,%s%s,\n", i, id, number, i, id, odd);
	}
	for (int i = 0; i < IDS; i += 99) { /* these are dropped, since 99 k + 1 came already */
		snprintf(id, sizeof id, format, i + 1);
		p += sprintf(p, "%s,-1\n", id);
	}
	const struct fixture_table tables[] = {
		{0, "contact", contacts}, {0, "relationship", relationships}, {0, NULL, NULL}};
	struct fixture f;
	fixture_open(&f, tables);
	f.data.tables[model_entity_index("contact")].keeps_texts = 0;
	f.data.tables[model_entity_index("relationship")].keeps_texts = 0;
	f.split_rows = threads > 1 ? 500 : 0;
	fixture_want(&f, "contact.influence");
	fixture_want(&f, "relationship.contact");
	fixture_want(&f, "relationship.level");
	fixture_map(&f);
	fixture_read(&f, threads);
	CU_ASSERT_EQUAL(fixture_table(&f, "contact")->duplicates, (IDS + 98) / 99);
	const double *influence = fixture_column(&f, "contact.influence")->values.bytes;
	const double *level = fixture_column(&f, "relationship.level")->values.bytes;
	const int32_t *row = fixture_column(&f, "relationship.contact")->values.bytes;
	int bad = 0;
	for (uint32_t i = 0; i < 2 * IDS; i++)
		if (isnan(level[i]) || (int)level[i] % 3 == 0)
			bad += row[i] != CRMVAL_DANGLING;
		else
			bad += row[i] < 0 || influence[row[i]] != level[i];
	CU_ASSERT_EQUAL(bad, 0);
	CU_ASSERT_EQUAL(DANGLING_OF(&f, "relationship.contact"), IDS + IDS / 3);
	fixture_close(&f);
	free(contacts);
	free(relationships);
}

static void test_kinds(void)
{
	static const char *const formats[] = {"%d", "%08d", "C-%d", "0035g00000%05dAAA",
					      "a contact with the number %d"};
	for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
		for (unsigned threads = 1; threads <= 8; threads += 7) {
			check_kind(formats[i], ".", threads);
			check_kind(formats[i], "A", threads);
			check_kind(formats[i], "\xb1", threads);
		}
}

static const struct fixture_table linked[] = {
	{0, "account", "id,owner\na1,e1\na2,e9\na2,e8\n"},
	{0, "employee", "id,manager\ne1,e2\ne2,e2\ne3,\ne4,e9\n"},
	{0, "contact", "id,account,reports_to\nc1,a1,c2\nc2,a2,c1\nc3,a9,c9\nc4, a1 ,\nc5,,c5\nc5,a9,c9\n"},
	{0, NULL, NULL},
};

static void check_linked(int is_backwards, unsigned threads, uint32_t split_rows)
{
	struct fixture f;
	fixture_open(&f, linked);
	f.is_backwards = is_backwards;
	f.split_rows = split_rows;
	fixture_want(&f, "account.owner");
	fixture_want(&f, "employee.manager");
	fixture_want(&f, "contact.account");
	fixture_want(&f, "contact.reports_to");
	fixture_map(&f);
	fixture_read(&f, threads);
	CU_ASSERT_EQUAL(REFERENCE_OF(&f, "account.owner", "a1"), fixture_row(&f, "employee", "e1"));
	CU_ASSERT_EQUAL(REFERENCE_OF(&f, "account.owner", "a2"), CRMVAL_DANGLING);
	CU_ASSERT_EQUAL(REFERENCE_OF(&f, "employee.manager", "e1"), fixture_row(&f, "employee", "e2"));
	CU_ASSERT_EQUAL(REFERENCE_OF(&f, "employee.manager", "e2"), fixture_row(&f, "employee", "e2"));
	CU_ASSERT_EQUAL(REFERENCE_OF(&f, "employee.manager", "e3"), CRMVAL_MISSING);
	CU_ASSERT_EQUAL(REFERENCE_OF(&f, "employee.manager", "e4"), CRMVAL_DANGLING);
	CU_ASSERT_EQUAL(REFERENCE_OF(&f, "contact.account", "c1"), fixture_row(&f, "account", "a1"));
	CU_ASSERT_EQUAL(REFERENCE_OF(&f, "contact.account", "c4"), fixture_row(&f, "account", "a1"));
	CU_ASSERT_EQUAL(REFERENCE_OF(&f, "contact.account", "c3"), CRMVAL_DANGLING);
	CU_ASSERT_EQUAL(REFERENCE_OF(&f, "contact.account", "c5"), CRMVAL_MISSING);
	CU_ASSERT_EQUAL(REFERENCE_OF(&f, "contact.reports_to", "c1"), fixture_row(&f, "contact", "c2"));
	CU_ASSERT_EQUAL(REFERENCE_OF(&f, "contact.reports_to", "c2"), fixture_row(&f, "contact", "c1"));
	CU_ASSERT_EQUAL(REFERENCE_OF(&f, "contact.reports_to", "c3"), CRMVAL_DANGLING);
	CU_ASSERT_EQUAL(REFERENCE_OF(&f, "contact.reports_to", "c5"), fixture_row(&f, "contact", "c5"));
	/* Those of dropped rows, a2,e8 and c5,a9,c9, are not counted. */
	CU_ASSERT_EQUAL(DANGLING_OF(&f, "account.owner"), 1);
	CU_ASSERT_EQUAL(DANGLING_OF(&f, "employee.manager"), 1);
	CU_ASSERT_EQUAL(DANGLING_OF(&f, "contact.account"), 1);
	CU_ASSERT_EQUAL(DANGLING_OF(&f, "contact.reports_to"), 1);
	fixture_close(&f);
}

static void test_references(void)
{
	check_linked(0, 1, 0);
	check_linked(1, 32, 1);
}

/* Accounts are not mapped: rows are made up for them, one for each id, and none is dangling. */
static void test_made_up(void)
{
	enum { ROWS = 6000, IDS = 3000 };
	char *text = malloc(ROWS * 32 + 64), *p = text;
	p += sprintf(p, "id,account,product\n");
	for (int i = 0; i < ROWS; i++)
		p += sprintf(p, "o%d,a%d,p1\n", i, i % IDS);
	p += sprintf(p, "last,,\n");
	/* Orders refer to products, so that they are read after a level in which nothing refers to accounts. */
	const struct fixture_table tables[] = {
		{0, "product", "id\np1\n"}, {0, "order", text}, {0, "account", "name\nwithout id\n"}, {0, NULL, NULL}};
	struct fixture f;
	fixture_open(&f, tables);
	f.split_rows = 500;
	fixture_want(&f, "order.account");
	fixture_want(&f, "order.product");
	fixture_want(&f, "account.name");
	fixture_map(&f);
	CU_ASSERT(!fixture_table(&f, "account")->is_mapped);
	CU_ASSERT(!fixture_column(&f, "account.name")->is_mapped);
	fixture_read(&f, 4);
	CU_ASSERT_EQUAL(atomic_load(&fixture_table(&f, "account")->rows), IDS);
	CU_ASSERT_EQUAL(DANGLING_OF(&f, "order.account"), 0);
	CU_ASSERT_EQUAL(REFERENCE_OF(&f, "order.account", "last"), CRMVAL_MISSING);
	int bad = 0;
	for (int i = 0; i < ROWS; i += 37) {
		char order[16], account[16];
		sprintf(order, "o%d", i);
		sprintf(account, "a%d", i % IDS);
		bad += REFERENCE_OF(&f, "order.account", order) != fixture_row(&f, "account", account);
	}
	CU_ASSERT_EQUAL(bad, 0);
	fixture_close(&f);
	free(text);
}

/* Made-up rows of the first level stay when later levels bring more. */
static void test_made_up_in_levels(void)
{
	static const struct fixture_table tables[] = {
		{0, "account", "id,owner\na1,e1\na2,e2\n"},
		{0, "opportunity", "id,account,owner\nt1,a1,e2\nt2,a2,e3\n"},
		{0, NULL, NULL},
	};
	struct fixture f;
	fixture_open(&f, tables);
	fixture_want(&f, "account.owner");
	fixture_want(&f, "opportunity.account");
	fixture_want(&f, "opportunity.owner");
	fixture_map(&f);
	fixture_read(&f, 2);
	CU_ASSERT_EQUAL(atomic_load(&fixture_table(&f, "employee")->rows), 3);
	CU_ASSERT_EQUAL(REFERENCE_OF(&f, "opportunity.owner", "t1"), REFERENCE_OF(&f, "account.owner", "a2"));
	CU_ASSERT_NOT_EQUAL(REFERENCE_OF(&f, "opportunity.owner", "t2"), REFERENCE_OF(&f, "account.owner", "a1"));
	fixture_close(&f);
}

/* In columns of a source that does not have them nothing is, whatever was in their pages: ids of accounts. */
static void test_not_had(void)
{
	enum { ROWS = 50000 };
	static const char *const fields[] = {"opportunity.account",    "opportunity.outcome", "opportunity.amount",
					     "opportunity.created_on", "contact.account",     "contact.title",
					     "contact.is_key"};
	char *accounts = malloc(ROWS * 16 + 8), *rows = malloc(ROWS * 8 + 8);
	char *p = accounts + sprintf(accounts, "id\n"), *q = rows + sprintf(rows, "id\n");
	for (int i = 0; i < ROWS; i++) {
		p += sprintf(p, "account-%07d\n", i);
		q += sprintf(q, "%d\n", i);
	}
	const struct fixture_table tables[] = {
		{0, "account", accounts},
		{0, "opportunity", "id,account,outcome,amount,created_on\na,account-0000001,won,1,2025-01-01\n"},
		{1, "opportunity", rows},
		{0, "contact", "id,account,title,is_key\na,account-0000001,Head,yes\n"},
		{1, "contact", rows},
		{0, NULL, NULL},
	};
	struct fixture f;
	fixture_open(&f, tables);
	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
		fixture_want(&f, fields[i]);
	fixture_map(&f);
	fixture_read(&f, 2);
	for (int i = 0; i < ROWS; i += 333) {
		char id[16];
		sprintf(id, "%d", i);
		CU_ASSERT_EQUAL(REFERENCE_OF(&f, "opportunity.account", id), CRMVAL_MISSING);
		CU_ASSERT_EQUAL(*(const uint32_t *)fixture_value(&f, "opportunity.outcome", id), 0);
		CU_ASSERT(isnan(NUMBER_OF(&f, "opportunity.amount", id)));
		CU_ASSERT_EQUAL(*(const int32_t *)fixture_value(&f, "opportunity.created_on", id), CRMVAL_NO_DATE);
		CU_ASSERT_EQUAL(REFERENCE_OF(&f, "contact.account", id), CRMVAL_MISSING);
		CU_ASSERT_EQUAL(*(const uint8_t *)fixture_value(&f, "contact.title", id), 0);
		CU_ASSERT_EQUAL(*(const int8_t *)fixture_value(&f, "contact.is_key", id), -1);
	}
	fixture_close(&f);
	free(accounts);
	free(rows);
}

static const struct fixture_table unreadable[] = {
	{0, "opportunity",
	 "id,outcome,stage,closed_on,amount,budget_participation\n"
	 "t1,won,Any Stage,2025-01-01,1,yes\n"
	 "t2, WON ,any stage,,,\n"
	 "t3,winning,,2025-13-01,1 000,maybe\n"
	 "t4,wo,,tomorrow,inf,2\n"
	 "t4,won?,,x,x,x\n"
	 "t5,NULL,NULL,NULL,NULL,NULL\n"},
	{0, NULL, NULL},
};

static void test_unreadable(void)
{
	static const char *const names[] = {"opportunity.outcome", "opportunity.closed_on", "opportunity.amount",
					    "opportunity.budget_participation"};
	struct fixture f;
	fixture_open(&f, unreadable);
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		fixture_want(&f, names[i]);
	fixture_want(&f, "opportunity.stage");
	fixture_map(&f);
	fixture_read(&f, 2);
	/* Two rows each, t3 and t4; the second t4 is dropped. */
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		CU_ASSERT_EQUAL(UNREADABLE_OF(&f, names[i]), 2);
	CU_ASSERT_EQUAL(UNREADABLE_OF(&f, "opportunity.stage"), 0);
	for (int i = 2; i <= 5; i++) {
		char id[] = {'t', (char)('0' + i), 0};
		CU_ASSERT_EQUAL(*(const int32_t *)fixture_value(&f, "opportunity.closed_on", id), CRMVAL_NO_DATE);
		CU_ASSERT(isnan(NUMBER_OF(&f, "opportunity.amount", id)));
		CU_ASSERT_EQUAL(*(const int8_t *)fixture_value(&f, "opportunity.budget_participation", id), -1);
		CU_ASSERT_EQUAL(*(const uint32_t *)fixture_value(&f, "opportunity.outcome", id), i == 2 ? 1 : 0);
	}
	CU_ASSERT_EQUAL(NUMBER_OF(&f, "opportunity.amount", "t1"), 1);
	CU_ASSERT_EQUAL(*(const int8_t *)fixture_value(&f, "opportunity.budget_participation", "t1"), 1);
	CU_ASSERT_EQUAL(*(const uint32_t *)fixture_value(&f, "opportunity.outcome", "t1"), 1);
	CU_ASSERT_EQUAL(*(const uint32_t *)fixture_value(&f, "opportunity.stage", "t1"),
			*(const uint32_t *)fixture_value(&f, "opportunity.stage", "t2"));
	const struct table *table = fixture_table(&f, "opportunity");
	CU_ASSERT_EQUAL_FATAL(table->ledger.example_count, 3);
	/* Columns are read one after the other, but what is shown is what comes first in the file. */
	for (int i = 0; i < 3; i++)
		CU_ASSERT_EQUAL(table->ledger.examples[i].place.line, 4);
	CU_ASSERT_PTR_NOT_NULL(strstr(table->ledger.examples[0].text, "here:4: "));
	CU_ASSERT_PTR_NOT_NULL(strstr(table->ledger.examples[0].text, " is not a "));
	fixture_close(&f);
}

/* What is shown is the same however many threads there are, and however bad the file. */
static void check_examples(uint32_t split_rows, unsigned threads, int has_no_lines)
{
	enum { ROWS = 3000 };
	char *text = malloc(ROWS * 16 + 64), *p = text;
	p += sprintf(p, "id,influence\n");
	for (int i = 0; i < ROWS; i++)
		p += sprintf(p, "c%d,x%d\n", i, i);
	const struct fixture_table tables[] = {{0, "contact", text}, {0, NULL, NULL}};
	struct fixture f;
	fixture_open(&f, tables);
	f.split_rows = split_rows;
	f.is_backwards = threads > 1;
	f.has_no_lines = has_no_lines;
	fixture_want(&f, "contact.influence");
	fixture_map(&f);
	fixture_read(&f, threads);
	const struct table *table = fixture_table(&f, "contact");
	CU_ASSERT_EQUAL(UNREADABLE_OF(&f, "contact.influence"), ROWS);
	CU_ASSERT_EQUAL_FATAL(table->ledger.example_count, 3);
	/* Without lines, the first by their text. */
	static const char *const expected[2][3] = {
		{"here:2: influence \"x0\" is not a number", "here:3: influence \"x1\" is not a number",
		 "here:4: influence \"x2\" is not a number"},
		{"here:0: influence \"x0\" is not a number", "here:0: influence \"x1\" is not a number",
		 "here:0: influence \"x10\" is not a number"}};
	for (int i = 0; i < 3; i++)
		CU_ASSERT_STRING_EQUAL(table->ledger.examples[i].text, expected[has_no_lines][i]);
	fixture_close(&f);
	free(text);
}

static void test_examples(void)
{
	check_examples(500, 8, 0);
	check_examples(0, 1, 0);
	check_examples(1, 1, 0);
	check_examples(0, 1, 1);
	check_examples(500, 8, 1);
}

static void test_texts(void)
{
	static const struct fixture_table tables[] = {
		{0, "contact", "id,email,phone,title\nc1,a@b.cn,a@b.cn,x\nc2,1234567,1234567, \nc3,,NULL,\n"},
		{0, NULL, NULL},
	};
	static const uint8_t expected[3][2] = {
		{TEXT_FILLED | TEXT_IS_EMAIL, TEXT_FILLED}, {TEXT_FILLED, TEXT_FILLED | TEXT_IS_PHONE}, {0, 0}};
	struct fixture f;
	fixture_open(&f, tables);
	fixture_want_as(&f, "contact.email", WANT_EMAIL);
	fixture_want_as(&f, "contact.phone", WANT_PHONE);
	fixture_want(&f, "contact.title");
	fixture_map(&f);
	fixture_read(&f, 1);
	for (int i = 0; i < 3; i++) {
		char id[] = {'c', (char)('1' + i), 0};
		CU_ASSERT_EQUAL(*(const uint8_t *)fixture_value(&f, "contact.email", id), expected[i][0]);
		CU_ASSERT_EQUAL(*(const uint8_t *)fixture_value(&f, "contact.phone", id), expected[i][1]);
		CU_ASSERT_EQUAL(*(const uint8_t *)fixture_value(&f, "contact.title", id), i == 0);
	}
	fixture_close(&f);
}

static const struct test tests[] = {
	{"of rows with one id the first in the sources' order stays", test_first_wins},
	{"the same where ids are only logged", test_nameless},
	{"ids of what is not mapped", test_ids_needed},
	{"long ids", test_long_ids},
	{"duplicates from many threads", test_many_threads},
	{"references, dangling and missing", test_references},
	{"made-up rows of a table that is not mapped", test_made_up},
	{"columns that a source does not have", test_not_had},
	{"made-up rows from several levels", test_made_up_in_levels},
	{"unreadable cells are counted in rows that stay", test_unreadable},
	{"the first examples are shown", test_examples},
	{"texts", test_texts},
	{"references by ids of all kinds", test_kinds},
	{NULL, NULL},
};

const struct suite suite_table = {"table", tests};
