/* SPDX-License-Identifier: MIT */
/* Writing ZIP archives as the format's description has it. */
#include "zip_case.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { MOST = 16 };

/* How a member came to lie in the archive. */
struct placed {
	uint64_t place, size, packed;
	uint32_t checksum;
	uint16_t method, flags;
};

static void put(FILE *out, uint64_t number, int bytes)
{
	for (; bytes; bytes--, number >>= 8)
		fputc((int)(number & 0xff), out);
}

uint8_t *zip_case_deflate(const void *bytes, size_t size, size_t *packed)
{
	z_stream z = {0};
	if (deflateInit2(&z, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		abort();
	size_t room = deflateBound(&z, size) + 64;
	uint8_t *to = malloc(room);
	z.next_in = (Bytef *)bytes;
	z.avail_in = (uInt)size;
	z.next_out = to;
	z.avail_out = (uInt)room;
	if (!to || deflate(&z, Z_FINISH) != Z_STREAM_END)
		abort();
	*packed = room - z.avail_out;
	deflateEnd(&z);
	return to;
}

static size_t name_size(const struct zip_case *member)
{
	return member->name_size ? member->name_size : strlen(member->name);
}

static void put_member(FILE *out, const struct zip_case *member, struct placed *placed)
{
	size_t packed = member->size;
	uint8_t *deflated = member->is_stored ? NULL : zip_case_deflate(member->content, member->size, &packed);
	const char *name = member->local_name ? member->local_name : member->name;
	int is_later = member->has_descriptor, is_large = member->is_zip64;
	*placed = (struct placed){.place = (uint64_t)ftell(out),
				  .size = member->wrong_size ? member->wrong_size : member->size,
				  .checksum = (uint32_t)crc32(0, member->content, (uInt)member->size),
				  .method = member->method      ? member->method
					    : member->is_stored ? 0
								: 8,
				  .flags = (uint16_t)(member->flags | (is_later ? 8 : 0))};
	packed = packed - member->cut + member->pad;
	placed->packed = member->wrong_packed ? member->wrong_packed : packed;
	placed->checksum ^= member->wrong_checksum;
	put(out, 0x04034b50, 4);
	put(out, is_large ? 45 : 20, 2);
	put(out, placed->flags, 2);
	put(out, placed->method, 2);
	put(out, 0x5a210000, 4); /* midnight of 2025-01-01 */
	put(out, is_later ? 0 : placed->checksum, 4);
	put(out, is_later ? 0 : is_large ? UINT32_MAX : placed->packed, 4);
	put(out, is_later ? 0 : is_large ? UINT32_MAX : placed->size, 4);
	put(out, name_size(member), 2);
	put(out, is_large ? 20 : 0, 2);
	fwrite(name, 1, name_size(member), out);
	if (is_large) {
		put(out, 1, 2);
		put(out, 16, 2);
		put(out, placed->size, 8);
		put(out, placed->packed, 8);
	}
	fwrite(deflated ? deflated : member->content, 1, packed - member->pad, out);
	for (size_t i = 0; i < member->pad; i++)
		fputc(0, out);
	if (is_later) {
		put(out, 0x08074b50, 4);
		put(out, placed->checksum, 4);
		put(out, placed->packed, is_large ? 8 : 4);
		put(out, placed->size, is_large ? 8 : 4);
	}
	free(deflated);
}

static void put_entry(FILE *out, const struct zip_case *member, const struct placed *placed)
{
	int is_large = member->is_zip64;
	put(out, 0x02014b50, 4);
	put(out, 45, 2);
	put(out, is_large ? 45 : 20, 2);
	put(out, placed->flags, 2);
	put(out, placed->method, 2);
	put(out, 0x5a210000, 4);
	put(out, placed->checksum, 4);
	put(out, is_large ? UINT32_MAX : placed->packed, 4);
	put(out, is_large ? UINT32_MAX : placed->size, 4);
	put(out, name_size(member), 2);
	put(out, is_large ? 28 + 6 : 0, 2);
	put(out, 0, 2 + 2 + 2 + 4);
	put(out, is_large ? UINT32_MAX : placed->place, 4);
	fwrite(member->name, 1, name_size(member), out);
	if (is_large) {
		put(out, 0x7777, 2); /* another field, to be passed over */
		put(out, 2, 2);
		put(out, 0, 2);
		put(out, 1, 2);
		put(out, 24, 2);
		put(out, placed->size, 8);
		put(out, placed->packed, 8);
		put(out, placed->place, 8);
	}
}

static void put_end(FILE *out, uint64_t count, uint64_t begin, int is_large)
{
	uint64_t end = (uint64_t)ftell(out);
	if (is_large) {
		put(out, 0x06064b50, 4);
		put(out, 44, 8);
		put(out, 45, 2);
		put(out, 45, 2);
		put(out, 0, 8);
		put(out, count, 8);
		put(out, count, 8);
		put(out, end - begin, 8);
		put(out, begin, 8);
		put(out, 0x07064b50, 4);
		put(out, 0, 4);
		put(out, end, 8);
		put(out, 1, 4);
	}
	put(out, 0x06054b50, 4);
	put(out, 0, 4);
	put(out, is_large ? UINT16_MAX : count, 2);
	put(out, is_large ? UINT16_MAX : count, 2);
	put(out, is_large ? UINT32_MAX : end - begin, 4);
	put(out, is_large ? UINT32_MAX : begin, 4);
	put(out, 0, 2);
}

uint8_t *zip_case_build(const struct zip_case *members, size_t *size)
{
	struct placed placed[MOST];
	char *bytes;
	int is_large = 0;
	size_t count = 0;
	FILE *out = open_memstream(&bytes, size);
	if (!out)
		abort();
	for (; members[count].name; count++) {
		if (members[count].is_twin)
			placed[count] = placed[count - 1];
		else
			put_member(out, &members[count], &placed[count]);
		is_large |= members[count].is_zip64;
	}
	uint64_t begin = (uint64_t)ftell(out);
	for (size_t i = 0; i < count; i++)
		put_entry(out, &members[i], &placed[i]);
	put_end(out, count, begin, is_large);
	if (fclose(out))
		abort();
	return (uint8_t *)bytes;
}
