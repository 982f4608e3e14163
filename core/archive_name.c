/* SPDX-License-Identifier: MIT */
/* What snapshots are called, and how instants are written. */
#include "archive_name.h"

#include "utf8.h"
#include "window.h"

#include <stdio.h>
#include <string.h>

#define SUFFIX ".gz"

enum { JOB_LIMIT = 100, DAY = 86400, STAMP_LENGTH = 16 };

/* Of the years 0001 to 9999. */
static int64_t day_of(int64_t instant)
{
	return instant >= 0 ? instant / DAY : -((DAY - 1 - instant) / DAY);
}

void instant_format(int64_t instant, char text[INSTANT_SIZE])
{
	int64_t day = day_of(instant);
	unsigned second = (unsigned)(instant - day * DAY) % DAY;
	char date[11];
	date_format((int32_t)day, date);
	snprintf(text, INSTANT_SIZE, "%sT%02u:%02u:%02uZ", date, second / 3600, second / 60 % 60, second % 60);
}

/* Letters, digits, what else no shell and no file system minds, and characters of other scripts as they are. */
static int is_safe(const unsigned char *from, size_t bytes, int is_first)
{
	if (bytes > 1)
		return !utf8_is_control(from, bytes);
	return (*from >= '0' && *from <= '9') || (*from >= 'A' && *from <= 'Z') || (*from >= 'a' && *from <= 'z') ||
	       (!is_first && strchr("-._", *from));
}

/* What is not safe becomes "_"; of a name that is too long, whole characters are left out. */
static size_t safe_name(const char *job, char *name, size_t size)
{
	const unsigned char *from = (const unsigned char *)job;
	size_t length = 0, left = strlen(job);
	while (left > 0) {
		size_t bytes = utf8_length(from, left), safe = is_safe(from, bytes, length == 0) ? bytes : 0;
		size_t step = safe ? safe : 1;
		if (length + step >= size)
			break;
		if (safe)
			memcpy(name + length, from, safe);
		else
			name[length] = '_';
		length += step;
		from += bytes ? bytes : 1;
		left -= bytes ? bytes : 1;
	}
	name[length] = '\0';
	return length;
}

void archive_name_format(const char *job, int64_t instant, unsigned sequence, char name[ARCHIVE_NAME_SIZE])
{
	char text[INSTANT_SIZE];
	size_t length = safe_name(job, name, JOB_LIMIT + 1);
	instant_format(instant, text);
	length += (size_t)snprintf(name + length, ARCHIVE_NAME_SIZE - length, "-%.4s%.2s%.2sT%.2s%.2s%.2sZ", text,
				   text + 5, text + 8, text + 11, text + 14, text + 17);
	if (sequence > 1)
		length += (size_t)snprintf(name + length, ARCHIVE_NAME_SIZE - length, "_%04u", sequence);
	snprintf(name + length, ARCHIVE_NAME_SIZE - length, SUFFIX);
}

/* Two digits at least 0 and at most `most`, or -1.  What is no digit in the first place comes to more than 99. */
static int two(const char *text, unsigned most)
{
	unsigned tens = (unsigned char)text[0] - (unsigned)'0', ones = (unsigned char)text[1] - (unsigned)'0';
	unsigned number = tens * 10 + ones;
	return ones <= 9 && number <= most ? (int)number : -1;
}

/* YYYYMMDDTHHMMSSZ */
static int stamp_parse(const char *stamp, int64_t *instant)
{
	char date[11];
	int32_t day;
	int hour = two(stamp + 9, 23), minute = two(stamp + 11, 59), second = two(stamp + 13, 59);
	snprintf(date, sizeof date, "%.4s-%.2s-%.2s", stamp, stamp + 4, stamp + 6);
	if (stamp[8] != 'T' || stamp[15] != 'Z' || hour < 0 || minute < 0 || second < 0 || date_parse(date, &day) < 0)
		return 0;
	*instant = (int64_t)day * DAY + hour * 3600 + minute * 60 + second;
	return 1;
}

int archive_name_parse(const char *name, struct archive_entry *entry)
{
	size_t length = strlen(name), end = length - (sizeof SUFFIX - 1);
	if (length <= sizeof SUFFIX + STAMP_LENGTH || length >= sizeof entry->name || strcmp(name + end, SUFFIX) != 0)
		return 0;
	entry->sequence = 1;
	if (name[end - 5] == '_') {
		int high = two(name + end - 4, 99), low = two(name + end - 2, 99);
		if (low < 0 || high * 100 + low < 2)
			return 0;
		entry->sequence = (unsigned)(high * 100 + low);
		end -= 5;
	}
	if (end < STAMP_LENGTH + 2 || name[0] == '.' || name[end - STAMP_LENGTH - 1] != '-' ||
	    !stamp_parse(name + end - STAMP_LENGTH, &entry->instant))
		return 0;
	memcpy(entry->name, name, length + 1);
	return 1;
}
