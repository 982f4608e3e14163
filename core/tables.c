/* SPDX-License-Identifier: MIT */
/* What the contract asks of the tables of any plugin, and of a dimension's. */
#include "tables.h"
#include "error.h"
#include "tables_entity.h"
#include "tables_view.h"
#include "text.h"

#include <math.h>
#include <string.h>

int tables_is_name(const char *text)
{
	if (!text || *text < 'a' || *text > 'z')
		return 0;
	return text[strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_")] == '\0';
}

static int check_name(const char *name, const char *what, uint32_t place, struct crmval_error *error)
{
	if (tables_is_name(name))
		return CRMVAL_OK;
	return fail(error, CRMVAL_ECONF, "%s %u has the name \"%.64s\": names are lower case letters, digits and _",
		    what, place + 1, name ? name : "");
}

/* Arrays of structs that start with their name. */
static int check_names(const void *array, uint32_t count, size_t size, const char *what, struct crmval_error *error)
{
	for (uint32_t i = 0; i < count; i++) {
		const char *const *name = (const void *)((const char *)array + i * size);
		int code = check_name(*name, what, i, error);
		for (uint32_t j = 0; j < i && !code; j++) {
			const char *const *other = (const void *)((const char *)array + j * size);
			if (!strcmp(*name, *other))
				code = fail(error, CRMVAL_ECONF, "there are two of the %ss named \"%s\"", what, *name);
		}
		if (code)
			return code;
	}
	return CRMVAL_OK;
}

static int is_within(int32_t value, int32_t least, int32_t most)
{
	return value >= least && value <= most;
}

/* ---- options ---- */

static int check_options(const struct crmval_option *options, uint32_t count, const char *what,
			 struct crmval_error *error)
{
	int code = check_names(options, count, sizeof *options, what, error);
	for (uint32_t i = 0; i < count && !code; i++) {
		const struct crmval_option *option = &options[i];
		if (!is_within(option->type, CRMVAL_OPTION_NUMBER, CRMVAL_OPTION_PATHS))
			code = fail(error, CRMVAL_ECONF, "%s \"%s\": there is no type %d", what, option->name,
				    option->type);
		else if (option->flags & ~(uint32_t)CRMVAL_REQUIRED)
			code = fail(error, CRMVAL_ECONF, "%s \"%s\": there are no flags 0x%x", what, option->name,
				    option->flags);
		else if (!isfinite(option->least) || !isfinite(option->most) || option->least > option->most)
			code = fail(error, CRMVAL_ECONF, "%s \"%s\": the range %g to %g holds nothing", what,
				    option->name, option->least, option->most);
		else if (!option->help)
			code = fail(error, CRMVAL_ECONF, "%s \"%s\": there is no help", what, option->name);
	}
	return code;
}

/* ---- measures ---- */

static int check_scale(const struct crmval_measure *measure, struct crmval_error *error)
{
	const struct crmval_point *scale = measure->scale;
	int falls = 0, rises = 0;
	for (uint32_t i = 0; i < measure->scale_count; i++) {
		if (!isfinite(scale[i].x) || !(scale[i].y >= 0 && scale[i].y <= 100))
			return fail(error, CRMVAL_ECONF,
				    "measure \"%s\": point %u of its scale is (%g, %g): x must be finite, y within 0 "
				    "to 100",
				    measure->id, i + 1, scale[i].x, scale[i].y);
		if (i == 0)
			continue;
		if (!(scale[i].x > scale[i - 1].x) || !isfinite(scale[i].x - scale[i - 1].x))
			return fail(error, CRMVAL_ECONF,
				    "measure \"%s\": the x of its scale must rise, point %u does not%s", measure->id,
				    i + 1, scale[i].x > scale[i - 1].x ? _(" by a finite step") : "");
		rises |= scale[i].y > scale[i - 1].y;
		falls |= scale[i].y < scale[i - 1].y;
	}
	if (rises && falls)
		return fail(error, CRMVAL_ECONF, "measure \"%s\": the y of its scale must only rise or only fall",
			    measure->id);
	return CRMVAL_OK;
}

static const char *missing_text(const struct crmval_measure *measure)
{
	return !measure->title        ? "title"
	       : !measure->indicator  ? "indicator"
	       : !measure->unit       ? "unit"
	       : !measure->definition ? "definition"
	       : !measure->formula    ? "formula"
				      : NULL;
}

static int has_indicator(const struct crmval_dimension *dimension, const char *id)
{
	for (uint32_t i = 0; i < dimension->indicator_count; i++) {
		if (!strcmp(dimension->indicators[i].id, id))
			return 1;
	}
	return 0;
}

static int is_answered(const struct crmval_dimension *dimension, const char *measure)
{
	for (uint32_t i = 0; i < dimension->view_count; i++) {
		const struct crmval_view *view = &dimension->views[i];
		for (uint32_t j = 0; j < view->answer_count; j++) {
			if (!strcmp(view->answers[j].measure, measure))
				return 1;
		}
	}
	return 0;
}

static int check_measure(const struct crmval_dimension *dimension, const struct crmval_measure *measure,
			 struct crmval_error *error)
{
	const char *missing = missing_text(measure), *wrong = NULL;
	if (missing)
		return fail(error, CRMVAL_ECONF, "measure \"%s\": there is no %s", measure->id, missing);
	if (!has_indicator(dimension, measure->indicator))
		return fail(error, CRMVAL_ECONF, "measure \"%s\": there is no indicator \"%s\"", measure->id,
			    measure->indicator);
	if (!is_within(measure->kind, CRMVAL_RATIO, CRMVAL_SUM_OF))
		wrong = _("kind must be CRMVAL_RATIO or CRMVAL_SUM_OF");
	else if (!is_within(measure->better, CRMVAL_HIGHER, CRMVAL_LOWER))
		wrong = _("better must be CRMVAL_HIGHER or CRMVAL_LOWER");
	else if (!is_within(measure->basis, CRMVAL_VALUE, CRMVAL_CHANGE))
		wrong = _("basis must be CRMVAL_VALUE, CRMVAL_GROWTH or CRMVAL_CHANGE");
	else if (measure->flags & ~(uint32_t)(CRMVAL_STATE | CRMVAL_SHARE | CRMVAL_DAILY))
		wrong = _("its flags are none of CRMVAL_STATE, CRMVAL_SHARE, CRMVAL_DAILY");
	else if ((measure->flags & CRMVAL_SHARE) && measure->kind != CRMVAL_RATIO)
		wrong = _("only a ratio can be a share");
	if (wrong)
		return fail(error, CRMVAL_ECONF, "measure \"%s\": %s", measure->id, wrong);
	return check_scale(measure, error);
}

/* ---- the whole ---- */

static int check_dimension(const struct crmval_dimension *dimension, struct crmval_error *error)
{
	if (!dimension->title)
		return fail(error, CRMVAL_ECONF, "the dimension has no title");
	if (!dimension->indicator_count || !dimension->measure_count || !dimension->view_count)
		return fail(error, CRMVAL_ECONF, "the dimension has no %s",
			    !dimension->indicator_count ? "indicators"
			    : !dimension->measure_count ? "measures"
							: "views");
	int code = check_options(dimension->parameters, dimension->parameter_count, "parameter", error);
	if (!code)
		code = check_names(dimension->indicators, dimension->indicator_count, sizeof *dimension->indicators,
				   "indicator", error);
	for (uint32_t i = 0; i < dimension->indicator_count && !code; i++) {
		if (!dimension->indicators[i].title)
			code = fail(error, CRMVAL_ECONF, "indicator \"%s\": there is no title",
				    dimension->indicators[i].id);
	}
	if (!code)
		code = check_names(dimension->measures, dimension->measure_count, sizeof *dimension->measures,
				   "measure", error);
	for (uint32_t i = 0; i < dimension->measure_count && !code; i++)
		code = check_measure(dimension, &dimension->measures[i], error);
	for (uint32_t i = 0; i < dimension->view_count && !code; i++)
		code = tables_check_view(dimension, &dimension->views[i], error);
	for (uint32_t i = 0; i < dimension->measure_count && !code; i++) {
		if (!is_answered(dimension, dimension->measures[i].id))
			code = fail(error, CRMVAL_ECONF, "measure \"%s\": no view answers it",
				    dimension->measures[i].id);
	}
	return code;
}

static int check_translations(const struct crmval_plugin *plugin, struct crmval_error *error)
{
	for (uint32_t i = 0; i < plugin->translation_count; i++) {
		const struct crmval_translation *translation = &plugin->translations[i];
		if (!translation->language || !translation->text || !translation->translated)
			return fail(error, CRMVAL_ECONF, "translation %u: its language, text or translated is NULL",
				    i + 1);
	}
	return CRMVAL_OK;
}

int tables_check(const struct crmval_plugin *plugin, struct crmval_error *error)
{
	if (!tables_is_name(plugin->name))
		return fail(error, CRMVAL_ECONF, "the name \"%.64s\" is not of lower case letters, digits and _",
			    plugin->name ? plugin->name : "");
	if (!plugin->version || !*plugin->version || !plugin->summary)
		return fail(error, CRMVAL_ECONF, "there is no %s", plugin->summary ? "version" : "summary");
	if (!plugin->dimension == !plugin->source)
		return fail(error, CRMVAL_ECONF, "exactly one of dimension and source must be set");
	int code = check_translations(plugin, error);
	if (!code)
		code = tables_check_entities(plugin, error);
	if (!code && plugin->dimension)
		code = check_dimension(plugin->dimension, error);
	if (!code && plugin->source)
		code = check_options(plugin->source->options, plugin->source->option_count, "option", error);
	if (!code && plugin->source)
		code = check_options(plugin->source->table_options, plugin->source->table_option_count, "table option",
				     error);
	return code;
}
