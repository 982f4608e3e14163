/* SPDX-License-Identifier: MIT */
/* crmval check: everything that can be known before all data are read, as a page that its reader can act on. */
#include "command.h"

#include "window.h"

#include <stdlib.h>
#include <string.h>

static void print_window(const char *title, const struct crmval_window *window)
{
	char from[11], to[11];
	date_format(window->from, from);
	date_format(window->to, to);
	printf("%-10s %s to %s, %d days\n", title, from, to, window_days(window));
}

/* One entity that a source has: where, and which of its fields. */
static void print_feed(const struct run *run, const struct feed *feed)
{
	const struct entity *entity = &model_entities[feed->entity];
	uint32_t mapped = 0;
	for (uint32_t f = 0; f < entity->field_count; f++)
		mapped += feed->columns[f] >= 0;
	printf("  %-17s %2u of %2u fields  %s", entity->name, mapped, entity->field_count,
	       job_relative(run->job, feed->table.inputs[0]));
	if (feed->table.input_count > 1)
		printf(" and %u more", feed->table.input_count - 1);
	putchar('\n');
	if (!run->data->tables[feed->entity].is_mapped)
		printf("  %-17s its id is not mapped, so none of it is used\n", "");
}

static void print_missing(const struct run *run)
{
	for (uint32_t e = 0; e < model_entity_count; e++) {
		const struct table *table = &run->data->tables[e];
		int is_first = 1;
		if (!table->is_mapped) {
			printf("  %-17s no source has it\n", table->entity->name);
			continue;
		}
		for (uint32_t f = 0; f < table->entity->field_count; f++) {
			if (table->columns[f].is_mapped)
				continue;
			printf(is_first ? "  %-17s %s" : "%.0s, %s", table->entity->name,
			       table->entity->fields[f].name);
			is_first = 0;
		}
		if (!is_first)
			putchar('\n');
	}
}

static void print_measures(const struct run *run)
{
	uint32_t without = 0;
	for (uint32_t m = 0; m < run->result.measure_count; m++)
		without += run->result.measures[m].no_data[0] != NULL;
	printf("\nMeasures: %u of %u can be computed\n", run->result.measure_count - without,
	       run->result.measure_count);
	for (uint32_t m = 0; m < run->result.measure_count; m++)
		if (run->result.measures[m].no_data[0])
			printf("  %-28s %s\n", run->result.measures[m].table->id, run->result.measures[m].no_data[0]);
	for (uint32_t m = 0; m < run->result.measure_count; m++) {
		const struct result_measure *measure = &run->result.measures[m];
		if (!measure->scale_count)
			printf("  %-28s basis \"value\" needs a scale: set dimensions...measures.%s.scale\n",
			       measure->table->id, measure->table->id);
		if (measure->basis != CRMVAL_VALUE && !run->job->has_baseline &&
		    measure->stated_baseline != measure->stated_baseline)
			printf("  %-28s is set against a baseline, and the job has none: set job.baseline\n",
			       measure->table->id);
	}
}

static void print_plugins(const struct run *run)
{
	printf("\nPlugins:\n");
	for (uint32_t i = 0; i < run->job->source_count; i++)
		printf("  source     %-22s %-8s %s\n", run->source_plugins[i].table->name,
		       run->source_plugins[i].table->version, run->source_plugins[i].path);
	for (uint32_t i = 0; i < run->job->dimension_count; i++)
		printf("  dimension  %-22s %-8s %s (confined by %s)\n", run->dimension_plugins[i].table->name,
		       run->dimension_plugins[i].table->version, run->dimension_plugins[i].path,
		       run->dimension_plugins[i].sandbox);
}

static void print_run(const struct run *run)
{
	printf("Job %s (%s)\n", run->job->name, run->job->path);
	print_window("period", &run->job->period);
	if (run->job->has_baseline)
		print_window("baseline", &run->job->baseline);
	printf("\nData:\n");
	for (uint32_t i = 0; i < run->load.feed_count; i++)
		print_feed(run, &run->load.feeds[i]);
	printf("\nNot mapped:\n");
	print_missing(run);
	print_measures(run);
	print_plugins(run);
}

int command_check(const struct options *options, int count, char **words)
{
	static struct run run;
	if (count != 1)
		return usage_error("crmval check takes one job file");
	int status = open_run(options, &run, words[0]);
	if (status == 0) {
		print_run(&run);
		printf("\nThe job is good.\n");
	}
	run_close(&run);
	return status;
}
