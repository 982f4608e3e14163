/* SPDX-License-Identifier: MIT */
/*
 * The mapping of a source, from two layers: the defaults, of a mapping file or of the plugin's own text, and the job.
 *
 * What is said of one table may stand in up to four groups: of the entity and of its part, in either layer.  They are kept in
 * rising order of precedence, and read in that order.
 */
#include "job_sections.h"

#include "job_digest.h"
#include "job_file.h"
#include "job_options.h"
#include "model.h"
#include "text.h"

#include <string.h>

enum { DEFAULTS, JOB, LAYERS };
enum { GROUPS = 2 * LAYERS };

static const char *const mapping_keys[] = {"ids", "ignore_case", "nulls", "lookups", "entities", NULL};

/* What is read for one source. */
struct layers {
	struct checker *c;
	const struct crmval_source *plugin;
	const struct job_node *roots[LAYERS]; /* NULL: there is none */
	struct job_mapping *mapping;
};

/* ---- the layers ---- */

static const struct job_node *read_tree(struct checker *c, const struct job_node *node, const char *name,
					const char *text)
{
	struct crmval_error error = {.struct_size = sizeof error};
	struct job_node *root = NULL;
	char *file_text = NULL;
	size_t size;
	int code = CRMVAL_OK;
	if (!text) {
		code = job_file_read(name, c->arena, &file_text, &size, c->problems, &error);
		text = file_text ? job_file_text(file_text) : NULL;
	}
	if (code == CRMVAL_OK && text)
		code = job_tree_parse(name, text, c->arena, &root, c->problems, &error);
	if (code == CRMVAL_ENOMEM)
		c->is_full = 1;
	else if (code != CRMVAL_OK)
		check_problem(c, node, "%s", error.message);
	if (root) {
		root->file = name;
		check_keys(c, root, mapping_keys);
	}
	return root;
}

/* A source of an older minor version has no mapping of its own. */
static const char *own_mapping(const struct crmval_source *plugin)
{
	return plugin && plugin->struct_size > offsetof(struct crmval_source, mapping) ? plugin->mapping : NULL;
}

static void find_defaults(struct layers *layers, const char *plugin_name)
{
	struct checker *c = layers->c;
	const struct job_node *node = node_get(layers->roots[JOB], "mapping");
	const char *path, *text = own_mapping(layers->plugin);
	if (node && node->text && !node->text[0])
		return;
	if (node) {
		if (check_path(c, node, &path)) {
			layers->roots[DEFAULTS] = read_tree(c, node, path, NULL);
			layers->mapping->file = path;
		}
	} else if (text) {
		char *name = arena_printf(c->arena, _("the mapping of plugin %s"), plugin_name);
		if (name)
			layers->roots[DEFAULTS] = read_tree(c, layers->roots[JOB], name, text);
		else
			c->is_full = 1;
	}
}

/* A key of the highest layer that has it. */
static const struct job_node *find_key(const struct job_node *const *groups, int count, const char *key)
{
	while (count-- > 0) {
		const struct job_node *node = node_get(groups[count], key);
		if (node)
			return node;
	}
	return NULL;
}

/* One group of the keys of several, later ones over earlier ones, but for those that are read for themselves. */
static struct job_node *merge(struct checker *c, const struct job_node *const *groups, int count,
			      const char *const *left_out)
{
	struct job_node *merged = check_array(c, 1, sizeof *merged);
	for (int g = 0; merged && g < count; g++) {
		if (!groups[g])
			continue;
		merged->line = groups[g]->line;
		merged->name = groups[g]->name;
		merged->parent = groups[g]->parent;
		for (const struct job_node *node = groups[g]->first; node; node = node->next) {
			const char *const *word = left_out;
			while (*word && strcmp(*word, node->name) != 0)
				word++;
			struct job_node *copy = *word ? NULL : node_get(merged, node->name);
			if (*word)
				continue;
			if (!copy && (copy = check_array(c, 1, sizeof *copy))) {
				*(merged->last ? &merged->last->next : &merged->first) = copy;
				merged->last = copy;
				merged->count++;
			}
			if (!copy)
				return NULL;
			struct job_node *next = copy->next;
			*copy = *node;
			copy->next = next;
		}
	}
	return merged;
}

static struct crmval_value *bind_table_options(struct layers *layers, const struct job_node *const *groups, int count,
					       const char *const *keys)
{
	const struct crmval_source *plugin = layers->plugin;
	struct job_node *merged = plugin ? merge(layers->c, groups, count, keys) : NULL;
	return merged ? options_bind(layers->c, merged, NULL, plugin->table_options, plugin->table_option_count, keys)
		      : NULL;
}

/* ---- parts ---- */

static uint32_t count_in(const struct job_node *const *groups, int count, const char *key)
{
	uint32_t all = 0;
	for (int g = 0; g < count; g++) {
		const struct job_node *node = node_get(groups[g], key);
		all += node ? node->count : 0;
	}
	return all;
}

static void read_text(struct checker *c, const struct job_node *const *groups, int count, const char *key,
		      const char **text)
{
	const struct job_node *node = find_key(groups, count, key);
	if (node)
		check_text(c, node, text);
}

/* Of an entity that has parts: what stands with it must hold for all of them. */
static void check_entity_keys(struct layers *layers, const struct job_node *group)
{
	static const char *const shared[] = {"fields", "values", "date_format", "date_formats",
					     "skip",   "advice", "parts",       NULL};
	for (const struct job_node *node = group ? group->first : NULL; node; node = node->next) {
		const char *const *word = shared;
		struct near near;
		near_start(&near, node->name);
		for (; *word && strcmp(*word, node->name) != 0; word++)
			near_offer(&near, *word);
		if (!*word)
			check_unknown(layers->c, node,
				      _("cannot stand here, since the entity has parts; write it into "
					"parts.NAME"),
				      &near);
	}
}

static void read_part(struct layers *layers, const char *entity, const char *name,
		      const struct job_node *const groups[GROUPS])
{
	/* A part has neither advice nor parts of its own. */
	static const char *const keys[] = {"advice", "parts",  "from",        "unless",       "skip",
					   "fields", "values", "date_format", "date_formats", NULL};
	const char *const *own_keys = keys + (name ? 2 : 0);
	struct checker *c = layers->c;
	struct job_part *part = &layers->mapping->parts[layers->mapping->part_count++];
	const struct entity *model = &model_entities[model_entity_index(entity)];
	const struct job_node *job = name ? groups[GROUPS - 1] : groups[GROUPS - 2];
	const struct job_node *defaults = groups[name ? 1 : 0];
	*part = (struct job_part){
		.entity = entity, .name = name, .from = entity, .is_default = defaults && !node_get(job, "from")};
	part->line = job ? job->line : 0;
	part->fields = check_array(c, model->field_count, sizeof *part->fields);
	part->value_maps = check_array(c, model->field_count, sizeof *part->value_maps);
	part->date_formats = check_array(c, (size_t)model->field_count + 1, sizeof *part->date_formats);
	part->skips = check_array(c, count_in(groups, GROUPS, "skip"), sizeof *part->skips);
	if (!part->fields || !part->value_maps || !part->date_formats || !part->skips)
		return;
	read_text(c, groups, GROUPS, "from", &part->from);
	read_text(c, groups, GROUPS, "unless", &part->unless);
	for (int g = 0; g < GROUPS; g++) {
		job_fields_read(c, node_get(groups[g], "fields"), part);
		job_values_read(c, node_get(groups[g], "values"), part);
		job_dates_read(c, node_get(groups[g], "date_format"), node_get(groups[g], "date_formats"), part);
		job_skips_read(c, node_get(groups[g], "skip"), part->skips, &part->skip_count);
	}
	/* With parts, what stands with the entity is no option: check_entity_keys() has said so. */
	const struct job_node *own[LAYERS] = {groups[name ? 1 : 0], groups[name ? 3 : 2]};
	part->table_options = bind_table_options(layers, own, LAYERS, own_keys);
}

/* The parts of an entity, those of the defaults first. */
static void read_parts(struct layers *layers, const char *entity, const struct job_node *const entities[LAYERS])
{
	const struct job_node *parts[LAYERS];
	for (int l = 0; l < LAYERS; l++) {
		parts[l] = node_get(entities[l], "parts");
		if (parts[l] && !check_group(layers->c, parts[l]))
			parts[l] = NULL;
		check_entity_keys(layers, entities[l]);
	}
	for (int l = 0; l < LAYERS; l++)
		for (const struct job_node *node = parts[l] ? parts[l]->first : NULL; node; node = node->next) {
			const struct job_node *own[LAYERS] = {node_get(parts[DEFAULTS], node->name),
							      node_get(parts[JOB], node->name)};
			const struct job_node *groups[GROUPS] = {entities[DEFAULTS], own[DEFAULTS], entities[JOB],
								 own[JOB]};
			if ((l == JOB && own[DEFAULTS]) || !check_group(layers->c, node))
				continue;
			read_part(layers, entity, node->name, groups);
		}
}

static void read_entity(struct layers *layers, const char *entity)
{
	const struct job_node *entities[LAYERS];
	for (int l = 0; l < LAYERS; l++) {
		entities[l] = node_get(node_get(layers->roots[l], "entities"), entity);
		if (entities[l] && !check_group(layers->c, entities[l]))
			entities[l] = NULL;
		job_advice_read(layers->c, entity, node_get(entities[l], "advice"), layers->mapping);
	}
	if (find_key(entities, LAYERS, "parts")) {
		read_parts(layers, entity, entities);
	} else if (entities[DEFAULTS] || entities[JOB]) {
		const struct job_node *groups[GROUPS] = {entities[DEFAULTS], NULL, entities[JOB], NULL};
		read_part(layers, entity, NULL, groups);
	}
}

static void check_entity_name(struct checker *c, const struct job_node *node)
{
	struct near near;
	if (model_entity_index(node->name) >= 0)
		return;
	near_start(&near, node->name);
	for (uint32_t i = 0; i < model_entity_count; i++)
		near_offer(&near, model_entities[i].name);
	check_unknown(c, node, _("is no entity of the model"), &near);
}

static void read_entities(struct layers *layers)
{
	struct job_mapping *mapping = layers->mapping;
	uint32_t parts = 0, advice = 0;
	for (int l = 0; l < LAYERS; l++) {
		const struct job_node *group = node_get(layers->roots[l], "entities");
		if (group && !check_group(layers->c, group))
			continue;
		for (const struct job_node *node = group ? group->first : NULL; node; node = node->next) {
			const struct job_node *own = node_get(node, "parts"), *said = node_get(node, "advice");
			check_entity_name(layers->c, node);
			parts += 1 + (own ? own->count : 0);
			advice += said ? said->count : 0;
		}
	}
	mapping->parts = check_array(layers->c, parts, sizeof *mapping->parts);
	mapping->advice = check_array(layers->c, advice, sizeof *mapping->advice);
	for (uint32_t e = 0; mapping->parts && mapping->advice && e < model_entity_count; e++)
		read_entity(layers, model_entities[e].name);
}

/* ---- lookups ---- */

static void read_expression(struct checker *c, const struct job_node *const *groups, const char *key,
			    const struct expression **expression, int *is_default)
{
	const struct job_node *node = find_key(groups, LAYERS, key);
	const char *text;
	*is_default = node && node_file(node);
	if (!node || !check_text(c, node, &text) || (!*text && strcmp(key, "order") == 0) ||
	    !job_expression_read(c, node, text, expression))
		return;
	for (uint32_t i = 0; i < (*expression)->use_count; i++)
		if ((*expression)->uses[i].lookup)
			check_problem(c, node, "a lookup cannot use another one (%s)", (*expression)->uses[i].lookup);
}

static void read_lookup(struct layers *layers, const char *name, const struct job_node *const groups[LAYERS])
{
	static const char *const keys[] = {"from", "by", "order", "pick", "skip", NULL};
	static const char *const picks[] = {"first", "last", NULL};
	struct checker *c = layers->c;
	const struct job_node *group = groups[JOB] ? groups[JOB] : groups[DEFAULTS];
	const struct job_node *pick = find_key(groups, LAYERS, "pick");
	struct job_lookup *lookup = &layers->mapping->lookups[layers->mapping->lookup_count++];
	*lookup = (struct job_lookup){
		.name = name, .line = group->line, .is_default = groups[DEFAULTS] && !node_get(groups[JOB], "from")};
	lookup->skips = check_array(c, count_in(groups, LAYERS, "skip"), sizeof *lookup->skips);
	if (!lookup->skips)
		return;
	read_text(c, groups, LAYERS, "from", &lookup->from);
	if (!lookup->from && !find_key(groups, LAYERS, "from"))
		check_missing(c, group, "from", "name the table that it looks into");
	if (!find_key(groups, LAYERS, "by"))
		check_missing(c, group, "by", "name the column whose value a row is found by");
	read_expression(c, groups, "by", &lookup->by, &lookup->is_by_default);
	read_expression(c, groups, "order", &lookup->order, &lookup->is_order_default);
	if (pick)
		check_word(c, pick, picks, &lookup->is_last);
	for (int l = 0; l < LAYERS; l++)
		job_skips_read(c, node_get(groups[l], "skip"), lookup->skips, &lookup->skip_count);
	for (uint32_t i = 0; i < lookup->skip_count; i++)
		for (uint32_t u = 0; lookup->skips[i].when && u < lookup->skips[i].when->use_count; u++)
			if (lookup->skips[i].when->uses[u].lookup)
				check_problem(c, group, "skip \"%.60s\": a lookup cannot use another one",
					      lookup->skips[i].what);
	lookup->table_options = bind_table_options(layers, groups, LAYERS, keys);
}

static void read_lookups(struct layers *layers)
{
	struct checker *c = layers->c;
	const struct job_node *lookups[LAYERS];
	for (int l = 0; l < LAYERS; l++) {
		lookups[l] = node_get(layers->roots[l], "lookups");
		if (lookups[l] && !check_group(c, lookups[l]))
			lookups[l] = NULL;
	}
	layers->mapping->lookups =
		check_array(c, count_in(layers->roots, LAYERS, "lookups"), sizeof *layers->mapping->lookups);
	for (int l = 0; l < LAYERS && layers->mapping->lookups; l++)
		for (const struct job_node *node = lookups[l] ? lookups[l]->first : NULL; node; node = node->next) {
			const struct job_node *groups[LAYERS] = {node_get(lookups[DEFAULTS], node->name),
								 node_get(lookups[JOB], node->name)};
			if ((l == DEFAULTS || !groups[DEFAULTS]) && check_group(c, node))
				read_lookup(layers, node->name, groups);
		}
}

/* Where something stands that is known by its line alone. */
static void report_use(struct layers *layers, const struct job_part *part, const char *key, int line, int is_default,
		       const char *text)
{
	char group[128] = "";
	const char *file = is_default ? node_file(layers->roots[DEFAULTS]) : layers->c->job->path;
	if (!is_default)
		node_path(layers->roots[JOB], group, sizeof group);
	problems_add(layers->c->problems, file, line, "%s%sentities.%s%s%s.%s: %s", group, *group ? "." : "",
		     part->entity, part->name ? ".parts." : "", part->name ? part->name : "", key, text);
}

/* Every lookup that an expression names must be there. */
static void check_uses(struct layers *layers, const struct job_part *part, const char *key, int line, int is_default,
		       const struct expression *expression)
{
	const struct job_mapping *mapping = layers->mapping;
	for (uint32_t u = 0; expression && u < expression->use_count; u++) {
		const char *name = expression->uses[u].lookup;
		struct near near;
		char advice[600], text[720];
		uint32_t i = 0;
		if (!name)
			continue;
		near_start(&near, name);
		for (; i < mapping->lookup_count && strcmp(mapping->lookups[i].name, name) != 0; i++)
			near_offer(&near, mapping->lookups[i].name);
		if (i < mapping->lookup_count)
			continue;
		near_advice(&near, advice, sizeof advice);
		snprintf(text, sizeof text, _("there is no lookup \"%.80s\"; %s"), name, advice);
		report_use(layers, part, key, line, is_default, text);
	}
}

static void check_all_uses(struct layers *layers)
{
	for (uint32_t p = 0; p < layers->mapping->part_count; p++) {
		const struct job_part *part = &layers->mapping->parts[p];
		for (uint32_t i = 0; i < part->field_count; i++)
			check_uses(layers, part, "fields", part->fields[i].line, part->fields[i].is_default,
				   part->fields[i].expression);
		for (uint32_t i = 0; i < part->skip_count; i++)
			check_uses(layers, part, "skip", part->skips[i].line, part->skips[i].is_default,
				   part->skips[i].when);
	}
}

/* ---- the whole ---- */

void job_mapping_read(struct checker *c, const struct job_node *group, const char *plugin_name,
		      const struct crmval_source *plugin, struct job_mapping *mapping)
{
	static const char *const ids[] = {"exact", "salesforce", NULL};
	struct layers layers = {.c = c, .plugin = plugin, .roots = {NULL, group}, .mapping = mapping};
	int place = IDS_EXACT;
	*mapping = (struct job_mapping){0};
	find_defaults(&layers, plugin_name);
	const struct job_node *node = find_key(layers.roots, LAYERS, "ids");
	if (node && check_word(c, node, ids, &place))
		mapping->ids = (enum job_ids)place;
	node = find_key(layers.roots, LAYERS, "ignore_case");
	if (node)
		check_flag(c, node, &mapping->ignore_case);
	node = find_key(layers.roots, LAYERS, "nulls");
	if (node)
		check_words(c, node, 0, &mapping->nulls, &mapping->null_count);
	read_lookups(&layers);
	read_entities(&layers);
	check_all_uses(&layers);
	job_digest_source(group, layers.roots[DEFAULTS], plugin, mapping->sha256);
}
