/* SPDX-License-Identifier: MIT */
/* A result's texts in a language. */
#include "translate.h"

#include "error.h"
#include "plugins.h"

/* A dimension's tables with their texts in a language; NULL: out of memory. */
static const struct crmval_dimension *translate(const struct result_dimension *dimension, struct arena *arena,
						const char *language)
{
	const struct crmval_plugin texts = {.translation_count = dimension->translation_count,
					    .translations = dimension->translations};
	const struct crmval_dimension *table = dimension->original;
	if (!language)
		return table;
	struct crmval_dimension *copy = arena_alloc(arena, sizeof *copy);
	struct crmval_indicator *indicators =
		arena_array(arena, (size_t)table->indicator_count + 1, sizeof *indicators);
	struct crmval_measure *measures = arena_array(arena, (size_t)table->measure_count + 1, sizeof *measures);
	struct crmval_option *parameters = arena_array(arena, (size_t)table->parameter_count + 1, sizeof *parameters);
	if (!copy || !indicators || !measures || !parameters)
		return NULL;
	*copy = *table;
	copy->title = plugin_text(&texts, language, table->title);
	copy->indicators = indicators;
	copy->measures = measures;
	copy->parameters = parameters;
	for (uint32_t i = 0; i < table->parameter_count; i++) {
		parameters[i] = table->parameters[i];
		parameters[i].help = plugin_text(&texts, language, parameters[i].help);
	}
	for (uint32_t i = 0; i < table->indicator_count; i++) {
		indicators[i] = table->indicators[i];
		indicators[i].title = plugin_text(&texts, language, indicators[i].title);
	}
	for (uint32_t m = 0; m < table->measure_count; m++) {
		measures[m] = table->measures[m];
		measures[m].title = plugin_text(&texts, language, measures[m].title);
		measures[m].definition = plugin_text(&texts, language, measures[m].definition);
		measures[m].formula = plugin_text(&texts, language, measures[m].formula);
	}
	return copy;
}

int result_translate(struct result *result, struct arena *arena, const char *language, struct crmval_error *error)
{
	struct result_dimension *dimensions =
		arena_array(arena, (size_t)result->dimension_count + 1, sizeof *dimensions);
	struct result_measure *measures = arena_array(arena, (size_t)result->measure_count + 1, sizeof *measures);
	if (!dimensions || !measures)
		return fail_memory(error);
	for (uint32_t d = 0, m = 0; d < result->dimension_count; d++) {
		dimensions[d] = result->dimensions[d];
		dimensions[d].table = translate(&dimensions[d], arena, language);
		if (!dimensions[d].table)
			return fail_memory(error);
		for (uint32_t i = 0; i < dimensions[d].table->measure_count; i++, m++) {
			measures[m] = result->measures[m];
			measures[m].table = &dimensions[d].table->measures[i];
		}
	}
	result->dimensions = dimensions;
	result->measures = measures;
	result->language = language;
	return CRMVAL_OK;
}
