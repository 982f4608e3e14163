/* SPDX-License-Identifier: MIT */
/* Rollups, by one pass over the child rows that adds each to its parent's place, whichever thread gets there first. */
#include "rollup.h"

#include "error.h"
#include "fixed.h"
#include "pairs.h"
#include "parallel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One rollup under way. */
struct rolling {
	struct rollup *rollup;
	const struct data *data;
	const struct crmval_window *window;
	uint32_t parents;      /* rows of the result */
	int32_t since, until;  /* days; no bound: INT32_MIN + 1, INT32_MAX */
	int32_t *until_own;    /* by parent, or NULL */
	uint32_t *translation; /* of `of` where it is a symbol */
	uint32_t translation_count;
	uint64_t mask_words; /* 64-bit words of a parent's set; 0: what is in the sets is in pairs */
	struct pairs pairs;
	void *state; /* by op: struct fixed, _Atomic uint64_t, ... */
};

/* What is known of a block of child rows. */
struct block {
	uint32_t row[BATCH_ROWS];
	int32_t parent[BATCH_ROWS]; /* negative: the row does not count */
	int32_t date[BATCH_ROWS];
	union {
		double number[BATCH_ROWS];
		int32_t day[BATCH_ROWS];
		uint32_t symbol[BATCH_ROWS];
	} of;
	struct gather gather;
};

static int bind(const char *path, uint32_t entity, const char *owner, struct route *route, struct crmval_error *error)
{
	route->count = 0;
	return path ? route_parse(path, entity, owner, route, error) : CRMVAL_OK;
}

/* Can `of` be reduced in this way? */
static int is_reducible(const struct rollup *rollup)
{
	enum field_type type = rollup->of.count ? rollup->of.field->type : FIELD_TEXT;
	int is_number = type == FIELD_NUMBER || type == FIELD_MONEY;
	switch (rollup->table->op) {
	case CRMVAL_COUNT:
		return 1;
	case CRMVAL_SUM:
		return is_number;
	case CRMVAL_LAST:
	case CRMVAL_DISTINCT:
		return type == FIELD_SYMBOL;
	default:
		return is_number || type == FIELD_DATE;
	}
}

static int check_types(const struct rollup *rollup, const char *owner, struct crmval_error *error)
{
	const struct crmval_rollup *table = rollup->table;
	const struct {
		const char *name, *path;
		const struct route *route;
		enum field_type type;
		const char *what;
	} paths[] = {
		{"date", table->date, &rollup->date, FIELD_DATE, "a date"},
		{"ended", table->ended, &rollup->ended, FIELD_DATE, "a date"},
		{"until_own", table->until_own, &rollup->until_own, FIELD_DATE, "a date"},
		{"per", table->per, &rollup->per, FIELD_REFERENCE, "a reference"},
	};
	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
		if (paths[i].path && paths[i].route->field->type != paths[i].type)
			return fail(error, CRMVAL_ECONF, "%s: the rollup's %s \"%s\" is not %s", owner, paths[i].name,
				    paths[i].path, paths[i].what);
	if (!is_reducible(rollup))
		return fail(error, CRMVAL_ECONF, "%s: the rollup's of \"%s\" is of a type that its op does not take",
			    owner, table->of ? table->of : "");
	return CRMVAL_OK;
}

int rollup_bind(struct rollup *rollup, const struct crmval_rollup *table, uint32_t view_entity, const char *owner,
		struct crmval_error *error)
{
	int entity = model_entity_index(table->entity);
	if (entity < 0)
		return fail(error, CRMVAL_ECONF, "%s: there is no entity \"%s\"", owner, table->entity);
	*rollup = (struct rollup){.table = table, .entity = (uint32_t)entity, .view_entity = view_entity};
	int code = bind(table->by, rollup->entity, owner, &rollup->by, error);
	if (code == CRMVAL_OK)
		code = bind(table->of, rollup->entity, owner, &rollup->of, error);
	if (code == CRMVAL_OK)
		code = bind(table->date, rollup->entity, owner, &rollup->date, error);
	if (code == CRMVAL_OK)
		code = bind(table->per, rollup->entity, owner, &rollup->per, error);
	if (code == CRMVAL_OK)
		code = bind(table->ended, rollup->entity, owner, &rollup->ended, error);
	if (code == CRMVAL_OK)
		code = bind(table->until_own, view_entity, owner, &rollup->until_own, error);
	if (code != CRMVAL_OK)
		return code;
	if (table->by &&
	    (rollup->by.field->type != FIELD_REFERENCE ||
	     (table->op != CRMVAL_CURRENT && strcmp(rollup->by.field->target, model_entities[view_entity].name) != 0)))
		return fail(error, CRMVAL_ECONF, "%s: rollup by \"%s\" does not refer to %s", owner, table->by,
			    model_entities[view_entity].name);
	code = check_types(rollup, owner, error);
	if (code != CRMVAL_OK)
		return code;
	rollup->type = FIELD_NUMBER;
	if (table->op == CRMVAL_CURRENT)
		rollup->type = FIELD_FLAG;
	else if (table->op == CRMVAL_LAST)
		rollup->type = FIELD_SYMBOL;
	else if ((table->op == CRMVAL_MIN || table->op == CRMVAL_MAX) && rollup->of.field->type == FIELD_DATE)
		rollup->type = FIELD_DATE;
	return CRMVAL_OK;
}

int rollup_want(const struct rollup *rollup, struct data *data, struct crmval_error *error)
{
	const struct route *routes[] = {&rollup->by,  &rollup->of,    &rollup->date,
					&rollup->per, &rollup->ended, &rollup->until_own};
	int code = CRMVAL_OK;
	for (size_t i = 0; i < sizeof routes / sizeof routes[0] && code == CRMVAL_OK; i++)
		if (routes[i]->count)
			code = route_want(routes[i], WANT_VALUE, data, error);
	return code;
}

uint32_t *symbol_translation(const struct data *data, const struct route *route, const char *const *words,
			     uint32_t *count)
{
	const struct column *column = &data->tables[route->paths[0].entity].columns[route->paths[0].field];
	const char *const *closed = route->field->words;
	uint32_t codes = 0, others = 0;
	if (closed)
		while (closed[codes])
			codes++;
	else if (column->symbols)
		codes = atomic_load(&column->symbols->count);
	uint32_t *translation = calloc((size_t)codes + 1, sizeof *translation);
	if (!translation)
		return NULL;
	while (words && words[others])
		others++;
	for (uint32_t code = 1; code <= codes; code++) {
		const char *text = closed ? closed[code - 1] : symbol_word(column->symbols, code)->text;
		uint32_t w = 0;
		while (words && w < others && strcmp(words[w], text) != 0)
			w++;
		translation[code] = words ? w + 1 : code;
	}
	*count = codes;
	return translation;
}

static int32_t bound(int32_t which, const struct crmval_window *window, int32_t none)
{
	switch (which) {
	case CRMVAL_FROM:
		return window->from;
	case CRMVAL_TO:
		return window->to;
	case CRMVAL_BEFORE_FROM:
		return window->from - 1;
	default:
		return none;
	}
}

/* Decides which rows of a block count, and for which parent.  Of CRMVAL_CURRENT they are the view's rows themselves. */
static void choose(const struct rolling *r, struct block *block, const struct rows *rows)
{
	const struct rollup *rollup = r->rollup;
	const struct table *table = &r->data->tables[rollup->entity];
	if (rollup->by.count)
		route_gather(&rollup->by, r->data, r->window, rows, &block->gather, block->parent);
	else
		memset(block->parent, 0, sizeof block->parent);
	if (rollup->date.count) {
		route_gather(&rollup->date, r->data, r->window, rows, &block->gather, block->date);
		for (uint32_t i = 0; i < rows->count; i++) {
			int32_t until = r->until,
				own = rollup->table->op == CRMVAL_CURRENT ? (int32_t)rows->row[i] : block->parent[i];
			if (r->until_own && own >= 0 && r->until_own[own] > until)
				until = r->until_own[own];
			if (block->date[i] == CRMVAL_NO_DATE || block->date[i] < r->since || block->date[i] > until)
				block->parent[i] = -1;
		}
	}
	if (rollup->ended.count) {
		route_gather(&rollup->ended, r->data, r->window, rows, &block->gather, block->of.day);
		for (uint32_t i = 0; i < rows->count; i++)
			if (block->of.day[i] != CRMVAL_NO_DATE && block->of.day[i] <= r->until)
				block->parent[i] = -1;
	}
	for (uint32_t i = 0; table->dropped && i < rows->count; i++)
		if (table_is_dropped(table, rows->row[i]))
			block->parent[i] = -1;
	if (rollup->of.count) {
		route_gather(&rollup->of, r->data, r->window, rows, &block->gather, &block->of);
		for (uint32_t i = 0; r->translation && i < rows->count; i++)
			block->of.symbol[i] = r->translation[block->of.symbol[i]];
	}
}

static void raise_to(_Atomic uint64_t *place, uint64_t value)
{
	uint64_t old = atomic_load_explicit(place, memory_order_relaxed);
	while (value > old &&
	       !atomic_compare_exchange_weak_explicit(place, &old, value, memory_order_relaxed, memory_order_relaxed))
		;
}

/* Days and numbers as unsigned integers in the same order, all above 0. */
static uint64_t day_rank(int32_t day)
{
	return (uint32_t)day ^ UINT32_C(0x80000000);
}

static uint64_t number_rank(double number)
{
	uint64_t bits;
	memcpy(&bits, &number, sizeof bits);
	return bits >> 63 ? ~bits : bits | UINT64_C(1) << 63;
}

static double rank_number(uint64_t rank)
{
	double number;
	uint64_t bits = rank >> 63 ? rank & ~(UINT64_C(1) << 63) : ~rank;
	memcpy(&number, &bits, sizeof number);
	return number;
}

/* The rank of row i's `of`, for least or greatest; 0: missing. */
static uint64_t of_rank(const struct rollup *rollup, const struct block *block, uint32_t i)
{
	if (!rollup->of.count)
		return 0;
	if (rollup->of.field->type == FIELD_DATE)
		return block->of.day[i] == CRMVAL_NO_DATE ? 0 : day_rank(block->of.day[i]);
	return isnan(block->of.number[i]) ? 0 : number_rank(block->of.number[i]);
}

static void add_row(struct rolling *r, const struct block *block, uint32_t i)
{
	uint32_t parent = (uint32_t)block->parent[i], symbol;
	_Atomic uint64_t *word = (_Atomic uint64_t *)r->state + parent;
	uint64_t rank;
	switch (r->rollup->table->op) {
	case CRMVAL_COUNT:
		atomic_fetch_add_explicit(word, 1, memory_order_relaxed);
		break;
	case CRMVAL_SUM:
		if (!isnan(block->of.number[i]) && block->of.number[i] != 0)
			fixed_add((struct fixed *)r->state + parent, block->of.number[i]);
		break;
	case CRMVAL_MIN: /* the greatest of the ranks turned round */
		rank = of_rank(r->rollup, block, i);
		if (rank)
			raise_to(word, ~rank);
		break;
	case CRMVAL_MAX:
		raise_to(word, of_rank(r->rollup, block, i));
		break;
	case CRMVAL_LAST:
		raise_to(word, day_rank(block->date[i]) << 32 | block->of.symbol[i]);
		break;
	case CRMVAL_DISTINCT:
		symbol = block->of.symbol[i];
		if (symbol && !r->mask_words) {
			if (pairs_add(&r->pairs, parent, symbol))
				atomic_fetch_add_explicit(word, 1, memory_order_relaxed);
		} else if (symbol && (!r->rollup->words || symbol <= r->rollup->word_count)) {
			word = (_Atomic uint64_t *)r->state + parent * r->mask_words + (symbol - 1) / 64;
			uint64_t bit = UINT64_C(1) << (symbol - 1) % 64;
			if (!(atomic_load_explicit(word, memory_order_relaxed) & bit))
				atomic_fetch_or_explicit(word, bit, memory_order_relaxed);
		}
		break;
	default:
		break;
	}
}

static int add_block(void *context, unsigned thread, uint64_t number, struct crmval_error *error)
{
	(void)thread;
	struct rolling *r = context;
	struct block *block = malloc(sizeof *block);
	uint32_t all = atomic_load(&r->data->tables[r->rollup->entity].rows), first = (uint32_t)number * BATCH_ROWS;
	struct rows rows = {block ? block->row : NULL, all - first < BATCH_ROWS ? all - first : BATCH_ROWS};
	if (!block)
		return fail_memory(error);
	for (uint32_t i = 0; i < rows.count; i++)
		block->row[i] = first + i;
	choose(r, block, &rows);
	for (uint32_t i = 0; i < rows.count; i++)
		if (block->parent[i] >= 0)
			add_row(r, block, i);
	free(block);
	return CRMVAL_OK;
}

/* A group of child rows with the same `by` and `per`, and the row that counts. */
struct group {
	uint64_t key; /* by + 1 over per + 1; 0: an empty place */
	uint64_t of;
	int32_t date;
	uint32_t row;
};

static void group_add(struct group *groups, uint64_t mask, uint64_t key, int32_t date, uint64_t of, uint32_t row)
{
	uint64_t i = ident_fold(key, UINT64_C(0x9e3779b97f4a7c15)) & mask;
	while (groups[i].key && groups[i].key != key)
		i = (i + 1) & mask;
	struct group *group = &groups[i];
	if (!group->key || date > group->date || (date == group->date && of > group->of))
		*group = (struct group){key, of, date, row};
}

/* Of each (by, per) the latest row: its value raises its parent's, or it is marked as current. */
static int roll_groups(const struct rolling *r, struct crmval_error *error)
{
	const struct rollup *rollup = r->rollup;
	uint32_t all = atomic_load(&r->data->tables[rollup->entity].rows);
	uint64_t size = 16;
	while (size < (uint64_t)all + all / 2)
		size *= 2;
	struct region memory = {NULL, 0};
	int code = region_open(&memory, size * sizeof(struct group), error);
	struct group *groups = memory.bytes;
	struct block *block = malloc(sizeof *block);
	int32_t per[BATCH_ROWS];
	if (code == CRMVAL_OK && !block)
		code = fail_memory(error);
	for (uint32_t first = 0; first < all && code == CRMVAL_OK; first += BATCH_ROWS) {
		struct rows rows = {block->row, all - first < BATCH_ROWS ? all - first : BATCH_ROWS};
		for (uint32_t i = 0; i < rows.count; i++)
			block->row[i] = first + i;
		choose(r, block, &rows);
		route_gather(&rollup->per, r->data, r->window, &rows, &block->gather, per);
		for (uint32_t i = 0; i < rows.count; i++)
			if (block->parent[i] >= 0)
				group_add(groups, size - 1,
					  (uint64_t)(block->parent[i] + 1) << 32 |
						  (uint32_t)(per[i] < 0 ? 0 : per[i] + 1),
					  block->date[i], of_rank(rollup, block, i), first + i);
	}
	for (uint64_t i = 0; i < size && code == CRMVAL_OK; i++) {
		if (!groups[i].key)
			continue;
		if (rollup->table->op == CRMVAL_CURRENT)
			((_Atomic uint64_t *)r->state)[groups[i].row] = 1;
		else
			raise_to((_Atomic uint64_t *)r->state + (groups[i].key >> 32) - 1, groups[i].of);
	}
	region_close(&memory);
	free(block);
	return code;
}

/* The result of one parent, from what its children left. */
static void finish(const struct rolling *r, uint32_t parent, void *values)
{
	const _Atomic uint64_t *words = r->state;
	int32_t op = r->rollup->table->op;
	uint64_t word = op == CRMVAL_SUM || op == CRMVAL_DISTINCT ? 0 : words[parent];
	uint64_t count = op == CRMVAL_DISTINCT && !r->mask_words ? words[parent] : 0;
	if (op == CRMVAL_MIN && word)
		word = ~word;
	switch (op) {
	case CRMVAL_SUM:
		((double *)values)[parent] = fixed_value((const struct fixed *)r->state + parent);
		break;
	case CRMVAL_DISTINCT:
		for (uint64_t i = 0; i < r->mask_words; i++)
			count += (uint64_t)__builtin_popcountll(words[parent * r->mask_words + i]);
		((double *)values)[parent] = (double)count;
		break;
	case CRMVAL_COUNT:
		((double *)values)[parent] = (double)word;
		break;
	case CRMVAL_LAST:
		((uint32_t *)values)[parent] = (uint32_t)word;
		break;
	case CRMVAL_CURRENT:
		((int8_t *)values)[parent] = (int8_t)word;
		break;
	default:
		if (r->rollup->type == FIELD_DATE)
			((int32_t *)values)[parent] =
				word ? (int32_t)((uint32_t)word ^ UINT32_C(0x80000000)) : CRMVAL_NO_DATE;
		else
			((double *)values)[parent] = word ? rank_number(word) : NAN;
	}
}

/* The view's rows' own bounds. */
static int own_bounds(struct rolling *r, struct crmval_error *error)
{
	struct gather *gather = malloc(sizeof *gather);
	uint32_t *row = malloc(BATCH_ROWS * sizeof *row);
	r->until_own = malloc(((size_t)r->parents + BATCH_ROWS) * sizeof *r->until_own);
	int code = gather && row && r->until_own ? CRMVAL_OK : fail_memory(error);
	for (uint32_t first = 0; first < r->parents && code == CRMVAL_OK; first += BATCH_ROWS) {
		struct rows rows = {row, r->parents - first < BATCH_ROWS ? r->parents - first : BATCH_ROWS};
		for (uint32_t i = 0; i < rows.count; i++)
			row[i] = first + i;
		route_gather(&r->rollup->until_own, r->data, r->window, &rows, gather, r->until_own + first);
	}
	free(gather);
	free(row);
	return code;
}

static size_t state_size(const struct rolling *r)
{
	if (r->rollup->table->op == CRMVAL_SUM)
		return r->parents * sizeof(struct fixed);
	if (r->rollup->table->op == CRMVAL_DISTINCT && r->mask_words)
		return r->parents * r->mask_words * 8;
	return r->parents * sizeof(uint64_t);
}

/* How the sets of CRMVAL_DISTINCT are held. */
static int choose_sets(struct rolling *r, uint32_t children)
{
	uint32_t most = r->rollup->words ? r->rollup->word_count : r->translation_count;
	r->mask_words = most / 64 + 1;
	if (r->mask_words <= 2 || r->mask_words * r->parents <= 8 * (uint64_t)children)
		return 0;
	/* Many parents times many words may be more than any memory, but there are no more pairs than children. */
	r->mask_words = 0;
	return pairs_open(&r->pairs, children);
}

int rollup_run(struct rollup *rollup, const struct data *data, int window_number, const struct crmval_window *window,
	       unsigned threads, struct crmval_error *error)
{
	const struct crmval_rollup *table = rollup->table;
	struct rolling r = {.rollup = rollup, .data = data, .window = window};
	uint32_t children = atomic_load(&data->tables[rollup->entity].rows);
	struct region state = {NULL, 0};
	r.parents = table->by ? atomic_load(&data->tables[rollup->view_entity].rows) : 1;
	r.since = bound(table->since, window, INT32_MIN + 1);
	r.until = bound(table->until, window, INT32_MAX);
	int code = CRMVAL_OK;
	if (rollup->of.count && rollup->of.field->type == FIELD_SYMBOL) {
		r.translation = symbol_translation(data, &rollup->of, rollup->words, &r.translation_count);
		if (!r.translation)
			return fail_memory(error);
		if (table->op == CRMVAL_DISTINCT && choose_sets(&r, children) < 0)
			code = fail_memory(error);
	}
	if (code == CRMVAL_OK && rollup->until_own.count)
		code = own_bounds(&r, error);
	if (code == CRMVAL_OK)
		code = region_open(&state, state_size(&r), error);
	r.state = state.bytes;
	if (code == CRMVAL_OK && table->per)
		code = roll_groups(&r, error);
	else if (code == CRMVAL_OK)
		code = parallel_run(threads, (children + (uint64_t)BATCH_ROWS - 1) / BATCH_ROWS, add_block, &r, error);
	if (code == CRMVAL_OK)
		code = region_open(&rollup->values[window_number], r.parents * data_width(rollup->type), error);
	for (uint32_t parent = 0; parent < r.parents && code == CRMVAL_OK; parent++)
		finish(&r, parent, rollup->values[window_number].bytes);
	region_close(&state);
	pairs_close(&r.pairs);
	free(r.translation);
	free(r.until_own);
	return code;
}

void rollup_close(struct rollup *rollup)
{
	region_close(&rollup->values[0]);
	region_close(&rollup->values[1]);
}
