/* SPDX-License-Identifier: MIT */
/* Writing JSON, by yajl: numbers read back as the same, what does not exist is null, texts that are not UTF-8 are mended. */
#ifndef JSON_H
#define JSON_H

#include "output.h"

#include <stdint.h>
#include <yajl/yajl_gen.h>

struct json_pool {
	size_t used;
	_Alignas(16) unsigned char bytes[8192];
};

struct json {
	yajl_gen generator;
	struct output *output;
	struct json_pool pool;
	char *copy; /* of the last text that was not UTF-8 */
	int status; /* of the first thing that went wrong */
};

/* A value over many lines, or on one.  The output must outlive it. */
enum json_layout { JSON_LINES, JSON_LINE };
int json_open(struct json *json, struct output *output, enum json_layout layout, struct crmval_error *error);

/* After a value on one line: ends it, and begins another. */
void json_end_line(struct json *json);

/* Whether all of it came out, but for failures of the output, which output_finish() reports. */
int json_close(struct json *json, struct crmval_error *error);

void json_map_open(struct json *json);
void json_map_close(struct json *json);
void json_array_open(struct json *json);
void json_array_close(struct json *json);

void json_text(struct json *json, const char *value); /* NULL: null */
void json_number(struct json *json, double value);    /* NaN: null */
void json_count(struct json *json, uint64_t value);
void json_digits(struct json *json, const char *digits); /* a number's, as they are */
void json_day(struct json *json, int32_t value);

void json_key_text(struct json *json, const char *key, const char *value);
void json_key_number(struct json *json, const char *key, double value);
void json_key_count(struct json *json, const char *key, uint64_t value);
void json_key_texts(struct json *json, const char *key, const char *const *values, uint32_t value_count);

#endif
