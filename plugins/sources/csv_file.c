/* SPDX-License-Identifier: MIT */
/* Finding and opening CSV files. */
#include "csv_file.h"

#include "error.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define GZIP_RATIO 1032 /* no DEFLATE stream grows by more */
#define PIECE (256 << 10)

int csv_fail_file(struct crmval_error *error, const char *path, int number)
{
	if (number == ENOENT || number == ENOTDIR || number == ELOOP || number == ENAMETOOLONG)
		return fail(error, CRMVAL_ENOINPUT, "cannot open %s: %s; check the path", path, strerror(number));
	if (number == EACCES || number == EPERM)
		return fail(error, CRMVAL_EPERM, "cannot open %s: %s; see to it that it may be read", path,
			    strerror(number));
	return fail(error, CRMVAL_EIO, "cannot open %s: %s", path, strerror(number));
}

/* ---- paths ---- */

void csv_paths_free(struct csv_paths *paths)
{
	for (size_t i = 0; i < paths->count; i++)
		free(paths->paths[i]);
	free(paths->paths);
	*paths = (struct csv_paths){0};
}

/* Takes the path over. */
static int add_path(struct csv_paths *found, char *path, struct crmval_error *error)
{
	char **paths = path ? realloc(found->paths, (found->count + 1) * sizeof *paths) : NULL;
	if (!paths) {
		free(path);
		return fail_memory(error);
	}
	found->paths = paths;
	paths[found->count++] = path;
	return CRMVAL_OK;
}

/* A relative name stands in directory. */
static char *join(const char *directory, const char *name, const char *suffix)
{
	char *path;
	int is_absolute = name[0] == '/';
	if (asprintf(&path, "%s%s%s%s", is_absolute ? "" : directory, is_absolute ? "" : "/", name, suffix) < 0)
		return NULL;
	return path;
}

/* As join(), but a pattern in which the directory's own name stands for itself alone. */
static char *join_pattern(const char *directory, const char *pattern)
{
	char *escaped = malloc(2 * strlen(directory) + 1), *to = escaped, *path;
	if (!escaped)
		return NULL;
	for (const char *from = directory; *from; from++) {
		if (strchr("*?[\\", *from))
			*to++ = '\\';
		*to++ = *from;
	}
	*to = 0;
	path = join(escaped, pattern, "");
	free(escaped);
	return path;
}

static int compare_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int find_pattern(const char *directory, const char *word, struct csv_paths *found, struct crmval_error *error)
{
	glob_t matches;
	char *pattern = join_pattern(directory, word);
	int status = CRMVAL_OK;
	if (!pattern)
		return fail_memory(error);
	/* glob() would sort by the locale. */
	int result = glob(pattern, GLOB_NOSORT | GLOB_ERR, NULL, &matches), number = errno;
	if (result == GLOB_NOMATCH)
		status = fail(error, CRMVAL_ENOINPUT, "%s: no file matches the pattern", pattern);
	else if (result == GLOB_NOSPACE)
		status = fail_memory(error);
	else if (result)
		status = csv_fail_file(error, pattern, number);
	free(pattern);
	if (status)
		return status;
	qsort(matches.gl_pathv, matches.gl_pathc, sizeof *matches.gl_pathv, compare_bytes);
	for (size_t i = 0; i < matches.gl_pathc && !status; i++)
		status = add_path(found, strdup(matches.gl_pathv[i]), error);
	globfree(&matches);
	return status;
}

int csv_paths_find(const char *directory, const char *const *words, size_t count, struct csv_paths *found,
		   struct crmval_error *error)
{
	int status = CRMVAL_OK;
	for (size_t i = 0; i < count && !status; i++) {
		struct stat ignored;
		char *path = join(directory, words[i], "");
		/* A file may be called like a pattern. */
		if (path && strpbrk(words[i], "*?[") && lstat(path, &ignored) < 0) {
			free(path);
			status = find_pattern(directory, words[i], found, error);
		} else {
			status = add_path(found, path, error);
		}
	}
	return status;
}

int csv_paths_of_name(const char *directory, const char *name, struct csv_paths *found, struct crmval_error *error)
{
	static const char *const suffixes[] = {".csv", ".csv.gz"};
	for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
		struct stat ignored;
		char *path = join(directory, name, suffixes[i]);
		int status = CRMVAL_OK;
		/* A link that leads nowhere is there; opening it will say what is wrong. */
		if (!path || lstat(path, &ignored) == 0) {
			status = add_path(found, path, error);
		} else {
			if (errno != ENOENT)
				status = csv_fail_file(error, path, errno);
			free(path);
		}
		if (status)
			return status;
	}
	if (found->count > 1)
		return fail(error, CRMVAL_ECONF,
			    "both %s and %s are there; remove one, or set `file` for the one that counts",
			    found->paths[0], found->paths[1]);
	return CRMVAL_OK;
}

/* ---- files ---- */

int csv_open_regular(const char *path, int *descriptor, struct stat *seen, struct crmval_error *error)
{
	*descriptor = -1;
	if (stat(path, seen) < 0)
		return csv_fail_file(error, path, errno);
	if (S_ISREG(seen->st_mode)) {
		*descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
		if (*descriptor < 0 || fstat(*descriptor, seen) < 0)
			return csv_fail_file(error, path, errno);
	}
	if (S_ISDIR(seen->st_mode))
		return fail(error, CRMVAL_ENOINPUT, "%s is a folder, not a regular file", path);
	if (S_ISFIFO(seen->st_mode))
		return fail(error, CRMVAL_ENOINPUT, "%s is a pipe, not a regular file", path);
	if (!S_ISREG(seen->st_mode))
		return fail(error, CRMVAL_ENOINPUT, "%s is a device or socket, not a regular file", path);
	return CRMVAL_OK;
}

static void close_file(int descriptor)
{
	if (descriptor >= 0)
		close(descriptor);
}

int csv_file_begin(struct csv_file *file, struct csv_input *input, const struct csv_dialect *dialect,
		   struct crmval_error *error)
{
	file->dialect = *dialect;
	file->is_plain = csv_input_is_plain(input);
	if (dialect->text != CSV_TEXT_AS_IS && (!file->is_plain || csv_input_mark(input)))
		file->dialect.text = CSV_TEXT_UTF8;
	int status = csv_header_read(csv_input_bytes(input), &file->dialect, file->path, &file->header, error);
	file->dialect.delimiter = file->header.delimiter;
	file->data = file->header.size + (file->is_plain ? csv_input_mark(input) : 0);
	return status;
}

int csv_file_open(struct csv_file *file, char *path, const struct csv_dialect *dialect, const char *encoding,
		  struct crmval_error *error)
{
	struct csv_input *input = NULL;
	int descriptor;
	*file = (struct csv_file){.path = path};
	int status = csv_open_regular(path, &descriptor, &file->seen, error);
	if (!status)
		status = csv_input_open(descriptor, path, encoding, &input, error);
	if (!status)
		status = csv_file_begin(file, input, dialect, error);
	if (!status)
		file->size = (uint64_t)file->seen.st_size * (csv_input_is_gzip(input) ? GZIP_RATIO : 1);
	csv_input_close(input);
	close_file(descriptor);
	return status;
}

void csv_file_free(struct csv_file *file)
{
	csv_chain_free(file->chain);
	csv_header_free(&file->header);
	free(file->places);
	free(file->read_places);
	free(file->answers);
	free(file->path);
}

static int is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

int csv_file_changed(const struct csv_file *file, struct crmval_error *error)
{
	return fail(error, CRMVAL_EAGAIN, "%s changed while it was read; try again later",
		    file->container ? file->container : file->path);
}

int csv_file_guess(struct csv_file *file, struct crmval_error *error)
{
	int descriptor, status = csv_file_reopen(file, &descriptor, error);
	uint8_t *piece = malloc(PIECE);
	struct csv_guess guess;
	size_t got = 1;
	csv_guess_start(&guess);
	if (!status && !piece)
		status = fail_memory(error);
	for (uint64_t offset = file->data; !status && got && guess.text == CSV_TEXT_UNKNOWN; offset += got) {
		status = csv_pread(descriptor, file->path, offset, piece, PIECE, &got, error);
		csv_guess_feed(&guess, piece, got);
	}
	csv_guess_end(&guess);
	file->dialect.text = guess.text;
	free(piece);
	close_file(descriptor);
	return status;
}

int csv_file_reopen(const struct csv_file *file, int *descriptor, struct crmval_error *error)
{
	struct stat now;
	int status = csv_open_regular(file->path, descriptor, &now, error);
	if (!status && !is_same(&file->seen, &now))
		status = csv_file_changed(file, error);
	if (status) {
		close_file(*descriptor);
		*descriptor = -1;
	}
	return status;
}

int csv_file_check(const struct csv_file *file, struct crmval_error *error)
{
	struct stat now;
	if (stat(file->container ? file->container : file->path, &now) < 0 || !is_same(&file->seen, &now))
		return csv_file_changed(file, error);
	return CRMVAL_OK;
}
