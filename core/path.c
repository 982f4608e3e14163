/* SPDX-License-Identifier: MIT */
/* Following references for a batch of rows at a time. */
#include "path.h"

#include "error.h"
#include "rates.h"

#include <math.h>
#include <string.h>

/* How much of a name is shown, so that what is wrong with it still fits behind it. */
static int shown(size_t length)
{
	return length < 100 ? (int)length : 100;
}

static int parse_path(const char *text, size_t length, uint32_t entity, const char *owner, struct path *path,
		      struct crmval_error *error)
{
	const char *end = text + length;
	*path = (struct path){.start = entity, .entity = entity};
	for (const char *name = text;;) {
		const char *dot = memchr(name, '.', (size_t)(end - name));
		size_t size = (size_t)((dot ? dot : end) - name);
		const struct entity *at = &model_entities[path->entity];
		char copy[64];
		int field = -1;
		if (size < sizeof copy) {
			memcpy(copy, name, size);
			copy[size] = 0;
			field = model_field_index(at, copy);
		}
		if (field < 0)
			return fail(error, CRMVAL_ECONF, "%s: path \"%.*s\": %s has no field \"%.*s\"", owner,
				    shown(length), text, at->name, shown(size), name);
		if (!dot) {
			path->field = (uint32_t)field;
			return CRMVAL_OK;
		}
		if (at->fields[field].type != FIELD_REFERENCE)
			return fail(error, CRMVAL_ECONF, "%s: path \"%.*s\": %s.%s is not a reference", owner,
				    shown(length), text, at->name, copy);
		if (path->hop_count == PATH_MAX_HOPS)
			return fail(error, CRMVAL_ECONF, "%s: path \"%.*s\" has more than %d references", owner,
				    shown(length), text, PATH_MAX_HOPS);
		path->hops[path->hop_count++] = (uint32_t)field;
		path->entity = (uint32_t)model_entity_index(at->fields[field].target);
		name = dot + 1;
	}
}

int route_parse(const char *text, uint32_t entity, const char *owner, struct route *route, struct crmval_error *error)
{
	route->count = 0;
	for (const char *start = text;;) {
		const char *bar = strchr(start, '|');
		size_t length = bar ? (size_t)(bar - start) : strlen(start);
		if (route->count == PATH_MAX_ALTERNATIVES)
			return fail(error, CRMVAL_ECONF, "%s: path \"%.100s\" has more than %d alternatives", owner,
				    text, PATH_MAX_ALTERNATIVES);
		struct path *path = &route->paths[route->count];
		int code = parse_path(start, length, entity, owner, path, error);
		if (code != CRMVAL_OK)
			return code;
		const struct field *field = &model_entities[path->entity].fields[path->field];
		if (route->count++ == 0)
			route->field = field;
		else if (field->type != route->field->type ||
			 (field->target && strcmp(field->target, route->field->target) != 0) ||
			 (field->type == FIELD_SYMBOL &&
			  strcmp(field->name, route->field->name) != 0)) /* other codes */
			return fail(error, CRMVAL_ECONF, "%s: the alternatives of path \"%.100s\" differ in type",
				    owner, text);
		if (!bar)
			return CRMVAL_OK;
		start = bar + 1;
	}
}

int route_want(const struct route *route, uint32_t wants, struct data *data, struct crmval_error *error)
{
	int code = CRMVAL_OK;
	for (uint32_t p = 0; p < route->count && code == CRMVAL_OK; p++) {
		const struct path *path = &route->paths[p];
		uint32_t entity = path->start;
		for (uint32_t h = 0; h < path->hop_count && code == CRMVAL_OK; h++) {
			code = data_want(data, entity, path->hops[h], WANT_VALUE, error);
			entity = (uint32_t)model_entity_index(model_entities[entity].fields[path->hops[h]].target);
		}
		if (code == CRMVAL_OK)
			code = data_want(data, entity, path->field, wants, error);
		const struct entity *last = &model_entities[entity];
		if (code == CRMVAL_OK && route->field->type == FIELD_MONEY)
			code = rates_want(data, last, error);
	}
	return code;
}

const struct field *path_unmapped(const struct path *path, const struct data *data, int any, uint32_t *entity)
{
	*entity = path->start;
	for (uint32_t h = 0; h <= path->hop_count; h++) {
		uint32_t f = h < path->hop_count ? path->hops[h] : path->field;
		const struct field *field = &model_entities[*entity].fields[f];
		if (!data->tables[*entity].columns[f].is_mapped && (any || !field->is_optional))
			return field;
		if (h < path->hop_count)
			*entity = (uint32_t)model_entity_index(field->target);
	}
	return NULL;
}

/* The rows at the end of the references: numbers, or negative; where they lie already, or in `at`. */
static const int32_t *follow(const struct path *path, const struct data *data, const struct rows *rows, int32_t *at)
{
	const int32_t *from = (const int32_t *)rows->row;
	uint32_t entity = path->start;
	for (uint32_t h = 0; h < path->hop_count; h++) {
		const int32_t *refs = data->tables[entity].columns[path->hops[h]].values.bytes;
		if (h == 0 && rows->is_run && refs) {
			from = refs + rows->row[0];
		} else {
			for (uint32_t i = 0; i < rows->count; i++)
				at[i] = from[i] < 0 || !refs ? CRMVAL_MISSING : refs[from[i]];
			from = at;
		}
		entity = (uint32_t)model_entity_index(model_entities[entity].fields[path->hops[h]].target);
	}
	return from;
}

#define PICK(type, absent)                                                                                             \
	do {                                                                                                           \
		const type *from = column->values.bytes;                                                               \
		type *to = out;                                                                                        \
		if (from)                                                                                              \
			for (uint32_t i = 0; i < count; i++)                                                           \
				to[i] = at[i] < 0 ? (absent) : from[at[i]];                                            \
		else                                                                                                   \
			for (uint32_t i = 0; i < count; i++)                                                           \
				to[i] = (absent);                                                                      \
	} while (0)

static void pick(const struct column *column, enum field_type type, const int32_t *at, uint32_t count, void *out)
{
	switch (type) {
	case FIELD_DATE:
		PICK(int32_t, CRMVAL_NO_DATE);
		break;
	case FIELD_NUMBER:
	case FIELD_MONEY:
		PICK(double, NAN);
		break;
	case FIELD_FLAG:
		PICK(int8_t, -1);
		break;
	case FIELD_SYMBOL:
		PICK(uint32_t, 0);
		break;
	case FIELD_REFERENCE:
		PICK(int32_t, CRMVAL_MISSING);
		break;
	case FIELD_TEXT:
		PICK(uint8_t, 0);
		break;
	case FIELD_KEY: /* which row it is */
		for (uint32_t i = 0; i < count; i++)
			((int32_t *)out)[i] = at[i] < 0 ? CRMVAL_MISSING : at[i];
		break;
	}
}

#define LIST_MISSING(type, is_missing)                                                                                 \
	do {                                                                                                           \
		const type *value = values;                                                                            \
		for (uint32_t i = 0; i < count; i++) {                                                                 \
			list[found] = i;                                                                               \
			found += (is_missing);                                                                         \
		}                                                                                                      \
	} while (0)

/* Where the value is missing, so that the next alternative may stand in: how many such places there are. */
static uint32_t list_missing(const void *values, enum field_type type, uint32_t count, uint32_t *list)
{
	uint32_t found = 0;
	switch (type) {
	case FIELD_DATE:
		LIST_MISSING(int32_t, value[i] == CRMVAL_NO_DATE);
		break;
	case FIELD_NUMBER:
	case FIELD_MONEY:
		LIST_MISSING(double, isnan(value[i]) != 0);
		break;
	case FIELD_FLAG:
		LIST_MISSING(int8_t, value[i] < 0);
		break;
	case FIELD_SYMBOL:
		LIST_MISSING(uint32_t, value[i] == 0);
		break;
	case FIELD_REFERENCE:
	case FIELD_KEY:
		LIST_MISSING(int32_t, value[i] < 0);
		break;
	case FIELD_TEXT:
		LIST_MISSING(uint8_t, value[i] == 0);
		break;
	}
	return found;
}

static void path_gather(const struct path *path, enum field_type type, const struct data *data,
			const struct crmval_window *window, const struct rows *rows, struct gather *gather, void *out)
{
	const struct table *table = &data->tables[path->entity];
	const int32_t *at = follow(path, data, rows, gather->at);
	pick(&table->columns[path->field], type, at, rows->count, out);
	if (type == FIELD_MONEY && data->rates)
		rates_convert(data, path->entity, window, at, rows->count, out);
}

/* One more alternative, for the rows that have no value yet. */
static void stand_in(const struct path *path, enum field_type type, const struct data *data,
		     const struct crmval_window *window, const struct rows *rows, struct gather *gather, void *out)
{
	double values[BATCH_ROWS]; /* as wide as any */
	uint32_t list[BATCH_ROWS], row[BATCH_ROWS], still[BATCH_ROWS];
	size_t width = type == FIELD_KEY ? sizeof(int32_t) : data_width(type);
	uint32_t count = list_missing(out, type, rows->count, list);
	for (uint32_t i = 0; i < count; i++)
		row[i] = rows->row[list[i]];
	if (count == 0)
		return;
	const struct rows left = {.row = row, .count = count};
	path_gather(path, type, data, window, &left, gather, values);
	uint32_t missing = list_missing(values, type, count, still);
	for (uint32_t i = 0, m = 0; i < count; i++) {
		if (m < missing && still[m] == i)
			m++; /* it stays missing in the way that it was */
		else
			memcpy((char *)out + list[i] * width, (const char *)values + i * width, width);
	}
}

void route_gather(const struct route *route, const struct data *data, const struct crmval_window *window,
		  const struct rows *rows, struct gather *gather, void *out)
{
	path_gather(&route->paths[0], route->field->type, data, window, rows, gather, out);
	for (uint32_t p = 1; p < route->count; p++)
		stand_in(&route->paths[p], route->field->type, data, window, rows, gather, out);
}

const void *route_in_place(const struct route *route, const struct data *data, const struct rows *rows)
{
	enum field_type type = route->field->type;
	const struct path *path = &route->paths[0];
	if (!rows->is_run || rows->count == 0 || route->count > 1 || path->hop_count > 0 || type == FIELD_KEY ||
	    (type == FIELD_MONEY && data->rates))
		return NULL;
	const char *values = data->tables[path->entity].columns[path->field].values.bytes;
	return values ? values + rows->row[0] * data_width(type) : NULL;
}
