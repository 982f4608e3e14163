/* SPDX-License-Identifier: MIT */
/* What plugins add to the model: entities of their own, and further fields of those that are there. */
#include "arena.h"
#include "error.h"
#include "model.h"
#include "text.h"

#include <string.h>

/* Of the model as it is extended; nothing, where it is not. */
static struct {
	const struct entity *own;
	uint32_t own_count;
	struct entity entities[MODEL_MAX_ENTITIES];
	struct arena arena;
} extended;

/* ---- the two ways to say a field ---- */

static enum field_type type_of(int32_t type)
{
	switch (type) {
	case CRMVAL_REFERENCE:
		return FIELD_REFERENCE;
	case CRMVAL_SYMBOL:
		return FIELD_SYMBOL;
	case CRMVAL_DATE:
		return FIELD_DATE;
	case CRMVAL_NUMBER:
		return FIELD_NUMBER;
	case CRMVAL_FLAG:
		return FIELD_FLAG;
	case CRMVAL_MONEY:
		return FIELD_MONEY;
	default:
		return FIELD_TEXT;
	}
}

static struct field field_of(const struct crmval_field *said, const char *plugin)
{
	return (struct field){
		.name = said->name,
		.type = type_of(said->type),
		.target = said->target,
		.words = said->words,
		.is_optional = (said->flags & CRMVAL_OPTIONAL) != 0,
		.is_folded = said->words || (said->flags & CRMVAL_FOLDED),
		.plugin = plugin,
		.help = said->help,
	};
}

static int is_same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static int are_same_words(const char *const *a, const char *const *b)
{
	if (!a || !b)
		return a == b;
	for (; *a && *b; a++, b++)
		if (strcmp(*a, *b) != 0)
			return 0;
	return *a == *b;
}

static int is_same_field(const struct field *a, const struct field *b)
{
	return a->type == b->type && is_same_text(a->target, b->target) && are_same_words(a->words, b->words) &&
	       a->is_optional == b->is_optional && a->is_folded == b->is_folded;
}

/* ---- copies, since a plugin may be closed before the model is done with ---- */

static const char *keep_text(const char *text, int *is_full)
{
	char *copy = text ? arena_strdup(&extended.arena, text) : NULL;
	*is_full |= text && !copy;
	return copy;
}

static struct field keep_field(struct field field, int *is_full)
{
	uint32_t count = 0;
	field.name = keep_text(field.name, is_full);
	field.target = keep_text(field.target, is_full);
	field.plugin = keep_text(field.plugin, is_full);
	field.help = keep_text(field.help, is_full);
	while (field.words && field.words[count])
		count++;
	const char **words = field.words ? arena_array(&extended.arena, (size_t)count + 1, sizeof *words) : NULL;
	*is_full |= field.words && !words;
	for (uint32_t i = 0; words && i < count; i++)
		words[i] = keep_text(field.words[i], is_full);
	field.words = words;
	return field;
}

static int add_field(struct entity *entity, struct field field, struct crmval_error *error)
{
	int is_full = 0;
	if (entity->field_count == MODEL_MAX_FIELDS)
		return fail(error, CRMVAL_ECONF, "plugin %s: entity %s would have more than %d fields", field.plugin,
			    entity->name, MODEL_MAX_FIELDS);
	struct field *fields = arena_array(&extended.arena, (size_t)entity->field_count + 1, sizeof *fields);
	field = keep_field(field, &is_full);
	if (!fields || is_full)
		return fail_memory(error);
	if (entity->field_count)
		memcpy(fields, entity->fields, entity->field_count * sizeof *fields);
	fields[entity->field_count++] = field;
	entity->fields = fields;
	return CRMVAL_OK;
}

/* ---- one entity ---- */

static const char *by_whom(const char *plugin)
{
	return plugin ? plugin : _("the model");
}

/* Breakdowns follow these fields of the model's entities, and are not to be led elsewhere. */
static int leads_to_units(const char *name)
{
	static const char *const names[] = {"account", "opportunity", "contact", "owner", "employee"};
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcmp(name, names[i]) == 0)
			return 1;
	return 0;
}

static int extend_field(struct entity *entity, const struct crmval_field *said, const char *plugin,
			struct crmval_error *error)
{
	struct field field = field_of(said, plugin);
	int place = model_field_index(entity, said->name);
	if (place >= 0) {
		const struct field *known = &entity->fields[place];
		if (is_same_field(known, &field))
			return CRMVAL_OK;
		return fail(error, CRMVAL_ECONF,
			    "plugin %s declares %s.%s otherwise than %s%s does: one of the two must call it by another "
			    "name",
			    plugin, entity->name, said->name, known->plugin ? "plugin " : "", by_whom(known->plugin));
	}
	if (!entity->plugin && leads_to_units(said->name))
		return fail(
			error, CRMVAL_ECONF,
			"plugin %s adds %s to %s, an entity of the model whose breakdowns it would change: call it by "
			"another name",
			plugin, said->name, entity->name);
	if (field.type == FIELD_MONEY && !entity->money_date)
		return fail(error, CRMVAL_ECONF, "plugin %s: %s.%s is money, and the entity names no money_date",
			    plugin, entity->name, said->name);
	return add_field(entity, field, error);
}

/* What every entity has: its id, and with money a currency. */
static int begin_entity(struct entity *entity, const struct crmval_entity *said, const char *plugin,
			struct crmval_error *error)
{
	int is_full = 0;
	*entity = (struct entity){.name = keep_text(said->name, &is_full),
				  .money_date = keep_text(said->money_date, &is_full),
				  .plugin = keep_text(plugin, &is_full)};
	if (is_full)
		return fail_memory(error);
	int code = add_field(entity, (struct field){.name = "id", .type = FIELD_KEY, .plugin = plugin}, error);
	if (!code && said->money_date)
		code = add_field(entity,
				 (struct field){.name = "currency",
						.type = FIELD_SYMBOL,
						.is_optional = 1,
						.is_folded = 1,
						.plugin = plugin},
				 error);
	return code;
}

static int extend_entity(const struct crmval_entity *said, const char *plugin, struct crmval_error *error)
{
	int place = model_entity_index(said->name), code = CRMVAL_OK;
	if (place < 0) {
		if (model_entity_count == MODEL_MAX_ENTITIES)
			return fail(error, CRMVAL_ECONF, "plugin %s: there would be more than %d entities", plugin,
				    MODEL_MAX_ENTITIES);
		place = (int)model_entity_count;
		code = begin_entity(&extended.entities[place], said, plugin, error);
		if (!code)
			model_entity_count++;
	}
	struct entity *entity = &extended.entities[place];
	if (!code && said->money_date && !is_same_text(said->money_date, entity->money_date))
		return fail(error, CRMVAL_ECONF,
			    "plugin %s declares the money_date of %s otherwise than %s%s does: one of the two must "
			    "change it",
			    plugin, said->name, entity->plugin ? "plugin " : "", by_whom(entity->plugin));
	for (uint32_t f = 0; f < said->field_count && !code; f++)
		code = extend_field(entity, &said->fields[f], plugin, error);
	int day = !code && said->money_date ? model_field_index(entity, said->money_date) : 0;
	if (!code && said->money_date && (day < 0 || entity->fields[day].type != FIELD_DATE))
		code = fail(error, CRMVAL_ECONF, "plugin %s: %s has no date \"%.64s\", which its money_date names",
			    plugin, said->name, said->money_date);
	return code;
}

/* ---- references ---- */

/* Marks all that an entity's references lead to. */
static void reach(uint32_t entity, unsigned char reached[MODEL_MAX_ENTITIES])
{
	reached[entity] = 1;
	for (uint32_t f = 0; f < model_entities[entity].field_count; f++) {
		const struct field *field = &model_entities[entity].fields[f];
		int target = field->type == FIELD_REFERENCE ? model_entity_index(field->target) : -1;
		if (target >= 0 && !reached[target])
			reach((uint32_t)target, reached);
	}
}

/* Tables are read after those that they refer to, so that there is to be a first one. */
static int check_reference(const struct entity *entity, const struct field *field, const char *plugin,
			   struct crmval_error *error)
{
	unsigned char reached[MODEL_MAX_ENTITIES] = {0};
	int self = model_entity_index(entity->name), target = model_entity_index(field->target);
	if (target < 0)
		return fail(error, CRMVAL_ECONF, "plugin %s: %s.%s refers to \"%.64s\", and there is no such entity",
			    plugin, entity->name, field->name, field->target);
	if (target == self)
		return CRMVAL_OK;
	reach((uint32_t)target, reached);
	if (reached[self])
		return fail(error, CRMVAL_ECONF,
			    "plugin %s: %s.%s refers to %s, which refers back: references must not lead in a circle",
			    plugin, entity->name, field->name, field->target);
	return CRMVAL_OK;
}

static int check_references(const char *plugin, struct crmval_error *error)
{
	int code = CRMVAL_OK;
	for (uint32_t e = 0; e < model_entity_count; e++)
		for (uint32_t f = 0; f < model_entities[e].field_count && !code; f++) {
			const struct field *field = &model_entities[e].fields[f];
			if (field->plugin && field->type == FIELD_REFERENCE)
				code = check_reference(&model_entities[e], field, plugin, error);
		}
	return code;
}

/* ---- the whole ---- */

int model_extend(const struct crmval_plugin *plugin, struct crmval_error *error)
{
	struct entity saved[MODEL_MAX_ENTITIES];
	uint32_t count = model_entity_count;
	int code = CRMVAL_OK;
	if (plugin->entity_count == 0)
		return CRMVAL_OK;
	if (!extended.own) {
		extended.own = model_entities;
		extended.own_count = model_entity_count;
		memcpy(extended.entities, model_entities, model_entity_count * sizeof *model_entities);
		model_entities = extended.entities;
	}
	memcpy(saved, extended.entities, sizeof saved);
	for (uint32_t i = 0; i < plugin->entity_count && !code; i++)
		code = extend_entity(&plugin->entities[i], plugin->name, error);
	if (!code)
		code = check_references(plugin->name, error);
	if (code) {
		memcpy(extended.entities, saved, sizeof saved);
		model_entity_count = count;
	}
	return code;
}

void model_reset(void)
{
	if (!extended.own)
		return;
	model_entities = extended.own;
	model_entity_count = extended.own_count;
	extended.own = NULL;
	arena_free(&extended.arena);
}
