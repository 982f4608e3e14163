/* SPDX-License-Identifier: MIT */
/* Old or new, never half. */
#include "replace.h"

#include "error.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define SUFFIX ".crmval-new"

/* A file on its way to its place. */
struct replacement {
	const struct replace_folder *folder;
	const char *name;
	char temporary[NAME_MAX + 1];
	int fd, lock; /* two descriptors of one file: the lock outlives the first one's close */
	int is_new;   /* no file is replaced */
	int failure;  /* errno of the first write that failed */
	off_t size;   /* what is written, */
	off_t begun;  /* and of that what the disk was told of */
};

static int create_failed(const struct replace_folder *folder, const char *name, int number, struct crmval_error *error)
{
	int code = number == EACCES || number == EPERM ? CRMVAL_EPERM : CRMVAL_ECREATE;
	return fail(error, code, "%s%s: cannot create it: %s", folder->prefix, name, strerror(number));
}

static int write_failed(const struct replacement *r, int number, struct crmval_error *error)
{
	return fail(error, CRMVAL_EIO, "%s%s: cannot write it: %s", r->folder->prefix, r->name, strerror(number));
}

/* ---- the temporary ---- */

int replace_is_temporary(const char *name)
{
	size_t length = strlen(name);
	return length > sizeof SUFFIX && name[0] == '.' && strcmp(name + length + 1 - sizeof SUFFIX, SUFFIX) == 0;
}

int replace_open(const struct replace_folder *folder, const char *name, int flags, mode_t mode)
{
	int fd;
	do
		fd = openat(folder->fd, name, flags | O_NOFOLLOW | O_CLOEXEC, mode);
	while (fd < 0 && errno == EINTR);
	return fd;
}

/* Whether a name still leads to an open file. */
static int leads_to(const struct replace_folder *folder, const char *name, int fd)
{
	struct stat named, opened;
	return fstatat(folder->fd, name, &named, AT_SYMLINK_NOFOLLOW) == 0 && fstat(fd, &opened) == 0 &&
	       named.st_dev == opened.st_dev && named.st_ino == opened.st_ino;
}

int replace_sweep(const struct replace_folder *folder, const char *name, struct crmval_error *error)
{
	/* A pipe must not make this wait. */
	int fd = replace_open(folder, name, O_RDONLY | O_NONBLOCK, 0), code = CRMVAL_OK;
	struct stat status = {.st_mode = 0};
	if (fd < 0 && errno == ENOENT)
		return CRMVAL_OK;
	if (fd < 0 && errno != ELOOP && errno != ENXIO)
		return create_failed(folder, name, errno, error);
	fstat(fd, &status);
	if (!S_ISREG(status.st_mode)) /* nor is what cannot be opened, or looked at */
		code = fail(error, CRMVAL_EPERM, "%s%s: it stands in the way and is no regular file; remove it",
			    folder->prefix, name);
	else if (flock(fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK)
		code = fail(error, CRMVAL_EAGAIN, "%s%s: another process is writing it; try again later",
			    folder->prefix, name);
	else if (leads_to(folder, name, fd) && unlinkat(folder->fd, name, 0) < 0 && errno != ENOENT)
		code = create_failed(folder, name, errno, error);
	if (fd >= 0)
		close(fd);
	return code;
}

/* One attempt; 1: another process was at the same name in the very moment. */
static int create_once(struct replacement *r, mode_t mode, struct crmval_error *error)
{
	r->fd = replace_open(r->folder, r->temporary, O_WRONLY | O_CREAT | O_EXCL, mode);
	if (r->fd < 0 && errno == EEXIST) {
		int code = replace_sweep(r->folder, r->temporary, error);
		return code == CRMVAL_OK ? 1 : code;
	}
	if (r->fd < 0)
		return create_failed(r->folder, r->name, errno, error);
	/* Where files cannot be locked, two writers are not told apart. */
	int is_locked = flock(r->fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
	if (is_locked && leads_to(r->folder, r->temporary, r->fd))
		return CRMVAL_OK;
	close(r->fd);
	r->fd = -1;
	return 1;
}

static int create_temporary(struct replacement *r, mode_t mode, struct crmval_error *error)
{
	struct stat old = {.st_mode = 0};
	int length = snprintf(r->temporary, sizeof r->temporary, ".%s" SUFFIX, r->name), status = 1;
	if (length >= (int)sizeof r->temporary)
		return create_failed(r->folder, r->name, ENAMETOOLONG, error);
	int is_there = fstatat(r->folder->fd, r->name, &old, AT_SYMLINK_NOFOLLOW) == 0;
	int keeps_mode = S_ISREG(old.st_mode);
	r->is_new = !is_there && errno == ENOENT;
	if (S_ISDIR(old.st_mode))
		return create_failed(r->folder, r->name, EISDIR, error);
	for (int attempts = 0; attempts < 100 && status == 1; attempts++)
		status = create_once(r, keeps_mode ? 0600 : mode, error);
	if (status == 1)
		return fail(error, CRMVAL_EAGAIN, "%s%s: other processes are writing it; try again later",
			    r->folder->prefix, r->name);
	if (status == CRMVAL_OK && keeps_mode && fchmod(r->fd, old.st_mode & 0777) < 0)
		status = create_failed(r->folder, r->name, errno, error);
	if (status == CRMVAL_OK && (r->lock = fcntl(r->fd, F_DUPFD_CLOEXEC, 0)) < 0)
		status = create_failed(r->folder, r->name, errno, error);
	return status;
}

/* ---- the content ---- */

/* The disk begins with what there is, so that the end has little to wait for; whether that went well is seen there. */
static void begin_sync(struct replacement *r)
{
	enum { PIECE = 8 << 20 };
	if (r->size - r->begun < PIECE)
		return;
	(void)sync_file_range(r->fd, r->begun, r->size - r->begun, SYNC_FILE_RANGE_WRITE);
	r->begun = r->size;
}

static ssize_t write_whole(void *cookie, const char *bytes, size_t length)
{
	struct replacement *r = cookie;
	size_t done = 0;
	while (done < length && !r->failure) {
		ssize_t written = write(r->fd, bytes + done, length - done);
		if (written > 0)
			done += (size_t)written;
		else if (written == 0)
			r->failure = ENOSPC;
		else if (errno != EINTR)
			r->failure = errno;
	}
	r->size += (off_t)done;
	begin_sync(r);
	return done == length ? (ssize_t)length : 0;
}

/* The first failure is the cause; a content that fails for its own reasons says so itself. */
static int write_content(struct replacement *r, const struct replace_content *content, struct crmval_error *error)
{
	FILE *stream = fopencookie(r, "w", (cookie_io_functions_t){.write = write_whole});
	if (!stream)
		return fail_memory(error);
	int code = content->write(content->context, stream, error);
	if (fclose(stream) != 0 && !r->failure && code == CRMVAL_OK)
		r->failure = errno ? errno : EIO;
	return r->failure ? write_failed(r, r->failure, error) : code;
}

static int sync_retrying(int fd)
{
	int status;
	do
		status = fsync(fd);
	while (status < 0 && errno == EINTR);
	return status;
}

/* What close() tells is known to be lost; interrupted, it has closed. */
static int finish_temporary(struct replacement *r, struct crmval_error *error)
{
	int number = sync_retrying(r->fd) < 0 ? errno : 0, fd = r->fd;
	r->fd = -1;
	if (close(fd) < 0 && errno != EINTR && !number)
		number = errno;
	return number ? write_failed(r, number, error) : CRMVAL_OK;
}

static int put_in_place(struct replacement *r, struct crmval_error *error)
{
	int fd = r->folder->fd, number;
	if (renameat(fd, r->temporary, fd, r->name) < 0)
		return fail(error, errno == EACCES || errno == EPERM ? CRMVAL_EPERM : CRMVAL_EIO,
			    "%s%s: cannot put it in place: %s", r->folder->prefix, r->name, strerror(errno));
	r->temporary[0] = '\0';
	if (sync_retrying(fd) == 0)
		return CRMVAL_OK;
	number = errno;
	if (r->is_new)
		unlinkat(fd, r->name, 0);
	return fail(error, CRMVAL_EIO, "%s%s: its folder cannot be synced to the disk: %s", r->folder->prefix, r->name,
		    strerror(number));
}

int replace_file_at(const struct replace_folder *folder, const char *name, mode_t mode,
		    const struct replace_content *content, struct crmval_error *error)
{
	struct replacement r = {.folder = folder, .name = name, .fd = -1, .lock = -1};
	int code = create_temporary(&r, mode, error), is_created = r.fd >= 0;
	if (code == CRMVAL_OK)
		code = write_content(&r, content, error);
	if (code == CRMVAL_OK)
		code = finish_temporary(&r, error);
	if (code == CRMVAL_OK)
		code = put_in_place(&r, error);
	if (is_created && r.temporary[0])
		unlinkat(folder->fd, r.temporary, 0);
	if (r.fd >= 0)
		close(r.fd);
	if (r.lock >= 0)
		close(r.lock);
	return code;
}

int replace_file(const char *path, mode_t mode, const struct replace_content *content, struct crmval_error *error)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	char prefix[PATH_MAX];
	size_t length = (size_t)(name - path);
	struct replace_folder folder = {.prefix = ""};
	if (length >= sizeof prefix)
		return create_failed(&folder, path, ENAMETOOLONG, error);
	if (!*name)
		return create_failed(&folder, path, EISDIR, error);
	memcpy(prefix, path, length);
	prefix[length] = '\0';
	folder.fd = open(length ? prefix : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder.fd < 0)
		return create_failed(&folder, path, errno, error);
	folder.prefix = prefix;
	int code = replace_file_at(&folder, name, mode, content, error);
	close(folder.fd);
	return code;
}
