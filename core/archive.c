/* SPDX-License-Identifier: MIT */
/* The archive's folder: its lock, and what is in it. */
#include "archive.h"

#include "archive_name.h"
#include "error.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#define LOCK_NAME ".crmval-lock"

/* ---- opening ---- */

static int open_failed(const char *path, int number, int missing, struct crmval_error *error)
{
	if (number == ELOOP || number == ENOTDIR)
		return fail(error, CRMVAL_EPERM,
			    "archive %s: no folder; where it is a link to one that you trust, end the path in a slash",
			    path);
	int code = number == ENOENT ? missing : number == EACCES || number == EPERM ? CRMVAL_EPERM : CRMVAL_EIO;
	return fail(error, code, "archive %s: cannot open it: %s", path, strerror(number));
}

static int open_folder(struct archive *archive, const char *path, int missing, struct crmval_error *error)
{
	size_t length = strlen(path), size = length + sizeof "/";
	*archive = (struct archive)ARCHIVE_CLOSED;
	archive->prefix = malloc(size);
	if (!archive->prefix)
		return fail_memory(error);
	snprintf(archive->prefix, size, "%s%s", path, length && path[length - 1] == '/' ? "" : "/");
	archive->folder.prefix = archive->prefix;
	archive->folder.fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return archive->folder.fd < 0 ? open_failed(path, errno, missing, error) : CRMVAL_OK;
}

int archive_open(struct archive *archive, const char *path, struct crmval_error *error)
{
	return open_folder(archive, path, CRMVAL_ENOINPUT, error);
}

void archive_close(struct archive *archive)
{
	if (archive->lock >= 0)
		close(archive->lock);
	if (archive->folder.fd >= 0)
		close(archive->folder.fd);
	free(archive->prefix);
	*archive = (struct archive)ARCHIVE_CLOSED;
}

/* A new folder is lost in a power cut, with all that is in it, unless the one above knows of it. */
static int make_folder(const char *path, struct crmval_error *error)
{
	if (mkdir(path, 0750) < 0)
		return errno == EEXIST ? CRMVAL_OK
				       : fail(error, errno == EACCES || errno == EPERM ? CRMVAL_EPERM : CRMVAL_ECREATE,
					      "archive %s: cannot create it: %s", path, strerror(errno));
	char *copy = strdup(path);
	int fd = copy ? open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	int code = CRMVAL_OK;
	if (fd < 0 || fsync(fd) < 0) {
		code = fail(error, CRMVAL_EIO, "archive %s: the folder above cannot be synced to the disk: %s", path,
			    strerror(errno));
		rmdir(path);
	}
	if (fd >= 0)
		close(fd);
	free(copy);
	return code;
}

/* ---- the lock ---- */

/* The process that holds a lock, as the kernel lists it; 0: not known, as on another machine. */
static long holder(int fd)
{
	struct stat status;
	char line[256];
	FILE *locks = fstat(fd, &status) < 0 ? NULL : fopen("/proc/locks", "re");
	long found = 0;
	if (!locks)
		return 0;
	while (!found && fgets(line, sizeof line, locks)) {
		unsigned device_major, device_minor;
		uintmax_t inode;
		long process;
		if (sscanf(line, "%*d: FLOCK %*s WRITE %ld %x:%x:%" SCNuMAX, &process, &device_major, &device_minor,
			   &inode) == 4 &&
		    inode == status.st_ino && makedev(device_major, device_minor) == status.st_dev)
			found = process;
	}
	fclose(locks);
	return found;
}

static int open_lock(struct archive *archive, struct crmval_error *error)
{
	struct stat status = {.st_mode = 0}; /* no regular file, where it cannot be looked at */
	int fd = replace_open(&archive->folder, LOCK_NAME, O_RDWR | O_CREAT | O_NONBLOCK, 0640);
	archive->lock = fd;
	if (fd < 0 && errno != ELOOP)
		return fail(error, errno == EACCES || errno == EPERM ? CRMVAL_EPERM : CRMVAL_ECREATE,
			    "%s" LOCK_NAME ": cannot create it: %s", archive->prefix, strerror(errno));
	fstat(fd, &status);
	if (!S_ISREG(status.st_mode))
		return fail(error, CRMVAL_EPERM,
			    "%s" LOCK_NAME ": it stands in the way and is no regular file; remove it", archive->prefix);
	return CRMVAL_OK;
}

static double clock_seconds(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static int take_lock(struct archive *archive, const char *path, double wait, struct crmval_error *error)
{
	const struct timespec pause = {.tv_nsec = 20000000};
	double end = clock_seconds() + wait;
	while (flock(archive->lock, LOCK_EX | LOCK_NB) < 0) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return fail(error, CRMVAL_EIO, "archive %s: cannot lock it: %s", path, strerror(errno));
		if (clock_seconds() < end) {
			nanosleep(&pause, NULL);
			continue;
		}
		long process = holder(archive->lock);
		if (process)
			return fail(error, CRMVAL_EAGAIN,
				    "archive %s: another run holds it, process %ld; try again later, or let it be "
				    "waited for with --wait SECONDS",
				    path, process);
		return fail(error, CRMVAL_EAGAIN,
			    "archive %s: another run holds it; try again later, or let it be waited for with --wait "
			    "SECONDS",
			    path);
	}
	return CRMVAL_OK;
}

/* ---- what is in it ---- */

static int list_failed(const struct archive *archive, struct crmval_error *error)
{
	return fail(error, CRMVAL_EIO, "archive %s: cannot list it: %s", archive->prefix, strerror(errno));
}

/* A listing of its own, which leaves the folder's descriptor alone. */
static DIR *list(const struct archive *archive)
{
	int fd = openat(archive->folder.fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *listing = fd < 0 ? NULL : fdopendir(fd);
	if (!listing && fd >= 0)
		close(fd);
	return listing;
}

/* A report of another job may be on its way into this folder: that temporary is not ours to remove. */
static int sweep(struct archive *archive, struct crmval_error *error)
{
	DIR *listing = list(archive);
	struct dirent *entry;
	int code = CRMVAL_OK;
	if (!listing)
		return list_failed(archive, error);
	while (code == CRMVAL_OK && (errno = 0, entry = readdir(listing))) {
		if (!replace_is_temporary(entry->d_name))
			continue;
		code = replace_sweep(&archive->folder, entry->d_name, error);
		if (code == CRMVAL_EAGAIN)
			code = CRMVAL_OK;
	}
	if (code == CRMVAL_OK && errno)
		code = list_failed(archive, error);
	closedir(listing);
	return code;
}

int archive_lock(struct archive *archive, const char *path, double wait, struct crmval_error *error)
{
	*archive = (struct archive)ARCHIVE_CLOSED;
	int code = make_folder(path, error);
	if (code == CRMVAL_OK)
		code = open_folder(archive, path, CRMVAL_ECREATE, error);
	if (code == CRMVAL_OK)
		code = open_lock(archive, error);
	if (code == CRMVAL_OK)
		code = take_lock(archive, path, wait, error);
	if (code == CRMVAL_OK)
		code = sweep(archive, error);
	return code;
}

static int compare_entries(const void *one, const void *other)
{
	const struct archive_entry *a = one, *b = other;
	if (a->instant != b->instant)
		return a->instant < b->instant ? -1 : 1;
	if (a->sequence != b->sequence)
		return a->sequence < b->sequence ? -1 : 1;
	return strcmp(a->name, b->name);
}

static struct archive_entry *room_for_one(struct archive_entries *entries)
{
	if (entries->count == entries->capacity) {
		size_t capacity = entries->capacity ? 2 * entries->capacity : 256;
		struct archive_entry *larger = reallocarray(entries->entries, capacity, sizeof *larger);
		if (!larger)
			return NULL;
		entries->entries = larger;
		entries->capacity = capacity;
	}
	return &entries->entries[entries->count];
}

int archive_list(const struct archive *archive, struct archive_entries *entries, struct crmval_error *error)
{
	DIR *listing = list(archive);
	struct dirent *found;
	int code = CRMVAL_OK;
	*entries = (struct archive_entries){NULL, 0, 0};
	if (!listing)
		return list_failed(archive, error);
	while (code == CRMVAL_OK && (errno = 0, found = readdir(listing))) {
		struct archive_entry *entry = room_for_one(entries);
		if (!entry)
			code = fail_memory(error);
		else
			entries->count += (size_t)archive_name_parse(found->d_name, entry);
	}
	if (code == CRMVAL_OK && errno)
		code = list_failed(archive, error);
	closedir(listing);
	if (entries->count)
		qsort(entries->entries, entries->count, sizeof *entries->entries, compare_entries);
	return code;
}

int archive_put(struct archive *archive, const char *job, int64_t instant, const struct replace_content *content,
		char name[ARCHIVE_NAME_SIZE], struct crmval_error *error)
{
	for (unsigned sequence = 1; sequence <= ARCHIVE_SEQUENCES; sequence++) {
		struct stat status;
		archive_name_format(job, instant, sequence, name);
		if (fstatat(archive->folder.fd, name, &status, AT_SYMLINK_NOFOLLOW) == 0)
			continue;
		if (errno != ENOENT)
			return fail(error, CRMVAL_EIO, "%s%s: cannot look for it: %s", archive->prefix, name,
				    strerror(errno));
		return replace_file_at(&archive->folder, name, 0640, content, error);
	}
	return fail(error, CRMVAL_ECREATE,
		    "%s%s: there are %d snapshots of this second, which are all that it may have", archive->prefix,
		    name, ARCHIVE_SEQUENCES);
}

void archive_path(const struct archive *archive, const char *name, char path[ARCHIVE_PATH_SIZE])
{
	snprintf(path, ARCHIVE_PATH_SIZE, "%s%s", archive->prefix, name);
}

int archive_open_snapshot(const struct archive *archive, const char *name, int *fd, struct crmval_error *error)
{
	*fd = replace_open(&archive->folder, name, O_RDONLY | O_NONBLOCK, 0);
	if (*fd >= 0)
		return CRMVAL_OK;
	if (errno == ELOOP)
		return fail(error, CRMVAL_EPERM, "%s%s: it is a symbolic link, which no run leaves here; remove it",
			    archive->prefix, name);
	return fail(error,
		    errno == EACCES || errno == EPERM ? CRMVAL_EPERM
		    : errno == ENOENT                 ? CRMVAL_ENOINPUT
						      : CRMVAL_EIO,
		    "%s%s: cannot open it: %s", archive->prefix, name, strerror(errno));
}

int archive_remove(struct archive *archive, const char *name, struct crmval_error *error)
{
	if (unlinkat(archive->folder.fd, name, 0) < 0 && errno != ENOENT)
		return fail(error, errno == EACCES || errno == EPERM ? CRMVAL_EPERM : CRMVAL_EIO,
			    "%s%s: cannot remove it: %s", archive->prefix, name, strerror(errno));
	return CRMVAL_OK;
}

int archive_sync(struct archive *archive, struct crmval_error *error)
{
	if (fsync(archive->folder.fd) < 0)
		return fail(error, CRMVAL_EIO, "archive %s: cannot be synced to the disk: %s", archive->prefix,
			    strerror(errno));
	return CRMVAL_OK;
}
