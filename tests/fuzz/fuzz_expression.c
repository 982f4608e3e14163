/* SPDX-License-Identifier: MIT */
/*
 * Any text as an expression: it is refused with a message, or it has a value on a row and holds or not, as what it is made
 * of says.  After the text's first NUL byte come the cells of the row, with NUL bytes between them; the order of these,
 * and of the value, must be one.
 */
#include "cell.h"
#include "expression.h"

#include "input.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum { CELLS = 6 };

struct fake {
	const struct expression *expression;
	struct cell_text cells[CELLS];
	uint32_t cell_count;
	uint8_t is_present[EXPRESSION_USE_LIMIT];
};

static struct cell_text cell_of(const struct fake *fake, uint32_t number)
{
	return fake->cell_count ? fake->cells[number % fake->cell_count] : (struct cell_text){NULL, 0};
}

static struct cell_text fake_column(void *context, uint32_t use)
{
	const struct fake *fake = context;
	check(use < fake->expression->use_count && fake->is_present[use], "a column that is not there");
	return cell_of(fake, use);
}

/* Finds nothing for keys of even length. */
static struct cell_text fake_lookup(void *context, uint32_t use, struct cell_text key)
{
	const struct fake *fake = context;
	check(use < fake->expression->use_count && fake->is_present[use], "a lookup that is not there");
	check(key.length > 0, "a key that is missing");
	if (key.length % 2 == 0)
		return (struct cell_text){NULL, 0};
	return fake->expression->uses[use].column ? cell_of(fake, use + key.length) : (struct cell_text){"true", 4};
}

static int is_flag(struct cell_text text)
{
	int8_t flag = 0;
	return text.length && cell_flag(text.at, text.length, &flag) == CELL_OK && flag == 1;
}

/* Nothing is there, then each second use, then all. */
static void evaluate(struct fake *fake, struct cell_text *value, struct expression_scratch *scratch)
{
	for (int round = 0; round < 3; round++) {
		for (uint32_t i = 0; i < fake->expression->use_count; i++)
			fake->is_present[i] = round == 2 || (round == 1 && i % 2);
		struct expression_row row = {.column = fake_column,
					     .lookup = fake_lookup,
					     .context = fake,
					     .currency = {"EUR", 3},
					     .is_present = fake->is_present,
					     .scratch = scratch};
		expression_scratch_reset(scratch);
		*value = expression_value(fake->expression, &row);
		const char *trimmed = value->at;
		uint32_t length = value->length;
		if (length)
			cell_trim(&trimmed, &length);
		check(length == value->length, "white space around a value");
		check(is_flag(*value) == expression_holds(fake->expression, &row),
		      "the value and the condition differ");
		check(!length || expression_is_available(fake->expression, fake->is_present),
		      "a value of what is not available");
		check(!expression_scratch_failed(scratch), "out of memory");
	}
}

/* Of all three of them: a <= b and b <= c make a <= c, the same of <, and a < b is b > a. */
static void check_order(const struct cell_text *texts, uint32_t count)
{
	int signs[CELLS + 1][CELLS + 1];
	for (uint32_t i = 0; i < count; i++)
		for (uint32_t k = 0; k < count; k++)
			signs[i][k] = expression_compare(texts[i], texts[k]);
	for (uint32_t i = 0; i < count; i++)
		for (uint32_t k = 0; k < count; k++) {
			check((signs[i][k] > 0) == (signs[k][i] < 0), "not antisymmetric");
			for (uint32_t m = 0; m < count; m++) {
				check(signs[i][k] > 0 || signs[k][m] > 0 || signs[i][m] <= 0, "not transitive");
				check(signs[i][k] >= 0 || signs[k][m] > 0 || signs[i][m] < 0, "not strictly so");
			}
		}
}

/* Cells as sources give them: trimmed, and without those that are missing. */
static void cut_cells(struct fake *fake, const char *text, size_t size)
{
	const char *end = text + size;
	while (text < end && fake->cell_count < CELLS) {
		const char *nul = memchr(text, 0, (size_t)(end - text)), *last = nul ? nul : end;
		struct cell_text cell = {text, (uint32_t)(last - text)};
		cell_trim(&cell.at, &cell.length);
		if (cell.length)
			fake->cells[fake->cell_count++] = cell;
		text = last + 1;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct arena arena = {0};
	struct crmval_error error = {.struct_size = sizeof error};
	struct fake fake = {0};
	char *text = strndup((const char *)bytes, size);
	size_t length = strlen(text);
	struct cell_text order[CELLS + 1];
	if (length + 1 < size)
		cut_cells(&fake, (const char *)bytes + length + 1, size - length - 1);
	memcpy(order, fake.cells, sizeof fake.cells);
	uint32_t count = fake.cell_count;
	int code = expression_parse(text, &arena, &fake.expression, &error);
	free(text);
	struct expression_scratch *scratch = expression_scratch_new();
	if (code == CRMVAL_OK) {
		evaluate(&fake, &order[count], scratch);
		count += order[count].length > 0;
	} else {
		check(code == CRMVAL_ECONF && *error.message, "refused without a word");
	}
	check_order(order, count);
	expression_scratch_free(scratch);
	arena_free(&arena);
	return 0;
}
