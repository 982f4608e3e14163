/* SPDX-License-Identifier: MIT */
/* Opening an archive, with libzip as a second opinion of its structure. */
#include "zip_archive.h"

#include "csv_file.h"
#include "error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <zip.h>

#define UNLIMITED (64u << 20) /* bytes up to which a member may grow at any rate */

/* ---- archives ---- */

/* What is wrong with an archive that is still being written will not be when it is whole.  The error says what is. */
static int fail_unless_new(const struct zip_archive *archive, struct crmval_error *error)
{
	struct stat now;
	long long age = (long long)time(NULL) - archive->seen.st_mtime;
	int is_new = archive->settle_seconds && llabs(age) <= archive->settle_seconds;
	if (fstat(archive->descriptor, &now) == 0)
		is_new |= now.st_size != archive->seen.st_size || now.st_mtim.tv_sec != archive->seen.st_mtim.tv_sec ||
			  now.st_mtim.tv_nsec != archive->seen.st_mtim.tv_nsec;
	if (!is_new)
		return CRMVAL_EDATA;
	return fail(error, CRMVAL_EAGAIN,
		    "%s is not whole, and was written to only now: it is still being written, or is damaged; try again "
		    "later",
		    archive->path);
}

/* libzip and the directory as it was read must agree on each member; what the two see differently is a trap. */
static int compare_member(const struct zip_archive *archive, zip_t *opinion, zip_uint64_t index,
			  struct crmval_error *error)
{
	zip_stat_t seen;
	const char *name = zip_get_name(opinion, index, ZIP_FL_ENC_RAW);
	const struct zip_entry *entry = name ? zip_directory_find(&archive->directory, name) : NULL;
	/* Of one that is encrypted it tells less; that is never read. */
	if (entry && !zip_stat_index(opinion, index, 0, &seen) && seen.size == entry->size &&
	    (entry->flags & ZIP_ENCRYPTED ||
	     (seen.comp_size == entry->packed && seen.crc == entry->checksum && seen.comp_method == entry->method)))
		return CRMVAL_OK;
	return fail(error, CRMVAL_EDATA,
		    "%s is not a good ZIP archive: what it says of %.200s is contradictory; get it again",
		    archive->path, name ? name : "a member");
}

static int ask_libzip(const struct zip_archive *archive, struct crmval_error *error)
{
	int code, descriptor = fcntl(archive->descriptor, F_DUPFD_CLOEXEC, 0), status = CRMVAL_OK;
	errno = 0;
	zip_t *opinion = descriptor < 0 ? NULL : zip_fdopen(descriptor, ZIP_CHECKCONS, &code);
	if (descriptor < 0)
		return fail(error, CRMVAL_EIO, "%s: cannot open it once more", archive->path);
	if (!opinion) {
		int is_full = code == ZIP_ER_MEMORY || errno == ENOMEM;
		zip_error_t reason;
		zip_error_init_with_code(&reason, code);
		status = fail(error, is_full ? CRMVAL_ENOMEM : CRMVAL_EDATA,
			      "%s is not a good ZIP archive: %s; get it again", archive->path,
			      zip_error_strerror(&reason));
		zip_error_fini(&reason);
		close(descriptor);
		return status;
	}
	zip_int64_t count = zip_get_num_entries(opinion, 0);
	if (count != archive->directory.count)
		status = fail(error, CRMVAL_EDATA,
			      "%s is not a good ZIP archive: how many members it has is contradictory; get it again",
			      archive->path);
	for (zip_int64_t i = 0; i < count && !status; i++)
		status = compare_member(archive, opinion, (zip_uint64_t)i, error);
	zip_discard(opinion);
	return status;
}

int zip_archive_open(struct zip_archive *archive, char *path, const struct zip_limits *limits,
		     struct crmval_error *error)
{
	*archive = (struct zip_archive){.path = path, .descriptor = -1, .settle_seconds = limits->settle_seconds};
	int status = csv_open_regular(path, &archive->descriptor, &archive->seen, error);
	if (!status)
		status = zip_directory_read(&archive->directory, archive->descriptor, path,
					    (uint64_t)archive->seen.st_size, limits->max_members, error);
	if (!status)
		status = ask_libzip(archive, error);
	return status == CRMVAL_EDATA && !archive->directory.is_too_large ? fail_unless_new(archive, error) : status;
}

void zip_archive_close(struct zip_archive *archive)
{
	zip_directory_free(&archive->directory);
	if (archive->descriptor >= 0)
		close(archive->descriptor);
	free(archive->path);
}

static int fail_member(const struct zip_archive *archive, const struct zip_entry *entry, const char *why,
		       struct crmval_error *error)
{
	fail(error, CRMVAL_EDATA, "%s/%s is damaged: %s; get the archive again", archive->path, entry->name, why);
	return fail_unless_new(archive, error);
}

int zip_archive_verify(const struct zip_archive *archive, const struct zip_entry *entry, uint32_t checksum,
		       struct crmval_error *error)
{
	return checksum == entry->checksum ? CRMVAL_OK : fail_member(archive, entry, "its checksum is wrong", error);
}

int zip_archive_accept(const struct zip_archive *archive, const struct zip_entry *entry,
		       const struct zip_limits *limits, struct crmval_error *error)
{
	if (entry->flags & ZIP_ENCRYPTED)
		return fail(error, CRMVAL_EDATA, "%s/%s is encrypted; unpack the archive, and give the folder",
			    archive->path, entry->name);
	if (entry->method != ZIP_STORED && entry->method != ZIP_DEFLATED)
		return fail(error, CRMVAL_EDATA,
			    "%s/%s is compressed by method %u, which is not known here; unpack the archive, and give "
			    "the folder",
			    archive->path, entry->name, entry->method);
	if (entry->size > limits->max_member_bytes)
		return fail(error, CRMVAL_EDATA, "%s/%s has %llu bytes; if it is good, raise max_member_bytes",
			    archive->path, entry->name, (unsigned long long)entry->size);
	if (entry->size > UNLIMITED && entry->size / limits->max_ratio >= entry->packed)
		return fail(error, CRMVAL_EDATA,
			    "%s/%s grows more than %u-fold, as tables seldom do; if it is good, raise max_zip_ratio",
			    archive->path, entry->name, limits->max_ratio);
	if (entry->method == ZIP_STORED && entry->packed != entry->size)
		return fail_member(archive, entry, "it is stored in another size than it has", error);
	return CRMVAL_OK;
}

/* ---- members ---- */

struct zip_stream {
	const struct zip_archive *archive;
	const struct zip_entry *entry;
	const struct zip_inflater *inflater; /* NULL: stored */
	void *state;
	uint64_t taken, given; /* bytes read of the archive; bytes handed over */
	const uint8_t *in;     /* what was read and is not used yet */
	size_t in_left;
	int is_done;
	uint8_t buffer[256 << 10];
};

int zip_stream_open(struct zip_stream **opened, const struct zip_archive *archive, const struct zip_entry *entry,
		    const struct zip_inflater *inflater, struct crmval_error *error)
{
	struct zip_stream *stream = malloc(sizeof *stream);
	*opened = NULL;
	if (!stream)
		return fail_memory(error);
	stream->archive = archive;
	stream->entry = entry;
	stream->inflater = entry->method == ZIP_STORED ? NULL : inflater;
	stream->state = NULL;
	stream->taken = stream->given = 0;
	stream->in = stream->buffer;
	stream->in_left = 0;
	stream->is_done = 0;
	if (stream->inflater && !(stream->state = inflater->open())) {
		free(stream);
		return fail_memory(error);
	}
	*opened = stream;
	return CRMVAL_OK;
}

void zip_stream_close(struct zip_stream *stream)
{
	if (stream && stream->state)
		stream->inflater->close(stream->state);
	free(stream);
}

static int damaged(const struct zip_stream *stream, const char *why, struct crmval_error *error)
{
	return fail_member(stream->archive, stream->entry, why, error);
}

/* Reads of the archive to where it is told. */
static int read_packed(struct zip_stream *stream, uint8_t *to, size_t room, size_t *got, struct crmval_error *error)
{
	const struct zip_entry *entry = stream->entry;
	uint64_t left = entry->packed - stream->taken;
	if (room > left)
		room = (size_t)left;
	int status = csv_pread(stream->archive->descriptor, stream->archive->path, entry->data + stream->taken, to,
			       room, got, error);
	stream->taken += *got;
	if (!status && *got < room)
		return fail(error, CRMVAL_EAGAIN, "%s changed while it was read; try again later",
			    stream->archive->path);
	return status;
}

/* Inflates until the room is full or the stream is at its end. */
static int inflate_some(struct zip_stream *stream, uint8_t *to, size_t room, size_t *got, struct crmval_error *error)
{
	struct zip_flow flow = {stream->in, stream->in_left, to, room};
	int status = CRMVAL_OK;
	while (flow.out_left && !stream->is_done && !status) {
		if (!flow.in_left && stream->taken < stream->entry->packed) {
			status = read_packed(stream, stream->buffer, sizeof stream->buffer, &flow.in_left, error);
			flow.in = stream->buffer;
		}
		size_t in_before = flow.in_left, out_before = flow.out_left;
		enum zip_result result = status ? ZIP_MORE : stream->inflater->run(stream->state, &flow);
		stream->is_done = result == ZIP_DONE;
		if (result == ZIP_BROKEN)
			status = damaged(stream, "its data cannot be decompressed", error);
		else if (!status && !stream->is_done && in_before == flow.in_left && out_before == flow.out_left)
			status = damaged(stream, "its data are cut short", error);
	}
	stream->in = flow.in;
	stream->in_left = flow.in_left;
	*got = room - flow.out_left;
	return status;
}

/* Has the member its size, and no more? */
static int check_end(struct zip_stream *stream, struct crmval_error *error)
{
	uint8_t more;
	size_t got;
	if (!stream->inflater)
		return CRMVAL_OK;
	int status = inflate_some(stream, &more, 1, &got, error);
	if (!status && got)
		return damaged(stream, "it is longer than its directory says", error);
	if (!status && (stream->in_left || stream->taken < stream->entry->packed))
		return damaged(stream, "there are bytes behind its data", error);
	return status;
}

int zip_stream_read(void *opened, uint8_t *to, size_t room, size_t *got, struct crmval_error *error)
{
	struct zip_stream *stream = opened;
	uint64_t left = stream->entry->size - stream->given;
	*got = 0;
	if (!left)
		return check_end(stream, error);
	if (room > left)
		room = (size_t)left;
	int status = stream->inflater ? inflate_some(stream, to, room, got, error)
				      : read_packed(stream, to, room, got, error);
	stream->given += *got;
	if (!status && room && !*got)
		return damaged(stream, "it is shorter than its directory says", error);
	return status;
}
