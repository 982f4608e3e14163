/* SPDX-License-Identifier: MIT */
/* libconfig parses; its settings are copied into nodes, which can be changed and know where they come from. */
#include "job_tree.h"

#include "arena.h"
#include "error.h"
#include "hash.h"
#include "job_file.h"
#include "text.h"

#include <libconfig.h>
#include <stdlib.h>
#include <string.h>

struct job_node *node_get(const struct job_node *group, const char *name)
{
	if (!group || group->type != NODE_GROUP)
		return NULL;
	for (struct job_node *node = group->first; node; node = node->next)
		if (strcmp(node->name, name) == 0)
			return node;
	return NULL;
}

static uint32_t node_place(const struct job_node *node)
{
	uint32_t place = 0;
	for (const struct job_node *other = node->parent->first; other != node; other = other->next)
		place++;
	return place;
}

void node_path(const struct job_node *node, char *out, size_t size)
{
	out[0] = 0;
	if (!node->parent)
		return;
	node_path(node->parent, out, size);
	size_t used = strlen(out);
	const char *dot = used ? "." : "";
	if (node->name)
		snprintf(out + used, size - used, "%s%s", dot, node->name);
	else
		snprintf(out + used, size - used, "%s[%u]", dot, node_place(node));
}

const char *node_origin(const struct job_node *node)
{
	while (node && !node->origin)
		node = node->parent;
	return node ? node->origin : NULL;
}

const char *node_file(const struct job_node *node)
{
	while (node->parent)
		node = node->parent;
	return node->file;
}

/* ---- from libconfig ---- */

static struct job_node *node_new(struct arena *arena, struct job_node *parent, const char *name)
{
	struct job_node *node = arena_alloc(arena, sizeof *node);
	if (!node || (name && !(node->name = arena_strdup(arena, name))))
		return NULL;
	node->parent = parent;
	if (parent) {
		*(parent->last ? &parent->last->next : &parent->first) = node;
		parent->last = node;
		parent->count++;
	}
	return node;
}

/* 0: filled; else out of memory.  What is not in the file has no lines. */
static int node_fill(struct arena *arena, struct job_node *node, const config_setting_t *setting, int is_in_file)
{
	node->line = is_in_file ? (int)config_setting_source_line(setting) : 0;
	switch (config_setting_type(setting)) {
	case CONFIG_TYPE_INT:
		node->type = NODE_NUMBER;
		node->number = config_setting_get_int(setting);
		return 0;
	case CONFIG_TYPE_INT64:
		node->type = NODE_NUMBER;
		node->number = (double)config_setting_get_int64(setting);
		return 0;
	case CONFIG_TYPE_FLOAT:
		node->type = NODE_NUMBER;
		node->number = config_setting_get_float(setting);
		return 0;
	case CONFIG_TYPE_BOOL:
		node->type = NODE_FLAG;
		node->number = config_setting_get_bool(setting);
		return 0;
	case CONFIG_TYPE_STRING:
		node->type = NODE_TEXT;
		node->text = arena_strdup(arena, config_setting_get_string(setting));
		return node->text ? 0 : -1;
	}
	node->type = config_setting_type(setting) == CONFIG_TYPE_GROUP ? NODE_GROUP : NODE_LIST;
	for (int i = 0; i < config_setting_length(setting); i++) {
		const config_setting_t *element = config_setting_get_elem(setting, (unsigned)i);
		struct job_node *child = node_new(arena, node, config_setting_name(element));
		if (!child || node_fill(arena, child, element, is_in_file) != 0)
			return -1;
	}
	return 0;
}

/* ---- libconfig ---- */

/*
 * libconfig does not look at what malloc() gives it, so all that it can want is had before it is called, in pieces small
 * enough to come from the heap, and given back to that.  The last piece stays until it is done: the heap does not shrink.
 */
struct reserve {
	struct reserve *next;
	char bytes[64 * 1024];
};

/* For so long a text.  An element takes two characters at least, as in "1,", and some 90 bytes. */
static struct reserve *reserve_open(size_t length)
{
	const size_t wanted = 64 * 1024 + 64 * length;
	struct reserve *first = malloc(sizeof *first), *last = first;
	for (size_t size = 0; last && size < wanted; size += sizeof *last)
		last = last->next = malloc(sizeof *last);
	for (struct reserve *next; first != last; first = next) {
		next = first->next;
		free(first);
	}
	return last;
}

/* 1: the text is read, and 0: it cannot be, and *config is to be destroyed; -1: out of memory. */
static int config_parse(config_t *config, const char *text)
{
	struct reserve *reserve = reserve_open(strlen(text));
	if (!reserve)
		return -1;
	config_init(config);
	int is_read = config_read_string(config, text);
	free(reserve);
	return is_read;
}

/* ---- from the command line ---- */

struct override {
	struct arena *arena;
	struct job_node *root;
	struct problems *problems;
	const char *origin; /* "--set KEY" */
};

/* The child that a step of a path names, made where it is missing; NULL: a problem, or out of memory (*is_full). */
static struct job_node *path_step(struct override *o, struct job_node *node, const char *step, int *is_full)
{
	char path[256];
	node_path(node, path, sizeof path);
	const char *where = path[0] ? path : _("the job");
	if (step[0] == '[') {
		char *end;
		unsigned long place = strtoul(step + 1, &end, 10);
		if (step[1] < '0' || step[1] > '9' || strcmp(end, "]") != 0) {
			problems_add(o->problems, o->origin, 0, "%s is no place in a list; write [0] for the first",
				     step);
			return NULL;
		}
		struct job_node *child = node->type == NODE_LIST && place < node->count ? node->first : NULL;
		while (child && place--)
			child = child->next;
		if (!child)
			problems_add(o->problems, o->origin, 0,
				     "%s has no element %s; write the list into the job file", where, step);
		return child;
	}
	if (node->type != NODE_GROUP) {
		problems_add(o->problems, o->origin, 0, "%s is no group, so nothing in it has a name%s", where,
			     node->type == NODE_LIST ? _("; name an element by its place: [0]") : "");
		return NULL;
	}
	struct job_node *child = node_get(node, step);
	if (!child && (child = node_new(o->arena, node, step)))
		child->origin = o->origin;
	*is_full = !child;
	return child;
}

/* The node at a path; NULL: as path_step(). */
static struct job_node *path_node(struct override *o, const char *key, int *is_full)
{
	struct job_node *node = o->root;
	char step[128];
	for (;;) {
		size_t length = strcspn(key, ".");
		if (length == 0 || length >= sizeof step) {
			problems_add(o->problems, o->origin, 0,
				     "is no key; write KEY.KEY=VALUE, as in --set score.aggregation=geometric");
			return NULL;
		}
		memcpy(step, key, length);
		step[length] = 0;
		node = path_step(o, node, step, is_full);
		if (!node || key[length] == 0)
			return node;
		key += length + 1;
	}
}

/* As config_parse(); 0 also where the text does not hold one setting alone. */
static int parse_one(config_t *config, const char *text)
{
	int is_read = config_parse(config, text);
	return is_read == 1 ? config_setting_length(config_root_setting(config)) == 1 : is_read;
}

/* Parses a value in libconfig's syntax.  1: *node is filled; 0: it is no such value; -1: out of memory. */
static int value_parse(struct override *o, const char *value, struct job_node *node)
{
	char *text = arena_printf(o->arena, "v = %s\n;", value);
	if (!text)
		return -1;
	if (job_file_scan(text, o->origin, 0, NULL))
		return 0;
	config_t config;
	int result = parse_one(&config, text);
	if (result >= 0)
		config_destroy(&config);
	if (result <= 0)
		return result;
	/* Only now is it known to be no plain text, which may hold anything. */
	job_file_scan(text, o->origin, 0, o->problems);
	result = parse_one(&config, text);
	if (result == 1 && node_fill(o->arena, node, config_setting_get_elem(config_root_setting(&config), 0), 0))
		result = -1;
	else if (result < 0)
		return -1;
	config_destroy(&config);
	return result;
}

/* Puts value at key.  0, also where there is a problem; else out of memory. */
static int override_set(struct override *o, const char *key, const char *value, int is_parsed)
{
	int is_full = 0;
	struct job_node *node = path_node(o, key, &is_full);
	if (!node)
		return is_full ? -1 : 0;
	struct job_node fresh = {.name = node->name, .parent = node->parent, .next = node->next};
	fresh.text = arena_strdup(o->arena, value);
	fresh.type = NODE_TEXT;
	if (!fresh.text || (is_parsed && value_parse(o, value, &fresh) < 0))
		return -1;
	if (fresh.type == NODE_GROUP || fresh.type == NODE_LIST)
		fresh.text = NULL;
	fresh.origin = o->origin;
	fresh.is_target = 1;
	*node = fresh;
	for (struct job_node *child = node->first; child; child = child->next)
		child->parent = node;
	return 0;
}

/* A job that names no dimensions means these, and can then be changed by --set as if it had listed them. */
static int add_dimensions(struct override *o)
{
	static const char five[] = "( { plugin = \"customer_management\"; }, { plugin = \"deal_control\"; },"
				   "  { plugin = \"resource_management\"; }, { plugin = \"employee_growth\"; },"
				   "  { plugin = \"strategic_alignment\"; } )";
	if (node_get(o->root, "dimensions"))
		return 0;
	struct job_node *node = node_new(o->arena, o->root, "dimensions");
	return node && value_parse(o, five, node) == 1 ? 0 : -1;
}

/* One KEY=VALUE. */
static int override_setting(struct override *o, const char *setting)
{
	const char *equals = strchr(setting, '=');
	if (!equals) {
		problems_add(o->problems, "--set", 0, "%s has no value; write KEY=VALUE", setting);
		return 0;
	}
	char *key = arena_printf(o->arena, "%.*s", (int)(equals - setting), setting);
	if (!key || !(o->origin = arena_printf(o->arena, "--set %s", key)))
		return -1;
	return override_set(o, key, equals + 1, 1);
}

static int override_all(struct override *o, const struct job_overrides *overrides)
{
	const struct {
		const char *origin, *key, *value;
	} named[] = {
		{"--period", "job.period", overrides->period},
		{"--baseline", "job.baseline", overrides->baseline},
		{"--breakdown", "job.breakdown", overrides->breakdown},
	};
	for (uint32_t i = 0; i < overrides->setting_count; i++)
		if (override_setting(o, overrides->settings[i]) != 0)
			return -1;
	for (size_t i = 0; i < sizeof named / sizeof named[0]; i++) {
		o->origin = named[i].origin;
		if (named[i].value && override_set(o, named[i].key, named[i].value, 0) != 0)
			return -1;
	}
	return 0;
}

/* ---- the whole ---- */

static void hash_part(struct sha256_ctx *context, const char *kind, const char *text)
{
	if (!text)
		return;
	sha256_update(context, strlen(kind) + 1, (const uint8_t *)kind);
	sha256_update(context, strlen(text) + 1, (const uint8_t *)text);
}

/* Without overrides it is the file's own hash; their NUL bytes keep them apart from it and from each other. */
static void hash_all(const char *text, size_t size, const struct job_overrides *overrides, char out[65])
{
	struct sha256_ctx context;
	sha256_init(&context);
	sha256_update(&context, size, (const uint8_t *)text);
	hash_part(&context, "period", overrides->period);
	hash_part(&context, "baseline", overrides->baseline);
	hash_part(&context, "breakdown", overrides->breakdown);
	for (uint32_t i = 0; i < overrides->setting_count; i++)
		hash_part(&context, "set", overrides->settings[i]);
	hash_text(&context, out);
}

int job_tree_parse(const char *path, const char *text, struct arena *arena, struct job_node **root,
		   struct problems *problems, struct crmval_error *error)
{
	*root = NULL;
	/* A comment in a last line without a newline is a syntax error. */
	size_t size = strlen(text);
	char *whole = arena_printf(arena, "%s%s", text, size && text[size - 1] == '\n' ? "" : "\n");
	if (!whole)
		return fail_memory(error);
	if (job_file_scan(whole, path, 1, problems))
		return CRMVAL_OK;
	int code = CRMVAL_OK;
	config_t config;
	int is_read = config_parse(&config, whole);
	if (is_read < 0)
		return fail_memory(error);
	if (!is_read) {
		problems_add(problems, path, config_error_line(&config),
			     "%s; look for a missing quote, bracket, comma or semicolon here or in the line before",
			     config_error_text(&config));
		goto out;
	}
	struct job_node *node = node_new(arena, NULL, NULL);
	if (!node || node_fill(arena, node, config_root_setting(&config), 1) != 0) {
		code = fail_memory(error);
		goto out;
	}
	*root = node;
out:
	config_destroy(&config);
	return code;
}

int job_tree_read(const char *path, const struct job_overrides *overrides, struct arena *arena, struct job_node **root,
		  char sha256[65], struct problems *problems, struct crmval_error *error)
{
	char *text;
	size_t size;
	*root = NULL;
	int code = job_file_read(path, arena, &text, &size, problems, error);
	if (code != CRMVAL_OK || !text)
		return code;
	hash_all(text, size, overrides, sha256);
	code = job_tree_parse(path, job_file_text(text), arena, root, problems, error);
	if (code != CRMVAL_OK || !*root)
		return code;
	struct override o = {.arena = arena, .root = *root, .problems = problems};
	if (add_dimensions(&o) != 0 || override_all(&o, overrides) != 0)
		return fail_memory(error);
	return CRMVAL_OK;
}
