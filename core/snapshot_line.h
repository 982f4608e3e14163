/* SPDX-License-Identifier: MIT */
/* One line of a snapshot, read: what it must hold is asked for by key, and what is wrong is remembered until the end. */
#ifndef SNAPSHOT_LINE_H
#define SNAPSHOT_LINE_H

#include "arena.h"
#include "json_tree.h"

struct line {
	const char *name; /* of the file */
	uint64_t number;
	struct json_tree tree;
	struct arena *arena; /* for texts */
	int code;            /* of the first thing that was wrong */
	struct crmval_error *error;
};

/* Takes one map; returns line->code. */
int line_parse(struct line *line, const char *text, size_t length);

/* Says that a key's value is missing or not what it should be. */
void line_is_wrong(struct line *line, const char *key);

/*
 * The value of a key in a map, copied to the arena.  Where it is wrong, or the map is NULL, line->code says so, and what is
 * returned is as harmless as can be: "", 0, NaN, NULL.
 */
const char *line_text(struct line *line, const struct json_node *map, const char *key);
const char *line_text_or_null(struct line *line, const struct json_node *map, const char *key);
double line_number(struct line *line, const struct json_node *map, const char *key, double least, double most);
double line_number_or_null(struct line *line, const struct json_node *map, const char *key); /* null: NaN */
uint64_t line_count(struct line *line, const struct json_node *map, const char *key, uint64_t most);
const struct json_node *line_map(struct line *line, const struct json_node *map, const char *key);
const struct json_node *line_array(struct line *line, const struct json_node *map, const char *key);
void line_sha256(struct line *line, const struct json_node *map, const char *key, char sha256[65]);

/* The place of the text in a list that NULL ends, of which the first `skip` are not looked at. */
int line_word(struct line *line, const struct json_node *map, const char *key, const char *const *words, int skip);

/* An array of texts; *count is 0 where it is wrong. */
const char *const *line_texts(struct line *line, const struct json_node *map, const char *key, uint32_t *count);

/* 1: *window is set; 0: it is null.  is_baseline: may be null. */
int32_t line_day(struct line *line, const struct json_node *map, const char *key);
int32_t line_day_or_none(struct line *line, const struct json_node *map, const char *key); /* null: CRMVAL_NO_DATE */
int line_window(struct line *line, const struct json_node *map, const char *key, int is_baseline,
		struct crmval_window *window);
void line_part(struct line *line, const struct json_node *map, uint32_t *part, uint32_t *part_count);

#endif
