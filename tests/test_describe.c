/* SPDX-License-Identifier: MIT */
/* Plugins' tables: packed, unpacked, and checked against the contract. */
#include "suite.h"

#include "describe.h"
#include "tables.h"

#include <fnmatch.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A dimension that uses all there is, in tables that a test can spoil. */
static struct fixture {
	struct crmval_point scale[3];
	const char *words[3];
	struct crmval_rollup rollups[3];
	struct crmval_option parameters[2];
	struct crmval_indicator indicators[2];
	struct crmval_measure measures[2];
	struct crmval_input inputs[5];
	struct crmval_answer answers[2];
	struct crmval_view view;
	struct crmval_translation translation;
	struct crmval_field fields[2]; /* test_entities.c tells more of these */
	struct crmval_entity entity;
	struct crmval_dimension dimension;
	struct crmval_plugin plugin;
} t;

static int evaluate(const struct crmval_batch *batch, const struct crmval_observations *out, struct crmval_error *error)
{
	(void)batch, (void)out, (void)error;
	return CRMVAL_OK;
}

static void set_inputs(void)
{
	t.words[0] = "won";
	t.words[1] = "lost";
	t.rollups[0] = (struct crmval_rollup){CRMVAL_SUM, CRMVAL_FROM, CRMVAL_TO, "order", "account",
					      "amount",   "signed_on", NULL,      NULL,    NULL};
	t.rollups[1] = (struct crmval_rollup){.op = CRMVAL_CURRENT,
					      .until = CRMVAL_BEFORE_FROM,
					      .entity = "account",
					      .by = "owner",
					      .of = "name",
					      .date = "churned_on",
					      .per = "region",
					      .ended = "churned_on",
					      .until_own = "churned_on"};
	t.rollups[2] = (struct crmval_rollup){.op = CRMVAL_COUNT, .entity = "contact", .by = "account"};
	t.inputs[0] = (struct crmval_input){"region", "region|owner.region", CRMVAL_SYMBOL, 0, NULL, "regions", NULL};
	t.inputs[1] = (struct crmval_input){"outcome", "outcome", CRMVAL_AUTO, CRMVAL_OPTIONAL, t.words, NULL, NULL};
	t.inputs[2] = (struct crmval_input){"sales", .as = CRMVAL_NUMBER, .rollup = &t.rollups[0]};
	t.inputs[3] = (struct crmval_input){"current", .as = CRMVAL_FLAG, .rollup = &t.rollups[1]};
	t.inputs[4] = (struct crmval_input){"contacts", .rollup = &t.rollups[2]};
}

static void set_up(void)
{
	memset(&t, 0, sizeof t);
	set_inputs();
	t.scale[0] = (struct crmval_point){-1.5, 100};
	t.scale[1] = (struct crmval_point){0, 40};
	t.scale[2] = (struct crmval_point){1e300, 0};
	t.parameters[0] = (struct crmval_option){"regions", CRMVAL_OPTION_WORDS, CRMVAL_REQUIRED, NULL, 0, 0, "which"};
	t.parameters[1] = (struct crmval_option){"days", CRMVAL_OPTION_INTEGER, 0, "7", 1, 365, "how long"};
	t.indicators[0] = (struct crmval_indicator){"size", "Size"};
	t.indicators[1] = (struct crmval_indicator){"growth", "Gr\xc3\xb6\xc3\x9f\x65"};
	t.measures[0] = (struct crmval_measure){"sales",
						"Sales",
						"growth",
						"money",
						"How much is sold",
						"accounts; sales",
						CRMVAL_SUM_OF,
						CRMVAL_LOWER,
						CRMVAL_VALUE,
						CRMVAL_DAILY,
						3,
						t.scale};
	t.measures[1] = (struct crmval_measure){"share",
						"Share",
						"size",
						"share",
						"How many buy",
						"accounts; 1; 1",
						CRMVAL_RATIO,
						CRMVAL_HIGHER,
						CRMVAL_CHANGE,
						CRMVAL_STATE | CRMVAL_SHARE,
						0,
						NULL};
	t.answers[0] = (struct crmval_answer){"sales", "sales current|outcome+region"};
	t.answers[1] = (struct crmval_answer){"share", "  contacts|$days "};
	t.view = (struct crmval_view){"account", t.inputs, 5, 2, t.answers, evaluate};
	t.translation = (struct crmval_translation){"zh_CN", "Sales", "\xe9\x94\x80\xe5\x94\xae"};
	t.fields[0] = (struct crmval_field){"outcome", CRMVAL_SYMBOL, CRMVAL_OPTIONAL, NULL, t.words, "how it went"};
	t.fields[1] = (struct crmval_field){"account", CRMVAL_REFERENCE, 0, "account", NULL, "whose it is"};
	t.entity = (struct crmval_entity){"ticket", "A ticket", t.fields, 2, NULL};
	t.dimension = (struct crmval_dimension){sizeof t.dimension, 2,      2, 2, 1, "Test", t.indicators, t.measures,
						t.parameters,       &t.view};
	t.plugin = (struct crmval_plugin){CRMVAL_MAGIC,   1,         0,       sizeof t.plugin, 1,
					  "test",         "1.2",     "tests", &t.dimension,    NULL,
					  &t.translation, &t.entity, 1};
}

/* Through bytes and back; the caller frees the arena. */
static int through(struct arena *arena, const struct crmval_plugin **plugin, struct crmval_error *error)
{
	unsigned char *bytes;
	size_t size;
	int code = describe_pack(&t.plugin, &bytes, &size, error);
	if (code)
		return code;
	code = describe_unpack(bytes, size, arena, plugin, error);
	free(bytes);
	return code ? code : tables_check(*plugin, error);
}

/* ---- what is said arrives ---- */

static int same(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static void check_measures(const struct crmval_dimension *dimension)
{
	CU_ASSERT_EQUAL_FATAL(dimension->indicator_count, 2);
	CU_ASSERT(same(dimension->indicators[1].id, "growth"));
	CU_ASSERT(same(dimension->indicators[1].title, "Gr\xc3\xb6\xc3\x9f\x65"));
	CU_ASSERT_EQUAL_FATAL(dimension->measure_count, 2);
	const struct crmval_measure *measure = &dimension->measures[0];
	CU_ASSERT(same(measure->id, "sales") && same(measure->title, "Sales") && same(measure->indicator, "growth"));
	CU_ASSERT(same(measure->unit, "money") && same(measure->definition, "How much is sold"));
	CU_ASSERT(same(measure->formula, "accounts; sales"));
	CU_ASSERT_EQUAL(measure->kind, CRMVAL_SUM_OF);
	CU_ASSERT_EQUAL(measure->better, CRMVAL_LOWER);
	CU_ASSERT_EQUAL(measure->basis, CRMVAL_VALUE);
	CU_ASSERT_EQUAL(measure->flags, CRMVAL_DAILY);
	CU_ASSERT_EQUAL_FATAL(measure->scale_count, 3);
	CU_ASSERT(!memcmp(measure->scale, t.scale, sizeof t.scale));
	CU_ASSERT_EQUAL(dimension->measures[1].basis, CRMVAL_CHANGE);
	CU_ASSERT_EQUAL(dimension->measures[1].scale_count, 0);
	CU_ASSERT_EQUAL_FATAL(dimension->parameter_count, 2);
	const struct crmval_option *days = &dimension->parameters[1];
	CU_ASSERT(same(days->name, "days") && same(days->initial, "7") && same(days->help, "how long"));
	CU_ASSERT(days->type == CRMVAL_OPTION_INTEGER && days->least == 1 && days->most == 365);
	CU_ASSERT_EQUAL(dimension->parameters[0].flags, CRMVAL_REQUIRED);
	CU_ASSERT_PTR_NULL(dimension->parameters[0].initial);
}

static void check_view(const struct crmval_view *view)
{
	CU_ASSERT(same(view->entity, "account"));
	CU_ASSERT_EQUAL_FATAL(view->input_count, 5);
	const struct crmval_input *inputs = view->inputs;
	CU_ASSERT(same(inputs[0].name, "region") && same(inputs[0].path, "region|owner.region"));
	CU_ASSERT(inputs[0].as == CRMVAL_SYMBOL && same(inputs[0].words_from, "regions") && !inputs[0].words);
	CU_ASSERT_EQUAL(inputs[1].flags, CRMVAL_OPTIONAL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(inputs[1].words);
	CU_ASSERT(same(inputs[1].words[0], "won") && same(inputs[1].words[1], "lost") && !inputs[1].words[2]);
	CU_ASSERT_PTR_NOT_NULL_FATAL(inputs[2].rollup);
	CU_ASSERT_PTR_NULL(inputs[2].path);
	const struct crmval_rollup *sum = inputs[2].rollup, *current = inputs[3].rollup;
	CU_ASSERT(sum->op == CRMVAL_SUM && sum->since == CRMVAL_FROM && sum->until == CRMVAL_TO);
	CU_ASSERT(same(sum->entity, "order") && same(sum->by, "account") && same(sum->of, "amount"));
	CU_ASSERT(same(sum->date, "signed_on") && !sum->per && !sum->ended && !sum->until_own);
	CU_ASSERT(same(current->per, "region") && same(current->ended, "churned_on"));
	CU_ASSERT(same(current->until_own, "churned_on") && current->until == CRMVAL_BEFORE_FROM);
	CU_ASSERT_EQUAL_FATAL(view->answer_count, 2);
	CU_ASSERT(same(view->answers[0].measure, "sales"));
	CU_ASSERT(same(view->answers[0].needs, "sales current|outcome+region"));
	CU_ASSERT_PTR_NULL(view->evaluate);
}

static void test_dimension(void)
{
	struct arena arena = {0};
	struct crmval_error error = {.struct_size = sizeof error};
	const struct crmval_plugin *plugin = NULL;
	set_up();
	CU_ASSERT_EQUAL_FATAL(through(&arena, &plugin, &error), CRMVAL_OK);
	CU_ASSERT_EQUAL(plugin->magic, CRMVAL_MAGIC);
	CU_ASSERT(plugin->abi_major == 1 && plugin->abi_minor == 0);
	CU_ASSERT_EQUAL(plugin->struct_size, sizeof *plugin);
	CU_ASSERT(same(plugin->name, "test") && same(plugin->version, "1.2") && same(plugin->summary, "tests"));
	CU_ASSERT_EQUAL_FATAL(plugin->translation_count, 1);
	CU_ASSERT(same(plugin->translations[0].language, "zh_CN") && same(plugin->translations[0].text, "Sales"));
	CU_ASSERT(same(plugin->translations[0].translated, "\xe9\x94\x80\xe5\x94\xae"));
	CU_ASSERT_EQUAL_FATAL(plugin->entity_count, 1);
	CU_ASSERT_EQUAL_FATAL(plugin->entities->field_count, 2);
	CU_ASSERT(same(plugin->entities->fields[0].words[1], "lost") && !plugin->entities->fields[0].words[2]);
	CU_ASSERT_PTR_NULL(plugin->source);
	CU_ASSERT_PTR_NOT_NULL_FATAL(plugin->dimension);
	CU_ASSERT_EQUAL(plugin->dimension->struct_size, sizeof *plugin->dimension);
	CU_ASSERT(same(plugin->dimension->title, "Test"));
	check_measures(plugin->dimension);
	CU_ASSERT_EQUAL_FATAL(plugin->dimension->view_count, 1);
	check_view(plugin->dimension->views);
	arena_free(&arena);
}

/* ---- bytes that are no description ---- */

/* Cut anywhere, it is refused; with any byte changed, it is refused or something else, in bounds (which sanitizers see). */
static void test_spoilt_bytes(void)
{
	unsigned char *bytes, *piece;
	size_t size, accepted = 0;
	const struct crmval_plugin *plugin;
	set_up();
	CU_ASSERT_EQUAL_FATAL(describe_pack(&t.plugin, &bytes, &size, NULL), CRMVAL_OK);
	for (size_t i = 0; i <= size; i++) {
		struct arena arena = {0};
		piece = malloc(size + 1); /* of just the size, for sanitizers */
		memcpy(piece, bytes, i);
		piece = realloc(piece, i + !i);
		accepted += describe_unpack(piece, i, &arena, &plugin, NULL) == CRMVAL_OK;
		free(piece);
		arena_free(&arena);
	}
	CU_ASSERT_EQUAL(accepted, 1); /* the whole */
	for (size_t i = 0; i < size * 8; i++) {
		struct arena arena = {0};
		bytes[i / 8] ^= (unsigned char)(1 << i % 8);
		if (describe_unpack(bytes, size, &arena, &plugin, NULL) == CRMVAL_OK)
			tables_check(plugin, NULL);
		bytes[i / 8] ^= (unsigned char)(1 << i % 8);
		arena_free(&arena);
	}
	bytes = realloc(bytes, size + 1);
	bytes[size] = 0;
	struct arena arena = {0};
	CU_ASSERT_EQUAL(describe_unpack(bytes, size + 1, &arena, &plugin, NULL), CRMVAL_EBUG);
	arena_free(&arena);
	free(bytes);
}

/* ---- the contract ---- */

static void expect(const char *message)
{
	struct arena arena = {0};
	struct crmval_error error = {.struct_size = sizeof error};
	const struct crmval_plugin *plugin;
	CU_ASSERT_EQUAL(through(&arena, &plugin, &error), CRMVAL_ECONF);
	int is_as_expected = fnmatch(message, error.message, 0) == 0;
	CU_ASSERT(is_as_expected);
	if (!is_as_expected)
		printf("expected %s\nfound    %s\n", message, error.message);
	arena_free(&arena);
	set_up();
}

#define SPOIL(what, value, message)                                                                                    \
	do {                                                                                                           \
		set_up();                                                                                              \
		(what) = (value);                                                                                      \
		expect(message);                                                                                       \
	} while (0)

static void test_texts(void)
{
	char text[4098];
	memset(text, 'x', sizeof text);
	text[4097] = '\0';
	SPOIL(t.plugin.summary, text, "has a text of more than 4096 bytes*");
	SPOIL(t.plugin.summary, "red \x1b[31m", "has a text with a control character after \"red \"*");
	SPOIL(t.plugin.summary, "two\nlines", "has a text with a control character after \"two\"*");
	SPOIL(t.plugin.summary, "next \xc2\x85", "has a text with a control character after \"next \"*");
	SPOIL(t.plugin.summary, "latin \xe9 one", "has a text with bytes that are not UTF-8 after \"latin \"*");
	SPOIL(t.plugin.summary, "overlong \xc0\xaf", "*not UTF-8 after \"overlong \"*");
	SPOIL(t.plugin.summary, "surrogate \xed\xa0\x80", "*not UTF-8 after \"surrogate \"*");
	SPOIL(t.plugin.summary, "cut \xe9\x94", "*not UTF-8 after \"cut \"*");
	SPOIL(t.plugin.summary, NULL, "there is no summary");
	SPOIL(t.plugin.version, "", "there is no version");
	SPOIL(t.plugin.name, "Test", "the name \"Test\" is not of lower case letters*");
	SPOIL(t.translation.translated, NULL, "translation 1: its language, text or translated is NULL");
}

static void test_arrays(void)
{
	const char *many[67];
	for (int i = 0; i < 66; i++)
		many[i] = "word";
	many[66] = NULL;
	SPOIL(t.dimension.measure_count, 257, "announces 257 measures in its tables: at most 256 are allowed");
	SPOIL(t.plugin.translation_count, UINT32_MAX, "announces 4294967295 translations in its tables*");
	SPOIL(t.dimension.measures, NULL, "announces 2 measures, but their table is NULL");
	SPOIL(t.inputs[1].words, many, "has a list of more than 64 words in its tables");
	SPOIL(t.inputs[1].words, many + 1, "has a list of more than 64 words in its tables");
	set_up();
	t.inputs[1].words = many + 2;
	struct arena arena = {0};
	const struct crmval_plugin *plugin;
	CU_ASSERT_EQUAL(through(&arena, &plugin, NULL), CRMVAL_OK);
	arena_free(&arena);
	SPOIL(t.view.evaluate, NULL, "has a view of \"account\" without an evaluate function");
	SPOIL(t.plugin.dimension, NULL, "exactly one of dimension and source must be set");
}

static void test_dimension_rules(void)
{
	SPOIL(t.dimension.title, NULL, "the dimension has no title");
	SPOIL(t.dimension.indicator_count, 0, "the dimension has no indicators");
	SPOIL(t.dimension.measure_count, 0, "the dimension has no measures");
	SPOIL(t.dimension.view_count, 0, "the dimension has no views");
	SPOIL(t.indicators[1].id, "size", "there are two of the indicators named \"size\"");
	SPOIL(t.indicators[1].title, NULL, "indicator \"growth\": there is no title");
	SPOIL(t.indicators[0].id, "si-ze", "indicator 1 has the name \"si-ze\": *");
	SPOIL(t.parameters[1].name, "regions", "there are two of the parameters named \"regions\"");
	SPOIL(t.parameters[1].name, NULL, "parameter 2 has the name \"\": *");
	SPOIL(t.parameters[1].type, 8, "parameter \"days\": there is no type 8");
	SPOIL(t.parameters[1].flags, 2, "parameter \"days\": there are no flags 0x2");
	SPOIL(t.parameters[1].least, 366, "parameter \"days\": the range 366 to 365 holds nothing");
	SPOIL(t.parameters[1].most, NAN, "parameter \"days\": the range *");
	SPOIL(t.parameters[1].help, NULL, "parameter \"days\": there is no help");
}

static void test_measure_rules(void)
{
	SPOIL(t.measures[1].id, "sales", "there are two of the measures named \"sales\"");
	SPOIL(t.measures[1].title, NULL, "measure \"share\": there is no title");
	SPOIL(t.measures[1].unit, NULL, "measure \"share\": there is no unit");
	SPOIL(t.measures[1].definition, NULL, "measure \"share\": there is no definition");
	SPOIL(t.measures[1].formula, NULL, "measure \"share\": there is no formula");
	SPOIL(t.measures[1].indicator, NULL, "measure \"share\": there is no indicator");
	SPOIL(t.measures[1].indicator, "depth", "measure \"share\": there is no indicator \"depth\"");
	SPOIL(t.measures[1].kind, 3, "measure \"share\": kind must be *");
	SPOIL(t.measures[1].kind, CRMVAL_SUM_OF, "measure \"share\": only a ratio can be a share");
	SPOIL(t.measures[1].better, 0, "measure \"share\": better must be *");
	SPOIL(t.measures[1].basis, 4, "measure \"share\": basis must be *");
	SPOIL(t.measures[1].flags, 8, "measure \"share\": its flags are none of *");
	SPOIL(t.scale[1].x, -1.5, "measure \"sales\": the x of its scale must rise, point 2 does not");
	SPOIL(t.scale[2].x, (t.scale[1].x = -1e308, t.scale[0].x = -1.1e308, 1e308),
	      "measure \"sales\": the x of its scale must rise, point 3 does not by a finite step");
	SPOIL(t.scale[2].y, 41, "measure \"sales\": the y of its scale must only rise or only fall");
	SPOIL(t.scale[0].y, 100.5, "measure \"sales\": point 1 of its scale is (-1.5, 100.5): *");
	SPOIL(t.scale[2].x, INFINITY, "measure \"sales\": point 3 of its scale is (inf, 0): *");
	SPOIL(t.scale[2].y, NAN, "measure \"sales\": point 3 of its scale *");
	SPOIL(t.view.answer_count, 1, "measure \"share\": no view answers it");
}

static void test_input_rules(void)
{
	SPOIL(t.view.entity, NULL, "a view has the entity \"\"");
	SPOIL(t.inputs[1].name, "region", "view of \"account\"*: there are two of the inputs named \"region\"");
	SPOIL(t.inputs[1].name, "", "view of \"account\"*: input 2 has the name \"\": *");
	SPOIL(t.inputs[1].path, NULL, "view of \"account\", input \"outcome\": set exactly one of path and rollup");
	SPOIL(t.inputs[2].path, "amount", "view of \"account\", input \"sales\": set exactly one of path and rollup");
	SPOIL(t.inputs[0].path, "region|", "view of \"account\", input \"region\": \"region|\" is not a path *");
	SPOIL(t.inputs[0].path, "owner..team", "*\"owner..team\" is not a path *");
	SPOIL(t.inputs[0].path, "", "*\"\" is not a path *");
	SPOIL(t.inputs[0].as, 9, "*there is no way 9 to deliver a column");
	SPOIL(t.inputs[0].flags, 2, "*there are no flags 0x2");
	SPOIL(t.inputs[0].words, t.words, "*set one of words and words_from");
	SPOIL(t.inputs[0].words_from, "days", "*words_from \"days\" is no parameter of type CRMVAL_OPTION_WORDS");
	SPOIL(t.inputs[0].words_from, "teams", "*words_from \"teams\" is no parameter *");
	SPOIL(t.inputs[1].as, CRMVAL_NUMBER, "*only a symbol has words");
	SPOIL(t.words[1], "Lost", "*the word \"Lost\" is not in lower case");
	SPOIL(t.words[1], "", "*the word \"\" is not in lower case");
}

static void test_rollup_rules(void)
{
	SPOIL(t.rollups[0].op, 8, "view of \"account\", input \"sales\": there is no rollup op 8");
	SPOIL(t.rollups[0].since, 4, "*the rollup's since 4 or until 2 is no bound");
	SPOIL(t.rollups[0].until, -1, "*the rollup's since 1 or until -1 is no bound");
	SPOIL(t.rollups[0].entity, NULL, "*the rollup has no entity");
	SPOIL(t.rollups[0].of, NULL, "*the rollup needs `of`");
	SPOIL(t.rollups[2].of, "name", "*a rollup that counts has no `of`");
	SPOIL(t.rollups[0].date, NULL, "*the rollup needs `date`");
	SPOIL(t.rollups[2].per, "department", "*the rollup needs `date`");
	SPOIL(t.rollups[2].until_own, "churned_on", "*the rollup needs `date`");
	SPOIL(t.rollups[1].by, NULL, "*a rollup that asks for the current row needs `by` and `per`");
	SPOIL(t.rollups[1].entity, "contact", "*is of the view's own entity");
	SPOIL(t.rollups[0].per, "product", "*only CRMVAL_MAX and CRMVAL_CURRENT take `per`");
	SPOIL(t.rollups[0].by, (t.rollups[0].until_own = "churned_on", NULL), "*the rollup's until_own needs `by`*");
	SPOIL(t.rollups[0].op, (t.inputs[2].as = CRMVAL_SYMBOL, CRMVAL_LAST), "*the last of several needs words*");
	SPOIL(t.rollups[0].of, "a b", "*the rollup's of \"a b\" is not a path *");
	SPOIL(t.rollups[1].ended, "x.", "*the rollup's ended \"x.\" is not a path *");
	SPOIL(t.inputs[2].as, CRMVAL_DATE, "*a rollup of this op cannot be delivered so");
	SPOIL(t.inputs[3].as, CRMVAL_NUMBER, "*a rollup of this op cannot be delivered so");
}

static void test_answer_rules(void)
{
	SPOIL(t.answers[1].measure, "profit", "view of \"account\": it answers \"profit\", which is not a measure");
	SPOIL(t.answers[1].measure, NULL, "view of \"account\": it answers \"\", which is not a measure");
	SPOIL(t.answers[1].needs, "contacts people", "*\"share\" needs \"people\", which is neither *");
	SPOIL(t.answers[1].needs, "contacts|people", "*\"share\" needs \"people\", which is neither *");
	SPOIL(t.answers[1].needs, "contacts+sales|people", "*\"share\" needs \"people\", which is neither *");
	SPOIL(t.answers[1].needs, "$contacts", "*\"share\" needs \"$contacts\", which is neither *");
	SPOIL(t.answers[1].needs, "days", "*\"share\" needs \"days\", which is neither *");
	SPOIL(t.answers[1].needs, "contacts|", "*\"share\" needs \"contacts|\", which ends in |");
	SPOIL(t.answers[1].needs, "contacts+ sales", "*\"share\" needs \"contacts+ sales\", which ends in +");
	SPOIL(t.answers[1].needs, "|contacts", "*\"share\" needs \"\", which is neither *");
}

/* ---- sources ---- */

static int open_source(const struct crmval_value *options, void **source, struct crmval_error *error)
{
	(void)options, (void)source, (void)error;
	return CRMVAL_OK;
}

static int table(void *source, const char *entity, const struct crmval_value *options, int is_named,
		 struct crmval_table *shape, struct crmval_error *error)
{
	(void)source, (void)entity, (void)options, (void)is_named, (void)shape, (void)error;
	return CRMVAL_NO_TABLE;
}

static int plan(void *source, void *rows, const uint32_t *wanted, uint32_t count, struct crmval_plan *splits,
		struct crmval_error *error)
{
	(void)source, (void)rows, (void)wanted, (void)count, (void)splits, (void)error;
	return CRMVAL_OK;
}

static int read_split(void *source, void *rows, uint32_t split, void *worker, const struct crmval_sink *sink,
		      struct crmval_error *error)
{
	(void)source, (void)rows, (void)split, (void)worker, (void)sink, (void)error;
	return CRMVAL_OK;
}

static void close_source(void *source)
{
	(void)source;
}

static void test_source(void)
{
	struct arena arena = {0};
	const struct crmval_plugin *plugin;
	struct crmval_option option = {"file", CRMVAL_OPTION_PATH, 0, NULL, 0, 0, "what to read"};
	struct crmval_source source = {.struct_size = sizeof source,
				       .table_option_count = 1,
				       .table_options = &option,
				       .open = open_source,
				       .table = table,
				       .plan = plan,
				       .read = read_split,
				       .close = close_source};
	set_up();
	t.plugin.dimension = NULL;
	t.plugin.source = &source;
	CU_ASSERT_EQUAL_FATAL(through(&arena, &plugin, NULL), CRMVAL_OK);
	CU_ASSERT_PTR_NOT_NULL_FATAL(plugin->source);
	CU_ASSERT_EQUAL(plugin->source->option_count, 0);
	CU_ASSERT_EQUAL_FATAL(plugin->source->table_option_count, 1);
	CU_ASSERT(same(plugin->source->table_options[0].name, "file"));
	CU_ASSERT(plugin->source->open == NULL && plugin->source->read == NULL);
	arena_free(&arena);
	option.type = 0;
	expect("table option \"file\": there is no type 0");
	option.type = CRMVAL_OPTION_PATH;
	source.plan = NULL;
	t.plugin.dimension = NULL;
	t.plugin.source = &source;
	expect("has a source without one of open, table, plan, *");
}

/* A mapping is a file of lines; a plugin of an older minor version has none, and its struct ends before. */
static void test_mapping(void)
{
	static const char mapping[] = "ids = \"salesforce\";\n# a comment\n";
	struct crmval_source source = {.struct_size = sizeof source,
				       .open = open_source,
				       .table = table,
				       .plan = plan,
				       .read = read_split,
				       .close = close_source,
				       .mapping = mapping};
	struct arena arena = {0};
	const struct crmval_plugin *plugin = NULL;
	unsigned char *bytes, *place;
	size_t size;
	set_up();
	t.plugin.dimension = NULL;
	t.plugin.source = &source;
	CU_ASSERT_EQUAL_FATAL(through(&arena, &plugin, NULL), CRMVAL_OK);
	CU_ASSERT_STRING_EQUAL(plugin->source->mapping, mapping);
	CU_ASSERT_EQUAL_FATAL(describe_pack(&t.plugin, &bytes, &size, NULL), CRMVAL_OK);
	place = memmem(bytes, size, "comment", 7);
	CU_ASSERT_PTR_NOT_NULL_FATAL(place);
	*place = 0; /* it would come out shorter than it went in */
	CU_ASSERT_EQUAL(describe_unpack(bytes, size, &arena, &plugin, NULL), CRMVAL_EBUG);
	free(bytes);
	source.struct_size = offsetof(struct crmval_source, mapping);
	CU_ASSERT_EQUAL_FATAL(through(&arena, &plugin, NULL), CRMVAL_OK);
	CU_ASSERT_PTR_NULL(plugin->source->mapping);
	arena_free(&arena);
}

static const struct test tests[] = {{"dimension", test_dimension},
				    {"spoilt bytes", test_spoilt_bytes},
				    {"texts", test_texts},
				    {"arrays", test_arrays},
				    {"rules of a dimension", test_dimension_rules},
				    {"rules of measures", test_measure_rules},
				    {"rules of inputs", test_input_rules},
				    {"rules of rollups", test_rollup_rules},
				    {"rules of answers", test_answer_rules},
				    {"source", test_source},
				    {"mapping of a source", test_mapping},
				    {NULL, NULL}};

const struct suite suite_describe = {"describe", tests};
