/* SPDX-License-Identifier: MIT */
/* Cutting the text of an expression into tokens. */
#include "expression_token.h"

#include "near.h"
#include "text.h"
#include "utf8.h"

#include <string.h>

enum { SHOWN = 64 }; /* room for a token in a message */

static const char *const operators[] = {"and", "in", "not", "or"};
enum { OPERATOR_COUNT = sizeof operators / sizeof *operators };

static int is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static int is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static int is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_' || c == '.';
}

static uint32_t name_length(const char *at)
{
	uint32_t length = 0;
	while (is_name(at[length]))
		length++;
	return length;
}

/* All of "12.5", but of "12." only the digits. */
static uint32_t number_length(const char *at)
{
	uint32_t length = 0;
	while (is_digit(at[length]))
		length++;
	if (at[length] == '.' && is_digit(at[length + 1]))
		for (length++; is_digit(at[length]); length++)
			;
	return length;
}

static void read_plain(struct tokens *tokens, enum token_kind kind, uint32_t length)
{
	tokens->token.kind = kind;
	tokens->token.length = length;
	tokens->next += length;
}

/* What stands between two marks, of which the last, where it is written double, is a part of it. */
static void read_quoted(struct tokens *tokens, enum token_kind kind, char last, int is_doubled, const char *what)
{
	const char *at = tokens->next + 1;
	while (*at && (*at != last || (is_doubled && at[1] == last)))
		at += *at == last ? 2 : 1;
	tokens->token.kind = *at ? kind : TOKEN_BAD;
	tokens->token.start++;
	tokens->token.length = (uint32_t)(at - tokens->token.start);
	tokens->next = *at ? at + 1 : at;
	if (!*at)
		token_refuse(tokens, "the %s that starts at character %u lacks its closing %c", _(what),
			     token_place(tokens, &tokens->token), last);
}

/* Marks, and what is taken for one; the longer ones first. */
static const struct mark {
	const char *mark, *advice; /* NULL: it is one */
} marks[] = {
	{"==", N_("did you mean \"=\"?")},
	{"!=", NULL},
	{"<=", NULL},
	{">=", NULL},
	{"<>", N_("did you mean \"!=\"?")},
	{"&&", N_("did you mean \"and\"?")},
	{"||", N_("did you mean \"or\"?")},
	{"=", NULL},
	{"<", NULL},
	{">", NULL},
	{"+", NULL},
	{"-", NULL},
	{"*", NULL},
	{"/", NULL},
	{"(", NULL},
	{")", NULL},
	{",", NULL},
	{".", NULL},
	{"!", N_("did you mean \"not\"?")},
	{"\"", N_("a text stands in single quotes")},
	{"$", N_("did you mean \"$currency\"?")},
};

static void read_mark(struct tokens *tokens)
{
	char shown[SHOWN];
	const char *advice = N_("a name with more than letters, digits, \"_\" and \".\" stands in [ ]");
	size_t length = utf8_length((const unsigned char *)tokens->next, strlen(tokens->next));
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (strncmp(tokens->next, marks[i].mark, strlen(marks[i].mark)) == 0) {
			advice = marks[i].advice;
			length = strlen(marks[i].mark);
			break;
		}
	read_plain(tokens, advice ? TOKEN_BAD : TOKEN_MARK, length ? (uint32_t)length : 1);
	utf8_printable(shown, sizeof shown, tokens->token.from, tokens->token.length);
	if (advice)
		token_refuse(tokens, "unexpected %s at character %u; %s", shown, token_place(tokens, &tokens->token),
			     _(advice));
}

void token_next(struct tokens *tokens)
{
	static const char currency[] = "$currency";
	while (is_space(*tokens->next))
		tokens->next++;
	const char *at = tokens->next;
	tokens->token = (struct token){.kind = TOKEN_END, .from = at, .start = at};
	if (!*at)
		return;
	if (is_digit(*at))
		read_plain(tokens, TOKEN_NUMBER, number_length(at));
	else if (is_name(*at) && *at != '.')
		read_plain(tokens, TOKEN_NAME, name_length(at));
	else if (*at == '\'')
		read_quoted(tokens, TOKEN_TEXT, '\'', 1, N_("text"));
	else if (*at == '[')
		read_quoted(tokens, TOKEN_COLUMN, ']', 0, N_("name"));
	else if (strncmp(at, currency, strlen(currency)) == 0 && !is_name(at[strlen(currency)]))
		read_plain(tokens, TOKEN_CURRENCY, (uint32_t)strlen(currency));
	else
		read_mark(tokens);
}

int token_is(const struct token *token, const char *word)
{
	return (token->kind == TOKEN_NAME || token->kind == TOKEN_MARK) && token->length == strlen(word) &&
	       memcmp(token->start, word, token->length) == 0;
}

int token_is_operator(const struct token *token)
{
	int is_operator = 0;
	for (uint32_t i = 0; i < OPERATOR_COUNT && !is_operator; i++)
		is_operator = token_is(token, operators[i]);
	return is_operator;
}

int token_take(struct tokens *tokens, const char *word)
{
	int is_taken = token_is(&tokens->token, word);
	if (is_taken)
		token_next(tokens);
	return is_taken;
}

uint32_t token_place(const struct tokens *tokens, const struct token *token)
{
	uint32_t place = 1;
	for (const char *at = tokens->text; at < token->from; at++)
		place += ((unsigned char)*at & 0xc0) != 0x80;
	return place;
}

void token_refuse_missing(struct tokens *tokens, const char *what)
{
	const struct token *token = &tokens->token;
	char shown[SHOWN], advice[2 * SHOWN] = "";
	struct near near;
	if (token->kind == TOKEN_END) {
		token_refuse(tokens, "%s is missing at the end", _(what));
		return;
	}
	utf8_printable(shown, sizeof shown, token->from, (size_t)(tokens->next - token->from));
	near_start(&near, shown);
	for (uint32_t i = 0; i < OPERATOR_COUNT && token->kind == TOKEN_NAME && token->length > 1; i++)
		near_offer(&near, operators[i]);
	if (token_is_operator(token))
		snprintf(advice, sizeof advice, _("; a column of that name is written [%s]"), shown);
	else if (near.best)
		snprintf(advice, sizeof advice, _("; did you mean \"%s\"?"), near.best);
	token_refuse(tokens, "%s is missing before %s at character %u%s", _(what), shown, token_place(tokens, token),
		     advice);
}

void token_refuse_function(struct tokens *tokens, const struct token *name)
{
	char shown[SHOWN], advice[512];
	struct near near;
	utf8_printable(shown, sizeof shown, name->start, name->length);
	near_start(&near, shown);
	near_offer(&near, "coalesce");
	near_offer(&near, "concat");
	near_offer(&near, "if");
	near_advice(&near, advice, sizeof advice);
	token_refuse(tokens, "unknown function \"%s\" at character %u; %s%s", shown, token_place(tokens, name), advice,
		     near.best ? "" : _(", and lookups, which take one key"));
}
