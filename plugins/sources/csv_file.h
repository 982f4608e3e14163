/* SPDX-License-Identifier: MIT */
/* The files of a table: finding them, opening them, and making sure that they stay what they are. */
#ifndef CSV_FILE_H
#define CSV_FILE_H

#include "csv_chain.h"
#include "csv_header.h"
#include "csv_input.h"

#include <sys/stat.h>

struct csv_file {
	char *path;
	const char *container; /* the file on disk that it lies in; NULL: it is one itself.  Not owned */
	struct stat seen;      /* of what is on disk, when it was first opened */
	struct csv_dialect dialect;
	int is_plain;  /* rows can be made of any chunk of it; else it is read as one stream */
	uint64_t size; /* bytes of it, where it is plain; else as many as it may have at most */
	uint64_t data; /* where the first byte behind the header is, in the file or in the stream */
	struct csv_header header;
	uint32_t *places; /* of each column of the table, its place in this file, or CSV_ABSENT */
	/* Of the plan. */
	uint32_t *read_places; /* of each column to be read */
	uint32_t read_count;
	uint32_t *answers; /* of each column asked for, which of those to be read it is, or CSV_ABSENT */
	uint32_t first_split, split_count;
	struct csv_chain *chain; /* plain files only */
};

/* The error for a file that cannot be reached. */
int csv_fail_file(struct crmval_error *error, const char *path, int number);

/* Opens a regular file; anything else might block, or never end.  *descriptor is -1, or the caller's to close,
   even where it fails. */
int csv_open_regular(const char *path, int *descriptor, struct stat *seen, struct crmval_error *error);

/* A list of paths, each owned. */
struct csv_paths {
	char **paths;
	size_t count;
};

/* The paths that words stand for: each is one, or a pattern; those that are relative are so to directory. */
int csv_paths_find(const char *directory, const char *const *words, size_t count, struct csv_paths *found,
		   struct crmval_error *error);

/* The path of directory/NAME.csv or directory/NAME.csv.gz; an empty list where there is neither. */
int csv_paths_of_name(const char *directory, const char *name, struct csv_paths *found, struct crmval_error *error);

void csv_paths_free(struct csv_paths *paths);

/* Opens a file for the first time and reads its header.  Takes the path over, even where it fails. */
int csv_file_open(struct csv_file *file, char *path, const struct csv_dialect *dialect, const char *encoding,
		  struct crmval_error *error);
/* The same of an input that begins, for a file of which path, container and seen are set.  Of dialect and `data`, what
   is left open is found out, but for an unknown encoding. */
int csv_file_begin(struct csv_file *file, struct csv_input *input, const struct csv_dialect *dialect,
		   struct crmval_error *error);
void csv_file_free(struct csv_file *file);

/* Tells the encoding of a plain file on disk where it is unknown. */
int csv_file_guess(struct csv_file *file, struct crmval_error *error);

/* Opens it again to read it: CRMVAL_EAGAIN where it is not what it was. */
int csv_file_reopen(const struct csv_file *file, int *descriptor, struct crmval_error *error);

/* Is it still what it was when it was first opened?  Else CRMVAL_EAGAIN. */
int csv_file_check(const struct csv_file *file, struct crmval_error *error);
int csv_file_changed(const struct csv_file *file, struct crmval_error *error);

#endif
