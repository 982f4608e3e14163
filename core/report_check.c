/* SPDX-License-Identifier: MIT */
/* Written for whoever knows the CRM, not this program: names as they are in the data, and what to do about each gap. */
#include "report_check.h"

#include "screen.h"
#include "text.h"
#include "window.h"

#include <string.h>

enum { NAME_WIDTH = 18, LINE_INDENT = 4, ADVICE_INDENT = 6 };

static void heading(struct screen *screen, const char *title)
{
	screen_newline(screen);
	screen->indent = 0;
	screen_flow(screen, TONE_BOLD, title);
	screen_newline(screen);
}

static void start(struct screen *screen, const char *name, int indent)
{
	screen->indent = indent;
	screen_left(screen, TONE_PLAIN, "", 2);
	screen_left(screen, TONE_PLAIN, name, NAME_WIDTH - 2);
	screen_left(screen, TONE_PLAIN, "", 1);
}

static void write_window(struct screen *screen, const char *title, const struct crmval_window *window)
{
	char from[11], to[11];
	date_format(window->from, from);
	date_format(window->to, to);
	screen_left(screen, TONE_PLAIN, title, 11);
	screen_flow_format(screen, TONE_PLAIN, "%s to %s, %d days", from, to, window_days(window));
	screen_newline(screen);
}

/* ---- what is read ---- */

/* Where a field comes from, where that is not a column of its own name. */
static void write_source(struct screen *screen, const struct feed *feed, uint32_t f, int *is_first)
{
	const struct field *field = &model_entities[feed->entity].fields[f];
	const struct feed_source *source = &feed->sources[f];
	const char *from = NULL;
	if (!feed_maps(feed, f))
		return;
	if (source->column >= 0)
		from = feed->reading.table.columns[source->column];
	for (uint32_t i = 0; source->derived.expression && i < feed->settings->field_count; i++)
		if (strcmp(feed->settings->fields[i].field, field->name) == 0)
			from = feed->settings->fields[i].column;
	if (!from || strcmp(from, field->name) == 0)
		return;
	if (*is_first)
		screen_left(screen, TONE_PLAIN, "", LINE_INDENT);
	screen->indent = LINE_INDENT;
	screen_flow_format(screen, TONE_DIM, "%s = %s; ", field->name, from + (*from == '='));
	*is_first = 0;
}

static void write_files(struct screen *screen, const struct run *run, const struct reading *reading)
{
	screen_flow(screen, TONE_PLAIN, job_relative(run->job, reading->table.inputs[0]));
	if (reading->table.input_count > 1)
		screen_flow_format(screen, TONE_PLAIN, " and %u more", reading->table.input_count - 1);
	if (reading->is_empty)
		screen_flow(screen, TONE_BOLD, _(" (no rows)"));
}

static void write_feed(struct screen *screen, const struct run *run, const struct feed *feed)
{
	const struct entity *entity = &model_entities[feed->entity];
	uint32_t mapped = 0;
	int is_first = 1;
	char count[40];
	for (uint32_t f = 0; f < entity->field_count; f++)
		mapped += feed_maps(feed, f) != 0;
	start(screen, entity->name, LINE_INDENT);
	snprintf(count, sizeof count, _("%2u of %2u fields"), mapped, entity->field_count);
	screen_left(screen, TONE_PLAIN, count, 17);
	write_files(screen, run, &feed->reading);
	screen_newline(screen);
	for (uint32_t f = 0; f < entity->field_count; f++)
		write_source(screen, feed, f, &is_first);
	if (!is_first)
		screen_newline(screen);
	if (!run->data->tables[feed->entity].is_mapped) {
		screen_left(screen, TONE_PLAIN, "", LINE_INDENT);
		screen_flow(screen, TONE_PLAIN, _("its id is not mapped, so none of it is used"));
		screen_newline(screen);
	}
}

/* Two parts may want one table. */
static int is_noted(const struct load_note *notes, const struct load_note *note)
{
	for (; notes < note; notes++)
		if (notes->entity == note->entity && notes->unless == note->unless &&
		    strcmp(notes->part->from, note->part->from) == 0)
			return 1;
	return 0;
}

/* The column that a part's ids are in; NULL: none, or it is called "id". */
static const char *id_of(const struct job_part *part)
{
	for (uint32_t i = 0; i < part->field_count; i++)
		if (strcmp(part->fields[i].field, "id") == 0 && !part->fields[i].expression)
			return part->fields[i].column;
	return NULL;
}

static void write_note(struct screen *screen, const struct load_note *note)
{
	const struct job_part *part = note->part;
	start(screen, part->entity, LINE_INDENT);
	if (note->unless)
		screen_flow_format(screen, TONE_PLAIN, "%s is not used for it, since %s has rows", part->from,
				   note->unless);
	else if (note->is_without_id && id_of(part))
		screen_flow_format(screen, TONE_PLAIN, "%s does not feed it, since it has no %s", part->from,
				   id_of(part));
	else if (note->is_without_id)
		screen_flow_format(screen, TONE_PLAIN, "%s does not feed it, since it has no column for its ids",
				   part->from);
	else
		screen_flow_format(screen, TONE_PLAIN, "%s, which could feed it, is not there", part->from);
	screen_newline(screen);
}

static void write_lookup(struct screen *screen, const struct run *run, const struct lookup *lookup)
{
	if (!lookup->is_there)
		return;
	screen->indent = LINE_INDENT;
	screen_left(screen, TONE_PLAIN, "", 2);
	screen_flow_format(screen, TONE_PLAIN, "%s reads ", lookup->reading.what);
	write_files(screen, run, &lookup->reading);
	screen_newline(screen);
}

static void write_data(struct screen *screen, const struct run *run)
{
	heading(screen, _("Data:"));
	for (uint32_t i = 0; i < run->load.feed_count; i++)
		write_feed(screen, run, &run->load.feeds[i]);
	for (uint32_t i = 0; i < run->load.note_count; i++)
		if (!is_noted(run->load.notes, &run->load.notes[i]))
			write_note(screen, &run->load.notes[i]);
	for (uint32_t i = 0; i < run->load.lookup_count; i++)
		write_lookup(screen, run, &run->load.lookups[i]);
}

/* ---- what is not ---- */

/* What the fields that plugins declare would hold: of the model's own, crmval.conf(5) tells. */
static void write_declared(struct screen *screen, const struct table *table)
{
	for (uint32_t f = 0; f < table->entity->field_count; f++) {
		const struct field *field = &table->entity->fields[f];
		if (!field->help || (table->is_mapped && table->columns[f].is_mapped))
			continue;
		screen->indent = ADVICE_INDENT;
		screen_left(screen, TONE_PLAIN, "", ADVICE_INDENT);
		screen_flow_format(screen, TONE_PLAIN, "%s (plugin %s): %s", field->name, field->plugin, field->help);
		screen_newline(screen);
	}
}

static void write_missing(struct screen *screen, const struct run *run)
{
	heading(screen, _("Not mapped:"));
	for (uint32_t e = 0; e < model_entity_count; e++) {
		const struct table *table = &run->data->tables[e];
		uint32_t missing = 0;
		for (uint32_t f = 0; f < table->entity->field_count && table->is_mapped; f++) {
			if (table->columns[f].is_mapped)
				continue;
			if (missing++ == 0)
				start(screen, table->entity->name, NAME_WIDTH + 1);
			screen_flow_format(screen, TONE_PLAIN, "%s%s", missing > 1 ? ", " : "",
					   table->entity->fields[f].name);
		}
		if (!table->is_mapped) {
			start(screen, table->entity->name, NAME_WIDTH + 1);
			screen_flow(screen, TONE_PLAIN, _("no source has it"));
		}
		if (missing || !table->is_mapped)
			screen_newline(screen);
		write_declared(screen, table);
	}
}

/* How many measures wait for a field? */
static uint32_t count_waiting(const struct run *run, const char *entity, const char *field)
{
	uint32_t count = 0;
	char name[80];
	int is_whole = strcmp(field, "id") == 0; /* what waits for any field of the entity waits for it */
	size_t length = (size_t)snprintf(name, sizeof name, "%s.%s", entity, is_whole ? "" : field);
	for (uint32_t m = 0; m < run->result.measure_count; m++) {
		const char *reason = run->result.measures[m].no_data[0];
		for (const char *p = reason ? strstr(reason, name) : NULL; p; p = strstr(p + length, name)) {
			char before = p == reason ? ' ' : p[-1], after = p[length];
			if (before != ' ' || (!is_whole && after && !strchr(", ", after)))
				continue;
			count++;
			break;
		}
	}
	return count;
}

/* Is an advice of use, and how many measures wait for what it gives?  -1: it is mapped. */
static int64_t advice_waiting(const struct run *run, const struct job_advice *advice)
{
	const struct table *table = &run->data->tables[model_entity_index(advice->entity)];
	int field = model_field_index(table->entity, advice->field);
	if (table->columns[field].is_mapped || (!table->is_mapped && strcmp(advice->field, "id") != 0))
		return -1;
	return count_waiting(run, advice->entity, advice->field);
}

static void write_one_advice(struct screen *screen, const struct job_advice *advice, int64_t waiting)
{
	int is_whole = strcmp(advice->field, "id") == 0;
	screen->indent = ADVICE_INDENT;
	screen_left(screen, TONE_PLAIN, "", 2);
	screen_flow_format(screen, TONE_BOLD, "%s%s%s", advice->entity, is_whole ? "" : ".",
			   is_whole ? "" : advice->field);
	if (waiting)
		screen_flow_format(screen, TONE_DIM, waiting == 1 ? N_(" (%u measure)") : N_(" (%u measures)"),
				   (unsigned)waiting);
	screen_newline(screen);
	screen_left(screen, TONE_PLAIN, "", ADVICE_INDENT);
	screen_flow(screen, TONE_PLAIN, advice->text);
	screen_newline(screen);
}

/* Writes what so many measures wait for; returns the next lower number that some do, -1: none. */
static int64_t write_waiting(struct screen *screen, const struct run *run, int64_t waiting)
{
	int64_t next = -1;
	for (uint32_t s = 0; s < run->job->source_count; s++) {
		const struct job_mapping *mapping = &run->job->sources[s].mapping;
		for (uint32_t i = 0; i < mapping->advice_count; i++) {
			int64_t its = advice_waiting(run, &mapping->advice[i]);
			if (its == waiting)
				write_one_advice(screen, &mapping->advice[i], its);
			if (its < waiting && its > next)
				next = its;
		}
	}
	return next;
}

/* What a mapping advises, of what is not mapped: what most measures wait for comes first. */
static void write_advice(struct screen *screen, const struct run *run)
{
	int64_t waiting = write_waiting(screen, run, INT64_MAX);
	if (waiting >= 0)
		heading(screen, _("What would give it:"));
	while (waiting >= 0)
		waiting = write_waiting(screen, run, waiting);
}

/* ---- what comes of it ---- */

static void write_measure(struct screen *screen, const char *id, const char *text)
{
	screen->indent = LINE_INDENT;
	screen_left(screen, TONE_PLAIN, "", 2);
	screen_left(screen, TONE_PLAIN, id, 29);
	screen_flow(screen, TONE_PLAIN, text);
	screen_newline(screen);
}

/* Are all tables that feed an entity without rows? */
static int is_empty(const struct run *run, uint32_t entity)
{
	int is_fed = 0;
	for (uint32_t i = 0; i < run->load.feed_count; i++) {
		if (run->load.feeds[i].entity != entity)
			continue;
		if (!run->load.feeds[i].reading.is_empty)
			return 0;
		is_fed = 1;
	}
	return is_fed;
}

/* The entity without rows that a measure is about; NULL: it has some. */
static const char *empty_entity(const struct run *run, const struct result_measure *measure)
{
	const struct bound_dimension *bound = &run->dimensions[measure->dimension];
	for (uint32_t v = 0; v < bound->table->view_count; v++) {
		const struct crmval_view *view = &bound->table->views[v];
		for (uint32_t a = 0; a < view->answer_count; a++)
			if (strcmp(view->answers[a].measure, measure->table->id) == 0 &&
			    is_empty(run, bound->views[v].entity))
				return view->entity;
	}
	return NULL;
}

static int has_data(const struct run *run, const struct result_measure *measure)
{
	return !measure->no_data[0] && !empty_entity(run, measure);
}

static void count_measures(const struct run *run, char *text, size_t size)
{
	uint32_t with = 0;
	for (uint32_t m = 0; m < run->result.measure_count; m++)
		with += has_data(run, &run->result.measures[m]) != 0;
	snprintf(text, size, _("%u of %u can be computed"), with, run->result.measure_count);
}

static void write_measures(struct screen *screen, const struct run *run)
{
	const struct result *result = &run->result;
	char text[160], count[60];
	count_measures(run, count, sizeof count);
	snprintf(text, sizeof text, _("Measures: %s"), count);
	heading(screen, text);
	for (uint32_t m = 0; m < result->measure_count; m++) {
		const struct result_measure *measure = &result->measures[m];
		const char *empty = empty_entity(run, measure);
		char reason[TEXT_REASON_SIZE];
		if (!measure->no_data[0] && empty)
			snprintf(text, sizeof text, _("no rows: %s"), empty);
		if (measure->no_data[0] || empty)
			write_measure(screen, measure->table->id,
				      measure->no_data[0] ? text_reason(measure->no_data[0], reason) : text);
	}
	for (uint32_t m = 0; m < result->measure_count; m++) {
		const struct result_measure *measure = &result->measures[m];
		if (!measure->scale_count) {
			snprintf(text, sizeof text,
				 _("basis \"value\" needs a scale: set dimensions...measures.%s.scale"),
				 measure->table->id);
			write_measure(screen, measure->table->id, text);
		}
		if (measure->basis != CRMVAL_VALUE && !run->job->has_baseline &&
		    measure->stated_baseline != measure->stated_baseline)
			write_measure(screen, measure->table->id,
				      _("is set against a baseline, and the job has none: set job.baseline"));
	}
}

static void write_plugin(struct screen *screen, const char *kind, const struct plugin *plugin)
{
	screen->indent = LINE_INDENT;
	screen_left(screen, TONE_PLAIN, "", 2);
	screen_left(screen, TONE_PLAIN, kind, 11);
	screen_left(screen, TONE_PLAIN, plugin->table->name, 23);
	screen_left(screen, TONE_PLAIN, plugin->table->version, 9);
	screen_flow(screen, TONE_PLAIN, plugin->path);
}

/* What a vendor's dimension measures; ours are known from the manual. */
static void write_titles(struct screen *screen, const struct run *run, uint32_t dimension)
{
	const struct result *result = &run->result;
	screen_flow(screen, TONE_PLAIN, result->dimensions[dimension].table->title);
	for (uint32_t m = 0, count = 0; m < result->measure_count; m++)
		if (result->measures[m].dimension == dimension && !run->dimension_plugins[dimension].is_ours) {
			screen_flow(screen, TONE_PLAIN, count++ ? "; " : " > ");
			screen_flow(screen, TONE_PLAIN, result->measures[m].table->title);
		}
	screen_newline(screen);
}

static void write_plugins(struct screen *screen, const struct run *run)
{
	heading(screen, _("Plugins:"));
	for (uint32_t i = 0; i < run->job->source_count; i++) {
		write_plugin(screen, _("source"), &run->source_plugins[i]);
		screen_newline(screen);
	}
	for (uint32_t i = 0; i < run->job->dimension_count; i++) {
		write_plugin(screen, _("dimension"), &run->dimension_plugins[i]);
		screen_flow_format(screen, TONE_PLAIN, " (confined by %s)", run->dimension_plugins[i].sandbox);
		screen_flow(screen, TONE_PLAIN, ": ");
		write_titles(screen, run, i);
	}
}

void report_check(const struct run *run, struct output *output, int width)
{
	struct screen screen = {.output = output, .width = width, .indent = LINE_INDENT};
	char count[60];
	screen_flow_format(&screen, TONE_PLAIN, "Job %s (%s)", run->job->name, run->job->path);
	screen_newline(&screen);
	write_window(&screen, _("period"), &run->job->period);
	if (run->job->has_baseline)
		write_window(&screen, _("baseline"), &run->job->baseline);
	count_measures(run, count, sizeof count);
	screen_left(&screen, TONE_PLAIN, _("measures"), 11);
	screen_flow(&screen, TONE_BOLD, count);
	screen_newline(&screen);
	write_data(&screen, run);
	write_missing(&screen, run);
	write_advice(&screen, run);
	write_measures(&screen, run);
	write_plugins(&screen, run);
	heading(&screen, _("The job is good."));
}
