/* SPDX-License-Identifier: MIT */
/* What has no score though the job says that nothing may be missing. */
#include "missing.h"

#include "error.h"
#include "text.h"

#include <stdio.h>
#include <string.h>

struct missing_list {
	char text[700];
	size_t length;
	uint32_t count, unnamed;
};

static void name_missing(struct missing_list *list, const char *dimension, const char *id, const char *reason)
{
	char item[256];
	int length = snprintf(item, sizeof item, "%s%s%s%s (%s)", list->count ? ", " : "", dimension, *id ? "." : "",
			      id, reason);

	list->count++;
	if ((size_t)length >= sizeof item || list->length + (size_t)length >= sizeof list->text) {
		list->unnamed++;
		return;
	}
	memcpy(list->text + list->length, item, (size_t)length + 1);
	list->length += (size_t)length;
}

/* A node without score is named by its measures; by itself only where the weights leave none of them to name. */
static void list_missing(const struct scorecard *card, struct missing_list *list)
{
	const struct result *result = card->result;

	for (uint32_t d = 0; d < result->dimension_count; d++) {
		const struct crmval_dimension *table = result->dimensions[d].table;
		const struct score *indicators = card->indicators + card->first_indicator[d];
		if (!(card->dimensions[d].weight > 0))
			continue;
		if (card->dimensions[d].reason == score_no_weight)
			name_missing(list, result->dimensions[d].id, "", score_no_weight);
		for (uint32_t i = 0; i < table->indicator_count; i++)
			if (indicators[i].weight > 0 && indicators[i].reason == score_no_weight)
				name_missing(list, result->dimensions[d].id, table->indicators[i].id, score_no_weight);
	}
	for (uint32_t i = 0; i < result->measure_count; i++) {
		const struct result_measure *measure = &result->measures[i];
		const struct score *score = &card->measures[i].score;
		const struct score *dimension = &card->dimensions[measure->dimension];
		const struct score *indicator =
			&card->indicators[card->first_indicator[measure->dimension] + measure->indicator];
		if (score->reason && score->weight > 0 && indicator->weight > 0 && dimension->weight > 0)
			name_missing(list, result->dimensions[measure->dimension].id, measure->table->id,
				     score->reason);
	}
}

int missing_refuse(const struct scorecard *card, struct crmval_error *error)
{
	struct missing_list list = {.text = ""};
	char more[32] = "";

	list_missing(card, &list);
	if (list.count == 0)
		return CRMVAL_OK;
	if (list.unnamed > 0)
		snprintf(more, sizeof more, _(" and %u more"), list.unnamed);
	return fail(
		error, CRMVAL_EDATA,
		"the job says score.missing = \"fail\", and these have no score: %s%s; supply the data, give them the "
		"weight 0, or let score.missing be \"renormalise\" or \"zero\"",
		list.text, more);
}
