/* SPDX-License-Identifier: MIT */
/* The source plugin for exports of Salesforce: the weekly export's archives as they come, or their files unpacked. */
#include "salesforce_mapping.h"
#include "salesforce_member.h"
#include "salesforce_set.h"

#include "error.h"
#include "salesforce_zh.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { PATH, MAX_RATIO, MAX_MEMBER, MAX_MEMBERS, SETTLE, MAX_FIELD, MAX_ROW, MAX_COLUMNS, MAX_HEADER, CHUNK, OPTIONS };

static const struct crmval_option options[] = {
	[PATH] = {.name = "path",
		  .type = CRMVAL_OPTION_PATHS,
		  .flags = CRMVAL_REQUIRED,
		  .help = "the archives of a weekly export, WE_*.ZIP, or the folder they or their CSV files are in"},
	[MAX_RATIO] = {.name = "max_zip_ratio",
		       .type = CRMVAL_OPTION_INTEGER,
		       .initial = "300",
		       .least = 1,
		       .most = 1032, /* no DEFLATE stream grows by more */
		       .help = "a file in an archive that grows by more is refused, from 64 MiB on"},
	[MAX_MEMBER] = {.name = "max_member_bytes",
			.type = CRMVAL_OPTION_INTEGER,
			.initial = "68719476736",
			.least = 1,
			.most = 1ull << 50,
			.help = "a larger file in an archive is refused"},
	[MAX_MEMBERS] = {.name = "max_members",
			 .type = CRMVAL_OPTION_INTEGER,
			 .initial = "100000",
			 .least = 1,
			 .most = 1 << 22,
			 .help = "an archive of more files is refused"},
	[SETTLE] = {.name = "settle_seconds",
		    .type = CRMVAL_OPTION_INTEGER,
		    .initial = "300",
		    .least = 0,
		    .most = 86400,
		    .help = "a broken archive that was written to since is taken to be still being written: try later"},
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
		     .help = "a longer row is rejected"},
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
	[CHUNK] = {.name = "chunk_bytes",
		   .type = CRMVAL_OPTION_INTEGER,
		   .initial = "1048576",
		   .least = 64,
		   .most = 1 << 26,
		   .help = "how much of a file is read at a time, rounded up to 64; for tests and tuning"},
};

enum { FILE_WORDS, DELIMITER, ENCODING, TABLE_OPTIONS };

static const struct crmval_option table_options[] = {
	[FILE_WORDS] =
		{.name = "file",
		 .type = CRMVAL_OPTION_WORDS,
		 .help = "the table's files, by their names in the archives or the folder; by default OBJECT.csv"},
	[DELIMITER] = {.name = "delimiter",
		       .type = CRMVAL_OPTION_TEXT,
		       .initial = "auto",
		       .help = "what separates fields: one ASCII character, \"tab\", or \"auto\": what follows the "
			       "first name of the header"},
	[ENCODING] = {.name = "encoding",
		      .type = CRMVAL_OPTION_TEXT,
		      .initial = "auto",
		      .help = "the files' encoding, as iconv calls it, or \"auto\": UTF-8 or windows-1252, as each "
			      "file shows; a byte order mark overrides it"},
};

struct table {
	struct csv_table csv;
	struct salesforce_member **members; /* of each file, or NULL: it is one on disk */
	const char **columns;
	struct table *next;
};

struct source {
	struct salesforce_set set;
	struct zip_limits limits;
	struct csv_dialect dialect; /* without what each table says for itself */
	uint32_t chunk_bytes;
	const struct csv_scanner *scanner;
	struct table *tables;
};

/* ---- options of a table ---- */

/* Encodings that leave ASCII alone need not be converted before the structure of a file is found. */
static int read_encoding(struct csv_table *table, const char *encoding, struct crmval_error *error)
{
	static const struct {
		const char *name;
		enum csv_text text;
	} texts[] = {{"auto", CSV_TEXT_UNKNOWN},         {"UTF-8", CSV_TEXT_UTF8},     {"UTF8", CSV_TEXT_UTF8},
		     {"windows-1252", CSV_TEXT_WINDOWS}, {"CP1252", CSV_TEXT_WINDOWS}, {"ISO-8859-1", CSV_TEXT_WINDOWS},
		     {"ISO8859-1", CSV_TEXT_WINDOWS},    {"LATIN1", CSV_TEXT_WINDOWS}};
	table->dialect.text = CSV_TEXT_UTF8;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		if (strcasecmp(encoding, texts[i].name) != 0)
			continue;
		table->dialect.text = texts[i].text;
		encoding = "UTF-8";
		break;
	}
	table->encoding = strdup(encoding);
	return table->encoding ? CRMVAL_OK : fail_memory(error);
}

static int read_options(const struct source *source, struct csv_table *table, const char *name,
			const struct crmval_value *values, struct crmval_error *error)
{
	const char *delimiter = values[DELIMITER].text;
	table->dialect = source->dialect;
	table->chunk_bytes = source->chunk_bytes;
	if (!strcasecmp(delimiter, "tab"))
		delimiter = "\t";
	if (!strcasecmp(delimiter, "auto"))
		delimiter = "";
	else if (strlen(delimiter) != 1 || strchr("\"\r\n", *delimiter) || (unsigned char)*delimiter >= 0x80)
		return fail(error, CRMVAL_ECONF,
			    "%s: delimiter \"%s\" is not one ASCII character other than a quote or a line end; write "
			    "\"tab\" for a tab, or \"auto\"",
			    name, delimiter);
	table->dialect.delimiter = (uint8_t)*delimiter;
	return read_encoding(table, values[ENCODING].text, error);
}

/* ---- files of a table ---- */

/* Room for one more file. */
static int grow(struct table *table, struct crmval_error *error)
{
	size_t count = (size_t)table->csv.file_count + 1;
	struct csv_file *files = realloc(table->csv.files, count * sizeof *files);
	if (files)
		table->csv.files = files;
	struct salesforce_member **members = files ? realloc(table->members, count * sizeof *members) : NULL;
	if (!members)
		return fail_memory(error);
	table->members = members;
	files[count - 1] = (struct csv_file){0};
	members[count - 1] = NULL;
	return CRMVAL_OK;
}

static int add_member(const struct source *source, struct table *table, const struct zip_archive *archive,
		      const struct zip_entry *entry, struct crmval_error *error)
{
	int status = grow(table, error);
	struct salesforce_member *member = status ? NULL : calloc(1, sizeof *member);
	if (!status && !member)
		status = fail_memory(error);
	if (status)
		return status;
	uint32_t number = table->csv.file_count++;
	table->members[number] = member;
	member->archive = archive;
	member->entry = entry;
	member->inflater = zip_inflaters;
	status = zip_archive_accept(archive, entry, &source->limits, error);
	if (status)
		return status;
	return salesforce_member_open(member, &table->csv.files[number], &table->csv.dialect, table->csv.encoding,
				      error);
}

/* Adds a file of a folder, if it is there. */
static int add_file(struct table *table, const char *folder, const char *name, struct crmval_error *error)
{
	struct stat seen;
	char *path;
	if (asprintf(&path, "%s/%s", folder, name) < 0)
		return fail_memory(error);
	/* A link that leads nowhere is there; opening it will say what is wrong. */
	if (lstat(path, &seen) < 0) {
		int status = errno == ENOENT ? CRMVAL_OK : csv_fail_file(error, path, errno);
		free(path);
		return status;
	}
	int status = grow(table, error);
	if (status) {
		free(path);
		return status;
	}
	struct csv_file *file = &table->csv.files[table->csv.file_count++];
	return csv_file_open(file, path, &table->csv.dialect, table->csv.encoding, error);
}

/* Adds all files of that name, in the order of archives or folders. */
static int add_name(const struct source *source, struct table *table, const char *name, struct crmval_error *error)
{
	const struct salesforce_set *set = &source->set;
	int status = CRMVAL_OK;
	for (uint32_t i = 0; i < set->archive_count && !status; i++) {
		const struct zip_entry *entry = zip_directory_find(&set->archives[i].directory, name);
		if (entry)
			status = add_member(source, table, &set->archives[i], entry, error);
	}
	for (uint32_t i = 0; i < set->folder_count && !status; i++)
		status = add_file(table, set->folders[i], name, error);
	return status;
}

static int fail_missing(const struct source *source, const char *name, struct crmval_error *error)
{
	const struct salesforce_set *set = &source->set;
	uint32_t count = set->archive_count ? set->archive_count : set->folder_count;
	const char *first = set->archive_count ? set->archives[0].path : set->folders[0];
	return fail(error, CRMVAL_ENOINPUT, "there is no %s in %s%s; check the name, which is matched exactly", name,
		    first, count > 1 ? " and the others" : "");
}

static int add_files(const struct source *source, struct table *table, const char *object,
		     const struct crmval_value *names, int is_named, struct crmval_error *error)
{
	char *own = NULL;
	int status = CRMVAL_OK;
	if (!names->is_set) {
		if (asprintf(&own, "%s.csv", object) < 0)
			return fail_memory(error);
		status = strchr(object, '/') ? CRMVAL_OK : add_name(source, table, own, error);
		if (!status && !table->csv.file_count)
			status = is_named ? fail_missing(source, own, error) : CRMVAL_NO_TABLE;
		free(own);
		return status;
	}
	for (uint32_t i = 0; i < names->word_count && !status; i++) {
		uint32_t before = table->csv.file_count;
		for (uint32_t j = 0; j < i && !status; j++) {
			if (!strcmp(names->words[i], names->words[j]))
				status =
					fail(error, CRMVAL_ECONF, "%s: `file` has %s twice; its rows would count twice",
					     object, names->words[i]);
		}
		if (!status)
			status = add_name(source, table, names->words[i], error);
		if (!status && table->csv.file_count == before)
			status = fail_missing(source, names->words[i], error);
	}
	if (!status && !names->word_count)
		status = fail(error, CRMVAL_ECONF, "%s: `file` is an empty list", object);
	return status;
}

/* ---- columns ---- */

/* The place of a name in the table's columns, where it mostly stands where it does in the file; CSV_ABSENT: none. */
static uint32_t find_column(const struct table *table, const char *name, uint32_t guess)
{
	if (guess < table->csv.column_count && !strcmp(table->columns[guess], name))
		return guess;
	for (uint32_t i = 0; i < table->csv.column_count; i++) {
		if (!strcmp(table->columns[i], name))
			return i;
	}
	return CSV_ABSENT;
}

/* The table's columns are those of all of its files, in the order in which they first come. */
static int join_columns(struct table *table, struct crmval_error *error)
{
	struct csv_table *csv = &table->csv;
	size_t most = 0;
	for (uint32_t i = 0; i < csv->file_count; i++)
		most += csv->files[i].header.count;
	if (!(table->columns = malloc((most + 1) * sizeof *table->columns)))
		return fail_memory(error);
	for (uint32_t i = 0; i < csv->file_count; i++) {
		struct csv_file *file = &csv->files[i];
		if (!(file->places = malloc(most * sizeof *file->places)))
			return fail_memory(error);
		memset(file->places, 0xff, most * sizeof *file->places); /* CSV_ABSENT */
		for (uint32_t j = 0; j < file->header.count; j++) {
			uint32_t place = find_column(table, file->header.names[j], j);
			if (place == CSV_ABSENT) {
				place = csv->column_count++;
				table->columns[place] = file->header.names[j];
			}
			file->places[place] = j;
		}
	}
	return CRMVAL_OK;
}

static int list_inputs(struct csv_table *table, struct crmval_error *error)
{
	table->inputs = malloc(table->file_count * sizeof *table->inputs);
	if (!table->inputs)
		return fail_memory(error);
	for (uint32_t i = 0; i < table->file_count; i++)
		table->inputs[i] = table->files[i].path;
	return CRMVAL_OK;
}

/* ---- tables ---- */

static void table_free(struct table *table)
{
	for (uint32_t i = 0; i < table->csv.file_count; i++)
		salesforce_member_free(table->members[i]);
	free(table->members);
	free(table->columns);
	csv_table_clear(&table->csv);
	free(table);
}

static int salesforce_table(void *self, const char *name, const struct crmval_value *values, int is_named,
			    struct crmval_table *shape, struct crmval_error *error)
{
	struct source *source = self;
	struct table *table = calloc(1, sizeof *table);
	if (!table)
		return fail_memory(error);
	int status = read_options(source, &table->csv, name, values, error);
	if (!status)
		status = add_files(source, table, name, &values[FILE_WORDS], is_named, error);
	if (!status)
		status = join_columns(table, error);
	if (!status)
		status = list_inputs(&table->csv, error);
	if (status) {
		table_free(table);
		return status;
	}
	table->next = source->tables;
	source->tables = table;
	shape->column_count = table->csv.column_count;
	shape->columns = table->columns;
	shape->input_count = table->csv.file_count;
	shape->inputs = table->csv.inputs;
	shape->table = table;
	return CRMVAL_OK;
}

static int salesforce_plan(void *self, void *planned, const uint32_t *wanted, uint32_t wanted_count,
			   struct crmval_plan *plan, struct crmval_error *error)
{
	(void)self;
	struct table *table = planned;
	int status = csv_table_plan(&table->csv, wanted, wanted_count, plan, error);
	for (uint32_t i = 0; i < table->csv.file_count && !status; i++) {
		struct csv_file *file = &table->csv.files[i];
		if (table->members[i])
			status = file->is_plain ? salesforce_member_plan(table->members[i], file, error) : CRMVAL_OK;
		else if (wanted_count && file->dialect.text == CSV_TEXT_UNKNOWN)
			status = csv_file_guess(file, error);
	}
	return status;
}

static int salesforce_worker(void *self, void **worker, struct crmval_error *error)
{
	(void)self;
	return csv_worker_open((struct csv_worker **)worker, error);
}

static void salesforce_worker_end(void *worker)
{
	csv_worker_close(worker);
}

static int salesforce_read(void *self, void *read, uint32_t split, void *worker, const struct crmval_sink *sink,
			   struct crmval_error *error)
{
	const struct source *source = self;
	const struct table *table = read;
	uint32_t number = csv_table_find(&table->csv, split);
	if (!table->members[number])
		return csv_worker_read(worker, source->scanner, &table->csv, split, sink, error);
	return salesforce_member_read(table->members[number], worker, source->scanner, &table->csv, number, split, sink,
				      error);
}

static int salesforce_finish(void *self, void *finished, struct crmval_error *error)
{
	(void)self;
	const struct table *table = finished;
	return csv_table_check(&table->csv, error);
}

/* ---- the source ---- */

static void salesforce_close(void *self)
{
	struct source *source = self;
	while (source->tables) {
		struct table *table = source->tables;
		source->tables = table->next;
		table_free(table);
	}
	salesforce_set_close(&source->set);
	free(source);
}

static int salesforce_open(const struct crmval_value *values, void **opened, struct crmval_error *error)
{
	struct source *source = calloc(1, sizeof *source);
	if (!source)
		return fail_memory(error);
	source->scanner = csv_scanner_best(csv_processor());
	source->limits = (struct zip_limits){.max_member_bytes = (uint64_t)values[MAX_MEMBER].number,
					     .max_ratio = (uint32_t)values[MAX_RATIO].number,
					     .max_members = (uint32_t)values[MAX_MEMBERS].number,
					     .settle_seconds = (uint32_t)values[SETTLE].number};
	source->dialect = (struct csv_dialect){.max_field_bytes = (uint32_t)values[MAX_FIELD].number,
					       .max_row_bytes = (uint32_t)values[MAX_ROW].number,
					       .max_columns = (uint32_t)values[MAX_COLUMNS].number,
					       .max_header_bytes = (uint32_t)values[MAX_HEADER].number};
	source->chunk_bytes = ((uint32_t)values[CHUNK].number + CSV_WORD - 1) / CSV_WORD * CSV_WORD;
	int status =
		salesforce_set_open(&source->set, values[PATH].words, values[PATH].word_count, &source->limits, error);
	if (status)
		salesforce_close(source);
	else
		*opened = source;
	return status;
}

static const struct crmval_source salesforce_source = {
	.struct_size = sizeof salesforce_source,
	.option_count = OPTIONS,
	.table_option_count = TABLE_OPTIONS,
	.options = options,
	.table_options = table_options,
	.open = salesforce_open,
	.table = salesforce_table,
	.plan = salesforce_plan,
	.worker_open = salesforce_worker,
	.worker_close = salesforce_worker_end,
	.read = salesforce_read,
	.finish = salesforce_finish,
	.close = salesforce_close,
	.mapping = salesforce_mapping,
};

CRMVAL_EXPORT const struct crmval_plugin crmval_plugin_v1 = {
	.magic = CRMVAL_MAGIC,
	.abi_major = CRMVAL_ABI_MAJOR,
	.abi_minor = CRMVAL_ABI_MINOR,
	.struct_size = sizeof crmval_plugin_v1,
	.name = "salesforce",
	.version = "1.0",
	.summary = "weekly exports of Salesforce, as they come or unpacked",
	.source = &salesforce_source,
	.translation_count = sizeof translations / sizeof translations[0],
	.translations = translations,
};
