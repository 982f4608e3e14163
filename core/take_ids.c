/* SPDX-License-Identifier: MIT */
/* Taking ids: a table's own, and references to those of others. */
#include "take.h"

#include "cell.h"
#include "error.h"
#include "lanes.h"

#include <endian.h>

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
	PART = 128, /* rows whose references are looked up together, so that they wait for memory together */
	NEXT = 4,   /* rows that are tried behind the one found last, */
	FEW = 4096, /* unless there are no more than that, which are looked up as fast */
	NOT_FOUND = INT32_MIN + 1
};

/* Some references on their way: what is the same in rows behind one another, as is common, is looked up once. */
struct references {
	uint32_t count;
	uint8_t of_row[PART];    /* which of those below a row has */
	const char *texts[PART]; /* as they are looked up */
	uint32_t lengths[PART];
	uint8_t is_near[PART]; /* to the one before it, so that it may be found behind that */
	char buffers[PART][18];
	struct ident ids[PART];
	int32_t rows[PART];        /* where they lead to; or NOT_FOUND */
	uint8_t waiting[PART + 1]; /* which of them are fetched ahead */
};

static void list_different(const struct taking *t, struct references *some, uint32_t first, uint32_t count)
{
	const char *last = NULL;
	uint32_t last_length = UINT32_MAX, n = 0;
	for (uint32_t i = 0; i < count; i++) {
		uint32_t length;
		const char *text = cell_at(t->cells, first + i, &length);
		cell_trim(&text, &length);
		n += length != last_length || !is_same_text(text, last, length);
		some->of_row[i] = (uint8_t)(n - 1);
		some->texts[n - 1] = last = text;
		some->lengths[n - 1] = last_length = length;
	}
	some->count = n;
}

/* Do they differ in the last character alone, that of Salesforce before its three check characters? */
static int is_near(const char *text, const char *other, uint32_t length)
{
	return length > 8 && is_same_text(text, other, length == 18 ? 14 : length - 1);
}

/* Where rows are in their parents' order, the next one's is near: that spares looking it up. */
static inline int32_t find_next(const struct table *target, struct ident id, uint32_t *next)
{
	const struct ident *ids = (const struct ident *)target->ids.bytes + *next;
	uint32_t rows = atomic_load_explicit(&target->rows, memory_order_relaxed), same = 0;
	if (rows < NEXT || *next > rows - NEXT)
		return NOT_FOUND;
	for (uint32_t i = 0; i < NEXT; i++)
		same |= (uint32_t)ident_equal(ids[i], id) << i;
	if (!same)
		return NOT_FOUND;
	uint32_t row = *next + (uint32_t)__builtin_ctz(same);
	if (table_is_dropped(target, row))
		return NOT_FOUND;
	*next = row + 1;
	return (int32_t)row;
}

/* Reads one; what it leads to is known where there is no id, or where it is in its parents' order. */
static void read_reference(const struct taking *t, const struct table *target, int has_many, struct references *some,
			   uint32_t i, uint32_t *next)
{
	enum cell_state state =
		derive_id(t->feed->mapping, &some->texts[i], &some->lengths[i], some->buffers[i], &some->ids[i]);
	if (state != CELL_OK)
		some->rows[i] = state == CELL_MISSING ? CRMVAL_MISSING : UNREADABLE_REFERENCE;
	else
		some->rows[i] = has_many ? find_next(target, some->ids[i], next) : NOT_FOUND;
}

/* Has the slots of those that are to be looked up, and then the ids that these lead to, on their way. */
static void prefetch_some(const struct table *target, struct references *some)
{
	uint32_t count = 0;
	for (uint32_t i = 0; i < some->count; i++) {
		some->is_near[i] = i > 0 && some->lengths[i] == some->lengths[i - 1] &&
				   is_near(some->texts[i], some->texts[i - 1], some->lengths[i]);
		some->waiting[count] = (uint8_t)i;
		count += some->rows[i] == NOT_FOUND && !some->is_near[i];
	}
	for (uint32_t i = 0; i < count; i++)
		table_prefetch(target, some->ids[some->waiting[i]]);
	for (uint32_t i = 0; i < count; i++)
		table_prefetch_id(target, some->ids[some->waiting[i]]);
}

static int find_some(const struct taking *t, struct table *target, int has_many, struct references *some,
		     uint32_t *next, struct crmval_error *error)
{
	for (uint32_t i = 0; i < some->count; i++)
		read_reference(t, target, has_many, some, i, next);
	if (has_many)
		prefetch_some(target, some);
	for (uint32_t i = 0; i < some->count; i++) {
		int32_t *row = &some->rows[i];
		if (*row == NOT_FOUND && has_many && some->is_near[i])
			*row = find_next(target, some->ids[i], next);
		if (*row == NOT_FOUND)
			*row = table_find(target, some->ids[i], some->texts[i], some->lengths[i]);
		if (*row < CRMVAL_DANGLING && *row != UNREADABLE_REFERENCE)
			return fail_memory(error);
		*next = *row >= 0 ? (uint32_t)*row + 1 : *next;
	}
	return CRMVAL_OK;
}

/* Counts those that lead nowhere. */
static void count_odd(struct taking *t, uint32_t first, uint32_t count, uint64_t *dangling)
{
	const int32_t *out = (const int32_t *)t->column->values.bytes + t->first;
	for (uint32_t i = first; i < first + count; i++) {
		*dangling += out[i] == CRMVAL_DANGLING;
		if (out[i] == UNREADABLE_REFERENCE)
			take_unreadable(t, i);
	}
}

static int take_found(struct taking *t, struct table *target, struct crmval_error *error)
{
	int32_t *out = (int32_t *)t->column->values.bytes + t->first;
	struct references some;
	uint32_t next = 0;
	uint64_t dangling = 0;
	int has_many = target->is_mapped && atomic_load(&target->rows) > FEW;
	for (uint32_t first = 0; first < t->rows->row_count; first += PART) {
		uint32_t count = t->rows->row_count - first < PART ? t->rows->row_count - first : PART;
		list_different(t, &some, first, count);
		int code = find_some(t, target, has_many, &some, &next, error);
		if (code != CRMVAL_OK)
			return code;
		int has_odd = 0;
		for (uint32_t i = 0; i < count; i++) {
			int32_t row = some.rows[some.of_row[i]];
			out[first + i] = row;
			has_odd |= row < CRMVAL_MISSING;
		}
		if (has_odd)
			count_odd(t, first, count, &dangling);
	}
	atomic_fetch_add(&t->column->dangling, dangling);
	return CRMVAL_OK;
}

/* The id of a cell, of which nothing else is asked. */
static enum cell_state id_at(const struct taking *t, uint32_t row, struct ident *id)
{
	uint32_t length;
	char buffer[18];
	const char *text = cell_at(t->cells, row, &length);
	cell_trim(&text, &length);
	return derive_id(t->feed->mapping, &text, &length, buffer, id);
}

/* ---- references to ids that are dense ---- */

/* All but 18 characters, as they are in most exports, and cells that are empty. */
static __attribute__((noinline)) void gather_other(const struct taking *t, uint32_t row, struct id_lanes *in,
						   uint32_t i)
{
	struct ident id;
	id_at(t, row, &id);
	in->low[i] = id.low;
	in->high[i] = id.high;
	in->ends[i] = LANE_WHOLE;
}

/* The ids of some rows.  Those of 18 characters may yet begin with a blank, which no id in an index does. */
static void gather_ids(const struct taking *t, uint32_t first, uint32_t count, struct id_lanes *in)
{
	static const char none[IDENT_CHECKED];
	for (uint32_t i = 0; i < count; i++) {
		uint32_t length = t->cells->length[first + i], is_empty = length == 0 || length == CRMVAL_NULL, end;
		if (!is_empty && length != IDENT_CHECKED) {
			gather_other(t, first + i, in, i);
			continue;
		}
		const char *text = is_empty ? none : t->cells->base + t->cells->start[first + i];
		memcpy(&end, text + IDENT_CHECKED - sizeof end, sizeof end);
		in->low[i] = ident_load(text);
		in->high[i] = ident_load(text + 7) >> 8 | (uint64_t)IDENT_CHECKED << 56;
		in->ends[i] = (le32toh(end) & ~UINT32_C(0xff)) | (is_empty ? LANE_EMPTY : LANE_FILLED);
	}
	for (uint32_t i = count; i < LANES; i++) {
		in->low[i] = in->high[i] = 0;
		in->ends[i] = LANE_EMPTY;
	}
}

/* The form that the first of some ids may have. */
static const struct dense_form *choose_form(const struct dense *dense, const struct id_lanes *in)
{
	uint32_t i = 0;
	while (i < LANES - 1 && in->ends[i] & LANE_EMPTY)
		i++;
	uint64_t length = in->high[i] >> 56;
	return &dense->forms[length <= IDENT_CHECKED ? length : IDENT_CHECKED];
}

/* What is not of the form that the others have. */
static int32_t find_odd(const struct taking *t, const struct index *index, uint32_t row)
{
	struct ident id;
	enum cell_state state = id_at(t, row, &id);
	if (state != CELL_OK)
		return state == CELL_MISSING ? CRMVAL_MISSING : UNREADABLE_REFERENCE;
	return index_dense_row(index, dense_slot(index->dense, id));
}

/* Finds the slots of some references, and has what is there on its way.  So many, or none behind the last. */
static uint32_t seek(const struct taking *t, const struct index *index, uint32_t first, uint64_t *slots)
{
	struct id_lanes in;
	if (first >= t->rows->row_count)
		return 0;
	uint32_t left = t->rows->row_count - first, count = left < LANES ? left : LANES;
	gather_ids(t, first, count, &in);
	lanes_best()->slots(&in, choose_form(index->dense, &in), slots);
	for (uint32_t i = 0; i < LANES; i++)
		__builtin_prefetch((const void *)&index->by_number[slots[i] < LANE_MISSING ? slots[i] : 0]);
	return count;
}

/* Where ids are dense, all that takes time is to wait for memory: so the next ones are on their way meanwhile. */
static void take_dense(struct taking *t, const struct index *index)
{
	int32_t *out = (int32_t *)t->column->values.bytes + t->first;
	uint64_t slots[2][LANES], dangling = 0;
	uint32_t count = seek(t, index, 0, slots[0]), next;
	for (uint32_t first = 0, turn = 0; count; first += LANES, turn ^= 1, count = next) {
		const uint64_t *some = slots[turn];
		int has_odd = 0;
		next = seek(t, index, first + LANES, slots[turn ^ 1]);
		for (uint32_t i = 0; i < count; i++) {
			int32_t row = index_dense_row(index, some[i] < LANE_MISSING ? some[i] : 0);
			row = some[i] == LANE_MISSING ? CRMVAL_MISSING : some[i] == LANE_ODD ? NOT_FOUND : row;
			out[first + i] = row;
			has_odd |= row < CRMVAL_MISSING;
		}
		for (uint32_t i = first; i < first + count && has_odd; i++)
			if (out[i] == NOT_FOUND)
				out[i] = find_odd(t, index, i);
		if (has_odd)
			count_odd(t, first, count, &dangling);
	}
	atomic_fetch_add(&t->column->dangling, dangling);
}

/* The rows that they lead to are not there yet. */
static int take_pending(struct taking *t)
{
	int32_t *out = (int32_t *)t->column->values.bytes + t->first;
	struct ident *pending = (struct ident *)t->column->pending.bytes + t->first;
	for (uint32_t i = 0; i < t->rows->row_count; i++) {
		enum cell_state state = id_at(t, i, &pending[i]);
		out[i] = state == CELL_UNREADABLE ? UNREADABLE_REFERENCE : 0;
		if (state == CELL_UNREADABLE)
			take_unreadable(t, i);
	}
	return CRMVAL_OK;
}

/* What is made up meanwhile has another index each time that it grows. */
static int is_dense(const struct taking *t, const struct table *target)
{
	static const struct ident zeros = {IDENT_EACH('0'), IDENT_EACH('0') >> 8 | (uint64_t)IDENT_CHECKED << 56};
	const struct dense *dense = target->is_mapped ? target->index.dense : NULL;
	/* Of Salesforce, zeros stand for none. */
	return dense && (t->feed->mapping->ids != IDS_SALESFORCE || dense_slot(dense, zeros) == DENSE_NONE);
}

int take_references(struct taking *t, struct crmval_error *error)
{
	struct table *target = &t->load->data->tables[model_entity_index(t->field->target)];
	if (t->column->pending.bytes)
		return take_pending(t);
	if (!is_dense(t, target))
		return take_found(t, target, error);
	take_dense(t, &target->index);
	return CRMVAL_OK;
}
