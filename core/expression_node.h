/* SPDX-License-Identifier: MIT */
/* What an expression is parsed into, and evaluated from. */
#ifndef EXPRESSION_NODE_H
#define EXPRESSION_NODE_H

#include "expression.h"

enum node_kind {
	NODE_LITERAL,
	NODE_CURRENCY,
	NODE_COLUMN,
	NODE_LOOKUP, /* its child is the key */
	NODE_COALESCE,
	NODE_CONCAT,
	NODE_IF,
	NODE_NEGATIVE,
	NODE_SUM,
	NODE_PRODUCT,
	/* What follows are conditions. */
	NODE_COMPARISON,
	NODE_IN, /* its first child is looked for among the others */
	NODE_NOT,
	NODE_AND,
	NODE_OR
};

/* Ways in which two values compare. */
enum { LESS = 1, EQUAL = 2, GREATER = 4 };

/* Chains of one operator are one node with many children, so that only brackets, signs and "not" nest. */
struct expression_node {
	uint8_t kind;
	uint8_t ways;       /* for which a comparison holds; of "in" EQUAL, of "not in" the others */
	uint8_t is_inverse; /* as a part of a sum: subtracted; of a product: divided by */
	uint8_t is_number;  /* a literal: does it read as a number, does it hold */
	uint8_t holds;
	uint32_t use;             /* of a column, a lookup */
	struct cell_text text;    /* of a literal, trimmed */
	struct cell_text written; /* and as it is written, for concat() */
	double number;
	const struct expression_node *first, *next; /* child; sibling */
};

#endif
