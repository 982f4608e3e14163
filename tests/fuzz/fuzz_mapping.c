/* SPDX-License-Identifier: MIT */
/*
 * Mappings by recipe, since bytes seldom make one: each byte of the input chooses among what may stand next in the mapping
 * of a source, in the job or in the plugin's defaults.  It is refused, or tables are read by it; rows that come one by one
 * must become what they become when they come at once.
 */
#include "../fixture.h"
#include "../job_text.h"
#include "../suite.h"
#include "input.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* ---- the recipe ---- */

/* What is left of the input, and the text made of it, which ends in mid-air where there is no room. */
struct recipe {
	const uint8_t *at, *end;
	size_t used;
	char text[8192];
};

static unsigned next(struct recipe *recipe, unsigned count)
{
	return recipe->at < recipe->end ? *recipe->at++ % count : 0;
}

static void put(struct recipe *recipe, const char *text)
{
	size_t length = strlen(text);
	if (length >= sizeof recipe->text - recipe->used)
		return;
	memcpy(recipe->text + recipe->used, text, length + 1);
	recipe->used += length;
}

#define PICK(recipe, words) put(recipe, (words)[next(recipe, sizeof(words) / sizeof *(words))])

static const char *const columns[] = {"id", "key", "day", "amount", "text", "flag", "ref", "[a b]", "gone", "ID"};
static const char *const tables[] = {"order", "history", "account", "gone", ""};
static const char *const lookups[] = {"h", "g", "none"};

/* Up to eight bytes of the input, without those that would end the text around them. */
static void put_bytes(struct recipe *recipe)
{
	for (unsigned count = next(recipe, 9); count > 0; count--) {
		const char text[2] = {(char)(recipe->at < recipe->end ? *recipe->at++ : 'x'), 0};
		put(recipe, strchr("\"\\\n", text[0]) ? "_" : text);
	}
}

static void put_expression(struct recipe *recipe, int depth);

static void put_call(struct recipe *recipe, const char *name, unsigned count, int depth)
{
	put(recipe, name);
	put(recipe, "(");
	for (unsigned i = 0; i < count; i++) {
		put(recipe, i ? ", " : "");
		put_expression(recipe, depth);
	}
	put(recipe, ")");
}

static void put_lookup(struct recipe *recipe, int depth)
{
	put_call(recipe, lookups[next(recipe, 3)], 1, depth);
	if (next(recipe, 3) == 2)
		return;
	put(recipe, ".");
	PICK(recipe, columns);
}

static void put_expression(struct recipe *recipe, int depth)
{
	static const char *const literals[] = {"'a'", "'2025-01-01'", "'won'", "'it''s'", "''",       "0", "12.5",
					       "1",   "true",         "false", "null",    "$currency"};
	static const char *const operators[] = {
		" + ", " - ", " * ", " / ", " = ", " != ", " < ", " <= ", " and ", " or ", " > ", " >= "};
	static const char *const lists[] = {" in (", " not in ("};
	unsigned choice = next(recipe, depth > 0 ? 10 : 3);
	switch (choice) {
	case 0:
		PICK(recipe, columns);
		break;
	case 1:
		PICK(recipe, literals);
		break;
	case 2:
		put_bytes(recipe);
		break;
	case 3:
		put_lookup(recipe, depth - 1);
		break;
	case 4:
		put_call(recipe, "coalesce", 1 + next(recipe, 3), depth - 1);
		break;
	case 5:
		put_call(recipe, "if", 2 + next(recipe, 2), depth - 1);
		break;
	case 6:
		put_call(recipe, "concat", 1 + next(recipe, 3), depth - 1);
		break;
	case 7:
		put_call(recipe, next(recipe, 2) ? "not " : "-", 1, depth - 1);
		break;
	default:
		put(recipe, "(");
		put_expression(recipe, depth - 1);
		if (choice == 8)
			PICK(recipe, operators);
		else
			PICK(recipe, lists);
		put_expression(recipe, depth - 1);
		put(recipe, choice == 8 ? ")" : ", 1))");
	}
}

/* KEY = "EXPRESSION"; */
static void put_condition(struct recipe *recipe, const char *key)
{
	put(recipe, key);
	put(recipe, " = \"");
	put_expression(recipe, 3);
	put(recipe, "\"; ");
}

static void put_skip(struct recipe *recipe)
{
	put(recipe, "skip = ( ");
	for (unsigned i = 0, count = next(recipe, 3); i < count; i++) {
		put(recipe, i ? ", (\"more\", \"" : "(\"some\", \"");
		put_expression(recipe, 3);
		put(recipe, "\")");
	}
	put(recipe, " ); ");
}

static void put_from(struct recipe *recipe, const char *key)
{
	put(recipe, key);
	put(recipe, " = \"");
	PICK(recipe, tables);
	put(recipe, "\"; ");
}

static void put_fields(struct recipe *recipe)
{
	static const char *const fields[] = {"id",        "account", "amount",   "quantity",
					     "signed_on", "region",  "currency", "nothing"};
	put(recipe, "fields = ( ");
	for (unsigned i = 0, count = next(recipe, 5); i < count; i++) {
		put(recipe, i ? ", (\"" : "(\"");
		PICK(recipe, fields);
		put(recipe, "\", \"");
		if (next(recipe, 4) == 0) {
			PICK(recipe, columns);
		} else {
			put(recipe, "=");
			put_expression(recipe, 4);
		}
		put(recipe, "\")");
	}
	put(recipe, " ); ");
}

static void put_values(struct recipe *recipe)
{
	static const char *const maps[] = {"values = ( (\"region\", ( (\"a\", \"won\"), (\"b\", \"lost\") )) ); ",
					   "values = ( (\"region\", ( (\"2025-01-01\", \"\"), (\"\", \"north\") )) ); ",
					   "values = ( (\"amount\", ( (\"a\", \"1\") )) ); "};
	PICK(recipe, maps);
}

static void put_dates(struct recipe *recipe)
{
	static const char *const formats[] = {"date_format = \"%d/%m/%Y\"; ", "date_format = \"%Y%m%d\"; ",
					      "date_formats = ( (\"signed_on\", \"%b %d, %y %T\") ); ",
					      "date_formats = ( (\"signed_on\", \"%m\") ); "};
	PICK(recipe, formats);
}

static void put_part(struct recipe *recipe)
{
	put(recipe, "{ ");
	for (unsigned count = next(recipe, 6); count > 0; count--) {
		switch (next(recipe, 6)) {
		case 0:
			put_from(recipe, "from");
			break;
		case 1:
			put_fields(recipe);
			break;
		case 2:
			put_skip(recipe);
			break;
		case 3:
			put_from(recipe, "unless");
			break;
		case 4:
			put_values(recipe);
			break;
		default:
			put_dates(recipe);
		}
	}
	put(recipe, "}; ");
}

static void put_entities(struct recipe *recipe)
{
	static const char *const names[] = {"order = ", "account = ", "exchange_rate = ", "other = "};
	put(recipe, "entities = { ");
	for (unsigned count = next(recipe, 4); count > 0; count--) {
		PICK(recipe, names);
		if (next(recipe, 3) < 2) {
			put_part(recipe);
			continue;
		}
		put(recipe, "{ parts = { one = ");
		put_part(recipe);
		put(recipe, "two = ");
		put_part(recipe);
		put(recipe, "}; }; ");
	}
	put(recipe, "}; ");
}

static void put_lookups(struct recipe *recipe)
{
	static const char *const picks[] = {"pick = \"first\"; ", "pick = \"last\"; ", "pick = \"any\"; ", ""};
	put(recipe, "lookups = { ");
	for (unsigned i = 0, count = next(recipe, 3); i < count; i++) {
		put(recipe, lookups[i]);
		put(recipe, " = { ");
		put_from(recipe, "from");
		put_condition(recipe, "by");
		if (next(recipe, 2))
			put_condition(recipe, "order");
		PICK(recipe, picks);
		if (next(recipe, 2))
			put_skip(recipe);
		put(recipe, "}; ");
	}
	put(recipe, "}; ");
}

static void put_mapping(struct recipe *recipe)
{
	unsigned choice = next(recipe, 32);
	put(recipe, choice & 1 ? "ids = \"salesforce\"; " : "");
	put(recipe, choice & 2 ? "ignore_case = true; " : "");
	put(recipe, choice & 4 ? "nulls = ( \"a\", \"n/a\" ); " : "");
	if (!(choice & 8))
		put_lookups(recipe);
	if (!(choice & 16))
		put_entities(recipe);
}

/* ---- its use ---- */

static const struct fixture_table sheets[] = {
	{0, "history",
	 "key,day,amount,text,flag,ref\n"
	 "a,2025-03-01,1,x,1,b\na,2025-01-01,2,y,0,a\na,,3,won,yes,\n"
	 "b,9,-7.5,lost,no,a\nb,10,1e3,a,WAHR,gone\n,2025-01-01,11,b,true,a\nc,text,NULL,n/a,,c\n"},
	{0, "order",
	 "id,account,key,day,amount,text,flag,ref,a b\na,A1,a,01/02/2025,5,a,1,c,1\n"
	 "b,A2,b,2025-02-30,x,b,0,b,\nc,,c,20250203,9e99,n/a,,a,z\na,A1,a,,1,2,3,4,5\n,A9,,,,,,,\n"},
	{0, "account", "id,key,text,region\nA1,a,won,R1\nA2,b,lost,R2\n001000000000001AAA,c,,R1\n"},
	{0, NULL, NULL},
};

static const char *const wanted[] = {"order.amount", "order.account", "order.quantity", "order.signed_on",
				     "account.region"};

/* All that was read, as text. */
static void tell(struct fixture *fixture, FILE *out)
{
	for (uint32_t e = 0; e < model_entity_count; e++) {
		const struct table *table = &fixture->data.tables[e];
		uint32_t rows = atomic_load(&table->rows);
		fprintf(out, "%s %u %llu\n", table->entity->name, rows, (unsigned long long)table->duplicates);
		for (const struct ledger_skip *skip = table->ledger.skipped; skip; skip = skip->next)
			fprintf(out, "skip %s %llu\n", skip->what, (unsigned long long)skip->count);
		for (uint32_t f = 0; f < table->entity->field_count; f++) {
			const struct column *column = &table->columns[f];
			if (column->values.bytes)
				fwrite(column->values.bytes, data_width(table->entity->fields[f].type), rows, out);
		}
	}
}

/* What the mapping makes of the tables, or what is wrong with it; the caller frees it. */
static char *apply(const struct job_mapping *mapping, uint32_t split_rows, size_t *size)
{
	static struct fixture fixture;
	char *text = NULL;
	fixture_open(&fixture, sheets);
	fixture.split_rows = split_rows;
	fixture.job_sources[0].mapping = *mapping;
	fixture.job.currency = "EUR";
	for (uint32_t e = 0; e < model_entity_count; e++)
		fixture.data.tables[e].keeps_texts = 0; /* nobody looks a row up by its id */
	for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
		fixture_want(&fixture, wanted[i]);
	FILE *out = open_memstream(&text, size);
	int code = load_open(&fixture.load, &fixture.job, fixture.plugins, &fixture.data, &fixture.problems,
			     &fixture.error);
	if (code == CRMVAL_OK && fixture.problems.count == 0)
		code = load_start(&fixture.load, 1, &fixture.error);
	if (code == CRMVAL_OK && fixture.problems.count == 0)
		code = load_read(&fixture.load, &fixture.error);
	check(code == CRMVAL_OK || *fixture.error.message, "refused without a word");
	for (uint32_t i = 0; i < fixture.problems.count; i++)
		fprintf(out, "%s\n", fixture.problems.texts[i]);
	if (code == CRMVAL_OK && fixture.problems.count == 0)
		tell(&fixture, out);
	else
		fprintf(out, "%d %s\n", code, fixture.error.message);
	fclose(out);
	fixture_close(&fixture);
	return text;
}

static void check_mapping(const struct job_mapping *mapping, int is_twice, const char *text)
{
	size_t size, size_again;
	char *told = apply(mapping, 0, &size), *again = is_twice ? apply(mapping, 1, &size_again) : NULL;
	if (again && (size != size_again || memcmp(told, again, size) != 0)) {
		fprintf(stderr, "%s\n", text);
		check(0, "other splits, other rows");
	}
	free(told);
	free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static struct recipe defaults, job;
	struct crmval_source source = fake_source;
	struct job_overrides overrides = {.today = fake_today};
	if (!size)
		return 0;
	int has_defaults = bytes[0] & 1, is_twice = (bytes[0] & 6) == 6;
	defaults.used = job.used = 0;
	job.at = bytes + 1;
	job.end = bytes + size;
	if (has_defaults) {
		defaults.at = job.at;
		defaults.end = job.end;
		put_mapping(&defaults);
		job.at = defaults.at;
		source.mapping = defaults.text;
	}
	put(&job, JOB_LINE "sources = ( { plugin = \"fake\"; directory = \"in\"; ");
	put_mapping(&job);
	put(&job, "} );\n");
	uint64_t hash = input_hash(defaults.text, defaults.used, (uint64_t)is_twice);
	if (input_is_known(input_hash(job.text, job.used, hash)))
		return 0;
	struct job_text read = {.error.struct_size = sizeof read.error};
	read.code = job_read(input_file(job.text, job.used), &overrides, &read.job, &read.problems, &read.error);
	check(read.code == CRMVAL_OK && (read.job || read.problems.count > 0), "neither read nor refused");
	if (read.job)
		job_bind_source(read.job, 0, &source, &read.problems);
	if (read.job && read.problems.count == 0)
		check_mapping(&read.job->sources[0].mapping, is_twice, job.text);
	job_text_free(&read);
	return 0;
}
