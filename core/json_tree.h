/* SPDX-License-Identifier: MIT */
/*
 * Reading JSON, by yajl, into a flat tree whose memory is used again for the next text: of what nobody trusts, so its depth
 * and its number of values are limited.
 */
#ifndef JSON_TREE_H
#define JSON_TREE_H

#include "crmval/plugin.h"

#include <stddef.h>
#include <stdint.h>

enum json_kind { JSON_NULL, JSON_FLAG, JSON_NUMBER, JSON_TEXT, JSON_MAP, JSON_ARRAY };

/* A value; those in it follow it directly, of a map each key (a text) before its value. */
struct json_node {
	enum json_kind kind;
	uint32_t count; /* values in it, keys not counted */
	uint32_t end;   /* the place after all that is in it */
	const char
		*text; /* of a text, and the digits of a number; ended by NUL, without one inside; a flag: "1" or "0" */
};

struct json_tree {
	struct json_node *nodes; /* the first is the value itself */
	uint32_t node_count, node_capacity;
	char *texts;
	size_t text_size, text_used;
	unsigned char *pool; /* of yajl */
	size_t pool_size, pool_used;
	uint32_t open[8]; /* the values that are not ended yet */
	uint32_t depth;
	int failure; /* a status */
};

enum { JSON_DEPTH_MOST = 8, JSON_NODES_MOST = 1 << 20 };

/* {0} is an empty tree.  Takes exactly one value; CRMVAL_EDATA where the text is none, or too deep or large. */
int json_parse(struct json_tree *tree, const char *text, size_t length, struct crmval_error *error);
void json_tree_free(struct json_tree *tree);

/* The value of a key of a map, the first where it is there twice; NULL: the node is NULL or no map, or has no such key. */
const struct json_node *json_get(const struct json_tree *tree, const struct json_node *map, const char *key);

/* The first value in an array or map (of a map its first key), and the one after a value; no further than the parent's end. */
static inline const struct json_node *json_first(const struct json_node *node)
{
	return node + 1;
}
static inline const struct json_node *json_next(const struct json_tree *tree, const struct json_node *node)
{
	return tree->nodes + node->end;
}

/* 0: a number that is no NaN, none, or too large; of count also no whole number from 0 to 2^64 - 1. */
int json_is_number(const struct json_node *node, double *number);
int json_is_count(const struct json_node *node, uint64_t *count);

#endif
