/* SPDX-License-Identifier: MIT */
/* One line of a snapshot. */
#include "snapshot_line.h"

#include "error.h"
#include "window.h"

#include <math.h>
#include <string.h>

enum { PARTS_MOST = 1000000 };

int line_parse(struct line *line, const char *text, size_t length)
{
	struct crmval_error error = {.struct_size = sizeof error};
	line->code = json_parse(&line->tree, text, length, &error);
	if (line->code == CRMVAL_OK && line->tree.nodes[0].kind != JSON_MAP)
		line->code = fail(&error, CRMVAL_EDATA, "not an object");
	if (line->code == CRMVAL_EDATA)
		fail(line->error, CRMVAL_EDATA, "%s:%llu: it is not a snapshot, or was damaged: %s", line->name,
		     (unsigned long long)line->number, error.message);
	else if (line->code != CRMVAL_OK)
		fail_memory(line->error);
	return line->code;
}

void line_is_wrong(struct line *line, const char *key)
{
	if (line->code == CRMVAL_OK)
		line->code = fail(line->error, CRMVAL_EDATA,
				  "%s:%llu: \"%s\" is missing or wrong, so this is not a snapshot that crmval wrote",
				  line->name, (unsigned long long)line->number, key);
}

static const struct json_node *get(struct line *line, const struct json_node *map, const char *key, enum json_kind kind)
{
	const struct json_node *node = json_get(&line->tree, map, key);
	if (!node || node->kind != kind) {
		line_is_wrong(line, key);
		return NULL;
	}
	return node;
}

static int is_null(const struct line *line, const struct json_node *map, const char *key)
{
	const struct json_node *node = json_get(&line->tree, map, key);
	return node && node->kind == JSON_NULL;
}

static const char *keep(struct line *line, const char *text)
{
	const char *kept = arena_strdup(line->arena, text);
	if (!kept && line->code == CRMVAL_OK)
		line->code = fail_memory(line->error);
	return kept ? kept : "";
}

const char *line_text(struct line *line, const struct json_node *map, const char *key)
{
	const struct json_node *node = get(line, map, key, JSON_TEXT);
	return node ? keep(line, node->text) : "";
}

const char *line_text_or_null(struct line *line, const struct json_node *map, const char *key)
{
	return is_null(line, map, key) ? NULL : line_text(line, map, key);
}

double line_number(struct line *line, const struct json_node *map, const char *key, double least, double most)
{
	double number;
	const struct json_node *node = get(line, map, key, JSON_NUMBER);
	if (!node)
		return NAN;
	if (!json_is_number(node, &number) || number < least || number > most) {
		line_is_wrong(line, key);
		return NAN;
	}
	return number;
}

double line_number_or_null(struct line *line, const struct json_node *map, const char *key)
{
	return is_null(line, map, key) ? NAN : line_number(line, map, key, -INFINITY, INFINITY);
}

uint64_t line_count(struct line *line, const struct json_node *map, const char *key, uint64_t most)
{
	uint64_t count;
	const struct json_node *node = get(line, map, key, JSON_NUMBER);
	if (!node)
		return 0;
	if (!json_is_count(node, &count) || count > most) {
		line_is_wrong(line, key);
		return 0;
	}
	return count;
}

const struct json_node *line_map(struct line *line, const struct json_node *map, const char *key)
{
	return get(line, map, key, JSON_MAP);
}

const struct json_node *line_array(struct line *line, const struct json_node *map, const char *key)
{
	return get(line, map, key, JSON_ARRAY);
}

void line_sha256(struct line *line, const struct json_node *map, const char *key, char sha256[65])
{
	const struct json_node *node = get(line, map, key, JSON_TEXT);
	sha256[0] = 0;
	if (!node)
		return;
	if (strlen(node->text) != 64 || node->text[strspn(node->text, "0123456789abcdef")])
		line_is_wrong(line, key);
	else
		memcpy(sha256, node->text, 65);
}

int line_word(struct line *line, const struct json_node *map, const char *key, const char *const *words, int skip)
{
	const struct json_node *node = get(line, map, key, JSON_TEXT);
	for (int i = skip; node && words[i]; i++)
		if (strcmp(words[i], node->text) == 0)
			return i;
	line_is_wrong(line, key);
	return skip;
}

const char *const *line_texts(struct line *line, const struct json_node *map, const char *key, uint32_t *count)
{
	const struct json_node *list = line_array(line, map, key);
	*count = 0;
	const char **texts = arena_array(line->arena, (size_t)(list ? list->count : 0) + 1, sizeof *texts);
	if (!texts) {
		line->code = fail_memory(line->error);
		return NULL;
	}
	const struct json_node *at = list ? json_first(list) : NULL;
	for (uint32_t i = 0; list && i < list->count; i++, at = json_next(&line->tree, at)) {
		if (at->kind != JSON_TEXT) {
			line_is_wrong(line, key);
			return texts;
		}
		texts[i] = keep(line, at->text);
	}
	*count = list ? list->count : 0;
	return texts;
}

int32_t line_day(struct line *line, const struct json_node *map, const char *key)
{
	const struct json_node *node = get(line, map, key, JSON_TEXT);
	int32_t day = 0;
	if (node && date_parse(node->text, &day) < 0)
		line_is_wrong(line, key);
	return day;
}

int32_t line_day_or_none(struct line *line, const struct json_node *map, const char *key)
{
	return is_null(line, map, key) ? CRMVAL_NO_DATE : line_day(line, map, key);
}

int line_window(struct line *line, const struct json_node *map, const char *key, int is_baseline,
		struct crmval_window *window)
{
	*window = (struct crmval_window){.is_baseline = is_baseline};
	if (is_baseline && is_null(line, map, key))
		return 0;
	const struct json_node *days = line_map(line, map, key);
	const struct json_node *from = json_get(&line->tree, days, "from"), *to = json_get(&line->tree, days, "to");
	if (!from || !to || from->kind != JSON_TEXT || to->kind != JSON_TEXT ||
	    date_parse(from->text, &window->from) < 0 || date_parse(to->text, &window->to) < 0 ||
	    window->from > window->to) {
		line_is_wrong(line, key);
		*window = (struct crmval_window){.is_baseline = is_baseline};
	}
	return 1;
}

void line_part(struct line *line, const struct json_node *map, uint32_t *part, uint32_t *part_count)
{
	*part = *part_count = 0;
	if (is_null(line, map, "part"))
		return;
	const struct json_node *said = line_map(line, map, "part");
	*part_count = (uint32_t)line_count(line, said, "of", PARTS_MOST);
	*part = (uint32_t)line_count(line, said, "number", *part_count);
	if (*part == 0)
		line_is_wrong(line, "part");
}
