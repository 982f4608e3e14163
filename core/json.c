/* SPDX-License-Identifier: MIT */
/* Writing JSON by yajl, whose generator allocates nothing here and whose numbers read back as the same. */
#include "json.h"

#include "digits.h"
#include "error.h"
#include "window.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* yajl does not check what it allocates; it needs two small pieces, which it gets from here and which cannot fail. */
static void *pool_take(void *context, size_t size)
{
	struct json_pool *pool = context;
	void *piece = pool->bytes + pool->used;

	size = (size + 15) / 16 * 16;
	if (size > sizeof pool->bytes - pool->used)
		return NULL;
	pool->used += size;
	return piece;
}

static void pool_drop(void *context, void *piece)
{
	(void)context;
	(void)piece;
}

static void *pool_move(void *context, void *piece, size_t size)
{
	(void)piece;
	return pool_take(context, size);
}

static void write_piece(void *context, const char *text, size_t length)
{
	output_bytes(context, text, length);
}

static void check(struct json *json, yajl_gen_status status)
{
	if (status != yajl_gen_status_ok && json->status == CRMVAL_OK)
		json->status = CRMVAL_EBUG;
}

int json_open(struct json *json, struct output *output, enum json_layout layout, struct crmval_error *error)
{
	yajl_alloc_funcs pool = {pool_take, pool_move, pool_drop, &json->pool};

	*json = (struct json){.output = output};
	json->generator = yajl_gen_alloc(&pool);
	if (!json->generator)
		return fail_memory(error);
	yajl_gen_config(json->generator, yajl_gen_print_callback, write_piece, output);
	if (layout == JSON_LINES) {
		yajl_gen_config(json->generator, yajl_gen_beautify, 1);
		yajl_gen_config(json->generator, yajl_gen_indent_string, "  ");
	}
	return CRMVAL_OK;
}

void json_end_line(struct json *json)
{
	yajl_gen_reset(json->generator, "\n");
}

int json_close(struct json *json, struct crmval_error *error)
{
	if (json->generator)
		yajl_gen_free(json->generator);
	free(json->copy);
	if (json->status == CRMVAL_ENOMEM)
		return fail_memory(error);
	return json->status ? fail(error, CRMVAL_EBUG, "the JSON does not come out whole") : CRMVAL_OK;
}

/* ---- values ---- */

void json_map_open(struct json *json)
{
	check(json, yajl_gen_map_open(json->generator));
}

void json_map_close(struct json *json)
{
	check(json, yajl_gen_map_close(json->generator));
}

void json_array_open(struct json *json)
{
	check(json, yajl_gen_array_open(json->generator));
}

void json_array_close(struct json *json)
{
	check(json, yajl_gen_array_close(json->generator));
}

void json_text(struct json *json, const char *value)
{
	const char *valid;

	if (!value) {
		check(json, yajl_gen_null(json->generator));
		return;
	}
	valid = output_valid_text(value, &json->copy);
	if (!valid && json->status == CRMVAL_OK)
		json->status = CRMVAL_ENOMEM;
	valid = valid ? valid : "";
	check(json, yajl_gen_string(json->generator, (const unsigned char *)valid, strlen(valid)));
}

void json_number(struct json *json, double value)
{
	char digits[OUTPUT_NUMBER_SIZE];
	int length = output_number_text(value, digits);

	if (length > 0)
		check(json, yajl_gen_number(json->generator, digits, (size_t)length));
	else
		check(json, yajl_gen_null(json->generator));
}

void json_count(struct json *json, uint64_t value)
{
	char digits[OUTPUT_NUMBER_SIZE];
	int length = digits_whole(value, digits);

	check(json, yajl_gen_number(json->generator, digits, (size_t)length));
}

void json_digits(struct json *json, const char *digits)
{
	check(json, yajl_gen_number(json->generator, digits, strlen(digits)));
}

void json_day(struct json *json, int32_t value)
{
	char digits[11];

	date_format(value, digits);
	json_text(json, digits);
}

void json_key_text(struct json *json, const char *key, const char *value)
{
	json_text(json, key);
	json_text(json, value);
}

void json_key_number(struct json *json, const char *key, double value)
{
	json_text(json, key);
	json_number(json, value);
}

void json_key_count(struct json *json, const char *key, uint64_t value)
{
	json_text(json, key);
	json_count(json, value);
}

void json_key_texts(struct json *json, const char *key, const char *const *values, uint32_t value_count)
{
	json_text(json, key);
	json_array_open(json);
	for (uint32_t i = 0; i < value_count; i++)
		json_text(json, values[i]);
	json_array_close(json);
}
