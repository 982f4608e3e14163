/* SPDX-License-Identifier: MIT */
/* Storing a result: the tables' shape and its version, then old rows out and new ones in. */
#include "sql_store.h"

#include "error.h"
#include "sql_number.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define VERSION_TABLE "crmval_schema"

const char *sql_store_text(int32_t type, const struct crmval_store_value *value, char buffer[SQL_STORE_TEXT_ROOM])
{
	time_t seconds = (time_t)value->count * 86400;
	struct tm day;
	if (!value->is_set)
		return NULL;
	switch (type) {
	case CRMVAL_STORE_TEXT:
		return value->text;
	case CRMVAL_STORE_NUMBER:
		buffer[sql_number_double(buffer, value->number)] = 0;
		return buffer;
	case CRMVAL_STORE_DAY:
		gmtime_r(&seconds, &day);
		strftime(buffer, SQL_STORE_TEXT_ROOM, "%Y-%m-%d", &day);
		return buffer;
	default:
		buffer[sql_number_integer(buffer, value->count)] = 0;
		return buffer;
	}
}

int sql_store_names(const struct crmval_store_table *table, char **names, struct crmval_error *error)
{
	int status = CRMVAL_OK;
	for (uint32_t c = 0; c < table->column_count && !status; c++)
		status = sql_print(names, error, "%s%s%s", *names ? *names : "", c ? ", " : "", table->columns[c].name);
	return status;
}

static int create(struct sql_writer *writer, const struct crmval_store_table *table, struct crmval_error *error)
{
	static const char *const types[] = {[CRMVAL_STORE_TEXT] = "text",
					    [CRMVAL_STORE_NUMBER] = "double precision",
					    [CRMVAL_STORE_COUNT] = "bigint",
					    [CRMVAL_STORE_DAY] = "date"};
	char *text = NULL;
	int status = sql_print(&text, error, "CREATE TABLE %s (", table->name);
	for (uint32_t c = 0; c < table->column_count && !status; c++) {
		const struct crmval_store_column *column = &table->columns[c];
		status = sql_print(&text, error, "%s%s %s%s, ", text, column->name, types[column->type],
				   column->flags & CRMVAL_REQUIRED ? " NOT NULL" : "");
	}
	if (!status)
		status = sql_print(&text, error, "%sPRIMARY KEY (", text);
	for (uint32_t c = 0; c < table->key_count && !status; c++)
		status = sql_print(&text, error, "%s%s%s", text, c ? ", " : "", table->columns[c].name);
	if (!status)
		status = sql_print(&text, error, "%s))", text);
	if (!status)
		status = writer->driver->execute(writer, text, NULL, error);
	free(text);
	return status;
}

static int create_all(struct sql_writer *writer, const struct crmval_store *store, struct crmval_error *error)
{
	char text[120];
	int status = writer->driver->execute(writer, "CREATE TABLE " VERSION_TABLE " (version bigint NOT NULL)", NULL,
					     error);
	for (uint32_t t = 0; t < store->table_count && !status; t++)
		status = create(writer, &store->tables[t], error);
	snprintf(text, sizeof text, "INSERT INTO " VERSION_TABLE " (version) VALUES (%u)", store->version);
	return status ? status : writer->driver->execute(writer, text, NULL, error);
}

/* Makes the tables, or sees that they are ours to fill. */
static int prepare(struct sql_writer *writer, const struct crmval_store *store, struct crmval_error *error)
{
	int has_tables;
	double version = NAN;
	int status = writer->driver->has_table(writer, VERSION_TABLE, &has_tables, error);
	if (!status && !has_tables)
		return create_all(writer, store, error);
	if (!status)
		status = writer->driver->execute(writer, "SELECT max(version) FROM " VERSION_TABLE, &version, error);
	if (status || version == store->version)
		return status;
	if (version > store->version)
		return fail(error, CRMVAL_ECREATE,
			    "the tables in the database were made by a newer crmval: they are of version %.0f, and "
			    "this one "
			    "writes %u; use the newer one, or name another database",
			    version, store->version);
	return fail(error, CRMVAL_ECREATE,
		    "the tables in the database are of version %.0f, which this crmval cannot bring up to %u; drop all "
		    "tables whose names begin with crmval_, or name another database",
		    version, store->version);
}

/* Rows of the same job and period go. */
static int clear(struct sql_writer *writer, const struct crmval_store *store, const struct crmval_store_table *table,
		 struct crmval_error *error)
{
	char *text = NULL;
	int status = sql_print(&text, error, "DELETE FROM %s", table->name);
	for (uint32_t c = 0; c < store->own_count && !status; c++)
		status = sql_print(&text, error, "%s %s %s = $%u", text, c ? "AND" : "WHERE", table->columns[c].name,
				   c + 1);
	if (!status)
		status =
			writer->driver->execute_with(writer, text, table->columns, store->own, store->own_count, error);
	free(text);
	return status;
}

static int fill(struct sql_writer *writer, const struct crmval_store *store, uint32_t t, struct crmval_error *error)
{
	const struct crmval_store_table *table = &store->tables[t];
	struct crmval_store_value *values = calloc(table->column_count, sizeof *values);
	int status = values ? writer->driver->insert_begin(writer, table, error) : fail_memory(error);
	while (!status && (status = store->next(store, t, values, error)) == 1)
		status = writer->driver->insert_row(writer, table, values, error);
	if (!status)
		status = writer->driver->insert_end(writer, error);
	free(values);
	return status;
}

int sql_store_into(const struct sql_store_driver *driver, const struct sql_settings *settings,
		   const struct crmval_store *store, struct crmval_error *error)
{
	struct sql_writer *writer;
	int status = driver->open(settings, &writer, error);
	if (status)
		return status;
	status = prepare(writer, store, error);
	for (uint32_t t = 0; t < store->table_count && !status; t++)
		status = clear(writer, store, &store->tables[t], error);
	for (uint32_t t = 0; t < store->table_count && !status; t++)
		status = fill(writer, store, t, error);
	if (!status)
		status = driver->commit(writer, error);
	driver->close(writer);
	return status;
}
