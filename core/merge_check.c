/* SPDX-License-Identifier: MIT */
/* Parts that do not belong together are refused, and told apart by what they say of themselves. */
#include "merge.h"

#include "error.h"
#include "shard.h"
#include "text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int differ(const struct merge_part *parts, uint32_t i, const char *what, struct crmval_error *error)
{
	return fail(error, CRMVAL_EDATA, "%s and %s are not parts of one run: they differ in %s", parts[0].name,
		    parts[i].name, what);
}

static int is_same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static int is_same_window(const struct crmval_window *a, const struct crmval_window *b)
{
	return a->from == b->from && a->to == b->to;
}

/* ---- each part once ---- */

static int by_number(const void *a, const void *b)
{
	const struct merge_part *x = a, *y = b;
	return (x->result->part > y->result->part) - (x->result->part < y->result->part);
}

static int check_numbers(struct merge_part *parts, uint32_t count, struct crmval_error *error)
{
	char missing[200] = "";
	size_t used = 0;
	for (uint32_t i = 1; i < count; i++)
		if (parts[i].result->part_count != parts[0].result->part_count)
			return fail(error, CRMVAL_EDATA, "%s is one of %u parts, and %s one of %u", parts[0].name,
				    parts[0].result->part_count, parts[i].name, parts[i].result->part_count);
	qsort(parts, count, sizeof *parts, by_number);
	for (uint32_t i = 1; i < count; i++)
		if (parts[i].result->part == parts[i - 1].result->part)
			return fail(error, CRMVAL_EDATA, "%s and %s are the same part, %u of %u: name each once",
				    parts[i - 1].name, parts[i].name, parts[i].result->part,
				    parts[i].result->part_count);
	for (uint32_t number = 1, i = 0; number <= parts[0].result->part_count; number++) {
		if (i < count && parts[i].result->part == number) {
			i++;
			continue;
		}
		if (used < sizeof missing - 20)
			used += (size_t)snprintf(missing + used, sizeof missing - used, "%s%u", used ? ", " : "",
						 number);
		else if (missing[used - 1] != '.')
			used += (size_t)snprintf(missing + used, sizeof missing - used, ", ...");
	}
	if (used)
		return fail(error, CRMVAL_EDATA, "of %u parts these are missing: %s", parts[0].result->part_count,
			    missing);
	return CRMVAL_OK;
}

/* ---- of one job, by one program ---- */

static const char *job_difference(const struct result *a, const struct result *b)
{
	if (!is_same(a->name, b->name) || strcmp(a->job_sha256, b->job_sha256) != 0)
		return _("their job, or the settings that override it");
	if (!is_same(a->program, b->program))
		return _("the version of crmval");
	if (!is_same_window(&a->period, &b->period) || a->has_baseline != b->has_baseline ||
	    (a->has_baseline && !is_same_window(&a->baseline, &b->baseline)))
		return _("their period or baseline; give all parts the same --date");
	if (a->fresh_on != b->fresh_on)
		return _("the day that they were run on; give all parts the same --date");
	if (!is_same(a->language, b->language) || !is_same(a->currency, b->currency) || a->target != b->target ||
	    memcmp(a->breakdowns, b->breakdowns, sizeof a->breakdowns) != 0)
		return _("their settings");
	return NULL;
}

static const char *plugin_difference(const struct result *a, const struct result *b)
{
	int is_other = a->plugin_count != b->plugin_count;
	for (uint32_t i = 0; i < a->plugin_count && !is_other; i++)
		is_other = !is_same(a->plugins[i].name, b->plugins[i].name) ||
			   !is_same(a->plugins[i].version, b->plugins[i].version) ||
			   !is_same(a->plugins[i].kind, b->plugins[i].kind);
	return is_other ? _("their plugins, or versions of them") : NULL;
}

static int is_same_scale(const struct result_measure *a, const struct result_measure *b)
{
	return a->scale_count == b->scale_count &&
	       (a->scale_count == 0 || memcmp(a->scale, b->scale, a->scale_count * sizeof *a->scale) == 0);
}

static int is_same_number(double a, double b)
{
	return a == b || (isnan(a) && isnan(b));
}

/* Windows that have no data have none in all parts, for the same reason: it does not depend on the rows that are evaluated. */
static const char *measure_difference(const struct result *a, const struct result *b)
{
	if (a->dimension_count != b->dimension_count || a->measure_count != b->measure_count)
		return _("their dimensions");
	for (uint32_t d = 0; d < a->dimension_count; d++)
		if (!is_same(a->dimensions[d].id, b->dimensions[d].id))
			return _("their dimensions");
	for (uint32_t m = 0; m < a->measure_count; m++) {
		const struct result_measure *x = &a->measures[m], *y = &b->measures[m];
		if (!is_same(x->table->id, y->table->id) || x->dimension != y->dimension ||
		    x->indicator != y->indicator || x->basis != y->basis || x->weight != y->weight ||
		    !is_same_scale(x, y) || !is_same_number(x->stated_baseline, y->stated_baseline))
			return _("their measures");
		if (!x->failed && !y->failed &&
		    (!is_same(x->no_data[0], y->no_data[0]) || !is_same(x->no_data[1], y->no_data[1])))
			return _("what they have no data for: the data were changed meanwhile");
	}
	return NULL;
}

/* ---- on the same data ---- */

static const char *input_difference(const struct result *a, const struct result *b)
{
	int is_other = a->input_count != b->input_count;
	for (uint32_t i = 0; i < a->input_count && !is_other; i++)
		is_other = !is_same(a->inputs[i].name, b->inputs[i].name) || a->inputs[i].bytes != b->inputs[i].bytes ||
			   strcmp(a->inputs[i].sha256, b->inputs[i].sha256) != 0;
	return is_other ? _("their inputs: the data were changed meanwhile") : NULL;
}

static int is_same_skipped(const struct result_entity *a, const struct result_entity *b)
{
	int is_other = a->skipped_count != b->skipped_count;
	for (uint32_t i = 0; i < a->skipped_count && !is_other; i++)
		is_other =
			!is_same(a->skipped[i].what, b->skipped[i].what) || a->skipped[i].count != b->skipped[i].count;
	return !is_other;
}

/* What all parts have of an entity that is not shared out. */
static int is_same_whole(const struct result_entity *a, const struct result_entity *b)
{
	int is_other = a->rows != b->rows || a->duplicates != b->duplicates || a->newest != b->newest ||
		       a->field_count != b->field_count;
	for (uint32_t i = 0; i < a->field_count && !is_other; i++)
		is_other = !is_same(a->fields[i].field, b->fields[i].field) ||
			   a->fields[i].dangling != b->fields[i].dangling ||
			   a->fields[i].unreadable != b->fields[i].unreadable;
	return !is_other;
}

static int check_entity(const struct merge_part *parts, uint32_t i, uint32_t e, struct crmval_error *error)
{
	const struct result *first = parts[0].result, *other = parts[i].result;
	const struct result_entity *a = &first->entities[e], *b = &other->entities[e];
	const struct result_shard_entity *x = &first->shard->entities[e], *y = &other->shard->entities[e];
	int is_other = !is_same(a->entity, b->entity) || !is_same(a->source, b->source) || !is_same(x->by, y->by) ||
		       x->is_chosen != y->is_chosen || a->missing_field_count != b->missing_field_count;
	for (uint32_t f = 0; f < a->missing_field_count && !is_other; f++)
		is_other = !is_same(a->missing_fields[f], b->missing_fields[f]);
	if (!x->is_chosen)
		is_other |= x->seen != y->seen || x->checksum != y->checksum || a->rejected != b->rejected ||
			    !is_same_skipped(a, b);
	if (!x->by)
		is_other |= x->rows != y->rows || !is_same_whole(a, b);
	if (is_other)
		return fail(error, CRMVAL_EDATA,
			    "%s and %s saw other rows of %s: the data were changed meanwhile; run all parts again",
			    parts[0].name, parts[i].name, a->entity);
	return CRMVAL_OK;
}

/* The rows of an entity that is shared out are in one part each, all together. */
static int check_sums(const struct merge_part *parts, uint32_t count, uint32_t e, struct crmval_error *error)
{
	const struct result_shard_entity *first = &parts[0].result->shard->entities[e];
	uint64_t rows = 0;
	for (uint32_t i = 0; i < count; i++)
		rows += parts[i].result->shard->entities[e].rows;
	if (first->by && !first->is_chosen && rows != first->seen)
		return fail(
			error, CRMVAL_EDATA, "the parts have %llu rows of %s in all, and each saw %llu: run them again",
			(unsigned long long)rows, parts[0].result->entities[e].entity, (unsigned long long)first->seen);
	return CRMVAL_OK;
}

static int check_data(const struct merge_part *parts, uint32_t count, struct crmval_error *error)
{
	int code = CRMVAL_OK;
	for (uint32_t i = 1; i < count && code == CRMVAL_OK; i++) {
		const char *what = input_difference(parts[0].result, parts[i].result);
		if (what || parts[0].result->entity_count != parts[i].result->entity_count)
			return differ(parts, i, what ? what : _("their entities"), error);
		for (uint32_t e = 0; e < parts[0].result->entity_count && code == CRMVAL_OK; e++)
			code = check_entity(parts, i, e, error);
	}
	for (uint32_t e = 0; e < parts[0].result->entity_count && code == CRMVAL_OK; e++)
		code = check_sums(parts, count, e, error);
	return code;
}

int merge_check(struct merge_part *parts, uint32_t count, struct crmval_error *error)
{
	int code = check_numbers(parts, count, error);
	for (uint32_t i = 1; i < count && code == CRMVAL_OK; i++) {
		const struct result *a = parts[0].result, *b = parts[i].result;
		const char *what = job_difference(a, b);
		what = what ? what : plugin_difference(a, b);
		what = what ? what : measure_difference(a, b);
		if (what)
			code = differ(parts, i, what, error);
	}
	return code == CRMVAL_OK ? check_data(parts, count, error) : code;
}
