/* SPDX-License-Identifier: MIT */
/* What the contract asks of a view's tables. */
#include "tables_view.h"
#include "error.h"
#include "tables.h"
#include "text.h"

#include <string.h>

/* For messages: which view, which input. */
struct place {
	const struct crmval_dimension *dimension;
	const struct crmval_view *view;
	const char *input;
	struct crmval_error *error;
};

__attribute__((format(printf, 2, 3))) static int refuse(const struct place *place, const char *format, ...)
{
	char what[512];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(what, sizeof what, dgettext("crmval", format), arguments);
	va_end(arguments);
	return fail(place->error, CRMVAL_ECONF, "view of \"%.64s\"%s%.64s%s: %s", place->view->entity,
		    place->input ? ", input \"" : "", place->input ? place->input : "", place->input ? "\"" : "", what);
}

static const struct crmval_option *find_parameter(const struct crmval_dimension *dimension, const char *name)
{
	for (uint32_t i = 0; i < dimension->parameter_count; i++) {
		if (!strcmp(dimension->parameters[i].name, name))
			return &dimension->parameters[i];
	}
	return NULL;
}

static int has_input(const struct crmval_view *view, const char *name)
{
	for (uint32_t i = 0; i < view->input_count; i++) {
		if (!strcmp(view->inputs[i].name, name))
			return 1;
	}
	return 0;
}

/* Copies the piece of a text up to one of the ends, and says where that is; NULL: the piece is too long. */
static const char *cut(const char *text, const char *ends, char *piece, size_t size)
{
	size_t length = strcspn(text, ends);
	if (length >= size)
		return NULL;
	memcpy(piece, text, length);
	piece[length] = '\0';
	return text + length;
}

/* Names joined by dots; several such, joined by |. */
static int is_path(const char *path)
{
	for (const char *end = path; end; path = end + 1) {
		char name[128];
		end = cut(path, ".|", name, sizeof name);
		if (!end || !tables_is_name(name))
			return 0;
		if (!*end)
			return 1;
	}
	return 0;
}

/* ---- rollups ---- */

static int is_as(int op, int as)
{
	switch (op) {
	case CRMVAL_MIN:
	case CRMVAL_MAX:
		return as == CRMVAL_NUMBER || as == CRMVAL_DATE;
	case CRMVAL_LAST:
		return as == CRMVAL_SYMBOL;
	case CRMVAL_CURRENT:
		return as == CRMVAL_FLAG;
	default:
		return as == CRMVAL_NUMBER;
	}
}

static int check_rollup_paths(const struct place *place, const struct crmval_rollup *rollup)
{
	const struct {
		const char *name, *path;
	} paths[] = {{"by", rollup->by},   {"of", rollup->of},       {"date", rollup->date},
		     {"per", rollup->per}, {"ended", rollup->ended}, {"until_own", rollup->until_own}};
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		if (paths[i].path && !is_path(paths[i].path))
			return refuse(place, "the rollup's %s \"%.100s\" is not a path such as \"account.owner\"",
				      paths[i].name, paths[i].path);
	}
	return CRMVAL_OK;
}

static int check_rollup(const struct place *place, const struct crmval_input *input)
{
	const struct crmval_rollup *rollup = input->rollup;
	int has_bounds = rollup->since != CRMVAL_ANY || rollup->until != CRMVAL_ANY || rollup->until_own;
	if (rollup->op < CRMVAL_COUNT || rollup->op > CRMVAL_CURRENT)
		return refuse(place, "there is no rollup op %d", rollup->op);
	if (rollup->since < CRMVAL_ANY || rollup->since > CRMVAL_BEFORE_FROM || rollup->until < CRMVAL_ANY ||
	    rollup->until > CRMVAL_BEFORE_FROM)
		return refuse(place, "the rollup's since %d or until %d is no bound", rollup->since, rollup->until);
	if (!tables_is_name(rollup->entity))
		return refuse(place, "the rollup has no entity");
	if (rollup->op == CRMVAL_COUNT ? rollup->of != NULL : rollup->of == NULL)
		return refuse(place, rollup->of ? N_("a rollup that counts has no `of`") : N_("the rollup needs `of`"));
	if (!rollup->date && (has_bounds || rollup->per || rollup->op == CRMVAL_LAST))
		return refuse(place, "the rollup needs `date`");
	if (rollup->per && rollup->op != CRMVAL_MAX && rollup->op != CRMVAL_CURRENT)
		return refuse(place, "only CRMVAL_MAX and CRMVAL_CURRENT take `per`");
	if (rollup->op == CRMVAL_LAST && !input->words && !input->words_from)
		return refuse(place, "a rollup for the last of several needs words, whose order decides on one day");
	if (rollup->op == CRMVAL_CURRENT && (!rollup->by || !rollup->per))
		return refuse(place, "a rollup that asks for the current row needs `by` and `per`");
	if (rollup->until_own && !rollup->by)
		return refuse(place, "the rollup's until_own needs `by`, since it differs from row to row");
	if (rollup->op == CRMVAL_CURRENT && strcmp(rollup->entity, place->view->entity) != 0)
		return refuse(place, "a rollup that asks for the current row is of the view's own entity");
	if (input->as != CRMVAL_AUTO && !is_as(rollup->op, input->as))
		return refuse(place, "a rollup of this op cannot be delivered so");
	return check_rollup_paths(place, rollup);
}

/* ---- inputs ---- */

static int check_words(const struct place *place, const struct crmval_input *input)
{
	int is_symbol = input->as == CRMVAL_AUTO || input->as == CRMVAL_SYMBOL ||
			(input->rollup && input->rollup->op == CRMVAL_DISTINCT);
	if (input->words && input->words_from)
		return refuse(place, "set one of words and words_from");
	if ((input->words || input->words_from) && !is_symbol)
		return refuse(place, "only a symbol has words");
	for (uint32_t i = 0; input->words && input->words[i]; i++) {
		const char *word = input->words[i];
		if (!*word || word[strcspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")])
			return refuse(place, "the word \"%.64s\" is not in lower case", word);
	}
	if (input->words_from) {
		const struct crmval_option *parameter = find_parameter(place->dimension, input->words_from);
		if (!parameter || parameter->type != CRMVAL_OPTION_WORDS)
			return refuse(place, "words_from \"%.64s\" is no parameter of type CRMVAL_OPTION_WORDS",
				      input->words_from);
	}
	return CRMVAL_OK;
}

static int check_input(const struct place *place, const struct crmval_input *input)
{
	if (!input->path == !input->rollup)
		return refuse(place, "set exactly one of path and rollup");
	if (input->path && !is_path(input->path))
		return refuse(place, "\"%.100s\" is not a path such as \"account.owner\"", input->path);
	if (input->as < CRMVAL_AUTO || input->as > CRMVAL_PHONE)
		return refuse(place, "there is no way %d to deliver a column", input->as);
	if (input->flags & ~(uint32_t)CRMVAL_OPTIONAL)
		return refuse(place, "there are no flags 0x%x", input->flags);
	int code = check_words(place, input);
	if (!code && input->rollup)
		code = check_rollup(place, input);
	return code;
}

static int check_inputs(struct place *place)
{
	const struct crmval_view *view = place->view;
	for (uint32_t i = 0; i < view->input_count; i++) {
		const char *name = view->inputs[i].name;
		if (!tables_is_name(name))
			return refuse(place,
				      "input %u has the name \"%.64s\": names are lower case letters, digits and _",
				      i + 1, name ? name : "");
		for (uint32_t j = 0; j < i; j++) {
			if (!strcmp(name, view->inputs[j].name))
				return refuse(place, "there are two of the inputs named \"%s\"", name);
		}
		place->input = name;
		int code = check_input(place, &view->inputs[i]);
		if (code)
			return code;
	}
	place->input = NULL;
	return CRMVAL_OK;
}

/* ---- answers ---- */

/* "a b|c+$d": pieces between spaces, | and +, each an input or a parameter. */
static int check_needs(const struct place *place, const struct crmval_answer *answer)
{
	const char *needs = answer->needs ? answer->needs : "";
	while (*(needs += strspn(needs, " "))) {
		char item[128];
		const char *end = cut(needs, " |+", item, sizeof item);
		int is_known = end && (*item == '$' ? find_parameter(place->dimension, item + 1) != NULL
						    : has_input(place->view, item));
		if (!is_known)
			return refuse(place, "\"%s\" needs \"%.64s\", which is neither an input nor a \"$parameter\"",
				      answer->measure, end ? item : needs);
		if ((*end == '|' || *end == '+') && (end[1] == '\0' || end[1] == ' '))
			return refuse(place, "\"%s\" needs \"%.64s\", which ends in %c", answer->measure, needs, *end);
		needs = *end == '|' || *end == '+' ? end + 1 : end;
	}
	return CRMVAL_OK;
}

static int has_measure(const struct crmval_dimension *dimension, const char *id)
{
	for (uint32_t i = 0; id && i < dimension->measure_count; i++) {
		if (!strcmp(dimension->measures[i].id, id))
			return 1;
	}
	return 0;
}

int tables_check_view(const struct crmval_dimension *dimension, const struct crmval_view *view,
		      struct crmval_error *error)
{
	struct place place = {dimension, view, NULL, error};
	if (!tables_is_name(view->entity))
		return fail(error, CRMVAL_ECONF, "a view has the entity \"%.64s\"", view->entity ? view->entity : "");
	if (view->answer_count == 0)
		return refuse(&place, "it answers no measure");
	int code = check_inputs(&place);
	for (uint32_t i = 0; i < view->answer_count && !code; i++) {
		const struct crmval_answer *answer = &view->answers[i];
		if (!has_measure(dimension, answer->measure))
			code = refuse(&place, "it answers \"%.64s\", which is not a measure",
				      answer->measure ? answer->measure : "");
		else
			code = check_needs(&place, answer);
	}
	return code;
}
