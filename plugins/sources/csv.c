/* SPDX-License-Identifier: MIT */
/* The source plugin for CSV files, plain or compressed, of one or more files to a table. */
#include "csv_worker.h"

#include "csv_zh.h"
#include "error.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { DIRECTORY };

static const struct crmval_option options[] = {
	[DIRECTORY] = {.name = "directory", .type = CRMVAL_OPTION_PATH, .initial = ".", .help = "where the files are"},
};

enum {
	FILE_WORDS,
	DELIMITER,
	ENCODING,
	MAX_FIELD,
	MAX_ROW,
	MAX_COLUMNS,
	MAX_HEADER,
	MAX_GZIP_RATIO,
	CHUNK,
	TABLE_OPTIONS
};

static const struct crmval_option table_options[] = {
	[FILE_WORDS] = {.name = "file",
			.type = CRMVAL_OPTION_WORDS,
			.help = "the table's files: paths or patterns, relative to directory; by default ENTITY.csv or "
				"ENTITY.csv.gz"},
	[DELIMITER] = {.name = "delimiter",
		       .type = CRMVAL_OPTION_TEXT,
		       .initial = ",",
		       .help = "what separates fields: one ASCII character, or \"tab\""},
	[ENCODING] = {.name = "encoding",
		      .type = CRMVAL_OPTION_TEXT,
		      .initial = "UTF-8",
		      .help = "the files' encoding, as iconv calls it; a byte order mark overrides it"},
	[MAX_FIELD] = {.name = "max_field_bytes",
		       .type = CRMVAL_OPTION_INTEGER,
		       .initial = "16777216",
		       .least = 1,
		       .most = 1 << 30,
		       .help = "a row with a longer field is rejected"},
	[MAX_ROW] = {.name = "max_row_bytes",
		     .type = CRMVAL_OPTION_INTEGER,
		     .initial = "33554432",
		     .least = 1,
		     .most = 1 << 30,
		     .help = "a longer row is rejected, without ever being held in memory"},
	[MAX_COLUMNS] = {.name = "max_columns",
			 .type = CRMVAL_OPTION_INTEGER,
			 .initial = "4096",
			 .least = 1,
			 .most = 1 << 20,
			 .help = "a file with more columns is refused"},
	[MAX_HEADER] = {.name = "max_header_bytes",
			.type = CRMVAL_OPTION_INTEGER,
			.initial = "1048576",
			.least = 1,
			.most = 1 << 26,
			.help = "a file with a longer header is refused"},
	[MAX_GZIP_RATIO] = {.name = "max_gzip_ratio",
			    .type = CRMVAL_OPTION_INTEGER,
			    .initial = "300",
			    .least = 1,
			    .most = 1032, /* no DEFLATE stream grows by more */
			    .help = "a compressed file that grows by more is refused, from 64 MiB on"},
	[CHUNK] = {.name = "chunk_bytes",
		   .type = CRMVAL_OPTION_INTEGER,
		   .initial = "524288",
		   .least = 64,
		   .most = 1 << 26,
		   .help = "how much of a file is read at a time, rounded up to 64; for tests and tuning"},
};

struct table {
	struct csv_table csv;
	struct table *next;
};

struct source {
	char *directory;
	const struct csv_scanner *scanner;
	struct table *tables;
};

/* ---- opening a table ---- */

static void table_free(struct table *table)
{
	csv_table_clear(&table->csv);
	free(table);
}

static int read_options(struct csv_table *table, const char *entity, const struct crmval_value *values,
			struct crmval_error *error)
{
	const char *delimiter = values[DELIMITER].text;
	if (!strcasecmp(delimiter, "tab"))
		delimiter = "\t";
	if (strlen(delimiter) != 1 || strchr("\"\r\n", *delimiter) || (unsigned char)*delimiter >= 0x80)
		return fail(error, CRMVAL_ECONF,
			    "%s: delimiter \"%s\" is not one ASCII character other than a quote or "
			    "a line end; write \"tab\" for a tab",
			    entity, delimiter);
	table->dialect = (struct csv_dialect){.delimiter = (uint8_t)*delimiter,
					      .max_field_bytes = (uint32_t)values[MAX_FIELD].number,
					      .max_row_bytes = (uint32_t)values[MAX_ROW].number,
					      .max_columns = (uint32_t)values[MAX_COLUMNS].number,
					      .max_header_bytes = (uint32_t)values[MAX_HEADER].number,
					      .max_gzip_ratio = (uint32_t)values[MAX_GZIP_RATIO].number};
	table->chunk_bytes = ((uint32_t)values[CHUNK].number + CSV_WORD - 1) / CSV_WORD * CSV_WORD;
	table->encoding = strdup(values[ENCODING].text);
	return table->encoding ? CRMVAL_OK : fail_memory(error);
}

/* Opens all files; of paths those that were opened are gone. */
static int open_files(struct csv_table *table, struct csv_paths *paths, struct crmval_error *error)
{
	table->files = calloc(paths->count, sizeof *table->files);
	table->inputs = calloc(paths->count, sizeof *table->inputs);
	if (!table->files || !table->inputs)
		return fail_memory(error);
	for (size_t i = 0; i < paths->count; i++) {
		struct csv_file *file = &table->files[table->file_count++];
		int status = csv_file_open(file, paths->paths[i], &table->dialect, table->encoding, error);
		paths->paths[i] = NULL;
		if (status)
			return status;
		table->inputs[i] = file->path;
		for (struct csv_file *other = table->files; other < file; other++) {
			if (other->seen.st_ino == file->seen.st_ino && other->seen.st_dev == file->seen.st_dev)
				return fail(error, CRMVAL_ECONF,
					    "%s and %s are the same file; its rows would count twice", other->path,
					    file->path);
		}
	}
	return CRMVAL_OK;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(**(char **const *)a, **(char **const *)b);
}

/* The names of a header, sorted: pointers to where each stands. */
static char ***sort_names(const struct csv_header *header)
{
	char ***sorted = malloc(header->count * sizeof *sorted);
	for (uint32_t i = 0; sorted && i < header->count; i++)
		sorted[i] = &header->names[i];
	if (sorted)
		qsort(sorted, header->count, sizeof *sorted, compare_names);
	return sorted;
}

/* Finds each column of the table, which are those of its first file, in another file. */
static int match_columns(const struct csv_file *first, struct csv_file *file, struct crmval_error *error)
{
	const struct csv_header *ours = &first->header, *theirs = &file->header;
	char ***a = sort_names(ours), ***b = sort_names(theirs);
	int status = CRMVAL_OK;
	file->places = malloc(ours->count * sizeof *file->places);
	if (!a || !b || !file->places) {
		status = fail_memory(error);
		goto out;
	}
	for (uint32_t i = 0; i < ours->count || i < theirs->count; i++) {
		int order = i == ours->count ? 1 : i == theirs->count ? -1 : strcmp(*a[i], *b[i]);
		if (order) {
			const struct csv_file *with = order < 0 ? first : file, *without = order < 0 ? file : first;
			status = fail(error, CRMVAL_EDATA,
				      "%s has no column \"%.200s\", but %s has; files of one table need "
				      "the same columns",
				      without->path, order < 0 ? *a[i] : *b[i], with->path);
			goto out;
		}
		file->places[a[i] - ours->names] = (uint32_t)(b[i] - theirs->names);
	}
out:
	free(a);
	free(b);
	return status;
}

static int find_files(const struct source *source, const char *entity, const struct crmval_value *file, int is_named,
		      struct csv_paths *paths, struct crmval_error *error)
{
	if (file->is_set)
		return csv_paths_find(source->directory, file->words, file->word_count, paths, error);
	int status = csv_paths_of_name(source->directory, entity, paths, error);
	if (status || paths->count)
		return status;
	if (!is_named)
		return CRMVAL_NO_TABLE;
	return fail(error, CRMVAL_ENOINPUT, "neither %s/%s.csv nor %s.csv.gz is there; set `file` of %s",
		    source->directory, entity, entity, entity);
}

static int open_table(const struct source *source, struct csv_table *table, const char *entity,
		      const struct crmval_value *values, int is_named, struct crmval_error *error)
{
	struct csv_paths paths = {0};
	int status = read_options(table, entity, values, error);
	if (!status)
		status = find_files(source, entity, &values[FILE_WORDS], is_named, &paths, error);
	if (!status && !paths.count)
		status = fail(error, CRMVAL_ECONF, "%s: `file` is an empty list", entity);
	if (!status)
		status = open_files(table, &paths, error);
	for (uint32_t i = 0; i < table->file_count && !status; i++)
		status = match_columns(&table->files[0], &table->files[i], error);
	csv_paths_free(&paths);
	return status;
}

static int csv_table(void *self, const char *entity, const struct crmval_value *values, int is_named,
		     struct crmval_table *shape, struct crmval_error *error)
{
	struct source *source = self;
	struct table *table = calloc(1, sizeof *table);
	if (!table)
		return fail_memory(error);
	struct csv_table *csv = &table->csv;
	int status = open_table(source, csv, entity, values, is_named, error);
	if (status) {
		table_free(table);
		return status;
	}
	table->next = source->tables;
	source->tables = table;
	csv->column_count = csv->files[0].header.count;
	shape->column_count = csv->column_count;
	shape->columns = (const char *const *)csv->files[0].header.names;
	shape->input_count = csv->file_count;
	shape->inputs = csv->inputs;
	shape->table = table;
	return CRMVAL_OK;
}

static int csv_plan(void *self, void *planned, const uint32_t *wanted, uint32_t wanted_count, struct crmval_plan *plan,
		    struct crmval_error *error)
{
	(void)self;
	struct table *table = planned;
	return csv_table_plan(&table->csv, wanted, wanted_count, plan, error);
}

/* ---- the source ---- */

static void csv_close(void *self)
{
	struct source *source = self;
	while (source->tables) {
		struct table *table = source->tables;
		source->tables = table->next;
		table_free(table);
	}
	free(source->directory);
	free(source);
}

static int csv_open(const struct crmval_value *values, void **opened, struct crmval_error *error)
{
	struct stat seen;
	const char *directory = values[DIRECTORY].text;
	if (stat(directory, &seen) < 0)
		return fail(error, errno == EACCES ? CRMVAL_EPERM : CRMVAL_ENOINPUT, "directory %s: %s", directory,
			    strerror(errno));
	if (!S_ISDIR(seen.st_mode))
		return fail(error, CRMVAL_ENOINPUT, "directory %s is not a folder; name a file by `file` of its entity",
			    directory);
	struct source *source = calloc(1, sizeof *source);
	if (!source)
		return fail_memory(error);
	source->scanner = csv_scanner_best(csv_processor());
	source->directory = strdup(directory);
	if (!source->directory) {
		free(source);
		return fail_memory(error);
	}
	*opened = source;
	return CRMVAL_OK;
}

static int csv_worker(void *self, void **worker, struct crmval_error *error)
{
	(void)self;
	return csv_worker_open((struct csv_worker **)worker, error);
}

static void csv_worker_end(void *worker)
{
	csv_worker_close(worker);
}

static int csv_read(void *self, void *read, uint32_t split, void *worker, const struct crmval_sink *sink,
		    struct crmval_error *error)
{
	const struct source *source = self;
	const struct table *table = read;
	return csv_worker_read(worker, source->scanner, &table->csv, split, sink, error);
}

static int csv_finish(void *self, void *finished, struct crmval_error *error)
{
	(void)self;
	const struct table *table = finished;
	return csv_table_check(&table->csv, error);
}

static const struct crmval_source csv_source = {
	.struct_size = sizeof csv_source,
	.option_count = sizeof options / sizeof *options,
	.table_option_count = TABLE_OPTIONS,
	.options = options,
	.table_options = table_options,
	.open = csv_open,
	.table = csv_table,
	.plan = csv_plan,
	.worker_open = csv_worker,
	.worker_close = csv_worker_end,
	.read = csv_read,
	.finish = csv_finish,
	.close = csv_close,
};

CRMVAL_EXPORT const struct crmval_plugin crmval_plugin_v1 = {
	.magic = CRMVAL_MAGIC,
	.abi_major = CRMVAL_ABI_MAJOR,
	.abi_minor = CRMVAL_ABI_MINOR,
	.struct_size = sizeof crmval_plugin_v1,
	.name = "csv",
	.version = "1.0",
	.summary = "CSV files, plain or compressed",
	.source = &csv_source,
	.translation_count = sizeof translations / sizeof translations[0],
	.translations = translations,
};
