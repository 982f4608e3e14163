/* SPDX-License-Identifier: MIT */
/* The least tables that make a dimension, for plugins that misbehave around them. */
#ifndef HOSTILE_H
#define HOSTILE_H

#include <crmval/plugin.h>

static int evaluate(const struct crmval_batch *batch, const struct crmval_observations *out, struct crmval_error *error)
{
	(void)error;
	for (uint32_t i = 0; i < batch->row_count; i++)
		out[0].numerator[i] = 1;
	return CRMVAL_OK;
}

static const struct crmval_indicator indicators[] = {{"size", "Size"}};
static const struct crmval_measure measures[] = {{"rows", "Rows", "size", "count", "How many there are", "accounts; 1",
						  CRMVAL_SUM_OF, CRMVAL_HIGHER, CRMVAL_GROWTH, 0, 0, NULL}};
static const struct crmval_input inputs[] = {{"id", "id", CRMVAL_FILLED, 0, NULL, NULL, NULL}};
static const struct crmval_answer answers[] = {{"rows", "id"}};
static const struct crmval_view views[] = {{"account", inputs, 1, 1, answers, evaluate}};

#define HOSTILE_DIMENSION                                                                                              \
	{                                                                                                              \
		sizeof(struct crmval_dimension), 1, 1, 0, 1, "Hostile", indicators, measures, NULL, views              \
	}
static const struct crmval_dimension dimension = HOSTILE_DIMENSION;

#define HOSTILE_PLUGIN(name, summary)                                                                                  \
	{                                                                                                              \
		CRMVAL_MAGIC, CRMVAL_ABI_MAJOR, CRMVAL_ABI_MINOR, sizeof(struct crmval_plugin), 0, name, "1.0",        \
			summary, &dimension, NULL, NULL, NULL, 0                                                       \
	}

#endif
