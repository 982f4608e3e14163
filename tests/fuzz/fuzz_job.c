/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: a job file, and after its first NUL byte, if there is one, a --set option.  Whatever they hold, they are
 * read, bound, and freed; what is not refused is a job that can be used.
 */
#include "../job_text.h"
#include "input.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Reading every value lets the sanitizers see them. */
static void use(const struct job *job)
{
	size_t sum = strlen(job->name) + strlen(job->directory);
	if (job->period.from > job->period.to || (job->has_baseline && job->baseline.from > job->baseline.to))
		abort();
	for (uint32_t i = 0; i < job->source_count; i++) {
		const struct job_source *source = &job->sources[i];
		sum += strlen(source->options[0].text) + strlen(source->options[1].text);
		for (uint32_t k = 0; k < source->mapping.part_count; k++) {
			const struct job_part *part = &source->mapping.parts[k];
			sum += strlen(part->from);
			for (uint32_t w = 0; w < part->table_options[0].word_count; w++)
				sum += strlen(part->table_options[0].words[w]);
			for (uint32_t f = 0; f < part->field_count; f++)
				sum += strlen(part->fields[f].field) + strlen(part->fields[f].column);
			for (uint32_t f = 0; f < part->date_format_count; f++)
				sum += strlen(part->date_formats[f].format);
			for (uint32_t f = 0; f < part->skip_count; f++)
				sum += strlen(part->skips[f].what) +
				       (part->skips[f].when ? part->skips[f].when->use_count : 0);
		}
		for (uint32_t k = 0; k < source->mapping.lookup_count; k++)
			sum += strlen(source->mapping.lookups[k].from) + source->mapping.lookups[k].by->use_count;
	}
	for (uint32_t i = 0; i < job->dimension_count; i++)
		for (uint32_t k = 0; k < fake_dimension.measure_count; k++) {
			const struct job_measure *measure = &job->dimensions[i].measures[k];
			for (uint32_t p = 1; p < measure->scale_count; p++)
				if (!(measure->scale[p].x > measure->scale[p - 1].x))
					abort();
		}
	if (sum == 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *nul = size ? memchr(data, 0, size) : NULL;
	size_t length = nul ? (size_t)(nul - data) : size;
	char *setting = nul ? strndup((const char *)nul + 1, size - length - 1) : NULL;
	const char *const settings[] = {setting};
	struct job_overrides overrides = {.settings = settings, .setting_count = setting != NULL, .today = fake_today};
	struct job_text read = job_text_read(input_file(data, length), &overrides);
	if (read.code != CRMVAL_OK || (!read.job && read.problems.count == 0))
		abort();
	if (read.job && read.problems.count == 0)
		use(read.job);
	job_text_free(&read);
	free(setting);
	return 0;
}
