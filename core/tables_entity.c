/* SPDX-License-Identifier: MIT */
/* What the contract asks of the entities that a plugin declares. */
#include "tables_entity.h"
#include "error.h"
#include "tables.h"
#include "text.h"

#include <string.h>

static int check_words(const char *entity, const struct crmval_field *field, struct crmval_error *error)
{
	if (!field->words)
		return CRMVAL_OK;
	if (field->type != CRMVAL_SYMBOL)
		return fail(error, CRMVAL_ECONF, "field \"%s.%s\": only a symbol has words", entity, field->name);
	if (!field->words[0])
		return fail(error, CRMVAL_ECONF, "field \"%s.%s\": its set of words is empty", entity, field->name);
	for (const char *const *word = field->words; *word; word++) {
		if (!**word || (*word)[strcspn(*word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")])
			return fail(error, CRMVAL_ECONF, "field \"%s.%s\": the word \"%.64s\" is not in lower case",
				    entity, field->name, *word);
		for (const char *const *other = field->words; other < word; other++)
			if (strcmp(*other, *word) == 0)
				return fail(error, CRMVAL_ECONF, "field \"%s.%s\": the word \"%.64s\" stands twice",
					    entity, field->name, *word);
	}
	return CRMVAL_OK;
}

static int check_field(const char *entity, const struct crmval_field *field, struct crmval_error *error)
{
	const char *name = field->name, *wrong = NULL;
	int is_type = (field->type >= CRMVAL_REFERENCE && field->type <= CRMVAL_FLAG) || field->type == CRMVAL_TEXT ||
		      field->type == CRMVAL_MONEY;
	if (!tables_is_name(name) || strlen(name) > 60)
		return fail(error, CRMVAL_ECONF,
			    "entity \"%s\" has a field with the name \"%.64s\": names are lower case letters, digits "
			    "and _, at most 60",
			    entity, name ? name : "");
	if (strcmp(name, "id") == 0 || strcmp(name, "currency") == 0)
		wrong = _("it is there by itself");
	else if (!is_type)
		wrong = _("its type is none of CRMVAL_REFERENCE, _SYMBOL, _DATE, _NUMBER, _FLAG, _TEXT, _MONEY");
	else if (field->flags & ~(uint32_t)(CRMVAL_OPTIONAL | CRMVAL_FOLDED))
		wrong = _("its flags are none of CRMVAL_OPTIONAL, CRMVAL_FOLDED");
	else if ((field->flags & CRMVAL_FOLDED) && field->type != CRMVAL_SYMBOL)
		wrong = _("only a symbol is CRMVAL_FOLDED");
	else if (field->type == CRMVAL_REFERENCE && !tables_is_name(field->target))
		wrong = _("a reference needs a target");
	else if (field->type != CRMVAL_REFERENCE && field->target)
		wrong = _("only a reference has a target");
	else if (!field->help)
		wrong = _("there is no help");
	if (wrong)
		return fail(error, CRMVAL_ECONF, "field \"%s.%s\": %s", entity, name, wrong);
	return check_words(entity, field, error);
}

static int check_entity(const struct crmval_entity *entity, struct crmval_error *error)
{
	if (!tables_is_name(entity->name) || strlen(entity->name) > 60)
		return fail(error, CRMVAL_ECONF,
			    "an entity has the name \"%.64s\": names are lower case letters, digits and _, at most 60",
			    entity->name ? entity->name : "");
	if (!entity->title)
		return fail(error, CRMVAL_ECONF, "entity \"%s\": there is no title", entity->name);
	if (entity->field_count == 0)
		return fail(error, CRMVAL_ECONF, "entity \"%s\": there are no fields", entity->name);
	for (uint32_t f = 0; f < entity->field_count; f++) {
		int code = check_field(entity->name, &entity->fields[f], error);
		for (uint32_t g = 0; g < f && !code; g++)
			if (strcmp(entity->fields[f].name, entity->fields[g].name) == 0)
				code = fail(error, CRMVAL_ECONF,
					    "entity \"%s\": there are two of the fields named \"%s\"", entity->name,
					    entity->fields[f].name);
		if (code)
			return code;
	}
	return CRMVAL_OK;
}

int tables_check_entities(const struct crmval_plugin *plugin, struct crmval_error *error)
{
	for (uint32_t i = 0; i < plugin->entity_count; i++) {
		int code = check_entity(&plugin->entities[i], error);
		for (uint32_t j = 0; j < i && !code; j++)
			if (strcmp(plugin->entities[i].name, plugin->entities[j].name) == 0)
				code = fail(error, CRMVAL_ECONF, "there are two of the entities named \"%s\"",
					    plugin->entities[i].name);
		if (code)
			return code;
	}
	return CRMVAL_OK;
}
