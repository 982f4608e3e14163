/* SPDX-License-Identifier: MIT */
/* The sources of a job: where the data come from, entity by entity. */
#include "job_sections.h"

#include "job_options.h"
#include "model.h"

static void read_entity(struct checker *c, struct job_node *group, struct job_source *source)
{
	struct near near;
	int place = model_entity_index(group->name);
	if (place < 0) {
		near_start(&near, group->name);
		for (uint32_t i = 0; i < model_entity_count; i++)
			near_offer(&near, model_entities[i].name);
		check_unknown(c, group, "is no entity of the model", &near);
		return;
	}
	if (!check_group(c, group))
		return;
	struct job_entity *entity = &source->entities[source->entity_count++];
	entity->entity = model_entities[place].name;
	entity->line = group->line;
	entity->setting = group;
	job_mapping_read(c, group, entity);
}

static void read_source(struct checker *c, struct job_node *group)
{
	const struct job_node *plugin = node_get(group, "plugin"), *entities = node_get(group, "entities");
	struct job_source source = {.line = group->line, .setting = group};
	if (!check_group(c, group))
		return;
	if (entities && check_group(c, entities) &&
	    (source.entities = check_array(c, entities->count, sizeof *source.entities)))
		for (struct job_node *node = entities->first; node; node = node->next)
			read_entity(c, node, &source);
	if (!plugin)
		check_missing(c, group, "plugin", "name the source, as in plugin = \"csv\"");
	else if (check_plugin_name(c, plugin, &source.plugin))
		c->job->sources[c->job->source_count++] = source;
}

void job_sources_read(struct checker *c, const struct job_node *root)
{
	static const char advice[] = "write sources = ( { plugin = \"csv\"; directory = \"DIR\"; } );";
	const struct job_node *list = node_get(root, "sources");
	if (!list)
		check_missing(c, root, "sources", advice);
	if (!list || !check_list(c, list, 1, advice) ||
	    !(c->job->sources = check_array(c, list->count, sizeof *c->job->sources)))
		return;
	for (struct job_node *node = list->first; node; node = node->next)
		read_source(c, node);
}

void job_bind_source(struct job *job, uint32_t i, const struct crmval_source *source, struct problems *problems)
{
	static const char *const source_keys[] = {"plugin", "entities", NULL};
	static const char *const entity_keys[] = {"fields", "values", "date_format", "date_formats", NULL};
	struct checker c = checker_of(job, problems);
	struct job_source *bound = &job->sources[i];
	bound->options = options_bind(&c, bound->setting, NULL, source->options, source->option_count, source_keys);
	bound->default_table_options =
		options_bind(&c, NULL, NULL, source->table_options, source->table_option_count, entity_keys);
	for (uint32_t k = 0; k < bound->entity_count; k++)
		bound->entities[k].table_options =
			options_bind(&c, bound->entities[k].setting, NULL, source->table_options,
				     source->table_option_count, entity_keys);
	check_memory(&c);
}
