/* SPDX-License-Identifier: MIT */
/* Decompressing DEFLATE as it comes, piece by piece, and the checksum of what comes out. */
#ifndef ZIP_INFLATE_H
#define ZIP_INFLATE_H

#include <stddef.h>
#include <stdint.h>

/* What is left of the input and of the room for output. */
struct zip_flow {
	const uint8_t *in;
	size_t in_left;
	uint8_t *out;
	size_t out_left;
};

enum zip_result {
	ZIP_MORE, /* the room is full, or all input is used up */
	ZIP_DONE, /* the stream has ended; what is left of the input is none of it */
	ZIP_BROKEN
};

/* One way of decompressing.  A state belongs to one stream, and to one thread at a time. */
struct zip_inflater {
	const char *name;
	void *(*open)(void); /* NULL: out of memory */
	void (*close)(void *state);
	/* Moves on in the flow by what was used and written. */
	enum zip_result (*run)(void *state, struct zip_flow *flow);
	/* CRC-32 as in a ZIP, of bytes behind those of which it is `crc`, at first 0.  Any thread. */
	uint32_t (*checksum)(uint32_t crc, const uint8_t *bytes, size_t size);
};

/* All that there are, the fastest first, ended by one without name. */
extern const struct zip_inflater zip_inflaters[];

/* The checksum of two pieces, of which the second has `size` bytes. */
uint32_t zip_checksum_join(uint32_t first, uint32_t second, uint64_t size);

#endif
