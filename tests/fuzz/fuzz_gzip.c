/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a gzip file, or by a recipe: text in members, compressed one way or another, of which some bytes are changed.
 * It must give what zlib alone makes of it, in pieces of any size.  What zlib refuses is refused as well, unless it holds
 * the text that was compressed: ISA-L takes codes that are never used as they come.
 */
#include "../../plugins/sources/csv_gzip.h"
#include "input.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum { INPUT_MOST = 4096, FILE_MOST = 1 << 16, MOST = 1 << 20 };

/* What is left of the input, 0 where nothing is; and the text in the members. */
struct recipe {
	const uint8_t *at, *end;
	uint8_t text[INPUT_MOST];
	size_t length;
};

static unsigned next(struct recipe *recipe)
{
	return recipe->at < recipe->end ? *recipe->at++ : 0;
}

/* ---- the file ---- */

/* Compresses so many bytes as a member; how is for two bytes to choose. */
static size_t put_member(struct recipe *recipe, size_t size, uint8_t *to, size_t room)
{
	static const int strategies[] = {Z_DEFAULT_STRATEGY, Z_FIXED, Z_HUFFMAN_ONLY, Z_RLE};
	static uint8_t extra[3], name[] = "a.csv";
	z_stream z = {.next_out = to, .avail_out = (uInt)room};
	unsigned how = next(recipe), head = next(recipe);
	gz_header header = {.extra = head & 1 ? extra : NULL,
			    .extra_len = sizeof extra,
			    .name = head & 2 ? name : NULL,
			    .comment = head & 4 ? name : NULL,
			    .hcrc = head & 8 ? 1 : 0};
	z.next_in = (uint8_t *)(uintptr_t)recipe->at;
	z.avail_in = (uInt)(size < (size_t)(recipe->end - recipe->at) ? size : (size_t)(recipe->end - recipe->at));
	memcpy(recipe->text + recipe->length, recipe->at, z.avail_in);
	recipe->length += z.avail_in;
	recipe->at += z.avail_in;
	check(deflateInit2(&z, (int)(how % 10), Z_DEFLATED, 25 + (int)(how / 10 % 7), 1 + (int)(head >> 4) % 9,
			   strategies[how / 70 % 4]) == Z_OK,
	      "cannot compress");
	deflateSetHeader(&z, &header);
	check(deflate(&z, Z_FINISH) == Z_STREAM_END, "no room for what is compressed");
	deflateEnd(&z);
	return room - z.avail_out;
}

static size_t cook(struct recipe *recipe, uint8_t *file)
{
	unsigned what = next(recipe), members = 1 + what % 3, changes = what / 4 % 4;
	const uint8_t *edits = recipe->at;
	size_t length = 0;
	for (unsigned i = 0; i < 3 * changes; i++)
		next(recipe);
	for (unsigned i = 0; i < members; i++) {
		size_t left = (size_t)(recipe->end - recipe->at);
		length += put_member(recipe, i + 1 < members ? left / 2 : left, file + length, FILE_MOST - length);
	}
	struct recipe change = {.at = edits, .end = recipe->end};
	for (unsigned i = 0; i < changes; i++) {
		size_t place = next(&change);
		place = (place << (place & 128 ? 4 : 0)) % length; /* mostly in the first header */
		unsigned way = next(&change), value = next(&change);
		file[place] = (uint8_t)(way & 1 ? value : file[place] ^ 1u << value % 8);
	}
	return what & 128 ? length - next(&change) % length : length;
}

/* ---- zlib alone ---- */

/* 0: all of it is right, or there is more than fits. */
static int inflate_all(const uint8_t *bytes, size_t size, uint8_t *to, size_t *length)
{
	z_stream z = {
		.next_in = (uint8_t *)(uintptr_t)bytes, .avail_in = (uInt)size, .next_out = to, .avail_out = MOST};
	int status = Z_STREAM_END;
	check(inflateInit2(&z, 15 + 16) == Z_OK, "out of memory");
	while (z.avail_out && (z.avail_in || status == Z_OK)) {
		status = inflate(&z, Z_NO_FLUSH);
		if (status == Z_STREAM_END)
			inflateReset(&z);
		else if (status != Z_OK)
			break;
	}
	inflateEnd(&z);
	*length = MOST - z.avail_out;
	return z.avail_out && status != Z_STREAM_END;
}

/* ---- both ---- */

static uint8_t inflated[MOST + FILE_MOST];

/* By so many bytes; 0: all of it was right, or there is more than fits. */
static int read_all(int descriptor, size_t room, size_t *length)
{
	struct crmval_error error = {.struct_size = sizeof error};
	struct csv_gzip *gzip;
	size_t got = 1;
	int code = csv_gzip_open(descriptor, "input", &gzip, &error);
	check(code == CRMVAL_OK, "not opened");
	for (*length = 0; got && *length < MOST && code == CRMVAL_OK; *length += got) {
		got = 0;
		code = csv_gzip_read(gzip, inflated + *length, room, &got, &error);
		got = code == CRMVAL_OK ? got : 0;
	}
	csv_gzip_close(gzip);
	check(code == CRMVAL_OK || *error.message, "refused without a word");
	return code != CRMVAL_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const size_t rooms[] = {1, 7, 64, 300, 4096, 32768, FILE_MOST - 1, FILE_MOST};
	static uint8_t cooked[FILE_MOST], right[MOST];
	static struct recipe recipe;
	if (!size || size > INPUT_MOST)
		return 0;
	int is_cooked = bytes[0] & 8;
	const uint8_t *file = is_cooked ? cooked : bytes + 1;
	recipe.at = bytes + 1;
	recipe.end = bytes + size;
	recipe.length = 0;
	size_t file_size = is_cooked ? cook(&recipe, cooked) : size - 1, right_length, length;
	int is_wrong = inflate_all(file, file_size, right, &right_length);
	int is_refused = read_all(input_descriptor(0, file, file_size), rooms[bytes[0] & 7], &length);
	if (right_length == MOST || length >= MOST)
		length = right_length = length < right_length ? length : right_length; /* the rest is not known */
	else if (is_cooked && is_wrong && !is_refused)
		check(length == recipe.length && !memcmp(inflated, recipe.text, length), "read what is wrong");
	else
		check(is_wrong || (!is_refused && length == right_length), "not all of what is right");
	check(!memcmp(inflated, right, length < right_length ? length : right_length), "other bytes");
	return 0;
}
