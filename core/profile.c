/* SPDX-License-Identifier: MIT */
/* Tables of what a run took. */
#include "profile.h"

#include "screen.h"
#include "text.h"

#include <stdio.h>
#include <string.h>

#define MIB 1048576.0

/* A row of a table under way: a name, then numbers, right-aligned.  Width is that of a screen, whatever the script. */
struct line {
	char text[512];
	size_t length;
};

static void put(struct line *line, const char *text, int width)
{
	int spaces = width < 0 ? -width - screen_text_width(text) : width - screen_text_width(text);
	int written =
		snprintf(line->text + line->length, sizeof line->text - line->length, "%*s%s%*s",
			 width > 0 && spaces > 0 ? spaces : 0, "", text, width < 0 && spaces > 0 ? spaces : 0, "");
	if (written > 0)
		line->length += (size_t)written;
	if (line->length >= sizeof line->text)
		line->length = sizeof line->text - 1;
}

static void put_name(struct line *line, const char *name)
{
	*line = (struct line){.length = 0};
	put(line, name, -36);
}

static void put_time(struct line *line, double seconds)
{
	char text[32];
	snprintf(text, sizeof text, "%.3f", seconds);
	put(line, text, 12);
}

static void put_count(struct line *line, uint64_t count)
{
	char text[SCREEN_COUNT_SIZE];
	put(line, screen_count_text((double)count, text), 15);
}

static void put_bytes(struct line *line, uint64_t bytes)
{
	char text[32];
	snprintf(text, sizeof text, "%.1f", (double)bytes / MIB);
	put(line, text, 11);
}

/* ---- rooms ---- */

void profile_rooms(const struct run *run, profile_line *say, void *context)
{
	for (int room = 0; room < ROOM_COUNT; room++) {
		char text[64];
		snprintf(text, sizeof text, "%-8s %8.3f s", _(run_room_names[room]), run->spent[room].wall);
		say(context, text);
	}
}

/* Rows that a dimension's views look at, in both windows. */
static uint64_t rows_seen(const struct run *run, uint32_t d)
{
	const struct bound_dimension *dimension = &run->dimensions[d];
	uint64_t rows = 0;
	for (uint32_t v = 0; v < dimension->table->view_count; v++) {
		uint64_t windows = run->job->has_baseline && dimension->views[v].is_event ? 2 : 1;
		rows += windows * atomic_load(&run->data->tables[dimension->views[v].entity].rows);
	}
	return rows;
}

static void add_reading(const struct reading *reading, uint64_t *rows, uint64_t *bytes)
{
	*rows += atomic_load(&reading->cost.rows);
	*bytes += atomic_load(&reading->cost.bytes);
}

static void tell_rooms(const struct run *run, profile_line *say, void *context)
{
	struct line line;
	struct spent all = {0, 0};
	uint64_t rows[ROOM_COUNT] = {0}, bytes = 0;
	for (uint32_t i = 0; i < run->load.feed_count; i++)
		add_reading(&run->load.feeds[i].reading, &rows[ROOM_LOAD], &bytes);
	for (uint32_t i = 0; i < run->load.lookup_count; i++)
		add_reading(&run->load.lookups[i].reading, &rows[ROOM_LOAD], &bytes);
	for (uint32_t d = 0; d < run->job->dimension_count; d++)
		rows[ROOM_EVALUATE] += rows_seen(run, d);
	put_name(&line, _("room"));
	put(&line, _("wall s"), 12);
	put(&line, _("CPU s"), 12);
	put(&line, _("rows"), 15);
	put(&line, _("MiB"), 11);
	say(context, line.text);
	for (int room = 0; room < ROOM_COUNT; room++) {
		put_name(&line, _(run_room_names[room]));
		put_time(&line, run->spent[room].wall);
		put_time(&line, run->spent[room].cpu);
		if (rows[room])
			put_count(&line, rows[room]);
		if (room == ROOM_LOAD)
			put_bytes(&line, bytes);
		say(context, line.text);
		all.wall += run->spent[room].wall;
		all.cpu += run->spent[room].cpu;
	}
	put_name(&line, _("all, and memory at its peak"));
	put_time(&line, all.wall);
	put_time(&line, all.cpu);
	put(&line, "", 15);
	put_bytes(&line, spent_memory());
	say(context, line.text);
}

/* ---- tables that were read ---- */

static void tell_reading(const struct run *run, const struct reading *reading, const struct table *table,
			 profile_line *say, void *context)
{
	struct line line;
	char name[256];
	const struct reading_cost *cost = &reading->cost;
	if (!atomic_load(&cost->rows) && !atomic_load(&cost->reading))
		return;
	snprintf(name, sizeof name, "%s (%s)", reading->what, run->job->sources[reading->source].plugin);
	put_name(&line, name);
	put_time(&line, (double)atomic_load(&cost->reading) * 1e-9);
	put_time(&line, (double)atomic_load(&cost->taking) * 1e-9);
	if (table)
		put_time(&line, table->indexing);
	else
		put(&line, "", 12);
	put_count(&line, atomic_load(&cost->rows));
	put_bytes(&line, atomic_load(&cost->bytes));
	say(context, line.text);
}

static void tell_readings(const struct run *run, profile_line *say, void *context)
{
	struct line line;
	put_name(&line, _("table, in seconds of CPU"));
	put(&line, _("reading"), 12);
	put(&line, _("converting"), 12);
	put(&line, _("indexing"), 12);
	put(&line, _("rows"), 15);
	put(&line, _("MiB"), 11);
	say(context, line.text);
	for (uint32_t i = 0; i < run->load.lookup_count; i++)
		tell_reading(run, &run->load.lookups[i].reading, NULL, say, context);
	for (uint32_t i = 0; i < run->load.feed_count; i++) {
		const struct feed *feed = &run->load.feeds[i];
		/* What several feed is indexed once. */
		int is_first = i == 0 || run->load.feeds[i - 1].entity != feed->entity;
		tell_reading(run, &feed->reading, is_first ? &run->data->tables[feed->entity] : NULL, say, context);
	}
}

/* What a dimension costs besides evaluating: its file, a child that describes it, children that evaluate. */
static double confining(const struct run *run, uint32_t d)
{
	const struct evaluation *evaluation = &run->evaluations[d];
	return run->dimension_plugins[d].seconds + evaluation->confining + evaluation->seconds - evaluation->evaluating;
}

static void tell_dimensions(const struct run *run, profile_line *say, void *context)
{
	struct line line;
	put_name(&line, _("dimension, in milliseconds of CPU"));
	put(&line, _("confining"), 12);
	put(&line, _("evaluating"), 12);
	put(&line, _("rows"), 15);
	say(context, line.text);
	for (uint32_t d = 0; d < run->job->dimension_count; d++) {
		put_name(&line, run->job->dimensions[d].plugin);
		put_time(&line, 1000 * confining(run, d));
		put_time(&line, 1000 * run->evaluations[d].evaluating);
		put_count(&line, rows_seen(run, d));
		say(context, line.text);
	}
}

void profile_all(const struct run *run, profile_line *say, void *context)
{
	tell_rooms(run, say, context);
	tell_readings(run, say, context);
	tell_dimensions(run, say, context);
}
