/* SPDX-License-Identifier: MIT */
/*
 * Tests of gzip files as streams: what comes out, and what is said where a file is cut short or damaged, is what zlib alone
 * makes of it, however much is asked for at a time.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "failing.h"
#include "suite.h"

#include "../plugins/sources/csv_gzip.h"
#include "../plugins/sources/csv_input.h"

#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

enum { ROOM = 1 << 20 };

/* What a file gives, and how that ends. */
struct outcome {
	uint8_t *text;
	size_t size;
	int status;
	char message[1024];
};

static uint8_t texts[2][ROOM];
static struct outcome ours = {.text = texts[0]}, theirs = {.text = texts[1]};

/* A member at the end of a file. */
static void put_member(int descriptor, const void *text, size_t size, int level)
{
	static uint8_t bytes[ROOM];
	z_stream z = {.next_in = (uint8_t *)(uintptr_t)text,
		      .avail_in = (uInt)size,
		      .next_out = bytes,
		      .avail_out = sizeof bytes};
	CU_ASSERT_EQUAL_FATAL(deflateInit2(&z, level, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
	CU_ASSERT_EQUAL_FATAL(deflate(&z, Z_FINISH), Z_STREAM_END);
	deflateEnd(&z);
	CU_ASSERT_EQUAL_FATAL(write(descriptor, bytes, z.total_out), (ssize_t)z.total_out);
}

static int new_file(void)
{
	int descriptor = memfd_create("gzip", 0);
	CU_ASSERT_FATAL(descriptor >= 0);
	return descriptor;
}

static void read_ours(int descriptor, size_t room)
{
	struct crmval_error error = {.struct_size = sizeof error};
	struct csv_gzip *gzip = NULL;
	size_t got = 1;
	ours.size = 0;
	ours.status = csv_gzip_open(descriptor, "f.gz", &gzip, &error);
	while (!ours.status && got) {
		ours.status = csv_gzip_read(gzip, ours.text + ours.size, room, &got, &error);
		ours.size += ours.status ? 0 : got;
	}
	csv_gzip_close(gzip);
	snprintf(ours.message, sizeof ours.message, "%s", ours.status ? error.message : "");
}

/* By zlib's inflate() on the whole file, as its manual says. */
static void read_theirs(const uint8_t *bytes, size_t size, size_t room)
{
	z_stream z = {.next_in = (uint8_t *)(uintptr_t)bytes, .avail_in = (uInt)size};
	int result = Z_OK, in_member = 0;
	theirs.size = 0;
	inflateInit2(&z, 31);
	while (result >= Z_OK && (z.avail_in || in_member)) {
		uInt before = z.avail_in;
		z.next_out = theirs.text + theirs.size;
		z.avail_out = (uInt)room;
		do {
			in_member = 1;
			result = inflate(&z, Z_NO_FLUSH);
			if (result == Z_STREAM_END) {
				in_member = 0;
				inflateReset(&z);
			}
		} while (result >= Z_OK && z.avail_in && z.avail_out == room);
		theirs.size += result >= Z_OK ? room - z.avail_out : 0;
		if (!z.avail_in && z.avail_in == before && z.avail_out == room)
			break;
	}
	*theirs.message = 0;
	if (result < Z_OK && result != Z_BUF_ERROR)
		snprintf(theirs.message, sizeof theirs.message,
			 "f.gz: the gzip file is corrupt before byte %zu (%s); get it again", size - z.avail_in, z.msg);
	else if (in_member)
		snprintf(theirs.message, sizeof theirs.message, "f.gz: the gzip file is cut short; get it again");
	theirs.status = *theirs.message ? CRMVAL_EDATA : CRMVAL_OK;
	inflateEnd(&z);
}

/* Returns whether they differ, and says so. */
static int differ(int descriptor, const uint8_t *bytes, size_t size, size_t room)
{
	CU_ASSERT_EQUAL_FATAL(ftruncate(descriptor, 0), 0);
	CU_ASSERT_EQUAL_FATAL(pwrite(descriptor, bytes, size, 0), (ssize_t)size);
	read_ours(descriptor, room);
	read_theirs(bytes, size, room);
	if (ours.size == theirs.size && !memcmp(ours.text, theirs.text, ours.size) && ours.status == theirs.status &&
	    !strcmp(ours.message, theirs.message))
		return 0;
	printf("gzip: %zu bytes of %zu by %zu: %zu and \"%s\", zlib has %zu and \"%s\"\n", size, theirs.size, room,
	       ours.size, ours.message, theirs.size, theirs.message);
	return 1;
}

static const size_t rooms[] = {1, 7, 64, 4096};
enum { ROOMS = sizeof rooms / sizeof *rooms };

/* Three members, the second empty, so that each byte of it can be tried. */
static size_t small_file(int descriptor, uint8_t bytes[1024])
{
	char text[400];
	for (int i = 0; i < 400; i++)
		text[i] = "abcab,1\n"[i * i % 8];
	put_member(descriptor, text, 400, 9);
	put_member(descriptor, text, 0, 9);
	put_member(descriptor, text, 100, 0);
	return (size_t)pread(descriptor, bytes, 1024, 0);
}

static void test_cut(void)
{
	uint8_t bytes[1024];
	int descriptor = new_file(), wrong = 0;
	size_t size = small_file(descriptor, bytes);
	for (size_t r = 0; r < ROOMS; r++)
		for (size_t length = 0; length <= size; length++)
			wrong += differ(descriptor, bytes, length, rooms[r]);
	CU_ASSERT_EQUAL(wrong, 0);
	CU_ASSERT_EQUAL(ours.size, 500);
	CU_ASSERT_EQUAL(ours.status, CRMVAL_OK);
	close(descriptor);
}

static void test_damaged(void)
{
	uint8_t bytes[1024];
	int descriptor = new_file(), wrong = 0, refused = 0;
	size_t size = small_file(descriptor, bytes);
	for (size_t r = 0; r < ROOMS; r++)
		for (size_t at = 0; at < size; at++)
			for (int bit = 0; bit < 8; bit++) {
				bytes[at] ^= (uint8_t)(1 << bit);
				wrong += differ(descriptor, bytes, size, rooms[r]);
				refused += ours.status == CRMVAL_EDATA;
				bytes[at] ^= (uint8_t)(1 << bit);
			}
	CU_ASSERT_EQUAL(wrong, 0);
	CU_ASSERT(refused > (int)(ROOMS * size * 4));
	bytes[size] = 'x';
	CU_ASSERT_EQUAL(differ(descriptor, bytes, size + 1, 64), 0);
	CU_ASSERT_EQUAL(ours.status, CRMVAL_EDATA);
	close(descriptor);
}

/* Longer than what is read from the file at a time. */
static void test_long(void)
{
	static uint8_t text[ROOM / 2];
	uint32_t state = 1;
	int descriptor = new_file();
	for (size_t i = 0; i < sizeof text; i++)
		text[i] = (uint8_t) "0123456789abcdef"[(state = state * 1664525 + 1013904223) >> 28];
	put_member(descriptor, text, sizeof text, 6);
	put_member(descriptor, text, 65536, 0);
	read_ours(descriptor, 1000);
	CU_ASSERT_EQUAL(ours.status, CRMVAL_OK);
	CU_ASSERT_EQUAL(ours.size, sizeof text + 65536);
	CU_ASSERT_EQUAL(memcmp(ours.text, text, sizeof text), 0);
	CU_ASSERT_EQUAL(memcmp(ours.text + sizeof text, text, 65536), 0);
	CU_ASSERT_EQUAL(lseek(descriptor, 0, SEEK_CUR), lseek(descriptor, 0, SEEK_END));
	close(descriptor);
}

/* A file that cannot be read, and one that cannot be read on. */
static void test_unreadable(void)
{
	int ends[2];
	CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
	read_ours(ends[0], 64); /* pread() takes no pipe */
	CU_ASSERT(ours.status != CRMVAL_OK && strstr(ours.message, "f.gz"));
	close(ends[0]);
	close(ends[1]);
}

/* A file of three pieces; `damage` is done to its last byte. */
static int long_file(uint8_t damage)
{
	static uint8_t text[300000];
	uint32_t state = 1;
	int descriptor = new_file();
	for (size_t i = 0; i < sizeof text; i++)
		text[i] = (uint8_t) "0123456789abcdef"[(state = state * 1664525 + 1013904223) >> 28];
	put_member(descriptor, text, sizeof text, 1);
	uint8_t last;
	off_t place = lseek(descriptor, 0, SEEK_END) - 1;
	CU_ASSERT_FATAL(place > 140000);
	CU_ASSERT_EQUAL(pread(descriptor, &last, 1, place), 1);
	last ^= damage;
	CU_ASSERT_EQUAL(pwrite(descriptor, &last, 1, place), 1);
	return descriptor;
}

/* Each reading that fails is told, where all is well as where it is begun anew, though the next would not fail. */
static void test_failed_reads(void)
{
	for (uint8_t damage = 0; damage < 2; damage++) {
		int descriptor = long_file(damage);
		unsigned at = 1;
		for (failing_begin(FAILING_READ, at, EIO); read_ours(descriptor, 4096), failing_end() >= at; at++) {
			CU_ASSERT_EQUAL(ours.status, CRMVAL_EIO);
			CU_ASSERT_PTR_NOT_NULL(strstr(ours.message, "f.gz: reading failed at byte "));
			failing_begin(FAILING_READ, at + 1, EIO);
		}
		CU_ASSERT_EQUAL(ours.status, damage ? CRMVAL_EDATA : CRMVAL_OK);
		CU_ASSERT(at > 3);
		close(descriptor);
	}
}

/* zlib without memory, and with a reason that it does not name. */
static void test_failed_zlib(void)
{
	int descriptor = long_file(1);
	failing_begin(FAILING_INFLATE, 1, Z_MEM_ERROR);
	read_ours(descriptor, 65536);
	CU_ASSERT_EQUAL(failing_end(), 1);
	CU_ASSERT_EQUAL(ours.status, CRMVAL_ENOMEM);
	for (unsigned at = 2; at < 5; at++) {
		failing_begin(FAILING_INFLATE, at, Z_MEM_ERROR);
		read_ours(descriptor, 65536);
		CU_ASSERT_EQUAL(failing_end(), at);
		CU_ASSERT_EQUAL(ours.status, CRMVAL_ENOMEM);
		failing_begin(FAILING_INFLATE, at, Z_STREAM_ERROR);
		read_ours(descriptor, 65536);
		CU_ASSERT_EQUAL(failing_end(), at);
		CU_ASSERT_EQUAL(ours.status, CRMVAL_EDATA);
		CU_ASSERT_PTR_NOT_NULL(strstr(ours.message, "(inflate failed)"));
	}
	close(descriptor);
}

/* A file that is emptied while it is read ends there: whoever reads it sees that it changed. */
static void test_emptied(void)
{
	struct crmval_error error = {.struct_size = sizeof error};
	struct csv_gzip *gzip = NULL;
	int descriptor = long_file(0), status = csv_gzip_open(descriptor, "f.gz", &gzip, &error);
	size_t got = 1, size = 0;
	while (!status && got) {
		status = csv_gzip_read(gzip, ours.text, 4096, &got, &error);
		size += got;
		CU_ASSERT_EQUAL(ftruncate(descriptor, 0), 0);
	}
	CU_ASSERT_EQUAL(status, CRMVAL_OK);
	CU_ASSERT(size > 65536 && size < 300000);
	csv_gzip_close(gzip);
	close(descriptor);
}

/* More may be asked for than the libraries can count; each gives back what it took. */
static void test_room(void)
{
	struct mallinfo2 before = {0};
	int descriptor = long_file(0);
	for (int i = 0; i <= 100; i++) {
		struct crmval_error error = {.struct_size = sizeof error};
		struct csv_gzip *gzip = NULL;
		size_t got = 0;
		CU_ASSERT_EQUAL_FATAL(csv_gzip_open(descriptor, "f.gz", &gzip, &error), CRMVAL_OK);
		if (!i) {
			CU_ASSERT_EQUAL(csv_gzip_read(gzip, ours.text, (size_t)1 << 32, &got, &error), CRMVAL_OK);
			CU_ASSERT(got > 0 && got <= 300000);
		}
		csv_gzip_close(gzip);
		if (!i)
			before = mallinfo2();
	}
	CU_ASSERT(mallinfo2().uordblks < before.uordblks + 100 * 1024);
	close(descriptor);
}

static int inflate_all(int descriptor, uint32_t ratio, uint64_t *size)
{
	struct crmval_error error = {.struct_size = sizeof error};
	struct csv_gzip *gzip = NULL;
	size_t got = 1;
	int status = csv_gzip_open(descriptor, "f.gz", &gzip, &error);
	csv_gzip_limit(gzip, ratio);
	for (*size = 0; !status && got; *size += got)
		status = csv_gzip_read(gzip, ours.text, ROOM, &got, &error);
	csv_gzip_close(gzip);
	return status;
}

/* The same as an input. */
static int inflate_input(int descriptor, uint32_t ratio)
{
	struct crmval_error error = {.struct_size = sizeof error};
	struct csv_input *input = NULL;
	size_t got = 1;
	int status = csv_input_open(descriptor, "f.gz", "UTF-8", &input, &error);
	csv_input_limit(input, ratio);
	struct csv_bytes bytes = csv_input_bytes(input);
	while (!status && got)
		status = bytes.read(bytes.context, ours.text, ROOM, &got, &error);
	csv_input_close(input);
	return status;
}

/* 72 MiB of nothing take some 73 kB: a thousandfold. */
static void test_growth(void)
{
	uint8_t *nothing = calloc(72, ROOM);
	uint64_t size;
	int descriptor = new_file();
	CU_ASSERT_PTR_NOT_NULL_FATAL(nothing);
	put_member(descriptor, nothing, 72 * (size_t)ROOM, 9);
	free(nothing);
	CU_ASSERT_EQUAL(inflate_all(descriptor, 0, &size), CRMVAL_OK);
	CU_ASSERT_EQUAL(size, 72 * (uint64_t)ROOM);
	CU_ASSERT_EQUAL(inflate_all(descriptor, 2000, &size), CRMVAL_OK);
	CU_ASSERT_EQUAL(size, 72 * (uint64_t)ROOM);
	/* Not before 64 MiB, and not much behind. */
	CU_ASSERT_EQUAL(inflate_all(descriptor, 500, &size), CRMVAL_EDATA);
	CU_ASSERT(size >= 64 * (uint64_t)ROOM && size <= 66 * (uint64_t)ROOM);
	CU_ASSERT_EQUAL(inflate_input(descriptor, 500), CRMVAL_EDATA);
	/* What grows little may be as long as it likes. */
	CU_ASSERT_EQUAL(ftruncate(descriptor, 0), 0);
	lseek(descriptor, 0, SEEK_SET);
	for (int i = 0; i < 80; i++)
		put_member(descriptor, ours.text, ROOM - 1024, 0);
	CU_ASSERT_EQUAL(inflate_all(descriptor, 2, &size), CRMVAL_OK);
	CU_ASSERT_EQUAL(size, 80 * (uint64_t)(ROOM - 1024));
	close(descriptor);
}

static void test_none(void)
{
	csv_gzip_close(NULL);
}

static const struct test tests[] = {
	{"cut short", test_cut},
	{"damaged", test_damaged},
	{"long", test_long},
	{"unreadable", test_unreadable},
	{"reading that fails", test_failed_reads},
	{"zlib that fails", test_failed_zlib},
	{"emptied", test_emptied},
	{"room", test_room},
	{"growth", test_growth},
	{"none", test_none},
	{0},
};

const struct suite suite_csv_gzip = {"csv_gzip", tests};
