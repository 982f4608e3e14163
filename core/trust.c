/* SPDX-License-Identifier: MIT */
/* From the root downwards, a name at a time, links followed by hand: each is judged before what lies behind it is opened. */
#include "trust.h"

#include "error.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <nettle/sha2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 8U /* since Linux 6.3; it may be mapped to be executed all the same */
#endif

enum { LINKS_MOST = 40, FILE_MOST = 256 * 1024 * 1024 };

/* Who may not be able to change what. */
enum part { A_FILE, ITS_FOLDER, A_FOLDER, A_LINK };

/* In a sticky folder nobody can touch the files of others; but there, anybody may add one. */
static int check(const struct stat *status, enum part part, const char *path, struct crmval_error *error)
{
	static const char *const names[] = {"plugin", "plugin directory", "folder", "symbolic link"};
	mode_t others = status->st_mode & (S_IWGRP | S_IWOTH);
	if (status->st_uid != 0 && status->st_uid != geteuid())
		return fail(error, CRMVAL_EPERM,
			    "%s %s belongs to user %u: it must belong to root or to the user that runs crmval",
			    names[part], path, (unsigned)status->st_uid);
	if (part == A_LINK || (part == A_FOLDER && (status->st_mode & S_ISVTX)))
		return CRMVAL_OK;
	if (others & S_IWOTH)
		return fail(error, CRMVAL_EPERM, "%s %s can be changed by anybody: chmod o-w %s", names[part], path,
			    path);
	if (others && status->st_gid != 0 && status->st_gid != getegid())
		return fail(error, CRMVAL_EPERM, "%s %s can be changed by group %u: chmod g-w %s", names[part], path,
			    (unsigned)status->st_gid, path);
	return CRMVAL_OK;
}

/* ---- the folder ---- */

/* On the way: the folder reached, its path for messages, and what is still to go. */
struct walk {
	int fd, links;
	char path[PATH_MAX + NAME_MAX + 2], rest[2 * PATH_MAX];
	struct crmval_error *error;
};

static int enter(struct walk *walk, int fd)
{
	if (walk->fd >= 0)
		close(walk->fd);
	walk->fd = fd;
	return CRMVAL_OK;
}

static int to_root(struct walk *walk)
{
	struct stat status;
	enter(walk, open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
	strcpy(walk->path, "/");
	if (walk->fd < 0 || fstat(walk->fd, &status) < 0)
		return fail(walk->error, CRMVAL_EIO, "cannot open the folder /: %s", strerror(errno));
	return check(&status, A_FOLDER, "/", walk->error);
}

/* What a link says comes before what is still to go. */
static int follow(struct walk *walk, int link)
{
	char target[PATH_MAX], rest[sizeof walk->rest];
	ssize_t length = readlinkat(link, "", target, sizeof target - 1);
	if (length <= 0)
		return fail(walk->error, CRMVAL_EIO, "cannot read the symbolic link %s: %s", walk->path,
			    length ? strerror(errno) : "it is empty");
	target[length] = '\0';
	if (++walk->links > LINKS_MOST)
		return fail(walk->error, CRMVAL_EPERM, "%s: too many symbolic links, one after the other", walk->path);
	if (snprintf(rest, sizeof rest, "%s/%s", target, walk->rest) >= (int)sizeof rest)
		return fail(walk->error, CRMVAL_EPERM, "%s: its symbolic link leads too far", walk->path);
	strcpy(walk->rest, rest);
	*strrchr(walk->path, '/') = '\0'; /* the link is none of the folders */
	return *target == '/' ? to_root(walk) : CRMVAL_OK;
}

static int step(struct walk *walk, const char *name, int is_last)
{
	struct stat status;
	size_t length = strlen(walk->path);
	if (length == 1)
		length = 0;
	if (snprintf(walk->path + length, sizeof walk->path - length, "/%s", name) >= (int)(sizeof walk->path - length))
		return fail(walk->error, CRMVAL_EPERM, "%s: the path is too long", walk->path);
	int fd = openat(walk->fd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &status) < 0) {
		int code = fail(walk->error, CRMVAL_EIO, "cannot open the plugin directory %s: %s", walk->path,
				strerror(errno));
		if (fd >= 0)
			close(fd);
		return code;
	}
	int code = check(&status,
			 S_ISLNK(status.st_mode) ? A_LINK
			 : is_last               ? ITS_FOLDER
						 : A_FOLDER,
			 walk->path, walk->error);
	if (!code && S_ISLNK(status.st_mode))
		code = follow(walk, fd);
	else if (!code && !S_ISDIR(status.st_mode))
		code = fail(walk->error, CRMVAL_EIO, "cannot open the plugin directory %s: %s", walk->path,
			    strerror(ENOTDIR));
	else if (!code)
		return enter(walk, fd);
	close(fd);
	return code;
}

/* Leaves the folder's descriptor in the walk. */
static int walk_to(struct walk *walk, const char *folder)
{
	char *here = *folder == '/' ? NULL : getcwd(NULL, 0);
	int code = CRMVAL_OK;
	if (*folder != '/' && !here)
		code = fail(walk->error, CRMVAL_EIO, "cannot tell the folder at hand: %s", strerror(errno));
	else if (snprintf(walk->rest, sizeof walk->rest, "%s/%s", here ? here : "", folder) >= (int)sizeof walk->rest)
		code = fail(walk->error, CRMVAL_EPERM, "%.200s...: the path is too long", folder);
	free(here);
	if (!code)
		code = to_root(walk);
	while (!code) {
		char name[NAME_MAX + 1], rest[sizeof walk->rest];
		const char *start = walk->rest + strspn(walk->rest, "/");
		size_t length = strcspn(start, "/");
		const char *after = start + length + strspn(start + length, "/");
		if (length == 0)
			break;
		if (length > NAME_MAX)
			return fail(walk->error, CRMVAL_EPERM, "%s: a name in the path is too long", walk->path);
		memcpy(name, start, length);
		name[length] = '\0';
		strcpy(rest, after);
		strcpy(walk->rest, rest);
		if (strcmp(name, ".") != 0)
			code = step(walk, name, !*walk->rest || strspn(walk->rest, "./") == strlen(walk->rest));
	}
	return code;
}

/* ---- the file ---- */

static int open_in(int folder, const char *path, const char *file, int *fd, struct crmval_error *error)
{
	struct stat status;
	/* The name has no slash, so that this stays beneath the folder. */
	int code, opened = openat(folder, file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (opened < 0 && errno == ELOOP)
		return fail(error, CRMVAL_EPERM, "plugin %s is a symbolic link: put the file itself there", path);
	if (opened < 0)
		return fail(error, errno == EACCES ? CRMVAL_EPERM : CRMVAL_EIO, "cannot open plugin %s: %s", path,
			    strerror(errno));
	if (fstat(opened, &status) < 0)
		code = fail(error, CRMVAL_EIO, "cannot inspect plugin %s: %s", path, strerror(errno));
	else if (!S_ISREG(status.st_mode))
		code = fail(error, CRMVAL_EPERM, "plugin %s is not a regular file", path);
	else
		code = check(&status, A_FILE, path, error);
	if (code)
		close(opened);
	else
		*fd = opened;
	return code;
}

int trust_open(const char *folder, const char *file, int are_parents_checked, int *fd, struct crmval_error *error)
{
	struct walk walk = {.fd = -1, .error = error};
	char path[2 * PATH_MAX];
	struct stat status;
	int code;
	snprintf(path, sizeof path, "%s/%s", folder, file);
	if (are_parents_checked) {
		code = walk_to(&walk, folder);
	} else {
		walk.fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (walk.fd < 0 || fstat(walk.fd, &status) < 0)
			code = fail(error, CRMVAL_EIO, "cannot open the plugin directory %s: %s", folder,
				    strerror(errno));
		else
			code = check(&status, ITS_FOLDER, folder, error);
	}
	if (!code)
		code = open_in(walk.fd, path, file, fd, error);
	if (walk.fd >= 0)
		close(walk.fd);
	return code;
}

/* ---- its copy ---- */

/* What pread() gives of a file; 0: its end; -1: it fails. */
static ssize_t read_at(int fd, uint8_t *buffer, size_t size, off_t at, const char *path, struct crmval_error *error)
{
	ssize_t count;
	do
		count = pread(fd, buffer, size, at);
	while (count < 0 && errno == EINTR);
	if (count < 0)
		fail(error, CRMVAL_EIO, "cannot read plugin %s: %s", path, strerror(errno));
	return count;
}

static int copy_bytes(int from, int to, const char *path, struct crmval_error *error)
{
	off_t at = 0;
	ssize_t count;
	while ((count = sendfile(to, from, &at, FILE_MOST)) != 0) {
		if (count < 0 && errno != EINTR)
			return fail(error, errno == ENOMEM || errno == ENOSPC ? CRMVAL_ENOMEM : CRMVAL_EIO,
				    "cannot copy plugin %s into memory: %s", path, strerror(errno));
		if (at > FILE_MOST)
			return fail(error, CRMVAL_EPERM, "plugin %s has more than %d MiB", path, FILE_MOST >> 20);
	}
	return CRMVAL_OK;
}

int trust_hash(int fd, const char *path, char sha256[65], struct crmval_error *error)
{
	static const char digits[] = "0123456789abcdef";
	struct sha256_ctx context;
	uint8_t buffer[65536], digest[SHA256_DIGEST_SIZE];
	ssize_t count;
	sha256_init(&context);
	for (off_t at = 0; (count = read_at(fd, buffer, sizeof buffer, at, path, error)) > 0; at += count)
		sha256_update(&context, (size_t)count, buffer);
	sha256_digest(&context, sizeof digest, digest);
	for (int i = 0; i < SHA256_DIGEST_SIZE; i++) {
		sha256[2 * i] = digits[digest[i] >> 4];
		sha256[2 * i + 1] = digits[digest[i] & 15];
	}
	sha256[64] = '\0';
	return count < 0 ? CRMVAL_EIO : CRMVAL_OK;
}

int trust_copy(int fd, const char *path, int *copy, struct crmval_error *error)
{
	const char *name = strrchr(path, '/');
	name = name ? name + 1 : path;
	int memory = memfd_create(name, MFD_CLOEXEC | MFD_NOEXEC_SEAL);
	if (memory < 0 && errno == EINVAL)
		memory = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (memory < 0)
		return fail(error, CRMVAL_ENOMEM, "cannot copy plugin %s into memory: %s", path, strerror(errno));
	/* A file in memory counts where the size of files is limited, which is not what that limit is for. */
	struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};
	getrlimit(RLIMIT_FSIZE, &limit);
	setrlimit(RLIMIT_FSIZE, &(struct rlimit){limit.rlim_max, limit.rlim_max});
	int code = copy_bytes(fd, memory, path, error);
	setrlimit(RLIMIT_FSIZE, &limit);
	if (!code && fcntl(memory, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) < 0)
		code = fail(error, CRMVAL_EPERM, "cannot seal the copy of plugin %s: %s", path, strerror(errno));
	if (!code) {
		char self[32];
		snprintf(self, sizeof self, "/proc/self/fd/%d", memory);
		if ((*copy = open(self, O_RDONLY | O_CLOEXEC)) < 0)
			code = fail(error, CRMVAL_EIO, "cannot open the copy of plugin %s as %s: %s; mount /proc", path,
				    self, strerror(errno));
	}
	close(memory);
	return code;
}
