/* SPDX-License-Identifier: MIT */
/* ISA-L where there is one, since it is about twice as fast; zlib anywhere. */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "zip_inflate.h"

#include <stdlib.h>
#include <zlib.h>

#define MOST (1u << 30) /* bytes at a time: both libraries count in 32 bits */

static uint32_t at_most(size_t size)
{
	return size < MOST ? (uint32_t)size : MOST;
}

#ifdef HAVE_ISAL
#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>

static void *isal_open(void)
{
	struct inflate_state *state = malloc(sizeof *state);
	if (state)
		isal_inflate_init(state);
	return state;
}

static enum zip_result isal_run(void *opened, struct zip_flow *flow)
{
	struct inflate_state *state = opened;
	state->next_in = (uint8_t *)flow->in; /* which is only read */
	state->avail_in = at_most(flow->in_left);
	state->next_out = flow->out;
	state->avail_out = at_most(flow->out_left);
	int result = isal_inflate(state);
	flow->in_left -= (size_t)(state->next_in - flow->in);
	flow->in = state->next_in;
	flow->out_left -= (size_t)(state->next_out - flow->out);
	flow->out = state->next_out;
	if (result != ISAL_DECOMP_OK)
		return ZIP_BROKEN;
	if (state->block_state != ISAL_BLOCK_FINISH)
		return ZIP_MORE;
	/* It takes whole words, so that some bytes behind the end may be in its hands. */
	flow->in_left += (size_t)state->read_in_length / 8;
	state->read_in_length = 0;
	return ZIP_DONE;
}

static uint32_t isal_checksum(uint32_t crc, const uint8_t *bytes, size_t size)
{
	return crc32_gzip_refl(crc, bytes, size);
}
#endif

static void *zlib_open(void)
{
	z_stream *stream = calloc(1, sizeof *stream);
	if (stream && inflateInit2(stream, -MAX_WBITS) != Z_OK) {
		free(stream);
		return NULL;
	}
	return stream;
}

static void zlib_close(void *stream)
{
	if (stream)
		inflateEnd(stream);
	free(stream);
}

static enum zip_result zlib_run(void *opened, struct zip_flow *flow)
{
	z_stream *stream = opened;
	stream->next_in = (Bytef *)flow->in; /* which is only read */
	stream->avail_in = at_most(flow->in_left);
	stream->next_out = flow->out;
	stream->avail_out = at_most(flow->out_left);
	int result = inflate(stream, Z_NO_FLUSH);
	flow->in_left -= (size_t)(stream->next_in - flow->in);
	flow->in = stream->next_in;
	flow->out_left -= (size_t)(stream->next_out - flow->out);
	flow->out = stream->next_out;
	if (result == Z_STREAM_END)
		return ZIP_DONE;
	/* Z_BUF_ERROR: there was nothing to do with what it was given. */
	return result == Z_OK || result == Z_BUF_ERROR ? ZIP_MORE : ZIP_BROKEN;
}

static uint32_t zlib_checksum(uint32_t crc, const uint8_t *bytes, size_t size)
{
	return (uint32_t)crc32_z(crc, bytes, size);
}

const struct zip_inflater zip_inflaters[] = {
#ifdef HAVE_ISAL
	{"isa-l", isal_open, free, isal_run, isal_checksum},
#endif
	{"zlib", zlib_open, zlib_close, zlib_run, zlib_checksum},
	{0}};

uint32_t zip_checksum_join(uint32_t first, uint32_t second, uint64_t size)
{
	return (uint32_t)crc32_combine(first, second, (z_off_t)size);
}
