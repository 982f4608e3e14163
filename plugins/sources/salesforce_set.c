/* SPDX-License-Identifier: MIT */
/*
 * Finding an export.  Salesforce calls its archives WE_<organisation>_<number>.ZIP, counted from 1; what is missing of
 * such a series would be missing from the result, so it is refused.
 */
#include "salesforce_set.h"

#include "csv_file.h"
#include "error.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { ORGANISATION = 15, ORGANISATION_LONG = 18 }; /* characters; the last three of the long one only check */

/* An archive that was found. */
struct found {
	char *path;
	char organisation[ORGANISATION_LONG + 1];
	unsigned long number; /* 0: its name has none */
};

struct finding {
	struct salesforce_set *set;
	struct found *found;
	size_t count;
};

static int has_suffix(const char *name, const char *suffix)
{
	size_t length = strlen(name), size = strlen(suffix);
	return length > size && !strcasecmp(name + length - size, suffix);
}

/* Takes the name apart, if it is one of a series.  Not 0: it is almost one, as that of a copy is. */
static int read_name(struct found *found)
{
	const char *slash = strrchr(found->path, '/'), *name = slash ? slash + 1 : found->path;
	size_t length = 0;
	found->number = 0;
	if (strncasecmp(name, "WE_", 3) != 0)
		return 0;
	name += 3;
	while (isalnum((unsigned char)name[length]))
		length++;
	if ((length != ORGANISATION && length != ORGANISATION_LONG) || name[length] != '_')
		return 0;
	const char *digits = name + length + 1;
	size_t count = strspn(digits, "0123456789");
	if (count == 0 || count > 6 || strcasecmp(digits + count, ".zip") != 0)
		return -1;
	memcpy(found->organisation, name, length);
	found->organisation[length] = '\0';
	found->number = strtoul(digits, NULL, 10);
	return 0;
}

static int add_archive(struct finding *finding, const char *path, struct crmval_error *error)
{
	struct found *found = realloc(finding->found, (finding->count + 1) * sizeof *found);
	if (!found)
		return fail_memory(error);
	finding->found = found;
	found += finding->count;
	if (!(found->path = strdup(path)))
		return fail_memory(error);
	finding->count++;
	if (read_name(found) != 0)
		return fail(error, CRMVAL_EDATA,
			    "%s is called like a copy of a part of an export; keep one archive of each part, under the "
			    "name that Salesforce gave it",
			    path);
	return CRMVAL_OK;
}

static int add_folder(struct salesforce_set *set, const char *path, struct crmval_error *error)
{
	char **folders = realloc(set->folders, (set->folder_count + 1) * sizeof *folders);
	if (!folders)
		return fail_memory(error);
	set->folders = folders;
	if (!(folders[set->folder_count] = strdup(path)))
		return fail_memory(error);
	set->folder_count++;
	return CRMVAL_OK;
}

/* What browsers and copying programs call a part that has not arrived as yet: it may be the last of the series. */
static int is_arriving(const char *name)
{
	static const char *const endings[] = {".part",     ".partial", ".crdownload", ".download",
					      ".filepart", ".tmp",     ".opdownload", ".aria2"};
	size_t hidden = *name == '.'; /* .WE_..._1.ZIP.x9Qk2s */
	if (strncasecmp(name + hidden, "WE_", 3) != 0 || !strcasestr(name, ".zip."))
		return 0;
	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
		if (has_suffix(name, endings[i]))
			return 1;
	}
	return hidden != 0;
}

static int look_into(struct finding *finding, const char *folder, struct crmval_error *error)
{
	DIR *opened = opendir(folder);
	int status = CRMVAL_OK, has_csv = 0;
	if (!opened)
		return csv_fail_file(error, folder, errno);
	for (const struct dirent *entry; !status && (entry = readdir(opened));) {
		has_csv |= has_suffix(entry->d_name, ".csv");
		if (is_arriving(entry->d_name))
			status = fail(error, CRMVAL_EAGAIN,
				      "%s/%s is a part of an export that has not arrived as yet; try again later, or "
				      "remove it",
				      folder, entry->d_name);
		if (!has_suffix(entry->d_name, ".zip"))
			continue;
		char *path;
		if (asprintf(&path, "%s/%s", folder, entry->d_name) < 0) {
			status = fail_memory(error);
			break;
		}
		status = add_archive(finding, path, error);
		free(path);
	}
	closedir(opened);
	return !status && has_csv ? add_folder(finding->set, folder, error) : status;
}

static int look_at(struct finding *finding, const char *path, struct crmval_error *error)
{
	struct stat seen;
	if (stat(path, &seen) < 0)
		return csv_fail_file(error, path, errno);
	if (S_ISDIR(seen.st_mode))
		return look_into(finding, path, error);
	if (has_suffix(path, ".csv"))
		return fail(error, CRMVAL_ECONF, "%s is a single CSV file; set `path` to the folder it is in", path);
	return add_archive(finding, path, error);
}

/* ---- series ---- */

static int by_number(const void *a, const void *b)
{
	const struct found *left = a, *right = b;
	unsigned long m = left->number - 1, n = right->number - 1; /* those without come last */
	return m != n ? (m < n ? -1 : 1) : strcmp(left->path, right->path);
}

/* Letters of short ids differ by case; in long ones, the last three characters say which are upper case. */
static int is_same(const char *ours, const char *theirs)
{
	if (strlen(ours) == ORGANISATION_LONG && strlen(theirs) == ORGANISATION_LONG)
		return !strcasecmp(ours, theirs);
	return !strncmp(ours, theirs, ORGANISATION);
}

/* Is it all of one export? */
static int check_series(const struct finding *finding, struct crmval_error *error)
{
	const struct found *found = finding->found;
	for (size_t i = 0; i < finding->count && found[i].number; i++) {
		const char *ours = found->organisation, *theirs = found[i].organisation;
		if (!is_same(ours, theirs))
			return fail(error, CRMVAL_EDATA,
				    "%s and %s are of different organisations, %s and %s; give the archives of one",
				    found->path, found[i].path, ours, theirs);
	}
	unsigned long next = 1;
	for (size_t i = 0; i < finding->count && found[i].number; i++, next++) {
		if (found[i].number == next)
			continue;
		if (i && found[i].number == found[i - 1].number)
			return fail(error, CRMVAL_EDATA, "%s and %s are both part %lu of the export; remove one",
				    found[i - 1].path, found[i].path, found[i].number);
		return fail(
			error, CRMVAL_ENOINPUT,
			"part %lu of the export, WE_%s_%lu.ZIP, is missing, while %s is there; give all of its parts",
			next, found[i].organisation, next, found[i].path);
	}
	return CRMVAL_OK;
}

static int open_archives(struct finding *finding, const struct zip_limits *limits, struct crmval_error *error)
{
	struct salesforce_set *set = finding->set;
	set->archives = calloc(finding->count + 1, sizeof *set->archives);
	if (!set->archives)
		return fail_memory(error);
	for (size_t i = 0; i < finding->count; i++) {
		struct zip_archive *archive = &set->archives[set->archive_count++];
		int status = zip_archive_open(archive, finding->found[i].path, limits, error);
		finding->found[i].path = NULL;
		if (status)
			return status;
		for (const struct zip_archive *other = set->archives; other < archive; other++) {
			if (other->seen.st_ino == archive->seen.st_ino && other->seen.st_dev == archive->seen.st_dev)
				return fail(error, CRMVAL_ECONF,
					    "%s and %s are the same file; its rows would count twice", other->path,
					    archive->path);
		}
	}
	return CRMVAL_OK;
}

/* Has any archive a table in it? */
static int has_tables(const struct salesforce_set *set)
{
	for (uint32_t i = 0; i < set->archive_count; i++) {
		const struct zip_directory *directory = &set->archives[i].directory;
		for (uint32_t j = 0; j < directory->count; j++) {
			const char *name = directory->entries[j].name;
			if (has_suffix(name, ".csv") && !strchr(name, '/'))
				return 1;
		}
	}
	return 0;
}

static void close_archives(struct salesforce_set *set)
{
	for (uint32_t i = 0; i < set->archive_count; i++)
		zip_archive_close(&set->archives[i]);
	free(set->archives);
	set->archives = NULL;
	set->archive_count = 0;
}

/* Archives or folders: both, and rows might count twice. */
static int choose(struct salesforce_set *set, const char *path, struct crmval_error *error)
{
	int is_packed = has_tables(set);
	if (is_packed && set->folder_count)
		return fail(error, CRMVAL_ECONF,
			    "both %s and CSV files in %s hold tables; keep the archives or the files, not both",
			    set->archives[0].path, set->folders[0]);
	if (!is_packed && !set->folder_count)
		return fail(error, CRMVAL_ENOINPUT,
			    "%s holds no table: neither an archive with a CSV file in it, nor a CSV file; check `path`",
			    path);
	if (!is_packed)
		close_archives(set);
	return CRMVAL_OK;
}

int salesforce_set_open(struct salesforce_set *set, const char *const *paths, uint32_t count,
			const struct zip_limits *limits, struct crmval_error *error)
{
	struct finding finding = {.set = set};
	int status = CRMVAL_OK;
	if (!count)
		return fail(error, CRMVAL_ECONF, "`path` is an empty list; name the archives, or their folder");
	for (uint32_t i = 0; i < count && !status; i++)
		status = look_at(&finding, paths[i], error);
	if (!status && finding.count) {
		qsort(finding.found, finding.count, sizeof *finding.found, by_number);
		status = check_series(&finding, error);
	}
	if (!status)
		status = open_archives(&finding, limits, error);
	if (!status)
		status = choose(set, paths[0], error);
	for (size_t i = 0; i < finding.count; i++)
		free(finding.found[i].path);
	free(finding.found);
	return status;
}

void salesforce_set_close(struct salesforce_set *set)
{
	close_archives(set);
	for (uint32_t i = 0; i < set->folder_count; i++)
		free(set->folders[i]);
	free(set->folders);
}
