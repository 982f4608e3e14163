/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as the description of a plugin: it is refused, or it becomes a plugin that packs into a description of
 * the same length, which unpacks into the same again.
 */
#include "describe.h"
#include "tables.h"

#include "input.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static int evaluate(const struct crmval_batch *batch, const struct crmval_observations *out, struct crmval_error *error)
{
	(void)batch, (void)out, (void)error;
	return CRMVAL_OK;
}

/* Functions do not travel, and a view is not packed without one.  The tables are in the arena, and so ours to change. */
static void give_functions(const struct crmval_plugin *plugin)
{
	const struct crmval_dimension *dimension = plugin->dimension;
	for (uint32_t i = 0; dimension && i < dimension->view_count; i++)
		((struct crmval_view *)(uintptr_t)&dimension->views[i])->evaluate = evaluate;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct arena arena = {0};
	struct crmval_error error = {.struct_size = sizeof error};
	const struct crmval_plugin *plugin;
	unsigned char *packed = NULL;
	size_t packed_size;
	int code = describe_unpack(bytes, size, &arena, &plugin, &error);
	check(code == CRMVAL_OK || (code < 0 && *error.message), "refused without a word");
	if (!code) {
		code = tables_check(plugin, &error);
		check(code == CRMVAL_OK || (code < 0 && *error.message), "refused without a word");
		give_functions(plugin);
	}
	if (!code && !plugin->source) {
		check(describe_pack(plugin, &packed, &packed_size, &error) == CRMVAL_OK, "unpacked, not packed");
		check(packed_size == size && !memcmp(packed, bytes, size), "packed otherwise");
	}
	free(packed);
	arena_free(&arena);
	return 0;
}
