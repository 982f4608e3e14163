/* SPDX-License-Identifier: MIT */
/* plugins/example, under another name. */
#include "kit.h"

#include "error.h"
#include "tables.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* kit_files[]: the files' paths and texts; made from plugins/example by the build. */
#include "kit_files.h"

#define KIT_NAME "example" /* as the files have it: it stands in them for nothing but the plugin's name */

static int cannot(const char *folder, const char *what, struct crmval_error *error)
{
	if (errno == EEXIST)
		return fail(error, CRMVAL_ECREATE, "%s/%s is there already: choose another name, or another folder",
			    folder, what);
	return fail(error, errno == EACCES || errno == EPERM || errno == EROFS ? CRMVAL_EPERM : CRMVAL_ECREATE,
		    "cannot write %s/%s: %s", folder, what, strerror(errno));
}

/* A text with each KIT_NAME replaced. */
static int put(FILE *stream, const char *text, const char *name)
{
	const size_t length = strlen(KIT_NAME);
	for (const char *next; (next = strstr(text, KIT_NAME)) != NULL; text = next + length)
		if (fwrite(text, 1, (size_t)(next - text), stream) != (size_t)(next - text) || fputs(name, stream) < 0)
			return -1;
	return fputs(text, stream) < 0 ? -1 : 0;
}

static int write_file(int folder, const char *name, const struct kit_file *file, struct crmval_error *error)
{
	char path[256], *slash;
	FILE *rename = fmemopen(path, sizeof path, "w");
	if (!rename)
		return fail_memory(error);
	int failed = put(rename, file->path, name);
	if (fclose(rename) != 0 || failed)
		return fail(error, CRMVAL_ECONF, "the name \"%s\" is too long for files", name);
	if ((slash = strchr(path, '/')) != NULL) {
		*slash = '\0';
		if (mkdirat(folder, path, 0777) < 0 && errno != EEXIST)
			return cannot(name, path, error);
		*slash = '/';
	}
	int fd = openat(folder, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	FILE *stream = fd < 0 ? NULL : fdopen(fd, "w");
	if (!stream)
		return cannot(name, path, error);
	failed = put(stream, file->text, name);
	return fclose(stream) != 0 || failed ? cannot(name, path, error) : CRMVAL_OK;
}

int kit_write(const char *name, struct crmval_error *error)
{
	if (!tables_is_name(name) || strlen(name) > 60)
		return fail(error, CRMVAL_ECONF,
			    "\"%.64s\" is no name of a plugin: names are lower case letters, digits and _, at most 60",
			    name);
	if (mkdir(name, 0777) < 0)
		return cannot(".", name, error);
	int code = CRMVAL_OK, folder = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder < 0)
		return cannot(".", name, error);
	for (size_t i = 0; i < sizeof kit_files / sizeof kit_files[0] && code == CRMVAL_OK; i++)
		code = write_file(folder, name, &kit_files[i], error);
	close(folder);
	return code;
}
