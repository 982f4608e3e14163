/* SPDX-License-Identifier: MIT */
/* A source in memory for the tests of the rooms. */
#include "fixture.h"

#include "../core/cell.h"
#include "../core/error.h"
#include "../core/rates.h"
#include "../core/shard.h"
#include "../core/window.h"
#include "suite.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Sources are opened without knowing whose they are: there is one fixture at a time. */
static struct fixture *fixture_opened;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t split_done = PTHREAD_COND_INITIALIZER;

/* A test that asks for what is not there is wrong itself, and cannot go on. */
static void stop(const char *what, const char *name)
{
	fprintf(stderr, "fixture: no %s %s\n", what, name);
	abort();
}

/* ---- the source ---- */

static int source_open(const struct crmval_value *options, void **source, struct crmval_error *error)
{
	(void)error;
	*source = &fixture_opened->job_sources[(int)options->number];
	return CRMVAL_OK;
}

static int source_table(void *source, const char *entity, const struct crmval_value *options, int is_named,
			struct crmval_table *table, struct crmval_error *error)
{
	static const char *const inputs[] = {"here"};
	(void)options, (void)is_named;
	uint32_t number = (uint32_t)((struct job_source *)source - fixture_opened->job_sources);
	for (uint32_t i = 0; i < fixture_opened->sheet_count; i++) {
		struct fixture_sheet *sheet = &fixture_opened->sheets[i];
		if (sheet->source != number || strcmp(sheet->entity, entity) != 0)
			continue;
		table->column_count = sheet->column_count;
		table->columns = sheet->columns;
		table->input_count = 1;
		table->inputs = inputs;
		table->table = sheet->is_taken ? arena_alloc(&fixture_opened->arena, sizeof *sheet) : sheet;
		if (!table->table)
			return fail_memory(error);
		if (sheet->is_taken)
			memcpy(table->table, sheet, sizeof *sheet);
		sheet->is_taken = 1;
		return CRMVAL_OK;
	}
	return CRMVAL_NO_TABLE;
}

static uint32_t splits_of(const struct fixture_sheet *sheet)
{
	uint32_t rows = fixture_opened->split_rows;
	return rows ? (sheet->row_count + rows - 1) / rows : sheet->row_count > 0;
}

static int source_plan(void *source, void *table, const uint32_t *wanted, uint32_t wanted_count,
		       struct crmval_plan *plan, struct crmval_error *error)
{
	(void)source, (void)error;
	struct fixture_sheet *sheet = table;
	sheet->wanted = wanted;
	sheet->wanted_count = wanted_count;
	sheet->part = (struct crmval_part){.count = 0};
	plan->split_count = splits_of(sheet);
	plan->rows_at_most = sheet->row_count ? sheet->row_count : 1;
	return CRMVAL_OK;
}

static int source_plan_part(void *source, void *table, const uint32_t *wanted, uint32_t wanted_count,
			    const struct crmval_part *part, struct crmval_plan *plan, struct crmval_error *error)
{
	int code = source_plan(source, table, wanted, wanted_count, plan, error);
	if (fixture_opened->chooses_parts) {
		((struct fixture_sheet *)table)->part = *part;
		plan->is_part = 1;
	}
	return code;
}

/* Is a row among those that are to come? */
static int is_in_part(const struct fixture_sheet *sheet, uint32_t row)
{
	const struct crmval_part *part = &sheet->part;
	const uint32_t places[] = {part->key, part->id};
	const char *text = "";
	uint32_t length = 0;
	for (int i = 0; i < 2 && part->count && length == 0; i++) {
		const struct crmval_cells *cells = &sheet->cells[sheet->wanted[places[i]]];
		text = cells->base + cells->start[row];
		length = cells->length[row] == CRMVAL_NULL ? 0 : cells->length[row];
		cell_trim(&text, &length);
	}
	return part->count == 0 || shard_hash(text, length) % part->count == part->number;
}

static uint64_t line_of(const void *context, uint32_t row, uint32_t *input)
{
	*input = 0;
	return fixture_opened->has_no_lines ? 0 : *(const uint32_t *)context + row + 2;
}

/* Batches of a split are small, so that a split has several. */
static int hand_over(const struct fixture_sheet *sheet, uint32_t first, uint32_t end, const struct crmval_sink *sink,
		     struct crmval_error *error)
{
	enum { BATCH = 700 };
	struct crmval_cells cells[DATA_MAX_FIELDS];
	int code = CRMVAL_OK;
	uint32_t most = sheet->part.count ? 1 : BATCH;
	for (; first < end && code == CRMVAL_OK; first += most) {
		if (!is_in_part(sheet, first))
			continue;
		for (uint32_t c = 0; c < sheet->wanted_count; c++) {
			cells[c] = sheet->cells[sheet->wanted[c]];
			cells[c].start += first;
			cells[c].length += first;
		}
		struct crmval_rows rows = {sizeof rows, end - first < most ? end - first : most, cells, line_of,
					   &first};
		code = sink->take(sink, &rows, error);
	}
	return code;
}

static int source_read(void *source, void *table, uint32_t split, void *worker, const struct crmval_sink *sink,
		       struct crmval_error *error)
{
	(void)source, (void)worker;
	struct fixture_sheet *sheet = table;
	uint32_t rows = fixture_opened->split_rows ? fixture_opened->split_rows : sheet->row_count;
	uint32_t first = split * rows, end = sheet->row_count - first < rows ? sheet->row_count : first + rows;
	pthread_mutex_lock(&lock);
	while (fixture_opened->is_backwards && sheet->splits_done < splits_of(sheet) - 1 - split)
		pthread_cond_wait(&split_done, &lock);
	pthread_mutex_unlock(&lock);
	int code = hand_over(sheet, first, end, sink, error);
	pthread_mutex_lock(&lock);
	sheet->splits_done++;
	pthread_cond_broadcast(&split_done);
	pthread_mutex_unlock(&lock);
	return code;
}

static void source_close(void *source)
{
	(void)source;
}

static const struct crmval_source memory_source = {
	.struct_size = sizeof memory_source,
	.open = source_open,
	.table = source_table,
	.plan = source_plan,
	.plan_part = source_plan_part,
	.read = source_read,
	.close = source_close,
};
static const struct crmval_plugin memory_plugin = {
	.magic = CRMVAL_MAGIC, .abi_major = CRMVAL_ABI_MAJOR, .name = "memory", .source = &memory_source};

/* ---- its tables ---- */

static char *cut(char **rest, char end)
{
	char *start = *rest, *stop_at = strchr(start, end);
	*rest = stop_at ? stop_at + 1 : start + strlen(start);
	if (stop_at)
		*stop_at = 0;
	return start;
}

static void add_sheet(struct fixture *fixture, const struct fixture_table *table)
{
	struct fixture_sheet *sheet = &fixture->sheets[fixture->sheet_count++];
	uint32_t lines = 0, *numbers[DATA_MAX_FIELDS][2];
	for (const char *p = table->text; *p; p++)
		lines += *p == '\n';
	*sheet = (struct fixture_sheet){.source = table->source, .entity = table->entity};
	sheet->text = arena_strdup(&fixture->arena, table->text);
	char *rest = sheet->text, *line = cut(&rest, '\n');
	while (*line)
		sheet->columns[sheet->column_count++] = cut(&line, ',');
	for (uint32_t c = 0; c < sheet->column_count; c++) {
		numbers[c][0] = arena_array(&fixture->arena, lines, sizeof **numbers[c]);
		numbers[c][1] = arena_array(&fixture->arena, lines, sizeof **numbers[c]);
		sheet->cells[c] = (struct crmval_cells){sheet->text, numbers[c][0], numbers[c][1]};
	}
	for (; *rest; sheet->row_count++) {
		line = cut(&rest, '\n');
		for (uint32_t c = 0; c < sheet->column_count; c++) {
			const char *cell = cut(&line, ',');
			numbers[c][0][sheet->row_count] = (uint32_t)(cell - sheet->text);
			numbers[c][1][sheet->row_count] =
				strcmp(cell, "NULL") == 0 ? CRMVAL_NULL : (uint32_t)strlen(cell);
		}
	}
}

void fixture_open(struct fixture *fixture, const struct fixture_table *tables)
{
	memset(fixture, 0, sizeof *fixture);
	fixture_opened = fixture;
	fixture->error.struct_size = sizeof fixture->error;
	struct crmval_value *options = arena_array(&fixture->arena, FIXTURE_SOURCES, sizeof *options);
	fixture->job = (struct job){.path = "job.conf",
				    .directory = "",
				    .period = {fixture_day("2025-01-01"), fixture_day("2025-12-31"), 0},
				    .baseline = {fixture_day("2024-01-01"), fixture_day("2024-12-31"), 1},
				    .has_baseline = 1,
				    .limits.rejected_share = 1,
				    .limits.unreadable_share = 1,
				    .limits.dangling_share = 1,
				    .max_examples = 3,
				    .sources = fixture->job_sources};
	for (; tables->entity; tables++) {
		if (fixture->sheet_count == FIXTURE_TABLES || tables->source >= FIXTURE_SOURCES)
			stop("room for table", tables->entity);
		add_sheet(fixture, tables);
		if (tables->source >= fixture->job.source_count)
			fixture->job.source_count = tables->source + 1;
	}
	for (uint32_t s = 0; s < FIXTURE_SOURCES; s++) {
		options[s].number = s;
		fixture->job_sources[s] = (struct job_source){.plugin = "memory", .options = &options[s]};
		fixture->plugins[s].table = &memory_plugin;
	}
	CU_ASSERT_EQUAL(data_init(&fixture->data, &fixture->error), CRMVAL_OK);
	for (uint32_t e = 0; e < model_entity_count; e++)
		fixture->data.tables[e].keeps_texts = model_field_index(&model_entities[e], "id") >= 0;
}

/* ---- what comes of them ---- */

static void find(const char *name, int *entity, int *field)
{
	char copy[64];
	size_t length = strcspn(name, ".");
	if (length >= sizeof copy)
		stop("entity", name);
	memcpy(copy, name, length);
	copy[length] = 0;
	*entity = model_entity_index(copy);
	*field = *entity < 0 ? -1 : model_field_index(&model_entities[*entity], name + length + (name[length] == '.'));
	if (*field < 0)
		stop("field", name);
}

void fixture_want_as(struct fixture *fixture, const char *name, uint32_t wants)
{
	int entity, field;
	find(name, &entity, &field);
	CU_ASSERT_EQUAL(data_want(&fixture->data, (uint32_t)entity, (uint32_t)field, wants, &fixture->error),
			CRMVAL_OK);
}

void fixture_want(struct fixture *fixture, const char *name)
{
	fixture_want_as(fixture, name, WANT_VALUE);
}

void fixture_map(struct fixture *fixture)
{
	int code = load_open(&fixture->load, &fixture->job, fixture->plugins, &fixture->data, &fixture->problems,
			     &fixture->error);
	if (code != CRMVAL_OK)
		stop("sources", fixture->error.message);
}

void fixture_read(struct fixture *fixture, unsigned threads)
{
	int code = load_start(&fixture->load, threads, &fixture->error);
	if (code == CRMVAL_OK)
		code = load_read(&fixture->load, &fixture->error);
	if (code == CRMVAL_OK)
		code = rates_open(&fixture->data, &fixture->job, &fixture->error);
	if (code != CRMVAL_OK)
		stop("rows", fixture->error.message);
}

void fixture_close(struct fixture *fixture)
{
	load_close(&fixture->load);
	data_free(&fixture->data);
	problems_free(&fixture->problems);
	arena_free(&fixture->arena);
	fixture_opened = NULL;
}

struct table *fixture_table(struct fixture *fixture, const char *entity)
{
	int e = model_entity_index(entity);
	if (e < 0)
		stop("entity", entity);
	return &fixture->data.tables[e];
}

struct column *fixture_column(struct fixture *fixture, const char *name)
{
	int entity, field;
	find(name, &entity, &field);
	return &fixture->data.tables[entity].columns[field];
}

int32_t fixture_row(struct fixture *fixture, const char *entity, const char *id)
{
	const struct table *table = fixture_table(fixture, entity);
	char *const *texts = table->id_texts.bytes;
	uint32_t rows = atomic_load(&table->rows);
	for (uint32_t row = 0; texts && row < rows; row++)
		if (texts[row] && strcmp(texts[row], id) == 0 && !table_is_dropped(table, row))
			return (int32_t)row;
	return -1;
}

const void *fixture_value(struct fixture *fixture, const char *name, const char *id)
{
	int entity, field;
	find(name, &entity, &field);
	const struct table *table = &fixture->data.tables[entity];
	int32_t row = fixture_row(fixture, table->entity->name, id);
	const char *values = table->columns[field].values.bytes;
	if (row < 0 || !values)
		stop("value of", name);
	return values + (size_t)row * data_width(table->entity->fields[field].type);
}

int32_t fixture_day(const char *text)
{
	int32_t day = CRMVAL_NO_DATE;
	if (*text && date_parse(text, &day) < 0)
		stop("day", text);
	return day;
}
