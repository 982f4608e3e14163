/* SPDX-License-Identifier: MIT */
/* Values come from the job, else from the table's own text, which is read by the same rules. */
#include "job_options.h"

#include "text.h"

#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Fills the value; 0: a problem was reported. */
static int option_read(struct checker *c, const struct crmval_option *option, const struct job_node *node,
		       struct crmval_value *value)
{
	int is_bounded = option->least != 0 || option->most != 0, flag = 0, good = 0;
	double least = is_bounded ? option->least : -DBL_MAX, most = is_bounded ? option->most : DBL_MAX;
	switch (option->type) {
	case CRMVAL_OPTION_NUMBER:
		good = check_number(c, node, least, most, &value->number);
		break;
	case CRMVAL_OPTION_INTEGER:
		good = check_integer(c, node, least, most, &value->number);
		break;
	case CRMVAL_OPTION_FLAG:
		good = check_flag(c, node, &flag);
		value->number = flag;
		break;
	case CRMVAL_OPTION_TEXT:
		good = check_text(c, node, &value->text);
		break;
	case CRMVAL_OPTION_PATH:
		good = check_path(c, node, &value->text);
		break;
	case CRMVAL_OPTION_WORDS:
	case CRMVAL_OPTION_PATHS:
		good = check_words(c, node, option->type == CRMVAL_OPTION_PATHS, &value->words, &value->word_count);
		break;
	default:
		check_problem(c, node,
			      "has a type that this version does not know; update crmval, or tell the plugin's author");
	}
	value->is_set = good != 0;
	return good;
}

/* ---- the table's own text, as a node ---- */

static void initial_scalar(int32_t type, struct job_node *node)
{
	char *end;
	if (type == CRMVAL_OPTION_NUMBER || type == CRMVAL_OPTION_INTEGER) {
		locale_t posix = newlocale(LC_ALL_MASK, "C", (locale_t)0), before = uselocale(posix);
		double number = strtod(node->text, &end);
		uselocale(before);
		freelocale(posix);
		if (*end || end == node->text)
			return;
		node->type = NODE_NUMBER;
		node->number = number;
	} else if (type == CRMVAL_OPTION_FLAG) {
		int is_true = strcmp(node->text, "true") == 0 || strcmp(node->text, "1") == 0;
		if (!is_true && strcmp(node->text, "false") != 0 && strcmp(node->text, "0") != 0)
			return;
		node->type = NODE_FLAG;
		node->number = is_true;
	}
}

/* Turns the text into a list of its words. */
static int initial_words(struct checker *c, struct job_node *node)
{
	const char *text = node->text;
	node->type = NODE_LIST;
	node->text = NULL;
	while (*text) {
		size_t length = strcspn(text, ","), skip = strspn(text, " ");
		size_t end = length;
		while (end > skip && text[end - 1] == ' ')
			end--;
		struct job_node *word = check_array(c, 1, sizeof *word);
		if (!word)
			return -1;
		word->type = NODE_TEXT;
		word->parent = node;
		word->text = arena_printf(c->arena, "%.*s", (int)(end > skip ? end - skip : 0), text + skip);
		if (!word->text)
			return -1;
		*(node->last ? &node->last->next : &node->first) = word;
		node->last = word;
		node->count++;
		text += length + (text[length] == ',');
	}
	return 0;
}

static void option_default(struct checker *c, const struct crmval_option *option, struct crmval_value *value)
{
	struct job_node root = {.type = NODE_GROUP};
	struct job_node node = {.name = option->name, .type = NODE_TEXT, .text = option->initial, .parent = &root};
	node.origin = _("a plugin's own default"); /* wrong ones are the plugin's fault, and are reported as that */
	if (option->type == CRMVAL_OPTION_WORDS || option->type == CRMVAL_OPTION_PATHS) {
		if (initial_words(c, &node) != 0) {
			c->is_full = 1;
			return;
		}
	} else {
		initial_scalar(option->type, &node);
	}
	option_read(c, option, &node, value);
}

/* ---- the table ---- */

static const char **known_keys(struct checker *c, const struct crmval_option *options, uint32_t count,
			       const char *const *reserved)
{
	uint32_t reserved_count = 0, used = 0;
	while (reserved[reserved_count])
		reserved_count++;
	const char **known = check_array(c, (size_t)count + reserved_count + 1, sizeof *known);
	if (!known)
		return NULL;
	for (uint32_t i = 0; i < count; i++)
		known[used++] = options[i].name;
	for (uint32_t i = 0; i < reserved_count; i++)
		known[used++] = reserved[i];
	return known;
}

struct crmval_value *options_bind(struct checker *c, const struct job_node *group, const struct job_node *owner,
				  const struct crmval_option *options, uint32_t count, const char *const *reserved)
{
	struct crmval_value *values = check_array(c, count, sizeof *values);
	const char **known = known_keys(c, options, count, reserved);
	if (!values || !known)
		return NULL;
	if (group && check_group(c, group))
		check_keys(c, group, known);
	for (uint32_t i = 0; i < count; i++) {
		const struct crmval_option *option = &options[i];
		const struct job_node *node = node_get(group, option->name);
		if (option->type <= CRMVAL_OPTION_FLAG)
			values[i].number = NAN;
		if (node)
			option_read(c, option, node, &values[i]);
		else if (option->flags & CRMVAL_REQUIRED && (group || owner))
			check_missing(c, group ? group : owner, option->name, option->help);
		else if (option->initial)
			option_default(c, option, &values[i]);
	}
	return values;
}
