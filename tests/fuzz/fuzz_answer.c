/* SPDX-License-Identifier: MIT */
/*
 * What a confined child answers with: any bytes in the pipe are a whole frame, or the child has failed with a message; and
 * any bytes in the memory of its tallies come to numbers, or to none.  The first byte chooses: 't' for tallies, 'f' for a
 * payload that is put into a right frame, whose code is the second byte and whose message is as long as the third says;
 * else all of it is what the child wrote.
 */
#include "../../core/confine.c"

#include "estimate.h"
#include "sum_text.h"
#include "tally.h"

#include "input.h"

#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* A message is there, and nothing in it could act on a terminal. */
static void check_message(const char *message)
{
	check(*message != 0, "failed without a word");
	for (const char *p = message; *p; p++)
		check((unsigned char)*p >= ' ' && *p != 0x7f, "a control character in a message");
}

static void check_answer(unsigned char *written, size_t size)
{
	char breadcrumb[CONFINE_BREADCRUMB];
	memset(breadcrumb, 0xff, sizeof breadcrumb);
	memcpy(breadcrumb, written, size < sizeof breadcrumb ? size : sizeof breadcrumb);
	struct confine_task task = {.name = "fuzz", .breadcrumb = breadcrumb};
	task.error.struct_size = sizeof task.error;
	struct run run = {.task = &task, .frame = {written, size, size}};
	describe_sandbox(&run);
	check(memchr(task.sandbox, 0, sizeof task.sandbox) != NULL, "an endless name of a sandbox");
	if (!take_frame(&run)) {
		task_died(&task, size & 0xff, size > sizeof(struct frame_header));
		check(task.code != CRMVAL_OK && !task.answer.bytes, "no frame, and no failure");
	}
	if (task.code == CRMVAL_OK) {
		check(task.answer.size + sizeof(struct frame_header) + sizeof(struct frame_trailer) <= size,
		      "more than came");
		check(!run.frame.bytes, "bytes with two owners");
	} else {
		check(task.code >= CRMVAL_EBUG || task.code == CRMVAL_EPERM, "a code that is not a child's");
		check_message(task.error.message);
	}
	free(task.answer.bytes);
	free(run.frame.bytes);
}

/* As a child makes it, around any payload. */
static void check_framed(const uint8_t *bytes, size_t size)
{
	struct frame_header header = {FRAME_MAGIC, 7, 1};
	size_t message = size > 2 ? bytes[2] : 0, rest = size > 3 ? size - 3 : 0;
	struct frame_trailer trailer = {.magic = FRAME_MAGIC, .code = size > 1 ? (int8_t)bytes[1] : 0};
	size_t whole = sizeof header + rest + sizeof trailer;
	unsigned char *written = malloc(whole);
	if (!written)
		abort();
	if (message > rest)
		message = rest;
	trailer.size = rest - message;
	trailer.message_size = (uint32_t)message;
	trailer.checksum = frame_checksum(FRAME_CHECKSUM, bytes + 3, rest);
	memcpy(written, &header, sizeof header);
	if (rest)
		memcpy(written + sizeof header, bytes + 3, rest);
	memcpy(written + sizeof header + rest, &trailer, sizeof trailer);
	check_answer(written, whole);
}

static void check_value(struct estimate value)
{
	check(isnan(value.value) == isnan(value.se), "half a number");
	check(!isinf(value.value) && !isinf(value.se), "an endless number");
	check(isnan(value.se) || value.se >= 0, "a negative error");
}

static void check_tallies(const uint8_t *bytes, size_t size)
{
	static const uint32_t counts[BREAKDOWN_COUNT] = {0};
	struct tally_shape shape;
	static struct tally tallies[2];
	struct crmval_error error = {.struct_size = sizeof error};
	tally_plan(&shape, 1, counts, NULL);
	for (int i = 0; i < 2; i++) {
		if (!tallies[i].counts && tally_open(&tallies[i], &shape, &error) != CRMVAL_OK)
			abort();
		memset(tallies[i].counts, 0, tallies[i].size);
		size_t part = size / 2 < tallies[i].size ? size / 2 : tallies[i].size;
		memcpy(tallies[i].counts, bytes + (size_t)i * (size / 2), part);
	}
	static const struct crmval_measure measures[] = {
		{.kind = CRMVAL_RATIO}, {.kind = CRMVAL_RATIO, .flags = CRMVAL_SHARE}, {.kind = CRMVAL_SUM_OF}};
	struct sums sums;
	struct moments moments;
	struct whole_moments whole;
	char text[SUM_TEXT_SIZE];
	tally_has_rows(tallies, 2, 0);
	for (uint32_t window = 0; window < 2; window++) {
		tally_read(tallies, 2, window, 0, &sums);
		sums_moments(&sums, &moments);
		sum_text(&sums.nn, text);
		int is_whole = tally_whole(tallies, 2, window, 0, &whole);
		for (size_t m = 0; m < sizeof measures / sizeof *measures; m++) {
			check_value(estimate_value(&measures[m], &moments));
			if (is_whole)
				check_value(estimate_whole(&measures[m], &whole));
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	if (size < 1)
		return 0;
	if (bytes[0] == 't') {
		check_tallies(bytes + 1, size - 1);
	} else if (bytes[0] == 'f') {
		check_framed(bytes, size);
	} else {
		unsigned char *written = malloc(size);
		if (!written)
			abort();
		memcpy(written, bytes, size);
		check_answer(written, size);
	}
	return 0;
}
