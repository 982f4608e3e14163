/* SPDX-License-Identifier: MIT */
/* The job as a whole, and the sections that are the core's alone. */
#include "job.h"

#include "error.h"
#include "job_options.h"
#include "job_sections.h"
#include "text.h"
#include "window.h"

#include <stdlib.h>
#include <string.h>

const char *const breakdown_names[BREAKDOWN_COUNT] = {"team", "employee", "region", "size_class"};
const char *const breakdown_headings[BREAKDOWN_COUNT] = {N_("By team"), N_("By employee"), N_("By region"),
							 N_("By size class")};

enum { NAME_LIMIT = 100 };

/* ---- job ---- */

/* The file's name without its folder and .conf. */
static void read_name(struct checker *c, const struct job_node *node)
{
	struct job *job = c->job;
	const char *slash = strrchr(job->path, '/'), *base = slash ? slash + 1 : job->path;
	size_t length = strlen(base);
	if (length > 5 && strcmp(base + length - 5, ".conf") == 0)
		length -= 5;
	job->name = arena_printf(c->arena, "%.*s", (int)length, base);
	c->is_full |= !job->name;
	if (!node || !check_text(c, node, &job->name))
		return;
	if (!job->name[0] || strlen(job->name) > NAME_LIMIT || strpbrk(job->name, "/\n\r\t"))
		check_problem(c, node,
			      "must have 1 to %d bytes and neither a slash nor a line break, since files are "
			      "named after it; choose a simple name",
			      NAME_LIMIT);
}

static void window_problem(struct checker *c, const struct job_node *node, const char *text, const char *wrong,
			   int is_baseline)
{
	struct near near;
	char what[256];
	near_start(&near, text);
	for (const char *const *name = window_names; *name; name++)
		near_offer(&near, *name);
	for (const char *const *name = window_baseline_names; is_baseline && *name; name++)
		near_offer(&near, *name);
	snprintf(what, sizeof what, "\"%.60s\" %s", text, wrong);
	if (wrong == window_is_unknown)
		check_unknown(c, node, what, &near);
	else
		check_problem(c, node, "%s", what);
}

/* Two dates or a name; 1: *window is set. */
static int read_window(struct checker *c, const struct job_node *node, int32_t today,
		       const struct crmval_window *period, struct crmval_window *window)
{
	const char *from, *to, *wrong;
	if (node->text) {
		if (!check_text(c, node, &from))
			return 0;
		wrong = window_parse(from, today, period, window);
		if (wrong)
			window_problem(c, node, from, wrong, period != NULL);
		return !wrong;
	}
	if (!check_list(c, node, 2, "write [\"YYYY-MM-DD\", \"YYYY-MM-DD\"], or the name of a window") ||
	    !check_text(c, node->first, &from) || !check_text(c, node->first->next, &to))
		return 0;
	wrong = node->count > 2 ? _("has more than two dates; leave out the others") : window_between(from, to, window);
	if (wrong)
		check_problem(c, node, "%s", wrong);
	return !wrong;
}

static void check_windows(struct checker *c, const struct job_node *node)
{
	const struct crmval_window *period = &c->job->period, *baseline = &c->job->baseline;
	char from[11], to[11];
	int64_t difference = (int64_t)window_days(period) - window_days(baseline);
	date_format(baseline->from, from);
	date_format(baseline->to, to);
	if (period->from <= baseline->to && baseline->from <= period->to)
		check_problem(c, node, "overlaps the period (it is %s to %s); let it end before the period begins",
			      from, to);
	else if (difference > 1 || difference < -1)
		check_warning(c, node, "has %d days and the period %d; windows of one length compare better",
			      window_days(baseline), window_days(period));
}

static void read_windows(struct checker *c, const struct job_node *group, int32_t today)
{
	const struct job_node *period = node_get(group, "period"), *baseline = node_get(group, "baseline");
	struct job *job = c->job;
	int has_period = 0;
	if (!period)
		check_missing(c, group, "period", "write [\"YYYY-MM-DD\", \"YYYY-MM-DD\"], or \"last-quarter\"");
	else
		has_period = read_window(c, period, today, NULL, &job->period);
	if (!baseline || (baseline->text && strcmp(baseline->text, "none") == 0))
		return;
	/* Without a period there is nothing to be relative to; its own problem is enough. */
	if (!has_period || !read_window(c, baseline, today, &job->period, &job->baseline))
		return;
	job->has_baseline = 1;
	job->baseline.is_baseline = 1;
	check_windows(c, baseline);
}

static void read_breakdown(struct checker *c, const struct job_node *node)
{
	static const char *const words[] = {"team", "employee", "region", "size_class", NULL};
	int place;
	if (!node->text && !check_list(c, node, 0, "write (\"team\", \"region\"), or () for none"))
		return;
	for (const struct job_node *word = node->first; word; word = word->next)
		if (check_word(c, word, words, &place))
			c->job->breakdowns[place] = 1;
	/* As the command line has it: words separated by commas. */
	for (const char *text = node->text; text && *text;) {
		size_t length = strcspn(text, ",");
		struct job_node word = *node;
		word.text = arena_printf(c->arena, "%.*s", (int)length, text);
		c->is_full |= !word.text;
		if (word.text && check_word(c, &word, words, &place))
			c->job->breakdowns[place] = 1;
		text += length + (text[length] == ',');
	}
}

static void read_currency(struct checker *c, const struct job_node *node)
{
	const char *text;
	if (!check_text(c, node, &text))
		return;
	char *code = arena_strdup(c->arena, text);
	c->is_full |= !code;
	for (char *p = code; p && *p; p++)
		if (*p >= 'a' && *p <= 'z')
			*p = (char)(*p - 'a' + 'A');
	if (code && (strlen(code) != 3 || strspn(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 3))
		check_problem(c, node, "\"%.20s\" is no currency; write its three letters, as in \"EUR\"", text);
	c->job->currency = code;
}

static void read_job(struct checker *c, const struct job_node *root, int32_t today)
{
	static const char *const keys[] = {"name", "period", "baseline", "breakdown", "currency", "language", NULL};
	const struct job_node *group = node_get(root, "job");
	read_name(c, node_get(group, "name"));
	if (!group)
		check_missing(c, root, "job", "write job = { period = [\"YYYY-MM-DD\", \"YYYY-MM-DD\"]; };");
	if (!group || !check_group(c, group))
		return;
	check_keys(c, group, keys);
	read_windows(c, group, today);
	if (node_get(group, "breakdown"))
		read_breakdown(c, node_get(group, "breakdown"));
	if (node_get(group, "currency"))
		read_currency(c, node_get(group, "currency"));
	if (node_get(group, "language"))
		job_language_read(c, node_get(group, "language"), &c->job->language);
}

/* ---- score, limits, plugins ---- */

const char *const aggregation_names[] = {"arithmetic", "geometric", NULL};
const char *const missing_names[] = {"renormalise", "zero", "fail", NULL};
const char *const ranges_names[] = {"model", "cautious", NULL};

static void read_score(struct checker *c, const struct job_node *group)
{
	static const struct crmval_option options[] = {{"min_coverage", CRMVAL_OPTION_NUMBER, 0, "0", 0, 1, ""},
						       {"target", CRMVAL_OPTION_NUMBER, 0, "0", 0, 100, ""}};
	static const char *const keys[] = {"aggregation", "missing", "ranges", NULL};
	const struct job_node *aggregation = node_get(group, "aggregation"), *missing = node_get(group, "missing");
	const struct job_node *ranges = node_get(group, "ranges");
	const struct crmval_value *values = options_bind(c, group, NULL, options, 2, keys);
	int place;
	if (aggregation && check_word(c, aggregation, aggregation_names, &place))
		c->job->aggregation = (enum job_aggregation)place;
	if (missing && check_word(c, missing, missing_names, &place))
		c->job->missing = (enum job_missing)place;
	if (ranges && check_word(c, ranges, ranges_names, &place))
		c->job->ranges = (enum job_ranges)place;
	if (!values)
		return;
	c->job->min_coverage = values[0].number;
	c->job->target = values[1].number;
}

static void read_limits(struct checker *c, const struct job_node *group)
{
	enum {
		REJECTED_ROWS,
		REJECTED_SHARE,
		UNREADABLE_SHARE,
		DANGLING_SHARE,
		ROWS_LOST_SHARE,
		UNITS,
		EXAMPLES,
		MEMORY,
		COUNT
	};
	static const struct crmval_option options[COUNT] = {
		[REJECTED_ROWS] = {"rejected_rows", CRMVAL_OPTION_INTEGER, 0, NULL, 0, 1e15, ""},
		[REJECTED_SHARE] = {"rejected_share", CRMVAL_OPTION_NUMBER, 0, "1", 0, 1, ""},
		[UNREADABLE_SHARE] = {"unreadable_share", CRMVAL_OPTION_NUMBER, 0, "1", 0, 1, ""},
		[DANGLING_SHARE] = {"dangling_share", CRMVAL_OPTION_NUMBER, 0, "1", 0, 1, ""},
		[ROWS_LOST_SHARE] = {"rows_lost_share", CRMVAL_OPTION_NUMBER, 0, "1", 0, 1, ""},
		[UNITS] = {"units", CRMVAL_OPTION_INTEGER, 0, "100000", 1, 1e9, ""},
		[EXAMPLES] = {"examples", CRMVAL_OPTION_INTEGER, 0, "5", 0, 10000, ""},
		[MEMORY] = {"memory", CRMVAL_OPTION_INTEGER, 0, NULL, 1, 1 << 24, ""},
	};
	static const char *const keys[] = {"hash_inputs", NULL};
	static const char *const hashings[] = {"auto", "always", "never", NULL};
	const struct crmval_value *values = options_bind(c, group, NULL, options, COUNT, keys);
	const struct job_node *hashing = node_get(group, "hash_inputs");
	struct job *job = c->job;
	int place;
	if (hashing && check_word(c, hashing, hashings, &place))
		job->hashing = (enum job_hashing)place;
	if (!values)
		return;
	job->max_rejected_rows = values[REJECTED_ROWS].is_set ? (uint64_t)values[REJECTED_ROWS].number : UINT64_MAX;
	job->limits.rejected_share = values[REJECTED_SHARE].number;
	job->limits.unreadable_share = values[UNREADABLE_SHARE].number;
	job->limits.dangling_share = values[DANGLING_SHARE].number;
	job->max_rows_lost_share = values[ROWS_LOST_SHARE].number;
	job->max_units = values[UNITS].is_set ? (uint32_t)values[UNITS].number : 0;
	job->max_memory = values[MEMORY].is_set ? (uint64_t)values[MEMORY].number << 20 : 0;
	job->max_examples = values[EXAMPLES].is_set ? (uint32_t)values[EXAMPLES].number : 0;
}

static void read_plugins(struct checker *c, const struct job_node *group)
{
	enum { DIRECTORIES, SHA256, DEADLINE, MEMORY, COUNT };
	static const struct crmval_option options[COUNT] = {
		[DIRECTORIES] = {"directories", CRMVAL_OPTION_PATHS, 0, "", 0, 0, ""},
		[SHA256] = {"sha256", CRMVAL_OPTION_WORDS, 0, NULL, 0, 0, ""},
		[DEADLINE] = {"deadline", CRMVAL_OPTION_NUMBER, 0, "60", 0.1, 1e6, ""},
		[MEMORY] = {"memory_mb", CRMVAL_OPTION_INTEGER, 0, "1024", 1, 1 << 24, ""},
	};
	static const char *const keys[] = {"sandbox", NULL};
	static const char *const sandboxes[] = {"default", "require", "best-effort", "off", NULL};
	const struct crmval_value *values = options_bind(c, group, NULL, options, COUNT, keys);
	const struct job_node *sandbox = node_get(group, "sandbox");
	int place;
	if (sandbox && check_word(c, sandbox, sandboxes, &place))
		c->job->sandbox = (enum job_sandbox)place;
	if (!values)
		return;
	for (uint32_t i = 0; i < values[SHA256].word_count; i++) {
		const char *digest = values[SHA256].words[i];
		if (strlen(digest) != 64 || strspn(digest, "0123456789abcdefABCDEF") != 64)
			check_problem(c, node_get(group, "sha256"),
				      "\"%.70s\" is no SHA-256; write 64 digits, as sha256sum prints them", digest);
	}
	if (values[SHA256].is_set) {
		c->job->plugin_sha256 = values[SHA256].words;
		c->job->plugin_sha256_count = values[SHA256].word_count;
	}
	c->job->plugin_directories = values[DIRECTORIES].words;
	c->job->plugin_directory_count = values[DIRECTORIES].word_count;
	c->job->plugin_deadline = values[DEADLINE].number;
	c->job->plugin_memory = values[MEMORY].is_set ? (uint64_t)values[MEMORY].number << 20 : 0;
}

/* ---- the whole ---- */

static void read_all(struct checker *c, const struct job_node *root, int32_t today)
{
	static const char *const keys[] = {"job",     "sources", "dimensions", "score",  "limits",
					   "plugins", "archive", "reports",    "alerts", NULL};
	check_keys(c, root, keys);
	read_job(c, root, today);
	job_sources_read(c, root);
	job_dimensions_read(c, root);
	read_score(c, node_get(root, "score"));
	read_limits(c, node_get(root, "limits"));
	read_plugins(c, node_get(root, "plugins"));
	job_archive_read(c, node_get(root, "archive"));
	job_reports_read(c, node_get(root, "reports"));
	job_alerts_read(c, root);
}

static struct job *job_new(const char *path, struct crmval_error *error)
{
	struct arena *arena = calloc(1, sizeof *arena);
	if (arena) /* what one dimension is set to is no other's business */
		arena->kind = ARENA_HIDDEN;
	struct job *job = arena ? arena_alloc(arena, sizeof *job) : NULL;
	if (!job) {
		free(arena);
		fail_memory(error);
		return NULL;
	}
	job->arena = arena;
	job->path = arena_strdup(arena, path);
	if (!job->path) {
		job_free(job);
		fail_memory(error);
		return NULL;
	}
	return job;
}

/* The folder that relative paths start from. */
static int find_directory(struct job *job, struct crmval_error *error)
{
	const char *slash = strrchr(job->path, '/');
	char *folder =
		arena_printf(job->arena, "%.*s", slash ? (int)(slash - job->path) + 1 : 1, slash ? job->path : ".");
	char *real = folder ? realpath(folder, NULL) : NULL;
	if (!folder)
		return fail_memory(error);
	if (!real)
		return fail(error, CRMVAL_EIO, "job file %s: its folder cannot be found: %m", job->path);
	job->directory = arena_strdup(job->arena, real);
	free(real);
	return job->directory ? CRMVAL_OK : fail_memory(error);
}

int job_read(const char *path, const struct job_overrides *overrides, struct job **job, struct problems *problems,
	     struct crmval_error *error)
{
	struct job_node *root;
	*job = NULL;
	struct job *fresh = job_new(path, error);
	if (!fresh)
		return CRMVAL_ENOMEM;
	int code = job_tree_read(path, overrides, fresh->arena, &root, fresh->sha256, problems, error);
	if (code == CRMVAL_OK && root)
		code = find_directory(fresh, error);
	if (code != CRMVAL_OK || !root)
		goto out;
	struct checker c = checker_of(fresh, problems);
	fresh->config = root;
	fresh->today = overrides->today;
	fresh->shard = overrides->shard;
	fresh->shows_rows = overrides->shows_rows;
	read_all(&c, root, overrides->today);
	if (c.is_full) {
		code = fail_memory(error);
		goto out;
	}
	*job = fresh;
	return CRMVAL_OK;
out:
	job_free(fresh);
	return code;
}

const char *job_relative(const struct job *job, const char *path)
{
	size_t length = strlen(job->directory);
	if (strncmp(path, job->directory, length) != 0 || path[length] != '/' || !path[length + 1])
		return path;
	path += length + 1;
	while (path[0] == '.' && path[1] == '/' && path[2])
		path += 2;
	return path;
}

void job_free(struct job *job)
{
	if (!job)
		return;
	struct arena *arena = job->arena;
	arena_free(arena); /* the job itself lies in it */
	free(arena);
}
