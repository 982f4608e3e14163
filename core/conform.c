/* SPDX-License-Identifier: MIT */
/* The trials of a plugin, one after the other: what cannot be tried, since something before it failed, is skipped. */
#include "conform.h"

#include "conform_elf.h"
#include "conform_view.h"
#include "error.h"
#include "job_options.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

enum parameter_kind { PARAMETERS_INITIAL, PARAMETERS_LEAST, PARAMETERS_MOST };

/* What trials have in common. */
struct conforming {
	struct conformance *conformance;
	struct plugin plugin;
	struct confine_limits limits;
	struct data *data;
	struct bound_dimension dimension;
	struct crmval_value *parameters[3]; /* by parameter_kind; NULL: no parameter has a range */
	char *breadcrumb;
	double start; /* of the trial at hand */
	struct crmval_error *error;
};

static double now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

struct trial *conformance_add(struct conformance *conformance, const char *group, const char *name,
			      enum trial_outcome outcome, const char *message)
{
	static struct trial nowhere;
	if (conformance->count == conformance->capacity) {
		size_t capacity = conformance->capacity * 2 + 64;
		struct trial *grown = realloc(conformance->trials, capacity * sizeof *grown);
		if (!grown) {
			conformance->failed++; /* what is not told must not pass */
			return &nowhere;
		}
		conformance->trials = grown;
		conformance->capacity = capacity;
	}
	struct trial *trial = &conformance->trials[conformance->count++];
	*trial = (struct trial){arena_strdup(&conformance->arena, group), arena_strdup(&conformance->arena, name),
				outcome, message ? arena_strdup(&conformance->arena, message) : NULL, 0};
	conformance->failed += outcome == TRIAL_FAILED;
	conformance->skipped += outcome == TRIAL_SKIPPED;
	return trial;
}

static int add(struct conforming *c, const char *group, const char *name, int code, const char *message)
{
	struct trial *trial =
		conformance_add(c->conformance, group, name, code ? TRIAL_FAILED : TRIAL_PASSED, code ? message : NULL);
	trial->seconds = now() - c->start;
	c->start = now();
	return code;
}

/* ---- in a child ---- */

static int run_body(struct conforming *c, int (*body)(void *, struct crmval_error *), void *context,
		    struct confine_task *task)
{
	*task = (struct confine_task){.plugin_fd = c->plugin.fd,
				      .name = c->conformance->name,
				      .body = body,
				      .context = context,
				      .breadcrumb = c->breadcrumb};
	*c->breadcrumb = '\0';
	return confine_run(task, 1, 1, &c->limits, c->error);
}

static int try_elf(struct conforming *c, const char *name, int (*body)(void *, struct crmval_error *))
{
	struct confine_task task;
	int code = run_body(c, body, NULL, &task);
	confine_answer_free(&task.answer);
	if (code == CRMVAL_OK)
		add(c, "file", name, task.code, task.error.message);
	return code;
}

/* ---- parameters ---- */

/* What a job that sets nothing gives; required ones get what fits their type. */
static int make_parameters(struct conforming *c, const struct crmval_option *options, uint32_t count)
{
	struct problems problems = {0};
	struct arena *arena = &c->conformance->arena;
	struct job job = {.arena = arena, .path = c->conformance->path, .directory = "/"};
	struct checker checker = checker_of(&job, &problems);
	static const char *const none[] = {NULL}, *const words[] = {"x"};
	struct crmval_value *values = options_bind(&checker, NULL, NULL, options, count, none);
	int has_ranges = 0;
	for (int kind = 0; kind < 3 && values; kind++) {
		c->parameters[kind] = arena_array(arena, (size_t)count + 1, sizeof *values);
		if (!c->parameters[kind])
			values = NULL;
		for (uint32_t i = 0; i < count && values; i++) {
			struct crmval_value *value = &c->parameters[kind][i];
			const struct crmval_option *option = &options[i];
			int is_number = option->type <= CRMVAL_OPTION_INTEGER,
			    has_range = option->least != option->most;
			*value = values[i];
			if (is_number && has_range && (kind || (!value->is_set && option->flags & CRMVAL_REQUIRED)))
				*value = (struct crmval_value){
					1, 0, kind == PARAMETERS_MOST ? option->most : option->least, NULL, NULL};
			else if (!value->is_set && option->flags & CRMVAL_REQUIRED)
				*value = (struct crmval_value){1, 1, 1, "x", words};
			has_ranges |= is_number && has_range;
		}
	}
	if (!has_ranges)
		c->parameters[PARAMETERS_LEAST] = c->parameters[PARAMETERS_MOST] = NULL;
	if (values)
		add(c, "tables", _("defaults of parameters"), problems.count ? CRMVAL_ECONF : CRMVAL_OK,
		    problems.count ? problems.texts[0] : NULL);
	problems_free(&problems);
	return values ? CRMVAL_OK : fail_memory(c->error);
}

/* ---- views ---- */

static void compare_digests(struct conforming *c, const char *group, const char *name, struct confine_task *tasks)
{
	struct view_answer answers[2];
	if (tasks[0].code || tasks[1].code || tasks[0].answer.size != sizeof *answers ||
	    tasks[1].answer.size != sizeof *answers)
		return;
	for (int i = 0; i < 2; i++)
		memcpy(&answers[i], tasks[i].answer.bytes, sizeof answers[i]);
	if (answers[0].digest != answers[1].digest) {
		char what[160];
		snprintf(what, sizeof what, _("%s, in a second process"), name);
		add(c, group, what, CRMVAL_EBUG,
		    _("the same rows give other observations: they must not depend on the time, addresses, process "
		      "numbers or "
		      "chance"));
	}
}

/* Several views may be of one entity. */
static void name_group(const struct conforming *c, uint32_t view, char *group, size_t size)
{
	const struct crmval_view *views = c->dimension.table->views;
	uint32_t number = 1;
	for (uint32_t v = 0; v < view; v++)
		number += strcmp(views[v].entity, views[view].entity) == 0;
	if (number == 1)
		snprintf(group, size, _("view of %s"), views[view].entity);
	else
		snprintf(group, size, _("view of %s, number %u"), views[view].entity, number);
}

static int try_rows(struct conforming *c, uint32_t view, enum rows_kind kind, enum parameter_kind parameters)
{
	static const char *const kinds[ROWS_KINDS] = {N_("random rows"), N_("extreme rows"), N_("missing rows"),
						      N_("unmapped fields")};
	static const char *const ends[] = {"", N_(", least parameters"), N_(", greatest parameters")};
	struct view_trial trial = {.dimension = &c->dimension,
				   .view = view,
				   .parameters = c->parameters[parameters],
				   .kind = kind,
				   .seed = c->conformance->seed + view,
				   .breadcrumb = c->breadcrumb};
	struct confine_task tasks[2];
	char group[160], name[96];
	name_group(c, view, group, sizeof group);
	snprintf(name, sizeof name, "%s%s", _(kinds[kind]), *ends[parameters] ? _(ends[parameters]) : "");
	int code = run_body(c, view_trial_rules, &trial, &tasks[0]);
	if (code != CRMVAL_OK)
		return code;
	code = run_body(c, view_trial_rules, &trial, &tasks[1]);
	if (code == CRMVAL_OK && tasks[0].code == CRMVAL_ECONF && parameters != PARAMETERS_INITIAL)
		conformance_add(c->conformance, group, name, TRIAL_SKIPPED, tasks[0].error.message);
	else if (code == CRMVAL_OK)
		add(c, group, name, tasks[0].code, tasks[0].error.message);
	if (code == CRMVAL_OK)
		compare_digests(c, group, name, tasks);
	for (int i = 0; i < 2; i++)
		confine_answer_free(&tasks[i].answer);
	return code;
}

/* Time and memory per million rows: what a long run takes more than a short one. */
static int try_speed(struct conforming *c, uint32_t view)
{
	enum { SHORT = 1 << 16, LONG = SHORT + (1 << 20), KEPT_MOST = 8 << 20 };
	struct view_trial trial = {.dimension = &c->dimension,
				   .view = view,
				   .parameters = c->parameters[PARAMETERS_INITIAL],
				   .seed = c->conformance->seed,
				   .breadcrumb = c->breadcrumb};
	struct confine_task tasks[2];
	struct view_answer answers[2] = {{0, 0}, {0, 0}};
	char group[160], message[200];
	int is_done = 1;
	name_group(c, view, group, sizeof group);
	for (int i = 0; i < 2; i++) {
		trial.rows = i ? LONG : SHORT;
		int code = run_body(c, view_trial_speed, &trial, &tasks[i]);
		if (code != CRMVAL_OK)
			return code;
		is_done &= tasks[i].code == CRMVAL_OK && tasks[i].answer.size == sizeof answers[i];
		if (is_done)
			memcpy(&answers[i], tasks[i].answer.bytes, sizeof answers[i]);
		confine_answer_free(&tasks[i].answer);
	}
	if (!is_done)
		return CRMVAL_OK; /* the trials of its rules say why */
	double million = 1e6 / (LONG - SHORT), seconds = (answers[1].seconds - answers[0].seconds) * million;
	double kept = ((double)tasks[1].memory - (double)tasks[0].memory) * million;
	snprintf(message, sizeof message, _("%.3f s and %.1f MiB per million rows"), seconds > 0 ? seconds : 0,
		 kept > 0 ? kept / (1 << 20) : 0);
	if (kept > KEPT_MOST) {
		add(c, group, _("time and memory"), CRMVAL_EBUG,
		    strcat(message, _(": nothing may be kept between calls, nor be left behind")));
		return CRMVAL_OK;
	}
	struct trial *added = conformance_add(c->conformance, group, _("time and memory"), TRIAL_PASSED, message);
	added->seconds = now() - c->start;
	c->start = now();
	return CRMVAL_OK;
}

static int try_view(struct conforming *c, uint32_t view)
{
	int code = CRMVAL_OK;
	for (int kind = 0; kind < ROWS_KINDS && !code; kind++)
		code = try_rows(c, view, (enum rows_kind)kind, PARAMETERS_INITIAL);
	for (int parameters = PARAMETERS_LEAST; parameters <= PARAMETERS_MOST && !code; parameters++)
		if (c->parameters[parameters])
			code = try_rows(c, view, ROWS_RANDOM, (enum parameter_kind)parameters);
	return code ? code : try_speed(c, view);
}

/* ---- a dimension ---- */

/* Entities, fields, paths, types: against the model and what the plugin adds to it. */
static int bind(struct conforming *c)
{
	struct crmval_error error = {.struct_size = sizeof error};
	int code = model_extend(c->plugin.table, &error);
	if (c->plugin.table->entity_count)
		add(c, "tables", _("entities of its own"), code, error.message);
	c->data = code ? NULL : calloc(1, sizeof *c->data);
	if (!c->data)
		return code ? code : CRMVAL_ENOMEM;
	if (data_init(c->data, &error) != CRMVAL_OK)
		return CRMVAL_ENOMEM;
	code = bind_dimension(&c->dimension, &c->plugin, c->parameters[PARAMETERS_INITIAL], c->data, &error);
	if (code == CRMVAL_OK)
		code = bind_mapped(&c->dimension, c->data, &error);
	return add(c, "tables", _("entities, fields and types"), code, error.message);
}

static int try_dimension(struct conforming *c)
{
	const struct crmval_dimension *table = c->plugin.table->dimension;
	int code = make_parameters(c, table->parameters, table->parameter_count);
	if (code != CRMVAL_OK || bind(c) != CRMVAL_OK)
		return code;
	for (uint32_t v = 0; v < table->view_count && code == CRMVAL_OK; v++)
		code = try_view(c, v);
	return code;
}

static int try_source(struct conforming *c)
{
	struct crmval_error error = {.struct_size = sizeof error};
	const struct crmval_source *table = c->plugin.table->source;
	int code = make_parameters(c, table->options, table->option_count);
	if (code == CRMVAL_OK)
		code = make_parameters(c, table->table_options, table->table_option_count);
	if (code == CRMVAL_OK && c->plugin.table->entity_count)
		add(c, "tables", _("entities of its own"), model_extend(c->plugin.table, &error), error.message);
	return code;
}

/* ---- the whole ---- */

static const char *name_of(struct conformance *conformance, const char *path)
{
	const char *slash = strrchr(path, '/');
	char *name = arena_strdup(&conformance->arena, slash ? slash + 1 : path);
	size_t length = name ? strlen(name) : 0;
	if (length > 3 && strcmp(name + length - 3, ".so") == 0)
		name[length - 3] = '\0';
	return name ? name : "";
}

int conformance_try(struct conformance *conformance, const char *path, const struct plugin_settings *settings,
		    uint64_t seed, struct crmval_error *error)
{
	struct crmval_error what = {.struct_size = sizeof what};
	*conformance = (struct conformance){.path = path, .seed = seed};
	conformance->name = name_of(conformance, path);
	struct conforming c = {.conformance = conformance,
			       .plugin = {.fd = -1},
			       .limits = settings->limits,
			       .start = now(),
			       .error = error};
	void *shared = mmap(NULL, CONFINE_BREADCRUMB, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		return fail_memory(error);
	c.breadcrumb = shared;
	if (c.limits.sandbox == SANDBOX_DEFAULT)
		c.limits.sandbox = SANDBOX_REQUIRE;
	int code = plugin_open_file(path, settings, &c.plugin, &what);
	add(&c, "file", _("is trusted, loads, has well-formed tables"), code, what.message);
	if (code == CRMVAL_OK) {
		conformance->version = arena_strdup(&conformance->arena, c.plugin.table->version);
		conformance->is_source = c.plugin.table->source != NULL;
		code = plugin_hash(&c.plugin, conformance->sha256, error);
		if (code == CRMVAL_OK)
			code = try_elf(&c, _("exports one constant"), elf_trial_exports);
		if (code == CRMVAL_OK)
			code = try_elf(&c, _("imports nothing from the program"), elf_trial_imports);
		if (code == CRMVAL_OK)
			code = c.plugin.table->dimension ? try_dimension(&c) : try_source(&c);
	} else {
		code = CRMVAL_OK;
	}
	if (c.dimension.table)
		bind_free(&c.dimension);
	if (c.data)
		data_free(c.data);
	free(c.data);
	model_reset();
	plugin_close(&c.plugin);
	munmap(shared, CONFINE_BREADCRUMB);
	return code;
}

void conformance_free(struct conformance *conformance)
{
	free(conformance->trials);
	arena_free(&conformance->arena);
}
