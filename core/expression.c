/* SPDX-License-Identifier: MIT */
/* Evaluating expressions: for every row of a table, so that only arithmetic and concat make any text. */
#include "expression_node.h"

#include "cell.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct cell_text missing = {"", 0}, yes = {"true", 4}, no = {"false", 5};

/* ---- scratch ---- */

struct scratch_block {
	struct scratch_block *older;
	size_t size;
	char bytes[];
};

struct expression_scratch {
	struct scratch_block *newest; /* the only one with room */
	size_t used;                  /* of it */
	int has_failed;
};

enum { FIRST_BLOCK = 4096 };

struct expression_scratch *expression_scratch_new(void)
{
	return calloc(1, sizeof(struct expression_scratch));
}

static void free_blocks(struct scratch_block *block)
{
	while (block) {
		struct scratch_block *older = block->older;
		free(block);
		block = older;
	}
}

void expression_scratch_free(struct expression_scratch *scratch)
{
	if (scratch)
		free_blocks(scratch->newest);
	free(scratch);
}

void expression_scratch_reset(struct expression_scratch *scratch)
{
	scratch->used = 0;
	if (!scratch->newest || !scratch->newest->older)
		return;
	free_blocks(scratch->newest->older); /* the newest is the largest */
	scratch->newest->older = NULL;
}

int expression_scratch_failed(const struct expression_scratch *scratch)
{
	return scratch->has_failed;
}

static char *scratch_take(struct expression_scratch *scratch, size_t size)
{
	struct scratch_block *block = scratch->newest;
	if (!block || block->size - scratch->used < size) {
		size_t room = (block ? 2 * block->size : FIRST_BLOCK) + size;
		block = malloc(sizeof *block + room);
		if (!block) {
			scratch->has_failed = 1;
			return NULL;
		}
		*block = (struct scratch_block){.older = scratch->newest, .size = room};
		scratch->newest = block;
		scratch->used = 0;
	}
	char *piece = block->bytes + scratch->used;
	scratch->used += size;
	return piece;
}

/* ---- numbers ---- */

enum { NUMBER_ROOM = 32 };

/* Writes digits / 10^decimals without needless zeros; the text ends at `end`, and its start is returned. */
static char *put_decimal(int64_t digits, int decimals, char *end)
{
	uint64_t rest = digits < 0 ? 0 - (uint64_t)digits : (uint64_t)digits;
	for (; decimals > 0 && rest % 10 == 0; decimals--)
		rest /= 10;
	for (int i = 0; i < decimals; i++, rest /= 10)
		*--end = (char)('0' + rest % 10);
	if (decimals > 0)
		*--end = '.';
	do
		*--end = (char)('0' + rest % 10);
	while (rest /= 10);
	if (digits < 0)
		*--end = '-';
	return end;
}

/* The shortest text that reads as the same double; of whole numbers that a double counts, their digits. */
static struct cell_text number_text(double x, struct expression_scratch *scratch)
{
	char *text = scratch_take(scratch, NUMBER_ROOM), *end = text + NUMBER_ROOM;
	if (!text)
		return missing;
	if (fabs(x) < 0x1p53 && x == (double)(int64_t)x) {
		text = put_decimal((int64_t)x, 0, end);
		return (struct cell_text){text, (uint32_t)(end - text)};
	}
	/* Most amounts have few decimals.  Fewer than 16 digits, divided by a power of ten, are the double they read as. */
	int64_t scaled = fabs(x) < 1e10 ? (int64_t)(x * 1e4 + copysign(0.5, x)) : 0;
	if (scaled && (double)scaled / 1e4 == x) {
		text = put_decimal(scaled, 4, end);
		return (struct cell_text){text, (uint32_t)(end - text)};
	}
	int length = 0;
	for (int digits = 15; digits <= 17; digits++) {
		length = snprintf(text, NUMBER_ROOM, "%.*g", digits, x);
		if (strtod(text, NULL) == x)
			break;
	}
	return (struct cell_text){text, (uint32_t)length};
}

/* A number starts with a digit, a sign, or a point. */
static int is_number(struct cell_text text, double *number)
{
	return text.length > 0 && (unsigned char)*text.at <= '9' &&
	       cell_number(text.at, text.length, number) == CELL_OK;
}

/* ---- availability ---- */

static int is_available(const struct expression_node *node, const uint8_t *is_present);

static int is_any_available(const struct expression_node *node, const uint8_t *is_present)
{
	for (; node; node = node->next)
		if (is_available(node, is_present))
			return 1;
	return 0;
}

static int is_available(const struct expression_node *node, const uint8_t *is_present)
{
	const struct expression_node *first = node->first;
	switch ((enum node_kind)node->kind) {
	case NODE_LITERAL:
	case NODE_CURRENCY:
		return 1;
	case NODE_COLUMN:
		return is_present[node->use];
	case NODE_LOOKUP:
		return is_present[node->use] && is_available(first, is_present);
	case NODE_COALESCE:
	case NODE_CONCAT:
	case NODE_AND:
	case NODE_OR:
		return is_any_available(first, is_present);
	case NODE_IF:
		return is_available(first, is_present) && is_any_available(first->next, is_present);
	case NODE_NEGATIVE:
	case NODE_NOT:
	case NODE_IN:
		return is_available(first, is_present);
	case NODE_SUM:
	case NODE_PRODUCT:
	case NODE_COMPARISON:
		for (; first; first = first->next)
			if (!is_available(first, is_present))
				return 0;
		return 1;
	}
	return 0;
}

/* ---- operands: values of which the number is read, or the text is made, only when it is needed ---- */

struct operand {
	enum { MISSING, UNREAD, TEXT, NUMBER } state; /* UNREAD: a text that may be a number */
	struct cell_text text;                        /* length 0 of a number: not made */
	double number;
};

static struct cell_text value_of(const struct expression_node *node, const struct expression_row *row);
static int holds(const struct expression_node *node, const struct expression_row *row);
static int compute(const struct expression_node *node, const struct expression_row *row, double *result);

static struct operand operand_of_text(struct cell_text text)
{
	return (struct operand){.state = text.length ? UNREAD : MISSING, .text = text};
}

static struct operand operand_of(const struct expression_node *node, const struct expression_row *row)
{
	double number;
	switch (node->kind) {
	case NODE_LITERAL:
		return (struct operand){!node->text.length ? MISSING
					: node->is_number  ? NUMBER
							   : TEXT,
					node->text, node->number};
	case NODE_NEGATIVE:
	case NODE_SUM:
	case NODE_PRODUCT:
		if (!compute(node, row, &number))
			return (struct operand){.state = MISSING};
		return (struct operand){.state = NUMBER, .number = number};
	default:
		return operand_of_text(value_of(node, row));
	}
}

static void read_operand(struct operand *operand)
{
	if (operand->state == UNREAD)
		operand->state = is_number(operand->text, &operand->number) ? NUMBER : TEXT;
}

static int has_same_bytes(struct cell_text a, struct cell_text b)
{
	return a.length == b.length && memcmp(a.at, b.at, a.length) == 0;
}

/* Neither is missing. */
static int is_equal(struct operand *a, struct operand *b)
{
	if (a->text.length && b->text.length && has_same_bytes(a->text, b->text))
		return 1;
	if (a->state == TEXT || b->state == TEXT) /* a number is no text */
		return 0;
	read_operand(a);
	read_operand(b);
	return a->state == NUMBER && b->state == NUMBER && a->number == b->number;
}

/* Neither is missing; less than 0, 0, or greater. */
static int compare(struct operand *a, struct operand *b)
{
	read_operand(a);
	read_operand(b);
	if (a->state != b->state)
		return a->state == NUMBER ? -1 : 1;
	if (a->state == NUMBER)
		return (a->number > b->number) - (a->number < b->number);
	uint32_t length = a->text.length < b->text.length ? a->text.length : b->text.length;
	int sign = memcmp(a->text.at, b->text.at, length);
	return sign ? sign : (a->text.length > b->text.length) - (a->text.length < b->text.length);
}

int expression_compare(struct cell_text a, struct cell_text b)
{
	struct operand left = operand_of_text(a), right = operand_of_text(b);
	return compare(&left, &right);
}

/* ---- arithmetic ---- */

static int operand_number(const struct expression_node *node, const struct expression_row *row, double *number)
{
	struct operand operand = operand_of(node, row);
	read_operand(&operand);
	*number = operand.number;
	return operand.state == NUMBER;
}

static double combine(int is_sum, int is_inverse, double a, double b)
{
	if (is_sum)
		return is_inverse ? a - b : a + b;
	return is_inverse ? a / b : a * b;
}

/* 0: the result is missing. */
static int compute(const struct expression_node *node, const struct expression_row *row, double *result)
{
	double total, part;
	if (!operand_number(node->first, row, &total))
		return 0;
	if (node->kind == NODE_NEGATIVE)
		total = -total;
	for (const struct expression_node *child = node->first->next; child; child = child->next) {
		if (!operand_number(child, row, &part))
			return 0;
		total = combine(node->kind == NODE_SUM, child->is_inverse, total, part);
		if (!(fabs(total) < CELL_NUMBER_LIMIT)) /* nor is it after a division by zero */
			return 0;
	}
	*result = total;
	return 1;
}

/* ---- conditions ---- */

static int compare_holds(const struct expression_node *node, const struct expression_row *row)
{
	struct operand left = operand_of(node->first, row);
	if (left.state == MISSING)
		return 0;
	struct operand right = operand_of(node->first->next, row);
	if (right.state == MISSING)
		return 0;
	if (node->ways == EQUAL)
		return is_equal(&left, &right);
	if (node->ways == (LESS | GREATER))
		return !is_equal(&left, &right);
	read_operand(&left);
	read_operand(&right);
	if (left.state != right.state) /* "10%" is not more than 50 */
		return 0;
	int sign = compare(&left, &right);
	return (node->ways & (sign < 0 ? LESS : sign > 0 ? GREATER : EQUAL)) != 0;
}

static int in_holds(const struct expression_node *node, const struct expression_row *row)
{
	struct operand left = operand_of(node->first, row);
	if (left.state == MISSING)
		return 0;
	int is_found = 0;
	for (const struct expression_node *child = node->first->next; child && !is_found; child = child->next) {
		struct operand right = operand_of(child, row);
		is_found = right.state != MISSING && is_equal(&left, &right);
	}
	return is_found == (node->ways == EQUAL);
}

static int text_holds(struct cell_text text, uint64_t *unreadable)
{
	int8_t flag = 0;
	if (text.length == 0)
		return 0;
	if (cell_flag(text.at, text.length, &flag) == CELL_UNREADABLE && unreadable)
		++*unreadable;
	return flag == 1;
}

static int is_condition(const struct expression_node *node)
{
	return node->kind >= NODE_COMPARISON;
}

static int holds(const struct expression_node *node, const struct expression_row *row)
{
	const struct expression_node *child = node->first;
	switch (node->kind) {
	case NODE_LITERAL:
		return node->holds;
	case NODE_COMPARISON:
		return compare_holds(node, row);
	case NODE_IN:
		return in_holds(node, row);
	case NODE_NOT:
		return is_available(child, row->is_present) && !holds(child, row);
	case NODE_AND:
		while (child && holds(child, row))
			child = child->next;
		return !child;
	case NODE_OR:
		while (child && !holds(child, row))
			child = child->next;
		return child != NULL;
	default:
		return text_holds(value_of(node, row), row->unreadable);
	}
}

/* ---- values ---- */

static struct cell_text lookup_value(const struct expression_node *node, const struct expression_row *row)
{
	if (!row->is_present[node->use])
		return missing;
	struct cell_text key = value_of(node->first, row);
	return key.length ? row->lookup(row->context, node->use, key) : missing;
}

static struct cell_text coalesce_value(const struct expression_node *node, const struct expression_row *row)
{
	struct cell_text value = missing;
	for (const struct expression_node *child = node->first; child && !value.length; child = child->next)
		value = value_of(child, row);
	return value;
}

static struct cell_text if_value(const struct expression_node *node, const struct expression_row *row)
{
	const struct expression_node *condition = node->first, *branch = condition->next;
	if (!is_available(condition, row->is_present))
		return missing;
	if (!holds(condition, row))
		branch = branch->next;
	return branch ? value_of(branch, row) : missing;
}

static struct cell_text join_texts(const struct cell_text *pieces, uint32_t count, struct expression_scratch *scratch)
{
	uint64_t length = 0;
	for (uint32_t i = 0; i < count; i++)
		length += pieces[i].length;
	if (length >= UINT32_MAX) { /* which stands for no cell at all */
		scratch->has_failed = 1;
		return missing;
	}
	char *text = scratch_take(scratch, length), *at = text;
	for (uint32_t i = 0; i < count && text; i++) {
		memcpy(at, pieces[i].at, pieces[i].length);
		at += pieces[i].length;
	}
	return text ? (struct cell_text){text, (uint32_t)length} : missing;
}

static struct cell_text concat_value(const struct expression_node *node, const struct expression_row *row)
{
	struct cell_text pieces[16];
	uint32_t count = 0;
	int is_found = 0;
	for (const struct expression_node *child = node->first; child; child = child->next) {
		if (count == sizeof pieces / sizeof *pieces) {
			pieces[0] = join_texts(pieces, count, row->scratch);
			count = 1;
		}
		pieces[count] = value_of(child, row);
		is_found |= pieces[count].length > 0;
		if (child->kind == NODE_LITERAL) /* the space between two names */
			pieces[count] = child->written;
		count += pieces[count].length > 0;
	}
	if (!is_found)
		return missing;
	struct cell_text joined = count == 1 ? pieces[0] : join_texts(pieces, count, row->scratch);
	cell_trim(&joined.at, &joined.length);
	return joined;
}

static struct cell_text value_of(const struct expression_node *node, const struct expression_row *row)
{
	double number;
	if (is_condition(node))
		return !is_available(node, row->is_present) ? missing : holds(node, row) ? yes : no;
	switch (node->kind) {
	case NODE_LITERAL:
		return node->text;
	case NODE_CURRENCY:
		return row->currency;
	case NODE_COLUMN:
		return row->is_present[node->use] ? row->column(row->context, node->use) : missing;
	case NODE_LOOKUP:
		return lookup_value(node, row);
	case NODE_COALESCE:
		return coalesce_value(node, row);
	case NODE_CONCAT:
		return concat_value(node, row);
	case NODE_IF:
		return if_value(node, row);
	default:
		return compute(node, row, &number) ? number_text(number, row->scratch) : missing;
	}
}

/* ---- */

int expression_is_available(const struct expression *expression, const uint8_t *is_present)
{
	return is_available(expression->root, is_present);
}

struct cell_text expression_value(const struct expression *expression, const struct expression_row *row)
{
	return value_of(expression->root, row);
}

int expression_is_arithmetic(const struct expression *expression)
{
	switch (expression->root->kind) {
	case NODE_NEGATIVE:
	case NODE_SUM:
	case NODE_PRODUCT:
		return 1;
	default:
		return 0;
	}
}

int expression_number(const struct expression *expression, const struct expression_row *row, double *number)
{
	double result;
	if (!compute(expression->root, row, &result))
		return 0;
	*number = result + 0.0; /* of zero, text has no sign */
	return 1;
}

int32_t expression_column(const struct expression *expression)
{
	return expression->root->kind == NODE_COLUMN ? (int32_t)expression->root->use : -1;
}

int expression_holds(const struct expression *expression, const struct expression_row *row)
{
	return holds(expression->root, row);
}
