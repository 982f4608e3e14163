/* SPDX-License-Identifier: MIT */
/* The words and marks that an expression is made of, and what is said of those that are wrong. */
#ifndef EXPRESSION_TOKEN_H
#define EXPRESSION_TOKEN_H

#include "error.h"

#include <stdint.h>

enum token_kind {
	TOKEN_END,
	TOKEN_NAME,
	TOKEN_COLUMN,
	TOKEN_TEXT,
	TOKEN_NUMBER,
	TOKEN_CURRENCY,
	TOKEN_MARK,
	TOKEN_BAD
};

struct token {
	enum token_kind kind;
	const char *from;  /* as it is written, with its quotes or brackets */
	const char *start; /* what is in them */
	uint32_t length;
};

struct tokens {
	const char *text, *next; /* next: what follows the token */
	struct token token;
	struct crmval_error *error;
	int code; /* of the first thing that was wrong */
};

/* Moves on to the next token. */
void token_next(struct tokens *tokens);

/* Is it this operator, function or mark? */
int token_is(const struct token *token, const char *word);

/* "and", "or", "in", "not": as a column only in brackets. */
int token_is_operator(const struct token *token);

/* Moves on, if it is the word. */
int token_take(struct tokens *tokens, const char *word);

/* Where a token stands, in characters from 1. */
uint32_t token_place(const struct tokens *tokens, const struct token *token);

/* Notes the first thing that is wrong. */
#define token_refuse(tokens, ...)                                                                                      \
	((void)((tokens)->code = (tokens)->code ? (tokens)->code : fail((tokens)->error, CRMVAL_ECONF, __VA_ARGS__)))

/* Something is missing before the token. */
void token_refuse_missing(struct tokens *tokens, const char *what);

/* No function has this name. */
void token_refuse_function(struct tokens *tokens, const struct token *name);

#endif
