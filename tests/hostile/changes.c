/* SPDX-License-Identifier: MIT */
/* Is another each time it is loaded. */
#include <crmval/plugin.h>
#include <stdio.h>
#include <time.h>

static int open_source(const struct crmval_value *options, void **source, struct crmval_error *error)
{
	(void)options, (void)error;
	*source = NULL;
	return CRMVAL_OK;
}

static int table(void *source, const char *entity, const struct crmval_value *options, int is_named,
		 struct crmval_table *shape, struct crmval_error *error)
{
	(void)source, (void)entity, (void)options, (void)is_named, (void)shape, (void)error;
	return CRMVAL_NO_TABLE;
}

static int plan(void *source, void *rows, const uint32_t *wanted, uint32_t count, struct crmval_plan *splits,
		struct crmval_error *error)
{
	(void)source, (void)rows, (void)wanted, (void)count, (void)splits, (void)error;
	return CRMVAL_OK;
}

static int read_split(void *source, void *rows, uint32_t split, void *worker, const struct crmval_sink *sink,
		      struct crmval_error *error)
{
	(void)source, (void)rows, (void)split, (void)worker, (void)sink, (void)error;
	return CRMVAL_OK;
}

static void close_source(void *source)
{
	(void)source;
}

static const struct crmval_source source_table = {.struct_size = sizeof source_table,
						  .open = open_source,
						  .table = table,
						  .plan = plan,
						  .read = read_split,
						  .close = close_source};

static char summary[32];

__attribute__((constructor)) static void begin(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	snprintf(summary, sizeof summary, "loaded at %lld", (long long)now.tv_nsec + now.tv_sec * 1000000000LL);
}

CRMVAL_EXPORT const struct crmval_plugin crmval_plugin_v1 = {.magic = CRMVAL_MAGIC,
							     .abi_major = CRMVAL_ABI_MAJOR,
							     .struct_size = sizeof crmval_plugin_v1,
							     .name = "changes",
							     .version = "1.0",
							     .summary = summary,
							     .source = &source_table};
