/* SPDX-License-Identifier: MIT */
/* Names of columns in a job: those of a mapping may be missing, those that the job itself names are mistakes. */
#include "mapping_check.h"

#include "near.h"

#include <string.h>

struct lack {
	const struct load *load;
	struct problems *problems;
	uint32_t source;
	char key[160];
	int line;
};

static void report_lack(const struct lack *lack, const struct reading *reading, const char *column)
{
	struct near near;
	char advice[600];
	near_start(&near, column);
	for (uint32_t c = 0; c < reading->table.column_count; c++)
		near_offer(&near, reading->table.columns[c]);
	near_advice(&near, advice, sizeof advice);
	problems_add(lack->problems, lack->load->job->path, lack->line, "sources.[%u].%s: %s has no column \"%s\"; %s",
		     lack->source, lack->key, reading->table.inputs[0], column, advice);
}

/* Which column that an expression uses is not there?  NULL: none; *reading: of which table it should be. */
static const char *lacking(struct load *load, const struct expression *expression, const struct reading *own,
			   const struct reading **reading)
{
	int ignore_case = load->job->sources[own->source].mapping.ignore_case;
	for (uint32_t u = 0; expression && u < expression->use_count; u++) {
		const struct expression_use *use = &expression->uses[u];
		*reading = use->lookup ? &load_lookup(load, own->source, use->lookup)->reading : own;
		if (use->column && (*reading)->table.column_count &&
		    reading_column(*reading, use->column, ignore_case) < 0)
			return use->column;
	}
	return NULL;
}

static const char *field_lacks(const struct feed *feed, const struct job_field *said, const struct reading **reading)
{
	const struct entity *entity = &model_entities[feed->entity];
	*reading = &feed->reading;
	if (said->expression)
		return lacking(feed->load, said->expression, &feed->reading, reading);
	return *said->column && feed->sources[model_field_index(entity, said->field)].column < 0 ? said->column : NULL;
}

/* What is said of an entity holds for all of its parts: it is enough that one has the column. */
static int is_elsewhere(const struct load *load, const struct feed *feed, const struct job_field *said)
{
	const struct reading *reading;
	for (uint32_t i = 0; i < load->feed_count; i++) {
		const struct feed *other = &load->feeds[i];
		if (other == feed || other->entity != feed->entity || other->reading.source != feed->reading.source)
			continue;
		for (uint32_t f = 0; other->settings && f < other->settings->field_count; f++) {
			const struct job_field *same = &other->settings->fields[f];
			if (same->line == said->line && strcmp(same->field, said->field) == 0 &&
			    (other < feed || !field_lacks(other, same, &reading)))
				return 1; /* or has been reported */
		}
	}
	return 0;
}

/* Is the column there in another part of the entity? */
static int has_another(const struct load *load, const struct feed *feed, const char *column)
{
	for (uint32_t i = 0; feed && i < load->feed_count; i++) {
		const struct feed *other = &load->feeds[i];
		if (other != feed && other->entity == feed->entity && other->reading.source == feed->reading.source &&
		    reading_column(&other->reading, column, other->mapping->ignore_case) >= 0)
			return 1;
	}
	return 0;
}

/* feed: whose skips they are; NULL: a lookup's. */
static void check_skips(struct lack *lack, struct load *load, const struct job_skip *skips, uint32_t count,
			const struct reading *own, const struct feed *feed)
{
	const struct reading *reading;
	for (uint32_t i = 0; i < count; i++) {
		const char *column = skips[i].is_default ? NULL : lacking(load, skips[i].when, own, &reading);
		lack->line = skips[i].line;
		if (column && !has_another(load, feed, column))
			report_lack(lack, reading, column);
	}
}

static void check_feed(struct load *load, const struct feed *feed, struct problems *problems)
{
	const struct job_part *part = feed->settings;
	struct lack lack = {.load = load, .problems = problems, .source = feed->reading.source};
	const struct reading *reading;
	snprintf(lack.key, sizeof lack.key, "entities.%s.fields", part->entity);
	for (uint32_t i = 0; i < part->field_count; i++) {
		const struct job_field *said = &part->fields[i];
		const char *column = said->is_default ? NULL : field_lacks(feed, said, &reading);
		lack.line = said->line;
		if (column && !is_elsewhere(load, feed, said))
			report_lack(&lack, reading, column);
	}
	snprintf(lack.key, sizeof lack.key, "entities.%s.skip", part->entity);
	check_skips(&lack, load, part->skips, part->skip_count, &feed->reading, feed);
}

static void check_lookup(struct load *load, const struct lookup *lookup, struct problems *problems)
{
	const struct job_lookup *settings = lookup->settings;
	struct lack lack = {.load = load, .problems = problems, .source = lookup->reading.source};
	const struct expression *both[] = {settings->is_by_default ? NULL : settings->by,
					   settings->is_order_default ? NULL : settings->order};
	const struct reading *reading;
	lack.line = settings->line;
	snprintf(lack.key, sizeof lack.key, "lookups.%s", settings->name);
	for (int i = 0; i < 2; i++) {
		const char *column = lacking(load, both[i], &lookup->reading, &reading);
		if (column)
			report_lack(&lack, reading, column);
	}
	check_skips(&lack, load, settings->skips, settings->skip_count, &lookup->reading, NULL);
}

void mapping_check(struct load *load, struct problems *problems)
{
	for (uint32_t i = 0; i < load->feed_count; i++)
		if (load->feeds[i].settings)
			check_feed(load, &load->feeds[i], problems);
	for (uint32_t i = 0; i < load->lookup_count; i++)
		check_lookup(load, &load->lookups[i], problems);
}
