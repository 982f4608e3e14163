/* SPDX-License-Identifier: MIT */
/* The section of a job that says where its snapshots go, and which are kept. */
#include "job_sections.h"

#include <stdio.h>

static void read_within(struct checker *c, const struct job_node *node, struct keep *keep)
{
	const char *text, *wrong = NULL;
	if (check_text(c, node, &text))
		wrong = keep_within_parse(text, keep);
	if (wrong)
		check_problem(c, node, "\"%.60s\" %s", text, wrong);
}

static void read_keep(struct checker *c, const struct job_node *group, struct keep *keep)
{
	const char *keys[KEEP_FUTURE + 1] = {NULL};
	size_t problems = c->problems->count;
	if (!check_group(c, group))
		return;
	for (int rule = 0; rule < KEEP_FUTURE; rule++)
		keys[rule] = keep_names[rule];
	check_keys(c, group, keys);
	for (int rule = 0; rule < KEEP_COUNTED; rule++) {
		const struct job_node *node = node_get(group, keep_names[rule]);
		double number;
		if (node && check_integer(c, node, 1, KEEP_MOST, &number))
			keep->counts[rule] = (uint32_t)number;
	}
	if (node_get(group, "within"))
		read_within(c, node_get(group, "within"), keep);
	if (keep_is_empty(keep) && c->problems->count == problems)
		check_problem(c, group, "has no rule, and would keep nothing; write one, or leave it out to keep all");
}

void job_archive_read(struct checker *c, const struct job_node *group)
{
	static const char *const keys[] = {"directory", "keep", NULL};
	const struct job_node *directory = node_get(group, "directory"), *keep = node_get(group, "keep");
	if (!group || !check_group(c, group))
		return;
	check_keys(c, group, keys);
	if (directory)
		check_path(c, directory, &c->job->archive.directory);
	else
		check_missing(c, group, "directory", "name the folder of the snapshots");
	if (keep)
		read_keep(c, keep, &c->job->archive.keep);
}
