/* SPDX-License-Identifier: MIT */
/* A dimension as it was written for the first minor version of the contract; what lies behind its structs is not zero. */
#include <crmval/plugin.h>

static int evaluate(const struct crmval_batch *batch, const struct crmval_observations *out, struct crmval_error *error)
{
	const uint8_t *named = batch->columns[0].data;
	(void)error;
	if (batch->struct_size < sizeof *batch)
		return CRMVAL_EBUG;
	for (uint32_t i = 0; i < batch->row_count; i++) {
		out[0].numerator[i] = named[i] && batch->parameters[0].number == 7;
		out[0].denominator[i] = 1;
	}
	return CRMVAL_OK;
}

static const struct crmval_option parameters[] = {{"seven", CRMVAL_OPTION_INTEGER, 0, "7", 0, 9, "a number"}};
static const struct crmval_indicator indicators[] = {{"names", "Names"}};
static const struct crmval_measure measures[] = {{"named", "Named", "names", "share", "How many have a name",
						  "accounts; 1 if named; 1", CRMVAL_RATIO, CRMVAL_HIGHER, CRMVAL_VALUE,
						  CRMVAL_STATE | CRMVAL_SHARE, 0, NULL}};
static const struct crmval_input inputs[] = {{"name", "name", CRMVAL_FILLED, 0, NULL, NULL, NULL}};
static const struct crmval_answer answers[] = {{"named", "name"}};
static const struct crmval_view views[] = {{"account", inputs, 1, 1, answers, evaluate}};

static const struct {
	struct crmval_dimension dimension;
	char behind[128];
} whole = {{sizeof(struct crmval_dimension), 1, 1, 1, 1, "Old", indicators, measures, parameters, views},
	   "not zero, not zero, not zero, not zero, not zero, not zero, not zero, not zero"};

CRMVAL_EXPORT const struct crmval_plugin crmval_plugin_v1 = {CRMVAL_MAGIC,
							     CRMVAL_ABI_MAJOR,
							     CRMVAL_ABI_MINOR,
							     sizeof(struct crmval_plugin),
							     0,
							     "old_dimension",
							     "1",
							     "of contract 1.0",
							     &whole.dimension,
							     NULL,
							     NULL};

/* Where the linker puts it is not said, but it is more likely beside than not. */
__attribute__((used)) static const char behind[128] = "not zero, not zero, not zero, not zero, not zero, not zero";
