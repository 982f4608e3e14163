/* SPDX-License-Identifier: MIT */
/*
 * Packing and unpacking of a plugin's tables.  There is one function per struct, and it works in both directions, so
 * that the two cannot differ: it names the fields in turn, and each is appended to the bytes or taken from them.
 */
#include "describe.h"
#include "error.h"
#include "text.h"
#include "utf8.h"

#include <stdlib.h>
#include <string.h>

enum { TEXT_MOST = 4096, WORDS_MOST = 64, MAPPING_MOST = 256 * 1024 };

struct codec {
	int is_packing;
	int code; /* the first failure; then nothing happens any more */
	struct crmval_error *error;
	unsigned char *out; /* packing */
	size_t size, capacity;
	const unsigned char *in; /* unpacking */
	size_t left;
	struct arena *arena;
};

/* Structs that stand in an array: what they are called, how large one is, how many there may be, what it is made of. */
struct kind {
	const char *name;
	size_t size;
	uint32_t most;
	void (*code)(struct codec *c, void *item);
	int may_grow; /* begins with its size */
};

static void append(struct codec *c, const void *bytes, size_t size)
{
	if (size > DESCRIBE_MOST - c->size) {
		c->code = fail(c->error, CRMVAL_ECONF, "has tables of more than %d bytes", DESCRIBE_MOST);
		return;
	}
	if (c->size + size > c->capacity) {
		size_t capacity = 2 * (c->size + size) + 4096;
		unsigned char *grown = realloc(c->out, capacity);
		if (!grown) {
			c->code = fail_memory(c->error);
			return;
		}
		c->out = grown;
		c->capacity = capacity;
	}
	memcpy(c->out + c->size, bytes, size);
	c->size += size;
}

static void take(struct codec *c, void *bytes, size_t size)
{
	if (size > c->left) {
		c->code = fail(c->error, CRMVAL_EBUG, "gave a description of its tables that ends too early");
		return;
	}
	memcpy(bytes, c->in, size);
	c->in += size;
	c->left -= size;
}

static void raw(struct codec *c, void *bytes, size_t size)
{
	if (c->code)
		return;
	if (c->is_packing)
		append(c, bytes, size);
	else
		take(c, bytes, size);
}

static void *allocate(struct codec *c, size_t count, size_t size)
{
	void *memory = arena_array(c->arena, count, size);
	if (!memory)
		c->code = fail_memory(c->error);
	return memory;
}

static void unsigned_number(struct codec *c, uint32_t *value)
{
	raw(c, value, sizeof *value);
}

static void number(struct codec *c, int32_t *value)
{
	raw(c, value, sizeof *value);
}

static void real(struct codec *c, double *value)
{
	raw(c, value, sizeof *value);
}

/* A plugin's text may end up in a terminal, a log or a report. */
static void check_text(struct codec *c, const unsigned char *text, size_t size)
{
	for (size_t i = 0; i < size;) {
		if (text[i] >= ' ' && text[i] < 0x7f) { /* nearly all */
			i++;
			continue;
		}
		size_t length = utf8_length(text + i, size - i);
		if (length == 0 || utf8_is_control(text + i, length)) {
			c->code = fail(c->error, CRMVAL_ECONF,
				       "has a text with %s after \"%.*s\": texts are one line of UTF-8",
				       length ? _("a control character") : _("bytes that are not UTF-8"),
				       (int)(i < 60 ? i : 60), (const char *)text);
			return;
		}
		i += length;
	}
}

/* As its length + 1, or 0 for NULL, and its bytes. */
static void bytes_of_text(struct codec *c, const char **value, uint32_t most)
{
	uint32_t length = c->is_packing && *value ? (uint32_t)strnlen(*value, most + 1) + 1 : 0;
	unsigned_number(c, &length);
	if (c->code || length == 0)
		return;
	length--;
	if (length > most) {
		c->code = fail(c->error, CRMVAL_ECONF, "has a text of more than %u bytes in its tables", most);
		return;
	}
	if (c->is_packing) {
		append(c, *value, length);
		return;
	}
	char *copy = length <= c->left ? allocate(c, length + 1, 1) : NULL;
	if (copy || !c->code)
		take(c, copy, length);
	if (!c->code && memchr(copy, 0, length))
		c->code = fail(c->error, CRMVAL_EBUG, "gave a description of its tables with a NUL byte in a text");
	*value = copy;
}

/* A line of text. */
static void text(struct codec *c, const char **value)
{
	bytes_of_text(c, value, TEXT_MOST);
	if (!c->is_packing && !c->code && *value)
		check_text(c, (const unsigned char *)*value, strlen(*value));
}

/* Words that end with NULL. */
static const char *const *words(struct codec *c, const char *const *list)
{
	uint32_t count = 0; /* 0: there is no list; else one more than it has words */
	if (c->is_packing && list) {
		while (count <= WORDS_MOST && list[count])
			count++;
		count++;
	}
	unsigned_number(c, &count);
	if (!c->code && count > WORDS_MOST + 1)
		c->code = fail(c->error, CRMVAL_ECONF, "has a list of more than %d words in its tables", WORDS_MOST);
	if (c->code || count == 0)
		return NULL;
	const char **copy = c->is_packing ? NULL : allocate(c, count, sizeof *copy);
	for (uint32_t i = 0; i + 1 < count && !c->code; i++) {
		const char *word = c->is_packing ? list[i] : NULL;
		text(c, &word);
		if (!c->code && !word)
			c->code = fail(c->error, CRMVAL_EBUG,
				       "gave a description of its tables with a list that ends early");
		if (copy)
			copy[i] = word;
	}
	return copy;
}

/* A struct that may grow is as long as its plugin knew it; what it did not know is 0. */
static void copy_item(unsigned char *to, const unsigned char *from, const struct kind *kind)
{
	uint32_t size = (uint32_t)kind->size;
	if (kind->may_grow) {
		memcpy(&size, from, sizeof size);
		memset(to, 0, kind->size);
	}
	memcpy(to, from, size < kind->size ? size : kind->size);
}

/* An array's items, or the items unpacked.  The count comes first. */
static void *items(struct codec *c, const void *array, uint32_t *count, const struct kind *kind)
{
	_Alignas(max_align_t) unsigned char one[256];
	unsigned_number(c, count);
	if (c->code || *count == 0)
		return NULL;
	if (*count > kind->most) {
		c->code = fail(c->error, CRMVAL_ECONF, "announces %u %s in its tables: at most %u are allowed", *count,
			       kind->name, kind->most);
		return NULL;
	}
	if (c->is_packing && !array) {
		c->code = fail(c->error, CRMVAL_ECONF, "announces %u %s, but their table is NULL", *count, kind->name);
		return NULL;
	}
	unsigned char *unpacked = c->is_packing ? NULL : allocate(c, *count, kind->size);
	for (uint32_t i = 0; i < *count && !c->code; i++) {
		if (c->is_packing) /* the functions write, be it only what was there; the plugin's tables are constant */
			copy_item(one, (const unsigned char *)array + i * kind->size, kind);
		kind->code(c, c->is_packing ? one : unpacked + i * kind->size);
	}
	return unpacked;
}

/* A struct, or NULL. */
static void *optional(struct codec *c, const void *item, const struct kind *kind)
{
	uint32_t count = c->is_packing && item != NULL;
	return items(c, item, &count, kind);
}

/* ---- the structs, field by field ---- */

static void code_option(struct codec *c, void *item)
{
	struct crmval_option *option = item;
	text(c, &option->name);
	number(c, &option->type);
	unsigned_number(c, &option->flags);
	text(c, &option->initial);
	real(c, &option->least);
	real(c, &option->most);
	text(c, &option->help);
}

static void code_rollup(struct codec *c, void *item)
{
	struct crmval_rollup *rollup = item;
	number(c, &rollup->op);
	number(c, &rollup->since);
	number(c, &rollup->until);
	text(c, &rollup->entity);
	text(c, &rollup->by);
	text(c, &rollup->of);
	text(c, &rollup->date);
	text(c, &rollup->per);
	text(c, &rollup->ended);
	text(c, &rollup->until_own);
}

static const struct kind rollup_kind = {"rollups", sizeof(struct crmval_rollup), 1, code_rollup, 0};

static void code_input(struct codec *c, void *item)
{
	struct crmval_input *input = item;
	text(c, &input->name);
	text(c, &input->path);
	number(c, &input->as);
	unsigned_number(c, &input->flags);
	input->words = words(c, input->words);
	text(c, &input->words_from);
	input->rollup = optional(c, input->rollup, &rollup_kind);
}

static void code_answer(struct codec *c, void *item)
{
	struct crmval_answer *answer = item;
	text(c, &answer->measure);
	text(c, &answer->needs);
}

static const struct kind input_kind = {"inputs", sizeof(struct crmval_input), 256, code_input, 0};
static const struct kind answer_kind = {"answers", sizeof(struct crmval_answer), 256, code_answer, 0};

static void code_view(struct codec *c, void *item)
{
	struct crmval_view *view = item;
	text(c, &view->entity);
	if (c->is_packing && !c->code && !view->evaluate)
		c->code = fail(c->error, CRMVAL_ECONF, "has a view of \"%.64s\" without an evaluate function",
			       view->entity ? view->entity : "");
	view->inputs = items(c, view->inputs, &view->input_count, &input_kind);
	view->answers = items(c, view->answers, &view->answer_count, &answer_kind);
}

static void code_point(struct codec *c, void *item)
{
	struct crmval_point *point = item;
	real(c, &point->x);
	real(c, &point->y);
}

static void code_indicator(struct codec *c, void *item)
{
	struct crmval_indicator *indicator = item;
	text(c, &indicator->id);
	text(c, &indicator->title);
}

static const struct kind point_kind = {"points of a scale", sizeof(struct crmval_point), 256, code_point, 0};

static void code_measure(struct codec *c, void *item)
{
	struct crmval_measure *measure = item;
	text(c, &measure->id);
	text(c, &measure->title);
	text(c, &measure->indicator);
	text(c, &measure->unit);
	text(c, &measure->definition);
	text(c, &measure->formula);
	number(c, &measure->kind);
	number(c, &measure->better);
	number(c, &measure->basis);
	unsigned_number(c, &measure->flags);
	measure->scale = items(c, measure->scale, &measure->scale_count, &point_kind);
}

static const struct kind indicator_kind = {"indicators", sizeof(struct crmval_indicator), 256, code_indicator, 0};
static const struct kind measure_kind = {"measures", sizeof(struct crmval_measure), 256, code_measure, 0};
static const struct kind option_kind = {"options", sizeof(struct crmval_option), 256, code_option, 0};
static const struct kind view_kind = {"views", sizeof(struct crmval_view), 256, code_view, 0};

static void code_dimension(struct codec *c, void *item)
{
	struct crmval_dimension *dimension = item;
	dimension->struct_size = sizeof *dimension;
	text(c, &dimension->title);
	dimension->indicators = items(c, dimension->indicators, &dimension->indicator_count, &indicator_kind);
	dimension->measures = items(c, dimension->measures, &dimension->measure_count, &measure_kind);
	dimension->parameters = items(c, dimension->parameters, &dimension->parameter_count, &option_kind);
	dimension->views = items(c, dimension->views, &dimension->view_count, &view_kind);
}

static void code_source(struct codec *c, void *item)
{
	struct crmval_source *source = item;
	source->struct_size = sizeof *source;
	if (c->is_packing && !c->code &&
	    (!source->open || !source->table || !source->plan || !source->read || !source->close ||
	     (source->worker_open && !source->worker_close)))
		c->code =
			fail(c->error, CRMVAL_ECONF,
			     "has a source without one of open, table, plan, read, close, or worker_close where there "
			     "is worker_open");
	source->options = items(c, source->options, &source->option_count, &option_kind);
	source->table_options = items(c, source->table_options, &source->table_option_count, &option_kind);
	bytes_of_text(c, &source->mapping, MAPPING_MOST); /* a file, whose reader checks it */
}

static void code_translation(struct codec *c, void *item)
{
	struct crmval_translation *translation = item;
	text(c, &translation->language);
	text(c, &translation->text);
	text(c, &translation->translated);
}

static void code_field(struct codec *c, void *item)
{
	struct crmval_field *field = item;
	text(c, &field->name);
	number(c, &field->type);
	unsigned_number(c, &field->flags);
	text(c, &field->target);
	field->words = words(c, field->words);
	text(c, &field->help);
}

static const struct kind field_kind = {"fields", sizeof(struct crmval_field), 256, code_field, 0};

static void code_entity(struct codec *c, void *item)
{
	struct crmval_entity *entity = item;
	text(c, &entity->name);
	text(c, &entity->title);
	entity->fields = items(c, entity->fields, &entity->field_count, &field_kind);
	text(c, &entity->money_date);
}

static const struct kind entity_kind = {"entities", sizeof(struct crmval_entity), 64, code_entity, 0};
static const struct kind dimension_kind = {"dimensions", sizeof(struct crmval_dimension), 1, code_dimension, 1};
static const struct kind source_kind = {"sources", sizeof(struct crmval_source), 1, code_source, 1};
static const struct kind translation_kind = {"translations", sizeof(struct crmval_translation), 16384, code_translation,
					     0};

static void code_plugin(struct codec *c, struct crmval_plugin *plugin)
{
	plugin->magic = CRMVAL_MAGIC;
	plugin->struct_size = sizeof *plugin;
	raw(c, &plugin->abi_major, sizeof plugin->abi_major);
	raw(c, &plugin->abi_minor, sizeof plugin->abi_minor);
	text(c, &plugin->name);
	text(c, &plugin->version);
	text(c, &plugin->summary);
	plugin->dimension = optional(c, plugin->dimension, &dimension_kind);
	plugin->source = optional(c, plugin->source, &source_kind);
	plugin->translations = items(c, plugin->translations, &plugin->translation_count, &translation_kind);
	plugin->entities = items(c, plugin->entities, &plugin->entity_count, &entity_kind);
}

int describe_pack(const struct crmval_plugin *plugin, unsigned char **bytes, size_t *size, struct crmval_error *error)
{
	struct codec c = {.is_packing = 1, .error = error};
	struct crmval_plugin copy = {0};
	memcpy(&copy, plugin, plugin->struct_size < sizeof copy ? plugin->struct_size : sizeof copy);
	code_plugin(&c, &copy);
	if (c.code) {
		free(c.out);
		return c.code;
	}
	*bytes = c.out;
	*size = c.size;
	return CRMVAL_OK;
}

int describe_unpack(const unsigned char *bytes, size_t size, struct arena *arena, const struct crmval_plugin **plugin,
		    struct crmval_error *error)
{
	struct codec c = {.error = error, .in = bytes, .left = size, .arena = arena};
	struct crmval_plugin *unpacked = allocate(&c, 1, sizeof *unpacked);
	if (unpacked)
		code_plugin(&c, unpacked);
	if (!c.code && c.left > 0)
		c.code = fail(error, CRMVAL_EBUG, "gave a description of its tables with %zu bytes too many", c.left);
	if (!c.code)
		*plugin = unpacked;
	return c.code;
}
