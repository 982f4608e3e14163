/* SPDX-License-Identifier: MIT */
/* A plugin's tables for people: nothing here but what the tables hold. */
#include "report_plugin.h"

#include "text.h"

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
		[CRMVAL_OPTION_NUMBER] = N_("number"), [CRMVAL_OPTION_INTEGER] = N_("whole number"),
		[CRMVAL_OPTION_FLAG] = N_("flag"),     [CRMVAL_OPTION_TEXT] = N_("text"),
		[CRMVAL_OPTION_PATH] = N_("path"),     [CRMVAL_OPTION_WORDS] = N_("words"),
		[CRMVAL_OPTION_PATHS] = N_("paths"),
	};
	if (count)
		fprintf(d->stream, "\n%s\n", title);
	for (uint32_t i = 0; i < count; i++) {
		fprintf(d->stream, "  %-22s %s", options[i].name, _(types[options[i].type]));
		if (options[i].least != 0 || options[i].most != 0)
			fprintf(d->stream, _(" from %.15g to %.15g"), options[i].least, options[i].most);
		if (options[i].initial)
			fprintf(d->stream, _(", default %s"), options[i].initial);
		fprintf(d->stream, "%s\n  %-22s %s\n", options[i].flags & CRMVAL_REQUIRED ? _(", required") : "", "",
			text_of(d, options[i].help));
	}
}

static void write_measure(const struct description *d, const struct crmval_measure *measure)
{
	static const char *const bases[] = {
		[CRMVAL_VALUE] = N_("value"), [CRMVAL_GROWTH] = N_("growth"), [CRMVAL_CHANGE] = N_("change")};
	fprintf(d->stream, "  %s: %s\n    %s\n    %s\n", measure->id, text_of(d, measure->title),
		text_of(d, measure->definition), text_of(d, measure->formula));
	fprintf(d->stream,
		measure->better == CRMVAL_LOWER ? _("    %s, lower is better, scored by its %s%s\n")
						: _("    %s, higher is better, scored by its %s%s\n"),
		measure->unit, _(bases[measure->basis]),
		measure->flags & CRMVAL_STATE ? _(", of the state at the end of the period") : "");
	if (measure->scale_count)
		fputs(_("    scale:"), d->stream);
	for (uint32_t i = 0; i < measure->scale_count; i++)
		fprintf(d->stream, "%s %.15g -> %.15g%s", i ? "," : "", measure->scale[i].x, measure->scale[i].y,
			i + 1 == measure->scale_count ? "\n" : "");
}

static void write_dimension(const struct description *d, const struct crmval_dimension *dimension)
{
	fprintf(d->stream, _("dimension: %s\n"), text_of(d, dimension->title));
	for (uint32_t i = 0; i < dimension->indicator_count; i++) {
		const struct crmval_indicator *indicator = &dimension->indicators[i];
		fprintf(d->stream, "\n%s: %s\n", indicator->id, text_of(d, indicator->title));
		for (uint32_t m = 0; m < dimension->measure_count; m++)
			if (strcmp(dimension->measures[m].indicator, indicator->id) == 0)
				write_measure(d, &dimension->measures[m]);
	}
	write_options(d, _("Parameters"), dimension->parameters, dimension->parameter_count);
	fputs(_("\nReads\n"), d->stream);
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
		[CRMVAL_REFERENCE] = N_("reference"), [CRMVAL_SYMBOL] = N_("word"), [CRMVAL_DATE] = N_("date"),
		[CRMVAL_NUMBER] = N_("number"),       [CRMVAL_FLAG] = N_("flag"),   [CRMVAL_TEXT] = N_("text"),
		[CRMVAL_MONEY] = N_("money"),
	};
	fprintf(d->stream, "  %-22s %s", field->name, _(types[field->type]));
	if (field->target)
		fprintf(d->stream, _(" to %s"), field->target);
	for (uint32_t w = 0; field->words && field->words[w]; w++)
		fprintf(d->stream, "%s %s", w ? "," : ":", field->words[w]);
	fprintf(d->stream, "%s\n  %-22s %s\n", field->flags & CRMVAL_OPTIONAL ? _(", optional") : "", "",
		text_of(d, field->help));
}

static void write_entities(const struct description *d)
{
	for (uint32_t e = 0; e < d->table->entity_count; e++) {
		const struct crmval_entity *entity = &d->table->entities[e];
		fprintf(d->stream, _("\nData: %s: %s\n"), entity->name, text_of(d, entity->title));
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
			fprintf(d->stream, "%s %s", i ? "," : _("\nTranslated into"), all[i].language);
	}
	if (d->table->translation_count)
		putc('\n', d->stream);
}

void report_plugin(const struct plugin *plugin, const char *language, FILE *stream)
{
	const struct crmval_plugin *table = plugin->table;
	const struct crmval_source *source = table->source;
	const struct description d = {table, language, stream};
	fprintf(stream, _("%s %s: %s\n%s\ninterface %u.%u, confined by %s\n"), table->name, table->version,
		text_of(&d, table->summary), plugin->path, table->abi_major, table->abi_minor, plugin->sandbox);
	if (table->dimension) {
		write_dimension(&d, table->dimension);
	} else {
		fputs(_("source\n"), stream);
		write_options(&d, _("Options"), source->options, source->option_count);
		write_options(&d, _("Options of each entity"), source->table_options, source->table_option_count);
	}
	write_entities(&d);
	write_languages(&d);
}
