/* SPDX-License-Identifier: MIT */
/*
 * How a table's columns become an entity's fields: names, expressions, words, date formats, rows passed over.
 *
 * Each list is read from several groups in turn, and what a later one says of a name replaces what an earlier one said.
 */
#include "job_sections.h"

#include "model.h"
#include "text.h"

#include <string.h>
#include <strings.h>

/* A list's element of the shape ("NAME", X), the name a field of the entity. */
struct pair {
	const struct field *field;
	const struct job_node *name, *other;
};

static int check_field(struct checker *c, const char *entity, const struct job_node *node, const struct field **field)
{
	const struct entity *model = &model_entities[model_entity_index(entity)];
	const char *name;
	struct near near;
	char what[160];
	if (!check_text(c, node, &name))
		return 0;
	int place = model_field_index(model, name);
	if (place >= 0)
		return *field = &model->fields[place], 1;
	near_start(&near, name);
	for (uint32_t i = 0; i < model->field_count; i++)
		near_offer(&near, model->fields[i].name);
	snprintf(what, sizeof what, _("%s has no field \"%.60s\""), entity, name);
	check_unknown(c, node, what, &near);
	return 0;
}

/* Is it a list of two elements? */
static int check_two(struct checker *c, const struct job_node *node, const char *advice)
{
	if (!check_list(c, node, 2, advice))
		return 0;
	if (node->count > 2)
		check_problem(c, node, "has %u elements and needs 2; %s", node->count, advice);
	return node->count == 2;
}

/* Reports a name that an earlier element of the list has, too. */
static int check_once(struct checker *c, const struct job_node *pair, const char *kind)
{
	const struct job_node *name = pair->first;
	for (const struct job_node *node = pair->parent->first; node != pair; node = node->next) {
		if (node->type != NODE_LIST || !node->first || !node->first->text ||
		    strcmp(node->first->text, name->text) != 0)
			continue;
		check_problem(c, name, "%s%.60s stands here twice; leave one of them out", kind, name->text);
		return 0;
	}
	return 1;
}

static int check_pair(struct checker *c, const char *entity, const struct job_node *node, const char *advice,
		      struct pair *pair)
{
	if (!check_two(c, node, advice))
		return 0;
	pair->name = node->first;
	pair->other = node->last;
	return check_field(c, entity, pair->name, &pair->field);
}

int job_expression_read(struct checker *c, const struct job_node *node, const char *text,
			const struct expression **expression)
{
	struct crmval_error error = {.struct_size = sizeof error};
	int code = expression_parse(text, c->arena, expression, &error);
	if (code == CRMVAL_ENOMEM)
		c->is_full = 1;
	else if (code != CRMVAL_OK)
		check_problem(c, node, "%s", error.message);
	return code == CRMVAL_OK;
}

void job_fields_read(struct checker *c, const struct job_node *list, struct job_part *part)
{
	static const char advice[] = N_("write ( (\"FIELD\", \"COLUMN\"), ... )");
	struct pair pair;
	if (!list || !check_list(c, list, 0, advice))
		return;
	for (const struct job_node *node = list->first; node; node = node->next) {
		struct job_field field = {.line = node->line, .is_default = node_file(node) != NULL};
		uint32_t i = 0;
		if (!check_pair(c, part->entity, node, advice, &pair) || !check_text(c, pair.other, &field.column) ||
		    !check_once(c, node, _("the field ")))
			continue;
		if (field.column[0] == '=' && !job_expression_read(c, pair.other, field.column + 1, &field.expression))
			continue;
		field.field = pair.field->name;
		while (i < part->field_count && strcmp(part->fields[i].field, field.field) != 0)
			i++;
		part->fields[i] = field;
		part->field_count += i == part->field_count;
	}
}

void job_skips_read(struct checker *c, const struct job_node *list, struct job_skip *skips, uint32_t *count)
{
	static const char advice[] = N_("write ( (\"what is passed over\", \"EXPRESSION\"), ... )");
	if (!list || !check_list(c, list, 0, advice))
		return;
	for (const struct job_node *node = list->first; node; node = node->next) {
		struct job_skip skip = {.line = node->line, .is_default = node_file(node) != NULL};
		const char *text;
		uint32_t i = 0;
		if (!check_two(c, node, advice) || !check_text(c, node->first, &skip.what) ||
		    !check_text(c, node->last, &text) || !check_once(c, node, _("the name ")))
			continue;
		if (*text && !job_expression_read(c, node->last, text, &skip.when))
			continue;
		while (i < *count && strcmp(skips[i].what, skip.what) != 0)
			i++;
		skips[i] = skip;
		*count += i == *count;
	}
}

/* ---- words ---- */

/* What a word becomes must be something that the field can be; "" is missing. */
static int check_target(struct checker *c, const struct field *field, const struct job_node *node, const char *word)
{
	static const char *const flag_words[] = {"true", "false", "yes", "no", "y", "n", "t", "f", "1", "0", NULL};
	const char *const *words = field->type == FIELD_FLAG ? flag_words : field->words;
	struct near near;
	char what[160];
	if (!words || !word[0])
		return 1;
	near_start(&near, word);
	for (; *words; words++) {
		if (strcasecmp(*words, word) == 0)
			return 1;
		near_offer(&near, *words);
	}
	snprintf(what, sizeof what, _("\"%.60s\" is no value of %s"), word, field->name);
	check_unknown(c, node, what, &near);
	return 0;
}

static void read_words(struct checker *c, const struct field *field, const struct job_node *list,
		       struct job_value_map *map)
{
	static const char advice[] = N_("write ( (\"IN THE DATA\", \"IN THE MODEL\"), ... )");
	if (!check_list(c, list, 1, advice))
		return;
	const char **from = check_array(c, list->count, sizeof *from);
	const char **to = check_array(c, list->count, sizeof *to);
	if (!from || !to)
		return;
	for (const struct job_node *node = list->first; node; node = node->next) {
		uint32_t n = map->count;
		if (!check_two(c, node, advice) || !check_text(c, node->first, &from[n]) ||
		    !check_text(c, node->last, &to[n]) || !check_target(c, field, node->last, to[n]))
			continue;
		for (uint32_t i = 0; i < n; i++)
			if (strcmp(from[i], from[n]) == 0)
				check_problem(c, node->first, "\"%.60s\" stands here twice; leave one of them out",
					      from[n]);
		map->count++;
	}
	map->field = field->name;
	map->from = from;
	map->to = to;
}

void job_values_read(struct checker *c, const struct job_node *list, struct job_part *part)
{
	static const char advice[] = N_("write ( (\"FIELD\", ( (\"IN THE DATA\", \"IN THE MODEL\"), ... )), ... )");
	struct pair pair;
	if (!list || !check_list(c, list, 0, advice))
		return;
	for (const struct job_node *node = list->first; node; node = node->next) {
		struct job_value_map map = {0};
		uint32_t i = 0;
		if (!check_pair(c, part->entity, node, advice, &pair) || !check_once(c, node, _("the field ")))
			continue;
		if (pair.field->type != FIELD_SYMBOL && pair.field->type != FIELD_FLAG) {
			check_problem(c, pair.name,
				      "%s is neither a word of a set nor a flag, so its values cannot be "
				      "mapped; leave it out",
				      pair.field->name);
			continue;
		}
		read_words(c, pair.field, pair.other, &map);
		while (i < part->value_map_count && strcmp(part->value_maps[i].field, pair.field->name) != 0)
			i++;
		if (map.field) {
			part->value_maps[i] = map;
			part->value_map_count += i == part->value_map_count;
		}
	}
}

/* ---- dates ---- */

/* A day needs a year, a month and a day of the month. */
static int check_format(struct checker *c, const struct job_node *node, const char **format)
{
	const char *text;
	if (!check_text(c, node, &text))
		return 0;
	int has_year = 0, has_month = 0, has_day = 0;
	for (const char *p = strchr(text, '%'); p; p = strchr(p + 2, '%')) {
		if (!p[1] || !strchr("YymdHIMSpbT%", p[1])) {
			check_problem(c, node,
				      "%%%.1s is no part of a date that is known here; known are %%Y %%y %%m "
				      "%%b %%d %%H %%I %%M %%S %%T %%p %%%%",
				      p + 1);
			return 0;
		}
		has_year |= p[1] == 'Y' || p[1] == 'y';
		has_month |= p[1] == 'm' || p[1] == 'b';
		has_day |= p[1] == 'd';
	}
	if (!has_year || !has_month || !has_day) {
		check_problem(c, node, "\"%.60s\" does not tell a day; write year, month and day, as in %%d/%%m/%%Y",
			      text);
		return 0;
	}
	*format = text;
	return 1;
}

/* Puts a format in its place: that of all dates comes last, so that the first that fits is the one to take. */
static void set_format(struct job_part *part, struct job_date_format format)
{
	struct job_date_format *formats = part->date_formats;
	uint32_t i = 0, end = part->date_format_count;
	int has_all = end > 0 && !formats[end - 1].field;
	if (!format.field) {
		formats[has_all ? end - 1 : end] = format;
		part->date_format_count += !has_all;
		return;
	}
	while (i < end - (uint32_t)has_all && strcmp(formats[i].field, format.field) != 0)
		i++;
	if (i == end - (uint32_t)has_all) {
		if (has_all)
			formats[end] = formats[end - 1];
		part->date_format_count++;
	}
	formats[i] = format;
}

void job_dates_read(struct checker *c, const struct job_node *all, const struct job_node *list, struct job_part *part)
{
	static const char advice[] = N_("write ( (\"FIELD\", \"FORMAT\"), ... )");
	int has_list = list && check_list(c, list, 0, advice);
	struct job_date_format format = {0};
	for (const struct job_node *node = has_list ? list->first : NULL; node; node = node->next) {
		struct pair pair;
		if (!check_pair(c, part->entity, node, advice, &pair) || !check_once(c, node, _("the field ")))
			continue;
		if (pair.field->type != FIELD_DATE)
			check_problem(c, pair.name, "%s is no date; leave it out", pair.field->name);
		else if (check_format(c, pair.other, &format.format)) {
			format.field = pair.field->name;
			set_format(part, format);
		}
	}
	format.field = NULL;
	if (all && check_format(c, all, &format.format))
		set_format(part, format);
}

/* ---- advice ---- */

void job_advice_read(struct checker *c, const char *entity, const struct job_node *list, struct job_mapping *mapping)
{
	static const char advice[] = N_("write ( (\"FIELD\", \"what to do\"), ... )");
	struct pair pair;
	if (!list || !check_list(c, list, 0, advice))
		return;
	for (const struct job_node *node = list->first; node; node = node->next) {
		struct job_advice said = {.entity = entity};
		uint32_t i = 0;
		if (!check_pair(c, entity, node, advice, &pair) || !check_text(c, pair.other, &said.text) ||
		    !check_once(c, node, _("the field ")))
			continue;
		said.field = pair.field->name;
		while (i < mapping->advice_count && (strcmp(mapping->advice[i].entity, entity) != 0 ||
						     strcmp(mapping->advice[i].field, said.field) != 0))
			i++;
		mapping->advice[i] = said;
		mapping->advice_count += i == mapping->advice_count;
	}
}
