/* SPDX-License-Identifier: MIT */
/* crmval archive: what is in an archive, whether it is whole, and which of it is kept. */
#include "command.h"

#include "archive_table.h"
#include "error.h"
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int failed(const struct options *options, int code, const struct crmval_error *error)
{
	if (code != CRMVAL_OK)
		log_error(options, error->message);
	return exit_status(code);
}

/* What is bad about a snapshot is said, and the others are looked at all the same. */
static void note_bad(const struct options *options, const struct crmval_error *error, int code, int *status)
{
	log_error(options, error->message);
	if (*status == 0)
		*status = code == CRMVAL_EIO ? exit_status(code) : exit_status(CRMVAL_EDATA);
}

/* ---- list ---- */

static int list_one(const struct options *options, const struct archive *archive, const char *name,
		    struct archive_table *table, int *status, struct crmval_error *error)
{
	struct snapshot_header header = {0};
	char path[ARCHIVE_PATH_SIZE];
	int fd = -1, code = archive_open_snapshot(archive, name, &fd, error);
	archive_path(archive, name, path);
	if (code == CRMVAL_OK)
		code = snapshot_read_header(fd, path, &header, error);
	if (fd >= 0)
		close(fd);
	/* It may have been pruned meanwhile. */
	if (code == CRMVAL_OK && (!options->only || strcmp(header.job, options->only) == 0))
		archive_table_snapshot(table, name, &header);
	else if (code != CRMVAL_OK && code != CRMVAL_ENOINPUT && code != CRMVAL_ENOMEM)
		note_bad(options, error, code, status);
	snapshot_header_free(&header);
	return code == CRMVAL_ENOMEM ? code : CRMVAL_OK;
}

static int list(const struct options *options, const char *path)
{
	static struct archive_table table;
	struct crmval_error error = {.struct_size = sizeof error};
	struct archive archive;
	struct archive_entries entries = {NULL, 0, 0};
	int status = 0, code = archive_open(&archive, path, &error);
	if (code == CRMVAL_OK)
		code = archive_list(&archive, &entries, &error);
	if (code == CRMVAL_OK)
		code = archive_table_open(&table, ARCHIVE_CONTENT, options->has_format ? options->format : FORMAT_TEXT,
					  stdout, &error);
	for (size_t i = 0; i < entries.count && code == CRMVAL_OK; i++)
		code = list_one(options, &archive, entries.entries[i].name, &table, &status, &error);
	if (code == CRMVAL_OK)
		code = archive_table_close(&table, &error);
	free(entries.entries);
	archive_close(&archive);
	return code != CRMVAL_OK ? failed(options, code, &error) : status;
}

/* ---- verify ---- */

struct verification {
	const struct options *options;
	size_t whole, bad;
	int status;
};

static void verify_open(struct verification *verification, int fd, const char *path)
{
	struct crmval_error error = {.struct_size = sizeof error};
	int code = snapshot_verify(fd, path, &error);
	close(fd);
	if (code == CRMVAL_OK) {
		verification->whole++;
		if (verification->options->verbose)
			log_note(verification->options, "%s: whole", path);
		return;
	}
	verification->bad++;
	note_bad(verification->options, &error, code, &verification->status);
}

static int verify_folder(struct verification *verification, const char *path, struct crmval_error *error)
{
	struct archive archive;
	struct archive_entries entries = {NULL, 0, 0};
	char full[ARCHIVE_PATH_SIZE];
	int code = archive_open(&archive, path, error);
	if (code == CRMVAL_OK)
		code = archive_list(&archive, &entries, error);
	for (size_t i = 0; i < entries.count && code == CRMVAL_OK; i++) {
		int fd, opened = archive_open_snapshot(&archive, entries.entries[i].name, &fd, error);
		archive_path(&archive, entries.entries[i].name, full);
		if (opened == CRMVAL_OK) {
			verify_open(verification, fd, full);
		} else if (opened != CRMVAL_ENOINPUT) { /* pruned meanwhile */
			verification->bad++;
			note_bad(verification->options, error, opened, &verification->status);
		}
	}
	free(entries.entries);
	archive_close(&archive);
	return code;
}

static int verify_path(struct verification *verification, const char *path, struct crmval_error *error)
{
	struct stat status;
	if (stat(path, &status) == 0 && S_ISDIR(status.st_mode))
		return verify_folder(verification, path, error);
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return fail(error,
			    errno == ENOENT                     ? CRMVAL_ENOINPUT
			    : errno == EACCES || errno == EPERM ? CRMVAL_EPERM
								: CRMVAL_EIO,
			    "%s: cannot open it: %s", path, strerror(errno));
	verify_open(verification, fd, path);
	return CRMVAL_OK;
}

static int verify(const struct options *options, int count, char **paths)
{
	struct verification verification = {.options = options};
	for (int i = 0; i < count; i++) {
		struct crmval_error error = {.struct_size = sizeof error};
		int code = verify_path(&verification, paths[i], &error);
		if (code != CRMVAL_OK && verification.status == 0)
			verification.status = exit_status(code);
		failed(options, code, &error);
	}
	if (options->verbose || (isatty(STDOUT_FILENO) && !options->quiet))
		printf(_("%zu whole, %zu bad\n"), verification.whole, verification.bad);
	return verification.status;
}

/* ---- prune ---- */

static int show_plan(const struct options *options, const struct prune_plan *plan, struct crmval_error *error)
{
	static struct archive_table table;
	int is_watched = options->dry_run || options->verbose || isatty(STDOUT_FILENO);
	if (!options->has_format && !is_watched)
		return CRMVAL_OK;
	int code = archive_table_open(&table, ARCHIVE_PLAN, options->has_format ? options->format : FORMAT_TEXT, stdout,
				      error);
	if (code != CRMVAL_OK)
		return code;
	for (size_t i = 0; i < plan->count; i++)
		archive_table_item(&table, &plan->items[i]);
	return archive_table_close(&table, error);
}

static void warn_of_unreadable(const struct options *options, const struct prune_plan *plan)
{
	char message[1200];
	for (size_t i = 0; i < plan->count && plan->items[i].problem; i++) {
		snprintf(message, sizeof message, _("left alone: %s"), plan->items[i].problem);
		log_warning(options, message);
	}
}

int prune_archive(const struct options *options, const struct job *job, struct archive *archive)
{
	struct crmval_error error = {.struct_size = sizeof error};
	struct prune_plan plan;
	if (archive->lock < 0 || keep_is_empty(&job->archive.keep))
		return 0;
	int code = prune_plan(archive, &job->archive.keep, job->name, options->overrides.now, &plan, &error);
	if (code == CRMVAL_OK) {
		warn_of_unreadable(options, &plan);
		code = prune_carry_out(archive, &plan, &error);
	}
	prune_free(&plan);
	return failed(options, code, &error);
}

/* A plan that cannot be shown is not carried out. */
static int prune(const struct options *options, const char *path)
{
	struct crmval_error error = {.struct_size = sizeof error};
	struct archive archive = ARCHIVE_CLOSED;
	struct prune_plan plan = {NULL, 0};
	struct stat status;
	if (keep_is_empty(&options->keep))
		return usage_error("crmval archive prune takes one rule at least, such as --keep daily=14: without "
				   "any, nothing would be kept");
	/* Only a run makes an archive. */
	int code = options->dry_run || stat(path, &status) < 0 ? archive_open(&archive, path, &error)
							       : archive_lock(&archive, path, options->wait, &error);
	if (code == CRMVAL_OK)
		code = prune_plan(&archive, &options->keep, options->only, options->overrides.now, &plan, &error);
	if (code == CRMVAL_OK)
		code = show_plan(options, &plan, &error);
	if (code == CRMVAL_OK && !options->dry_run) {
		warn_of_unreadable(options, &plan);
		code = prune_carry_out(&archive, &plan, &error);
	}
	prune_free(&plan);
	archive_close(&archive);
	return failed(options, code, &error);
}

int command_archive(const struct options *options, int count, char **words)
{
	int is_prune = count > 0 && strcmp(words[0], "prune") == 0;
	int is_verify = count > 0 && strcmp(words[0], "verify") == 0;
	if (options->has_format && (is_verify || options->format > FORMAT_CSV))
		return usage_error("--format: crmval archive list and prune have text, json and csv");
	if (!is_prune && (!keep_is_empty(&options->keep) || options->dry_run || options->wait > 0))
		return usage_error("--keep, --dry-run and --wait are options of crmval archive prune");
	if (is_verify && options->only)
		return usage_error("--only is an option of crmval archive list and prune");
	if (count == 2 && strcmp(words[0], "list") == 0)
		return list(options, words[1]);
	if (count == 2 && is_prune)
		return prune(options, words[1]);
	if (count >= 2 && is_verify)
		return verify(options, count - 1, words + 1);
	return usage_error("crmval archive takes: list and a folder, verify and folders or snapshots, or prune and a "
			   "folder");
}
