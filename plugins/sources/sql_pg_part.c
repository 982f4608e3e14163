/* SPDX-License-Identifier: MIT */
/* A part's rows as a condition of SQL, and whether ids allow for it. */
#include "sql_pg_part.h"

#include "error.h"

#include <stdlib.h>
#include <string.h>

/* The first 32 bits. */
#define MD5_OF_NOTHING UINT32_C(0xd41d8cd9)

enum { TYPE_NAME = 19, TYPE_INT8 = 20, TYPE_INT2 = 21, TYPE_INT4 = 23, TYPE_TEXT = 25, TYPE_UUID = 2950 };
enum { TYPE_BPCHAR = 1042, TYPE_VARCHAR = 1043 };

/* Of these, text casts and COPY make the same. */
static int is_plain_type(uint32_t type)
{
	static const uint32_t types[] = {TYPE_NAME, TYPE_INT8, TYPE_INT2,   TYPE_INT4,
					 TYPE_TEXT, TYPE_UUID, TYPE_BPCHAR, TYPE_VARCHAR};
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (types[i] == type)
			return 1;
	return 0;
}

/* A column's text without white space at its ends; NULL where it is missing. */
static int trimmed(PGconn *connection, const struct sql_table *table, uint32_t wanted, char **text,
		   struct crmval_error *error)
{
	const char *name = table->columns[table->wanted[wanted]];
	char *quoted = PQescapeIdentifier(connection, name, strlen(name));
	int status = quoted ? sql_print(text, error, "pg_catalog.btrim(q.%s::pg_catalog.text, E' \\t\\n\\x0b\\f\\r')",
					quoted)
			    : fail_memory(error);
	PQfreemem(quoted);
	return status;
}

/*
 * Is a text's hash one of the part?  Byte by byte it is something that postgres_fdw hands on to the servers where the rows
 * are; as a string of bits it is computed once only.
 */
static int has_hash(const char *text, int is_spread, const struct crmval_part *part, char **condition,
		    struct crmval_error *error)
{
	int status = sql_print(condition, error, "0");
	if (!is_spread)
		return sql_print(condition, error,
				 "('x' || pg_catalog.substr(pg_catalog.md5(%s), 1, 8))::pg_catalog.bit(32)::"
				 "pg_catalog.int8 %% %u = %u",
				 text, part->count, part->number);
	for (int i = 0; i < 4 && !status; i++)
		status = sql_print(condition, error,
				   "(%s) * 256 + pg_catalog.get_byte(pg_catalog.decode(pg_catalog.md5(%s), 'hex'), "
				   "%d)::pg_catalog.int8",
				   *condition, text, i);
	return status ? status : sql_print(condition, error, "(%s) %% %u = %u", *condition, part->count, part->number);
}

/* Of a text that may be missing; then `otherwise` tells.  Neither CASE nor COALESCE: what hands on conditions knows them not. */
static int add_text(const char *text, int is_spread, const struct crmval_part *part, const char *otherwise,
		    char **condition, struct crmval_error *error)
{
	char *own = NULL;
	int status = has_hash(text, is_spread, part, &own, error);
	if (!status)
		status = sql_print(condition, error, "((%s <> '' AND %s) OR ((%s IS NULL OR %s = '') AND %s))", text,
				   own, text, text, otherwise);
	free(own);
	return status;
}

/* 1: no filled id stands twice in all of the table. */
static int check_unique(PGconn *connection, const struct sql_table *table, const char *id, int *is_unique,
			struct crmval_error *error)
{
	PGresult *result;
	char *text = NULL;
	int status = sql_print(&text, error,
			       "SELECT 1 FROM (SELECT %s AS id FROM %s AS q) AS i WHERE id <> '' GROUP BY id "
			       "HAVING pg_catalog.count(*) > 1 LIMIT 1",
			       id, table->from);
	if (!status)
		status = pg_run(connection, table->what, text, 0, NULL, &result, error);
	free(text);
	if (status)
		return status;
	*is_unique = PQntuples(result) == 0;
	PQclear(result);
	return CRMVAL_OK;
}

int pg_choose_part(PGconn *connection, struct sql_table *table, const struct crmval_part *part,
		   struct crmval_error *error)
{
	const char *encoding = PQparameterStatus(connection, "server_encoding");
	int is_unique = part->key == part->id, status;
	char *key = NULL, *id = NULL, *of_id = NULL;
	int is_spread = table->split_count == 1; /* for else it would have row numbers */
	/* Row numbers would change, or texts are other bytes there. */
	if (table->has_numbers || !encoding || strcmp(encoding, "UTF8") != 0 ||
	    !is_plain_type(table->types[table->wanted[part->key]]) ||
	    !is_plain_type(table->types[table->wanted[part->id]]))
		return CRMVAL_OK;
	status = trimmed(connection, table, part->key, &key, error);
	if (!status)
		status = trimmed(connection, table, part->id, &id, error);
	if (!status && !is_unique)
		status = check_unique(connection, table, id, &is_unique, error);
	if (!status && is_unique)
		status = add_text(id, is_spread, part, MD5_OF_NOTHING % part->count == part->number ? "true" : "false",
				  &of_id, error);
	if (!status && is_unique && part->key == part->id)
		status = sql_print(&table->part, error, "%s", of_id);
	else if (!status && is_unique)
		status = add_text(key, is_spread, part, of_id, &table->part, error);
	free(key);
	free(id);
	free(of_id);
	return status;
}
