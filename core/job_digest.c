/* SPDX-License-Identifier: MIT */
/* Digests of a job's settings. */
#include "job_digest.h"

#include "hash.h"

#include <string.h>

/* With its NUL, so that no two rows of texts are the same. */
static void add_text(struct sha256_ctx *hash, const char *text)
{
	sha256_update(hash, strlen(text) + 1, (const uint8_t *)text);
}

static void add_node(struct sha256_ctx *hash, const struct job_node *node)
{
	char number[40];

	snprintf(number, sizeof number, "%d %u %a", (int)node->type, node->count, node->number);
	add_text(hash, node->name ? node->name : "");
	add_text(hash, number);
	add_text(hash, node->text ? node->text : "");
	for (const struct job_node *child = node->first; child; child = child->next)
		add_node(hash, child);
}

/* Says where the data lie, not what they mean: its own paths, and the mapping's, whose text is hashed itself. */
static int is_place(const struct crmval_source *plugin, const char *name)
{
	if (strcmp(name, "mapping") == 0)
		return 1;
	for (uint32_t i = 0; plugin && i < plugin->option_count; i++)
		if (strcmp(plugin->options[i].name, name) == 0)
			return plugin->options[i].type == CRMVAL_OPTION_PATH ||
			       plugin->options[i].type == CRMVAL_OPTION_PATHS;
	return 0;
}

void job_digest_source(const struct job_node *group, const struct job_node *defaults,
		       const struct crmval_source *plugin, char sha256[65])
{
	struct sha256_ctx hash;

	sha256_init(&hash);
	for (const struct job_node *child = group->first; child; child = child->next)
		if (!is_place(plugin, child->name))
			add_node(&hash, child);
	if (defaults)
		add_node(&hash, defaults);
	hash_text(&hash, sha256);
}

void job_digest_reading(const struct job *job, char sha256[65])
{
	struct sha256_ctx hash;

	sha256_init(&hash);
	add_text(&hash, job->currency ? job->currency : "");
	for (uint32_t i = 0; i < job->source_count; i++)
		add_text(&hash, job->sources[i].mapping.sha256);
	hash_text(&hash, sha256);
}
