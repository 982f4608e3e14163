/* SPDX-License-Identifier: MIT */
/* Reading a password from a file that nobody else can. */
#include "sql_secret.h"

#include "error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST = 4096 };

/*
 * Its owner is we or root, and nobody else can read it.  What systemd lays into $CREDENTIALS_DIRECTORY belongs to root, and
 * an access list lets the service read it, which shows as the group's bits.
 */
static int check_owner(const struct stat *seen, const char *path, int is_credential, struct crmval_error *error)
{
	mode_t others = is_credential && seen->st_uid == 0 ? S_IWGRP | S_IXGRP | S_IRWXO : S_IRWXG | S_IRWXO;
	if (!S_ISREG(seen->st_mode))
		return fail(error, CRMVAL_EPERM, "%s is no regular file, as one with a password must be", path);
	if (seen->st_uid != geteuid() && seen->st_uid != 0)
		return fail(error, CRMVAL_EPERM, "%s holds a password and belongs to somebody else: chown it", path);
	if (seen->st_mode & others)
		return fail(error, CRMVAL_EPERM, "%s holds a password, and others may use it: chmod 600 it", path);
	return CRMVAL_OK;
}

static int read_all(int fd, const char *path, char *buffer, struct crmval_error *error)
{
	size_t used = 0;
	ssize_t got;
	while ((got = read(fd, buffer + used, MOST - used)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return fail(error, CRMVAL_EIO, "cannot read %s: %s", path, strerror(errno));
		used += (size_t)got;
		if (used == MOST)
			return fail(error, CRMVAL_ECONF, "%s is too long for a password", path);
	}
	if (used && buffer[used - 1] == '\n')
		used--;
	if (used && buffer[used - 1] == '\r')
		used--;
	buffer[used] = 0;
	if (!used || strlen(buffer) != used)
		return fail(error, CRMVAL_ECONF, "%s holds no password: %s", path, used ? "a NUL byte" : "it is empty");
	return CRMVAL_OK;
}

static int read_secret(const char *path, int is_credential, char **secret, struct crmval_error *error)
{
	struct stat seen;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), status;
	if (fd < 0)
		return fail(error, errno == EACCES ? CRMVAL_EPERM : CRMVAL_ENOINPUT,
			    "cannot open %s for its password: %s", path, strerror(errno));
	char *buffer = calloc(1, MOST + 1);
	if (fstat(fd, &seen) < 0)
		status = fail(error, CRMVAL_EIO, "cannot read %s: %s", path, strerror(errno));
	else
		status = check_owner(&seen, path, is_credential, error);
	if (!status)
		status = buffer ? read_all(fd, path, buffer, error) : fail_memory(error);
	close(fd);
	if (status) {
		if (buffer)
			explicit_bzero(buffer, MOST + 1);
		free(buffer);
		return status;
	}
	*secret = buffer;
	return CRMVAL_OK;
}

int sql_secret_read(const struct sql_settings *settings, char **secret, struct crmval_error *error)
{
	const char *folder = getenv("CREDENTIALS_DIRECTORY");
	char *path = NULL;
	*secret = NULL;
	if (settings->password_file)
		return read_secret(settings->password_file, 0, secret, error);
	if (!settings->credential)
		return CRMVAL_OK;
	if (!*settings->credential || strchr(settings->credential, '/'))
		return fail(error, CRMVAL_ECONF, "credential \"%.100s\" is no name: it has no slash",
			    settings->credential);
	if (!folder || *folder != '/')
		return fail(
			error, CRMVAL_ENOINPUT,
			"credential %.100s: there is no $CREDENTIALS_DIRECTORY; run crmval as a systemd service with "
			"LoadCredential=, or set password_file",
			settings->credential);
	int status = sql_print(&path, error, "%s/%s", folder, settings->credential);
	if (!status)
		status = read_secret(path, 1, secret, error);
	free(path);
	return status;
}

void sql_secret_free(char *secret)
{
	if (secret)
		explicit_bzero(secret, strlen(secret));
	free(secret);
}

void sql_secret_guard(void)
{
	prctl(PR_SET_DUMPABLE, 0);
}
