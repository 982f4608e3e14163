/* SPDX-License-Identifier: MIT */
/* What drivers need of a table: texts, columns, splits. */
#include "sql_driver.h"

#include "error.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void sql_one_line(char *text)
{
	size_t length = strlen(text);
	for (char *p = text; *p; p++)
		if (*p == '\n' || *p == '\r' || *p == '\t')
			*p = ' ';
	while (length && text[length - 1] == ' ')
		text[--length] = 0;
}

int sql_print(char **text, struct crmval_error *error, const char *format, ...)
{
	va_list arguments;
	char *made;
	va_start(arguments, format);
	int length = vasprintf(&made, format, arguments);
	va_end(arguments);
	if (length < 0)
		return fail_memory(error);
	free(*text);
	*text = made;
	return CRMVAL_OK;
}

int sql_table_add_column(struct sql_table *table, const char *name, uint32_t type, struct crmval_error *error)
{
	size_t count = (size_t)table->column_count + 1;
	char **columns = realloc(table->columns, count * sizeof *columns);
	if (columns)
		table->columns = columns;
	uint32_t *types = realloc(table->types, count * sizeof *types);
	if (types)
		table->types = types;
	char *copy = strdup(name);
	if (!columns || !types || !copy) {
		free(copy);
		return fail_memory(error);
	}
	columns[count - 1] = copy;
	types[count - 1] = type;
	table->column_count++;
	return CRMVAL_OK;
}

char *sql_query_text(const char *query)
{
	size_t length = strlen(query);
	while (length && strchr(" \t\r\n;", query[length - 1]))
		length--;
	return strndup(query, length);
}

void sql_split_bounds(const struct sql_table *table, uint32_t split, int64_t *low, int64_t *high, int *has_high)
{
	/* The range may be that of all 64-bit numbers. */
	*low = (int64_t)((uint64_t)table->low + split * table->step);
	*high = (int64_t)((uint64_t)table->low + ((uint64_t)split + 1) * table->step);
	*has_high = split + 1 < table->split_count;
}
