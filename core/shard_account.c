/* SPDX-License-Identifier: MIT */
/* What a part's result says so that the whole can be made of all parts. */
#include "error.h"
#include "run.h"

static int account_examples(struct run *run, const struct ledger *ledger, struct result_shard_entity *out,
			    struct crmval_error *error)
{
	struct result_shard_example *examples =
		arena_array(&run->arena, (size_t)ledger->example_count + 1, sizeof *examples);
	if (!examples)
		return fail_memory(error);
	for (uint32_t i = 0; i < ledger->example_count; i++)
		examples[i] = (struct result_shard_example){ledger->examples[i].place, ledger->examples[i].is_reject};
	out->examples = examples;
	return CRMVAL_OK;
}

static int account_fields(struct run *run, const struct entity *entity, struct result_shard_entity *out,
			  struct crmval_error *error)
{
	const char **fields = arena_array(&run->arena, (size_t)entity->field_count + 1, sizeof *fields);
	if (!fields)
		return fail_memory(error);
	for (uint32_t f = 0; f < entity->field_count; f++)
		fields[f] = entity->fields[f].name;
	out->fields = fields;
	out->field_count = entity->field_count;
	return CRMVAL_OK;
}

int run_account_shard(struct run *run, struct crmval_error *error)
{
	const struct job *job = run->job;
	uint32_t count = 0;
	int code = CRMVAL_OK;
	struct result_shard *shard = arena_alloc(&run->arena, sizeof *shard);
	struct result_shard_entity *entities =
		arena_array(&run->arena, (size_t)run->result.entity_count + 1, sizeof *entities);
	if (!shard || !entities)
		return fail_memory(error);
	for (uint32_t e = 0; e < model_entity_count && code == CRMVAL_OK; e++) {
		const struct table *table = &run->data->tables[e];
		struct result_shard_entity *out = &entities[count++];
		*out = (struct result_shard_entity){
			.by = table->shard_by ? table->entity->fields[table->shard_by - 1].name : NULL,
			.is_chosen = table->is_chosen,
			.seen = atomic_load(&table->seen),
			.checksum = atomic_load(&table->checksum),
			.rows = table->is_mapped ? atomic_load(&table->rows) : 0,
		};
		code = account_fields(run, table->entity, out, error);
		if (code == CRMVAL_OK)
			code = account_examples(run, &table->ledger, out, error);
	}
	for (uint32_t i = 0; i < run->load.lookup_count && code == CRMVAL_OK; i++) {
		const struct lookup *lookup = &run->load.lookups[i];
		struct result_shard_entity *out = &entities[count];
		if (!lookup->is_used)
			continue;
		count++;
		*out = (struct result_shard_entity){.rows = atomic_load(&lookup->rows)};
		code = account_examples(run, &lookup->ledger, out, error);
	}
	*shard = (struct result_shard){.limits = job->limits,
				       .example_most = job->max_examples,
				       .entities = entities,
				       .rule_count = job->alert_count,
				       .rules = job->alerts};
	run->result.shard = shard;
	return code;
}
