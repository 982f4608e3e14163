/* SPDX-License-Identifier: MIT */
/* The framing of snapshots: a header line in a gzip member that is not compressed, and a compressed member after it. */
#ifndef SNAPSHOT_FRAME_H
#define SNAPSHOT_FRAME_H

#include "snapshot.h"

#include <nettle/sha2.h>
#include <zlib.h>

enum { SNAPSHOT_HEADER_MOST = 1 << 20, SNAPSHOT_LINE_MOST = 4 << 20 }; /* bytes of the header line, of any other */

/* The first member: this, stored blocks of this size but for the last, CRC-32 and length of the line. */
enum { FRAME_BLOCK_MOST = 65535 };
extern const unsigned char frame_gzip_header[10];

/* ---- writing ---- */

struct pack_piece {
	struct pack_piece *next;
	size_t used;
	unsigned char bytes[1 << 18];
};

/* The second member, compressed and kept until all of it is known: it takes less than what it is made from. */
struct pack {
	z_stream stream;
	FILE *in; /* what is written there comes into the member */
	struct sha256_ctx payload, gzip, part;
	uint64_t payload_bytes, gzip_bytes;
	int has_part; /* the hash of a part is being taken */
	struct sha256_ctx after;
	struct snapshot_lines lines; /* its line 0: they have not begun; its bytes: those before them */
	uint64_t line_count;         /* until they begin */
	struct pack_piece *first, *last;
};

int pack_open(struct pack *pack, struct crmval_error *error);
/* Hashes what is written between the two. */
void pack_begin_part(struct pack *pack);
int pack_end_part(struct pack *pack, char sha256[65], struct crmval_error *error);
/* The result was written: what comes now can be read without it. */
int pack_begin_lines(struct pack *pack, struct crmval_error *error);
/* After all was written: fills payload and gzip, and lines, if they have begun. */
int pack_finish(struct pack *pack, struct snapshot_hash *payload, struct snapshot_hash *gzip,
		struct snapshot_lines *lines, struct crmval_error *error);
/* Both members.  line: with its end of line. */
int pack_write(const struct pack *pack, const char *line, size_t length, FILE *stream, struct crmval_error *error);
void pack_close(struct pack *pack);

/* ---- reading ---- */

/* The line of the first member, with its end of line replaced by a NUL, which the caller frees; *size: of the member. */
int frame_read_header(int fd, const char *name, char **line, size_t *length, uint64_t *size,
		      struct crmval_error *error);

/* The second member, line by line: all of it, or the lines after the result alone. */
struct unpack {
	int fd;
	const char *name;
	const struct snapshot_header *header;
	int is_whole;
	const struct snapshot_hash *payload_hash; /* of what is read */
	z_stream stream;
	struct sha256_ctx payload, gzip;
	uint64_t payload_bytes, gzip_bytes;
	int has_ended; /* the member */
	char *text;    /* decompressed: bytes from start to end are to be handed out */
	size_t start, end, capacity;
	uint64_t line; /* of the whole file, the header line being the first */
	unsigned char in[65536];
};

int unpack_open(struct unpack *unpack, int fd, const char *name, const struct snapshot_header *header, int is_whole,
		struct crmval_error *error);
/*
 * *line: the next one, ended by a NUL in place of its end of line, valid until the next call; NULL: that was all, and all of
 * it is as it was written.
 */
int unpack_line(struct unpack *unpack, char **line, size_t *length, struct crmval_error *error);
void unpack_close(struct unpack *unpack);

#endif
