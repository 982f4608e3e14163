/* SPDX-License-Identifier: MIT */
/*
 * Reading the directory, which stands at the end of an archive: records of members, then one that says where they
 * begin, with 64-bit numbers in a record of their own where 32 bits do not do.  All numbers are little-endian.
 */
#include "zip_directory.h"

#include "csv_input.h"
#include "error.h"

#include <stdlib.h>
#include <string.h>

enum {
	MEMBER_MARK = 0x04034b50,
	ENTRY_MARK = 0x02014b50,
	END_MARK = 0x06054b50,
	END64_MARK = 0x06064b50,
	LOCATOR_MARK = 0x07064b50,
	MEMBER_SIZE = 30,
	ENTRY_SIZE = 46,
	END_SIZE = 22,
	END64_SIZE = 56,
	LOCATOR_SIZE = 20,
	COMMENT_MOST = 65535,
	EXTRA64 = 1, /* the extra field with 64-bit numbers */
	DIRECTORY_MOST = 256 << 20
};

struct reading {
	int descriptor;
	const char *path;
	uint64_t size;         /* of the file */
	uint64_t begin, bytes; /* of the records of members */
	uint64_t count;
	struct zip_directory *directory;
	uint8_t *records;
};

static uint16_t get16(const uint8_t *bytes)
{
	return (uint16_t)(bytes[0] | bytes[1] << 8);
}

static uint32_t get32(const uint8_t *bytes)
{
	return get16(bytes) | (uint32_t)get16(bytes + 2) << 16;
}

static uint64_t get64(const uint8_t *bytes)
{
	return get32(bytes) | (uint64_t)get32(bytes + 4) << 32;
}

static int refuse(const struct reading *reading, const char *why, struct crmval_error *error)
{
	return fail(error, CRMVAL_EDATA, "%s is not a good ZIP archive: %s; get it again", reading->path, why);
}

static int refuse_member(const struct reading *reading, const struct zip_entry *entry, const char *why,
			 struct crmval_error *error)
{
	return fail(error, CRMVAL_EDATA, "%s is not a good ZIP archive: %s of %.200s; get it again", reading->path, why,
		    entry->name);
}

/* Reads `size` bytes, which are known to be there. */
static int read_at(const struct reading *reading, uint64_t offset, void *to, size_t size, struct crmval_error *error)
{
	size_t got;
	int status = csv_pread(reading->descriptor, reading->path, offset, to, size, &got, error);
	if (!status && got < size)
		return fail(error, CRMVAL_EAGAIN, "%s changed while it was read; try again later", reading->path);
	return status;
}

/* ---- the end ---- */

/* Finds the record of the end in the last bytes of the file: its comment ends where the file does. */
static const uint8_t *find_end(const uint8_t *bytes, size_t size)
{
	for (size_t i = size - END_SIZE + 1; i-- > 0;) {
		if (get32(bytes + i) == END_MARK && get16(bytes + i + 20) == size - END_SIZE - i)
			return bytes + i;
	}
	return NULL;
}

/* What the end says in 32 bits is said in 64, before it.  `end`: where the record of the end stands. */
static int read_end64(struct reading *reading, uint64_t *end, struct crmval_error *error)
{
	uint8_t locator[LOCATOR_SIZE], record[END64_SIZE];
	if (*end < LOCATOR_SIZE + END64_SIZE)
		return refuse(reading, "its directory has no 64-bit end", error);
	int status = read_at(reading, *end - LOCATOR_SIZE, locator, sizeof locator, error);
	if (status)
		return status;
	uint64_t place = get64(locator + 8);
	if (get32(locator) != LOCATOR_MARK || place > *end - LOCATOR_SIZE - END64_SIZE)
		return refuse(reading, "its directory has no 64-bit end", error);
	status = read_at(reading, place, record, sizeof record, error);
	if (status)
		return status;
	if (get32(record) != END64_MARK || get64(record + 4) != *end - LOCATOR_SIZE - place - 12)
		return refuse(reading, "its directory has no 64-bit end", error);
	if (get32(record + 16) || get32(record + 20) || get64(record + 24) != get64(record + 32))
		return refuse(reading, "it is one part of an archive in several", error);
	reading->count = get64(record + 32);
	reading->bytes = get64(record + 40);
	reading->begin = get64(record + 48);
	*end = place;
	return CRMVAL_OK;
}

static int read_end(struct reading *reading, struct crmval_error *error)
{
	size_t most = END_SIZE + COMMENT_MOST, size = reading->size < most ? (size_t)reading->size : most;
	uint8_t *bytes = malloc(most);
	const uint8_t *found = NULL;
	uint64_t end = 0;
	int status = bytes ? read_at(reading, reading->size - size, bytes, size, error) : fail_memory(error);
	if (!status && size >= END_SIZE && !(found = find_end(bytes, size)))
		status = fail(error, CRMVAL_EDATA,
			      "%s has no end as a ZIP archive has: it is none, or is cut short; is it still being "
			      "written?",
			      reading->path);
	if (!status && !found)
		status = fail(error, CRMVAL_EDATA,
			      "%s is not a ZIP archive: it is too short; is it still being written?", reading->path);
	if (!status) {
		end = reading->size - size + (uint64_t)(found - bytes);
		reading->count = get16(found + 10);
		reading->bytes = get32(found + 12);
		reading->begin = get32(found + 16);
		if (reading->count == UINT16_MAX || reading->bytes == UINT32_MAX || reading->begin == UINT32_MAX)
			status = read_end64(reading, &end, error);
		else if (get16(found + 4) || get16(found + 6) || get16(found + 8) != get16(found + 10))
			status = refuse(reading, "it is one part of an archive in several", error);
	}
	if (!status && (reading->begin > end || reading->bytes != end - reading->begin))
		status = refuse(reading, "its directory is not where its end says", error);
	free(bytes);
	return status;
}

/* ---- members ---- */

/* Numbers that did not fit stand in an extra field, in this order, those that are missing left out. */
static int read_extra64(struct zip_entry *entry, const uint8_t *extra, size_t size)
{
	uint64_t *const numbers[] = {&entry->size, &entry->packed, &entry->header};
	const uint8_t *end = extra + size, *field = extra;
	size_t length = 0;
	for (; end - field >= 4; field += 4 + length) {
		length = get16(field + 2);
		if (length > (size_t)(end - field) - 4)
			return -1;
		if (get16(field) == EXTRA64)
			break;
	}
	int is_there = end - field >= 4;
	for (size_t i = 0; i < 3; i++) {
		if (*numbers[i] != UINT32_MAX)
			continue;
		if (!is_there || length < 8)
			return -1;
		*numbers[i] = get64(field + 4);
		field += 8;
		length -= 8;
	}
	return 0;
}

/* Reads one record; *record moves on to the next. */
static int read_entry(const struct reading *reading, const uint8_t **record, struct zip_entry *entry,
		      struct crmval_error *error)
{
	const uint8_t *at = *record, *end = reading->records + reading->bytes;
	if (end - at < ENTRY_SIZE || get32(at) != ENTRY_MARK)
		return refuse(reading, "its directory is damaged", error);
	size_t name = get16(at + 28), extra = get16(at + 30), comment = get16(at + 32);
	if (name + extra + comment > (size_t)(end - at) - ENTRY_SIZE)
		return refuse(reading, "its directory is damaged", error);
	*entry = (struct zip_entry){.flags = get16(at + 8),
				    .method = get16(at + 10),
				    .checksum = get32(at + 16),
				    .packed = get32(at + 20),
				    .size = get32(at + 24),
				    .header = get32(at + 42),
				    .name = strndup((const char *)at + ENTRY_SIZE, name)};
	if (!entry->name)
		return fail_memory(error);
	if (strlen(entry->name) != name)
		return refuse_member(reading, entry, "there is a NUL in a name, that", error);
	if (read_extra64(entry, at + ENTRY_SIZE + name, extra))
		return refuse_member(reading, entry, "there are no 64-bit numbers", error);
	*record = at + ENTRY_SIZE + name + extra + comment;
	return CRMVAL_OK;
}

/* Finds where the data of a member begin, by the header that stands before them. */
static int find_data(const struct reading *reading, struct zip_entry *entry, struct crmval_error *error)
{
	uint8_t header[MEMBER_SIZE], name[UINT16_MAX];
	size_t length = strlen(entry->name);
	if (entry->header > reading->begin || reading->begin - entry->header < MEMBER_SIZE + length)
		return refuse_member(reading, entry, "the place is beyond the archive", error);
	int status = read_at(reading, entry->header, header, sizeof header, error);
	if (!status && (get32(header) != MEMBER_MARK || get16(header + 26) != length))
		status = refuse_member(reading, entry, "the header is not that", error);
	if (!status)
		status = read_at(reading, entry->header + MEMBER_SIZE, name, length, error);
	if (!status && memcmp(name, entry->name, length) != 0)
		status = refuse_member(reading, entry, "the header is not that", error);
	if (status)
		return status;
	entry->data = entry->header + MEMBER_SIZE + length + get16(header + 28);
	if (entry->data > reading->begin || entry->packed > reading->begin - entry->data)
		return refuse_member(reading, entry, "the data reach beyond the archive, those", error);
	return CRMVAL_OK;
}

static int by_place(const void *a, const void *b)
{
	const struct zip_entry *left = a, *right = b;
	return left->header < right->header ? -1 : left->header > right->header;
}

static int by_name(const void *a, const void *b)
{
	const struct zip_entry *left = a, *right = b;
	return strcmp(left->name, right->name);
}

static int read_entries(struct reading *reading, struct crmval_error *error)
{
	struct zip_directory *directory = reading->directory;
	const uint8_t *record = reading->records;
	int status = CRMVAL_OK;
	while (directory->count < reading->count && !status) {
		struct zip_entry *entry = &directory->entries[directory->count++];
		status = read_entry(reading, &record, entry, error);
	}
	if (!status && record != reading->records + reading->bytes)
		status = refuse(reading, "its directory is longer than its members are many", error);
	return status;
}

static int is_over(const struct zip_entry *entry, const struct zip_entry *next)
{
	return next->header < entry->data || next->header - entry->data < entry->packed;
}

static int overlap(const struct reading *reading, const struct zip_entry *entry, const struct zip_entry *next,
		   struct crmval_error *error)
{
	return fail(error, CRMVAL_EDATA, "%s is not a good ZIP archive: %.200s and %.200s overlap; get it again",
		    reading->path, entry->name, next->name);
}

/* Do members lie one behind the other, each under a name of its own? */
static int check_entries(const struct reading *reading, struct crmval_error *error)
{
	struct zip_entry *entries = reading->directory->entries;
	uint32_t count = reading->directory->count;
	qsort(entries, count, sizeof *entries, by_place);
	for (uint32_t i = 0; i < count; i++) {
		struct zip_entry *entry = &entries[i], *next = entry + 1;
		/* Where its data begin at the earliest: of two that overlap, the header need not be that of either. */
		entry->data = entry->header + MEMBER_SIZE;
		int status = i + 1 < count && is_over(entry, next) ? overlap(reading, entry, next, error)
								   : find_data(reading, entry, error);
		if (!status && i + 1 < count && is_over(entry, next))
			status = overlap(reading, entry, next, error);
		if (status)
			return status;
	}
	qsort(entries, count, sizeof *entries, by_name);
	for (uint32_t i = 1; i < count; i++) {
		if (!strcmp(entries[i].name, entries[i - 1].name))
			return refuse_member(reading, &entries[i], "there are two members", error);
	}
	return CRMVAL_OK;
}

/* ---- the directory ---- */

void zip_directory_free(struct zip_directory *directory)
{
	for (uint32_t i = 0; i < directory->count; i++)
		free(directory->entries[i].name);
	free(directory->entries);
	*directory = (struct zip_directory){0};
}

int zip_directory_read(struct zip_directory *directory, int descriptor, const char *path, uint64_t size,
		       uint32_t max_members, struct crmval_error *error)
{
	struct reading reading = {.descriptor = descriptor, .path = path, .size = size, .directory = directory};
	*directory = (struct zip_directory){0};
	int status = read_end(&reading, error);
	if (status)
		return status;
	if (reading.bytes > DIRECTORY_MOST || reading.count > reading.bytes / ENTRY_SIZE)
		return refuse(&reading, "its directory is damaged", error);
	directory->is_too_large = reading.count > max_members;
	if (directory->is_too_large)
		return fail(error, CRMVAL_EDATA, "%s has %llu members; if it is a good archive, raise max_members",
			    path, (unsigned long long)reading.count);
	reading.records = malloc(reading.bytes + 1);
	directory->entries = calloc(reading.count + 1, sizeof *directory->entries);
	if (!reading.records || !directory->entries)
		status = fail_memory(error);
	if (!status)
		status = read_at(&reading, reading.begin, reading.records, reading.bytes, error);
	if (!status)
		status = read_entries(&reading, error);
	if (!status)
		status = check_entries(&reading, error);
	free(reading.records);
	if (status)
		zip_directory_free(directory);
	return status;
}

const struct zip_entry *zip_directory_find(const struct zip_directory *directory, const char *name)
{
	struct zip_entry wanted = {.name = (char *)name};
	return bsearch(&wanted, directory->entries, directory->count, sizeof wanted, by_name);
}
