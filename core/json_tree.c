/* SPDX-License-Identifier: MIT */
/* Reading JSON into a flat tree. */
#include "json_tree.h"

#include "error.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <yajl/yajl_parse.h>

/* ---- yajl's memory, which it does not check: a pool that what it takes for one text always fits ---- */

static void *pool_take(void *context, size_t size)
{
	struct json_tree *tree = context;
	size_t whole = (size + 15) / 16 * 16 + 16;
	unsigned char *piece = tree->pool + tree->pool_used;
	if (whole > tree->pool_size - tree->pool_used)
		return NULL;
	memcpy(piece, &size, sizeof size);
	tree->pool_used += whole;
	return piece + 16;
}

static void pool_drop(void *context, void *piece)
{
	(void)context;
	(void)piece;
}

static void *pool_move(void *context, void *piece, size_t size)
{
	void *moved = pool_take(context, size);
	size_t old = 0;
	if (piece)
		memcpy(&old, (unsigned char *)piece - 16, sizeof old);
	if (moved && piece)
		memcpy(moved, piece, old < size ? old : size);
	return moved;
}

/* ---- what yajl tells ---- */

static struct json_node *add(struct json_tree *tree, enum json_kind kind)
{
	if (tree->node_count == tree->node_capacity) {
		uint32_t capacity = tree->node_capacity ? 2 * tree->node_capacity : 256;
		struct json_node *nodes =
			capacity > JSON_NODES_MOST ? NULL : realloc(tree->nodes, capacity * sizeof *nodes);
		if (!nodes) {
			tree->failure = capacity > JSON_NODES_MOST ? CRMVAL_EDATA : CRMVAL_ENOMEM;
			return NULL;
		}
		tree->nodes = nodes;
		tree->node_capacity = capacity;
	}
	struct json_node *node = &tree->nodes[tree->node_count++];
	*node = (struct json_node){.kind = kind, .end = tree->node_count};
	return node;
}

static void count_in_parent(struct json_tree *tree)
{
	if (tree->depth > 0)
		tree->nodes[tree->open[tree->depth - 1]].count++;
}

static int add_text(struct json_tree *tree, enum json_kind kind, const char *text, size_t length)
{
	struct json_node *node = add(tree, kind);
	if (!node)
		return 0;
	/* Each text and number took at least one byte more of the JSON than of its own. */
	if (memchr(text, 0, length) || length >= tree->text_size - tree->text_used) {
		tree->failure = CRMVAL_EDATA;
		return 0;
	}
	node->text = memcpy(tree->texts + tree->text_used, text, length);
	tree->texts[tree->text_used + length] = 0;
	tree->text_used += length + 1;
	return 1;
}

static int take_null(void *context)
{
	count_in_parent(context);
	return add(context, JSON_NULL) != NULL;
}

static int take_flag(void *context, int flag)
{
	count_in_parent(context);
	struct json_node *node = add(context, JSON_FLAG);
	if (node)
		node->text = flag ? "1" : "0";
	return node != NULL;
}

static int take_number(void *context, const char *text, size_t length)
{
	count_in_parent(context);
	return add_text(context, JSON_NUMBER, text, length);
}

static int take_text(void *context, const unsigned char *text, size_t length)
{
	count_in_parent(context);
	return add_text(context, JSON_TEXT, (const char *)text, length);
}

static int take_key(void *context, const unsigned char *text, size_t length)
{
	return add_text(context, JSON_TEXT, (const char *)text, length);
}

static int begin(struct json_tree *tree, enum json_kind kind)
{
	count_in_parent(tree);
	if (tree->depth == JSON_DEPTH_MOST) {
		tree->failure = CRMVAL_EDATA;
		return 0;
	}
	if (!add(tree, kind))
		return 0;
	tree->open[tree->depth++] = tree->node_count - 1;
	return 1;
}

static int begin_map(void *context)
{
	return begin(context, JSON_MAP);
}

static int begin_array(void *context)
{
	return begin(context, JSON_ARRAY);
}

static int end(void *context)
{
	struct json_tree *tree = context;
	tree->nodes[tree->open[--tree->depth]].end = tree->node_count;
	return 1;
}

static const yajl_callbacks callbacks = {
	take_null, take_flag, NULL, NULL, take_number, take_text, begin_map, take_key, end, begin_array, end,
};

/* ---- a text ---- */

static int make_room(struct json_tree *tree, size_t length)
{
	/* yajl doubles its buffer as a text that has escapes grows. */
	size_t text_size = length + 2, pool_size = 8 * length + 65536;
	if (text_size > tree->text_size) {
		char *texts = realloc(tree->texts, text_size);
		if (!texts)
			return -1;
		tree->texts = texts;
		tree->text_size = text_size;
	}
	if (pool_size > tree->pool_size) {
		unsigned char *pool = realloc(tree->pool, pool_size);
		if (!pool)
			return -1;
		tree->pool = pool;
		tree->pool_size = pool_size;
	}
	return 0;
}

int json_parse(struct json_tree *tree, const char *text, size_t length, struct crmval_error *error)
{
	yajl_alloc_funcs pool = {pool_take, pool_move, pool_drop, tree};
	tree->node_count = tree->depth = 0;
	tree->text_used = tree->pool_used = 0;
	tree->failure = CRMVAL_OK;
	if (make_room(tree, length) < 0)
		return fail_memory(error);
	yajl_handle handle = yajl_alloc(&callbacks, &pool, tree);
	if (!handle)
		return fail_memory(error);
	yajl_status status = yajl_parse(handle, (const unsigned char *)text, length);
	if (status == yajl_status_ok)
		status = yajl_complete_parse(handle);
	yajl_free(handle);
	if (tree->failure == CRMVAL_ENOMEM)
		return fail_memory(error);
	if (tree->failure)
		return fail(error, CRMVAL_EDATA, "JSON that is too large or deep, or has a NUL character");
	return status == yajl_status_ok ? CRMVAL_OK : fail(error, CRMVAL_EDATA, "not JSON");
}

void json_tree_free(struct json_tree *tree)
{
	free(tree->nodes);
	free(tree->texts);
	free(tree->pool);
}

const struct json_node *json_get(const struct json_tree *tree, const struct json_node *map, const char *key)
{
	if (!map || map->kind != JSON_MAP)
		return NULL;
	const struct json_node *at = json_first(map);
	for (uint32_t i = 0; i < map->count; i++) {
		if (strcmp(at->text, key) == 0)
			return json_next(tree, at);
		at = json_next(tree, json_next(tree, at));
	}
	return NULL;
}

int json_is_number(const struct json_node *node, double *number)
{
	if (!node || node->kind != JSON_NUMBER)
		return 0;
	*number = strtod(node->text, NULL);
	return isfinite(*number);
}

int json_is_count(const struct json_node *node, uint64_t *count)
{
	char *last;
	if (!node || node->kind != JSON_NUMBER || *node->text == '-')
		return 0;
	errno = 0;
	*count = strtoull(node->text, &last, 10);
	return errno == 0 && !*last;
}
