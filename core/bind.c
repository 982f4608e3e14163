/* SPDX-License-Identifier: MIT */
/* Binding views: names become routes and rollups, and `needs` become reasons where a field is not mapped. */
#include "bind.h"

#include "error.h"
#include "sweep.h"

#include <stdlib.h>
#include <string.h>

static const struct crmval_value *parameter_named(const struct bound_dimension *bound, const char *name, size_t length)
{
	for (uint32_t i = 0; i < bound->table->parameter_count; i++)
		if (strlen(bound->table->parameters[i].name) == length &&
		    memcmp(bound->table->parameters[i].name, name, length) == 0)
			return &bound->parameters[i];
	return NULL;
}

/* The words of an input, from its table or a parameter: ended by NULL, folded, each once. */
static int bind_words(struct bound_dimension *bound, struct bound_input *input, const char *owner,
		      struct crmval_error *error)
{
	input->words = input->table->words;
	if (!input->table->words_from)
		return CRMVAL_OK;
	const struct crmval_value *value =
		parameter_named(bound, input->table->words_from, strlen(input->table->words_from));
	uint32_t given = value ? value->word_count : 0, count = 0;
	char **words = arena_array(&bound->arena, (size_t)given + 1, sizeof *words);
	if (!words)
		return fail_memory(error);
	if (given > 64)
		return fail(error, CRMVAL_ECONF, "%s: parameter %s has more than 64 words", owner,
			    input->table->words_from);
	for (uint32_t i = 0; i < given; i++) {
		char *word = arena_strdup(&bound->arena, value->words[i]);
		uint32_t w = 0;
		if (!word)
			return fail_memory(error);
		for (char *p = word; *p; p++)
			*p = (char)(*p >= 'A' && *p <= 'Z' ? *p | 32 : *p);
		while (w < count && strcmp(words[w], word) != 0)
			w++;
		if (w == count)
			words[count++] = word;
	}
	input->words = (const char *const *)words;
	return CRMVAL_OK;
}

/* How a field of a type comes by itself, and whether it may come as asked. */
static int delivery(enum field_type type, int32_t as)
{
	static const int32_t natural[] = {
		[FIELD_KEY] = CRMVAL_REFERENCE, [FIELD_REFERENCE] = CRMVAL_REFERENCE, [FIELD_SYMBOL] = CRMVAL_SYMBOL,
		[FIELD_DATE] = CRMVAL_DATE,     [FIELD_NUMBER] = CRMVAL_NUMBER,       [FIELD_MONEY] = CRMVAL_NUMBER,
		[FIELD_FLAG] = CRMVAL_FLAG,     [FIELD_TEXT] = CRMVAL_FILLED,
	};
	if (as == CRMVAL_AUTO || as == natural[type])
		return natural[type];
	if (as == CRMVAL_FILLED || (type == FIELD_TEXT && (as == CRMVAL_EMAIL || as == CRMVAL_PHONE)))
		return as;
	return -1;
}

static int bind_input(struct bound_dimension *bound, const struct bound_view *view, struct bound_input *input,
		      struct data *data, struct crmval_error *error)
{
	char owner[256];
	const struct crmval_input *table = input->table;
	snprintf(owner, sizeof owner, "plugin %s (%s), view of %s, input %s", bound->plugin->table->name,
		 bound->plugin->path, view->table->entity, table->name);
	int code = bind_words(bound, input, owner, error);
	if (code != CRMVAL_OK)
		return code;
	enum field_type type;
	if (table->rollup) {
		input->rollup = arena_alloc(&bound->arena, sizeof *input->rollup);
		if (!input->rollup)
			return fail_memory(error);
		code = rollup_bind(input->rollup, table->rollup, view->entity, owner, error);
		input->rollup->words = input->words;
		while (input->words && input->words[input->rollup->word_count])
			input->rollup->word_count++;
		if (code == CRMVAL_OK)
			code = rollup_want(input->rollup, data, error);
		type = input->rollup->type;
	} else {
		code = route_parse(table->path, view->entity, owner, &input->route, error);
		type = code == CRMVAL_OK ? input->route.field->type : FIELD_TEXT;
		uint32_t wants = table->as == CRMVAL_EMAIL   ? WANT_EMAIL
				 : table->as == CRMVAL_PHONE ? WANT_PHONE
							     : WANT_VALUE;
		if (code == CRMVAL_OK)
			code = route_want(&input->route, wants, data, error);
	}
	if (code != CRMVAL_OK)
		return code;
	input->as = delivery(type, table->as);
	if (input->as < 0)
		return fail(error, CRMVAL_ECONF, "%s: a field of this type cannot be delivered as asked", owner);
	return CRMVAL_OK;
}

/* Is an input among those that an answer needs? */
static int is_named(const char *needs, const char *name)
{
	size_t length = strlen(name);
	for (const char *p = needs; p && (p = strstr(p, name)) != NULL; p += length)
		if ((p == needs || strchr(" +|", p[-1])) && (p[length] == 0 || strchr(" +|", p[length])))
			return 1;
	return 0;
}

/* What only measures of the state need is not computed for the baseline. */
static int is_event_input(const struct crmval_dimension *table, const struct bound_view *view, const char *name)
{
	int is_needed = 0;
	for (uint32_t a = 0; a < view->table->answer_count; a++) {
		if (!is_named(view->table->answers[a].needs, name))
			continue;
		if (!(table->measures[view->measures[a]].flags & CRMVAL_STATE))
			return 1;
		is_needed = 1;
	}
	return !is_needed;
}

static int bind_view(struct bound_dimension *bound, struct bound_view *view, struct data *data,
		     struct crmval_error *error)
{
	const struct crmval_dimension *table = bound->table;
	int entity = model_entity_index(view->table->entity);
	if (entity < 0)
		return fail(error, CRMVAL_ECONF, "plugin %s (%s): there is no entity \"%s\"",
			    bound->plugin->table->name, bound->plugin->path, view->table->entity);
	view->entity = (uint32_t)entity;
	view->inputs = arena_array(&bound->arena, (size_t)view->table->input_count + 1, sizeof *view->inputs);
	view->measures = arena_array(&bound->arena, (size_t)view->table->answer_count + 1, sizeof *view->measures);
	if (!view->inputs || !view->measures)
		return fail_memory(error);
	for (uint32_t a = 0; a < view->table->answer_count; a++) {
		while (strcmp(table->measures[view->measures[a]].id, view->table->answers[a].measure) != 0)
			view->measures[a]++;
		view->is_event |= !(table->measures[view->measures[a]].flags & CRMVAL_STATE);
	}
	int code = CRMVAL_OK;
	for (uint32_t i = 0; i < view->table->input_count && code == CRMVAL_OK; i++) {
		view->inputs[i].table = &view->table->inputs[i];
		view->inputs[i].is_event = is_event_input(table, view, view->table->inputs[i].name);
		code = bind_input(bound, view, &view->inputs[i], data, error);
	}
	return code;
}

static const char *copy_text(struct bound_dimension *bound, const char *text, int *failed)
{
	char *copy = text ? arena_strdup(&bound->arena, text) : NULL;
	*failed |= text && !copy;
	return copy;
}

static int copy_parameters(struct bound_dimension *bound, const struct crmval_value *parameters,
			   struct crmval_error *error)
{
	uint32_t count = bound->table->parameter_count;
	int failed = 0;
	struct crmval_value *copies = arena_array(&bound->arena, (size_t)count + 1, sizeof *copies);
	for (uint32_t i = 0; copies && i < count; i++) {
		const struct crmval_value *value = &parameters[i];
		const char **words = arena_array(&bound->arena, (size_t)value->word_count + 1, sizeof *words);
		for (uint32_t w = 0; words && w < value->word_count; w++)
			words[w] = copy_text(bound, value->words[w], &failed);
		failed |= !words;
		copies[i] = *value;
		copies[i].text = copy_text(bound, value->text, &failed);
		copies[i].words = value->words ? words : NULL;
	}
	bound->parameters = copies;
	return copies && !failed ? CRMVAL_OK : fail_memory(error);
}

int bind_dimension(struct bound_dimension *bound, const struct plugin *plugin, const struct crmval_value *parameters,
		   struct data *data, struct crmval_error *error)
{
	const struct crmval_dimension *table = plugin->table->dimension;
	*bound = (struct bound_dimension){.plugin = plugin, .table = table, .arena.kind = ARENA_MAPPED};
	bound->views = arena_array(&bound->arena, (size_t)table->view_count + 1, sizeof *bound->views);
	bound->no_data = arena_array(&bound->arena, (size_t)table->measure_count + 1, sizeof *bound->no_data);
	if (!bound->views || !bound->no_data)
		return fail_memory(error);
	int code = copy_parameters(bound, parameters, error);
	for (uint32_t v = 0; v < table->view_count && code == CRMVAL_OK; v++) {
		bound->views[v].table = &table->views[v];
		code = bind_view(bound, &bound->views[v], data, error);
	}
	return code;
}

/* Adds a name to a list unless it is there. */
static void note_name(char *list, size_t size, const char *name)
{
	size_t length = strlen(name), used = strlen(list);
	for (const char *p = list; (p = strstr(p, name)) != NULL; p += length)
		if (p[length] == 0 || p[length] == ',' || p[length] == ' ')
			return;
	snprintf(list + used, size - used, "%s%s", used ? ", " : "", name);
}

static void note_field(char *list, size_t size, const char *entity, const char *field)
{
	char name[80];
	snprintf(name, sizeof name, "%s.%s", entity, field);
	note_name(list, size, name);
}

/* Adds what a need lacks to a reason.  Needs of several inputs often lack the same fields: each is named once. */
static void note_lacks(char *reason, size_t size, char *lacks)
{
	if (strstr(lacks, " or ")) {
		note_name(reason, size, lacks);
		return;
	}
	for (char *rest, *name = strtok_r(lacks, ",", &rest); name; name = strtok_r(NULL, ",", &rest))
		note_name(reason, size, name + (*name == ' '));
}

/* Notes what a route lacks; alternatives after the first are not needed. */
static void note_route(const struct route *route, const struct data *data, char *list, size_t size)
{
	uint32_t entity;
	if (!route->count)
		return;
	const struct field *field = path_unmapped(&route->paths[0], data, 0, &entity);
	if (field)
		note_field(list, size, model_entities[entity].name, field->name);
}

/* The fields that an input lacks, as a list; "" where it has all. */
static void note_input(const struct bound_input *input, const struct data *data, char *list, size_t size)
{
	const struct rollup *rollup = input->rollup;
	*list = 0;
	if (!rollup) {
		note_route(&input->route, data, list, size);
		return;
	}
	if (!data->tables[rollup->entity].is_mapped && rollup->by.count == 0)
		note_field(list, size, model_entities[rollup->entity].name, "id");
	const struct route *routes[] = {&rollup->by,  &rollup->of,    &rollup->date,
					&rollup->per, &rollup->ended, &rollup->until_own};
	for (size_t i = 0; i < sizeof routes / sizeof routes[0]; i++)
		note_route(routes[i], data, list, size);
}

/* Is one term of `needs` ("a", "$parameter") met?  What it lacks is noted. */
static int term_met(const struct bound_dimension *bound, const struct bound_view *view, const struct data *data,
		    const char *term, size_t length, char *lacks, size_t size)
{
	char list[512] = "";
	if (*term == '$') {
		const struct crmval_value *value = parameter_named(bound, term + 1, length - 1);
		if (!value || !value->is_set)
			snprintf(list, sizeof list, "parameter %.*s", (int)length - 1, term + 1);
	}
	for (uint32_t i = 0; i < view->table->input_count; i++) {
		const char *name = view->table->inputs[i].name;
		if (strlen(name) == length && memcmp(name, term, length) == 0)
			note_input(&view->inputs[i], data, list, sizeof list);
	}
	if (*list)
		note_name(lacks, size, list);
	return !*list;
}

/* One need: alternatives between '|', each of terms joined by '+'. */
static int need_met(const struct bound_dimension *bound, const struct bound_view *view, const struct data *data,
		    const char *need, size_t length, char *lacks, size_t size)
{
	*lacks = 0;
	for (const char *p = need, *end = need + length; p < end;) {
		int is_met = 1;
		char list[512] = "";
		while (1) {
			size_t term = strcspn(p, "+| ");
			if (p + term > end)
				term = (size_t)(end - p);
			is_met &= term_met(bound, view, data, p, term, list, sizeof list);
			p += term;
			if (p >= end || *p != '+')
				break;
			p++;
		}
		if (is_met)
			return 1;
		size_t used = strlen(lacks);
		if (*list)
			snprintf(lacks + used, size - used, "%s%s", used ? " or " : "", list);
		p += p < end;
	}
	return 0;
}

/* The reason why an answer lacks something, added to what its measure lacks already. */
static int note_answer(struct bound_dimension *bound, const struct bound_view *view, uint32_t a,
		       const struct data *data, struct crmval_error *error)
{
	char reason[1024] = "", lacks[1024];
	const char **no_data = &bound->no_data[view->measures[a]];
	if (!data->tables[view->entity].is_mapped)
		note_field(reason, sizeof reason, model_entities[view->entity].name, "id");
	for (const char *p = view->table->answers[a].needs; p && *p;) {
		size_t length = strcspn(p, " ");
		if (length && !need_met(bound, view, data, p, length, lacks, sizeof lacks))
			note_lacks(reason, sizeof reason, lacks);
		p += length + (p[length] == ' ');
	}
	if (!*reason)
		return CRMVAL_OK;
	*no_data = *no_data ? arena_printf(&bound->arena, "%s, %s", *no_data, reason)
			    : arena_printf(&bound->arena, "not mapped: %s", reason);
	return *no_data ? CRMVAL_OK : fail_memory(error);
}

/* All fields on some way to an input are there, the optional ones too. */
static int route_is_mapped(const struct route *route, const struct data *data)
{
	uint32_t entity;
	int is_mapped = route->count == 0;
	for (uint32_t p = 0; p < route->count; p++)
		is_mapped |= path_unmapped(&route->paths[p], data, 1, &entity) == NULL;
	return is_mapped;
}

int bind_mapped(struct bound_dimension *bound, const struct data *data, struct crmval_error *error)
{
	for (uint32_t v = 0; v < bound->table->view_count; v++) {
		struct bound_view *view = &bound->views[v];
		for (uint32_t i = 0; i < view->table->input_count; i++) {
			struct bound_input *input = &view->inputs[i];
			const struct rollup *rollup = input->rollup;
			const struct field *field = rollup ? NULL : input->route.field;
			input->is_mapped = rollup ? route_is_mapped(&rollup->by, data) &&
							    route_is_mapped(&rollup->of, data) &&
							    route_is_mapped(&rollup->date, data)
						  : route_is_mapped(&input->route, data);
			input->is_checked = field && field->type == FIELD_REFERENCE &&
					    data->tables[model_entity_index(field->target)].is_mapped;
		}
		for (uint32_t a = 0; a < view->table->answer_count; a++) {
			int code = note_answer(bound, view, a, data, error);
			if (code != CRMVAL_OK)
				return code;
		}
	}
	return CRMVAL_OK;
}

static int number_words(struct bound_dimension *bound, const struct data *data, struct crmval_error *error)
{
	for (uint32_t v = 0; v < bound->table->view_count; v++) {
		struct bound_view *view = &bound->views[v];
		for (uint32_t i = 0; i < view->table->input_count; i++) {
			struct bound_input *input = &view->inputs[i];
			uint32_t count;
			if (input->rollup || input->as != CRMVAL_SYMBOL || !input->words)
				continue;
			input->translation = symbol_translation(data, &input->route, input->words, &count);
			if (!input->translation)
				return fail_memory(error);
		}
	}
	return CRMVAL_OK;
}

/* Lists a dimension's rollups; tasks NULL: only counts them. */
static uint32_t list_rollups(const struct bound_dimension *bound, const struct job *job, struct sweep_task *tasks)
{
	uint32_t count = 0;
	for (uint32_t v = 0; v < bound->table->view_count; v++) {
		const struct bound_view *view = &bound->views[v];
		for (uint32_t i = 0; i < view->table->input_count; i++) {
			const struct bound_input *input = &view->inputs[i];
			int windows = job->has_baseline && view->is_event && input->is_event ? 2 : 1;
			for (int window = 0; input->rollup && window < windows; window++, count++)
				if (tasks)
					tasks[count] = (struct sweep_task){input->rollup, window};
		}
	}
	return count;
}

int bind_loaded(struct bound_dimension *dimensions, uint32_t count, const struct data *data, const struct job *job,
		unsigned threads, struct crmval_error *error)
{
	uint32_t tasks = 0, listed = 0;
	int code = CRMVAL_OK;
	for (uint32_t d = 0; d < count && code == CRMVAL_OK; d++) {
		code = number_words(&dimensions[d], data, error);
		tasks += list_rollups(&dimensions[d], job, NULL);
	}
	if (code != CRMVAL_OK)
		return code;
	struct sweep_task *list = calloc((size_t)tasks + 1, sizeof *list);
	if (!list)
		return fail_memory(error);
	for (uint32_t d = 0; d < count; d++)
		listed += list_rollups(&dimensions[d], job, list + listed);
	code = sweep_run(list, tasks, data, &job->period, &job->baseline, threads, error);
	free(list);
	return code;
}

void bind_free(struct bound_dimension *bound)
{
	for (uint32_t v = 0; bound->views && v < bound->table->view_count; v++)
		for (uint32_t i = 0; bound->views[v].inputs && i < bound->views[v].table->input_count; i++) {
			if (bound->views[v].inputs[i].rollup)
				rollup_close(bound->views[v].inputs[i].rollup);
			free(bound->views[v].inputs[i].translation);
		}
	arena_free(&bound->arena);
}
