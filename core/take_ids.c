/* SPDX-License-Identifier: MIT */
/* Taking ids: a table's own, and references to those of others. */
#include "take.h"

#include "cell.h"
#include "error.h"

/* ---- a table's own ---- */

static int keep_ids(struct taking *t, struct crmval_error *error)
{
	struct table *table = t->table;
	struct ident *out = (struct ident *)table->ids.bytes + t->first;
	char **texts = table->keeps_texts ? (char **)table->id_texts.bytes + t->first : NULL;
	for (uint32_t i = 0; i < t->rows->row_count; i++) {
		uint32_t length;
		char buffer[18];
		const char *text = cell_at(t->cells, i, &length);
		cell_trim(&text, &length);
		if (derive_id(t->feed->mapping, &text, &length, buffer, &out[i]) == CELL_UNREADABLE)
			take_unreadable(t, i);
		if (texts && !ident_is_none(out[i])) {
			int code = take_keep_text(table, text, length, &texts[i], error);
			if (code != CRMVAL_OK)
				return code;
		}
	}
	return CRMVAL_OK;
}

static int log_ids(struct taking *t, struct crmval_error *error)
{
	struct id_log_writer *log = &t->thread->log;
	char buffers[2][18]; /* the last id's, and this one's */
	unsigned used = 0;
	id_log_begin(log);
	for (uint32_t i = 0; i < t->rows->row_count; i++) {
		uint32_t length;
		const char *text = cell_at(t->cells, i, &length);
		cell_trim(&text, &length);
		enum cell_state state = derive_id_text(t->feed->mapping, &text, &length, buffers[used & 1]);
		used += text == buffers[used & 1];
		if (state == CELL_UNREADABLE)
			take_unreadable(t, i);
		if (id_log_put(log, text, state == CELL_OK ? length : 0) < 0)
			return fail_memory(error);
	}
	pthread_mutex_lock(&t->table->lock);
	int failed = id_log_end(log, &t->table->id_log, &t->table->extents[t->extent].ids);
	pthread_mutex_unlock(&t->table->lock);
	return failed < 0 ? fail_memory(error) : CRMVAL_OK;
}

int take_ids(struct taking *t, struct crmval_error *error)
{
	return t->table->logs_ids ? log_ids(t, error) : keep_ids(t, error);
}

/* ---- references ---- */

enum {
	AHEAD = 64, /* rows that are looked up together, so that they wait for memory together */
	NEXT = 4,   /* rows that are tried behind the one found last */
	NOT_FOUND = INT32_MIN
};

/* Some references on their way. */
struct references {
	const char *texts[AHEAD]; /* as they are looked up */
	uint32_t lengths[AHEAD];
	char buffers[AHEAD][18];
	struct ident ids[AHEAD];
	enum cell_state states[AHEAD];
	uint8_t repeats[AHEAD]; /* what the row before it has, as is common where rows are in their parents' order */
	int32_t rows[AHEAD];    /* where it was found at once; or NOT_FOUND */
};

/* The cell of the row before. */
struct last {
	const char *text;
	uint32_t length;
	struct ident id;
	enum cell_state state;
};

static void read_reference(struct taking *t, struct references *some, uint32_t i, uint32_t row, struct last *last)
{
	uint32_t length;
	const char *text = cell_at(t->cells, row, &length);
	cell_trim(&text, &length);
	some->repeats[i] = row > 0 && length == last->length && is_same_text(text, last->text, length);
	last->text = text;
	last->length = length;
	if (!some->repeats[i])
		last->state = derive_id(t->feed->mapping, &text, &length, some->buffers[i], &last->id);
	some->texts[i] = text;
	some->lengths[i] = length;
	some->states[i] = last->state;
	some->ids[i] = last->id;
	if (last->state == CELL_UNREADABLE)
		take_unreadable(t, row);
}

/* Where rows are in their parents' order, the next one's is near: that spares looking it up. */
static int32_t find_next(const struct table *target, struct ident id, uint32_t *next)
{
	const struct ident *ids = target->ids.bytes;
	uint32_t rows = atomic_load_explicit(&target->rows, memory_order_relaxed);
	uint32_t until = rows - *next < NEXT ? rows : *next + NEXT;
	for (uint32_t row = *next; row < until; row++)
		if (ident_equal(ids[row], id) && !table_is_dropped(target, row)) {
			*next = row + 1;
			return (int32_t)row;
		}
	return NOT_FOUND;
}

static int32_t find_reference(struct table *target, const struct references *some, uint32_t i)
{
	if (some->states[i] == CELL_UNREADABLE)
		return UNREADABLE_REFERENCE;
	if (ident_is_none(some->ids[i]))
		return CRMVAL_MISSING;
	return table_find(target, some->ids[i], some->texts[i], some->lengths[i]);
}

/* Reads some, and has what is needed to find them on its way. */
static void read_some(struct taking *t, const struct table *target, struct references *some, uint32_t first,
		      uint32_t count, struct last *last, uint32_t *next)
{
	for (uint32_t i = 0; i < count; i++) {
		read_reference(t, some, i, first + i, last);
		some->rows[i] = NOT_FOUND;
		if (!target->is_mapped || some->repeats[i] || ident_is_none(some->ids[i]))
			continue;
		some->rows[i] = find_next(target, some->ids[i], next);
		if (some->rows[i] == NOT_FOUND)
			table_prefetch(target, some->ids[i]);
	}
	for (uint32_t i = 0; i < count && target->is_mapped; i++)
		if (!some->repeats[i] && some->rows[i] == NOT_FOUND)
			table_prefetch_id(target, some->ids[i]);
}

static int take_found(struct taking *t, struct table *target, struct crmval_error *error)
{
	int32_t *out = (int32_t *)t->column->values.bytes + t->first;
	struct references some;
	struct last last = {"", 0, {0, 0}, CELL_MISSING};
	uint32_t next = 0;
	for (uint32_t start = 0; start < t->rows->row_count; start += AHEAD) {
		uint32_t count = t->rows->row_count - start < AHEAD ? t->rows->row_count - start : AHEAD;
		read_some(t, target, &some, start, count, &last, &next);
		for (uint32_t i = 0; i < count; i++) {
			int32_t *to = &out[start + i];
			*to = some.repeats[i]             ? to[-1]
			      : some.rows[i] != NOT_FOUND ? some.rows[i]
							  : find_reference(target, &some, i);
			if (*to < CRMVAL_DANGLING && some.states[i] != CELL_UNREADABLE)
				return fail_memory(error);
			next = *to >= 0 ? (uint32_t)*to + 1 : next;
		}
	}
	return CRMVAL_OK;
}

/* The rows that they lead to are not there yet. */
static int take_pending(struct taking *t)
{
	int32_t *out = (int32_t *)t->column->values.bytes + t->first;
	struct ident *pending = (struct ident *)t->column->pending.bytes + t->first;
	struct references some;
	struct last last = {"", 0, {0, 0}, CELL_MISSING};
	for (uint32_t row = 0; row < t->rows->row_count; row++) {
		read_reference(t, &some, 0, row, &last);
		pending[row] = last.id;
		out[row] = last.state == CELL_UNREADABLE ? UNREADABLE_REFERENCE : 0;
	}
	return CRMVAL_OK;
}

int take_references(struct taking *t, struct crmval_error *error)
{
	struct table *target = &t->load->data->tables[model_entity_index(t->field->target)];
	return t->column->pending.bytes ? take_pending(t) : take_found(t, target, error);
}
