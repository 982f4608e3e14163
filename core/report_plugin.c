/* SPDX-License-Identifier: MIT */
/* A plugin's tables for people: nothing here but what the tables hold. */
#include "report_plugin.h"

#include <string.h>

struct description {
	const struct crmval_plugin *table;
	const char *language;
	FILE *stream;
};

static const char *text_of(const struct description *d, const char *text)
{
	return plugin_text(d->table, d->language, text);
}

static void write_options(const struct description *d, const char *title, const struct crmval_option *options,
			  uint32_t count)
{
	static const char *const types[] = {
		[CRMVAL_OPTION_NUMBER] = "number", [CRMVAL_OPTION_INTEGER] = "whole number",
		[CRMVAL_OPTION_FLAG] = "flag",     [CRMVAL_OPTION_TEXT] = "text",
		[CRMVAL_OPTION_PATH] = "path",     [CRMVAL_OPTION_WORDS] = "words",
		[CRMVAL_OPTION_PATHS] = "paths",
	};
	if (count)
		fprintf(d->stream, "\n%s\n", title);
	for (uint32_t i = 0; i < count; i++) {
		fprintf(d->stream, "  %-22s %s", options[i].name, types[options[i].type]);
		if (options[i].least != 0 || options[i].most != 0)
			fprintf(d->stream, " from %.15g to %.15g", options[i].least, options[i].most);
		if (options[i].initial)
			fprintf(d->stream, ", default %s", options[i].initial);
		fprintf(d->stream, "%s\n  %-22s %s\n", options[i].flags & CRMVAL_REQUIRED ? ", required" : "", "",
			text_of(d, options[i].help));
	}
}

static void write_measure(const struct description *d, const struct crmval_measure *measure)
{
	static const char *const bases[] = {
		[CRMVAL_VALUE] = "value", [CRMVAL_GROWTH] = "growth", [CRMVAL_CHANGE] = "change"};
	fprintf(d->stream, "  %s: %s\n    %s\n    %s\n", measure->id, text_of(d, measure->title),
		text_of(d, measure->definition), text_of(d, measure->formula));
	fprintf(d->stream, "    %s, %s is better, scored by its %s%s\n", measure->unit,
		measure->better == CRMVAL_LOWER ? "lower" : "higher", bases[measure->basis],
		measure->flags & CRMVAL_STATE ? ", of the state at the end of the period" : "");
	if (measure->scale_count)
		fputs("    scale:", d->stream);
	for (uint32_t i = 0; i < measure->scale_count; i++)
		fprintf(d->stream, "%s %.15g -> %.15g%s", i ? "," : "", measure->scale[i].x, measure->scale[i].y,
			i + 1 == measure->scale_count ? "\n" : "");
}

static void write_dimension(const struct description *d, const struct crmval_dimension *dimension)
{
	fprintf(d->stream, "dimension: %s\n", text_of(d, dimension->title));
	for (uint32_t i = 0; i < dimension->indicator_count; i++) {
		const struct crmval_indicator *indicator = &dimension->indicators[i];
		fprintf(d->stream, "\n%s: %s\n", indicator->id, text_of(d, indicator->title));
		for (uint32_t m = 0; m < dimension->measure_count; m++)
			if (strcmp(dimension->measures[m].indicator, indicator->id) == 0)
				write_measure(d, &dimension->measures[m]);
	}
	write_options(d, "Parameters", dimension->parameters, dimension->parameter_count);
	fputs("\nReads\n", d->stream);
	for (uint32_t v = 0; v < dimension->view_count; v++) {
		const struct crmval_view *view = &dimension->views[v];
		fprintf(d->stream, "  %s:", view->entity);
		for (uint32_t i = 0; i < view->input_count; i++)
			fprintf(d->stream, "%s %s", i ? "," : "", view->inputs[i].name);
		putc('\n', d->stream);
	}
}

static void write_field(const struct description *d, const struct crmval_field *field)
{
	static const char *const types[] = {
		[CRMVAL_REFERENCE] = "reference", [CRMVAL_SYMBOL] = "word", [CRMVAL_DATE] = "date",
		[CRMVAL_NUMBER] = "number",       [CRMVAL_FLAG] = "flag",   [CRMVAL_TEXT] = "text",
		[CRMVAL_MONEY] = "money",
	};
	fprintf(d->stream, "  %-22s %s", field->name, types[field->type]);
	if (field->target)
		fprintf(d->stream, " to %s", field->target);
	for (uint32_t w = 0; field->words && field->words[w]; w++)
		fprintf(d->stream, "%s %s", w ? "," : ":", field->words[w]);
	fprintf(d->stream, "%s\n  %-22s %s\n", field->flags & CRMVAL_OPTIONAL ? ", optional" : "", "",
		text_of(d, field->help));
}

static void write_entities(const struct description *d)
{
	for (uint32_t e = 0; e < d->table->entity_count; e++) {
		const struct crmval_entity *entity = &d->table->entities[e];
		fprintf(d->stream, "\nData: %s: %s\n", entity->name, text_of(d, entity->title));
		for (uint32_t f = 0; f < entity->field_count; f++)
			write_field(d, &entity->fields[f]);
	}
}

/* Each language once, in the order of the table. */
static void write_languages(const struct description *d)
{
	const struct crmval_translation *all = d->table->translations;
	for (uint32_t i = 0; i < d->table->translation_count; i++) {
		uint32_t before = 0;
		while (before < i && strcmp(all[before].language, all[i].language) != 0)
			before++;
		if (before == i)
			fprintf(d->stream, "%s %s", i ? "," : "\nTranslated into", all[i].language);
	}
	if (d->table->translation_count)
		putc('\n', d->stream);
}

void report_plugin(const struct plugin *plugin, const char *language, FILE *stream)
{
	const struct crmval_plugin *table = plugin->table;
	const struct crmval_source *source = table->source;
	const struct description d = {table, language, stream};
	fprintf(stream, "%s %s: %s\n%s\ninterface %u.%u, confined by %s\n", table->name, table->version,
		text_of(&d, table->summary), plugin->path, table->abi_major, table->abi_minor, plugin->sandbox);
	if (table->dimension) {
		write_dimension(&d, table->dimension);
	} else {
		fputs("source\n", stream);
		write_options(&d, "Options", source->options, source->option_count);
		write_options(&d, "Options of each entity", source->table_options, source->table_option_count);
	}
	write_entities(&d);
	write_languages(&d);
}
