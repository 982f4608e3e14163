/* SPDX-License-Identifier: MIT */
/* Writing the framing of snapshots. */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "error.h"
#include "hash.h"
#include "output.h"
#include "snapshot_frame.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Compresses what the stream has been given, into pieces.  -1: errno says why. */
static int deflate_all(struct pack *pack, int flush)
{
	z_stream *z = &pack->stream;
	int status;
	do {
		if (!pack->last || pack->last->used == sizeof pack->last->bytes) {
			struct pack_piece *piece = malloc(sizeof *piece);
			if (!piece)
				return -1;
			piece->next = NULL;
			piece->used = 0;
			*(pack->last ? &pack->last->next : &pack->first) = piece;
			pack->last = piece;
		}
		struct pack_piece *piece = pack->last;
		size_t room = sizeof piece->bytes - piece->used;
		z->next_out = piece->bytes + piece->used;
		z->avail_out = (uInt)room;
		status = deflate(z, flush);
		size_t made = room - z->avail_out;
		sha256_update(&pack->gzip, made, piece->bytes + piece->used);
		piece->used += made;
		pack->gzip_bytes += made;
	} while (flush == Z_FINISH ? status == Z_OK || status == Z_BUF_ERROR : z->avail_in > 0 || z->avail_out == 0);
	return 0;
}

static uint64_t count_lines(const char *bytes, size_t size)
{
	uint64_t count = 0;
	for (size_t i = 0; i < size; i++)
		count += bytes[i] == '\n';
	return count;
}

static ssize_t take(void *context, const char *bytes, size_t size)
{
	struct pack *pack = context;
	sha256_update(&pack->payload, size, (const uint8_t *)bytes);
	if (pack->has_part)
		sha256_update(&pack->part, size, (const uint8_t *)bytes);
	if (pack->lines.line)
		sha256_update(&pack->after, size, (const uint8_t *)bytes);
	else
		pack->line_count += count_lines(bytes, size);
	pack->payload_bytes += size;
	for (size_t done = 0; done < size;) {
		size_t now = size - done < 1 << 20 ? size - done : 1 << 20;
		union {
			const char *given;
			Bytef *taken; /* zlib does not write to it */
		} in = {bytes + done};
		pack->stream.next_in = in.taken;
		pack->stream.avail_in = (uInt)now;
		if (deflate_all(pack, Z_NO_FLUSH) < 0)
			return 0;
		done += now;
	}
	return (ssize_t)size;
}

int pack_open(struct pack *pack, struct crmval_error *error)
{
	memset(pack, 0, sizeof *pack);
	sha256_init(&pack->payload);
	sha256_init(&pack->gzip);
	/* 15 + 16: the greatest window, as a gzip member. */
	if (deflateInit2(&pack->stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		return fail_memory(error);
	pack->in = fopencookie(pack, "w", (cookie_io_functions_t){.write = take});
	return pack->in ? CRMVAL_OK : fail_memory(error);
}

void pack_begin_part(struct pack *pack)
{
	fflush(pack->in); /* a failure stays with the stream */
	sha256_init(&pack->part);
	pack->has_part = 1;
}

int pack_end_part(struct pack *pack, char sha256[65], struct crmval_error *error)
{
	if (fflush(pack->in) != 0)
		return fail_memory(error);
	pack->has_part = 0;
	hash_text(&pack->part, sha256);
	return CRMVAL_OK;
}

/* A full flush forgets all that was compressed before, and ends at a whole byte. */
int pack_begin_lines(struct pack *pack, struct crmval_error *error)
{
	if (fflush(pack->in) != 0 || deflate_all(pack, Z_FULL_FLUSH) < 0)
		return fail_memory(error);
	sha256_init(&pack->after);
	pack->lines.place = pack->gzip_bytes;
	pack->lines.line = pack->line_count + 2; /* the header's is the first */
	pack->lines.hash.bytes = pack->payload_bytes;
	return CRMVAL_OK;
}

int pack_finish(struct pack *pack, struct snapshot_hash *payload, struct snapshot_hash *gzip,
		struct snapshot_lines *lines, struct crmval_error *error)
{
	if (fflush(pack->in) != 0 || ferror(pack->in) || deflate_all(pack, Z_FINISH) < 0)
		return fail_memory(error);
	payload->bytes = pack->payload_bytes;
	gzip->bytes = pack->gzip_bytes;
	hash_text(&pack->payload, payload->sha256);
	hash_text(&pack->gzip, gzip->sha256);
	*lines = pack->lines;
	lines->hash.bytes = pack->payload_bytes - pack->lines.hash.bytes;
	hash_text(&pack->after, lines->hash.sha256);
	return CRMVAL_OK;
}

static void put_number(uint32_t number, int bytes, FILE *stream)
{
	for (int i = 0; i < bytes; i++)
		putc((int)(number >> 8 * i & 0xff), stream);
}

int pack_write(const struct pack *pack, const char *line, size_t length, FILE *stream, struct crmval_error *error)
{
	uLong crc = crc32_z(0, (const Bytef *)line, length);
	errno = 0;
	fwrite(frame_gzip_header, 1, sizeof frame_gzip_header, stream);
	for (size_t done = 0; done < length;) {
		uint32_t now = length - done < FRAME_BLOCK_MOST ? (uint32_t)(length - done) : FRAME_BLOCK_MOST;
		putc(done + now == length, stream);
		put_number(now, 2, stream);
		put_number(~now, 2, stream);
		fwrite(line + done, 1, now, stream);
		done += now;
	}
	put_number((uint32_t)crc, 4, stream);
	put_number((uint32_t)length, 4, stream);
	for (const struct pack_piece *piece = pack->first; piece; piece = piece->next)
		fwrite(piece->bytes, 1, piece->used, stream);
	if (fflush(stream) != 0 || ferror(stream))
		return output_failed(stream, errno ? errno : EIO, error);
	return CRMVAL_OK;
}

void pack_close(struct pack *pack)
{
	if (pack->in)
		fclose(pack->in);
	deflateEnd(&pack->stream);
	for (struct pack_piece *piece = pack->first, *next; piece; piece = next) {
		next = piece->next;
		free(piece);
	}
}
