/* SPDX-License-Identifier: MIT */
/* Two samples that are to be compared, and what is found in their comparison. */
#include "change_pair.h"

#include <string.h>

void pair_init(struct sample *old, struct sample *new)
{
	sample_init(old);
	sample_init(new);
	new->result.period = (struct crmval_window){20099, 20108, 0};
}

void sample_set(struct sample *sample, uint32_t measure, double value, double standard_error)
{
	sample->moments[0][measure][0] = sample_value(value, standard_error);
}

void sample_lose(struct sample *sample, uint32_t measure)
{
	sample->moments[0][measure][0] = (struct moments){0};
}

struct change *pair_compare(const struct sample *old, const struct sample *new)
{
	struct crmval_error error = {.struct_size = sizeof error};
	struct change *change = NULL;

	CU_ASSERT_EQUAL_FATAL(change_new(&old->result, &new->result, &change, &error), CRMVAL_OK);
	change_company(change);
	return change;
}

const struct change_part *part_of(const struct change *change, const char *id, enum change_effect effect)
{
	static const struct change_part none = {.numbers = {NAN, NAN}};

	for (uint32_t i = 0; i < change->part_count; i++) {
		const char *found = change->parts[i].node->id;
		if (change->parts[i].effect == effect && (id ? found && strcmp(found, id) == 0 : !found))
			return &change->parts[i];
	}
	return &none;
}
