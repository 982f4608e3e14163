/* SPDX-License-Identifier: MIT */
/* crmval compare: why the score moved from one snapshot to another. */
#include "command.h"

#include "error.h"
#include "report_change.h"
#include "snapshot.h"
#include "text.h"
#include "translate.h"

#include <string.h>

enum { OLD, NEW };

struct content {
	struct change *change;
	enum job_format format;
};

static int write_change(void *context, FILE *stream, struct crmval_error *error)
{
	const struct content *content = context;
	struct report_style style = style_of(stream);
	return report_change_write(content->format, content->change, stream, &style, error);
}

/* Amounts in other currencies are no amounts that one could compare. */
static int check_pair(const struct result *old, const struct result *new, struct crmval_error *error)
{
	if (old->currency && new->currency && strcmp(old->currency, new->currency) != 0)
		return fail(
			error, CRMVAL_EDATA,
			"the old result counts money in %s, the new one in %s, which cannot be compared; run one of "
			"them with the other's currency",
			old->currency, new->currency);
	return CRMVAL_OK;
}

static void note_pair(const struct options *options, const struct result *old, const struct result *new)
{
	if (new->period.to < old->period.to)
		log_note(options, "the new result's period ends before the old one's: perhaps the two are swapped");
	for (int b = 0; b < BREAKDOWN_COUNT; b++)
		if (old->breakdowns[b] != new->breakdowns[b])
			log_note(options, "only one of the two is broken down by %s, so units of it are not compared",
				 breakdown_names[b]);
}

static int open_side(const char *path, enum job_format format, const char *language, struct snapshot **snapshot,
		     struct crmval_error *error)
{
	int code = snapshot_open(path, snapshot, error);
	if (code != CRMVAL_OK)
		return code;
	use_language(format, language ? language : (*snapshot)->result.language);
	code = result_translate(&(*snapshot)->result, &(*snapshot)->arena, text_language(), error);
	text_use_messages();
	return code;
}

int command_compare(const struct options *options, int count, char **words)
{
	struct crmval_error error = {.struct_size = sizeof error};
	struct snapshot *sides[2] = {NULL, NULL};
	struct change *change = NULL;
	enum job_format format = output_format(options);
	int status = 0, code = CRMVAL_OK;
	if (count != 2)
		return usage_error("crmval compare takes two snapshots, the old one and the new one");
	if (format == FORMAT_HTML)
		return usage_error("crmval compare has no HTML; --format: there are text, json and csv");
	for (int side = OLD; side <= NEW && code == CRMVAL_OK; side++)
		code = open_side(words[side], format, options->language, &sides[side], &error);
	if (code == CRMVAL_OK)
		code = check_pair(&sides[OLD]->result, &sides[NEW]->result, &error);
	if (code == CRMVAL_OK)
		code = change_new(&sides[OLD]->result, &sides[NEW]->result, &change, &error);
	if (code == CRMVAL_OK) {
		struct content content = {change, format};
		note_pair(options, &sides[OLD]->result, &sides[NEW]->result);
		use_language(format, options->language ? options->language : sides[NEW]->result.language);
		status = write_to(options, options->output, &(struct replace_content){write_change, &content});
		text_use_messages();
		change_company(change);
		/* Written, but there is nothing that could have moved. */
		if (status == 0 && !estimate_is_known(change->nodes[0].change))
			status = EXIT_DEGRADED;
	} else {
		log_error(options, error.message);
		status = exit_status(code);
	}
	change_free(change);
	snapshot_free(sides[OLD]);
	snapshot_free(sides[NEW]);
	return status;
}
