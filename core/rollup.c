/* SPDX-License-Identifier: MIT */
/* What a rollup is made of, bound to the model. */
#include "rollup.h"

#include "error.h"

#include <stdlib.h>
#include <string.h>

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

int rollup_is_timeless(const struct rollup *rollup, const struct data *data)
{
	const struct crmval_rollup *table = rollup->table;
	return table->since == CRMVAL_ANY && table->until == CRMVAL_ANY && !rollup->ended.count &&
	       !(rollup->of.count && rollup->of.field->type == FIELD_MONEY && data->rates);
}

void rollup_close(struct rollup *rollup)
{
	if (rollup->values[1].bytes != rollup->values[0].bytes)
		region_close(&rollup->values[1]);
	rollup->values[1] = (struct region){NULL, 0};
	region_close(&rollup->values[0]);
}
