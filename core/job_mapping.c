/* SPDX-License-Identifier: MIT */
/* How a source's columns become an entity's fields: names, words, date formats. */
#include "job_sections.h"

#include "model.h"

#include <string.h>
#include <strings.h>

/* A list's element of the shape ("NAME", X), the name a field of the entity. */
struct pair {
	const struct field *field;
	const struct job_node *name, *other;
};

static const struct entity *entity_of(const struct job_entity *entity)
{
	return &model_entities[model_entity_index(entity->entity)];
}

static int check_field(struct checker *c, const struct job_entity *entity, const struct job_node *node,
		       const struct field **field)
{
	const struct entity *model = entity_of(entity);
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
	snprintf(what, sizeof what, "%s has no field \"%.60s\"", entity->entity, name);
	check_unknown(c, node, what, &near);
	return 0;
}

static int check_pair(struct checker *c, const struct job_entity *entity, const struct job_node *node,
		      const char *advice, struct pair *pair)
{
	if (!check_list(c, node, 2, advice))
		return 0;
	if (node->count > 2) {
		check_problem(c, node, "has %u elements and needs 2; %s", node->count, advice);
		return 0;
	}
	pair->name = node->first;
	pair->other = node->last;
	return check_field(c, entity, pair->name, &pair->field);
}

/* Reports a field that an earlier element of the list names, too. */
static int check_once(struct checker *c, const struct job_node *list, const struct pair *pair)
{
	for (const struct job_node *node = list->first; node != pair->name->parent; node = node->next) {
		if (node->type != NODE_LIST || !node->first || !node->first->text ||
		    strcmp(node->first->text, pair->field->name) != 0)
			continue;
		check_problem(c, pair->name, "the field %s stands here twice; leave one of them out",
			      pair->field->name);
		return 0;
	}
	return 1;
}

static void read_fields(struct checker *c, const struct job_node *list, struct job_entity *entity)
{
	static const char advice[] = "write ( (\"FIELD\", \"COLUMN\"), ... )";
	struct pair pair;
	if (!check_list(c, list, 0, advice) || !(entity->fields = check_array(c, list->count, sizeof *entity->fields)))
		return;
	for (const struct job_node *node = list->first; node; node = node->next) {
		struct job_field *field = &entity->fields[entity->field_count];
		if (!check_pair(c, entity, node, advice, &pair) || !check_text(c, pair.other, &field->column) ||
		    !check_once(c, list, &pair))
			continue;
		field->field = pair.field->name;
		field->line = node->line;
		entity->field_count++;
	}
}

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
	snprintf(what, sizeof what, "\"%.60s\" is no value of %s", word, field->name);
	check_unknown(c, node, what, &near);
	return 0;
}

static void read_words(struct checker *c, const struct field *field, const struct job_node *list,
		       struct job_value_map *map)
{
	static const char advice[] = "write ( (\"IN THE DATA\", \"IN THE MODEL\"), ... )";
	if (!check_list(c, list, 1, advice))
		return;
	const char **from = check_array(c, list->count, sizeof *from);
	const char **to = check_array(c, list->count, sizeof *to);
	if (!from || !to)
		return;
	for (const struct job_node *node = list->first; node; node = node->next) {
		uint32_t n = map->count;
		if (!check_list(c, node, 2, advice) || !check_text(c, node->first, &from[n]) ||
		    !check_text(c, node->first->next, &to[n]) || !check_target(c, field, node->first->next, to[n]))
			continue;
		if (node->count > 2)
			check_problem(c, node, "has %u elements and needs 2; %s", node->count, advice);
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

static void read_values(struct checker *c, const struct job_node *list, struct job_entity *entity)
{
	static const char advice[] = "write ( (\"FIELD\", ( (\"IN THE DATA\", \"IN THE MODEL\"), ... )), ... )";
	struct pair pair;
	if (!check_list(c, list, 0, advice) ||
	    !(entity->value_maps = check_array(c, list->count, sizeof *entity->value_maps)))
		return;
	for (const struct job_node *node = list->first; node; node = node->next) {
		if (!check_pair(c, entity, node, advice, &pair) || !check_once(c, list, &pair))
			continue;
		if (pair.field->type != FIELD_SYMBOL && pair.field->type != FIELD_FLAG) {
			check_problem(c, pair.name,
				      "%s is neither a word of a set nor a flag, so its values cannot be "
				      "mapped; leave it out",
				      pair.field->name);
			continue;
		}
		struct job_value_map map = {0};
		read_words(c, pair.field, pair.other, &map);
		if (map.field)
			entity->value_maps[entity->value_map_count++] = map;
	}
}

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

/* The formats of single fields come first, then the one of all dates: the first that fits is the one to take. */
static void read_dates(struct checker *c, const struct job_node *all, const struct job_node *list,
		       struct job_entity *entity)
{
	static const char advice[] = "write ( (\"FIELD\", \"FORMAT\"), ... )";
	int has_list = list && check_list(c, list, 0, advice);
	entity->date_formats = check_array(c, (has_list ? list->count : 0) + 1, sizeof *entity->date_formats);
	if (!entity->date_formats)
		return;
	for (const struct job_node *node = has_list ? list->first : NULL; node; node = node->next) {
		struct pair pair;
		struct job_date_format *format = &entity->date_formats[entity->date_format_count];
		if (!check_pair(c, entity, node, advice, &pair) || !check_once(c, list, &pair))
			continue;
		if (pair.field->type != FIELD_DATE)
			check_problem(c, pair.name, "%s is no date; leave it out", pair.field->name);
		if (!check_format(c, pair.other, &format->format))
			continue;
		format->field = pair.field->name;
		entity->date_format_count++;
	}
	if (all && check_format(c, all, &entity->date_formats[entity->date_format_count].format))
		entity->date_format_count++;
}

void job_mapping_read(struct checker *c, const struct job_node *group, struct job_entity *entity)
{
	const struct job_node *fields = node_get(group, "fields"), *values = node_get(group, "values");
	if (fields)
		read_fields(c, fields, entity);
	if (values)
		read_values(c, values, entity);
	read_dates(c, node_get(group, "date_format"), node_get(group, "date_formats"), entity);
}
