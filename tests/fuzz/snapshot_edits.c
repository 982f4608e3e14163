/* SPDX-License-Identifier: MIT */
/* The payload of a snapshot that has most of what there can be is cut into lines, and these into tokens. */
#include "snapshot_edits.h"

#include "../sample.h"
#include "../snapshot_case.h"
#include "input.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

enum { LINES = 400, LINE_MOST = 4096, EDITS = 32, TEXT_MOST = 1 << 17 };

struct text {
	const char *at;
	size_t length;
};

struct payload {
	struct text lines[LINES];
	uint32_t count;
};

static const struct result_shard *only_part(void)
{
	static const char *const fields[] = {"id", "owner"};
	static const struct result_shard_example examples[] = {{{1, 0, 7}, 0}};
	static const struct result_shard_entity entities[] = {{.by = "id",
							       .seen = 1234567,
							       .checksum = 99,
							       .rows = 1234567,
							       .field_count = 2,
							       .fields = fields,
							       .examples = examples},
							      {.is_chosen = 1}};
	static const struct job_alert rules[] = {
		{.name = "lost", .kind = ALERT_REJECTED_ABOVE, .limit = 3, .breakdown = -1, .entity = "account"}};
	static const struct result_shard shard = {{1, 0.5, 0.25}, 3, entities, 1, rules};
	return &shard;
}

/* Without the header. */
static void make(struct payload *payload, int is_part)
{
	static struct sample sample;
	static char texts[2][TEXT_MOST];
	static const struct result_input input = {"b.csv", 7, ""};
	char *text = texts[is_part];
	sample_init(&sample);
	sample_data(&sample);
	memset(sample.result.job_sha256, 'a', 64); /* whose samples are short */
	sample.result.input_count = 1;
	sample.result.inputs = &input;
	for (int m = 0; m < SAMPLE_MEASURES; m++)
		sample.tables[m].definition = sample.tables[m].formula = "Rows";
	sample.result.made = 1767225600;
	if (is_part) {
		sample.result.part = sample.result.part_count = 1;
		sample.result.shard = only_part();
	}
	int fd = snapshot_case_write(&sample.result);
	gzFile file = lseek(fd, 0, SEEK_SET) == 0 ? gzdopen(fd, "rb") : NULL;
	check(file && gzread(file, text, TEXT_MOST - 1) > 0, "no snapshot to edit");
	gzclose(file);
	for (char *line = strchr(text, '\n') + 1, *end; (end = strchr(line, '\n')); line = end + 1) {
		if (line[0] != '}' && (line[0] != '{' || line[1] != '"'))
			continue; /* of the report that stands before what is read, all but its end */
		check(payload->count < LINES - EDITS, "too many lines to edit");
		payload->lines[payload->count++] = (struct text){line, (size_t)(end - line)};
	}
}

/* ---- edits ---- */

/* The end of a string, a number or a word; NULL: there is none here. */
static const char *token_end(const char *p, const char *end)
{
	if (strchr("{}[]:,", *p))
		return NULL;
	if (*p == '"') {
		for (p++; p < end && *p != '"'; p++)
			p += *p == '\\';
		return p < end ? p + 1 : NULL;
	}
	while (p < end && !strchr("{}[]:,\"", *p))
		p++;
	return p;
}

/* The token of that number, which goes around. */
static struct text token(struct text line, unsigned number)
{
	struct text tokens[256] = {{line.at, 0}};
	unsigned count = 0;
	const char *end = line.at + line.length;
	for (const char *p = line.at; p < end && count < 256;) {
		const char *after = token_end(p, end);
		if (after)
			tokens[count++] = (struct text){p, (size_t)(after - p)};
		p = after ? after : p + 1;
	}
	return tokens[count ? number % count : 0];
}

static struct text value(unsigned choice)
{
	static const char *const values[] = {"null",        "0",          "1",          "-1",
					     "0.5",         "1e999",      "2147483648", "18446744073709551616",
					     "\"\"",        "\"x\"",      "[]",         "{}",
					     "true",        "\"(none)\"", "[1,2]",      "\"2025-02-30\"",
					     "\"account\"", "\"team\"",   "\"0x1p1\"",  ""};
	const char *text = values[choice % (sizeof values / sizeof *values)];
	return (struct text){text, strlen(text)};
}

/* The line with other text where a token of it was. */
static struct text spliced(struct text line, struct text old, struct text fresh, char *into)
{
	size_t before = (size_t)(old.at - line.at), after = line.length - before - old.length;
	if (before + fresh.length + after > LINE_MOST)
		return line;
	memcpy(into, line.at, before);
	memcpy(into + before, fresh.at, fresh.length);
	memcpy(into + before + fresh.length, old.at + old.length, after);
	return (struct text){into, before + fresh.length + after};
}

/* What, in which line, of which token, and to what. */
static void edit(struct payload *payload, const uint8_t *bytes, char *into)
{
	struct text *lines = payload->lines;
	uint32_t line = bytes[1] % payload->count, other = bytes[3] % payload->count;
	struct text was = lines[line], old = token(was, bytes[2]);
	switch (bytes[0] % 5) {
	case 0:
		lines[line] = spliced(was, old, value(bytes[3]), into);
		break;
	case 1:
		lines[line] = spliced(was, old, token(lines[other], bytes[2]), into);
		break;
	case 2: /* it is gone */
		memmove(&lines[line], &lines[line + 1], (--payload->count - line) * sizeof *lines);
		break;
	case 3: /* it stands there twice */
		memmove(&lines[other + 1], &lines[other], (payload->count++ - other) * sizeof *lines);
		lines[other] = was;
		break;
	default:
		lines[line] = lines[other];
		lines[other] = was;
	}
}

const char *snapshot_edits(const uint8_t *bytes, size_t size, int is_part, size_t *length)
{
	static struct payload originals[2];
	static char fresh[EDITS][LINE_MOST], text[LINES * LINE_MOST];
	if (!originals[is_part].count)
		make(&originals[is_part], is_part);
	struct payload payload = originals[is_part];
	for (size_t i = 0; i < EDITS && 4 * i + 4 <= size && payload.count > 1; i++)
		edit(&payload, bytes + 4 * i, fresh[i]);
	*length = 0;
	for (uint32_t i = 0; i < payload.count; i++) {
		memcpy(text + *length, payload.lines[i].at, payload.lines[i].length);
		*length += payload.lines[i].length;
		text[(*length)++] = '\n';
	}
	return text;
}
