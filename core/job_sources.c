/* SPDX-License-Identifier: MIT */
/* The sources of a job: where the data come from. */
#include "job_sections.h"

#include "job_options.h"
#include "text.h"

static void read_source(struct checker *c, struct job_node *group)
{
	const struct job_node *plugin = node_get(group, "plugin");
	struct job_source source = {.line = group->line, .setting = group};
	if (!check_group(c, group))
		return;
	if (!plugin)
		check_missing(c, group, "plugin", "name the source, as in plugin = \"csv\"");
	else if (check_plugin_name(c, plugin, &source.plugin))
		c->job->sources[c->job->source_count++] = source;
}

void job_sources_read(struct checker *c, const struct job_node *root)
{
	static const char advice[] = N_("write sources = ( { plugin = \"csv\"; directory = \"DIR\"; } );");
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
	static const char *const keys[] = {"plugin", "mapping", "ids",      "ignore_case",
					   "nulls",  "lookups", "entities", NULL};
	static const char *const none[] = {NULL};
	struct checker c = checker_of(job, problems);
	struct job_source *bound = &job->sources[i];
	if (source) {
		bound->options = options_bind(&c, bound->setting, NULL, source->options, source->option_count, keys);
		bound->default_table_options =
			options_bind(&c, NULL, NULL, source->table_options, source->table_option_count, none);
	}
	job_mapping_read(&c, bound->setting, bound->plugin, source, &bound->mapping);
	check_memory(&c);
}
