/* SPDX-License-Identifier: MIT */
/* Two lists of lines. */
#include "problems.h"

#include "error.h"
#include "text.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static char *text_of(const char *file, int line, const char *format, va_list arguments)
{
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);
	if (!stream)
		return NULL;
	if (file && line > 0)
		fprintf(stream, "%s:%d: ", file, line);
	else if (file)
		fprintf(stream, "%s: ", file);
	vfprintf(stream, _(format), arguments);
	int failed = ferror(stream);
	if (fclose(stream) != 0 || failed) {
		free(text);
		return NULL;
	}
	return text;
}

/* A setting that holds for several things is read for each of them. */
static int is_known(char *const *texts, size_t count, const char *text)
{
	for (size_t i = 0; i < count; i++)
		if (texts[i] && strcmp(texts[i], text) == 0)
			return 1;
	return 0;
}

/* Takes text, which may be NULL.  A text that finds no room is dropped: the list then ends in NULL entries. */
static void append(char ***texts, size_t *count, size_t *capacity, char *text)
{
	if (text && is_known(*texts, *count < *capacity ? *count : *capacity, text)) {
		free(text);
		return;
	}
	if (*count == *capacity) {
		size_t wanted = *capacity ? *capacity * 2 : 16;
		char **grown = realloc(*texts, wanted * sizeof *grown);
		if (grown) {
			*texts = grown;
			*capacity = wanted;
		}
	}
	if (*count < *capacity)
		(*texts)[*count] = text;
	else
		free(text);
	++*count;
}

void problems_add(struct problems *problems, const char *file, int line, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	append(&problems->texts, &problems->count, &problems->capacity, text_of(file, line, format, arguments));
	va_end(arguments);
}

void problems_warn(struct problems *problems, const char *file, int line, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	append(&problems->warnings, &problems->warning_count, &problems->warning_capacity,
	       text_of(file, line, format, arguments));
	va_end(arguments);
}

int problems_fail(const struct problems *problems, struct crmval_error *error)
{
	if (problems->is_full)
		return fail_memory(error);
	if (problems->count == 1)
		return fail(error, CRMVAL_ECONF, "1 problem in the job");
	return fail(error, CRMVAL_ECONF, "%zu problems in the job", problems->count);
}

static void free_texts(char **texts, size_t count, size_t capacity)
{
	for (size_t i = 0; i < count && i < capacity; i++)
		free(texts[i]);
	free(texts);
}

void problems_free(struct problems *problems)
{
	free_texts(problems->texts, problems->count, problems->capacity);
	free_texts(problems->warnings, problems->warning_count, problems->warning_capacity);
	*problems = (struct problems){0};
}
