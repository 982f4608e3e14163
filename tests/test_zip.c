/* SPDX-License-Identifier: MIT */
/* Archives and their members: whatever is good is read as it is, and of what is not, nothing. */
#include "../plugins/sources/zip_archive.h"

#include "csv_case.h"
#include "suite.h"
#include "zip_case.h"

#include <stdlib.h>
#include <string.h>
#include <zip.h>
#include <zlib.h>

static const struct zip_limits limits = {.max_member_bytes = 1 << 30, .max_ratio = 300, .max_members = 10};

/* Some text that is neither random nor all the same. */
static char *make_text(size_t size)
{
	char *text = malloc(size + 32);
	uint64_t state = 42;
	for (size_t at = 0; at < size;) {
		state = state * 6364136223846793005ull + 1442695040888963407ull;
		at += (size_t)sprintf(text + at, "%llu,", (unsigned long long)(state >> 33) % (1 << (state >> 60)));
	}
	return text;
}

/* ---- inflating ---- */

/* Decompresses by pieces of so many bytes; returns how it ended. */
static enum zip_result inflate_pieces(const struct zip_inflater *inflater, const uint8_t *bytes, size_t size,
				      uint8_t *to, size_t room, size_t piece, size_t *got, size_t *unused)
{
	void *state = inflater->open();
	enum zip_result result = ZIP_MORE;
	struct zip_flow flow = {bytes, 0, to, 0};
	size_t in = 0, out = 0;
	while (result == ZIP_MORE) {
		size_t in_piece = size - in < piece ? size - in : piece,
		       out_piece = room - out < piece ? room - out : piece;
		flow = (struct zip_flow){bytes + in, in_piece, to + out, out_piece};
		result = inflater->run(state, &flow);
		size_t used = in_piece - flow.in_left, made = out_piece - flow.out_left;
		in += used;
		out += made;
		if (!used && !made)
			break;
	}
	*got = out;
	*unused = size - in;
	inflater->close(state);
	return result;
}

static void test_inflating(void)
{
	static const size_t pieces[] = {1 << 20, 1000, 7, 1};
	size_t size = 200000, packed, got, unused;
	char *text = make_text(size), *to = malloc(size + 1);
	uint8_t *deflated = zip_case_deflate(text, size, &packed);
	unsigned count = 0;
	deflated = realloc(deflated, packed + 5);
	memcpy(deflated + packed, "after", 5);
	for (const struct zip_inflater *inflater = zip_inflaters; inflater->name; inflater++, count++) {
		for (size_t i = 0; i < 4; i++) {
			memset(to, 0, size);
			CU_ASSERT_EQUAL(inflate_pieces(inflater, deflated, packed + 5, (uint8_t *)to, size + 1,
						       pieces[i], &got, &unused),
					ZIP_DONE);
			CU_ASSERT(got == size && !memcmp(to, text, size));
			CU_ASSERT_EQUAL(inflate_pieces(inflater, deflated, packed - 1, (uint8_t *)to, size + 1,
						       pieces[i], &got, &unused),
					ZIP_MORE);
		}
		inflate_pieces(inflater, deflated, packed + 5, (uint8_t *)to, size + 1, 1 << 20, &got, &unused);
		CU_ASSERT_EQUAL(unused, 5);
		CU_ASSERT_EQUAL(inflate_pieces(inflater, (const uint8_t *)"\xff\xff\xff\xff", 4, (uint8_t *)to, size, 4,
					       &got, &unused),
				ZIP_BROKEN);
		/* The checksum that the format's description gives of "123456789". */
		CU_ASSERT_EQUAL(inflater->checksum(0, (const uint8_t *)"123456789", 9), 0xcbf43926);
		uint32_t one = inflater->checksum(0, (const uint8_t *)"1234", 4);
		CU_ASSERT_EQUAL(inflater->checksum(one, (const uint8_t *)"56789", 5), 0xcbf43926);
		uint32_t two = inflater->checksum(0, (const uint8_t *)"56789", 5);
		CU_ASSERT_EQUAL(zip_checksum_join(one, two, 5), 0xcbf43926);
	}
	CU_ASSERT(count >= 1);
	free(deflated);
	free(text);
	free(to);
}

/* ---- members ---- */

static void write_members(const struct zip_case *members)
{
	size_t size;
	uint8_t *bytes = zip_case_build(members, &size);
	write_bytes("a.zip", bytes, size);
	free(bytes);
}

static int open_archive(struct zip_archive *archive, struct crmval_error *error)
{
	*error = (struct crmval_error){.struct_size = sizeof *error};
	return zip_archive_open(archive, strdup(path_of("a.zip")), &limits, error);
}

/* Reads a member to its end, in pieces; returns what came of it. */
static int read_member(const struct zip_archive *archive, const char *name, const struct zip_inflater *inflater,
		       size_t piece, char *to, size_t room, size_t *size, struct crmval_error *error)
{
	const struct zip_entry *entry = zip_directory_find(&archive->directory, name);
	struct zip_stream *stream = NULL;
	uint32_t checksum = 0;
	size_t got = 1;
	*size = 0;
	int status = zip_archive_accept(archive, entry, &limits, error);
	if (!status)
		status = zip_stream_open(&stream, archive, entry, inflater, error);
	while (!status && got) {
		size_t left = room - *size < piece ? room - *size : piece;
		uint8_t *at = (uint8_t *)to + *size;
		status = zip_stream_read(stream, at, left, &got, error);
		checksum = inflater->checksum(checksum, at, got);
		*size += got;
	}
	if (!status)
		status = zip_archive_verify(archive, entry, checksum, error);
	zip_stream_close(stream);
	return status;
}

static void expect_member(const char *name, const char *content, size_t size)
{
	static const size_t pieces[] = {1 << 20, 333, 1};
	struct zip_archive archive;
	struct crmval_error error;
	char *to = malloc(size + 1);
	CU_ASSERT_EQUAL(open_archive(&archive, &error), CRMVAL_OK);
	for (const struct zip_inflater *inflater = zip_inflaters; inflater->name; inflater++) {
		for (int i = 0; i < 3; i++) {
			size_t got;
			int status = read_member(&archive, name, inflater, pieces[i], to, size + 1, &got, &error);
			CU_ASSERT(!status && got == size && !memcmp(to, content, size));
		}
	}
	CU_ASSERT_PTR_NULL(zip_directory_find(&archive.directory, "nobody"));
	zip_archive_close(&archive);
	free(to);
}

static void test_members(void)
{
	size_t size = 400000;
	char *text = make_text(size);
	make_folder();
	for (int i = 0; i < 8; i++) {
		struct zip_case members[] = {{.name = "z.csv", .content = "first", .size = 5, .is_stored = 1},
					     {.name = "Account.csv", .content = text, .size = size},
					     {.name = "folder/", .content = "", .is_stored = 1},
					     {.name = "a", .content = "", .size = 0, .is_stored = i == 7},
					     {0}};
		members[1].is_zip64 = i & 1;
		members[1].has_descriptor = i >> 1 & 1;
		members[1].is_stored = i == 4;
		write_members(members);
		expect_member("Account.csv", text, size);
		expect_member("z.csv", "first", 5);
		expect_member("a", "", 0);
	}
	remove_folder();
	free(text);
}

/* As libzip writes it. */
static void test_libzip(void)
{
	size_t size = 100000;
	char *text = make_text(size);
	int code;
	make_folder();
	zip_t *out = zip_open(path_of("a.zip"), ZIP_CREATE, &code);
	CU_ASSERT_PTR_NOT_NULL_FATAL(out);
	CU_ASSERT(zip_file_add(out, "b.csv", zip_source_buffer(out, text, size, 0), 0) >= 0);
	CU_ASSERT(zip_file_add(out, "a.csv", zip_source_buffer(out, text, 10, 0), 0) >= 0);
	CU_ASSERT_EQUAL(zip_close(out), 0);
	expect_member("b.csv", text, size);
	expect_member("a.csv", text, 10);
	remove_folder();
	free(text);
}

/* ---- refusals ---- */

static void expect_refused(const struct zip_case *members, const char *message, unsigned line)
{
	struct zip_archive archive;
	struct crmval_error error;
	char text[2048];
	if (members)
		write_members(members);
	int status = open_archive(&archive, &error);
	snprintf(text, sizeof text, "expected \"%s\", got %d \"%s\"", message, status, error.message);
	CU_assertImplementation(status == CRMVAL_EDATA && strstr(error.message, message) &&
					strstr(error.message, "a.zip"),
				line, text, __FILE__, "", CU_FALSE);
	zip_archive_close(&archive);
}

#define REFUSED(message, ...) expect_refused((const struct zip_case[]){__VA_ARGS__, {0}}, message, __LINE__)
#define TEXT(text) .content = text, .size = sizeof(text) - 1

static void test_structure(void)
{
	make_folder();
	REFUSED("there are two members of a.csv", {.name = "a.csv", TEXT("1")}, {.name = "a.csv", TEXT("2")});
	REFUSED("a.csv and b.csv overlap", {.name = "a.csv", TEXT("12")}, {.name = "b.csv", .is_twin = 1});
	REFUSED("a.csv and b.csv overlap", {.name = "a.csv", TEXT("12"), .wrong_packed = 5},
		{.name = "b.csv", TEXT("1")});
	REFUSED("the data reach beyond the archive, those of a.csv", {.name = "a.csv", TEXT("12"), .wrong_packed = 9});
	REFUSED("the header is not that of a.csv", {.name = "a.csv", TEXT("1"), .local_name = "b.csv"});
	REFUSED("there is a NUL in a name", {.name = "a\0csv", .name_size = 5, .local_name = "a\0csv", TEXT("1")});
	REFUSED("has 11 members", {.name = "0", TEXT("")}, {.name = "1", TEXT("")}, {.name = "2", TEXT("")},
		{.name = "3", TEXT("")}, {.name = "4", TEXT("")}, {.name = "5", TEXT("")}, {.name = "6", TEXT("")},
		{.name = "7", TEXT("")}, {.name = "8", TEXT("")}, {.name = "9", TEXT("")}, {.name = "10", TEXT("")});
	write_text("a.zip", "Id,Name\n1,2\n3,4 and so on, and on\n");
	expect_refused(NULL, "it is none, or is cut short; is it still being written?", __LINE__);
	write_text("a.zip", "");
	expect_refused(NULL, "is not a ZIP archive", __LINE__);
	remove_folder();
}

/* Every byte of the structure changed to every one of a few others: refused, or the member is still what it was. */
static void test_any_byte(void)
{
	static const uint8_t changes[] = {0x01, 0x80, 0xff};
	const struct zip_case members[] = {{.name = "a.csv", TEXT("Id\n1\n1\n1\n1\n1\n1\n")},
					   {.name = "b.csv", TEXT("Id\n2\n"), .is_zip64 = 1},
					   {0}};
	size_t size, refused = 0;
	uint8_t *bytes = zip_case_build(members, &size);
	make_folder();
	for (size_t i = 0; i < 3 * size; i++) {
		struct zip_archive archive;
		struct crmval_error error;
		char to[64];
		size_t got;
		bytes[i / 3] ^= changes[i % 3];
		write_bytes("a.zip", bytes, size);
		bytes[i / 3] ^= changes[i % 3];
		int status = open_archive(&archive, &error);
		if (!status && zip_directory_find(&archive.directory, "a.csv")) {
			status = read_member(&archive, "a.csv", zip_inflaters, 64, to, sizeof to, &got, &error);
			CU_ASSERT(status || (got == 15 && !memcmp(to, "Id\n1\n1\n1\n1\n1\n1\n", got)));
		}
		refused += status != 0;
		CU_ASSERT(!status || (status == CRMVAL_EDATA && error.message[0]));
		zip_archive_close(&archive);
	}
	CU_ASSERT(refused > size);
	/* Cut anywhere, it is none. */
	for (size_t i = 0; i < size; i++) {
		write_bytes("a.zip", bytes, i);
		expect_refused(NULL, "; ", __LINE__);
	}
	remove_folder();
	free(bytes);
}

static void expect_bad(struct zip_case member, const char *message, unsigned line)
{
	const struct zip_case members[] = {{.name = "good", TEXT("good")}, member, {0}};
	struct zip_archive archive;
	char text[2048], to[256];
	size_t got;
	write_members(members);
	for (const struct zip_inflater *inflater = zip_inflaters; inflater->name; inflater++) {
		struct crmval_error error;
		int status = open_archive(&archive, &error);
		if (!status)
			status = read_member(&archive, "good", inflater, sizeof to, to, sizeof to, &got, &error);
		CU_ASSERT_EQUAL(status, CRMVAL_OK);
		status = read_member(&archive, member.name, inflater, sizeof to, to, sizeof to, &got, &error);
		snprintf(text, sizeof text, "%s: expected \"%s\", got %d \"%s\"", inflater->name, message, status,
			 error.message);
		CU_assertImplementation(status == CRMVAL_EDATA && strstr(error.message, message) &&
						strstr(error.message, "a.zip/bad"),
					line, text, __FILE__, "", CU_FALSE);
		zip_archive_close(&archive);
	}
}

#define BAD(message, ...) expect_bad((struct zip_case){.name = "bad", __VA_ARGS__}, message, __LINE__)

static void test_bad_members(void)
{
	make_folder();
	BAD("its checksum is wrong", TEXT("Id\n1\n2\n3\n"), .wrong_checksum = 1);
	BAD("its checksum is wrong", TEXT("Id\n1\n2\n3\n"), .wrong_checksum = 1, .is_stored = 1);
	BAD("it is shorter than its directory says", TEXT("Id\n1\n2\n3\n"), .wrong_size = 10);
	BAD("it is longer than its directory says", TEXT("Id\n1\n2\n3\n"), .wrong_size = 8);
	BAD("its data are cut short", TEXT("Id\n1\n2\n3\n"), .cut = 1);
	BAD("there are bytes behind its data", TEXT("Id\n1\n2\n3\n"), .pad = 1);
	BAD("there are bytes behind its data", TEXT("Id\n1\n2\n3\n"), .pad = 300000);
	BAD("it is stored in another size than it has", TEXT("Id\n1\n2\n3\n"), .wrong_size = 8, .is_stored = 1);
	BAD("is encrypted", TEXT("Id\n1\n2\n3\n"), .flags = 1);
	BAD("compressed by method 12", TEXT("Id\n1\n2\n3\n"), .method = 12);
	BAD("grows more than 300-fold", TEXT("Id\n"), .wrong_size = 65 << 20);
	BAD("if it is good, raise max_member_bytes", TEXT("Id\n"), .wrong_size = (1ull << 30) + 1, .is_stored = 1);
	remove_folder();
}

const struct suite suite_zip = {"zip", (const struct test[]){{"inflating", test_inflating},
							     {"members", test_members},
							     {"libzip", test_libzip},
							     {"structure", test_structure},
							     {"any byte", test_any_byte},
							     {"bad members", test_bad_members},
							     {0}}};
