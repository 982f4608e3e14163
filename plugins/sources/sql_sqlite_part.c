/* SPDX-License-Identifier: MIT */
/* crmval_text(CELL) is a cell as the program compares ids; crmval_part(KEY, ID, COUNT) the number of the part. */
#include "sql_sqlite_part.h"

#include "error.h"
#include "sql_number.h"

#include <nettle/md5.h>
#include <string.h>

/* A value's text, as cells hold it, without white space at its ends. */
static const char *text_of(sqlite3_value *value, char buffer[SQL_NUMBER_ROOM], size_t *length)
{
	const char *text = buffer;
	switch (sqlite3_value_type(value)) {
	case SQLITE_INTEGER:
		*length = sql_number_integer(buffer, sqlite3_value_int64(value));
		break;
	case SQLITE_FLOAT:
		*length = sql_number_double(buffer, sqlite3_value_double(value));
		break;
	case SQLITE_TEXT:
		text = (const char *)sqlite3_value_text(value);
		*length = text ? (size_t)sqlite3_value_bytes(value) : 0;
		break;
	default: /* missing; a blob ends the reading */
		*length = 0;
	}
	while (*length && strchr(" \t\n\v\f\r", *text) && *text)
		text++, --*length;
	while (*length && strchr(" \t\n\v\f\r", text[*length - 1]) && text[*length - 1])
		--*length;
	return text;
}

static void crmval_text(sqlite3_context *context, int count, sqlite3_value **values)
{
	char buffer[SQL_NUMBER_ROOM];
	size_t length;
	(void)count;
	const char *text = text_of(values[0], buffer, &length);
	sqlite3_result_text64(context, text, length, SQLITE_TRANSIENT, SQLITE_UTF8);
}

static void crmval_part(sqlite3_context *context, int count, sqlite3_value **values)
{
	struct md5_ctx md5;
	uint8_t digest[4];
	char buffer[SQL_NUMBER_ROOM];
	size_t length;
	(void)count;
	const char *text = text_of(values[0], buffer, &length);
	if (length == 0)
		text = text_of(values[1], buffer, &length);
	md5_init(&md5);
	md5_update(&md5, length, (const uint8_t *)text);
	md5_digest(&md5, sizeof digest, digest);
	uint32_t bits = (uint32_t)digest[0] << 24 | (uint32_t)digest[1] << 16 | (uint32_t)digest[2] << 8 | digest[3];
	sqlite3_result_int64(context, bits % sqlite3_value_int64(values[2]));
}

int sqlite_part_functions(sqlite3 *db)
{
	int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY;
	int code = sqlite3_create_function_v2(db, "crmval_text", 1, flags, NULL, crmval_text, NULL, NULL, NULL);
	if (code == SQLITE_OK)
		code = sqlite3_create_function_v2(db, "crmval_part", 3, flags, NULL, crmval_part, NULL, NULL, NULL);
	return code;
}

int sqlite_part_check(const struct sql_table *table, const struct crmval_part *part, char **statement,
		      struct crmval_error *error)
{
	*statement = NULL;
	if (part->key == part->id)
		return CRMVAL_OK;
	char *text = sqlite3_mprintf("SELECT 1 FROM (SELECT crmval_text(q.\"%w\") AS id FROM %s AS q) WHERE id <> '' "
				     "GROUP BY id HAVING count(*) > 1 LIMIT 1",
				     table->columns[table->wanted[part->id]], table->from);
	int status = text ? sql_print(statement, error, "%s", text) : fail_memory(error);
	sqlite3_free(text);
	return status;
}

int sqlite_part_set(struct sql_table *table, const struct crmval_part *part, struct crmval_error *error)
{
	char *text =
		sqlite3_mprintf("crmval_part(q.\"%w\", q.\"%w\", %u) = %u", table->columns[table->wanted[part->key]],
				table->columns[table->wanted[part->id]], part->count, part->number);
	int status = text ? sql_print(&table->part, error, "%s", text) : fail_memory(error);
	sqlite3_free(text);
	return status;
}
