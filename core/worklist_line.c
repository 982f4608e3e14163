/* SPDX-License-Identifier: MIT */
/* What is missing or wrong, in the names that the data have. */
#include "worklist_line.h"

#include "error.h"
#include "output.h"
#include "window.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const rollup_names[] = {
	[CRMVAL_COUNT] = "count", [CRMVAL_SUM] = "sum",           [CRMVAL_MIN] = "min",         [CRMVAL_MAX] = "max",
	[CRMVAL_LAST] = "last",   [CRMVAL_DISTINCT] = "distinct", [CRMVAL_CURRENT] = "current",
};

/* "verified_on", "contact.influence"; of other rows "max(relationship.level)". */
static void put_input(FILE *stream, const struct bound_input *input)
{
	const struct crmval_input *table = input->table;
	if (!input->rollup)
		fprintf(stream, "%.*s", (int)strcspn(table->path, "|"), table->path);
	else if (table->rollup->of)
		fprintf(stream, "%s(%s.%s)", rollup_names[table->rollup->op], table->rollup->entity, table->rollup->of);
	else
		fprintf(stream, "%s(%s)", rollup_names[table->rollup->op], table->rollup->entity);
}

static void put_value(FILE *stream, const struct bound_input *input, const struct mend_value *value)
{
	char text[OUTPUT_NUMBER_SIZE], day[11];
	switch (value->kind) {
	case MEND_DATE:
		date_format(value->date, day);
		fprintf(stream, " = %s", day);
		break;
	case MEND_NUMBER:
		output_number_text(value->number, text);
		fprintf(stream, " = %s", text);
		break;
	case MEND_FLAG:
		fprintf(stream, " = %s", value->number != 0 ? "yes" : "no");
		break;
	case MEND_WORD:
		fprintf(stream, " = %s", input->words[value->word]);
		break;
	case MEND_FILL:
	case MEND_FIT:
		break;
	}
}

static void put_mend(FILE *stream, const struct run *run, const struct mend *mend)
{
	const struct bound_view *view = &run->dimensions[mend->dimension].views[mend->view];
	const struct bound_input *input = &view->inputs[mend->input];
	put_input(stream, input);
	put_value(stream, input, &mend->value);
	for (uint32_t i = 0; i < view->table->input_count && i < 64; i++)
		if (mend->instead >> i & 1) {
			fputs(" or ", stream);
			put_input(stream, &view->inputs[i]);
		}
}

/* Which of an item's texts is written. */
enum part { PART_MEASURES, PART_MISSING, PART_WRONG, PART_ELSEWHERE, PART_BEYOND, PART_REACHES };

static enum part part_of(const struct bound_input *input, const struct mend *mend)
{
	return !mend_is_own(input) ? PART_ELSEWHERE : mend->is_missing ? PART_MISSING : PART_WRONG;
}

static void put_shortfalls(FILE *stream, const struct run *run, const struct worklist_item *item, enum part part)
{
	const char *between = "";
	for (uint32_t s = 0; s < item->shortfall_count; s++) {
		const struct worklist_shortfall *shortfall = &item->shortfalls[s];
		char n[OUTPUT_NUMBER_SIZE], d[OUTPUT_NUMBER_SIZE];
		if (part == PART_BEYOND && !shortfall->is_beyond)
			continue;
		fprintf(stream, "%s%s", between, run->result.measures[shortfall->measure].table->id);
		between = "; ";
		if (part == PART_BEYOND)
			continue;
		output_number_text(shortfall->is.n, n);
		output_number_text(shortfall->is.d, d);
		fprintf(stream, " %s/%s", n, d);
	}
}

static void put_mends(FILE *stream, const struct run *run, const struct worklist_item *item, enum part part)
{
	const char *between = "";
	for (uint32_t m = 0; m < item->mend_count; m++) {
		const struct mend *mend = &item->mends[m];
		const struct bound_input *input =
			&run->dimensions[mend->dimension].views[mend->view].inputs[mend->input];
		int is_wanted = part == PART_REACHES
					? mend_reaches_others(run->dimensions, run->job->dimension_count, input)
					: part_of(input, mend) == part;
		if (!is_wanted)
			continue;
		fputs(between, stream);
		between = "; ";
		if (part == PART_REACHES)
			put_input(stream, input);
		else
			put_mend(stream, run, mend);
	}
}

static char *text_of(const struct run *run, const struct worklist_item *item, enum part part)
{
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);
	if (!stream)
		return NULL;
	if (part == PART_MEASURES || part == PART_BEYOND)
		put_shortfalls(stream, run, item, part);
	else
		put_mends(stream, run, item, part);
	if (fclose(stream) != 0) {
		free(text);
		return NULL;
	}
	return text;
}

int worklist_line_of(const struct worklist *list, const struct worklist_item *item, struct worklist_line *line,
		     struct crmval_error *error)
{
	const struct run *run = list->run;
	uint32_t owner = item->unit[BREAKDOWN_EMPLOYEE], team = item->unit[BREAKDOWN_TEAM];
	uint32_t employees = (uint32_t)model_entity_index("employee");
	*line = (struct worklist_line){
		.entity = model_entities[item->entity].name,
		.id = worklist_id(run, item->entity, item->row),
		.name = worklist_name(run, item->entity, item->row),
		.owner = owner ? unit_name(&run->units, BREAKDOWN_EMPLOYEE, owner) : "",
		.owner_name = owner ? worklist_name(run, employees, owner - 1) : "",
		.team = team ? unit_name(&run->units, BREAKDOWN_TEAM, team) : "",
		.measures = text_of(run, item, PART_MEASURES),
		.missing = text_of(run, item, PART_MISSING),
		.wrong = text_of(run, item, PART_WRONG),
		.elsewhere = text_of(run, item, PART_ELSEWHERE),
		.beyond = text_of(run, item, PART_BEYOND),
		.reaches = text_of(run, item, PART_REACHES),
	};
	if (line->measures && line->missing && line->wrong && line->elsewhere && line->beyond && line->reaches)
		return CRMVAL_OK;
	worklist_line_free(line);
	return fail_memory(error);
}

void worklist_line_free(struct worklist_line *line)
{
	free(line->measures);
	free(line->missing);
	free(line->wrong);
	free(line->elsewhere);
	free(line->beyond);
	free(line->reaches);
}
