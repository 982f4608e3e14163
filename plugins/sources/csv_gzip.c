/* SPDX-License-Identifier: MIT */
/*
 * ISA-L, where there is one, takes a third of zlib's time, but tells little of what is wrong.  So where anything is, zlib
 * begins anew, is brought to the same place, and has the last word.  Damage that ISA-L does not see, such as a code that is
 * incomplete where it is not used, has changed nothing: what comes out has the right length and checksum.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "csv_gzip.h"

#include "csv_input.h"
#include "error.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#ifdef HAVE_ISAL
#include <isa-l/igzip_lib.h>
#endif

#define BUFFER 65536
#define UNLIMITED (64u << 20) /* bytes up to which a file may grow at any rate */
#define MOST (1u << 30)       /* bytes at a time: both libraries count in 32 bits */

struct csv_gzip {
	int descriptor;
	const char *path;
	uint64_t offset;          /* in the file */
	uint64_t inflated, ratio; /* what came out so far; by how much it may grow, 0: any */
	int in_member;            /* not between two */
	int is_fast;
	z_stream zlib;
#ifdef HAVE_ISAL
	struct inflate_state isal;
#endif
	uint8_t raw[BUFFER]; /* what the file gave */
};

/* Reads on behind the bytes that are left in the buffer, which move to its front. */
static int read_raw(struct csv_gzip *gzip, const uint8_t *rest, size_t left, size_t *got, struct crmval_error *error)
{
	memmove(gzip->raw, rest, left);
	int status = csv_pread(gzip->descriptor, gzip->path, gzip->offset, gzip->raw + left, BUFFER - left, got, error);
	gzip->offset += *got;
	return status;
}

/* ---- zlib ---- */

static int read_exact(struct csv_gzip *gzip, uint8_t *to, size_t room, size_t *got, struct crmval_error *error)
{
	z_stream *z = &gzip->zlib;
	z->next_out = to;
	z->avail_out = (uInt)room;
	while (z->avail_out == room) {
		if (!z->avail_in) {
			size_t count;
			int status = read_raw(gzip, gzip->raw, 0, &count, error);
			if (status)
				return status;
			z->next_in = gzip->raw;
			z->avail_in = (uInt)count;
			if (!count && gzip->in_member)
				return fail(error, CRMVAL_EDATA, "%s: the gzip file is cut short; get it again",
					    gzip->path);
			if (!count)
				break;
		}
		gzip->in_member = 1;
		int result = inflate(z, Z_NO_FLUSH);
		if (result == Z_STREAM_END) {
			gzip->in_member = 0;
			inflateReset(z);
		} else if (result == Z_MEM_ERROR) {
			return fail_memory(error);
		} else if (result != Z_OK) {
			return fail(error, CRMVAL_EDATA,
				    "%s: the gzip file is corrupt before byte %llu (%s); get it again", gzip->path,
				    (unsigned long long)(gzip->offset - z->avail_in),
				    z->msg ? z->msg : "inflate failed");
		}
	}
	*got = room - z->avail_out;
	return CRMVAL_OK;
}

/* ---- ISA-L ---- */

#ifdef HAVE_ISAL
static void begin_member(struct csv_gzip *gzip)
{
	isal_inflate_reset(&gzip->isal);
	gzip->isal.crc_flag = ISAL_GZIP;
	gzip->in_member = 0;
}

static void begin_fast(struct csv_gzip *gzip)
{
	isal_inflate_init(&gzip->isal);
	gzip->isal.next_in = gzip->raw;
	begin_member(gzip);
	gzip->is_fast = 1;
}

static int read_on(struct csv_gzip *gzip, size_t *got, struct crmval_error *error)
{
	struct inflate_state *isal = &gzip->isal;
	int status = read_raw(gzip, isal->next_in, isal->avail_in, got, error);
	isal->next_in = gzip->raw;
	isal->avail_in += (uint32_t)*got;
	return status;
}

/* Sees whether a member follows; ISA-L would pass over flags that it does not know. */
static int enter_member(struct csv_gzip *gzip, struct crmval_error *error)
{
	enum { FLAGS = 3, UNKNOWN_FLAGS = 0xe0 };
	struct inflate_state *isal = &gzip->isal;
	size_t got;
	int status = isal->avail_in > FLAGS ? CRMVAL_OK : read_on(gzip, &got, error);
	if (status || !isal->avail_in)
		return status;
	gzip->in_member = 1;
	gzip->is_fast = isal->avail_in > FLAGS && !(isal->next_in[FLAGS] & UNKNOWN_FLAGS);
	return CRMVAL_OK;
}

/* is_fast is 0 afterwards where something is wrong: then nothing was read. */
static int read_fast(struct csv_gzip *gzip, uint8_t *to, size_t room, size_t *got, struct crmval_error *error)
{
	struct inflate_state *isal = &gzip->isal;
	int status = CRMVAL_OK;
	isal->next_out = to;
	isal->avail_out = (uint32_t)room;
	while (!status && gzip->is_fast && isal->avail_out == room) {
		size_t count = 1;
		if (!gzip->in_member)
			status = enter_member(gzip, error);
		if (status || !gzip->is_fast || !gzip->in_member)
			break;
		/* Without input, too: it may have kept some, or what came of it. */
		gzip->is_fast = isal_inflate(isal) == ISAL_DECOMP_OK;
		if (isal->block_state == ISAL_BLOCK_FINISH)
			begin_member(gzip);
		else if (!isal->avail_in && isal->avail_out == room)
			status = read_on(gzip, &count, error);
		gzip->is_fast &= count > 0;
	}
	*got = room - isal->avail_out;
	return status;
}
#else
static void begin_fast(struct csv_gzip *gzip)
{
	gzip->is_fast = 0;
}

static int read_fast(struct csv_gzip *gzip, uint8_t *to, size_t room, size_t *got, struct crmval_error *error)
{
	return read_exact(gzip, to, room, got, error);
}
#endif

/* ---- both ---- */

/* Begins anew, and passes over what was delivered already. */
static int fall_back(struct csv_gzip *gzip, uint8_t *to, size_t room, struct crmval_error *error)
{
	int status = CRMVAL_OK;
	gzip->offset = 0;
	gzip->in_member = 0;
	for (uint64_t left = gzip->inflated; left && !status;) {
		size_t got = 0;
		status = read_exact(gzip, to, left < room ? (size_t)left : room, &got, error);
		left = got ? left - got : 0;
	}
	return status;
}

int csv_gzip_read(struct csv_gzip *gzip, uint8_t *to, size_t room, size_t *got, struct crmval_error *error)
{
	int status = CRMVAL_OK, was_fast = gzip->is_fast;
	if (room > MOST)
		room = MOST;
	if (was_fast)
		status = read_fast(gzip, to, room, got, error);
	if (!status && was_fast && !gzip->is_fast)
		status = fall_back(gzip, to, room, error);
	if (!status && !gzip->is_fast)
		status = read_exact(gzip, to, room, got, error);
	if (status)
		return status;
	gzip->inflated += *got;
	if (gzip->ratio && gzip->inflated > UNLIMITED && gzip->inflated / gzip->ratio > gzip->offset)
		return fail(
			error, CRMVAL_EDATA,
			"%s: the gzip file grows more than %llu-fold, as tables seldom do; if it is a good one, raise "
			"max_gzip_ratio",
			gzip->path, (unsigned long long)gzip->ratio);
	return CRMVAL_OK;
}

int csv_gzip_open(int descriptor, const char *path, struct csv_gzip **opened, struct crmval_error *error)
{
	struct csv_gzip *gzip = malloc(sizeof *gzip);
	if (!gzip)
		return fail_memory(error);
	gzip->descriptor = descriptor;
	gzip->path = path;
	gzip->offset = gzip->inflated = gzip->ratio = 0;
	gzip->in_member = 0;
	gzip->zlib = (z_stream){0};
	if (inflateInit2(&gzip->zlib, 15 + 16) != Z_OK) {
		free(gzip);
		return fail_memory(error);
	}
	begin_fast(gzip);
	*opened = gzip;
	return CRMVAL_OK;
}

void csv_gzip_limit(struct csv_gzip *gzip, uint32_t ratio)
{
	gzip->ratio = ratio;
}

void csv_gzip_close(struct csv_gzip *gzip)
{
	if (gzip)
		inflateEnd(&gzip->zlib);
	free(gzip);
}
