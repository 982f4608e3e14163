/* SPDX-License-Identifier: MIT */
/* What the parts say of the data, as one: of entities that are shared out by adding up, of others by taking it once. */
#include "merge.h"

#include "error.h"
#include "limit.h"

#include <stdlib.h>
#include <string.h>

/* The entity at a place, as all parts know it. */
struct merging {
	const struct merge_part *parts;
	uint32_t count, place;
	struct arena *arena;
	struct result_entity *out;
};

static const struct result_entity *entity_of(const struct merging *m, uint32_t i)
{
	return &m->parts[i].result->entities[m->place];
}

static const struct result_shard_entity *shard_of(const struct merging *m, uint32_t i)
{
	return &m->parts[i].result->shard->entities[m->place];
}

/* ---- counts ---- */

static int merge_fields(struct merging *m, struct crmval_error *error)
{
	const struct result_shard_entity *shard = shard_of(m, 0);
	struct result_field_count *fields = arena_array(m->arena, (size_t)shard->field_count + 1, sizeof *fields);
	if (!fields)
		return fail_memory(error);
	m->out->field_count = 0;
	for (uint32_t f = 0; f < shard->field_count; f++) {
		struct result_field_count sum = {shard->fields[f], 0, 0};
		for (uint32_t i = 0; i < m->count; i++) {
			const struct result_entity *in = entity_of(m, i);
			for (uint32_t g = 0; g < in->field_count; g++)
				if (strcmp(in->fields[g].field, sum.field) == 0) {
					sum.dangling += in->fields[g].dangling;
					sum.unreadable += in->fields[g].unreadable;
				}
		}
		if (sum.dangling || sum.unreadable)
			fields[m->out->field_count++] = sum;
	}
	m->out->fields = fields;
	return CRMVAL_OK;
}

static int by_what(const void *a, const void *b)
{
	return strcmp(((const struct result_count *)a)->what, ((const struct result_count *)b)->what);
}

static int merge_skipped(struct merging *m, struct crmval_error *error)
{
	uint32_t most = 0, count = 0, used = 0;
	for (uint32_t i = 0; i < m->count; i++)
		most += entity_of(m, i)->skipped_count;
	struct result_count *skipped = arena_array(m->arena, (size_t)most + 1, sizeof *skipped);
	if (!skipped)
		return fail_memory(error);
	for (uint32_t i = 0; i < m->count; i++)
		for (uint32_t s = 0; s < entity_of(m, i)->skipped_count; s++)
			skipped[count++] = entity_of(m, i)->skipped[s];
	qsort(skipped, count, sizeof *skipped, by_what);
	for (uint32_t i = 0; i < count; i++) {
		if (used && strcmp(skipped[used - 1].what, skipped[i].what) == 0)
			skipped[used - 1].count += skipped[i].count;
		else
			skipped[used++] = skipped[i];
	}
	m->out->skipped = skipped;
	m->out->skipped_count = used;
	return CRMVAL_OK;
}

/* ---- examples ---- */

struct example {
	const struct ledger_place *place;
	const char *text;
};

static int by_place(const void *a, const void *b)
{
	const struct example *x = a, *y = b;
	return ledger_compare(x->place, x->text, y->place, y->text);
}

/* The first of all that the parts show: each has the first of its own.  Rows that were rejected are in all of them. */
static int merge_examples(struct merging *m, struct crmval_error *error)
{
	uint32_t most = 0, count = 0, show = m->parts[0].result->shard->example_most;
	for (uint32_t i = 0; i < m->count; i++)
		most += entity_of(m, i)->example_count;
	struct example *examples = calloc((size_t)most + 1, sizeof *examples);
	const char **texts = arena_array(m->arena, (size_t)most + 1, sizeof *texts);
	if (!examples || !texts) {
		free(examples);
		return fail_memory(error);
	}
	for (uint32_t i = 0; i < m->count; i++)
		for (uint32_t x = 0; x < entity_of(m, i)->example_count; x++) {
			const struct result_shard_example *example = &shard_of(m, i)->examples[x];
			if (i == 0 || !example->is_reject || shard_of(m, 0)->is_chosen)
				examples[count++] = (struct example){&example->place, entity_of(m, i)->examples[x]};
		}
	qsort(examples, count, sizeof *examples, by_place);
	m->out->example_count = count < show ? count : show;
	for (uint32_t i = 0; i < m->out->example_count; i++)
		texts[i] = examples[i].text;
	m->out->examples = texts;
	free(examples);
	return CRMVAL_OK;
}

/* ---- the whole ---- */

static int merge_entity(struct merging *m, struct crmval_error *error)
{
	const struct result_shard_entity *shard = shard_of(m, 0);
	*m->out = *entity_of(m, 0);
	if (!shard->by)
		return CRMVAL_OK; /* all say the same */
	for (uint32_t i = 1; i < m->count; i++) {
		const struct result_entity *in = entity_of(m, i);
		m->out->rows += in->rows;
		m->out->duplicates += in->duplicates;
		m->out->rejected += shard->is_chosen ? in->rejected : 0;
		m->out->newest = in->newest > m->out->newest ? in->newest : m->out->newest;
	}
	int code = merge_fields(m, error);
	if (code == CRMVAL_OK && shard->is_chosen)
		code = merge_skipped(m, error);
	return code == CRMVAL_OK ? merge_examples(m, error) : code;
}

static int check_limits(const struct merging *m, struct crmval_error *error)
{
	const struct job_limits *limits = &m->parts[0].result->shard->limits;
	const struct result_entity *entity = m->out;
	double rows = (double)shard_of(m, 0)->rows;
	for (uint32_t i = 1; i < m->count && shard_of(m, 0)->by; i++)
		rows += (double)shard_of(m, i)->rows;
	int code = limit_rejected(limits, entity->entity, entity->rejected, rows,
				  entity->example_count ? entity->examples[0] : NULL, error);
	for (uint32_t f = 0; f < entity->field_count && code == CRMVAL_OK; f++)
		code = limit_field(limits, entity->entity, entity->fields[f].field, entity->fields[f].unreadable,
				   entity->fields[f].dangling, rows, error);
	return code;
}

int merge_entities(const struct merge_part *parts, uint32_t count, struct arena *arena, struct result *result,
		   struct crmval_error *error)
{
	struct result_entity *entities = arena_array(arena, (size_t)result->entity_count + 1, sizeof *entities);
	int code = entities ? CRMVAL_OK : fail_memory(error);
	for (uint32_t e = 0; e < result->entity_count && code == CRMVAL_OK; e++) {
		struct merging merging = {parts, count, e, arena, &entities[e]};
		code = merge_entity(&merging, error);
		if (code == CRMVAL_OK)
			code = check_limits(&merging, error);
	}
	result->entities = entities;
	return code;
}
