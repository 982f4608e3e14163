/* SPDX-License-Identifier: MIT */
/* A source as it was written for the first minor version of the contract: three accounts, in two splits. */
#include <crmval/plugin.h>

#include <string.h>

static const char *const columns[] = {"id", "name"}, *const inputs[] = {"three accounts"};
static uint32_t wanted_columns[2], wanted_count;

static int open_source(const struct crmval_value *options, void **source, struct crmval_error *error)
{
	(void)options, (void)error;
	*source = wanted_columns;
	return CRMVAL_OK;
}

static int table(void *source, const char *name, const struct crmval_value *options, int is_named,
		 struct crmval_table *found, struct crmval_error *error)
{
	(void)source, (void)options, (void)is_named, (void)error;
	if (strcmp(name, "account") != 0)
		return CRMVAL_NO_TABLE;
	found->column_count = 2;
	found->columns = columns;
	found->input_count = 1;
	found->inputs = inputs;
	return CRMVAL_OK;
}

static int plan(void *source, void *rows, const uint32_t *wanted, uint32_t count, struct crmval_plan *splits,
		struct crmval_error *error)
{
	(void)source, (void)rows, (void)error;
	memcpy(wanted_columns, wanted, count * sizeof *wanted);
	wanted_count = count;
	splits->split_count = 2;
	splits->rows_at_most = 3;
	return CRMVAL_OK;
}

static uint64_t line(const void *context, uint32_t row, uint32_t *input)
{
	(void)context;
	*input = 0;
	return row + 1;
}

static int read_split(void *source, void *rows, uint32_t split, void *worker, const struct crmval_sink *sink,
		      struct crmval_error *error)
{
	static const char text[] = "a1a2a3AcmeUmbrella";
	static const uint32_t start[2][3] = {{0, 2, 4}, {6, 10, 0}}, length[2][3] = {{2, 2, 2}, {4, 8, CRMVAL_NULL}};
	uint32_t first = split ? 2 : 0, count = split ? 1 : 2;
	struct crmval_cells cells[2];
	(void)source, (void)rows, (void)worker;
	for (uint32_t i = 0; i < wanted_count; i++)
		cells[i] = (struct crmval_cells){text, start[wanted_columns[i]] + first,
						 length[wanted_columns[i]] + first};
	const struct crmval_rows handed = {sizeof handed, count, cells, line, NULL};
	return sink->take(sink, &handed, error);
}

static void close_source(void *source)
{
	(void)source;
}

static const struct {
	struct crmval_source source;
	char behind[256];
} whole = {
	{.struct_size = sizeof(struct crmval_source),
	 .open = open_source,
	 .table = table,
	 .plan = plan,
	 .read = read_split,
	 .close = close_source},
	"not zero, not zero, not zero, not zero, not zero, not zero, not zero, not zero, not zero, not zero, not zero"};

CRMVAL_EXPORT const struct crmval_plugin crmval_plugin_v1 = {CRMVAL_MAGIC,
							     CRMVAL_ABI_MAJOR,
							     CRMVAL_ABI_MINOR,
							     sizeof(struct crmval_plugin),
							     0,
							     "old_source",
							     "1",
							     "of contract 1.0",
							     NULL,
							     &whole.source,
							     NULL};
