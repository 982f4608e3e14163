/* SPDX-License-Identifier: MIT */
/* Reading the framing of snapshots. */
#include "snapshot_frame.h"

#include "error.h"
#include "hash.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Deflated, no flags, no time, nothing special, by an unknown system. */
const unsigned char frame_gzip_header[10] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255};

/* Reads so many bytes from a place; fewer are there: CRMVAL_EDATA. */
static int read_at(int fd, const char *name, void *bytes, size_t size, uint64_t place, struct crmval_error *error)
{
	for (size_t done = 0; done < size;) {
		ssize_t count = pread(fd, (unsigned char *)bytes + done, size - done, (off_t)(place + done));
		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return fail(error, CRMVAL_EIO, "%s: cannot read it: %s", name, strerror(errno));
		if (count == 0)
			return fail(error, CRMVAL_EDATA,
				    "%s: it ends too early, so it was cut off; take it from a backup", name);
		done += (size_t)count;
	}
	return CRMVAL_OK;
}

static uint32_t number_at(const unsigned char *bytes, int count)
{
	uint32_t number = 0;
	for (int i = 0; i < count; i++)
		number |= (uint32_t)bytes[i] << 8 * i;
	return number;
}

/* Reads the blocks of the line. */
static int read_blocks(int fd, const char *name, char **line, size_t *length, uint64_t *place,
		       struct crmval_error *error)
{
	int is_last = 0;
	while (!is_last) {
		unsigned char head[5];
		int code = read_at(fd, name, head, sizeof head, *place, error);
		if (code != CRMVAL_OK)
			return code;
		uint32_t size = number_at(head + 1, 2);
		is_last = head[0];
		if (head[0] > 1 || size != (~number_at(head + 3, 2) & 0xffff) || size == 0 ||
		    (!is_last && size != FRAME_BLOCK_MOST) || *length + size > SNAPSHOT_HEADER_MOST)
			return fail(error, CRMVAL_EDATA, "%s: it is not a snapshot, or was damaged", name);
		char *longer = realloc(*line, *length + size);
		if (!longer)
			return fail_memory(error);
		*line = longer;
		code = read_at(fd, name, longer + *length, size, *place + sizeof head, error);
		if (code != CRMVAL_OK)
			return code;
		*length += size;
		*place += sizeof head + size;
	}
	return CRMVAL_OK;
}

int frame_read_header(int fd, const char *name, char **line, size_t *length, uint64_t *size, struct crmval_error *error)
{
	unsigned char bytes[sizeof frame_gzip_header];
	struct stat status;
	*line = NULL;
	*length = 0;
	*size = sizeof bytes;
	if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode))
		return fail(error, CRMVAL_EDATA, "%s: it is not a file, so it is not a snapshot", name);
	int code = read_at(fd, name, bytes, sizeof bytes, 0, error);
	if (code == CRMVAL_OK && memcmp(bytes, frame_gzip_header, sizeof bytes) != 0)
		code = fail(error, CRMVAL_EDATA, "%s: it is not a snapshot, or was damaged", name);
	if (code == CRMVAL_OK)
		code = read_blocks(fd, name, line, length, size, error);
	if (code == CRMVAL_OK)
		code = read_at(fd, name, bytes, 8, *size, error);
	if (code != CRMVAL_OK)
		return code;
	*size += 8;
	char *end = memchr(*line, '\n', *length);
	if (number_at(bytes, 4) != crc32_z(0, (const Bytef *)*line, *length) || number_at(bytes + 4, 4) != *length ||
	    end != *line + *length - 1)
		return fail(error, CRMVAL_EDATA, "%s: its first line is damaged; take it from a backup", name);
	*end = 0;
	--*length;
	return CRMVAL_OK;
}

/* ---- the second member ---- */

static int damaged(const struct unpack *unpack, struct crmval_error *error)
{
	return fail(error, CRMVAL_EDATA, "%s: it is damaged; take it from a backup", unpack->name);
}

int unpack_open(struct unpack *unpack, int fd, const char *name, const struct snapshot_header *header, int is_whole,
		struct crmval_error *error)
{
	struct stat status;
	memset(unpack, 0, sizeof *unpack);
	unpack->fd = fd;
	unpack->name = name;
	unpack->header = header;
	unpack->is_whole = is_whole;
	unpack->payload_hash = is_whole ? &header->payload : &header->lines.hash;
	unpack->gzip_bytes = is_whole ? 0 : header->lines.place;
	unpack->line = is_whole ? 1 : header->lines.line - 1;
	sha256_init(&unpack->payload);
	sha256_init(&unpack->gzip);
	unpack->capacity = 1 << 17;
	unpack->text = malloc(unpack->capacity);
	if (!unpack->text || inflateInit2(&unpack->stream, is_whole ? 15 + 16 : -15) != Z_OK)
		return fail_memory(error);
	if (fstat(fd, &status) < 0)
		return fail(error, CRMVAL_EIO, "%s: cannot read it: %s", name, strerror(errno));
	if ((uint64_t)status.st_size != header->size + header->gzip.bytes)
		return fail(error, CRMVAL_EDATA,
			    "%s: it has %llu bytes where it should have %llu; take it from a backup", name,
			    (unsigned long long)status.st_size,
			    (unsigned long long)(header->size + header->gzip.bytes));
	return CRMVAL_OK;
}

static int refill(struct unpack *unpack, struct crmval_error *error)
{
	uint64_t left = unpack->header->gzip.bytes - unpack->gzip_bytes;
	size_t size = left < sizeof unpack->in ? (size_t)left : sizeof unpack->in;
	if (size == 0)
		return damaged(unpack, error);
	int code =
		read_at(unpack->fd, unpack->name, unpack->in, size, unpack->header->size + unpack->gzip_bytes, error);
	if (code != CRMVAL_OK)
		return code;
	if (unpack->is_whole)
		sha256_update(&unpack->gzip, size, unpack->in);
	unpack->gzip_bytes += size;
	unpack->stream.next_in = unpack->in;
	unpack->stream.avail_in = (uInt)size;
	return CRMVAL_OK;
}

/* Decompresses more, behind what is there. */
static int inflate_more(struct unpack *unpack, struct crmval_error *error)
{
	z_stream *z = &unpack->stream;
	if (z->avail_in == 0) {
		int code = refill(unpack, error);
		if (code != CRMVAL_OK)
			return code;
	}
	size_t room = unpack->capacity - unpack->end;
	Bytef *to = (Bytef *)unpack->text + unpack->end;
	z->next_out = to;
	z->avail_out = (uInt)room;
	int status = inflate(z, Z_NO_FLUSH);
	size_t made = room - z->avail_out;
	if (status == Z_MEM_ERROR)
		return fail_memory(error);
	if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR)
		return damaged(unpack, error);
	sha256_update(&unpack->payload, made, to);
	unpack->payload_bytes += made;
	unpack->end += made;
	unpack->has_ended = status == Z_STREAM_END;
	if (unpack->payload_bytes > unpack->payload_hash->bytes)
		return damaged(unpack, error);
	return CRMVAL_OK;
}

/* Nothing may be left over, and all of it must be what was written. */
static int check_all(struct unpack *unpack, struct crmval_error *error)
{
	char payload[65], gzip[65];
	hash_text(&unpack->payload, payload);
	if (unpack->start != unpack->end || unpack->payload_bytes != unpack->payload_hash->bytes ||
	    strcmp(payload, unpack->payload_hash->sha256) != 0)
		return damaged(unpack, error);
	if (!unpack->is_whole)
		return CRMVAL_OK;
	hash_text(&unpack->gzip, gzip);
	if (unpack->stream.avail_in > 0 || unpack->gzip_bytes != unpack->header->gzip.bytes ||
	    strcmp(gzip, unpack->header->gzip.sha256) != 0)
		return damaged(unpack, error);
	return CRMVAL_OK;
}

/* Makes room for more of a line that is not ended yet. */
static int make_room(struct unpack *unpack, struct crmval_error *error)
{
	memmove(unpack->text, unpack->text + unpack->start, unpack->end - unpack->start);
	unpack->end -= unpack->start;
	unpack->start = 0;
	if (unpack->end < unpack->capacity / 2)
		return CRMVAL_OK;
	size_t capacity = 2 * unpack->capacity;
	if (capacity > 2 * SNAPSHOT_LINE_MOST)
		return fail(error, CRMVAL_EDATA, "%s:%llu: the line is too long", unpack->name,
			    (unsigned long long)unpack->line + 1);
	char *text = realloc(unpack->text, capacity);
	if (!text)
		return fail_memory(error);
	unpack->text = text;
	unpack->capacity = capacity;
	return CRMVAL_OK;
}

int unpack_line(struct unpack *unpack, char **line, size_t *length, struct crmval_error *error)
{
	size_t seen = 0;
	for (;;) {
		char *from = unpack->text + unpack->start;
		char *end = unpack->end > unpack->start + seen
				    ? memchr(from + seen, '\n', unpack->end - unpack->start - seen)
				    : NULL;
		if (end) {
			*end = 0;
			*line = from;
			*length = (size_t)(end - from);
			unpack->start += *length + 1;
			unpack->line++;
			return CRMVAL_OK;
		}
		if (unpack->has_ended) {
			*line = NULL;
			return check_all(unpack, error);
		}
		seen = unpack->end - unpack->start;
		int code = make_room(unpack, error);
		if (code == CRMVAL_OK)
			code = inflate_more(unpack, error);
		if (code != CRMVAL_OK)
			return code;
	}
}

void unpack_close(struct unpack *unpack)
{
	inflateEnd(&unpack->stream);
	free(unpack->text);
}
