/* SPDX-License-Identifier: MIT */
/* Tables of typed columns: their memory, and what is asked of them. */
#include "data.h"

#include "error.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/*
 * Of ordinary pages: as virtual machines give free memory back by the huge page, the first touch of one may take
 * milliseconds, and columns and indexes are not found faster in them by as much.
 */
static int map(struct region *region, size_t size, int flags, struct crmval_error *error)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size = (size + page) / page * page;
	flags |= MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
	void *bytes = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, -1, 0);
	if (bytes == MAP_FAILED)
		return fail(error, CRMVAL_ENOMEM, "out of memory: %zu bytes of address space for a column", size);
	*region = (struct region){bytes, size};
	return CRMVAL_OK;
}

int region_open(struct region *region, size_t size, struct crmval_error *error)
{
	return map(region, size, 0, error);
}

int region_open_whole(struct region *region, size_t size, struct crmval_error *error)
{
	return map(region, size, MAP_POPULATE, error);
}

void region_trim(struct region *region, size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size = (size + page) / page * page; /* one byte at least, so that it stays a region */
	if (region->bytes && size < region->size) {
		munmap((char *)region->bytes + size, region->size - size);
		region->size = size;
	}
}

void region_close(struct region *region)
{
	if (region->bytes)
		munmap(region->bytes, region->size);
	*region = (struct region){NULL, 0};
}

void index_close(struct index *index)
{
	region_close(&index->memory);
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
