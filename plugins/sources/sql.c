/* SPDX-License-Identifier: MIT */
/* The source plugin for databases: tables, views and queries of SQLite, PostgreSQL, and all that ODBC reaches. */
#include "sql_pool.h"
#include "sql_store.h"

#include "error.h"
#include "sql_zh.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { DRIVER, CONNECTION, DIRECTORY, PASSWORD_FILE, CREDENTIAL, CONNECTIONS, TIMEOUT, ISOLATION, OPTIONS };

static const struct crmval_option options[] = {
	[DRIVER] = {.name = "driver",
		    .type = CRMVAL_OPTION_TEXT,
		    .flags = CRMVAL_REQUIRED,
		    .help = "what the database speaks: \"sqlite\", \"postgresql\" or \"odbc\""},
	[CONNECTION] = {.name = "connection",
			.type = CRMVAL_OPTION_TEXT,
			.flags = CRMVAL_REQUIRED,
			.help = "SQLite's file; a connection string of libpq; a DSN of ODBC or a connection string; "
				"without a password"},
	[DIRECTORY] = {.name = "directory",
		       .type = CRMVAL_OPTION_PATH,
		       .initial = ".",
		       .help = "where a relative path of SQLite's file starts"},
	[PASSWORD_FILE] = {.name = "password_file",
			   .type = CRMVAL_OPTION_PATH,
			   .help = "a file with the password and no more, which nobody else may read"},
	[CREDENTIAL] = {.name = "credential",
			.type = CRMVAL_OPTION_TEXT,
			.help = "the same, as the name of a file in systemd's $CREDENTIALS_DIRECTORY"},
	[CONNECTIONS] =
		{.name = "connections",
		 .type = CRMVAL_OPTION_INTEGER,
		 .initial = "8",
		 .least = 1,
		 .most = 256,
		 .help = "how many connections may read at a time, where all can see the same state of the data"},
	[TIMEOUT] = {.name = "statement_timeout",
		     .type = CRMVAL_OPTION_NUMBER,
		     .initial = "3600",
		     .least = 0,
		     .most = 2000000,
		     .help = "seconds that a statement may take; 0: as long as it does"},
	[ISOLATION] = {.name = "isolation",
		       .type = CRMVAL_OPTION_TEXT,
		       .initial = "repeatable read",
		       .help = "of the transaction that ODBC reads in: \"read committed\", \"repeatable read\", "
			       "\"serializable\", or \"default\": as the database has it"},
};

enum { TABLE, QUERY, TABLE_OPTIONS };

static const struct crmval_option table_options[] = {
	[TABLE] = {.name = "table",
		   .type = CRMVAL_OPTION_TEXT,
		   .help = "the table's or view's name, or SCHEMA.NAME; by default that of the entity"},
	[QUERY] = {.name = "query",
		   .type = CRMVAL_OPTION_TEXT,
		   .help = "instead of a table: one statement that begins with SELECT, VALUES or WITH"},
};

struct source {
	struct sql_settings settings;
	struct sql_pool pool;
	struct sql_table *tables;
};

/* ---- opening ---- */

static int find_driver(const char *name, const struct sql_driver **driver, struct crmval_error *error)
{
	const struct {
		const char *name, *library;
		const struct sql_driver *driver;
	} drivers[] = {{"sqlite", "SQLite (libsqlite3-dev)", sql_sqlite},
		       {"postgresql", "PostgreSQL (libpq-dev)", sql_postgresql},
		       {"odbc", "ODBC (unixodbc-dev)", sql_odbc}};
	for (size_t i = 0; i < sizeof drivers / sizeof *drivers; i++) {
		if (strcmp(drivers[i].name, name) != 0)
			continue;
		*driver = drivers[i].driver;
		if (*driver)
			return CRMVAL_OK;
		return fail(error, CRMVAL_ECONF, "driver \"%s\": this crmval was built without %s; build it with it",
			    name, drivers[i].library);
	}
	return fail(error, CRMVAL_ECONF,
		    "driver \"%.60s\" is not known; there are \"sqlite\", \"postgresql\" and \"odbc\"", name);
}

static struct sql_settings settings_of(const struct crmval_value *values)
{
	return (struct sql_settings){.directory = values[DIRECTORY].text,
				     .connection = values[CONNECTION].text,
				     .password_file = values[PASSWORD_FILE].text,
				     .credential = values[CREDENTIAL].text,
				     .isolation = values[ISOLATION].text,
				     .timeout = values[TIMEOUT].number,
				     .connections = (uint32_t)values[CONNECTIONS].number};
}

static int check_settings(const struct sql_settings *settings, const struct sql_driver *driver,
			  struct crmval_error *error)
{
	if (settings->password_file && settings->credential)
		return fail(error, CRMVAL_ECONF, "both password_file and credential are set; leave one of them out");
	if ((settings->password_file || settings->credential) && !driver->takes_password)
		return fail(error, CRMVAL_ECONF, "%s is set, but driver \"%s\" knows no passwords; leave it out",
			    settings->password_file ? "password_file" : "credential", driver->name);
	if (!*settings->connection)
		return fail(error, CRMVAL_ECONF, "connection is empty");
	return driver->check(settings, error);
}

static int sql_open(const struct crmval_value *values, void **opened, struct crmval_error *error)
{
	const struct sql_driver *driver;
	int status = find_driver(values[DRIVER].text, &driver, error);
	if (status)
		return status;
	struct source *source = calloc(1, sizeof *source);
	if (!source)
		return fail_memory(error);
	source->settings = settings_of(values);
	status = check_settings(&source->settings, driver, error);
	if (!status)
		status = sql_pool_init(&source->pool, driver, &source->settings, error);
	if (status) {
		free(source);
		return status;
	}
	status = sql_pool_open(&source->pool, error);
	if (status) {
		sql_pool_free(&source->pool);
		free(source);
		return status;
	}
	*opened = source;
	return CRMVAL_OK;
}

/* ---- tables ---- */

static void table_free(struct sql_table *table)
{
	for (uint32_t i = 0; i < table->column_count; i++)
		free(table->columns[i]);
	free(table->columns);
	free(table->types);
	free(table->what);
	free((char *)table->query);
	free(table->name);
	free(table->from);
	free(table->input);
	free(table->select);
	free(table->wanted);
	free(table->key);
	free(table->part);
	free(table);
}

static int name_table(struct sql_table *table, const char *name, const struct crmval_value *values,
		      struct crmval_error *error)
{
	const char *query = values[QUERY].text, *said = values[TABLE].text;
	if (query && said)
		return fail(error, CRMVAL_ECONF, "%s: both table and query are set; leave one of them out", name);
	if (query && !(table->query = sql_query_text(query)))
		return fail_memory(error);
	if (query && !*table->query)
		return fail(error, CRMVAL_ECONF, "%s: query is empty", name);
	int status = sql_print(&table->name, error, "%s", said ? said : name);
	if (!status && query)
		status = sql_print(&table->what, error, "query of %s", name);
	else if (!status)
		status = sql_print(&table->what, error, "table %s", table->name);
	return status;
}

/* Two columns of one name, as queries may have them, cannot be told apart by whoever maps them. */
static int check_columns(const struct sql_table *table, int folds_names, struct crmval_error *error)
{
	for (uint32_t i = 0; i < table->column_count; i++)
		for (uint32_t j = 0; j < i; j++)
			if (folds_names ? !strcasecmp(table->columns[i], table->columns[j])
					: !strcmp(table->columns[i], table->columns[j]))
				return fail(error, CRMVAL_ECONF,
					    "%s: two columns are called \"%.100s\"; rename one by AS", table->what,
					    table->columns[i]);
	return CRMVAL_OK;
}

static int sql_table(void *self, const char *name, const struct crmval_value *values, int is_named,
		     struct crmval_table *shape, struct crmval_error *error)
{
	struct source *source = self;
	const struct sql_driver *driver = source->pool.driver;
	struct sql_table *table = calloc(1, sizeof *table);
	if (!table)
		return fail_memory(error);
	int status = name_table(table, name, values, error);
	if (!status)
		status = sql_pool_open(&source->pool, error);
	if (!status)
		status = driver->describe(source->pool.first, table, error);
	if (status == CRMVAL_NO_TABLE && (is_named || values[TABLE].is_set))
		status = fail(
			error, CRMVAL_ENOINPUT,
			"the database has no table or view \"%.200s\", or none that may be seen; set `table` of %s",
			table->name, name);
	if (!status)
		status = check_columns(table, driver->folds_names, error);
	if (status) {
		table_free(table);
		return status;
	}
	table->next = source->tables;
	source->tables = table;
	shape->column_count = table->column_count;
	shape->columns = (const char *const *)table->columns;
	shape->input_count = 1;
	shape->inputs = (const char *const *)&table->input;
	shape->table = table;
	return CRMVAL_OK;
}

static int sql_plan(void *self, void *planned, const uint32_t *wanted, uint32_t wanted_count, struct crmval_plan *plan,
		    struct crmval_error *error)
{
	struct source *source = self;
	struct sql_table *table = planned;
	for (uint32_t i = 0; i < wanted_count; i++)
		if (wanted[i] >= table->column_count)
			return fail(error, CRMVAL_EBUG, "%s: column %u was asked for, of %u", table->what, wanted[i],
				    table->column_count);
	uint32_t *copy = malloc(((size_t)wanted_count + 1) * sizeof *copy);
	if (!copy)
		return fail_memory(error);
	memcpy(copy, wanted, wanted_count * sizeof *copy);
	free(table->wanted);
	table->wanted = copy;
	table->wanted_count = wanted_count;
	free(table->key);
	free(table->part);
	table->key = table->part = NULL;
	table->has_numbers = 0;
	table->split_count = 1;
	table->rows_at_most = 0;
	int status = sql_pool_open(&source->pool, error);
	if (!status)
		status = source->pool.driver->plan(source->pool.first, table, error);
	plan->split_count = table->split_count;
	plan->rows_at_most = table->rows_at_most;
	return status;
}

static int sql_plan_part(void *self, void *planned, const uint32_t *wanted, uint32_t wanted_count,
			 const struct crmval_part *part, struct crmval_plan *plan, struct crmval_error *error)
{
	struct source *source = self;
	struct sql_table *table = planned;
	const struct sql_driver *driver = source->pool.driver;
	int status = sql_plan(self, planned, wanted, wanted_count, plan, error);
	if (!status && (part->key >= wanted_count || part->id >= wanted_count))
		status = fail(error, CRMVAL_EBUG, "%s: parts by columns that are not wanted", table->what);
	if (!status && driver->choose)
		status = driver->choose(source->pool.first, table, part, error);
	plan->is_part = table->part != NULL;
	return status;
}

/* ---- reading ---- */

static int read_once(struct source *source, const struct sql_table *table, uint32_t split,
		     const struct crmval_sink *sink, int *may_retry, struct crmval_error *error)
{
	struct sql_pool *pool = &source->pool;
	struct sql_session *session;
	struct sql_batch *batch = malloc(sizeof *batch);
	*may_retry = 0;
	if (!batch)
		return fail_memory(error);
	int status = sql_batch_open(batch, sink, table->wanted_count, error);
	if (status) {
		free(batch);
		return status;
	}
	status = sql_pool_take(pool, &session, error);
	if (!status) {
		status = pool->driver->read(session, table, split, batch, error);
		if (!status)
			status = sql_batch_flush(batch, error);
		*may_retry = status == CRMVAL_EUNREACHABLE && !batch->handed;
		sql_pool_give(pool, session, batch->handed > 0);
	}
	sql_batch_close(batch);
	free(batch);
	return status;
}

static int sql_read(void *self, void *read, uint32_t split, void *worker, const struct crmval_sink *sink,
		    struct crmval_error *error)
{
	(void)worker;
	int may_retry;
	int status = read_once(self, read, split, sink, &may_retry, error);
	return may_retry ? read_once(self, read, split, sink, &may_retry, error) : status;
}

/* All has been read: what comes now needs no connection, and none of the passwords that they hold. */
static int sql_finish(void *self, void *finished, struct crmval_error *error)
{
	struct source *source = self;
	(void)finished, (void)error;
	sql_pool_close(&source->pool);
	return CRMVAL_OK;
}

static void sql_close(void *self)
{
	struct source *source = self;
	while (source->tables) {
		struct sql_table *table = source->tables;
		source->tables = table->next;
		table_free(table);
	}
	sql_pool_free(&source->pool);
	free(source);
}

/* ---- storing ---- */

static int sql_store(const struct crmval_value *values, const struct crmval_store *store, struct crmval_error *error)
{
	const struct sql_settings settings = settings_of(values);
	const struct sql_driver *driver;
	int status = find_driver(values[DRIVER].text, &driver, error);
	if (!status)
		status = check_settings(&settings, driver, error);
	if (status)
		return status;
	const struct sql_store_driver *into = driver == sql_sqlite       ? sql_store_sqlite
					      : driver == sql_postgresql ? sql_store_postgresql
									 : NULL;
	if (!into)
		return fail(error, CRMVAL_ECONF,
			    "driver \"%s\" cannot store results; there are \"sqlite\" and \"postgresql\"",
			    driver->name);
	return store ? sql_store_into(into, &settings, store, error) : CRMVAL_OK;
}

static const struct crmval_source sql_source = {
	.struct_size = sizeof sql_source,
	.option_count = OPTIONS,
	.table_option_count = TABLE_OPTIONS,
	.options = options,
	.table_options = table_options,
	.open = sql_open,
	.table = sql_table,
	.plan = sql_plan,
	.read = sql_read,
	.finish = sql_finish,
	.close = sql_close,
	.plan_part = sql_plan_part,
	.store = sql_store,
};

CRMVAL_EXPORT const struct crmval_plugin crmval_plugin_v1 = {
	.magic = CRMVAL_MAGIC,
	.abi_major = CRMVAL_ABI_MAJOR,
	.abi_minor = CRMVAL_ABI_MINOR,
	.struct_size = sizeof crmval_plugin_v1,
	.name = "sql",
	.version = "1.0",
	.summary = "databases: SQLite, PostgreSQL, and what ODBC reaches",
	.source = &sql_source,
	.translation_count = sizeof translations / sizeof translations[0],
	.translations = translations,
};
