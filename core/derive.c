/* SPDX-License-Identifier: MIT */
/* Deriving batch by batch: what is not computed is passed on as it came, what is computed is copied into the scratch. */
#include "derive.h"

#include "error.h"
#include "lookup.h"

#include <stdlib.h>
#include <string.h>

enum { AHEAD = 16 /* rows that are asked for together */, MEMOS = 8, SOON = 256 };

/* What a lookup found last: most of what is asked of it for a row has the same key. */
struct memo {
	const struct lookup *lookup;
	uint32_t length; /* of the key; longer ones than an id are not kept */
	char key[18];
	int64_t row; /* -1: none */
};

/* What will be looked up soon. */
struct soon {
	uint32_t count;
	const struct lookup *lookups[SOON];
	struct ident ids[SOON];
};

struct derive_scratch {
	struct expression_scratch *made; /* results of expressions */
	uint64_t unreadable;             /* cells in conditions that are no flags, of the batch */
	uint32_t *kept;                  /* which rows were not skipped */
	uint32_t kept_capacity;
	struct crmval_cells *columns;
	uint32_t column_capacity;
	uint32_t *numbers; /* starts and lengths of the columns */
	size_t number_capacity;
	char *texts; /* of computed cells */
	size_t text_capacity, text_used;
	uint64_t *skipped; /* by skip */
	uint32_t skip_capacity;
	const struct crmval_rows *in; /* that *out came from */
	struct memo memos[MEMOS];
	struct soon soon;
};

struct derive_scratch *derive_scratch_new(void)
{
	struct derive_scratch *scratch = calloc(1, sizeof *scratch);
	if (scratch && !(scratch->made = expression_scratch_new())) {
		free(scratch);
		return NULL;
	}
	return scratch;
}

void derive_scratch_free(struct derive_scratch *scratch)
{
	if (!scratch)
		return;
	expression_scratch_free(scratch->made);
	free(scratch->kept);
	free(scratch->columns);
	free(scratch->numbers);
	free(scratch->texts);
	free(scratch->skipped);
	free(scratch);
}

/* ---- cells ---- */

static uint64_t length_bit(size_t length)
{
	return UINT64_C(1) << length % 64;
}

void derive_by(struct derivation *derivation, const struct job_mapping *mapping)
{
	derivation->mapping = mapping;
	for (uint32_t i = 0; i < mapping->null_count; i++)
		derivation->null_lengths |= length_bit(strlen(mapping->nulls[i]));
}

/* Most are of another length than any null, the others differ within the first bytes. */
static int is_null(const struct derivation *derivation, const char *text, uint32_t length)
{
	if (!(derivation->null_lengths & length_bit(length)))
		return 0;
	for (uint32_t i = 0; i < derivation->mapping->null_count; i++) {
		const char *null = derivation->mapping->nulls[i];
		uint32_t same = 0;
		while (same < length && null[same] == text[same] && null[same])
			same++;
		if (same && same == length && !null[same])
			return 1;
	}
	return 0;
}

static struct cell_text cell_of(const struct derivation *derivation, const struct crmval_cells *cells, uint32_t row)
{
	uint32_t length = cells->length[row];
	if (length == CRMVAL_NULL || length == 0)
		return (struct cell_text){"", 0};
	const char *text = cells->base + cells->start[row];
	cell_trim(&text, &length);
	if (is_null(derivation, text, length))
		length = 0;
	return (struct cell_text){text, length};
}

/* ---- rows ---- */

/* The row that an expression is computed for. */
struct row {
	const struct derivation *derivation;
	const struct derived *derived;
	const struct crmval_rows *in;
	uint32_t number;
	struct memo *memos;
	struct soon *soon; /* NULL: now */
};

static struct cell_text column_cell(void *context, uint32_t use)
{
	const struct row *row = context;
	const struct derived_use *used = &row->derived->uses[use];
	return cell_of(row->derivation, &row->in->columns[used->wanted], row->number);
}

static int64_t find_row(const struct row *row, const struct lookup *lookup, struct cell_text key, struct memo *memo)
{
	struct cell_text text = key;
	struct ident id;
	char buffer[18];
	int64_t found = -1;
	if (derive_id(row->derivation->mapping, &text.at, &text.length, buffer, &id) == CELL_OK)
		found = lookup_find(lookup, id);
	if (key.length <= sizeof memo->key) {
		*memo = (struct memo){.lookup = lookup, .length = key.length, .row = found};
		memcpy(memo->key, key.at, key.length);
	}
	return found;
}

static struct cell_text found_cell(void *context, uint32_t use, struct cell_text key)
{
	static const struct cell_text missing = {"", 0}, found = {"true", 4};
	const struct row *row = context;
	const struct derived_use *used = &row->derived->uses[use];
	struct memo *memo = &row->memos[used->lookup->number % MEMOS];
	int64_t at = memo->row;
	if (memo->lookup != used->lookup || memo->length != key.length || memcmp(memo->key, key.at, key.length) != 0)
		at = find_row(row, used->lookup, key, memo);
	if (at < 0)
		return missing;
	return used->column < 0 ? found : lookup_cell(used->lookup, at, (uint32_t)used->column);
}

static struct expression_row row_of(struct row *row, struct derive_scratch *scratch)
{
	return (struct expression_row){
		.column = column_cell,
		.lookup = found_cell,
		.context = row,
		.currency = row->derivation->currency,
		.is_present = row->derived->is_present,
		.scratch = scratch->made,
		.unreadable = &scratch->unreadable,
	};
}

static struct cell_text lookup_soon(void *context, uint32_t use, struct cell_text key)
{
	const struct row *row = context;
	const struct lookup *lookup = row->derived->uses[use].lookup;
	struct soon *soon = row->soon;
	struct ident id;
	char buffer[18];
	if (soon->count < SOON && derive_id(row->derivation->mapping, &key.at, &key.length, buffer, &id) == CELL_OK) {
		lookup_prefetch(lookup, id);
		soon->lookups[soon->count] = lookup;
		soon->ids[soon->count++] = id;
	}
	return (struct cell_text){"", 0};
}

/* Lookups wait for memory.  Asking for some rows ahead, as if they found nothing, lets them wait together. */
static void prefetch_rows(const struct derivation *derivation, const struct derived *derived,
			  struct derive_scratch *scratch, const struct crmval_rows *in, const uint32_t *rows,
			  uint32_t count)
{
	struct row row = {derivation, derived, in, 0, scratch->memos, &scratch->soon};
	for (uint32_t i = 0; i < count && derived->has_lookup; i++) {
		struct expression_row soon = row_of(&row, scratch);
		soon.lookup = lookup_soon;
		soon.unreadable = NULL;
		row.number = rows[i];
		expression_value(derived->expression, &soon);
	}
}

/* The slots that were asked for are coming; what they lead to is wanted next. */
static void end_prefetch(struct soon *soon)
{
	for (uint32_t i = 0; i < soon->count; i++)
		lookup_prefetch_row(soon->lookups[i], soon->ids[i]);
	soon->count = 0;
}

static void prefetch_skips(const struct derivation *derivation, struct derive_scratch *scratch,
			   const struct crmval_rows *in, uint32_t first)
{
	uint32_t rows[AHEAD], count = 0;
	for (; count < AHEAD && first + count < in->row_count; count++)
		rows[count] = first + count;
	for (uint32_t s = 0; s < derivation->skip_count; s++)
		prefetch_rows(derivation, &derivation->skips[s], scratch, in, rows, count);
	end_prefetch(&scratch->soon);
}

static void prefetch_columns(const struct derivation *derivation, struct derive_scratch *scratch,
			     const struct crmval_rows *in, const uint32_t *rows, uint32_t count)
{
	for (uint32_t c = 0; c < derivation->column_count; c++)
		prefetch_rows(derivation, &derivation->columns[c].expression, scratch, in, rows, count);
	end_prefetch(&scratch->soon);
}

/* Where the starts of a column's cells are kept; their lengths follow. */
static uint32_t *starts_of(const struct derive_scratch *scratch, const struct crmval_rows *in, uint32_t column)
{
	return scratch->numbers + (size_t)2 * column * in->row_count;
}

/* Most skips are a flag that says no, in a way that nobody could read otherwise. */
static int is_plain_no(const struct derived *skip, const struct crmval_rows *in, uint32_t row)
{
	if (skip->flag < 0)
		return 0;
	const struct crmval_cells *cells = &in->columns[skip->uses[skip->flag].wanted];
	return cells->length[row] == 1 && cells->base[cells->start[row]] == '0';
}

static int is_skipped(const struct derivation *derivation, struct derive_scratch *scratch, const struct crmval_rows *in,
		      uint32_t number, const struct derived *skip)
{
	if (is_plain_no(skip, in, number))
		return 0;
	struct row row = {derivation, skip, in, number, scratch->memos, NULL};
	struct expression_row at = row_of(&row, scratch);
	return expression_holds(skip->expression, &at);
}

/* Lists the rows that no skip passes over. */
static uint32_t keep_rows(const struct derivation *derivation, struct derive_scratch *scratch,
			  const struct crmval_rows *in, struct ledger *ledger)
{
	uint32_t kept = 0;
	for (uint32_t s = 0; s < derivation->skip_count; s++)
		scratch->skipped[s] = 0;
	for (uint32_t i = 0; i < in->row_count; i++) {
		uint32_t s = 0;
		if (i % AHEAD == 0)
			prefetch_skips(derivation, scratch, in, i);
		while (s < derivation->skip_count && !is_skipped(derivation, scratch, in, i, &derivation->skips[s]))
			s++;
		expression_scratch_reset(scratch->made);
		if (s < derivation->skip_count)
			scratch->skipped[s]++;
		else
			scratch->kept[kept++] = i;
	}
	for (uint32_t s = 0; s < derivation->skip_count; s++)
		ledger_skip(ledger, derivation->skip_names[s], scratch->skipped[s]);
	return kept;
}

static int put_text(struct derive_scratch *scratch, struct cell_text cell, uint32_t *start, struct crmval_error *error)
{
	if (scratch->text_used + cell.length > scratch->text_capacity) {
		size_t capacity = 2 * scratch->text_capacity + cell.length + 65536;
		char *texts = realloc(scratch->texts, capacity);
		if (!texts)
			return fail_memory(error);
		scratch->texts = texts;
		scratch->text_capacity = capacity;
	}
	if (scratch->text_used + cell.length > UINT32_MAX)
		return fail(error, CRMVAL_EDATA, "a batch of rows makes texts of more than 4 GiB");
	if (cell.length)
		memcpy(scratch->texts + scratch->text_used, cell.at, cell.length);
	*start = (uint32_t)scratch->text_used;
	scratch->text_used += cell.length;
	return CRMVAL_OK;
}

static int compute_cell(const struct derivation *derivation, struct derive_scratch *scratch,
			const struct crmval_rows *in, uint32_t c, uint32_t i, struct crmval_error *error)
{
	struct row row = {derivation, &derivation->columns[c].expression, in, scratch->kept[i], scratch->memos, NULL};
	struct expression_row at = row_of(&row, scratch);
	struct cell_text cell = {"", 0};
	double number;
	if (!derivation->columns[c].is_number)
		cell = expression_value(row.derived->expression, &at);
	else if (expression_number(row.derived->expression, &at, &number))
		cell = (struct cell_text){(const char *)&number, sizeof number};
	uint32_t *starts = starts_of(scratch, in, c);
	starts[in->row_count + i] = cell.length;
	int code = put_text(scratch, cell, &starts[i], error);
	expression_scratch_reset(scratch->made);
	return code;
}

/* Computes all columns that are, row by row, since what they look up is often the same. */
static int compute_columns(const struct derivation *derivation, struct derive_scratch *scratch,
			   const struct crmval_rows *in, uint32_t count, struct crmval_error *error)
{
	int code = CRMVAL_OK;
	for (uint32_t i = 0; i < count && code == CRMVAL_OK; i++) {
		if (i % AHEAD == 0)
			prefetch_columns(derivation, scratch, in, scratch->kept + i,
					 count - i < AHEAD ? count - i : AHEAD);
		for (uint32_t c = 0; c < derivation->column_count && code == CRMVAL_OK; c++)
			if (derivation->columns[c].expression.expression)
				code = compute_cell(derivation, scratch, in, c, i, error);
	}
	return code;
}

/* Passes a column on, without the rows that are skipped, and without nulls. */
static void pass_column(const struct derivation *derivation, const struct derive_scratch *scratch,
			const struct crmval_cells *cells, uint32_t count, uint32_t *starts, uint32_t *lengths)
{
	for (uint32_t i = 0; i < count; i++) {
		uint32_t row = scratch->kept[i];
		starts[i] = cells->start[row];
		lengths[i] = cells->length[row];
	}
	for (uint32_t i = 0; i < count && derivation->null_lengths; i++) {
		if (lengths[i] == CRMVAL_NULL || lengths[i] == 0)
			continue;
		const char *text = cells->base + starts[i];
		uint32_t length = lengths[i];
		cell_trim(&text, &length);
		if (is_null(derivation, text, length))
			lengths[i] = CRMVAL_NULL;
	}
}

static int reserve(struct derive_scratch *scratch, const struct derivation *derivation, uint32_t rows,
		   struct crmval_error *error)
{
	size_t numbers = 2 * (size_t)rows * derivation->column_count;
	if (rows > scratch->kept_capacity) {
		free(scratch->kept);
		scratch->kept = calloc(rows, sizeof *scratch->kept);
		scratch->kept_capacity = scratch->kept ? rows : 0;
	}
	if (derivation->column_count > scratch->column_capacity) {
		free(scratch->columns);
		scratch->columns = calloc(derivation->column_count, sizeof *scratch->columns);
		scratch->column_capacity = scratch->columns ? derivation->column_count : 0;
	}
	if (numbers > scratch->number_capacity) {
		free(scratch->numbers);
		scratch->numbers = calloc(numbers, sizeof *scratch->numbers);
		scratch->number_capacity = scratch->numbers ? numbers : 0;
	}
	if (derivation->skip_count > scratch->skip_capacity) {
		free(scratch->skipped);
		scratch->skipped = calloc(derivation->skip_count, sizeof *scratch->skipped);
		scratch->skip_capacity = scratch->skipped ? derivation->skip_count : 0;
	}
	if (rows > scratch->kept_capacity || derivation->column_count > scratch->column_capacity ||
	    numbers > scratch->number_capacity || derivation->skip_count > scratch->skip_capacity)
		return fail_memory(error);
	return CRMVAL_OK;
}

static uint64_t line_of(const void *context, uint32_t row, uint32_t *input)
{
	const struct derive_scratch *scratch = context;
	return scratch->in->line ? scratch->in->line(scratch->in->context, scratch->kept[row], input) : 0;
}

/* Nothing is computed or left out: the columns come as they are. */
static int is_plain(const struct derivation *derivation)
{
	int plain = derivation->skip_count == 0 && !derivation->null_lengths;
	for (uint32_t c = 0; c < derivation->column_count && plain; c++)
		plain = !derivation->columns[c].expression.expression;
	return plain;
}

int derive_rows(const struct derivation *derivation, struct derive_scratch *scratch, const struct crmval_rows *in,
		struct ledger *ledger, struct crmval_rows *out, struct crmval_error *error)
{
	int plain = is_plain(derivation);
	int code = reserve(scratch, derivation, plain ? 1 : in->row_count, error);
	if (code != CRMVAL_OK)
		return code;
	*out = *in;
	out->columns = scratch->columns;
	for (uint32_t c = 0; c < derivation->column_count && plain; c++)
		scratch->columns[c] = in->columns[derivation->columns[c].wanted];
	if (plain)
		return CRMVAL_OK;
	scratch->unreadable = 0;
	uint32_t count = keep_rows(derivation, scratch, in, ledger);
	scratch->in = in;
	scratch->text_used = 0;
	code = compute_columns(derivation, scratch, in, count, error);
	for (uint32_t c = 0; c < derivation->column_count; c++) {
		const struct derived_column *column = &derivation->columns[c];
		uint32_t *starts = starts_of(scratch, in, c), *lengths = starts + in->row_count;
		const struct crmval_cells *cells = &in->columns[column->wanted];
		int is_computed = column->expression.expression != NULL;
		const char *made = scratch->texts ? scratch->texts : "";
		scratch->columns[c] = (struct crmval_cells){is_computed ? made : cells->base, starts, lengths};
		if (!is_computed)
			pass_column(derivation, scratch, cells, count, starts, lengths);
	}
	if (scratch->unreadable)
		ledger_skip(ledger, "cells in conditions that are no flags", scratch->unreadable);
	out->row_count = count;
	out->line = line_of;
	out->context = scratch;
	return code == CRMVAL_OK && expression_scratch_failed(scratch->made) ? fail_memory(error) : code;
}
