/* SPDX-License-Identifier: MIT */
/* Parsing expressions by recursive descent, one function a level, from "or", which binds weakest, to a single value. */
#include "expression_node.h"

#include "cell.h"
#include "expression_token.h"
#include "text.h"

#include <string.h>

struct parser {
	struct tokens tokens;
	struct arena *arena;
	uint32_t depth, use_count;
	struct expression_use uses[EXPRESSION_USE_LIMIT];
};

#define refuse(p, ...) token_refuse(&(p)->tokens, __VA_ARGS__)

static void refuse_missing(struct parser *p, const char *what)
{
	token_refuse_missing(&p->tokens, what);
}

static uint32_t place_of(const struct parser *p, const struct token *token)
{
	return token_place(&p->tokens, token);
}

static int is_at(const struct parser *p, const char *word)
{
	return token_is(&p->tokens.token, word);
}

static void next(struct parser *p)
{
	token_next(&p->tokens);
}

static int take(struct parser *p, const char *word)
{
	return token_take(&p->tokens, word);
}

/* ---- nodes ---- */

static struct expression_node *node_new(struct parser *p, enum node_kind kind)
{
	struct expression_node *node = arena_alloc(p->arena, sizeof *node);
	if (!node && !p->tokens.code)
		p->tokens.code = fail_memory(p->tokens.error);
	else if (node)
		node->kind = (uint8_t)kind;
	return node;
}

static struct expression_node *node_over(struct parser *p, enum node_kind kind, const struct expression_node *first)
{
	struct expression_node *node = node_new(p, kind);
	if (node)
		node->first = first;
	return node;
}

static struct expression_node *make_literal(struct parser *p, const char *text, uint32_t length)
{
	struct expression_node *node = node_new(p, NODE_LITERAL);
	const char *trimmed = text;
	uint32_t trimmed_length = length;
	int8_t flag = 0;
	if (!node)
		return NULL;
	cell_trim(&trimmed, &trimmed_length);
	node->text = (struct cell_text){trimmed, trimmed_length};
	node->written = (struct cell_text){text, length};
	node->is_number = cell_number(text, length, &node->number) == CELL_OK;
	node->holds = cell_flag(text, length, &flag) == CELL_OK && flag == 1;
	return node;
}

/* A copy that ends in NUL, in which what is written double stands once. */
static char *copy_of(struct parser *p, const char *text, uint32_t length, char doubled, uint32_t *copied)
{
	char *copy = arena_alloc(p->arena, (size_t)length + 1);
	*copied = 0;
	if (!copy && !p->tokens.code)
		p->tokens.code = fail_memory(p->tokens.error);
	for (uint32_t i = 0; i < length && copy; i++) {
		copy[(*copied)++] = text[i];
		i += doubled && text[i] == doubled;
	}
	return copy;
}

static int is_same(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

/* The number of a use, which is noted if it is new.  What the tokens hold is copied; a token of NULL stands for none. */
static int note_use(struct parser *p, const struct token *lookup, const struct token *column, uint32_t *use)
{
	struct expression_use noted = {NULL, NULL};
	uint32_t length;
	if (lookup && !(noted.lookup = copy_of(p, lookup->start, lookup->length, 0, &length)))
		return 0;
	if (column && !(noted.column = copy_of(p, column->start, column->length, 0, &length)))
		return 0;
	for (*use = 0; *use < p->use_count; ++*use)
		if (is_same(p->uses[*use].lookup, noted.lookup) && is_same(p->uses[*use].column, noted.column))
			return 1;
	if (p->use_count == EXPRESSION_USE_LIMIT) {
		refuse(p, "more than %d different columns and lookups at character %u", EXPRESSION_USE_LIMIT,
		       place_of(p, lookup ? lookup : column));
		return 0;
	}
	p->uses[p->use_count++] = noted;
	return 1;
}

/* ---- levels ---- */

static struct expression_node *parse_or(struct parser *p);

static int enter(struct parser *p)
{
	if (p->depth == EXPRESSION_DEPTH_LIMIT) {
		refuse(p, "the expression is nested deeper than %d at character %u", EXPRESSION_DEPTH_LIMIT,
		       place_of(p, &p->tokens.token));
		return 0;
	}
	p->depth++;
	return 1;
}

static struct expression_node *parse_nested(struct parser *p)
{
	if (!enter(p))
		return NULL;
	struct expression_node *node = parse_or(p);
	p->depth--;
	return node;
}

/* "(a, b, ...)", at the bracket: appends to the children of a node, of which last, unless NULL, is the last as yet. */
static uint32_t parse_list(struct parser *p, struct expression_node *node, struct expression_node *last)
{
	uint32_t count = 0;
	if (!take(p, "(")) {
		refuse_missing(p, N_("a \"(\""));
		return 0;
	}
	do {
		struct expression_node *child = parse_nested(p);
		if (!child)
			return 0;
		if (last)
			last->next = child;
		else
			node->first = child;
		last = child;
		count++;
	} while (take(p, ","));
	if (!take(p, ")")) {
		refuse_missing(p, p->tokens.token.kind == TOKEN_END ? N_("a \")\"") : N_("a \",\" or \")\""));
		return 0;
	}
	return count;
}

static struct expression_node *parse_column(struct parser *p, const struct token *name)
{
	struct expression_node *node = node_new(p, NODE_COLUMN);
	if (name->length == 0)
		refuse(p, "a column's name is missing in the [ ] at character %u", place_of(p, name));
	return !p->tokens.code && note_use(p, NULL, name, &node->use) ? node : NULL;
}

/* What follows the name of a function or a lookup. */
static struct expression_node *parse_call(struct parser *p, const struct token *name)
{
	static const struct {
		const char *name;
		enum node_kind kind;
	} functions[] = {{"coalesce", NODE_COALESCE}, {"concat", NODE_CONCAT}, {"if", NODE_IF}};
	enum node_kind kind = NODE_LOOKUP;
	for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
		if (token_is(name, functions[i].name))
			kind = functions[i].kind;
	struct expression_node *node = node_new(p, kind);
	uint32_t count = node ? parse_list(p, node, NULL) : 0;
	struct token column = {.kind = TOKEN_END};
	if (count == 0)
		return NULL;
	if (kind == NODE_IF && count != 2 && count != 3)
		refuse(p, "\"if\" at character %u takes 2 or 3 values, not %u", place_of(p, name), count);
	if (kind == NODE_LOOKUP && count != 1)
		token_refuse_function(&p->tokens, name);
	if (kind == NODE_LOOKUP && take(p, ".")) {
		column = p->tokens.token;
		if ((column.kind != TOKEN_NAME && column.kind != TOKEN_COLUMN) || column.length == 0)
			refuse_missing(p, N_("a column's name"));
		else
			next(p);
	}
	if (p->tokens.code ||
	    (kind == NODE_LOOKUP && !note_use(p, name, column.kind == TOKEN_END ? NULL : &column, &node->use)))
		return NULL;
	return node;
}

static struct expression_node *parse_literal(struct parser *p)
{
	struct token token = p->tokens.token;
	uint32_t length;
	char *text = copy_of(p, token.start, token.length, token.kind == TOKEN_TEXT ? '\'' : 0, &length);
	struct expression_node *node = text ? make_literal(p, text, length) : NULL;
	if (!node)
		return NULL;
	if (token.kind == TOKEN_NUMBER && !node->is_number) {
		refuse(p, "the number at character %u is too large or has too many digits", place_of(p, &token));
		return NULL;
	}
	next(p);
	return node;
}

static struct expression_node *parse_name(struct parser *p)
{
	struct token name = p->tokens.token;
	if (token_is_operator(&name)) {
		refuse_missing(p, N_("a value"));
		return NULL;
	}
	next(p);
	if (token_is(&name, "true"))
		return make_literal(p, "true", 4);
	if (token_is(&name, "false"))
		return make_literal(p, "false", 5);
	if (token_is(&name, "null"))
		return make_literal(p, "", 0);
	if (is_at(p, "("))
		return parse_call(p, &name);
	return parse_column(p, &name);
}

static struct expression_node *parse_value(struct parser *p)
{
	struct token token = p->tokens.token;
	struct expression_node *node;
	switch (token.kind) {
	case TOKEN_NAME:
		return parse_name(p);
	case TOKEN_COLUMN:
		next(p);
		return parse_column(p, &token);
	case TOKEN_TEXT:
	case TOKEN_NUMBER:
		return parse_literal(p);
	case TOKEN_CURRENCY:
		next(p);
		return node_new(p, NODE_CURRENCY);
	case TOKEN_MARK:
		if (!take(p, "("))
			break;
		node = parse_nested(p);
		if (node && !take(p, ")")) {
			refuse_missing(p, N_("a \")\""));
			return NULL;
		}
		return node;
	case TOKEN_END:
	case TOKEN_BAD:
		break;
	}
	refuse_missing(p, N_("a value"));
	return NULL;
}

static struct expression_node *parse_sign(struct parser *p)
{
	if (!is_at(p, "-"))
		return parse_value(p);
	if (!enter(p))
		return NULL;
	next(p);
	struct expression_node *operand = parse_sign(p);
	p->depth--;
	return operand ? node_over(p, NODE_NEGATIVE, operand) : NULL;
}

/* a + b - c: parts with an operator between them, or its inverse; a single part is itself. */
static struct expression_node *parse_chain(struct parser *p, enum node_kind kind, const char *mark, const char *inverse,
					   struct expression_node *(*parse_part)(struct parser *))
{
	struct expression_node *node = NULL, *last = parse_part(p);
	while (last && (is_at(p, mark) || (inverse && is_at(p, inverse)))) {
		int is_inverse = !is_at(p, mark);
		next(p);
		if (!node && !(node = node_over(p, kind, last)))
			return NULL;
		struct expression_node *part = parse_part(p);
		if (!part)
			return NULL;
		part->is_inverse = (uint8_t)is_inverse;
		last->next = part;
		last = part;
	}
	return node ? node : last;
}

static struct expression_node *parse_product(struct parser *p)
{
	return parse_chain(p, NODE_PRODUCT, "*", "/", parse_sign);
}

static struct expression_node *parse_sum(struct parser *p)
{
	return parse_chain(p, NODE_SUM, "+", "-", parse_product);
}

/* The ways of the comparison that the token is; 0: it is none. */
static uint8_t ways_at(const struct parser *p)
{
	static const struct {
		const char *mark;
		uint8_t ways;
	} marks[] = {
		{"=", EQUAL},         {"!=", LESS | GREATER}, {"<", LESS},
		{"<=", LESS | EQUAL}, {">", GREATER},         {">=", GREATER | EQUAL},
	};
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (is_at(p, marks[i].mark))
			return marks[i].ways;
	return 0;
}

static struct expression_node *parse_comparison(struct parser *p)
{
	struct expression_node *node, *left = parse_sum(p);
	uint8_t ways = left ? ways_at(p) : 0;
	if (!left || (!ways && !is_at(p, "in") && !is_at(p, "not")))
		return left;
	if (ways) {
		next(p);
		node = node_over(p, NODE_COMPARISON, left);
		left->next = node ? parse_sum(p) : NULL;
	} else {
		ways = take(p, "not") ? LESS | GREATER : EQUAL;
		node = node_over(p, NODE_IN, left);
		if (!take(p, "in"))
			refuse_missing(p, N_("\"in\""));
		else if (node)
			parse_list(p, node, left);
	}
	if (!p->tokens.code && (ways_at(p) || is_at(p, "in") || is_at(p, "not")))
		refuse(p, "\"%.*s\" at character %u follows a comparison: join comparisons by and, or",
		       (int)p->tokens.token.length, p->tokens.token.start, place_of(p, &p->tokens.token));
	if (p->tokens.code)
		return NULL;
	node->ways = ways;
	return node;
}

static struct expression_node *parse_not(struct parser *p)
{
	if (!is_at(p, "not"))
		return parse_comparison(p);
	if (!enter(p))
		return NULL;
	next(p);
	struct expression_node *operand = parse_not(p);
	p->depth--;
	return operand ? node_over(p, NODE_NOT, operand) : NULL;
}

static struct expression_node *parse_and(struct parser *p)
{
	return parse_chain(p, NODE_AND, "and", NULL, parse_not);
}

static struct expression_node *parse_or(struct parser *p)
{
	return parse_chain(p, NODE_OR, "or", NULL, parse_and);
}

static const struct expression_node *parse_all(struct parser *p)
{
	next(p);
	if (p->tokens.token.kind == TOKEN_END)
		refuse(p, "the expression is empty: write a column's name, or a text in single quotes");
	const struct expression_node *root = p->tokens.code ? NULL : parse_or(p);
	if (root && is_at(p, ")"))
		refuse(p, "a \"(\" is missing for the \")\" at character %u", place_of(p, &p->tokens.token));
	else if (root && p->tokens.token.kind != TOKEN_END)
		refuse_missing(p, N_("an operator"));
	return root;
}

int expression_parse(const char *text, struct arena *arena, const struct expression **out, struct crmval_error *error)
{
	struct parser p = {.tokens = {.text = text, .next = text, .error = error}, .arena = arena};
	size_t length = strlen(text);
	if (length > EXPRESSION_SIZE_LIMIT)
		return fail(error, CRMVAL_ECONF, "the expression is %zu bytes long, more than %d", length,
			    EXPRESSION_SIZE_LIMIT);
	const struct expression_node *root = parse_all(&p);
	if (p.tokens.code)
		return p.tokens.code;
	struct expression *expression = arena_alloc(arena, sizeof *expression);
	struct expression_use *uses = arena_array(arena, p.use_count, sizeof *uses);
	if (!expression || !uses)
		return fail_memory(error);
	if (p.use_count)
		memcpy(uses, p.uses, p.use_count * sizeof *uses);
	*expression = (struct expression){.use_count = p.use_count, .uses = uses, .root = root};
	*out = expression;
	return CRMVAL_OK;
}
