/* SPDX-License-Identifier: MIT */
/* Tables of typed columns: their memory, and what is asked of them. */
#include "data.h"

#include "error.h"

#include <stdlib.h>
#include <string.h>

void index_close(struct index *index)
{
	region_spare(&index->memory);
	free(index->dense);
	*index = (struct index){.slots = NULL};
}

size_t data_width(enum field_type type)
{
	switch (type) {
	case FIELD_KEY:
		return sizeof(struct ident);
	case FIELD_NUMBER:
	case FIELD_MONEY:
		return sizeof(double);
	case FIELD_FLAG:
	case FIELD_TEXT:
		return 1;
	case FIELD_REFERENCE:
	case FIELD_SYMBOL:
	case FIELD_DATE:
		break;
	}
	return 4;
}

int data_init(struct data *data, struct crmval_error *error)
{
	for (uint32_t i = 0; i < model_entity_count; i++) {
		data->tables[i].entity = &model_entities[i];
		if (pthread_mutex_init(&data->tables[i].lock, NULL) != 0)
			return fail_memory(error);
		int code = ledger_init(&data->tables[i].ledger, error);
		if (code != CRMVAL_OK)
			return code;
	}
	return CRMVAL_OK;
}

void data_free(struct data *data)
{
	for (uint32_t i = 0; i < model_entity_count; i++) {
		struct table *table = &data->tables[i];
		if (!table->entity)
			return; /* data_init() failed, or was never called */
		for (uint32_t f = 0; f < table->entity->field_count; f++) {
			region_close(&table->columns[f].values);
			region_close(&table->columns[f].texts);
			region_close(&table->columns[f].pending);
		}
		region_close(&table->ids);
		region_close(&table->foreign);
		region_close(&table->id_texts);
		index_close(&table->index);
		free((void *)table->dropped);
		free(table->extents);
		ledger_free(&table->ledger);
		texts_free(&table->texts);
		texts_free(&table->id_log);
		pthread_mutex_destroy(&table->lock);
	}
	for (uint32_t i = 0; i < data->dictionary_count; i++)
		symbols_free(&data->dictionaries[i]);
	free(data->rates);
	region_spare_none();
}

static struct symbols *dictionary(struct data *data, const char *name, struct crmval_error *error)
{
	for (uint32_t i = 0; i < data->dictionary_count; i++)
		if (strcmp(data->dictionary_names[i], name) == 0)
			return &data->dictionaries[i];
	if (data->dictionary_count == sizeof data->dictionaries / sizeof data->dictionaries[0]) {
		fail(error, CRMVAL_ECONF, "the plugins' entities have fields of too many names: at most %u of words",
		     data->dictionary_count);
		return NULL;
	}
	struct symbols *symbols = &data->dictionaries[data->dictionary_count];
	if (symbols_init(symbols) < 0) {
		fail_memory(error);
		return NULL;
	}
	data->dictionary_names[data->dictionary_count++] = name;
	return symbols;
}

int data_want(struct data *data, uint32_t entity, uint32_t field, uint32_t wants, struct crmval_error *error)
{
	struct table *table = &data->tables[entity];
	const struct field *of = &table->entity->fields[field];
	struct column *column = &table->columns[field];
	column->wants |= wants;
	if (of->type == FIELD_SYMBOL && !of->words && !column->symbols) {
		column->symbols = dictionary(data, of->name, error);
		if (!column->symbols)
			return error ? error->code : CRMVAL_ENOMEM;
	}
	return CRMVAL_OK;
}
