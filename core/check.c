/* SPDX-License-Identifier: MIT */
/* Types, ranges and words of single settings. */
#include "check.h"

#include "text.h"
#include "utf8.h"

#include <float.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>

/* Beyond it, doubles skip integers. */
static const double integer_limit = 9007199254740992.0;

struct checker checker_of(struct job *job, struct problems *problems)
{
	return (struct checker){.job = job, .arena = job->arena, .problems = problems};
}

void *check_array(struct checker *c, size_t count, size_t size)
{
	void *array = arena_array(c->arena, count, size);
	if (!array)
		c->is_full = 1;
	return array;
}

void check_memory(struct checker *c)
{
	if (!c->is_full)
		return;
	problems_add(c->problems, c->job->path, 0, "out of memory while it was checked");
	c->problems->is_full = 1;
}

/* A problem with its place.  What a job holds is quoted, so control characters must not reach a terminal. */
struct report {
	const char *file;
	int line;
	char text[1280];
};

static void report_fill(struct report *report, const struct checker *c, const struct job_node *node, const char *format,
			va_list arguments)
{
	const char *origin = node_origin(node), *mapping = node_file(node);
	report->file = origin ? origin : mapping ? mapping : c->job->path;
	report->line = origin ? 0 : node->line;
	report->text[0] = 0;
	if (!origin || !node->is_target) {
		node_path(node, report->text, 256);
		if (report->text[0])
			strcat(report->text, ": ");
	}
	size_t used = strlen(report->text);
	vsnprintf(report->text + used, sizeof report->text - used, _(format), arguments);
	for (char *p = report->text; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = '?';
}

void check_problem(struct checker *c, const struct job_node *node, const char *format, ...)
{
	struct report report;
	va_list arguments;
	va_start(arguments, format);
	report_fill(&report, c, node, format, arguments);
	va_end(arguments);
	problems_add(c->problems, report.file, report.line, "%s", report.text);
}

void check_warning(struct checker *c, const struct job_node *node, const char *format, ...)
{
	struct report report;
	va_list arguments;
	va_start(arguments, format);
	report_fill(&report, c, node, format, arguments);
	va_end(arguments);
	problems_warn(c->problems, report.file, report.line, "%s", report.text);
}

void check_missing(struct checker *c, const struct job_node *group, const char *key, const char *advice)
{
	/* A node that is not in the tree gives the key its path. */
	struct job_node missing = {.name = key, .line = group->line, .parent = (struct job_node *)group};
	check_problem(c, &missing, "is missing; %s", _(advice));
}

void check_unknown(struct checker *c, const struct job_node *node, const char *what, const struct near *near)
{
	char advice[600];
	near_advice(near, advice, sizeof advice);
	check_problem(c, node, "%s; %s", what, advice);
}

static const char *node_kind(const struct job_node *node)
{
	static const char *const kinds[] = {N_("a group"), N_("a list"), N_("a number"), N_("true or false"),
					    N_("a text")};
	return _(kinds[node->type]);
}

int check_group(struct checker *c, const struct job_node *node)
{
	if (node->type == NODE_GROUP)
		return 1;
	check_problem(c, node, "must be a group, not %s; write { KEY = VALUE; }", node_kind(node));
	return 0;
}

int check_list(struct checker *c, const struct job_node *node, uint32_t least, const char *advice)
{
	if (node->type != NODE_LIST)
		check_problem(c, node, "must be a list, not %s; %s", node_kind(node), _(advice));
	else if (node->count < least)
		check_problem(c, node, "has %u elements and needs %u or more; %s", node->count, least, _(advice));
	else
		return 1;
	return 0;
}

/* Texts go into reports and are compared with data, both of which are UTF-8. */
static int is_utf8(const char *text)
{
	const unsigned char *p = (const unsigned char *)text, *end = p + strlen(text);
	while (p < end) {
		size_t length = utf8_length(p, (size_t)(end - p));
		if (length == 0)
			return 0;
		p += length;
	}
	return 1;
}

int check_text(struct checker *c, const struct job_node *node, const char **text)
{
	if (!node->text)
		check_problem(c, node, "must be a text, not %s; write it in quotes", node_kind(node));
	else if (!is_utf8(node->text))
		check_problem(c, node, "is not valid UTF-8; save the job file as UTF-8");
	else
		return *text = node->text, 1;
	return 0;
}

int check_flag(struct checker *c, const struct job_node *node, int *flag)
{
	if (node->type != NODE_FLAG) {
		check_problem(c, node, "must be true or false, not %s; write it without quotes", node_kind(node));
		return 0;
	}
	*flag = node->number != 0;
	return 1;
}

int check_number(struct checker *c, const struct job_node *node, double least, double most, double *number)
{
	if (node->type != NODE_NUMBER)
		check_problem(c, node, "must be a number, not %s; write it without quotes", node_kind(node));
	else if (!isfinite(node->number))
		check_problem(c, node, "is too large for a number; write a smaller one");
	else if (node->number < least && most >= DBL_MAX)
		check_problem(c, node, "must be %.15g or more, not %.15g", least, node->number);
	else if (node->number < least || node->number > most)
		check_problem(c, node, "must be between %.15g and %.15g, not %.15g", least, most, node->number);
	else
		return *number = node->number, 1;
	return 0;
}

int check_integer(struct checker *c, const struct job_node *node, double least, double most, double *number)
{
	double value;
	if (!check_number(c, node, least, most, &value))
		return 0;
	if (value != floor(value) || fabs(value) > integer_limit) {
		check_problem(c, node, "must be a whole number%s, not %.15g",
			      fabs(value) > integer_limit ? _(" of at most 2^53") : "", value);
		return 0;
	}
	*number = value;
	return 1;
}

int check_word(struct checker *c, const struct job_node *node, const char *const *words, int *place)
{
	const char *text;
	struct near near;
	char what[128];
	if (!check_text(c, node, &text))
		return 0;
	near_start(&near, text);
	for (int i = 0; words[i]; i++) {
		if (strcmp(text, words[i]) == 0)
			return *place = i, 1;
		near_offer(&near, words[i]);
	}
	snprintf(what, sizeof what, _("\"%.60s\" is not known"), text);
	check_unknown(c, node, what, &near);
	return 0;
}

int check_plugin_name(struct checker *c, const struct job_node *node, const char **name)
{
	const char *text;
	if (!check_text(c, node, &text))
		return 0;
	if (text[0] < 'a' || text[0] > 'z' || text[strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_")]) {
		check_problem(c, node,
			      "\"%.60s\" is no name of a plugin; it is the name of its file without .so, made "
			      "of a-z, 0-9 and _",
			      text);
		return 0;
	}
	*name = text;
	return 1;
}

int check_path(struct checker *c, const struct job_node *node, const char **path)
{
	const char *text;
	if (!check_text(c, node, &text))
		return 0;
	if (!text[0]) {
		check_problem(c, node, "is an empty path; write . for the folder of the job file");
		return 0;
	}
	*path = text[0] == '/' ? text : arena_printf(c->arena, "%s/%s", c->job->directory, text);
	c->is_full |= !*path;
	return *path != NULL;
}

int check_words(struct checker *c, const struct job_node *node, int are_paths, const char *const **words,
		uint32_t *count)
{
	int is_single = node->text != NULL, good = 1;
	if (!is_single && !check_list(c, node, 0, "write ( \"ONE\", \"TWO\" )"))
		return 0;
	uint32_t wanted = is_single ? 1 : node->count, i = 0;
	const char **list = check_array(c, wanted, sizeof *list);
	if (!list)
		return 0;
	for (const struct job_node *word = is_single ? node : node->first; i < wanted; word = word->next, i++)
		good &= are_paths ? check_path(c, word, &list[i]) : check_text(c, word, &list[i]);
	if (good) {
		*words = list;
		*count = wanted;
	}
	return good;
}

void check_keys(struct checker *c, const struct job_node *group, const char *const *known)
{
	for (const struct job_node *node = group->first; node; node = node->next) {
		struct near near;
		const char *const *name = known;
		while (*name && strcmp(node->name, *name) != 0)
			name++;
		if (*name)
			continue;
		near_start(&near, node->name);
		for (name = known; *name; name++)
			near_offer(&near, *name);
		check_unknown(c, node, _("is not a known key"), &near);
	}
}
