/* SPDX-License-Identifier: MIT */
/* Taking rows: cells into typed columns, a column at a time. */
#include "take.h"

#include "budget.h"
#include "cell.h"
#include "cell_plain.h"
#include "error.h"
#include "shard.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistr.h>

static const char *what_it_should_be(const struct field *field)
{
	switch (field->type) {
	case FIELD_DATE:
		return "a date";
	case FIELD_FLAG:
		return "a flag";
	case FIELD_KEY:
	case FIELD_REFERENCE:
		return "a Salesforce id: its check characters do not fit";
	case FIELD_SYMBOL:
		return field->words ? "a word that is known" : "text in UTF-8: set the encoding of the file";
	default:
		return "a number";
	}
}

void take_unreadable(struct taking *t, uint32_t i)
{
	t->unreadable++;
	/* Lines are slow to look up, and files may be bad all over; what is shown must not depend on the threads. */
	struct ledger *ledger = t->feed->reading.ledger;
	struct ledger_place place = {.split = reading_split(t->order)};
	if ((t->has_lines && t->unreadable > ledger->example_most) || !ledger_wants(ledger, place.split))
		return; /* lines rise */
	if (t->rows->line)
		place.line = t->rows->line(t->rows->context, i, &place.input);
	t->has_lines = place.line > 0;
	uint32_t length;
	const char *text = cell_at(t->cells, i, &length);
	char message[160];
	cell_trim(&text, &length);
	snprintf(message, sizeof message, "%s \"%.*s\"%s is not %s", t->field->name, length > 60 ? 60 : (int)length,
		 text, length > 60 ? "..." : "", what_it_should_be(t->field));
	const struct crmval_table *table = &t->feed->reading.table;
	const char *file = table->inputs[place.input < table->input_count ? place.input : 0];
	ledger_example(ledger, &place, 0, job_relative(t->load->job, file), message);
}

/* The word that the job's map puts in the place of a cell. */
static const char *mapped(const struct job_value_map *map, const char *text, uint32_t *length)
{
	for (uint32_t i = 0; map && i < map->count; i++)
		if (strlen(map->from[i]) == *length && memcmp(map->from[i], text, *length) == 0) {
			*length = (uint32_t)strlen(map->to[i]);
			return map->to[i];
		}
	return text;
}

static __attribute__((noinline)) void take_odd_flag(struct taking *t, uint32_t i, int8_t *out)
{
	uint32_t length;
	const char *text = cell_at(t->cells, i, &length);
	if (t->how->values) {
		cell_trim(&text, &length);
		text = mapped(t->how->values, text, &length);
	}
	enum cell_state state = cell_flag(text, length, out);
	if (state == CELL_OK)
		return;
	*out = state == CELL_MISSING ? -1 : UNREADABLE_FLAG;
	if (state == CELL_UNREADABLE)
		take_unreadable(t, i);
}

/* As dates. */
static void take_flags(struct taking *t)
{
	int8_t *out = (int8_t *)t->column->values.bytes + t->first;
	for (uint32_t i = 0; i < t->rows->row_count; i++) {
		uint32_t length;
		const char *text = cell_at(t->cells, i, &length);
		int is_long = (length == 4) | (length == 5);
		int is_plain = cell_plain_flag(is_long ? text : "none", is_long ? length : 4, &out[i]);
		out[i] = is_plain ? out[i] : -1;
		if (t->how->values || ((length > 0) & !is_plain)) /* even nothing may be one of the values */
			take_odd_flag(t, i, &out[i]);
	}
}

static uint32_t closed_code(const char *const *words, const char *text, uint32_t length)
{
	for (uint32_t w = 0; words[w]; w++)
		if (strlen(words[w]) == length && strncasecmp(words[w], text, length) == 0)
			return w + 1;
	return UNREADABLE_SYMBOL;
}

/* Most words are ASCII, which is seen at a glance. */
static int is_utf8(const char *text, uint32_t length)
{
	unsigned char all = 0;
	for (uint32_t i = 0; i < length; i++)
		all |= (unsigned char)text[i];
	return all < 0x80 || u8_check((const uint8_t *)text, length) == NULL;
}

static uint32_t open_code(struct symbols *symbols, int is_folded, const char *text, uint32_t length)
{
	char folded[256];
	if (!is_folded)
		return symbol_code(symbols, text, length);
	if (length > sizeof folded)
		length = sizeof folded; /* words of a set are short; longer ones differ early */
	for (uint32_t i = 0; i < length; i++)
		folded[i] = (char)(text[i] >= 'A' && text[i] <= 'Z' ? text[i] | 32 : text[i]);
	return symbol_code(symbols, folded, length);
}

static int read_symbol(struct taking *t, uint32_t i, const char *text, uint32_t length, uint32_t *code,
		       struct crmval_error *error)
{
	cell_trim(&text, &length);
	text = mapped(t->how->values, text, &length);
	if (length == 0) {
		*code = 0;
	} else if (t->field->words || !is_utf8(text, length)) {
		*code = t->field->words ? closed_code(t->field->words, text, length) : UNREADABLE_SYMBOL;
		if (*code == UNREADABLE_SYMBOL)
			take_unreadable(t, i);
	} else {
		*code = open_code(t->column->symbols, t->field->is_folded, text, length);
		if (*code == 0 && atomic_load(&t->column->symbols->count) < SYMBOL_LIMIT)
			return fail_memory(error);
		if (*code == 0)
			return fail(error, CRMVAL_EDATA,
				    "%s.%s: more than %u different words: is this column a symbol?",
				    t->feed->reading.table.inputs[0], t->field->name, SYMBOL_LIMIT);
	}
	return CRMVAL_OK;
}

/* Columns have few words: those met last are known by their bytes. */
static int take_symbols(struct taking *t, struct crmval_error *error)
{
	enum { KNOWN = 32 };
	struct {
		const char *text;
		uint32_t length, code;
	} known[KNOWN] = {{NULL, 0, 0}};
	uint32_t *out = (uint32_t *)t->column->values.bytes + t->first;
	for (uint32_t i = 0; i < t->rows->row_count; i++) {
		uint32_t length, place = 0;
		const char *text = cell_at(t->cells, i, &length);
		if (length)
			place = ((unsigned char)text[0] + 5u * (unsigned char)text[length - 1] + length) % KNOWN;
		if (length && known[place].length == length && is_same_text(known[place].text, text, length)) {
			out[i] = known[place].code;
			continue;
		}
		int code = read_symbol(t, i, text, length, &out[i], error);
		if (code != CRMVAL_OK)
			return code;
		if (out[i] != UNREADABLE_SYMBOL) { /* those are counted each */
			known[place].text = text;
			known[place].length = length;
			known[place].code = out[i];
		}
	}
	return CRMVAL_OK;
}

int take_keep_text(struct table *table, const char *text, uint32_t length, char **out, struct crmval_error *error)
{
	pthread_mutex_lock(&table->lock);
	*out = texts_keep(&table->texts, text, length);
	pthread_mutex_unlock(&table->lock);
	return *out ? CRMVAL_OK : fail_memory(error);
}

static int take_texts(struct taking *t, struct crmval_error *error)
{
	struct table *table = &t->load->data->tables[t->feed->entity];
	char **texts = t->column->texts.bytes ? (char **)t->column->texts.bytes + t->first : NULL;
	uint8_t *out = (uint8_t *)t->column->values.bytes + t->first;
	uint32_t wants = t->column->wants;
	for (uint32_t i = 0; i < t->rows->row_count; i++) {
		uint32_t length;
		const char *text = cell_at(t->cells, i, &length);
		cell_trim(&text, &length);
		uint8_t value = length > 0;
		if (value && wants & WANT_EMAIL && cell_is_email(text, length))
			value |= TEXT_IS_EMAIL;
		if (value && wants & WANT_PHONE && cell_is_phone(text, length))
			value |= TEXT_IS_PHONE;
		out[i] = value;
		int code = texts && value ? take_keep_text(table, text, length, &texts[i], error) : CRMVAL_OK;
		if (code != CRMVAL_OK)
			return code;
	}
	return CRMVAL_OK;
}

static int take_column(struct taking *t, struct crmval_error *error)
{
	int code = CRMVAL_OK;
	switch (t->field->type) {
	case FIELD_KEY:
		code = take_ids(t, error);
		break;
	case FIELD_REFERENCE:
		code = take_references(t, error);
		break;
	case FIELD_SYMBOL:
		code = take_symbols(t, error);
		break;
	case FIELD_DATE:
		take_dates(t);
		break;
	case FIELD_NUMBER:
	case FIELD_MONEY:
		take_numbers(t);
		break;
	case FIELD_FLAG:
		take_flags(t);
		break;
	case FIELD_TEXT:
		code = take_texts(t, error);
		break;
	}
	if (t->unreadable)
		atomic_fetch_add(&t->column->unreadable, t->unreadable);
	return code;
}

/* What a column holds for rows of a source that does not have it. */
static void fill_missing(struct column *column, enum field_type type, uint32_t first, uint32_t count)
{
	for (uint32_t i = first; i < first + count; i++) {
		if (type == FIELD_DATE)
			((int32_t *)column->values.bytes)[i] = CRMVAL_NO_DATE;
		else if (type == FIELD_REFERENCE)
			((int32_t *)column->values.bytes)[i] = CRMVAL_MISSING;
		else if (type == FIELD_FLAG)
			((int8_t *)column->values.bytes)[i] = -1;
		else if (type == FIELD_NUMBER || type == FIELD_MONEY)
			((double *)column->values.bytes)[i] = NAN;
		else if (type == FIELD_SYMBOL)
			((uint32_t *)column->values.bytes)[i] = 0;
		else if (type == FIELD_TEXT)
			((uint8_t *)column->values.bytes)[i] = 0;
	}
}

static int reserve_rows(struct table *table, uint32_t count, uint64_t order, uint32_t *first, uint32_t *extent,
			struct crmval_error *error)
{
	int code = CRMVAL_OK;
	pthread_mutex_lock(&table->lock);
	*first = atomic_load(&table->rows);
	if (count > table->capacity - *first) {
		code = fail(error, CRMVAL_EBUG, "%s: more rows than the source announced (%u)", table->entity->name,
			    table->capacity);
		goto out;
	}
	if (table->extent_count == table->extent_capacity) {
		size_t capacity = table->extent_capacity ? table->extent_capacity * 2 : 256;
		struct extent *extents = realloc(table->extents, capacity * sizeof *extents);
		if (!extents) {
			code = fail_memory(error);
			goto out;
		}
		table->extents = extents;
		table->extent_capacity = capacity;
	}
	*extent = (uint32_t)table->extent_count++;
	table->extents[*extent] = (struct extent){*first, count, order, {.bytes = NULL}};
	atomic_store(&table->rows, *first + count);
out:
	pthread_mutex_unlock(&table->lock);
	return code;
}

/* Of what a row's shard depends. */
static struct shard_key key_of(const struct feed *feed, const struct table *table)
{
	struct shard_key key = {feed->mapping, -1, -1};
	for (uint32_t i = 0; i < feed->field_count; i++) {
		uint32_t f = feed->fields[i].field;
		if (table->entity->fields[f].type == FIELD_KEY)
			key.id = (int32_t)i;
		else if (table->shard_by == f + 1)
			key.reference = (int32_t)i;
	}
	return key;
}

/* Marks the rows that other shards evaluate. */
static void mark_foreign(const struct taking *t, struct table *table)
{
	const struct job_shard *shard = &t->load->job->shard;
	const struct shard_key key = key_of(t->feed, table);
	_Atomic uint64_t *foreign = table->foreign.bytes;
	uint64_t checksum = 0;
	for (uint32_t i = 0; i < t->rows->row_count; i++) {
		uint32_t row = t->first + i, hash = shard_hash_row(&key, t->rows, i);
		checksum += hash;
		if (!shard_has(shard, hash))
			atomic_fetch_or_explicit(&foreign[row >> 6], UINT64_C(1) << (row & 63), memory_order_relaxed);
	}
	atomic_fetch_add(&table->seen, t->rows->row_count);
	atomic_fetch_add(&table->checksum, checksum);
}

int load_has_twins(const struct load *load, const struct table *table)
{
	return load->job->shard.count && table->shard_by && (table->ids.bytes || table->index.dense) &&
	       table->entity->fields[table->shard_by - 1].type != FIELD_KEY;
}

int load_take_twins(struct reading *reading, struct reading_thread *thread, const struct crmval_rows *in,
		    uint64_t order, struct crmval_error *error)
{
	struct feed *feed = (struct feed *)((char *)reading - offsetof(struct feed, reading));
	struct table *table = &feed->load->data->tables[feed->entity];
	const struct job_shard *shard = &feed->load->job->shard;
	const struct shard_key key = key_of(feed, table);
	struct crmval_rows rows;
	uint32_t ours = 0;
	int code = derive_rows(&feed->derivation, thread->scratch, in, reading->ledger, &rows, error);
	for (uint32_t i = 0; code == CRMVAL_OK && key.id >= 0 && i < rows.row_count; i++) {
		if (shard_has(shard, shard_hash_row(&key, &rows, i))) {
			ours++;
			continue;
		}
		struct ident id;
		uint32_t length;
		char buffer[18];
		const char *text = cell_at(&rows.columns[key.id], i, &length);
		cell_trim(&text, &length);
		derive_id(feed->mapping, &text, &length, buffer, &id);
		if (!ident_is_none(id))
			table_drop_after(table, id, order, ours);
	}
	return code;
}

int load_take(struct reading *reading, struct reading_thread *thread, const struct crmval_rows *in, uint64_t order,
	      struct crmval_error *error)
{
	struct feed *feed = (struct feed *)((char *)reading - offsetof(struct feed, reading));
	struct table *table = &feed->load->data->tables[feed->entity];
	const struct job_shard *shard = &feed->load->job->shard;
	struct crmval_rows derived, rows;
	struct taking taking = {
		.load = feed->load, .feed = feed, .table = table, .thread = thread, .rows = &rows, .order = order};
	int code = derive_rows(&feed->derivation, thread->scratch, in, reading->ledger, &derived, error);
	rows = derived;
	if (code == CRMVAL_OK && shard->count && table->shard_by) {
		const struct shard_key key = key_of(feed, table);
		uint64_t checksum;
		code = shard_choose(&key, shard, thread->shard, &derived, feed->field_count, &rows, &checksum, error);
		atomic_fetch_add(&table->seen, derived.row_count);
		atomic_fetch_add(&table->checksum, code == CRMVAL_OK ? checksum : 0);
	}
	if (code == CRMVAL_OK && rows.row_count == 0)
		return CRMVAL_OK;
	if (code == CRMVAL_OK)
		code = reserve_rows(table, rows.row_count, order, &taking.first, &taking.extent, error);
	if (code == CRMVAL_OK && feed->load->job->max_memory)
		code = budget_take(feed->load, table, rows.row_count, error);
	for (uint32_t i = 0; i < feed->field_count && code == CRMVAL_OK; i++) {
		taking.how = &feed->fields[i];
		taking.field = &table->entity->fields[taking.how->field];
		taking.column = &table->columns[taking.how->field];
		taking.cells = &rows.columns[i];
		taking.unreadable = 0;
		code = take_column(&taking, error);
	}
	for (uint32_t f = 0; f < table->entity->field_count && code == CRMVAL_OK; f++)
		if (!feed_maps(feed, f) && table->columns[f].values.bytes)
			fill_missing(&table->columns[f], table->entity->fields[f].type, taking.first, rows.row_count);
	if (code == CRMVAL_OK && table->foreign.bytes)
		mark_foreign(&taking, table);
	return code;
}
